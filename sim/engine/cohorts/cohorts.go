package cohorts

import (
	"flywheel/models"
	"flywheel/sim"
)

// Engine draws each cell. The zero value is ready for Start; it serves one run at a time.
type Engine struct {
	law     *models.Law
	streams sim.Streams
	counts  *sim.Counts
	next    []float64 // by standing: one group's people after the period
	hearing models.Row
	choice  models.Row
	life    models.Row
}

// Accept refuses a law in which people of a group differ or move one after another.
func (e *Engine) Accept(l *models.Law) error { return sim.ByCell("cohorts", l) }

// Start puts everybody on the bundles of the scenario's start, as agents does.
func (e *Engine) Start(l *models.Law, s sim.Streams, _ int) {
	e.law, e.streams, e.counts = l, s, sim.NewCounts(l)
	e.next = make([]float64, l.Standings.Count())
	for g := range l.Groups {
		for h, n := range sim.Started(l, g) {
			e.counts.Standing[g][sim.StartStanding(l, g, models.Homing(h))] += float64(n)
		}
	}
}

// Move draws how many of each cell hear, revise and choose.
func (e *Engine) Move(v *sim.View) {
	e.counts.Still()
	for g, f := range v.Fields {
		clear(e.next)
		news := e.streams.Key(sim.ForAware, v.Period, f.Group.Key)
		choice := e.streams.Key(sim.ForCells, v.Period, f.Group.Key)
		life := e.streams.Key(sim.ForLife, v.Period, f.Group.Key)
		for s, people := range e.counts.Standing[g] {
			if people == 0 {
				continue
			}
			from := models.Standing(s)
			f.Hear(&e.hearing, from)
			split(&e.hearing, int64(people), news.Cell(from), func(at models.Standing, n int64) {
				e.choose(f, g, from, at, n, choice.Cell(from).Cell(at), life.Cell(from))
			})
		}
		copy(e.counts.Standing[g], e.next)
	}
}

// split divides people over the outcomes of a row: a chain of binomial draws, the last
// outcome taking whom the others left.
func split(row *models.Row, people int64, key sim.Key, each func(to models.Standing, n int64)) {
	var below float64
	for i, to := range row.To {
		n := people
		if i < len(row.To)-1 {
			n = sim.Binomial(people, (row.Cumulative[i]-below)/(1-below), key.Uniform(uint64(i)+1))
		}
		below = row.Cumulative[i]
		people -= n
		if n > 0 {
			each(to, n)
		}
	}
}

// choose draws how many of those who stood at from, and at at since this period's news,
// revise, and what they choose.
func (e *Engine) choose(f *models.Field, g int, from, at models.Standing, people int64, key, life sim.Key) {
	revising := people
	if at == from {
		revising = sim.Binomial(people, f.Group.Revision(), key.Uniform(0))
	}
	staying := people - revising
	if at == from && f.Group.Lives() {
		staying = e.live(f, g, from, staying, life)
	}
	e.next[at] += float64(staying)
	if revising == 0 {
		return
	}
	f.Choose(&e.choice, at)
	split(&e.choice, revising, key, func(to models.Standing, n int64) {
		e.next[to] += float64(n)
		e.counts.Switched(e.law, g, from, to, float64(n))
	})
}

// live draws what life brings to those who neither heard nor revised, and returns how many
// of them stay as they were.
func (e *Engine) live(f *models.Field, g int, from models.Standing, people int64, key sim.Key) int64 {
	f.Live(&e.life, from)
	past := f.Group.Revision() // of the unit interval, what is behind
	below := 0.0
	for i, to := range e.life.To {
		n := sim.Binomial(people, (e.life.Cumulative[i]-below)/(1-past-below), key.Uniform(uint64(i)))
		below = e.life.Cumulative[i]
		people -= n
		if n > 0 {
			e.next[to] += float64(n)
			e.counts.Switched(e.law, g, from, to, float64(n))
			e.counts.Churn(e.law, g, from, to, float64(n))
		}
	}
	return people
}

// Order draws each group's orders on each platform: Poisson, the sum of its people's.
func (e *Engine) Order(period int, expected, orders [][]float64) {
	sim.DrawOrders(e.law, e.streams, period, expected, orders)
}

// Dealer deals to whole people.
func (e *Engine) Dealer() sim.Dealer { return sim.Draws{} }

// Counts is how people stand now.
func (e *Engine) Counts() *sim.Counts { return e.counts }
