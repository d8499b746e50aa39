package study

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"flywheel/models"
)

// term is a term's value in every replication.
func (e *Ensemble) term(t Term) ([]float64, error) {
	switch {
	case t.Work.Windowed():
		return e.windowed(t)
	case t.Work.Scored():
		return e.scored(t)
	case t.Work.Daily():
		return e.daily(t)
	case t.Work != "":
		return e.worked(t)
	case t.Quantity == nil:
		return e.constant(t.Factor), nil
	}
	values, err := e.values(*t.Quantity)
	if err != nil {
		return nil, err
	}
	for r := range values {
		values[r] *= t.Factor
	}
	return values, nil
}

// constant is one number in every replication.
func (e *Ensemble) constant(x float64) []float64 {
	values := make([]float64, e.plan.Settings.Replications)
	for r := range values {
		values[r] = x
	}
	return values
}

// worked is arithmetic on other terms.
func (e *Ensemble) worked(t Term) ([]float64, error) {
	var args [][]float64
	for _, arg := range t.Args {
		values, err := e.term(arg)
		if err != nil {
			return nil, err
		}
		args = append(args, values)
	}
	for r := range args[0] {
		x := &args[0][r]
		switch t.Work {
		case WorkPlus:
			*x += args[1][r]
		case WorkMinus:
			*x -= args[1][r]
		case WorkTimes:
			*x *= args[1][r]
		case WorkOver:
			*x /= args[1][r]
		case WorkLog:
			*x = math.Log(*x)
		}
	}
	return args[0], nil
}

// windowed looks at quantities over a window of periods.
func (e *Ensemble) windowed(t Term) ([]float64, error) {
	lines := make([][][]float64, len(t.Args)) // [argument][period][replication]
	for i, arg := range t.Args {
		for period := t.From; period <= arg.Quantity.Period; period++ {
			q := *arg.Quantity
			q.Period = period
			values, err := e.values(q)
			if err != nil {
				return nil, err
			}
			lines[i] = append(lines[i], values)
		}
	}
	result := make([]float64, e.plan.Settings.Replications)
	for r := range result {
		var one [2][]float64
		for i := range lines {
			for _, values := range lines[i] {
				one[i] = append(one[i], values[r])
			}
		}
		result[r] = t.fold(one[0], one[1])
	}
	return result, nil
}

// fold is a window's values as one number.
func (t Term) fold(x, y []float64) float64 {
	if t.Work == WorkElasticity {
		for i := range x {
			x[i], y[i] = math.Log(x[i]), math.Log(y[i])
		}
		_, slope := stat.LinearRegression(y, x, nil, false)
		return slope
	}
	result, when := x[0], t.From
	for i, v := range x[1:] {
		switch t.Work {
		case WorkSum, WorkMean:
			result += v
		case WorkMax:
			result = math.Max(result, v)
		case WorkMin:
			result = math.Min(result, v)
		case WorkWhen:
			if v > result || math.IsNaN(result) {
				result, when = v, t.From+i+1
			}
		}
	}
	switch t.Work {
	case WorkMean:
		return result / float64(len(x))
	case WorkWhen:
		if math.IsNaN(result) {
			return result
		}
		return float64(when)
	}
	return result
}

// Held is how far the forecast of a series lay from what was observed of it: Fitted over what
// the parameters were fitted to, Predicted over the rest. NaN where there is nothing.
type Held struct {
	Quantity          Quantity // at no period
	Fitted, Predicted Distance
}

// Distance is between a forecast and an observed series.
type Distance struct{ MAPE, Worst, Furthest, Inside float64 }

// DistanceOf measures the distance of forecasts from what was observed of one series, over what
// the parameters were fitted to or over the rest.
func DistanceOf(observed []Observation, forecasts []Interval, series int, fitted bool) Distance {
	s := score(observed, Rival{Forecasts: forecasts}, series, fitted)
	d := Distance{s.MAPE, math.NaN(), math.NaN(), s.Coverage}
	for i, o := range observed {
		if o.Series != series || o.Train != fitted {
			continue
		}
		far := math.Abs(o.Value - forecasts[i].Mean)
		d.Furthest = larger(d.Furthest, far)
		d.Worst = larger(d.Worst, far/math.Abs(o.Value))
	}
	return d
}

// larger is the larger of two numbers, of which the first may not be one.
func larger(a, b float64) float64 {
	if math.IsNaN(a) {
		return b
	}
	return math.Max(a, b)
}

// Hold tells the ensemble how its scenario's forecasts stood to observed series, for claims
// that ask.
func (e *Ensemble) Hold(list []Held) { e.held = list }

// scored is what Hold was told about the series of a quantity.
func (e *Ensemble) scored(t Term) ([]float64, error) {
	q := *t.Args[0].Quantity
	q.Period = 0
	for _, h := range e.held {
		if h.Quantity != q {
			continue
		}
		d := h.Predicted
		if t.Fitted {
			d = h.Fitted
		}
		return e.constant(map[Work]float64{WorkMAPE: d.MAPE, WorkWorst: d.Worst, WorkFurthest: d.Furthest, WorkInside: d.Inside}[t.Work]), nil
	}
	return nil, fmt.Errorf("nothing observed is known of %s", q.Metric)
}

// daily looks into the seconds of the event's day of a variant.
func (e *Ensemble) daily(t Term) ([]float64, error) {
	v, err := e.variant(t.Variant)
	if err != nil {
		return nil, err
	}
	event := e.plan.Variants[v].Law.Model.Event
	if event == nil {
		return nil, fmt.Errorf("%s: the scenario has no event here", t.Work)
	}
	day, err := e.day(event, event.Period, t.Variant)
	if err != nil {
		return nil, err
	}
	result := make([]float64, len(day.all))
	for r := range result {
		result[r] = t.look(event, day.all[r]-day.coupon[r], day.coupon[r])
	}
	return result, nil
}

// look is what the seconds of one replication's day say.
func (t Term) look(event *models.Event, ordinary, coupon float64) float64 {
	if math.IsNaN(ordinary + coupon) {
		return math.NaN()
	}
	var all, before, most float64
	hours := make([]float64, models.HoursPerDay)
	event.Day(ordinary, coupon, func(m models.Moment) {
		all += m.Served
		if float64(m.Second) < t.Factor {
			before += m.Served
		}
		most = math.Max(most, m.Served)
		hours[min(m.Second/3600, models.HoursPerDay-1)] += m.Served
	})
	switch t.Work {
	case WorkDone:
		return before / all
	case WorkPeak:
		return most / all * models.HoursPerDay * 3600
	}
	weights := make([]float64, len(t.Args))
	for i, arg := range t.Args {
		weights[i] = arg.Factor
	}
	return stat.Correlation(hours, weights, nil)
}
