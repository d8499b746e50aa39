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
	timeline *Timeline
	whole    []Tally // by step
	second   []Tally // by step: requests that ended since the last tick
	counted  int64   // numbers below this are counted as due
	lastSent time.Duration
	late     int64
	jurors   []*juror
	abort    plan.Abort
	row      time.Duration // for how long the abort condition has held
}

func newCollector(s *plan.Schedule, mix plan.Mix, p plan.Plan, limits plan.Limits) *collector {
	steps := p.Steps()
	c := &collector{
		schedule: s, mix: mix, timeline: newTimeline(s.Length(), len(steps)), abort: limits.Abort,
		whole: make([]Tally, len(steps)), second: make([]Tally, len(steps)),
	}
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
	c.whole[s.Step].Record(s)
	c.timeline.at(s.Due, s.Step).record(s)
	c.second[s.Step].Record(s)
	for _, j := range c.jurors {
		j.record(s)
	}
	c.lastSent = max(c.lastSent, s.Sent)
	if s.Lateness() > lateAfter {
		c.late++
	}
}

// dueBelow counts the requests numbered below n as due, each once.
func (c *collector) dueBelow(n int64) {
	for ; c.counted < n; c.counted++ {
		step := c.mix.Pick(c.counted)
		due := c.schedule.Due(c.counted)
		c.whole[step].Due++
		c.timeline.at(due, step).Due++
		for _, j := range c.jurors {
			j.due(step, due)
		}
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
	c.timeline.settle(next)
	for _, j := range c.jurors {
		j.settle(min(next, now))
	}
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
