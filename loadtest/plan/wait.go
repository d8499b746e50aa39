package plan

import (
	"fmt"
	"strings"
	"time"
)

// Wait is a time to think: a fixed one, or one drawn evenly between two bounds. The
// zero value is none.
type Wait struct{ From, To time.Duration }

// ParseWait reads a time such as 2s, or two bounds such as 1s..3s; its error is a
// Fault without a path.
func ParseWait(text string) (Wait, error) {
	from, to, both := strings.Cut(text, "..")
	fail := func(problem string) (Wait, error) {
		return Wait{}, Fault{Problem: fmt.Sprintf("wait %q: %s", clip(text), problem), Remedy: "write a time such as 2s, or two such as 1s..3s"}
	}
	f, err := ParseDuration(from)
	if err != nil {
		return fail(err.(Fault).Problem)
	}
	if !both {
		return Wait{f, f}, nil
	}
	t, err := ParseDuration(to)
	if err != nil {
		return fail(err.(Fault).Problem)
	}
	if t < f {
		return fail("the second time is shorter than the first")
	}
	return Wait{f, t}, nil
}

// String writes the wait the way ParseWait reads it.
func (w Wait) String() string {
	if w.From == w.To {
		return spanText(w.From)
	}
	return spanText(w.From) + ".." + spanText(w.To)
}

// Of is the time that a start waits after one of its plan's steps; it depends on the
// run's seed, the start's number and the step alone.
func (w Wait) Of(seed uint64, start int64, step int) time.Duration {
	if w.From == w.To {
		return w.From
	}
	return w.From + time.Duration(Luck(seed, ForWaits, start, step)*float64(w.To-w.From))
}
