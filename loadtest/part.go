package loadtest

import (
	"fmt"
	"time"

	"flywheel/loadtest/plan"
)

// Part is what one generator has measured since the part before, about once a second.
// Parts add: those of a run, of one generator or of several, make up its report,
// whatever the order between generators. It can be written as JSON.
type Part struct {
	At       time.Duration `json:"at"`                // until when, since the run began
	Cells    []Cell        `json:"cells,omitempty"`   // what became due or ended
	Windows  []Window      `json:"windows,omitempty"` // the same requests, as conditions look at them
	Visits   []Visits      `json:"visits"`            // by journey
	Skipped  []int64       `json:"skipped"`           // by step
	Late     int64         `json:"late,omitempty"`    // requests that ended and were sent late
	Counted  int64         `json:"counted"`           // starts of the share below this are counted as due
	Next     time.Duration `json:"next"`              // no request that was due before is still to be counted as due
	Sent     int64         `json:"sent"`              // requests sent since the run began, also those in flight
	LastDue  time.Duration `json:"last_due"`          // of those counted since the run began
	LastSent time.Duration `json:"last_sent"`         // of those that have ended since then
	End      *Final        `json:"end,omitempty"`     // in the last part
}

// Cell is what became of the requests of one step that were due in one stretch of the
// timeline.
type Cell struct {
	Stretch int `json:"stretch"`
	Step    int `json:"step"`
	Tally
}

// Window is what became of the requests that one threshold of the plan looks at in one
// of its windows.
type Window struct {
	Threshold int `json:"threshold"`
	Window    int `json:"window"`
	Tally
}

// Final is what a generator says when every request that it sent has ended.
type Final struct {
	Generator Generator `json:"generator"`
	Behind    bool      `json:"behind,omitempty"` // requests still waited for a worker when the queue was given up
}

// spot is one step in one stretch of the timeline.
type spot struct{ stretch, step int }

// view is one window of one threshold.
type view struct{ threshold, window int }

// gatherer turns what one generator sends into parts. One goroutine owns it.
type gatherer struct {
	schedule *plan.Schedule
	turns    plan.Turns
	mix      plan.Mix
	journeys []plan.Journey
	first    []int // by journey: its first step
	several  bool  // some journey has several steps
	width    time.Duration
	sights   []sight
	next     int64                   // first start of the share that is not counted as due
	later    map[place]time.Duration // when steps are due that have not been counted as due

	cells   map[spot]*Tally
	windows map[view]*Tally
	part    Part
}

// place is one step of one start.
type place struct {
	number int64
	step   int
}

func newGatherer(s *plan.Schedule, share plan.Share, mix plan.Mix, p plan.Plan, limits plan.Limits) *gatherer {
	g := &gatherer{schedule: s, turns: share.Turns(), mix: mix, journeys: p.Journeys, width: widthOf(p, s), sights: sightsOf(p, s, limits), later: map[place]time.Duration{}}
	for n, j := range p.Journeys {
		g.first = append(g.first, 0)
		if n > 0 {
			g.first[n] = g.first[n-1] + len(p.Journeys[n-1].Steps)
		}
		g.several = g.several || len(j.Steps) > 1
	}
	g.next = g.turns.Next(0)
	g.begin()
	return g
}

// begin opens the next part.
func (g *gatherer) begin() {
	steps := 0
	for _, j := range g.journeys {
		steps += len(j.Steps)
	}
	g.cells, g.windows = map[spot]*Tally{}, map[view]*Tally{}
	g.part = Part{Visits: make([]Visits, len(g.journeys)), Skipped: make([]int64, steps), Next: g.part.Next, LastDue: g.part.LastDue, LastSent: g.part.LastSent}
}

// take closes the part and opens the next one.
func (g *gatherer) take(now time.Duration, sent int64) Part {
	p := g.part
	p.At, p.Sent, p.Counted = now, sent, g.next
	for at, t := range g.cells {
		p.Cells = append(p.Cells, Cell{at.stretch, at.step, *t})
	}
	for at, t := range g.windows {
		p.Windows = append(p.Windows, Window{at.threshold, at.window, *t})
	}
	g.begin()
	return p
}

func tallyAt[K comparable](m map[K]*Tally, at K) *Tally {
	t := m[at]
	if t == nil {
		t = new(Tally)
		m[at] = t
	}
	return t
}

func (g *gatherer) cell(step int, due time.Duration) *Tally {
	return tallyAt(g.cells, spot{int(due / g.width), step})
}

// record counts a request that was sent and has ended.
func (g *gatherer) record(s Sample) {
	g.dueBelow(s.Number + 1)
	if at := (place{s.Number, s.Step}); g.several {
		if due, ahead := g.later[at]; ahead {
			g.due(s.Step, due)
			delete(g.later, at)
		}
		if s.Next > 0 {
			g.later[place{s.Number, s.Step + 1}] = s.Next
		}
	}
	g.cell(s.Step, s.Due).Record(s)
	for n, look := range g.sights {
		if window, looks := look.at(s); looks {
			look.record(tallyAt(g.windows, view{n, window}), s)
		}
	}
	g.visited(s)
	g.part.LastSent = max(g.part.LastSent, s.Sent)
	if s.Lateness() > lateAfter {
		g.part.Late++
	}
}

// visited follows the journey that a request belongs to.
func (g *gatherer) visited(s Sample) {
	journey := g.mix.Pick(s.Number)
	v := &g.part.Visits[journey]
	end := g.first[journey] + len(g.journeys[journey].Steps)
	if s.Step == g.first[journey] {
		v.Started++
	}
	switch {
	case s.Failure != Succeeded:
		v.Failed++
		for step := s.Step + 1; step < end; step++ {
			g.part.Skipped[step]++
		}
	case s.Step == end-1:
		v.Completed++
		v.Duration.Record(s.Done - s.Began)
	}
}

func (g *gatherer) due(step int, at time.Duration) {
	g.cell(step, at).Due++
	g.part.LastDue = max(g.part.LastDue, at)
	for n, look := range g.sights {
		if window, looks := look.window(step, at); looks {
			tallyAt(g.windows, view{n, window}).Due++
		}
	}
}

// dueBelow counts the share's starts numbered below n as due, each once.
func (g *gatherer) dueBelow(n int64) {
	for ; g.next < n; g.next = g.turns.Next(g.next + 1) {
		g.due(g.first[g.mix.Pick(g.next)], g.schedule.Due(g.next))
	}
}

// dueBy counts the requests due at or before an instant.
func (g *gatherer) dueBy(now time.Duration) {
	g.dueBelow(g.schedule.DueBy(now))
	next := g.schedule.Length() + g.width // beyond the last stretch
	if g.next < g.schedule.Total() {
		next = g.schedule.Due(g.next)
	}
	if g.several {
		for at, due := range g.later {
			if due <= now {
				g.due(at.step, due)
				delete(g.later, at)
			}
		}
		next = min(next, now) // a step may become due at any moment from now on
	}
	g.part.Next = next
}

// dueAll counts everything as due that is known to be, as a run has ended by itself.
func (g *gatherer) dueAll() {
	g.dueBelow(g.schedule.Total())
	for at, due := range g.later {
		g.due(at.step, due)
	}
	clear(g.later)
}

// fits says what is wrong with a part that cannot be of a run.
func (p *Part) fits(m *Merger) error {
	const longest = 1 << 20 // stretches; a run has a few more than the timeline has rows
	switch {
	case len(p.Visits) != len(m.visits) || len(p.Skipped) != len(m.skipped):
		return fmt.Errorf("it is of a plan of %d journeys and %d steps, and not of %d and %d", len(p.Visits), len(p.Skipped), len(m.visits), len(m.skipped))
	case p.At < 0 || p.Next < 0 || p.Counted < 0:
		return fmt.Errorf("its times and numbers are out of range")
	}
	for _, c := range p.Cells {
		if c.Stretch < 0 || c.Stretch > longest || c.Step < 0 || c.Step >= len(m.whole) {
			return fmt.Errorf("it has stretch %d of step %d", c.Stretch, c.Step)
		}
	}
	for _, w := range p.Windows {
		if w.Threshold < 0 || w.Threshold >= len(m.jurors) || w.Window < 0 || w.Window > longest {
			return fmt.Errorf("it has window %d of threshold %d", w.Window, w.Threshold)
		}
	}
	return nil
}
