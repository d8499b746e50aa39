package loadtest

import (
	"context"
	"errors"
	"net/http"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"flywheel/loadtest/plan"
)

// Options are what a run needs beside its plan; the zero value is a run that
// nobody watches.
type Options struct {
	Seed  uint64         // which journey start 0 takes; see plan.NewMix
	Watch func(Snapshot) // called about once a second, never twice at once; may be slow

	// MayPress lists the hosts, as host or host:port, that the person who starts the
	// run may press; loopback needs no such word, any other host needs the plan's
	// limits.hosts as well.
	MayPress []string
}

// Run presses the plan's target and reports what happened. It returns when every
// request that was sent has ended: after the curve, after the queue was drained
// for at most limits.timeout, and after the last request's own limits.timeout.
//
// When ctx is cancelled, requests in flight are cut off and count as failed
// (interrupted), and the report of the run so far is returned without delay and
// without an error; an abort condition that holds ends a run in the same way.
// The error is a plan.Faults for a faulty plan, a *HostRefused for a host that
// the plan does not name, an *Unreachable, or ctx's own when that was cancelled
// before the run began; nothing has been sent then. Due times and the choice of
// journeys depend on plan and seed alone.
func Run(ctx context.Context, p plan.Plan, o Options) (Report, error) {
	if err := p.Validate().Err(); err != nil {
		return Report{}, err
	}
	target, err := plan.ParseTarget(p.Target)
	if err != nil {
		return Report{}, err
	}
	limits := p.Limits.Filled()
	gate, err := newGate(target, limits, o.MayPress)
	if err != nil {
		return Report{}, err
	}
	schedule, err := p.Curve.Schedule()
	if err != nil {
		return Report{}, err
	}
	if err := knock(ctx, gate.dialer(max(limits.Timeout, plan.DefaultTimeout)), target); err != nil {
		var refused *HostRefused
		switch {
		case errors.As(err, &refused):
			return Report{}, refused
		case ctx.Err() != nil:
			return Report{}, ctx.Err()
		}
		return Report{}, &Unreachable{Target: p.Target, Cause: err}
	}
	errands, err := newErrands(target, p.Steps())
	if err != nil {
		return Report{}, err
	}
	if target.Scheme == "http" {
		limits.Workers = min(limits.Workers, limits.Connections) // HTTP/1.1: a worker without a connection would only queue out of sight
	}
	transport := newTransport(gate, limits)
	defer transport.CloseIdleConnections()
	r := &run{plan: p, limits: limits, schedule: schedule, mix: plan.NewMix(p.Journeys, o.Seed), watch: o.Watch}
	return r.press(ctx, transport, errands), nil
}

// run is one press of a sound plan.
type run struct {
	plan     plan.Plan
	limits   plan.Limits
	schedule *plan.Schedule
	mix      plan.Mix
	watch    func(Snapshot)
}

// press builds vegeta's attacker around a courier and a pacer and collects what
// they bring back. An attacker serves one attack only, so it is made here.
func (r *run) press(ctx context.Context, transport http.RoundTripper, errands []errand) Report {
	inFlight, cut := context.WithCancel(ctx)
	defer cut()
	before := readMachine()
	start := time.Now()
	c := &courier{
		run: inFlight, start: start, schedule: r.schedule, mix: r.mix, steps: errands,
		timeout: r.limits.Timeout, inner: transport, kept: map[uint64]Sample{},
	}
	lastDue := r.schedule.Due(r.schedule.Total() - 1)
	stop := make(chan struct{})
	p := &pacer{
		schedule: r.schedule, start: start, until: lastDue + r.limits.Timeout, stop: stop,
		workers: int64(r.limits.Workers), ended: &c.ended,
	}
	attacker := vegeta.NewAttacker(
		vegeta.Client(&http.Client{Transport: c}), // first: it replaces what later options would edit
		vegeta.Workers(min(uint64(r.limits.Workers), vegeta.DefaultWorkers)),
		vegeta.MaxWorkers(uint64(r.limits.Workers)),
		vegeta.MaxBody(0),
	)
	blank := func(t *vegeta.Target) error {
		t.Method, t.URL = http.MethodGet, r.plan.Target
		return nil
	}
	drained := time.AfterFunc(time.Until(start.Add(p.until)), func() { attacker.Stop() })
	defer drained.Stop()

	col := newCollector(r.schedule, r.mix, r.plan, r.limits)
	stopped := r.collect(ctx, attacker.Attack(blank, p, 0, ""), col, c, func() {
		close(stop)
		attacker.Stop()
		cut()
	})
	return r.report(col, p, stopped, start, readMachine().since(before))
}

// collect reads results at once, as vegeta's workers wait for it, until the last
// one; end stops the attack and is called at most once.
func (r *run) collect(ctx context.Context, results <-chan *vegeta.Result, col *collector, c *courier, end func()) Stopped {
	var w *watcher
	if r.watch != nil {
		w = watch(r.watch)
		defer w.close()
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var stopped Stopped
	halt := func(why Stopped) {
		if stopped == "" {
			stopped = why
			col.dueBy(time.Since(c.start))
			end()
		}
	}
	cancelled := ctx.Done()
	var before int64
	for {
		select {
		case result, more := <-results:
			if !more {
				return stopped
			}
			if s, sent := c.take(result.Seq); sent {
				col.dueBelow(s.Number + 1)
				col.record(s)
			}
		case <-cancelled:
			cancelled = nil
			halt(ByCaller)
		case <-tick.C:
			now := time.Since(c.start)
			if stopped == "" {
				col.dueBy(now)
			}
			second, aborted := col.tick(now)
			released := c.sent.Load()
			if w != nil {
				w.show(col.snapshot(now, second, released, before))
			}
			before = released
			if aborted {
				halt(ByAbort)
			}
		}
	}
}

func (r *run) report(col *collector, p *pacer, stopped Stopped, start time.Time, g Generator) Report {
	elapsed := time.Since(start)
	length := r.schedule.Length()
	if stopped == "" {
		col.dueBelow(r.schedule.Total())
	} else {
		length = min(length, elapsed)
	}
	col.timeline.close()
	whole := total(col.whole)
	met := p.finish(elapsed, whole.Sent)
	g.Late, g.LateForWorkers = col.late, min(met.byWorkers, col.late)
	g.WorkersBusy = met.busy.Seconds() / elapsed.Seconds()
	rep := Report{
		Target: r.plan.Target, Started: start, Elapsed: elapsed.Seconds(), Stopped: stopped, WarmUp: r.plan.WarmUp.Seconds(),
		Requests: requestsOf(whole), Errors: errorsOf(whole),
		Rate:     Rates{Asked: float64(whole.Due) / length.Seconds(), Achieved: float64(whole.Sent) / max(length, col.lastSent).Seconds()},
		Lateness: PercentilesOf(whole.Lateness), Latency: PercentilesOf(whole.Latency), Service: PercentilesOf(whole.Service),
		Thresholds: []Judgement{}, Generator: g, Timeline: col.timeline, Whole: whole, Schedule: r.schedule,
	}
	for i, s := range r.plan.Steps() {
		rep.Steps = append(rep.Steps, stepReport(s, col.whole[i]))
	}
	if stopped == ByAbort {
		rep.Abort = r.limits.Abort.String()
	}
	for _, j := range col.jurors {
		rep.Thresholds = append(rep.Thresholds, j.close(max(length, col.lastSent)))
	}
	rep.Bottleneck, rep.Evidence = rep.finding(r.limits, met)
	return rep
}
