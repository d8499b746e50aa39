package plan

import (
	"fmt"
	"strings"
	"time"
)

// Abort stops a run early: its condition must hold in each of the last For
// seconds, every second looked at by itself. A second in which no request ended
// neither counts nor starts the row anew. Seconds before After, a time of grace,
// are not looked at. The zero value leaves the choice to Limits.Filled.
type Abort struct {
	Condition Threshold
	For       time.Duration // whole seconds, at least one
	After     time.Duration // whole seconds from the beginning of the run
	Never     bool          // nothing stops the run; the other fields are empty
}

// DefaultAbort is the rule for a sick target where a plan says nothing: more than
// half of the requests fail, ten seconds long. A target in that state helps nobody
// by being pressed on.
func DefaultAbort() Abort {
	a, err := ParseAbort("failed > 50% for 10s")
	if err != nil {
		panic("bug: the default abort condition: " + err.Error())
	}
	return a
}

// Set reports whether there is a condition at all.
func (a Abort) Set() bool { return a != Abort{} && !a.Never }

// String writes the condition the way ParseAbort reads it.
func (a Abort) String() string {
	if a.Never {
		return never
	}
	text := a.Condition.Expression + " for " + spanText(a.For)
	if a.After > 0 {
		text += " after " + spanText(a.After)
	}
	return text
}

const never = "never"

const abortRemedy = `write a condition and a time in whole seconds, such as "failed > 20% for 5s" or "latency.p99 > 2s for 10s"`

// ParseAbort reads a condition with its time, such as failed > 20% for 5s, and
// perhaps a time of grace, such as after 30s; never is read as well. Its error is a
// Fault without a path.
func ParseAbort(text string) (Abort, error) {
	fail := func(problem string) (Abort, error) {
		return Abort{}, Fault{Problem: fmt.Sprintf("abort %q: %s", clip(text), problem), Remedy: abortRemedy}
	}
	if strings.TrimSpace(text) == never {
		return Abort{Never: true}, nil
	}
	var a Abort
	rest, after, grace := cutLast(text, " after ")
	if grace {
		var problem string
		if a.After, problem = wholeSeconds(after); problem != "" {
			return fail(problem)
		}
	}
	condition, window, found := cutLast(rest, " for ")
	if !found {
		return fail("the time after the word for is missing")
	}
	var err error
	if a.Condition, err = ParseThreshold(condition); err != nil {
		return fail(err.(Fault).Problem)
	}
	if a.For, err = ParseDuration(window); err != nil {
		return fail(err.(Fault).Problem)
	}
	if problem := a.problem(); problem != "" {
		return fail(problem)
	}
	return a, nil
}

func (a Abort) problem() string {
	switch {
	case a.Condition.Measure == "not_sent" || a.Condition.Family() == "rate":
		return a.Condition.Measure + " is known only when the run is over"
	case a.Condition.Every != 0 || a.Condition.After != 0:
		return "the words in every and after belong to thresholds; here the time of grace comes last"
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
