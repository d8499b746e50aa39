package scenarios

import "slices"

// kind is what a node is.
type kind uint8

const (
	scalar  kind = iota // one value, as text
	mapping             // values by key
	list                // values in order
	named               // mappings in order, each known by its name
	layers              // the changes of a variant, to be made one after the other
	absent              // a null that takes a key away
	lost                // a value that could not be understood; a problem has been reported
)

// place is where a value was said.
type place struct {
	file         string // empty for a default
	line, column int
	path         string // inside that document, such as "segments[0].size"
}

// node is one value of a scenario and all that is under it. Nodes are never changed once
// they have been read; merging and filling make new ones that share what did not change.
type node struct {
	kind    kind
	text    string // of a scalar
	isText  bool   // the scalar is text, not a number
	entries []entry
	items   []*node
	at      place

	form   form   // what the place may hold; set by reading
	whole  bool   // a short form that says all there is to say, so it replaces instead of merging
	remove bool   // an item that takes the one of its name away
	source string // of a default: where the number comes from

	pairs [][2]uint32 // of the path of a list of acquaintances: what it holds
}

// entry is one key of a mapping with its value.
type entry struct {
	key   string
	at    place // of the key
	value *node
}

// entry is the key of a mapping with its value, or nothing.
func (n *node) entry(key string) entry {
	if n != nil {
		for _, e := range n.entries {
			if e.key == key {
				return e
			}
		}
	}
	return entry{}
}

// get is the value under a key, or nil.
func (n *node) get(key string) *node { return n.entry(key).value }

// name is the name of an item in a list of named things.
func (n *node) name() string {
	if v := n.get("name"); v != nil && v.kind == scalar {
		return v.text
	}
	return ""
}

// item is the item of that name in a list of named things, or nil.
func (n *node) item(name string) *node {
	for _, item := range n.items {
		if item.name() == name {
			return item
		}
	}
	return nil
}

// with is the mapping with a key set, in its place if it was there and last if not.
func (n *node) with(e entry) *node {
	changed := *n
	changed.entries = slices.Clone(n.entries)
	for i := range changed.entries {
		if changed.entries[i].key == e.key {
			changed.entries[i] = e
			return &changed
		}
	}
	changed.entries = append(changed.entries, e)
	return &changed
}

// without is the mapping less some keys.
func (n *node) without(keys ...string) *node {
	changed := *n
	changed.entries = slices.DeleteFunc(slices.Clone(n.entries), func(e entry) bool { return slices.Contains(keys, e.key) })
	return &changed
}

// keys are the keys of a mapping in order.
func (n *node) keys() []string {
	keys := make([]string, len(n.entries))
	for i, e := range n.entries {
		keys[i] = e.key
	}
	return keys
}

// same tells whether two nodes say the same, wherever they say it.
func same(a, b *node) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.kind == b.kind && a.text == b.text && a.isText == b.isText && a.remove == b.remove &&
		slices.EqualFunc(a.entries, b.entries, func(x, y entry) bool { return x.key == y.key && same(x.value, y.value) }) &&
		slices.EqualFunc(a.items, b.items, same)
}

// intact tells whether nothing at or under the node was lost.
func (n *node) intact() bool {
	if n == nil {
		return true
	}
	if n.kind == lost {
		return false
	}
	for i := range n.entries {
		if !n.entries[i].value.intact() {
			return false
		}
	}
	for _, item := range n.items {
		if !item.intact() {
			return false
		}
	}
	return true
}
