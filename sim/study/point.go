package study

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
)

// Points is a study of many markets, its points, each run with several replications. All points
// share their luck: replication r of one is paired with replication r of every other that has
// the same seed.
type Points struct {
	Count        int // of points; they are numbered from 0
	Replications int // runs of each point

	// Build makes the market of a point. It is called once for each point with a run to make,
	// by several goroutines at once; its error makes the point's runs fail.
	Build func(point int) (*models.Law, Settings, error)
	// Periods are those that runs of a law record, ascending; nil records all. Recording
	// few is much of the speed and nearly all of the memory.
	Periods func(l *models.Law) []int
	// Measure takes from a finished run the numbers that are kept of it, by several goroutines
	// at once. The timeline has the rows of the recorded periods and is not used again.
	Measure func(point int, l *models.Law, timeline *results.Table) ([]float64, error)
}

// Measured is what is kept of one run of a point: its numbers, or why it failed.
type Measured struct {
	Values []float64 // nil when the run failed
	Failed error
}

// PointExecution is how a study of points is run; none of it changes a result.
type PointExecution struct {
	Engine  func(name string) (sim.Engine, error) // makes an engine for one run
	Threads int                                   // goroutines in all; 0 means one

	// Known answers with what an earlier, unfinished execution has kept of a run, which is then
	// not made again; nil knows nothing. It is called by several goroutines at once.
	Known func(point, replication int) (Measured, bool)
	// Keep is told of every run as soon as it has ended, by several goroutines at once and in
	// any order; nil keeps nothing. Its error ends the study.
	Keep func(point, replication int, m Measured) error
	// Elsewhere makes a run on another machine; nil makes every run here. A run that failed there
	// is made here again, so that its error speaks of this machine's files. Each of Threads
	// goroutines waits for one run at a time. Its error ends the study.
	Elsewhere func(ctx context.Context, point, replication int) (Measured, error)
	// Deliver receives every point with all its runs, by replication, in the order of the
	// points. Its error ends the study.
	Deliver func(point int, runs []Measured) error
	// Progress is told after every run how many have ended, those known already among them;
	// may be nil.
	Progress func(done, total int)
}

// ExecutePoints runs a study of points. A run that fails is measured as failed and the study
// goes on. Memory is bounded: few points are under way at once. When the context ends, running
// trials stop, points that are whole are still delivered as far as the order allows, and the
// context's cause is returned. It tells how many points were delivered.
func ExecutePoints(ctx context.Context, p Points, x PointExecution) (delivered int, err error) {
	whole, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	e := &points{Points: p, PointExecution: x, laws: map[int]*bound{}}
	var runs []Measured
	next := 0
	ended := 0
	err = inOrder(whole, p.Count*p.Replications, max(1, x.Threads), e.run, func(trial int, m Measured) error {
		if trial != next {
			return fmt.Errorf("bug: run %d came in the place of run %d", trial, next)
		}
		next++
		if runs = append(runs, m); len(runs) < p.Replications {
			return nil
		}
		e.forget(trial / p.Replications)
		if err := x.Deliver(trial/p.Replications, runs); err != nil {
			return err
		}
		runs, delivered = nil, delivered+1
		return nil
	}, func() {
		if ended++; x.Progress != nil {
			x.Progress(ended, p.Count*p.Replications)
		}
	})
	return delivered, err
}

// points is a study of points under way.
type points struct {
	Points
	PointExecution

	mu   sync.Mutex
	laws map[int]*bound // of the points under way
}

// bound is a point's market, made by whoever needs it first.
type bound struct {
	once     sync.Once
	law      *models.Law
	layout   *sim.Layout
	settings Settings
	failed   error
}

func (e *points) run(ctx context.Context, trial int) (Measured, error) {
	point, replication := trial/e.Replications, trial%e.Replications
	if e.Known != nil {
		if m, known := e.Known(point, replication); known {
			return m, nil
		}
	}
	m, err := e.make(ctx, point, replication)
	if err != nil {
		return m, err
	}
	if e.Keep != nil {
		if err := e.Keep(point, replication, m); err != nil {
			return m, err
		}
	}
	return m, nil
}

// make makes a run, elsewhere where there is such a place.
func (e *points) make(ctx context.Context, point, replication int) (Measured, error) {
	if e.Elsewhere != nil {
		if m, err := e.Elsewhere(ctx, point, replication); err != nil || m.Failed == nil {
			return m, err
		}
	}
	return e.bound(point).run(ctx, e.Engine, replication, func(l *models.Law, timeline *results.Table) ([]float64, error) {
		return e.Measure(point, l, timeline)
	})
}

// run makes a run of the market and measures it; the error is the context's when that has ended.
func (b *bound) run(ctx context.Context, engine func(string) (sim.Engine, error), replication int,
	measure func(*models.Law, *results.Table) ([]float64, error)) (m Measured, stopped error) {
	if m.Failed = b.failed; m.Failed == nil {
		m.Values, m.Failed = b.simulate(ctx, engine, replication, measure)
	}
	if stopped := ctx.Err(); stopped != nil && errors.Is(m.Failed, stopped) {
		return m, stopped
	}
	if m.Failed != nil {
		m.Values = nil
	}
	return m, nil
}

func (b *bound) simulate(ctx context.Context, engine func(string) (sim.Engine, error), replication int,
	measure func(*models.Law, *results.Table) ([]float64, error)) ([]float64, error) {
	reader, err := engine(b.settings.Engine)
	if err != nil {
		return nil, err
	}
	record := b.layout.Recorder(replication)
	if err := sim.Simulate(ctx, b.law, reader, sim.Options{Seed: b.settings.Seed, Replication: replication}, record); err != nil {
		return nil, err
	}
	return measure(b.law, record.Table)
}

// bound is the market of a point.
func (e *points) bound(point int) *bound {
	e.mu.Lock()
	b := e.laws[point]
	if b == nil {
		b = &bound{}
		e.laws[point] = b
	}
	e.mu.Unlock()
	b.make(func() (*models.Law, Settings, error) { return e.Build(point) }, e.Periods)
	return b
}

// make makes the market, once.
func (b *bound) make(build func() (*models.Law, Settings, error), recorded func(*models.Law) []int) {
	b.once.Do(func() {
		if b.law, b.settings, b.failed = build(); b.failed != nil {
			return
		}
		var periods []int
		if recorded != nil {
			periods = recorded(b.law)
		}
		b.layout = sim.NewLayout(b.law, "", "", periods)
	})
}

// forget lets go of a point whose runs have all ended.
func (e *points) forget(point int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.laws, point)
}
