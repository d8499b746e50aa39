package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// near asks for equality to the digits a table prints, 1e-6 relative or absolute where it prints more.
func near(t require.TestingT, want, got float64, what string, args ...any) {
	require.InDelta(t, want, got, 1e-6*math.Max(1, math.Abs(want)), append([]any{what}, args...)...)
}

// Shares from an independent integration of F' = (p + qF)(1 - F) by an eighth-order Runge-Kutta
// method, peaks from an independent numerical maximisation, discrete shares from a separate iteration.
func TestBassShares(t *testing.T) {
	for name, row := range map[string]struct {
		p, q                         float64
		f1, f5, f10, f20, peak, rate float64
		discrete5, discrete10        float64
		discretePeak                 int
	}{
		"A": {0.03, 0.38, 0.0357581643, 0.331198642, 0.812803221, 0.996259415, 6.1926192, 0.110592105, 0.272906839, 0.782642569, 8},
		"B": {0.005, 0.84, 0.00779659238, 0.285032872, 0.965104798, 0.999992268, 6.0638627, 0.21250744, 0.113339482, 0.906014356, 9},
		"C": {0.01, 0.4186, 0.0123310416, 0.14934957, 0.625791849, 0.99194897, 8.71285748, 0.109709723, 0.107435846, 0.500824442, 11},
		"D": {0.02, 0.60, 0.026960356, 0.406106959, 0.940698122, 0.99987234, 5.48580223, 0.160166667, 0.273139017, 0.927471234, 7},
		"E": {0.028, 0.25, 0.031269821, 0.232925278, 0.603611745, 0.963056672, 7.87502305, 0.077284, 0.206834402, 0.568131041, 9},
	} {
		t.Run(name, func(t *testing.T) {
			b := Bass{P: row.p, Q: row.q}
			near(t, row.f1, b.Share(1), "F(1)")
			near(t, row.f5, b.Share(5), "F(5)")
			near(t, row.f10, b.Share(10), "F(10)")
			near(t, row.f20, b.Share(20), "F(20)")
			at, rate := b.Peak()
			near(t, row.peak, at, "t_peak")
			near(t, row.rate, rate, "peak_rate")
			near(t, rate, b.Rate(at), "the rate at the peak is the peak rate")
			near(t, row.discrete5, b.DiscreteShare(5), "discrete F(5)")
			near(t, row.discrete10, b.DiscreteShare(10), "discrete F(10)")
			best := 1
			for period := range 30 {
				gain := func(k int) float64 { return b.DiscreteShare(float64(k)) - b.DiscreteShare(float64(k-1)) }
				if gain(period+1) > gain(best) {
					best = period + 1
				}
			}
			require.Equal(t, row.discretePeak, best, "period of the largest discrete gain")
		})
	}
}

func TestBassLimits(t *testing.T) {
	// The same independent integration.
	near(t, 0.82216306, Bass{P: 0.01, Q: 0.4, F0: 0.05}.Share(10), "seeded")
	near(t, 1-math.Exp(-1), Bass{P: 0.1}.Share(10), "without imitation the rest decays exponentially")
	near(t, 1/(1+99*math.Exp(-5)), Bass{Q: 0.5, F0: 0.01}.Share(10), "without innovation the curve is logistic")
	near(t, 0.599859602, Bass{Q: 0.5, F0: 0.01}.Share(10), "and the independent integration agrees")
	require.Zero(t, Bass{Q: 0.5}.Share(100), "nobody starts")
	require.Equal(t, 0.3, Bass{F0: 0.3}.Share(100), "nobody moves")
	require.True(t, math.IsNaN(Bass{P: 0.1, Q: 0.2}.DiscreteShare(1.5)), "the discrete model has no half periods")
	require.InDelta(t, 1, Bass{P: 0.1, Q: 0.2}.DiscreteShare(1e300), 1e-12, "everybody, in the end")
}

func TestBassPeakIsUndefinedWhereTheRateOnlyFalls(t *testing.T) {
	for _, b := range []Bass{
		{P: 0.3, Q: 0.1}, {P: 0.2, Q: 0.2}, // imitation does not exceed innovation
		{P: 0.03, Q: 0.38, F0: 0.6}, // the peak is at 1/2 - p/2q = 0.46
		{Q: 0.4}, {F0: 0.1},
	} {
		at, rate := b.Peak()
		require.True(t, math.IsNaN(at) && math.IsNaN(rate), "%+v", b)
	}
	at, _ := Bass{P: 0.03, Q: 0.38, F0: 0.2}.Peak()
	near(t, 0.5-0.03/(2*0.38), Bass{P: 0.03, Q: 0.38, F0: 0.2}.Share(at), "a seed moves the peak in time, not in share")
}

// Exact moments of the pure-birth chain, from an independent summation.
func TestBassHalfTime(t *testing.T) {
	for _, row := range []struct {
		n              int
		p, q, mean, sd float64
	}{
		{100, 0.03, 0.38, 6.67465698, 1.02955241},
		{1000, 0.03, 0.38, 6.56234247, 0.318050499},
		{10000, 0.03, 0.38, 6.55140109, 0.100344989},
		{1000, 0.005, 0.84, 6.17829062, 0.518955492},
	} {
		mean, sd := Bass{P: row.p, Q: row.q, N: row.n}.HalfTime()
		near(t, row.mean, mean, "mean")
		near(t, row.sd, sd, "SD")
	}
	// The limit of a large population, ln(2 + q/p)/(p + q), is the time at which the curve reaches 1/2.
	b := Bass{P: 0.03, Q: 0.38, N: 1_000_000}
	near(t, 0.5, b.Share(6.55018865), "half of the curve")
	mean, _ := b.HalfTime()
	require.InDelta(t, 6.55018865, mean, 2e-5, "the bias is of order 1/N: 12 per thousand at 1000")

	mean, sd := Bass{P: 0.1, Q: 0.1, F0: 0.5, N: 11}.HalfTime()
	require.Zero(t, mean, "round(5.5) = 6 of 11 have adopted already")
	require.Zero(t, sd)
	mean, _ = Bass{P: 1, F0: 0.2, N: 10}.HalfTime()
	near(t, 1./8+1./7+1./6, mean, "from 2 to 5 of 10, each remaining person at rate 1")
	mean, _ = Bass{P: 1, N: 3}.HalfTime()
	near(t, 1./3+1./2, mean, "half of 3 is the second adoption")
	mean, _ = Bass{Q: 1, N: 10}.HalfTime()
	require.True(t, math.IsInf(mean, 1), "nobody starts")
}

// Exact moments from an independent solution of the master equation, the large-population SD from an
// independent integration of its variance equation; p = 0.03, q = 0.38.
func TestBassTransientNoise(t *testing.T) {
	for _, row := range []struct {
		n                       int
		at, mean, curve, sd, ln float64
	}{
		{200, 3, 0.149631794, 0.150500072, 0.0415237394, 0.0419130319},
		{200, 6, 0.433089676, 0.439235218, 0.0754831044, 0.0763647584},
		{200, 9, 0.731070147, 0.740727106, 0.0657256952, 0.0640431728},
		{200, 12, 0.902787635, 0.908687563, 0.0349822043, 0.0327612907},
		{1000, 3, 0.150324838, 0.150500072, 0.0187087819, 0.0187440777},
		{1000, 6, 0.43798557, 0.439235218, 0.034073486, 0.0341513582},
		{1000, 9, 0.738798439, 0.740727106, 0.0288000739, 0.0286409776},
		{1000, 12, 0.907541233, 0.908687563, 0.0148439389, 0.0146512946},
	} {
		b := Bass{P: 0.03, Q: 0.38, N: row.n}
		near(t, row.curve, b.Share(row.at), "curve")
		mean, sd := b.ShareMoments(row.at)
		require.InEpsilon(t, row.mean, mean, 1e-8, "exact mean, N=%d t=%g", row.n, row.at)
		require.InEpsilon(t, row.sd, sd, 1e-8, "exact SD, N=%d t=%g", row.n, row.at)
		require.InEpsilon(t, row.ln, b.NoiseSD(row.at), 1e-8, "limit SD, N=%d t=%g", row.n, row.at)
	}
	require.InDelta(t, 0, Bass{P: 0.03, Q: 0.38, N: 100}.NoiseSD(1000), 1e-12, "all noise ends when all have adopted")
	mean, sd := Bass{P: 0.03, Q: 0.38, F0: 1, N: 100}.ShareMoments(5)
	require.Equal(t, [2]float64{1, 0}, [2]float64{mean, sd}, "nothing is left to happen")
}

// Bass (1969, Management Science 15(5)), table of eleven durables: p, q, time of peak and peak sales in
// thousands, as recalculated from the printed p, q and market m.
func TestBassDurables(t *testing.T) {
	for name, row := range map[string]struct{ m, p, q, at, sales float64 }{
		"electric refrigerators":   {40001, .0026167, .21566, 20.21, 2209},
		"home freezers":            {21973, .018119, .17110, 11.87, 1149},
		"black & white television": {96717, .027877, .25105, 7.88, 7493},
		"water softeners":          {5793, .017703, .29695, 8.96, 483},
		"room air conditioners":    {16895, .010399, .41861, 8.61, 1857},
		"clothes dryers":           {15092, .017206, .35688, 8.11, 1479},
		"power lawnmowers":         {44751, .0091837, .33790, 10.39, 3989},
		"electric bed coverings":   {76589, .005876, .24387, 14.92, 4897},
		"automatic coffee makers":  {58838, .017135, .30145, 9.00, 4953},
		"steam irons":              {55696, .028632, .32791, 6.84, 5398},
		"record players":           {21937, .024796, .65410, 4.82, 3864},
	} {
		at, rate := Bass{P: row.p, Q: row.q}.Peak()
		require.InDelta(t, row.at, at, 0.0051, "%s: peak year", name)
		require.InDelta(t, row.sales, row.m*rate, 0.51, "%s: peak sales", name)
	}
}

// Sales of video recorders in the United States, 1980 to 1989, in thousands, with the published
// nonlinear least-squares fit to m·f(t): its residual standard error is 727.19 on 7 degrees of freedom.
func TestBassFitsVideoRecorders(t *testing.T) {
	sales := []float64{840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890}
	b := Bass{P: 0.00659395991, Q: 0.638091252}
	var squares float64
	for i, s := range sales {
		off := s - 67980.9088*b.Rate(float64(i+1))
		squares += off * off
	}
	require.InDelta(t, 727.1931, math.Sqrt(squares/7), 1e-3)
}

func TestBassSolvesItsEquation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := Bass{
			P:  rapid.Float64Range(0, 0.5).Draw(t, "p"),
			Q:  rapid.Float64Range(0, 2).Draw(t, "q"),
			F0: rapid.Float64Range(0, 1).Draw(t, "F0"),
		}
		at := rapid.Float64Range(0.01, 20).Draw(t, "t")
		const h = 1e-4 // central differences of a smooth curve err by order h²
		slope := (b.Share(at+h) - b.Share(at-h)) / (2 * h)
		require.InDelta(t, b.Rate(at), slope, 1e-6)
		require.InDelta(t, b.F0, b.Share(0), 1e-12)
	})
}
