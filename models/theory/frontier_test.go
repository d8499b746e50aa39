package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Frontiers from two independent solves that agree to 1e-12 there: backward integration from the
// saddle, and forward bisection.
func TestFrontier(t *testing.T) {
	saddle := t3.Equilibria()[1]
	for _, row := range []struct{ lambda, n1, want float64 }{
		{0, 0.2, 0.687378673}, {0, 0.35, 0.556429285}, {0, 0.6, 0.331716459}, {0, 0.75, 0.190268844},
		{0.5, 0.2, 0.681155273}, {0.5, 0.35, 0.553881542}, {0.5, 0.6, 0.330637868},
		{0.2, 0.2, 0.686098378}, {0.2, 0.35, 0.555893033}, {0.2, 0.6, 0.331471563},
		{0.1, 0.2, 0.68680654}, {0.1, 0.35, 0.556192666}, {0.1, 0.6, 0.331610162},
		{1, 0.2, 0.40931}, {1, 0.35, 0.40931}, {1, 0.6, 0}, // everybody at once: the sides take turns
	} {
		require.InDelta(t, row.want, t3.Frontier(saddle, row.n1, row.lambda), 1e-6, "%+v", row)
		if row.lambda < 1 {
			require.InDelta(t, row.want, t3.Frontier(saddle, row.n1, row.lambda), 6e-10, "%+v: printed to nine digits", row)
		}
	}
}

// The frontier leaves the saddle with the slope -sqrt(b2/b1), in closed form without same-side effects;
// the number is the independent evaluation for this set.
func TestFrontierSlope(t *testing.T) {
	saddle := t3.Equilibria()[1]
	j := t3.jacobian(saddle.Share)
	near(t, -0.905022478, -math.Sqrt(j[1][0]/j[0][1]), "closed form")
	const h = 1e-4 // central differences err by order h²
	slope := (t3.Frontier(saddle, saddle.Share[0]+h, 0) - t3.Frontier(saddle, saddle.Share[0]-h, 0)) / (2 * h)
	near(t, -0.905022478, slope, "slope of the frontier")
}

// Equal sides exchange places, so the frontier is the line n1 + n2 = 1 on either clock.
func TestFrontierOfEqualSides(t *testing.T) {
	for _, n1 := range []float64{0, 0.1, 0.35, 0.5, 0.9} {
		require.InDelta(t, 1-n1, t2.Frontier(t2.Equilibria()[1], n1, 0), 1e-10)
	}
	rapid.Check(t, func(t *rapid.T) {
		m := symmetric(rapid.Float64Range(4.2, 12).Draw(t, "alpha"))
		gamma := rapid.Float64Range(-2, 2).Draw(t, "gamma")
		m.Gamma = [2]float64{gamma, gamma}
		m.V = [2]float64{m.V[0] - gamma/2, m.V[1] - gamma/2}
		var saddles []TwoSidedEquilibrium
		for _, e := range m.Equilibria() {
			if e.Saddle {
				saddles = append(saddles, e)
			}
		}
		if len(saddles) != 1 || saddles[0].Eigenvalue < 0.01 {
			return
		}
		n1 := rapid.Float64Range(0.01, 0.99).Draw(t, "n1")
		lambda := rapid.SampledFrom([]float64{0.1, 0.5}).Draw(t, "lambda")
		require.InDelta(t, 1-n1, m.Frontier(saddles[0], n1, lambda), 1e-9)
	})
}

// A path that starts on the frontier stays on it: one period later its state is on it again.
func TestFrontierIsInvariant(t *testing.T) {
	for _, m := range []LogitTwoSided{t3, t6} {
		saddle := m.Equilibria()[1]
		for _, lambda := range []float64{0, 0.2, 0.5} {
			n := [2]float64{0.3, m.Frontier(saddle, 0.3, lambda)}
			step := func(n [2]float64) [2]float64 { return m.period(n, lambda) }
			if lambda == 0 {
				step = m.flow()
			}
			for range 5 {
				n = step(n)
				require.InDelta(t, n[1], m.Frontier(saddle, n[0], lambda), 1e-9)
			}
		}
	}
}

func TestFrontierWhereThereIsNone(t *testing.T) {
	undefined := func(x float64, why string) {
		t.Helper()
		require.True(t, math.IsNaN(x), why)
	}
	undefined(t3.Frontier(t3.Equilibria()[0], 0.3, 0), "a stable point has no frontier")
	undefined(t4.Frontier(TwoSidedEquilibrium{}, 0.3, 0), "no saddle")

	steep := t3
	steep.V = [2]float64{-3.5, -3.2} // near the lower fold at -3.609 the frontier is close to the upper state
	all := steep.Equilibria()
	require.Len(t, all, 3)
	undefined(steep.Frontier(all[1], 0, 0), "even a full side 2 falls")
	easy := t3
	easy.V = [2]float64{-2.1, -3.2} // near the upper fold at -1.982 side 1 alone is enough
	require.Zero(t, easy.Frontier(easy.Equilibria()[1], 1, 0))

	// Same-side effects alone make side 1 bistable; a repelled side 2 gives no monotone frontier.
	repelled := LogitTwoSided{V: [2]float64{-3, 0}, Alpha: [2]float64{0.1, -1}, Gamma: [2]float64{6, 0}, Mu: [2]float64{1, 1}}
	for _, e := range repelled.Equilibria() {
		undefined(repelled.Frontier(e, 0.5, 0), "a negative cross-side effect")
	}
	congested := symmetric(12)
	congested.Gamma = [2]float64{-6, -6}
	congested.V = [2]float64{-3, -3}
	saddle := congested.Equilibria()[1]
	require.True(t, saddle.Saddle)
	require.InDelta(t, 0.6, congested.Frontier(saddle, 0.4, 0.3), 1e-9, "1 - 0.3·2.5 >= 0")
	undefined(congested.Frontier(saddle, 0.4, 0.5), "1 - 0.5·2.5 < 0: revisions overshoot")
}
