package verify

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models/theory"
)

// TestAveragesOfAKnownProcess: for an autoregression with coefficient a, variance v and T steps,
// the variance of the average is v/T [(1+a)/(1-a) - 2a(1-a^T)/(T(1-a)²)] (Priestley 1981, Spectral
// Analysis and Time Series, chapter 5), and that of the average square is 2v² in place of v with
// a² in place of a.
func TestAveragesOfAKnownProcess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Float64Range(-0.9, 0.95).Draw(t, "a")
		v := rapid.Float64Range(0.1, 3).Draw(t, "v")
		periods := rapid.IntRange(1, 200).Draw(t, "periods")
		of := func(v, a float64) float64 {
			n := float64(periods)
			return v / n * ((1+a)/(1-a) - 2*a*(1-math.Pow(a, n))/(n*(1-a)*(1-a)))
		}
		share, square := noise{step: [2][2]float64{{a}}, covariance: [2][2]float64{{v}}}.averages(0, periods)
		require.InEpsilon(t, math.Sqrt(of(v, a)), share, 1e-9)
		require.InEpsilon(t, math.Sqrt(of(2*v*v, a*a)), square, 1e-9)
	})
}

// TestNoiseStaysAsItIs: a step of the process leaves its covariance alone, with the binomial
// luck lambda (2 - lambda) n (1-n)/N added (Kurtz 1970, Journal of Applied Probability 7(1), on
// the synchronous clock).
func TestNoiseStaysAsItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, e, lambda := drawStable(t)
		n, settled := m.noiseAt(e.Share, lambda)
		require.True(t, settled)
		next := m.diffuse(n.covariance, e.Share, lambda)
		for i := range next {
			for j := range next {
				require.InDelta(t, n.covariance[i][j], next[i][j], 1e-9*math.Abs(n.covariance[i][i]+n.covariance[j][j]))
			}
		}
		require.Less(t, n.memory(), 1.0)
	})
}

// drawStable draws a two-sided market with gentle effects, whose one rest is stable.
func drawStable(t *rapid.T) (logit, theory.TwoSidedEquilibrium, float64) {
	m := logit{sides: 2}
	for g := range 2 {
		m.theory.V[g] = rapid.Float64Range(-2, 2).Draw(t, "V")
		m.theory.Alpha[g] = rapid.Float64Range(-2, 2).Draw(t, "alpha")
		m.theory.Gamma[g] = rapid.Float64Range(-1, 1).Draw(t, "gamma")
		m.theory.Mu[g] = rapid.Float64Range(0.8, 1.5).Draw(t, "mu")
		m.theory.N[g] = rapid.IntRange(50, 5000).Draw(t, "N")
	}
	m.rest = m.theory.Equilibria()
	require.Len(t, m.rest, 1)
	return m, m.rest[0], rapid.Float64Range(0.05, 0.9).Draw(t, "lambda")
}

// TestWhatIsNeglectedIsAllowedFor: on the asynchronous clock the exact law of a finite
// population is known, so what the leading order neglects is known too: the allowance for a
// standard deviation covers it but for a relative 1/(2N), and the bias is the exact one but for
// a tenth and order 1/N².
func TestWhatIsNeglectedIsAllowedFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one := theory.LogitOneSided{
			V: rapid.Float64Range(-2, 2).Draw(t, "V"), Gamma: rapid.Float64Range(-3, 2.5).Draw(t, "gamma"),
			Mu: 1, N: rapid.IntRange(200, 3000).Draw(t, "N"),
		}
		all := one.Equilibria()
		mean, sd := one.StationaryMoments(all, 0)
		m := theory.LogitTwoSided{V: [2]float64{one.V}, Gamma: [2]float64{one.Gamma}, Mu: [2]float64{1, 1}, N: [2]int{one.N, 1}}
		n := [2]float64{all[0].Share, 0.5}
		// On the asynchronous clock only the covariance is asked for.
		leading := noise{covariance: [2][2]float64{{math.Pow(one.SD(all[0], 0), 2)}, {0, 0.25}}}
		require.LessOrEqual(t, math.Abs(sd-one.SD(all[0], 0)), neglected(m, n, 0, leading, func(sd [2]float64, _ float64) float64 { return sd[0] })+sd/2/float64(one.N))
		off := bias(m, n, leading)[0]
		require.InDelta(t, one.Bias(all[0]), off, 1e-12)
		require.InDelta(t, mean-all[0].Share, off, 0.1*math.Abs(off)+30/math.Pow(float64(one.N), 2))
	})
}

// TestTippingEscape: at the saddle of V = (-2.6, -3.2), alpha = (6.5, 5.5), mu = 1 the growth is
// 0.46931601, and with 2000 people a side and lambda near 0 the spread along the unstable
// direction is 0.0240953, in the coordinate dn1 + sqrt(b1/b2) dn2 with b = alpha n (1-n) / mu:
// leading order of the unstable Ornstein-Uhlenbeck process, solved apart from this code.
func TestTippingEscape(t *testing.T) {
	m := logit{sides: 2, theory: theory.LogitTwoSided{V: [2]float64{-2.6, -3.2}, Alpha: [2]float64{6.5, 5.5}, Mu: [2]float64{1, 1}, N: [2]int{2000, 2000}}}
	m.rest = m.theory.Equilibria()
	e, ok := m.escape(m.rest[1], 0.01)
	require.True(t, ok)
	require.InDelta(t, 0.46931601, e.growth, 1e-8)
	require.InEpsilon(t, 0.0240953, e.sd/e.left[0], 0.005)
	// An even chance has the largest correction by slope; a certain one has none.
	require.Greater(t, e.curved(0.5), 0.0)
	require.Zero(t, e.curved(1))
}

// TestBassNoise: with imitation off, adopters are binomial; F(t) = 1 - (1-p)^t, without bias.
// With p = 0.03, q = 0.38 and 1000 people, 2000 runs of a plain loop over binomial draws gave
// a mean of 0.78074 (standard error 0.0006) and a standard deviation of 0.02696 (0.00043) in period
// 10, where the unbounded population has 0.782643.
func TestBassNoise(t *testing.T) {
	path := diffuse(theory.Bass{P: 0.1}, 0, 400, 20)
	for period, at := range path {
		f := 1 - math.Pow(0.9, float64(period))
		require.InDelta(t, math.Sqrt(f*(1-f)/400), at.sd, 1e-12)
		require.Zero(t, at.bias)
	}
	path = diffuse(theory.Bass{P: 0.03, Q: 0.38}, 0, 1000, 10)
	require.InDelta(t, 0.78074-0.782643, path[10].bias, 3*0.0006)
	require.InDelta(t, 0.02696, path[10].sd, 3*0.00043)
	// Hazards above one end the path: with p = 0.2, q = 1.5 the shares are 0, 0.2, 0.6, and
	// 0.2 + 1.5 0.6 = 1.1.
	require.Len(t, diffuse(theory.Bass{P: 0.2, Q: 1.5}, 0, 100, 10), 3)
}
