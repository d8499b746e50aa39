package loadtest

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models/theory"
)

func curve(n, x []float64) []CurvePoint {
	var points []CurvePoint
	for i := range n {
		points = append(points, CurvePoint{Concurrency: n[i], Throughput: x[i]})
	}
	return points
}

// The data of Gunther's SPEC SDM benchmark, with the law that nonlinear least squares
// gives (package usl of R, Möding), and the fit that flywheel verify holds models to.
func TestFitUSLToPublishedData(t *testing.T) {
	n := []float64{1, 18, 36, 72, 108, 144, 216}
	x := []float64{64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775.0, 1702.2}
	u := FitUSL(curve(n, x))
	require.InEpsilon(t, 89.99519, u.Lambda, 1e-4)
	require.InEpsilon(t, 0.02772842, u.Sigma, 1e-4)
	require.InEpsilon(t, 0.0001043658, u.Kappa, 1e-3)
	require.InEpsilon(t, 1883.899, *u.Knee, 1e-4)
	require.InEpsilon(t, 96.51943, *u.KneeAt, 1e-3)
	require.True(t, u.Identified)
	require.Less(t, u.SigmaLo, u.Sigma)
	require.Greater(t, *u.SigmaHi, u.Sigma)
	other := theory.FitUSL(n, x)
	require.InEpsilon(t, other.Alpha, u.Sigma, 1e-4)
	require.InEpsilon(t, other.Beta, u.Kappa, 1e-3)

	// The ray tracer of the same package: no coherence can be seen, throughput levels off.
	n = []float64{1, 4, 8, 12, 16, 20, 24, 28, 32, 48, 64}
	x = []float64{20, 78, 130, 170, 190, 200, 210, 230, 260, 280, 310}
	u = FitUSL(curve(n, x))
	require.InEpsilon(t, 0.05777078, u.Sigma, 1e-3)
	require.InDelta(t, 0, u.Kappa, 1e-6)
	require.InEpsilon(t, 21.84884/0.05777078, *u.Knee, 1e-3)
	require.Nil(t, u.KneeAt)
	require.Contains(t, u.Why, "does not fall")
}

// A curve that never bends identifies neither contention nor coherence.
func TestAStraightCurveIsNotIdentified(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	var n, x []float64
	for i := range 12 {
		n = append(n, float64(i+1))
		x = append(x, 100*float64(i+1)*(1+0.01*r.NormFloat64()))
	}
	u := FitUSL(curve(n, x))
	require.False(t, u.Identified)
	require.Nil(t, u.Knee)
	require.Contains(t, u.Why, "not identified")
	require.Contains(t, FitUSL(curve(n[:3], x[:3])).Why, "too few")
	require.Zero(t, FitUSL(nil).Points)
}

// One server with a queue: N = rho/(1-rho) requests are there at the throughput rho·mu
// (Erlang's M/M/1), so X = mu·N/(1+N), which is the law with sigma 1/2 and its ceiling mu.
func TestAQueueBeforeOneServer(t *testing.T) {
	n := []float64{0.1, 0.3, 0.6, 0.9, 3, 10, 40}
	var x []float64
	for _, at := range n {
		x = append(x, 200*at/(1+at))
	}
	u := FitUSL(curve(n, x))
	require.InDelta(t, 0.5, u.Sigma, 1e-4)
	require.InDelta(t, 200, *u.Knee, 0.1)
	require.Nil(t, u.KneeAt)
}

// The interval holds the truth about as often as it says.
func TestUSLIntervalsCover(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 0))
	truth := USL{Lambda: 50, Sigma: 0.05, Kappa: 0.001}
	const runs = 40
	sigma, kappa, lambda := 0, 0, 0
	for range runs {
		var n, x []float64
		for _, at := range []float64{1, 2, 4, 8, 12, 16, 24, 32, 48, 64} {
			n = append(n, at)
			x = append(x, truth.Throughput(at)+8*r.NormFloat64())
		}
		u := FitUSL(curve(n, x))
		within := func(v, lo float64, hi *float64) int {
			if v >= lo && (hi == nil || v <= *hi) {
				return 1
			}
			return 0
		}
		sigma += within(truth.Sigma, u.SigmaLo, u.SigmaHi)
		kappa += within(truth.Kappa, u.KappaLo, u.KappaHi)
		lambda += within(truth.Lambda, u.LambdaLo, u.LambdaHi)
	}
	t.Logf("of %d intervals %d held sigma, %d kappa, %d lambda", runs, sigma, kappa, lambda)
	// 38 of 40 are expected; fewer than 34 come up once in seven hundred times (binomial law).
	for _, held := range []int{sigma, kappa, lambda} {
		require.GreaterOrEqual(t, held, 34)
	}
}
