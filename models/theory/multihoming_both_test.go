package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Equilibria from an independent iteration of best replies, each of which also passed a global search
// of price deviations that end multi-homing.
func TestMultihomingBoth(t *testing.T) {
	type market struct{ k, f, alpha, t pair }
	h1 := market{pair{1.2, 1.2}, pair{0, 0}, pair{0.3, 0.3}, pair{1, 1}}
	h2 := market{pair{1.3, 1.1}, pair{0.1, 0}, pair{0.2, 0.5}, pair{1, 1}}
	h3 := market{pair{1.6, 1.5}, pair{0.2, 0.2}, pair{0.6, 0.3}, pair{1.2, 1.1}}
	h4 := market{pair{1.5, 1.4}, pair{0.3, 0.1}, pair{0.1, 0.6}, pair{1, 1}}
	for _, row := range []struct {
		of            market
		rho           float64
		p, n, both    pair
		profit, cross float64 // cross: weight of side 2's share in side 1's price
	}{
		{h1, 1, pair{0.617647059, 0.617647059}, pair{0.678733032, 0.678733032}, pair{0.3574661, 0.3574661}, 0.838434921, 0},
		{h1, 0.5, pair{0.609677419, 0.609677419}, pair{0.740322581, 0.740322581}, pair{0.4806452, 0.4806452}, 0.902715921, 0.153453},
		{h1, 0, pair{0.6, 0.6}, pair{0.857142857, 0.857142857}, pair{0.7142857, 0.7142857}, 1.02857143, 0.3},
		{h2, 1, pair{0.7, 0.6}, pair{0.666666667, 0.666666667}, pair{0.3333333, 0.3333333}, 0.8, 0},
		{h2, 0.5, pair{0.647682119, 0.627152318}, pair{0.752317881, 0.722847682}, pair{0.5046358, 0.4456954}, 0.865366651, 0.25641},
		{h2, 0, pair{0.57008547, 0.685470085}, pair{0.903133903, 0.866096866}, pair{0.8062678, 0.7321937}, 1.01823362, 0.5},
		{h3, 1, pair{0.938823529, 0.842352941}, pair{0.712899897, 0.676160991}, pair{0.4257998, 0.352322}, 0.961041219, 0},
		{h3, 0.5, pair{0.972923077, 0.789846154}, pair{0.772564103, 0.781958042}, pair{0.5451282, 0.5639161}, 1.05836757, 0.155294},
		{h3, 0, pair{1.04697987, 0.70738255}, pair{0.950782998, 0.979865772}, pair{0.901566, 0.9597315}, 1.30246085, 0.3},
		{h4, 1, pair{0.891878173, 0.837563452}, pair{0.62965763, 0.78464197}, pair{0.2593153, 0.5692839}, 0.951403847, 0},
		{h4, 0.5, pair{0.793531695, 0.874514877}, pair{0.756468305, 0.825485123}, pair{0.5129366, 0.6509702}, 1.01269159, 0.304569},
		{h4, 0, pair{0.654985755, 0.985754986}, pair{0.943019943, 0.98005698}, pair{0.8860399, 0.960114}, 1.202849, 0.6},
	} {
		got := byName(t, "multihoming-both", Params{"k": row.of.k, "f": row.of.f, "alpha": row.of.alpha, "t": row.of.t, "rho": row.rho})
		for g, side := range []string{"1", "2"} {
			near(t, row.p[g], got["p"+side], "%+v: p%s", row, side)
			near(t, row.n[g], got["n"+side], "%+v: n%s", row, side)
			near(t, row.both[g], got["multihomers"+side], "%+v: multihomers%s", row, side)
		}
		near(t, row.profit, got["profit"], "%+v: profit", row)

		m := MultihomingBoth{K: row.of.k, F: row.of.f, Alpha: row.of.alpha, T: row.of.t, Rho: row.rho}
		p, n := m.Equilibrium()
		a, b := m.Demand(p, p)
		for g := range 2 {
			require.InDelta(t, n[g], a[g], 1e-9, "the equilibrium shares are the demand at its prices")
			require.InDelta(t, n[g], b[g], 1e-9)
		}
		e := row.rho * row.rho * m.Alpha[0] * m.Alpha[1] / (m.T[0]*m.T[1] - (1-row.rho)*(1-row.rho)*m.Alpha[0]*m.Alpha[1])
		require.InDelta(t, m.F[0]+m.T[0]*(1-e)*n[0]-row.cross*n[1], p[0], 1e-6, "cross-subsidy, printed to six digits")
	}
}

// Prices of side 2 from a market in which the own one must not move demand on side 1, and the rival's must.
func TestMultihomingBothOwnCrossPrice(t *testing.T) {
	m := MultihomingBoth{K: pair{1.3, 1.1}, F: pair{0.1, 0}, Alpha: pair{0.2, 0.5}, T: pair{1, 1}, Rho: 1}
	for _, row := range []struct{ own, rival, share float64 }{
		{0.55, 0.6, 0.666666667},
		{0.45, 0.6, 0.666666667},
		{0.6, 0.5, 0.644444444},
	} {
		a, _ := m.Demand(pair{0.7, row.own}, pair{0.7, row.rival})
		near(t, row.share, a[0], "own %g, rival's %g", row.own, row.rival)
	}
}

func TestMultihomingBothWhereNothingExists(t *testing.T) {
	for why, m := range map[string]MultihomingBoth{
		"alpha1·alpha2 > t1·t2":   {K: pair{1, 1}, Alpha: pair{2, 1}, T: pair{1, 1}, Rho: 1},
		"profit is not concave":   {K: pair{1, 1}, Alpha: pair{2.5, 0.1}, T: pair{1, 1}, Rho: 0},
		"nobody is on both":       {K: pair{0.2, 0.2}, Alpha: pair{0.3, 0.3}, T: pair{1, 1}, Rho: 1},
		"everybody is on both":    {K: pair{9, 9}, Alpha: pair{0.3, 0.3}, T: pair{1, 1}, Rho: 1},
		"one side is on one only": {K: pair{1.2, 0.2}, Alpha: pair{0.1, 0.1}, T: pair{1, 1}, Rho: 0.5},
	} {
		p, n := m.Equilibrium()
		require.True(t, math.IsNaN(p[0]) && math.IsNaN(n[1]), why)
	}
	loose := MultihomingBoth{K: pair{1, 1}, Alpha: pair{2, 1}, T: pair{1, 1}}
	a, _ := loose.Demand(pair{0.5, 0.5}, pair{0.5, 0.5})
	require.True(t, math.IsNaN(a[0]), "demand is not stable")
}

// The demand leaves the participants at the margin indifferent, and no small deviation in price pays.
func TestMultihomingBothEquilibriumIsOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string, lo, hi float64) pair {
			return pair{rapid.Float64Range(lo, hi).Draw(t, name+"1"), rapid.Float64Range(lo, hi).Draw(t, name+"2")}
		}
		m := MultihomingBoth{K: draw("k", 0.8, 1.8), F: draw("f", 0, 0.4), Alpha: draw("alpha", -0.4, 0.7), T: draw("t", 0.8, 1.4), Rho: rapid.Float64Range(0, 1).Draw(t, "rho")}
		p, n := m.Equilibrium()
		if math.IsNaN(n[0]) {
			return
		}
		step := draw("step", -0.05, 0.05)
		moved := pair{p[0] + step[0], p[1] + step[1]}
		a, b := m.Demand(moved, p)
		if math.IsNaN(a[0]) {
			return
		}
		for g := range 2 {
			h := 1 - g
			gain := m.K[g] + m.Alpha[g]*(a[h]-m.Rho*(a[h]+b[h]-1)) - moved[g] - m.T[g]*a[g]
			require.InDelta(t, 0, gain, 1e-9, "the participant at the margin of A on side %d", g+1)
		}
		require.LessOrEqual(t, m.Profit(moved, a), m.Profit(p, n)+1e-12)
		if m.Rho == 1 {
			require.Greater(t, p[0], m.F[0], "no side is subsidised when a counterpart counts once")
		}
	})
}

// TestAnswerIsTheSlopeOfDemand: how a side answers to the price of the other is the slope of
// demand, which is linear, so that a difference shows it exactly; where a counterpart met twice
// counts once it vanishes (Bakos and Halaburda 2020).
func TestAnswerIsTheSlopeOfDemand(t *testing.T) {
	for _, rho := range []float64{0, 0.3, 0.5, 1} {
		m := MultihomingBoth{K: pair{1.3, 1.1}, F: pair{0.1, 0}, Alpha: pair{0.2, 0.5}, T: pair{1, 1}, Rho: rho}
		p, _ := m.Equilibrium()
		base, _ := m.Demand(p, p)
		for g := range 2 {
			other := p
			other[1-g] -= 0.01
			there, _ := m.Demand(other, p)
			near(t, (base[g]-there[g])/0.01, m.Answer()[g], "rho %g, side %d", rho, g+1)
		}
		if rho == 1 {
			near(t, 0, m.Answer()[0], "no side answers")
		}
	}
}
