package loadtest

import (
	"time"

	"flywheel/loadtest/plan"
)

// collector turns samples into tallies. One goroutine owns it.
type collector struct {
	schedule *plan.Schedule
	mix      plan.Mix
	names    []string // of the steps
	journeys []plan.Journey
	first    []int // by journey: its first step
	several  bool  // some journey has several steps
	timeline *Timeline
	whole    []Tally                 // by step
	second   []Tally                 // by step: requests that ended since the last tick
	counted  int64                   // starts below this are counted as due
	later    map[place]time.Duration // when steps are due that have not been counted as due
	visits   []Visits                // by journey
	skipped  []int64                 // by step
	lastDue  time.Duration
	lastSent time.Duration
	late     int64
	jurors   []*juror
	workers  int
	abort    plan.Abort
	row      time.Duration // for how long the abort condition has held
}

// place is one step of one start.
type place struct {
	number int64
	step   int
}

func newCollector(s *plan.Schedule, mix plan.Mix, p plan.Plan, limits plan.Limits) *collector {
	steps := p.Steps()
	c := &collector{
		schedule: s, mix: mix, abort: limits.Abort, workers: limits.Workers, journeys: p.Journeys,
		whole: make([]Tally, len(steps)), second: make([]Tally, len(steps)),
		later: map[place]time.Duration{}, visits: make([]Visits, len(p.Journeys)), skipped: make([]int64, len(steps)),
	}
	var thinking time.Duration
	for n, j := range p.Journeys {
		c.first = append(c.first, n)
		if n > 0 {
			c.first[n] = c.first[n-1] + len(p.Journeys[n-1].Steps)
		}
		c.several = c.several || len(j.Steps) > 1
		var waits time.Duration
		for _, s := range j.Steps {
			waits += s.Wait.To
		}
		thinking = max(thinking, waits)
	}
	c.timeline = newTimeline(s.Length()+thinking, len(steps))
	c.timeline.inOrder = c.several
	for _, s := range steps {
		c.names = append(c.names, s.Name)
	}
	for _, t := range p.Thresholds {
		c.jurors = append(c.jurors, newJuror(t, c.names, p.WarmUp, s.Length(), 2*limits.Timeout))
	}
	return c
}

// record counts a request that was sent and has ended.
func (c *collector) record(s Sample) {
	c.dueBelow(s.Number + 1)
	if at := (place{s.Number, s.Step}); c.several {
		if due, ahead := c.later[at]; ahead {
			c.due(s.Step, due)
			delete(c.later, at)
		}
		if s.Next > 0 {
			c.later[place{s.Number, s.Step + 1}] = s.Next
		}
	}
	c.whole[s.Step].Record(s)
	c.timeline.at(s.Due, s.Step).record(s)
	c.second[s.Step].Record(s)
	for _, j := range c.jurors {
		j.record(s)
	}
	c.visited(s)
	c.lastSent = max(c.lastSent, s.Sent)
	if s.Lateness() > lateAfter {
		c.late++
	}
}

// visited follows the journey that a request belongs to.
func (c *collector) visited(s Sample) {
	journey := c.mix.Pick(s.Number)
	v := &c.visits[journey]
	end := c.first[journey] + len(c.journeys[journey].Steps)
	if s.Step == c.first[journey] {
		v.Started++
	}
	switch {
	case s.Failure != Succeeded:
		v.Failed++
		for step := s.Step + 1; step < end; step++ {
			c.skipped[step]++
		}
	case s.Step == end-1:
		v.Completed++
		v.Duration.Record(s.Done - s.Began)
	}
}

func (c *collector) due(step int, at time.Duration) {
	c.whole[step].Due++
	c.timeline.at(at, step).Due++
	c.lastDue = max(c.lastDue, at)
	for _, j := range c.jurors {
		j.due(step, at)
	}
}

// dueBelow counts the starts numbered below n as due, each once.
func (c *collector) dueBelow(n int64) {
	for ; c.counted < n; c.counted++ {
		c.due(c.first[c.mix.Pick(c.counted)], c.schedule.Due(c.counted))
	}
}

// dueBy counts the requests due at or before an instant, and closes the stretches
// of the timeline that are complete.
func (c *collector) dueBy(now time.Duration) {
	c.dueBelow(c.schedule.DueBy(now))
	next := c.schedule.Length() + c.timeline.Width // beyond the last stretch
	if c.counted < c.schedule.Total() {
		next = c.schedule.Due(c.counted)
	}
	if c.several {
		for at, due := range c.later {
			if due <= now {
				c.due(at.step, due)
				delete(c.later, at)
			}
		}
		next = min(next, now) // a step may become due at any moment from now on
	}
	c.timeline.settle(next)
	next = min(next, now)
	if c.several { // or when a request that has not ended was due, at the earliest
		next = min(next, time.Duration(c.timeline.settled)*c.timeline.Width)
	}
	for _, j := range c.jurors {
		j.settle(next)
	}
}

// dueAll counts everything as due that is known to be, as a run has ended by itself.
func (c *collector) dueAll() {
	c.dueBelow(c.schedule.Total())
	for at, due := range c.later {
		c.due(at.step, due)
	}
	clear(c.later)
}

// tick closes a second: it returns the tallies of the requests that ended in it
// and whether the abort condition has now held for as long as it must.
func (c *collector) tick(now time.Duration) (second []Tally, aborted bool) {
	second, c.second = c.second, make([]Tally, len(c.second))
	if c.abort.Set() && now-time.Second >= c.abort.After {
		t := ofStep(second, c.names, c.abort.Condition.Step)
		if value, known := measure(c.abort.Condition, t, time.Second); known {
			if c.abort.Condition.Holds(value) {
				c.row += time.Second
			} else {
				c.row = 0
			}
		}
		aborted = c.row >= c.abort.For
	}
	return second, aborted
}

// ofStep is the tally of the named step, or of all steps when the name is empty.
func ofStep(tallies []Tally, names []string, name string) Tally {
	if name == "" {
		return total(tallies)
	}
	for i, n := range names {
		if n == name {
			return tallies[i]
		}
	}
	panic("bug: step " + name + " reached a verdict without validation")
}
