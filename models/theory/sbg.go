package theory

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// SBG is customers who each leave at a renewal with a probability of their own, which is beta
// distributed over customers: the shifted beta-geometric law of lifetimes (Fader and Hardie 2007,
// Journal of Interactive Marketing 21(1), 76-90).
type SBG struct{ Alpha, Beta float64 } // both above 0

// Survival returns the share still there after t renewals, a whole number.
func (m SBG) Survival(t int) float64 {
	s := 1.0
	for k := 1; k <= t && s > 0; k++ {
		s *= m.Retention(float64(k))
	}
	return s
}

// Retention returns the share of those there before the t-th renewal who stay at it. It rises with t,
// although nobody's loyalty does: those likelier to leave have left.
func (m SBG) Retention(t float64) float64 { return (m.Beta + t - 1) / (m.Alpha + m.Beta + t - 1) }

// Lifetime returns the mean number of payments, the one at the start included; +Inf where Alpha <= 1.
func (m SBG) Lifetime() float64 {
	if m.Alpha <= 1 {
		return math.Inf(1)
	}
	return (m.Alpha + m.Beta - 1) / (m.Alpha - 1)
}

// DEL returns the expected discounted lifetime of a new customer: the sum of survival over (1+d)^t
// from t = 0 (Fader and Hardie 2010, Marketing Science 29(1), 85-93).
//
// Given the probability to leave, the sum is (1+d)/(d+theta). Its mean is taken in the log-odds of theta,
// where everything is smooth and vanishes at both ends, so that equal steps converge beyond all powers of
// their length (Trefethen and Weideman 2014, SIAM Review 56(3), 385-458).
func (m SBG) DEL(d float64) float64 {
	if d == 0 {
		return m.Lifetime()
	}
	width := math.Sqrt(1/m.Alpha + 1/m.Beta) // about the spread of the log-odds
	step := math.Min(0.25, width/4)
	middle := math.Log(m.Alpha / m.Beta)
	scale := mathext.Lbeta(m.Alpha, m.Beta)
	term := func(y float64) float64 {
		// log theta and log(1-theta), with their digits at either end
		in, out := -math.Log1p(math.Exp(-y)), -math.Log1p(math.Exp(y))
		if y < -30 {
			in = y
		}
		if y > 30 {
			out = -y
		}
		return math.Exp(m.Alpha*in+m.Beta*out-scale) * (1 + d) / (d + math.Exp(in))
	}
	sum := term(middle)
	for _, direction := range []float64{-step, step} {
		for i := 1.0; ; i++ {
			next := term(middle + i*direction)
			sum += next
			// Tails fall steadily, but not before the two humps that a small d can make are passed.
			if past := i*step > 40+math.Log1p(1/d); past && next <= 1e-18*sum {
				break
			}
		}
	}
	return sum * step
}

// DERL returns the expected discounted residual lifetime of a customer just before the n-th renewal.
func (m SBG) DERL(n int, d float64) float64 {
	// Who stays at it has a probability to leave of which one more renewal survived is known.
	return m.Retention(float64(n)) * SBG{m.Alpha, m.Beta + float64(n)}.DEL(d)
}

func sbgModel() model {
	shape := limit{func(x float64) bool { return x >= 0.001 && x <= 1e6 }, "a number from 0.001 to 1e6"}
	renewals := func(least int) limit {
		return limit{func(x float64) bool { return x >= float64(least) && x <= 1e6 && x == math.Trunc(x) }, fmt.Sprintf("a whole number from %d to 1e6", least)}
	}
	return model{
		name: "sbg",
		parameters: []Parameter{
			{Name: "alpha", Kind: Number, Required: true, limit: shape, Doc: "first shape of the distribution of the probability to leave"},
			{Name: "beta", Kind: Number, Required: true, limit: shape, Doc: "second shape"},
			{Name: "d", Kind: Number, Required: true, limit: zeroOrMore, Doc: "discount rate per period"},
			{Name: "t", Kind: Numbers, Default: []float64{1, 3, 7, 12}, limit: renewals(0), Doc: "renewals after which survival is stated, and at which retention is"},
			{Name: "n", Kind: Numbers, Default: []float64{1, 5, 7}, limit: renewals(1), Doc: "renewals just before which the residual lifetime is stated"},
		},
		solve: func(v values) []Quantity {
			m, d := SBG{Alpha: v.number("alpha"), Beta: v.number("beta")}, v.number("d")
			var out quantities
			for _, t := range v.list("t") {
				out.add(called("S", t), m.Survival(int(t)))
			}
			for _, t := range v.list("t") {
				if r := math.NaN(); t == 0 {
					out.add(called("r", t), r) // no renewal yet
				} else {
					out.add(called("r", t), m.Retention(t))
				}
			}
			out.add("DEL", m.DEL(d))
			for _, n := range v.list("n") {
				out.add(called("DERL", n), m.DERL(int(n), d))
			}
			out.add("E[T]", m.Lifetime())
			return out
		},
	}
}
