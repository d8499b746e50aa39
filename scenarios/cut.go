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
	at     place // of the horizon's periods
	last   string
	places map[string]int // how many lie beyond, by the key they stand under
	most   int            // the latest of them
}

func cutBy(root *node) *cut {
	periods := root.get("horizon").get("periods")
	if periods == nil {
		return &cut{}
	}
	return &cut{at: periods.at, last: textOf(periods), places: map[string]int{}}
}

// short tells whether the horizon was said over what stands at a place.
func (c *cut) short(r *report, at place) bool {
	return c.at.file != "" && at.file != "" && r.layer(c.at.file) > r.layer(at.file)
}

// note takes down a period that lies beyond, and the key it stands under.
func (c *cut) note(key string, period int) {
	c.places[key]++
	c.most = max(c.most, period)
}

// tell reports all of them as one problem.
func (c *cut) tell(r *report) {
	if len(c.places) == 0 {
		return
	}
	var where, clear []string
	for _, key := range []string{"study.at", "expect"} {
		if n := c.places[key]; n > 0 {
			where = append(where, fmt.Sprintf("%d in %s", n, key))
			clear = append(clear, key)
		}
	}
	remedy := "write " + strings.NewReplacer("study.at", "study: {at: []}", "expect", "expect: []").Replace(strings.Join(clear, " and ")) + " here"
	if r.layer(c.at.file) >= r.documents {
		remedy = "add --set '" + strings.Join(clear, "=[]' --set '") + "=[]'"
	}
	r.add(c.at, remedy+", or change them", "a horizon of %s periods leaves periods outside that are asked for elsewhere, up to %d: %s", c.last, c.most, strings.Join(where, ", "))
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
