package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim/study"
)

// growth makes straight lines from 0 for some platforms, with bands of a tenth around them.
func growth(platforms, periods int, top float64) []study.Growth {
	var all []study.Growth
	for k := range platforms {
		g := study.Growth{Variant: study.Base, Platform: fmt.Sprintf("P%d", k), Side: "people"}
		for t := range periods + 1 {
			mean := top * float64(t) / float64(periods) / float64(k+1)
			g.Bands = append(g.Bands, results.Band{Mean: mean, Lo: 0.9 * mean, Hi: 1.1 * mean})
		}
		all = append(all, g)
	}
	return all
}

// Every chart fits into a page, has no colours unless they are wanted, and names every
// platform, side and unit.
func TestChart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		platforms, periods := rapid.IntRange(1, models.MaxPlatforms).Draw(t, "platforms"), rapid.IntRange(1, 3000).Draw(t, "periods")
		top := math.Pow(10, rapid.Float64Range(-1, 10).Draw(t, "log10 of the top"))
		var page bytes.Buffer
		chart(&page, growth(platforms, periods, top), models.Horizon{Periods: periods, Unit: "week"}, [2]float64{0.05, 0.95}, false)
		require.NotContains(t, page.String(), "\x1b")
		require.Contains(t, page.String(), "people: participants by week")
		for k := range platforms {
			require.Contains(t, page.String(), fmt.Sprintf("P%d", k))
		}
		lines := strings.Split(page.String(), "\n")
		require.LessOrEqual(t, len(lines), 22)
		for _, line := range lines {
			require.LessOrEqual(t, utf8.RuneCountInString(line), pageWidth, line)
		}
	})
	var page bytes.Buffer
	chart(&page, growth(2, 10, 100), models.Horizon{Periods: 10, Unit: "day"}, [2]float64{0.05, 0.95}, true)
	require.Contains(t, page.String(), "\x1b[", "colours where they are wanted")
}

// The labels of an axis are round and no more than a chart has lines.
func TestStepOf(t *testing.T) {
	for top, want := range map[float64]float64{1: 0.1, 12: 1, 12.5: 2, 100: 10, 130: 20, 260: 25, 96_990: 10_000, 1_937: 200} {
		require.InDelta(t, want, stepOf(top), 1e-9, "%g", top)
	}
	rapid.Check(t, func(t *rapid.T) {
		top := math.Pow(10, rapid.Float64Range(-3, 12).Draw(t, "log10 of the top"))
		count := top / stepOf(top)
		require.LessOrEqual(t, count, chartHeight+1e-9)
		require.Greater(t, count, chartHeight/2.5-1e-9, "2.5 is the longest way between two steps")
	})
}

// Eight platforms do not fit side by side: the sheet is continued below, whole.
func TestSheetFitsIntoAPage(t *testing.T) {
	var platforms []string
	var entries []study.Entry
	for k := range models.MaxPlatforms {
		name := fmt.Sprintf("platform-%d", k)
		platforms = append(platforms, name)
		entries = append(entries, study.Entry{Metric: "participants", Platform: name, Unit: "participants", Band: results.Band{Mean: 123456, Lo: 112233, Hi: 134567}})
	}
	s := newSheet(platforms)
	s.section("consumers", peopleLines(len(platforms)), entries)
	var page bytes.Buffer
	require.NoError(t, s.print(&page))
	for _, name := range append(platforms, "together") {
		require.Equal(t, 1, strings.Count(page.String(), name), name)
	}
	require.Equal(t, len(platforms), strings.Count(page.String(), "112.2k – 134.6k"))
	for line := range strings.SplitSeq(page.String(), "\n") {
		require.LessOrEqual(t, utf8.RuneCountInString(line), pageWidth, line)
		require.Equal(t, strings.TrimRight(line, " "), line)
	}
}

func TestFold(t *testing.T) {
	require.Equal(t, "one two\nthree\nfour", fold("one two three four", 8))
	require.Equal(t, "a\nb c", fold("a\nb c", 8), "lines stay apart")
	require.Equal(t, "unbreakable\nword", fold("unbreakable word", 4))
	require.Equal(t, "an\n美团\n外卖", fold("an 美团外卖", 4), "Chinese is broken between letters, each of which takes two columns")
	require.Equal(t, "a 美团外卖\n第", fold("a 美团外卖 第", 10), "but not a name that fits")
	require.Empty(t, fold("", 4))
}

// displayed is how many columns a terminal gives a line: two to a Chinese letter, one to any other
// (Unicode Standard Annex 11).
func displayed(line string) int {
	columns := 0
	for _, letter := range line {
		columns++
		if unicode.Is(unicode.Han, letter) {
			columns++
		}
	}
	return columns
}

// Pages of platforms with Chinese names fit, and their columns end where they end elsewhere, also
// where the locale is one that gives dashes and strokes two columns.
func TestChineseNames(t *testing.T) {
	twwidth.SetEastAsian(true) // as twwidth's own start does under LANG=zh_CN.UTF-8
	defer twwidth.SetEastAsian(false)
	dir := t.TempDir()
	file := filepath.Join(dir, "war.yaml")
	name := strings.Repeat("美团外卖", 10)
	require.NoError(t, os.WriteFile(file, []byte(`
name: 外卖大战
horizon: {periods: 30, unit: day, start: 2026-03-01}
clock: {revision: 0.2}
platforms:
  - {name: 饿了么, cash: 1e5}
  - {name: `+name+`, cash: 10, fee: 0, cost: {fixed: 1/day}, exit: {cash_below: 0}}
segments:
  - {side: 消费者, name: 学生, size: 3000, value: 1, homing: {cost: 0.1}, start: {饿了么: 0.1, `+name+`: 0.2}, orders: {rate: 0.1/day, basket: 20}}
policies:
  - {name: 新年红包, platform: 饿了么, side: 消费者, instrument: per_period, shape: {constant: 1}, budget: 2000}
variants: {不补贴: {policies: []}}
study: {replications: 3}
`), 0o666))
	page := func(args ...string) string {
		var out, said bytes.Buffer
		require.Zero(t, run(context.Background(), args, &out, &said, func(string) string { return "" }), said.String())
		for line := range strings.Lines(out.String()) {
			require.LessOrEqual(t, displayed(strings.TrimSuffix(line, "\n")), pageWidth, line)
		}
		return out.String()
	}
	_, happened, found := strings.Cut(page("run", file, "--engine", "cohorts", "--quiet", "--out", filepath.Join(dir, "run")), "What happened when")
	require.True(t, found)
	happened, _, _ = strings.Cut(happened, "\n\n")
	lines := strings.Split(happened, "\n")[1:]
	require.True(t, strings.HasPrefix(lines[1], "──") && strings.Trim(lines[1], "─") == "", lines[1])
	ends := 0
	for _, line := range lines {
		if strings.HasSuffix(line, "all") || strings.HasSuffix(line, " of 3") || strings.HasSuffix(line, "runs") {
			require.Equal(t, displayed(lines[1])-1, displayed(line), line) // the rule is one margin longer
			ends++
		}
	}
	require.GreaterOrEqual(t, ends, 4, "the header, a last subsidy, money owed and an exit:\n%s", happened)
	page("compare", file, "--engine", "cohorts", "--quiet", "--out", filepath.Join(dir, "compare"))
	page("equilibria", file)
}

func TestMeant(t *testing.T) {
	known := []string{"--seed", "--set", "--variant", "--replications"}
	for typed, want := range map[string]string{
		"--sede": "did you mean --seed?", "--replicatoins": "did you mean --replications?", "--VARIANT": "did you mean --variant?",
		"--colour": "otherwise", "": "otherwise",
	} {
		require.Equal(t, want, meant(typed, known, "otherwise"), typed)
	}
	require.Equal(t, "otherwise", meant("x", nil, "otherwise"))
}

// Colours need a terminal, and give way to the flag, to NO_COLOR when it is not empty, and
// to a terminal that has none.
func TestColours(t *testing.T) {
	env := func(pairs ...string) func(string) string {
		return func(name string) string {
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] == name {
					return pairs[i+1]
				}
			}
			return ""
		}
	}
	require.True(t, (&program{env: env("TERM", "xterm")}).coloursWelcome())
	require.True(t, (&program{env: env("NO_COLOR", "")}).coloursWelcome())
	require.False(t, (&program{env: env("NO_COLOR", "1")}).coloursWelcome())
	require.False(t, (&program{env: env("TERM", "dumb")}).coloursWelcome())
	require.False(t, (&program{env: env(), noColour: true}).coloursWelcome())
	require.False(t, (&program{env: env(), out: &bytes.Buffer{}}).colourful(), "no terminal, no colours")
}
