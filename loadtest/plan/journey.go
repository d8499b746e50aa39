package plan

import (
	"net/http"
	"strings"
)

// Journey is what one visitor does: its steps in order. Of several journeys each
// start takes one, in proportion to the weights.
type Journey struct {
	Name   string // default: the name of its first step
	Weight int    // relative number of starts; default 1
	Steps  []Step
}

// Step is one request of a journey and what must come back. Exactly one of its
// verbs carries a path, with its query. Paths, headers, bodies and expected texts
// may hold places such as {{item}}, which values fill: those captured in earlier
// steps of the journey, columns of feeders ({{user.email}}), variables of the
// environment ({{env.TOKEN}}), the number of the journey's start ({{start}}) and a
// text that no other start of the run has ({{unique}}).
type Step struct {
	Name      string // default: the last word of its path; no two steps of a plan share one
	Get       string
	Post      string
	Put       string
	Patch     string
	Delete    string
	Head      string
	Options   string
	JSON      any               // body as a value encoding/json can write; or
	Form      map[string]string // body as the fields of a form; or
	Multipart []Part            // body as the parts of a form, which may be files; or
	Body      string            // body as text
	Headers   map[string]string
	Auth      Auth // default: the plan's
	Expect    Expect
	Capture   map[string]string // values to take from the response, by name: see Source
	Wait      Wait              // time to think after the response, before the next step is due
}

// Expect is what a response must be for its request to count as ok.
type Expect struct {
	Status   int            // exact status; 0 accepts any from 200 to 399
	Contains []string       // texts that the body holds
	JSON     map[string]any // values at places in a body of JSON, by JSONPath
}

// MaxWeights bounds the sum of the weights of a plan's journeys.
const MaxWeights = 1_000_000_000

// verbs are the ways a step may ask, each with the path it carries.
func (s Step) verbs() []struct{ method, path string } {
	return []struct{ method, path string }{
		{http.MethodGet, s.Get}, {http.MethodPost, s.Post}, {http.MethodPut, s.Put}, {http.MethodPatch, s.Patch},
		{http.MethodDelete, s.Delete}, {http.MethodHead, s.Head}, {http.MethodOptions, s.Options},
	}
}

// Method is the HTTP method of the step.
func (s Step) Method() string {
	for _, v := range s.verbs() {
		if v.path != "" {
			return v.method
		}
	}
	return http.MethodGet
}

// Path is the path of the step, with its query.
func (s Step) Path() string {
	for _, v := range s.verbs() {
		if v.path != "" {
			return v.path
		}
	}
	return ""
}

// Label is the step's name, or else the last word of its path: checkout for
// /checkout, search for /search?q=noodles, root for /.
func (s Step) Label() string {
	if s.Name != "" {
		return s.Name
	}
	path, _, _ := strings.Cut(s.Path(), "?")
	for strings.Contains(path, "{{") && strings.Contains(path, "}}") { // what is filled in names nothing
		before, after, _ := strings.Cut(path, "{{")
		_, behind, _ := strings.Cut(after, "}}")
		path = before + behind
	}
	words := strings.FieldsFunc(path, func(r rune) bool { return !nameRune(r) })
	if len(words) == 0 {
		return "root"
	}
	return words[len(words)-1]
}

// Steps lists the steps of all journeys in order, each with its name filled in.
func (p Plan) Steps() []Step {
	var all []Step
	for _, j := range p.Journeys {
		for _, s := range j.Steps {
			s.Name = s.Label()
			all = append(all, s)
		}
	}
	return all
}

func nameRune(r rune) bool {
	return r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// Label is the journey's name, or else that of its first step.
func (j Journey) Label() string {
	if j.Name != "" || len(j.Steps) == 0 {
		return j.Name
	}
	return j.Steps[0].Label()
}

func (j Journey) weight() int {
	if j.Weight == 0 {
		return 1
	}
	return j.Weight
}
