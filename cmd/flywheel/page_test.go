package main

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

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
	require.Empty(t, fold("", 4))
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
