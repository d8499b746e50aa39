package study

import (
	"fmt"
	"math"
	"slices"

	"flywheel/results"
)

// Entry is one line of a summary: a metric of a scope at a period, with its band over
// replications.
type Entry struct {
	Variant, Metric                 string
	Platform, Side, Segment, Region string
	Period                          int
	Unit                            results.Unit
	Band                            results.Band
}

// Summary is every metric that applies, of every scope, at the last period and those of the
// settings, with what has to be said about the numbers.
func (e *Ensemble) Summary() ([]Entry, []results.Warning) {
	var entries []Entry
	var warnings []results.Warning
	metrics := e.metrics
	for v, runs := range e.kept {
		if len(runs) == 0 {
			continue
		}
		name := e.plan.Variants[v].Name
		rows := e.places[v].rows
		for p, period := range e.periods {
			if !e.summarised(v, period) {
				continue
			}
			for row, s := range rows {
				for m, metric := range metrics {
					values := make([]float64, len(runs))
					applies := false
					for r := range runs {
						values[r] = e.measure(v, r, p, row, m)
						applies = applies || !math.IsNaN(values[r])
					}
					if !applies {
						continue
					}
					band, warned := results.BandOf(values, e.plan.Settings.Band[0], e.plan.Settings.Band[1])
					entries = append(entries, Entry{
						Variant: name, Metric: metric.Name, Platform: s.Platform, Side: s.Side, Segment: s.Segment, Region: s.Region,
						Period: period, Unit: metric.Unit, Band: band,
					})
					if band.N == len(runs) && !e.plan.Settings.Certain { // a share of nothing in some runs is said by the row's own count
						warnings = append(warnings, warned...)
					}
				}
			}
		}
		warnings = append(results.Distinct(warnings), e.debts(v)...)
		if e.luckless(v) {
			warnings = append(warnings, results.Warning{Code: "no-luck",
				Text: fmt.Sprintf("%s: all %d replications are equal, since nothing in them is drawn; bands have no width", name, len(runs))})
		}
	}
	if e.plan.Settings.Certain && len(entries) > 0 {
		warnings = append(warnings, results.Warning{Code: "no-luck",
			Text: e.plan.Settings.Engine + " moves expectations and draws nothing: one run is all there is, and bands have no width"})
	}
	return entries, warnings
}

// luckless tells whether a variant's replications are all equal in whatever was kept of them.
func (e *Ensemble) luckless(v int) bool {
	runs := e.kept[v]
	for _, s := range runs[1:] {
		if !slices.EqualFunc(s.measures, runs[0].measures, same) || !slices.EqualFunc(s.growth, runs[0].growth, slices.Equal[[]float64]) {
			return false
		}
	}
	return len(runs) > 1
}

// same is equality that holds a NaN equal to another.
func same(x, y float64) bool { return x == y || (math.IsNaN(x) && math.IsNaN(y)) }

// debts warns of platforms that owe money at the end.
func (e *Ensemble) debts(v int) []results.Warning {
	var warnings []results.Warning
	law := e.plan.Variants[v].Law
	for _, p := range law.Model.Platforms {
		q := Quantity{Metric: "cash", Platform: p.Name, Side: "*", Segment: "*", Region: "*", Variant: e.plan.Variants[v].Name, Period: law.Model.Horizon.Periods}
		values, err := e.values(q)
		if err != nil {
			continue
		}
		in := 0
		for _, x := range values {
			if x < 0 {
				in++
			}
		}
		if in > 0 {
			warnings = append(warnings, results.Warning{Code: "debt",
				Text: fmt.Sprintf("%s: %s ends below zero cash in %d of %d replications; give it funding (cash) or smaller budgets", e.plan.Variants[v].Name, p.Name, in, len(e.kept[v]))})
		}
	}
	return warnings
}

// summarised tells whether a kept period belongs into a variant's summary.
func (e *Ensemble) summarised(v, period int) bool {
	if period == e.plan.Variants[v].Law.Model.Horizon.Periods {
		return true
	}
	for _, at := range e.plan.Settings.At {
		if at == period {
			return true
		}
	}
	return false
}

// SummarySchema are the columns of a summary table.
func SummarySchema() results.Schema {
	text := func(name, about string) results.Column {
		return results.Column{Name: name, Kind: results.Text, About: about}
	}
	return results.Schema{
		text("variant", "Variant of the scenario; base is the scenario itself."),
		text("metric", "Name of the metric, as in a timeline."),
		text("platform", "Platform, or * for all together."),
		text("side", "Side of the market, or * for all together."),
		text("segment", "Segment, or * for all together."),
		text("region", "Region, or * for all together."),
		{Name: "period", Kind: results.Integer, Unit: "periods", About: "End of which period; 0 is the start."},
		text("unit", "Unit of mean, lo and hi."),
		{Name: "mean", Kind: results.Number, About: "Mean over replications."},
		{Name: "lo", Kind: results.Number, About: "Lower quantile over replications, at the level the scenario's study states."},
		{Name: "hi", Kind: results.Number, About: "Upper quantile over replications, at the level the scenario's study states."},
		{Name: "replications", Kind: results.Integer, Unit: "1", About: "Replications that have a value."},
	}
}

// SummaryTable writes entries as a table.
func SummaryTable(entries []Entry) (*results.Table, error) {
	t := results.NewTable("summary", SummarySchema())
	for _, e := range entries {
		err := t.Append(e.Variant, e.Metric, e.Platform, e.Side, e.Segment, e.Region, e.Period, string(e.Unit),
			e.Band.Mean, e.Band.Lo, e.Band.Hi, e.Band.N)
		if err != nil {
			return nil, err
		}
	}
	return t, nil
}
