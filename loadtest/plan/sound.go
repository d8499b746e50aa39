package plan

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

func (p Plan) validateJourneys(fs *Faults) {
	if len(p.Journeys) == 0 {
		fs.add("journeys", "write at least one, such as {steps: [{get: /}]}", "there is no journey")
	}
	p.Auth.validate(fs, "auth")
	sum := 0
	seen := map[string]string{}
	for i, j := range p.Journeys {
		path := fmt.Sprintf("journeys[%d]", i)
		if j.Weight < 0 || j.Weight > MaxWeights {
			fs.add(path+".weight", fmt.Sprintf("write a whole number from 1 to %d", MaxWeights), "%d is no weight", j.Weight)
		} else {
			sum += j.weight()
		}
		if len(j.Steps) == 0 {
			fs.add(path+".steps", "write one step, such as {get: /}", "there is no step")
		}
		known := p.values()
		for k, s := range j.Steps {
			at := fmt.Sprintf("%s.steps[%d]", path, k)
			s.validate(fs, at, seen)
			s.validateNames(fs, at, known)
			for _, name := range slices.Sorted(maps.Keys(s.Capture)) {
				known[name] = true
			}
		}
	}
	if sum > MaxWeights {
		fs.add("journeys", "divide all weights by the same number", "the weights add to %d, more than %d", sum, MaxWeights)
	}
}

// The values that every start has.
const (
	startValue  = "start"  // its number
	uniqueValue = "unique" // a text that no other start has
)

// values are the names that a journey knows before its first step.
func (p Plan) values() map[string]bool {
	known := map[string]bool{startValue: true, uniqueValue: true}
	for _, f := range p.Feeders {
		for _, column := range f.Columns {
			known[f.Name+"."+column] = true
		}
	}
	return known
}

func (s Step) validate(fs *Faults, path string, seen map[string]string) {
	verb, verbs := "", 0
	for _, v := range s.verbs() {
		if v.path != "" {
			verb, verbs = "."+strings.ToLower(v.method), verbs+1
		}
	}
	if verbs == 0 {
		fs.add(path, "write get or post with a path, such as {get: /search?q=noodles}", "the step requests nothing")
		return
	}
	if verbs > 1 {
		fs.add(path, "keep one of get, post, put, patch, delete, head and options", "the step has %d verbs", verbs)
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
	s.validateBody(fs, path, verb)
	s.validateHeaders(fs, path+".headers")
	s.Auth.validate(fs, path+".auth")
	s.validateExpect(fs, path+".expect")
	for _, name := range slices.Sorted(maps.Keys(s.Capture)) {
		at := path + ".capture." + clip(name)
		switch {
		case !valueName(name) || strings.Contains(name, "."):
			fs.add(at, "use letters, digits, - and _", "%q is no name for a value", clip(name))
		case name == startValue || name == uniqueValue:
			fs.add(at, "give it another name", "%q is there already", name)
		}
		if _, err := ParseSource(s.Capture[name]); err != nil {
			fault(fs, at, err)
		}
	}
	if s.Wait.From < 0 || s.Wait.To < s.Wait.From || s.Wait.To > MaxLength {
		fs.add(path+".wait", "write a time such as 2s, or two such as 1s..3s", "%v is no time to wait", s.Wait)
	}
}

// fault adds an error that may be a Fault without a path.
func fault(fs *Faults, path string, err error) {
	var f Fault
	if errors.As(err, &f) {
		fs.add(path, f.Remedy, "%s", f.Problem)
		return
	}
	fs.add(path, "correct it", "%v", err)
}

func (s Step) validateBody(fs *Faults, path, verb string) {
	var bodies []string
	for _, b := range []struct {
		key string
		set bool
	}{{"json", s.JSON != nil}, {"form", len(s.Form) > 0}, {"multipart", len(s.Multipart) > 0}, {"body", s.Body != ""}} {
		if b.set {
			bodies = append(bodies, b.key)
		}
	}
	if len(bodies) > 0 && (verb == ".get" || verb == ".head" || verb == ".options") {
		fs.add(path+verb, "use post, or remove the body", "%s %s carries no body", map[bool]string{true: "an", false: "a"}[verb == ".options"], strings.ToUpper(verb[1:]))
	}
	if len(bodies) > 1 {
		fs.add(path+"."+bodies[1], "keep one of "+strings.Join(bodies, " and "), "the step has both %s", strings.Join(bodies, " and "))
	}
	for i, p := range s.Multipart {
		at := fmt.Sprintf("%s.multipart[%d]", path, i)
		switch {
		case p.Name == "":
			fs.add(at, "write {name: title, text: ...} or {name: photo, file: photo.jpg}", "the part has no name")
		case p.File != "" && p.Text != "":
			fs.add(at, "keep one of text and file", "the part has both text and file")
		case strings.ContainsAny(p.Type, "\r\n\x00"):
			fs.add(at+".type", "write one such as image/jpeg", "the type has a line break")
		}
	}
	if len(bodies) == 1 {
		_, _, _, err := s.Content()
		var f Fault
		if errors.As(err, &f) {
			fault(fs, path+"."+bodies[0], err)
		} else if err != nil {
			fs.add(path+".json", "use texts, numbers, truth values, lists and mappings", "it cannot be written as JSON: %v", err)
		}
	}
}

func (s Step) validatePath(fs *Faults, path string) {
	p := s.Path()
	text, err := ParseText(p)
	if err != nil {
		fault(fs, path, err)
		return
	}
	u, err := url.Parse(string(text.Append(nil, func(string) string { return "x" }, InPath)))
	switch {
	case strings.HasPrefix(p, "{{"): // an address that the target told
	case err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(p, "/") || strings.ContainsAny(p, " \t\r\n"):
		fs.add(path, "write a path that begins with one /, such as /search?q=noodles; the host belongs in target", "%q is no path", clip(p))
	case u.Fragment != "":
		fs.add(path, "remove what follows the #", "%q holds a fragment, which is never sent", clip(p))
	}
}

// framing headers describe the message rather than the request, and are set by
// the client that writes it.
var framing = map[string]bool{"Content-Length": true, "Transfer-Encoding": true, "Connection": true, "Trailer": true, "Upgrade": true}

func (s Step) validateHeaders(fs *Faults, path string) {
	for _, name := range slices.Sorted(maps.Keys(s.Headers)) {
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
		default:
			if _, err := ParseText(s.Headers[name]); err != nil {
				fault(fs, at, err)
			}
		}
	}
}

func (s Step) validateExpect(fs *Faults, path string) {
	e := s.Expect
	if e.Status != 0 && (e.Status < 200 || e.Status > 599) {
		fs.add(path+".status", "write a status from 200 to 599, such as 201", "%d is no final status", e.Status)
	}
	for i, text := range e.Contains {
		if _, err := ParseText(text); err != nil {
			fault(fs, fmt.Sprintf("%s.contains[%d]", path, i), err)
		} else if text == "" {
			fs.add(fmt.Sprintf("%s.contains[%d]", path, i), "write a text, or leave it out", "every body holds the empty text")
		}
	}
	for _, place := range slices.Sorted(maps.Keys(e.JSON)) {
		at := path + ".json." + clip(place)
		if !strings.HasPrefix(place, "$") {
			fs.add(at, "write a place such as $.items[0].id", "%q is no JSONPath", clip(place))
		} else if _, err := ParseSource(place); err != nil {
			fault(fs, at, err)
		}
		if text, is := e.JSON[place].(string); is {
			if _, err := ParseText(text); err != nil {
				fault(fs, at, err)
			}
		}
	}
	if s.Head != "" && (len(e.Contains) > 0 || len(e.JSON) > 0) {
		fs.add(path, "expect a status only", "a HEAD is answered without a body")
	}
}

// texts are all the texts of the step that values may fill, with where they stand.
// A text that cannot be read is left out.
func (s Step) texts() []struct {
	path string
	text Text
} {
	var all []struct {
		path string
		text Text
	}
	add := func(path, text string) {
		if t, err := ParseText(text); err == nil {
			all = append(all, struct {
				path string
				text Text
			}{path, t})
		}
	}
	add("."+strings.ToLower(s.Method()), s.Path())
	for _, name := range slices.Sorted(maps.Keys(s.Headers)) {
		add(".headers."+clip(name), s.Headers[name])
	}
	body, _, _, err := s.Content()
	if err == nil {
		key := ".body"
		switch {
		case s.JSON != nil:
			key = ".json"
		case len(s.Form) > 0:
			key = ".form"
		case len(s.Multipart) > 0:
			key = ".multipart"
		}
		all = append(all, struct {
			path string
			text Text
		}{key, body})
	}
	for i, text := range s.Expect.Contains {
		add(fmt.Sprintf(".expect.contains[%d]", i), text)
	}
	for _, place := range slices.Sorted(maps.Keys(s.Expect.JSON)) {
		if text, is := s.Expect.JSON[place].(string); is {
			add(".expect.json."+clip(place), text)
		}
	}
	return all
}

// names are the values that the step wants.
func (s Step) names() []string {
	var names []string
	for _, t := range s.texts() {
		names = append(names, t.text.Names()...)
	}
	return names
}

// validateNames wants every value to be known when the step is sent.
func (s Step) validateNames(fs *Faults, path string, known map[string]bool) {
	for _, t := range s.texts() {
		for _, name := range t.text.Names() {
			variable, is := strings.CutPrefix(name, environment+".")
			if known[name] || is && !strings.Contains(variable, "-") {
				continue
			}
			fs.add(path+t.path, "capture it in an earlier step, or name one of "+strings.Join(slices.Sorted(maps.Keys(known)), ", "), "nothing is called %q here", clip(name))
		}
	}
}
