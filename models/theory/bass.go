package theory

import "math"

// Bass is the diffusion model of Bass (1969, Management Science 15(5), 215-227): one side, no repeat
// purchase, everybody who has not adopted does so at the rate P + Q·F, where F is the adopted share.
type Bass struct {
	P  float64 // innovation, per unit of time, at least 0
	Q  float64 // imitation, per unit of time, at least 0
	F0 float64 // adopted share at time 0, from 0 to 1
	N  int     // population, for the exact laws; 0 when there is none
}

// Share is the adopted share at time t >= 0 in an unbounded population, F(t).
func (b Bass) Share(t float64) float64 {
	e := math.Exp(-(b.P + b.Q) * t)
	gone := -math.Expm1(-(b.P + b.Q) * t)
	// The textbook ratio, multiplied through by P + Q·F0 so that P = 0 (the logistic curve from a
	// seed) and Q = 0 (exponential decay of the rest) are ordinary values of it.
	above := b.P*gone + b.F0*(b.Q+b.P*e)
	below := b.P + b.Q*(b.F0*gone+e)
	if below == 0 || b.P+b.Q*b.F0 == 0 {
		return b.F0 // nobody ever starts
	}
	return above / below
}

// Rate is the speed of adoption dF/dt at time t >= 0, in shares per unit of time.
func (b Bass) Rate(t float64) float64 { return b.drift(b.Share(t)) }

func (b Bass) drift(share float64) float64 { return (b.P + b.Q*share) * (1 - share) }

// DiscreteShare is the share after t whole periods of F <- F + (P + Q·F)(1 - F), the form Bass fitted
// by least squares; it is another model than Share sampled at whole times (Srinivasan and Mason 1986,
// Marketing Science 5(2)). It is NaN between periods, and beyond ten million of them unless the
// share has settled by then; it leaves [0, 1] when P + Q exceeds 1.
func (b Bass) DiscreteShare(t float64) float64 {
	const patience = 1e7
	if t < 0 || t != math.Trunc(t) {
		return math.NaN()
	}
	share := b.F0
	for period := 0.0; period < t; period++ {
		next := share + b.drift(share)
		if next == share || math.IsNaN(next) {
			return next
		}
		if share = next; period > patience {
			return math.NaN()
		}
	}
	return share
}

// Peak returns when the rate of adoption is highest and how high it is then; both are NaN when the
// rate only falls, which is when Q <= P or the seed is already past the peak, and when nobody starts.
func (b Bass) Peak() (at, rate float64) {
	at = math.Log(b.Q*(1-b.F0)/(b.P+b.Q*b.F0)) / (b.P + b.Q)
	if !(at > 0) || math.IsInf(at, 1) {
		return math.NaN(), math.NaN()
	}
	return at, (b.P + b.Q) * (b.P + b.Q) / (4 * b.Q)
}

// start is the number of adopters at time 0.
func (b Bass) start() int { return int(math.Round(b.F0 * float64(b.N))) }

// rate is the rate at which a population with k adopters gains the next one.
func (b Bass) rate(k int) float64 {
	return float64(b.N-k) * (b.P + b.Q*float64(k)/float64(b.N))
}

// HalfTime returns the mean and the standard deviation of the time of the ⌈N/2⌉-th adoption in a
// population of N, starting from round(F0·N) adopters. The adopters are a pure-birth chain, so the
// waiting times are independent exponentials and their means and variances add (Karlin and Taylor
// 1975, A First Course in Stochastic Processes, chapter 4). Both are infinite when nobody starts.
func (b Bass) HalfTime() (mean, sd float64) {
	var variance float64
	for k := b.start(); k < (b.N+1)/2; k++ {
		wait := 1 / b.rate(k)
		mean += wait
		variance += wait * wait
	}
	return mean, math.Sqrt(variance)
}

// ShareMoments returns the exact mean and standard deviation of the adopted share of a population of N
// at time t >= 0, by uniformisation of the pure-birth chain (Jensen 1953, Skandinavisk
// Aktuarietidskrift 36). The work is of the order of N² (P + Q) t.
func (b Bass) ShareMoments(t float64) (mean, sd float64) {
	start := b.start()
	var fastest float64
	for k := start; k <= b.N; k++ {
		fastest = math.Max(fastest, b.rate(k))
	}
	jumps := fastest * t
	if jumps == 0 {
		return float64(start) / float64(b.N), 0
	}
	law := make([]float64, b.N-start+1) // of the number of adopters after m jumps, from start
	law[0] = 1
	guess := b.Share(t) // moments are taken about it, to keep the digits of a small variance
	var first, second float64
	for m := 0; float64(m) <= jumps+12*math.Sqrt(jumps)+40; m++ {
		logFactorial, _ := math.Lgamma(float64(m) + 1)
		if weight := math.Exp(float64(m)*math.Log(jumps) - jumps - logFactorial); weight > 0 {
			for i, p := range law[:min(m+1, len(law))] {
				off := float64(start+i)/float64(b.N) - guess
				first += weight * p * off
				second += weight * p * off * off
			}
		}
		for i := min(m+1, len(law)-1); i > 0; i-- {
			law[i] += law[i-1]*b.rate(start+i-1)/fastest - law[i]*b.rate(start+i)/fastest
		}
		law[0] -= law[0] * b.rate(start) / fastest
	}
	return guess + first, math.Sqrt(second - first*first)
}

// NoiseSD is the standard deviation of the share at time t in the limit of a large population N, from
// a start without spread: the solution of V' = 2·d'(F)·V + d(F), d the drift, divided by N (Kurtz 1971,
// Journal of Applied Probability 8(2)). It is NaN when nobody starts.
func (b Bass) NoiseSD(t float64) float64 {
	// V = d(F)² ∫ dx/d(x)² from F0 to F. The integral splits into partial fractions whose logarithm is
	// the elapsed time itself; the one that grows as F nears 1 is multiplied out.
	share, sum := b.Share(t), b.P+b.Q
	drift, hazard := b.drift(share), b.P+b.Q*share
	integral := b.Q/(b.P+b.Q*b.F0) - b.Q/hazard + 2*b.Q*t - 1/(1-b.F0)
	return math.Sqrt((drift*drift*integral+hazard*hazard*(1-share))/float64(b.N)) / sum
}

func bassModel() model {
	return model{
		name: "bass",
		parameters: []Parameter{
			{Name: "p", Kind: Number, Required: true, limit: zeroOrMore, Doc: "innovation: adoption rate without any adopters, per unit of time"},
			{Name: "q", Kind: Number, Required: true, limit: zeroOrMore, Doc: "imitation: what a full share of adopters adds to that rate, per unit of time"},
			{Name: "F0", Kind: Number, Default: 0.0, limit: fraction, Doc: "share adopted at time 0"},
			{Name: "N", Kind: Count, limit: population, Doc: "population; without it the laws of a finite population are left out"},
			{Name: "clock", Kind: Word, Default: "async", words: []string{"async", "discrete"}, Doc: "how a simulation counts time; theory states both"},
			{Name: "t", Kind: Numbers, Default: []float64{1, 5, 10, 20}, limit: zeroOrMore, Doc: "times at which the share is stated"},
		},
		solve: func(v values) []Quantity {
			b := Bass{P: v.number("p"), Q: v.number("q"), F0: v.number("F0"), N: v.count("N")}
			var out quantities
			for _, t := range v.list("t") {
				out.add(called("F", t), b.Share(t))
			}
			for _, t := range v.list("t") {
				out.add(called("discrete F", t), b.DiscreteShare(t))
			}
			at, rate := b.Peak()
			out.add("t_peak", at)
			out.add("peak_rate", rate)
			if b.N > 0 {
				mean, sd := b.HalfTime()
				out.add("E[T_half]", mean)
				out.add("SD[T_half]", sd)
			}
			return out
		},
	}
}
