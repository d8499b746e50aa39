package plan

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"time"
)

// Threshold is a condition on a finished run, such as latency.p99 < 250ms.
//
//	threshold = condition [ "in every" time ] [ "after" time ]
//	condition = [ step "." ] measure comparison value
//	measure   = ( "latency" | "service" | "lateness" | "connect" | "tls" | "first_byte" ) "." ( "p50" | "p90" | "p95" | "p99" | "p999" | "max" | "mean" )
//	          | "failed" [ "." kind ] | "not_sent" | "rate" "." ( "achieved" | "ok" )
//	comparison = "<" | "<=" | ">" | ">=" | "==" | "!="
//
// Latency counts from the due time, service from the time of sending, lateness
// is the one minus the other; connect and tls are the times of making a connection,
// of the requests that made one, and first_byte is the time from sending to the first
// byte that comes back. failed is the share of sent requests that failed, in
// whatever way or in one (FailureKinds). not_sent is a number of requests, or with
// % a share of those due. rate.achieved is the rate at which requests were sent,
// rate.ok the rate of those that ended ok.
//
// A window (in every 10s) asks the condition of each stretch of that length by
// itself, by when requests were due, or for a rate by when they were sent; what
// is left at the end belongs to the last one. Requests due before After, and those
// of the plan's warm-up, are left out.
type Threshold struct {
	Expression string  // as it was written
	Step       string  // name of a step; empty means the whole run
	Measure    string  // such as latency.p99
	Comparison string  // one of < <= > >= == !=
	Value      float64 // in Unit
	Unit       Unit
	Every      time.Duration // length of a window, in whole seconds; 0 judges the run as one
	After      time.Duration // from the beginning of the run; 0 means from the end of the warm-up
}

// Unit is what the value of a condition counts.
type Unit string

// The units of conditions.
const (
	Milliseconds Unit = "ms"
	ShareOf      Unit = "share" // 0 to 1
	Count        Unit = "1"
	PerSecondOf  Unit = "1/s"
)

// Quantiles are the percentiles that conditions and reports know, by name, as
// shares from 0 to 1.
func Quantiles() map[string]float64 {
	return map[string]float64{"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}
}

// FailureKinds names the ways in which a request can fail, as reports and
// conditions write them.
func FailureKinds() []string {
	return []string{"timeout", "refused", "reset", "status_5xx", "status_4xx", "expectation", "dns", "tls", "ports_exhausted", "malformed", "capture", "interrupted", "other"}
}

// families lists, for each first word of a measure, the words that may follow it;
// an empty one means that the first word may stand alone.
var families = map[string][]string{
	"latency":  {"p50", "p90", "p95", "p99", "p999", "max", "mean"},
	"service":  {"p50", "p90", "p95", "p99", "p999", "max", "mean"},
	"lateness": {"p50", "p90", "p95", "p99", "p999", "max", "mean"},

	"connect":    {"p50", "p90", "p95", "p99", "p999", "max", "mean"},
	"tls":        {"p50", "p90", "p95", "p99", "p999", "max", "mean"},
	"first_byte": {"p50", "p90", "p95", "p99", "p999", "max", "mean"},

	"failed":   append([]string{""}, FailureKinds()...),
	"not_sent": {""},
	"rate":     {"achieved", "ok"},
}

// Family is the first word of the measure, such as latency of latency.p99.
func (t Threshold) Family() string {
	family, _, _ := strings.Cut(t.Measure, ".")
	return family
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
	value, problem := t.when(right[len(t.Comparison):])
	switch {
	case problem != "":
		return fail("%s", problem)
	case value == "":
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
	case len(words) == 1 && ends[0] == "", len(words) == 2 && words[1] != "" && slices.Contains(ends, words[1]):
		return ""
	case len(ends) == 1:
		return fmt.Sprintf("%s takes no %q", words[0], clip(strings.Join(words[1:], ".")))
	}
	return fmt.Sprintf("after %s comes one of %s", words[0], strings.TrimPrefix(strings.Join(ends, ", "), ", "))
}

// when cuts the window and the beginning off the text after a comparison and
// leaves the value, or says what is wrong.
func (t *Threshold) when(text string) (value, problem string) {
	rest, after, found := cutLast(text, " after ")
	if found {
		if t.After, problem = wholeSeconds(after); problem != "" {
			return "", problem
		}
	}
	rest, every, found := cutLast(rest, " in every ")
	if found {
		if t.Every, problem = wholeSeconds(every); problem != "" {
			return "", problem
		}
	}
	if _, _, stops := cutLast(rest, " for "); stops {
		return "", "a condition with for stops a run; write it as limits.abort, or say in every for a window"
	}
	return strings.TrimSpace(rest), ""
}

func cutLast(text, word string) (before, after string, found bool) {
	at := strings.LastIndex(text, word)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(word):], true
}

// wholeSeconds reads a time as tallies are kept: second by second.
func wholeSeconds(text string) (time.Duration, string) {
	d, err := ParseDuration(text)
	if err != nil {
		return 0, err.(Fault).Problem
	}
	if d < time.Second || d%time.Second != 0 {
		return 0, fmt.Sprintf("%v is not a number of whole seconds", d)
	}
	return d, ""
}

// read sets Value and Unit from the text of a value, or says what is wrong.
func (t *Threshold) read(value string) (problem string) {
	number, percent := strings.CutSuffix(value, "%")
	switch {
	case t.Family() == "rate":
		r, err := ParseRate(value)
		if err != nil {
			return fmt.Sprintf("%q is no rate such as 95/s", clip(value))
		}
		t.Value, t.Unit = r.PerSecond(), PerSecondOf
	case t.Family() == "failed" || t.Measure == "not_sent" && percent:
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
		t.Value, t.Unit = n/100, ShareOf
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

// Whole is the same condition on a whole run, without its windows and its time of grace.
func (t Threshold) Whole() Threshold {
	text := t.Expression
	for _, word := range []string{" in every ", " after "} {
		text, _, _ = strings.Cut(text, word)
	}
	whole, err := ParseThreshold(text)
	if err != nil {
		return t // made without ParseThreshold, which Validate says
	}
	return whole
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
