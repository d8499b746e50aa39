package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Standard deviations and correlations from an independent solution of the two Lyapunov equations; the
// synchronous columns confirmed there by simulation within one per cent.
func TestTwoSidedNoise(t *testing.T) {
	for _, row := range []struct {
		n           [2]int
		async, sync [3]float64 // SD of n1, SD of n2, correlation
	}{
		{[2]int{1000, 1000}, [3]float64{0.020466758, 0.018748086, 0.6023155}, [3]float64{0.020105511, 0.018410339, 0.5574652}},
		{[2]int{1000, 200}, [3]float64{0.028818835, 0.039745136, 0.6860386}, [3]float64{0.028343089, 0.039017176, 0.6344108}},
		{[2]int{400, 100}, [3]float64{0.042650205, 0.056405442, 0.6724902}, [3]float64{0.04193912, 0.055373508, 0.6219728}},
	} {
		m := t4
		m.N = row.n
		e := m.Equilibria()[0]
		for lambda, want := range map[float64][3]float64{0: row.async, 0.2: row.sync} {
			sd, corr := m.SD(e, lambda)
			for i, got := range []float64{sd[0], sd[1], corr} {
				require.InEpsilon(t, want[i], got, 2e-7, "printed to seven or eight digits; N %v lambda %g", row.n, lambda)
			}
		}
	}
}

// Without same-side effects the asynchronous covariance has a closed form: c = (b1·w2 + b2·w1) /
// (2(1 - b1·b2)), Var n1 = w1 + b1·c, Var n2 = w2 + b2·c.
func TestTwoSidedNoiseClosedForm(t *testing.T) {
	m := t6
	m.N = [2]int{500, 900}
	e := m.Equilibria()[2]
	j, w := m.jacobian(e.Share), m.noise(e.Share)
	c := (j[0][1]*w[1] + j[1][0]*w[0]) / (2 * (1 - j[0][1]*j[1][0]))
	sd, corr := m.SD(e, 0)
	require.InEpsilon(t, math.Sqrt(w[0]+j[0][1]*c), sd[0], 1e-12)
	require.InEpsilon(t, math.Sqrt(w[1]+j[1][0]*c), sd[1], 1e-12)
	require.InEpsilon(t, c/(sd[0]*sd[1]), corr, 1e-12)
}

// The covariance a linear map settles at when it is simply repeated, period after period, is the one
// the equation gives.
func TestTwoSidedNoiseIsWhereRepetitionSettles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyTwoSided(t)
		m.N = [2]int{rapid.IntRange(10, 1000).Draw(t, "N1"), rapid.IntRange(10, 1000).Draw(t, "N2")}
		lambda := rapid.Float64Range(0.05, 1).Draw(t, "lambda")
		for _, e := range m.Equilibria() {
			j, w := m.jacobian(e.Share), m.noise(e.Share)
			sd, corr := m.SD(e, lambda)
			var c covariance
			periods := 0
			for change := 1.0; change > 1e-17 && c[0]+c[2] < 1e3 && periods < 1e6; periods++ {
				d := j.carry(c, lambda)
				next := covariance{c[0] + lambda*d[0] + lambda*(2-lambda)*w[0], c[1] + lambda*d[1], c[2] + lambda*d[2] + lambda*(2-lambda)*w[1]}
				change = math.Abs(next[0]-c[0]) + math.Abs(next[1]-c[1]) + math.Abs(next[2]-c[2])
				c = next
			}
			switch {
			case c[0]+c[2] >= 1e3:
				require.False(t, sd[0] < 20 && sd[1] < 20, "noise that grows for ever, or as good as, has no SD of a share")
			case periods < 1e6:
				require.InDelta(t, math.Sqrt(c[0]), sd[0], 1e-6)
				require.InDelta(t, math.Sqrt(c[2]), sd[1], 1e-6)
				if sd[0] > 0 && sd[1] > 0 { // a share that is 1 up to the last bit varies with nothing
					require.InDelta(t, c[1], corr*sd[0]*sd[1], 1e-6)
				}
			}
		}
	})
}

// Probabilities from an independent evaluation of the normal law along the unstable direction; each
// confirmed there by 4000 to 8000 simulated launches within 0.012.
func TestTippingProbability(t *testing.T) {
	for _, row := range []struct {
		model    LogitTwoSided
		n        int
		d, clock float64
		want     float64
	}{
		{t3, 2000, -0.02, 0.2, 0.1622365},
		{t3, 2000, 0.02, 0.2, 0.8396582},
		{t3, 2000, 0.02, 0.05, 0.8258571},
		{t3, 2000, 0.04, 0.2, 0.9762735},
		{t3, 5000, 0.01, 0.2, 0.7865405},
		{t3, 400, 0.04, 0, 0.797346},
		{t2, 2000, 0.02, 0.2, 0.8330009},
		{t2, 400, 0.04, 0, 0.7881446},
	} {
		m := row.model
		m.N = [2]int{row.n, row.n}
		got := m.TippingProbability(m.Equilibria()[1], [2]float64{0, row.d}, row.clock)
		near(t, row.want, got, "%+v", row)
	}
	m := t2
	m.N = [2]int{100, 100}
	saddle := m.Equilibria()[1]
	require.InDelta(t, 0.5, m.TippingProbability(saddle, [2]float64{}, 0), 1e-12, "at the saddle of equal sides")
	require.InDelta(t, 0.5, m.TippingProbability(saddle, [2]float64{0.1, -0.1}, 0), 1e-12, "along its frontier")
	// Side 2 follows nobody, so side 1's own saddle is all there is; side 2 pushes it by what it adds.
	led := LogitTwoSided{V: [2]float64{-3.5, 0}, Alpha: [2]float64{1, 0}, Gamma: [2]float64{6, 0}, Mu: [2]float64{1, 1}, N: [2]int{1000, 1000}}
	require.Equal(t, pair{0.5, 0.5}, led.Equilibria()[1].Share)
	// The left eigenvector of J = (1/2, 1/4; 0, -1) is (1, 1/6), the variance (1 + 1/36)/4000 over 1/2.
	sigma := math.Sqrt((1 + 1./36) / 2000)
	for d, z := range map[pair]float64{{0.02, 0}: 0.02, {0, 0.02}: 0.02 / 6} {
		near(t, math.Erfc(-z/sigma/math.Sqrt2)/2, led.TippingProbability(led.Equilibria()[1], d, 0), "%v", d)
	}
	require.True(t, math.IsNaN(m.TippingProbability(m.Equilibria()[0], [2]float64{}, 0)), "not a saddle")
}

// Whatever the signs of the effects, a start displaced from a saddle towards a larger share of side 1
// along the direction in which the mean leaves it tips up more often than not.
func TestTippingFollowsTheUnstableDirection(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyTwoSided(t)
		m.N = [2]int{1e9, 1e9} // so that rounding to whole counts does not matter
		for _, e := range m.Equilibria() {
			if !e.Saddle || e.Eigenvalue < 1e-3 {
				continue
			}
			n := [2]float64{e.Share[0], e.Share[1]}
			j := m.jacobian(n)
			out := [2]float64{1, (e.Eigenvalue - j[0][0]) / j[0][1]} // J·out = eigenvalue·out
			if !(math.Abs(out[1]) < 1e3) || e.Share[0] < 1e-3 || e.Share[0] > 1-1e-3 || e.Share[1] < 1e-3 || e.Share[1] > 1-1e-3 {
				continue
			}
			up := [2]float64{1e-6 * out[0], 1e-6 * out[1]}
			down := [2]float64{-up[0], -up[1]}
			pUp, pDown := m.TippingProbability(e, up, 0), m.TippingProbability(e, down, 0)
			require.Greater(t, pUp, 0.5)
			require.InDelta(t, 1, pUp+pDown, 0.01)
		}
	})
}
