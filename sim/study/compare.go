package study

import (
	"fmt"
	"math"
	"slices"

	"flywheel/results"
)

// Comparison is a metric of one variant against a baseline, paired by replication.
type Comparison struct {
	Metric, Baseline, Variant, Platform, Side string
	Period                                    int
	Unit                                      results.Unit
	Before                                    float64            // mean of the baseline over the pairs
	Difference                                results.Difference // variant minus baseline
}

// confidence of paired intervals: the customary 95%, for each difference by itself.
const confidence = 0.95

// Contrast says what is compared with what, and how surely.
type Contrast struct {
	Baseline string   // variant that all others are set against; "" means Base
	Metrics  []string // compared wherever they apply
	// Quantities are compared of their own platform and side alone, at the period of all lines. Without
	// these and without metrics, participants, orders, subsidies and cash are compared.
	Quantities []Quantity
	Confidence float64 // of the intervals; 0 means 95%
	// Together asks that all intervals hold at once with that confidence (Bonferroni): each is
	// wider then, and variants that are the same seem different in no more than the share left.
	Together bool
}

// Compare sets every variant against the base at the last period: participants of each
// platform on each side, and each platform's fulfilled orders, subsidies to date and cash,
// each at 95% by itself. What only one of the two has cannot be compared, and a warning says so.
func (e *Ensemble) Compare() ([]Comparison, []results.Warning, error) {
	all, warnings, _, err := e.Contrast(Contrast{})
	return all, warnings, err
}

// Contrast compares as it is told, at the last period that all variants reach. It tells the
// confidence at which each line was judged. Lines that are 0 in every run of both are left out.
func (e *Ensemble) Contrast(c Contrast) (all []Comparison, warnings []results.Warning, each float64, err error) {
	if c.Confidence == 0 {
		c.Confidence = confidence
	}
	if c.Baseline == "" {
		c.Baseline = Base
	}
	base := slices.IndexFunc(e.plan.Variants, func(v Variant) bool { return v.Name == c.Baseline })
	if base < 0 {
		return nil, nil, 0, fmt.Errorf("variant %s was not run", c.Baseline)
	}
	period := e.plan.Variants[base].Law.Model.Horizon.Periods
	for _, v := range e.plan.Variants {
		if last := v.Law.Model.Horizon.Periods; last != period {
			period = min(period, last)
			warnings = append(warnings, results.Warning{Code: "horizon", Text: fmt.Sprintf("%s runs to period %d; all are compared at the last that they share", v.Name, last)})
		}
	}
	var pairs [][2][]float64
	for v := range e.plan.Variants {
		if v == base || len(e.kept[v]) == 0 || len(e.kept[base]) == 0 {
			continue
		}
		for _, s := range e.places[base].rows {
			if s.Segment != "*" || s.Region != "*" || s.Platform == "*" {
				continue
			}
			if !slices.Contains(e.places[v].rows, s) {
				warnings = append(warnings, results.Warning{Code: "scope",
					Text: fmt.Sprintf("%s has no %s: not compared", e.plan.Variants[v].Name, s)})
				continue
			}
			for _, metric := range c.metrics(s) {
				pair, err := e.pair(metric, s, period, base, v)
				if err != nil {
					return nil, nil, 0, err
				}
				if (c.Together || c.chosen()) && bare(pair) {
					continue
				}
				pairs = append(pairs, pair)
				all = append(all, Comparison{Metric: metric, Baseline: c.Baseline, Variant: e.plan.Variants[v].Name,
					Platform: s.Platform, Side: s.Side, Period: period, Unit: Metrics()[Metrics().Index(metric)].Unit})
			}
		}
	}
	each = c.Confidence
	if c.Together {
		each = results.Together(c.Confidence, len(all))
	}
	for i := range all {
		all[i].Before, all[i].Difference = e.judged(pairs[i], each, c.Together)
	}
	return all, warnings, each, nil
}

// metrics are those compared of a scope.
func (c *Contrast) metrics(s scope) []string {
	switch {
	case c.chosen():
		list := slices.Clone(c.Metrics)
		for _, q := range c.Quantities {
			if (scope{q.Platform, q.Side, q.Segment, q.Region}) == s && !slices.Contains(list, q.Metric) {
				list = append(list, q.Metric)
			}
		}
		return list
	case s.Side == "*":
		return []string{"orders", "subsidy_to_date", "cash"}
	}
	return []string{"participants"}
}

// chosen tells whether somebody said what to compare.
func (c *Contrast) chosen() bool { return len(c.Metrics)+len(c.Quantities) > 0 }

// judged is a paired difference with the baseline's mean. Differences that are the same every
// time leave nothing to estimate an error from: judged strictly, they are shown only where so
// many of one sign are too unlikely by luck (the sign test: 2^(1-n) at most the share left).
func (e *Ensemble) judged(pair [2][]float64, each float64, strict bool) (float64, results.Difference) {
	before, after := pair[0], pair[1]
	d, _ := results.Paired(after, before, each)
	if e.plan.Settings.Certain { // the one pair has no luck to be told from
		d.Lo, d.Hi, d.Shown = d.Mean, d.Mean, d.Mean != 0
	} else if strict && d.SD == 0 && d.Mean != 0 && math.Pow(0.5, float64(d.Pairs-1)) > 1-each {
		d.Lo, d.Hi, d.Shown = math.NaN(), math.NaN(), false
	}
	var paired []float64
	for i := range before {
		if !math.IsNaN(before[i]) && !math.IsNaN(after[i]) {
			paired = append(paired, before[i])
		}
	}
	return results.Mean(paired), d
}

// bare tells whether a metric applies to no run of the two, or is 0 in all of them.
func bare(pair [2][]float64) bool {
	for _, values := range pair {
		for _, x := range values {
			if x != 0 && !math.IsNaN(x) {
				return false
			}
		}
	}
	return true
}

// String names a scope of a platform, such as "platform B among merchants".
func (s scope) String() string {
	if s.Side == "*" {
		return "platform " + s.Platform
	}
	return "platform " + s.Platform + " among " + s.Side
}

// pair is one metric of one scope at a period, of the baseline and of a variant by replication.
func (e *Ensemble) pair(metric string, s scope, period, base, v int) (pair [2][]float64, err error) {
	q := Quantity{Metric: metric, Platform: s.Platform, Side: s.Side, Segment: s.Segment, Region: s.Region, Period: period}
	for i, which := range [2]int{base, v} {
		q.Variant = e.plan.Variants[which].Name
		if pair[i], err = e.values(q); err != nil {
			return pair, err
		}
	}
	return pair, nil
}

// The words of a difference that is told from nothing and of one that is not.
const (
	Shown    = "shown"
	NotShown = "not shown"
)

// Verdict is whether a difference is shown, in words.
func Verdict(d results.Difference) string {
	if d.Shown {
		return Shown
	}
	return NotShown
}

// DifferenceSchema are the columns of a table of differences.
func DifferenceSchema() results.Schema {
	return results.Schema{
		{Name: "metric", Kind: results.Text, About: "Name of the metric, as in a timeline."},
		{Name: "baseline", Kind: results.Text, About: "Variant that the other is set against."},
		{Name: "variant", Kind: results.Text, About: "Variant that is compared."},
		{Name: "platform", Kind: results.Text, About: "Platform."},
		{Name: "side", Kind: results.Text, About: "Side of the market, or * for all together."},
		{Name: "period", Kind: results.Integer, Unit: "periods", About: "End of which period."},
		{Name: "unit", Kind: results.Text, About: "Unit of before, mean, lo and hi."},
		{Name: "before", Kind: results.Number, About: "Mean of the baseline over the pairs."},
		{Name: "mean", Kind: results.Number, About: "Mean over pairs of the variant minus the baseline."},
		{Name: "lo", Kind: results.Number, About: "Lower end of the mean's interval; all intervals of the table hold at once (Bonferroni)."},
		{Name: "hi", Kind: results.Number, About: "Upper end of the mean's interval."},
		{Name: "verdict", Kind: results.Text, About: "shown where the interval leaves 0 out, else not shown."},
		{Name: "pairs", Kind: results.Integer, Unit: "1", About: "Replications that both have."},
		{Name: "variance_ratio", Kind: results.Number, Unit: "1", About: "How many times more replications unpaired runs would need for the same interval."},
	}
}

// DifferenceTable writes comparisons as a table.
func DifferenceTable(all []Comparison) (*results.Table, error) {
	t := results.NewTable("differences", DifferenceSchema())
	for _, c := range all {
		d := c.Difference
		err := t.Append(c.Metric, c.Baseline, c.Variant, c.Platform, c.Side, c.Period, string(c.Unit), c.Before,
			d.Mean, d.Lo, d.Hi, Verdict(d), d.Pairs, d.VarianceRatio)
		if err != nil {
			return nil, err
		}
	}
	return t, nil
}

// Interleave is the plan with all variants of one replication before the next, so that a
// study that is cut short has whole pairs.
func (p Plan) Interleave() Plan {
	p.Trials = slices.Clone(p.Trials)
	slices.SortStableFunc(p.Trials, func(a, b Trial) int { return a.Replication - b.Replication })
	for i := range p.Trials {
		p.Trials[i].Index = i
	}
	return p
}
