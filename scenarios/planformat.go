package scenarios

import (
	"errors"
	"strconv"

	"flywheel/loadtest/plan"
)

// parsed is a form of one word that the plan's own parser understands.
func parsed(about string, parse func(text string) error) *word {
	return &word{about: about, parse: func(text string) (string, string, string) {
		var f plan.Fault
		if errors.As(parse(text), &f) {
			return "", f.Problem, f.Remedy
		}
		return text, "", ""
	}}
}

// condition is parsed for a text rather than a number.
func condition(about string, parse func(text string) error) *word {
	w := parsed(about, parse)
	w.text = true
	return w
}

// The scalar forms of a plan.
var (
	aStartRate  = parsed("a rate such as 50/s", func(text string) error { _, err := plan.ParseRate(text); return err })
	aSpan       = parsed("a time such as 5m", func(text string) error { _, err := plan.ParseDuration(text); return err })
	aThreshold  = condition("a condition such as \"latency.p99 < 250ms\"", func(text string) error { _, err := plan.ParseThreshold(text); return err })
	anAbort     = condition("a condition such as \"failed > 20% for 5s\"", func(text string) error { _, err := plan.ParseAbort(text); return err })
	aPath       = &verbatim{"a path such as /search?q=noodles"}
	aHeaderText = &verbatim{"a text"}
)

// planForm is what a plan of a load test may say. What must be there is known to the plan
// itself, because the command line may bring a target and a curve.
func planForm() *record {
	return &record{name: "a plan", fields: []field{
		{key: "target", form: aText, about: "Base address to press, such as http://127.0.0.1:8080; needed unless --target names one."},
		{key: "curve", form: aCurve(), about: "Journey starts over time: one segment, or a list of them run in order; needed unless --curve brings one."},
		{key: "arrivals", form: oneOf(plan.Ways()...), preset: string(plan.Even), source: definition, about: "How starts come under the curve: even spaces them evenly; poisson lets chance, by the seed, as visitors come who do not know each other."},
		{key: "http", form: aWire(), about: "How requests travel."},
		{key: "tls", form: aTLS(), about: "Whom to trust and who one is, towards an https target."},
		{key: "feeders", form: &rows{item: aFeeder(), about: "a list of {name, file, order}"}, preset: "[]", source: off, about: "Tables that give each start a row of values."},
		{key: "auth", form: anAuth(), about: "Who asks, in every step that does not say otherwise."},
		{key: "journeys", form: &rows{item: aJourney(), about: "a list of {name, weight, steps}"}, required: "write at least one, such as journeys: [{steps: [{get: /}]}]",
			about: "What a visitor does; each start takes one of them, in proportion to the weights."},
		{key: "warm_up", form: aSpan, unit: "time", preset: "0s", source: off, about: "Whole seconds from the beginning in which no threshold is judged; the requests are sent and counted."},
		{key: "thresholds", form: &rows{item: aThreshold, about: "a list of conditions, such as [\"latency.p99 < 250ms\"]"}, preset: "[]", source: off,
			about: "What must hold of the finished run, of each stretch of it (in every 10s), or of what comes later (after 30s)."},
		{key: "limits", preset: "{}", about: "What the run may take from anybody.", form: &record{name: "limits", fields: []field{
			{key: "workers", form: aWhole, unit: "requests", preset: strconv.Itoa(plan.DefaultWorkers),
				source: "1,000 requests/s at one second each (Little 1961); fits the 1,024 open files of a Linux session", about: "Requests in flight at once."},
			{key: "connections", form: aWhole.or("workers"), unit: "connections", preset: "workers", source: "limits.workers", about: "Connections to the target, open at once."},
			{key: "timeout", form: aSpan, unit: "time", preset: plan.DefaultTimeout.String(), source: assumed, about: "Time for one request, and for the queue to drain after the last due time."},
			{key: "rate", form: aStartRate.or("none"), unit: "starts per time", preset: "none", source: off, about: "Highest rate that the curve, --scale or a search for the capacity may ask for."},
			{key: "abort", form: anAbort, preset: plan.DefaultAbort().String(), source: assumed,
				about: "Stops the run early when it holds in each of the last seconds, perhaps after a time of grace: failed > 20% for 5s after 30s. never turns it off."},
			{key: "hosts", form: &rows{item: &verbatim{"a host such as shop.example"}, about: "a list of hosts"}, preset: "[]", source: "loopback always may be pressed", about: "Hosts that may be pressed, as host or host:port."},
		}}},
	}}
}
