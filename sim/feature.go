package sim

import (
	"math"

	"flywheel/models"
)

// build pays for a platform's feature and, once it works, lets it do what it does. One that the
// money left does not cover is given up.
func (r *run) build(c *campaign) {
	k, f, level := c.platform, &c.Feature, c.Level(c.offered)
	var cost models.Money
	if !c.built {
		cost = f.Build
	}
	works := c.Began(r.period-c.late) >= f.Lead
	c.running = 0
	if works {
		cost += models.MoneyOf(level * f.Run.Units())
	}
	if !r.within(k, float64(c.spent)+float64(r.features[k])+float64(cost)) {
		return
	}
	if most := c.most(r.period, r.law.Model.Horizon.Periods); most >= 0 && cost > most {
		c.ended = true
		return
	}
	c.built = true
	r.spend(c, cost)
	c.running = cost
	r.features[k] += cost
	if !works {
		return
	}
	c.amount = f.PerOrder
	add(r.offers.Hazard, c.groups, k, level*f.Hazard)
	for _, g := range c.groups {
		if f.Worth != 0 {
			r.offers.Worth[g][k] += level * f.Worth
		}
		if f.Same != 0 {
			crowd := r.law.Groups[g].Crowd
			r.offers.Worth[g][k] += level * f.Same * r.market.Touching(crowd, 1<<k) / float64(r.law.Crowds[crowd].Size)
		}
		if c.Instrument == models.Onboarding {
			r.offers.Eased[g][k] = 1 - (1-r.offers.Eased[g][k])*(1-level*(1-f.Early))
		}
		if f.Orders != 0 {
			r.lift[g][k] += level * f.Orders
		}
	}
	if c.Instrument == models.AddCapacity {
		r.added[k] += level
	}
	if f.Refit != nil {
		r.refit(c, level)
	}
}

// refit changes a stage of a platform's order chain in the regions that a policy is aimed at.
func (r *run) refit(c *campaign, level float64) {
	chain := r.law.Model.Platforms[c.platform].Service
	if chain == nil { // of the platform that the policy's own has become part of
		return
	}
	for at, s := range chain.Stages {
		for i := range r.law.Crowds {
			if s.Name == c.Feature.Refit.Stage && (c.Target.Region == "" || c.Target.Region == r.law.Crowds[i].Region) {
				r.refits[i][c.platform][at].Add(c.Feature.Refit, level)
			}
		}
	}
}

// unfit takes all refits away, which a period begins without.
func (r *run) unfit() {
	for _, platforms := range r.refits {
		for _, stages := range platforms {
			for at := range stages {
				stages[at] = models.Refit{Drop: 1, Time: 1, Astray: 1, Capacity: 1}
			}
		}
	}
}

// lifted raises the orders wished for by what features do.
func (r *run) lifted() {
	for g := range r.lift {
		for k, more := range r.lift[g] {
			r.expected[g][k] *= 1 + more
		}
	}
}

// inRelation is how many users of a platform in a group stand in the relation that a policy is
// aimed at; all of them where it is aimed at all.
func (r *run) inRelation(c *campaign, g int) float64 {
	k := c.platform
	switch c.Target.Relation {
	case models.RelationNew:
		return r.lives.fresh[g][k]
	case models.RelationRegular:
		return r.using[g][k] - r.lives.fresh[g][k]
	}
	return r.using[g][k]
}

// theirs is how many of a group's orders are of the people in the relation that a policy is aimed
// at, each user being as likely to have placed or received one, and fall into its hours.
func (r *run) theirs(c *campaign, g int, orders float64) float64 {
	share := c.within()
	if c.Target.Relation != "" && r.using[g][c.platform] > 0 {
		share *= math.Min(1, r.inRelation(c, g)/r.using[g][c.platform])
	}
	if share == 1 || orders == 0 {
		return orders
	}
	key := r.streams.Key(ForRelated, r.period, r.law.Groups[g].Key)
	return r.engine.Dealer().Take(orders, share, key, uint64(c.index))
}

// within is the share of a day's orders that fall into the hours of a policy.
func (c *campaign) within() float64 {
	if c.Window > 0 {
		return c.Window
	}
	return 1
}

// perOrder puts an amount per order before people: before those alone who stand in a relation, as
// what it comes to per period by their orders, which are taken to be all on the platform.
func (r *run) perOrder(c *campaign, worth float64) {
	k := c.platform
	worth *= c.within()
	if c.Target.Relation == "" {
		add(r.offers.Order, c.groups, k, worth)
		return
	}
	table := r.offers.Of(c.Target.Relation)
	for _, g := range c.groups {
		orders := r.law.Groups[g].OrderRate()
		if r.law.Groups[g].Fulfils() && r.using[g][k] > 0 {
			orders = r.fulfilled[g][k] / r.using[g][k]
		}
		table[g][k] += worth * orders
	}
}

// sold is how many orders of a group a channel is paid for that has a share in what those order
// whom it has brought, as long as they stay.
func (r *run) sold(c *campaign, i, g int) float64 {
	k := c.platform
	counts := r.engine.Counts()
	if before := r.using[g][k] + counts.Leaves[g][k] - counts.Joins[g][k]; before > 0 {
		c.stock[i] *= math.Max(0, 1-counts.Leaves[g][k]/before)
	}
	c.stock[i] += counts.Joins[g][k] * c.brought[i]
	if r.using[g][k] == 0 {
		return 0
	}
	key := r.streams.Key(ForSold, r.period, r.law.Groups[g].Key)
	return r.engine.Dealer().Take(r.served[g][k], math.Min(1, c.stock[i]/r.using[g][k]), key, uint64(c.index))
}

// faked adds false claims to honest ones.
func (r *run) faked(c *campaign, g int, claims float64) float64 {
	if c.Fraud == 0 || claims == 0 {
		return claims
	}
	key := r.streams.Key(ForFakes, r.period, r.law.Groups[g].Key)
	fake := r.engine.Dealer().Take(claims, c.Fraud, key, uint64(c.index))
	r.fakes[c.platform] += fake
	return claims + fake
}
