package theory

import (
	"cmp"
	"math"
	"slices"
)

// LogitTwoSided is two sides that each choose between one platform and the outside option: a
// participant of side g who revises joins with probability logistic((V + Alpha·n_h + Gamma·n_g)/Mu),
// all parameters side g's and h the other side (Anderson, de Palma and Thisse 1992, Discrete Choice
// Theory of Product Differentiation, for the choice; Brock and Durlauf 2001, Review of Economic Studies
// 68(2), for its rest points).
type LogitTwoSided struct {
	V     [2]float64 // utility of joining an empty platform, price included
	Alpha [2]float64 // cross-side effect on this side of the other's full share
	Gamma [2]float64 // same-side effect of a full share
	Mu    [2]float64 // scale of the Gumbel noise, above 0
	N     [2]int     // population of each side, for the fluctuations; zeros when there is none
}

// TwoSidedEquilibrium is a rest point of the mean.
type TwoSidedEquilibrium struct {
	Share      [2]float64
	Eigenvalue float64 // the larger real part, at unit clock rate, on the asynchronous clock
	Stable     bool    // on the asynchronous clock
	Saddle     bool    // it separates the starts that fall from the starts that rise
}

// Fold is a utility V1 at which two equilibria meet and vanish, V2 being given, and the shares there.
type Fold struct {
	V1    float64
	Share [2]float64
}

// Equilibria returns every rest point, ascending in the share of side 1, then of side 2; a tangency
// counts once. Rest points closer than 1e-8 in both shares are one: they cannot be told from rounding.
func (m LogitTwoSided) Equilibria() []TwoSidedEquilibrium {
	var shares [][2]float64
	arcs, _ := m.arcs()
	for _, a := range arcs {
		gap := func(p logOdds) float64 { return m.utility1(p) - m.V[0] }
		lo, hi := gap(a.from), gap(a.to)
		switch {
		case lo == 0:
			shares = append(shares, a.from.shares())
		case hi == 0:
			shares = append(shares, a.to.shares())
		case (lo < 0) != (hi < 0):
			x := bisect(func(x float64) float64 { return gap(m.answer(a.branch, x)) }, a.from[0], a.to[0])
			shares = append(shares, m.answer(a.branch, x).shares())
		}
	}
	slices.SortFunc(shares, func(a, b [2]float64) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	})
	shares = slices.CompactFunc(shares, func(a, b [2]float64) bool {
		return math.Abs(a[0]-b[0]) < resolution && math.Abs(a[1]-b[1]) < resolution
	})
	var found []TwoSidedEquilibrium
	for _, n := range shares {
		j := m.jacobian(n)
		found = append(found, TwoSidedEquilibrium{
			Share: n, Eigenvalue: j.larger(), Stable: j.stable(0), Saddle: j.det() < 0,
		})
	}
	return found
}

// Folds returns every V1 at which the number of equilibria changes, ascending; there is none when the
// equilibrium is unique whatever V1.
func (m LogitTwoSided) Folds() []Fold {
	var found []Fold
	_, turning := m.arcs()
	for _, p := range turning {
		found = append(found, Fold{m.utility1(p), p.shares()})
	}
	slices.SortFunc(found, func(a, b Fold) int { return cmp.Compare(a.V1, b.V1) })
	return found
}

// logOdds is a state as the log-odds of both shares.
type logOdds [2]float64

func (p logOdds) shares() [2]float64 { return [2]float64{logistic(p[0]), logistic(p[1])} }

// arc is a stretch of the curve on which side 2 is at rest, along which V1 — the utility that would
// put side 1 at rest too — is monotone, so that it meets the given V1 at most once.
type arc struct {
	branch   branch // of side 2's rest points
	from, to logOdds
}

// arcs cuts the curve of side 2's rest points wherever V1 turns, and returns those points as well.
//
// With everything but V1 fixed, the state of side 2 follows from side 1's share on each branch of side
// 2, and V1 follows from the state explicitly. Its turning points are the zeros of det(-J), whose range
// over an interval of side 1's log-odds is easily bounded; none can be overlooked, and between them
// neither can an equilibrium.
func (m LogitTwoSided) arcs() (arcs []arc, turning []logOdds) {
	for _, b := range m.side(1).branches() {
		from, to, reached := m.reach(b)
		if !reached {
			continue
		}
		at := func(x float64) logOdds {
			switch x {
			case from[0]:
				return from // branches that share an end must agree on it to the bit
			case to[0]:
				return to
			}
			return m.answer(b, x)
		}
		// When one side is deaf to the other, the turns of side 2's own curve are turns of V1 as well.
		_, cross := m.perNoise()
		for _, end := range []logOdds{from, to} {
			if cross == 0 && end[1] == b.hi {
				turning = append(turning, end)
			}
		}
		cuts := crossings(
			func(x float64) float64 { return m.turns(at(x)) },
			func(lo, hi float64) interval { return m.turnsOver(at(lo), at(hi)) },
			from[0], to[0], 1e-15)
		last := from
		for _, x := range cuts {
			arcs = append(arcs, arc{b, last, at(x)})
			last = at(x)
			turning = append(turning, last)
		}
		arcs = append(arcs, arc{b, last, to})
	}
	return arcs, turning
}

// side is side g's own choice, the cross-side effect counted as outside utility.
func (m LogitTwoSided) side(g int) side { return side{mu: m.Mu[g], gamma: m.Gamma[g]} }

// answer is the state in which side 2 is at rest on branch b at side 1's log-odds x.
func (m LogitTwoSided) answer(b branch, x float64) logOdds {
	return logOdds{x, m.side(1).reply(b, m.V[1]+m.Alpha[1]*logistic(x))}
}

// utility1 is the V1 at which side 1 is at rest in the state p.
func (m LogitTwoSided) utility1(p logOdds) float64 {
	return m.side(0).utility(p[0]) - m.Alpha[0]*logistic(p[1])
}

// turns is det(-J) in a state where side 2 is at rest; V1 turns where it changes sign. Where one side is
// deaf to the other only side 1's own factor is left: the other factor keeps its sign along a branch,
// and is zero at its ends.
func (m LogitTwoSided) turns(p logOdds) float64 {
	gamma, cross := m.perNoise()
	w := [2]float64{spread(p[0]), spread(p[1])}
	own := [2]float64{1 - gamma[0]*w[0], 1 - gamma[1]*w[1]}
	if cross == 0 {
		return own[0]
	}
	return own[0]*own[1] - cross*w[0]*w[1]
}

// turnsOver encloses turns between two states of one branch, along which both log-odds are monotone.
func (m LogitTwoSided) turnsOver(p, q logOdds) interval {
	gamma, cross := m.perNoise()
	w := [2]interval{spreadOver(p[0], q[0]), spreadOver(p[1], q[1])}
	own := [2]interval{w[0].affine(1, -gamma[0]), w[1].affine(1, -gamma[1])}
	if cross == 0 {
		return own[0]
	}
	return own[0].times(own[1]).plus(w[0].times(w[1]).affine(0, -cross))
}

// perNoise returns the same-side effects, and the product of the cross-side effects, in noise scales.
func (m LogitTwoSided) perNoise() (gamma [2]float64, cross float64) {
	gamma = [2]float64{m.Gamma[0] / m.Mu[0], m.Gamma[1] / m.Mu[1]}
	return gamma, m.Alpha[0] / m.Mu[0] * (m.Alpha[1] / m.Mu[1])
}

// reach returns the first and the last state, in side 1's log-odds, of side 2's branch b, and whether
// any share of side 1 brings side 2 onto it.
func (m LogitTwoSided) reach(b branch) (from, to logOdds, reached bool) {
	s := m.side(1)
	// Log-odds beyond which no share is a float, and beyond which no equilibrium can lie.
	far := 750 + (math.Abs(m.V[0])+math.Abs(m.Alpha[0])+math.Abs(m.Gamma[0]))/m.Mu[0]
	over := s.utilities(b)
	at := interval{m.V[1], m.V[1]}.plus(interval{0, 1}.affine(0, m.Alpha[1]))
	if at.hi < over.lo || at.lo > over.hi {
		return from, to, false
	}
	if m.Alpha[1] == 0 {
		return m.answer(b, -far), m.answer(b, far), true
	}
	end := func(x2 float64) logOdds {
		switch n1 := (s.utility(x2) - m.V[1]) / m.Alpha[1]; {
		case n1 <= 0:
			return m.answer(b, -far)
		case n1 >= 1:
			return m.answer(b, far)
		default:
			return logOdds{logit(n1), x2}
		}
	}
	from, to = end(b.lo), end(b.hi)
	if from[0] > to[0] {
		from, to = to, from
	}
	return from, to, true
}

// jacobian is the derivative of the mean motion n' = P(n) - n, row by row.
type jacobian [2][2]float64

func (m LogitTwoSided) jacobian(n [2]float64) (j jacobian) {
	for g := range n {
		w := n[g] * (1 - n[g]) / m.Mu[g]
		j[g][g] = m.Gamma[g]*w - 1
		j[g][1-g] = m.Alpha[g] * w
	}
	return j
}

func (j jacobian) trace() float64 { return j[0][0] + j[1][1] }

func (j jacobian) det() float64 { return j[0][0]*j[1][1] - j[0][1]*j[1][0] }

// larger is the larger real part of the two eigenvalues.
func (j jacobian) larger() float64 {
	half := (j[0][0] - j[1][1]) / 2
	return j.trace()/2 + math.Sqrt(math.Max(0, half*half+j[0][1]*j[1][0]))
}

// stable says whether small deviations die out when a share lambda revises in a period, 0 for the
// asynchronous clock: Jury's conditions on I + lambda·J, divided by lambda (Jury 1962, Proceedings of
// the IRE 50(6)).
func (j jacobian) stable(lambda float64) bool {
	tr, det := j.trace(), j.det()
	return det > 0 && tr+lambda*det < 0 && 4+2*lambda*tr+lambda*lambda*det > 0
}

func logitTwoSidedModel() model {
	return model{
		name: "logit-two-sided",
		parameters: []Parameter{
			{Name: "V1", Kind: Number, Required: true, Doc: "utility of joining an empty platform, side 1, price included"},
			{Name: "alpha1", Kind: Number, Required: true, Doc: "cross-side effect on side 1 of a full side 2, in utility"},
			{Name: "gamma1", Kind: Number, Default: 0.0, Doc: "same-side effect of a full side 1, in utility"},
			{Name: "mu1", Kind: Number, Required: true, limit: aboveZero, Doc: "scale of the choice noise of side 1, in utility"},
			{Name: "V2", Kind: Number, Required: true, Doc: "utility of joining an empty platform, side 2, price included"},
			{Name: "alpha2", Kind: Number, Required: true, Doc: "cross-side effect on side 2 of a full side 1, in utility"},
			{Name: "gamma2", Kind: Number, Default: 0.0, Doc: "same-side effect of a full side 2, in utility"},
			{Name: "mu2", Kind: Number, Required: true, limit: aboveZero, Doc: "scale of the choice noise of side 2, in utility"},
			{Name: "N", Kind: Counts, limit: population, Doc: "population of each side; without it the fluctuations are left out"},
			{Name: "clock", Kind: Word, Default: "async", words: []string{"async", "sync"}, Doc: "clock of the frontier and of the tipping probability; sync takes one lambda"},
			lambdaParameter(),
			{Name: "n1", Kind: Numbers, Default: []float64{0.2, 0.35, 0.6, 0.75}, limit: fraction, Doc: "shares of side 1 at which the frontier is stated"},
			{Name: "dn1", Kind: Numbers, Default: []float64{0}, Doc: "displacements of side 1 from the saddle, in shares, for the tipping probability"},
			{Name: "dn2", Kind: Numbers, Default: []float64{-0.02, 0.02}, Doc: "displacements of side 2, each taken with each of dn1"},
		},
		check: func(v values) []error {
			faults := append(drowned(v, "mu1", "V1", "alpha1", "gamma1"), drowned(v, "mu2", "V2", "alpha2", "gamma2")...)
			if v.word("clock") == "sync" && (!v.given["lambda"] || len(v.list("lambda")) > 1) {
				faults = append(faults, Fault{"lambda", "not one number beside clock sync", "give the one probability of revising in a period"})
			}
			return faults
		},
		solve: solveLogitTwoSided,
	}
}

func solveLogitTwoSided(v values) []Quantity {
	m := LogitTwoSided{
		V:     [2]float64{v.number("V1"), v.number("V2")},
		Alpha: [2]float64{v.number("alpha1"), v.number("alpha2")},
		Gamma: [2]float64{v.number("gamma1"), v.number("gamma2")},
		Mu:    [2]float64{v.number("mu1"), v.number("mu2")},
		N:     v.counts("N"),
	}
	var out quantities
	all := m.Equilibria()
	for g, name := range []string{"n1", "n2"} {
		for i, e := range all {
			out.add(indexed(name, i), e.Share[g])
		}
	}
	for i, e := range all {
		out.add(indexed("eigenvalue", i), e.Eigenvalue)
	}
	for i, f := range m.Folds() {
		out.add(indexed("fold_V1", i), f.V1)
	}
	// The names depend on the equilibria alone: without a saddle its quantities are named once, without
	// a value.
	var saddles []int
	for i, e := range all {
		if e.Saddle {
			saddles = append(saddles, i)
		}
	}
	separator := func(i int) TwoSidedEquilibrium { return all[i] }
	if len(saddles) == 0 {
		saddles, separator = []int{0}, func(int) TwoSidedEquilibrium { return TwoSidedEquilibrium{} }
	}
	revision := 0.0
	if v.word("clock") == "sync" {
		revision = v.number("lambda")
	}
	for _, i := range saddles {
		for _, n1 := range v.list("n1") {
			name := spaced("frontier_n2", i, len(saddles) == 1)
			out.add(called(name, n1), m.Frontier(separator(i), n1, revision))
		}
	}
	if m.N[0] == 0 {
		return out
	}
	for i, e := range all {
		alone := len(all) == 1
		if !alone && !e.Stable {
			continue
		}
		sd, corr := m.SD(e, 0)
		out.add(spaced("sd_n1", i, alone), sd[0])
		out.add(spaced("sd_n2", i, alone), sd[1])
		out.add(spaced("corr", i, alone), corr)
		for _, lambda := range v.list("lambda") {
			sd, corr := m.SD(e, lambda)
			out.add(called(spaced("sd_n1_sync", i, alone), lambda), sd[0])
			out.add(called(spaced("sd_n2_sync", i, alone), lambda), sd[1])
			out.add(called(spaced("corr_sync", i, alone), lambda), corr)
		}
	}
	for _, i := range saddles {
		for _, d1 := range v.list("dn1") {
			for _, d2 := range v.list("dn2") {
				name := spaced("p_tip", i, len(saddles) == 1)
				out.add(called(name, d1, d2), m.TippingProbability(separator(i), [2]float64{d1, d2}, revision))
			}
		}
	}
	return out
}
