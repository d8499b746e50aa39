package study

import (
	"fmt"
	"slices"

	"flywheel/results"
)

// Comparison is a metric of one variant against the base, paired by replication.
type Comparison struct {
	Metric, Variant, Platform, Side string
	Period                          int
	Unit                            results.Unit
	Difference                      results.Difference // variant minus base
}

// confidence of paired intervals: the customary 95%, for each difference by itself.
const confidence = 0.95

// Compare sets every variant against the base at the last period: participants of each
// platform on each side, and each platform's fulfilled orders, subsidies to date and cash.
// What only one of the two has cannot be compared, and a warning says so.
func (e *Ensemble) Compare() ([]Comparison, []results.Warning, error) {
	var all []Comparison
	var warnings []results.Warning
	for v := 1; v < len(e.plan.Variants); v++ {
		if len(e.kept[v]) == 0 || len(e.kept[0]) == 0 {
			continue
		}
		for _, s := range e.places[0].rows {
			if s.Segment != "*" || s.Region != "*" || s.Platform == "*" {
				continue
			}
			if !slices.Contains(e.places[v].rows, s) {
				warnings = append(warnings, results.Warning{Code: "scope",
					Text: fmt.Sprintf("%s has no %s: not compared", e.plan.Variants[v].Name, s)})
				continue
			}
			metrics := []string{"participants"}
			if s.Side == "*" {
				metrics = []string{"orders", "subsidy_to_date", "cash"}
			}
			for _, metric := range metrics {
				c, err := e.pair(metric, s, v)
				if err != nil {
					return nil, nil, err
				}
				all = append(all, c)
			}
		}
	}
	return all, warnings, nil
}

// String names a scope of a platform, such as "platform B among merchants".
func (s scope) String() string {
	if s.Side == "*" {
		return "platform " + s.Platform
	}
	return "platform " + s.Platform + " among " + s.Side
}

// pair is one metric of one scope at the base's last period.
func (e *Ensemble) pair(metric string, s scope, v int) (Comparison, error) {
	q := Quantity{Metric: metric, Platform: s.Platform, Side: s.Side, Segment: s.Segment, Region: s.Region,
		Period: e.plan.Variants[0].Law.Model.Horizon.Periods}
	before, err := e.values(q)
	if err != nil {
		return Comparison{}, err
	}
	q.Variant = e.plan.Variants[v].Name
	after, err := e.values(q)
	if err != nil {
		return Comparison{}, err
	}
	d, _ := results.Paired(after, before, confidence)
	if e.plan.Settings.Certain { // the one pair has no luck to be told from
		d.Lo, d.Hi, d.Shown = d.Mean, d.Mean, d.Mean != 0
	}
	unit := Metrics()[Metrics().Index(metric)].Unit
	return Comparison{Metric: metric, Variant: q.Variant, Platform: s.Platform, Side: s.Side, Period: q.Period, Unit: unit, Difference: d}, nil
}
