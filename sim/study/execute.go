package study

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"flywheel/results"
	"flywheel/sim"
)

// Execution is how a plan is run; none of it changes a result.
type Execution struct {
	Engine   func() sim.Engine                 // makes an engine for one trial
	Threads  int                               // goroutines in all; 0 means one
	Periods  []int                             // recorded in the timelines, ascending; nil means all
	Deliver  func(Trial, *results.Table) error // receives every finished timeline, in plan order
	Progress func(done, total int)             // told after every finished trial; may be nil
	Passed   func()                            // told after every period of every trial, from many goroutines at once; may be nil
}

// Execute runs a plan. Trials run side by side; where there are fewer trials than threads,
// each uses several. When the context ends, running trials stop, those already finished are
// still delivered, and the context's error is returned; done counts what was delivered. The
// first error of a trial or a delivery stops the plan.
func Execute(ctx context.Context, p Plan, x Execution) (done int, err error) {
	for _, v := range p.Variants {
		if err := x.Engine().Accept(v.Law); err != nil {
			return 0, fmt.Errorf("%s: %w", v.Name, err)
		}
	}
	threads := max(1, x.Threads)
	workers := min(threads, max(1, len(p.Trials)))
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)

	// Each trial holds a ticket from its start to its delivery, which bounds the timelines
	// that wait in memory for an earlier one.
	tickets := make(chan struct{}, 2*workers)
	starts := make(chan Trial)
	finished := make(chan outcome)
	go func() {
		defer close(starts)
		for _, t := range p.Trials {
			select {
			case tickets <- struct{}{}:
			case <-ctx.Done():
				return
			}
			select {
			case starts <- t:
			case <-ctx.Done():
				return
			}
		}
	}()
	var running sync.WaitGroup
	for w := range workers {
		share := threads / workers
		if w < threads%workers {
			share++
		}
		running.Go(func() {
			var last layout
			for t := range starts {
				last = last.of(p, t.Variant, x.Periods)
				table, err := p.trial(ctx, t, x, share, last.Layout)
				finished <- outcome{t, table, err}
			}
		})
	}
	go func() {
		running.Wait()
		close(finished)
	}()
	return p.deliver(ctx, stop, finished, tickets, x)
}

// outcome is a trial that has ended.
type outcome struct {
	trial Trial
	table *results.Table
	err   error
}

// deliver hands finished timelines on in plan order; once nothing more will finish, those
// that wait behind a stopped trial follow, still in order.
func (p Plan) deliver(ctx context.Context, stop context.CancelCauseFunc, finished <-chan outcome, tickets <-chan struct{}, x Execution) (done int, err error) {
	waiting := map[int]outcome{}
	next := 0
	hand := func(o outcome) {
		if err == nil {
			if err = x.Deliver(o.trial, o.table); err != nil {
				stop(err)
				return
			}
			done++
		}
	}
	for o := range finished {
		if o.err != nil {
			if err == nil && !(ctx.Err() != nil && errors.Is(o.err, ctx.Err())) {
				err = fmt.Errorf("%s, replication %d: %w", p.Variants[o.trial.Variant].Name, o.trial.Replication, o.err)
				stop(err)
			}
			continue
		}
		waiting[o.trial.Index] = o
		if x.Progress != nil {
			x.Progress(done+len(waiting), len(p.Trials))
		}
		for ; ; next++ {
			o, ready := waiting[next]
			if !ready {
				break
			}
			delete(waiting, next)
			hand(o)
			<-tickets
		}
	}
	for i := next; i < len(p.Trials); i++ {
		if o, ready := waiting[i]; ready {
			hand(o)
		}
	}
	if err == nil && done < len(p.Trials) {
		err = context.Cause(ctx)
	}
	return done, err
}

// layout is that of the variant a worker ran last: trials of one variant follow each other
// and share it.
type layout struct {
	*sim.Layout
	variant int
}

func (last layout) of(p Plan, variant int, periods []int) layout {
	if last.Layout != nil && last.variant == variant {
		return last
	}
	v := p.Variants[variant]
	return layout{sim.NewLayout(v.Law, p.Run, v.Name, periods, p.laws()...), variant}
}

// trial runs one trial and returns its timeline.
func (p Plan) trial(ctx context.Context, t Trial, x Execution, threads int, l *sim.Layout) (*results.Table, error) {
	record := l.Recorder(t.Replication)
	o := sim.Options{Seed: p.Settings.Seed, Replication: t.Replication, Shared: p.Settings.Shared, Welfare: p.Settings.Welfare, Threads: threads, Passed: x.Passed}
	if err := sim.Simulate(ctx, p.Variants[t.Variant].Law, x.Engine(), o, record); err != nil {
		return nil, err
	}
	return record.Table, nil
}
