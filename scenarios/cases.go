package scenarios

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"flywheel/models"
)

// Case is one theory case of a file, as plain values: what is missing is zero.
type Case struct {
	ID       string
	Model    string
	Params   map[string]any // int64, float64, bool, string, []any or map[string]any
	Simulate SimulateSettings

	File string
	Line int // where the case begins, from 1
}

// SimulateSettings say how to simulate a case; what is left zero is for the reader to choose.
type SimulateSettings struct {
	N            []int64   // people of each side
	Clock        string    // such as sync
	Revision     float64   // probability of revising in a period
	Replications int       // independent runs
	Periods      int       // periods watched
	BurnIn       int       // periods before them
	Start        []float64 // shares at period 0
	Engine       string    // engine that runs it
}

// LoadCases reads a file of theory cases. What a case says about theory is not known here:
// check, when it is not nil, is shown the cases, one for each item of the file, and its
// models.Faults, with paths such as "[0].params.gamma", become problems at their lines. The
// error is a *NotFoundError when there is no such file, Problems, all of them, when it is
// faulty, and any other error of check as it is.
func LoadCases(path string, check func([]Case) error) ([]Case, error) {
	text, err := openFile(path)
	if err != nil {
		return nil, err
	}
	return ReadCases(path, text, check)
}

// ReadCases is LoadCases for a text that is in memory already; file is the name that
// problems quote.
func ReadCases(file string, text []byte, check func([]Case) error) ([]Case, error) {
	r := report{files: []string{file}, least: "write a list of cases, such as - {id: mine, model: bass, params: {p: 0.03, q: 0.38}}"}
	raw := parse(&r, place{file: file}, text)
	if raw == nil {
		return nil, r.err()
	}
	form := caseForm()
	tree := form.fill(&r, form.read(&r, raw), raw.at)
	cases := []Case{}
	for _, n := range tree.items {
		cases = append(cases, aCase(&r, n))
	}
	if tree.kind == list && len(cases) == 0 {
		r.add(tree.at, r.least, "the list is empty")
	}
	if check != nil {
		err := check(cases)
		var faults models.Faults
		if err != nil && !errors.As(err, &faults) {
			return nil, err
		}
		locateCases(&r, tree, faults)
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return cases, nil
}

// caseForm is what a file of cases may say.
func caseForm() *rows {
	some := func(item form) *rows { return &rows{item: item, alone: true} }
	return &rows{about: "a list of cases, each {id, model, params, simulate}", item: &record{name: "a case", fields: []field{
		{key: "id", form: aText, required: "name the case, such as id: mine-1", about: "What the case is called; its luck is drawn from it."},
		{key: "model", form: aText, required: "name a theory model, such as model: bass", about: "Model of the theory."},
		{key: "params", form: &openMapping{free{about: "{PARAMETER: a number, a word or a list}"}}, preset: "{}", source: off, about: "Parameters of the model by name; `.inf` is a number."},
		{key: "simulate", preset: "{}", about: "How it is simulated; what is left out is chosen so that the case is judged well.", form: &record{name: "a simulation", fields: []field{
			{key: "N", form: some(aWhole), unit: "people", about: "People of each side."},
			{key: "clock", form: aText, about: "Clock of the simulation, such as sync."},
			{key: "revision", form: aNumber, unit: "probability per period", about: "Probability of revising in a period."},
			{key: "replications", form: aWhole, unit: "runs", about: "Independent runs."},
			{key: "periods", form: aWhole, unit: "periods", about: "Periods watched."},
			{key: "burn_in", form: aWhole, unit: "periods", about: "Periods before those watched."},
			{key: "start", form: some(aNumber), unit: "share", about: "Shares at period 0."},
			{key: "engine", form: aText, about: "Engine that simulates it."},
		}}},
	}}}
}

func aCase(r *report, n *node) Case {
	s := n.get("simulate")
	c := Case{
		ID: textOf(n.get("id")), Model: textOf(n.get("model")), Params: map[string]any{}, File: n.at.file, Line: n.at.line,
		Simulate: SimulateSettings{
			Clock: textOf(s.get("clock")), Engine: textOf(s.get("engine")), Revision: number(s.get("revision")),
			Replications: int(clamp(whole64(s.get("replications")))), Periods: int(clamp(whole64(s.get("periods")))), BurnIn: int(clamp(whole64(s.get("burn_in")))),
		},
	}
	for _, key := range []string{"replications", "periods", "burn_in", "revision"} {
		example := "1 or more"
		if key == "revision" {
			example = "a number above 0"
		}
		atLeastOne(r, s.get(key), example)
	}
	for _, item := range items(s.get("N")) {
		c.Simulate.N = append(c.Simulate.N, whole64(item))
	}
	for _, item := range items(s.get("start")) {
		c.Simulate.Start = append(c.Simulate.Start, number(item))
	}
	for _, e := range entriesOf(n.get("params")) {
		c.Params[e.key] = plain(e.value)
	}
	return c
}

// plain is a free value as Go holds it.
func plain(n *node) any {
	switch n.kind {
	case list:
		values := make([]any, len(n.items))
		for i, item := range n.items {
			values[i] = plain(item)
		}
		return values
	case mapping:
		values := map[string]any{}
		for _, e := range n.entries {
			values[e.key] = plain(e.value)
		}
		return values
	case scalar:
		if value, is := truth(n); is {
			return value
		}
		if n.isText {
			return n.text
		}
		if whole, err := strconv.ParseInt(n.text, 10, 64); err == nil {
			return whole
		}
		if bare := strings.ToLower(strings.TrimLeft(n.text, "+-")); bare == infinite {
			sign := 1
			if n.text[0] == '-' {
				sign = -1
			}
			return math.Inf(sign)
		}
		return number(n)
	}
	return nil
}

// locateCases turns the faults of cases into problems at their lines. What follows from a
// value that was lost already is left out.
func locateCases(r *report, tree *node, faults models.Faults) {
	for _, f := range faults {
		n, at := whereabouts(tree, f.Path)
		if n.kind == lost || n.at == at && !n.intact() {
			continue
		}
		// A parameter is quoted at its name, for that may be what is wrong with it.
		if path := steps(f.Path); len(path) == 3 && path[1] == "params" {
			params, _ := find(tree, path[:2])
			if e := params.entry(path[2]); e.value != nil {
				at = e.at
			}
		}
		remedy := f.Remedy
		if f.Name != "" {
			remedy = meant(f.Name, f.Known)
		}
		r.add(at, remedy, "%s", f.Problem)
	}
}
