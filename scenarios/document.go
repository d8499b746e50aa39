package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"
)

// The bounds a document is held to; the largest honest scenario is far below them.
const (
	maxBytes  = 4 << 20
	maxValues = 500_000 // after aliases are written out
	maxDepth  = 64
)

// parse reads one YAML document into raw nodes, aliases and merge keys written out. It
// returns nil when the text is no such document; the report then says why. Columns of the
// first line and all paths are moved by what stands before the text.
func parse(r *report, start place, text []byte) *node {
	if len(text) > maxBytes {
		r.add(start, "write settings here, and data elsewhere", "the document has %d bytes, more than %d", len(text), maxBytes)
		return nil
	}
	if !utf8.Valid(text) {
		r.add(start, "save it as UTF-8", "the document is not UTF-8 text")
		return nil
	}
	if at, found := control(text); found != 0 {
		r.add(start.moved(at.line, at.column), "remove it", "the character %U cannot stand in a text file", found)
		return nil
	}
	loader, err := yaml.NewLoader(bytes.NewReader(text))
	if err != nil {
		panic("bug: the YAML reader refuses its own defaults: " + err.Error())
	}
	var doc, second yaml.Node
	if err := loader.Load(&doc); err == io.EOF || (err == nil && len(doc.Content) == 0) {
		return nothing(r, start)
	} else if err != nil {
		syntax(r, start, text, err)
		return nil
	}
	c := converter{report: r, start: start}
	if err := loader.Load(&second); err == nil {
		at := c.place(&second, "")
		r.add(at, "keep one document in a file", "a second document begins here")
		return nil
	} else if err != io.EOF {
		syntax(r, start, text, err)
		return nil
	}
	root := c.convert(doc.Content[0], start.path, 0)
	if c.stopped {
		return nil
	}
	if root.kind == absent {
		return nothing(r, start)
	}
	return root
}

// control is the first control character of a text that is none of tab, newline and return.
func control(text []byte) (at place, found rune) {
	at = place{line: 1, column: 1}
	for _, c := range string(text) {
		switch {
		case c == '\n':
			at.line, at.column = at.line+1, 0
		case unicode.IsControl(c) && c != '\t' && c != '\r' && c != '\u0085':
			return at, c
		}
		at.column++
	}
	return at, 0
}

func nothing(r *report, start place) *node {
	remedy := r.least
	if remedy == "" {
		remedy = "say at least name, horizon, one platform and one segment"
	}
	r.add(start, remedy, "the document is empty")
	return nil
}

// syntax reports what the YAML reader could not make sense of, in our own words where the
// cause is plain.
func syntax(r *report, start place, text []byte, err error) {
	at := start
	var fault *yaml.LoadError
	if !errors.As(err, &fault) {
		r.add(at, "", "is not YAML: %v", err)
		return
	}
	mark := fault.Mark
	if mark.Line > 0 {
		at = start.moved(mark.Line, mark.Column)
	}
	remedy := "mind indentation, colons, quotes and brackets"
	problem := "is not YAML: " + fault.Message
	if fault.ContextMsg != "" && fault.ContextMark.Line > 0 {
		problem += fmt.Sprintf(" %s that begins in line %d", fault.ContextMsg, fault.ContextMark.Line)
	}
	switch next := runeAt(text, mark.Line, mark.Column); {
	case strings.Contains(fault.Message, "cannot start any token") && next == '\t':
		problem, remedy = "a tab stands where YAML wants spaces", "indent with spaces"
	case strings.Contains(fault.Message, "cannot start any token"):
		problem, remedy = fmt.Sprintf("%q cannot begin a value", next), "put the value in quotes"
	case strings.Contains(fault.Message, "unknown anchor"):
		problem, remedy = fault.Message, "declare the anchor with & before the alias, or put the value in quotes"
	case strings.Contains(fault.Message, "expected ','"):
		remedy = "put a text that holds a bracket, a brace or a comma in quotes, and close what was opened"
	case strings.Contains(fault.Message, "mapping values are not allowed"):
		remedy = "put a text that holds a colon in quotes, and keep the keys of one mapping at one indentation"
	}
	r.add(at, remedy, "%s", problem)
}

// runeAt is the character at a line and column, both from 1; zero beyond the text.
func runeAt(text []byte, line, column int) rune {
	lines := strings.Split(string(text), "\n")
	if line < 1 || line > len(lines) {
		return 0
	}
	runes := []rune(lines[line-1])
	if column < 1 || column > len(runes) {
		return 0
	}
	return runes[column-1]
}

// moved is a line and column of a text that begins at this place.
func (p place) moved(line, column int) place {
	if line == 1 {
		column += max(p.column, 1) - 1
	}
	return place{file: p.file, line: line, column: column, path: p.path}
}

// under is the place's path with a key added.
func (p place) under(key string) place {
	p.path = join(p.path, key)
	return p
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// converter turns the YAML reader's nodes into ours.
type converter struct {
	report  *report
	start   place
	values  int
	stopped bool
}

func (c *converter) place(y *yaml.Node, path string) place {
	at := c.start.moved(max(y.Line, 1), max(y.Column, 1))
	at.path = path
	return at
}

// stop gives up on a document that is beyond its bounds.
func (c *converter) stop(at place, remedy, text string, args ...any) *node {
	if c.stopped {
		return &node{kind: lost, at: at}
	}
	c.stopped = true
	at.path = c.start.path
	return c.report.add(at, remedy, text, args...)
}

func (c *converter) convert(y *yaml.Node, path string, depth int) *node {
	n := &node{at: c.place(y, path)}
	if c.values++; c.values > maxValues {
		return c.stop(n.at, "say less, or use fewer aliases", "the document holds more than %d values", maxValues)
	}
	if depth > maxDepth {
		return c.stop(n.at, "nest less", "the document is nested deeper than %d levels", maxDepth)
	}
	if c.stopped {
		return &node{kind: lost, at: n.at}
	}
	if y.Kind == yaml.AliasNode {
		aliased := *c.convert(y.Alias, path, depth+1)
		aliased.at = n.at
		return &aliased
	}
	if tag := y.ShortTag(); y.Style&yaml.TaggedStyle != 0 && !strings.HasPrefix(tag, "!!") {
		return c.report.add(n.at, "remove it", "the tag %q is not understood", tag)
	}
	switch y.Kind {
	case yaml.MappingNode:
		n.kind = mapping
		c.mapping(n, y, path, depth)
	case yaml.SequenceNode:
		n.kind = list
		for i, item := range y.Content {
			n.items = append(n.items, c.convert(item, fmt.Sprintf("%s[%d]", path, i), depth+1))
		}
	default:
		n.text = y.Value
		switch y.ShortTag() {
		case "!!null":
			n.kind = absent
		case "!!int", "!!float", "!!bool":
		default:
			n.isText = true
		}
	}
	return n
}

func (c *converter) mapping(n *node, y *yaml.Node, path string, depth int) {
	var inherited []*node
	first := map[string]int{}
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := y.Content[i], y.Content[i+1]
		at := c.place(key, join(path, key.Value))
		switch {
		case key.Kind != yaml.ScalarNode:
			at.path = path
			c.report.add(at, "use a word", "a key must be text")
		case key.ShortTag() == "!!merge":
			inherited = append(inherited, c.convert(value, path, depth+1))
		case first[key.Value] > 0:
			c.report.add(at, "keep one of the two", "stands twice, first in line %d", first[key.Value])
		default:
			first[key.Value] = at.line
			n.entries = append(n.entries, entry{key: key.Value, at: at, value: c.convert(value, at.path, depth+1)})
		}
	}
	for _, from := range inherited {
		sources := from.items
		if from.kind == mapping {
			sources = []*node{from}
		}
		if from.kind != mapping && from.kind != list {
			c.report.add(from.at, "write <<: *anchor", "only the keys of a mapping can be merged")
		}
		for _, source := range sources {
			for _, e := range source.entries {
				if n.get(e.key) == nil {
					n.entries = append(n.entries, e)
				}
			}
		}
	}
}
