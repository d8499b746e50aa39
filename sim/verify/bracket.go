package verify

import "flywheel/models"

// bracket is a trial of a quantity that divides those markets that tip from those that do not:
// a market below it by off that must not tip, and one above it that must, as two regions of one
// model that know nothing of each other. The estimate is the quantity itself as long as every run
// does both, and is off as soon as one does not.
//
// A market tips when more than a share of its side 1 is on the platform in the end.
func (c Case) bracket(quantity string, value, off, tips float64, below, above *models.Model) trial {
	const high = "above"
	for _, s := range above.Segments {
		s.Name += "-" + high
		s.Region = high
		below.Segments = append(below.Segments, s)
	}
	for i := range below.Policies {
		below.Policies[i].Target.Region = everywhere
	}
	for _, p := range above.Policies {
		p.Name += "-" + high
		p.Target.Region = high
		below.Policies = append(below.Policies, p)
	}
	t := trial{
		label: quantity, model: below, engine: c.engineName(), replications: or(c.Simulate.Replications, 20),
		observe: func(paths [][]float64) []float64 {
			end := ends(paths)
			switch {
			case end[0] > tips:
				return []float64{value - off} // it is no higher than the lower market
			case end[1] <= tips:
				return []float64{value + off}
			default:
				return []float64{value}
			}
		},
		claims: []claim{{quantity: quantity, estimate: mean(0), luck: true}},
	}
	for _, region := range []string{everywhere, high} {
		s := share("A", side(0))
		s.region = region
		t.watch = append(t.watch, s)
	}
	return t
}
