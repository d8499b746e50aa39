package loadtest

import (
	"context"
	"errors"
	"fmt"
	"math"
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

	// Share is the part of the plan's starts that this generator makes, of several that press
	// together; the zero value is all of them. The limits on requests in flight and on
	// connections are those of all generators, and a share has its part of them.
	Share plan.Share

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
// The error is one of Prepare. Due times and the choice of
// journeys depend on plan and seed alone.
func Run(ctx context.Context, p plan.Plan, o Options) (Report, error) {
	a, err := Prepare(ctx, p, o)
	if err != nil {
		return Report{}, err
	}
	m := newMerger(p, a.limits, a.schedule, a.script.mix, []Member{{Share: o.Share}})
	var w *watcher
	if o.Watch != nil {
		w = watch(o.Watch)
		defer w.close()
	}
	start, aborted := time.Now(), false
	cut := a.Press(ctx, start, func(part Part) bool {
		if err := m.Add(0, part); err != nil {
			panic("bug: a part of this very run does not fit it: " + err.Error())
		}
		if part.End != nil {
			return false
		}
		snapshot, sick := m.Tick(part.At)
		if w != nil {
			w.show(snapshot)
		}
		aborted = aborted || sick && ctx.Err() == nil
		return aborted
	})
	var stopped Stopped
	switch {
	case aborted:
		stopped = ByAbort
	case cut:
		stopped = ByCaller
	}
	return m.Report(start, time.Since(start), stopped), nil
}

// Attack is a plan that is ready to be pressed, once.
type Attack struct {
	plan     plan.Plan
	limits   plan.Limits
	schedule *plan.Schedule
	script   *script
	dialer   *dialer
	options  Options
	fast     bool
}

// Prepare makes everything ready to press a plan's target, makes one connection to it and
// sends nothing. Its error is a plan.Faults for a faulty plan, a *HostRefused for a host that
// the plan or the options do not name, an *Unreachable, or ctx's own when that was cancelled.
func Prepare(ctx context.Context, p plan.Plan, o Options) (*Attack, error) {
	if err := p.Validate().Err(); err != nil {
		return nil, err
	}
	if err := p.MissingVariables(func(name string) bool { _, set := o.secret(name); return set }).Err(); err != nil {
		return nil, err
	}
	if err := o.Share.Validate(); err != nil {
		return nil, err
	}
	target, err := plan.ParseTarget(p.Target)
	if err != nil {
		return nil, err
	}
	a := &Attack{plan: p, options: o, limits: limitsOf(p), fast: p.Wire.Chosen(target.Scheme) == plan.Lanes}
	a.limits.Workers, a.limits.Connections = int(o.Share.Cut(int64(a.limits.Workers))), int(o.Share.Cut(int64(a.limits.Connections)))
	if a.limits.Workers < 1 || a.limits.Connections < 1 {
		return nil, plan.Faults{{Path: "limits", Problem: fmt.Sprintf("%s of the requests in flight and connections is none", o.Share), Remedy: "raise limits.workers and limits.connections, or use fewer generators"}}
	}
	gate, err := newGate(target, a.limits, o.MayPress)
	if err != nil {
		return nil, err
	}
	if a.schedule, err = p.Schedule(o.Seed); err != nil {
		return nil, err
	}
	if a.dialer, err = newDialer(gate, target, max(a.limits.Timeout, plan.DefaultTimeout), p.Wire); err != nil {
		return nil, err
	}
	if err := a.dialer.knock(ctx); err != nil {
		var refused *HostRefused
		switch {
		case errors.As(err, &refused):
			return nil, refused
		case ctx.Err() != nil:
			return nil, ctx.Err()
		}
		return nil, &Unreachable{Target: p.Target, Cause: err}
	}
	a.script, err = newScript(target, p, o)
	return a, err
}

// limitsOf are the limits of a sound plan as they bind.
func limitsOf(p plan.Plan) plan.Limits {
	limits := p.Limits.Filled()
	if target, err := plan.ParseTarget(p.Target); err == nil && p.Wire.Version != "2" && (target.Scheme == "http" || p.Wire.Chosen(target.Scheme) == plan.Lanes) {
		limits.Workers = min(limits.Workers, limits.Connections) // HTTP/1.1: a worker without a connection would only queue out of sight
	}
	return limits
}

// engine sends what an agenda says. There are two: lanes for plain HTTP/1.1, and
// courier, which is vegeta's attacker over net/http, for everything else.
type engine interface {
	press() waits    // until the agenda is over and every request has ended
	cutOff()         // ends all requests in flight
	released() int64 // requests sent so far
}

// Press presses from an instant on, which may be to come, and tells what happens in
// parts: about every second, and once more when every request has ended. Nobody else is told
// at the same time. A part that is answered with true, and ctx when it is cancelled, stop it: requests in
// flight are cut off, and what is due later is not counted as due. It returns whether the
// attack was stopped.
func (r *Attack) Press(ctx context.Context, start time.Time, tell func(Part) (stop bool)) (stopped bool) {
	inFlight, cut := context.WithCancel(ctx)
	defer cut()
	alarm := newAlarm()
	defer alarm.close()
	before := readMachine()
	l := newLedger()
	a := newAgenda(r.schedule, r.options.Share.Turns(), r.script, r.limits.Timeout, alarm)
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
	g := newGatherer(r.schedule, r.options.Share, r.script.mix, r.plan, r.limits)
	stopped, late := r.collect(ctx, start, g, l, e, over, tell, func() {
		cut()
		e.cutOff()
	})
	elapsed := max(time.Since(start), 1) // stopped before the start, nothing has happened yet
	if !stopped {
		g.dueAll()
	}
	last := g.take(elapsed, e.released())
	last.Next = math.MaxInt64
	made := readMachine().since(before)
	made.Late = late + last.Late
	made.LateForWorkers = min(met.byWorkers, made.Late)
	made.WorkersBusy = met.busy.Seconds() / elapsed.Seconds()
	last.End = &Final{Generator: made, Behind: met.behind}
	tell(last)
	return stopped
}

// look is how often a generator takes in what its ledger holds.
const look = 20 * time.Millisecond

// collect takes samples in until the engine is over, and tells them in parts; end stops
// the engine and is called at most once.
func (r *Attack) collect(ctx context.Context, start time.Time, g *gatherer, l *ledger, e engine, over <-chan struct{}, tell func(Part) bool, end func()) (stopped bool, late int64) {
	first := time.Until(start) + time.Second // so that the seconds of all generators are the same
	tick, often := time.NewTicker(max(first, 1)), time.NewTicker(look)
	defer tick.Stop()
	defer often.Stop()
	var batch []Sample
	takeIn := func() {
		batch = l.take(batch)
		for _, s := range batch {
			g.record(s)
			if r.options.Each != nil {
				r.options.Each(s)
			}
		}
	}
	halt := func() {
		if !stopped {
			stopped = true
			g.dueBy(time.Since(start))
			end()
		}
	}
	cancelled := ctx.Done()
	for aligned := false; ; {
		select {
		case <-over:
			takeIn()
			return stopped, late
		case <-often.C:
			takeIn()
		case <-l.many:
			takeIn()
		case <-cancelled:
			cancelled = nil
			halt()
		case <-tick.C:
			if !aligned {
				aligned = true
				tick.Reset(time.Second)
			}
			takeIn()
			now := time.Since(start)
			if !stopped {
				g.dueBy(now)
			}
			part := g.take(now, e.released())
			late += part.Late
			if tell(part) {
				halt()
			}
		}
	}
}
