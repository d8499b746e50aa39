package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Values from an independent sum over payments.
func TestLTVGeometric(t *testing.T) {
	never := math.Inf(1)
	for _, row := range []struct{ m, r, d, cac, ltv, later, ratio, payback, discounted, mean, sd float64 }{
		{10, 0.8, 0.1, 30, 36.6666667, 26.6666667, 1.22222222, 5, 6, 50, 44.7213595},
		{25, 0.9, 0.01, 120, 229.545455, 204.545455, 1.91287879, 7, 7, 250, 237.170825},
		{5, 0.95, 0.02, 40, 72.8571429, 67.8571429, 1.82142857, 10, 12, 100, 97.4679434},
		{100, 0.6, 0.15, 150, 209.090909, 109.090909, 1.39393939, 2, 2, 250, 193.649167},
		{8, 0.7, 0, 30, 26.6666667, 18.6666667, 0.888888889, never, never, 26.6666667, 22.310934},
	} {
		got := byName(t, "ltv-geometric", Params{"m": row.m, "r": row.r, "d": row.d, "cac": row.cac})
		near(t, row.ltv, got["ltv"], "%+v: ltv", row)
		near(t, row.later, got["ltv_later"], "%+v: without the first payment", row)
		near(t, row.ratio, got["ltv_over_cac"], "%+v: ratio", row)
		require.Equal(t, row.payback, got["payback"], "%+v", row)
		require.Equal(t, row.discounted, got["payback_discounted"], "%+v", row)
		near(t, row.mean, got["mean_undiscounted"], "%+v: mean", row)
		near(t, row.sd, got["sd_undiscounted"], "%+v: sd", row)
	}
}

// Value and payback are what adding up expected payments one by one says.
func TestLTVGeometricAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := LTVGeometric{
			Margin: rapid.Float64Range(0.1, 100).Draw(t, "m"), Retention: rapid.Float64Range(0, 0.98).Draw(t, "r"), Discount: rapid.Float64Range(0, 1).Draw(t, "d"),
		}
		cost := rapid.Float64Range(0, 300).Draw(t, "cac")
		// A cost that some number of payments covers to the cent, if what they leave uncovered is no rounding error.
		if m.Retention > 0.5*(1+m.Discount) && rapid.Bool().Draw(t, "exactly") {
			cost = 0
			for i := range rapid.IntRange(1, 9).Draw(t, "payments") {
				cost += m.Margin * math.Pow(m.Retention/(1+m.Discount), float64(i))
			}
		}
		var sum, payback float64
		payment := m.Margin
		for range 5000 {
			if sum < cost*(1-1e-13) {
				payback++
			}
			sum += payment
			payment *= m.Retention / (1 + m.Discount)
		}
		require.InEpsilon(t, sum, m.Value(), 1e-9)
		require.InDelta(t, m.Value(), m.Margin+m.Later(), 1e-9*m.Value())
		got := m.Payback(cost, m.Discount)
		if math.Abs(cost-sum) < 1e-9*sum {
			return // between never and in the very end
		}
		if cost > sum {
			require.True(t, math.IsInf(got, 1))
		} else {
			require.Equal(t, payback, got)
		}
	})
	require.Equal(t, 3.0, LTVGeometric{Margin: 10, Retention: 1}.Payback(30, 0), "nobody leaves")
	require.Zero(t, LTVGeometric{Margin: 10, Retention: 0.5}.Payback(0, 0), "nothing to pay back")
	require.True(t, math.IsInf(LTVGeometric{Margin: 10, Retention: 1}.Value(), 1), "nobody leaves, nothing is discounted")
}
