package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Optima from an independent maximisation of profit over both prices.
func TestRochetTirole(t *testing.T) {
	linear := func(aB, bB, aS, bS, c float64) Params {
		return Params{"demand": "linear", "aB": aB, "bB": bB, "aS": aS, "bS": bS, "c": c}
	}
	logit := func(aB, muB, aS, muS, c float64) Params {
		return Params{"demand": "logit", "aB": aB, "muB": muB, "aS": aS, "muS": muS, "c": c}
	}
	for name, row := range map[string]struct {
		p                                      Params
		pB, pS, dB, dS, lerner, margin, profit float64
	}{
		"L1": {linear(1, 1, 1, 1, 0.2), 0.4, 0.4, 0.6, 0.6, 0.75, 0.6, 0.216},
		"L2": {linear(1, 1, 1, 1.25, 0.2), 0.466666667, 0.266666667, 0.533333333, 0.666666667, 0.727272727, 0.533333333, 0.18962963},
		"L3": {linear(1, 0.5, 0.5, 1, 0.1), 1.2, -0.3, 0.4, 0.8, 0.888888889, 0.8, 0.256},
		"L4": {linear(2, 1, 1, 0.8, 0.5), 1.08333333, 0.333333333, 0.916666667, 0.733333333, 0.647058824, 0.916666667, 0.616203704},
		"G1": {logit(1, 0.5, 1, 0.5, 0.5), 0.842538471, 0.842538471, 0.578086467, 0.578086467, 0.703277644, 1.18507694, 0.396033709},
		"G2": {logit(2, 1, 0.5, 0.4, 0.3), 2.16377753, -0.0148466715, 0.459146893, 0.783658757, 0.860395695, 1.84893086, 0.665272103},
		"G3": {logit(0, 1, 3, 0.8, 0.2), -0.171896231, 2.55945083, 0.542868552, 0.634294842, 0.916232282, 2.1875546, 0.753259754},
		"G4": {logit(1.5, 0.3, -0.5, 0.9, 0.1), 1.14144992, 0.249782848, 0.76766389, 0.302991669, 0.928121302, 1.29123277, 0.300335272},
	} {
		got := byName(t, "rochet-tirole", row.p)
		near(t, row.pB, got["pB"], "%s: pB", name)
		near(t, row.pS, got["pS"], "%s: pS", name)
		near(t, row.dB, got["DB"], "%s: DB", name)
		near(t, row.dS, got["DS"], "%s: DS", name)
		near(t, row.lerner, got["lerner"], "%s: lerner", name)
		near(t, row.margin, got["lerner"]*(got["pB"]+got["pS"]), "%s: margin", name)
		near(t, row.profit, got["profit_per_pair"], "%s: profit", name)
	}
	for why, p := range map[string]Params{
		"cost above what anybody pays":   linear(1, 1, 1, 1, 3),
		"more buyers than there are":     linear(3, 1, 1, 1, 0),
		"two negative shares are no one": linear(-2, 1, -2, 1, 0),
	} {
		require.True(t, math.IsNaN(byName(t, "rochet-tirole", p)["lerner"]), why)
	}
}

// The margin is demand over its fall on both sides, and no other prices earn more.
func TestRochetTiroleOptimumIsOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := func(name string) UsageDemand {
			return UsageDemand{A: rapid.Float64Range(-2, 3).Draw(t, "a"+name), Mu: rapid.Float64Range(0.05, 3).Draw(t, "mu"+name)}
		}
		m := RochetTirole{Buyer: side("B"), Seller: side("S"), C: rapid.Float64Range(-1, 2).Draw(t, "c")}
		if rapid.Bool().Draw(t, "linear") {
			m.Buyer = UsageDemand{A: math.Abs(m.Buyer.A), Slope: m.Buyer.Mu}
			m.Seller = UsageDemand{A: math.Abs(m.Seller.A), Slope: m.Seller.Mu}
		}
		pB, pS := m.Prices()
		if math.IsNaN(pB) {
			return
		}
		dB, dS, margin := m.Buyer.Share(pB), m.Seller.Share(pS), pB+pS-m.C
		for _, side := range []struct {
			d UsageDemand
			n float64
		}{{m.Buyer, dB}, {m.Seller, dS}} {
			power := side.n / side.d.Slope
			if side.d.Mu > 0 {
				power = side.d.Mu / (1 - side.n)
			}
			require.InEpsilon(t, margin, power, 1e-8, "Rochet and Tirole 2003: one margin is both sides' market power")
		}
		otherB, otherS := pB+rapid.Float64Range(-2, 2).Draw(t, "step B"), pS+rapid.Float64Range(-2, 2).Draw(t, "step S")
		other := (otherB + otherS - m.C) * m.Buyer.Share(otherB) * m.Seller.Share(otherS)
		require.False(t, other > margin*dB*dS+1e-12)
	})
}
