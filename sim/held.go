package sim

import "flywheel/models"

// Held is what the policies of a law hold out in a period as long as they have money and nothing that
// they see has ended them: the offers to hold when asking where a market would come to rest under
// them. There is no market to look at, so that a policy whose Steered is true offers anything.
func Held(l *models.Law, period int) *models.Offers {
	r := newRun(l, nil, Options{}, nil)
	for i := range r.campaigns {
		r.campaigns[i].history = nil
	}
	for r.period = 1; r.period < period; r.period++ { // what others match
		for i := range r.campaigns {
			if c := &r.campaigns[i]; c.past != nil {
				c.offered = r.propose(c)
				r.permit(c)
				c.past[r.period] = c.offered
			}
		}
	}
	r.set()
	r.offer()
	return r.offers
}
