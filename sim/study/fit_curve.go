package study

import (
	"context"
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"flywheel/models/theory"
)

// Curve is a closed form fitted to one series, without any scenario.
type Curve struct {
	Benchmark
	LogLikelihood float64 // NaN where the curve was fitted by least squares
}

// The curves that can be fitted.
const (
	CurveBass = "bass"
	CurveSBG  = "sbg"
)

// Curves are the names of the curves that can be fitted.
func Curves() []string { return []string{CurveBass, CurveSBG} }

// FitBass fits the Bass curve to a series of at least four points by nonlinear least squares,
// as the benchmark of that name does.
func FitBass(t, y []float64, level float64) (Curve, error) {
	b, ok := bassCurve(t, y, level)
	if !ok {
		return Curve{}, errors.New("no Bass curve fits the series; it needs four values or more that rise or have a peak")
	}
	return Curve{b, math.NaN()}, nil
}

// FitSBG fits the shifted beta-geometric law of lifetimes to the shares of so many customers
// still there after renewals 1, 2, 3, ..., by maximum likelihood (Fader and Hardie 2007, Journal of
// Interactive Marketing 21(1)). Standard errors are those of the likelihood's curvature.
func FitSBG(survival []float64, customers, level float64) (Curve, error) {
	before := 1.0
	for i, s := range survival {
		if !(s <= before && s > 0) {
			return Curve{}, fmt.Errorf("a share of %g after renewal %d follows one of %g; shares still there fall from 1 and stay above 0", s, i+1, before)
		}
		before = s
	}
	if len(survival) < 2 {
		return Curve{}, errors.New("two renewals or more are needed for the two numbers of the curve")
	}
	likelihood := func(m theory.SBG) float64 {
		before, expected, sum := 1.0, 1.0, 0.0
		for i, s := range survival {
			next := expected * m.Retention(float64(i+1))
			if before > s {
				sum += customers * (before - s) * math.Log(expected-next)
			}
			before, expected = s, next
		}
		return sum + customers*before*math.Log(expected)
	}
	const least, most = 1e-3, 1e4
	at := func(u []float64) theory.SBG {
		return theory.SBG{Alpha: least * math.Pow(most/least, u[0]), Beta: least * math.Pow(most/least, u[1])}
	}
	search := Search{Global: 600, Local: 2000, Function: func(u []float64) float64 { return -likelihood(at(u)) }}
	found, err := search.Minimise(context.Background(), 2)
	if err != nil {
		return Curve{}, err
	}
	// The first simplex may have ended short of the last digits.
	search.Global, search.Start = 0, found.At
	if found, err = search.Minimise(context.Background(), 2); err != nil {
		return Curve{}, err
	}
	m := at(found.At)
	cov := curvature(func(b []float64) float64 { return likelihood(theory.SBG{Alpha: b[0], Beta: b[1]}) }, []float64{m.Alpha, m.Beta})
	z := distuv.UnitNormal.Quantile((1 + level) / 2)
	share := func(b []float64, t float64) float64 {
		return theory.SBG{Alpha: b[0], Beta: b[1]}.Survival(int(math.Round(t)))
	}
	return Curve{Benchmark{
		Name:       CurveSBG,
		Parameters: []Parameter{{"alpha", m.Alpha, math.Sqrt(cov.At(0, 0))}, {"beta", m.Beta, math.Sqrt(cov.At(1, 1))}},
		ResidualSE: math.NaN(),
		At: func(t float64) Interval {
			b := []float64{m.Alpha, m.Beta}
			s := share(b, t)
			g := mat.NewVecDense(2, gradient(share, b, t))
			half := z * math.Sqrt(s*(1-s)/customers+mat.Inner(g, cov, g))
			return Interval{s, s - half, s + half}
		},
	}, likelihood(m)}, nil
}

// curvature is the covariance of estimates at the top of a log likelihood: the inverse of minus
// its second derivatives.
func curvature(likelihood func([]float64) float64, b []float64) *mat.Dense {
	d := len(b)
	hessian := mat.NewDense(d, d, nil)
	moved := func(i, k int, a, c float64) float64 {
		x := append([]float64(nil), b...)
		x[i] += a * 1e-3 * b[i]
		x[k] += c * 1e-3 * b[k]
		return likelihood(x)
	}
	for i := range d {
		for k := range d {
			second := moved(i, k, 1, 1) - moved(i, k, 1, -1) - moved(i, k, -1, 1) + moved(i, k, -1, -1)
			hessian.Set(i, k, -second/(4e-6*b[i]*b[k]))
		}
	}
	cov := mat.NewDense(d, d, nil)
	if err := cov.Inverse(hessian); err != nil {
		cov.Apply(func(int, int, float64) float64 { return math.NaN() }, cov)
	}
	return cov
}
