package study

import (
	"math"
	"slices"
)

// Equilibrium is a state in which the expected motion of a market ceases.
type Equilibrium struct {
	Share  [][]float64 // [crowd][platform] share of the crowd that uses the platform
	Stable bool        // small deviations die out
	// Growth is how the slowest deviation grows: on the asynchronous clock the largest real part
	// of its rates per period, below 0 where stable; on the synchronous one the factor on its
	// size each period, below 1 where stable.
	Growth float64

	seen  []float64 // what people see there
	state []float64
}

// Sought says how equilibria were sought.
type Sought struct {
	Starts int // points that Newton's method began from, known equilibria taken out of its way
	Lost   int // of them, those from which it came to no further equilibrium
}

// DefaultStarts is how many points a search begins from beside the corners where nobody or
// everybody uses some platforms.
const DefaultStarts = 16

const (
	settled  = 1e-11 // shares whose answer is as close are at rest
	distinct = 1e-7  // shares as close are one equilibrium
)

// Equilibria seeks the equilibria of a landscape, ascending in the shares of the first crowd:
// by Newton's method on where people come to rest, from so many points of Halton's sequence
// (Halton 1960, Numerische Mathematik 2) and from the corners, each time with the equilibria
// known already taken out of its way (Farrell, Birkisson and Funke 2015, SIAM Journal on
// Scientific Computing 37(4)). No such search can promise to find all. Among people without
// noise it finds those that their best replies lead to.
func (s *Landscape) Equilibria(starts int) ([]Equilibrium, Sought) {
	var found [][]float64
	var did Sought
	for _, z := range s.starts(starts) {
		did.Starts++
		before := len(found)
		if at, ok := s.newton(slices.Clone(z), nil); ok && !has(found, at) {
			found = append(found, at)
		}
		for {
			at, ok := s.newton(slices.Clone(z), found)
			if !ok {
				break
			}
			found = append(found, at)
		}
		if len(found) == before {
			did.Lost++
		}
	}
	return s.judged(found), did
}

// follow seeks each equilibrium of a market much like this one near where it was, and those of this
// market near its corners: false where one has gone, or another is there.
func (s *Landscape) follow(near [][]float64) ([]Equilibrium, bool) {
	var found [][]float64
	for _, z := range near {
		if len(z) != len(s.free) {
			return nil, false
		}
		at, ok := s.newton(slices.Clone(z), nil)
		if !ok || has(found, at) {
			return nil, false
		}
		found = append(found, at)
	}
	for _, z := range s.starts(0) {
		if at, ok := s.newton(z, nil); ok && !has(found, at) {
			return nil, false
		}
	}
	return s.judged(found), true
}

// has tells whether an equilibrium is one of those found.
func has(found [][]float64, z []float64) bool {
	return slices.ContainsFunc(found, func(other []float64) bool { return far(other, z) < distinct })
}

// judged are the equilibria of what is seen in them, in their order.
func (s *Landscape) judged(found [][]float64) []Equilibrium {
	slices.SortFunc(found, func(a, b []float64) int {
		first, second := s.shares(a), s.shares(b)
		for c := range first {
			if order := slices.Compare(first[c], second[c]); order != 0 {
				return order
			}
		}
		return slices.Compare(a, b)
	})
	list := make([]Equilibrium, len(found))
	for i, z := range found {
		list[i] = s.judge(z)
	}
	return list
}

// starts are points to begin from: by the share of each crowd on each platform, as if everybody
// chose platforms independently.
func (s *Landscape) starts(n int) [][]float64 {
	platforms := s.flow.Law().Platforms
	numbers := platforms * len(s.Sides)
	var list [][]float64
	for corner := range 1 << platforms { // the same platforms full in every crowd
		u := make([]float64, numbers)
		for i := range u {
			u[i] = 0.02 + 0.96*float64(corner>>(i%platforms)&1)
		}
		list = append(list, s.mixed(u))
	}
	// Where nobody at all is, a platform may stay unheard of.
	list = append(list, make([]float64, len(s.free)))
	for i := range n {
		u := make([]float64, numbers)
		for d := range u {
			u[d] = halton(i+1, prime(d))
		}
		list = append(list, s.mixed(u))
	}
	return list
}

// mixed is what is seen when a share u of each crowd, crowd after crowd, uses each platform by
// itself.
func (s *Landscape) mixed(u []float64) []float64 {
	platforms, homings := s.flow.Law().Platforms, 1<<s.flow.Law().Platforms
	z := make([]float64, len(s.free))
	for j, i := range s.free {
		if c := i / homings; c < len(s.Sides) {
			z[j] = 1
			for k := range platforms {
				if share := u[c*platforms+k]; i%homings>>k&1 == 1 {
					z[j] *= share
				} else {
					z[j] *= 1 - share
				}
			}
		}
	}
	return z
}

// halton is point i of the sequence in a base: its digits mirrored behind the point.
func halton(i, base int) float64 {
	var x float64
	for f := 1 / float64(base); i > 0; f /= float64(base) {
		x += f * float64(i%base)
		i /= base
	}
	return x
}

// prime is prime number d, counted from 0.
func prime(d int) int {
	for n := 2; ; n++ {
		isPrime := true
		for q := 2; q*q <= n; q++ {
			isPrime = isPrime && n%q != 0
		}
		if isPrime {
			if d == 0 {
				return n
			}
			d--
		}
	}
}

// newton looks for a fixed point of the answer from z, away from those known. Its last steps
// are plain ones, so that the known ones do not bend it.
func (s *Landscape) newton(z []float64, known [][]float64) ([]float64, bool) {
	n := len(z)
	answer, step := make([]float64, n), make([]float64, n)
	jacobian, eliminated := square(n), square(n)
	best := math.Inf(1)
	for try := 0; try < 30 && !s.spent(); try++ {
		s.answer(answer, z)
		var wrong float64
		for i := range z {
			answer[i] -= z[i]
			wrong = math.Max(wrong, math.Abs(answer[i]))
		}
		if math.IsNaN(wrong) {
			return nil, false
		}
		if wrong < settled && (wrong == 0 || wrong > best/4) { // as close as rounding lets it
			return z, !has(known, z)
		}
		if fast := try > 0 && wrong < 1e-3 && wrong < best/10; !fast { // else the derivative of the step before serves again
			s.derivative(jacobian, z, answer)
		}
		best = math.Min(best, wrong)
		for i, row := range jacobian {
			copy(eliminated[i], row)
		}
		copy(step, answer)
		if !solve(eliminated, step) {
			return nil, false
		}
		long := away(z, step, known)
		var size float64
		for _, x := range step {
			size = math.Max(size, math.Abs(x))
		}
		if wrong < 1e-4 && size < 1e-3 && math.Abs(long-1) < 0.5 {
			long = 1
		}
		if limit := 0.3 / (math.Abs(long)*size + 1e-300); limit < 1 {
			long *= limit
		}
		for i := range z {
			z[i] += long * step[i]
		}
		s.bound(z)
	}
	return nil, false
}

// derivative fills the matrix of 1 - d answer / dz, by differences inside the range of shares.
func (s *Landscape) derivative(dst [][]float64, z, gap []float64) {
	const width = 1e-7
	n := len(z)
	there := make([]float64, n)
	for j := range z {
		h := width
		if z[j] > 0.5 {
			h = -width
		}
		was := z[j]
		z[j] += h
		s.answer(there, z)
		z[j] = was
		for i := range there {
			slope := (there[i] - (gap[i] + z[i])) / h
			if i == j {
				slope--
			}
			dst[i][j] = -slope
		}
	}
}

// away is by how much a step of Newton's method is to be longer when the roots known already
// are divided out: with m the product of 1/d + 1 over the distances d to them, 1/(1 - grad m
// step/m).
func away(z, step []float64, known [][]float64) float64 {
	var bend float64
	for _, root := range known {
		var square, along float64
		for i := range z {
			square += (z[i] - root[i]) * (z[i] - root[i])
			along += (z[i] - root[i]) * step[i]
		}
		d := math.Max(math.Sqrt(square), 1e-15)
		bend -= along / (d * d * (1 + d))
	}
	return 1 / (1 - bend)
}

// bound brings shares back to where they can be.
func (s *Landscape) bound(z []float64) {
	homings := 1 << s.flow.Law().Platforms
	sums := make([]float64, len(s.Sides))
	for j, i := range s.free {
		z[j] = math.Max(0, z[j])
		if c := i / homings; c < len(sums) {
			sums[c] += z[j]
		}
	}
	for j, i := range s.free {
		if c := i / homings; c < len(sums) && sums[c] > 1 {
			z[j] /= sums[c]
		}
	}
}

// far is the largest difference of two rows of shares.
func far(a, b []float64) float64 {
	var d float64
	for i := range a {
		d = math.Max(d, math.Abs(a[i]-b[i]))
	}
	return d
}

func square(n int) [][]float64 {
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
	}
	return m
}

// solve turns b into the solution of a x = b by elimination with partial pivoting, and leaves
// nothing of a; false where a is singular.
func solve(a [][]float64, b []float64) bool {
	for i := range a {
		pivot := i
		for r := i + 1; r < len(a); r++ {
			if math.Abs(a[r][i]) > math.Abs(a[pivot][i]) {
				pivot = r
			}
		}
		a[i], a[pivot], b[i], b[pivot] = a[pivot], a[i], b[pivot], b[i]
		if a[i][i] == 0 {
			return false
		}
		for r := i + 1; r < len(a); r++ {
			if f := a[r][i] / a[i][i]; f != 0 {
				for c := i + 1; c < len(a); c++ {
					a[r][c] -= f * a[i][c]
				}
				b[r] -= f * b[i]
			}
		}
	}
	for i := len(a) - 1; i >= 0; i-- {
		for c := i + 1; c < len(a); c++ {
			b[i] -= a[i][c] * b[c]
		}
		b[i] /= a[i][i]
	}
	return true
}
