package verify

import (
	"fmt"
	"math"
	"slices"

	"flywheel/models"
)

const (
	// crowd is the population of a side when a case does not say: the bias of a share is then
	// well below its tolerance.
	crowd = 5000
	// apart is how many standard deviations an equilibrium is from where its basin ends, for
	// nobody to see a run leave it. A stable equilibrium of a finite population is left in the
	// end, after a time exponential in the population.
	apart = 12
	// enough is the number of independent draws that know a standard deviation to 1.25%, of
	// which four are 5%.
	enough = 3200
	// effort bounds the people times periods of a trial whose replications are not given.
	effort = 500_000_000
	// ring is how many times dearer it is to let one person's clock ring than to pass by a person
	// on the synchronous clock.
	ring = 30
)

// effort bounds the people times periods of a trial on the market's clock.
func (m logit) effort() int {
	if m.clock == models.ClockAsync {
		return effort / ring
	}
	return effort
}

// target is an equilibrium and where the runs that shall find it begin.
type target struct {
	i     int
	start [2]float64
}

// planRest simulates the stable equilibria of a logit market: their shares with the clock and
// the population of the simulation, and their standard deviations with every lambda of the
// case, or on the asynchronous clock, and its own population. A lambda that the case leaves to its default is simulated only
// when it is the clock's.
func (c Case) planRest(m logit) ([]trial, models.Faults) {
	lambdas := c.numbers("lambda")
	revision := 0.2
	switch {
	case m.clock == models.ClockAsync: // a period is a unit of time, and there is one spread
		revision = or(c.Simulate.Revision, 1)
		lambdas = []float64{revision}
	case c.gives("lambda") && len(lambdas) == 1 && lambdas[0] < 1:
		revision = lambdas[0]
	}
	revision = or(c.Simulate.Revision, revision)
	targets, faults := c.targets(m, revision)
	if len(faults) > 0 {
		return nil, faults
	}
	var own []int64
	for _, n := range c.numbers("N") {
		own = append(own, int64(n))
	}
	var trials []trial
	for _, at := range targets {
		n, faults := c.population(m, at.i, revision, own)
		if len(faults) > 0 {
			return nil, faults
		}
		if faults := c.risky(m.of(n), at, revision); len(faults) > 0 {
			return nil, faults
		}
		spread := func(lambda float64) bool {
			return own != nil && slices.Contains(lambdas, lambda) && m.of(own).room(at.i, lambda) >= apart
		}
		together := slices.Equal(n, own) && spread(revision)
		trials = append(trials, c.restTrial(m.of(n), at, revision, true, together)...)
		for _, lambda := range lambdas {
			asked := c.gives("lambda") || lambda == revision
			if asked && spread(lambda) && !(together && lambda == revision) {
				calm := target{at.i, m.rest[at.i].Share} // fluctuations do not mind how they began
				trials = append(trials, c.restTrial(m.of(own), calm, lambda, false, true)...)
			}
		}
	}
	return trials, nil
}

// targets are the stable equilibria to simulate: the one to which the case's start leads, or
// all of them.
func (c Case) targets(m logit, revision float64) ([]target, models.Faults) {
	if given := c.Simulate.Start; len(given) > 0 {
		start := [2]float64{0.5, 0.5}
		copy(start[:], given)
		i, ends := m.reach(start, revision)
		if !ends || !m.rest[i].Stable {
			return nil, models.Faults{{
				Path: "simulate.start", Problem: fmt.Sprintf("%v leads to no stable equilibrium when a share %g revises in a period", given, revision),
				Remedy: "move it off the frontier, or lower simulate.revision",
			}}
		}
		return []target{{i, start}}, nil
	}
	var list []target
	for i, e := range m.rest {
		if e.Stable && len(m.rest) == 1 {
			list = append(list, target{i, m.far(e.Share, revision)})
		} else if e.Stable {
			list = append(list, target{i, m.halfway(i, revision)})
		}
	}
	return list, nil
}

// far is the start of a market that can only end at one rest: empty, or full where that is
// forgotten sooner, because the ghost of an equilibrium holds up those who start empty.
func (m logit) far(rest [2]float64, revision float64) [2]float64 {
	m = m.of(m.crowds())
	empty, full := [2]float64{0, 0}, [2]float64{1, 1}
	around, settled := m.noiseAt(rest, revision)
	if settled && m.forget(full, rest, revision, around) < m.forget(empty, rest, revision, around) {
		return full
	}
	return empty
}

// halfway is the start of runs to equilibrium i among several: half-way to it from the
// unstable one nearest to it, or at it where no run gets there from half-way.
func (m logit) halfway(i int, revision float64) [2]float64 {
	start, edge := m.rest[i].Share, m.edge(i)
	for g := range start {
		start[g] = (start[g] + edge[g]) / 2
	}
	if reached, ends := m.reach(start, revision); !ends || reached != i {
		return m.rest[i].Share
	}
	return start
}

// crowds is a population large enough for most cases.
func (m logit) crowds() []int64 { return slices.Repeat([]int64{crowd}, m.sides) }

// edge is the unstable equilibrium nearest to equilibrium i, which others there must be.
func (m logit) edge(i int) [2]float64 {
	nearest := [2]float64{math.Inf(1), math.Inf(1)}
	for _, e := range m.rest {
		if !e.Stable && distance(e.Share, m.rest[i].Share) < distance(nearest, m.rest[i].Share) {
			nearest = e.Share
		}
	}
	return nearest
}

// room is how many standard deviations, of the side on which they are more, lie between
// equilibrium i and the unstable one nearest to it; none where its noise has no bound.
func (m logit) room(i int, lambda float64) float64 {
	n, settled := m.noiseAt(m.rest[i].Share, lambda)
	if !settled {
		return 0
	}
	if len(m.rest) == 1 {
		return math.Inf(1)
	}
	var room float64
	edge := m.edge(i)
	for g := range m.sides {
		room = math.Max(room, math.Abs(edge[g]-m.rest[i].Share[g])/n.sd(g))
	}
	return room
}

// population is how many people the shares of equilibrium i are simulated with: what the
// simulation says, else what the parameters say, else a crowd, and as many more as keep the
// runs in its basin.
func (c Case) population(m logit, i int, revision float64, own []int64) ([]int64, models.Faults) {
	crowds := m.crowds()
	room := m.of(crowds).room(i, revision)
	if room < apart && room > 0 {
		for g := range crowds {
			crowds[g] = int64(math.Ceil(crowd * math.Pow(apart/room, 2)))
		}
	}
	given := c.Simulate.N
	switch {
	case len(given) > 0 && room > 0 && m.of(given).room(i, revision) < apart:
		return nil, models.Faults{{
			Path: "simulate.N", Problem: fmt.Sprintf("%v people are so few that luck carries runs away from %s", given, m.shareName(0, i)),
			Remedy: fmt.Sprintf("give about %.0f times as many, or leave it out", math.Ceil(math.Pow(apart/m.of(given).room(i, revision), 2))),
		}}
	case len(given) > 0:
		return given, nil
	case own != nil && m.of(own).room(i, revision) >= apart:
		return own, nil
	}
	return crowds, nil
}

// risky faults a start within four standard deviations of the frontier between basins: luck
// would send runs to either side.
func (c Case) risky(m logit, at target, revision float64) models.Faults {
	if len(c.Simulate.Start) == 0 {
		return nil
	}
	for i, saddle := range m.rest {
		way, unstable := m.escape(saddle, revision)
		if !saddle.Saddle || !unstable {
			continue
		}
		if sigmas := m.clear(saddle, way, at.start, revision); sigmas < 4 {
			return models.Faults{{
				Path: "simulate.start", Problem: fmt.Sprintf("%v is %.2g standard deviations of luck away from the frontier by the unstable %s", c.Simulate.Start, sigmas, m.shareName(0, i)),
				Remedy: "move it 4 away, or give more people in simulate.N",
			}}
		}
	}
	return nil
}

// restTrial simulates one equilibrium: its shares, its standard deviations, or both. It is
// empty where theory knows no bounded noise, or a run would have to be longer than any may be.
func (c Case) restTrial(m logit, at target, lambda float64, shares, spreads bool) []trial {
	rest := m.rest[at.i].Share
	around, settled := m.noiseAt(rest, lambda)
	if !settled {
		return nil
	}
	least := 300
	if m.clock == models.ClockAsync {
		least = 50
	}
	burn := or(c.Simulate.BurnIn, m.forget(at.start, rest, lambda, around))
	watched := or(c.Simulate.Periods, max(least, int(math.Ceil(30*around.relaxation()))))
	if burn > mostPeriods || watched > mostPeriods {
		return nil
	}
	runs := 20
	if spreads {
		for g := range m.sides {
			runs = max(runs, int(math.Ceil(enough/around.independent(g, watched))))
		}
	}
	runs = or(c.Simulate.Replications, min(runs, max(4, m.effort()/((burn+watched)*m.people()))))

	t := trial{
		label: fmt.Sprintf("%s at %g of %v", m.shareName(0, at.i), lambda, m.theory.N),
		model: m.model(c.ID, burn+watched, lambda, at.start), engine: c.engineName(),
		replications: runs, watch: m.watch(), observe: moments(burn),
	}
	left := m.transient(at.start, rest, lambda, burn, watched)
	off := bias(m.theory, rest, around)
	for g := range m.sides {
		ofShare, ofSquare := around.averages(g, watched)
		size := float64(m.theory.N[g])
		choices := size * float64(runs) * max(1, lambda*float64(watched)) // one is kept for about 1/lambda periods
		average := claim{
			quantity:  m.shareName(g, at.i),
			estimate:  mean(2 * g),
			predicted: ofShare / math.Sqrt(float64(runs)),
			allowance: math.Abs(off[g]) + math.Abs(left.mean[g]) + rare/choices,
		}
		if shares {
			t.claims = append(t.claims, average)
		}
		sd := around.sd(g)
		ignored := neglected(m.theory, rest, m.lambda(lambda), around, func(sd [2]float64, _ float64) float64 { return sd[g] })
		if !spreads || math.IsNaN(ignored) {
			continue
		}
		unfilled := remembered(math.Pow(around.memory(), 2), burn, watched)
		short := math.Sqrt(sd*sd+left.variance[g]) - sd*math.Sqrt(1-unfilled)
		scatter := claim{
			quantity:  m.spreadName(g, at.i, lambda),
			estimate:  spread(2*g, 2*g+1),
			luck:      true,
			predicted: ofSquare / math.Sqrt(float64(runs)) / (2 * sd) * peaked(rest[g], size),
			allowance: ignored + short,
		}
		t.claims = append(t.claims, scatter)
		if m.sides == 1 && m.clock == models.ClockAsync {
			// The exact law of the count neglects nothing.
			scatter.quantity, scatter.allowance = m.indexed("sd_exact", at.i, true), short
			average.quantity, average.allowance = m.indexed("mean_exact", at.i, true), math.Abs(left.mean[g])
			average.luck = true
			t.claims = append(t.claims, scatter, average)
		}
	}
	if spreads && m.sides == 2 && m.clock == models.ClockAsync {
		ignored := neglected(m.theory, rest, 0, around, func(_ [2]float64, corr float64) float64 { return corr })
		if !math.IsNaN(ignored) {
			t.claims = append(t.claims, claim{
				quantity:  m.indexed("corr", at.i, true),
				estimate:  correlation,
				luck:      true,
				predicted: around.correlation(watched) / math.Sqrt(float64(runs)),
				allowance: ignored + 2*remembered(math.Pow(around.memory(), 2), burn, watched),
			})
		}
	}
	if len(t.claims) == 0 {
		return nil
	}
	return []trial{t}
}

// transient is what the mean still has to go in the periods watched.
type transient struct{ mean, variance [2]float64 }

// transient follows the mean from the start through the burn-in and the periods watched: its
// average distance from rest, and the variance over periods of that distance. Nothing is left
// unless a case asks for a burn-in shorter than its start needs.
func (m logit) transient(n, rest [2]float64, revision float64, burn, watched int) (left transient) {
	for t := range burn + watched {
		n = m.next(n, revision)
		if t < burn {
			continue
		}
		for g := range n {
			d := n[g] - rest[g]
			left.mean[g] += d / float64(watched)
			left.variance[g] += d * d / float64(watched)
		}
	}
	for g := range n {
		left.variance[g] = math.Max(0, left.variance[g]-left.mean[g]*left.mean[g])
	}
	return left
}

// peaked is how much more a standard deviation varies from run to run than that of a normal
// number, for a share n of few people: by the excess kurtosis of the binomial.
func peaked(n, size float64) float64 {
	w := n * (1 - n)
	return math.Sqrt(1 + math.Max(0, 1-6*w)/(size*w)/2)
}
