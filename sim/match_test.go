package sim

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models/theory"
)

// TestTriedIsUrnBall: over 40,000 evenly spaced u, which leave an error of the order of 1/40,000
// of the range, draws have the mean and the variance of the textbook's urns (mean 63.3967659 and
// variance 9.74008891 of 100 in 100); the variance of many is within half a trial of it.
func TestTriedIsUrnBall(t *testing.T) {
	const n = 40_000
	for _, c := range []theory.UrnBall{
		{Buyers: 1, Sellers: 5}, {Buyers: 2, Sellers: 2}, {Buyers: 3, Sellers: 3}, {Buyers: 20, Sellers: 10}, {Buyers: 50, Sellers: 50},
		{Buyers: 100, Sellers: 100}, {Buyers: 50, Sellers: 100}, {Buyers: 200, Sellers: 100}, {Buyers: 1000, Sellers: 500},
		{Buyers: 5000, Sellers: 10_000_000}, {Buyers: 1000, Sellers: 12}, {Buyers: 300_000, Sellers: 200_000},
	} {
		var sum, squares float64
		last := int64(0)
		for i := range n {
			k := Tried(int64(c.Buyers), int64(c.Sellers), (float64(i)+0.5)/n)
			require.GreaterOrEqual(t, k, last, "grows with u")
			last = k
			sum += float64(k)
			squares += float64(k) * float64(k)
		}
		mean, variance := c.Moments()
		require.InDelta(t, mean, sum/n, 0.002*math.Sqrt(variance)+1e-4, "%+v", c)
		require.InDelta(t, variance, squares/n-sum/n*sum/n, 0.02*variance+1e-4, "%+v", c)
	}
}

// TestTriedIsNeverMoreThanEither, at any size and any u.
func TestTriedIsNeverMoreThanEither(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := func(label string) int64 {
			return int64(math.Pow(10, rapid.Float64Range(0, 9).Draw(t, label))) - int64(rapid.IntRange(0, 1).Draw(t, "less"))
		}
		orders, places := amount("orders"), amount("places")
		k := Tried(orders, places, rapid.Float64Range(0, math.Nextafter(1, 0)).Draw(t, "u"))
		require.LessOrEqual(t, k, min(orders, places))
		require.GreaterOrEqual(t, k, min(1, orders, places))
	})
}

// TestMeetingIsDealt: with draws and with expectations, no more than the fewer of orders and
// places meet, a part of a place being there by chance.
func TestMeetingIsDealt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := aMatching(t)
		orders, places := float64(rapid.IntRange(0, 2000).Draw(t, "orders")), rapid.Float64Range(0, 2000).Draw(t, "places")
		key := NewStreams(rapid.Uint64().Draw(t, "seed"), 0).Key(ForService, 1, 0)
		drawn, expected := Draws{}.Meet(&m, orders, places, key), Means{}.Meet(&m, orders, places, key)
		require.True(t, drawn >= 0 && drawn <= math.Min(orders, math.Ceil(places)), "%g of %g and %g", drawn, orders, places)
		require.True(t, expected >= 0 && expected <= math.Min(orders, places), "%g of %g and %g", expected, orders, places)
	})
}
