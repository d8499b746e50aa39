package meanfield

import (
	"flywheel/models"
	"flywheel/sim"
)

// tolerance is the largest error of a step of the continuous motion, as a share of a group;
// shortest is the length in periods below which a step is not divided further, because people
// without noise all change their mind at one moment. Where they turn round and round at one share,
// steps grow to a thousand times that, and so does the error: a thousandth of who moves in a period.
const (
	tolerance = 1e-10
	shortest  = 1e-6
)

// Engine moves expectations. The zero value is ready for Start; it serves one run at a time.
type Engine struct {
	law    *models.Law
	counts *sim.Counts
	now    passage
	next   []float64 // by standing: one group's people after the period

	view  *sim.View // of the period that is passing
	clock clockwork
	state []float64 // of the continuous motion: by group its standings, joins, leaves and churned
}

// Accept refuses a law in which people of a group differ.
func (e *Engine) Accept(l *models.Law) error { return sim.Exchangeable("meanfield", l) }

// Start puts the shares of the scenario's start on their bundles, fractions of people
// included.
func (e *Engine) Start(l *models.Law, _ sim.Streams, _ int) {
	e.law, e.counts, e.now = l, sim.NewCounts(l), newPassage(l)
	e.next = make([]float64, l.Standings.Count())
	for g := range l.Groups {
		start(l, g, e.counts.Standing[g])
	}
	if l.Model.Clock.Kind != models.ClockAsync {
		return
	}
	e.clock = clockwork{slope: e.slope, tolerance: tolerance, shortest: shortest}
	e.state = e.gather(nil)
	for g := range l.Groups {
		for range l.Standings.Count() + len(e.moves(g))*(l.Platforms+1) {
			e.clock.scale = append(e.clock.scale, float64(l.Groups[g].Size))
		}
	}
}

// start is where a group stands at period 0.
func start(l *models.Law, group int, standing []float64) {
	clear(standing)
	for h, n := range sim.Shares(l, group) {
		standing[sim.StartStanding(l, group, models.Homing(h))] += n
	}
}

// Move moves the expected part of each cell: at once with the synchronous clock, and with the
// asynchronous one along the continuous motion, in which everybody sees the market of the
// moment.
func (e *Engine) Move(v *sim.View) {
	e.counts.Still()
	if e.law.Model.Clock.Kind == models.ClockAsync {
		e.view = v
		e.state = e.gather(e.state[:0])
		e.clock.pass(e.state, 1)
		e.scatter(e.state)
		for g := range e.law.Groups {
			round(e.counts.Standing[g])
		}
		return
	}
	for g, f := range v.Fields {
		copy(e.next, e.counts.Standing[g])
		e.pass(f, g, e.next)
		copy(e.counts.Standing[g], e.next)
		round(e.counts.Standing[g])
	}
}

// round takes away what rounding leaves of a standing that everybody has left, where it is below nobody.
func round(standing []float64) {
	for s, people := range standing {
		standing[s] = max(0, people)
	}
}

// pass adds the moves of one group to its standings, and counts them.
func (e *Engine) pass(f *models.Field, g int, standing []float64) {
	e.now.face()
	e.now.chosen(f, e.counts.Standing[g], func(from, to models.Standing, people float64) {
		standing[from] -= people
		standing[to] += people
		e.counts.Switched(e.law, g, from, to, people)
	})
	e.now.lived(f, e.counts.Standing[g], func(from, to models.Standing, people float64) {
		standing[from] -= people
		standing[to] += people
		e.counts.Switched(e.law, g, from, to, people)
		e.counts.Churn(e.law, g, from, to, people)
	})
}

// moves are the counts of a group's moves, those of a life after joining where there is one.
func (e *Engine) moves(g int) [][]float64 {
	all := e.counts.Moves(g)
	if e.law.Standings.Moods == 0 {
		return all[:4]
	}
	return all[:]
}

// gather appends the counts to a state.
func (e *Engine) gather(state []float64) []float64 {
	for g := range e.law.Groups {
		state = append(state, e.counts.Standing[g]...)
		for _, m := range e.moves(g) {
			state = append(state, m...)
		}
	}
	return state
}

// scatter puts a state into the counts and shows it to the market.
func (e *Engine) scatter(state []float64) {
	market := e.view.Market
	for c := range market.Users {
		clear(market.Users[c])
	}
	for g := range e.law.Groups {
		state = state[copy(e.counts.Standing[g], state):]
		for _, m := range e.moves(g) {
			state = state[copy(m, state):]
		}
		users := market.Users[e.law.Groups[g].Crowd]
		for s, n := range e.counts.Standing[g] {
			users[e.law.Standings.Used[s]] += max(0, n) // of which powers are numbers
		}
	}
}

// slope is the continuous motion of everybody, joins, leaves and churned running up.
func (e *Engine) slope(dy, y []float64) {
	e.scatter(y)
	clear(dy)
	for g, f := range e.view.Fields {
		standing := dy[:len(e.next)]
		e.law.Fill(f, g, e.view.Market, e.view.Offers)
		moves := e.moves(g)
		for _, m := range moves {
			clear(m)
		}
		e.pass(f, g, standing)
		dy = dy[len(standing):]
		for _, m := range moves {
			dy = dy[copy(dy, m):]
		}
	}
}

// Order is what is expected.
func (e *Engine) Order(_ int, expected, orders [][]float64) {
	for g := range expected {
		copy(orders[g], expected[g])
	}
}

// Dealer deals by expectation.
func (e *Engine) Dealer() sim.Dealer { return sim.Means{} }

// Transfer moves whole cells.
func (e *Engine) Transfer(to [][]models.Standing) { e.counts.Transfer(to) }

// Counts is how people stand now.
func (e *Engine) Counts() *sim.Counts { return e.counts }

// Memory is a number for each cell.
func (e *Engine) Memory(l *models.Law) []sim.Memory { return sim.CellMemory(l) }
