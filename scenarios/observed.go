package scenarios

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"flywheel/sim/study"
)

// Observed are series that were observed in the world, beside a scenario: what flywheel fit fits
// to, and what expectations hold the scenario to.
type Observed struct {
	Data   string        // the file's path, or the name of one of the library's
	Train  string        // FROM:TO, in periods or dates, that numbers were fitted to; empty: all outside Test
	Test   string        // FROM:TO that was held out; empty: all outside Train
	Errors string        // additive or relative
	Fitted []study.Input // the numbers that were fitted, with their ranges

	folder string // that the path is relative to
}

func anObserved() *record {
	return &record{name: "what was observed", fields: []field{
		{key: "data", form: aText, required: "name a file of comma-separated values", about: "File of observed series, relative to this scenario; or the name of one that comes with the program."},
		{key: "train", form: aText, about: "Stretch FROM:TO, in periods or dates, that the numbers were fitted to."},
		{key: "test", form: aText, about: "Stretch that was held out."},
		{key: "errors", form: oneOf(string(study.Additive), string(study.Relative)), preset: string(study.Additive), source: definition,
			about: "What errors are taken for: additive, of one size for each series, or relative, of logarithms."},
		{key: "fitted", form: &rows{item: aFitted(), about: "a list of {path, from, to}"}, preset: "[]", source: off, about: "The numbers that were fitted."},
	}}
}

func aFitted() *record {
	return &record{name: "a fitted number", fields: []field{
		{key: "path", form: aText, required: "name the number, such as segments.riders.aware.q", about: "The number, as --set addresses it."},
		{key: "from", form: aNumber, required: "write the lowest number", about: "Lowest number that the fit may try."},
		{key: "to", form: aNumber, required: "write the highest number", about: "Highest number."},
	}}
}

// observe reads what was observed; the data themselves are read by those who need them.
func (s *Scenario) observe(r *report) {
	n := s.tree.get("observed")
	if n == nil || n.kind != mapping || !n.intact() {
		return
	}
	data := n.get("data")
	o := &Observed{Data: textOf(data), Train: textOf(n.get("train")), Test: textOf(n.get("test")), Errors: textOf(n.get("errors")), folder: filepath.Dir(data.at.file)}
	for _, item := range items(n.get("fitted")) {
		in := study.Input{Path: textOf(item.get("path")), Lo: number(item.get("from")), Hi: number(item.get("to"))}
		value, suffix, problem := s.standing(in.Path)
		switch {
		case problem != "":
			r.add(item.get("path").at, "name a number that the scenario has, such as platforms.A.fee", "%s", problem)
		case !(in.Lo < in.Hi):
			r.add(item.get("to").at, "let it end above where it begins", "%g to %g is no range", in.Lo, in.Hi)
		case value < in.Lo || value > in.Hi:
			r.add(item.get("path").at, "widen the range", "%s is %g, outside %g to %g", in.Path, value, in.Lo, in.Hi)
		default:
			in.Suffix = suffix
			o.Fitted = append(o.Fitted, in)
		}
	}
	s.Observed = o
}

// Open reads the observed series, and tells the name that they are quoted by.
func (o *Observed) Open() (text []byte, name string, err error) {
	if !strings.HasSuffix(o.Data, ".csv") {
		return Data(o.Data)
	}
	name = o.Data
	if !filepath.IsAbs(name) {
		name = filepath.Join(o.folder, name)
	}
	text, err = os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, name, &NotFoundError{Name: name, file: true}
	}
	return text, name, err
}

// DataSets lists the names of the observed series that come with the program, in the order of
// the alphabet.
func DataSets() []string {
	entries, err := shelf.ReadDir("library/data")
	if err != nil {
		panic("bug: the library's data are not embedded: " + err.Error())
	}
	var list []string
	for _, e := range entries {
		list = append(list, strings.TrimSuffix(e.Name(), ".csv"))
	}
	slices.Sort(list)
	return list
}

// Data is the text of observed series that come with the program, and the file name that they
// are quoted by.
func Data(name string) (text []byte, file string, err error) {
	if !slices.Contains(DataSets(), name) {
		return nil, "", fmt.Errorf("no data set of the library is called %q; %s", clip(name), meant(name, DataSets()))
	}
	text, err = shelf.ReadFile("library/data/" + name + ".csv")
	return text, name + ".csv", err
}
