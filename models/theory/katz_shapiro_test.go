package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Equilibria from an independent iteration of best replies and expectations.
func TestKatzShapiro(t *testing.T) {
	for name, row := range map[string]struct {
		a, c, theta           float64
		n                     int
		x, p, profit, surplus pair // incompatible, compatible
	}{
		"A": {10, 2, 0.5, 2, pair{3.2, 4}, pair{5.2, 6}, pair{10.24, 16}, pair{20.48, 32}},
		"B": {10, 2, 0.5, 3, pair{2.28571429, 3.2}, pair{4.28571429, 5.2}, pair{5.2244898, 10.24}, pair{23.5102041, 46.08}},
		"C": {5, 1, 0.8, 2, pair{1.81818182, 2.85714286}, pair{2.81818182, 3.85714286}, pair{3.30578512, 8.16326531}, pair{6.61157025, 16.3265306}},
		"D": {8, 0, 0.9, 4, pair{1.95121951, 5.71428571}, pair{1.95121951, 5.71428571}, pair{3.80725758, 32.6530612}, pair{30.4580607, 261.22449}},
	} {
		for i, compatible := range []bool{false, true} {
			got := byName(t, "katz-shapiro", Params{"A": row.a, "c": row.c, "n": row.n, "theta": row.theta, "compatible": compatible})
			near(t, row.x[i], got["x"], "%s: x", name)
			near(t, row.p[i], got["p"], "%s: p", name)
			near(t, row.profit[i], got["profit"], "%s: profit", name)
			near(t, row.surplus[i], got["surplus"], "%s: surplus", name)
			require.Equal(t, 1.0, got["stable"])
		}
	}
	for _, row := range []struct {
		theta, stable, monopoly float64
	}{
		{0.95, 1, math.NaN()}, // shares stay at one half
		{1.05, 0, 8.42105263}, // one firm is left
	} {
		got := byName(t, "katz-shapiro", Params{"A": 10, "c": 2, "n": 2, "theta": row.theta})
		require.Equal(t, row.stable, got["stable"], "theta %g", row.theta)
		if math.IsNaN(row.monopoly) {
			require.True(t, math.IsNaN(got["x_monopoly"]))
		} else {
			near(t, row.monopoly, got["x_monopoly"], "theta %g", row.theta)
		}
	}
	for n, x := range map[int]float64{1: 2.58113883, 2: 1.61803399, 3: 1.15138782} {
		near(t, x, byName(t, "katz-shapiro", Params{"A": 4, "c": 1, "n": n, "theta": 3, "effect": "concave"})["x"], "concave, %d firms", n)
	}
	concave := byName(t, "katz-shapiro", Params{"A": 2, "c": 1, "n": 2, "theta": 8, "effect": "concave"})
	near(t, 2.15470054, concave["x"], "the symmetric one of five")
	near(t, 3.63745861, concave["x_monopoly"], "the monopoly among five")
	for why, p := range map[string]Params{
		"nobody pays the cost":      {"A": 1, "c": 2, "n": 2, "theta": 0.5},
		"theta = (n+1)/n, together": {"A": 2, "c": 1, "n": 2, "theta": 1.5, "compatible": true},
	} {
		require.True(t, math.IsNaN(byName(t, "katz-shapiro", p)["stable"]), why)
	}
}

// Quantities at given expectations from an independent iteration of best replies; the last row is an
// equilibrium of unlike firms: its network values 8y/(1+y) are those expected.
func TestKatzShapiroGivenExpectations(t *testing.T) {
	m := KatzShapiro{A: 10, C: 2}
	for i, x := range m.Given([]float64{1, 0.5}) {
		near(t, []float64{3.16666667, 2.66666667}[i], x, "firm %d of two", i)
	}
	for i, x := range m.Given([]float64{2, 1, 0}) {
		near(t, []float64{3.25, 2.25, 1.25}[i], x, "firm %d of three", i)
	}
	unlike := KatzShapiro{A: 2, C: 1}.Given([]float64{8. * 1 / 2, 8. * 3 / 4})
	require.InDeltaSlice(t, []float64{1, 3}, unlike, 1e-12)
}

// The symmetric equilibrium answers its own expectations, and is stable exactly where adapting
// expectations pull back from either side.
func TestKatzShapiroIsFulfilled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := KatzShapiro{
			A: rapid.Float64Range(1, 9).Draw(t, "A"), C: rapid.Float64Range(0, 1).Draw(t, "c"), N: rapid.IntRange(1, 6).Draw(t, "n"),
			Theta: rapid.Float64Range(0, 4).Draw(t, "theta"), Concave: rapid.Bool().Draw(t, "concave"), Compatible: rapid.Bool().Draw(t, "compatible"),
		}
		x := m.Symmetric()
		if math.IsNaN(x) || m.A-m.C < 1e-3 {
			return
		}
		worth := func(y float64) float64 {
			if m.Concave {
				return m.Theta * y / (1 + y)
			}
			return m.Theta * y
		}
		reply := func(of []float64) []float64 { // quantities when the last ones are expected
			v := make([]float64, len(of))
			for i := range v {
				y := of[i]
				if m.Compatible {
					y = 0
					for _, each := range of {
						y += each
					}
				}
				v[i] = worth(y)
			}
			return m.Given(v)
		}
		same := make([]float64, m.N)
		for i := range same {
			same[i] = x
		}
		for _, again := range reply(same) {
			require.InEpsilon(t, x, again, 1e-9)
		}
		const nudge = 1e-6
		grows := func(direction func(i int) float64) bool {
			of, far := make([]float64, m.N), 0.0
			for i := range of {
				of[i] = x * (1 + nudge*direction(i))
			}
			for _, y := range reply(of) {
				far = math.Max(far, math.Abs(y/x-1))
			}
			return far > nudge
		}
		together := grows(func(int) float64 { return 1 })
		apart := m.N > 1 && grows(func(i int) float64 { return []float64{1, -1, 0, 0, 0, 0}[i] })
		if y := x; !m.Compatible && math.Abs(worth(y+nudge)-worth(y-nudge))/(2*nudge)-1 < 1e-3 && math.Abs(worth(y+nudge)-worth(y-nudge))/(2*nudge)-1 > -1e-3 {
			return // at the very edge
		}
		require.Equal(t, m.Stable(), !together && !apart)
	})
}
