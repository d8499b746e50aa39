package study

import (
	"math"

	"flywheel/models"
	"flywheel/results"
)

// FateSchema are the columns of what becomes of an event's orders at the deployment.
func FateSchema() results.Schema {
	return results.Schema{
		{Name: "what", Kind: results.Text, About: "What is counted, in words."},
		{Name: "unit", Kind: results.Text, About: "orders, or starts per second."},
		{Name: "mean", Kind: results.Number, About: "Mean over replications, in its unit."},
		{Name: "p50", Kind: results.Number, About: "The middle one of the replications."},
		{Name: "p95", Kind: results.Number, About: "What one replication in twenty exceeds."},
	}
}

// Fates are what becomes of the orders of the event's day at its deployment, over the
// replications of the base variant: placed, taken, given up, late, waiting, and the busiest second with
// its retries, all from the same flow that the forecast reckons with. Nil without an event, without a
// finished run, and where the deployment takes everything.
func (e *Ensemble) Fates() (*results.Table, error) {
	event := e.plan.Variants[0].Law.Model.Event
	if event == nil || !event.Deployment.Limited || len(e.kept[0]) == 0 {
		return nil, nil
	}
	day, err := e.day(event, event.Period, "")
	if err != nil {
		return nil, err
	}
	kinds := []struct {
		what, unit string
		queue      bool // of a waiting room alone
		of         func(o models.Outcome, waiting float64) float64
	}{
		{"orders placed", "orders", false, func(o models.Outcome, _ float64) float64 { return o.Orders }},
		{"taken", "orders", false, func(o models.Outcome, _ float64) float64 { return o.Served }},
		{"taken, but late", "orders", true, func(o models.Outcome, _ float64) float64 { return o.Late }},
		{"given up", "orders", false, func(o models.Outcome, _ float64) float64 { return o.Lost }},
		{"most waiting at once", "orders", true, func(_ models.Outcome, waiting float64) float64 { return waiting }},
		{"busiest second, retries included", "1/s", false, func(o models.Outcome, _ float64) float64 { return o.PeakOffered }},
		{"busiest second, taken", "1/s", false, func(o models.Outcome, _ float64) float64 { return o.PeakServed }},
	}
	samples := make([][]float64, len(kinds))
	for r := range day.all {
		if math.IsNaN(day.all[r]) {
			continue // did not finish
		}
		var waiting float64
		outcome := event.Day(day.all[r]-day.coupon[r], day.coupon[r], func(m models.Moment) { waiting = math.Max(waiting, m.Waiting) })
		for i, k := range kinds {
			samples[i] = append(samples[i], k.of(outcome, waiting))
		}
	}
	t := results.NewTable("fates", FateSchema())
	for i, k := range kinds {
		if k.queue && event.Deployment.Room == 0 {
			continue
		}
		middle, _ := results.BandOf(samples[i], 0.5, 0.95)
		if err := t.Append(k.what, k.unit, middle.Mean, middle.Lo, middle.Hi); err != nil {
			return nil, err
		}
	}
	return t, nil
}
