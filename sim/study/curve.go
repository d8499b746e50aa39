package study

import (
	"fmt"
	"math"

	"flywheel/results"
)

// CurveSchema are the columns of an event's request curve, as a load plan reads them.
func CurveSchema() results.Schema {
	return results.Schema{
		{Name: "t_s", Kind: results.Number, Unit: "s", About: "Seconds since the event opened."},
		{Name: "starts_per_s", Kind: results.Number, Unit: "1/s", About: "Journeys started per second at that moment, at the quantile over replications."},
		{Name: "quantile", Kind: results.Number, Unit: "1", About: "Quantile over replications that the rate is taken at."},
	}
}

// curveStep is the width of a curve's steps in seconds.
const curveStep = 10

// Curve is the first variant's request curve of its event: at every step the stated
// quantile over replications of the rate of journey starts. It is nil without an event or
// without a finished run. A quantile that the replications cannot show earns a warning.
func (e *Ensemble) Curve() (*results.Table, []results.Warning, error) {
	event := e.plan.Variants[0].Law.Model.Event
	if event == nil || len(e.kept[0]) == 0 {
		return nil, nil, nil
	}
	day, err := e.day(event, event.Period, e.plan.Variants[0].Name)
	if err != nil {
		return nil, nil, err
	}
	t := results.NewTable("curve", CurveSchema())
	rates := make([]float64, len(day.all))
	steps := int(math.Ceil(event.Length*3600/curveStep - 1e-9))
	for i := range steps + 1 {
		at := math.Min(event.Hour+float64(i)*curveStep/3600, event.Hour+event.Length)
		from, to := at-0.5*curveStep/3600, at+0.5*curveStep/3600
		if i == 0 { // the opening itself: nothing of the coupon lies before it
			from = at
		}
		if i == steps {
			to = at
		}
		for r := range rates {
			rates[r] = event.StartsPerSecond(day.all[r]-day.coupon[r], day.coupon[r], from, to)
		}
		band, _ := results.BandOf(rates, 0, event.Quantile)
		rate := band.Hi
		if err := t.Append(math.Round((at-event.Hour)*3600), rate, event.Quantile); err != nil {
			return nil, nil, err
		}
	}
	return t, few(event.Quantile, len(e.kept[0])), nil
}

// few warns of a quantile that lies further out than the replications reach.
func few(quantile float64, replications int) []results.Warning {
	tail := math.Min(quantile, 1-quantile)
	need, _ := results.Fewest(tail, 1-tail)
	if replications >= need {
		return nil
	}
	return []results.Warning{{Code: results.CodeFew, Text: fmt.Sprintf(
		"%d replications cannot show the %g quantile of the request curve; at least %d are needed", replications, quantile, need)}}
}
