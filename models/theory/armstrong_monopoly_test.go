package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Optima from an independent numerical maximisation of profit over both prices; the last linear row is
// a worked example of a textbook chapter on platforms, printed to three digits there.
func TestArmstrongMonopoly(t *testing.T) {
	for name, row := range map[string]struct {
		demand, width            string
		v, f, alpha, scale, p, n pair
		profit                   float64
	}{
		"M1":   {"linear", "t", pair{1, 1}, pair{0.2, 0.2}, pair{0.5, 0.5}, pair{2, 2}, pair{0.6, 0.6}, pair{0.266666667, 0.266666667}, 0.213333333},
		"M2":   {"linear", "t", pair{1, 0.5}, pair{0.2, 0.1}, pair{0.3, 1.2}, pair{2, 1.5}, pair{0.470769231, 0.438461538}, pair{0.307692308, 0.287179487}, 0.180512821},
		"M3":   {"linear", "t", pair{0.8, 1.2}, pair{0.1, 0.3}, pair{1, 0.2}, pair{1.5, 2.5}, pair{0.554424779, 0.614896755}, pair{0.337758112, 0.261061947}, 0.235693215},
		"M4":   {"linear", "t", pair{0.6, 0.4}, pair{0, 0}, pair{0.2, 1.6}, pair{1.8, 1.6}, pair{0.0869565217, 0.423188406}, pair{0.31884058, 0.304347826}, 0.156521739},
		"book": {"linear", "t", pair{1.2, 1}, pair{1, 1}, pair{3, 0.6}, pair{2, 2}, pair{1.384211, 0.6842105}, pair{0.2631579, 0.2368421}, 0.0263158},
		"ML1":  {"logit", "mu", pair{0, 0}, pair{0, 0}, pair{1, 1}, pair{1, 1}, pair{1.1326795, 1.1326795}, pair{0.30390406, 0.30390405}, 0.688451795},
		"ML2":  {"logit", "mu", pair{0.5, -0.5}, pair{0.1, 0.1}, pair{2, 0.5}, pair{1, 1}, pair{1.5566585, 0.71604609}, pair{0.37032257, 0.2629126}, 0.701399778},
		"ML3":  {"logit", "mu", pair{1, 0}, pair{0.2, 0.2}, pair{0.5, 2.5}, pair{0.8, 1.2}, pair{1.0164029, 1.9041506}, pair{0.55629722, 0.39464233}, 1.12669264},
		"ML4":  {"logit", "mu", pair{-1, -1}, pair{0, 0}, pair{3, 2}, pair{0.7, 0.7}, pair{0.51454015, -0.069385412}, pair{0.58392557, 0.58392557}, 0.259937236},
	} {
		got := byName(t, "armstrong-monopoly", Params{"demand": row.demand, "v": row.v, "f": row.f, "alpha": row.alpha, row.width: row.scale})
		near(t, row.p[0], got["p1"], "%s: p1", name)
		near(t, row.p[1], got["p2"], "%s: p2", name)
		near(t, row.n[0], got["n1"], "%s: n1", name)
		near(t, row.n[1], got["n2"], "%s: n2", name)
		near(t, row.profit, got["profit"], "%s: profit", name)
	}
	none := byName(t, "armstrong-monopoly", Params{"demand": "linear", "v": pair{1, 1}, "f": pair{}, "alpha": pair{2, 2}, "t": pair{1, 1}})
	require.True(t, math.IsNaN(none["p1"]), "4·1·1 < (2+2)²: profit has no interior maximum")
	full := byName(t, "armstrong-monopoly", Params{"demand": "linear", "v": pair{5, 1}, "f": pair{}, "alpha": pair{}, "t": pair{1, 1}})
	require.True(t, math.IsNaN(full["n2"]), "side 1 is served whole")
}

// Armstrong's price rule holds at every optimum, and no other pair of shares earns more.
func TestArmstrongMonopolyOptimumIsOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string, lo, hi float64) pair {
			return pair{rapid.Float64Range(lo, hi).Draw(t, name+"1"), rapid.Float64Range(lo, hi).Draw(t, name+"2")}
		}
		m := ArmstrongMonopoly{V: draw("v", -2, 2), F: draw("f", 0, 1), Alpha: draw("alpha", -2, 8)}
		logistic := rapid.Bool().Draw(t, "logit")
		if scale := draw("scale", 0.3, 3); logistic {
			m.Mu = scale
		} else {
			m.T = scale
		}
		n := m.Optimum()
		if math.IsNaN(n[0]) {
			require.False(t, logistic, "logistic demand always has an optimum")
			return
		}
		p := m.Prices(n)
		for g := range p {
			markup := m.T[g]*n[g] + m.Mu[g]/(1-n[g]) // n over the slope of demand
			require.InDelta(t, m.F[g]-m.Alpha[1-g]*n[1-g]+markup, p[g], 1e-6*(1+markup), "Armstrong 2006: cost less what the other side gains, plus market power")
		}
		other := draw("other", 0.001, 0.999)
		require.LessOrEqual(t, m.Profit(other), m.Profit(n)+1e-9)
	})
}
