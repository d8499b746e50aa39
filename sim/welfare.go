package sim

import (
	"math"

	"flywheel/models"
)

// value adds up what people get out of what they use after they have moved, in the market
// that those who chose in the period saw: the sum of U(S) over everybody, those who use
// nothing at the worth of that, noise, bonuses for joining and costs of changing left out.
// A synchronous market is the one at the period's start; an asynchronous one, in which people
// see what others have just done, the one at its end.
func (r *run) value() {
	if !r.view.Worth {
		return
	}
	if r.law.Model.Clock.Kind == models.ClockAsync {
		r.observe()
		r.weigh()
	}
	counts := r.engine.Counts()
	for g, standing := range counts.Standing {
		r.worth[g] = counts.Own[g]
		for s, people := range standing {
			if people > 0 {
				r.worth[g] += people * r.fields[g].Worth(r.law.Standings.Used[s], models.Standing(s), nil)
			}
		}
	}
}

// valued fills one group's line of welfare, which is of all platforms together.
func (r *run) valued(dst []float64, group int) {
	fill(dst, math.NaN())
	if r.view.Worth {
		dst[len(dst)-1] = r.worth[group]
	}
}
