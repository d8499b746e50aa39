package loadtest

import "time"

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
}

// rowsKept bounds the rows of a timeline: more than four hours second by second
// for a plan of one step, at some five megabytes.
const rowsKept = 1 << 14

func newTimeline(length time.Duration, steps int) *Timeline {
	most := time.Duration(max(1, rowsKept/steps))
	seconds := (length + time.Second - 1) / time.Second
	return &Timeline{Width: time.Second * max(1, (seconds+most-1)/most), steps: steps}
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
			if s.NotSent() == 0 {
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

// record counts a request that was sent and has ended.
func (s *Stretch) record(r Sample) {
	if s.open == nil {
		if s.Sent > 0 {
			panic("bug: a request ended in a stretch of time that was closed")
		}
		s.open = new(Clocks)
	}
	s.Counts.record(r)
	s.open.record(r)
}

func (s *Stretch) close() {
	if s.open != nil {
		s.Latency, s.Service, s.Lateness = PercentilesOf(s.open.Latency), PercentilesOf(s.open.Service), PercentilesOf(s.open.Lateness)
		s.Connect, s.TLS, s.FirstByte = PercentilesOf(s.open.Connect), PercentilesOf(s.open.TLS), PercentilesOf(s.open.FirstByte)
		s.open = nil
	}
}
