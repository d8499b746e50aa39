package sim

import (
	"math"

	"flywheel/models"
)

// pointBox holds the worth of the points that are still good, by the period in which they were
// given: so many of them that what is used of them is its expectation.
type pointBox struct {
	hazard  float64
	batches []models.Money // a ring by period
	owed    models.Money

	used models.Money // of its points, in the period
	gmv  models.Money // of the platform in the period, by which the coalition's points are used there
	felt float64      // worth that an order had in points used in the period, as far as it is felt then
}

// pass uses points, all on the platform as yet, lets the oldest expire and gives those of the period.
func (b *pointBox) pass(r *run, t *till, gmv models.Money) {
	l := &r.ledgers[t.platform]
	var used models.Money
	for i, worth := range b.batches {
		n := min(worth, models.Money(math.Round(b.hazard*float64(worth))))
		b.batches[i] -= n
		used += n
	}
	oldest := &b.batches[r.period%len(b.batches)]
	expired := *oldest
	given := models.Money(math.Round(t.Points.Earn * float64(gmv)))
	*oldest = given
	b.owed += given - used - expired
	b.used, b.gmv = used, gmv
	l.Post(models.Cash, models.PointsOwed, used)
	l.Post(models.Breakage, models.PointsOwed, expired)
	l.Post(models.PointsOwed, models.Rewards, given)
	*t.of(rewards), *t.of(pointsUsed), *t.of(pointsOwed) = given, used, b.owed
	*t.of(breakage) += expired
}

// exchange lets the points of coalitions, which have been booked where they were given, be used with the
// members in proportion to their GMV of the period, and settles between them: cash and cost move for what the
// taker bears, so that both ledgers stay balanced and the money of the coalition is that of one platform.
func (r *run) exchange() {
	for _, giver := range r.tills {
		if giver == nil || giver.points == nil || giver.Points.Coalition == "" {
			continue
		}
		used := giver.points.used
		var all, before float64
		for _, t := range r.tills {
			if giver.takes(t) {
				all += float64(t.points.gmv)
			}
		}
		var done models.Money
		for _, taker := range r.tills {
			if all == 0 || !giver.takes(taker) {
				continue
			}
			before += float64(taker.points.gmv)
			part := used
			if before < all {
				part = models.Money(math.Round(before / all * float64(used)))
			}
			part, done = max(0, part-done), max(done, part)
			if taker != giver {
				r.clear(giver, taker, part)
			}
		}
	}
	for _, t := range r.tills {
		if t == nil || t.points == nil || t.Points.OnUse == 0 {
			continue
		}
		var orders float64
		for _, g := range t.buyers {
			orders += r.served[g][t.platform]
		}
		t.points.felt = 0
		if orders > 0 {
			t.points.felt = t.Points.OnUse * t.of(pointsUsed).Units() / orders
		}
	}
}

// takes tells whether a platform's points are used with another: itself, or a member of its coalition.
func (t *till) takes(other *till) bool {
	return other == t || other != nil && other.points != nil && other.Points.Coalition == t.Points.Coalition
}

// clear moves the use of points from who gave them to who takes them.
func (r *run) clear(giver, taker *till, worth models.Money) {
	borne := models.Money(math.Round(giver.Points.Borne * float64(worth)))
	if !r.bears(taker.platform, float64(borne)) {
		return
	}
	*giver.of(pointsUsed) -= worth
	*taker.of(pointsUsed) += worth
	*giver.of(pointsSettled) -= worth - borne
	*taker.of(pointsSettled) += worth - borne
	r.ledgers[giver.platform].Post(models.Rewards, models.Cash, borne)
	r.ledgers[taker.platform].Post(models.Cash, models.Rewards, borne)
	*giver.of(rewards) -= borne
	*taker.of(rewards) += borne
	r.income[giver.platform].cost -= borne
	r.income[taker.platform].cost += borne
}
