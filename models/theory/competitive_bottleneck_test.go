package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Equilibria from an independent iteration of best replies.
func TestCompetitiveBottleneck(t *testing.T) {
	for name, row := range map[string]struct {
		f, alpha, t, p pair
		r2, n2, profit float64
	}{
		"C1": {pair{0.5, 0.2}, pair{0.5, 0.5}, pair{1, 1}, pair{1.15, 0.4}, 0.6, 0.45, 0.415},
		"C2": {pair{0.3, 0.1}, pair{0.2, 1}, pair{1, 1.2}, pair{0.8, 0.5}, 0.5, 0.416666667, 0.416666667},
		"C3": {pair{0.3, 0.1}, pair{1, 0.3}, pair{1.2, 1.5}, pair{1.305, 0.075}, 0.4, 0.316666667, 0.494583333},
		"C4": {pair{0, 0}, pair{0.8, 0.8}, pair{1.5, 1.4}, pair{0.842857143, 0.35}, 0.7, 0.535714286, 0.608928571},
	} {
		got := byName(t, "competitive-bottleneck", Params{"f": row.f, "alpha": row.alpha, "t": row.t, "r2": row.r2})
		near(t, row.p[0], got["p1"], "%s: p1", name)
		near(t, row.p[1], got["p2"], "%s: p2", name)
		near(t, row.n2, got["n2"], "%s: n2", name)
		near(t, row.profit, got["profit"], "%s: profit", name)
	}
	for why, p := range map[string]Params{
		"8·1·1 = 1 + 1 + 6: second-order condition": {"f": pair{}, "alpha": pair{1, 1}, "t": pair{1, 1}, "r2": 0.5},
		"all of side 2 joins":                       {"f": pair{}, "alpha": pair{0.1, 0.1}, "t": pair{1, 1}, "r2": 3},
	} {
		require.True(t, math.IsNaN(byName(t, "competitive-bottleneck", p)["profit"]), why)
	}
}

// Demand leaves the participants at the margin indifferent, and no platform gains by moving its prices.
func TestCompetitiveBottleneckEquilibriumIsOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string, lo, hi float64) pair {
			return pair{rapid.Float64Range(lo, hi).Draw(t, name+"1"), rapid.Float64Range(lo, hi).Draw(t, name+"2")}
		}
		m := CompetitiveBottleneck{F: draw("f", 0, 0.5), Alpha: draw("alpha", -0.3, 1), T: draw("t", 0.5, 2), R2: rapid.Float64Range(0, 1).Draw(t, "r2")}
		p, n2 := m.Equilibrium()
		if math.IsNaN(n2) {
			return
		}
		step := draw("step", -0.1, 0.1)
		moved := pair{p[0] + step[0], p[1] + step[1]}
		a, b := m.Demand(moved, p)
		if math.IsNaN(a[0]) {
			return
		}
		require.InDelta(t, 1, a[0]+b[0], 1e-12, "everybody of side 1 is somewhere")
		require.InDelta(t, m.Alpha[0]*(a[1]-b[1])-step[0], m.T[0]*(2*a[0]-1), 1e-9, "the participant at the margin of side 1")
		require.InDelta(t, m.R2+m.Alpha[1]*a[0]-moved[1], m.T[1]*a[1], 1e-9, "the participant at the margin of side 2")
		require.LessOrEqual(t, m.Profit(moved, a), m.Profit(p, pair{0.5, n2})+1e-12)
		at, _ := m.Demand(p, p)
		require.InDelta(t, 0.5, at[0], 1e-12)
		require.InDelta(t, n2, at[1], 1e-9)
	})
}
