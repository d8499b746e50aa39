package study

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"

	"flywheel/models"
	"flywheel/results"
)

// Window is a part of one day that a zoom opens.
type Window struct {
	Period   int     // the day; its period is among the ensemble's
	From, To float64 // hours after midnight
	Step     int     // seconds, a whole number of them in the window
}

// ZoomQuantiles are those that a zoom shows: the middle, one run in twenty, one in a thousand.
func ZoomQuantiles() []float64 { return []float64{0.5, 0.95, 0.999} }

// starts names the line of a zoom that counts whole journeys instead of one endpoint's requests.
const starts = "*"

// ZoomSchema are the columns of a zoom's moments.
func ZoomSchema() results.Schema {
	return results.Schema{
		{Name: "at_s", Kind: results.Integer, Unit: "s", About: "Seconds after midnight at which the step begins."},
		{Name: "endpoint", Kind: results.Text, About: "Endpoint of the deployment, or * for journey starts."},
		{Name: "unit", Kind: results.Text, About: "What is counted: starts or requests."},
		{Name: "p50", Kind: results.Number, Unit: "1/s", About: "Rate, retries included: the middle one of the replications."},
		{Name: "p95", Kind: results.Number, Unit: "1/s", About: "Rate that one replication in twenty exceeds."},
		{Name: "p999", Kind: results.Number, Unit: "1/s", About: "Rate that one replication in a thousand exceeds."},
	}
}

// PeakSchema are the columns of a zoom's peaks.
func PeakSchema() results.Schema {
	return results.Schema{
		{Name: "endpoint", Kind: results.Text, About: "Endpoint of the deployment, or * for journey starts."},
		{Name: "unit", Kind: results.Text, About: "What is counted: starts or requests."},
		{Name: "quantile", Kind: results.Number, Unit: "1", About: "Probability that no second of the window is busier."},
		{Name: "per_s", Kind: results.Integer, Unit: "1/s", About: "Count in the busiest second."},
		{Name: "mean_per_s", Kind: results.Number, Unit: "1/s", About: "Mean over the window and the replications."},
	}
}

// Zoom opens a window of a day of the base variant: moments are the rates at which journeys
// start, and at which each endpoint of the event's mix is called, as quantiles over
// replications; peaks are the quantiles of the busiest second. Within a second arrivals are
// Poisson about the flow, independent between seconds, so that the busiest of them exceeds x
// with probability 1 - prod P(N_s <= x), averaged over replications. On the event's own day
// coupon orders follow its burst, on every other there are none. Without an event, or without
// a finished run, it is an error.
func (e *Ensemble) Zoom(w Window) (moments, peaks *results.Table, warnings []results.Warning, err error) {
	event := e.plan.Variants[0].Law.Model.Event
	if event == nil || len(e.kept[0]) == 0 {
		return nil, nil, nil, fmt.Errorf("there is nothing to zoom into: the scenario has no event with its hours of the day")
	}
	flows, err := e.flows(event, w)
	if err != nil {
		return nil, nil, nil, err
	}
	moments, peaks = results.NewTable("zoom", ZoomSchema()), results.NewTable("peaks", PeakSchema())
	for _, line := range append([]models.Request{{Endpoint: starts, PerOrder: event.Starts}}, event.Mix...) {
		unit := "requests"
		if line.Endpoint == starts {
			unit = "starts"
		}
		var sum float64
		rates := make([]float64, len(flows))
		for i := range flows[0] {
			for r := range flows {
				rates[r] = flows[r][i] * line.PerOrder
				sum += rates[r]
			}
			row := []any{int(math.Round(w.From*3600)) + i*w.Step, line.Endpoint, unit}
			for _, q := range ZoomQuantiles() {
				band, _ := results.BandOf(rates, 0, q)
				row = append(row, band.Hi)
			}
			if err := moments.Append(row...); err != nil {
				return nil, nil, nil, err
			}
		}
		for _, q := range ZoomQuantiles() {
			mean := sum / float64(len(flows)*len(flows[0]))
			if err := peaks.Append(line.Endpoint, unit, q, busiest(flows, line.PerOrder, w.Step, q), mean); err != nil {
				return nil, nil, nil, err
			}
		}
	}
	return moments, peaks, few(0.95, len(flows)), nil
}

// flows are the orders per second that reach the deployment, by finished replication and step.
func (e *Ensemble) flows(event *models.Event, w Window) ([][]float64, error) {
	seconds := int(math.Round((w.To - w.From) * 3600))
	first := int(math.Round(w.From * 3600))
	if w.Step < 1 || seconds < w.Step || seconds%w.Step != 0 {
		return nil, fmt.Errorf("a window of %d s does not hold whole steps of %d s", seconds, w.Step)
	}
	day, err := e.day(event, w.Period, "")
	if err != nil {
		return nil, err
	}
	var flows [][]float64
	for r := range day.all {
		if math.IsNaN(day.all[r]) {
			continue // did not finish
		}
		flow := make([]float64, seconds/w.Step)
		event.Day(day.all[r]-day.coupon[r], day.coupon[r], func(m models.Moment) {
			if i := m.Second - first; i >= 0 && i < seconds {
				flow[i/w.Step] += m.Arrived / float64(w.Step)
			}
		})
		flows = append(flows, flow)
	}
	return flows, nil
}

// daily are a day's orders on an event's platform by replication.
type daily struct{ all, coupon []float64 }

// day reads a day's orders, fulfilled or not, of a variant.
func (e *Ensemble) day(event *models.Event, period int, variant string) (daily, error) {
	q := Quantity{Variant: variant, Platform: event.Platform, Side: "*", Segment: "*", Region: "*", Period: period}
	got := map[string][]float64{}
	for _, metric := range []string{"orders", "unserved", "event_orders"} {
		q.Metric = metric
		values, err := e.values(q)
		if err != nil {
			return daily{}, err
		}
		got[metric] = values
	}
	d := daily{all: make([]float64, len(got["orders"])), coupon: got["event_orders"]}
	for r := range d.all {
		d.all[r] = got["orders"][r] + got["unserved"][r]
	}
	return d, nil
}

// busiest is the smallest count that no second of the window exceeds with probability q.
func busiest(flows [][]float64, perOrder float64, step int, q float64) int {
	var top float64
	for _, flow := range flows {
		for _, f := range flow {
			top = math.Max(top, f*perOrder)
		}
	}
	below := func(count int) float64 {
		var sum float64
		for _, flow := range flows {
			var log float64
			for _, f := range flow {
				if mean := f * perOrder; mean > 0 {
					// A Poisson count is at most x with the upper incomplete gamma ratio Q(x+1, mean).
					log += float64(step) * math.Log(mathext.GammaIncRegComp(float64(count+1), mean))
				}
			}
			sum += math.Exp(log)
		}
		return sum / float64(len(flows))
	}
	lo, hi := -1, int(top)+1
	for below(hi) < q {
		lo, hi = hi, 2*hi
	}
	for hi-lo > 1 {
		if mid := lo + (hi-lo)/2; below(mid) < q {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi
}
