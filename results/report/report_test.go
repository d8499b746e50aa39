package report

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/results"
)

// market is a made-up forecast's shape.
type market struct {
	variants, platforms, sides, regions []string
	runs, periods                       int
}

// timelines makes one table per run: shares that walk at random, cash that starts at 100 and
// moves by commission minus cost.
func (m market) timelines(seed uint64) []*results.Table {
	measures := results.Schema{}
	for _, name := range []string{"participants", "share", "orders", "commission", "membership", "subsidy", "cost", "cash"} {
		unit := results.Unit("money")
		if name == "share" {
			unit = "share"
		}
		measures = append(measures, results.Column{Name: name, Kind: results.Number, Unit: unit})
	}
	var list []*results.Table
	r := rand.New(rand.NewPCG(seed, 1))
	none := math.NaN()
	for _, variant := range m.variants {
		for run := range m.runs {
			t := results.NewTable("timeline", append(results.Identity(), measures...))
			cash := map[string]float64{}
			for period := range m.periods + 1 {
				for _, p := range append(m.platforms, all) {
					income, subsidy, cost := r.Float64()*float64(min(period, 1)), r.Float64()*float64(min(period, 1)), 2*float64(min(period, 1))
					if period == 0 {
						cash[p] = 100
					}
					cash[p] += income - cost
					err := t.Append("r", variant, run, period, p, all, all, all, none, none, float64(period), income, 0.0, subsidy, cost, cash[p])
					if err != nil {
						panic(err)
					}
				}
				for _, side := range m.sides {
					for _, region := range append([]string{all}, m.regions...) {
						for _, p := range append(m.platforms, all) {
							share := float64(period) / float64(m.periods) * r.Float64()
							if err := t.Append("r", variant, run, period, p, side, all, region, 1000*share, share, none, none, none, none, none, none); err != nil {
								panic(err)
							}
						}
					}
				}
			}
			list = append(list, t)
		}
	}
	return list
}

func collected(t testing.TB, m market) *Forecast {
	t.Helper()
	f := &Forecast{PeriodUnit: "day"}
	for _, table := range m.timelines(7) {
		require.NoError(t, f.Add(table))
	}
	return f
}

func small() market {
	return market{variants: []string{"base", "cheap"}, platforms: []string{"A", "B"}, sides: []string{"consumers", "merchants"}, regions: []string{"north", "south"}, runs: 21, periods: 200}
}

func TestBandsAreThoseOfTheRuns(t *testing.T) {
	m := small()
	f := collected(t, m)
	require.LessOrEqual(t, len(f.periods), most)
	require.Equal(t, 0, f.periods[0])
	require.Equal(t, 200, f.horizon())
	tables := m.timelines(7)[:m.runs]      // the base's
	for i, period := range f.periods[:4] { // each place costs a pass over all rows
		var sample []float64
		for _, table := range tables {
			for r := range table.Rows() {
				if table.Texts("platform")[r] == "B" && table.Texts("side")[r] == "merchants" && table.Texts("region")[r] == all && int(table.Integers("period")[r]) == period {
					sample = append(sample, table.Numbers("share")[r])
				}
			}
		}
		want, _ := results.BandOf(sample, 0.05, 0.95)
		require.Equal(t, want, f.bands(series{"base", "share", "B", "merchants", all})[i])
	}
}

func TestRunsMayComeInOneTableOrInSeveral(t *testing.T) {
	m := small()
	m.periods, m.runs = 9, 20
	tables := m.timelines(7)
	joined, err := tables[0].Concat(tables[1:]...)
	require.NoError(t, err)
	whole := &Forecast{PeriodUnit: "day"}
	require.NoError(t, whole.Add(joined))
	var one, many bytes.Buffer
	require.NoError(t, whole.Write(&one, About{}))
	require.NoError(t, collected(t, m).Write(&many, About{}))
	require.Equal(t, many.String(), one.String())
}

func TestATimelineThatIsNotWholeIsRefused(t *testing.T) {
	m := small()
	m.periods = 9
	table := m.timelines(7)[0]
	require.ErrorContains(t, (&Forecast{}).Add(table.Slice(0, table.Rows()-1)), "is not whole")
	require.ErrorContains(t, (&Forecast{}).Add(table.Slice(1, table.Rows())), "is not whole")
	longer := m
	longer.periods = 10
	f := collected(t, m)
	require.ErrorContains(t, f.Add(longer.timelines(7)[0]), "runs of 9 and of 10 periods")
	require.ErrorContains(t, (&Forecast{}).Write(&bytes.Buffer{}, About{}), "at least one finished run")
}

// The bars of a waterfall hang together: each begins where the one before ended.
func TestAWaterfallFallsWithoutGaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := rapid.Float64Range(-1e6, 1e6).Draw(t, "start")
		amount := func(name string) float64 { return rapid.Float64Range(0, 1e6).Draw(t, name) }
		commission, membership, subsidy, other, rest := amount("commission"), amount("membership"), amount("subsidy"), amount("other"), amount("rest")
		end := start + commission + membership - subsidy - other + rest
		f := &Forecast{
			scopes:  map[string]scopes{"base": {platforms: []string{"A"}}},
			samples: map[series][][]float64{{"base", "cash", "A", all, all}: {{start}, {end}}},
			flows: map[flow][]float64{{"base", "commission", "A"}: {commission}, {"base", "membership", "A"}: {membership},
				{"base", "subsidy", "A"}: {subsidy}, {"base", "cost", "A"}: {subsidy + other}},
		}
		falls := f.Money("base")
		if start == 0 && commission+membership+subsidy+other+rest == 0 {
			require.Empty(t, falls)
			return
		}
		steps := falls[0].Steps
		require.Equal(t, results.Human(end, "money"), steps[len(steps)-1].After)
		at := steps[0].Left + steps[0].Wide
		if start < 0 {
			at = steps[0].Left
		}
		for _, s := range steps[1 : len(steps)-1] {
			from, to := s.Left, s.Left+s.Wide
			if s.Minus {
				from, to = to, from
			}
			require.InDelta(t, at, from, 1e-6, s.Name)
			at = to
			require.True(t, s.Left >= -1e-9 && s.Left+s.Wide <= 100+1e-9, "%+v", s)
		}
	})
}

func TestTheAnswerCountsWhoLeadsAndWhoRunsOut(t *testing.T) {
	f := collected(t, small())
	text := strings.Join(f.answers("base"), "\n")
	won, runs := f.lead("base", "consumers", "A")
	lost, _ := f.lead("base", "consumers", "B")
	require.Equal(t, 21, runs)
	require.Equal(t, 21, won+lost, "two continuous shares are never equal")
	require.Contains(t, text, fmt.Sprintf("leads in %d of 21 runs", max(won, lost)))
	// 100 at the start, at most 1 in and 2 out each day for 200 days: everyone ends below zero.
	require.Contains(t, text, "runs out of it in 21 of 21 runs")
	require.Contains(t, text, "quantile of 21 replications")
}

func TestThePageSaysItAllAndAsksNothingOfANetwork(t *testing.T) {
	differences := results.NewTable("differences", results.Schema{
		{Name: "metric", Kind: results.Text}, {Name: "variant", Kind: results.Text}, {Name: "platform", Kind: results.Text}, {Name: "side", Kind: results.Text},
		{Name: "unit", Kind: results.Text}, {Name: "mean", Kind: results.Number}, {Name: "lo", Kind: results.Number}, {Name: "hi", Kind: results.Number}, {Name: "shown", Kind: results.Text}})
	require.NoError(t, differences.Append("orders", "cheap", "A", "*", "orders", 12.0, 10.0, 14.0, "yes"))
	require.NoError(t, differences.Append("cash", "cheap", "A", "*", "money", 1.0, -1.0, 3.0, "no"))
	about := About{Differences: differences, Command: "flywheel run resolved.yaml",
		Provenance: results.Provenance{Scenario: `<script>alert("x")</script>`, Digest: "ab12", Engine: "cohorts",
			Warnings: []results.Warning{{Code: "x", Text: "take <care>"}}},
		Frontier: map[string]Line{"A": {Name: "critical mass", X: []float64{0, 1}, Y: []float64{1, 0}}}}
	var page, again bytes.Buffer
	require.NoError(t, collected(t, small()).Write(&page, about))
	require.NoError(t, collected(t, small()).Write(&again, about))
	require.Equal(t, page.String(), again.String(), "equal inputs give equal bytes")
	text := page.String()
	require.NotContains(t, text, `<script>alert`)
	require.Contains(t, text, "&lt;script&gt;alert")
	require.Contains(t, text, "Take &lt;care&gt;")
	require.Contains(t, text, "not shown")
	require.Contains(t, text, `"style":"frontier"`)
	for _, loads := range []string{"src=", "@import", "url(", "fetch(", "XMLHttpRequest", "<link"} {
		require.NotContains(t, text, loads)
	}
	require.Equal(t, strings.Count(text, "<figure"), strings.Count(text, "aria-label=\""), "every picture says what it shows")
	require.Less(t, strings.Index(text, "The answer"), strings.Index(text, "Where these numbers come from"))
}
