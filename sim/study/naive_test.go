package study_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/sim/study"
)

// U.S. sales of video recorders, 1980 to 1989, in thousands. Nonlinear least squares on m f(t)
// is published as m = 6.80e4, p = 6.59e-3, q = 6.38e-1 with residual standard error 727 on 7
// degrees of freedom.
var videoRecorders = []float64{840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890}

func from1(n int) []float64 {
	t := make([]float64, n)
	for i := range t {
		t[i] = float64(i + 1)
	}
	return t
}

func benchmark(t *testing.T, all []study.Benchmark, name string) study.Benchmark {
	for _, b := range all {
		if b.Name == name {
			return b
		}
	}
	t.Fatalf("no benchmark %s", name)
	return study.Benchmark{}
}

func TestTheBassBenchmarkGivesThePublishedVideoRecorders(t *testing.T) {
	bass := benchmark(t, study.Benchmarks(from1(10), videoRecorders, 0.9), "bass")
	for i, want := range []float64{67980.9088, 0.00659395991, 0.638091252} {
		require.InEpsilon(t, want, bass.Parameters[i].Value, 1e-5, bass.Parameters[i].Name)
	}
	require.InDelta(t, 727.1931, bass.ResidualSE, 1e-3)
}

func TestBenchmarksContinueTheirOwnShape(t *testing.T) {
	ts := from1(8)
	line, growth := make([]float64, 8), make([]float64, 8)
	for i, x := range ts {
		wobble := 0.01 * math.Sin(7*x)
		line[i], growth[i] = 3+2*x+wobble, math.Exp(0.5*x+wobble)
	}
	require.InDelta(t, 3+2*12.0, benchmark(t, study.Benchmarks(ts, line, 0.9), "straight line").At(12).Mean, 0.05)
	require.InEpsilon(t, math.Exp(6), benchmark(t, study.Benchmarks(ts, growth, 0.9), "exponential").At(12).Mean, 0.05)
	last := benchmark(t, study.Benchmarks(ts, line, 0.9), "last value").At(12)
	require.Equal(t, line[7], last.Mean)
	// A random walk of steps of about 2 is after 4 steps within 1.645 * 2 * 2 in 90% of cases.
	require.InDelta(t, 1.645*2*2, last.Hi-last.Mean, 0.1)
}

func TestABenchmarkTheSeriesCannotBearIsLeftOut(t *testing.T) {
	var names []string
	for _, b := range study.Benchmarks(from1(3), []float64{1, -1, 2}, 0.9) {
		names = append(names, b.Name)
	}
	require.Equal(t, []string{"last value", "straight line"}, names)
}

// A straight line with errors of one size: nine in ten new values lie in its 90% interval.
func TestTheIntervalOfABenchmarkCoversAsOftenAsItSays(t *testing.T) {
	inside, all := 0, 0
	u := 0.5
	normal := func() float64 { // a sum of 12 uniforms, less 6, has variance 1
		sum := -6.0
		for range 12 {
			u = math.Mod(u*997.13+0.31, 1)
			sum += u
		}
		return sum
	}
	for range 200 {
		ts, y := from1(10), make([]float64, 10)
		for i := range y {
			y[i] = 1 + ts[i] + normal()
		}
		i := benchmark(t, study.Benchmarks(ts, y, 0.9), "straight line").At(14)
		if v := 1 + 14 + normal(); v >= i.Lo && v <= i.Hi {
			inside++
		}
		all++
	}
	// four standard errors of a share of 200
	require.InDelta(t, 0.9, float64(inside)/float64(all), 4*math.Sqrt(0.9*0.1/200))
}

// Fader and Hardie (2007): percent of two groups of customers still there after 1 to 12 years. Fitted
// to the first seven they are published as alpha 0.668 and beta 3.806, and 0.704 and 1.182; with 1000
// customers the log likelihood is -1611.15815 and -1680.26519.
func TestLifetimesGiveThePublishedCustomers(t *testing.T) {
	for name, c := range map[string]struct {
		percent                 []float64
		alpha, beta, likelihood float64
		then                    []float64
	}{
		"high end": {[]float64{86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1}, 0.66808833, 3.8060949, -1611.15815, []float64{0.46044, 0.43578, 0.414172, 0.395055, 0.377999}},
		"regular":  {[]float64{63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1}, 0.70407731, 1.1820431, -1680.26519, []float64{0.220085, 0.204411, 0.19119, 0.179865, 0.170037}},
	} {
		t.Run(name, func(t *testing.T) {
			share := make([]float64, len(c.percent))
			for i, p := range c.percent {
				share[i] = p / 100
			}
			got, err := study.FitSBG(share, 1000, 0.9)
			require.NoError(t, err)
			require.InEpsilon(t, c.alpha, got.Parameters[0].Value, 1e-5)
			require.InEpsilon(t, c.beta, got.Parameters[1].Value, 1e-5)
			require.InDelta(t, c.likelihood, got.LogLikelihood, 1e-4)
			for i, s := range c.then {
				require.InDelta(t, s, got.At(float64(8+i)).Mean, 1e-5)
			}
		})
	}
	_, err := study.FitSBG([]float64{0.8, 0.9}, 100, 0.9)
	require.ErrorContains(t, err, "fall from 1")
}
