package scenarios

import (
	"fmt"
	"slices"
)

// merge lays one document over another, both in canonical form: mappings merge by key,
// lists of named things by name, anything else is replaced. A nil base is an empty one.
//
// Three cases need more than that sentence. A short form says all there is to say, so
// `cross: 2` replaces a whole {strength: 3, form: log}. Alternatives exclude each other, so
// {ramp: ...} takes the place of {constant: 2} instead of standing beside it. A key that
// only means something beside a certain value of another goes when that value does:
// {form: log} takes the exponent of a power away.
func merge(r *report, base, over *node) *node {
	switch {
	case over.kind == mapping && over.form != nil:
		if base == nil || base.kind != mapping || over.whole {
			base = &node{kind: mapping}
		}
		return mergeMapping(r, base, over)
	case over.kind == named:
		if base == nil || base.kind != named {
			base = &node{kind: named}
		}
		return mergeNamed(r, base, over)
	case over.kind == layers && base != nil && base.kind == layers:
		out := *over
		out.items = slices.Concat(base.items, over.items)
		return &out
	}
	return over
}

func mergeMapping(r *report, base, over *node) *node {
	out := &node{kind: mapping, at: over.placed(base), form: over.form, source: over.source, entries: slices.Clone(base.entries)}
	record, _ := over.form.(*record)
	if record != nil {
		out.entries = slices.DeleteFunc(out.entries, func(e entry) bool { return record.displaced(e.key, over) })
	}
	for _, e := range over.entries {
		present := out.get(e.key)
		if e.value.at.file == "" && e.value.kind == scalar && same(e.value, present) {
			continue
		}
		if e.value.kind == absent {
			if present == nil && (record == nil || !record.field(e.key).removable) {
				r.add(e.value.at, "write a value, or take the key out", "is empty, and there is nothing to take away")
			}
			out = out.without(e.key)
			continue
		}
		e.value = merge(r, present, e.value)
		out = out.with(e)
	}
	return out
}

// placed is where a mapping or list that has been laid over another stands: what was only
// written to lead to a value leaves the place alone.
func (n *node) placed(base *node) place {
	if n.at.file == "" {
		return base.at
	}
	return n.at
}

// displaced tells whether a key of the base goes because of what is laid over it.
func (m *record) displaced(key string, over *node) bool {
	f := m.field(key)
	if f.only != nil && over.get(key) == nil {
		if beside := over.get(f.only.key); beside != nil && !f.only.allows(beside) {
			return true
		}
	}
	return f.choice != "" && slices.ContainsFunc(over.entries, func(e entry) bool {
		g := m.field(e.key)
		return g.choice != "" && g.choice != f.choice
	})
}

func mergeNamed(r *report, base, over *node) *node {
	out := &node{kind: named, at: over.placed(base), form: over.form, items: slices.Clone(base.items)}
	if len(over.items) == 0 {
		out.items = nil
	}
	thing := "item"
	if l, ok := over.form.(*roll); ok {
		thing = l.thing
	}
	for _, item := range over.items {
		name := item.name()
		i := slices.IndexFunc(out.items, func(n *node) bool { return name != "" && n.name() == name })
		switch {
		case item.remove && i < 0 && item.intact():
			at := item.get("name").at
			r.add(at, meant(name, namesOf(out.items)), "there is no %s %q to remove", thing, name)
		case item.remove && i < 0:
		case item.remove:
			out.items = slices.Delete(out.items, i, i+1)
		case i < 0:
			out.items = append(out.items, merge(r, nil, item))
		default:
			out.items[i] = merge(r, out.items[i], item)
		}
	}
	return out
}

func namesOf(items []*node) []string {
	var names []string
	for _, item := range items {
		if name := item.name(); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// difference is the least document that makes one filled tree into another when it is laid
// over it; nil when they say the same. A resolved scenario writes its variants so.
func difference(from, to *node) *node {
	switch {
	case same(from, to):
		return nil
	case from == nil || from.kind != to.kind || to.kind == scalar || to.kind == list || to.kind == lost:
		return to
	case to.kind == named:
		return differenceNamed(from, to)
	}
	record, _ := to.form.(*record)
	out := &node{kind: mapping, at: to.at, form: to.form}
	for _, e := range to.entries {
		if e.value = difference(from.get(e.key), e.value); e.value != nil {
			out.entries = append(out.entries, e)
		}
	}
	for _, e := range from.entries {
		if to.get(e.key) == nil && (record == nil || !record.displaced(e.key, out)) {
			out.entries = append(out.entries, entry{e.key, e.at, &node{kind: absent}})
		}
	}
	if record == nil {
		slices.SortStableFunc(out.entries, byKey)
	}
	return out
}

func differenceNamed(from, to *node) *node {
	out := &node{kind: named, at: to.at, form: to.form}
	if len(to.items) == 0 {
		return out
	}
	// The items kept in place are the longest beginning of the new list that comes in the
	// order of the old one; every other item is taken away or added at the end.
	kept, at := 0, 0
	for kept < len(to.items) {
		i := slices.IndexFunc(from.items[at:], func(n *node) bool { return n.name() == to.items[kept].name() })
		if i < 0 {
			break
		}
		at += i + 1
		kept++
	}
	for _, old := range from.items {
		i := slices.IndexFunc(to.items, func(n *node) bool { return n.name() == old.name() })
		if i < 0 || i >= kept {
			out.items = append(out.items, &node{kind: mapping, remove: true, entries: []entry{{key: "name", value: old.get("name")}}})
			continue
		}
		if changed := difference(old, to.items[i]); changed != nil {
			changed.entries = slices.Insert(changed.entries, 0, entry{key: "name", value: old.get("name")})
			out.items = append(out.items, changed)
		}
	}
	out.items = append(out.items, to.items[kept:]...)
	return out
}

// find walks a tree along a path such as "segments[0].value.A" as far as it goes, and
// returns the node it comes to and the steps left.
func find(n *node, steps []string) (*node, []string) {
	for len(steps) > 0 {
		var next *node
		switch {
		case n.kind == named || n.kind == list:
			if i, ok := index(steps[0]); ok && i < len(n.items) {
				next = n.items[i]
			} else if n.kind == named {
				next = n.item(steps[0])
			}
		case n.kind == mapping:
			next = n.get(steps[0])
		}
		if next == nil {
			return n, steps
		}
		n, steps = next, steps[1:]
	}
	return n, nil
}

// index reads a step such as [2].
func index(step string) (int, bool) {
	var i int
	if n, err := fmt.Sscanf(step, "[%d]", &i); n != 1 || err != nil || i < 0 {
		return 0, false
	}
	return i, true
}

// steps cuts a path into its keys, names and [indices].
func steps(path string) []string {
	var list []string
	start := 0
	cut := func(end int) {
		if end > start {
			list = append(list, path[start:end])
		}
	}
	for i, c := range path {
		switch c {
		case '.':
			cut(i)
			start = i + 1
		case '[':
			cut(i)
			start = i
		}
	}
	cut(len(path))
	return list
}
