package study

import (
	"context"
	"strings"
	"sync"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
)

// Runner makes runs one by one for whoever is told which, by the values of a point and a
// replication: a worker, which has no plan. A run is the same, to the last bit, as the one that
// ExecutePoints makes. It is safe to use from several goroutines at once.
type Runner struct {
	Engine  func(name string) (sim.Engine, error)
	Build   func(values []string) (*models.Law, Settings, error) // makes the market of a point
	Periods func(l *models.Law) []int                            // recorded, ascending
	Measure func(l *models.Law, timeline *results.Table) ([]float64, error)

	mu     sync.Mutex
	laws   map[string]*bound // by values
	recent []string          // of laws, the latest made last
}

// remembered is how many markets a runner keeps: replications of a point come close together.
const remembered = 64

// Runner prepares to make runs of the sweep, with engines made by their names.
func (w *Sweep) Runner(engine func(name string) (sim.Engine, error)) *Runner {
	return &Runner{Engine: engine, Build: w.build, Periods: w.periods, Measure: func(l *models.Law, timeline *results.Table) ([]float64, error) {
		return w.measure(0, l, timeline)
	}}
}

// Run makes one run of the point with the values, in the order of the design's paths. A run that
// fails is measured as failed; the error is the context's, when that has ended.
func (r *Runner) Run(ctx context.Context, values []string, replication int) (Measured, error) {
	return r.bound(values).run(ctx, r.Engine, replication, r.Measure)
}

func (r *Runner) bound(values []string) *bound {
	key := strings.Join(values, "\x00")
	r.mu.Lock()
	b := r.laws[key]
	if b == nil {
		b = &bound{}
		if r.laws == nil {
			r.laws = map[string]*bound{}
		}
		r.laws[key] = b
		if r.recent = append(r.recent, key); len(r.recent) > remembered {
			delete(r.laws, r.recent[0])
			r.recent = r.recent[1:]
		}
	}
	r.mu.Unlock()
	b.make(func() (*models.Law, Settings, error) { return r.Build(values) }, r.Periods)
	return b
}
