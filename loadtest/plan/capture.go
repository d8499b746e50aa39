package plan

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/ohler55/ojg/jp"
	"github.com/ohler55/ojg/oj"
)

// Response is what a step got, as far as expectations and captures look at it.
type Response struct {
	Header http.Header
	Body   []byte

	parsed bool
	value  any // of the body as JSON; nil when it is none
}

// json is the body as JSON, parsed once.
func (r *Response) json() any {
	if !r.parsed {
		r.value, _ = oj.Parse(r.Body) // a body that is no JSON holds nothing
		r.parsed = true
	}
	return r.value
}

// Source says where in a response a value is:
//
//	$.items[0].id          a JSONPath (RFC 9535) in a body of JSON
//	header Location        a header
//	cookie sid             a cookie that the response sets
//	match id="([0-9]+)"    what a regular expression finds in the body: its first group, or all of it
//
// The zero value is nowhere.
type Source struct {
	text   string
	path   jp.Expr
	match  *regexp.Regexp
	header string
	cookie string
}

const sourceRemedy = `write a place such as $.items[0].id, "header Location", "cookie sid" or "match id=([0-9]+)"`

// ParseSource reads a place in a response; its error is a Fault without a path.
func ParseSource(text string) (Source, error) {
	fail := func(format string, args ...any) (Source, error) {
		return Source{}, Fault{Problem: fmt.Sprintf("%q: ", clip(text)) + fmt.Sprintf(format, args...), Remedy: sourceRemedy}
	}
	s := Source{text: strings.TrimSpace(text)}
	if strings.HasPrefix(s.text, "$") {
		path, err := jp.ParseString(s.text)
		if err != nil {
			return fail("this is no JSONPath: %v", err)
		}
		s.path = path
		return s, nil
	}
	kind, rest, _ := strings.Cut(s.text, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case rest == "" && (kind == "header" || kind == "cookie" || kind == "match"):
		return fail("what to look for is missing")
	case kind == "header":
		s.header = http.CanonicalHeaderKey(rest)
	case kind == "cookie":
		s.cookie = rest
	case kind == "match":
		match, err := regexp.Compile(rest)
		if err != nil {
			return fail("this is no regular expression: %v", err)
		}
		s.match = match
	default:
		return fail("this is no place in a response")
	}
	return s, nil
}

// String is the place as it was written.
func (s Source) String() string { return s.text }

// Find is the value at the place; found is false when the response holds none. A
// text of JSON comes without its quotes, any other JSON value as JSON.
func (s Source) Find(r *Response) (value string, found bool) {
	switch {
	case s.path != nil:
		v, found := first(s.path, r.json())
		if !found || v == nil {
			return "", false
		}
		return textOf(v), true
	case s.header != "":
		values := r.Header[s.header]
		if len(values) == 0 {
			return "", false
		}
		return values[0], true
	case s.cookie != "":
		for _, line := range r.Header["Set-Cookie"] {
			if c, err := http.ParseSetCookie(line); err == nil && c.Name == s.cookie {
				return c.Value, true
			}
		}
	case s.match != nil:
		if m := s.match.FindSubmatch(r.Body); len(m) > 1 {
			return string(m[1]), true
		} else if m != nil {
			return string(m[0]), true
		}
	}
	return "", false
}

// first is the first value that a path finds. A target's answer must not end a run:
// where the library panics on one, as on a filter by a constant over nothing, it finds
// nothing.
func first(path jp.Expr, in any) (value any, found bool) {
	defer func() {
		if recover() != nil {
			value, found = nil, false
		}
	}()
	return path.FirstFound(in)
}

// textOf is a JSON value as it is filled in elsewhere.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case json.Number:
		return v.String()
	}
	return string(oj.JSON(v, &oj.Options{Sort: true}))
}

// Holds reports whether the value at the place equals a JSON value; a wanted text
// equals what Find would give, so that "7" is also the number 7.
func (s Source) Holds(r *Response, want any) bool {
	if text, is := want.(string); is {
		got, found := s.Find(r)
		return found && got == text
	}
	got, found := first(s.path, r.json())
	return found && reflect.DeepEqual(plainJSON(got), plainJSON(want))
}

// plainJSON brings a value into the form that encoding/json reads, so that values
// of different origins compare.
func plainJSON(v any) any {
	var out any
	text, err := json.Marshal(v)
	if err != nil || json.Unmarshal(text, &out) != nil {
		return v
	}
	return out
}
