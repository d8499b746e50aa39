package models_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
	"flywheel/models/theory"
)

// TestMatchesAreTheTextbooks: a Cobb-Douglas stage matches what theory's function says (as long
// as that is not more than there are), and an urn-ball stage the mean of Butters' law: 63.3967659
// of 100 orders at 100 places.
func TestMatchesAreTheTextbooks(t *testing.T) {
	for _, c := range []theory.CobbDouglas{
		{A: 0.5, Buyers: 1000, Sellers: 500, Beta: 0.5, Sigma: 0.5},
		{A: 0.1, Buyers: 1000, Sellers: 500, Beta: 0.6, Sigma: 0.6},
		{A: 0.8, Buyers: 200, Sellers: 300, Beta: 0.4, Sigma: 0.5},
	} {
		m := models.Matching{Kind: models.MatchCobbDouglas, Efficiency: c.A, Orders: c.Beta, Places: c.Sigma}
		require.InEpsilon(t, c.Matches(), m.Matches(c.Buyers, c.Sellers), 1e-12, "%+v", c)
	}
	urn := models.Matching{Kind: models.MatchUrnBall}
	require.InDelta(t, 63.3967659, urn.Matches(100, 100), 1e-7)
	for _, c := range []theory.UrnBall{{Buyers: 100, Sellers: 100}, {Buyers: 2, Sellers: 2}, {Buyers: 7, Sellers: 3}, {Buyers: 1000, Sellers: 500}, {Buyers: 9, Sellers: 1_000_000}} {
		mean, variance := c.Moments()
		orders, places := float64(c.Buyers), float64(c.Sellers)
		require.InEpsilon(t, mean, urn.Matches(orders, places), 1e-12, "%+v", c)
		missed, spread := models.Missed(orders, places)
		require.InDelta(t, math.Min(orders, places)-mean, missed, 1e-9, "%+v", c)
		require.InDelta(t, variance, spread, 1e-9*(1+variance), "%+v", c)
	}
}

// TestMatchesAreNeverMoreThanEither: whatever the function, there are between no matches and the
// fewer of orders and places, and no fewer when either grows.
func TestMatchesAreNeverMoreThanEither(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := func(lo, hi float64, label string) float64 { return rapid.Float64Range(lo, hi).Draw(t, label) }
		m := models.Matching{
			Kind:       rapid.SampledFrom([]models.MatchingKind{"", models.MatchAll, models.MatchCobbDouglas, models.MatchUrnBall}).Draw(t, "kind"),
			Efficiency: in(1e-6, 1e3, "efficiency"), Orders: in(0, 10, "elasticity"), Places: in(0, 10, "elasticity"),
		}
		amount := func(label string) float64 {
			return math.Pow(10, in(-3, 9, label)) * float64(rapid.IntRange(0, 1).Draw(t, "any "+label))
		}
		orders, places := amount("orders"), amount("places")
		n := m.Matches(orders, places)
		require.True(t, n >= 0 && n <= math.Min(orders, places), "%g of %g and %g", n, orders, places)
		for _, more := range []float64{m.Matches(orders*in(1, 10, "more orders"), places), m.Matches(orders, places*in(1, 10, "more places")), m.Matches(orders, math.Inf(1))} {
			require.GreaterOrEqual(t, more*(1+1e-9), n)
		}
	})
}
