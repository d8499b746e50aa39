package scenarios

import (
	"strconv"
	"strings"
)

// Origin says where one value of a resolved scenario came from.
type Origin struct {
	Path   string // as --set addresses it, such as "platforms.A.fee"
	Value  string // as a resolved scenario writes it
	Unit   string // empty for words and texts
	From   string // file:line of the file that says it, the flag that set it, or "default"
	Source string // of a default: literature, convention, "assumed" or "off"
}

// Origins lists every value of the scenario in the order of the resolved scenario, variants
// left out.
func (s *Scenario) Origins() []Origin {
	return origins(s.tree.without("variants"), nil)
}

// Changes lists the values in which a variant of the scenario differs from it.
func (s *Scenario) Changes(v Variant) []Origin {
	return origins(v.tree.without("variants"), s.tree)
}

// origins lists the values of a tree, those only that differ from another tree when one is given.
func origins(root, from *node) []Origin {
	var list []Origin
	var walk func(n, old *node, path, unit string)
	walk = func(n, old *node, path, unit string) {
		switch {
		case from != nil && same(n, old):
			return
		case n.kind == mapping && len(n.entries) > 0:
			for _, e := range n.entries {
				if e.key == "name" && path != "" {
					continue // the path says it
				}
				below := unit
				if r, ok := n.form.(*record); ok {
					below = r.field(e.key).unit
				}
				walk(e.value, old.get(e.key), join(path, e.key), below)
			}
			for _, e := range entriesOf(old) {
				if r, ok := n.form.(*record); ok && r.field(e.key).removable && n.get(e.key) == nil {
					list = append(list, Origin{Path: join(path, e.key), Value: "removed", From: n.at.quoted()})
				}
			}
		case n.kind == named && len(n.items) > 0:
			for _, item := range n.items {
				var before *node
				if old != nil {
					before = old.item(item.name())
				}
				walk(item, before, join(path, item.name()), "")
			}
			for _, gone := range items(old) {
				if n.item(gone.name()) == nil {
					list = append(list, Origin{Path: join(path, gone.name()), Value: "removed", From: n.at.quoted()})
				}
			}
		default:
			list = append(list, Origin{Path: path, Value: inline(n), Unit: unit, From: n.at.quoted(), Source: n.source})
		}
	}
	walk(root, from, "", "")
	return list
}

// quoted is the place as a person finds it.
func (p place) quoted() string {
	switch {
	case p.file == "":
		return "default"
	case strings.HasPrefix(p.file, "--"):
		return p.file
	default:
		return p.file + ":" + strconv.Itoa(p.line)
	}
}
