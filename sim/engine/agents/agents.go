package agents

import (
	"fmt"
	"sync"
	"sync/atomic"

	"flywheel/models"
	"flywheel/sim"
)

// maxPeople keeps the array of standings below 8 GiB, and what happens to a group in a period
// within 32 bits.
const maxPeople = 1<<32 - 1

// block is the number of people that one goroutine moves at a time, a multiple of chunk.
const block = 1 << 16

// Engine draws each person. The zero value is ready for Start; it serves one run at a time.
type Engine struct {
	law     *models.Law
	streams sim.Streams
	census  census
	counts  *sim.Counts
	blocks  []span
	workers []*worker  // one per goroutine
	tables  []*table   // by group: what the period may bring
	news    []*news    // by group: what its people may hear; nil where there is no awareness gate
	tastes  []*tastes  // by group: what its people keep for life; nil where they are exchangeable
	stances [][]stance // by group and standing: what those who choose from it have in common
	circles []circle   // by group: its part of a network
	social  bool       // whether there is any
	own     []float64  // by block: what its people's own worths add to what they use
	chooser chooser    // the scratch space of the asynchronous clock
	row     models.Row // the one choice at a time of the asynchronous clock
}

// span is a range of one group's people.
type span struct{ group, from, to int }

// Accept refuses only what does not fit into memory.
func (e *Engine) Accept(l *models.Law) error {
	if people := l.People(); people > maxPeople {
		return fmt.Errorf("agents keeps a byte or two for each person and cannot hold %d people; at most %d", people, int64(maxPeople))
	}
	return nil
}

// Start puts everybody on the bundles of the scenario's start, spread evenly over a group
// so that a start says nothing about tastes, and aware of what they use (of everything,
// where there is no awareness gate).
func (e *Engine) Start(l *models.Law, s sim.Streams, threads int) {
	*e = Engine{law: l, streams: s, counts: sim.NewCounts(l), census: newCensus(l)}
	for g := range l.Groups {
		group := &l.Groups[g]
		for h, n := range sim.Started(l, g) {
			if n > 0 {
				e.counts.Standing[g][sim.StartStanding(l, g, models.Homing(h))] += float64(n)
			}
		}
		e.tables = append(e.tables, newTable(l, group))
		e.news = append(e.news, newNews(l, group))
		e.tastes = append(e.tastes, nil)
		e.stances = append(e.stances, nil)
		if group.Personal() {
			e.tastes[g] = newTastes(group, l.Platforms, s.World())
			e.stances[g] = make([]stance, l.Standings.Count())
		}
		for from := 0; from < int(group.Size); from += block {
			e.blocks = append(e.blocks, span{g, from, min(from+block, int(group.Size))})
		}
	}
	e.own = make([]float64, len(e.blocks))
	for range min(threads, len(e.blocks)) {
		e.workers = append(e.workers, &worker{tally: sim.NewCounts(l), moved: make([][]uint32, len(l.Groups))})
	}
	e.acquaint(s.World())
}

// Move draws hearing, revising and choosing for everybody: all at once against the market at
// the period's start, or, with the asynchronous clock, one after another.
func (e *Engine) Move(v *sim.View) {
	e.counts.Still()
	e.remember(v.Market)
	if e.law.Model.Clock.Kind == models.ClockAsync {
		e.passTime(v)
	} else {
		e.pass(v)
	}
	if v.Worth {
		e.value()
	}
}

// pass lets one period of the synchronous clock pass.
func (e *Engine) pass(v *sim.View) {
	if e.social {
		e.show()
	}
	for g, f := range v.Fields {
		e.prepare(v.Period, g, f)
		for _, w := range e.workers {
			if more := len(e.tables[g].to) - len(w.moved[g]); more > 0 {
				w.moved[g] = append(w.moved[g], make([]uint32, more)...)
			}
		}
	}
	e.everywhere(func(w *worker, i int) {
		b := e.blocks[i]
		e.census.move(e, v.Period, v.Fields[b.group], b, w)
	})
	for _, w := range e.workers {
		for g, t := range e.tables {
			t.count(e.law, g, w.moved[g], e.counts)
		}
		if w.single {
			e.counts.Add(w.tally)
			w.tally.Clear()
			w.single = false
		}
	}
}

// everywhere does something to every block, on as many goroutines as there are workers.
func (e *Engine) everywhere(do func(w *worker, block int)) {
	if len(e.workers) == 1 {
		for i := range e.blocks {
			do(e.workers[0], i)
		}
		return
	}
	var next atomic.Int64
	var group sync.WaitGroup
	for _, w := range e.workers {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(e.blocks); i = int(next.Add(1)) - 1 {
				do(w, i)
			}
		})
	}
	group.Wait()
}

// prepare brings what one group's period may bring up to date: its table, what its people may
// hear, and the weights of their bundles where tastes are their own.
func (e *Engine) prepare(period, g int, f *models.Field) {
	people := e.counts.Standing[g]
	e.tables[g].fill(f, people)
	if e.news[g] != nil {
		e.news[g].fill(e, period, g, f, people)
	}
	if f.Group.Personal() {
		for s, n := range people {
			if n > 0 {
				e.weigh(f, g, models.Standing(s))
			}
		}
	}
}

// Order draws each group's orders on each platform: Poisson, the sum of its people's.
func (e *Engine) Order(period int, expected, orders [][]float64) {
	sim.DrawOrders(e.law, e.streams, period, expected, orders)
}

// Dealer deals to whole people.
func (e *Engine) Dealer() sim.Dealer { return sim.Draws{} }

// Transfer moves each person; one who comes to another platform by it brings its age along.
func (e *Engine) Transfer(to [][]models.Standing) {
	e.counts.Transfer(to)
	e.everywhere(func(_ *worker, i int) {
		b := e.blocks[i]
		e.census.transfer(e.tastes[b.group], e.law.Standings.Used, to[b.group], b)
	})
	if e.social {
		e.show()
	}
}

// Counts is how people stand now.
func (e *Engine) Counts() *sim.Counts { return e.counts }
