package scenarios

import (
	"errors"
	"strconv"
	"strings"

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
		{key: "curve", form: &rows{item: aCurveSegment(), alone: true}, about: "Journey starts over time: one segment, or a list of them run in order; needed unless --curve brings one."},
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

func aCurveSegment() *record {
	return &record{name: "a segment of a curve", fields: []field{
		{key: "hold", choice: "hold", form: aStartRate, unit: "starts per time", required: "write a rate, such as hold: 50/s", about: "One rate, kept."},
		{key: "for", choice: "hold", form: aSpan, unit: "time", required: "say how long, such as for: 5m", about: "How long it is kept."},
		{key: "ramp", choice: "ramp", about: "A straight line from one rate to another.", form: &record{name: "a ramp", fields: []field{
			{key: "from", form: aStartRate, unit: "starts per time", required: "write a rate, such as from: 50/s", about: "First rate."},
			{key: "to", form: aStartRate, unit: "starts per time", required: "write a rate, such as to: 400/s", about: "Last rate."},
			{key: "over", form: aSpan, unit: "time", required: "say how long it takes, such as over: 2m", about: "Time from the first rate to the last."},
		}}},
		{key: "steps", choice: "steps", form: &rows{item: aStartRate, about: "a list of rates, such as [50/s, 100/s]"}, unit: "starts per time",
			required: "list the rates, such as steps: [50/s, 100/s]", about: "Rates held one after the other."},
		{key: "each", choice: "steps", form: aSpan, unit: "time", required: "say how long each rate is held, such as each: 1m", about: "How long each of them is held."},
		{key: "points", choice: "points", unit: "time, starts per time", about: "Straight lines through points, the first at 0s; two at one time are a jump.",
			form: &rows{item: &tuple{[]form{aSpan, aStartRate}, "[time, rate], such as [1m, 50/s]"}, about: "a list of [time, rate], such as [[0s, 10/s], [1m, 50/s]]"}},
	}}
}

func aJourney() *record {
	return &record{name: "a journey", fields: []field{
		{key: "name", form: aText, about: "What it is called; else the name of its first step."},
		{key: "weight", form: aWhole, unit: "1", preset: "1", source: definition, about: "Relative number of starts."},
		{key: "steps", form: &rows{item: aStep(), about: "a list of one step, such as [{get: /}]"}, required: "write one step, such as steps: [{get: /}]",
			about: "The requests of the journey; one in this version."},
	}}
}

func aStep() *record {
	verb := &later{"use get or post"}
	fields := []field{
		{key: "name", form: aText, about: "What it is called, once in a plan; else the last word of its path."},
		{key: "get", form: aPath, about: "Path to GET, with its query."},
		{key: "post", form: aPath, about: "Path to POST to."},
	}
	for _, method := range []string{"put", "patch", "delete", "head", "options"} {
		fields = append(fields, field{key: method, form: verb, about: "Path to " + strings.ToUpper(method) + "."})
	}
	return &record{name: "a step", fields: append(fields,
		field{key: "headers", form: &keyed{keysAre: "HEADER", value: aHeaderText}, about: "Request headers."},
		field{key: "json", choice: "json", form: &free{about: "any value", json: true}, about: "Body of a POST, sent as JSON."},
		field{key: "form", choice: "form", form: &keyed{keysAre: "FIELD", value: aHeaderText}, about: "Body of a POST, sent as the fields of a form."},
		field{key: "body", choice: "body", form: &verbatim{"a text"}, about: "Body of a POST, sent as it is."},
		field{key: "expect", about: "What must come back for the request to count as ok.", form: &record{name: "an expected response", fields: []field{
			{key: "status", form: aWhole, unit: "1", required: "write a status, such as status: 201", about: "Exact status; without it any from 200 to 399 will do."},
		}}},
		field{key: "capture", form: &later{"take it out, and write the value where it is needed"}, about: "Values to take from the response."},
		field{key: "wait", form: &later{"take it out; the curve alone says when a request is due"}, about: "Time to think after the response."},
	)}
}
