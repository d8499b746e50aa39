package theory

import (
	"fmt"
	"math"
	"math/bits"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Bimatrix is a game of two players: when the first plays row i and the second column j, they earn
// A[i][j] and B[i][j].
type Bimatrix struct{ A, B [][]float64 }

// NashEquilibrium is a pair of mixed strategies, each a best reply to the other.
type NashEquilibrium struct {
	Row, Column             []float64 // probability of each row, of each column
	RowPayoff, ColumnPayoff float64
}

// payoffTie is the share of the range of a player's payoffs below which two of them are the same.
const payoffTie = 1e-9

// Equilibria returns the extreme equilibria, those with the largest probabilities of the first rows
// first, and whether the game is degenerate.
//
// A nondegenerate game has no others, and an odd number of them. In a degenerate one — where some
// strategy has more pure best replies than rows or columns it mixes — these are the corners of sets of
// equilibria that may hold infinitely many more.
//
// They are the pairs of vertices of the two best-reply polytopes that together carry every label (von
// Stengel 2002, in Handbook of Game Theory 3, 1723-1759).
func (b Bimatrix) Equilibria() (found []NashEquilibrium, degenerate bool) {
	rows, columns := len(b.A), len(b.A[0])
	// Rows of the first polytope are the columns' payoffs against a row strategy; of the second, the
	// rows' payoffs against a column strategy.
	replies := positive(transposed(b.B))
	payoffs := positive(b.A)
	xs, deg1 := vertices(replies, rows, func(i int) int { return i }, func(j int) int { return rows + j })
	ys, deg2 := vertices(payoffs, columns, func(j int) int { return rows + j }, func(i int) int { return i })
	all := uint64(1)<<(rows+columns) - 1
	for _, x := range xs {
		for _, y := range ys {
			if x.labels|y.labels == all && !x.origin() && !y.origin() {
				found = append(found, b.at(x.strategy(), y.strategy()))
			}
		}
	}
	slices.SortFunc(found, func(p, q NashEquilibrium) int {
		return slices.Compare(append(slices.Clone(q.Row), q.Column...), append(slices.Clone(p.Row), p.Column...))
	})
	return found, deg1 || deg2
}

// at states the payoffs of a pair of strategies.
func (b Bimatrix) at(x, y []float64) NashEquilibrium {
	e := NashEquilibrium{Row: x, Column: y}
	for i := range x {
		for j := range y {
			e.RowPayoff += x[i] * y[j] * b.A[i][j]
			e.ColumnPayoff += x[i] * y[j] * b.B[i][j]
		}
	}
	return e
}

// positive moves payoffs to the range from 1 to 2, which changes no best reply.
func positive(payoffs [][]float64) [][]float64 {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, row := range payoffs {
		lo, hi = min(lo, slices.Min(row)), max(hi, slices.Max(row))
	}
	moved := make([][]float64, len(payoffs))
	for i, row := range payoffs {
		moved[i] = make([]float64, len(row))
		for j, x := range row {
			moved[i][j] = 1
			if hi > lo {
				moved[i][j] += (x - lo) / (hi - lo)
			}
		}
	}
	return moved
}

func transposed(a [][]float64) [][]float64 {
	t := make([][]float64, len(a[0]))
	for j := range t {
		for i := range a {
			t[j] = append(t[j], a[i][j])
		}
	}
	return t
}

// vertex is a corner of a best-reply polytope: a strategy not yet scaled to a sum of one, and the
// labels of what binds there — pure strategies that it does not mix, and best replies of the opponent.
type vertex struct {
	z      []float64
	labels uint64
}

func (v vertex) origin() bool {
	return !slices.ContainsFunc(v.z, func(z float64) bool { return z > 0 })
}

func (v vertex) strategy() []float64 {
	var sum float64
	for _, z := range v.z {
		sum += z
	}
	scaled := make([]float64, len(v.z))
	for i, z := range v.z {
		scaled[i] = z / sum
	}
	return scaled
}

// vertices lists the corners of { z >= 0, against·z <= 1 } in dim dimensions, by trying every choice of
// dim inequalities to bind, and says whether more than that bind anywhere. The label of z_k = 0 is
// unplayed(k), that of reply r being a best one is best(r).
func vertices(against [][]float64, dim int, unplayed, best func(int) int) (list []vertex, degenerate bool) {
	seen := map[uint64]bool{}
	for chosen := range choices(dim+len(against), dim) {
		z, unique := meet(against, dim, chosen)
		if !unique {
			continue
		}
		var v vertex
		inside := true
		for k := range z {
			switch {
			case z[k] < -payoffTie:
				inside = false
			case z[k] <= payoffTie:
				z[k] = 0
				v.labels |= 1 << unplayed(k)
			}
		}
		for r, payoff := range against {
			var sum float64
			for k := range z {
				sum += payoff[k] * z[k]
			}
			switch {
			case sum > 1+payoffTie:
				inside = false
			case sum >= 1-payoffTie:
				v.labels |= 1 << best(r)
			}
		}
		if !inside || seen[v.labels] {
			continue
		}
		seen[v.labels] = true // labels tell corners apart
		v.z = z
		list = append(list, v)
		degenerate = degenerate || bits.OnesCount64(v.labels) > dim
	}
	return list, degenerate
}

// choices visits every set of k of n things, as bits.
func choices(n, k int) func(func(uint64) bool) {
	return func(visit func(uint64) bool) {
		for set := uint64(1)<<k - 1; set < 1<<n; {
			if !visit(set) {
				return
			}
			low := set & -set // the next larger number with as many bits
			next := set + low
			set = next | (set^next)/low>>2
		}
	}
}

// meet returns the point where the inequalities chosen all bind, the first dim of them being z_k >= 0;
// false where that is no single point.
func meet(against [][]float64, dim int, chosen uint64) (z []float64, unique bool) {
	var mixed []int
	var binding [][]float64
	for k := range dim {
		if chosen&(1<<k) == 0 {
			mixed = append(mixed, k)
		}
	}
	for r := range against {
		if chosen&(1<<(dim+r)) != 0 {
			binding = append(binding, against[r])
		}
	}
	z = make([]float64, dim)
	if len(mixed) == 0 {
		return z, true
	}
	matrix, ones := mat.NewDense(len(mixed), len(mixed), nil), mat.NewVecDense(len(mixed), nil)
	for r, payoff := range binding {
		ones.SetVec(r, 1)
		for c, k := range mixed {
			matrix.Set(r, c, payoff[k])
		}
	}
	var lu mat.LU
	lu.Factorize(matrix)
	var weights mat.VecDense
	if !(lu.Cond() < 1/payoffTie) || lu.SolveVecTo(&weights, false, ones) != nil {
		return nil, false
	}
	for c, k := range mixed {
		z[k] = weights.AtVec(c)
	}
	return z, true
}

func bimatrixModel() model {
	payoffs := limit{func(x float64) bool { return math.Abs(x) <= 1e100 }, "a number from -1e100 to 1e100"}
	return model{
		name: "bimatrix",
		parameters: []Parameter{
			{Name: "A", Kind: Matrix, Required: true, limit: payoffs, Doc: "payoffs of the row player, a list per row"},
			{Name: "B", Kind: Matrix, Required: true, limit: payoffs, Doc: "payoffs of the column player, a list per row"},
		},
		check: checkBimatrix,
		solve: func(v values) []Quantity {
			all, degenerate := Bimatrix{A: v.matrix("A"), B: v.matrix("B")}.Equilibria()
			out := quantities{{"equilibria", float64(len(all))}, {"degenerate", oneIf(degenerate)}}
			for e, each := range all {
				for i, p := range each.Row {
					out.add(called(indexed("x", e), float64(i+1)), p)
				}
				for j, p := range each.Column {
					out.add(called(indexed("y", e), float64(j+1)), p)
				}
				out.add(indexed("payoff_row", e), each.RowPayoff)
				out.add(indexed("payoff_column", e), each.ColumnPayoff)
			}
			return out
		},
	}
}

func checkBimatrix(v values) []error {
	a, b := v.matrix("A"), v.matrix("B")
	var faults []error
	if a != nil && b != nil && (len(a) != len(b) || len(a[0]) != len(b[0])) {
		faults = append(faults, Fault{"B", fmt.Sprintf("is %d by %d beside an A of %d by %d", len(b), len(b[0]), len(a), len(a[0])), "give both players' payoffs for the same strategies"})
	}
	for _, name := range []string{"A", "B"} {
		const most = 16 // every choice of half of so many things is tried
		if m := v.matrix(name); m != nil && len(m)+len(m[0]) > most {
			faults = append(faults, Fault{name, fmt.Sprintf("has %d rows and %d columns", len(m), len(m[0])), fmt.Sprintf("give at most %d together", most)})
		}
	}
	return faults
}
