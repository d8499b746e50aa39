package results_test

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/results"
)

func TestBandOfIsTypeSeven(t *testing.T) {
	// Ranks by hand for n=5: 1+4*0.05 = 1.2 and 1+4*0.95 = 4.8; between neighbours linearly.
	band, warnings := results.BandOf([]float64{50, 10, 40, 20, 30}, 0.05, 0.95)
	require.InDelta(t, 30, band.Mean, 1e-12)
	require.InDelta(t, 12, band.Lo, 1e-12)
	require.InDelta(t, 48, band.Hi, 1e-12)
	require.Equal(t, 5, band.N)
	require.Equal(t, []results.Warning{{Code: "few-replications",
		Text: "5 replications cannot show a 5 to 95% band; at least 19 are needed"}}, warnings)

	// n=20, values 1..20: ranks 1+19*0.25 = 5.75 and 1+19*0.75 = 15.25. Type 4, which gonum offers,
	// would give 5 and 15.
	sample := make([]float64, 20)
	for i := range sample {
		sample[i] = float64(i + 1)
	}
	band, warnings = results.BandOf(sample, 0.25, 0.75)
	require.Empty(t, warnings)
	require.InDelta(t, 5.75, band.Lo, 1e-12)
	require.InDelta(t, 15.25, band.Hi, 1e-12)
	require.InDelta(t, 10.5, band.Mean, 1e-12)
}

func TestBandOfSaysWhatItCannotShow(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name   string
		sample []float64
		lo, hi float64
		want   []string
	}{
		{"one", []float64{3}, 0.05, 0.95, []string{"1 replication cannot show a 5 to 95% band; at least 19 are needed"}},
		{"none", nil, 0.05, 0.95, []string{"0 replications cannot show a 5 to 95% band; at least 19 are needed"}},
		{"fractions of a percent", []float64{3}, 0.025, 0.975, []string{"1 replication cannot show a 2.5 to 97.5% band; at least 39 are needed"}},
		{"dropped", append(slices.Repeat([]float64{1}, 18), nan, nan), 0.05, 0.95, []string{
			"2 of 20 replications have no value here and are left out",
			"18 replications cannot show a 5 to 95% band; at least 19 are needed"}},
		{"just enough", slices.Repeat([]float64{1}, 19), 0.05, 0.95, nil},
		{"whole range", slices.Repeat([]float64{1}, 99), 0, 1, []string{
			"no number of replications can show a 0 to 100% band; the smallest and the largest value seen are given"}},
		{"reversed", []float64{1}, 0.9, 0.1, []string{"a band from 90% to 10% cannot be shown; the levels must rise and lie from 0 to 100%"}},
		{"outside", []float64{1}, 0.5, inf, []string{"a band from 50% to +Inf% cannot be shown; the levels must rise and lie from 0 to 100%"}},
		{"not a level", []float64{1}, nan, 0.5, []string{"a band from NaN% to 50% cannot be shown; the levels must rise and lie from 0 to 100%"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, warnings := results.BandOf(c.sample, c.lo, c.hi)
			var texts []string
			for _, w := range warnings {
				require.NotEmpty(t, w.Code)
				texts = append(texts, w.Text)
			}
			require.Equal(t, c.want, texts)
		})
	}
	band, _ := results.BandOf([]float64{nan}, 0.05, 0.95)
	require.True(t, math.IsNaN(band.Mean) && math.IsNaN(band.Lo) && math.IsNaN(band.Hi))
	require.Zero(t, band.N)
	band, _ = results.BandOf([]float64{1, inf}, 0.1, 0.9)
	require.Equal(t, results.Band{Mean: inf, Lo: inf, Hi: inf, N: 2}, band, "an infinite value is a value")
}

func TestFewest(t *testing.T) {
	// ceil(1/q - 1) with q the smaller tail, by hand.
	for _, c := range []struct {
		lo, hi float64
		want   int
	}{
		{0.05, 0.95, 19}, {0.025, 0.975, 39}, {0.1, 0.9, 9}, {0.25, 0.75, 3}, {0.01, 0.99, 99},
		{0.005, 0.995, 199}, {0.1, 0.95, 19}, {0.05, 0.8, 19}, {0.3, 0.7, 3}, {0.5, 0.6, 2},
	} {
		n, ok := results.Fewest(c.lo, c.hi)
		require.True(t, ok)
		require.Equal(t, c.want, n, "%v to %v", c.lo, c.hi)
	}
	for _, levels := range [][2]float64{{0, 0.9}, {0.1, 1}, {math.NaN(), 0.5}, {1e-300, 0.5}} {
		_, ok := results.Fewest(levels[0], levels[1])
		require.False(t, ok, "%v", levels)
	}
	rapid.Check(t, func(t *rapid.T) {
		lo := rapid.Float64Range(1e-6, 0.49).Draw(t, "lo")
		n, ok := results.Fewest(lo, 1-lo/2)
		require.True(t, ok)
		const rounding = 1e-8
		require.LessOrEqual(t, 1/float64(n+1), lo/2*(1+rounding), "n reaches the tail")
		require.Greater(t, 1/float64(n), lo/2*(1-rounding), "one less does not")
	})
}

// The order of the sample changes no bit, quantiles rise with their level, stay within the sample, and
// follow a change of unit.
func TestBandOfAlgebra(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sample := rapid.SliceOfN(rapid.Float64Range(-1e300, 1e300), 1, 60).Draw(t, "sample")
		levels := []float64{rapid.Float64Range(0, 0.5).Draw(t, "lo"), rapid.Float64Range(0.51, 1).Draw(t, "hi")}
		band, _ := results.BandOf(sample, levels[0], levels[1])
		kept := slices.Clone(sample)
		shuffled, _ := results.BandOf(rapid.Permutation(sample).Draw(t, "shuffled"), levels[0], levels[1])
		require.Equal(t, band, shuffled)
		require.Equal(t, kept, sample, "the sample is not sorted in place")
		require.LessOrEqual(t, band.Lo, band.Hi)
		require.LessOrEqual(t, slices.Min(sample), band.Lo)
		require.LessOrEqual(t, band.Hi, slices.Max(sample))

		doubled := make([]float64, len(sample))
		for i, v := range sample {
			doubled[i] = v / 2 // A power of two changes no digit.
		}
		half, _ := results.BandOf(doubled, levels[0], levels[1])
		require.InEpsilon(t, 1+math.Abs(band.Lo), 1+math.Abs(2*half.Lo), 1e-12)
	})
}

func TestDistinctKeepsTheFirstOfEach(t *testing.T) {
	a, b := results.Warning{Code: "a", Text: "x"}, results.Warning{Code: "b", Text: "x"}
	require.Equal(t, []results.Warning{b, a}, results.Distinct([]results.Warning{b, a, b, a}))
	require.Empty(t, results.Distinct(nil))
}

// Money is counted in millionths and shares have a few digits: what is written of their mean and
// their quantiles has few digits, too, and not those of rounding on the way.
func TestSumsKeepFewDigits(t *testing.T) {
	tenths := slices.Repeat([]float64{0.1}, 10)
	require.Equal(t, 1.0, results.Sum(tenths), "added one by one they make 0.9999999999999999")
	require.Equal(t, 0.1, results.Mean(tenths))
	require.Equal(t, 2.0, results.Sum([]float64{1, 1e100, 1, -1e100}), "Neumaier's example, which Kahan's own sum loses")
	require.Zero(t, results.Sum(nil))
	require.True(t, math.IsNaN(results.Mean(nil)))
	require.Equal(t, math.Inf(1), results.Sum([]float64{1, math.Inf(1), math.Inf(1)}))
	require.True(t, math.IsNaN(results.Sum([]float64{math.Inf(1), math.Inf(-1)})))

	// Rank 1+19*0.95 = 19.05: 14200 and a twentieth of 514 are 14225.7, where weights of 0.95 and 0.05 gave
	// 14225.699999999999.
	sample := append(slices.Repeat([]float64{14200}, 19), 14714)
	band, _ := results.BandOf(sample, 0.05, 0.95)
	require.Equal(t, 14225.7, band.Hi)
	require.Equal(t, 14225.7, band.Mean, "14200 and a twentieth of 514")

	// The bound that Neumaier proves, twice over: two roundings of the sum, and n*n of their squares of the sizes.
	const rounding = 0x1p-53
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1e12, 1e12), 1, 200).Draw(t, "values")
		exact, sizes := new(big.Float).SetPrec(4000), 0.0
		for _, v := range values {
			exact.Add(exact, big.NewFloat(v))
			sizes += math.Abs(v)
		}
		want, _ := exact.Float64()
		n := float64(len(values))
		require.InDelta(t, want, results.Sum(values), 2*rounding*math.Abs(want)+2*n*n*rounding*rounding*sizes)
	})
}
