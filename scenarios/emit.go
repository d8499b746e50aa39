package scenarios

import (
	"regexp"
	"strconv"
	"strings"
)

// emit writes a canonical tree as YAML, the same bytes for the same tree whatever library
// reads it: keys in the order of the tree, two spaces a level, text in quotes unless it is
// plainly a word.
func emit(n *node) []byte {
	var e emitter
	e.mapping(n, "", "")
	return []byte(e.String())
}

type emitter struct{ strings.Builder }

// mapping writes the entries of a mapping; the first line is preceded by first instead of
// the indentation.
func (e *emitter) mapping(n *node, first, indent string) {
	for i, entry := range n.entries {
		if i == 0 {
			e.WriteString(first)
		} else {
			e.WriteString(indent)
		}
		e.WriteString(quoted(entry.key, true))
		e.WriteString(":")
		e.value(entry.value, indent+"  ")
	}
}

// value writes what follows a key, up to the end of the line or of the block.
func (e *emitter) value(n *node, indent string) {
	switch {
	case n.kind == mapping && len(n.entries) == 0:
		e.WriteString(" {}\n")
	case n.kind == mapping:
		e.WriteString("\n")
		e.mapping(n, indent, indent)
	case n.kind == named && len(n.items) > 0:
		e.WriteString("\n")
		for _, item := range n.items {
			e.mapping(item, indent+"- ", indent+"  ")
			if item.remove {
				e.WriteString(indent + "  remove: true\n")
			}
		}
	default:
		e.WriteString(" " + inline(n) + "\n")
	}
}

// inline is a value on one line.
func inline(n *node) string {
	switch n.kind {
	case absent:
		return "null"
	case scalar:
		return quoted(n.text, n.isText)
	case mapping:
		parts := make([]string, len(n.entries))
		for i, e := range n.entries {
			parts[i] = quoted(e.key, true) + ": " + inline(e.value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	default:
		parts := make([]string, len(n.items))
		for i, item := range n.items {
			parts[i] = inline(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
}

// plainWord is text that every reader of YAML takes for text without quotes; the words
// that some of them take for something else are not among them.
var plainWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_/.-]*(\+[A-Za-z][A-Za-z0-9_-]*)*( [A-Za-z][A-Za-z0-9_-]*)*$`)

var unlikeWords = regexp.MustCompile(`(?i)^(y|n|yes|no|on|off|true|false|null|nan|inf)$`)

// quoted is a scalar as a YAML reader takes it back: numbers bare, text in quotes unless
// it is a plain word. Every escape of Go's quoting is one of YAML's double quotes.
func quoted(text string, isText bool) string {
	if !isText || (plainWord.MatchString(text) && !unlikeWords.MatchString(text)) {
		return text
	}
	return strconv.Quote(text)
}
