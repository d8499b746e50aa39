package loadtest

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"flywheel/loadtest/plan"
)

// numberHeader carries a request's number to the target, whose own log can then
// be matched with the schedule: the number of the journey's start.
const numberHeader = "X-Flywheel-Start"

// agent is the default User-Agent, so that an operator can tell who presses.
const agent = "flywheel-load"

// script is a plan's journeys made ready to be performed many times by any number
// of goroutines. It holds what the steps send, what must come back, and where the
// values come from that journeys fill in.
type script struct {
	seed    uint64
	target  *url.URL
	mix     plan.Mix
	steps   []errand
	journey []int // by step: the journey it belongs to
	first   []int // by journey: its first step
	count   []int // by journey: its steps
	columns map[string]tableColumn
	secret  func(variable string) string
}

// tableColumn is one column of a feeder.
type tableColumn struct {
	feeder plan.Feeder
	index  int
}

// errand is a step made ready to be sent many times.
type errand struct {
	method string
	base   string // before the path
	uri    plan.Text
	told   bool // the path is an address that the target told, with the base in it
	host   string
	header []field
	body   plan.Text
	escape plan.Escape
	sends  bool // a body, if only an empty one

	status   int // expected
	contains []plan.Text
	equals   []equal
	captures []capture
	wait     plan.Wait

	looksInside bool     // at the response's body
	replayable  bool     // the target may be asked twice (RFC 9110, section 9.2.2)
	fixed       *message // the request, when it is always the same
	raw         []byte   // the same as HTTP/1.1 writes it, up to the value of the number header
}

// field is one header of a request.
type field struct {
	name  string
	value plan.Text
}

// equal is a value that must stand at a place in a response.
type equal struct {
	at   plan.Source
	want any       // or
	text plan.Text // filled in
}

type capture struct {
	name string
	from plan.Source
}

// session is one visitor on a journey of several steps.
type session struct {
	began  time.Duration // when the first step was due
	values map[string]string
	jar    *cookiejar.Jar // nil before the first cookie
}

func newScript(target *url.URL, p plan.Plan, o Options) (*script, error) {
	sc := &script{seed: o.Seed, target: target, mix: plan.NewMix(p.Journeys, o.Seed), columns: map[string]tableColumn{}}
	sc.secret = func(variable string) string {
		value, _ := o.secret(variable)
		return value
	}
	for _, f := range p.Feeders {
		for i, name := range f.Columns {
			sc.columns[f.Name+"."+name] = tableColumn{f, i}
		}
	}
	for i, j := range p.Journeys {
		sc.first, sc.count = append(sc.first, len(sc.steps)), append(sc.count, len(j.Steps))
		for _, s := range j.Steps {
			e, err := sc.errand(target, s, p.AuthOf(s))
			if err != nil {
				return nil, fmt.Errorf("bug: step %s passed validation: %w", s.Label(), err)
			}
			sc.steps, sc.journey = append(sc.steps, e), append(sc.journey, i)
		}
	}
	return sc, nil
}

func (sc *script) errand(target *url.URL, s plan.Step, auth plan.Auth) (e errand, err error) {
	text := func(from string) plan.Text {
		t, fault := plan.ParseText(from)
		if fault != nil {
			err = fault
		}
		return t
	}
	source := func(from string) plan.Source {
		at, fault := plan.ParseSource(from)
		if fault != nil {
			err = fault
		}
		return at
	}
	e = errand{
		told:   strings.HasPrefix(s.Path(), "{{"),
		method: s.Method(), uri: text(s.Path()), base: strings.TrimSuffix(target.EscapedPath(), "/"), host: target.Host,
		status: s.Expect.Status, wait: s.Wait, replayable: s.Post == "" && s.Patch == "",
	}
	var kind string
	var fault error
	if e.body, e.escape, kind, fault = s.Content(); fault != nil {
		return e, fault
	}
	e.sends = kind != "" || s.Post != "" || s.Put != "" || s.Patch != ""
	header := map[string]plan.Text{"User-Agent": text(agent)}
	if kind != "" {
		header["Content-Type"] = text(kind)
	}
	if value := auth.Header(sc.secret); value != "" {
		header["Authorization"] = plan.Literal(value)
	}
	for name, value := range s.Headers {
		if strings.EqualFold(name, "Host") {
			e.host = value
		} else {
			header[http.CanonicalHeaderKey(name)] = text(value)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(header)) {
		e.header = append(e.header, field{name, header[name]})
	}
	for _, t := range s.Expect.Contains {
		e.contains = append(e.contains, text(t))
	}
	for place, want := range s.Expect.JSON {
		q := equal{at: source(place), want: want}
		if t, is := want.(string); is {
			q.want, q.text = nil, text(t)
		}
		e.equals = append(e.equals, q)
	}
	for name, from := range s.Capture {
		e.captures = append(e.captures, capture{name, source(from)})
	}
	e.looksInside = len(e.contains)+len(e.equals)+len(e.captures) > 0
	if err == nil && e.constant() {
		m := e.message(func(string) string { return "" })
		e.fixed, e.raw = &m, m.head(nil)
	}
	return e, err
}

// constant reports whether the errand always sends the same request.
func (e *errand) constant() bool {
	plain := e.uri.Plain() && e.body.Plain()
	for _, f := range e.header {
		plain = plain && f.value.Plain()
	}
	return plain
}

// begin is the first task of a journey.
func (sc *script) begin(number int64, due time.Duration) task {
	journey := sc.mix.Pick(number)
	t := task{number: number, step: sc.first[journey], due: due}
	if sc.count[journey] > 1 {
		t.session = &session{began: due}
	}
	return t
}

// value is what a name stands for in the journey that a task belongs to.
func (sc *script) value(t task) func(name string) string {
	return func(name string) string {
		if t.session != nil {
			if v, captured := t.session.values[name]; captured {
				return v
			}
		}
		if c, is := sc.columns[name]; is {
			return c.feeder.Value(sc.seed, t.number, c.index)
		}
		if variable, is := strings.CutPrefix(name, "env."); is {
			return sc.secret(variable)
		}
		switch name {
		case "start":
			return strconv.FormatInt(t.number, 10)
		case "unique":
			return plan.Unique(sc.seed, t.number)
		}
		panic("bug: the value " + name + " passed validation and is not there")
	}
}

// last is the step that ends a journey.
func (sc *script) last(journey int) int { return sc.first[journey] + sc.count[journey] - 1 }
