package theory

import (
	"fmt"
	"math"
)

// ArmstrongMonopoly is one platform that sets a membership price on each side, and sides that join by
// it and by the other side's share (Armstrong 2006, RAND Journal of Economics 37(3), 668-691): side g
// gains u = V + Alpha·n_h - p from the platform, all but n_h its own.
type ArmstrongMonopoly struct {
	V     [2]float64 // stand-alone value
	F     [2]float64 // cost of serving a participant
	Alpha [2]float64 // cross-side effect on this side of the other's full share
	// Exactly one of these is above 0. With T, tastes are even on a line and the share u/T joins; with
	// Mu, tastes are logistic with that scale and the share logistic(u/Mu) joins.
	T, Mu [2]float64
}

// Optimum returns the shares that maximise profit; both are NaN where linear demand has no interior
// optimum, which needs 4·T1·T2 > (Alpha1 + Alpha2)² and shares strictly between 0 and 1. Logistic
// demand always has an optimum; of several local ones the best is returned.
func (m ArmstrongMonopoly) Optimum() [2]float64 {
	if m.Mu[0] > 0 {
		return m.logistic()
	}
	s := m.Alpha[0] + m.Alpha[1]
	det := 4*m.T[0]*m.T[1] - s*s
	none := [2]float64{math.NaN(), math.NaN()}
	if !(det > 0) {
		return none
	}
	var n [2]float64
	for g := range n {
		h := 1 - g
		n[g] = (2*m.T[h]*(m.V[g]-m.F[g]) + s*(m.V[h]-m.F[h])) / det
		if !(n[g] > 0 && n[g] < 1) {
			return none
		}
	}
	return n
}

// logistic finds the best of all points where both first-order conditions
//
//	V_g - F_g + s·n_h = Mu_g·(x_g + 1 + exp(x_g)),  x_g = logit(n_g),  s = Alpha1 + Alpha2
//
// hold. The first unit on a side is always worth serving and the last never, so the optimum is among
// them; the condition of side 2 makes it an explicit function of side 1, which leaves one equation whose
// terms are all monotone.
func (m ArmstrongMonopoly) logistic() [2]float64 {
	s := m.Alpha[0] + m.Alpha[1]
	worth := func(g int, nh float64) float64 { return (m.V[g] - m.F[g] + s*nh) / m.Mu[g] }
	second := func(x float64) float64 { return monopolyLogOdds(worth(1, logistic(x))) }
	gap := func(x, y float64) float64 { return worth(0, logistic(y)) - x - 1 - math.Exp(x) }
	over := func(lo, hi float64) interval {
		a, b := gap(lo, second(lo)), gap(hi, second(lo)) // n2 as at lo, then as at hi
		c, d := gap(lo, second(hi)), gap(hi, second(hi))
		return interval{min(a, b, c, d), max(a, b, c, d)}
	}
	lo, hi := monopolyLogOdds(worth(0, 0)), monopolyLogOdds(worth(0, 1))
	if lo > hi {
		lo, hi = hi, lo
	}
	xs := crossings(func(x float64) float64 { return gap(x, second(x)) }, over, lo-1e-6, hi+1e-6, 1e-15)
	best, most := [2]float64{math.NaN(), math.NaN()}, math.Inf(-1)
	for _, x := range xs {
		n := [2]float64{logistic(x), logistic(second(x))}
		if profit := m.Profit(n); profit > most {
			best, most = n, profit
		}
	}
	return best
}

// monopolyLogOdds solves x + 1 + exp(x) = w, whose left side rises.
func monopolyLogOdds(w float64) float64 {
	lo, hi := w-1-math.Exp(math.Min(w, 2)-1), w-1
	if w >= 2 {
		lo, hi = 0, math.Log(w)
	}
	return bisect(func(x float64) float64 { return x + 1 + math.Exp(x) - w }, lo, hi)
}

// Prices returns the prices at which the shares given join.
func (m ArmstrongMonopoly) Prices(n [2]float64) (p [2]float64) {
	for g := range p {
		p[g] = m.V[g] + m.Alpha[g]*n[1-g] - m.T[g]*n[g]
		if m.Mu[g] > 0 {
			p[g] -= m.Mu[g] * logit(n[g])
		}
	}
	return p
}

// Profit returns what the platform earns with the shares given, at the prices they join at.
func (m ArmstrongMonopoly) Profit(n [2]float64) float64 {
	p := m.Prices(n)
	return n[0]*(p[0]-m.F[0]) + n[1]*(p[1]-m.F[1])
}

func armstrongMonopolyModel() model {
	return model{
		name: "armstrong-monopoly",
		parameters: []Parameter{
			{Name: "demand", Kind: Word, Required: true, words: []string{"linear", "logit"}, Doc: "linear (even tastes of width t) or logit (logistic tastes of scale mu)"},
			{Name: "v", Kind: Pair, Required: true, Doc: "stand-alone value, per side"},
			{Name: "f", Kind: Pair, Required: true, Doc: "cost of serving a participant, per side"},
			{Name: "alpha", Kind: Pair, Required: true, Doc: "cross-side effect on each side of the other's full share"},
			{Name: "t", Kind: Pair, limit: aboveZero, Doc: "width of tastes, per side: with linear demand"},
			{Name: "mu", Kind: Pair, limit: aboveZero, Doc: "scale of tastes, per side: with logit demand"},
		},
		check: func(v values) []error {
			faults := variants(v, "demand", map[string][]string{"linear": {"t"}, "logit": {"mu"}})
			return append(faults, drowned(v, "mu", "v", "f", "alpha")...)
		},
		solve: func(v values) []Quantity {
			m := ArmstrongMonopoly{V: v.pair("v"), F: v.pair("f"), Alpha: v.pair("alpha")}
			if v.word("demand") == "linear" {
				m.T = v.pair("t")
			} else {
				m.Mu = v.pair("mu")
			}
			n := m.Optimum()
			p := m.Prices(n)
			out := quantities{}
			for g := range p {
				out.add(fmt.Sprintf("p%d", g+1), p[g])
			}
			for g := range n {
				out.add(fmt.Sprintf("n%d", g+1), n[g])
			}
			out.add("profit", m.Profit(n))
			return out
		},
	}
}
