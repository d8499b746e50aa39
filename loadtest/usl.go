package loadtest

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/optimize"
	"gonum.org/v1/gonum/stat/distuv"
)

// USL is the universal scalability law X(N) = Lambda·N / (1 + Sigma·(N-1) +
// Kappa·N·(N-1)) of throughput X, in requests per second, against the requests N at
// the target (Gunther 2007, Guerrilla Capacity Planning), fitted to a measured curve:
// ordinary nonlinear least squares in throughput, all points alike. Lo and Hi bound
// each parameter with a confidence of 95%: the values for which the best fit of the
// other two is not worse than chance allows (profile likelihood; Venzon and
// Moolgavkar 1988, Applied Statistics 37(1), 87-94).
type USL struct {
	Lambda     float64  `json:"lambda"` // requests per second of one request at a time
	LambdaLo   float64  `json:"lambda_lo"`
	LambdaHi   *float64 `json:"lambda_hi"`
	Sigma      float64  `json:"sigma"` // contention: the share of the work that waits for its turn
	SigmaLo    float64  `json:"sigma_lo"`
	SigmaHi    *float64 `json:"sigma_hi"` // null where the data set no bound
	Kappa      float64  `json:"kappa"`    // coherence: the work that each pair of requests makes for each other
	KappaLo    float64  `json:"kappa_lo"`
	KappaHi    *float64 `json:"kappa_hi"`
	Knee       *float64 `json:"knee_rps"`       // largest throughput of the law; null where it is not identified
	KneeAt     *float64 `json:"knee_requests"`  // requests at the target there; null where the throughput only nears it
	Identified bool     `json:"identified"`     // whether the measured curve bends enough to tell
	Why        string   `json:"why"`            // what is not identified, or what the knee is
	Points     int      `json:"points"`         // of the curve that were used
	Residual   float64  `json:"residual_share"` // typical distance of a point from the law, as a share of the largest throughput
}

// Throughput is X at N requests.
func (u USL) Throughput(n float64) float64 {
	return u.Lambda * n / (1 + u.Sigma*(n-1) + u.Kappa*n*(n-1))
}

// usefulErrors is the share of failed requests above which a point says nothing
// about the law: a target that turns requests away serves fewer than came.
const usefulErrors = 0.05

// FitUSL fits the law to a curve; points without throughput, or where more than one
// request in twenty failed, are left out. It needs four points at different
// concurrency, one more than the law has parameters.
func FitUSL(curve []CurvePoint) USL {
	var n, x []float64
	for _, p := range curve {
		if p.Throughput > 0 && p.Concurrency > 0 && p.ErrorShare <= usefulErrors {
			n, x = append(n, p.Concurrency), append(x, p.Throughput)
		}
	}
	u := USL{Points: len(n)}
	if len(slices.Compact(slices.Sorted(slices.Values(n)))) < 4 {
		u.Why = fmt.Sprintf("not identified: %d points are too few for a law of three parameters; four at least are needed", len(n))
		return u
	}
	f := uslFit{n: n, x: x}
	best, least := f.least(-1, -1)
	f.near = &best
	u.Lambda, u.Sigma, u.Kappa = f.scale(best[0], best[1]), best[0], best[1]
	u.Residual = math.Sqrt(least/float64(len(n)-3)) / slices.Max(x)
	// Differences below a ten-thousandth of the throughput are no evidence of anything.
	floor := math.Pow(1e-4*slices.Max(x), 2) * float64(len(n))
	freedom := float64(len(n) - 3)
	limit := max(least, floor) * (1 + distuv.F{D1: 1, D2: freedom}.Quantile(0.95)/freedom)
	u.SigmaLo, u.SigmaHi = f.bounds(u.Sigma, limit, func(v float64) float64 { _, miss := f.least(v, -1); return miss })
	u.KappaLo, u.KappaHi = f.bounds(u.Kappa, limit, func(v float64) float64 { _, miss := f.least(-1, v); return miss })
	u.LambdaLo, u.LambdaHi = f.bounds(u.Lambda, limit, f.leastAt)
	u.knee(slices.Max(x))
	return u
}

// knee is the largest throughput, where the curve shows it. A law whose throughput
// neither falls nor levels off within twice of what was measured is a straight line
// as far as anybody has seen.
func (u *USL) knee(most float64) {
	value := func(v float64) *float64 { return &v }
	switch {
	case u.SigmaLo <= 0 && u.KappaLo <= 0:
		u.Why = "not identified: throughput rises in proportion to the requests as far as it was measured; the curve never bends"
	case u.KappaLo > 0 && u.Sigma < 1:
		at := math.Sqrt((1 - u.Sigma) / u.Kappa)
		u.Knee, u.KneeAt, u.Identified = value(u.Throughput(at)), value(at), true
		u.Why = fmt.Sprintf("throughput is largest, %.4g/s, with %.3g requests at the target, and falls beyond", *u.Knee, at)
	case u.Sigma >= 1:
		u.Knee, u.KneeAt, u.Identified = value(u.Lambda), value(1), true
		u.Why = fmt.Sprintf("one request at a time is served, at %.4g/s", u.Lambda)
	case u.SigmaLo > 0:
		u.Knee, u.Identified = value(u.Lambda/u.Sigma), true
		u.Why = fmt.Sprintf("throughput nears %.4g/s and does not fall as far as it was measured", *u.Knee)
	default:
		u.Why = "not identified: it cannot be told whether throughput levels off or falls"
	}
	if u.Knee != nil && *u.Knee > 2*most {
		u.Why = fmt.Sprintf("not identified: the law would be largest at %.4g/s, more than twice what was measured", *u.Knee)
		u.Knee, u.KneeAt, u.Identified = nil, nil, false
	}
}

// uslFit are the points of a fit.
type uslFit struct {
	n, x []float64
	near *[2]float64 // sigma and kappa to start from, once the best are known
}

// scale is the Lambda of least squares, which is linear once the others are known.
func (f uslFit) scale(sigma, kappa float64) float64 {
	var xy, yy float64
	for i, n := range f.n {
		y := USL{Lambda: 1, Sigma: sigma, Kappa: kappa}.Throughput(n)
		xy += f.x[i] * y
		yy += y * y
	}
	return xy / yy
}

func (f uslFit) miss(lambda, sigma, kappa float64) float64 {
	u := USL{Lambda: lambda, Sigma: sigma, Kappa: kappa}
	var sum float64
	for i, n := range f.n {
		d := f.x[i] - u.Throughput(n)
		sum += d * d
	}
	if math.IsNaN(sum) || math.IsInf(sum, 0) {
		return math.MaxFloat64
	}
	return sum
}

// least is the best sigma and kappa, neither below 0, by the simplex of Nelder and
// Mead (1965, The Computer Journal 7(4), 308-313) from several starts; one that is
// given (0 or more) stays as it is.
func (f uslFit) least(sigma, kappa float64) (best [2]float64, least float64) {
	return f.simplex(sigma, kappa, func(s, k float64) float64 { return f.miss(f.scale(s, k), s, k) })
}

// leastAt is the smallest miss with a Lambda that is given.
func (f uslFit) leastAt(lambda float64) float64 {
	_, miss := f.simplex(-1, -1, func(s, k float64) float64 { return f.miss(lambda, s, k) })
	return miss
}

func (f uslFit) simplex(sigma, kappa float64, miss func(s, k float64) float64) (best [2]float64, least float64) {
	most := slices.Max(f.n)
	least = math.Inf(1)
	// Squares of free numbers are never negative; kappa is counted in shares of the largest N.
	at := func(v []float64) (s, k float64) {
		s, k = sigma, kappa
		if sigma < 0 {
			s, v = v[0]*v[0], v[1:]
		}
		if kappa < 0 {
			k = v[0] * v[0] / most
		}
		return s, k
	}
	try := func(s, k float64) {
		if m := miss(s, k); m < least {
			best, least = [2]float64{s, k}, m
		}
	}
	sigmas, kappas := []float64{0, 0.01, 0.1, 0.4, 1}, []float64{0, 0.01, 0.1, 1}
	if f.near != nil {
		sigmas, kappas = []float64{f.near[0]}, []float64{f.near[1] * most}
	}
	for _, s := range sigmas {
		for _, k := range kappas {
			var start []float64
			if sigma < 0 {
				start = append(start, math.Sqrt(s)+0.01) // a start at 0 would be a flat place of the square
			}
			if kappa < 0 {
				start = append(start, math.Sqrt(k)+0.01)
			}
			try(at(append(start, 0)))
			if len(start) == 0 {
				return best, least
			}
			found, err := optimize.Minimize(optimize.Problem{Func: func(v []float64) float64 { return miss(at(v)) }}, start,
				&optimize.Settings{Converger: &optimize.FunctionConverge{Relative: 1e-11, Iterations: 30}, MajorIterations: 400}, &optimize.NelderMead{})
			if err == nil && found != nil {
				try(at(found.X))
			}
		}
	}
	return best, least
}

// bounds are the values about the best on both sides where the miss reaches a limit;
// hi is nil where it never does.
func (f uslFit) bounds(best, limit float64, miss func(float64) float64) (lo float64, hi *float64) {
	edge := func(in, out float64) float64 {
		for range 24 {
			if middle := (in + out) / 2; miss(middle) <= limit {
				in = middle
			} else {
				out = middle
			}
		}
		return in
	}
	if miss(0) > limit {
		lo = edge(best, 0)
	}
	for out := max(2*best, 1e-6); out < 1e6*max(best, 1); out *= 2 {
		if miss(out) > limit {
			v := edge(best, out)
			return lo, &v
		}
	}
	return lo, nil
}
