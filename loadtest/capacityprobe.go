package loadtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"flywheel/loadtest/plan"
)

// Probe is a short run at one rate, by what it says about the capacity. Its measures
// are those of the time beyond its warm-up.
type Probe struct {
	At          float64  `json:"at_s"` // beginning, from the beginning of the search
	Stage       Stage    `json:"stage"`
	Rate        float64  `json:"rps"` // asked
	Length      float64  `json:"length_s"`
	Outcome     Outcome  `json:"outcome"`
	Why         string   `json:"why"`            // what broke; for a void probe, what the generator lacked
	Throughput  float64  `json:"throughput_rps"` // requests that ended ok per second
	Concurrency float64  `json:"concurrency"`    // requests at the target, on average over time
	P50         float64  `json:"p50_ms"`         // latency, from the due time
	P99         float64  `json:"p99_ms"`
	ErrorShare  float64  `json:"error_share"`
	Growth      *float64 `json:"growth"` // of latency, in seconds per second; null where too few requests ended
	Requests    int64    `json:"requests"`
}

// sick says that a target did not recover.
type sick struct{ cause string }

func (s *sick) Error() string { return s.cause }

// finder presses the probes of a search.
type finder struct {
	plan       plan.Plan
	options    CapacityOptions
	thresholds []plan.Threshold
	search     *search
	started    time.Time
	probes     []Probe
	calm       float64 // median latency of the first probe that passed, in milliseconds; 0 before
}

// press is one probe, with the rest that follows it.
func (f *finder) press(ctx context.Context, stage Stage, rate float64) (Outcome, error) {
	f.tell(stage, rate, nil)
	length := f.length(stage, rate)
	p := f.plan
	p.Curve = plan.Curve{plan.HoldFor(plan.PerSecond(rate), f.options.WarmUp+length)}
	p.WarmUp, p.Thresholds = f.options.WarmUp, f.thresholds
	var seen []Sample
	begun := time.Now()
	r, err := Run(ctx, p, f.run(func(s Sample) { seen = append(seen, s) }))
	probe := Probe{At: begun.Sub(f.started).Seconds(), Stage: stage, Rate: rate, Length: length.Seconds()}
	var gone *Unreachable
	switch {
	case errors.As(err, &gone) && len(f.probes) > 0:
		return Void, f.recover(ctx)
	case err != nil:
		return "", err
	case r.Stopped == ByCaller:
		return "", ctx.Err()
	}
	own := probe.measure(seen, p.Steps(), f.options.WarmUp, f.options.WarmUp+length)
	probe.judge(r, f.thresholds, own)
	f.probes = append(f.probes, probe)
	if f.calm == 0 && probe.Outcome == Passes {
		f.calm = probe.P50
	}
	f.tell(stage, rate, &probe)
	if probe.Outcome != Passes {
		if err := f.recover(ctx); err != nil {
			return "", err
		}
	}
	return probe.Outcome, pause(ctx, f.options.Rest)
}

func (f *finder) run(each func(Sample)) Options {
	o := f.options
	return Options{Seed: o.Seed, MayPress: o.MayPress, Secret: o.Secret, Each: each}
}

func (f *finder) tell(stage Stage, rate float64, last *Probe) {
	if f.options.Watch != nil {
		f.options.Watch(CapacityProgress{At: time.Since(f.started), Stage: stage, Rate: rate, Last: last, Lo: f.search.lo, Hi: f.search.hi, Probes: len(f.probes)})
	}
}

// length is how long a probe is judged: long enough for a hundred starts, but for the
// first rough ones.
func (f *finder) length(stage Stage, rate float64) time.Duration {
	const starts, longest = 100, 10 * time.Second
	if f.options.Length > 0 {
		return f.options.Length
	}
	if stage == Bracket {
		return 2 * time.Second
	}
	return max(3*time.Second, min(longest, time.Duration(starts/rate+1)*time.Second))
}

// recover waits until the target answers a few requests as it did when it was calm,
// so that what one probe left behind does not fail the next.
func (f *finder) recover(ctx context.Context) error {
	const starts, fastest = 5, 20
	rate := min(fastest, max(leastRate, f.search.lo/2))
	p := f.plan
	p.Curve = plan.Curve{plan.HoldFor(plan.PerSecond(rate), time.Duration(starts/rate*float64(time.Second)))}
	p.WarmUp, p.Thresholds = 0, nil
	p.Limits.Abort = plan.Abort{Never: true}
	allowed := max(3*f.calm, f.calm+50)
	if f.calm == 0 {
		allowed = milliseconds(p.Limits.Timeout)
	}
	begun, cause := time.Now(), ""
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		r, err := Run(ctx, p, f.run(nil))
		var gone *Unreachable
		switch {
		case errors.As(err, &gone):
			cause = gone.Error()
		case err != nil:
			return err
		case r.Stopped == ByCaller:
			return ctx.Err()
		case 2*r.Requests.Failed > r.Requests.Sent:
			cause = fmt.Sprintf("%s of a few requests fail (%s)", percent(r.Whole.FailedShare()), worstKind(r.Whole.Counts))
			if advice := r.Advice(); advice != "" {
				cause += ": " + advice
			}
		case r.Latency.P50 > allowed:
			cause = fmt.Sprintf("a few requests take %s; at rest they took %s", inMilliseconds(r.Latency.P50), inMilliseconds(f.calm))
		default:
			return nil
		}
		if time.Since(begun) > f.options.Patience {
			return &sick{fmt.Sprintf("%v after the last probe, %s", time.Since(begun).Round(time.Second), cause)}
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
	}
}

// worstKind is the most frequent kind of failure.
func worstKind(c Counts) Failure {
	worst := Succeeded
	for kind := range c.Failures {
		if c.Failures[kind] > c.Failures[worst] {
			worst = Failure(kind)
		}
	}
	return worst
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// measure takes from the samples what the report of a run does not tell: throughput
// and concurrency in a stretch of time, and whether latency grows over it. It returns
// what the target did by itself, as if nothing had been sent late.
func (p *Probe) measure(seen []Sample, steps []plan.Step, from, to time.Duration) itself {
	own := itself{names: make([]string, len(steps)), steps: make([]Tally, len(steps))}
	for i, s := range steps {
		own.names[i] = s.Name
	}
	var t Tally
	var ok, late int
	var busy time.Duration
	var judged []Sample
	for _, s := range seen {
		if s.Failure == Succeeded && s.Done >= from && s.Done < to {
			ok++
		}
		busy += max(0, min(s.Done, to)-max(s.Sent, from))
		if s.Due < from {
			continue
		}
		t.Record(s)
		judged = append(judged, s)
		if s.Lateness() > lateAfter {
			late++
		}
		if s.Failure != PortsExhausted && s.Failure != Interrupted {
			punctual := s
			punctual.Due = s.Sent
			own.steps[s.Step].Record(punctual)
		}
	}
	own.late = share(int64(late), int64(len(judged)))
	length := (to - from).Seconds()
	p.Throughput, p.Concurrency = float64(ok)/length, busy.Seconds()/length
	q := PercentilesOf(t.Latency)
	p.P50, p.P99, p.ErrorShare, p.Requests = q.P50, q.P99, t.FailedShare(), t.Sent
	if slope, known := growth(judged, Sample.Latency, from, to); known {
		p.Growth = &slope
		own.growth, _ = growth(judged, Sample.Service, from, to)
	}
	return own
}

// itself is a target's share in a probe: requests counted from when they were sent,
// without those that failed for want of something on this machine.
type itself struct {
	names  []string
	steps  []Tally
	growth float64
	late   float64 // share of the requests that were sent late; sent in a clump, some may have been turned away for that
}

// breaks reports whether the target by itself broke a threshold.
func (o itself) breaks(t plan.Threshold) bool {
	switch t.Family() {
	case "latency", "service":
		value, known := measure(t, ofStep(o.steps, o.names, t.Step), 0)
		return known && !t.Holds(value)
	case "failed":
		value, known := measure(t, ofStep(o.steps, o.names, t.Step), 0)
		return known && !t.Holds(max(0, value-o.late))
	}
	return false
}

// judge decides what a probe says. What broke counts against the target when the
// target broke it by itself, or when the generator was not short of anything.
func (p *Probe) judge(r Report, thresholds []plan.Threshold, own itself) {
	p.Outcome = Passes
	ours := r.Bottleneck == ByGenerator
	broke := func(what string, itself bool) {
		switch {
		case itself || !ours:
			if p.Outcome != Fails {
				p.Outcome, p.Why = Fails, what
			}
		case p.Outcome == Passes:
			p.Outcome = Void
			p.Why = fmt.Sprintf("%s broke with a lateness p99 of %s and %s of this machine's processors", what, inMilliseconds(r.Lateness.P99), percent(r.Generator.CPUShare))
		}
	}
	for i, j := range r.Thresholds {
		if !j.Holds {
			broke(j.Expression, own.breaks(thresholds[i]))
		}
	}
	if r.Stopped == ByAbort {
		broke(r.Abort, true)
	}
	if p.Growth != nil && *p.Growth > growthMost {
		broke(keepsUp, own.growth > growthMost)
	}
}

// growth is the slope of latency, by a clock, over the time at which requests were due, in seconds
// per second: the median slope between the medians of twelve stretches of time (Sen
// 1968, Journal of the American Statistical Association 63(324), 1379-1389), which a
// pause in one or two of them does not move. Each step's own median is taken off
// before, so that a changing mix of steps is not growth. It is not known of fewer than
// 24 answers; requests that failed at once say nothing, and those that ran out of time
// do.
func growth(samples []Sample, clock func(Sample) time.Duration, from, to time.Duration) (slope float64, known bool) {
	const blocks = 12
	bySteps := map[int][]float64{}
	answered := samples[:0:0]
	for _, s := range samples {
		if s.Failure == Succeeded || s.Failure == TimedOut {
			answered = append(answered, s)
			bySteps[s.Step] = append(bySteps[s.Step], clock(s).Seconds())
		}
	}
	if len(answered) < 2*blocks {
		return 0, false
	}
	usual := map[int]float64{}
	for step, values := range bySteps {
		usual[step] = middle(values)
	}
	var rest [blocks][]float64
	for _, s := range answered {
		b := min(blocks-1, int(blocks*(s.Due-from)/(to-from)))
		rest[b] = append(rest[b], clock(s).Seconds()-usual[s.Step])
	}
	var slopes []float64
	for a := range rest {
		for b := range a {
			if len(rest[a]) > 0 && len(rest[b]) > 0 {
				slopes = append(slopes, (middle(rest[a])-middle(rest[b]))/(float64(a-b)/blocks*(to-from).Seconds()))
			}
		}
	}
	return middle(slopes), true
}

// middle is the median; it sorts its argument.
func middle(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
