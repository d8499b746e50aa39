package models

import (
	"fmt"
	"strings"
)

// Fault is one thing wrong with a model: where, what was found, why it cannot stand, and
// what to do about it.
type Fault struct {
	Path    string   // place in the scenario, such as "segments[0].size"
	Problem string   // what is wrong, with the value found
	Remedy  string   // what to do
	Name    string   // the unknown name, when the fault is a name nobody declared
	Known   []string // the names that would have been understood
	Within  int      // characters into the text at Path, where the fault is inside a formula
}

// Error is the fault as one line: place, problem, remedy.
func (f Fault) Error() string {
	s := f.Path + ": " + f.Problem
	if f.Remedy != "" {
		s += "; " + f.Remedy
	}
	return s
}

// Faults is every fault found, in the order of the model; it is an error when not empty.
type Faults []Fault

// Error is one line per fault.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// add appends a fault whose remedy is plain text.
func (fs *Faults) add(path, remedy, format string, args ...any) {
	*fs = append(*fs, Fault{Path: path, Problem: fmt.Sprintf(format, args...), Remedy: remedy})
}

// unknown appends a fault about a name that nobody declared.
func (fs *Faults) unknown(path, kind, name string, known []string) {
	*fs = append(*fs, Fault{
		Path: path, Name: name, Known: known,
		Problem: fmt.Sprintf("no %s is called %q", kind, name),
		Remedy:  fmt.Sprintf("use one of: %s", strings.Join(known, ", ")),
	})
}
