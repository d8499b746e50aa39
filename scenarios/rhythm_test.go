package scenarios

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
)

// rhythmOf is the factor of each period of a scenario with this horizon and rhythm.
func rhythmOf(t *testing.T, horizon, rhythm string) []float64 {
	file := filepath.Join(t.TempDir(), "x.yaml")
	require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, `name: x
horizon: {%s}
platforms: [{name: A}]
segments: [{side: s, name: s, size: 10, orders: {rate: 1, rhythm: {%s}}}]
`, horizon, rhythm), 0o600))
	return load(t, file, Options{}).Model.Segments[0].Orders.Rhythm
}

// TestRatesGoByTheCalendar: a day has the weight of its day of the week and of its month, over
// the mean weight; an hour that of its hour besides; a month the mean over its days. The first of
// August 2026 is a Saturday, and February 2027 has four of each day of the week.
func TestRatesGoByTheCalendar(t *testing.T) {
	const weekend = "week: [1, 1, 1, 1, 1, 2, 2]"
	days := rhythmOf(t, "periods: 7, unit: day, start: 2026-07-31", weekend)
	for day, weight := range []float64{1, 2, 2, 1, 1, 1, 1} {
		require.InDelta(t, weight*7/9, days[day], 1e-12, "day %d", day)
	}

	const summer = "year: [1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1]"
	days = rhythmOf(t, "periods: 40, unit: day, start: 2026-07-31", summer+", "+weekend)
	require.InDelta(t, 12./11*7/9, days[0], 1e-12)
	require.Zero(t, days[1])
	require.Zero(t, days[31])
	require.InDelta(t, 12./11*7/9, days[32], 1e-12, "the first of September, a Tuesday")

	weeks := rhythmOf(t, "periods: 2, unit: week, start: 2026-07-27", summer)
	require.InDelta(t, 12./11*5/7, weeks[0], 1e-12, "five days of July")
	require.Zero(t, weeks[1])

	months := rhythmOf(t, "periods: 12, unit: month, start: 2026-07", weekend)
	require.InDelta(t, 1, months[7], 1e-12)
	require.InDelta(t, 7./9*(31+10)/31, months[1], 1e-12, "August has ten days of weekends")

	hours := rhythmOf(t, "periods: 48, unit: hour, start: 2026-07-31", weekend+", day: food_weekday")
	for hour, weight := range profiles()["food_weekday"] {
		mean := floats.Sum(profiles()["food_weekday"]) / 24
		require.InDelta(t, weight/mean*7/9, hours[hour], 1e-12, "Friday, hour %d", hour)
		require.InDelta(t, weight/mean*14/9, hours[24+hour], 1e-12, "Saturday, hour %d", hour)
	}
	require.Len(t, rhythmOf(t, "periods: 30, unit: hour", "day: taxi_fri"), 30, "which hour it is needs no date")

	plain := load(t, "testdata/good/everything.yaml", Options{})
	require.Nil(t, plain.Model.Segments[0].Orders.Rhythm)
}
