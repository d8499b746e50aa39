package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Optima from an independent maximisation of profit and of welfare over both shares, with values
// integrated by a sixty-point rule.
func TestInsulatingTariffOptima(t *testing.T) {
	for name, row := range map[string]struct {
		v, mu, lo, hi, c         pair
		n, p                     pair
		profit, marginal1, mean1 float64
		best, bestP              pair
		welfare                  float64
	}{
		"W1": {pair{0, 0}, pair{1, 1}, pair{0, 0}, pair{2, 1}, pair{0.1, 0.1}, pair{0.25790499, 0.25887919}, pair{1.321166, 1.1820907},
			0.59507558, 1.04167, 1.06381, pair{0.7262276, 0.7362218}, pair{-0.2797812, -0.6736631}, 1.841659},
		"W2": {pair{-0.5, 0.5}, pair{0.8, 1}, pair{0, 0}, pair{3, 0.5}, pair{0.2, 0}, pair{0.20420906, 0.34649284}, pair{1.1408745, 1.1856769},
			0.60296368, 1.68861, 1.75261, pair{0.7015013, 0.8669484}, pair{-0.01841979, -1.202626}, 1.956344},
		"W3": {pair{0, -0.3}, pair{0.6, 0.7}, pair{0.5, 0}, pair{1.5, 2}, pair{0, 0.1}, pair{0.35688435, 0.28061724}, pair{0.63552863, 0.72910329},
			0.40334745, 1.01113, 1.025, pair{0.9482283, 0.8730121}, pair{-0.9183527, -0.8539901}, 1.720196},
		"W4": {pair{0.2, 0}, pair{1.2, 0.9}, pair{-0.5, 0}, pair{1.5, 1.2}, pair{0.1, 0.3}, pair{0.2571188, 0.21646941}, pair{1.5845915, 1.3144937},
			0.60132323, 0.52917, 0.544592, pair{0.6588371, 0.6240235}, pair{-0.294824, -0.06784637}, 1.715767},
	} {
		got := byName(t, "insulating-tariff", Params{"v": row.v, "mu": row.mu, "lo": row.lo, "hi": row.hi, "C": row.c})
		for g, side := range []string{"1", "2"} {
			near(t, row.n[g], got["N"+side], "%s: N%s", name, side)
			near(t, row.p[g], got["P"+side], "%s: P%s", name, side)
			near(t, row.best[g], got["N"+side+"_welfare"], "%s: N%s_welfare", name, side)
			near(t, row.bestP[g], got["P"+side+"_welfare"], "%s: P%s_welfare", name, side)
		}
		near(t, row.profit, got["profit"], "%s: profit", name)
		near(t, row.welfare, got["welfare"], "%s: welfare", name)
		require.InDelta(t, row.marginal1, got["b1_marginal"], 6e-6, "%s: printed to five digits", name)
		require.InDelta(t, row.mean1, got["b1_mean"], 6e-6, "%s: printed to five digits", name)
	}
}

// Shares on the way from an independent integration of the insulated market, whose flat tariff falls to
// the low rest point of the same sides instead.
func TestInsulatingTariffPath(t *testing.T) {
	target := pair{0.9600036594, 0.8889460202}
	p := Params{"v": pair{-2.6, -3.2}, "mu": pair{1, 1}, "lo": pair{6.5, 5.5}, "hi": pair{6.5, 5.5}, "target": target, "start": pair{0.05, 0.05}}
	got := byName(t, "insulating-tariff", p)
	near(t, 0.625232022, got["N1(1)"], "N1 at 1")
	near(t, 0.914697245, got["N1(3)"], "N1 at 3")
	near(t, 0.959962345, got["N1(10)"], "N1 at 10")
	near(t, 0.580315027, got["N2(1)"], "N2 at 1")
	near(t, -5.453149, got["P1(0.05)"], "launch price of side 1")
	near(t, -5.00502, got["P2(0.05)"], "launch price of side 2")

	p["lambda"], p["t"] = 0.1, []any{10, 2.5}
	got = byName(t, "insulating-tariff", p)
	near(t, 0.642705, got["N1(10)"], "ten periods of a tenth revising")
	near(t, 0.596424, got["N2(10)"], "ten periods of a tenth revising")
	require.True(t, math.IsNaN(got["N1(2.5)"]), "no half periods")

	m := InsulatingTariff{V: pair{-2.6, -3.2}, Mu: pair{1, 1}, Lo: pair{6.5, 5.5}, Hi: pair{6.5, 5.5}}
	for g := range 2 {
		require.InDelta(t, 0, m.Price(g, target[g], target[1-g]), 1e-8, "the target is the high rest point of price 0")
	}
}

// The tariff keeps the share whatever the other side does; the moments are those of a sum over people;
// without a spread of values the optimum is Armstrong's monopoly.
func TestInsulatingTariffInsulates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lo, width := rapid.Float64Range(-3, 3).Draw(t, "lo"), rapid.Float64Range(0.01, 300).Draw(t, "width")
		m := InsulatingTariff{V: pair{rapid.Float64Range(-3, 3).Draw(t, "v"), 0}, Mu: pair{rapid.Float64Range(0.2, 2).Draw(t, "mu"), 1}, Lo: pair{lo, 0}, Hi: pair{lo + width, 0}}
		share, other := rapid.Float64Range(0.01, 0.99).Draw(t, "share"), rapid.Float64Range(0, 1).Draw(t, "other")
		p := m.Price(0, share, other)
		j := m.Join(0, p, other)
		require.InDelta(t, share, j.Share, 1e-12)

		const people = 20_000
		var sum Membership
		var marginal, total float64
		for i := range people {
			b := lo + width*(float64(i)+0.5)/people
			z := (m.V[0] + b*other - p) / m.Mu[0]
			n := 1 / (1 + math.Exp(-z))
			sum.Share += n / people
			sum.Slope += n * (1 - n) / m.Mu[0] / people
			marginal += b * n * (1 - n) / m.Mu[0] / people
			total += b * n / people
			sum.Surplus += m.Mu[0] * math.Log1p(math.Exp(math.Min(z, 500))) / people
			if z > 500 {
				sum.Surplus += m.Mu[0] * (z - 500) / people
			}
		}
		require.InEpsilon(t, sum.Share, j.Share, 1e-4, "a sum over twenty thousand people has this error")
		require.InEpsilon(t, sum.Slope, j.Slope, 1e-4)
		require.InEpsilon(t, sum.Surplus, j.Surplus, 1e-4)
		require.InDelta(t, marginal/sum.Slope, j.Marginal, 1e-4*width)
		require.InDelta(t, total/sum.Share, j.Mean, 1e-4*width)
	})
}

func TestInsulatingTariffOfOneValueIsTheMonopoly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string, lo, hi float64) pair {
			return pair{rapid.Float64Range(lo, hi).Draw(t, name+"1"), rapid.Float64Range(lo, hi).Draw(t, name+"2")}
		}
		v, mu, alpha, c := draw("v", -2, 2), draw("mu", 0.4, 2), draw("alpha", -1, 4), draw("C", 0, 1)
		tariff := InsulatingTariff{V: v, Mu: mu, Lo: alpha, Hi: alpha, C: c}
		monopoly := ArmstrongMonopoly{V: v, Mu: mu, Alpha: alpha, F: c}
		a, b := monopoly.Optimum(), tariff.MaxProfit()
		require.InDelta(t, monopoly.Profit(a), monopoly.Profit(b), 1e-8, "at worst another optimum as good")
	})
}

func TestInsulatingTariffFaults(t *testing.T) {
	_, err := Solve("insulating-tariff", Params{"v": pair{}, "mu": pair{1, 1e-9}, "lo": pair{1, 0}, "hi": pair{0, 1}})
	require.EqualError(t, err, "hi: 1 is over a million times mu; give a smaller utility or a larger mu\n"+
		"lo: 1 exceeds hi 0 on side 1; give the smaller value as lo")
}
