package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestRates(t *testing.T) {
	for text, want := range map[string]struct {
		canonical string
		perWeek   float64
	}{
		"3.5":         {"3.5", 3.5},                     // without a unit it is per period
		"40000/day":   {"40000/day", 280_000},           // seven days
		"2 / w":       {"2/week", 2},                    // units have long and short words
		"0.5/hours":   {"0.5/hour", 84},                 // 168 hours
		"1e3/week":    {"1000/week", 1000},              //
		"-1/day":      {"-1/day", -7},                   // a price may be negative
		"52.1775/y":   {"52.1775/year", 1},              // a year has 365.2425 days, 52.1775 weeks
		"4.348125/mo": {"", 0},                          // no such word
		"12/month":    {"12/month", 12 * 168 / 730.485}, // a month is a twelfth of a year
	} {
		a, problem, _ := parseRate(text)
		if want.canonical == "" {
			require.NotEmpty(t, problem, text)
			continue
		}
		require.Empty(t, problem, text)
		require.Equal(t, want.canonical, formatRate(a), text)
		require.InEpsilon(t, want.perWeek, a.perPeriod("week"), 1e-15, text)
	}
}

// Units that divide each other do so exactly, whatever floating point makes of their hours.
func TestUnitsDivideExactly(t *testing.T) {
	for _, c := range []struct {
		unit, period string
		ratio        float64
	}{
		{"hour", "day", 24}, {"day", "week", 7}, {"month", "year", 12}, {"week", "day", 1.0 / 7}, {"year", "month", 1.0 / 12}, {"week", "hour", 1.0 / 168},
	} {
		require.Equal(t, c.ratio, amount{1, c.unit}.perPeriod(c.period), "%s in a %s", c.unit, c.period)
	}
}

func TestLengths(t *testing.T) {
	for text, want := range map[string]struct {
		canonical string
		days      float64
		period    int
	}{
		"26w":      {"26w", 182, 182},
		"26 weeks": {"26w", 182, 182},
		"7":        {"7", 7, 7},
		"36h":      {"36h", 1.5, 2}, // the moment lies in the second day
		"0.5":      {"0.5", 0.5, 1},
		"1month":   {"1month", 30.436875, 31}, // 365.2425/12 days
		"2y":       {"2y", 730.485, 731},
		"0d":       {"0d", 0, 0},
	} {
		a, problem, _ := parseLength(text)
		require.Empty(t, problem, text)
		require.Equal(t, want.canonical, formatLength(a), text)
		require.InDelta(t, want.days, a.periods("day"), 1e-12, text)
		require.Equal(t, want.period, a.period("day"), text)
	}
	for _, text := range []string{"", "w", "3 moons", "3m", "1h30m", "--3d", "3e", "ten days"} {
		_, problem, remedy := parseLength(text)
		require.NotEmpty(t, problem, text)
		require.NotEmpty(t, remedy, text)
	}
}

func TestWholeNumbers(t *testing.T) {
	for text, want := range map[string]string{"12": "12", "+12": "12", "-5": "-5", "1e5": "100000", "2.50e1": "25", "9007199254740993": "9007199254740993"} {
		got, problem, _ := parseWhole(text)
		require.Empty(t, problem, text)
		require.Equal(t, want, got)
	}
	for _, text := range []string{"1.5", "010", "0x10", "1_000", "1e300", "99999999999999999999", "12 ", "", "ten", ".nan", "1e16"} {
		_, problem, remedy := parseWhole(text)
		require.NotEmpty(t, problem, text)
		require.NotEmpty(t, remedy, text)
	}
}

// The canonical writing of a number names the same number and is its own canonical writing.
func TestNumbersSurviveTheirWriting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64().Draw(t, "x")
		text := formatNumber(x)
		back, problem, _ := parseDecimal(text)
		require.Empty(t, problem)
		require.Equal(t, x, back)
		require.Equal(t, text, formatNumber(back))
	})
}

// Any text survives the canonical writing as a key and as a value.
func TestTextSurvivesItsWriting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"yes", "No", "null", "~", "1e3", "0x1", "- a", "a: b", "#", "", " a", ".inf", "y", "a #b", "\u2028", "\U0001F600"})).Draw(t, "text")
		n := &node{kind: mapping, entries: []entry{{key: text, value: &node{text: text, isText: true}}}}
		var r report
		back := parse(&r, place{file: "x"}, emit(n))
		require.Empty(t, r.found, "%s", emit(n))
		require.True(t, same(n, back), "%q became %q", text, back.entries[0].value.text)
	})
}

func TestNearMisses(t *testing.T) {
	known := []string{"capacity", "cash", "cost", "fee", "location", "name", "price"}
	for word, want := range map[string]string{"capacty": "capacity", "Fee": "fee", "csah": "cash", "prices": "price", "colour": "", "naem": "name", "nam": "name", "": ""} {
		require.Equal(t, want, nearest(word, known), word)
	}
	require.Empty(t, nearest("C", []string{"A", "B"}), "one letter is not nearly another")
	require.Empty(t, nearest("A", []string{"搜索"}), "nor nearly two, whatever bytes they take")
}
