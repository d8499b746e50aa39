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

	unit, source, about string // for people: unit, where the default comes from, one sentence
}

// only names a key and the value it must have.
type only struct{ key, value string }

// record is a mapping whose keys are known.
type record struct {
	name   string // what it is, such as "a platform"
	fields []field
	short  func(n *node) *node // writes a shorter form out, or returns nil when it is none
	shorts string              // the shorter forms, for people
}

func (m *record) what() string {
	if m.shorts != "" {
		return m.shorts + ", or " + m.braces()
	}
	return m.braces()
}

// braces lists the keys as a flow mapping.
func (m *record) braces() string {
	keys := make([]string, len(m.fields))
	for i, f := range m.fields {
		keys[i] = f.key
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
			free := slices.DeleteFunc(m.keys(), func(key string) bool { return n.get(key) != nil })
			r.add(e.at, meant(e.key, free), "unknown key")
			if near := nearest(e.key, free); near != "" {
				out.entries = append(out.entries, entry{near, e.at, &node{kind: lost, at: e.at}})
			}
			continue
		}
		for _, other := range out.entries {
			if g := m.field(other.key); f.choice != "" && g.choice != "" && f.choice != g.choice {
				r.add(e.at, "keep one of the two", "stands beside %s, which excludes it", other.key)
			}
		}
		out.entries = append(out.entries, entry{e.key, e.at, f.form.read(r, e.value)})
	}
	return out
}

func (m *record) fill(r *report, n *node, near place) *node {
	if n.kind != mapping {
		return n
	}
	out := &node{kind: mapping, at: n.at, form: m, source: n.source}
	if n.at.file != "" {
		near = n.at
	}
	chosen := ""
	for _, e := range n.entries {
		if f := m.field(e.key); f.choice != "" {
			chosen = f.choice
		}
	}
	for i := range m.fields {
		f := &m.fields[i]
		value, at := n.get(f.key), place{}
		for _, e := range n.entries {
			if e.key == f.key {
				at = e.at
			}
		}
		if chosen == "" && f.choice != "" && f.preset != "" {
			chosen = f.choice
		}
		switch applies := f.only == nil || textOf(out.get(f.only.key)) == f.only.value; {
		case value == nil && (!applies || f.choice != chosen && f.choice != ""):
			continue
		case value != nil && !applies && out.get(f.only.key).intact():
			r.add(at, fmt.Sprintf("take it out, or write %s: %s", f.only.key, f.only.value),
				"has no meaning with %s: %s", f.only.key, textOf(out.get(f.only.key)))
		case value == nil && f.required != "":
			value = r.add(near.under(f.key), f.required, "is missing")
		case value == nil && f.preset != "":
			value = preset(f)
		case value == nil:
			continue
		}
		out.entries = append(out.entries, entry{f.key, at, f.form.fill(r, value, near)})
	}
	if chosen == "" && len(out.entries) == 0 && m.chooses() {
		return r.add(near, "write one of "+strings.Join(m.keys(), ", "), "says nothing")
	}
	return out
}

// chooses tells whether one of the record's alternatives has to be picked.
func (m *record) chooses() bool {
	return slices.ContainsFunc(m.fields, func(f field) bool { return f.choice != "" })
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

// wants reports a node that is not of the kind that belongs here.
func wants(r *report, n *node, k kind, what string) *node {
	switch {
	case n.kind == lost:
		return n
	case n.kind == k:
		return nil
	case n.kind == absent:
		return r.add(n.at, "write "+what+", or leave the key out", "is empty")
	case n.kind == scalar:
		return r.add(n.at, "write "+what, "%q cannot stand here", clip(n.text))
	case n.kind == mapping:
		return r.add(n.at, "write "+what, "a mapping cannot stand here")
	default:
		return r.add(n.at, "write "+what, "a list cannot stand here")
	}
}

// roll is a list of records that are known by their names.
type roll struct {
	thing string // what an item is, such as "platform"
	item  *record
	// late adds what depends on an item's position, when it was left out.
	late func(item *node, i, of int) *node
}

func (l *roll) what() string { return "a list of " + l.item.braces() }

func (l *roll) read(r *report, n *node) *node {
	if bad := wants(r, n, list, l.what()); bad != nil {
		return bad
	}
	out := &node{kind: named, at: n.at, form: l}
	taken := map[string]int{}
	for _, raw := range n.items {
		item := l.readItem(r, raw)
		if item.kind == mapping && !item.remove {
			name := item.name()
			if line := taken[name]; line > 0 {
				item = r.add(item.get("name").at, "give each its own name", "%q is taken already, in line %d", name, line)
			} else if name != "" {
				taken[name] = item.get("name").at.line
			}
		}
		out.items = append(out.items, item)
	}
	return out
}

func (l *roll) readItem(r *report, raw *node) *node {
	if raw.kind == mapping && raw.get("remove") != nil {
		if flag := raw.get("remove"); flag.text != "true" || flag.isText || len(raw.entries) != 2 {
			return r.add(flag.at, "write {name: "+l.thing+", remove: true}", "remove takes the word true and stands beside nothing but a name")
		}
		item := l.item.read(r, raw.without("remove"))
		item.remove = true
		return item
	}
	item := l.item.read(r, raw)
	if item.kind == mapping && item.get("name") == nil {
		return r.add(item.at.under("name"), "give it a name", "is missing")
	}
	return item
}

func (l *roll) fill(r *report, n *node, near place) *node {
	if n.kind != named {
		return n
	}
	if n.at.file != "" {
		near = n.at
	}
	out := *n
	out.items = make([]*node, len(n.items))
	for i, item := range n.items {
		if l.late != nil && item.kind == mapping {
			item = l.late(item, i, len(n.items))
		}
		out.items[i] = l.item.fill(r, item, near)
	}
	return &out
}

// others is the key of a keyed mapping that stands for every name not listed.
const others = "*"

// keyed is a mapping whose keys are names: of platforms, sides or bundles.
type keyed struct {
	keysAre string // such as "platform"
	value   form
	tidy    func(key string) string // the one writing of a key; nil for as it is
	rest    bool                    // a value alone is {"*": value}, and "*" is 0 by default
}

// byKey is the order of keys that are names; "*" comes before all of them.
func byKey(a, b entry) int { return strings.Compare(a.key, b.key) }

func (k *keyed) what() string {
	if k.rest {
		return k.value.what() + ", or {" + k.keysAre + ": " + k.value.what() + "}"
	}
	return "{" + k.keysAre + ": " + k.value.what() + "}"
}

func (k *keyed) read(r *report, n *node) *node {
	whole := false
	if k.rest && (n.kind == scalar || isDistribution(n)) {
		n = &node{kind: mapping, at: n.at, source: n.source, entries: []entry{{others, n.at, n}}}
		whole = true
	}
	if bad := wants(r, n, mapping, k.what()); bad != nil {
		return bad
	}
	out := &node{kind: mapping, at: n.at, form: k, whole: whole, source: n.source}
	for _, e := range n.entries {
		key := e.key
		if k.tidy != nil {
			key = k.tidy(key)
		}
		value := e.value
		switch {
		case out.get(key) != nil:
			r.add(e.at, "keep one of the two", "says %s a second time", key)
			continue
		case value.kind != absent:
			value = k.value.read(r, value)
		}
		out.entries = append(out.entries, entry{key, e.at, value})
	}
	return out
}

func (k *keyed) fill(r *report, n *node, near place) *node {
	if n.kind != mapping {
		return n
	}
	if n.at.file != "" {
		near = n.at
	}
	out := *n
	out.entries = slices.Clone(n.entries)
	for i := range out.entries {
		out.entries[i].value = k.value.fill(r, out.entries[i].value, near)
	}
	if k.rest && n.get(others) == nil {
		out.entries = append(out.entries, entry{key: others, value: preset(&field{key: others, form: k.value, preset: "0", source: off})})
	}
	slices.SortStableFunc(out.entries, byKey)
	return &out
}

// series is a list of values of one form.
type series struct {
	item   form
	length int // 0 for any
	about  string
}

func (s *series) what() string { return s.about }

func (s *series) read(r *report, n *node) *node {
	if bad := wants(r, n, list, s.about); bad != nil {
		return bad
	}
	if s.length > 0 && len(n.items) != s.length {
		return r.add(n.at, "write "+s.about, "wants %d values, not %d", s.length, len(n.items))
	}
	out := &node{kind: list, at: n.at, form: s, source: n.source}
	for _, item := range n.items {
		out.items = append(out.items, s.item.read(r, item))
	}
	if !out.intact() {
		return &node{kind: lost, at: n.at}
	}
	return out
}

func (s *series) fill(_ *report, n *node, _ place) *node { return n }

// either is a form of one word, or else of a record.
type either struct {
	word   *word
	record *record
}

func (e *either) what() string { return e.word.what() + ", or " + e.record.what() }

func (e *either) read(r *report, n *node) *node {
	if n.kind == mapping {
		return e.record.read(r, n)
	}
	if n.kind == scalar && e.record.short != nil && e.record.short(n) != nil {
		return e.record.read(r, n)
	}
	if n.kind == list || n.kind == absent {
		return wants(r, n, mapping, e.what())
	}
	return e.word.read(r, n)
}

func (e *either) fill(r *report, n *node, near place) *node {
	if n.kind == mapping {
		return e.record.fill(r, n, near)
	}
	return n
}

// changes is a form of what variants change, by the variant's name: each holds layers of
// the record of all that may change.
type changes struct{ record *record }

func (c *changes) what() string { return "{NAME: " + c.record.braces() + "}" }

func (c *changes) read(r *report, n *node) *node {
	if bad := wants(r, n, mapping, c.what()); bad != nil {
		return bad
	}
	out := &node{kind: mapping, at: n.at, form: c}
	for _, e := range n.entries {
		if !plainName.MatchString(e.key) || e.key == "base" || slices.Contains(reserved, e.key) {
			r.add(e.at, "use letters, digits, - and _ (not the words none, all or base)", "%q cannot be a name", clip(e.key))
			continue
		}
		switch value := e.value; {
		case value.kind == absent:
			out.entries = append(out.entries, e)
		case value.kind == mapping && len(value.entries) == 0:
			r.add(e.at, "name what it changes, such as {policies: []}, or take it out", "changes nothing")
		default:
			value = c.record.read(r, value)
			out.entries = append(out.entries, entry{e.key, e.at, &node{kind: layers, at: value.at, items: []*node{value}}})
		}
	}
	return out
}

func (c *changes) fill(_ *report, n *node, _ place) *node { return n }
