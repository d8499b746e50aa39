package scenarios

import (
	"slices"
	"strings"

	"flywheel/models"
	"flywheel/sim/study"
)

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
	takesAway := raw.kind == mapping && raw.get("remove") != nil
	if takesAway {
		if flag := raw.get("remove"); flag.text != "true" || flag.isText || len(raw.entries) != 2 {
			return r.add(flag.at, "write {name: "+l.thing+", remove: true}", "remove takes the word true and stands beside nothing but a name")
		}
		raw = raw.without("remove")
	}
	item := l.item.read(r, raw)
	if item.kind == mapping && item.get("name") == nil {
		return r.add(item.at.under("name"), "give it a name", "is missing")
	}
	item.remove = takesAway
	return item
}

func (l *roll) fill(r *report, n *node, near place) *node {
	if n.kind != named {
		return n
	}
	return n.filled(near, func(i int, item *node, near place) *node {
		if l.late != nil && item.kind == mapping {
			item = l.late(item, i, len(n.items))
		}
		return l.item.fill(r, item, near)
	})
}

// filled is a list with each of its items filled; near is the nearest place that was said.
func (n *node) filled(near place, fill func(i int, item *node, near place) *node) *node {
	if n.at.file != "" {
		near = n.at
	}
	out := *n
	out.items = make([]*node, len(n.items))
	for i, item := range n.items {
		out.items[i] = fill(i, item, near)
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
	rest    bool                    // a value alone is {"*": value}, and "*" is empty by default
	empty   string                  // what "*" is by default; empty for 0
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
		empty := k.empty
		if empty == "" {
			empty = "0"
		}
		out.entries = append(out.entries, entry{key: others, value: preset(&field{key: others, form: k.value, preset: empty, source: off})})
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
		switch value := e.value; {
		case !models.IsName(e.key):
			r.add(e.at, models.NameRemedy, "%q cannot be a name", clip(e.key))
		case e.key == study.Base:
			r.add(e.at, "give the variant another name", "%s is what the scenario itself is called beside its variants", study.Base)
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
