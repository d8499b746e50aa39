package meanfield

import (
	"flywheel/models"
	"flywheel/sim"
)

// Engine moves expectations. The zero value is ready for Start; it serves one run at a time.
type Engine struct {
	law     *models.Law
	counts  *sim.Counts
	next    []float64 // by standing: one group's people after the period
	hearing models.Row
	choice  models.Row
}

// Accept refuses a law in which people of a group differ or move one after another.
func (e *Engine) Accept(l *models.Law) error { return sim.ByCell("meanfield", l) }

// Start puts the shares of the scenario's start on their bundles, fractions of people
// included.
func (e *Engine) Start(l *models.Law, _ sim.Streams, _ int) {
	e.law, e.counts = l, sim.NewCounts(l)
	e.next = make([]float64, l.Standings.Count())
	for g := range l.Groups {
		for h, n := range sim.Shares(l, g) {
			e.counts.Standing[g][sim.StartStanding(l, g, models.Homing(h))] += n
		}
	}
}

// Move moves the expected part of each cell.
func (e *Engine) Move(v *sim.View) {
	e.counts.Still()
	for g, f := range v.Fields {
		clear(e.next)
		for s, people := range e.counts.Standing[g] {
			if people == 0 {
				continue
			}
			f.Hear(&e.hearing, models.Standing(s))
			e.hearing.Each(func(at models.Standing, p float64) {
				e.choose(f, g, models.Standing(s), at, people*p)
			})
		}
		copy(e.counts.Standing[g], e.next)
	}
}

// choose moves those who stood at from, and at at since this period's news.
func (e *Engine) choose(f *models.Field, g int, from, at models.Standing, people float64) {
	revising := people
	if at == from {
		revising *= f.Group.Revision()
	}
	e.next[at] += people - revising
	f.Choose(&e.choice, at)
	e.choice.Each(func(to models.Standing, p float64) {
		e.next[to] += revising * p
		e.counts.Switched(e.law, g, from, to, revising*p)
	})
}

// Order is what is expected.
func (e *Engine) Order(_ int, expected, orders [][]float64) {
	for g := range expected {
		copy(orders[g], expected[g])
	}
}

// Dealer deals by expectation.
func (e *Engine) Dealer() sim.Dealer { return sim.Means{} }

// Counts is how people stand now.
func (e *Engine) Counts() *sim.Counts { return e.counts }
