package theory

import (
	"fmt"
	"math"
)

// DivideAndConquer is an incumbent platform, an entrant, and two sides of like participants who each
// join one of them and stay with the incumbent whenever that is an equilibrium (Caillaud and Jullien
// 2003, RAND Journal of Economics 34(2), 309-328, with membership fees and no cost). An entrant divides
// by paying one side to come alone, and conquers by charging the other, which then follows.
type DivideAndConquer struct {
	Alpha [2]float64 // what each side gains from the other's presence, at least 0
}

// EntrantProfit returns the most an entrant earns against the incumbent's prices, none above Alpha;
// where it is negative no entry pays.
func (m DivideAndConquer) EntrantProfit(p [2]float64) float64 {
	best := math.Inf(-1)
	for g := range p {
		h := 1 - g
		best = math.Max(best, p[g]-m.Alpha[g]+m.Alpha[h]+math.Min(0, p[h]))
	}
	return best
}

// EntryProof returns the incumbent's prices that earn the most among those against which no entrant
// earns anything, and what they earn: nothing when both sides gain alike.
func (m DivideAndConquer) EntryProof() (p [2]float64, profit float64) {
	lo, hi := 0, 1
	if m.Alpha[0] > m.Alpha[1] {
		lo, hi = 1, 0
	}
	gap := m.Alpha[hi] - m.Alpha[lo]
	p[lo], p[hi] = -gap, math.Min(m.Alpha[hi], 2*gap)
	return p, p[0] + p[1]
}

// Matchmaking is the surplus per pair when every participant has one partner in the market, found with
// probability Lambda on each platform where both are registered, and a registration of a pair costs C.
type Matchmaking struct{ Lambda, C float64 }

// Single returns the surplus when everybody registers on one platform.
func (m Matchmaking) Single() float64 { return m.Lambda - m.C }

// Multi returns the surplus when everybody registers on both.
func (m Matchmaking) Multi() float64 { return m.Lambda*(2-m.Lambda) - 2*m.C }

func divideAndConquerModel() model {
	return model{
		name: "divide-and-conquer",
		parameters: []Parameter{
			{Name: "alpha", Kind: Pair, Required: true, limit: zeroOrMore, Doc: "what each side gains from the other's presence"},
			{Name: "prices", Kind: Pair, Doc: "the incumbent's prices, per side; asks for the best entrant's profit"},
			{Name: "lambda", Kind: Number, limit: fraction, Doc: "probability of finding the partner on a platform; with c, asks for the surplus"},
			{Name: "c", Kind: Number, limit: zeroOrMore, Doc: "cost of registering a pair on a platform"},
		},
		check: func(v values) []error {
			faults := together(v, "lambda", "c")
			if v.has("alpha") && v.has("prices") {
				for g, p := range v.pair("prices") {
					if alpha := v.pair("alpha")[g]; p > alpha {
						faults = append(faults, Fault{"prices", fmt.Sprintf("%g exceeds what side %d gains, %g: nobody would stay", p, g+1, alpha), "give a price of at most alpha"})
					}
				}
			}
			return faults
		},
		solve: func(v values) []Quantity {
			m := DivideAndConquer{Alpha: v.pair("alpha")}
			p, profit := m.EntryProof()
			out := quantities{{"incumbent_profit", profit}, {"p1", p[0]}, {"p2", p[1]}}
			if v.has("prices") {
				out.add("entrant_profit", m.EntrantProfit(v.pair("prices")))
			}
			if v.has("lambda") {
				pairs := Matchmaking{Lambda: v.number("lambda"), C: v.number("c")}
				out.add("single", pairs.Single())
				out.add("multi", pairs.Multi())
				out.add("increment", pairs.Multi()-pairs.Single())
			}
			return out
		},
	}
}
