package plan

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sort"
	"strings"
)

// Journey is what one visitor does: its steps in order. Of several journeys each
// start takes one, in proportion to the weights.
type Journey struct {
	Name   string // default: the name of its first step
	Weight int    // relative number of starts; default 1
	Steps  []Step
}

// Step is one request of a journey and what must come back.
type Step struct {
	Name    string            // default: the last word of its path; no two steps of a plan share one
	Get     string            // path to GET, with its query; or
	Post    string            // path to POST to
	JSON    any               // body of a POST as a value encoding/json can write; or
	Body    string            // body of a POST as text
	Headers map[string]string // request headers
	Expect  Expect
	Capture map[string]string // values to take from the response; not supported in this version
	Wait    string            // time to think after the response; not supported in this version
}

// Expect is what a response must be for its request to count as ok.
type Expect struct {
	Status int // exact status; 0 accepts any from 200 to 399
}

// MaxWeights bounds the sum of the weights of a plan's journeys.
const MaxWeights = 1_000_000_000

// Method is the HTTP method of the step.
func (s Step) Method() string {
	if s.Post != "" {
		return http.MethodPost
	}
	return http.MethodGet
}

// Path is the path of the step, with its query.
func (s Step) Path() string {
	if s.Post != "" {
		return s.Post
	}
	return s.Get
}

// Label is the step's name, or else the last word of its path: checkout for
// /checkout, search for /search?q=noodles, root for /.
func (s Step) Label() string {
	if s.Name != "" {
		return s.Name
	}
	path, _, _ := strings.Cut(s.Path(), "?")
	words := strings.FieldsFunc(path, func(r rune) bool { return !nameRune(r) })
	if len(words) == 0 {
		return "root"
	}
	return words[len(words)-1]
}

// Payload is the body of the step's request and its content type; both are empty
// when there is none. Its error says that JSON cannot write the value.
func (s Step) Payload() (body []byte, contentType string, err error) {
	if s.JSON != nil {
		body, err = json.Marshal(s.JSON)
		return body, "application/json", err
	}
	if s.Body != "" {
		return []byte(s.Body), "text/plain; charset=utf-8", nil
	}
	return nil, "", nil
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

func validateJourneys(js []Journey) Faults {
	var fs Faults
	if len(js) == 0 {
		fs.add("journeys", "write at least one, such as {steps: [{get: /}]}", "there is no journey")
	}
	sum := 0
	seen := map[string]string{}
	for i, j := range js {
		path := fmt.Sprintf("journeys[%d]", i)
		if j.Weight < 0 || j.Weight > MaxWeights {
			fs.add(path+".weight", fmt.Sprintf("write a whole number from 1 to %d", MaxWeights), "%d is no weight", j.Weight)
		} else {
			sum += j.weight()
		}
		if len(j.Steps) == 0 {
			fs.add(path+".steps", "write one step, such as {get: /}", "there is no step")
		}
		if len(j.Steps) > 1 {
			fs.add(path+".steps", "keep one step, or make each step a journey of its own", "%d steps in one journey are not supported in this version", len(j.Steps))
		}
		for k, s := range j.Steps {
			s.validate(&fs, fmt.Sprintf("%s.steps[%d]", path, k), seen)
		}
	}
	if sum > MaxWeights {
		fs.add("journeys", "divide all weights by the same number", "the weights add to %d, more than %d", sum, MaxWeights)
	}
	return fs
}

func (s Step) validate(fs *Faults, path string, seen map[string]string) {
	verb := ".get"
	switch {
	case s.Get != "" && s.Post != "":
		fs.add(path, "keep one of get and post", "the step has both get and post")
	case s.Get == "" && s.Post == "":
		fs.add(path, "write get or post with a path, such as {get: /search?q=noodles}", "the step requests nothing")
		return
	case s.Post != "":
		verb = ".post"
	}
	s.validatePath(fs, path+verb)
	if name := s.Label(); strings.IndexFunc(name, func(r rune) bool { return !nameRune(r) }) >= 0 {
		fs.add(path+".name", "use letters, digits, - and _", "%q is no name for a step", clip(name))
	} else if _, taken := families[name]; taken {
		fs.add(path+".name", "give the step another name", "%q means something else in a threshold", name)
	} else if first, twice := seen[name]; twice {
		fs.add(path+".name", "give one of the two a name of its own", "%q is also the name of %s", name, first)
	} else {
		seen[name] = path
	}
	if s.Get != "" && (s.JSON != nil || s.Body != "") {
		fs.add(path+".get", "use post, or remove the body", "a GET carries no body")
	}
	if s.JSON != nil && s.Body != "" {
		fs.add(path+".body", "keep one of json and body", "the step has both json and body")
	}
	if body, _, err := s.Payload(); err != nil {
		fs.add(path+".json", "use texts, numbers, truth values, lists and mappings", "it cannot be written as JSON: %v", err)
	} else if strings.Contains(string(body), "{{") && strings.Contains(string(body), "}}") {
		fs.add(path+".json", "write the value itself", "a captured value in {{ }} is not supported in this version")
	}
	s.validateHeaders(fs, path+".headers")
	if c := s.Expect.Status; c != 0 && (c < 200 || c > 599) {
		fs.add(path+".expect.status", "write a status from 200 to 599, such as 201", "%d is no final status", c)
	}
	if len(s.Capture) > 0 {
		fs.add(path+".capture", "remove it and write the value where it is needed", "capturing values is not supported in this version")
	}
	if s.Wait != "" {
		fs.add(path+".wait", "remove it; the curve alone decides when a request is due", "waiting between steps is not supported in this version")
	}
}

func (s Step) validatePath(fs *Faults, path string) {
	p := s.Path()
	u, err := url.Parse(p)
	switch {
	case strings.Contains(p, "{{"):
		fs.add(path, "write the value itself", "a captured value in {{ }} is not supported in this version")
	case err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(p, "/"):
		fs.add(path, "write a path that begins with one /, such as /search?q=noodles; the host belongs in target", "%q is no path", clip(p))
	case u.Fragment != "":
		fs.add(path, "remove what follows the #", "%q holds a fragment, which is never sent", clip(p))
	}
}

// framing headers describe the message rather than the request, and are set by
// the client that writes it.
var framing = map[string]bool{"Content-Length": true, "Transfer-Encoding": true, "Connection": true, "Trailer": true, "Upgrade": true}

func (s Step) validateHeaders(fs *Faults, path string) {
	names := make([]string, 0, len(s.Headers))
	for name := range s.Headers {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		at := path + "." + clip(name)
		token := name != "" && strings.IndexFunc(name, func(r rune) bool {
			return !nameRune(r) && !strings.ContainsRune("!#$%&'*+.^`|~", r)
		}) < 0
		switch {
		case !token:
			fs.add(at, "use letters, digits and -", "%q is no header name", clip(name))
		case framing[http.CanonicalHeaderKey(name)]:
			fs.add(at, "remove it", "this header is set by the client itself")
		case strings.ContainsAny(s.Headers[name], "\r\n\x00"):
			fs.add(at, "keep the value on one line", "the value has a line break")
		}
	}
}

func (j Journey) weight() int {
	if j.Weight == 0 {
		return 1
	}
	return j.Weight
}

// Mix answers which journey start n takes, from n alone.
//
// The weights, divided by their common divisor, add to W, and W slots are dealt
// to the journeys in order. Start n takes slot (n·s + offset) mod W, with a
// stride s that shares no divisor with W: any W starts in a row visit every slot
// once, so every window of W starts has each journey exactly in proportion. The
// stride is the one nearest to W divided by the golden ratio, which spreads each
// journey evenly inside the window as well (Knuth, The Art of Computer
// Programming 3, "Hashing", on multiplicative sequences).
type Mix struct {
	ends   []uint64 // ends[i] is one past the last slot of journey i
	stride uint64
	offset uint64
}

// NewMix prepares the choice among sound journeys; the seed turns the wheel to
// another slot for start 0 and changes nothing else.
func NewMix(journeys []Journey, seed uint64) Mix {
	var divisor uint64
	for _, j := range journeys {
		divisor = gcd(uint64(j.weight()), divisor)
	}
	var m Mix
	var sum uint64
	for _, j := range journeys {
		sum += uint64(j.weight()) / divisor
		m.ends = append(m.ends, sum)
	}
	const golden = 0.6180339887498949 // (√5−1)/2
	ideal := uint64(float64(sum) * golden)
	for away := uint64(0); ; away++ {
		if gcd(ideal+away, sum) == 1 {
			m.stride = ideal + away
			break
		}
		if away <= ideal && gcd(ideal-away, sum) == 1 {
			m.stride = ideal - away
			break
		}
	}
	m.offset = seed % sum
	return m
}

// Pick is the index of the journey that start n takes.
func (m Mix) Pick(n int64) int {
	if len(m.ends) == 1 {
		return 0
	}
	sum := m.ends[len(m.ends)-1]
	slot := (uint64(n)%sum*m.stride + m.offset) % sum
	return sort.Search(len(m.ends), func(i int) bool { return m.ends[i] > slot })
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
