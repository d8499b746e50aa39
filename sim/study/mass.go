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
	// Followed lets equilibria and frontiers be those of a market whose people differ in fewer ways, or
	// else those of Near, followed to this market. All are sought in this one only where an equilibrium
	// cannot be followed, or where another shows from a corner.
	Followed bool
}

// ErrNoThreshold says that a market has no critical mass: from everywhere it comes to the same
// rest, or to none.
var ErrNoThreshold = errors.New("fewer than two stable equilibria are known, and a frontier lies between two")

// ErrTooMuch says that critical mass takes more work than was allowed.
var ErrTooMuch = errors.New("critical mass takes more work than was allowed")

// Unpaid is the model of a market once nobody is paid, without what platforms do no more than book.
// Markets of which it is the same have the same critical mass.
func Unpaid(m *models.Model) *models.Model {
	alone := *m
	alone.Policies = nil
	if len(m.Regulations) > 0 || m.Contested() {
		return &alone // a commission that is capped pays those who fulfil orders, and want of cash ends platforms
	}
	alone.Platforms = slices.Clone(m.Platforms)
	for k := range alone.Platforms {
		p := &alone.Platforms[k]
		p.Fee, p.Cash, p.Cost = 0, 0, models.Cost{}
	}
	return &alone
}

// CriticalMass is the critical-mass frontier of each platform of a market of one region and at most
// two sides once nobody is paid: that of Unpaid, with the calendar of the last period.
// With one side it is a single share, in Second. What has no frontier is left out, and the error
// says why, ErrNoThreshold among it; it comes beside the frontiers that there are.
func CriticalMass(ctx context.Context, l *models.Law, f Fineness) ([]Frontier, error) {
	alone := Unpaid(l.Model)
	unpaid, err := models.Compile(alone)
	if err != nil {
		return nil, err
	}
	if f.Followed {
		if near := coarse(ctx, unpaid, f); len(near) > 0 {
			f.Near = near
		}
	}
	list, err := Landscapes(unpaid, alone.Horizon.Periods)
	if err != nil {
		return nil, err
	}
	if len(list) != 1 || len(list[0].Sides) > 2 {
		return nil, errors.New("a frontier is drawn for one region of at most two sides")
	}
	list[0].hurry(ctx, f)
	found := list[0].known(f)
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
	var rests [][]float64
	for _, e := range found {
		rests = append(rests, e.seen)
	}
	for k, one := range all {
		if why[k] == nil {
			one.rests = rests
			frontiers = append(frontiers, one)
		}
	}
	return frontiers, errors.Join(why...)
}

// known are the equilibria that frontiers lie between.
func (s *Landscape) known(f Fineness) []Equilibrium {
	if f.Followed && len(f.Near) > 0 {
		if found, ok := s.follow(f.Near[0].rests); ok {
			return found
		}
	}
	found, _ := s.Equilibria(f.Starts)
	return found
}

// hurry lets the landscape follow the motion in steps as long as a tolerance of starts allows, and
// work no more than is allowed, and only until a context ends.
func (s *Landscape) hurry(ctx context.Context, f Fineness) {
	s.limit, s.ended, s.followed = f.Evaluations, ctx.Done(), f.Followed
	if s.hurried = f.Hurried; f.Hurried {
		s.flow.Hurry(f.Tolerance / 2)
	}
}
