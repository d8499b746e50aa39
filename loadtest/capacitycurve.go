package loadtest

import (
	"cmp"
	"math"
	"slices"
	"time"

	"flywheel/results"
)

// CurvePoint is what the probes at one rate measured together: medians over those
// that were not void.
type CurvePoint struct {
	Rate        float64 `json:"rps"`            // asked
	Throughput  float64 `json:"throughput_rps"` // requests that ended ok per second
	Concurrency float64 `json:"concurrency"`    // requests at the target, on average over time
	P50         float64 `json:"p50_ms"`
	P99         float64 `json:"p99_ms"`
	ErrorShare  float64 `json:"error_share"`
	Probes      int     `json:"probes"`
	Passed      int     `json:"passed"`
}

// curveOf gathers probes by their rates, in rising order.
func curveOf(probes []Probe) []CurvePoint {
	by := map[float64][]Probe{}
	for _, p := range probes {
		if p.Outcome != Void {
			by[p.Rate] = append(by[p.Rate], p)
		}
	}
	curve := []CurvePoint{}
	for rate, same := range by {
		of := func(measure func(Probe) float64) float64 {
			var values []float64
			for _, p := range same {
				values = append(values, measure(p))
			}
			return middle(values)
		}
		point := CurvePoint{
			Rate: rate, Probes: len(same),
			Throughput: of(func(p Probe) float64 { return p.Throughput }), Concurrency: of(func(p Probe) float64 { return p.Concurrency }),
			P50: of(func(p Probe) float64 { return p.P50 }), P99: of(func(p Probe) float64 { return p.P99 }), ErrorShare: of(func(p Probe) float64 { return p.ErrorShare }),
		}
		for _, p := range same {
			if p.Outcome == Passes {
				point.Passed++
			}
		}
		curve = append(curve, point)
	}
	slices.SortFunc(curve, func(a, b CurvePoint) int { return cmp.Compare(a.Rate, b.Rate) })
	return curve
}

// Tables are everything that a search found: summary, capacity (the measured curve,
// which a forecast can be bounded by), probes and usl.
func (c Capacity) Tables() []*results.Table {
	return []*results.Table{c.summary(), c.capacity(), c.probes(), c.law()}
}

func orNaN(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

func (c Capacity) summary() *results.Table {
	t := results.NewTable("summary", results.Schema{
		column("target", results.Text, "", "Base address."),
		column("started", results.Text, "", "When the search began, in UTC (RFC 3339)."),
		column("ended", results.Text, "", "Why it was over: found, ceiling, none passes, sick, generator, given up or interrupt."),
		column("why", results.Text, "", "The same in a sentence."),
		column("broke", results.Text, "", "Condition that most often broke at the lowest failing rate."),
		column("elapsed_s", results.Number, "s", "Time that the search took."),
		column("probes", results.Integer, "1", "Probes, void ones included."),
		column("highest_passing", results.Number, "starts/s", "Highest rate that passed."),
		column("lowest_failing", results.Number, "starts/s", "Lowest rate that failed."),
		column("confidence", results.Number, "share", "That the rate which passes half of the time lies between the two; missing when they are not confirmed."),
	})
	add(t, []any{c.Target, stamp(c.Started), string(c.Ending), c.Why, c.Broke, c.Elapsed, int64(len(c.Probes)), orNaN(c.Highest), orNaN(c.Lowest), orNaN(c.Confidence)})
	return t
}

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

func (c Capacity) capacity() *results.Table {
	t := results.NewTable("capacity", results.Schema{
		column("rate", results.Number, "starts/s", "Rate of journey starts that was asked."),
		column("throughput", results.Number, "requests/s", "Requests that ended ok, per second."),
		column("concurrency", results.Number, "requests", "Requests at the target, on average over time."),
		column("latency_p50", results.Number, "ms", "Median time from when a request was due to its end."),
		column("latency_p99", results.Number, "ms", "99th percentile of it."),
		column("error_share", results.Number, "share", "Share of the requests sent that failed."),
		column("probes", results.Integer, "1", "Probes at this rate; each measure is their median."),
		column("passed", results.Integer, "1", "Those of them that passed."),
		column("edge", results.Text, "", "passes for the highest passing rate, fails for the lowest failing one, else empty."),
		column("confidence", results.Number, "share", "Of the edges; missing when they are not confirmed."),
		column("measured", results.Text, "", "When the search began, in UTC (RFC 3339)."),
		column("target", results.Text, "", "Base address."),
	})
	for _, p := range c.Curve {
		edge := ""
		switch {
		case c.Highest != nil && p.Rate == *c.Highest:
			edge = "passes"
		case c.Lowest != nil && p.Rate == *c.Lowest:
			edge = "fails"
		}
		add(t, []any{p.Rate, p.Throughput, p.Concurrency, p.P50, p.P99, p.ErrorShare, int64(p.Probes), int64(p.Passed), edge, orNaN(c.Confidence), stamp(c.Started), c.Target})
	}
	return t
}

func (c Capacity) probes() *results.Table {
	t := results.NewTable("probes", results.Schema{
		column("at_s", results.Number, "s", "Beginning, from the beginning of the search."),
		column("stage", results.Text, "", "bracket, bisect or confirm."),
		column("rate", results.Number, "starts/s", "Rate of journey starts that was asked."),
		column("length_s", results.Number, "s", "Time that was judged, beyond the warm-up."),
		column("outcome", results.Text, "", "pass, fail, or void when the generator fell short."),
		column("why", results.Text, "", "Condition that broke, or what the generator lacked."),
		column("requests", results.Integer, "requests", "Requests sent in the time that was judged."),
		column("throughput", results.Number, "requests/s", "Requests that ended ok, per second."),
		column("concurrency", results.Number, "requests", "Requests at the target, on average over time."),
		column("latency_p50", results.Number, "ms", "Median time from when a request was due to its end."),
		column("latency_p99", results.Number, "ms", "99th percentile of it."),
		column("error_share", results.Number, "share", "Share of the requests sent that failed."),
		column("growth", results.Number, "s/s", "Growth of latency over the time that was judged; missing where too few requests ended."),
	})
	for _, p := range c.Probes {
		add(t, []any{p.At, string(p.Stage), p.Rate, p.Length, string(p.Outcome), p.Why, p.Requests, p.Throughput, p.Concurrency, p.P50, p.P99, p.ErrorShare, orNaN(p.Growth)})
	}
	return t
}

func (c Capacity) law() *results.Table {
	t := results.NewTable("usl", results.Schema{
		column("parameter", results.Text, "", "lambda, sigma, kappa or knee of the universal scalability law."),
		column("unit", results.Text, "", "Unit of the row's numbers."),
		column("value", results.Number, "", "Best fit; missing where it is not identified."),
		column("lo", results.Number, "", "Lower end of the 95% interval."),
		column("hi", results.Number, "", "Upper end; missing where the data set none."),
	})
	u := c.USL
	if u.Lambda == 0 {
		return t
	}
	add(t, []any{"lambda", "requests/s", u.Lambda, u.LambdaLo, orNaN(u.LambdaHi)})
	add(t, []any{"sigma", "share", u.Sigma, u.SigmaLo, orNaN(u.SigmaHi)})
	add(t, []any{"kappa", "share", u.Kappa, u.KappaLo, orNaN(u.KappaHi)})
	add(t, []any{"knee", "requests/s", orNaN(u.Knee), math.NaN(), math.NaN()})
	return t
}
