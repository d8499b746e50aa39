package verify

import (
	"context"
	"encoding/binary"
	"hash/fnv"
	"math"
	"sync"

	"golang.org/x/sync/errgroup"

	"flywheel/models/theory"
)

// Options say how cases are run; the zero value simulates with seed 0 on one thread.
type Options struct {
	Seed     uint64
	Threads  int                   // runs at the same time; 0 and 1 both mean one. Never changes a result
	Analytic bool                  // state theory alone and simulate nothing
	Progress func(done, total int) // told of every finished run, one call at a time; may be nil
}

// Line is one quantity of a case, stated by theory and, where an ensemble can show it,
// simulated and judged.
//
// Theory is NaN or infinite where theory has no such number. Simulated, SE, PredictedSE and
// Tolerance are NaN unless the quantity was Judged; SE, the standard error measured from the
// runs, is NaN for a single run too. Holds means that Simulated is within Tolerance of Theory.
type Line struct {
	ID       string
	Model    string
	Quantity string

	Theory      float64
	Simulated   float64
	SE          float64
	PredictedSE float64 // standard error that theory expects of these runs; 0 where luck has no part
	Tolerance   float64

	Judged bool
	Holds  bool
}

// Run states every quantity of every case in order, simulates those that an ensemble can show
// and judges them. It returns models.Faults when a case cannot stand, and the context's error
// when that ends first; then there are no lines. The lines depend on the cases and the seed
// alone, and those of one case not on the other cases.
func Run(ctx context.Context, cases []Case, o Options) ([]Line, error) {
	if err := Check(cases, o.Analytic); err != nil {
		return nil, err
	}
	plans := make([]plan, len(cases))
	for i, c := range cases {
		quantities, err := theory.Solve(c.Model, c.Params)
		if err != nil {
			return nil, err
		}
		plans[i] = plan{of: c, quantities: quantities}
		if !o.Analytic {
			plans[i].trials, _ = c.trials()
		}
	}
	return execute(ctx, plans, o)
}

// plan is a case with what theory says and the trials that will show it.
type plan struct {
	of         Case
	quantities []theory.Quantity
	trials     []trial
}

// execute runs every replication of every trial, in any order, and judges them in order.
func execute(ctx context.Context, plans []plan, o Options) ([]Line, error) {
	runs, err := o.simulate(ctx, plans)
	if err != nil {
		return nil, err
	}
	var lines []Line
	for i, p := range plans {
		lines = append(lines, p.judge(runs[i])...)
	}
	return lines, nil
}

// simulate returns the statistics of every run: runs[plan][trial][replication][statistic].
func (o Options) simulate(ctx context.Context, plans []plan) ([][][][]float64, error) {
	var total, done int
	for _, p := range plans {
		for _, t := range p.trials {
			total += t.replications
		}
	}
	var reporting sync.Mutex
	finished := func() {
		reporting.Lock()
		defer reporting.Unlock()
		done++
		if o.Progress != nil {
			o.Progress(done, total)
		}
	}
	runs := make([][][][]float64, len(plans))
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(max(1, o.Threads))
	for i, p := range plans {
		runs[i] = make([][][]float64, len(p.trials))
		for j := range p.trials {
			t, seed := &p.trials[j], luck(o.Seed, p.of.ID, p.trials[j].label)
			stats := make([][]float64, t.replications)
			runs[i][j] = stats
			for replication := range stats {
				group.Go(func() (err error) {
					if err := within.Err(); err != nil {
						return err
					}
					stats[replication], err = t.run(within, seed, replication)
					if err == nil {
						finished()
					}
					return err
				})
			}
		}
	}
	return runs, group.Wait()
}

// luck is the seed of one trial: its own, whatever else is in the list.
func luck(seed uint64, id, label string) uint64 {
	h := fnv.New64a()
	h.Write(binary.LittleEndian.AppendUint64(nil, seed))
	h.Write([]byte(id + "\x00" + label))
	return h.Sum64()
}

// judge turns the statistics of a case's runs into its lines.
func (p plan) judge(runs [][][]float64) []Line {
	lines := make([]Line, len(p.quantities))
	place := map[string][]int{}
	for i, q := range p.quantities {
		nan := math.NaN()
		lines[i] = Line{
			ID: p.of.ID, Model: p.of.Model, Quantity: q.Name, Theory: q.Value,
			Simulated: nan, SE: nan, PredictedSE: nan, Tolerance: nan,
		}
		place[q.Name] = append(place[q.Name], i)
	}
	for j, t := range p.trials {
		for _, c := range t.claims {
			if len(place[c.quantity]) == 0 {
				panic("bug: " + p.of.Model + " is simulated for " + c.quantity + ", which theory does not state")
			}
			for _, i := range place[c.quantity] {
				l := &lines[i]
				l.Simulated, l.SE = c.estimate(runs[j])
				l.PredictedSE, l.Tolerance = c.predicted, c.tolerance()
				l.Judged = true
				l.Holds = math.Abs(l.Simulated-l.Theory) <= l.Tolerance
			}
		}
	}
	return lines
}
