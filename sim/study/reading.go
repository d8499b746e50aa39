package study

import (
	"math"

	"flywheel/results"
)

// Read is what quantities measure in one run's timeline, in order; NaN where it has no such
// row or the metric does not apply to it. Variants are not looked at.
func Read(timeline *results.Table, quantities []Quantity) []float64 {
	values := make([]float64, len(quantities))
	periods := timeline.Integers("period")
	perPeriod := 0
	for perPeriod < len(periods) && periods[perPeriod] == 0 {
		perPeriod++
	}
	platform, side := timeline.Texts("platform"), timeline.Texts("side")
	segment, region := timeline.Texts("segment"), timeline.Texts("region")
	for i, q := range quantities {
		values[i] = math.NaN()
		for row := range perPeriod {
			if platform[row] == q.Platform && side[row] == q.Side && segment[row] == q.Segment && region[row] == q.Region {
				if at := q.Period*perPeriod + row; at < len(periods) {
					values[i] = timeline.Numbers(q.Metric)[at]
				}
				break
			}
		}
	}
	return values
}
