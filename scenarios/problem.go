package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Problem is one thing wrong with what was said: where it stands, which value it is, what
// is wrong with it and what to do. File is a file's name as the user gave it, a library
// scenario as library/NAME.yaml, or the flag that said it, such as "--set platforms.A.fee";
// Line and Column count from 1, in a flag's own text too.
type Problem struct {
	File         string
	Line, Column int
	Path         string // the value, such as "platforms[1].capacty"; empty for the document as a whole
	Text         string
	Remedy       string
}

// Error is the problem as one line, file:line:column: path: what is wrong; what to do.
func (p Problem) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: ", p.File, p.Line, p.Column)
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Text)
	if p.Remedy != "" {
		b.WriteString("; " + p.Remedy)
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' ' // a message is one line, and moves no terminal's cursor
		}
		return r
	}, b.String())
}

// Problems is everything wrong with a document: those of the file first, then those of the
// files it extends, then those of the flags, each by line and column.
type Problems []Problem

// Error is one line per problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// NotFoundError says that no file and no library scenario has the name asked for.
type NotFoundError struct {
	Name    string
	Nearest []string // the name of the library that was probably meant, else all of them in order

	file   bool // only a file was asked for, never the library
	folder bool // there is a folder of that name
}

// Error names the scenario, and the one of the library that was probably meant or all of them.
func (e *NotFoundError) Error() string {
	if e.folder {
		return fmt.Sprintf("%q is a folder; name a file", e.Name)
	}
	s := fmt.Sprintf("there is no scenario %q", e.Name)
	if e.file || isPath(e.Name) {
		s = fmt.Sprintf("there is no file %q", e.Name)
	}
	switch len(e.Nearest) {
	case 0:
		return s
	case 1:
		return s + "; did you mean " + e.Nearest[0] + "?"
	}
	return s + "; the library has " + strings.Join(e.Nearest, ", ")
}

// report collects problems while a scenario is read, each once.
type report struct {
	found Problems
	seen  map[Problem]bool
	files []string // in the order in which they were opened; flags come after documents

	documents int    // how many of the files are documents
	least     string // what to write into an empty document, when it is no scenario
}

// add notes a problem at a place and returns the mark that stands for the value lost.
func (r *report) add(at place, remedy, text string, args ...any) *node {
	r.note(Problem{
		File: at.file, Line: max(at.line, 1), Column: max(at.column, 1),
		Path: at.path, Text: fmt.Sprintf(text, args...), Remedy: remedy,
	})
	return &node{kind: lost, at: at}
}

func (r *report) note(p Problem) {
	if r.seen == nil {
		r.seen = map[Problem]bool{}
	}
	if !r.seen[p] {
		r.seen[p] = true
		r.found = append(r.found, p)
	}
}

// err is the problems in order, or nil when there are none.
func (r *report) err() error {
	if len(r.found) == 0 {
		return nil
	}
	rank := func(file string) int {
		if i := slices.Index(r.files, file); i >= 0 {
			return i
		}
		return len(r.files)
	}
	slices.SortStableFunc(r.found, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(rank(a.File), rank(b.File)), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return r.found
}
