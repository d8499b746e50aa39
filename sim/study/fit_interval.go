package study

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// uncertainty asks how well the training data know the parameters.
//
// The estimate is that of weighted least squares, and near it moves with the data as A^-1 J'W,
// A = J'WJ. Its covariance is therefore A^-1 J'W S WJ A^-1, where S is the covariance of the
// data: what luck makes of them, taken from single runs of the fitted scenario, and errors of
// measurement, whose size is what the residuals have beyond that. Residuals of a scenario without luck that
// follow each other are taken for a first-order autoregression (the sandwich of Huber 1967, Fifth
// Berkeley Symposium 1).
func (f Fitting) uncertainty(ctx context.Context, fit *Calibration) error {
	predicted, all, err := f.jacobian(ctx, fit.At)
	if err != nil {
		return err
	}
	luck, err := f.luck(ctx, fit, predicted)
	if err != nil {
		return err
	}
	var train []int
	for i, o := range f.Observed {
		if o.Train {
			train = append(train, i)
		}
	}
	n, d := len(train), len(f.Inputs)
	j, residual := mat.NewDense(n, d, nil), make([]float64, n)
	for row, i := range train {
		j.SetRow(row, all.RawRowView(i))
		residual[row] = f.scale(f.Observed[i].Value) - f.scale(predicted[i])
	}
	weight := f.weights(train, residual)
	wj := mat.NewDense(n, d, nil)
	wj.Apply(func(i, _ int, x float64) float64 { return x * weight[i] }, j)
	var normal mat.Dense
	normal.Mul(j.T(), wj)
	inverse, flat := pseudoInverse(&normal)
	var reader mat.Dense // how the estimate moves with the data
	reader.Mul(inverse, wj.T())
	maker := mat.NewDense(n, n, nil) // how the residuals move with the data
	maker.Mul(j, &reader)
	maker.Apply(func(i, k int, x float64) float64 {
		if i == k {
			return 1 - x
		}
		return -x
	}, maker)

	noise := mat.NewDense(n, n, nil)
	for a, i := range train {
		for b, k := range train {
			noise.Set(a, b, luck.at(i, k))
		}
	}
	f.measurement(fit, train, residual, maker, noise)
	whole := mat.NewDense(n, n, nil)
	whole.Copy(noise)
	f.addErrors(fit, train, whole)
	var half, cov mat.Dense
	half.Mul(&reader, whole)
	cov.Mul(&half, reader.T())
	cov.Add(&cov, flat)

	nu := math.Max(1, float64(n-d))
	quantile := distuv.StudentsT{Sigma: 1, Nu: nu}.Quantile((1 + level) / 2)
	f.judge(fit, &cov, quantile)
	fit.Forecasts = nil
	for i, o := range f.Observed {
		g := all.RowView(i)
		v := mat.Inner(g, &cov, g) + luck.at(i, i) + fit.Sigma[o.Series]*fit.Sigma[o.Series]
		middle, half := f.scale(predicted[i]), quantile*math.Sqrt(v)
		fit.Forecasts = append(fit.Forecasts, Forecast{o.Train, Interval{predicted[i], f.back(middle - half), f.back(middle + half)}})
	}
	return nil
}

// covariance is of the observations, from a sample of single runs; the zero value is none.
type covariance struct{ runs [][]float64 } // [run][observation], means taken off

func (c covariance) at(i, k int) float64 {
	var sum float64
	for _, run := range c.runs {
		sum += run[i] * run[k]
	}
	return sum / math.Max(1, float64(len(c.runs)-1))
}

// luck samples what single runs make of the observations at the fitted point.
func (f Fitting) luck(ctx context.Context, fit *Calibration, predicted []float64) (covariance, error) {
	if f.Luck == nil {
		return covariance{}, nil
	}
	answer, err := f.Luck(ctx, fit.At)
	if err != nil {
		return covariance{}, err
	}
	if answer.Runs == nil {
		return covariance{}, answer.Err
	}
	c := covariance{}
	for _, run := range answer.Runs {
		scaled := make([]float64, len(run))
		for i, x := range run {
			scaled[i] = f.scale(x)
			if math.IsInf(scaled[i], -1) {
				scaled[i] = f.scale(predicted[i]) // a run with nothing to take a logarithm of
			}
		}
		c.runs = append(c.runs, scaled)
	}
	fit.Bias = 0
	for i := range predicted {
		list := make([]float64, len(c.runs))
		for r := range c.runs {
			list[r] = c.runs[r][i]
		}
		mean := average(list)
		for r := range c.runs {
			c.runs[r][i] -= mean
		}
		if sd := math.Sqrt(variance(list)); sd > 0 {
			fit.Bias = math.Max(fit.Bias, math.Abs(mean-f.scale(predicted[i]))/sd)
		}
	}
	return c, nil
}

// weights are one over the mean squared residual of each observation's series.
func (f Fitting) weights(train []int, residual []float64) []float64 {
	sse, count := make([]float64, f.series()), make([]float64, f.series())
	for row, i := range train {
		sse[f.Observed[i].Series] += residual[row] * residual[row]
		count[f.Observed[i].Series]++
	}
	weight := make([]float64, len(train))
	for row, i := range train {
		s := f.Observed[i].Series
		weight[row] = count[s] / math.Max(sse[s], 1e-300)
	}
	// Only their ratios matter; one of them is made 1 so that nothing overflows.
	largest := slices.Max(weight)
	for row := range weight {
		weight[row] /= largest
	}
	return weight
}

// measurement finds, for each series, the size of the errors of measurement that explains its
// residuals beside what luck explains, and how neighbouring ones follow each other where there is
// no luck. Fitting took some of either away, which the residual maker knows.
func (f Fitting) measurement(fit *Calibration, train []int, residual []float64, maker, luck *mat.Dense) {
	fit.Sigma, fit.Correlation = make([]float64, f.series()), make([]float64, f.series())
	for s := range fit.Sigma {
		var rows []int
		for row, i := range train {
			if f.Observed[i].Series == s {
				rows = append(rows, row)
			}
		}
		if len(rows) == 0 {
			continue
		}
		if f.Luck == nil {
			fit.Correlation[s] = following(residual, rows)
		}
		var sse float64
		for _, row := range rows {
			sse += residual[row] * residual[row]
		}
		alone := mat.NewDense(len(train), len(train), nil)
		for _, a := range rows {
			for _, b := range rows {
				alone.Set(a, b, math.Pow(fit.Correlation[s], math.Abs(float64(position(rows, a)-position(rows, b)))))
			}
		}
		if explained, each := left(maker, luck, rows), left(maker, alone, rows); each > 0 {
			fit.Sigma[s] = math.Sqrt(math.Max(0, sse-explained) / each)
		}
	}
}

func position(rows []int, row int) int { return slices.Index(rows, row) }

// left is the sum of squares that a covariance leaves in some of the residuals.
func left(maker, cov *mat.Dense, rows []int) float64 {
	var half mat.Dense
	half.Mul(maker, cov)
	var sum float64
	for _, row := range rows {
		sum += mat.Dot(half.RowView(row), maker.RowView(row))
	}
	return sum
}

// following is the correlation of neighbouring residuals, corrected for the bias of so short
// a series (Marriott and Pope 1954, Biometrika 41(3/4)), or zero where it is not clearly above
// that.
func following(residual []float64, rows []int) float64 {
	n := float64(len(rows))
	if n < 8 {
		return 0
	}
	var near, all float64
	for k, row := range rows {
		all += residual[row] * residual[row]
		if k > 0 {
			near += residual[row] * residual[rows[k-1]]
		}
	}
	if all == 0 {
		return 0
	}
	r := near / all
	if r < 1.645/math.Sqrt(n) {
		return 0
	}
	return math.Min(0.95, r+(1+3*r)/n)
}

// addErrors adds the errors of measurement to a covariance of the training data.
func (f Fitting) addErrors(fit *Calibration, train []int, whole *mat.Dense) {
	place := make([]int, len(train)) // within its series
	count := make([]int, f.series())
	for row, i := range train {
		s := f.Observed[i].Series
		place[row] = count[s]
		count[s]++
	}
	for a, i := range train {
		for b, k := range train {
			if s := f.Observed[i].Series; s == f.Observed[k].Series {
				apart := math.Abs(float64(place[a] - place[b]))
				whole.Set(a, b, whole.At(a, b)+fit.Sigma[s]*fit.Sigma[s]*math.Pow(fit.Correlation[s], apart))
			}
		}
	}
}

// pseudoInverse inverts a normal matrix in the directions that the data say something about;
// flat is a large variance in the others.
func pseudoInverse(normal *mat.Dense) (inverse, flat *mat.Dense) {
	d, _ := normal.Dims()
	inverse, flat = mat.NewDense(d, d, nil), mat.NewDense(d, d, nil)
	sym := mat.NewSymDense(d, nil)
	for i := range d {
		for k := i; k < d; k++ {
			sym.SetSym(i, k, (normal.At(i, k)+normal.At(k, i))/2)
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(sym, true) {
		for i := range d {
			flat.Set(i, i, vast)
		}
		return inverse, flat
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	values := eigen.Values(nil)
	most := slices.Max(values)
	for k, value := range values {
		into, by := inverse, 1/value
		if !(value > 1e-10*most) || !(most > 0) {
			into, by = flat, vast
		}
		v := vectors.ColView(k)
		var outer mat.Dense
		outer.Outer(by, v, v)
		into.Add(into, &outer)
	}
	return inverse, flat
}

// vast is the variance, on the unit interval, of what the data say nothing about.
const vast = 1e4

// judge turns a covariance on the unit interval into intervals and words.
func (f Fitting) judge(fit *Calibration, cov *mat.Dense, quantile float64) {
	fit.Parameters, fit.Together = nil, nil
	for i, in := range f.Inputs {
		se := math.Sqrt(math.Max(0, cov.At(i, i)))
		lo, hi := fit.At[i]-quantile*se, fit.At[i]+quantile*se
		p := Fitted{Path: in.Path, Value: in.Number(fit.At[i]), Lo: in.Number(math.Max(0, lo)), Hi: in.Number(math.Min(1, hi)), SE: se, Identified: lo > 0 && hi < 1}
		switch {
		case p.Identified:
		case se >= math.Sqrt(vast)/10:
			p.Why = "the data say nothing about it: the fit is as good wherever it stands"
		case fit.At[i] < 0.002 || fit.At[i] > 0.998:
			p.Why = "the best value is the end of its range; the range may be too narrow"
		case lo <= 0 && hi >= 1:
			p.Why = "the fit is nearly flat: every value of its range lies within the interval"
		case lo <= 0:
			p.Why = fmt.Sprintf("the data do not bound it from below within its range, from %s", in.Text(in.Lo))
		default:
			p.Why = fmt.Sprintf("the data do not bound it from above within its range, to %s", in.Text(in.Hi))
		}
		fit.Parameters = append(fit.Parameters, p)
	}
	const close = 0.95
	for i := range f.Inputs {
		for k := range i {
			c := cov.At(i, k) / math.Sqrt(cov.At(i, i)*cov.At(k, k))
			if math.Abs(c) >= close {
				fit.Together = append(fit.Together, Pair{f.Inputs[k].Path, f.Inputs[i].Path, c})
			}
		}
	}
}
