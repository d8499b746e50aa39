package theory

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Profits from an independent search over the incumbent's and the entrant's prices.
func TestDivideAndConquer(t *testing.T) {
	for _, row := range []struct {
		alpha  pair
		profit float64
	}{
		{pair{1, 1}, 0}, {pair{1, 1.6}, 0.6}, {pair{1, 2}, 1}, {pair{1, 2.5}, 1}, {pair{0.5, 0.8}, 0.3}, {pair{2, 0.7}, 0.7},
	} {
		near(t, row.profit, byName(t, "divide-and-conquer", Params{"alpha": row.alpha})["incumbent_profit"], "%v", row.alpha)
	}
	for _, row := range []struct {
		alpha, prices pair
		profit        float64
	}{
		{pair{1, 1.6}, pair{0.2, 0.9}, 0.8}, {pair{1, 1.6}, pair{-0.3, 1.2}, 0.3}, {pair{1, 2.5}, pair{0.5, 1.5}, 2}, {pair{0.8, 0.6}, pair{0.4, 0.3}, 0.5},
	} {
		near(t, row.profit, byName(t, "divide-and-conquer", Params{"alpha": row.alpha, "prices": row.prices})["entrant_profit"], "%v", row)
	}
	for _, row := range []struct{ lambda, c, single, multi, increment float64 }{
		{0.6, 0.1, 0.5, 0.64, 0.14}, {0.5, 0.05, 0.45, 0.65, 0.2}, {0.8, 0.1, 0.7, 0.76, 0.06}, {0.9, 0.12, 0.78, 0.75, -0.03},
	} {
		got := byName(t, "divide-and-conquer", Params{"alpha": pair{1, 1}, "lambda": row.lambda, "c": row.c})
		near(t, row.single, got["single"], "%+v", row)
		near(t, row.multi, got["multi"], "%+v", row)
		near(t, row.increment, got["increment"], "%+v", row)
		near(t, row.lambda*(1-row.lambda)-row.c, got["increment"], "Caillaud and Jullien 2003: a second chance less its cost")
	}
	_, err := Solve("divide-and-conquer", Params{"alpha": pair{1, 1}, "prices": pair{2, 0}, "c": 1})
	require.EqualError(t, err, "lambda: missing beside c; give both or neither\n"+
		"prices: 2 exceeds what side 1 gains, 1: nobody would stay; give a price of at most alpha")
}

// The game itself, played by the participants: an entrant just inside the formula's prices takes both
// sides, no entrant earns at the entry-proof prices, and no other proof prices earn more.
func TestDivideAndConquerIsPlayed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		benefit := func(name string) float64 { return rapid.Float64Range(0.1, 3).Draw(t, name) }
		m := DivideAndConquer{Alpha: pair{benefit("alpha1"), benefit("alpha2")}}
		p, profit := m.EntryProof()
		require.LessOrEqual(t, m.EntrantProfit(p), 1e-12, "proof against entry")

		price := func(name string, g int) float64 { return rapid.Float64Range(-4, m.Alpha[g]).Draw(t, name) }
		other := pair{price("p1", 0), price("p2", 1)}
		if m.EntrantProfit(other) <= 0 {
			require.LessOrEqual(t, other[0]+other[1], profit+1e-12)
		}

		// What the entrant earns with prices e when one side at a time leaves the incumbent if it gains.
		earns := func(e pair) float64 {
			var at [2]bool // at the entrant
			for range 4 {
				for g := range at {
					h := 1 - g
					stay, move := -other[g], -e[g]
					if at[h] {
						move += m.Alpha[g]
					} else {
						stay += m.Alpha[g]
					}
					if move > max(stay, 0) {
						at[g] = true
					}
				}
			}
			return oneIf(at[0])*e[0] + oneIf(at[1])*e[1]
		}
		const inside = 1e-6
		best := 0.0
		for g := range 2 {
			h := 1 - g
			var e pair
			e[g], e[h] = other[g]-m.Alpha[g]-inside, m.Alpha[h]+min(0, other[h])-inside
			best = max(best, earns(e))
		}
		require.InDelta(t, max(0, m.EntrantProfit(other)), best, 3*inside)
		random := pair{rapid.Float64Range(-5, 5).Draw(t, "e1"), rapid.Float64Range(-5, 5).Draw(t, "e2")}
		require.LessOrEqual(t, earns(random), max(0, m.EntrantProfit(other)))
	})
}
