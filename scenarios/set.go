package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// flag is a change to a scenario made on the command line.
type flag struct {
	file  string // how the flag is quoted, such as "--set platforms.A.fee"
	path  string
	value string
	shift int // columns of the flag's text before the value
}

// flags are the changes that options ask for, in the order in which they are made.
func (o *Options) flags(r *report) []flag {
	var list []flag
	for _, text := range o.Set {
		path, value, found := strings.Cut(text, "=")
		f := flag{file: "--set " + path, path: strings.TrimSpace(path), value: value, shift: len([]rune(path)) + 1}
		fault := ""
		if !found {
			fault = "names no value"
		} else if len(steps(f.path)) == 0 {
			fault = "names no path"
		}
		if fault != "" {
			r.add(place{file: f.file}, "write --set PATH=VALUE, such as --set platforms.A.fee=0.2", "%s", fault)
			continue
		}
		list = append(list, f)
	}
	if o.Engine != "" {
		list = append(list, flag{file: "--engine", path: "engine", value: o.Engine})
	}
	if o.Seed != nil {
		list = append(list, flag{file: "--seed", path: "study.seed", value: fmt.Sprint(*o.Seed)})
	}
	if o.Replications != 0 {
		list = append(list, flag{file: "--replications", path: "study.replications", value: fmt.Sprint(o.Replications)})
	}
	for _, f := range list {
		r.files = append(r.files, f.file)
	}
	return list
}

// apply makes the change a flag asks for; what its path names must be there, written or by
// default.
func (f flag) apply(r *report, form *record, tree *node) *node {
	start := place{file: f.file, line: 1, column: f.shift + 1, path: f.path}
	if strings.TrimSpace(f.value) == "" {
		r.add(start, "write a value after the =", "is set to nothing")
		return tree
	}
	value := &node{kind: absent, at: start}
	if text := strings.TrimSpace(f.value); text != "null" && text != "~" {
		if value = parse(r, start, []byte(f.value)); value == nil {
			return tree
		}
	}
	start.column = 1
	w := wrapper{report: r, at: start}
	change := w.wrap(form.fill(&report{}, tree, place{}), steps(f.path), value)
	if change == nil {
		return tree
	}
	return merge(r, tree, form.read(r, change))
}

// wrapper writes the mappings and lists that lead to a value.
type wrapper struct {
	report *report
	at     place
}

// no reports why a path leads nowhere.
func (w *wrapper) no(remedy, text string, args ...any) *node {
	w.report.add(w.at, remedy, text, args...)
	return nil
}

// wrap leads from a node to the value at the end of the steps. It follows the tree with its
// defaults filled in, so that a value nobody wrote can be set too.
func (w *wrapper) wrap(n *node, steps []string, value *node) *node {
	if len(steps) == 0 {
		return value
	}
	if n.kind == lost && n.at.file != "" {
		return nil // what is wrong there is told already
	}
	step, left := steps[0], steps[1:]
	if n.kind == named {
		return w.wrapItem(n, step, left, value)
	}
	next := n.get(step)
	switch form := n.form.(type) {
	case *record:
		f := form.field(step)
		switch {
		case n.kind != mapping:
		case f == nil:
			return w.no(meant(step, form.keys()), "there is no key %s", clip(step))
		case step == "extends" || step == "variants":
			return w.no("write a file that extends this one", "%s cannot be set", step)
		case next == nil && (len(left) > 0 || f.choice != "" || f.only != nil):
			return w.no("set the whole value", "there is no %s beside %s", step, strings.Join(n.keys(), ", "))
		case next == nil: // optional, and left out so far
			return w.key(step, value)
		default:
			return w.key(step, w.wrap(next, left, value))
		}
	case *keyed:
		switch {
		case next != nil:
			return w.key(step, w.wrap(next, left, value))
		case len(left) == 0:
			return w.key(step, value)
		default:
			return w.no("set the whole value", "there is no %s %s here", form.keysAre, clip(step))
		}
	}
	if i, numbered := index(step); numbered && n.kind == list && i < len(n.items) {
		inner := w.wrap(n.items[i], left, value)
		if inner == nil {
			return nil
		}
		out := &node{kind: list, at: w.at, items: slices.Clone(n.items)}
		out.items[i] = inner
		return out
	}
	if n.kind == scalar {
		return w.no("set the whole value", "there is no %s, for the value is %s", clip(step), clip(n.text))
	}
	return w.no("set the whole value", "there is no %s", clip(step))
}

func (w *wrapper) key(key string, value *node) *node {
	if value == nil {
		return nil
	}
	return &node{kind: mapping, entries: []entry{{key, w.at, value}}}
}

// wrapItem leads into a list of named things.
func (w *wrapper) wrapItem(n *node, step string, left []string, value *node) *node {
	thing := n.form.(*roll).thing
	item, beyond := find(n, []string{step})
	if slices.ContainsFunc(n.items, func(item *node) bool { return item.kind == lost }) && (len(beyond) > 0 || item.kind == lost) {
		return nil // it may be the one that is told already
	}
	if len(beyond) > 0 || item.kind != mapping {
		return w.no(meant(step, namesOf(n.items)), "there is no %s %q", thing, clip(step))
	}
	inner := w.wrap(item, left, value)
	switch {
	case inner == nil:
		return nil
	case inner.kind != mapping:
		return w.no("name one of its keys", "a %s is more than one value", thing)
	case inner.get("name") != nil:
		return w.no("write a file that extends this one", "a name cannot be changed, for things are found by it")
	}
	found := *inner
	found.entries = slices.Insert(slices.Clone(inner.entries), 0, entry{"name", w.at, &node{text: item.name(), isText: true}})
	return &node{kind: list, items: []*node{&found}}
}
