package results_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/results"
)

// The ten patients of Cushny and Peebles 1905 that Student 1908 (Biometrika 6(1)) used: extra hours of
// sleep under two drugs. R 4's t.test(paired = TRUE) prints mean -1.58 and the interval
// [-2.4598858, -0.7001142]; sd are 1.789010, 2.002249 and, of the differences, 1.229995.
func TestPairedOnStudentsSleepData(t *testing.T) {
	first := []float64{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0}
	second := []float64{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4}
	d, warnings := results.Paired(first, second, 0.95)
	require.Empty(t, warnings)
	require.InDelta(t, -1.58, d.Mean, 1e-9)
	require.InDelta(t, -2.4598858, d.Lo, 5e-8)
	require.InDelta(t, -0.7001142, d.Hi, 5e-8)
	require.True(t, d.Shown)
	require.Equal(t, 10, d.Pairs)
	require.InDelta(t, (1.789010*1.789010+2.002249*2.002249)/(1.229995*1.229995), d.VarianceRatio, 1e-4)

	// At 99.9% Student's t with 9 degrees of freedom is 4.781 (any t table), so the half width is
	// 4.781*1.229995/sqrt(10) = 1.8596 and the interval holds 0.
	d, _ = results.Paired(first, second, 0.999)
	require.InDelta(t, -1.58+1.8596, d.Hi, 1e-3)
	require.False(t, d.Shown)
}

func TestPairedByHand(t *testing.T) {
	// Differences 1 and 3: mean 2, variance 2, standard error 1; t(1 df, 97.5%) = 12.7062 (Cauchy:
	// tan(0.475 pi)). var a = 8, var b = 2.
	d, warnings := results.Paired([]float64{3, 7}, []float64{2, 4}, 0.95)
	require.Empty(t, warnings)
	require.InDelta(t, 2, d.Mean, 1e-12)
	require.InDelta(t, 2-math.Tan(0.475*math.Pi), d.Lo, 1e-6)
	require.InDelta(t, 2+math.Tan(0.475*math.Pi), d.Hi, 1e-6)
	require.InDelta(t, 5, d.VarianceRatio, 1e-12)
	require.False(t, d.Shown)
}

func TestPairedAtItsEdges(t *testing.T) {
	nan := math.NaN()
	d, warnings := results.Paired([]float64{1, nan, 5}, []float64{0, 1, nan}, 0.95)
	require.Equal(t, []results.Warning{
		{Code: "dropped", Text: "2 of 3 pairs have no value here and are left out"},
		{Code: "few-replications", Text: "1 pair cannot show a difference; at least 2 are needed"}}, warnings)
	require.Equal(t, 1.0, d.Mean)
	require.Equal(t, 1, d.Pairs)
	require.False(t, d.Shown)
	require.True(t, math.IsNaN(d.Lo) && math.IsNaN(d.Hi) && math.IsNaN(d.VarianceRatio))

	d, warnings = results.Paired(nil, nil, 0.95)
	require.Equal(t, "0 pairs cannot show a difference; at least 2 are needed", warnings[0].Text)
	require.True(t, math.IsNaN(d.Mean))

	d, warnings = results.Paired([]float64{2, 3, 4}, []float64{1, 2, 3}, 0.95)
	require.Empty(t, warnings)
	require.True(t, d.Shown, "the same difference every time is shown")
	require.Equal(t, []float64{1, 1, 1}, []float64{d.Mean, d.Lo, d.Hi})
	require.True(t, math.IsInf(d.VarianceRatio, 1))

	d, _ = results.Paired([]float64{2, 2}, []float64{2, 2}, 0.95)
	require.False(t, d.Shown)
	require.True(t, math.IsNaN(d.VarianceRatio))

	d, warnings = results.Paired([]float64{1, 2}, []float64{0, 0}, 95)
	require.Equal(t, "a confidence of 9500% gives no interval; it must lie between 0 and 100%", warnings[0].Text)
	require.False(t, d.Shown)
	require.Equal(t, 1.5, d.Mean)

	require.PanicsWithValue(t, "bug: 1 values cannot be paired with 2", func() { results.Paired([]float64{1}, []float64{1, 2}, 0.95) })
}

// Exchanging the variants turns the interval round and says the same about being shown.
func TestPairedIsAntisymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "n")
		a := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), n, n).Draw(t, "a")
		b := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), n, n).Draw(t, "b")
		forth, _ := results.Paired(a, b, 0.9)
		back, _ := results.Paired(b, a, 0.9)
		require.Equal(t, forth.Shown, back.Shown)
		require.Equal(t, []float64{forth.Mean, forth.Lo, forth.Hi}, []float64{-back.Mean, -back.Hi, -back.Lo})
		require.LessOrEqual(t, forth.Lo, forth.Mean)
		require.LessOrEqual(t, forth.Mean, forth.Hi)
	})
}

// R 4: t.test(c(0.7,-1.6,-0.2,-1.2,-0.1,3.4,3.7,0.8,0,2), c(1.9,0.8,1.1,0.1,-0.1,4.4,5.5,1.6,4.6,3.4)), which is
// its own example on Student's sleep data: mean difference -1.58, 95% interval [-3.3654832, 0.2054832], Welch's df 17.776.
func TestUnpairedOnStudentsSleepData(t *testing.T) {
	first := []float64{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0}
	second := []float64{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4, math.NaN()}
	d := results.Unpaired(first, second, 0.95)
	require.InDelta(t, -1.58, d.Mean, 1e-9)
	require.InDelta(t, -3.3654832, d.Lo, 5e-8)
	require.InDelta(t, 0.2054832, d.Hi, 5e-8)
	require.False(t, d.Shown)
	require.Equal(t, 10, d.Pairs)
	require.True(t, math.IsNaN(results.Unpaired(first, second[:1], 0.95).Lo))
}

// Bonferroni by hand, and Stein's number of pairs: with sd 1.23, t(9, 97.5%) = 2.2622 and a width of 1 the
// second stage wants (2*2.2622*1.23)^2 = 30.97 pairs.
func TestTogetherAndNeeded(t *testing.T) {
	require.InDelta(t, 0.995, results.Together(0.95, 10), 1e-15)
	require.Equal(t, 0.95, results.Together(0.95, 1))
	n, ok := results.Needed(results.Difference{Pairs: 10, SD: 1.23}, 1, 0.95)
	require.True(t, ok)
	require.Equal(t, 31, n)
	n, ok = results.Needed(results.Difference{Pairs: 10, SD: 0}, 1, 0.95)
	require.True(t, ok)
	require.Equal(t, 10, n, "not fewer than there are")
	_, ok = results.Needed(results.Difference{Pairs: 1, SD: math.NaN()}, 1, 0.95)
	require.False(t, ok)
	_, ok = results.Needed(results.Difference{Pairs: 10, SD: 1}, 0, 0.95)
	require.False(t, ok)
}
