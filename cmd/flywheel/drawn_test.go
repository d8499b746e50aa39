package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/stretchr/testify/require"

	"flywheel/results/report"
	"flywheel/sim/study"
)

// everything is a section with one of each thing that a page shows, under Chinese names too.
func everything() report.Section {
	return report.Section{
		Variant: "base",
		Answers: []string{"饿了么 has most of all consumers after 4 days (40% to 60%), and leads in 19 of 20 runs, which is more than one would think."},
		Costs:   []report.Cost{{What: "orders lost on the day", Mean: "284", Interval: "269 to 299", Shown: true}, {What: "cash lost at the end", Mean: "0", Interval: "-1 to 1"}},
		Judged:  []report.Judged{{Expression: "failed < 1%", Value: "7%"}, {Expression: "latency.p99 < 1s", Value: "12 ms", Holds: true}},
		Charts: []report.Chart{
			{Kind: report.KindFan, Title: "Cash", XLabel: "day", YLabel: "money", Says: "饿了么 ends at 30.", Lines: []report.Line{
				{Name: "饿了么", X: []float64{0, 1, 2, 3, 4}, Y: []float64{0, -20, -5, 10, 30}, Lo: []float64{0, -25, -15, 0, 15}, Hi: []float64{0, -15, 5, 20, 45}},
				{Name: "B", X: []float64{0, 1, 2, 3, 4}, Y: []float64{5, 5, 5, 5, 5}, Lo: []float64{5, 5, 5, 5, 5}, Hi: []float64{5, 5, 5, 5, 5}},
			}},
			{Kind: report.KindLines, Title: "p99 latency by rate", XLabel: "starts per second", YLabel: "ms", Says: "P99 is at most 900.", Lines: []report.Line{
				{Name: "p99", X: []float64{5, 10, 12.5, 13}, Y: []float64{20, 30, 100, 900}},
			}},
		},
		Heat: &report.Heat{Steps: []string{"search", "check-out-with-a-long-name"}, Lo: 10, Hi: 1000, Length: 2, Shades: [][]report.Shade{
			{{At: 0, P99: 10}, {At: 1, P99: 40}, {At: 2, P99: 1000}}, {{At: 1, P99: 100}, {At: 2, P99: 300}},
		}},
		Timelines: []report.Timeline{{Platform: "饿了么", Says: "饿了么: exploration from day 0, growth from day 1.", Stretches: []report.Stretch{
			{Stage: "exploration", Number: 1, From: 0, To: 1, Left: 0, Wide: 25}, {Stage: "growth", Number: 2, From: 1, To: 4, Left: 25, Wide: 75},
		}}},
		Portraits: []report.Chart{{Kind: report.KindPortrait, Title: "Both sides of 饿了么", XLabel: "share of 顾客", YLabel: "share of 商家", Share: true, Says: "The mean path goes up.", Lines: []report.Line{
			{Name: "run 1", Style: "path", X: []float64{0, 0.2, 0.5}, Y: []float64{0, 0.4, 0.8}},
			{Name: "mean", Style: "mean", X: []float64{0, 0.3, 0.5}, Y: []float64{0, 0.2, 0.8}},
			{Name: "critical mass", Style: "frontier", X: []float64{0, 0.5}, Y: []float64{0.5, 0}},
		}}},
		Triangles: []report.Triangle{{Platform: "饿了么", Side: "顾客", Head: []string{"+1", "+2"}, Rows: []report.RegionRow{
			{Region: "day 0", Cells: []report.Cell{{Text: "90%", Depth: 0.9}, {Text: "80%", Depth: 0.8}}}, {Region: "day 1", Cells: []report.Cell{{Text: "95%", Depth: 0.95}, {}}},
		}}},
		Waterfalls: []report.Waterfall{{Platform: "饿了么", Steps: []report.Step{
			{Name: "cash at the start", Amount: "50", After: "50", Left: 0, Wide: 50, Whole: true}, {Name: "commission", Amount: "+50", After: "100", Left: 50, Wide: 50},
			{Name: "subsidies", Amount: "-100", After: "0", Left: 0, Wide: 100, Minus: true}, {Name: "cash at the end", Amount: "0", After: "0", Whole: true},
		}}},
		Sheets: []report.Sheet{{Caption: "platforms", Head: []string{"CAC", "runway"}, Rows: [][]string{{"饿了么", "30 (28 to 32)", "n/a"}, {"B", "12 (10 to 15)", "90 (80 to 100)"}}}},
		Regions: []report.Regions{{Side: "顾客", Head: []string{"饿了么", "B"}, Rows: []report.RegionRow{
			{Region: "上海", Cells: []report.Cell{{Text: "60%", Depth: 0.6}, {Text: "10%", Depth: 0.1}}}, {Region: "北京", Cells: []report.Cell{{Text: "n/a"}, {Text: "20%", Depth: 0.2}}},
		}}},
	}
}

// Every kind of thing that a page draws is drawn in the terminal too: in letters, without
// colour, within its width also where a letter takes two columns, and as it was last looked at.
func TestEverythingOnAPageHasATextForm(t *testing.T) {
	all := everything()
	drawn := func(s report.Section, colour bool) string {
		var page bytes.Buffer
		require.NoError(t, pen{page: &page, colour: colour, unit: "day", band: "5% to 95% of replications"}.section(s))
		return page.String()
	}
	empty := drawn(report.Section{}, false)
	require.Empty(t, empty)
	from := reflect.ValueOf(all)
	for i := range from.NumField() {
		name := from.Type().Field(i).Name
		require.False(t, from.Field(i).IsZero(), "a page shows %s, of which everything() has none; draw it in drawn.go and add one", name)
		if name == "Variant" {
			continue
		}
		var one report.Section
		reflect.ValueOf(&one).Elem().Field(i).Set(from.Field(i))
		require.NotEqual(t, empty, drawn(one, false), "a page shows %s, and the terminal does not", name)
	}
	text := drawn(all, false)
	require.NotContains(t, text, "\x1b")
	require.Contains(t, drawn(all, true), "\x1b[")
	for line := range strings.SplitSeq(text, "\n") {
		require.LessOrEqual(t, twwidth.Width(line), pageWidth, line)
		require.Equal(t, strings.TrimRight(line, " "), line)
	}
	golden := filepath.Join("testdata", "drawn.golden")
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(text), 0o666))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), text)
}

// Of every kind of chart that the page knows there is one in everything(), and it is drawn as
// what it is: the constants are read from the page's own source.
func TestEveryKindOfChartHasATextForm(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../../results/report/chart.go", nil, 0)
	require.NoError(t, err)
	var kinds []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, is := n.(*ast.ValueSpec)
		if is && strings.HasPrefix(spec.Names[0].Name, "Kind") {
			kind, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			kinds = append(kinds, kind)
		}
		return true
	})
	require.Len(t, kinds, 3, "fan, lines and portrait, and whatever the page has learnt since: draw it in drawn.go")
	all := everything()
	for _, kind := range kinds {
		require.True(t, slices.ContainsFunc(slices.Concat(all.Charts, all.Portraits), func(c report.Chart) bool { return c.Kind == kind }), kind)
	}
	require.PanicsWithValue(t, "bug: a chart of kind gantt has no text form", func() {
		var page bytes.Buffer
		pen{page: &page}.chart(report.Chart{Kind: "gantt"})
	})
}

// Bars of a whole, and of a half known within a quarter, over 36 columns: 9 solid, 9 lighter and 9 of line.
func TestBars(t *testing.T) {
	var page bytes.Buffer
	bars(&page, "share", "share", []bar{
		{"费率", study.Estimate{Value: 1, Lo: 1, Hi: 1}}, {"b", study.Estimate{Value: 0.5, Lo: 0.25, Hi: 0.75}},
		{"nothing", study.Estimate{Value: 0, Lo: -0.1, Hi: math.NaN()}},
	})
	require.Equal(t, "share: █ to the lower end of the interval, ▓ to the number, ─ to the upper end\n"+
		" 费率    │"+strings.Repeat("█", 36)+" 100%\n"+
		" b       │"+strings.Repeat("█", 9)+strings.Repeat("▓", 9)+strings.Repeat("─", 9)+strings.Repeat(" ", 9)+" 50%\n"+
		" nothing │"+strings.Repeat(" ", 36)+" 0%\n\n", page.String())
}

// Lines at uneven places are laid over even ones: y = 2x stays itself, and has nothing beyond its ends.
func TestEvenLines(t *testing.T) {
	list := even([]report.Line{{Name: "a", X: []float64{0, 1, 8}, Y: []float64{0, 2, 16}}, {Name: "b", X: []float64{2, 4}, Y: []float64{4, 8}, Hi: []float64{5, 9}}})
	require.Len(t, list[0].Y, chartWidth+1)
	for i, x := range list[0].X {
		require.InDelta(t, 2*x, list[0].Y[i], 1e-9)
		if inside := x >= 2 && x <= 4; inside {
			require.InDelta(t, 2*x, list[1].Y[i], 1e-9)
			require.InDelta(t, 2*x+1, list[1].Hi[i], 1e-9)
		} else {
			require.True(t, math.IsNaN(list[1].Y[i]))
		}
	}
	same := []report.Line{{X: []float64{0, 1, 2}, Y: []float64{3, 4, 5}}}
	require.Equal(t, same, even(same))
}
