package scenarios

import (
	"fmt"
	"strings"
)

// rows is a list of values of one form, each understood or lost by itself.
type rows struct {
	item  form
	about string
	alone bool // one value may stand without the list around it
}

func (l *rows) what() string {
	if l.alone {
		return l.item.what() + ", or a list of them"
	}
	return l.about
}

func (l *rows) read(r *report, n *node) *node {
	items := n.items
	if l.alone && n.kind != list && n.kind != absent {
		items = []*node{n}
	} else if bad := wants(r, n, list, l.what()); bad != nil {
		return bad
	}
	out := &node{kind: list, at: n.at, form: l, source: n.source}
	for _, item := range items {
		out.items = append(out.items, l.item.read(r, item))
	}
	return out
}

func (l *rows) fill(r *report, n *node, near place) *node {
	if n.kind != list {
		return n
	}
	return n.filled(near, func(_ int, item *node, near place) *node { return l.item.fill(r, item, near) })
}

// free is a form of any value: numbers, words, lists and mappings, nested as one likes.
type free struct {
	about string
	json  bool // a JSON value, which may be null and has no infinity
}

func (f *free) what() string { return f.about }

func (f *free) read(r *report, n *node) *node {
	out := *n
	out.form = f
	switch n.kind {
	case absent:
		if !f.json {
			return r.add(n.at, "write "+f.about+", or leave the key out", "is empty")
		}
	case list:
		out.items = nil
		for _, item := range n.items {
			out.items = append(out.items, f.read(r, item))
		}
	case mapping:
		out.entries = nil
		for _, e := range n.entries {
			out.entries = append(out.entries, entry{e.key, e.at, f.read(r, e.value)})
		}
	case scalar:
		if _, isBool := truth(n); n.isText || isBool {
			break
		}
		if bare := strings.ToLower(strings.TrimLeft(n.text, "+-")); bare == infinite && !f.json {
			break
		}
		if _, problem, remedy := parseDecimal(n.text); problem != "" {
			return r.add(n.at, remedy, "%s", problem)
		}
	}
	return &out
}

func (f *free) fill(_ *report, n *node, _ place) *node { return n }

// truth is the truth value that a node says, if it says one.
func truth(n *node) (value, is bool) {
	if n.isText {
		return false, false
	}
	switch strings.ToLower(n.text) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}

// openMapping is a mapping of any keys to values of the free form, and nothing else.
type openMapping struct{ free }

func (f *openMapping) read(r *report, n *node) *node {
	if bad := wants(r, n, mapping, f.about); bad != nil {
		return bad
	}
	return f.free.read(r, n)
}

// verbatim is a form of one text, kept as it was written.
type verbatim struct{ about string }

func (v *verbatim) what() string { return v.about }

func (v *verbatim) read(r *report, n *node) *node {
	if bad := wants(r, n, scalar, v.about); bad != nil {
		return bad
	}
	return &node{text: n.text, isText: true, at: n.at, form: v}
}

func (v *verbatim) fill(_ *report, n *node, _ place) *node { return n }

// tuple is a list of a fixed number of values, each of its own form.
type tuple struct {
	items []form
	about string
}

func (t *tuple) what() string { return t.about }

func (t *tuple) read(r *report, n *node) *node {
	if bad := wants(r, n, list, t.about); bad != nil {
		return bad
	}
	if len(n.items) != len(t.items) {
		return r.add(n.at, "write "+t.about, "wants %d values, not %d", len(t.items), len(n.items))
	}
	out := &node{kind: list, at: n.at, form: t}
	for i, item := range n.items {
		out.items = append(out.items, t.items[i].read(r, item))
	}
	return out
}

func (t *tuple) fill(_ *report, n *node, _ place) *node { return n }

// atLeastOne reports a number that was written as 0 where leaving it out means something else.
func atLeastOne(r *report, n *node, example string) {
	if n != nil && n.kind == scalar && n.at.file != "" && number(n) == 0 {
		r.add(n.at, fmt.Sprintf("write %s, or leave it out", example), "%s is out of range", n.text)
	}
}
