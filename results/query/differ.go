package query

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"flywheel/results"
)

// Rows says how the rows of two tables stand to each other, recognised by Keys: rows of one that
// are not in the other, and of those in both how many are the same in every number.
type Rows struct {
	Same, Differ, OnlyA, OnlyB int
	Keys                       []string
	NewColumns, OldColumns     []string // columns that only b has, and only a
}

// Against compares two tables row by row. Rows that share all their keys are matched in order.
func Against(a, b *results.Table) (Rows, error) {
	r := Rows{Keys: Keys(a, b)}
	if len(r.Keys) == 0 {
		return r, fmt.Errorf("tables %s and %s have no columns in common to recognise rows by", a.Name, b.Name)
	}
	var left, right []int
	for i, c := range a.Schema {
		if j := b.Schema.Index(c.Name); j < 0 {
			r.OldColumns = append(r.OldColumns, c.Name)
		} else if !slices.Contains(r.Keys, c.Name) && c.Name != "run" {
			left, right = append(left, i), append(right, j)
		}
	}
	for _, c := range b.Schema {
		if a.Schema.Index(c.Name) < 0 {
			r.NewColumns = append(r.NewColumns, c.Name)
		}
	}
	there := map[string][]int{}
	keysB := indices(b, r.Keys)
	for row := range b.Rows() {
		k := key(b, keysB, row)
		there[k] = append(there[k], row)
	}
	keysA := indices(a, r.Keys)
	for row := range a.Rows() {
		k := key(a, keysA, row)
		if len(there[k]) == 0 {
			r.OnlyA++
			continue
		}
		other := there[k][0]
		there[k] = there[k][1:]
		same := true
		for i := range left {
			same = same && a.Cell(row, left[i]) == b.Cell(other, right[i])
		}
		if same {
			r.Same++
		} else {
			r.Differ++
		}
	}
	for _, rest := range there {
		r.OnlyB += len(rest)
	}
	return r, nil
}

// Gap is one number of two runs, over their replications: b minus a.
type Gap struct {
	Keys       []string // cells of the key columns, in the order of Gaps.Keys
	Metric     string
	Unit       results.Unit
	A, B       float64 // means
	Difference results.Difference
}

// Gaps are the numbers in which two runs differ, each judged against luck.
type Gaps struct {
	Keys       []string // the columns that say which row it is
	Paired     bool     // by replication: both runs drew the same luck
	Each       float64  // confidence of each interval, so that all hold at once
	Compared   int      // numbers that both runs have
	Equal      int      // of them, those that are equal in every replication
	Gaps       []Gap    // the others, those beyond luck first, the clearest first
	BeyondLuck int
}

// replication is the column that counts repetitions.
const replication = "replication"

// Judge compares every number of two tables that have a row for each replication: paired where
// both runs drew the same luck, else as independent samples. All intervals hold at once with the
// given confidence (Bonferroni over the numbers compared that are not equal throughout).
func Judge(a, b *results.Table, paired bool, confidence float64) (Gaps, error) {
	g := Gaps{Paired: paired}
	if a.Schema.Index(replication) < 0 || b.Schema.Index(replication) < 0 {
		return g, fmt.Errorf("table %s has no column %s, so that nothing tells how much its numbers vary by luck", a.Name, replication)
	}
	g.Keys = slices.DeleteFunc(Keys(a, b), func(name string) bool { return name == replication || name == "error" })
	left, right := samples(a, g.Keys), samples(b, g.Keys)
	type pair struct {
		gap  Gap
		a, b []float64
	}
	var list []pair
	for _, c := range a.Schema {
		j := b.Schema.Index(c.Name)
		if c.Kind != results.Number || j < 0 || b.Schema[j].Kind != results.Number || slices.Contains(g.Keys, c.Name) {
			continue
		}
		i := a.Schema.Index(c.Name)
		for _, k := range left.order {
			mine, theirs := left.rows[k], right.rows[k]
			if theirs == nil {
				continue
			}
			x, y := mine.values(a, i), theirs.values(b, j)
			if paired {
				x, y = matched(mine, theirs, x, y)
			}
			if missing(x) || missing(y) {
				continue
			}
			g.Compared++
			if slices.EqualFunc(x, y, func(p, q float64) bool { return p == q || math.IsNaN(p) && math.IsNaN(q) }) {
				g.Equal++
				continue
			}
			list = append(list, pair{Gap{Keys: mine.keys, Metric: c.Name, Unit: c.Unit}, x, y})
		}
	}
	g.Each = results.Together(confidence, len(list))
	for _, p := range list {
		if paired {
			p.gap.Difference, _ = results.Paired(p.b, p.a, g.Each)
		} else {
			p.gap.Difference = results.Unpaired(p.b, p.a, g.Each)
		}
		p.gap.A, p.gap.B = average(p.a), average(p.b)
		if p.gap.Difference.Shown {
			g.BeyondLuck++
		}
		g.Gaps = append(g.Gaps, p.gap)
	}
	slices.SortStableFunc(g.Gaps, func(x, y Gap) int { return clearness(y) - clearness(x) })
	return g, nil
}

// clearness orders gaps: those beyond luck before the others.
func clearness(g Gap) int {
	if g.Difference.Shown {
		return 1
	}
	return 0
}

// sampled are the rows of a table by their keys, and in each by replication.
type sampled struct {
	order []string
	rows  map[string]*sample
}

type sample struct {
	keys []string
	rows map[int64]int // row by replication
	reps []int64       // in the order of the table
}

func samples(t *results.Table, keys []string) sampled {
	s := sampled{rows: map[string]*sample{}}
	columns := indices(t, keys)
	reps := t.Integers(replication)
	for row := range t.Rows() {
		k := key(t, columns, row)
		one := s.rows[k]
		if one == nil {
			one = &sample{rows: map[int64]int{}}
			for _, c := range columns {
				one.keys = append(one.keys, t.Cell(row, c))
			}
			s.rows[k] = one
			s.order = append(s.order, k)
		}
		if _, again := one.rows[reps[row]]; !again {
			one.rows[reps[row]] = row
			one.reps = append(one.reps, reps[row])
		}
	}
	return s
}

func (s *sample) values(t *results.Table, column int) []float64 {
	list := make([]float64, len(s.reps))
	for i, r := range s.reps {
		list[i] = number(t, column, s.rows[r])
	}
	return list
}

// matched keeps the replications that both have, in the order of the first.
func matched(a, b *sample, x, y []float64) (left, right []float64) {
	for i, r := range a.reps {
		if j := slices.Index(b.reps, r); j >= 0 {
			left, right = append(left, x[i]), append(right, y[j])
		}
	}
	return left, right
}

func missing(values []float64) bool {
	return !slices.ContainsFunc(values, func(x float64) bool { return !math.IsNaN(x) })
}

func average(values []float64) float64 {
	return results.Mean(slices.DeleteFunc(slices.Clone(values), math.IsNaN))
}

// Table writes the gaps as a table.
func (g Gaps) Table() (*results.Table, error) {
	var schema results.Schema
	for _, k := range g.Keys {
		schema = append(schema, results.Column{Name: k, Kind: results.Text})
	}
	for _, c := range []results.Column{
		{Name: "metric"}, {Name: "unit"}, {Name: "a", Kind: results.Number}, {Name: "b", Kind: results.Number},
		{Name: "difference", Kind: results.Number}, {Name: "lo", Kind: results.Number}, {Name: "hi", Kind: results.Number},
		{Name: "verdict"}, {Name: "pairs", Kind: results.Integer},
	} {
		schema = append(schema, c)
	}
	t := results.NewTable("differences", schema)
	for _, gap := range g.Gaps {
		cells := make([]any, 0, len(schema))
		for _, k := range gap.Keys {
			cells = append(cells, k)
		}
		verdict := "not shown"
		if gap.Difference.Shown {
			verdict = "shown"
		}
		d := gap.Difference
		if err := t.Append(append(cells, gap.Metric, string(gap.Unit), gap.A, gap.B, d.Mean, d.Lo, d.Hi, verdict, d.Pairs)...); err != nil {
			return nil, fmt.Errorf("%s: %w", strings.Join(gap.Keys, ", "), err)
		}
	}
	return t, nil
}
