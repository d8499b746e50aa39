package loadtest

import (
	"strings"
	"time"

	"flywheel/loadtest/plan"
)

// Sample is one request that was sent: its number in the schedule, its three
// instants counted from the beginning of the run, and how it ended.
type Sample struct {
	Number  int64
	Step    int           // index into the plan's steps
	Due     time.Duration // when the schedule wanted it sent
	Sent    time.Duration // when it was handed to the connection
	Done    time.Duration // when its response was read to the end, or given up
	Status  int           // HTTP status; 0 when there was no response
	Bytes   int64         // of the response body
	Failure Failure       // Succeeded when it is ok
}

// Latency counts from the due time: what a visitor who came at that time waited.
func (s Sample) Latency() time.Duration { return s.Done - s.Due }

// Service counts from the time of sending: what the target was seen to take.
func (s Sample) Service() time.Duration { return s.Done - s.Sent }

// Lateness is how long after its due time the request was sent.
func (s Sample) Lateness() time.Duration { return s.Sent - s.Due }

// Tally counts requests: due = sent + not sent, sent = ok + failed. Two tallies
// add to one that is exactly the tally of all their requests. The zero value is
// empty.
type Tally struct {
	Due      int64
	Sent     int64
	OK       int64
	Failures [FailureKinds]int64 // by Failure; the entry of Succeeded stays 0
	Bytes    int64               // of response bodies
	Latency  Histogram           // from the due time
	Service  Histogram           // from the time of sending
	Lateness Histogram           // from the due time to the time of sending
}

// Record counts a request that was sent and has ended.
func (t *Tally) Record(s Sample) {
	t.Sent++
	t.Bytes += s.Bytes
	if s.Failure == Succeeded {
		t.OK++
	} else {
		t.Failures[s.Failure]++
	}
	t.Latency.Record(s.Latency())
	t.Service.Record(s.Service())
	t.Lateness.Record(s.Lateness())
}

// Add counts all the requests of another tally as well.
func (t *Tally) Add(o Tally) {
	t.Due += o.Due
	t.Sent += o.Sent
	t.OK += o.OK
	t.Bytes += o.Bytes
	for i, n := range o.Failures {
		t.Failures[i] += n
	}
	t.Latency.Add(o.Latency)
	t.Service.Add(o.Service)
	t.Lateness.Add(o.Lateness)
}

// Failed is the number of requests that were sent and did not end ok.
func (t Tally) Failed() int64 { return t.Sent - t.OK }

// NotSent is the number of requests that were due and never sent.
func (t Tally) NotSent() int64 { return t.Due - t.Sent }

// FailedShare is the share of the requests sent that failed; 0 when none was sent.
func (t Tally) FailedShare() float64 { return share(t.Failed(), t.Sent) }

// Equal reports whether two tallies are the same in every count.
func (t Tally) Equal(o Tally) bool {
	return t.Due == o.Due && t.Sent == o.Sent && t.OK == o.OK && t.Failures == o.Failures && t.Bytes == o.Bytes &&
		t.Latency.Equal(o.Latency) && t.Service.Equal(o.Service) && t.Lateness.Equal(o.Lateness)
}

func (t *Tally) compact() {
	t.Latency.compact()
	t.Service.compact()
	t.Lateness.compact()
}

func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// Timeline is the tallies of a run by the second in which requests were due, and
// by step. It holds at most spans stretches: when a run outgrows them, each two
// neighbours are added to one and a stretch covers twice the time, so memory
// stays bounded however long the run is and nothing is lost from the sums. Its
// histograms are coarse.
type Timeline struct {
	Width   time.Duration // of one stretch: one second, or a power of two of them
	Tallies [][]Tally     // by stretch, from the beginning of the run, and by step
	steps   int
}

// spans keeps a run of four minutes second by second; at 2,000 requests/s that
// takes about a megabyte.
const spans = 256

func newTimeline(steps int) *Timeline {
	return &Timeline{Width: time.Second, steps: steps}
}

// at is the tally of a step in the stretch that holds the instant.
func (l *Timeline) at(due time.Duration, step int) *Tally {
	for due >= l.Width*spans {
		l.halve()
	}
	i := int(due / l.Width)
	for len(l.Tallies) <= i {
		l.Tallies = append(l.Tallies, coarseTallies(l.steps))
	}
	return &l.Tallies[i][step]
}

func coarseTallies(steps int) []Tally {
	out := make([]Tally, steps)
	for i := range out {
		out[i].Latency.coarse, out[i].Service.coarse, out[i].Lateness.coarse = true, true, true
	}
	return out
}

func (l *Timeline) halve() {
	for i := 0; i < len(l.Tallies); i += 2 {
		into := l.Tallies[i]
		if i+1 < len(l.Tallies) {
			for step := range into {
				into[step].Add(l.Tallies[i+1][step])
				into[step].compact()
			}
		}
		l.Tallies[i/2] = into
	}
	kept := (len(l.Tallies) + 1) / 2
	clear(l.Tallies[kept:])
	l.Tallies = l.Tallies[:kept]
	l.Width *= 2
}

// Sum is the tallies of the whole run by step, with coarse histograms.
func (l *Timeline) Sum() []Tally {
	sum := make([]Tally, l.steps)
	for _, tallies := range l.Tallies {
		for step := range tallies {
			sum[step].Add(tallies[step])
		}
	}
	return sum
}

func total(steps []Tally) Tally {
	var sum Tally
	for _, t := range steps {
		sum.Add(t)
	}
	return sum
}

// measure is the value of a condition's measure in its unit; known is false when
// no request has ended, so that nothing can be said.
func (t Tally) measure(c plan.Threshold) (value float64, known bool) {
	family, rest, _ := strings.Cut(c.Measure, ".")
	switch family {
	case "failed":
		return t.FailedShare(), t.Sent > 0
	case "not_sent":
		if c.Unit == plan.Share {
			return share(t.NotSent(), t.Due), t.Due > 0
		}
		return float64(t.NotSent()), true
	}
	h := t.clock(family)
	if h.Count() == 0 {
		return 0, false
	}
	switch rest {
	case "max":
		return milliseconds(h.Max()), true
	case "mean":
		return milliseconds(h.Mean()), true
	}
	q, ok := plan.Quantiles()[rest]
	if !ok {
		panic("bug: measure " + c.Measure + " reached a verdict without validation")
	}
	return milliseconds(h.Quantile(q)), true
}

func (t Tally) clock(family string) Histogram {
	switch family {
	case "latency":
		return t.Latency
	case "service":
		return t.Service
	case "lateness":
		return t.Lateness
	}
	panic("bug: no clock is called " + family)
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
