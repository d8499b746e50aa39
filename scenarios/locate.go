package scenarios

import (
	"fmt"
	"strings"

	"flywheel/models"
)

// locate turns the faults a model finds in itself into problems at the places where their
// values were said, or the nearest place around them. A fault that follows from a value
// that was lost already is left out; what begins beyond a horizon that was cut goes to the cut.
func locate(r *report, root *node, faults models.Faults, cut *cut) {
	b := builder{unit: textOf(root.get("horizon").get("unit")), began: textOf(root.get("horizon").get("start"))}
	namesLost := !namesIntact(root)
	for _, f := range faults {
		if f.Name != "" && namesLost {
			continue
		}
		n, at := whereabouts(root, f.Path)
		if n.kind == lost {
			continue
		}
		if begins := strings.HasSuffix(f.Path, ".from") || strings.HasSuffix(f.Path, "].at") || f.Path == "event.period"; begins && n.form == aPeriod {
			if p := b.period(n); p > b.last(root) && cut.takes("", at, p) {
				continue
			}
		}
		remedy := f.Remedy
		if (n.form == aRate || n.form == aLength) && strings.ContainsAny(n.text, "/dhwmy") {
			f.Problem += fmt.Sprintf(" (%s, counted per %s)", n.text, b.unit)
		}
		if f.Name != "" {
			remedy = meant(f.Name, f.Known)
		}
		if f.Within > 0 {
			f.Problem = fmt.Sprintf("at character %d: %s", f.Within+1, f.Problem)
		}
		r.add(at, remedy, "%s", f.Problem)
	}
}

// whereabouts is the place of a path of the model in the scenario, with the path as the
// document there says it, and the node the path comes to, or the last one on the way.
func whereabouts(root *node, path string) (*node, place) {
	n, near, rest := root, root.at, []string(nil)
	left := steps(path)
	for len(left) > 0 {
		step := left[0]
		if k, ok := index(step); ok && isWorth(n) {
			step = platformName(root, k)
			if n.get(step) == nil {
				step = others
			}
		}
		if strings.Contains(step, "+") {
			step = tidyBundle(step)
		}
		next, beyond := find(n, []string{step})
		if next.kind == lost {
			return next, place{}
		}
		if len(beyond) > 0 {
			rest = append(rest, left...)
			break
		}
		n, left = next, left[1:]
		if n.at.file != "" {
			near, rest = n.at, nil
		} else {
			rest = append(rest, step)
		}
	}
	for _, step := range rest {
		if _, ok := index(step); ok {
			near.path += step
		} else {
			near = near.under(step)
		}
	}
	return n, near
}

// isWorth tells whether a node is a segment's values by platform, which a model numbers.
func isWorth(n *node) bool {
	k, ok := n.form.(*keyed)
	return ok && k.keysAre == "platform"
}

func platformName(root *node, k int) string {
	if list := items(root.get("platforms")); k < len(list) {
		return list[k].name()
	}
	return ""
}

// namesIntact tells whether every name in the market was understood; when one was not, a
// name nobody seems to have declared may be the one that was lost.
func namesIntact(root *node) bool {
	for _, key := range []string{"platforms", "segments"} {
		n := root.get(key)
		if n == nil || n.kind != named {
			return false
		}
		for _, item := range n.items {
			if item.kind != mapping || !item.get("name").intact() || !item.get("side").intact() || !item.get("region").intact() {
				return false
			}
		}
	}
	return true
}
