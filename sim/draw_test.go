package sim

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/combin"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// exact is the smallest k whose summed probability exceeds u, by brute force.
func exact(u float64, from, to int64, prob func(k int64) float64) int64 {
	var sum float64
	for k := from; k < to; k++ {
		sum += prob(k)
		if sum > u {
			return k
		}
	}
	return to
}

// TestDrawsInvertTheirDistributions compares every draw with a plain sum of gonum's
// probabilities; a draw may differ only where u lies within rounding of a step.
func TestDrawsInvertTheirDistributions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := rapid.Float64Range(1e-12, 1-1e-9).Draw(t, "u") // closer to 0 or 1 the plain sum itself is rounding
		n := rapid.Int64Range(1, 400).Draw(t, "n")
		p := rapid.Float64Range(0.001, 0.999).Draw(t, "p")
		mean := rapid.Float64Range(0.01, 200).Draw(t, "mean")
		binomial := distuv.Binomial{N: float64(n), P: p}
		poisson := distuv.Poisson{Lambda: mean}
		near := func(want, got int64, cdf func(k int64) float64) {
			if want != got {
				require.InDelta(t, u, cdf(min(want, got)), 1e-9)
				require.LessOrEqual(t, max(want, got)-min(want, got), int64(1))
			}
		}
		near(exact(u, 0, n, func(k int64) float64 { return binomial.Prob(float64(k)) }), Binomial(n, p, u),
			func(k int64) float64 { return mathext.RegIncBeta(float64(n-k), float64(k)+1, 1-p) })
		near(exact(u, 0, 10_000, func(k int64) float64 { return poisson.Prob(float64(k)) }), Poisson(mean, u),
			func(k int64) float64 { return mathext.GammaIncRegComp(float64(k)+1, mean) })

		marked := rapid.Int64Range(0, n).Draw(t, "marked")
		draws := rapid.Int64Range(0, n).Draw(t, "draws")
		lo, hi := max(0, draws+marked-n), min(draws, marked)
		prob := func(k int64) float64 {
			return math.Exp(combin.LogGeneralizedBinomial(float64(marked), float64(k)) +
				combin.LogGeneralizedBinomial(float64(n-marked), float64(draws-k)) -
				combin.LogGeneralizedBinomial(float64(n), float64(draws)))
		}
		near(exact(u, lo, hi, prob), Hypergeometric(n, marked, draws, u), func(k int64) float64 {
			var sum float64
			for j := lo; j <= k; j++ {
				sum += prob(j)
			}
			return sum
		})
	})
}

// TestExpansionIsSureOnlyWhenRight compares what the expansion is sure of with sums of
// probabilities from zero, where means are small and it is at its worst.
func TestExpansionIsSureOnlyWhenRight(t *testing.T) {
	key := NewStreams(11, 0).Key(ForOrders, 1, 1)
	sure, draws := 0, 300_000
	if testing.Short() {
		draws = 60_000
	}
	for i := range uint64(draws) {
		u := key.Uniform(4 * i)
		if i%4 == 0 {
			u = math.Pow(10, -9*u) // tails
		}
		if i%8 == 0 {
			u = 1 - u
		}
		u = resolved(u)
		p := 0.5 * key.Uniform(4*i+1)
		mean := (few + 40*key.Uniform(4*i+2)) / (1 - p)
		n := int64(math.Ceil(mean / p))
		v, pq := float64(n)*p*(1-p), p*(1-p)
		if k, ok := expand(u, float64(n)*p, v, v*(1-2*p), v*(1-6*pq), v*(1-2*p)*(1-12*pq)); ok {
			sure++
			odds := p / (1 - p)
			want := climb(u, math.Exp(float64(n)*math.Log1p(-p)), odds*float64(n), -odds, n)
			require.Equal(t, want, min(k, n), "binomial %d %v at %v", n, p, u)
		}
		if k, ok := expand(u, mean, mean, mean, mean, mean); ok {
			require.Equal(t, climb(u, math.Exp(-mean), mean, 0, math.MaxInt64), k, "poisson %v at %v", mean, u)
		}
	}
	require.Greater(t, sure, draws/2, "too little is decided to say anything")
	t.Logf("%d of %d decided by the expansion", sure, draws)
}

// TestDrawsGrowWithU holds the draws to what pairing needs: never less at a larger u, nor
// at a larger mean, also where one method takes over from the other.
func TestDrawsGrowWithU(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Float64Range(0, 1-0x1p-53).Draw(t, "a")
		b := rapid.Float64Range(0, 1-0x1p-53).Draw(t, "b")
		lo, hi := math.Min(a, b), math.Max(a, b)
		mean := rapid.Float64Range(0, 1e7).Draw(t, "mean")
		more := mean * rapid.Float64Range(1, 1.2).Draw(t, "factor")
		n := rapid.Int64Range(1, 1e9).Draw(t, "n")
		p := rapid.Float64Range(0, 1).Draw(t, "p")
		require.LessOrEqual(t, Poisson(mean, lo), Poisson(mean, hi))
		require.LessOrEqual(t, Poisson(mean, lo), Poisson(more, lo))
		require.LessOrEqual(t, Binomial(n, p, lo), Binomial(n, p, hi))
		require.LessOrEqual(t, Binomial(n, p, hi), n)
		marked := rapid.Int64Range(0, n).Draw(t, "marked")
		draws := min(n, rapid.Int64Range(0, 1_000_000).Draw(t, "draws"))
		require.LessOrEqual(t, Hypergeometric(n, marked, draws, lo), Hypergeometric(n, marked, draws, hi))
	})
}

// TestDealersLoseNothing: what is divided adds up, and no count is overdrawn, by draws and
// by expectation.
func TestDealersLoseNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var counts []float64
		var total float64
		for _, c := range rapid.SliceOfN(rapid.Int64Range(0, 1000), 1, 6).Draw(t, "counts") {
			counts = append(counts, float64(c))
			total += float64(c)
		}
		key := Key(rapid.Uint64().Draw(t, "key"))
		granted := float64(rapid.Int64Range(0, int64(total)).Draw(t, "granted"))
		dst := make([]float64, len(counts))
		for _, dealer := range []Dealer{Draws{}, Means{}} {
			dealer.Ration(dst, counts, granted, key)
			var sum float64
			for i := range dst {
				require.GreaterOrEqual(t, dst[i], 0.0)
				require.LessOrEqual(t, dst[i], counts[i]+1e-9)
				sum += dst[i]
			}
			require.InDelta(t, granted, sum, 1e-9)
			if total == 0 {
				continue
			}
			dealer.Allot(dst, granted, counts, key)
			sum = 0
			for i := range dst {
				if counts[i] == 0 {
					require.Zero(t, dst[i])
				}
				sum += dst[i]
			}
			require.InDelta(t, granted, sum, 1e-9)
		}
	})
}

// TestDrawMoments compares mean and variance of draws at large means with the textbook
// values, within six standard errors of 10^5 draws (variance of a variance: 2 sigma^4/n).
func TestDrawMoments(t *testing.T) {
	const n = 100_000
	key := NewStreams(7, 0).Key(ForOrders, 1, 1)
	check := func(name string, mean, variance float64, draw func(u float64) int64) {
		var sum, squares float64
		for i := range uint64(n) {
			x := float64(draw(key.Uniform(i))) - mean
			sum += x
			squares += x * x
		}
		require.InDelta(t, 0, sum/n, 6*math.Sqrt(variance/n), name)
		require.InDelta(t, variance, squares/n, 6*variance*math.Sqrt(2.0/n), name)
	}
	check("poisson", 12345.6, 12345.6, func(u float64) int64 { return Poisson(12345.6, u) })
	check("binomial", 4e5*0.3, 4e5*0.3*0.7, func(u float64) int64 { return Binomial(4e5, 0.3, u) })
	check("hypergeometric", 2000*0.4, 2000*0.4*0.6*(50000-2000)/(50000-1.0),
		func(u float64) int64 { return Hypergeometric(50000, 20000, 2000, u) })
}

// BenchmarkBinomial draws at the means that cells of small and of large markets have.
func BenchmarkBinomial(b *testing.B) {
	key := NewStreams(7, 0).Key(ForOrders, 1, 1)
	for _, mean := range []float64{0.01, 0.3, 3, 12, 100, 2000, 2e6} {
		b.Run(fmt.Sprintf("mean=%g", mean), func(b *testing.B) {
			n := int64(mean * 50)
			p := mean / float64(max(n, 1))
			if n == 0 {
				n, p = 10, mean/10
			}
			var sum int64
			i := uint64(0)
			for b.Loop() {
				i++
				sum += Binomial(n, p, key.Uniform(i))
			}
			b.ReportMetric(float64(sum)/float64(i), "mean")
		})
	}
}
