package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Choice probabilities from an independent sum over the four bundles.
func TestBundleLogit(t *testing.T) {
	for _, row := range []struct{ kappa, a, both float64 }{
		{0, 0.622459331, 0.26489223},
		{1, 0.546528296, 0.11704724},
		{40, 0.486414534, 0},
		{math.Inf(1), 0.486414534, 0},
	} {
		a, _, both := BundleLogit{UA: 0.5, UB: -0.3, Kappa: row.kappa}.Shares()
		near(t, row.a, a, "P(A), kappa %g", row.kappa)
		near(t, row.both, both, "P(AB), kappa %g", row.kappa)
	}
}

func TestBundleLogitAlgebra(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := BundleLogit{
			UA:    rapid.Float64Range(-800, 800).Draw(t, "uA"), // far beyond where exp overflows
			UB:    rapid.Float64Range(-800, 800).Draw(t, "uB"),
			Kappa: rapid.Float64Range(-10, 800).Draw(t, "kappa"),
		}
		a, bb, both := b.Shares()
		none := 1 - a - bb + both
		for _, p := range []float64{a, bb, both, a - both, bb - both, none} {
			require.True(t, p >= -1e-12 && p <= 1+1e-12, "%g is no probability", p)
		}

		b.Kappa = 0
		a, bb, both = b.Shares()
		require.InDelta(t, logistic(b.UA), a, 1e-12, "without a cost of the second platform choices are independent")
		require.InDelta(t, logistic(b.UB), bb, 1e-12)
		require.InDelta(t, a*bb, both, 1e-12)

		b.Kappa = math.Inf(1)
		a, bb, both = b.Shares()
		require.Zero(t, both)
		top := max(0, b.UA, b.UB)
		sum := math.Exp(-top) + math.Exp(b.UA-top) + math.Exp(b.UB-top)
		require.InDelta(t, math.Exp(b.UA-top)/sum, a, 1e-12, "single-homing is a multinomial logit")
		require.InDelta(t, math.Exp(b.UB-top)/sum, bb, 1e-12)
	})
}
