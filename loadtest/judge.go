package loadtest

import (
	"fmt"
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

// Verdict judges the report: a run passes when every threshold holds, no abort condition
// stopped it and, where there are thresholds, no worker was lost, as another load was judged then; a run
// without either passes.
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
	for _, w := range r.Swarm {
		if w.Lost != "" && len(r.Thresholds) > 0 {
			v.Broken = append(v.Broken, fmt.Sprintf("worker %s was lost", w.Name))
		}
	}
	v.Passed = len(v.Broken) == 0
	return v
}

// sight says which requests one threshold looks at, and in which of its windows; a
// threshold on the whole run has one window without an end.
type sight struct {
	threshold plan.Threshold
	step      int // index of the step it looks at; -1 for all
	from      time.Duration
	windows   int           // 0 where the run is not cut
	slack     time.Duration // a request may still be sent in a window so long after its end
}

// sightsOf are those of a plan's thresholds; a request is sent, if at all, within twice
// the limit on its time of being due.
func sightsOf(p plan.Plan, s *plan.Schedule, limits plan.Limits) []sight {
	var names []string
	for _, step := range p.Steps() {
		names = append(names, step.Name)
	}
	var out []sight
	for _, t := range p.Thresholds {
		out = append(out, newSight(t, names, p.WarmUp, s.Length(), 2*limits.Timeout))
	}
	return out
}

func newSight(t plan.Threshold, names []string, warmUp, length, slack time.Duration) sight {
	g := sight{threshold: t, step: -1, from: max(warmUp, t.After)}
	for i, name := range names {
		if name == t.Step {
			g.step = i
		}
	}
	if t.Family() == "rate" {
		g.slack = slack
	}
	if t.Every > 0 {
		g.windows = max(1, int((length-g.from)/t.Every))
	}
	return g
}

// window is the window of an instant; looks is false where nobody does.
func (g *sight) window(step int, at time.Duration) (window int, looks bool) {
	if at < g.from || g.step >= 0 && g.step != step {
		return 0, false
	}
	if g.windows > 0 {
		window = min(int((at-g.from)/g.threshold.Every), g.windows-1)
	}
	return window, true
}

// at is the window of a request that has ended.
func (g *sight) at(s Sample) (window int, looks bool) {
	at := s.Due
	if g.slack > 0 && g.windows > 0 && at >= g.from {
		at = s.Sent
	}
	return g.window(s.Step, at)
}

// record counts a request that has ended, by no clock but the one that is asked for.
func (g *sight) record(t *Tally, s Sample) {
	t.Counts.record(s)
	switch g.threshold.Family() {
	case "latency":
		t.Latency.Record(s.Latency())
	case "service":
		t.Service.Record(s.Service())
	case "lateness":
		t.Lateness.Record(s.Lateness())
	case "connect", "tls", "first_byte":
		t.Clocks.record(s)
	}
}

// juror gathers what one threshold needs, window by window, while a run goes on. A
// window is judged and let go as soon as all its requests have ended, so that its
// memory does not grow with the run.
type juror struct {
	sight
	first   int     // the first window that is open
	open    []Tally // those from first on; of their clocks only the one that is asked for
	verdict Judgement
}

func newJuror(g sight) *juror {
	j := &juror{sight: g}
	j.verdict = Judgement{Expression: g.threshold.Expression, Measure: g.threshold.Measure, Wanted: g.threshold.Value, Unit: g.threshold.Unit, From: g.from.Seconds(), Holds: true}
	if g.windows > 0 {
		j.verdict.Windows = &Windows{Every: g.threshold.Every.Seconds()}
	}
	return j
}

// add takes in requests of a window.
func (j *juror) add(window int, t Tally) {
	window = max(window, j.first) // one ended far beyond the limit on its time
	for len(j.open) <= window-j.first {
		j.open = append(j.open, Tally{})
	}
	j.open[window-j.first].Add(t)
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
	case family == "not_sent" && c.Unit == plan.ShareOf:
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
