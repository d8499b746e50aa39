package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// field is one key of a record.
type field struct {
	key      string
	form     form
	preset   string // the default as YAML; empty when there is none
	required string // what to write, when the key must be there
	choice   string // alternative of the record that the key belongs to; keys of another exclude it
	only     *only  // the key has a meaning only when another has a certain value

	removable bool // null takes away what a base says
	aside     bool // is not among the keys that a message lists

	unit, source, about string // for people: unit, where the default comes from, one sentence
}

// only names a key and the values of it with which another has a meaning.
type only struct {
	key    string
	values []string
}

// allows tells whether the key beside has one of the values.
func (o *only) allows(beside *node) bool { return slices.Contains(o.values, textOf(beside)) }

// record is a mapping whose keys are known.
type record struct {
	name   string // what it is, such as "a platform"
	fields []field
	short  func(n *node) *node // writes a shorter form out, or returns nil when it is none
	shorts string              // the shorter forms, for people
	fixed  []string            // keys of the whole document that it cannot change
}

func (m *record) what() string {
	if m.shorts != "" {
		return m.shorts + ", or " + m.braces()
	}
	return m.braces()
}

// braces lists the keys as a flow mapping.
func (m *record) braces() string {
	var keys []string
	for _, f := range m.fields {
		if !f.aside {
			keys = append(keys, f.key)
		}
	}
	return "{" + strings.Join(keys, ", ") + "}"
}

func (m *record) field(key string) *field {
	for i := range m.fields {
		if m.fields[i].key == key {
			return &m.fields[i]
		}
	}
	return nil
}

func (m *record) keys() []string {
	keys := make([]string, len(m.fields))
	for i, f := range m.fields {
		keys[i] = f.key
	}
	return keys
}

func (m *record) read(r *report, n *node) *node {
	whole := false
	if n.kind == scalar && m.short != nil {
		if long := m.short(n); long != nil {
			n, whole = long, true
		}
	}
	if bad := wants(r, n, mapping, m.what()); bad != nil {
		return bad
	}
	out := &node{kind: mapping, at: n.at, form: m, whole: whole, source: n.source}
	for _, e := range n.entries {
		f := m.field(e.key)
		if f == nil {
			m.unknown(r, out, n, e)
			continue
		}
		for _, other := range out.entries {
			if g := m.field(other.key); f.choice != "" && g.choice != "" && f.choice != g.choice {
				r.add(e.at, "keep one of the two", "stands beside %s, which excludes it", other.key)
			}
		}
		value := e.value
		if value.kind != absent || !f.removable {
			value = f.form.read(r, value)
		}
		out.entries = append(out.entries, entry{e.key, e.at, value})
	}
	return out
}

// unknown reports a key the record does not have. The key that was probably meant counts
// as said and lost, so that it is not reported missing too.
func (m *record) unknown(r *report, out, n *node, e entry) {
	if last := len(out.entries) - 1; last >= 0 && e.value.kind == absent && strings.ContainsAny(e.key, "()<>") {
		at := e.at
		at.path = join(n.at.path, out.entries[last].key)
		out.entries[last].value = r.add(at, "put the whole text in quotes", "a comma cuts the text off here")
		return
	}
	if slices.Contains(m.fixed, e.key) {
		r.add(e.at, "write a scenario that extends this one", "%s cannot change the %s", m.name, e.key)
		return
	}
	free := slices.DeleteFunc(m.keys(), func(key string) bool { return n.get(key) != nil || out.get(key) != nil })
	r.add(e.at, meant(e.key, free), "unknown key")
	if near := nearest(e.key, free); near != "" {
		out.entries = append(out.entries, entry{near, e.at, &node{kind: lost, at: e.at}})
	}
}

func (m *record) fill(r *report, n *node, near place) *node {
	if n.kind != mapping {
		return n
	}
	if n.at.file != "" {
		near = n.at
	}
	out := &node{kind: mapping, at: n.at, form: m, source: n.source}
	chosen := m.chosen(n)
	for i := range m.fields {
		f := &m.fields[i]
		said := n.entry(f.key)
		applies := f.only == nil || f.only.allows(out.get(f.only.key))
		switch {
		case said.value != nil:
			if !applies && out.get(f.only.key).intact() {
				r.add(said.at, fmt.Sprintf("take it out, or write %s: %s", f.only.key, strings.Join(f.only.values, " or ")),
					"has no meaning with %s: %s", f.only.key, textOf(out.get(f.only.key)))
			}
		case !applies || f.choice != chosen && f.choice != "":
			continue
		case f.required != "":
			said = entry{key: f.key, value: r.add(near.under(f.key), f.required, "is missing")}
		case f.preset != "":
			said = entry{key: f.key, value: preset(f)}
		default:
			continue
		}
		said.value = f.form.fill(r, said.value, near)
		out.entries = append(out.entries, said)
	}
	if len(out.entries) == 0 && !slices.ContainsFunc(m.fields, func(f field) bool { return f.choice == "" }) {
		return r.add(near, "write one of "+strings.Join(m.keys(), ", "), "says nothing")
	}
	return out
}

// chosen is the alternative that a node makes use of; when it makes use of none, the first
// that has a default.
func (m *record) chosen(n *node) string {
	for _, e := range slices.Backward(n.entries) {
		if f := m.field(e.key); f.choice != "" {
			return f.choice
		}
	}
	for _, f := range m.fields {
		if f.choice != "" && f.preset != "" {
			return f.choice
		}
	}
	return ""
}

// preset is the default of a field as a node without a place.
func preset(f *field) *node {
	var r report
	raw := &node{text: f.preset, isText: !decimal.MatchString(f.preset) && f.preset != infinite}
	if strings.ContainsAny(f.preset[:1], "{[") {
		raw = parse(&r, place{}, []byte(f.preset))
	}
	n := sourced(f.form.read(&r, raw), f.source)
	if len(r.found) > 0 {
		panic("bug: the default of " + f.key + " is faulty: " + r.found.Error())
	}
	return n
}

// sourced is the node with the source of a default noted on all of it.
func sourced(n *node, source string) *node {
	out := *n
	out.source, out.at = source, place{}
	out.entries = slices.Clone(n.entries)
	for i := range out.entries {
		out.entries[i].value = sourced(out.entries[i].value, source)
	}
	out.items = slices.Clone(n.items)
	for i := range out.items {
		out.items[i] = sourced(out.items[i], source)
	}
	return &out
}

func textOf(n *node) string {
	if n == nil || n.kind != scalar {
		return ""
	}
	return n.text
}
