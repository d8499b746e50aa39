package results_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/results"
)

func small(t *testing.T) *results.Table {
	t.Helper()
	table := results.NewTable("growth", results.Schema{
		{Name: "platform", Kind: results.Text, About: "Name | alias."},
		{Name: "period", Kind: results.Integer, Unit: "periods"},
		{Name: "participants", Kind: results.Number, Unit: "participants", About: "At the end\nof the period."},
	})
	require.NoError(t, table.Append("A", 0, 10.5))
	require.NoError(t, table.Append("B", int64(1), 20)) // A whole number fits a Number column.
	require.NoError(t, table.Append("A", 2, math.NaN()))
	return table
}

func TestAppendAddsAWholeRowOrNothing(t *testing.T) {
	table := small(t)
	require.Equal(t, 3, table.Rows())
	require.Equal(t, []string{"A", "B", "A"}, table.Texts("platform"))
	require.Equal(t, []int64{0, 1, 2}, table.Integers("period"))
	require.Equal(t, []float64{10.5, 20}, table.Numbers("participants")[:2])

	err := table.Append(1, "B", true)
	require.ErrorContains(t, err, "bug: table growth: column platform of kind text cannot hold 1 (int)")
	require.ErrorContains(t, err, "column period of kind integer cannot hold B (string)")
	require.ErrorContains(t, err, "column participants of kind number cannot hold true (bool)")
	require.EqualError(t, table.Append("A"), "bug: table growth: 1 values for 3 columns")
	// 2^53+1 is the first whole number that no float64 holds.
	require.Error(t, table.Append("A", 3, int64(1)<<53+1))
	require.Equal(t, 3, table.Rows())
	require.NoError(t, table.Check())
}

func TestCheckNamesEveryFault(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*results.Table)
		want  []string
	}{
		{"length", func(x *results.Table) { x.Data[1].Integer = x.Data[1].Integer[:2] },
			[]string{"column period has 2 rows where platform has 3"}},
		{"kind", func(x *results.Table) { x.Data[2] = results.Data{Text: []string{"a", "b", "c"}} },
			[]string{"column participants has 0 rows where platform has 3", "column participants of kind number holds values of another kind"}},
		{"both kinds", func(x *results.Table) { x.Data[0].Integer = []int64{1} },
			[]string{"column platform of kind text holds values of another kind"}},
		{"data missing", func(x *results.Table) { x.Data = x.Data[:2] },
			[]string{"2 columns of data for 3 of schema"}},
		{"no data at all", func(x *results.Table) { x.Data = nil },
			[]string{"0 columns of data for 3 of schema"}},
		{"names", func(x *results.Table) { x.Schema[0].Name, x.Schema[1].Name = "", "participants" },
			[]string{"column 0 has no name", "column participants stands twice"}},
		{"unknown kind", func(x *results.Table) { x.Schema[2].Kind = 7 },
			[]string{"column participants has kind 7"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := small(t)
			c.spoil(table)
			err := table.Check()
			require.ErrorContains(t, err, "bug: table growth: ")
			for _, text := range c.want {
				require.ErrorContains(t, err, text)
			}
		})
	}
	require.NoError(t, (&results.Table{}).Check())
	require.Zero(t, (&results.Table{}).Rows())
}

func TestChoosingAndJoiningRows(t *testing.T) {
	table := small(t)
	chosen := table.Where("platform", "A")
	require.Equal(t, []int64{0, 2}, chosen.Integers("period"))
	require.Equal(t, []float64{20}, table.Where("period", "1").Numbers("participants"))
	require.Equal(t, []int64{2}, table.Where("participants", "").Integers("period"), "NaN reads as nothing")
	require.Zero(t, table.Where("platform", "C").Rows())

	joined, err := chosen.Concat(table.Where("platform", "B"), table.Where("platform", "C"))
	require.NoError(t, err)
	require.Equal(t, []int64{0, 2, 1}, joined.Integers("period"))
	require.NoError(t, joined.Check())
	require.Equal(t, 2, chosen.Rows(), "the parts stay as they were")

	other := results.NewTable("other", results.Schema{{Name: "x", Kind: results.Text}})
	_, err = table.Concat(other)
	require.EqualError(t, err, "table other cannot be joined to table growth: the columns differ: x against platform, period, participants")

	part := table.Slice(1, 2)
	require.NoError(t, part.Append("Z", 9, 9.0))
	require.Equal(t, []string{"A", "B", "A"}, table.Texts("platform"), "appending to a slice leaves the whole alone")
}

// Any row is in exactly one of a filter and its complement, and each keeps the order.
func TestFilterSplitsATable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOf(rapid.Int64()).Draw(t, "values")
		table := results.NewTable("t", results.Schema{{Name: "v", Kind: results.Integer}})
		table.Data[0].Integer = values
		even := func(row int) bool { return values[row]%2 == 0 }
		var evens, odds []int64
		for _, v := range values {
			if v%2 == 0 {
				evens = append(evens, v)
			} else {
				odds = append(odds, v)
			}
		}
		require.Equal(t, len(evens), table.Filter(even).Rows())
		require.ElementsMatch(t, evens, table.Filter(even).Integers("v"))
		require.ElementsMatch(t, odds, table.Filter(func(row int) bool { return !even(row) }).Integers("v"))
	})
}

func TestAWrongNameOfOurOwnPanics(t *testing.T) {
	table := small(t)
	require.PanicsWithValue(t, "bug: table growth has no column users; it has platform, period, participants",
		func() { table.Numbers("users") })
	require.PanicsWithValue(t, "bug: column period of table growth is of kind integer, not text",
		func() { table.Texts("period") })
	require.Equal(t, -1, table.Schema.Index("users"))
	require.Equal(t, 2, table.Schema.Index("participants"))
}

func TestSchemaAsMarkdown(t *testing.T) {
	require.Equal(t, `| column | kind | unit | about |
| --- | --- | --- | --- |
| `+"`platform`"+` | text |  | Name \| alias. |
| `+"`period`"+` | integer | periods |  |
| `+"`participants`"+` | number | participants | At the end of the period. |
`, small(t).Schema.Markdown())
}

func TestIdentityColumnsInTheirOrder(t *testing.T) {
	identity := results.Identity()
	require.Equal(t, []string{"run", "variant", "replication", "period", "platform", "side", "segment", "region"}, identity.Names())
	require.NoError(t, results.NewTable("forecast", identity).Check())
	for _, c := range identity {
		require.NotEmpty(t, c.About, c.Name)
	}
	identity[0].Name = "changed"
	require.Equal(t, "run", results.Identity()[0].Name, "each caller gets its own")
}

func TestKindsAsWords(t *testing.T) {
	written, err := json.Marshal(small(t).Schema[1])
	require.NoError(t, err)
	require.JSONEq(t, `{"name":"period","kind":"integer","unit":"periods"}`, string(written))
	var c results.Column
	require.NoError(t, json.Unmarshal(written, &c))
	require.Equal(t, small(t).Schema[1], c)
	require.ErrorContains(t, json.Unmarshal([]byte(`{"kind":"date"}`), &c), `column kind "date" is unknown; it is one of text, integer, number`)
	_, err = json.Marshal(results.Kind(9))
	require.ErrorContains(t, err, "bug: kind 9")
}
