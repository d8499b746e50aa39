package study

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
)

// Response answers what a scenario does at the points of a space: each point's law is run
// several times, every point with the same luck, and each run is measured.
type Response struct {
	Make    func(point []float64) (*models.Law, error)
	Measure func(l *models.Law, timeline *results.Table) []float64
	Engine  func() sim.Engine
	Seed    uint64
	First   int          // first replication; others follow it
	Runs    int          // replications of each point
	Threads int          // goroutines; 0 means one. Never changes a result
	Passed  func(n int)  // told after every run, with the runs of this Response so far; may be nil
	passed  atomic.Int64 // runs so far
}

// PointError is a point that could not be run.
type PointError struct {
	Point []float64
	Err   error
}

// Error names the point's values.
func (e *PointError) Error() string { return fmt.Sprintf("at %v: %v", e.Point, e.Err) }

// Unwrap is why the point could not be run.
func (e *PointError) Unwrap() error { return e.Err }

// Answer is what came of one point.
type Answer struct {
	Runs [][]float64 // [replication][measure]; nil where the point did not finish
	Err  error       // why it cannot be run
}

// Mean is each measure's mean over the replications of a finished point.
func (a Answer) Mean() []float64 {
	mean := make([]float64, len(a.Runs[0]))
	for _, run := range a.Runs {
		for m, x := range run {
			mean[m] += x / float64(len(a.Runs))
		}
	}
	return mean
}

// Column is one measure of a finished point, by replication.
func (a Answer) Column(measure int) []float64 {
	list := make([]float64, len(a.Runs))
	for r := range a.Runs {
		list[r] = a.Runs[r][measure]
	}
	return list
}

// Run answers points, in their order. A point that cannot be run answers with its error and
// stops nobody else. When the context ends, points not yet finished stay without runs and the
// context's error is returned.
func (r *Response) Run(ctx context.Context, points [][]float64) ([]Answer, error) {
	answers := make([]Answer, len(points))
	runs := max(1, r.Runs)
	left := make([]atomic.Int64, len(points))
	tables := make([][][]float64, len(points))
	laws := make([]func() (*models.Law, error), len(points))
	for p, point := range points {
		left[p].Store(int64(runs))
		tables[p] = make([][]float64, runs)
		laws[p] = sync.OnceValues(func() (*models.Law, error) { return r.Make(point) })
	}
	failures := make([]error, len(points)*runs)
	var next atomic.Int64
	var working sync.WaitGroup
	for range max(1, min(r.Threads, len(points)*runs)) {
		working.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(points)*runs || ctx.Err() != nil {
					return
				}
				p, replication := i/runs, i%runs
				measured, err := r.one(ctx, laws[p], r.First+replication)
				tables[p][replication], failures[i] = measured, err
				if left[p].Add(-1) == 0 {
					laws[p] = nil
				}
				if r.Passed != nil {
					r.Passed(int(r.passed.Add(1)))
				}
			}
		})
	}
	working.Wait()
	for p := range points {
		for _, err := range failures[p*runs : (p+1)*runs] {
			if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
				answers[p].Err = &PointError{points[p], err}
				break
			}
		}
		whole := answers[p].Err == nil
		for _, measured := range tables[p] {
			whole = whole && measured != nil
		}
		if whole {
			answers[p].Runs = tables[p]
		}
	}
	return answers, ctx.Err()
}

// one is a single run, measured.
func (r *Response) one(ctx context.Context, law func() (*models.Law, error), replication int) ([]float64, error) {
	l, err := law()
	if err != nil {
		return nil, err
	}
	record := sim.NewRecorder(l, sim.Labels{Replication: replication})
	if err := sim.Simulate(ctx, l, r.Engine(), sim.Options{Seed: r.Seed, Replication: replication, Threads: 1}, record); err != nil {
		return nil, err
	}
	return r.Measure(l, record.Table), nil
}
