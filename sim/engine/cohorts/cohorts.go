package cohorts

import (
	"fmt"

	"flywheel/models"
	"flywheel/sim"
)

// Engine draws each cell. The zero value is ready for Start; it serves one run at a time.
type Engine struct {
	law     *models.Law
	streams sim.Streams
	counts  *sim.Counts
	next    []int64 // by standing: one group's people after the period
	hearing []heard // one standing's people by what they have heard
	row     models.Row
}

// heard is people of one standing who know the same platforms after hearing.
type heard struct {
	known  models.Homing
	people int64
}

// Accept refuses groups whose people are not exchangeable.
func (e *Engine) Accept(l *models.Law) error {
	for g := range l.Groups {
		if l.Groups[g].Personal() {
			s := &l.Model.Segments[l.Groups[g].Segment]
			return fmt.Errorf("cohorts cannot carry per-person tastes (segment %s: transport); use agents", s.Name)
		}
	}
	return nil
}

// Start puts everybody on the bundles of the scenario's start, as agents does.
func (e *Engine) Start(l *models.Law, s sim.Streams, _ int) {
	e.law, e.streams, e.counts = l, s, sim.NewCounts(l)
	e.next = make([]int64, l.Standings.Count())
	everything := models.Homing(1<<l.Platforms - 1)
	for g := range l.Groups {
		for h, n := range sim.Started(l, g) {
			known := everything
			if l.Groups[g].Gated() {
				known = models.Homing(h)
			}
			e.counts.Standing[g][l.Standings.Of(known, models.Homing(h))] += n
		}
	}
}

// Move draws how many of each cell hear, revise and choose.
func (e *Engine) Move(period int, fields []*models.Field) {
	e.counts.Still()
	st := e.law.Standings
	for g, f := range fields {
		clear(e.next)
		choice := e.streams.Key(sim.ForCells, period, f.Group.Key)
		for s, people := range e.counts.Standing[g] {
			if people == 0 {
				continue
			}
			from := models.Standing(s)
			e.hear(f, period, from, people)
			for _, h := range e.hearing {
				e.choose(f, g, from, h, choice.Cell(from).Cell(st.Of(h.known, st.Used[s])))
			}
		}
		copy(e.counts.Standing[g], e.next)
	}
}

// hear splits the people of a standing by the platforms they come to hear of: platform
// after platform, each a binomial draw from every part split off before.
func (e *Engine) hear(f *models.Field, period int, from models.Standing, people int64) {
	known := e.law.Standings.Known[from]
	e.hearing = append(e.hearing[:0], heard{known, people})
	if !f.Group.Gated() {
		return
	}
	key := e.streams.Key(sim.ForAware, period, f.Group.Key).Cell(from)
	draw := uint64(0)
	for k, hazard := range f.Hazard {
		if known.Has(k) || hazard == 0 {
			continue
		}
		for i := range e.hearing {
			n := sim.Binomial(e.hearing[i].people, hazard, key.Uniform(draw))
			draw++
			e.hearing[i].people -= n
			e.hearing = append(e.hearing, heard{e.hearing[i].known.With(k), n})
		}
	}
}

// choose draws how many of those who have heard the same revise, and what they choose.
func (e *Engine) choose(f *models.Field, g int, from models.Standing, h heard, key sim.Key) {
	if h.people == 0 {
		return
	}
	st := e.law.Standings
	used := st.Used[from]
	revising := h.people
	if h.known == st.Known[from] {
		revising = sim.Binomial(h.people, f.Group.Revision(), key.Uniform(0))
	}
	e.next[st.Of(h.known, used)] += h.people - revising
	if revising == 0 {
		return
	}
	f.Choose(&e.row, h.known, used)
	var below float64
	for i, bundle := range e.row.Bundles {
		n := revising
		if i < len(e.row.Bundles)-1 {
			n = sim.Binomial(revising, (e.row.Cumulative[i]-below)/(1-below), key.Uniform(uint64(i)+1))
		}
		below = e.row.Cumulative[i]
		revising -= n
		to := st.Of(h.known, bundle)
		e.next[to] += n
		e.counts.Switched(e.law, g, from, to, n)
	}
}

// Order draws each group's orders on each platform: Poisson, the sum of its people's.
func (e *Engine) Order(period int, expected [][]float64, orders [][]int64) {
	sim.DrawOrders(e.law, e.streams, period, expected, orders)
}

// Counts is how people stand now.
func (e *Engine) Counts() *sim.Counts { return e.counts }
