package sim

import "flywheel/models"

// couponBox holds the coupons of one rebate that are still good, by the period in which they
// were given: each is used in a period with the same chance, until it expires.
type couponBox struct {
	hazard  float64
	batches []batch // a ring by period of issue
}

// batch is the coupons of one period.
type batch struct {
	value models.Money
	count []float64 // by the policy's groups
}

func newCouponBox(r models.Rebate, groups int) *couponBox {
	box := &couponBox{hazard: r.Hazard(), batches: make([]batch, r.Expires)}
	for i := range box.batches {
		box.batches[i].count = make([]float64, groups)
	}
	return box
}

// owed is the money that would be paid if every coupon were used.
func (box *couponBox) owed() models.Money {
	var sum models.Money
	for i := range box.batches {
		b := &box.batches[i]
		var n float64
		for _, x := range b.count {
			n += x
		}
		sum += models.Times(n, b.value)
	}
	return sum
}

// redeem pays the coupons that are used this period, and forgets those given the longest
// time ago that a coupon is good for: their place is for this period's.
func (r *run) redeem(c *campaign) {
	box := c.coupons
	for i := range box.batches {
		b := &box.batches[i]
		for j, g := range c.groups {
			if b.count[j] == 0 {
				continue
			}
			key := r.streams.Key(ForCoupons, r.period, r.law.Groups[g].Key)
			used := r.engine.Dealer().Take(b.count[j], box.hazard, key, uint64(c.index)<<32+uint64(i))
			b.count[j] -= used
			money := models.Times(used, b.value)
			if c.left >= 0 {
				money = min(money, c.left) // fractions of coupons may round up
			}
			r.spend(c, money)
			r.paid[g][c.platform] += money
			r.toDate[c.platform] += money
		}
	}
	clear(box.at(r.period).count)
}

// at is the batch of a period.
func (box *couponBox) at(period int) *batch { return &box.batches[period%len(box.batches)] }

// issue gives a coupon with each order, as long as the budget can pay for all that are given.
func (r *run) issue(c *campaign) {
	var total float64
	clear(r.asked)
	for _, g := range c.groups {
		r.asked[g] = r.theirs(c, g, r.served[g][c.platform])
		total += r.asked[g]
	}
	if !r.within(c.platform, float64(c.coupons.owed())+total*float64(c.amount)) {
		return
	}
	s := r.engine.Dealer().Settle(total, c.amount, c.most(r.period, r.law.Model.Horizon.Periods))
	copy(r.granted, r.asked)
	if s.Unpaid() > 0 {
		r.engine.Dealer().Ration(r.granted, r.asked, s.Paid, r.streams.Key(ForSettled, r.period, 2*uint64(c.index)))
	}
	b := c.coupons.at(r.period)
	b.value = c.amount
	for j, g := range c.groups {
		b.count[j] = r.granted[g]
		r.unpaid[g][c.platform] += r.asked[g] - r.granted[g]
	}
}
