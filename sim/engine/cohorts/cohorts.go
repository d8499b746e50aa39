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
	choices []models.Row // by standing: what people of the group in hand choose from it
	filled  []int        // by standing: the group, in the count of all groups and periods, that its choice was filled for
	turn    int          // that count
	life    models.Row
	ways    []way // out of one standing
}

// Accept refuses a law in which people of a group differ or move one after another.
func (e *Engine) Accept(l *models.Law) error { return sim.ByCell("cohorts", l) }

// Start puts everybody on the bundles of the scenario's start, as agents does.
func (e *Engine) Start(l *models.Law, s sim.Streams, _ int) {
	e.law, e.streams, e.counts = l, s, sim.NewCounts(l)
	e.next = make([]float64, l.Standings.Count())
	e.choices, e.filled, e.turn = make([]models.Row, l.Standings.Count()), make([]int, l.Standings.Count()), 0
	for g := range l.Groups {
		for h, n := range sim.Started(l, g) {
			e.counts.Standing[g][sim.StartStanding(l, g, models.Homing(h))] += float64(n)
		}
	}
}

// Move draws how many of each cell hear, revise and choose.
func (e *Engine) Move(v *sim.View) {
	e.counts.Still()
	everything := models.Homing(1<<e.law.Platforms - 1)
	for g, f := range v.Fields {
		clear(e.next)
		e.turn++
		news := e.streams.Key(sim.ForAware, v.Period, f.Group.Key)
		choice := e.streams.Key(sim.ForCells, v.Period, f.Group.Key)
		life := e.streams.Key(sim.ForLife, v.Period, f.Group.Key)
		for s, people := range e.counts.Standing[g] {
			if people == 0 {
				continue
			}
			from := models.Standing(s)
			n, cell := int64(people), choice.Cell(from)
			if gated := f.Group.Gated(); gated && e.law.Standings.Known[s] != everything {
				n = e.hear(f, g, from, n, news.Cell(from), cell)
			}
			e.choose(f, g, from, from, n, cell.Cell(from), life.Cell(from))
		}
		copy(e.counts.Standing[g], e.next)
	}
}

// hear draws how many of a cell hear of what, who choose at once, and returns how many hear of
// nothing: a chain of binomial draws, the last outcome taking whom the others left.
func (e *Engine) hear(f *models.Field, g int, from models.Standing, people int64, key, choice sim.Key) int64 {
	row := &e.hearing
	f.Hear(row, from)
	var below float64
	nothing := people
	for i, at := range row.To {
		n := people
		if i < len(row.To)-1 {
			n = sim.Binomial(people, (row.Cumulative[i]-below)/(1-below), key.Uniform(uint64(i)+1))
		}
		below = row.Cumulative[i]
		people -= n
		if i == 0 {
			nothing = n
		} else {
			e.choose(f, g, from, at, n, choice.Cell(at), 0)
		}
	}
	return nothing
}

// choose draws how many of those who stood at from, and at at since this period's news, leave
// that standing, and where they go: by choice when they revise or, when they neither heard
// nor revised, by what life brings.
func (e *Engine) choose(f *models.Field, g int, from, at models.Standing, people int64, key, life sim.Key) {
	if people == 0 {
		return
	}
	e.ways = e.ways[:0]
	rate := 1.0 // who has just heard revises at once
	if at == from {
		rate = f.Group.Revision()
	}
	var leaving float64
	below := 0.0
	row := &e.choices[at]
	if e.filled[at] != e.turn {
		e.filled[at] = e.turn
		f.Choose(row, at)
	}
	for i, sum := range row.Cumulative {
		if p := rate * (sum - below); row.To[i] != at && p > 0 {
			e.ways = append(e.ways, way{to: row.To[i], p: p, i: uint16(i) + 1})
			leaving += p
		}
		below = sum
	}
	if at == from && f.Group.Lives() {
		f.Live(&e.life, from)
		below = 0
		for i, to := range e.life.To {
			p := e.life.Cumulative[i] - below
			e.ways = append(e.ways, way{to: to, p: p, i: uint16(i), life: true})
			leaving += p
			below = e.life.Cumulative[i]
		}
	}
	movers := sim.Binomial(people, leaving, key.Uniform(0))
	e.next[at] += float64(people - movers)
	for i := 0; movers > 0; i++ {
		w := &e.ways[i]
		n := movers
		if i < len(e.ways)-1 {
			u := key
			if w.life {
				u = life
			}
			n = sim.Binomial(movers, w.p/leaving, u.Uniform(uint64(w.i)))
		}
		leaving -= w.p
		if movers -= n; n == 0 {
			continue
		}
		e.next[w.to] += float64(n)
		e.counts.Switched(e.law, g, from, w.to, float64(n))
		if w.life {
			e.counts.Churn(e.law, g, from, w.to, float64(n))
		}
	}
}

// way is one of the ways out of a standing: where to, with what probability, and which random
// number says how many of the movers still undecided take it.
type way struct {
	p    float64
	to   models.Standing
	i    uint16
	life bool // by what life brings, and not by choice
}

// Order draws each group's orders on each platform: Poisson, the sum of its people's.
func (e *Engine) Order(period int, expected, orders [][]float64) {
	sim.DrawOrders(e.law, e.streams, period, expected, orders)
}

// Dealer deals to whole people.
func (e *Engine) Dealer() sim.Dealer { return sim.Draws{} }

// Transfer moves whole cells.
func (e *Engine) Transfer(to [][]models.Standing) { e.counts.Transfer(to) }

// Counts is how people stand now.
func (e *Engine) Counts() *sim.Counts { return e.counts }

// Memory is a number for each cell.
func (e *Engine) Memory(l *models.Law) []sim.Memory { return sim.CellMemory(l) }
