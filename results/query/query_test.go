package query_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/results"
	"flywheel/results/query"
)

// orders is a small table: two platforms, three replications, a number that does not always apply.
func orders(t require.TestingT) *results.Table {
	table := results.NewTable("orders", results.Schema{
		{Name: "run", Kind: results.Text}, {Name: "platform", Kind: results.Text}, {Name: "replication", Kind: results.Integer},
		{Name: "platforms.A.fee", Kind: results.Number}, {Name: "gmv", Kind: results.Number, Unit: "money"},
	})
	for i, gmv := range []float64{10, 20, 60, 5, math.NaN(), 7} {
		require.NoError(t, table.Append("one", string(rune('A'+i/3)), i%3, 0.1*float64(1+i%2), gmv))
	}
	return table
}

func lines(t *results.Table) []string {
	var all []string
	for row := range t.Rows() {
		line := ""
		for column := range t.Schema {
			line += t.Cell(row, column) + " "
		}
		all = append(all, line)
	}
	return all
}

func TestQuery(t *testing.T) {
	for _, c := range []struct {
		query query.Query
		want  []string
	}{
		{query.Query{Where: `platform == "A" and gmv >= 20`, Columns: []string{"gmv", "platform"}}, []string{"20 A ", "60 A "}},
		{query.Query{Where: `platforms.A.fee > 0.15`, Columns: []string{"replication"}}, []string{"1 ", "0 ", "2 "}},
		{query.Query{Where: `gmv < 100`, By: []string{"platform"}}, []string{"A 3 ", "B 2 "}}, // what does not apply is less than nothing
		{query.Query{By: []string{"platform"}, Agg: []string{"mean", "p50", "count", "sd", "max"}, Of: []string{"gmv"}},
			[]string{"A 30 20 3 26.457513110645905 60 3 ", "B 6 6 2 1.4142135623730951 7 3 "}}, // sd by hand: sqrt(1400/2) and sqrt(2)
		{query.Query{Agg: []string{"sum", "min", "p100"}, Of: []string{"gmv"}}, []string{"102 5 60 6 "}},
		{query.Query{Sort: []string{"-platform", "gmv"}, Limit: 2, Columns: []string{"platform", "gmv"}}, []string{"B  ", "B 5 "}},
	} {
		table := orders(t)
		before := lines(table)
		got, err := c.query.Run(table)
		require.NoError(t, err)
		require.Equal(t, c.want, lines(got), "%+v", c.query)
		require.NoError(t, got.Check())
		require.Equal(t, before, lines(table), "the table asked is left as it is")
	}
}

func TestQuestionsThatCannotBeAsked(t *testing.T) {
	_, err := query.Query{By: []string{"side"}, Of: []string{"platform", "price"}, Agg: []string{"median", "p101"}, Limit: -1}.Run(orders(t))
	const has = "; it has run, platform, replication, platforms.A.fee, gmv\n"
	require.EqualError(t, err, `by: table orders has no column "side"`+has+`of: table orders has no column "price"`+has+
		"of: platform holds text, which cannot be summed up\n"+
		`agg: nothing is called "median"; use mean, sd, min, max, sum, count, or a quantile such as p5, p50 or p99.9`+"\n"+
		`agg: nothing is called "p101"; use mean, sd, min, max, sum, count, or a quantile such as p5, p50 or p99.9`+"\n"+
		"limit: -1 rows cannot be kept")
	for text, want := range map[string]string{
		"gvm > 3":         "where: unknown name gvm (1:1); the columns are run, platform, replication, platforms.A.fee, gmv",
		"gmv":             "where: expected bool, but got float64; the columns are run, platform, replication, platforms.A.fee, gmv",
		"platform > 3":    `where: invalid operation: > (mismatched types string and int) (1:10); the columns are run, platform, replication, platforms.A.fee, gmv`,
		"platforms.A > 3": "",
		"gmv >":           "where: unexpected token EOF (1:5); the columns are run, platform, replication, platforms.A.fee, gmv",
	} {
		_, err := query.Query{Where: text}.Run(orders(t))
		require.Error(t, err, text)
		if want != "" {
			require.EqualError(t, err, want)
		}
	}
}

// A join has a row for every pair of rows that agree, as a plain double loop finds them.
func TestJoinFindsEveryPair(t *testing.T) {
	schema := func(measure string) results.Schema {
		return results.Schema{{Name: "run", Kind: results.Text}, {Name: "side", Kind: results.Text}, {Name: "period", Kind: results.Integer}, {Name: measure, Kind: results.Number}, {Name: "same", Kind: results.Number}}
	}
	rapid.Check(t, func(t *rapid.T) {
		fill := func(name string) *results.Table {
			table := results.NewTable(name, schema(name))
			for i := range rapid.IntRange(0, 12).Draw(t, name) {
				require.NoError(t, table.Append(name, rapid.SampledFrom([]string{"a", "b"}).Draw(t, "side"), rapid.IntRange(0, 2).Draw(t, "period"), i, -i))
			}
			return table
		}
		a, b := fill("left"), fill("right")
		got, err := query.Join(a, b, nil, "_2")
		require.NoError(t, err)
		require.Equal(t, []string{"run", "side", "period", "left", "same", "run_2", "right", "same_2"}, got.Schema.Names())
		var want []string
		for i := range a.Rows() {
			for j := range b.Rows() {
				if a.Cell(i, 1) == b.Cell(j, 1) && a.Cell(i, 2) == b.Cell(j, 2) {
					want = append(want, fmt.Sprint("left ", a.Cell(i, 1), " ", a.Cell(i, 2), " ", a.Cell(i, 3), " ", a.Cell(i, 4), " right ", b.Cell(j, 3), " ", b.Cell(j, 4), " "))
				}
			}
		}
		require.Equal(t, want, lines(got))
	})
	_, err := query.Join(orders(t), results.NewTable("empty", nil), nil, "_2")
	require.EqualError(t, err, "join: the tables have no columns in common to join on")
	_, err = query.Join(orders(t), orders(t), []string{"side"}, "_2")
	require.ErrorContains(t, err, `on: table orders has no column "side"`)
}

func TestAgainst(t *testing.T) {
	a, b := orders(t), orders(t)
	b.Numbers("gmv")[1] = 21
	b.Texts("run")[0] = "other" // the name of a run is no difference
	rest := b.Filter(func(row int) bool { return row != 5 })
	require.NoError(t, rest.Append("one", "C", 0, 0.1, 1))
	got, err := query.Against(a, rest)
	require.NoError(t, err)
	require.Equal(t, query.Rows{Same: 4, Differ: 1, OnlyA: 1, OnlyB: 1, Keys: []string{"platform", "replication"}}, got)
}

// measured is a table of one number over replications for two platforms.
func measured(a, b []float64) *results.Table {
	t := results.NewTable("timeline", results.Schema{{Name: "platform", Kind: results.Text}, {Name: "replication", Kind: results.Integer}, {Name: "gmv", Kind: results.Number}})
	for p, values := range [][]float64{a, b} {
		for r, x := range values {
			t.Data[0].Text = append(t.Data[0].Text, string(rune('A'+p)))
			t.Data[1].Integer = append(t.Data[1].Integer, int64(r))
			t.Data[2].Number = append(t.Data[2].Number, x)
		}
	}
	return t
}

// Judged as pairs, numbers that all rose by about one differ beyond luck; as independent samples
// their spread hides it. What is equal throughout is not in question.
func TestJudge(t *testing.T) {
	before := []float64{10, 20, 30, 40, 50}
	after := []float64{11, 21.1, 30.9, 41, 51}
	same := []float64{1, 2, 3, 4, 5}
	a, b := measured(before, same), measured(after, same)
	g, err := query.Judge(a, b, true, 0.95)
	require.NoError(t, err)
	require.Equal(t, []int{2, 1, 1}, []int{g.Compared, g.Equal, g.BeyondLuck})
	require.Equal(t, []string{"platform"}, g.Keys)
	require.InDelta(t, 1, g.Gaps[0].Difference.Mean, 1e-9)
	require.Equal(t, []string{"A"}, g.Gaps[0].Keys)
	g, err = query.Judge(a, b, false, 0.95)
	require.NoError(t, err)
	require.Zero(t, g.BeyondLuck)
	// Replications in another order are matched by their number.
	turned := b.Filter(func(int) bool { return true })
	slices.Reverse(turned.Data[0].Text)
	slices.Reverse(turned.Data[1].Integer)
	slices.Reverse(turned.Data[2].Number)
	g, err = query.Judge(a, turned, true, 0.95)
	require.NoError(t, err)
	require.Equal(t, 1, g.BeyondLuck)
	table, err := g.Table()
	require.NoError(t, err)
	require.Equal(t, []string{"platform", "metric", "unit", "a", "b", "difference", "lo", "hi", "verdict", "pairs"}, table.Schema.Names())
	_, err = query.Judge(a, results.NewTable("x", results.Schema{{Name: "gmv", Kind: results.Number}}), true, 0.95)
	require.ErrorContains(t, err, "has no column replication")
}

// Two runs of the same market with other luck seem different in few of many trials.
func TestJudgeSeldomErrs(t *testing.T) {
	const trials = 300
	wrong := 0
	state := uint64(1)
	normal := func() float64 { // the sum of twelve uniforms less six (Central limit theorem)
		sum := -6.0
		for range 12 {
			state = state*6364136223846793005 + 1442695040888963407
			sum += float64(state>>11) / (1 << 53)
		}
		return sum
	}
	draw := func() []float64 {
		values := make([]float64, 15)
		for i := range values {
			values[i] = normal()
		}
		return values
	}
	for range trials {
		g, err := query.Judge(measured(draw(), draw()), measured(draw(), draw()), false, 0.95)
		require.NoError(t, err)
		if g.BeyondLuck > 0 {
			wrong++
		}
	}
	// Binomial(300, 0.05): mean 15, sd 3.8; 4 sd above is 30.
	require.Less(t, wrong, 30)
	require.Positive(t, wrong)
}
