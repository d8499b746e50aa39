package verify

import (
	"fmt"
	"math"

	"flywheel/models"
	"flywheel/models/theory"
)

// logit is a logit market at rest, with one side or two: its theory, and its equilibria in the
// order in which theory counts them. With one side, side 2 of the theory is a single person
// who minds nobody and whom nobody minds; no market holds it.
type logit struct {
	sides  int
	clock  models.ClockKind
	theory theory.LogitTwoSided
	rest   []theory.TwoSidedEquilibrium
}

// planOneSided simulates the stable equilibria and the standard deviations on the clock of the
// simulation, and on the asynchronous one the exact moments and the times of passage; on the
// synchronous one the folds. Lasting tastes and unstable equilibria are stated only.
func planOneSided(c Case) ([]trial, models.Faults) {
	one := theory.LogitOneSided{V: c.number("V"), Gamma: c.number("gamma"), Mu: c.number("mu")}
	m := logit{sides: 1, clock: c.clock(), theory: theory.LogitTwoSided{
		V: [2]float64{one.V}, Gamma: [2]float64{one.Gamma}, Mu: [2]float64{one.Mu, 1}, N: [2]int{0, 1},
	}}
	for _, e := range one.Equilibria() {
		m.rest = append(m.rest, theory.TwoSidedEquilibrium{
			Share: [2]float64{e.Share, 0.5}, Eigenvalue: e.Slope - 1, Stable: e.Slope < 1, Saddle: e.Slope > 1,
		})
	}
	trials, faults := c.planRest(m)
	trials = append(trials, c.planPassages(m, one)...)
	return append(trials, c.planSweep(one)...), faults
}

// planTwoSided simulates the stable equilibria and the standard deviations on the clock of the
// simulation, and where theory keeps to the same clock the tipping probability and, at the
// shares that the case itself gives, the frontier.
func planTwoSided(c Case) ([]trial, models.Faults) {
	m := logit{sides: 2, clock: c.clock(), theory: theory.LogitTwoSided{
		V:     [2]float64{c.number("V1"), c.number("V2")},
		Alpha: [2]float64{c.number("alpha1"), c.number("alpha2")},
		Gamma: [2]float64{c.number("gamma1"), c.number("gamma2")},
		Mu:    [2]float64{c.number("mu1"), c.number("mu2")},
	}}
	m.rest = m.theory.Equilibria()
	trials, faults := c.planRest(m)
	trials = append(trials, c.planTips(m)...)
	return append(trials, c.planFrontiers(m)...), faults
}

// of is the market with a population on each side.
func (m logit) of(people []int64) logit {
	for g, n := range people {
		m.theory.N[g] = int(n)
	}
	return m
}

// model is the market as an ordinary model.
func (m logit) model(name string, periods int, revision float64, start [2]float64) *models.Model {
	out := market(name, periods, revision, models.Platform{Name: "A"})
	out.Clock.Kind = m.clock
	for g := range m.sides {
		s := people(side(g), int64(m.theory.N[g]), m.theory.V[g])
		s.Cross, s.Same = effect(m.theory.Alpha[g]), effect(m.theory.Gamma[g])
		s.Noise = &models.Noise{Kind: models.NoiseAnnealed, Scale: m.theory.Mu[g]}
		s.Start = []models.Begin{{Homing: 1, Share: start[g]}}
		out.Segments = append(out.Segments, s)
	}
	return out
}

// side names side g of a market.
func side(g int) string { return fmt.Sprintf("side-%d", g+1) }

// watch is the share of each side on the platform.
func (m logit) watch() []series {
	var list []series
	for g := range m.sides {
		list = append(list, share("A", side(g)))
	}
	return list
}

// people is the number of people of a period.
func (m logit) people() int {
	total := 0
	for g := range m.sides {
		total += m.theory.N[g]
	}
	return total
}

// choice is the probability of joining, for one of each side who revises at the shares n.
//
// It, and the mean that follows from it, plan how long a run takes and to which equilibrium it
// belongs; no line is ever judged by them.
func (m logit) choice(n [2]float64) (p [2]float64) {
	t := m.theory
	for g := range n {
		p[g] = 1 / (1 + math.Exp(-(t.V[g]+t.Alpha[g]*n[1-g]+t.Gamma[g]*n[g])/t.Mu[g]))
	}
	return p
}

// next is the mean of the shares a period after n.
func (m logit) next(n [2]float64, revision float64) [2]float64 {
	ticks, share := m.ticks(revision)
	for range ticks {
		for g, p := range m.choice(n) {
			n[g] += share * (p - n[g])
		}
	}
	return n
}

// ticks cuts a period into steps of the synchronous clock in which a share of the people
// revises: the period itself, or on the asynchronous clock steps so short that they differ from
// continuous time by less than half a percent.
func (m logit) ticks(revision float64) (n int, share float64) {
	const short = 0.005
	if m.clock != models.ClockAsync {
		return 1, revision
	}
	n = int(math.Ceil(revision / short))
	return n, revision / float64(n)
}

// lambda is what theory calls a share who revise in a period: 0 on the asynchronous clock.
func (m logit) lambda(revision float64) float64 {
	if m.clock == models.ClockAsync {
		return 0
	}
	return revision
}

// reach is the equilibrium at which the mean ends that begins at n; false when it ends nowhere.
func (m logit) reach(n [2]float64, revision float64) (int, bool) {
	for range mostPeriods {
		next := m.next(n, revision)
		if distance(next, n) < 1e-13 {
			break
		}
		n = next
	}
	for i, e := range m.rest {
		if distance(e.Share, n) < 1e-6 {
			return i, true
		}
	}
	return 0, false
}

// forget is the number of periods after which runs that begin at n have forgotten it: their
// mean is closer to rest than a thousandth of the standard deviation there, and their variance
// has come within half a percent of its own rest. Variance grows without bound where the mean
// lingers, so a start whose way leads through a bottleneck needs long.
func (m logit) forget(n, rest [2]float64, revision float64, around noise) int {
	var c [2][2]float64
	for t := range mostPeriods {
		near := true
		for g := range m.sides {
			v := around.covariance[g][g]
			near = near && math.Abs(n[g]-rest[g]) < around.sd(g)/1000 && math.Abs(c[g][g]-v) < v/200
		}
		if near {
			return t
		}
		c = m.diffuse(c, n, revision)
		n = m.next(n, revision)
	}
	return mostPeriods + 1
}

// diffuse is the covariance of the shares a period after it was c, about the mean n: what was
// there, carried by the derivative of the mean, and the luck of those who stay and who join.
func (m logit) diffuse(c [2][2]float64, n [2]float64, revision float64) [2][2]float64 {
	ticks, share := m.ticks(revision)
	for range ticks {
		p := m.choice(n)
		a := stride(m.theory, p, share)
		c = product(product(a, c), [2][2]float64{{a[0][0], a[1][0]}, {a[0][1], a[1][1]}})
		for g := range n {
			joins := share * p[g]
			stays := 1 - share + joins
			c[g][g] += (n[g]*stays*(1-stays) + (1-n[g])*joins*(1-joins)) / float64(m.theory.N[g])
			n[g] += share * (p[g] - n[g])
		}
	}
	return c
}

// distance is the larger difference between two states.
func distance(a, b [2]float64) float64 {
	return math.Max(math.Abs(a[0]-b[0]), math.Abs(a[1]-b[1]))
}

// indexed is the name of a quantity of equilibrium i, plain when there is only one and the
// name allows that.
func (m logit) indexed(name string, i int, plain bool) string {
	if plain && len(m.rest) == 1 {
		return name
	}
	return fmt.Sprintf("%s[%d]", name, i)
}

// shareName is how theory calls the share of side g at equilibrium i.
func (m logit) shareName(g, i int) string {
	name := "n"
	if m.sides == 2 {
		name = fmt.Sprintf("n%d", g+1)
	}
	return m.indexed(name, i, false)
}

// spreadName is how theory calls the standard deviation of that share when a share lambda
// revises in a period.
func (m logit) spreadName(g, i int, lambda float64) string {
	async := m.clock == models.ClockAsync
	switch {
	case m.sides == 1 && async:
		return m.indexed("sd_async", i, true)
	case m.sides == 1:
		return fmt.Sprintf("%s(%g)", m.indexed("sd_sync", i, true), lambda)
	case async:
		return m.indexed(fmt.Sprintf("sd_n%d", g+1), i, true)
	default:
		return fmt.Sprintf("%s(%g)", m.indexed(fmt.Sprintf("sd_n%d_sync", g+1), i, true), lambda)
	}
}
