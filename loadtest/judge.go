package loadtest

import (
	"math"
	"strings"
	"time"

	"flywheel/loadtest/plan"
)

// Judgement is a threshold with the value it was held against.
type Judgement struct {
	Expression string    `json:"expression"`
	Measure    string    `json:"measure"` // such as latency.p99
	Holds      bool      `json:"holds"`
	Value      *float64  `json:"value"` // in Unit, of the worst window; null when no request ended, and then it does not hold
	Wanted     float64   `json:"wanted"`
	Unit       plan.Unit `json:"unit"`
	From       float64   `json:"from_s"`            // requests due before were not looked at
	Windows    *Windows  `json:"windows,omitempty"` // of a threshold that asks for them
}

// Windows says what became of a condition that every stretch of a run must meet.
type Windows struct {
	Every  float64 `json:"every_s"`
	Judged int     `json:"judged"` // those in which a request ended
	Broken int     `json:"broken"`
	Worst  float64 `json:"worst_at_s"` // beginning of the worst one
}

// Verdict is the outcome of a run as its plan judges it.
type Verdict struct {
	Passed bool
	Broken []string // expressions of the thresholds that do not hold, and the abort condition that did
}

// Verdict judges the report: a run passes when every threshold holds and no
// abort condition stopped it; a run without either passes.
func (r Report) Verdict() Verdict {
	var v Verdict
	for _, j := range r.Thresholds {
		if !j.Holds {
			v.Broken = append(v.Broken, j.Expression)
		}
	}
	if r.Stopped == ByAbort {
		v.Broken = append(v.Broken, r.Abort)
	}
	v.Passed = len(v.Broken) == 0
	return v
}

// juror gathers what one threshold needs, window by window, while a run goes on;
// a threshold on the whole run has one window without an end. A window is judged
// and let go as soon as all its requests have ended, so that its memory does not
// grow with the run.
type juror struct {
	threshold plan.Threshold
	step      int // index of the step it looks at; -1 for all
	from      time.Duration
	windows   int           // 0 where the run is not cut
	slack     time.Duration // a request may still be sent in a window so long after its end
	first     int           // the first window that is open
	open      []Tally       // those from first on; of their clocks only the one that is asked for
	verdict   Judgement
}

// newJuror prepares the judging of a threshold over a curve of a length; a request
// is sent, if at all, within slack of being due.
func newJuror(t plan.Threshold, names []string, warmUp, length, slack time.Duration) *juror {
	j := &juror{threshold: t, step: -1, from: max(warmUp, t.After)}
	for i, name := range names {
		if name == t.Step {
			j.step = i
		}
	}
	if t.Family() == "rate" {
		j.slack = slack
	}
	j.verdict = Judgement{Expression: t.Expression, Measure: t.Measure, Wanted: t.Value, Unit: t.Unit, From: j.from.Seconds(), Holds: true}
	if t.Every > 0 {
		j.windows = max(1, int((length-j.from)/t.Every))
		j.verdict.Windows = &Windows{Every: t.Every.Seconds()}
	}
	return j
}

// window is the tally of the instant's window; nil where nobody looks.
func (j *juror) window(step int, at time.Duration) *Tally {
	if at < j.from || j.step >= 0 && j.step != step {
		return nil
	}
	i := 0
	if j.windows > 0 {
		i = min(int((at-j.from)/j.threshold.Every), j.windows-1)
	}
	if i < j.first {
		if j.slack == 0 {
			panic("bug: a request ended in a window that was judged")
		}
		i = j.first // it ended far beyond the limit on its time
	}
	for len(j.open) <= i-j.first {
		j.open = append(j.open, Tally{})
	}
	return &j.open[i-j.first]
}

// due counts a request as due.
func (j *juror) due(step int, at time.Duration) {
	if w := j.window(step, at); w != nil {
		w.Due++
	}
}

// record counts a request that was sent and has ended.
func (j *juror) record(s Sample) {
	at, family := s.Due, j.threshold.Family()
	if family == "rate" && j.windows > 0 && at >= j.from {
		at = s.Sent
	}
	w := j.window(s.Step, at)
	if w == nil {
		return
	}
	w.Counts.record(s)
	switch family {
	case "latency":
		w.Latency.Record(s.Latency())
	case "service":
		w.Service.Record(s.Service())
	case "lateness":
		w.Lateness.Record(s.Lateness())
	case "connect", "tls", "first_byte":
		w.Clocks.record(s)
	}
}

// settle judges the windows in which nothing more will end; next is no later than
// now, nor than when the first request is due that has not been counted as due.
func (j *juror) settle(next time.Duration) {
	for j.first < j.windows-1 && j.from+time.Duration(j.first+1)*j.threshold.Every+j.slack <= next {
		if len(j.open) == 0 {
			j.open = append(j.open, Tally{})
		}
		if j.threshold.Family() != "rate" && j.open[0].NotSent() > 0 {
			return
		}
		j.judge(j.open[0], j.threshold.Every)
		j.first, j.open = j.first+1, j.open[1:]
	}
}

// judge holds a window of a length against the condition.
func (j *juror) judge(t Tally, length time.Duration) {
	value, known := measure(j.threshold, t, length)
	if !known || math.IsNaN(value) {
		return
	}
	holds := j.threshold.Holds(value)
	v := &j.verdict
	worst := v.Value == nil || v.Holds && !holds || holds == v.Holds && j.worse(value, *v.Value)
	if worst {
		v.Value = &value
	}
	if w := v.Windows; w != nil {
		w.Judged++
		if worst {
			w.Worst = (j.from + time.Duration(j.first)*j.threshold.Every).Seconds()
		}
		if !holds {
			w.Broken++
		}
	}
	v.Holds = v.Holds && holds
}

// worse reports whether a value is further from meeting the condition than
// another one that meets it just as much.
func (j *juror) worse(value, other float64) bool {
	return strings.HasPrefix(j.threshold.Comparison, "<") && value > other || strings.HasPrefix(j.threshold.Comparison, ">") && value < other
}

// close judges what is left when the run is over; length is that of the curve, or
// of the run where it was stopped or the last request was sent later.
func (j *juror) close(length time.Duration) Judgement {
	for len(j.open) > 0 {
		span := length - j.from - time.Duration(j.first)*j.threshold.Every
		if len(j.open) > 1 {
			span = j.threshold.Every
		}
		j.judge(j.open[0], span)
		j.first, j.open = j.first+1, j.open[1:]
	}
	if j.verdict.Value == nil {
		j.verdict.Holds = false
	}
	return j.verdict
}

// measure is the value of a condition's measure in its unit, for the requests of a
// stretch of time; known is false when no request has ended, so that nothing can
// be said.
func measure(c plan.Threshold, t Tally, length time.Duration) (value float64, known bool) {
	family, rest, _ := strings.Cut(c.Measure, ".")
	switch {
	case family == "failed" && rest != "":
		return share(t.Failures[failureNamed(rest)], t.Sent), t.Sent > 0
	case family == "failed":
		return t.FailedShare(), t.Sent > 0
	case family == "rate" && rest == "ok":
		return float64(t.OK) / length.Seconds(), length > 0
	case family == "rate":
		return float64(t.Sent) / length.Seconds(), length > 0
	case family == "not_sent" && c.Unit == plan.Share:
		return share(t.NotSent(), t.Due), t.Due > 0
	case family == "not_sent":
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

// failureNamed is the kind of failure that reports and conditions write so.
func failureNamed(name string) Failure {
	for kind, known := range failureNames {
		if known == name {
			return Failure(kind)
		}
	}
	panic("bug: failure " + name + " reached a verdict without validation")
}
