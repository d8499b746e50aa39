package loadtest

import (
	"context"
	"errors"
	"time"

	"flywheel/loadtest/plan"
)

// Options are what a run needs beside its plan; the zero value is a run that
// nobody watches.
type Options struct {
	Seed  uint64         // which journey start 0 takes; see plan.NewMix
	Watch func(Snapshot) // called about once a second, never twice at once; may be slow
	Each  func(Sample)   // called for each request when it has ended, never twice at once; must be quick

	// MayPress lists the hosts, as host or host:port, that the person who starts the
	// run may press; loopback needs no such word, any other host needs the plan's
	// limits.hosts as well.
	MayPress []string

	// Secret looks up a variable of the environment that the plan names; nil knows none.
	Secret func(variable string) (value string, set bool)
}

func (o Options) secret(variable string) (string, bool) {
	if o.Secret == nil {
		return "", false
	}
	return o.Secret(variable)
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
	if err := p.MissingVariables(func(name string) bool { _, set := o.secret(name); return set }).Err(); err != nil {
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
	schedule, err := p.Schedule(o.Seed)
	if err != nil {
		return Report{}, err
	}
	connect, err := newDialer(gate, target, max(limits.Timeout, plan.DefaultTimeout), p.Wire)
	if err != nil {
		return Report{}, err
	}
	if err := connect.knock(ctx); err != nil {
		var refused *HostRefused
		switch {
		case errors.As(err, &refused):
			return Report{}, refused
		case ctx.Err() != nil:
			return Report{}, ctx.Err()
		}
		return Report{}, &Unreachable{Target: p.Target, Cause: err}
	}
	script, err := newScript(target, p, o)
	if err != nil {
		return Report{}, err
	}
	if p.Wire.Version != "2" && (target.Scheme == "http" || p.Wire.Chosen(target.Scheme) == plan.Lanes) {
		limits.Workers = min(limits.Workers, limits.Connections) // HTTP/1.1: a worker without a connection would only queue out of sight
	}
	r := &run{plan: p, limits: limits, schedule: schedule, script: script, dialer: connect, watch: o.Watch, fast: p.Wire.Chosen(target.Scheme) == plan.Lanes}
	r.each = o.Each
	return r.press(ctx), nil
}

// run is one press of a sound plan.
type run struct {
	plan     plan.Plan
	limits   plan.Limits
	schedule *plan.Schedule
	script   *script
	dialer   *dialer
	watch    func(Snapshot)
	each     func(Sample)
	fast     bool
}

// engine sends what an agenda says. There are two: lanes for plain HTTP/1.1, and
// courier, which is vegeta's attacker over net/http, for everything else.
type engine interface {
	press() waits    // until the agenda is over and every request has ended
	cutOff()         // ends all requests in flight
	released() int64 // requests sent so far
}

// press has an engine send, and collects what it brings back.
func (r *run) press(ctx context.Context) Report {
	inFlight, cut := context.WithCancel(ctx)
	defer cut()
	alarm := newAlarm()
	defer alarm.close()
	before := readMachine()
	start := time.Now()
	l := newLedger()
	a := newAgenda(r.schedule, r.script, r.limits.Timeout, alarm)
	var e engine
	if r.fast {
		e = newLanes(inFlight, start, a, r.script, l, r.limits, r.dialer, r.plan.Wire.Fresh)
	} else {
		transport := newTransport(r.dialer, r.limits, r.plan.Wire)
		defer transport.CloseIdleConnections()
		e = newCourier(inFlight, start, a, r.script, l, r.limits, transport, r.plan.Wire.Fresh)
	}
	var met waits
	over := make(chan struct{})
	go func() {
		defer close(over)
		met = e.press()
	}()
	col := newCollector(r.schedule, r.script.mix, r.plan, r.limits)
	stopped := r.collect(ctx, start, col, l, e, over, func() {
		cut()
		e.cutOff()
	})
	return r.report(col, met, stopped, start, readMachine().since(before))
}

// look is how often the collector takes in what the ledger holds.
const look = 20 * time.Millisecond

// collect takes samples in until the engine is over; end stops it and is called at
// most once.
func (r *run) collect(ctx context.Context, start time.Time, col *collector, l *ledger, e engine, over <-chan struct{}, end func()) Stopped {
	var w *watcher
	if r.watch != nil {
		w = watch(r.watch)
		defer w.close()
	}
	tick, often := time.NewTicker(time.Second), time.NewTicker(look)
	defer tick.Stop()
	defer often.Stop()
	var stopped Stopped
	var batch []Sample
	takeIn := func() {
		batch = l.take(batch)
		for _, s := range batch {
			col.record(s)
			if r.each != nil {
				r.each(s)
			}
		}
	}
	halt := func(why Stopped) {
		if stopped == "" {
			stopped = why
			col.dueBy(time.Since(start))
			end()
		}
	}
	cancelled := ctx.Done()
	var before int64
	for {
		select {
		case <-over:
			takeIn()
			return stopped
		case <-often.C:
			takeIn()
		case <-l.many:
			takeIn()
		case <-cancelled:
			cancelled = nil
			halt(ByCaller)
		case <-tick.C:
			takeIn()
			now := time.Since(start)
			if stopped == "" {
				col.dueBy(now)
			}
			second, aborted := col.tick(now)
			released := e.released()
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

func (r *run) report(col *collector, met waits, stopped Stopped, start time.Time, g Generator) Report {
	elapsed := time.Since(start)
	length := r.schedule.Length()
	if stopped == "" {
		col.dueAll()
	} else {
		length = min(length, elapsed)
	}
	length = max(length, col.lastDue) // journeys may go on after the curve
	col.timeline.close()
	whole := total(col.whole)
	g.Late, g.LateForWorkers = col.late, min(met.byWorkers, col.late)
	g.WorkersBusy = met.busy.Seconds() / elapsed.Seconds()
	rep := Report{
		Target: r.plan.Target, Started: start, Elapsed: elapsed.Seconds(), Stopped: stopped, WarmUp: r.plan.WarmUp.Seconds(),
		Requests: requestsOf(whole), Errors: errorsOf(whole),
		Rate:     Rates{Asked: float64(whole.Due) / length.Seconds(), Achieved: float64(whole.Sent) / max(length, col.lastSent).Seconds()},
		Lateness: PercentilesOf(whole.Lateness), Latency: PercentilesOf(whole.Latency), Service: PercentilesOf(whole.Service),
		Connect: PercentilesOf(whole.Connect), TLS: PercentilesOf(whole.TLS), FirstByte: PercentilesOf(whole.FirstByte),
		Thresholds: []Judgement{}, Generator: g, Timeline: col.timeline, Whole: whole, Schedule: r.schedule,
	}
	for i, s := range r.plan.Steps() {
		rep.Steps = append(rep.Steps, stepReport(s, col.whole[i], col.skipped[i]))
	}
	for i, j := range r.plan.Journeys {
		rep.Journeys = append(rep.Journeys, journeyReport(j, col.visits[i]))
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
