package study

import (
	"fmt"
	"math"
	"slices"

	"flywheel/models"
	"flywheel/sim"
	"flywheel/sim/engine/meanfield"
)

// Landscape is where the expected motion of a market leads while the offers of one period are
// held: its equilibria, which of them are stable, and from which starts each is reached. A
// market falls apart into one Landscape for each set of regions that know nothing of the
// others. A Landscape is for one goroutine at a time.
type Landscape struct {
	Regions []string // the regions it covers
	Sides   []string // of its crowds, in their order
	Period  int      // whose offers are held

	flow     *meanfield.Flow
	sight    []float64 // scratch
	scale    []float64 // of a sight
	state    []float64 // scratch
	change   []float64 // scratch
	reached  [][]models.Standing
	hurried  bool            // the motion is followed in long steps
	followed bool            // frontiers are near those given
	limit    int64           // of the flow's evaluations, after which nothing more is found; 0: none
	ended    <-chan struct{} // closed when nobody waits for what is found any more; may be nil
	free     []int           // the entries of a sight that say all: those of users but for who uses nothing
}

// spent tells whether the limit of evaluations is reached, or nobody waits any more.
func (s *Landscape) spent() bool {
	select {
	case <-s.ended:
		return true
	default:
		return s.limit > 0 && s.flow.Evaluations() >= s.limit
	}
}

// mostFree is how many numbers a sight may have: Newton's method solves a system of that size.
const mostFree = 400

// Landscapes are those of a law under the offers of a period, budgets not yet spent. It refuses
// what meanfield refuses, policies that offer by what they see, and markets whose people see too much at once.
func Landscapes(l *models.Law, period int) ([]*Landscape, error) {
	if err := new(meanfield.Engine).Accept(l); err != nil {
		return nil, err
	}
	if last := l.Model.Horizon.Periods; period < 1 || period > last {
		return nil, fmt.Errorf("offers of period %d: there are periods 1 to %d", period, last)
	}
	for i := range l.Rules {
		if p := &l.Rules[i]; p.Steered() && p.Open(period) {
			return nil, fmt.Errorf("policy %s: what it offers in period %d depends on what it sees, and here offers are held while everything else moves; give it a shape of dates, such as {constant: 1}, or ask for a period in which it is over",
				p.Name, period)
		}
	}
	offers := sim.Held(l, period)
	var list []*Landscape
	for _, crowds := range apart(l, offers) {
		s := &Landscape{Period: period, flow: meanfield.NewFlow(l, offers, crowds)}
		for _, c := range crowds {
			s.Sides = append(s.Sides, l.Sides[l.Crowds[c].Side])
			if region := l.Crowds[c].Region; !slices.Contains(s.Regions, region) {
				s.Regions = append(s.Regions, region)
			}
		}
		if err := s.prepare(); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

// apart divides the crowds of a law into the regions that are apart: all crowds of a region
// belong together, and so do all regions as soon as people anywhere behave otherwise when what
// they see elsewhere changes.
func apart(l *models.Law, offers *models.Offers) [][]int {
	var parts [][]int
	place := map[string]int{}
	var all []int
	for c := range l.Crowds {
		region := l.Crowds[c].Region
		if _, known := place[region]; !known {
			place[region] = len(parts)
			parts = append(parts, nil)
		}
		parts[place[region]] = append(parts[place[region]], c)
		all = append(all, c)
	}
	if len(parts) == 1 {
		return parts
	}
	whole := meanfield.NewFlow(l, offers, all)
	sight, scale := make([]float64, whole.SightLen()), make([]float64, whole.SightLen())
	whole.Scale(scale)
	rest := func(alone []int, other float64) []float64 {
		for i := range sight {
			sight[i] = scale[i] * other / float64(int(1)<<l.Platforms)
		}
		for i, c := range all {
			if slices.Contains(alone, c) {
				for h := range 1 << l.Platforms {
					at := i<<l.Platforms + h
					sight[at] = scale[at] / float64(int(1)<<l.Platforms)
				}
			}
		}
		state := make([]float64, whole.Len())
		whole.Look(sight)
		whole.Rest(state)
		var own []float64
		for i, g := range whole.Groups() {
			if slices.Contains(alone, l.Groups[g].Crowd) {
				own = append(own, whole.Of(state, i)...)
			}
		}
		return own
	}
	for _, part := range parts {
		if !slices.Equal(rest(part, 1), rest(part, 0.3)) {
			return [][]int{all}
		}
	}
	return parts
}

// prepare makes room and finds out which numbers matter.
func (s *Landscape) prepare() error {
	n := s.flow.SightLen()
	s.sight, s.scale = make([]float64, n), make([]float64, n)
	s.state, s.change = make([]float64, s.flow.Len()), make([]float64, s.flow.Len())
	s.flow.Scale(s.scale)
	homings := 1 << s.flow.Law().Platforms
	for i := range n {
		if i >= homings*len(s.Sides) || i%homings != 0 {
			s.free = append(s.free, i)
		}
	}
	if len(s.free) > mostFree {
		return fmt.Errorf("people of %d crowds see %d numbers of each other, more than the %d that equilibria are sought among; use fewer platforms or regions", len(s.Sides), len(s.free), mostFree)
	}
	for i := range s.sight {
		s.sight[i] = s.scale[i] / float64(homings)
	}
	s.flow.Look(s.sight)
	s.flow.Rest(s.state)
	for i := range s.flow.Groups() {
		s.reached = append(s.reached, slices.Clone(s.flow.Reached(i)))
	}
	return nil
}

// Crowds are its crowds, as indices of Law.Crowds.
func (s *Landscape) Crowds() []int { return s.flow.Crowds() }

// Clock is the clock of the market.
func (s *Landscape) Clock() models.ClockKind { return s.flow.Law().Model.Clock.Kind }

// Cells is the number of cells that people move between.
func (s *Landscape) Cells() int {
	n := 0
	for _, r := range s.reached {
		n += len(r)
	}
	return n
}

// spread fills the sight from free numbers, as shares.
func (s *Landscape) spread(z []float64) []float64 {
	homings := 1 << s.flow.Law().Platforms
	for c := range s.Sides {
		s.sight[c*homings] = s.scale[c*homings]
	}
	for j, i := range s.free {
		s.sight[i] = z[j] * s.scale[i]
		if c := i / homings; c < len(s.Sides) {
			s.sight[c*homings] -= s.sight[i]
		}
	}
	return s.sight
}

// gather fills dst with the free numbers of a sight, as shares.
func (s *Landscape) gather(dst, sight []float64) {
	for j, i := range s.free {
		dst[j] = sight[i] / s.scale[i]
	}
}

// answer fills dst with what people bring forth who see z: where they come to rest, seen.
func (s *Landscape) answer(dst, z []float64) {
	s.flow.Look(s.spread(z))
	s.flow.Rest(s.state)
	s.flow.Sight(s.sight, s.state)
	s.gather(dst, s.sight)
}

// shares are the shares of each crowd that use each platform, given what is seen.
func (s *Landscape) shares(z []float64) [][]float64 {
	homings := 1 << s.flow.Law().Platforms
	shares := make([][]float64, len(s.Sides))
	for c := range shares {
		shares[c] = make([]float64, s.flow.Law().Platforms)
	}
	for j, i := range s.free {
		if c := i / homings; c < len(s.Sides) {
			for k := range shares[c] {
				if models.Homing(i % homings).Has(k) {
					shares[c][k] += z[j]
				}
			}
		}
	}
	return shares
}

// sizes are the people of each crowd.
func (s *Landscape) sizes() []float64 {
	var n []float64
	for _, c := range s.flow.Crowds() {
		n = append(n, float64(s.flow.Law().Crowds[c].Size))
	}
	return n
}

// distance is the largest difference of two states in any cell, as a share of its group.
func (s *Landscape) distance(a, b []float64) float64 {
	var far float64
	for i, g := range s.flow.Groups() {
		size := float64(s.flow.Law().Groups[g].Size)
		x, y := s.flow.Of(a, i), s.flow.Of(b, i)
		for cell := range x {
			far = max(far, math.Abs(x[cell]-y[cell])/size)
		}
	}
	return far
}
