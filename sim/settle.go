package sim

import (
	"math"

	"flywheel/models"
)

// settle meets the period's claims on every policy. When the money left does not cover
// them, those paid are drawn without replacement over all claimants; the rest keep their
// move and are counted, and the policy offers nothing afterwards.
func (r *run) settle() {
	for g := range r.paid {
		clear(r.paid[g])
		clear(r.unpaid[g])
		clear(r.won[g])
	}
	for g := range r.priced {
		clear(r.priced[g])
	}
	clear(r.fakes)
	clear(r.relief)
	clear(r.penalties)
	for i := range r.campaigns {
		c := &r.campaigns[i]
		if c.coupons != nil {
			r.redeem(c)
		}
		if c.amount == 0 {
			continue
		}
		switch c.Instrument {
		case models.ChangePrice: // part of the membership price
			if c.Target.Relation != "" {
				for _, g := range c.groups {
					if due := r.inRelation(c, g); r.within(c.platform, math.Abs(float64(r.priced[g][c.platform])+due*float64(c.amount))) {
						r.priced[g][c.platform] += models.Times(due, c.amount)
					}
				}
			}
		case models.Exclusivity:
			for _, g := range c.groups {
				if due := r.several[g][c.platform]; r.within(c.platform, float64(r.penalties[c.platform])+due*float64(c.amount)) {
					r.penalties[c.platform] += models.Times(due, c.amount)
				}
			}
		case models.PayRebate:
			r.issue(c)
		default:
			r.meet(c)
		}
		if r.err != nil {
			return
		}
	}
}

// meet pays the claims of one policy, as far as its money goes.
func (r *run) meet(c *campaign) {
	claims, paid := r.asked, r.granted
	var total float64
	clear(claims)
	for i, g := range c.groups {
		claims[g] = r.faked(c, g, r.claims(c, i, g))
		total += claims[g]
	}
	c.claimed = total
	if c.Instrument == models.CutCommission {
		c.amount = models.MoneyOf(c.offered * r.basket(c.platform)) // of the orders now made
	}
	if c.left < 0 && !r.within(c.platform, float64(r.toDate[c.platform])+total*float64(c.amount)) {
		return
	}
	s := r.engine.Dealer().Settle(total, c.amount, c.most(r.period, r.law.Model.Horizon.Periods))
	copy(paid, claims)
	if s.Unpaid() > 0 {
		r.engine.Dealer().Ration(paid, claims, s.Paid, r.streams.Key(ForSettled, r.period, 2*uint64(c.index)))
	}
	r.spend(c, s.Spent)
	switch c.Instrument {
	case models.CutCommission:
		r.relief[c.platform] += s.Spent
		r.turnAway(c, claims, paid)
	case models.BuyMarketing:
		r.marketing[c.platform] += s.Spent
		r.turnAway(c, claims, paid)
	case models.Onboarding, models.Community, models.Component, models.Openness, models.AddCapacity:
		r.features[c.platform] += s.Spent
		r.turnAway(c, claims, paid)
	default:
		r.pay(c, claims, paid, s)
		r.toDate[c.platform] += s.Spent
	}
}

// turnAway counts the claims that were not paid in full.
func (r *run) turnAway(c *campaign, claims, paid []float64) {
	for _, g := range c.groups {
		r.unpaid[g][c.platform] += claims[g] - paid[g]
	}
}

// pay hands a settlement's money to the groups whose claims were paid. What rounding or an
// exhausted budget leaves over goes to one group: that of a claimant still waiting, or of
// the last one paid. What rounding has given out too much, the last ones paid give back, none
// more than it received.
func (r *run) pay(c *campaign, claims, paid []float64, s models.Settlement) {
	r.turnAway(c, claims, paid)
	rest := s.Spent
	give := func(g int, amount models.Money) {
		r.paid[g][c.platform] += amount
		if c.Instrument.Acquires() {
			r.won[g][c.platform] += amount
		}
		rest -= amount
	}
	last := -1
	for g := range claims {
		give(g, models.Times(paid[g], c.amount))
		if paid[g] > 0 {
			last = g
		}
	}
	for g := last; rest < 0; g-- {
		give(g, max(rest, -models.Times(paid[g], c.amount)))
	}
	if rest == 0 {
		return
	}
	if s.Rest > 0 {
		last = r.lucky(claims, paid, r.streams.Key(ForSettled, r.period, 2*uint64(c.index)+1))
	}
	give(last, rest)
}

// claims is how many claims group g, the policy's i-th, makes on it.
func (r *run) claims(c *campaign, i, g int) float64 {
	k := c.platform
	switch c.Instrument {
	case models.PayJoin:
		if c.Target.Relation == models.RelationLapsed {
			return r.engine.Counts().Returns[g][k]
		}
		return r.engine.Counts().Joins[g][k]
	case models.PayReferral, models.BuyMarketing:
		if c.stock != nil {
			return r.sold(c, i, g)
		}
		key := r.streams.Key(ForBrought, r.period, r.law.Groups[g].Key)
		return r.engine.Dealer().Take(r.engine.Counts().Joins[g][k], c.brought[i], key, uint64(c.index))
	case models.PayEnvelope:
		return r.opened(c, g)
	case models.PayOrder:
		return r.theirs(c, g, r.served[g][k]+r.fulfilled[g][k])
	case models.CutCommission:
		return r.fulfilled[g][k]
	case models.Onboarding, models.Community, models.Component, models.Openness, models.AddCapacity:
		return r.served[g][k]
	case models.PayHour:
		if c.hourly {
			hours, _ := r.hours(g, k)
			return math.Floor(hours)
		}
	}
	return r.inRelation(c, g)
}

// lucky draws the group of the one claimant who receives the last of a budget.
func (r *run) lucky(claims, paid []float64, key Key) int {
	for g := range claims {
		r.waiting[g] = claims[g] - paid[g]
	}
	one := paid // the claims in full are paid already
	r.engine.Dealer().Ration(one, r.waiting, 1, key)
	for g, n := range one {
		if n > 0 {
			return g
		}
	}
	broken("a budget has a rest and nobody to receive it")
	return 0
}
