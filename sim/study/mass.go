package study

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"

	"flywheel/models"
)

// Fineness is how closely critical mass is looked for.
type Fineness struct {
	Starts    int     // points that the search for equilibria begins from, beside the corners
	Points    int     // evenly spread shares of the first side at which a frontier is sought; at least 2
	Tolerance float64 // of a share
	Hurried   bool    // the motion of the synchronous clock may be followed in steps of several periods

	// Evaluations is how many cells' chances to move may be worked out in the search for equilibria, and
	// again for each platform; 0 means any number. It is counted and not timed, so that the same is
	// found on every machine; beyond it there is no frontier, and the error is ErrTooMuch.
	Evaluations int64

	// Near are frontiers of a market much like this one, such as those found less closely. They
	// save work, and change no answer by more than the tolerance where a frontier is crossed once.
	Near []Frontier
}

// ErrNoThreshold says that a market has no critical mass: from everywhere it comes to the same
// rest, or to none.
var ErrNoThreshold = errors.New("fewer than two stable equilibria are known, and a frontier lies between two")

// ErrTooMuch says that critical mass takes more work than was allowed.
var ErrTooMuch = errors.New("critical mass takes more work than was allowed")

// CriticalMass is the critical-mass frontier of each platform of a market of one region and at most
// two sides once nobody is paid: with no policy in force and the calendar of the last period.
// With one side it is a single share, in Second. What has no frontier is left out, and the error
// says why, ErrNoThreshold among it; it comes beside the frontiers that there are.
func CriticalMass(ctx context.Context, l *models.Law, f Fineness) ([]Frontier, error) {
	alone := *l.Model
	alone.Policies = nil
	unpaid, err := models.Compile(&alone)
	if err != nil {
		return nil, err
	}
	list, err := Landscapes(unpaid, alone.Horizon.Periods)
	if err != nil {
		return nil, err
	}
	if len(list) != 1 || len(list[0].Sides) > 2 {
		return nil, errors.New("a frontier is drawn for one region of at most two sides")
	}
	list[0].hurry(ctx, f)
	found, _ := list[0].Equilibria(f.Starts)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if list[0].spent() {
		return nil, ErrTooMuch
	}
	first := []float64{math.NaN()} // with one side
	if len(list[0].Sides) == 2 {
		first = first[:0]
		for i := range f.Points {
			first = append(first, float64(i)/float64(f.Points-1))
		}
	}
	all, why := make([]Frontier, unpaid.Platforms), make([]error, unpaid.Platforms)
	var searches sync.WaitGroup
	for k := range all {
		own, err := Landscapes(unpaid, alone.Horizon.Periods) // each for one goroutine
		if err != nil {
			return nil, err
		}
		own[0].hurry(ctx, f)
		var near Frontier
		if i := slices.IndexFunc(f.Near, func(n Frontier) bool { return n.Platform == k }); i >= 0 {
			near = f.Near[i]
		}
		searches.Go(func() {
			if all[k], why[k] = own[0].frontier(ctx, k, first, found, f.Tolerance, near); own[0].spent() {
				why[k] = ErrTooMuch
			}
		})
	}
	searches.Wait()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	var frontiers []Frontier
	for k, one := range all {
		if why[k] == nil {
			frontiers = append(frontiers, one)
		}
	}
	return frontiers, errors.Join(why...)
}

// hurry lets the landscape follow the motion in steps as long as a tolerance of starts allows, and
// work no more than is allowed, and only until a context ends.
func (s *Landscape) hurry(ctx context.Context, f Fineness) {
	s.limit, s.ended = f.Evaluations, ctx.Done()
	if s.hurried = f.Hurried; f.Hurried {
		s.flow.Hurry(f.Tolerance / 2)
	}
}
