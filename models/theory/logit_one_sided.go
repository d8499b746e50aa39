package theory

import (
	"fmt"
	"math"
)

// LogitOneSided is one side choosing between one platform and the outside option, with a same-side
// effect: a participant who revises joins with probability logistic((V + Gamma·n)/Mu) (Brock and
// Durlauf 2001, Review of Economic Studies 68(2), 235-260, in shares instead of signs).
type LogitOneSided struct {
	V     float64 // utility of joining an empty platform, price included
	Gamma float64 // same-side effect of a full share
	Mu    float64 // scale of the Gumbel noise, above 0
	N     int     // population, for the fluctuations; 0 when there is none
}

// OneSidedEquilibrium is a rest point of the mean: its share, and the slope of the reply P there. It
// is stable on the asynchronous clock when the slope is below 1.
type OneSidedEquilibrium struct{ Share, Slope float64 }

func (m LogitOneSided) side() side { return side{mu: m.Mu, gamma: m.Gamma} }

// reply is the probability that a participant who revises at the share n joins.
func (m LogitOneSided) reply(n float64) float64 { return logistic((m.V + m.Gamma*n) / m.Mu) }

// Equilibria returns every rest point, ascending in the share; a tangency counts once.
func (m LogitOneSided) Equilibria() []OneSidedEquilibrium {
	var found []OneSidedEquilibrium
	s := m.side()
	for _, b := range s.branches() {
		if over := s.utilities(b); m.V < over.lo || m.V > over.hi {
			continue
		}
		x := s.reply(b, m.V)
		e := OneSidedEquilibrium{logistic(x), m.Gamma / m.Mu * spread(x)}
		if len(found) > 0 && found[len(found)-1] == e {
			continue // the shared end of two branches
		}
		found = append(found, e)
	}
	return found
}

// Window returns the utilities V between which three equilibria exist: at lo the upper one is lost, at
// share high, and at hi the lower one, at share low. All four are NaN when Gamma <= 4·Mu, where the
// equilibrium is unique for every V.
func (m LogitOneSided) Window() (lo, hi, low, high float64) {
	s := m.side()
	x, _ := s.turn()
	return s.utility(x), s.utility(-x), logistic(-x), logistic(x)
}

// SD is the stationary standard deviation of the share around the equilibrium e in the limit of a
// large population N, with fresh tastes at every revision; lambda is the probability of revising in a
// period, 0 for the asynchronous clock. It is NaN where e is not stable on that clock.
func (m LogitOneSided) SD(e OneSidedEquilibrium, lambda float64) float64 {
	gap := 1 - e.Slope
	if gap <= 0 || 2-lambda*gap <= 0 {
		return math.NaN()
	}
	return math.Sqrt(m.binomial(e) * (2 - lambda) / (gap * (2 - lambda*gap)))
}

// QuenchedSD is the standard deviation, over populations, of the equilibrium share near e when every
// participant keeps one taste for ever; it is NaN where e is not stable.
func (m LogitOneSided) QuenchedSD(e OneSidedEquilibrium) float64 {
	if e.Slope >= 1 {
		return math.NaN()
	}
	return math.Sqrt(m.binomial(e)) / (1 - e.Slope)
}

// Bias is the leading difference, of order 1/N, between the stationary mean share near e on the
// asynchronous clock and e itself; it is NaN where e is not stable.
func (m LogitOneSided) Bias(e OneSidedEquilibrium) float64 {
	if e.Slope >= 1 {
		return math.NaN()
	}
	return e.Slope * e.Slope * (1 - 2*e.Share) / (2 * float64(m.N) * (1 - e.Slope) * (1 - e.Slope))
}

// binomial is the variance of the share if nobody minded the others.
func (m LogitOneSided) binomial(e OneSidedEquilibrium) float64 {
	return e.Share * (1 - e.Share) / float64(m.N)
}

// StationaryMoments returns the mean and the standard deviation of the share under the exact
// stationary law of the asynchronous birth-death chain of a population of N. Where there are several
// equilibria, the law is conditioned on the counts strictly between the unstable neighbours of the
// i-th; both are NaN when no count lies there.
func (m LogitOneSided) StationaryMoments(all []OneSidedEquilibrium, i int) (mean, sd float64) {
	size := float64(m.N)
	from, to := 0, m.N
	if i > 0 {
		from = int(math.Floor(all[i-1].Share*size+onBoundary)) + 1
	}
	if i+1 < len(all) {
		to = int(math.Ceil(all[i+1].Share*size-onBoundary)) - 1
	}
	if from > to {
		return math.NaN(), math.NaN()
	}
	centre := min(max(int(math.Round(all[i].Share*size)), from), to)
	var weight, first, second float64
	gather := func(k int, logWeight float64) {
		w, off := math.Exp(logWeight), float64(k-centre)/size
		weight += w
		first += w * off
		second += w * off * off
	}
	// Outward from the equilibrium, by detailed balance, until what is left cannot show: the work is of
	// the order of the square root of N.
	gather(centre, 0)
	for k, log := centre, 0.0; k < to && log > negligible; k++ {
		log += m.logOdds(k)
		gather(k+1, log)
	}
	for k, log := centre, 0.0; k > from && log > negligible; k-- {
		log -= m.logOdds(k - 1)
		gather(k-1, log)
	}
	first /= weight
	return float64(centre)/size + first, math.Sqrt(second/weight - first*first)
}

const (
	// onBoundary is how near to an unstable equilibrium, in heads, a count belongs to neither side.
	onBoundary = 1e-6
	// negligible is the log-weight, beside the middle of the law, at which its tail is cut.
	negligible = -200
)

// logOdds is the log-ratio of the stationary weights of the counts k+1 and k, by detailed balance: the
// rate up from k over the rate down from k+1.
func (m LogitOneSided) logOdds(k int) float64 {
	size := float64(m.N)
	up := (m.V + m.Gamma*float64(k)/size) / m.Mu
	down := (m.V + m.Gamma*float64(k+1)/size) / m.Mu
	return math.Log(float64(m.N-k)/float64(k+1)) - log1pExp(-up) + log1pExp(down)
}

// log1pExp is log(1 + exp(z)) without overflow.
func log1pExp(z float64) float64 { return math.Max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))) }

// FirstPassage is the exact mean time the asynchronous birth-death chain of a population of N needs
// from one count to another, both from 0 to N; it is infinite when it exceeds every float. The mean
// time from a count to the next adds the time spent there to the time lost by falling back (van Kampen
// 2007, Stochastic Processes in Physics and Chemistry, chapter 12).
func (m LogitOneSided) FirstPassage(from, to int) float64 {
	index := func(k int) float64 { return (m.V + m.Gamma*float64(k)/float64(m.N)) / m.Mu }
	if from > to {
		// Falling is rising in the number of those who stay out.
		joining := index
		index = func(k int) float64 { return -joining(m.N - k) }
		from, to = m.N-from, m.N-to
	}
	var total float64
	step := math.Inf(-1) // log of the mean time from k to k+1; a barrier far behind can exceed any float
	for k := 0; k < to; k++ {
		z := index(k)
		stay := log1pExp(-z) - math.Log(float64(m.N-k))
		fall := math.Log(float64(k)) - math.Log(float64(m.N-k)) - z + step
		if k == 0 {
			step = stay
		} else {
			step = math.Max(stay, fall) + math.Log1p(math.Exp(-math.Abs(stay-fall)))
		}
		if k >= from {
			total += math.Exp(step)
		}
	}
	return total
}

func logitOneSidedModel() model {
	return model{
		name: "logit-one-sided",
		parameters: []Parameter{
			{Name: "V", Kind: Number, Required: true, Doc: "utility of joining an empty platform, price included"},
			{Name: "gamma", Kind: Number, Required: true, Doc: "same-side effect of a full share, in utility"},
			{Name: "mu", Kind: Number, Required: true, limit: aboveZero, Doc: "scale of the choice noise, in utility"},
			{Name: "N", Kind: Count, limit: population, Doc: "population; without it the fluctuations are left out"},
			lambdaParameter(),
			{Name: "from", Kind: Numbers, limit: headcount, Doc: "counts from which a passage is timed; the lowest and highest stable equilibrium, both ways, when absent"},
			{Name: "to", Kind: Numbers, limit: headcount, Doc: "counts at which it ends"},
		},
		check: func(v values) []error {
			faults := append(drowned(v, "mu", "V", "gamma"), together(v, "from", "to")...)
			return append(faults, counted(v, "from", "to")...)
		},
		solve: solveLogitOneSided,
	}
}

// lambdaParameter is the revision probabilities of the synchronous clock, shared by the logit models.
func lambdaParameter() Parameter {
	return Parameter{Name: "lambda", Kind: Numbers, Default: []float64{0.1, 0.2, 0.5, 1}, limit: probability,
		Doc: "probability of revising in a period of the synchronous clock"}
}

// drowned faults utilities beside which the choice noise mu is nothing: the curves they make have turns
// narrower than this package looks.
func drowned(v values, mu string, names ...string) []error {
	const most = 1e6
	var faults []error
	for _, name := range names {
		for i, x := range v.list(name) {
			if v.has(mu) && math.Abs(x) > most*v.list(mu)[min(i, len(v.list(mu))-1)] {
				faults = append(faults, Fault{name,
					fmt.Sprintf("%g is over a million times %s", x, mu), "give a smaller utility or a larger " + mu})
			}
		}
	}
	return faults
}

// counted faults counts that need a population or exceed it.
func counted(v values, names ...string) []error {
	var faults []error
	for _, name := range names {
		if v.has(name) && !v.given["N"] {
			faults = append(faults, Fault{"N", "missing beside " + name, "give the population the counts are of"})
		}
		for _, k := range v.list(name) {
			if v.has("N") && k > v.number("N") {
				faults = append(faults, Fault{name, fmt.Sprintf("%g exceeds the population %g", k, v.number("N")), "give a count from 0 to N"})
			}
		}
	}
	return faults
}

func solveLogitOneSided(v values) []Quantity {
	m := LogitOneSided{V: v.number("V"), Gamma: v.number("gamma"), Mu: v.number("mu"), N: v.count("N")}
	var out quantities
	all := m.Equilibria()
	for i, e := range all {
		out.add(indexed("n", i), e.Share)
	}
	for i, e := range all {
		out.add(indexed("slope", i), e.Slope)
	}
	lo, hi, low, high := m.Window()
	out.add("V_lo", lo)
	out.add("V_hi", hi)
	out.add("n_minus", low)
	out.add("n_plus", high)
	if m.N == 0 {
		return out
	}
	alone := len(all) == 1
	for i, e := range all {
		if !alone && e.Slope >= 1 {
			continue
		}
		mean, sd := m.StationaryMoments(all, i)
		out.add(spaced("sd_async", i, alone), m.SD(e, 0))
		out.add(spaced("sd_exact", i, alone), sd)
		out.add(spaced("mean_exact", i, alone), mean)
		for _, lambda := range v.list("lambda") {
			out.add(called(spaced("sd_sync", i, alone), lambda), m.SD(e, lambda))
		}
		out.add(spaced("sd_quenched", i, alone), m.QuenchedSD(e))
	}
	for _, from := range v.listOr("from", m.ends(all)) {
		for _, to := range v.listOr("to", m.ends(all)) {
			if v.has("from") || from != to {
				out.add(called("mfpt", from, to), m.FirstPassage(int(from), int(to)))
			}
		}
	}
	return out
}

// ends returns the counts nearest to the lowest and the highest equilibrium, or none when they are one.
func (m LogitOneSided) ends(all []OneSidedEquilibrium) []float64 {
	if len(all) == 1 {
		return nil
	}
	size := float64(m.N)
	return []float64{math.Round(all[0].Share * size), math.Round(all[len(all)-1].Share * size)}
}
