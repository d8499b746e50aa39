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
	j := s.jacobian(e.state)
	e.Growth = math.Inf(-1)
	if s.Clock() == models.ClockAsync {
		for _, v := range leading(j, func(v complex128) float64 { return real(v) }) {
			e.Growth = math.Max(e.Growth, real(v))
		}
		e.Stable = e.Growth < 0
		return e
	}
	n, _ := j.Dims()
	for i := range n {
		j.Set(i, i, j.At(i, i)+1)
	}
	e.Growth = 0
	for _, v := range leading(j, cmplx.Abs) {
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

// jacobian is the derivative of the expected change at a state, in its coordinates: people who
// go on seeing the same move by a matrix of their group, and everybody answers to the change
// in what is seen.
func (s *Landscape) jacobian(state []float64) *mat.Dense {
	at := s.coordinates(state)
	n := len(at)
	j := mat.NewDense(max(1, n), max(1, n), nil)
	sight := make([]float64, len(s.sight))
	s.flow.Sight(sight, state)
	s.flow.Look(sight)
	unit, moved := make([]float64, len(state)), make([]float64, len(state))
	for column, c := range at {
		of := s.flow.Of(unit, c.group)
		of[c.cell], of[c.rest] = 1, -1
		s.flow.Change(moved, unit)
		of[c.cell], of[c.rest] = 0, 0
		for row, r := range at {
			if r.group == c.group {
				j.Set(row, column, s.flow.Of(moved, r.group)[r.cell])
			}
		}
	}
	// How everybody's move answers to each number seen, and how that follows the state.
	const width = 1e-5
	other := make([]float64, len(sight))
	seen := mat.NewDense(len(sight), max(1, n), nil)
	up, down := make([]float64, len(sight)), make([]float64, len(sight))
	for column, c := range at {
		of := s.flow.Of(state, c.group)
		h := width * math.Max(1, of[c.rest])
		cell, rest := of[c.cell], of[c.rest]
		of[c.cell], of[c.rest] = cell+h, rest-h
		s.flow.Sight(up, state)
		of[c.cell], of[c.rest] = cell, rest
		s.flow.Sight(down, state)
		for i := range sight {
			seen.Set(i, column, (up[i]-down[i])/h)
		}
	}
	answer := mat.NewDense(max(1, n), len(sight), nil)
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
		for row, r := range at {
			answer.Set(row, i, (s.flow.Of(high, r.group)[r.cell]-s.flow.Of(base, r.group)[r.cell])/(h+low))
		}
	}
	var both mat.Dense
	both.Mul(answer, seen)
	j.Add(j, &both)
	return j
}

// small is the size up to which all eigenvalues of a matrix are worked out.
const small = 48

// leading are eigenvalues of a matrix among which are the outermost, by a measure: all of a
// small one; of a large one those of its Krylov spaces (Arnoldi 1951, Quarterly of Applied
// Mathematics 9(1)), of which the outermost converge first, the space growing until it has.
func leading(j *mat.Dense, measure func(complex128) float64) []complex128 {
	n, _ := j.Dims()
	for size := small; size < n; size *= 2 {
		values, doubt := krylov(j, size, measure)
		if doubt < 1e-9 {
			return values
		}
	}
	var e mat.Eigen
	if !e.Factorize(j, mat.EigenNone) {
		return []complex128{cmplx.NaN()}
	}
	return e.Values(nil)
}

// krylov are the eigenvalues of a matrix in a Krylov space of a size, and how wrong the
// outermost may be.
func krylov(j *mat.Dense, size int, measure func(complex128) float64) ([]complex128, float64) {
	n, _ := j.Dims()
	basis := make([]*mat.VecDense, 0, size+1)
	first := mat.NewVecDense(n, nil)
	for i := range n {
		first.SetVec(i, 1+halton(i+1, 2)) // any vector that no symmetry of a market leaves alone
	}
	first.ScaleVec(1/mat.Norm(first, 2), first)
	basis = append(basis, first)
	h := mat.NewDense(size, size, nil)
	var last float64
	for k := range size {
		w := mat.NewVecDense(n, nil)
		w.MulVec(j, basis[k])
		for range 2 { // once more, against rounding
			for i, b := range basis {
				d := mat.Dot(b, w)
				h.Set(i, k, h.At(i, k)+d)
				w.AddScaledVec(w, -d, b)
			}
		}
		last = mat.Norm(w, 2)
		if last < 1e-12 { // the space is complete
			whole := mat.DenseCopyOf(h.Slice(0, k+1, 0, k+1))
			h, last = whole, 0
			break
		}
		if k+1 < size {
			h.Set(k+1, k, last)
		}
		w.ScaleVec(1/last, w)
		basis = append(basis, w)
	}
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
	m, _ := h.Dims()
	return values, last * cmplx.Abs(vectors.At(m-1, outer))
}
