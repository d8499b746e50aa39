package agents

import (
	"fmt"
	"sync"
	"sync/atomic"

	"flywheel/models"
	"flywheel/sim"
)

// maxPeople keeps the array of standings below 8 GiB.
const maxPeople = 1 << 32

// block is the number of people that one goroutine moves at a time.
const block = 1 << 16

// Engine draws each person. The zero value is ready for Start; it serves one run at a time.
type Engine struct {
	law      *models.Law
	streams  sim.Streams
	standing [][]models.Standing // by group: each person's standing
	counts   *sim.Counts
	blocks   []span
	workers  []*sim.Counts  // one tally per goroutine; the first is used alone when there is one
	hearing  [][]models.Row // by group and standing: what its people may hear this period
	choices  [][]models.Row // by group and standing after hearing: what those who revise choose
	ready    [][]int        // by group and standing: the period its row in choices was filled for
	own      []float64      // by block: what its people's own worths add to what they use
	tastes   []*tastes      // by group: what its people keep for life; nil where they are exchangeable
	stances  [][]stance     // by group and standing after hearing: what those who choose from it have in common
	chooser  chooser        // the scratch space of the asynchronous clock
	living   [][]models.Row // by group and standing: what life may bring this period
	row      models.Row     // the one choice at a time of the asynchronous clock
}

// span is a range of one group's people.
type span struct{ group, from, to int }

// Accept refuses only what does not fit into memory.
func (e *Engine) Accept(l *models.Law) error {
	if people := l.People(); people > maxPeople {
		return fmt.Errorf("agents keeps two bytes for each person and cannot hold %d people; at most %d", people, int64(maxPeople))
	}
	return nil
}

// Start puts everybody on the bundles of the scenario's start, spread evenly over a group
// so that a start says nothing about tastes, and aware of what they use (of everything,
// where there is no awareness gate).
func (e *Engine) Start(l *models.Law, s sim.Streams, threads int) {
	e.law, e.streams = l, s
	e.counts = sim.NewCounts(l)
	e.standing, e.blocks, e.workers = nil, nil, nil
	e.hearing, e.choices, e.living, e.ready, e.tastes, e.stances = nil, nil, nil, nil, nil, nil
	for g := range l.Groups {
		people := make([]models.Standing, l.Groups[g].Size)
		deal(people, sim.Started(l, g), func(used models.Homing) models.Standing {
			return sim.StartStanding(l, g, used)
		})
		for _, s := range people {
			e.counts.Standing[g][s]++
		}
		e.standing = append(e.standing, people)
		e.hearing = append(e.hearing, make([]models.Row, l.Standings.Count()))
		e.choices = append(e.choices, make([]models.Row, l.Standings.Count()))
		e.living = append(e.living, make([]models.Row, l.Standings.Count()))
		e.ready = append(e.ready, make([]int, l.Standings.Count()))
		e.tastes = append(e.tastes, nil)
		e.stances = append(e.stances, nil)
		if l.Groups[g].Personal() {
			e.tastes[g] = newTastes(&l.Groups[g], l.Platforms, s.World())
			e.stances[g] = make([]stance, l.Standings.Count())
		}
		for from := 0; from < len(people); from += block {
			e.blocks = append(e.blocks, span{g, from, min(from+block, len(people))})
		}
	}
	e.own = make([]float64, len(e.blocks))
	for range min(threads, len(e.blocks)) {
		e.workers = append(e.workers, sim.NewCounts(l))
	}
}

// deal hands out whole counts of bundles in an even mix: each person takes the bundle that
// is furthest behind its due share.
func deal(people []models.Standing, counts []int64, standing func(models.Homing) models.Standing) {
	var open []int
	for h, n := range counts {
		if n > 0 {
			open = append(open, h)
		}
	}
	dealt := make([]int64, len(counts))
	total := float64(len(people))
	for i := range people {
		best, most := open[0], -1.0
		for _, h := range open {
			if behind := float64(counts[h])*(float64(i)+1)/total - float64(dealt[h]); behind > most && dealt[h] < counts[h] {
				best, most = h, behind
			}
		}
		dealt[best]++
		people[i] = standing(models.Homing(best))
	}
}

// Move draws hearing, revising and choosing for everybody: all at once against the market at
// the period's start, or, with the asynchronous clock, one after another.
func (e *Engine) Move(v *sim.View) {
	e.counts.Still()
	e.move(v)
	if v.Worth {
		e.value()
	}
}

func (e *Engine) move(v *sim.View) {
	if e.law.Model.Clock.Kind == models.ClockAsync {
		e.passTime(v)
		return
	}
	period, fields := v.Period, v.Fields
	for g, f := range fields {
		e.prepare(period, g, f)
	}
	if len(e.workers) == 1 {
		for _, b := range e.blocks {
			e.moveBlock(period, fields[b.group], b, e.counts)
		}
		return
	}
	var next atomic.Int64
	var group sync.WaitGroup
	for _, tally := range e.workers {
		group.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(e.blocks)); i = next.Add(1) - 1 {
				e.moveBlock(period, fields[e.blocks[i].group], e.blocks[i], tally)
			}
		})
	}
	group.Wait()
	for _, tally := range e.workers {
		e.counts.Add(tally)
		tally.Still()
		for g := range tally.Standing {
			clear(tally.Standing[g])
		}
	}
}

// prepare fills the rows of one group's period: what people of every occupied standing may
// hear, and what they may choose then: as a row, or where tastes are their own as weights.
func (e *Engine) prepare(period, g int, f *models.Field) {
	for s, n := range e.counts.Standing[g] {
		if n == 0 {
			continue
		}
		hearing := &e.hearing[g][s]
		f.Hear(hearing, models.Standing(s))
		f.Live(&e.living[g][s], models.Standing(s))
		for _, at := range hearing.To {
			if e.ready[g][at] == period {
				continue
			}
			e.ready[g][at] = period
			if f.Group.Personal() {
				e.weigh(f, g, at)
			} else {
				f.Choose(&e.choices[g][at], at)
			}
		}
	}
}

// moveBlock moves one span of people and counts their moves.
func (e *Engine) moveBlock(period int, f *models.Field, b span, tally *sim.Counts) {
	if f.Group.Personal() {
		e.movePersonal(period, f, b, tally)
		return
	}
	group := f.Group
	people := e.standing[b.group]
	choices := e.choices[b.group]
	revision := group.Revision()
	revises := uint64(revision * (1 << 53)) // draws below it revise
	choice := e.streams.Key(sim.ForChoice, period, group.Key)
	news := e.streams.Key(sim.ForAware, period, group.Key)
	gated, lives := group.Gated(), group.Lives()
	for i := b.from; i < b.to; i++ {
		from := people[i]
		at := from
		if gated {
			at = e.hear(news, b.group, i, from)
		}
		bits := choice.Bits(uint64(i)) >> 11
		u := float64(bits) * 0x1p-53
		if bits >= revises && at == from {
			if lives {
				e.live(b.group, i, u-revision, tally)
			}
			continue
		}
		if at == from {
			u /= revision
		}
		if to := choices[at].Pick(u); to != from {
			people[i] = to
			tally.Moved(e.law, b.group, from, to)
		}
	}
}

// live lets life happen to person i of a group, who neither hears nor revises: at x of the
// hazards added up, if they come that far.
func (e *Engine) live(group, i int, x float64, tally *sim.Counts) {
	from := e.standing[group][i]
	row := &e.living[group][from]
	if last := len(row.To) - 1; last < 0 || x >= row.Cumulative[last] {
		return
	}
	to := row.Pick(x)
	e.standing[group][i] = to
	tally.Moved(e.law, group, from, to)
	tally.Churn(e.law, group, from, to, 1)
}

// hear is where person i of a gated group stands after this period's news.
func (e *Engine) hear(news sim.Key, group, i int, from models.Standing) models.Standing {
	row := &e.hearing[group][from]
	if len(row.To) == 1 {
		return from
	}
	return row.Pick(news.Uniform(uint64(i)))
}

// Order draws each group's orders on each platform: Poisson, the sum of its people's.
func (e *Engine) Order(period int, expected, orders [][]float64) {
	sim.DrawOrders(e.law, e.streams, period, expected, orders)
}

// Dealer deals to whole people.
func (e *Engine) Dealer() sim.Dealer { return sim.Draws{} }

// Counts is how people stand now.
func (e *Engine) Counts() *sim.Counts { return e.counts }
