package plan

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// Arrivals is how starts come under the curve.
type Arrivals string

// The ways to come.
const (
	Even    Arrivals = "even"    // as evenly spaced as the curve allows; the default
	Poisson Arrivals = "poisson" // independently of each other, as visitors who do not know each other do
)

// Ways lists the ways to come that a plan may ask for.
func Ways() []string { return []string{string(Even), string(Poisson)} }

// MaxPoisson bounds the area under a curve whose starts come by a Poisson process, as
// its points are counted when the run begins.
const MaxPoisson = int64(100_000_000)

// Schedule compiles the plan's curve for a seed, on which only Poisson arrivals depend.
// Its error is the Faults of Curve.Validate, or says that chance made nothing due.
func (p Plan) Schedule(seed uint64) (*Schedule, error) {
	s, err := p.Curve.Schedule()
	if err != nil || p.Arrivals != Poisson {
		return s, err
	}
	if s.whole.whole > MaxPoisson {
		return nil, p.validateArrivals()
	}
	s.points = newPoisson(seed, s.whole)
	if s.total = s.points.before[len(s.points.before)-1]; s.total == 0 {
		return nil, Faults{{Path: "curve", Problem: "chance made no request due under so small a curve", Remedy: "raise a rate or a time, or choose another seed"}}
	}
	return s, nil
}

func (p Plan) validateArrivals() Faults {
	var fs Faults
	if p.Arrivals != "" && !slices.Contains(Ways(), string(p.Arrivals)) {
		fs.add("arrivals", "write even or poisson", "%q is no way to come", clip(string(p.Arrivals)))
	}
	if p.Arrivals != Poisson {
		return fs
	}
	if s, err := p.Curve.Schedule(); err == nil && s.whole.whole > MaxPoisson {
		fs.add("arrivals", "shorten the curve, or let them come evenly", "more than %d requests become due", MaxPoisson)
	}
	if slices.ContainsFunc(p.Curve, func(s Segment) bool { return s.Replay != nil }) {
		fs.add("arrivals", "take it out", "a replay says itself when requests come")
	}
	return fs
}

// poisson is a Poisson process of rate 1 on the axis of area. The axis is cut into
// stretches of equal length. In each, points are set one after the other at
// exponential distances, drawn by the stretch's number alone, until the stretch is
// full; as the distances have no memory, the whole is a Poisson process. So any point
// is found from its number without those before it: only how many come before each
// stretch is kept.
type poisson struct {
	seed   uint64
	whole  mark
	before []int64 // points before each stretch, and then all of them
}

// stretch is the length of a stretch of area.
const stretch = 64

func newPoisson(seed uint64, whole mark) *poisson {
	p := &poisson{seed: seed, whole: whole, before: []int64{0}}
	for s := int64(0); s*stretch < whole.whole || s*stretch == whole.whole && whole.part > 0; s++ {
		n := int64(0)
		for range p.points(s) {
			n++
		}
		p.before = append(p.before, p.before[s]+n)
	}
	return p
}

// points gives the places of a stretch's points from its beginning, in order.
func (p *poisson) points(s int64) func(yield func(x float64) bool) {
	end := math.Min(stretch, float64(p.whole.whole-s*stretch)+p.whole.part)
	return func(yield func(float64) bool) {
		x := 0.0
		for i := 0; ; i++ {
			x -= math.Log(1 - Luck(p.seed, ForArrivals, s, i))
			if x >= end || !yield(x) {
				return
			}
		}
	}
}

// point is the place of point n.
func (p *poisson) point(n int64) mark {
	s := int64(sort.Search(len(p.before)-1, func(i int) bool { return p.before[i+1] > n }))
	left := n - p.before[s]
	for x := range p.points(s) {
		if left == 0 {
			whole := math.Floor(x)
			return mark{whole: s*stretch + int64(whole), part: x - whole}
		}
		left--
	}
	panic(fmt.Sprintf("bug: point %d of a Poisson process is not where it was counted", n))
}
