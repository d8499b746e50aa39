package study_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models/theory"
	"flywheel/sim/study"
)

// The functions of the literature, on the unit cube.
func ishigami(u []float64) float64 {
	at := func(i int) float64 { return math.Pi * (2*u[i] - 1) }
	return math.Sin(at(0))*(1+0.1*math.Pow(at(2), 4)) + 7*math.Pow(math.Sin(at(1)), 2)
}

func gFunction(a ...float64) func([]float64) float64 {
	return func(u []float64) float64 {
		product := 1.0
		for i := range a {
			product *= (math.Abs(4*u[i]-2) + a[i]) / (1 + a[i])
		}
		return product
	}
}

// evaluate answers a design by a function, each point once.
func evaluate(f func([]float64) float64, design [][]float64) [][]float64 {
	values := make([][]float64, len(design))
	for i, u := range design {
		values[i] = []float64{f(u)}
	}
	return values
}

func TestSobolIndicesReachTheClosedForms(t *testing.T) {
	for name, c := range map[string]struct {
		f    func([]float64) float64
		want theory.SobolIndices
	}{
		"ishigami": {ishigami, theory.Ishigami{A: 7, B: 0.1}.Sobol()},
		"g of 8":   {gFunction(0, 1, 4.5, 9, 99, 99, 99, 99), theory.GFunction{0, 1, 4.5, 9, 99, 99, 99, 99}.Sobol()},
		"g of 6":   {gFunction(78, 12, 0.5, 2, 97, 33), theory.GFunction{78, 12, 0.5, 2, 97, 33}.Sobol()},
	} {
		t.Run(name, func(t *testing.T) {
			inputs := make([]string, len(c.want.First))
			got := study.Sobol(inputs, evaluate(c.f, study.SobolDesign(len(inputs), 4096, 1)), 1)
			for i, index := range got.Sobol {
				t.Logf("%d: first %.5f (%.5f), total %.5f (%.5f)", i+1, index.First.Value, c.want.First[i], index.Total.Value, c.want.Total[i])
				// At 4096 rows Monte Carlo is off by some 0.02; evenly spread points are better.
				require.InDelta(t, c.want.First[i], index.First.Value, 0.02)
				require.InDelta(t, c.want.Total[i], index.Total.Value, 0.02)
				require.LessOrEqual(t, index.First.Lo-1e-6, c.want.First[i])
				require.GreaterOrEqual(t, index.First.Hi+1e-6, c.want.First[i])
				require.LessOrEqual(t, index.Total.Lo-1e-6, c.want.Total[i])
				require.GreaterOrEqual(t, index.Total.Hi+1e-6, c.want.Total[i])
			}
			require.InEpsilon(t, c.want.Variance, got.Variance, 0.02)
		})
	}
}

// Full enumeration at four levels gives 2.5, 0.5 and 1 for the means and 0.372678, 0.372678 and
// 1/3 for the deviations of 2 x1 + x1 x2 + x3^2; -2.799038, 1, -1.5 and 1.118034, 0, 1.118034
// for those of sin(2 pi x1) + x2 - 3 x1 x3.
func TestMorrisEffectsReachFullEnumeration(t *testing.T) {
	for name, c := range map[string]struct {
		f         func([]float64) float64
		mu, sigma [3]float64
	}{
		"polynomial": {func(x []float64) float64 { return 2*x[0] + x[0]*x[1] + x[2]*x[2] },
			[3]float64{2.5, 0.5, 1}, [3]float64{0.372678, 0.372678, 0.3333333}},
		"sine": {func(x []float64) float64 { return math.Sin(2*math.Pi*x[0]) + x[1] - 3*x[0]*x[2] },
			[3]float64{-2.799038, 1, -1.5}, [3]float64{1.118034, 0, 1.118034}},
	} {
		t.Run(name, func(t *testing.T) {
			const trajectories = 400
			design := study.MorrisDesign(3, trajectories, 1)
			got := study.Morris([]string{"x1", "x2", "x3"}, design, evaluate(c.f, design), 1)
			for i, e := range got.Morris {
				tolerance := 4*c.sigma[i]/math.Sqrt(trajectories) + 1e-9
				require.InDelta(t, c.mu[i], e.Mu.Value, tolerance)
				require.InDelta(t, math.Abs(c.mu[i]), e.MuStar.Value, tolerance)
				require.InDelta(t, c.sigma[i], e.Sigma.Value, tolerance)
				require.LessOrEqual(t, e.Mu.Lo, e.Mu.Value+1e-9)
				require.GreaterOrEqual(t, e.Mu.Hi, e.Mu.Value-1e-9)
			}
		})
	}
}

func TestWhatIsCutOffAnInterruptedDesignIsLeftOut(t *testing.T) {
	design := study.SobolDesign(3, 64, 1)
	values := evaluate(ishigami, design)
	require.Equal(t, study.Sobol(make([]string, 3), values[:63*5], 1).Sobol, study.Sobol(make([]string, 3), values[:63*5+4], 1).Sobol)
	require.Equal(t, 63, study.Sobol(make([]string, 3), values[:63*5+4], 1).Rows)
}

// With luck of variance 1 added to each of four replications, a fourth of it remains in the
// means, beside the variance 13.8445879 of the function.
func TestTheShareOfLuckIsSaid(t *testing.T) {
	design := study.SobolDesign(3, 2048, 1)
	values := make([][]float64, len(design))
	for i, u := range design {
		for r := range 4 {
			// the standard logistic distribution has variance pi^2/3
			v := math.Mod(float64(i*4+r+1)*0.6180339887498949, 1)
			values[i] = append(values[i], ishigami(u)+math.Log(v/(1-v))/math.Sqrt(math.Pi*math.Pi/3))
		}
	}
	require.InDelta(t, 0.25/(13.8445879+0.25), study.Sobol(make([]string, 3), values, 1).Luck, 0.003)
}

func TestAMetricThatDoesNotVaryHasNoIndices(t *testing.T) {
	design := study.SobolDesign(2, 16, 1)
	got := study.Sobol(make([]string, 2), evaluate(func([]float64) float64 { return 3 }, design), 1)
	require.True(t, math.IsNaN(got.Sobol[0].First.Value))
	require.True(t, math.IsNaN(got.Luck))
}
