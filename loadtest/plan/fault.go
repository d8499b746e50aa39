package plan

import (
	"fmt"
	"strings"
)

// Fault is one mistake in a plan: where it is, what is wrong with the value
// found there, and what to write instead.
type Fault struct {
	Path    string // place inside the plan, such as journeys[0].steps[1].get
	Problem string // what is wrong, with the value that was found
	Remedy  string // what to do about it
}

// Error gives the fault as one line: path, problem, remedy.
func (f Fault) Error() string {
	var b strings.Builder
	if f.Path != "" {
		b.WriteString(f.Path + ": ")
	}
	b.WriteString(f.Problem)
	if f.Remedy != "" {
		b.WriteString("; " + f.Remedy)
	}
	return b.String()
}

// Faults is every mistake found in a plan, in the order of the plan; an empty
// list means the plan is sound.
type Faults []Fault

// Error gives one line per fault.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// Err returns the faults as an error, or nil when there are none.
func (fs Faults) Err() error {
	if len(fs) == 0 {
		return nil
	}
	return fs
}

func (fs *Faults) add(path, remedy, problem string, args ...any) {
	*fs = append(*fs, Fault{Path: path, Problem: fmt.Sprintf(problem, args...), Remedy: remedy})
}
