package rehearsal

import (
	"fmt"
	"strconv"
	"strings"

	"flywheel/models"
	"flywheel/results"
)

// Overlay is a scenario that extends another with a measured deployment: a file that a person
// can read and a forecast can run. Where a variant of it was rehearsed, the variant has that
// deployment and the scenario itself keeps its own. Rates are journey starts per second.
func Overlay(extends, name, variant string, f Finding) []byte {
	d := f.Measured
	what, indent := name, ""
	if variant != "" {
		what, indent = name+", variant "+variant+",", "    "
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# The forecast of %s on the capacity that its deployment was measured to have.\n", what)
	fmt.Fprintf(&b, "# Peak of the forecast: %s journey starts per second at the quantile %s, %s s after the opening.\n",
		number(f.Peak.RPS), number(f.Peak.Quantile), number(f.Peak.At))
	if f.Largest < 1 {
		fmt.Fprintf(&b, "# It carries %s%% of that.\n", number(100*f.Largest))
	}
	fmt.Fprintf(&b, "name: %s-measured\nextends: %s\n", name, strconv.Quote(extends))
	if variant != "" {
		fmt.Fprintf(&b, "variants:\n  %s:\n", variant)
	}
	lines := []string{"event:", "  deployment:", "    capacity: " + number(d.Capacity) + "/s",
		fmt.Sprintf("    interval: [%s/s, %s/s]", number(d.Lo), number(d.Hi)), "    measured: " + strconv.Quote(d.Measured)}
	if d.Room > 0 {
		lines = append(lines, "    room: "+number(d.Room))
	}
	for _, line := range lines {
		b.WriteString(indent + line + "\n")
	}
	return []byte(b.String())
}

// Enough is a deployment that takes everything. One with a waiting room keeps it, so that late
// orders are counted there too, and are none.
func Enough(d models.Deployment) models.Deployment {
	if d.Limited = d.Room > 0; d.Limited {
		const endless = 1e12 // journey starts per second, beyond any market
		d.Capacity, d.Lo, d.Hi = endless, 0, 0
	}
	return d
}

// ShortfallTable is the cost of a shortfall as a table named shortfall.
func ShortfallTable(cost []Shortfall) (*results.Table, error) {
	t := results.NewTable("shortfall", results.Schema{
		{Name: "what", Kind: results.Text, About: "What is counted, in words."},
		{Name: "metric", Kind: results.Text, About: "Name of the metric, as in a timeline."},
		{Name: "platform", Kind: results.Text, About: "Platform of the event."},
		{Name: "side", Kind: results.Text, About: "Side of the market, or * for all together."},
		{Name: "period", Kind: results.Integer, Unit: "periods", About: "At the end of which period."},
		{Name: "unit", Kind: results.Text, About: "Unit of mean, lo and hi."},
		{Name: "mean", Kind: results.Number, About: "What the capacity costs against enough of it, mean over pairs, in its unit; below zero it saves. The capacity is the measured one, or the forecast's peak where the target carried it."},
		{Name: "lo", Kind: results.Number, About: "Lower end of its 95% interval, in its unit."},
		{Name: "hi", Kind: results.Number, About: "Upper end of its 95% interval, in its unit."},
		{Name: "shown", Kind: results.Text, About: "yes when the interval excludes zero, else no."},
		{Name: "pairs", Kind: results.Integer, Unit: "1", About: "Replications with both values."},
	})
	for _, s := range cost {
		shown := "no"
		if s.Difference.Shown {
			shown = "yes"
		}
		d := s.Difference
		if err := t.Append(s.What, s.Metric, s.Platform, s.Side, s.Period, string(s.Unit), d.Mean, d.Lo, d.Hi, shown, d.Pairs); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// number keeps five digits, more than a measurement has.
func number(x float64) string {
	short, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 5, 64), 64)
	return strconv.FormatFloat(short, 'f', -1, 64)
}
