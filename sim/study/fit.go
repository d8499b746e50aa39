package study

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"flywheel/results"
)

// ErrorKind is what a fit takes the differences between data and forecast for.
type ErrorKind string

// The kinds of error: independent of the value and of one size for each series, or
// proportional to the value, so that logarithms differ. Both are taken for Gaussian.
const (
	Additive ErrorKind = "additive"
	Relative ErrorKind = "relative"
)

// Observation is one number of a series that was observed.
type Observation struct {
	Series   int      // which series; all of one differ by their period alone
	Quantity Quantity // what was measured, at the period it was
	Over     int      // periods that the value adds up, that one the last of them; 0 and 1 mean one
	Value    float64
	Train    bool // whether the fit may see it
}

// Fitting is a calibration: numbers of a scenario, to be chosen so that its forecasts come
// nearest to what was observed.
type Fitting struct {
	Inputs   []Input
	Observed []Observation
	Errors   ErrorKind
	// Predict is what to expect of every observation at points of the unit cube; an answer
	// without runs has no forecast there.
	Predict func(ctx context.Context, points [][]float64) ([]Answer, error)
	// Luck is what single runs make of every observation at a point; nil when nothing is drawn.
	Luck    func(ctx context.Context, point []float64) (Answer, error)
	Start   []float64 // where the scenario stands in the unit cube
	Global  int       // evaluations of the search everywhere
	Local   int       // evaluations of the search around the best
	Seed    uint64
	Threads int
	Passed  func(evaluations int) // told after every evaluation; may be nil
}

// Calibration is what a fitting came to.
type Calibration struct {
	At          []float64 // in the unit cube
	Parameters  []Fitted
	Loss        float64 // minus the logarithm of the likelihood, up to a constant
	Evaluations int
	Failed      int   // evaluations without a forecast
	FirstFailed error // why the first of them had none
	Forecasts   []Forecast
	Sigma       []float64 // by series: size of the errors of measurement; of logarithms when relative
	Correlation []float64 // by series: of neighbouring residuals, where no luck explains it
	Together    []Pair    // parameters that the data know together only
	Bias        float64   // largest distance of the expected forecast from the mean of single runs, in standard errors; NaN without luck
}

// Fitted is one parameter's estimate.
type Fitted struct {
	Path       string
	Value      float64
	Lo, Hi     float64 // 90% interval, cut at the ends of the range
	Identified bool    // whether the data bound it inside its range
	Why        string  // in words, when they do not
	SE         float64 // standard error, on the scale of the unit interval
}

// Pair is two parameters whose estimates move together.
type Pair struct {
	A, B        string
	Correlation float64
}

// Forecast is what a fitted model says of one observation: fitted where it has seen it,
// predicted where it has not. The interval is one that a new observation lies in with 90% probability.
type Forecast struct {
	Fitted bool
	Interval
}

// level is the probability of the intervals of a fit.
const level = 0.9

// Run searches for the best parameters, then asks how well the data know them. When the context
// ends during the search, the best point so far is returned with the context's error and
// without intervals.
func (f Fitting) Run(ctx context.Context) (*Calibration, error) {
	fit := &Calibration{Bias: math.NaN()}
	var broken error
	loss := func(u []float64) float64 {
		if broken != nil {
			return math.Inf(1)
		}
		answers, err := f.Predict(ctx, [][]float64{u})
		if err != nil {
			broken = err
			return math.Inf(1)
		}
		if answers[0].Runs == nil {
			if fit.Failed++; fit.FirstFailed == nil {
				fit.FirstFailed = answers[0].Err
			}
			return math.Inf(1)
		}
		fit.Evaluations++
		if f.Passed != nil {
			f.Passed(fit.Evaluations + fit.Failed)
		}
		return f.loss(answers[0].Mean())
	}
	found, err := Search{Function: loss, Start: f.Start, Global: f.Global, Local: f.Local, Seed: f.Seed}.Minimise(ctx, len(f.Inputs))
	fit.At, fit.Loss = found.At, found.Value
	if err == nil {
		err = broken
	}
	if fit.At == nil {
		if err == nil {
			err = fit.FirstFailed
		}
		return fit, err
	}
	if err == nil {
		err = f.uncertainty(ctx, fit)
	}
	if err != nil {
		fit.Parameters = nil
		for i, in := range f.Inputs {
			fit.Parameters = append(fit.Parameters, Fitted{Path: in.Path, Value: in.Number(fit.At[i]), Lo: math.NaN(), Hi: math.NaN(), Why: "not asked yet"})
		}
	}
	return fit, err
}

// Assess asks how well the training data know the parameters where they stand, at a point of the unit cube,
// and what to expect of every observation; nothing is searched. Without inputs the expectations
// have no intervals.
func (f Fitting) Assess(ctx context.Context, at []float64) (*Calibration, error) {
	fit := &Calibration{At: at, Bias: math.NaN()}
	if len(f.Inputs) > 0 {
		return fit, f.uncertainty(ctx, fit)
	}
	answers, err := f.Predict(ctx, [][]float64{nil})
	if err != nil {
		return fit, err
	}
	if answers[0].Runs == nil {
		return fit, answers[0].Err
	}
	for i, mean := range answers[0].Mean() {
		fit.Forecasts = append(fit.Forecasts, Forecast{f.Observed[i].Train, Interval{mean, math.NaN(), math.NaN()}})
	}
	return fit, nil
}

// series counts the series observed.
func (f Fitting) series() int {
	n := 0
	for _, o := range f.Observed {
		n = max(n, o.Series+1)
	}
	return n
}

// scale is a value as errors are measured on it.
func (f Fitting) scale(x float64) float64 {
	if f.Errors == Relative {
		return math.Log(x)
	}
	return x
}

// back undoes scale.
func (f Fitting) back(x float64) float64 {
	if f.Errors == Relative {
		return math.Exp(x)
	}
	return x
}

// loss is minus the logarithm of the Gaussian likelihood of the training data, each series
// with the error size that fits it best: half its number of values times the logarithm of
// their mean squared error.
func (f Fitting) loss(predicted []float64) float64 {
	sse, size, count := make([]float64, f.series()), make([]float64, f.series()), make([]float64, f.series())
	for i, o := range f.Observed {
		if o.Train {
			r := f.scale(o.Value) - f.scale(predicted[i])
			sse[o.Series] += r * r
			size[o.Series] += o.Value * o.Value
			count[o.Series]++
		}
	}
	var sum float64
	for s, n := range count {
		if n == 0 {
			continue
		}
		// No forecast is exact to more digits than a float can tell apart.
		least := 1e-20 * n
		if f.Errors != Relative {
			least = 1e-20*size[s] + 1e-300
		}
		sum += n / 2 * math.Log(math.Max(sse[s], least)/n)
	}
	return sum
}

// jacobian is how the forecast of every observation, on the scale of errors, moves with each
// parameter on the unit interval.
func (f Fitting) jacobian(ctx context.Context, at []float64) (predicted []float64, j *mat.Dense, err error) {
	points := [][]float64{at}
	var widths []float64
	for i := range at {
		h := 1e-3
		if f.Inputs[i].Whole {
			h = math.Min(0.25, math.Max(h, 1/math.Max(1, f.Inputs[i].Hi-f.Inputs[i].Lo)))
		}
		up, down := append([]float64(nil), at...), append([]float64(nil), at...)
		up[i], down[i] = math.Min(1, at[i]+h), math.Max(0, at[i]-h)
		points = append(points, up, down)
		widths = append(widths, up[i]-down[i])
	}
	answers, err := f.Predict(ctx, points)
	if err != nil {
		return nil, nil, err
	}
	for _, a := range answers {
		if a.Runs == nil {
			return nil, nil, a.Err
		}
	}
	predicted = answers[0].Mean()
	j = mat.NewDense(len(f.Observed), len(at), nil)
	for i := range at {
		up, down := answers[1+2*i].Mean(), answers[2+2*i].Mean()
		for o := range f.Observed {
			j.Set(o, i, (f.scale(up[o])-f.scale(down[o]))/widths[i])
		}
	}
	return predicted, j, nil
}

// Quantities are what a run has to measure to foresee every observation, in order: one for each
// period that the observation adds up.
func Quantities(observed []Observation) []Quantity {
	var quantities []Quantity
	for _, o := range observed {
		for back := max(1, o.Over) - 1; back >= 0; back-- {
			q := o.Quantity
			q.Period -= back
			quantities = append(quantities, q)
		}
	}
	return quantities
}

// Foresee is what one run's timeline says of every observation, in order.
func Foresee(timeline *results.Table, observed []Observation) []float64 {
	return Foreseen(Read(timeline, Quantities(observed)), observed)
}

// Foreseen is what a run says of every observation, in order, by the values of their Quantities.
func Foreseen(values []float64, observed []Observation) []float64 {
	foreseen := make([]float64, len(observed))
	for i, o := range observed {
		for range max(1, o.Over) {
			foreseen[i] += values[0]
			values = values[1:]
		}
	}
	return foreseen
}
