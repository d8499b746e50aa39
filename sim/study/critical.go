package study

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"flywheel/models"
	"flywheel/sim"
)

// Start is a state in which a market may begin, of one landscape.
type Start []float64

// Scenario is the state in which the scenario begins.
func (s *Landscape) Scenario() Start { return s.flow.Start() }

// At is the state of an equilibrium.
func (s *Landscape) At(e Equilibrium) Start { return slices.Clone(e.state) }

// Launch is the scenario's start, but for a share of each crowd that begins with the platform
// and nothing else; of the rest nobody begins with it.
func (s *Landscape) Launch(platform int, share []float64) Start {
	l := s.flow.Law()
	state := make(Start, s.flow.Len())
	for i, g := range s.flow.Groups() {
		part := share[slices.Index(s.flow.Crowds(), l.Groups[g].Crowd)]
		to := s.flow.Of(state, i)
		for h, people := range sim.Shares(l, g) {
			to[sim.StartStanding(l, g, models.Homing(h)&^(1<<platform))] += people * (1 - part)
			to[sim.StartStanding(l, g, 1<<platform)] += people * part
		}
	}
	return state
}

// between is a state part of the way from one to another.
func between(a, b Start, part float64) Start {
	state := slices.Clone(a)
	for i := range state {
		state[i] += part * (b[i] - a[i])
	}
	return state
}

// patience is the number of periods after which a market that has come to no equilibrium is
// given up.
const patience = 1 << 20

// Leads is the place, among equilibria, of the stable one at which the expected motion from a
// start ends; -1 when it ends at none of them.
func (s *Landscape) Leads(from Start, among []Equilibrium) int {
	state := slices.Clone(from)
	near := make([]float64, len(among))
	for i, e := range among {
		near[i] = 0.02
		for j, other := range among {
			if i != j {
				near[i] = math.Min(near[i], s.distance(e.state, other.state)/10)
			}
		}
	}
	for passed, span := 0, 1; passed < patience && !s.spent(); passed += span {
		s.flow.Pass(state, span)
		for i, e := range among {
			if e.Stable && s.distance(state, e.state) < near[i] {
				return i
			}
		}
		if s.hurried && span < 128 || span < 64 && passed >= 4*span {
			span *= 2
		}
	}
	return -1
}

// Critical is the critical mass on a way between two starts: the least part of the way from
// which the market ends where the far start leads.
type Critical struct {
	Part   float64     // of the way, 0 to 1
	Share  [][]float64 // [crowd][platform] of that start
	People [][]float64 // [crowd][platform] of that start
	To     int         // the equilibrium that it leads to
	Else   int         // the equilibrium that the near start leads to; -1 when it is none
}

// CriticalMass finds it to a tolerance in the part of the way, by bisection of the first of
// eight stretches at whose far end the market tips. It is an error when both starts lead to the
// same equilibrium, or the far one to none.
func (s *Landscape) CriticalMass(from, to Start, among []Equilibrium, tolerance float64) (Critical, error) {
	defer s.precisely(tolerance)()
	c := Critical{To: s.Leads(to, among), Else: s.Leads(from, among)}
	switch {
	case c.To < 0:
		return c, errors.New("the far start leads to no equilibrium that is known")
	case c.To == c.Else:
		return c, errors.New("both starts lead to the same equilibrium: there is no critical mass between them")
	}
	c.Part = s.least(func(part float64) Start { return between(from, to, part) }, among, c.To, tolerance, math.NaN(), 0)
	seen := make([]float64, len(s.sight))
	s.flow.Sight(seen, between(from, to, c.Part))
	z := make([]float64, len(s.free))
	s.gather(z, seen)
	c.Share = s.shares(z)
	c.People = s.shares(z)
	for i, n := range s.sizes() {
		for k := range c.People[i] {
			c.People[i][k] *= n
		}
	}
	return c, nil
}

// precisely makes the continuous motion as exact as a tolerance of starts needs, until the
// function it returns is called.
func (s *Landscape) precisely(tolerance float64) (done func()) {
	const usual = 1e-10
	exact := tolerance / 1000
	if s.hurried {
		exact = tolerance / 10
	}
	s.flow.Tolerate(math.Max(usual, exact))
	return func() { s.flow.Tolerate(usual) }
}

// least is the smallest part from which the market ends at an equilibrium: NaN when not even
// the whole does, 0 when nothing is needed. A guess that is no NaN is where it is looked for
// first, and then a width away: it is found from there where the market tips once, and sooner the
// nearer it is.
func (s *Landscape) least(at func(part float64) Start, among []Equilibrium, to int, tolerance, guess, width float64) float64 {
	tips := func(part float64) bool { return s.Leads(at(part), among) == to }
	var lo, hi float64
	if math.IsNaN(guess) {
		lo, hi = scan(tips)
	} else {
		lo, hi = around(tips, guess, width)
	}
	for hi-lo > tolerance {
		mid := lo + (hi-lo)/2
		if tips(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}

// scan is the first of eight stretches at whose far end the market tips; both its ends are 0 where
// nothing is needed, and NaN where it tips at none.
func scan(tips func(part float64) bool) (lo, hi float64) {
	if tips(0) {
		return 0, 0
	}
	const stretches = 8
	for i := 1; i <= stretches; i++ {
		if part := float64(i) / stretches; tips(part) {
			return part - 1./stretches, part
		}
	}
	return math.NaN(), math.NaN()
}

// around is a stretch near a guess at whose far end the market tips and at whose near end it
// does not; both are 0 where nothing is needed, and NaN where not even the whole suffices.
func around(tips func(part float64) bool, guess, width float64) (lo, hi float64) {
	const wider = 4
	guess = math.Max(0, math.Min(1, guess))
	if tips(guess) {
		for hi = guess; hi > 0; width *= wider {
			if lo = math.Max(0, guess-width); !tips(lo) {
				return lo, hi
			}
			hi = lo
		}
		return 0, 0
	}
	for lo = guess; lo < 1; width *= wider {
		if hi = math.Min(1, guess+width); tips(hi) {
			return lo, hi
		}
		lo = hi
	}
	return math.NaN(), math.NaN()
}

// Frontier is the critical-mass frontier of a platform in the plane of start shares of two
// crowds: starts above it end at the equilibrium at which the platform is largest.
type Frontier struct {
	Platform int
	High     int       // that equilibrium
	First    []float64 // shares of the first crowd that begin on the platform
	Second   []float64 // for each the least share of the second crowd; NaN when not even all of it suffices
	People   []float64 // the same in people

	rests [][]float64 // what people see at the equilibria that are known
}

// Needed is the least share of the second crowd at a share of the first, on straight lines between
// the points of the frontier: 0 where none is needed, NaN where not even all of it suffices. Between
// a point where all does not suffice and one that has a share, the line begins at all of it. With a
// single crowd it is the one share there is.
func (f Frontier) Needed(first float64) float64 {
	if len(f.First) == 0 {
		return f.Second[0]
	}
	i, _ := slices.BinarySearch(f.First, first)
	if i == 0 || i == len(f.First) {
		return f.Second[min(i, len(f.Second)-1)]
	}
	a, b := f.Second[i-1], f.Second[i]
	switch {
	case math.IsNaN(a) && math.IsNaN(b):
		return math.NaN()
	case math.IsNaN(a):
		a = 1
	case math.IsNaN(b):
		b = 1
	}
	return a + (b-a)*(first-f.First[i-1])/(f.First[i]-f.First[i-1])
}

// Frontier finds for each start share of the first crowd the least start share of the second
// from which the platform ends at its largest stable equilibrium, to a tolerance; starts are
// those of Launch. With a single crowd there is one such share, in Second, and First is empty.
// It is an error when there is only one stable equilibrium, or none, or more than two crowds.
func (s *Landscape) Frontier(platform int, first []float64, among []Equilibrium, tolerance float64) (Frontier, error) {
	return s.frontier(context.Background(), platform, first, among, tolerance, Frontier{})
}

// guess is where to look first for point i of a frontier whose points from i+1 on are known: where
// another one runs that is near, or in a hurry where they lead to; NaN where nothing says.
func (s *Landscape) guess(f Frontier, i int, near Frontier) float64 {
	whole := func(x float64) float64 { // where all did not suffice, all is looked at first
		if math.IsNaN(x) {
			return 1
		}
		return x
	}
	switch {
	case len(near.Second) > 0 && len(f.First) > 0:
		return whole(near.Needed(f.First[i])) + s.shift(f, i, near)
	case len(near.Second) > 0:
		return whole(near.Second[0])
	case !s.hurried || len(f.First) == 0:
		return math.NaN()
	case i+1 == len(f.First):
		return 0
	case i+2 == len(f.First):
		return whole(f.Second[i+1])
	}
	return 2*whole(f.Second[i+1]) - whole(f.Second[i+2])
}

// shift is by how much a frontier that is followed lies above the one near it, as seen at the point
// that was found last.
func (s *Landscape) shift(f Frontier, i int, near Frontier) float64 {
	if !s.followed || i+1 == len(f.First) {
		return 0
	}
	now, then := f.Second[i+1], near.Needed(f.First[i+1])
	if !(now > 0 && now < 1 && then > 0 && then < 1) { // either may be cut off
		return 0
	}
	return now - then
}

// frontier is Frontier, which ends with a context, begun where another one runs that is near.
func (s *Landscape) frontier(ctx context.Context, platform int, first []float64, among []Equilibrium, tolerance float64, near Frontier) (Frontier, error) {
	f := Frontier{Platform: platform, High: -1}
	stable := 0
	size := func(e Equilibrium) (n float64) {
		for _, crowd := range e.Share {
			n += crowd[platform]
		}
		return n
	}
	for i, e := range among {
		if e.Stable {
			stable++
			if f.High < 0 || size(e) > size(among[f.High]) {
				f.High = i
			}
		}
	}
	switch {
	case stable < 2:
		return f, ErrNoThreshold
	case len(s.Sides) > 2:
		return f, fmt.Errorf("a frontier is drawn between the two crowds of a region, and there are %d crowds", len(s.Sides))
	}
	defer s.precisely(tolerance)()
	sizes := s.sizes()
	people := sizes[len(sizes)-1]
	if len(s.Sides) == 1 {
		first = []float64{math.NaN()}
	}
	f.Second, f.People = make([]float64, len(first)), make([]float64, len(first))
	if len(s.Sides) > 1 {
		f.First = slices.Clone(first)
	}
	for i, share := range slices.Backward(first) {
		if err := ctx.Err(); err != nil {
			return f, err
		}
		guess, width := s.guess(f, i, near), 2*tolerance
		if s.followed && guess > 0 && guess < 1 { // the guess in the middle of what is to be found
			width = 0.99 * tolerance
			guess += width / 2
		}
		f.Second[i] = s.least(func(part float64) Start {
			if len(s.Sides) == 1 {
				return s.Launch(platform, []float64{part})
			}
			return s.Launch(platform, []float64{share, part})
		}, among, f.High, tolerance, guess, width)
		f.People[i] = f.Second[i] * people
	}
	return f, nil
}
