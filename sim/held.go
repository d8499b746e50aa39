package sim

import "flywheel/models"

// Held is what the policies of a law hold out in a period as long as they have money: the
// offers to hold when asking where a market would come to rest under them.
func Held(l *models.Law, period int) *models.Offers {
	r := newRun(l, nil, Options{}, nil)
	r.period = period
	r.set()
	r.offer()
	return r.offers
}
