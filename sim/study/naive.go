package study

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"flywheel/models/theory"
)

// Parameter is a number of a benchmark or curve, with its standard error; NaN where it has none.
type Parameter struct {
	Name      string
	Value, SE float64
}

// Benchmark is a plain forecast of one series, which a model has to beat.
type Benchmark struct {
	Name       string
	Parameters []Parameter
	ResidualSE float64 // in the series' unit; of the logarithm for exponential
	At         func(t float64) Interval
}

// Interval is a value with a range that a new observation should lie in as often as its level says.
type Interval struct{ Mean, Lo, Hi float64 }

// Benchmarks are the last value, the straight line, the exponential and the Bass curve, fitted
// to a series of at least one point in rising time, with prediction intervals at a level such
// as 0.9. A benchmark that the series cannot bear is left out: each wants a point more than it has
// numbers, and the exponential values above zero.
func Benchmarks(t, y []float64, level float64) []Benchmark {
	var all []Benchmark
	for _, fit := range []func(t, y []float64, level float64) (Benchmark, bool){lastValue, straightLine, exponential, bassCurve} {
		if b, ok := fit(t, y, level); ok {
			all = append(all, b)
		}
	}
	return all
}

// LastValue is the name of the benchmark that stays where the series ended.
const LastValue = "last value"

// lastValue stays where the series ended; its steps are taken for a random walk, whose
// variance grows with time.
func lastValue(t, y []float64, level float64) (Benchmark, bool) {
	last := len(y) - 1
	if last < 0 {
		return Benchmark{}, false
	}
	var perTime float64
	for i := 1; i <= last; i++ {
		perTime += (y[i] - y[i-1]) * (y[i] - y[i-1]) / (t[i] - t[i-1]) / float64(last)
	}
	z := distuv.UnitNormal.Quantile((1 + level) / 2)
	b := Benchmark{Name: LastValue, Parameters: []Parameter{{"value", y[last], math.NaN()}}, ResidualSE: math.Sqrt(perTime)}
	b.At = func(at float64) Interval {
		half := z * math.Sqrt(perTime*math.Abs(at-t[last]))
		if last == 0 {
			half = math.NaN()
		}
		return Interval{y[last], y[last] - half, y[last] + half}
	}
	return b, true
}

func straightLine(t, y []float64, level float64) (Benchmark, bool) {
	c, ok := leastSquares(t, y, func(b []float64, t float64) float64 { return b[0] + b[1]*t }, lineThrough(t, y))
	if !ok {
		return Benchmark{}, false
	}
	return Benchmark{"straight line", c.named("intercept", "slope"), c.se, c.predictor(level)}, true
}

// exponential is a straight line through the logarithms.
func exponential(t, y []float64, level float64) (Benchmark, bool) {
	logs := make([]float64, len(y))
	for i, v := range y {
		if logs[i] = math.Log(v); !(v > 0) {
			return Benchmark{}, false
		}
	}
	b, ok := straightLine(t, logs, level)
	if !ok {
		return Benchmark{}, false
	}
	line := b.At
	b.Name = "exponential"
	b.Parameters[0].Name, b.Parameters[1].Name = "log start", "rate"
	b.At = func(at float64) Interval {
		i := line(at)
		return Interval{math.Exp(i.Mean), math.Exp(i.Lo), math.Exp(i.Hi)}
	}
	return b, true
}

// bassCurve is the share adopted times m, or the rate of adoption times m, whichever fits the
// series better, by nonlinear least squares in continuous time (Srinivasan and Mason 1986,
// Marketing Science 5(2)).
func bassCurve(t, y []float64, level float64) (Benchmark, bool) {
	best, found := curve{se: math.Inf(1)}, false
	for _, shape := range []func(b theory.Bass, t float64) float64{theory.Bass.Share, theory.Bass.Rate} {
		f := func(b []float64, t float64) float64 { return b[0] * shape(theory.Bass{P: b[1], Q: b[2]}, t) }
		start, ok := bassStart(t, y, f)
		if !ok {
			continue
		}
		if c, ok := leastSquares(t, y, f, start); ok && c.se < best.se && c.theta[1] > 0 && c.theta[2] >= 0 {
			best, found = c, true
		}
	}
	if !found {
		return Benchmark{}, false
	}
	return Benchmark{"bass", best.named("m", "p", "q"), best.se, best.predictor(level)}, true
}

// bassStart looks everywhere for p and q; m then follows by least squares.
func bassStart(t, y []float64, f func(b []float64, t float64) float64) ([]float64, bool) {
	span := slices.Max(t)
	if !(span > 0) || len(t) < 4 {
		return nil, false
	}
	ends := [2][2]float64{{1e-6 / span, 10 / span}, {1e-2 / span, 100 / span}}
	at := func(u []float64) []float64 {
		b := []float64{1, ends[0][0] * math.Pow(ends[0][1]/ends[0][0], u[0]), ends[1][0] * math.Pow(ends[1][1]/ends[1][0], u[1])}
		var above, below float64
		for i := range t {
			v := f(b, t[i])
			above, below = above+v*y[i], below+v*v
		}
		b[0] = above / below
		return b
	}
	found, err := Search{Global: 600, Local: 300, Function: func(u []float64) float64 { return squares(t, y, f, at(u)) }}.Minimise(context.Background(), 2)
	if err != nil || found.At == nil {
		return nil, false
	}
	return at(found.At), true
}

// curve is a function of time fitted by least squares.
type curve struct {
	f     func(b []float64, t float64) float64
	theta []float64
	cov   *mat.Dense // of theta
	se    float64    // of residuals
	left  float64    // degrees of freedom
}

func squares(t, y []float64, f func(b []float64, t float64) float64, b []float64) float64 {
	var sum float64
	for i := range t {
		r := y[i] - f(b, t[i])
		sum += r * r
	}
	return sum
}

// leastSquares improves a start by damped Gauss-Newton steps (Levenberg 1944, Quarterly of
// Applied Mathematics 2; Marquardt 1963, SIAM Journal 11(2)).
func leastSquares(t, y []float64, f func(b []float64, t float64) float64, start []float64) (curve, bool) {
	n, d := len(t), len(start)
	if n <= d {
		return curve{}, false
	}
	b, sse, damping := slices.Clone(start), squares(t, y, f, start), 1e-3
	var normal *mat.Dense
	for range 200 {
		jacobian := mat.NewDense(n, d, nil)
		residual := mat.NewVecDense(n, nil)
		for i := range t {
			g := gradient(f, b, t[i])
			jacobian.SetRow(i, g)
			residual.SetVec(i, y[i]-f(b, t[i]))
		}
		normal = mat.NewDense(d, d, nil)
		normal.Mul(jacobian.T(), jacobian)
		var right mat.VecDense
		right.MulVec(jacobian.T(), residual)
		improved := false
		for ; damping < 1e12; damping *= 10 {
			damped := mat.DenseCopyOf(normal)
			for k := range d {
				damped.Set(k, k, normal.At(k, k)*(1+damping))
			}
			var step mat.VecDense
			if step.SolveVec(damped, &right) != nil {
				continue
			}
			next := slices.Clone(b)
			for k := range next {
				next[k] += step.AtVec(k)
			}
			if after := squares(t, y, f, next); after < sse {
				improved = sse-after > 1e-14*sse
				b, sse, damping = next, after, math.Max(damping/100, 1e-12)
				break
			}
		}
		if !improved {
			break
		}
	}
	c := curve{f: f, theta: b, left: float64(n - d), se: math.Sqrt(sse / float64(n-d)), cov: mat.NewDense(d, d, nil)}
	if c.cov.Inverse(normal) != nil && math.IsNaN(mat.Sum(c.cov)) {
		return c, false
	}
	c.cov.Scale(c.se*c.se, c.cov)
	return c, true
}

// gradient is how a curve's value moves with its numbers.
func gradient(f func(b []float64, t float64) float64, b []float64, t float64) []float64 {
	g := make([]float64, len(b))
	for k := range b {
		h := 1e-5 * math.Max(math.Abs(b[k]), 1e-6)
		up, down := slices.Clone(b), slices.Clone(b)
		up[k], down[k] = b[k]+h, b[k]-h
		g[k] = (f(up, t) - f(down, t)) / (2 * h)
	}
	return g
}

func (c curve) named(names ...string) []Parameter {
	list := make([]Parameter, len(names))
	for i, name := range names {
		list[i] = Parameter{name, c.theta[i], math.Sqrt(c.cov.At(i, i))}
	}
	return list
}

// predictor gives the interval of a new observation: its own scatter, and how far the numbers
// may be off.
func (c curve) predictor(level float64) func(t float64) Interval {
	quantile := distuv.StudentsT{Sigma: 1, Nu: c.left}.Quantile((1 + level) / 2)
	return func(t float64) Interval {
		g := mat.NewVecDense(len(c.theta), gradient(c.f, c.theta, t))
		half := quantile * math.Sqrt(c.se*c.se+mat.Inner(g, c.cov, g))
		mean := c.f(c.theta, t)
		return Interval{mean, mean - half, mean + half}
	}
}

// lineThrough is a start for a straight line.
func lineThrough(t, y []float64) []float64 {
	mt, my := average(t), average(y)
	var tt, ty float64
	for i := range t {
		tt, ty = tt+(t[i]-mt)*(t[i]-mt), ty+(t[i]-mt)*(y[i]-my)
	}
	if tt == 0 {
		return []float64{my, 0}
	}
	return []float64{my - ty/tt*mt, ty / tt}
}
