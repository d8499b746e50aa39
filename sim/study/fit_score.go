package study

import (
	"math"

	"flywheel/results"
)

// Rival is a forecast of every observation under a name: the fitted scenario, or a benchmark.
// A mean that is NaN says nothing of an observation.
type Rival struct {
	Model     string
	Forecasts []Interval
}

// Score is how far one model's forecasts of one series lay off, over what it had seen or over what
// it had not.
type Score struct {
	Series   int
	Model    string
	Fitted   bool    // over the training data, which the model was fitted to; else over the rest
	N        int     // observations
	MAPE     float64 // mean of the absolute error over the absolute value; values of 0 are left out
	RMSE     float64 // root of the mean squared error, in the series' unit
	Coverage float64 // share of the values inside the 90% interval; NaN without intervals
}

// Benchmarked are the benchmarks of every series, each fitted to its training data, as forecasts of
// every observation; one that a series cannot bear says nothing there.
func Benchmarked(observed []Observation) (rivals []Rival, fitted map[int][]Benchmark) {
	fitted = map[int][]Benchmark{}
	place := map[string]int{}
	for series := range (Fitting{Observed: observed}).series() {
		var t, y []float64
		for _, o := range observed {
			if o.Series == series && o.Train {
				t, y = append(t, float64(o.Quantity.Period)), append(y, o.Value)
			}
		}
		if len(t) == 0 {
			continue
		}
		fitted[series] = Benchmarks(t, y, level)
		for _, b := range fitted[series] {
			k, known := place[b.Name]
			if !known {
				k = len(rivals)
				place[b.Name] = k
				rivals = append(rivals, Rival{Model: b.Name, Forecasts: make([]Interval, len(observed))})
				for i := range observed {
					rivals[k].Forecasts[i] = Interval{math.NaN(), math.NaN(), math.NaN()}
				}
			}
			for i, o := range observed {
				if o.Series == series && !(o.Train && b.Name == LastValue) { // it repeats what it has seen, which shows nothing
					rivals[k].Forecasts[i] = b.At(float64(o.Quantity.Period))
				}
			}
		}
	}
	return rivals, fitted
}

// Scores compares models series by series, over what they were fitted to and over the rest.
func Scores(observed []Observation, rivals []Rival) []Score {
	var scores []Score
	for _, fitted := range []bool{false, true} {
		for series := range (Fitting{Observed: observed}).series() {
			for _, r := range rivals {
				if s := score(observed, r, series, fitted); s.N > 0 {
					scores = append(scores, s)
				}
			}
		}
	}
	return scores
}

func score(observed []Observation, r Rival, series int, fitted bool) Score {
	s := Score{Series: series, Model: r.Model, Fitted: fitted, MAPE: math.NaN(), RMSE: math.NaN(), Coverage: math.NaN()}
	var relative, squared, inside, values, bounded float64
	for i, o := range observed {
		f := r.Forecasts[i]
		if o.Series != series || o.Train != fitted || math.IsNaN(f.Mean) {
			continue
		}
		s.N++
		squared += (o.Value - f.Mean) * (o.Value - f.Mean)
		if o.Value != 0 {
			values++
			relative += math.Abs(o.Value-f.Mean) / math.Abs(o.Value)
		}
		if !math.IsNaN(f.Lo) && !math.IsNaN(f.Hi) {
			bounded++
			if o.Value >= f.Lo && o.Value <= f.Hi {
				inside++
			}
		}
	}
	if s.N > 0 {
		s.RMSE = math.Sqrt(squared / float64(s.N))
	}
	if values > 0 {
		s.MAPE = relative / values
	}
	if bounded > 0 {
		s.Coverage = inside / bounded
	}
	return s
}

// ForecastSchema are the columns of the table of a fit's forecasts.
func ForecastSchema() results.Schema {
	return results.Schema{
		{Name: "series", Kind: results.Text, About: "Metric with the names of what it is about."},
		{Name: "period", Kind: results.Integer, Unit: "periods", About: "End of which period; 0 is the start."},
		{Name: "observed", Kind: results.Number, About: "What was observed, in the metric's unit."},
		{Name: "model", Kind: results.Text, About: "The fitted scenario, the scenario as it was, or a benchmark."},
		{Name: "kind", Kind: results.Text, About: "fitted where the model has seen the observation, predicted where it has not."},
		{Name: "mean", Kind: results.Number, About: "What the model says of it."},
		{Name: "lo", Kind: results.Number, About: "Lower end of the 90% interval of a new observation."},
		{Name: "hi", Kind: results.Number, About: "Upper end of the 90% interval of a new observation."},
	}
}

// ForecastTable writes what models say of every observation; names are those of the series.
func ForecastTable(observed []Observation, names []string, rivals []Rival) (*results.Table, error) {
	t := results.NewTable("forecasts", ForecastSchema())
	for _, r := range rivals {
		for i, o := range observed {
			if err := t.Append(names[o.Series], o.Quantity.Period, o.Value, r.Model, Kind(o.Train), r.Forecasts[i].Mean, r.Forecasts[i].Lo, r.Forecasts[i].Hi); err != nil {
				return nil, err
			}
		}
	}
	return t, nil
}

// Kind tells fitted from predicted.
func Kind(train bool) string {
	if train {
		return "fitted"
	}
	return "predicted"
}

// ParameterSchema are the columns of the table of a fit's parameters.
func ParameterSchema() results.Schema {
	return results.Schema{
		{Name: "path", Kind: results.Text, About: "Path of the number in the scenario."},
		{Name: "value", Kind: results.Number, About: "Its fitted value."},
		{Name: "lo", Kind: results.Number, About: "Lower end of its 90% interval, cut at the end of its range."},
		{Name: "hi", Kind: results.Number, About: "Upper end of its 90% interval, cut at the end of its range."},
		{Name: "identified", Kind: results.Text, About: "yes when the data bound it inside its range, else why not."},
	}
}

// ParameterTable writes fitted parameters.
func ParameterTable(parameters []Fitted) (*results.Table, error) {
	t := results.NewTable("parameters", ParameterSchema())
	for _, p := range parameters {
		identified := "yes"
		if !p.Identified {
			identified = p.Why
		}
		if err := t.Append(p.Path, p.Value, p.Lo, p.Hi, identified); err != nil {
			return nil, err
		}
	}
	return t, nil
}
