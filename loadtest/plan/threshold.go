package plan

import (
	"fmt"
	"math"
	"sort"
	"strings"
	"time"
)

// Threshold is a condition on a finished run, such as latency.p99 < 250ms.
//
//	threshold = [ step "." ] measure comparison value
//	measure   = ( "latency" | "service" | "lateness" ) "." ( "p50" | "p90" | "p95" | "p99" | "p999" | "max" | "mean" )
//	          | "failed" | "not_sent" | "rate.achieved"
//	comparison = "<" | "<=" | ">" | ">=" | "==" | "!="
//
// Latency counts from the due time, service from the time of sending, lateness
// is the one minus the other. failed is the share of sent requests that failed.
// not_sent is a number of requests, or with % a share of those due.
// rate.achieved, of the whole run only, is the rate at which requests were sent.
type Threshold struct {
	Expression string  // as it was written
	Step       string  // name of a step; empty means the whole run
	Measure    string  // such as latency.p99
	Comparison string  // one of < <= > >= == !=
	Value      float64 // in Unit
	Unit       Unit
}

// Unit is what the value of a condition counts.
type Unit string

// The units of conditions.
const (
	Milliseconds Unit = "ms"
	Share        Unit = "share" // 0 to 1
	Count        Unit = "1"
	PerSecondOf  Unit = "1/s"
)

// Quantiles are the percentiles that conditions and reports know, by name, as
// shares from 0 to 1.
func Quantiles() map[string]float64 {
	return map[string]float64{"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}
}

// families lists, for each first word of a measure, the words that may follow it.
var families = map[string][]string{
	"latency":  {"p50", "p90", "p95", "p99", "p999", "max", "mean"},
	"service":  {"p50", "p90", "p95", "p99", "p999", "max", "mean"},
	"lateness": {"p50", "p90", "p95", "p99", "p999", "max", "mean"},
	"failed":   nil,
	"not_sent": nil,
	"rate":     {"achieved"},
}

const thresholdRemedy = `write a condition such as "latency.p99 < 250ms", "failed < 0.5%", "not_sent == 0", "rate.achieved >= 95/s" or "checkout.latency.p95 < 400ms"`

// ParseThreshold reads a condition; times carry a unit (250ms), the share of
// failed requests is written with %, a rate as for ParseRate. Its error is a
// Fault without a path.
func ParseThreshold(text string) (Threshold, error) {
	t := Threshold{Expression: strings.TrimSpace(text)}
	fail := func(format string, args ...any) (Threshold, error) {
		return Threshold{}, Fault{Problem: fmt.Sprintf("condition %q: ", clip(text)) + fmt.Sprintf(format, args...), Remedy: thresholdRemedy}
	}
	at := strings.IndexAny(t.Expression, "<>=!")
	if at < 0 {
		return fail("no comparison (<, <=, >, >=, ==, !=) was found")
	}
	left, right := strings.TrimSpace(t.Expression[:at]), t.Expression[at:]
	for _, c := range []string{"<=", ">=", "==", "!=", "<", ">"} {
		if strings.HasPrefix(right, c) {
			t.Comparison = c
			break
		}
	}
	if t.Comparison == "" {
		return fail("%q is no comparison", clip(right[:1]))
	}
	value := strings.TrimSpace(right[len(t.Comparison):])
	if value == "" {
		return fail("the value is missing")
	}
	words := strings.Split(left, ".")
	if _, known := families[words[0]]; !known && len(words) > 1 {
		t.Step, words = words[0], words[1:]
		if strings.IndexFunc(t.Step, func(r rune) bool { return !nameRune(r) }) >= 0 || t.Step == "" {
			return fail("%q is no name of a step", clip(t.Step))
		}
	}
	if problem := unknownMeasure(words); problem != "" {
		return fail("%s", problem)
	}
	t.Measure = strings.Join(words, ".")
	if t.Step != "" && t.Measure == "rate.achieved" {
		return fail("rate.achieved is known for the whole run only")
	}
	if problem := t.read(value); problem != "" {
		return fail("%s", problem)
	}
	return t, nil
}

func unknownMeasure(words []string) string {
	ends, known := families[words[0]]
	switch {
	case words[0] == "":
		return "the measure is missing"
	case !known:
		names := make([]string, 0, len(families))
		for name := range families {
			names = append(names, name)
		}
		sort.Strings(names)
		return fmt.Sprintf("%q is not one of %s", clip(words[0]), strings.Join(names, ", "))
	case ends == nil && len(words) > 1:
		return fmt.Sprintf("%s takes no %q", words[0], clip(strings.Join(words[1:], ".")))
	case ends == nil:
		return ""
	}
	if len(words) == 2 {
		for _, end := range ends {
			if end == words[1] {
				return ""
			}
		}
	}
	return fmt.Sprintf("after %s comes one of %s", words[0], strings.Join(ends, ", "))
}

// read sets Value and Unit from the text of a value, or says what is wrong.
func (t *Threshold) read(value string) (problem string) {
	number, percent := strings.CutSuffix(value, "%")
	switch {
	case t.Measure == "rate.achieved":
		r, err := ParseRate(value)
		if err != nil {
			return fmt.Sprintf("%q is no rate such as 95/s", clip(value))
		}
		t.Value, t.Unit = r.PerSecond(), PerSecondOf
	case t.Measure == "failed" || t.Measure == "not_sent" && percent:
		n, err := parseNumber(strings.TrimSpace(number))
		if err != nil {
			return err.Error()
		}
		if !percent && n != 0 {
			return fmt.Sprintf("failed is a share of the requests sent, and %s has no %%", clip(value))
		}
		if n > 100 {
			return fmt.Sprintf("%s is more than 100%%", clip(value))
		}
		t.Value, t.Unit = n/100, Share
	case t.Measure == "not_sent":
		n, err := parseNumber(value)
		if err != nil {
			return err.Error()
		}
		if n != math.Trunc(n) {
			return fmt.Sprintf("%s is no number of requests", clip(value))
		}
		t.Value, t.Unit = n, Count
	default:
		d, err := ParseDuration(value)
		if err != nil {
			return fmt.Sprintf("%q is no time such as 250ms", clip(value))
		}
		t.Value, t.Unit = float64(d)/float64(time.Millisecond), Milliseconds
	}
	return ""
}

// Holds reports whether a value, in the threshold's unit, satisfies it; a value
// that is not a number never does.
func (t Threshold) Holds(value float64) bool {
	if math.IsNaN(value) {
		return false
	}
	switch t.Comparison {
	case "<":
		return value < t.Value
	case "<=":
		return value <= t.Value
	case ">":
		return value > t.Value
	case ">=":
		return value >= t.Value
	case "==":
		return value == t.Value
	case "!=":
		return value != t.Value
	}
	panic("bug: comparison " + t.Comparison + " reached a verdict without validation")
}

func (t Threshold) validate(fs *Faults, path string, steps []Step) {
	again, err := ParseThreshold(t.Expression)
	if err != nil {
		f := err.(Fault)
		fs.add(path, f.Remedy, "%s", f.Problem)
		return
	}
	if again != t {
		fs.add(path, "make it with ParseThreshold", "its parts do not say what its expression %q says", clip(t.Expression))
		return
	}
	if t.Step == "" {
		return
	}
	names := make([]string, len(steps))
	for i, s := range steps {
		if names[i] = s.Name; s.Name == t.Step {
			return
		}
	}
	fs.add(path, "name one of: "+strings.Join(names, ", "), "no step is named %q", t.Step)
}

// Abort stops a run early: its condition must hold in each of the last For
// seconds, every second looked at by itself. A second in which no request ended
// neither counts nor starts the row anew. The zero value never stops a run.
type Abort struct {
	Condition Threshold
	For       time.Duration // whole seconds, at least one
}

// Set reports whether there is a condition at all.
func (a Abort) Set() bool { return a != Abort{} }

// String writes the condition the way ParseAbort reads it.
func (a Abort) String() string {
	return a.Condition.Expression + " for " + a.For.String()
}

const abortRemedy = `write a condition and a time in whole seconds, such as "failed > 20% for 5s" or "latency.p99 > 2s for 10s"`

// ParseAbort reads a condition with its time, such as failed > 20% for 5s. Its
// error is a Fault without a path.
func ParseAbort(text string) (Abort, error) {
	fail := func(problem string) (Abort, error) {
		return Abort{}, Fault{Problem: fmt.Sprintf("abort %q: %s", clip(text), problem), Remedy: abortRemedy}
	}
	at := strings.LastIndex(text, " for ")
	if at < 0 {
		return fail("the time after the word for is missing")
	}
	condition, err := ParseThreshold(text[:at])
	if err != nil {
		return fail(err.(Fault).Problem)
	}
	window, err := ParseDuration(text[at+len(" for "):])
	if err != nil {
		return fail(err.(Fault).Problem)
	}
	a := Abort{Condition: condition, For: window}
	if problem := a.problem(); problem != "" {
		return fail(problem)
	}
	return a, nil
}

func (a Abort) problem() string {
	switch {
	case a.Condition.Measure == "not_sent" || a.Condition.Measure == "rate.achieved":
		return a.Condition.Measure + " is known only when the run is over"
	case a.For < time.Second || a.For%time.Second != 0 || a.For > time.Hour:
		return fmt.Sprintf("%v is not a number of whole seconds from 1s to 1h", a.For)
	}
	return ""
}

func (a Abort) validate(fs *Faults, path string, steps []Step) {
	if !a.Set() {
		return
	}
	if problem := a.problem(); problem != "" {
		fs.add(path, abortRemedy, "%s", problem)
	}
	a.Condition.validate(fs, path, steps)
}
