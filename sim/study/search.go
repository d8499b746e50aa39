package study

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"gonum.org/v1/gonum/optimize"
)

// Search looks for the point of the unit cube at which a function is least: first everywhere,
// by CMA-ES (Hansen and Ostermeier 2001, Evolutionary Computation 9(2)), then around the best
// point found, by the simplex of Nelder and Mead (1965, The Computer Journal 7(4)). Both are
// gonum's. Bounds are kept by searching the angle z of u = (1 + sin z)/2.
type Search struct {
	Function func(u []float64) float64 // NaN and +Inf where there is no value; called by Threads goroutines at once
	Start    []float64                 // where to begin; the middle when nil
	Global   int                       // evaluations of the first search; 0 leaves it out
	Local    int                       // evaluations of the second; 0 leaves it out
	Reach    float64                   // of the second search's first simplex, in angle; 0 means 0.1
	Seed     uint64
	Threads  int // evaluations of the first search made side by side; 0 means one. Never changes what is found
}

// Found is the end of a search.
type Found struct {
	At          []float64 // in the unit cube; nil when no point had a value
	Value       float64
	Evaluations int
}

// Minimise searches dimensions of the unit cube. The same search finds the same point.
func (s Search) Minimise(ctx context.Context, dimensions int) (Found, error) {
	best := Found{Value: math.Inf(1)}
	var one sync.Mutex
	evaluate := func(z []float64) float64 {
		if ctx.Err() != nil {
			return math.Inf(1)
		}
		u := unfold(z)
		v := s.Function(u)
		if math.IsNaN(v) {
			v = math.Inf(1)
		}
		one.Lock()
		defer one.Unlock()
		best.Evaluations++
		// Of points as good as each other the first by its numbers is kept, not by the clock.
		if v < best.Value || v == best.Value && !math.IsInf(v, 1) && slices.Compare(u, best.At) < 0 {
			best.Value, best.At = v, u
		}
		return v
	}
	start := s.Start
	if start == nil {
		start = make([]float64, dimensions)
		for i := range start {
			start[i] = 0.5
		}
	}
	if s.Global > 0 {
		population := 4 + int(3*math.Log(float64(dimensions)))
		method := &optimize.CmaEsChol{InitStepSize: 0.8, Population: population, Src: rand.NewPCG(newDice(s.Seed, forSearch, 0).Uint64(), 1)}
		settings := &optimize.Settings{Converger: optimize.NeverTerminate{}, MajorIterations: max(1, s.Global/population), Concurrent: s.Threads}
		if err := minimise(ctx, evaluate, fold(start), settings, method); err != nil {
			return best, err
		}
		if best.At != nil {
			start = best.At
		}
	}
	if s.Local > 0 && ctx.Err() == nil {
		size := s.Reach
		if size == 0 {
			size = 0.1
		}
		settings := &optimize.Settings{
			Converger:       &optimize.FunctionConverge{Absolute: 1e-12, Relative: 1e-10, Iterations: 40 + 20*dimensions},
			FuncEvaluations: s.Local,
		}
		if err := minimise(ctx, evaluate, fold(start), settings, &optimize.NelderMead{SimplexSize: size}); err != nil {
			return best, err
		}
	}
	return best, ctx.Err()
}

// minimise runs one method; that it ends for want of evaluations or progress is no error.
func minimise(ctx context.Context, f func([]float64) float64, start []float64, settings *optimize.Settings, method optimize.Method) error {
	problem := optimize.Problem{Func: f, Status: func() (optimize.Status, error) {
		if ctx.Err() != nil {
			return optimize.RuntimeLimit, nil
		}
		return optimize.NotTerminated, nil
	}}
	if _, err := optimize.Minimize(problem, start, settings, method); err != nil && ctx.Err() == nil {
		return fmt.Errorf("the search broke down: %w", err)
	}
	return nil
}

// unfold maps angles to the unit cube, and fold back to the angle nearest to zero.
func unfold(z []float64) []float64 {
	u := make([]float64, len(z))
	for i := range z {
		u[i] = (1 + math.Sin(z[i])) / 2
	}
	return u
}

func fold(u []float64) []float64 {
	z := make([]float64, len(u))
	for i := range u {
		z[i] = math.Asin(math.Min(math.Max(2*u[i]-1, -0.999), 0.999))
	}
	return z
}
