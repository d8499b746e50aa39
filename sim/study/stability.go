package study

import (
	"math"
	"math/cmplx"
	"slices"

	"gonum.org/v1/gonum/mat"

	"flywheel/models"
)

// judge makes an equilibrium of what is seen in it.
func (s *Landscape) judge(z []float64) Equilibrium {
	s.flow.Look(s.spread(z))
	s.flow.Rest(s.state)
	e := Equilibrium{Share: s.shares(z), seen: z, state: slices.Clone(s.state)}
	m := s.motion(e.state)
	if s.Clock() == models.ClockAsync {
		e.Growth = math.Inf(-1)
		for _, v := range m.leading(0, func(v complex128) float64 { return real(v) }) {
			e.Growth = math.Max(e.Growth, real(v))
		}
		e.Stable = e.Growth < 0
		return e
	}
	for _, v := range m.leading(1, cmplx.Abs) {
		e.Growth = math.Max(e.Growth, cmplx.Abs(v))
	}
	e.Stable = e.Growth < 1
	return e
}

// coordinates are the cells of a state whose numbers say all: of each group those that can be
// come by, but for the fullest, which has the rest of the people.
type coordinate struct{ group, cell, rest int }

func (s *Landscape) coordinates(state []float64) []coordinate {
	var list []coordinate
	for i, cells := range s.reached {
		of := s.flow.Of(state, i)
		fullest := cells[0]
		for _, cell := range cells {
			if of[cell] > of[fullest] {
				fullest = cell
			}
		}
		for _, cell := range cells {
			if cell != fullest {
				list = append(list, coordinate{i, int(cell), int(fullest)})
			}
		}
	}
	return list
}

// motion is the derivative of the expected change at a state, in its coordinates: people who go on
// seeing the same move by a matrix of their group, and everybody answers to the change in what is
// seen. Its parts are far fewer numbers than the whole.
type motion struct {
	at     []coordinate
	first  []int         // by group: its first coordinate, and behind the last group how many there are
	own    [][]float64   // by group: its matrix, row after row
	answer *mat.Dense    // how everybody's move follows what is seen
	seen   *mat.Dense    // how what is seen follows the state
	glance *mat.VecDense // scratch: a change in what is seen
}

// motion is that of a state.
func (s *Landscape) motion(state []float64) *motion {
	m := &motion{at: s.coordinates(state)}
	n := len(m.at)
	for i := range s.reached {
		first, _ := slices.BinarySearchFunc(m.at, i, func(c coordinate, group int) int { return c.group - group })
		m.first = append(m.first, first)
	}
	m.first = append(m.first, n)
	sight := make([]float64, len(s.sight))
	s.flow.Sight(sight, state)
	s.flow.Look(sight)
	unit, moved := make([]float64, len(state)), make([]float64, len(state))
	for i := range s.reached {
		own := m.at[m.first[i]:m.first[i+1]]
		block := make([]float64, len(own)*len(own))
		for column, c := range own {
			of := s.flow.Of(unit, i)
			of[c.cell], of[c.rest] = 1, -1
			s.flow.Change(moved, unit)
			of[c.cell], of[c.rest] = 0, 0
			for row, r := range own {
				block[row*len(own)+column] = s.flow.Of(moved, i)[r.cell]
			}
		}
		m.own = append(m.own, block)
	}
	// How everybody's move answers to each number seen, and how that follows the state.
	const width = 1e-5
	other := make([]float64, len(sight))
	m.seen = mat.NewDense(len(sight), max(1, n), nil)
	up := make([]float64, len(sight))
	for column, c := range m.at {
		of := s.flow.Of(state, c.group)
		h := width * math.Max(1, of[c.rest])
		cell, rest := of[c.cell], of[c.rest]
		of[c.cell], of[c.rest] = cell+h, rest-h
		s.flow.Sight(up, state)
		of[c.cell], of[c.rest] = cell, rest
		for i := range sight {
			m.seen.Set(i, column, (up[i]-sight[i])/h)
		}
	}
	m.answer = mat.NewDense(max(1, n), len(sight), nil)
	for i := range sight {
		h, low := width*s.scale[i], width*s.scale[i]
		if sight[i] < h {
			low = 0 // nobody sees fewer than none
		}
		shift := func(by float64) []float64 {
			copy(other, sight)
			other[i] += by
			s.flow.Look(other)
			out := make([]float64, len(state))
			s.flow.Change(out, state)
			return out
		}
		high := shift(h)
		base := shift(-low)
		for row, r := range m.at {
			m.answer.Set(row, i, (s.flow.Of(high, r.group)[r.cell]-s.flow.Of(base, r.group)[r.cell])/(h+low))
		}
	}
	m.glance = mat.NewVecDense(len(sight), nil)
	return m
}

// times fills dst with the derivative along v.
func (m *motion) times(dst, v *mat.VecDense) {
	m.glance.MulVec(m.seen, v)
	dst.MulVec(m.answer, m.glance)
	to, from := dst.RawVector().Data, v.RawVector().Data
	for i, block := range m.own {
		to, from := to[m.first[i]:m.first[i+1]], from[m.first[i]:m.first[i+1]]
		for row := range to {
			for column, x := range from {
				to[row] += block[row*len(from)+column] * x
			}
		}
	}
}

// whole is the derivative as one matrix, with a number added along its diagonal.
func (m *motion) whole(shift float64) *mat.Dense {
	var j mat.Dense
	j.Mul(m.answer, m.seen)
	for i, block := range m.own {
		first, n := m.first[i], m.first[i+1]-m.first[i]
		for entry, x := range block {
			row, column := first+entry/n, first+entry%n
			j.Set(row, column, j.At(row, column)+x)
		}
	}
	n, _ := j.Dims()
	for i := range n {
		j.Set(i, i, j.At(i, i)+shift)
	}
	return &j
}

// small is the size up to which all eigenvalues of a matrix are worked out.
const small = 48

// leading are eigenvalues of the derivative with a number added along its diagonal, among which are
// the outermost, by a measure: all of a small one; of a large one those of a Krylov space, where it
// has them.
func (m *motion) leading(shift float64, measure func(complex128) float64) []complex128 {
	if len(m.at) > small {
		if values, ok := m.krylov(shift, measure); ok {
			return values
		}
	}
	var e mat.Eigen
	if !e.Factorize(m.whole(shift), mat.EigenNone) {
		return []complex128{cmplx.NaN()}
	}
	return e.Values(nil)
}

// krylov are the eigenvalues in a Krylov space (Arnoldi 1951, Quarterly of Applied Mathematics 9(1)), in
// which the outermost come out first. The space is looked at early and often while it grows: behind
// the last direction that it has by itself come those that rounding makes, which spoil it again.
func (m *motion) krylov(shift float64, measure func(complex128) float64) ([]complex128, bool) {
	const most, exact = 400, 1e-9
	n := len(m.at)
	var basis []*mat.VecDense
	first := mat.NewVecDense(n, nil)
	for i := range n {
		first.SetVec(i, 1+halton(i+1, 2)) // any vector that no symmetry of a market leaves alone
	}
	first.ScaleVec(1/mat.Norm(first, 2), first)
	basis = append(basis, first)
	h := mat.NewDense(min(n, most), min(n, most), nil)
	for size, look := 1, small/2; size < min(n, most); size++ {
		w := mat.NewVecDense(n, nil)
		m.times(w, basis[size-1])
		w.AddScaledVec(w, shift, basis[size-1])
		for range 2 { // once more, against rounding
			for i, b := range basis {
				d := mat.Dot(b, w)
				h.Set(i, size-1, h.At(i, size-1)+d)
				w.AddScaledVec(w, -d, b)
			}
		}
		last := mat.Norm(w, 2)
		complete := last < 1e-12
		if complete || size == look {
			if values, weight := ritz(mat.DenseCopyOf(h.Slice(0, size, 0, size)), measure); complete || last*weight < exact {
				return values, values != nil
			}
			look += max(8, look/4)
		}
		h.Set(size, size-1, last)
		w.ScaleVec(1/last, w)
		basis = append(basis, w)
	}
	return nil, false
}

// ritz are the eigenvalues of a matrix, none where they cannot be found, and the weight of the last
// coordinate in the vector of the outermost.
func ritz(h *mat.Dense, measure func(complex128) float64) ([]complex128, float64) {
	var e mat.Eigen
	if !e.Factorize(h, mat.EigenRight) {
		return nil, math.Inf(1)
	}
	values := e.Values(nil)
	var vectors mat.CDense
	e.VectorsTo(&vectors)
	outer := 0
	for i := range values {
		if measure(values[i]) > measure(values[outer]) {
			outer = i
		}
	}
	return values, cmplx.Abs(vectors.At(len(values)-1, outer))
}
