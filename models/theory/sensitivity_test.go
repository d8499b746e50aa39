package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Indices from an independent integration; those of the second g-function are also the test values of a
// widely used package for sensitivity analysis, whose printed six digits they keep.
func TestSobol(t *testing.T) {
	for _, row := range []struct{ a, b, variance, s1, s2, t1, t2, t3 float64 }{
		{7, 0.1, 13.8445879, 0.31390519, 0.44241114, 0.55758886, 0.44241114, 0.24368366},
		{7, 0.05, 8.91694244, 0.21851856, 0.68689464, 0.31310536, 0.68689464, 0.094586792},
	} {
		got := byName(t, "sobol", Params{"function": "ishigami", "a": row.a, "b": row.b})
		near(t, row.variance, got["variance"], "%+v", row)
		near(t, row.s1, got["S[1]"], "%+v", row)
		near(t, row.s2, got["S[2]"], "%+v", row)
		require.Zero(t, got["S[3]"])
		near(t, row.t1, got["ST[1]"], "%+v", row)
		near(t, row.t2, got["ST[2]"], "%+v", row)
		near(t, row.t3, got["ST[3]"], "%+v", row)
	}
	for _, row := range []struct{ a, first, total []float64 }{
		{[]float64{0, 1, 4.5, 9, 99, 99, 99, 99},
			[]float64{0.7161922, 0.179048, 0.02367577, 0.007161922, 7.161922e-05, 7.161922e-05},
			[]float64{0.7871441, 0.2421982, 0.03431691, 0.01046039, 0.0001049491, 0.0001049491}},
		{[]float64{78, 12, 0.5, 2, 97, 33},
			[]float64{0.000276065, 0.0101948, 0.7657431, 0.1914358, 0.0001793963, 0.001490417},
			[]float64{0.0003294577, 0.01214324, 0.7959698, 0.2203131, 0.0002140966, 0.001778255}},
		{[]float64{0, 0.5, 3, 9, 99, 99},
			[]float64{0.5867812, 0.2607916, 0.03667382, 0.005867812, 5.867812e-05, 5.867812e-05},
			[]float64{0.6900859, 0.3561734, 0.05633354, 0.009170577, 9.200839e-05, 9.200839e-05}},
		{[]float64{0, 0, 6.52}, []float64{0.422874, 0.422874, 0.007477826}, []float64{0.5671555, 0.5671555, 0.01329391}},
	} {
		got := byName(t, "sobol", Params{"function": "g", "a": row.a})
		for i, want := range row.first {
			require.InEpsilon(t, want, got[indexed("S", i+1)], 1e-6, "%v: S[%d]", row.a, i+1)
		}
		for i, want := range row.total {
			require.InEpsilon(t, want, got[indexed("ST", i+1)], 1e-6, "%v: ST[%d]", row.a, i+1)
		}
	}
}

// Shares add up as shares of a variance must: first ones to one at most, total ones to one at least.
func TestSobolAlgebra(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, s := range []SobolIndices{
			GFunction(rapid.SliceOfN(rapid.Float64Range(0, 100), 1, 8).Draw(t, "a")).Sobol(),
			Ishigami{A: rapid.Float64Range(-9, 9).Draw(t, "A"), B: rapid.Float64Range(-1, 1).Draw(t, "B")}.Sobol(),
		} {
			var first, total float64
			for i := range s.First {
				first += s.First[i]
				total += s.Total[i]
				require.LessOrEqual(t, s.First[i], s.Total[i]+1e-12)
			}
			require.LessOrEqual(t, first, 1+1e-12)
			require.GreaterOrEqual(t, total, 1-1e-12)
		}
	})
}

// Two functions enumerated by hand on four levels, and the g-function's product against the plain
// enumeration of its grid.
func TestMorris(t *testing.T) {
	for _, row := range []struct {
		name            string
		f               func(x []float64) float64
		mu, star, sigma []float64
	}{
		{"2x1 + x1x2 + x3²", func(x []float64) float64 { return 2*x[0] + x[0]*x[1] + x[2]*x[2] },
			[]float64{2.5, 0.5, 1}, []float64{2.5, 0.5, 1}, []float64{0.372678, 0.372678, 0.3333333}},
		{"sin(2πx1) + x2 - 3x1x3", func(x []float64) float64 { return math.Sin(2*math.Pi*x[0]) + x[1] - 3*x[0]*x[2] },
			[]float64{-2.799038, 1, -1.5}, []float64{2.799038, 1, 1.5}, []float64{1.118034, 0, 1.118034}},
	} {
		m := enumerate(row.f, 3, 4)
		require.InDeltaSlice(t, row.mu, m.Mu, 1e-6, row.name)
		require.InDeltaSlice(t, row.star, m.MuStar, 1e-6, row.name)
		require.InDeltaSlice(t, row.sigma, m.Sigma, 1e-6, row.name)
	}
	a := []float64{0, 1, 4.5}
	whole := enumerate(func(x []float64) float64 {
		y := 1.0
		for i := range x {
			y *= (math.Abs(4*x[i]-2) + a[i]) / (1 + a[i])
		}
		return y
	}, 3, 6)
	got := byName(t, "morris", Params{"function": "g", "a": a, "levels": 6})
	for i := range a {
		near(t, whole.Mu[i], got[indexed("mu", i+1)], "mu")
		near(t, whole.MuStar[i], got[indexed("mu_star", i+1)], "mu_star")
		near(t, whole.Sigma[i], got[indexed("sigma", i+1)], "sigma")
	}

	// By hand on four levels: x1 steps from -π to π/3 or from -π/3 to π, each by √3/2; sin² of x2 at those
	// levels is 0 or 3/4; x3 steps from a fourth power of π⁴ to one of (π/3)⁴, or back.
	ishigami := byName(t, "morris", Params{"function": "ishigami", "a": 7, "b": 0.1})
	p, half := math.Pow(math.Pi, 4), math.Sqrt(3)/2
	near(t, half*(1+0.1*(p+p/81)/2)*1.5, ishigami["mu[1]"], "mu[1]")
	near(t, 0, ishigami["mu[2]"], "mu[2]")
	near(t, 7*0.75*1.5, ishigami["mu_star[2]"], "mu_star[2]")
	near(t, half/2*0.1*(p-p/81)*1.5, ishigami["mu_star[3]"], "mu_star[3]")
}

func TestSensitivityFaults(t *testing.T) {
	const others = "choose ishigami or g, which have closed forms; the sensitivity of any other function is estimated by a study"
	_, err := Solve("sobol", Params{"function": "x1 + 2*x2", "a": 1})
	require.EqualError(t, err, `function: "x1 + 2*x2" is not one of ishigami, g; `+others)
	_, err = Solve("morris", Params{"function": "ishigami", "a": []any{1, 2}, "levels": 5})
	require.EqualError(t, err, "levels: 5 is not possible here; give an even number from 2 to 64\n"+
		"b: missing beside function ishigami; give it as well\n"+
		"a: [1 2] is a list beside function ishigami; give one number")
	_, err = Solve("sobol", Params{"function": "g", "a": []any{1, -2}, "b": 1})
	require.EqualError(t, err, "b: given beside function g; leave it out, or choose function ishigami\n"+
		"a: -2 is not possible beside function g; give numbers from 0 to 1e100")
}
