package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// cut collects the periods that lie beyond a horizon because a flag, or a file that extends
// the one with the periods, shortened it. They are many and sound where they stand, so they
// are told once, where the horizon was cut.
type cut struct {
	report *report
	at     place          // of the horizon's periods
	last   string         // the horizon's periods
	asked  map[string]int // how many items ask for periods beyond, by the list they stand in
	moved  []string       // paths of what happens beyond
	seen   map[place]bool // an item may ask for several, and a variant says them again
	most   int            // the latest of the periods
}

func cutBy(r *report, root *node) *cut {
	c := &cut{report: r, asked: map[string]int{}, seen: map[place]bool{}}
	if periods := root.get("horizon").get("periods"); periods != nil {
		c.at, c.last = periods.at, textOf(periods)
	}
	return c
}

// takes tells whether the horizon was said over what stands at a place, and if so takes
// down the period there. The list is the one it stands in; none for a part of the market.
func (c *cut) takes(list string, at place, period int) bool {
	if c.at.file == "" || at.file == "" || c.report.layer(c.at.file) <= c.report.layer(at.file) {
		return false
	}
	c.most = max(c.most, period)
	if !c.seen[at] {
		c.seen[at] = true
		if list == "" {
			c.moved = append(c.moved, at.path)
		} else {
			c.asked[list]++
		}
	}
	return true
}

// tell reports all of them as one problem.
func (c *cut) tell() {
	if len(c.seen) == 0 {
		return
	}
	flag := c.report.layer(c.at.file) >= c.report.documents
	where, remedy := slices.Clone(c.moved), []string(nil)
	var flags, lines []string
	for _, list := range []string{"study.at", "expect"} {
		if n := c.asked[list]; n > 0 {
			where = append(where, fmt.Sprintf("%d in %s", n, list))
			flags = append(flags, "--set '"+list+"=[]'")
			lines = append(lines, map[string]string{"study.at": "study: {at: []}", "expect": "expect: []"}[list])
		}
	}
	switch {
	case len(flags) > 0 && flag:
		remedy = append(remedy, "add "+strings.Join(flags, " ")+" or change them")
	case len(flags) > 0:
		remedy = append(remedy, "write "+strings.Join(lines, " and ")+" here or change them")
	}
	if len(c.moved) > 0 {
		remedy = append(remedy, fmt.Sprintf("move %s to 1 to %s", strings.Join(c.moved, " and "), c.last))
	}
	c.report.add(c.at, strings.Join(remedy, ", and "), "a horizon of %s periods leaves periods outside, up to %d: %s", c.last, c.most, strings.Join(where, ", "))
}

// layer orders what a scenario is made of by what is said over what: the furthest base
// first, then the files that extend it, then the flags in their order.
func (r *report) layer(file string) int {
	i := slices.Index(r.files, file)
	if i < r.documents {
		return r.documents - 1 - i
	}
	return i
}
