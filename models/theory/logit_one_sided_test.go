package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// Rest points and windows from an independent root count by bisection over a fine grid of V.
func TestOneSidedEquilibria(t *testing.T) {
	for name, row := range map[string]struct {
		v, gamma, mu float64
		share, slope []float64
		lo, hi       float64 // zeros where there is no window
	}{
		"A": {v: -1, gamma: 1.5, mu: 1, share: []float64{0.402052135}, slope: []float64{0.360609}},
		"B": {v: -2.5, gamma: 5, mu: 1, share: []float64{0.144794108, 0.5, 0.855205892},
			slope: []float64{0.619144, 1.25, 0.619144}, lo: -2.65561034, hi: -2.34438966},
		"C": {v: -1.45, gamma: 3, mu: 0.5, share: []float64{0.0830373969, 0.449657689, 0.939005095},
			slope: []float64{0.456853, 1.48479, 0.343647}, lo: -1.70754646, hi: -1.29245354},
		"D": {v: -3, gamma: 6, mu: 1, share: []float64{0.0707201817, 0.5, 0.929279818},
			slope: []float64{0.394313, 1.5, 0.394313}, lo: -3.41509291, hi: -2.58490709},
		"E": {v: -2.9, gamma: 5, mu: 1, share: []float64{0.073668434},
			slope: []float64{0.341207}, lo: -2.65561034, hi: -2.34438966},
	} {
		t.Run(name, func(t *testing.T) {
			m := LogitOneSided{V: row.v, Gamma: row.gamma, Mu: row.mu}
			all := m.Equilibria()
			require.Len(t, all, len(row.share))
			for i, e := range all {
				near(t, row.share[i], e.Share, "share %d", i)
				require.InDelta(t, row.slope[i], e.Slope, 5e-6, "slope %d, printed to six digits", i)
			}
			lo, hi, low, high := m.Window()
			if row.lo == 0 {
				for _, x := range []float64{lo, hi, low, high} {
					require.True(t, math.IsNaN(x), "no window below gamma = 4·mu")
				}
				return
			}
			near(t, row.lo, lo, "V_lo")
			near(t, row.hi, hi, "V_hi")
			// Brock and Durlauf 2001: the turning shares solve n(1-n) = mu/gamma.
			near(t, (1-math.Sqrt(1-4*row.mu/row.gamma))/2, low, "n_minus")
			near(t, (1+math.Sqrt(1-4*row.mu/row.gamma))/2, high, "n_plus")
		})
	}
}

// Stationary moments of the asynchronous chain from an independent summation of its exact law.
func TestOneSidedStationaryLaw(t *testing.T) {
	for _, row := range []struct {
		v, gamma, mu                         float64
		n                                    int
		share, slope, sd, exact, mean, shift float64
	}{
		{-1, 1.5, 1, 1000, 0.402052135, 0.3606093, 0.019390531, 0.019384724, 0.40208324, 3.1156e-05},
		{-1, 1.5, 1, 100, 0.402052135, 0.3606093, 0.061318242, 0.061135636, 0.40235869, 0.00031156},
		{0.5, -2, 1, 1000, 0.417180099, -0.4862817, 0.012790232, 0.012792709, 0.41718897, 8.8656e-06},
		{-0.6, 2.4, 0.8, 400, 0.862736982, 0.3552656, 0.021428688, 0.021467275, 0.86246015, -0.00027534},
		{-2.0, 3.0, 1.0, 500, 0.195846047, 0.4724711, 0.024435368, 0.024491539, 0.1963361, 0.00048796},
	} {
		m := LogitOneSided{V: row.v, Gamma: row.gamma, Mu: row.mu, N: row.n}
		all := m.Equilibria()
		require.Len(t, all, 1)
		near(t, row.share, all[0].Share, "share")
		near(t, row.slope, all[0].Slope, "slope")
		require.InEpsilon(t, row.sd, m.SD(all[0], 0), 1e-7, "limit SD, printed to eight digits")
		mean, sd := m.StationaryMoments(all, 0)
		require.InEpsilon(t, row.exact, sd, 1e-7, "exact SD, printed to eight digits")
		require.InEpsilon(t, row.mean, mean, 1e-7, "exact mean, printed to eight digits")
		require.InEpsilon(t, row.shift, m.Bias(all[0]), 1e-4, "bias, printed to five digits")
	}
	// The exact law shrinks by the root of the population, with a correction of order 1/N.
	small, large := LogitOneSided{-1, 1.5, 1, 100}, LogitOneSided{-1, 1.5, 1, 1000}
	_, a := small.StationaryMoments(small.Equilibria(), 0)
	_, b := large.StationaryMoments(large.Equilibria(), 0)
	require.InDelta(t, 3.1538, a/b, 1e-4, "independent summation")
}

// Formulas evaluated independently, and confirmed there by simulation within two per cent.
func TestOneSidedNoiseByClock(t *testing.T) {
	m := LogitOneSided{V: -1, Gamma: 1.5, Mu: 1, N: 400}
	e := m.Equilibria()[0]
	for lambda, sd := range map[float64]float64{0: 0.030659121, 1: 0.026284092, 0.5: 0.02896752, 0.1: 0.030372252} {
		require.InEpsilon(t, sd, m.SD(e, lambda), 1e-7, "lambda %g", lambda)
	}
	require.InEpsilon(t, 0.038342158, m.QuenchedSD(e), 1e-7, "quenched")
	unstable := LogitOneSided{V: -2.5, Gamma: 5, Mu: 1, N: 400}
	middle := unstable.Equilibria()[1]
	for _, x := range []float64{unstable.SD(middle, 0), unstable.QuenchedSD(middle), unstable.Bias(middle)} {
		require.True(t, math.IsNaN(x), "an unstable rest point has no stationary noise")
	}
	congested := LogitOneSided{V: 6, Gamma: -12, Mu: 1, N: 400}
	e = congested.Equilibria()[0]
	near(t, -3, e.Slope, "n = 1/2 by symmetry")
	require.False(t, math.IsNaN(congested.SD(e, 0.4)), "2 - 0.4·4 > 0")
	require.True(t, math.IsNaN(congested.SD(e, 0.5)), "2 - 0.5·4 = 0: revisions overshoot for ever")
}

// Mean first passages from an independent solution of the recursion; the first confirmed there by
// 1500 exact simulations.
func TestOneSidedFirstPassage(t *testing.T) {
	for _, row := range []struct {
		n, from, to int
		time        float64
	}{{50, 7, 43, 201.044439}, {100, 14, 86, 1155.13255}, {200, 29, 171, 39283.9882}} {
		m := LogitOneSided{V: -2.5, Gamma: 5, Mu: 1, N: row.n}
		require.InEpsilon(t, row.time, m.FirstPassage(row.from, row.to), 1e-8)
		// V = -gamma/2 is symmetric in joining and staying out.
		require.InEpsilon(t, row.time, m.FirstPassage(row.n-row.from, row.n-row.to), 1e-8)
	}
	m := LogitOneSided{V: -2.5, Gamma: 5, Mu: 1, N: 100_000}
	require.True(t, math.IsInf(m.FirstPassage(14479, 85521), 1), "longer than any float")
	require.False(t, math.IsInf(m.FirstPassage(85000, 85521), 1), "a barrier behind the start does not overflow it")
	require.Zero(t, m.FirstPassage(9, 9))
}

// The stationary law and the passage times solve linear equations in the generator of the chain, which
// a dense solver answers without any of the recursions.
func TestOneSidedLawsSolveTheGenerator(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Small and mild, or the dense solver gives up: some states would be too rare for it.
		gamma := rapid.Float64Range(-3, 3.9).Draw(t, "gamma")
		m := LogitOneSided{
			V:     -gamma/2 + rapid.Float64Range(-1, 1).Draw(t, "off the symmetric V"),
			Gamma: gamma,
			Mu:    1,
			N:     rapid.IntRange(2, 10).Draw(t, "N"),
		}
		generator := mat.NewDense(m.N+1, m.N+1, nil)
		for k := range m.N + 1 {
			q := logistic(m.V + m.Gamma*float64(k)/float64(m.N))
			up, down := float64(m.N-k)*q, float64(k)*(1-q)
			if k < m.N {
				generator.Set(k, k+1, up)
			}
			if k > 0 {
				generator.Set(k, k-1, down)
			}
			generator.Set(k, k, -up-down)
		}

		balance := mat.DenseCopyOf(generator.T())
		right := mat.NewVecDense(m.N+1, nil)
		for k := range m.N + 1 {
			balance.Set(m.N, k, 1) // one balance equation is redundant; the law sums to one
		}
		right.SetVec(m.N, 1)
		var law mat.VecDense
		require.NoError(t, law.SolveVec(balance, right))
		var mean, square float64
		for k := range m.N + 1 {
			share := float64(k) / float64(m.N)
			mean += law.AtVec(k) * share
			square += law.AtVec(k) * share * share
		}
		gotMean, gotSD := m.StationaryMoments(m.Equilibria(), 0)
		require.InDelta(t, mean, gotMean, 1e-9)
		require.InDelta(t, math.Sqrt(square-mean*mean), gotSD, 1e-9)

		from, to := rapid.IntRange(0, m.N).Draw(t, "from"), rapid.IntRange(0, m.N).Draw(t, "to")
		hitting := mat.DenseCopyOf(generator)
		wait := mat.NewVecDense(m.N+1, nil)
		for k := range m.N + 1 {
			wait.SetVec(k, -1)
			hitting.Set(to, k, 0)
		}
		hitting.Set(to, to, 1)
		wait.SetVec(to, 0)
		var times mat.VecDense
		require.NoError(t, times.SolveVec(hitting, wait))
		got := m.FirstPassage(from, to)
		// The dense solver loses digits in proportion to the time itself.
		require.InDelta(t, times.AtVec(from), got, 1e-9+got*(1e-9+1e-14*got))
	})
}

// Between its unstable neighbours the law is that of the chain kept there; both basins together with
// their weights make the whole.
func TestOneSidedBasins(t *testing.T) {
	m := LogitOneSided{V: -2.5, Gamma: 5, Mu: 1, N: 2000}
	all := m.Equilibria()
	for _, i := range []int{0, 2} {
		mean, sd := m.StationaryMoments(all, i)
		// By 2000 participants the corrections of order 1/N are a few per cent of the SD.
		require.InEpsilon(t, m.SD(all[i], 0), sd, 0.05)
		require.InDelta(t, all[i].Share+m.Bias(all[i]), mean, 0.001)
	}
	// V = -gamma/2 is symmetric in joining and staying out; with 50 the count 25 belongs to neither basin.
	for _, n := range []int{50, 51} {
		m.N = n
		low, lowSD := m.StationaryMoments(all, 0)
		high, highSD := m.StationaryMoments(all, 2)
		require.InDelta(t, 1, low+high, 1e-12)
		require.InDelta(t, lowSD, highSD, 1e-12)
	}
	lone := LogitOneSided{V: -2.5, Gamma: 5, Mu: 1, N: 1}
	mean, sd := lone.StationaryMoments(lone.Equilibria(), 0)
	require.Equal(t, [2]float64{}, [2]float64{mean, sd}, "one participant: nobody is the only count below 1/2")
}

// Every sign change of the residual on a brute grid is found, and nothing else.
func TestOneSidedMissesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gamma := rapid.Float64Range(-20, 40).Draw(t, "gamma")
		m := LogitOneSided{
			V:     -gamma/2 + rapid.Float64Range(-8, 8).Draw(t, "off the symmetric V"),
			Gamma: gamma,
			Mu:    rapid.Float64Range(0.2, 3).Draw(t, "mu"),
		}
		residual := func(x float64) float64 { return m.Mu*x - m.Gamma*logistic(x) - m.V }
		reach := (math.Abs(m.V)+math.Abs(m.Gamma))/m.Mu + 1
		var brute []float64
		const cells = 20_000
		at := func(i int) float64 { return reach * (2*float64(i)/cells - 1) }
		for i := range cells {
			if (residual(at(i)) < 0) != (residual(at(i+1)) < 0) {
				brute = append(brute, logistic(at(i)))
			}
		}
		all := m.Equilibria()
		cell := 2 * reach / cells / 4 * 1.01 // no step of the grid moves a share by more
		for i, e := range all {
			require.InDelta(t, m.reply(e.Share), e.Share, 1e-12)
			if i > 0 && e.Share-all[i-1].Share < 2*cell {
				return // so close to a fold that the grid may step over two at once
			}
		}
		require.Len(t, all, len(brute))
		for i, e := range all {
			require.InDelta(t, brute[i], e.Share, cell)
		}
	})
}

func TestOneSidedTangencyCountsOnce(t *testing.T) {
	m := LogitOneSided{Gamma: 5, Mu: 1}
	_, m.V, _, _ = m.Window()
	require.Len(t, m.Equilibria(), 2, "at V_hi the lower two are one")
	m.V = math.Nextafter(m.V, 1)
	require.Len(t, m.Equilibria(), 1)
	require.Len(t, LogitOneSided{V: -2, Gamma: 4, Mu: 1}.Equilibria(), 1, "the pitchfork itself")
}
