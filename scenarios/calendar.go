package scenarios

import (
	"slices"

	"flywheel/models"
)

// launch is when a platform is there, by region; nil for everywhere from the start.
func (b *builder) launch(n *node, regions []string) map[string]int {
	if n == nil || n.kind != mapping {
		return nil
	}
	list := map[string]int{}
	for _, region := range regions {
		at := firstOf(n.get(region), n.get(others))
		if list[region] = models.Never; textOf(at) != "never" {
			list[region] = b.period(at)
		}
	}
	for _, e := range entriesOf(n) {
		if e.key != others && !slices.Contains(regions, e.key) {
			b.unknown(e, "region", e.key, regions)
		}
	}
	return list
}
