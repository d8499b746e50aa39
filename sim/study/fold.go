package study

import (
	"fmt"
	"math"
	"slices"

	"flywheel/models"
)

// Family is a market as a function of one number of it, such as a subsidy, a price or the
// strength of a network effect. Whatever the number is, there must be the same people.
type Family func(number float64) (*models.Law, error)

// Fold is where two equilibria of a family meet and vanish: beyond it a market that rested at
// one of them moves on to another.
type Fold struct {
	Number float64     // where
	Share  [][]float64 // [crowd][platform] of both equilibria there
	Opens  bool        // they are there above Number; else below it
}

// Branch is a curve of equilibria, from one end of the range or a fold's far side to another.
type Branch struct {
	Number []float64 // at each of its points
	Points []Equilibrium
}

// Folding is what continuation found in a range of the number.
type Folding struct {
	Lo, Hi   float64
	Branches []Branch
	Folds    []Fold // ascending in Number
}

const (
	longest  = 0.02 // step along a branch, in shares and in parts of the range together
	shortest = 1e-6
	mostStep = 4000 // steps along one branch
)

// Follow traces every branch of equilibria of one landscape of a family over a range of its
// number, under the offers of a period, by pseudo-arclength continuation (Keller 1977, in
// Applications of Bifurcation Theory, 359-384), from the equilibria found at both ends and in
// the middle. landscape is the place of the landscape among those of the family's laws. Folds
// are where a branch turns back, located to rounding.
func Follow(family Family, period, landscape int, lo, hi float64, starts int) (*Folding, error) {
	if !(hi > lo) {
		return nil, fmt.Errorf("a range from %g to %g is empty", lo, hi)
	}
	c := &continuation{family: family, period: period, place: landscape, lo: lo, hi: hi}
	out := &Folding{Lo: lo, Hi: hi}
	for _, from := range []float64{lo, hi, (lo + hi) / 2} {
		s, err := c.at(c.part(from))
		if err != nil {
			return nil, err
		}
		found, _ := s.Equilibria(starts)
		for _, e := range found {
			if out.passes(from, e, c) {
				continue
			}
			b, folds, err := c.trace(append(slices.Clone(e.seen), c.part(from)))
			if err != nil {
				return nil, err
			}
			out.Branches = append(out.Branches, b)
			for _, f := range folds {
				out.add(f, c)
			}
		}
	}
	slices.SortFunc(out.Folds, func(a, b Fold) int {
		if a.Number < b.Number {
			return -1
		}
		return 1
	})
	return out, nil
}

// add adds a fold that is not known yet.
func (f *Folding) add(fold Fold, c *continuation) {
	for _, known := range f.Folds {
		same := math.Abs(known.Number-fold.Number) < 1e-7*(c.hi-c.lo)
		for i := range fold.Share {
			same = same && far(known.Share[i], fold.Share[i]) < 1e-4
		}
		if same {
			return
		}
	}
	f.Folds = append(f.Folds, fold)
}

// passes tells whether a branch already runs through an equilibrium.
func (f *Folding) passes(number float64, e Equilibrium, c *continuation) bool {
	for _, b := range f.Branches {
		for i := 1; i < len(b.Number); i++ {
			x, y := b.Number[i-1], b.Number[i]
			if number < math.Min(x, y)-1e-9*(c.hi-c.lo) || number > math.Max(x, y)+1e-9*(c.hi-c.lo) {
				continue
			}
			u := 0.5
			if x != y {
				u = (number - x) / (y - x)
			}
			var off float64
			for j := range e.seen {
				off = math.Max(off, math.Abs(e.seen[j]-(1-u)*b.Points[i-1].seen[j]-u*b.Points[i].seen[j]))
			}
			if off < longest/2 {
				return true
			}
		}
	}
	return false
}

// continuation follows branches in the space of what is seen, as shares, and of the number, as
// a part of its range.
type continuation struct {
	family Family
	period int
	place  int
	lo, hi float64

	made  *Landscape // the last
	of    float64    // its part
	fault error
}

func (c *continuation) part(number float64) float64 { return (number - c.lo) / (c.hi - c.lo) }

func (c *continuation) number(part float64) float64 { return c.lo + part*(c.hi-c.lo) }

// at is the landscape at a part of the range.
func (c *continuation) at(part float64) (*Landscape, error) {
	if c.made != nil && c.of == part {
		return c.made, nil
	}
	law, err := c.family(c.number(part))
	if err != nil {
		return nil, fmt.Errorf("at %g: %w", c.number(part), err)
	}
	list, err := Landscapes(law, c.period)
	if err != nil {
		return nil, err
	}
	if c.place >= len(list) {
		return nil, fmt.Errorf("at %g the market has %d landscapes, and none numbered %d", c.number(part), len(list), c.place)
	}
	c.made, c.of = list[c.place], part
	return c.made, nil
}

// gap fills dst with how far what is seen at a point is from what it brings forth.
func (c *continuation) gap(dst, point []float64) bool {
	n := len(point) - 1
	if point[n] < 0 || point[n] > 1 { // beyond the range there need not be a market
		return false
	}
	s, err := c.at(point[n])
	if err != nil || len(s.free) != n {
		c.fault = err
		return false
	}
	s.answer(dst, point[:n])
	for i := range dst {
		dst[i] -= point[i]
	}
	return true
}

// bordered fills the first rows of a matrix with the derivative of the gap by every coordinate
// of a point.
func (c *continuation) bordered(m [][]float64, point, gap []float64) bool {
	const width = 1e-6
	n := len(gap)
	there := make([]float64, n)
	other := slices.Clone(point)
	// Money is counted in whole micro-units, which a difference of the number must not resolve.
	const wide = 1e-4
	up, down := math.Min(1, point[n]+wide), math.Max(0, point[n]-wide)
	back := make([]float64, n)
	other[n] = up
	if !c.gap(there, other) {
		return false
	}
	other[n] = down
	if !c.gap(back, other) {
		return false
	}
	other[n] = point[n]
	for i := range there {
		m[i][n] = (there[i] - back[i]) / (up - down)
	}
	for j := range n {
		h := width
		if point[j] > 0.5 {
			h = -width
		}
		other[j] = point[j] + h
		if !c.gap(there, other) {
			return false
		}
		other[j] = point[j]
		for i := range there {
			m[i][j] = (there[i] - gap[i]) / h
		}
	}
	return true
}

// tangent is the unit direction of the branch at a point on it, pointing along a direction.
func (c *continuation) tangent(point, along []float64) ([]float64, bool) {
	n := len(point) - 1
	gap := make([]float64, n)
	m := square(n + 1)
	if !c.gap(gap, point) || !c.bordered(m, point, gap) {
		return nil, false
	}
	copy(m[n], along)
	t := make([]float64, n+1)
	t[n] = 1
	if !solve(m, t) {
		return nil, false
	}
	scale(t, 1/length(t))
	return t, true
}

// correct brings a point back to its branch, along the plane through it that is square to a
// direction: to rounding, or as closely as the number can be told apart, which is by whole
// micro-units where it is money.
func (c *continuation) correct(point, direction []float64) bool {
	const nearly = 1e-6
	return c.close(point, direction) < nearly
}

// close is how close Newton's method comes to the branch and the plane together.
func (c *continuation) close(point, direction []float64) float64 {
	n := len(point) - 1
	through := dot(direction, point)
	gap := make([]float64, n)
	best := math.Inf(1)
	for range 12 {
		if !c.gap(gap, point) {
			return math.Inf(1)
		}
		wrong := math.Abs(dot(direction, point) - through)
		for _, g := range gap {
			wrong = math.Max(wrong, math.Abs(g))
		}
		if wrong < settled && wrong > best/4 || wrong == 0 {
			return wrong
		}
		best = math.Min(best, wrong)
		m, step := square(n+1), make([]float64, n+1)
		if math.IsNaN(wrong) || wrong > 1 || !c.bordered(m, point, gap) {
			return math.Inf(1)
		}
		copy(m[n], direction)
		copy(step, gap)
		step[n] = dot(direction, point) - through
		if !solve(m, step) {
			return math.Inf(1)
		}
		for i := range point {
			point[i] -= step[i]
		}
		if direction[n] == 1 { // in the plane of one number, which rounding must not leave
			point[n] = through
		}
	}
	return best
}

// trace follows the branch through a point both ways, to the ends of the range or around.
func (c *continuation) trace(start []float64) (Branch, []Fold, error) {
	var way [2][]mark
	var folds []Fold
	for side, sign := range []float64{1, -1} {
		along := make([]float64, len(start))
		along[len(along)-1] = sign
		marks, turned, around := c.walk(start, along)
		if c.fault != nil {
			return Branch{}, nil, c.fault
		}
		way[side] = marks
		folds = append(folds, turned...)
		if around {
			break
		}
	}
	slices.Reverse(way[1])
	if len(way[1]) > 0 {
		way[1] = way[1][:len(way[1])-1] // the start stands in the other half
	}
	var b Branch
	for _, m := range append(way[1], way[0]...) {
		b.Number = append(b.Number, c.number(m.point[len(m.point)-1]))
		b.Points = append(b.Points, m.rest)
	}
	return b, folds, nil
}

// mark is a point of a branch with the equilibrium there.
type mark struct {
	point []float64
	rest  Equilibrium
}

// walk follows a branch from a point in one direction; around when it comes back to it.
func (c *continuation) walk(start, along []float64) (marks []mark, folds []Fold, around bool) {
	at := slices.Clone(start)
	n := len(at) - 1
	marks = append(marks, c.mark(at))
	t, ok := c.tangent(at, along)
	if !ok {
		return marks, nil, false
	}
	step := longest / 4
	for len(marks) < mostStep {
		next := slices.Clone(at)
		for i := range next {
			next[i] += step * t[i]
		}
		if next[n] < 0 || next[n] > 1 {
			if end, ok := c.edge(at, next); ok {
				return append(marks, c.mark(end)), folds, false
			}
		}
		ok := c.correct(next, t)
		var turn []float64
		if ok {
			turn, ok = c.tangent(next, t)
		}
		if c.fault != nil {
			return marks, folds, false
		}
		if !ok || dot(turn, t) < 0.95 {
			if step /= 2; step < shortest {
				return marks, folds, false
			}
			continue
		}
		if turn[n]*t[n] < 0 {
			if f, found := c.fold(at, t, step); found {
				folds = append(folds, f)
			}
		}
		at, t = next, turn
		marks = append(marks, c.mark(at))
		if len(marks) > 8 && far(at, start) < step && math.Abs(at[n]-start[n]) < step {
			return marks, folds, true
		}
		step = math.Min(longest, 1.5*step)
	}
	return marks, folds, false
}

// edge is where a branch leaves the range between one of its points and the next, which is
// foreseen to lie beyond.
func (c *continuation) edge(in, out []float64) ([]float64, bool) {
	n := len(in) - 1
	to := math.Max(0, math.Min(1, out[n]))
	if in[n] == to {
		return slices.Clone(in), true
	}
	u := (to - in[n]) / (out[n] - in[n])
	at := make([]float64, n+1)
	for i := range at {
		at[i] = (1-u)*in[i] + u*out[i]
	}
	at[n] = to
	along, foreseen := make([]float64, n+1), slices.Clone(at)
	along[n] = 1
	ok := c.correct(at, along)
	at[n] = to
	return at, ok && far(at, foreseen) < longest
}

// mark makes an equilibrium of a point.
func (c *continuation) mark(point []float64) mark {
	n := len(point) - 1
	s, err := c.at(point[n])
	if err != nil {
		c.fault = err
		return mark{point: point}
	}
	return mark{slices.Clone(point), s.judge(slices.Clone(point[:n]))}
}

// fold locates the turn of the number between a point and the next one a step away: where the
// tangent has no part along the number, by regula falsi with the side that stays halved (Dowell
// and Jarratt 1971, BIT 11).
func (c *continuation) fold(from, t []float64, step float64) (Fold, bool) {
	n := len(from) - 1
	var at, turn []float64
	climb := func(along float64) (float64, bool) {
		at = slices.Clone(from)
		for i := range at {
			at[i] += along * t[i]
		}
		if !c.correct(at, t) {
			return 0, false
		}
		var ok bool
		turn, ok = c.tangent(at, t)
		if !ok {
			return 0, false
		}
		return turn[n], true
	}
	a, b := 0.0, step
	fa, okA := climb(a)
	fb, okB := climb(b)
	if !okA || !okB {
		return Fold{}, false
	}
	opens := fa < 0
	for range 60 {
		x := (a*fb - b*fa) / (fb - fa)
		fx, ok := climb(x)
		if !ok {
			return Fold{}, false
		}
		if math.Abs(fx) < 1e-9 || math.Abs(b-a) < 1e-13 {
			break
		}
		if fx*fb < 0 {
			a, fa = b, fb
		} else {
			fa /= 2
		}
		b, fb = x, fx
	}
	s, err := c.at(at[n])
	if err != nil {
		c.fault = err
		return Fold{}, false
	}
	return Fold{Number: c.number(at[n]), Share: s.shares(at[:n]), Opens: opens}, at[n] >= 0 && at[n] <= 1
}

func dot(a, b []float64) float64 {
	var sum float64
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func length(a []float64) float64 { return math.Sqrt(dot(a, a)) }

func scale(a []float64, by float64) {
	for i := range a {
		a[i] *= by
	}
}
