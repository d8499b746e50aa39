package loadtest

import (
	"time"

	"flywheel/loadtest/plan"
)

// Timeline is a run by the time at which its requests were due: second by second
// while that makes no more than 16,384 rows, and in stretches of several seconds
// for a run or a plan that would need more. So its size is bounded whatever the
// plan, and a run of two minutes takes as much memory as one of ten seconds but
// for three hundred bytes per row.
//
// A stretch needs histograms only while requests that were due in it may still
// end. Once all have, its percentiles are taken and the histograms let go; its
// counts stay exact, and those of all stretches add to those of the whole run.
type Timeline struct {
	Width     time.Duration // of one stretch, in whole seconds
	Stretches [][]Stretch   // from the beginning of the run, and by step
	steps     int
	settled   int  // stretches before this one are closed
	inOrder   bool // no stretch is closed before the one before it: a request may make another one due later
}

// Stretch is what became of the requests of one step that were due in one stretch
// of time. Its percentiles are those of the requests sent.
type Stretch struct {
	Counts
	Latency, Service, Lateness Percentiles
	Connect, TLS, FirstByte    Percentiles

	open *Clocks // nil before the first request has ended, and once all have
	lost int64   // of those not sent: by a generator that was given up, so that they never will be
}

// rowsKept bounds the rows of a timeline: more than four hours second by second
// for a plan of one step, at some five megabytes.
const rowsKept = 1 << 14

// widthOf is the width of the stretches for a plan.
func widthOf(p plan.Plan, s *plan.Schedule) time.Duration {
	var thinking time.Duration // of the journey that takes longest
	steps := 0
	for _, j := range p.Journeys {
		var waits time.Duration
		for _, s := range j.Steps {
			waits += s.Wait.To
		}
		thinking = max(thinking, waits)
		steps += len(j.Steps)
	}
	return stretchWidth(s.Length()+thinking, steps)
}

func stretchWidth(length time.Duration, steps int) time.Duration {
	most := time.Duration(max(1, rowsKept/max(1, steps)))
	seconds := (length + time.Second - 1) / time.Second
	return time.Second * max(1, (seconds+most-1)/most)
}

// at is the stretch of a step that holds the instant.
func (l *Timeline) at(due time.Duration, step int) *Stretch {
	i := int(due / l.Width)
	for len(l.Stretches) <= i {
		l.Stretches = append(l.Stretches, make([]Stretch, l.steps))
	}
	return &l.Stretches[i][step]
}

// settle closes the stretches in which every request that was due has ended; next
// is when the first request is due that has not been counted as due.
func (l *Timeline) settle(next time.Duration) {
	for i := l.settled; i < len(l.Stretches) && time.Duration(i+1)*l.Width <= next; i++ {
		ended := true
		for step := range l.Stretches[i] {
			s := &l.Stretches[i][step]
			if s.NotSent() == s.lost {
				s.close()
			} else {
				ended = false
			}
		}
		if ended && i == l.settled {
			l.settled++
		}
		if !ended && l.inOrder {
			return
		}
	}
}

// close ends the timeline: nothing is recorded after it.
func (l *Timeline) close() {
	for _, stretches := range l.Stretches {
		for step := range stretches {
			stretches[step].close()
		}
	}
}

// closed reports whether a step's stretch of time takes no more requests.
func (l *Timeline) closed(stretch, step int) bool {
	if stretch >= len(l.Stretches) {
		return false
	}
	s := &l.Stretches[stretch][step]
	return s.open == nil && s.Sent > 0
}

// add counts what became of requests.
func (l *Timeline) add(c Cell) {
	s := l.at(time.Duration(c.Stretch)*l.Width, c.Step)
	if c.Sent > 0 {
		if l.closed(c.Stretch, c.Step) {
			panic("bug: a request ended in a stretch of time that was closed")
		}
		if s.open == nil {
			s.open = new(Clocks)
		}
		s.open.add(c.Clocks)
	}
	s.Counts.add(c.Counts)
}

// giveUp waits no more for requests that were due.
func (l *Timeline) giveUp(at spot, requests int64) { l.Stretches[at.stretch][at.step].lost += requests }

func (s *Stretch) close() {
	if s.open != nil {
		s.Latency, s.Service, s.Lateness = PercentilesOf(s.open.Latency), PercentilesOf(s.open.Service), PercentilesOf(s.open.Lateness)
		s.Connect, s.TLS, s.FirstByte = PercentilesOf(s.open.Connect), PercentilesOf(s.open.TLS), PercentilesOf(s.open.FirstByte)
		s.open = nil
	}
}
