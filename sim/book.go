package sim

import (
	"fmt"
	"math"

	"flywheel/models"
)

// mostMoney is the largest sum that micro-units count exactly in an int64, with room for
// one more period.
const mostMoney = 9e18

// within tells whether a sum of micro-units can be counted; one that cannot ends the run.
func (r *run) within(platform int, micro float64) bool {
	if math.Abs(micro) <= mostMoney {
		return true
	}
	if r.err == nil {
		r.err = fmt.Errorf("platform %s: more than 9 trillion of money moves by period %d, beyond what millionths can count; state amounts in a larger unit, such as thousands",
			r.law.Model.Platforms[platform].Name, r.period)
	}
	return false
}

// bears tells whether so many micro-units can be counted on top of a platform's cash.
func (r *run) bears(platform int, micro float64) bool {
	return r.within(platform, math.Abs(float64(r.ledgers[platform].Balance(models.Cash)))+micro)
}

// gmv is the value of the orders of the period that are fulfilled on a platform.
func (r *run) gmv(k int) (sum models.Money) {
	for g := range r.law.Groups {
		sum += models.Times(r.served[g][k], r.law.Groups[g].Basket())
	}
	return sum
}

// book posts the period's money: commission less what was left to those who fulfil, prices,
// penalties, subsidies, channels and costs. Every amount leaves one account for another, so each
// ledger's trial balance stays zero.
func (r *run) book() {
	for k := range r.law.Model.Platforms {
		p := &r.law.Model.Platforms[k]
		fixed := r.fixed(k)
		var gmv, membership, subsidy models.Money
		var orders float64
		rough := math.Abs(float64(r.ledgers[k].Balance(models.Cash))) + float64(r.toDate[k]) + float64(fixed) + float64(r.marketing[k]) + float64(r.penalties[k]) + float64(r.features[k])
		for g := range r.law.Groups {
			group := &r.law.Groups[g]
			price := models.MoneyOf(p.Price[r.law.Sides[group.Side]])
			if r.discounts != nil {
				price -= r.discounts[g][k]
			}
			rough += r.served[g][k]*float64(group.Basket()+p.Cost.PerOrder) + math.Abs(r.using[g][k]*float64(price))
			gmv += models.Times(r.served[g][k], group.Basket())
			orders += r.served[g][k]
			membership += models.Times(r.using[g][k], price)
			if r.priced != nil {
				rough += math.Abs(float64(r.priced[g][k]))
				membership += r.priced[g][k]
			}
			subsidy += r.paid[g][k]
		}
		t := r.till(k)
		if !r.within(k, rough+r.roughly(t)) {
			return
		}
		r.sell(t)
		commission := models.Money(math.Round(r.fee(k)*float64(t.due(gmv)))) - r.relief[k]
		penalties, marketing := r.penalties[k], r.marketing[k]
		r.marketing[k] = 0
		features := r.features[k]
		r.features[k] = 0
		costs := models.Times(orders, p.Cost.PerOrder)

		l := &r.ledgers[k]
		l.Post(models.Commission, models.Cash, commission)
		l.Post(models.Membership, models.Cash, membership)
		l.Post(models.Penalties, models.Cash, penalties)
		l.Post(models.Cash, models.Subsidy, subsidy)
		l.Post(models.Cash, models.Marketing, marketing)
		l.Post(models.Cash, models.OrderCost, costs)
		l.Post(models.Cash, models.FixedCost, fixed)
		l.Post(models.Cash, models.Features, features)
		besides, more := r.trade(t, gmv)
		r.income[k] = flows{commission: commission, membership: membership, penalties: penalties, besides: besides, marketing: marketing, features: features,
			cost: subsidy + marketing + costs + fixed + features + more}
		if l.Trial() != 0 {
			broken("the ledger of %s is out of balance by %d micro-units in period %d", p.Name, l.Trial(), r.period)
		}
	}
	r.exchange()
}
