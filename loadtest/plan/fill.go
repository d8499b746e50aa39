package plan

import (
	"fmt"
	"net/url"
	"strings"
)

// Text is a text with places that a journey fills in: {{item}} stands for the value
// called item. The zero value is empty.
type Text struct {
	parts []part
}

// part is a literal, or the name of the value that stands in its place.
type part struct{ literal, name string }

// Escape is how a value is written where it stands.
type Escape int

// The ways to write a value.
const (
	AsIs     Escape = iota
	InPath          // of an address, or in its query once a ? has come; at the beginning, a whole address
	InJSON          // inside a JSON text
	InForm          // as a field of a form
	InHeader        // on one line
)

// ParseText reads a text with places such as {{item}} or {{user.email}}; its error
// is a Fault without a path.
func ParseText(text string) (Text, error) {
	var t Text
	for rest := text; rest != ""; {
		before, after, found := strings.Cut(rest, "{{")
		if before != "" {
			t.parts = append(t.parts, part{literal: before})
		}
		if !found {
			break
		}
		name, behind, closed := strings.Cut(after, "}}")
		name = strings.TrimSpace(name)
		switch {
		case !closed:
			return Text{}, Fault{Problem: fmt.Sprintf("%q opens {{ and never closes it", clip(text)), Remedy: "write the name of a value between {{ and }}, such as {{item}}"}
		case !valueName(name):
			return Text{}, Fault{Problem: fmt.Sprintf("%q is no name of a value", clip(name)), Remedy: "write a name between {{ and }}, such as {{item}} or {{user.email}}"}
		}
		t.parts = append(t.parts, part{name: name})
		rest = behind
	}
	return t, nil
}

// Literal is a text without places, whatever stands in it.
func Literal(text string) Text { return Text{parts: []part{{literal: text}}} }

func valueName(name string) bool {
	first, second, both := strings.Cut(name, ".")
	plain := func(s string) bool {
		return s != "" && strings.IndexFunc(s, func(r rune) bool { return !nameRune(r) }) < 0
	}
	return plain(first) && (!both || plain(second))
}

// Names are the values that the text wants, in order, each once.
func (t Text) Names() []string {
	var names []string
	seen := map[string]bool{}
	for _, p := range t.parts {
		if p.name != "" && !seen[p.name] {
			names, seen[p.name] = append(names, p.name), true
		}
	}
	return names
}

// Plain reports whether there is nothing to fill in.
func (t Text) Plain() bool { return len(t.Names()) == 0 }

// String is the text as it was written.
func (t Text) String() string {
	var b strings.Builder
	for _, p := range t.parts {
		if p.name != "" {
			b.WriteString("{{" + p.name + "}}")
		} else {
			b.WriteString(p.literal)
		}
	}
	return b.String()
}

// Append appends the text with its values, each written the way its place asks for.
func (t Text) Append(dst []byte, value func(name string) string, e Escape) []byte {
	query := false
	for i, p := range t.parts {
		if p.name == "" {
			dst = append(dst, p.literal...)
			query = query || strings.Contains(p.literal, "?")
			continue
		}
		switch v := value(p.name); {
		case e == InPath && i == 0: // a whole address, as the target told it
			query = strings.Contains(v, "?")
			for i := range len(v) {
				if v[i] > ' ' && v[i] != 0x7f {
					dst = append(dst, v[i])
				}
			}
		case e == InForm || e == InPath && query:
			dst = append(dst, url.QueryEscape(v)...)
		case e == InPath:
			dst = append(dst, url.PathEscape(v)...)
		case e == InJSON:
			quoted := jsonText(v)
			dst = append(dst, quoted[1:len(quoted)-1]...)
		case e == InHeader:
			for i := range len(v) {
				if v[i] >= ' ' && v[i] != 0x7f || v[i] == '\t' {
					dst = append(dst, v[i])
				}
			}
		default:
			dst = append(dst, v...)
		}
	}
	return dst
}

// formText is the fields of a form, in the order of their names, as a text.
func formText(names []string, fields map[string]string) (Text, error) {
	var t Text
	for i, name := range names {
		lead := url.QueryEscape(name) + "="
		if i > 0 {
			lead = "&" + lead
		}
		t.parts = append(t.parts, part{literal: lead})
		value, err := ParseText(fields[name])
		if err != nil {
			return Text{}, err
		}
		for _, p := range value.parts {
			t.parts = append(t.parts, part{url.QueryEscape(p.literal), p.name})
		}
	}
	return t, nil
}
