package study

import (
	"context"
	"fmt"
	"math"
	"slices"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
)

// Response answers what a scenario does at points of any kind: each point's law is run
// several times, every point with the same luck, and each run is measured. It is what searches
// and designs of sensitivity ask, who need every number at once; sweeps, which keep them, run Points.
type Response struct {
	Make     func(point []float64) (*models.Law, error)
	Measure  func(l *models.Law, timeline *results.Table) []float64
	Periods  []int // recorded, ascending; nil means all
	Settings Settings
	Runs     int // replications of each point; 0 means one
	Engine   func(name string) (sim.Engine, error)
	Threads  int                   // goroutines; 0 means one. Never changes a result
	Progress func(done, total int) // told after every run; may be nil
	// Elsewhere makes and measures a run of a point on another machine, as in PointExecution; nil
	// makes every run here.
	Elsewhere func(ctx context.Context, point []float64, replication int) (Measured, error)
}

// PointError is a point that could not be run.
type PointError struct {
	Point []float64
	Err   error
}

// Error says why; the error's own text names the values.
func (e *PointError) Error() string { return fmt.Sprintf("a point cannot be run: %v", e.Err) }

// Unwrap is why the point could not be run.
func (e *PointError) Unwrap() error { return e.Err }

// Answer is what came of one point.
type Answer struct {
	Runs [][]float64 // [replication][measure]; nil where the point did not finish
	Err  error       // why it cannot be run; a *PointError
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
// stops nobody else. When the context ends, some points stay without an answer and the
// context's error is returned.
func (r *Response) Run(ctx context.Context, points [][]float64) ([]Answer, error) {
	answers := make([]Answer, len(points))
	p := Points{
		Count: len(points), Replications: max(1, r.Runs),
		Build: func(point int) (*models.Law, Settings, error) {
			l, err := r.Make(points[point])
			return l, r.Settings, err
		},
		Periods: func(*models.Law) []int { return r.Periods },
		Measure: func(_ int, l *models.Law, timeline *results.Table) ([]float64, error) {
			return r.Measure(l, timeline), nil
		},
	}
	x := PointExecution{
		Engine: r.Engine, Threads: r.Threads, Progress: r.Progress,
		Deliver: func(point int, runs []Measured) error {
			for _, m := range runs {
				if m.Failed != nil {
					answers[point] = Answer{Err: &PointError{points[point], m.Failed}}
					return nil
				}
				answers[point].Runs = append(answers[point].Runs, m.Values)
			}
			return nil
		},
	}
	if r.Elsewhere != nil {
		x.Elsewhere = func(ctx context.Context, point, replication int) (Measured, error) {
			return r.Elsewhere(ctx, points[point], replication)
		}
	}
	_, err := ExecutePoints(ctx, p, x)
	return answers, err
}

// PeriodsOf are the periods that quantities look at, ascending.
func PeriodsOf(quantities []Quantity) []int {
	var periods []int
	for _, q := range quantities {
		periods = append(periods, q.Period)
	}
	slices.Sort(periods)
	return slices.Compact(periods)
}

// Read is what quantities measure in one run's timeline, in order; NaN where it has no such
// row or column, or the metric does not apply to it. Variants are not looked at.
func Read(timeline *results.Table, quantities []Quantity) []float64 {
	values := make([]float64, len(quantities))
	periods := timeline.Integers("period")
	perPeriod := 0
	for perPeriod < len(periods) && periods[perPeriod] == periods[0] {
		perPeriod++
	}
	platform, side := timeline.Texts("platform"), timeline.Texts("side")
	segment, region := timeline.Texts("segment"), timeline.Texts("region")
	for i, q := range quantities {
		values[i] = math.NaN()
		from, found := slices.BinarySearch(periods, int64(q.Period))
		if !found {
			continue
		}
		for row := from; row < from+perPeriod; row++ {
			if timeline.Schema.Index(q.Metric) >= 0 && platform[row] == q.Platform && side[row] == q.Side && segment[row] == q.Segment && region[row] == q.Region {
				values[i] = timeline.Numbers(q.Metric)[row]
				break
			}
		}
	}
	return values
}
