package report

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/results"
)

// pressed is a run of four seconds and two steps: the second step is ten times as slow, and
// answers nothing in the last second.
func pressed(t *testing.T) Load {
	text := func(name string) results.Column { return results.Column{Name: name, Kind: results.Text} }
	whole := func(name string) results.Column { return results.Column{Name: name, Kind: results.Integer} }
	real := func(name string) results.Column { return results.Column{Name: name, Kind: results.Number} }
	add := func(table *results.Table, values ...any) { require.NoError(t, table.Append(values...)) }
	l := Load{Provenance: results.Provenance{Kind: "load", Scenario: "friday", Warnings: []results.Warning{{Text: "take <care>"}}}}
	l.Summary = results.NewTable("summary", results.Schema{text("target"), text("stopped"), text("bottleneck"), whole("due"), whole("failed"), whole("not_sent"), real("latency_p50"), real("latency_p99")})
	add(l.Summary, "http://127.0.0.1:1", "", "target", 80, 8, 0, 20.0, 400.0)
	l.Seconds = results.NewTable("seconds", results.Schema{whole("t_s"), whole("width_s"), text("step"), real("asked"), whole("sent"), whole("ok"), whole("failed"), real("latency_p50"), real("latency_p90"), real("latency_p99")})
	for s := range 4 {
		add(l.Seconds, s, 1, "menu", 10.0, 10, 9, 1, 10.0, 20.0, 40.0)
		slow := 400.0
		if s == 3 {
			slow = math.NaN()
		}
		add(l.Seconds, s, 1, "pay", 10.0, 10, 9, 1, slow, slow, slow)
	}
	l.Thresholds = results.NewTable("thresholds", results.Schema{text("expression"), text("holds"), real("value"), text("unit")})
	add(l.Thresholds, "failed < 1%", "no", 0.1, "share")
	add(l.Thresholds, "latency.p99 < 1s", "yes", 400.0, "ms")
	l.Shortfall = results.NewTable("shortfall", results.Schema{text("what"), text("unit"), real("mean"), real("lo"), real("hi"), text("shown")})
	add(l.Shortfall, "orders lost on the day", "orders", 284.0, 269.0, 299.0, "yes")
	l.Capacity = results.NewTable("capacity", results.Schema{real("rate"), real("latency_p99"), text("edge")})
	add(l.Capacity, 7.0, 80.0, "passes")
	add(l.Capacity, 7.2, 900.0, "fails")
	return l
}

func TestAPageOfALoadTestSaysItAll(t *testing.T) {
	var page, again bytes.Buffer
	require.NoError(t, pressed(t).Write(&page))
	require.NoError(t, pressed(t).Write(&again))
	require.Equal(t, page.String(), again.String(), "equal inputs give equal bytes")
	text := page.String()
	for _, said := range []string{"The target fails: failed &lt; 1% is broken.", "Of 80 requests due, 8 failed", "Its capacity lies between 7 and 7.2 journey starts per second.",
		"Orders lost on the day: 284 (95% interval 269 to 299)", "<strong>broken</strong>", "Take &lt;care&gt;", "p99 latency by step and time, from 40 ms (light) to 400 ms (dark)"} {
		require.Contains(t, text, said)
	}
	for _, loads := range []string{"src=", "@import", "url(", "fetch(", "<link"} {
		require.NotContains(t, text, loads)
	}
	require.Less(t, strings.Index(text, "The answer"), strings.Index(text, "Where these numbers come from"))
	require.ErrorContains(t, Load{}.Write(&page), "that has ended")
}

// Seven fields: the slow step has none in its last second. The slowest is darkest.
func TestAHeatMapIsDarkestWhereItIsSlowest(t *testing.T) {
	h := heatOf(pressed(t).Seconds)
	require.Equal(t, []string{"menu", "pay"}, h.Steps)
	require.Len(t, h.Shades[0], 4)
	require.Len(t, h.Shades[1], 3)
	require.InDelta(t, 0.08, h.Shades[0][0].Depth, 1e-9)
	require.InDelta(t, 1, h.Shades[1][0].Depth, 1e-9)
	require.Equal(t, []string{"3", "40", "–"}, h.Rows[3])
	require.Nil(t, heatOf(nil))
}

// Of 100 users a tenth leaves every day and ten come, in both of two runs: 0.9 stay for a day, 0.81
// for two, whenever they are counted.
func TestATriangleIsOfThoseWhoHaveNotLeft(t *testing.T) {
	f := &Forecast{PeriodUnit: "day"}
	for range 2 {
		table := results.NewTable("timeline", append(results.Identity(), results.Column{Name: "participants", Kind: results.Number}, results.Column{Name: "leaves", Kind: results.Number}))
		for period := range 13 {
			for _, p := range []string{"A", all} {
				require.NoError(t, table.Append("r", "base", 0, period, p, "buyers", all, all, 100.0, 10*float64(min(period, 1))))
			}
		}
		require.NoError(t, f.Add(table))
	}
	list := f.triangles("base")
	require.Len(t, list, 1)
	require.Equal(t, []string{"+2", "+4", "+6", "+8", "+10", "+12"}, list[0].Head)
	require.Equal(t, "81%", list[0].Rows[0].Cells[0].Text)
	require.InDelta(t, math.Pow(0.9, 12), list[0].Rows[0].Cells[5].Depth, 1e-12)
	require.InDelta(t, 0.81, list[0].Rows[5].Cells[0].Depth, 1e-12)
	require.Empty(t, list[0].Rows[5].Cells[1].Text)
}

// Two of three runs explore until period 2 and grow from then on; the third is ahead by one.
func TestALifeCycleIsThatOfMostRuns(t *testing.T) {
	f := &Forecast{PeriodUnit: "week", periods: []int{0, 1, 2, 4}, scopes: map[string]scopes{"base": {platforms: []string{"A", "B"}, sides: []string{"buyers"}}},
		samples: map[series][][]float64{{"base", "stage", "A", "buyers", all}: {{1, 1, 1}, {1, 1, 2}, {2, 2, 2}, {2, 3, 2}}}}
	require.Equal(t, []Timeline{{Platform: "A", Says: "A: exploration from week 0, growth from week 2.", Stretches: []Stretch{
		{Stage: "exploration", Number: 1, From: 0, To: 2, Left: 0, Wide: 50}, {Stage: "growth", Number: 2, From: 2, To: 4, Left: 50, Wide: 50}}}}, f.timelines("base"))
	require.Zero(t, commonest(nil))
}

// A sentence begins with a capital where its alphabet has them.
func TestSentence(t *testing.T) {
	for text, want := range map[string]string{"": "", "a b": "A b", "élan": "Élan", "饿了么 leads": "饿了么 leads", "\xff": "\uFFFD"} {
		require.Equal(t, want, sentence(text))
	}
}
