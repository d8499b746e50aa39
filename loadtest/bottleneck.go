package loadtest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"flywheel/loadtest/plan"
)

// Bottleneck says what kept a run from what its plan asked for.
type Bottleneck string

// The possible bottlenecks.
const (
	ByTarget    Bottleneck = "target"    // the target was slow or failed
	ByGenerator Bottleneck = "generator" // the machine that made the load fell short
	ByNone      Bottleneck = "none"      // everything was sent in time and came back well
)

// Shares from which something counts as a cause. One in a hundred is what a p99
// shows; nine tenths of the processors leaves no room to send on time.
const (
	causeShare    = 0.01
	saturatedCPU  = 0.9
	evidenceShare = 0.001
	paltry        = 0.1 // lateness below this part of what the target took explains no broken threshold
)

// finding decides the bottleneck. A run fell short when more than one request in
// a hundred was late, or any was never sent. Late requests for which no worker
// was free are the target's: it held the workers, and the limit on them only
// made that visible. Late requests for which a worker was free are the
// generator's, and so is everything when its processors were used up or its
// ports ran out. A run is the target's as well when more of its requests failed
// than were late, or when it broke a threshold without falling short, or while its
// requests were late by next to nothing beside what the target took.
func (r *Report) finding(limits plan.Limits, behind bool) (Bottleneck, []string) {
	g, sent := r.Generator, r.Requests.Sent
	notSent := r.Requests.NotSent
	if r.Stopped == ByCaller || r.Stopped == ByAbort {
		notSent = 0 // cut short on purpose
	}
	lateShare, failedShare := share(g.Late, sent), r.Whole.FailedShare()
	own := r.Whole.Failures[PortsExhausted]
	cut := r.Whole.Failures[Interrupted]
	theirs := r.Requests.Failed - own - cut
	short := lateShare > causeShare || notSent > 0
	forWorkers := 2*g.LateForWorkers >= g.Late && (notSent == 0 || behind)

	answer := ByNone
	switch {
	case share(own, sent) > causeShare, g.CPUShare > saturatedCPU && short:
		answer = ByGenerator
	case short && forWorkers, share(theirs, sent) > max(causeShare, lateShare):
		answer = ByTarget
	case short && notSent == 0 && r.brokenByTarget() && r.Lateness.P99 < paltry*r.Service.P99:
		answer = ByTarget
	case short:
		answer = ByGenerator
	case r.brokenByTarget():
		answer = ByTarget
	}
	return answer, r.evidence(limits, behind, lateShare, failedShare)
}

// brokenByTarget reports whether a threshold on latency, service or failures is
// broken.
func (r *Report) brokenByTarget() bool {
	return slices.ContainsFunc(r.Thresholds, func(j Judgement) bool {
		family, _, _ := strings.Cut(j.Measure, ".")
		return !j.Holds && j.Value != nil && (family == "latency" || family == "service" || family == "failed")
	})
}

func (r *Report) evidence(limits plan.Limits, behind bool, lateShare, failedShare float64) []string {
	g := r.Generator
	var lines []string
	for _, w := range r.Swarm {
		if w.Lost != "" {
			lines = append(lines, fmt.Sprintf("worker %s (%s of the starts) was lost: %s; it was heard of until %.1f s, and %d of its %d requests were not sent, as far as it told",
				w.Name, w.Fraction, w.Lost, w.Heard, w.Requests.NotSent, w.Requests.Due))
		}
	}
	lines = append(lines,
		fmt.Sprintf("lateness p99 %s: %s of the requests were sent more than %s after they were due", inMilliseconds(r.Lateness.P99), percent(lateShare), inMilliseconds(milliseconds(lateAfter))),
	)
	if n := r.Requests.NotSent; n > 0 {
		lines = append(lines, fmt.Sprintf("%d of the %d requests due (%s) were never sent", n, r.Requests.Due, percent(share(n, r.Requests.Due))))
	}
	if g.LateForWorkers > 0 || g.WorkersBusy > evidenceShare {
		lines = append(lines, fmt.Sprintf("%d of the %d late requests were late because all %d workers waited for the target; that was so for %s of the run",
			g.LateForWorkers, g.Late, limits.Workers, percent(g.WorkersBusy)))
		if mean := r.Whole.Service.Mean(); mean > 0 {
			lines = append(lines, fmt.Sprintf("%d workers at a mean service time of %s can send %.4g/s; %.4g/s were asked for",
				limits.Workers, inMilliseconds(milliseconds(mean)), float64(limits.Workers)/mean.Seconds(), r.Rate.Asked))
		}
	}
	if free := g.Late - g.LateForWorkers; free > 0 {
		lines = append(lines, fmt.Sprintf("%d late requests were late although a worker was free: the generator itself was slow", free))
	}
	lines = append(lines,
		fmt.Sprintf("target: service p50 %s, p99 %s, max %s; %s failed", inMilliseconds(r.Service.P50), inMilliseconds(r.Service.P99), inMilliseconds(r.Service.Max), percent(failedShare)),
		fmt.Sprintf("generator: %s of its processors, scheduling wait p99 up to %s, longest collector pause up to %s", percent(g.CPUShare), inMilliseconds(g.SchedulingP99), inMilliseconds(g.PauseMax)),
	)
	if n := r.Whole.Failures[PortsExhausted]; n > 0 {
		lines = append(lines, fmt.Sprintf("%d requests found no free local port or file: allow more of them, or fewer connections", n))
	}
	if behind && r.Stopped == "" {
		lines = append(lines, fmt.Sprintf("requests were still waiting for a worker %v after the last due time, when the queue was given up", limits.Timeout.Round(time.Millisecond)))
	}
	return lines
}

// inMilliseconds is a time to three digits, or to the millisecond from a second on.
func inMilliseconds(v float64) string {
	if v >= 1000 {
		return fmt.Sprintf("%.0f ms", v)
	}
	return fmt.Sprintf("%.3g ms", v)
}

func percent(share float64) string { return fmt.Sprintf("%.3g%%", 100*share) }
