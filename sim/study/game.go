package study

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"flywheel/models"
	"flywheel/models/theory"
	"flywheel/results"
)

// Game is what two platforms earn by every pair of their strategies, over replications that
// share their luck. Both choose among the same strategies.
type Game struct {
	Strategies []string
	Payoffs    [][]Payoff // [first platform's strategy][second's]
}

// Payoff is what both platforms earn in every replication of one pair of strategies.
type Payoff struct{ First, Second []float64 }

// estimateOf is the mean of a sample with its 95% Student interval; the ends are NaN for fewer than
// two values, and the mean itself where nothing varies.
func estimateOf(values []float64) Estimate {
	d, _ := results.Paired(values, make([]float64, len(values)), confidence)
	return Estimate{d.Mean, d.Lo, d.Hi}
}

// MostStrategies is how many strategies each platform may have: the search for equilibria
// tries every set of them.
const MostStrategies = 8

// Cell is one pair of strategies.
type Cell struct {
	First, Second   Estimate
	FirstReplies    bool // the first platform's strategy is its best reply to the second's
	SecondReplies   bool // and the other way round
	FirstUnsettled  bool // the lead of a best reply over the next best is not shown
	SecondUnsettled bool
}

// Cells are the payoffs with best replies, by the means over replications.
func (g Game) Cells() [][]Cell {
	n := len(g.Strategies)
	cells := make([][]Cell, n)
	for i := range n {
		cells[i] = make([]Cell, n)
		for j := range n {
			cells[i][j] = Cell{First: estimateOf(g.Payoffs[i][j].First), Second: estimateOf(g.Payoffs[i][j].Second)}
		}
	}
	for other := range n {
		column, row := make([][]float64, n), make([][]float64, n)
		for own := range n {
			column[own], row[own] = g.Payoffs[own][other].First, g.Payoffs[other][own].Second
		}
		best, settled := reply(column)
		cells[best][other].FirstReplies, cells[best][other].FirstUnsettled = true, !settled
		best, settled = reply(row)
		cells[other][best].SecondReplies, cells[other][best].SecondUnsettled = true, !settled
	}
	return cells
}

// reply is the strategy that earns most on average, and whether its lead over the next best is
// shown: replication by replication, for all rivals together.
func reply(earned [][]float64) (best int, settled bool) {
	for i := range earned {
		if average(earned[i]) > average(earned[best]) {
			best = i
		}
	}
	settled = true
	for i := range earned {
		if i == best {
			continue
		}
		d, _ := results.Paired(earned[best], earned[i], 1-(1-confidence)/float64(len(earned)-1))
		if d.Pairs < 2 { // nothing is drawn, or nobody can tell
			settled = settled && d.Mean > 0
		} else {
			settled = settled && d.Shown
		}
	}
	return best, settled
}

// matrices are the mean payoffs of some replications.
func (g Game) matrices(replications []int) theory.Bimatrix {
	var b theory.Bimatrix
	for _, row := range g.Payoffs {
		var first, second []float64
		for _, p := range row {
			var x, y float64
			for _, r := range replications {
				x, y = x+p.First[r]/float64(len(replications)), y+p.Second[r]/float64(len(replications))
			}
			first, second = append(first, x), append(second, y)
		}
		b.A, b.B = append(b.A, first), append(b.B, second)
	}
	return b
}

// Nash is an equilibrium of a game and what the war costs there.
type Nash struct {
	theory.NashEquilibrium
	War     float64 // the best sum of payoffs of any pair of strategies, less the sum at the equilibrium; not below 0
	Support float64 // share of bootstrap samples of the replications that have an equilibrium of the same strategies; NaN with one
}

// Solution is all that is known of a game.
type Solution struct {
	Equilibria   []Nash
	Degenerate   bool   // payoffs tie, so that there may be infinitely many more
	Joint        [2]int // the pair of strategies with the best sum of payoffs
	JointPayoffs [2]float64
}

// Solve finds all equilibria, pure and mixed, of the mean payoffs, and how far luck could have
// made others of them.
func (g Game) Solve(seed uint64) Solution {
	runs := len(g.Payoffs[0][0].First)
	all := make([]int, runs)
	for r := range all {
		all[r] = r
	}
	means := g.matrices(all)
	var s Solution
	best := math.Inf(-1)
	for i := range means.A {
		for j := range means.A[i] {
			if sum := means.A[i][j] + means.B[i][j]; sum > best {
				best, s.Joint, s.JointPayoffs = sum, [2]int{i, j}, [2]float64{means.A[i][j], means.B[i][j]}
			}
		}
	}
	found, degenerate := means.Equilibria()
	s.Degenerate = degenerate
	seen := make([]float64, len(found))
	const samples = 200
	if runs > 1 {
		die := rand.New(newDice(seed, forResample, uint64(len(g.Strategies))<<32))
		picked := make([]int, runs)
		for range samples {
			for r := range picked {
				picked[r] = die.IntN(runs)
			}
			others, _ := g.matrices(picked).Equilibria()
			for e := range found {
				if slices.ContainsFunc(others, func(o theory.NashEquilibrium) bool { return alike(o, found[e]) }) {
					seen[e] += 1. / samples
				}
			}
		}
	}
	for e, each := range found {
		n := Nash{each, math.Max(0, best-(each.RowPayoff+each.ColumnPayoff)), seen[e]}
		if runs < 2 {
			n.Support = math.NaN()
		}
		s.Equilibria = append(s.Equilibria, n)
	}
	return s
}

// alike tells whether two equilibria mix the same strategies.
func alike(a, b theory.NashEquilibrium) bool {
	same := func(x, y []float64) bool {
		return slices.EqualFunc(x, y, func(p, q float64) bool { return (p > 0) == (q > 0) })
	}
	return same(a.Row, b.Row) && same(a.Column, b.Column)
}

// Duel is the market in which one platform plays as one scenario has it, another as another has
// it, and everything else is as a third does: a strategy is a platform's own numbers and its
// policies. All three must have the platforms.
func Duel(rest *models.Model, first, second string, plays, answers *models.Model) (*models.Model, error) {
	m := *rest
	m.Platforms = slices.Clone(rest.Platforms)
	m.Policies = nil
	for _, p := range rest.Policies {
		if p.Platform != first && p.Platform != second {
			m.Policies = append(m.Policies, p)
		}
	}
	for _, side := range []struct {
		name string
		from *models.Model
	}{{first, plays}, {second, answers}} {
		own := m.PlatformIndex(side.name)
		theirs := side.from.PlatformIndex(side.name)
		if own < 0 || theirs < 0 {
			return nil, fmt.Errorf("there is no platform %s to play", side.name)
		}
		m.Platforms[own] = side.from.Platforms[theirs]
		for _, p := range side.from.Policies {
			if p.Platform == side.name {
				m.Policies = append(m.Policies, p)
			}
		}
	}
	return &m, nil
}

// PayoffSchema are the columns of the table of a game.
func PayoffSchema() results.Schema {
	return results.Schema{
		{Name: "a", Kind: results.Text, About: "Strategy of the first platform."},
		{Name: "b", Kind: results.Text, About: "Strategy of the second platform."},
		{Name: "replication", Kind: results.Integer, Unit: "1", About: "Which repetition with other luck, from 0."},
		{Name: "payoff_a", Kind: results.Number, About: "What the first platform earns."},
		{Name: "payoff_b", Kind: results.Number, About: "What the second platform earns."},
	}
}

// PayoffTable writes what every replication of every pair earns.
func PayoffTable(g Game) (*results.Table, error) {
	t := results.NewTable("payoffs", PayoffSchema())
	for i, row := range g.Payoffs {
		for j, p := range row {
			for r := range p.First {
				if err := t.Append(g.Strategies[i], g.Strategies[j], r, p.First[r], p.Second[r]); err != nil {
					return nil, err
				}
			}
		}
	}
	return t, nil
}
