package theory

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Games with known equilibria: textbook ones, those of von Stengel 2002 and of a widely used solver's
// examples, and subsidy games whose payoffs are duopoly profits.
func TestBimatrix(t *testing.T) {
	type mixed struct {
		x, y []float64
		row  float64
	}
	third := []float64{1. / 3, 1. / 3, 1. / 3}
	nan := math.NaN() // a payoff that is not stated
	for name, row := range map[string]struct {
		a, b [][]float64
		want []mixed
	}{
		"rock, paper, scissors": {[][]float64{{0, -1, 1}, {1, 0, -1}, {-1, 1, 0}}, [][]float64{{0, 1, -1}, {-1, 0, 1}, {1, -1, 0}},
			[]mixed{{third, third, 0}}},
		"battle of the sexes": {[][]float64{{3, 0}, {0, 2}}, [][]float64{{2, 0}, {0, 3}},
			[]mixed{{[]float64{1, 0}, []float64{1, 0}, 3}, {[]float64{0.6, 0.4}, []float64{0.4, 0.6}, 1.2}, {[]float64{0, 1}, []float64{0, 1}, 2}}},
		"matching pennies": {[][]float64{{1, -1}, {-1, 1}}, [][]float64{{-1, 1}, {1, -1}},
			[]mixed{{[]float64{0.5, 0.5}, []float64{0.5, 0.5}, 0}}},
		"prisoners' dilemma": {[][]float64{{3, 0}, {5, 1}}, [][]float64{{3, 5}, {0, 1}},
			[]mixed{{[]float64{0, 1}, []float64{0, 1}, 1}}},
		"stag hunt": {[][]float64{{4, 1}, {3, 3}}, [][]float64{{4, 3}, {1, 3}},
			[]mixed{{[]float64{1, 0}, []float64{1, 0}, 4}, {[]float64{2. / 3, 1. / 3}, []float64{2. / 3, 1. / 3}, nan}, {[]float64{0, 1}, []float64{0, 1}, 3}}},
		"three by two": {[][]float64{{3, 3}, {2, 5}, {0, 6}}, [][]float64{{3, 2}, {2, 6}, {3, 1}},
			[]mixed{{[]float64{1, 0, 0}, []float64{1, 0}, 3}, {[]float64{0.8, 0.2, 0}, []float64{2. / 3, 1. / 3}, 3}, {[]float64{0, 1. / 3, 2. / 3}, []float64{1. / 3, 2. / 3}, 4}}},
		"chicken": {[][]float64{{1, 2}, {3, 0}}, [][]float64{{0, 2}, {3, 1}},
			[]mixed{{[]float64{1, 0}, []float64{0, 1}, 2}, {[]float64{0.5, 0.5}, []float64{0.5, 0.5}, 1.5}, {[]float64{0, 1}, []float64{1, 0}, 3}}},
		"G1": subsidies([][]float64{{0.7, 0.5985294, 0.5105882}, {0.7132353, 0.625, 0.5485294}, {0.7032941, 0.6265294, 0.56}},
			mixed{[]float64{0, 0, 1}, []float64{0, 0, 1}, 0.56}),
		"G2": subsidies([][]float64{{0.85, 0.7502747, 0.6704945}, {0.8623626, 0.775, 0.7051099}, {0.8544505, 0.776978, 0.715}},
			mixed{[]float64{0, 0, 1}, []float64{0, 0, 1}, 0.715}),
		"G3": subsidies([][]float64{{0.475, 0.3101852, 0.1453704}, {0.5027778, 0.375, 0.2472222}, {0.4564815, 0.3657407, 0.275}},
			mixed{[]float64{0, 1, 0}, []float64{0, 1, 0}, 0.375}, mixed{[]float64{0, 0.75, 0.25}, []float64{0, 0.75, 0.25}, 0.343055556}, mixed{[]float64{0, 0, 1}, []float64{0, 0, 1}, 0.275}),
		"C1": subsidies([][]float64{{0.2857143, 0.231368, 0.1718179}, {0.22158, 0.1542058, 0.07432312}, {0.1704554, 0.09984931, 0.007865055}},
			mixed{[]float64{1, 0, 0}, []float64{1, 0, 0}, 0.285714286}),
		"C2": subsidies([][]float64{{0.1666667, 0.0807164, 0.01677904}, {0.346418, 0.143493, -0.1380229}, {0.4161048, 0.3274051, -0.01766842}},
			mixed{[]float64{1, 0, 0}, []float64{0, 0, 1}, 0.01677904}, mixed{[]float64{0.121342784, 0, 0.878657216}, []float64{0.121342784, 0, 0.878657216}, 0.0349668257}, mixed{[]float64{0, 0, 1}, []float64{1, 0, 0}, 0.4161048}),
	} {
		t.Run(name, func(t *testing.T) {
			got := byName(t, "bimatrix", Params{"A": row.a, "B": row.b})
			require.Equal(t, float64(len(row.want)), got["equilibria"])
			require.Zero(t, got["degenerate"])
			for e, want := range row.want {
				for i, p := range want.x {
					require.InDelta(t, p, got[fmt.Sprintf("x[%d](%d)", e, i+1)], 1e-6, "equilibrium %d, row %d", e, i+1)
				}
				for j, p := range want.y {
					require.InDelta(t, p, got[fmt.Sprintf("y[%d](%d)", e, j+1)], 1e-6, "equilibrium %d, column %d", e, j+1)
				}
				if !math.IsNaN(want.row) {
					require.InDelta(t, want.row, got[fmt.Sprintf("payoff_row[%d]", e)], 1e-6, "equilibrium %d", e)
				}
			}
		})
	}
	sexes := byName(t, "bimatrix", Params{"A": [][]float64{{3, 0}, {0, 2}}, "B": []any{[]any{2, 0}, []any{0, 3}}})
	require.InDelta(t, 1.2, sexes["payoff_column[1]"], 1e-12, "1.2 each")
}

// subsidies is a game in which both players choose among the same subsidies.
func subsidies[M any](a [][]float64, want ...M) struct {
	a, b [][]float64
	want []M
} {
	return struct {
		a, b [][]float64
		want []M
	}{a, transposed(a), want}
}

// Three rows of which the middle one is always best for a player indifferent about the columns: a
// solver's own test of breaking ties. All columns reply to it equally well.
func TestBimatrixDegenerate(t *testing.T) {
	a := [][]float64{{-1, -1, -1}, {0, 0, 0}, {-1, -1, -10000}}
	all, degenerate := Bimatrix{A: a, B: a}.Equilibria()
	require.True(t, degenerate)
	require.Len(t, all, 3, "the corners of a triangle of equilibria")
	for e, each := range all {
		require.Equal(t, []float64{0, 1, 0}, each.Row)
		require.Equal(t, 1.0, each.Column[e])
	}
	flat, degenerate := Bimatrix{A: [][]float64{{1, 1}}, B: [][]float64{{7, 7}}}.Equilibria()
	require.True(t, degenerate)
	require.Len(t, flat, 2, "nothing matters")
}

// Every equilibrium is a pair of best replies; nondegenerate games have an odd number of them, and none
// of their pure ones is missed.
func TestBimatrixEquilibriaAreBestReplies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, columns := rapid.IntRange(1, 4).Draw(t, "rows"), rapid.IntRange(1, 4).Draw(t, "columns")
		payoff := rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(-5e5, 5e5).Draw(t, "payoff")) / 1e5 })
		if rapid.Bool().Draw(t, "ties") {
			payoff = rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(-2, 2).Draw(t, "payoff")) })
		}
		draw := func(name string) [][]float64 {
			m := make([][]float64, rows)
			for i := range m {
				m[i] = rapid.SliceOfN(payoff, columns, columns).Draw(t, name)
			}
			return m
		}
		b := Bimatrix{A: draw("A"), B: draw("B")}
		all, degenerate := b.Equilibria()
		require.NotEmpty(t, all, "Nash 1951: there always is one")
		if !degenerate {
			require.Equal(t, 1, len(all)%2, "Lemke and Howson 1964: an odd number")
		}
		for _, e := range all {
			var sums pair
			for i, p := range e.Row {
				sums[0] += p
				pure := make([]float64, rows)
				pure[i] = 1
				require.LessOrEqual(t, b.at(pure, e.Column).RowPayoff, e.RowPayoff+1e-7)
			}
			for j, p := range e.Column {
				sums[1] += p
				pure := make([]float64, columns)
				pure[j] = 1
				require.LessOrEqual(t, b.at(e.Row, pure).ColumnPayoff, e.ColumnPayoff+1e-7)
			}
			require.InDeltaSlice(t, []float64{1, 1}, sums[:], 1e-9)
		}
		for i := range rows {
			for j := range columns {
				best := true
				for k := range rows {
					best = best && b.A[k][j] <= b.A[i][j]
				}
				for k := range columns {
					best = best && b.B[i][k] <= b.B[i][j]
				}
				listed := false
				for _, e := range all {
					listed = listed || e.Row[i] == 1 && e.Column[j] == 1
				}
				require.Equal(t, best, listed, "row %d, column %d", i, j)
			}
		}
	})
}

func TestBimatrixFaults(t *testing.T) {
	_, err := Solve("bimatrix", Params{"A": []any{[]any{1, 2}, []any{3}}, "B": "none"})
	require.EqualError(t, err, "A: [[1 2] [3]] has 2 numbers in row 1 and 1 in row 2; give a list of rows, each a list of as many numbers, each a number from -1e100 to 1e100\n"+
		`B: the word "none" is not a matrix; give a list of rows, each a list of as many numbers, each a number from -1e100 to 1e100`)
	_, err = Solve("bimatrix", Params{"A": []any{[]any{1, 2}}, "B": []any{[]any{1}, []any{2}}})
	require.EqualError(t, err, "B: is 2 by 1 beside an A of 1 by 2; give both players' payoffs for the same strategies")
	wide := [][]float64{make([]float64, 16)}
	_, err = Solve("bimatrix", Params{"A": wide, "B": []any{}})
	require.EqualError(t, err, "B: [] is an empty list; give a list of rows, each a list of as many numbers, each a number from -1e100 to 1e100\n"+
		"A: has 1 rows and 16 columns; give at most 16 together")
	for _, m := range []any{[]any{1, 2}, []any{nil}, []any{[]any{}}, []any{[]any{"x"}}, []any{[]any{math.NaN()}}} {
		_, err = Solve("bimatrix", Params{"A": m, "B": [][]float64{{1}}})
		require.Error(t, err, "%v", m)
	}
}
