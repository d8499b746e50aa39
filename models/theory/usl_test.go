package theory

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Published benchmarks of three systems, and their laws from an independent Gauss-Newton iteration with
// forty digits.
func TestUSL(t *testing.T) {
	n := []float64{1, 18, 36, 72, 108, 144, 216}
	x := []float64{64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775, 1702.2}
	got := byName(t, "usl", Params{"N": n, "X": x}) // the SPEC SDM91 benchmark (Gunther 2007)
	require.InDelta(t, 0.0277284756, got["alpha"], 1e-9)
	require.InDelta(t, 0.000104365484, got["beta"], 1e-11)
	require.InDelta(t, 89.9952331, got["gamma"], 1e-6)
	require.InDelta(t, 96.519561, got["N_max"], 1e-6)
	require.InDelta(t, 1883.898996, got["X_max"], 1e-5)

	old := byName(t, "usl", Params{"N": n, "X": x, "estimator": "normalised"})
	require.InDelta(t, 0.01704689, old["alpha"], 5e-9, "the older recipe gives another law")
	require.InDelta(t, 7.892498e-05, old["beta"], 5e-12)

	got = byName(t, "usl", Params{"N": []float64{1, 2, 4, 6, 8, 10}, "X": []float64{1, 1.8868, 3.0769, 3.5294, 3.5398, 3.3557}})
	require.InDelta(t, 0.0200058, got["alpha"], 5e-8, "made with 0.02 and rounded to four digits")
	require.InDelta(t, 0.0199997, got["beta"], 5e-8)
	require.InDelta(t, 1.00001, got["gamma"], 5e-6)

	// A ray tracer whose unconstrained law would have a negative coherence (Gunther 2007).
	got = byName(t, "usl", Params{
		"N": []float64{1, 4, 8, 12, 16, 20, 24, 28, 32, 48, 64}, "X": []float64{20, 78, 130, 170, 190, 200, 210, 230, 260, 280, 310}})
	require.Zero(t, got["beta"])
	require.InDelta(t, 0.05777078, got["alpha"], 5e-9)
	require.InDelta(t, 21.84884, got["gamma"], 5e-6)
	near(t, got["gamma"]/got["alpha"], got["X_max"], "the limit of Amdahl's law")
}

// Both estimators return the law that made the points, when they are exact.
func TestUSLIsFoundAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := USL{Alpha: rapid.Float64Range(0, 0.6).Draw(t, "alpha"), Beta: rapid.Float64Range(0, 0.05).Draw(t, "beta"), Gamma: rapid.Float64Range(0.01, 1e4).Draw(t, "gamma")}
		n := []float64{1, 2, 3, 5, 8, 13, 21, 34}
		x := make([]float64, len(n))
		for i := range n {
			x[i] = u.Throughput(n[i])
		}
		for _, fitted := range []USL{FitUSL(n, x), FitUSLNormalised(n, x)} {
			require.InDelta(t, u.Alpha, fitted.Alpha, 1e-6)
			require.InDelta(t, u.Beta, fitted.Beta, 1e-6)
			require.InEpsilon(t, u.Gamma, fitted.Gamma, 1e-6)
		}
		at, peak := u.Peak()
		require.False(t, math.IsNaN(peak))
		require.GreaterOrEqual(t, peak, u.Throughput(rapid.Float64Range(1, 1e6).Draw(t, "N"))-1e-9*peak)
		if at < 1e6 && at > 1 {
			require.InEpsilon(t, peak, u.Throughput(at), 1e-12)
		}
	})
	n, x := USL{Alpha: 1.5, Beta: 0.1, Gamma: 2}.Peak()
	require.Equal(t, pair{1, 2}, pair{n, x}, "so much contention that one is best")
}

// No law near the one fitted to scattered points is nearer to them.
func TestUSLIsNearest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := []float64{1, 2, 4, 8, 16, 32}
		x := make([]float64, len(n))
		truth := USL{Alpha: rapid.Float64Range(0, 0.3).Draw(t, "alpha"), Beta: rapid.Float64Range(0, 0.01).Draw(t, "beta"), Gamma: 10}
		for i := range n {
			x[i] = truth.Throughput(n[i]) * (1 + rapid.Float64Range(-0.1, 0.1).Draw(t, "noise"))
		}
		u := FitUSL(n, x)
		other := USL{
			Alpha: max(0, u.Alpha+rapid.Float64Range(-0.01, 0.01).Draw(t, "a")),
			Beta:  max(0, u.Beta+rapid.Float64Range(-0.001, 0.001).Draw(t, "b")),
			Gamma: u.Gamma * (1 + rapid.Float64Range(-0.01, 0.01).Draw(t, "c")),
		}
		miss := other.miss(n, x)
		rounding := 1e-13 * slices.Max(x) * math.Sqrt(miss) // of residuals, which are differences of what is much larger
		require.LessOrEqual(t, u.miss(n, x), miss+rounding)
	})
}

func TestUSLFaults(t *testing.T) {
	_, err := Solve("usl", Params{"N": []any{2, 2, 4}, "X": []any{1, 2}, "estimator": "normalised"})
	require.EqualError(t, err, "N: [2 2 4] has fewer than three different loads; give three at least: the law has three parameters\n"+
		"X: has 2 throughputs for 3 loads; give one per load, in the same order\n"+
		"N: [2 2 4] lacks the load 1 beside estimator normalised; give the load by which the others are normalised")
}
