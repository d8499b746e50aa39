package study

import (
	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
)

// Metrics lists what a timeline measures, with units; an expectation or a summary may name
// any of them.
func Metrics() results.Schema { return sim.Metrics() }

// TimelineSchema is the columns of the plan's timelines in files: identity, and every metric
// that at least one of its variants can give.
func (p Plan) TimelineSchema() results.Schema {
	return append(results.Identity(), sim.Recorded(p.laws()...)...)
}

func (p Plan) laws() []*models.Law {
	laws := make([]*models.Law, len(p.Variants))
	for i, v := range p.Variants {
		laws[i] = v.Law
	}
	return laws
}
