package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

type pair = [2]float64

// Symmetric equilibria from an independent iteration of best replies.
func TestArmstrongSymmetricEquilibrium(t *testing.T) {
	for name, row := range map[string]struct {
		f, alpha, t, price pair
		profit             float64
	}{
		"S1": {pair{0.5, 0.5}, pair{0.3, 0.3}, pair{1, 1}, pair{1.2, 1.2}, 0.7},
		"S2": {pair{0.2, 0.4}, pair{0.2, 0.9}, pair{1, 1.2}, pair{0.3, 1.4}, 0.55},
		"S3": {pair{0, 0}, pair{0.6, 1.4}, pair{1.1, 1.5}, pair{-0.3, 0.9}, 0.3},
		"S4": {pair{1, 0.3}, pair{0.1, 0.5}, pair{0.8, 0.6}, pair{1.3, 0.8}, 0.4},
	} {
		m := ArmstrongDuopoly{F: row.f, Alpha: row.alpha, T: row.t}
		pA, pB := m.Equilibrium()
		a, b := m.Profits(pA, pB)
		for g := range 2 {
			near(t, row.price[g], pA[g], "%s: A's price on side %d", name, g+1)
			near(t, row.price[g], pB[g], "%s: B's price on side %d", name, g+1)
			near(t, 0.5, m.Demand(pA, pB)[g], "%s: share", name)
		}
		near(t, row.profit, a, "%s: profit of A", name)
		near(t, row.profit, b, "%s: profit of B", name)
	}
}

// Demand from an independent solve of the indifference conditions by iteration.
func TestArmstrongDemand(t *testing.T) {
	for name, row := range map[string]struct {
		pA, pB, alpha, t, d, gamma, share pair
	}{
		"D1": {pair{1, 1}, pair{1.2, 1}, pair{0.3, 0.3}, pair{1, 1}, pair{}, pair{}, pair{0.60989011, 0.532967033}},
		"D2": {pair{0.9, 0.5}, pair{1, 0.6}, pair{0.5, 0.4}, pair{1, 0.8}, pair{}, pair{}, pair{0.608333333, 0.616666667}},
		"D3": {pair{1, 1}, pair{1, 1}, pair{0.4, 0.6}, pair{1, 1}, pair{0.1, 0}, pair{}, pair{0.565789474, 0.539473684}},
		"D4": {pair{1, 0.8}, pair{1.1, 0.9}, pair{0.3, 0.5}, pair{1, 1}, pair{0.05, -0.05}, pair{0.2, -0.3}, pair{0.617977528, 0.564606742}},
	} {
		n := ArmstrongDuopoly{Alpha: row.alpha, T: row.t, D: row.d, Gamma: row.gamma}.Demand(row.pA, row.pB)
		near(t, row.share[0], n[0], "%s: side 1", name)
		near(t, row.share[1], n[1], "%s: side 2", name)
	}
}

// Asymmetric equilibria from an independent iteration of best replies.
func TestArmstrongAsymmetricEquilibrium(t *testing.T) {
	for name, row := range map[string]struct {
		f, alpha, t, d, gamma pair
		pA, pB, share         pair
	}{
		"Q1": {pair{0.5, 0.5}, pair{0.3, 0.3}, pair{1, 1}, pair{0.2, 0}, pair{},
			pair{1.26666667, 1.2}, pair{1.13333333, 1.2}, pair{0.536630037, 0.510989011}},
		"Q2": {pair{0.2, 0.4}, pair{0.2, 0.9}, pair{1, 1.2}, pair{0.3, -0.1}, pair{},
			pair{0.397439024, 1.39170732}, pair{0.202560976, 1.40829268}, pair{0.553658537, 0.505487805}},
		"Q3": {pair{0, 0}, pair{0.3, 0.4}, pair{1, 1}, pair{}, pair{0.2, -0.4},
			pair{0.4, 1.1}, pair{0.4, 1.1}, pair{0.5, 0.5}},
		"Q4": {pair{0.1, 0.1}, pair{0.4, 0.6}, pair{1.2, 1}, pair{0.15, 0.1}, pair{0.1, 0.2},
			pair{0.643661972, 0.53943662}, pair{0.556338028, 0.46056338}, pair{0.545774648, 0.547535211}},
	} {
		m := ArmstrongDuopoly{F: row.f, Alpha: row.alpha, T: row.t, D: row.d, Gamma: row.gamma}
		pA, pB := m.Equilibrium()
		n := m.Demand(pA, pB)
		for g := range 2 {
			near(t, row.pA[g], pA[g], "%s: A's price on side %d", name, g+1)
			near(t, row.pB[g], pB[g], "%s: B's price on side %d", name, g+1)
			near(t, row.share[g], n[g], "%s: share of side %d", name, g+1)
		}
	}
}

func TestArmstrongWhereNothingExists(t *testing.T) {
	undefined := func(m ArmstrongDuopoly, why string) {
		t.Helper()
		pA, pB := m.Equilibrium()
		for g := range 2 {
			require.True(t, math.IsNaN(pA[g]) && math.IsNaN(pB[g]), why)
		}
	}
	// 4·1·1 = (0.5 + 1.5)², the edge of the second-order condition, where demand is still stable.
	edge := ArmstrongDuopoly{Alpha: pair{0.5, 1.5}, T: pair{1, 1}}
	require.Equal(t, pair{0.5, 0.5}, edge.Demand(pair{1, 1}, pair{1, 1}))
	undefined(edge, "second-order condition")
	undefined(ArmstrongDuopoly{Alpha: pair{0.1, 0.1}, T: pair{1, 1}, Gamma: pair{1.5, 0}}, "side 1 tips by itself")
	undefined(ArmstrongDuopoly{Alpha: pair{0.1, 0.1}, T: pair{1, 1}, Gamma: pair{1.5, 1.5}}, "both sides tip by themselves")
	undefined(ArmstrongDuopoly{Alpha: pair{0.1, 0.1}, T: pair{1, 1}, D: pair{5, 0}}, "B loses side 1")
	tipping := ArmstrongDuopoly{Alpha: pair{2, 1}, T: pair{1, 1}}
	require.True(t, math.IsNaN(tipping.Demand(pair{}, pair{})[0]), "alpha1·alpha2 > t1·t2: everybody follows everybody")
	corner := ArmstrongDuopoly{Alpha: pair{0.1, 0.1}, T: pair{1, 1}}
	require.True(t, math.IsNaN(corner.Demand(pair{0, 0}, pair{5, 0})[1]), "nobody is left at B")
}

// The demand leaves somebody on each side indifferent, and no platform gains by moving its prices.
func TestArmstrongEquilibriumIsOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string, lo, hi float64) pair {
			return pair{rapid.Float64Range(lo, hi).Draw(t, name+"1"), rapid.Float64Range(lo, hi).Draw(t, name+"2")}
		}
		m := ArmstrongDuopoly{
			F: draw("f", 0, 1), Alpha: draw("alpha", -0.5, 1), T: draw("t", 0.5, 2),
			D: draw("d", -0.3, 0.3), Gamma: draw("gamma", -0.5, 0.4),
		}
		pA, pB := m.Equilibrium()
		if math.IsNaN(pA[0]) {
			return
		}
		n := m.Demand(pA, pB)
		for g := range 2 {
			h := 1 - g
			gain := m.D[g] - pA[g] + pB[g] + m.Alpha[g]*(2*n[h]-1) + m.Gamma[g]*(2*n[g]-1) - m.T[g]*(2*n[g]-1)
			require.InDelta(t, 0, gain, 1e-9, "the participant at the margin of side %d", g+1)
		}
		a, b := m.Profits(pA, pB)
		step := draw("step", -0.05, 0.05)
		movedA, _ := m.Profits(pair{pA[0] + step[0], pA[1] + step[1]}, pB)
		_, movedB := m.Profits(pA, pair{pB[0] + step[0], pB[1] + step[1]})
		require.False(t, movedA > a+1e-12, "A gains %g", movedA-a)
		require.False(t, movedB > b+1e-12, "B gains %g", movedB-b)
		if m.D == (pair{}) {
			require.InDelta(t, m.F[0]+m.T[0]-m.Gamma[0]-m.Alpha[1], pA[0], 1e-9, "Armstrong 2006: cost plus differentiation less what the other side gains")
		}
	})
}
