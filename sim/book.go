package sim

import (
	"math"

	"flywheel/models"
)

// book posts the period's money. Every amount leaves one account for another, so each
// ledger's trial balance stays zero.
func (r *run) book() {
	for k := range r.law.Model.Platforms {
		p := &r.law.Model.Platforms[k]
		var gmv, membership, subsidy models.Money
		var orders float64
		for g := range r.law.Groups {
			group := &r.law.Groups[g]
			gmv += models.Times(r.served[g][k], group.Basket())
			orders += r.served[g][k]
			membership += models.Times(r.using[g][k], models.MoneyOf(p.Price[r.law.Sides[group.Side]]))
			subsidy += r.paid[g][k]
		}
		commission := models.Money(math.Round(p.Fee * float64(gmv)))
		costs := models.Times(orders, p.Cost.PerOrder)

		l := &r.ledgers[k]
		l.Post(models.Commission, models.Cash, commission)
		l.Post(models.Membership, models.Cash, membership)
		l.Post(models.Cash, models.Subsidy, subsidy)
		l.Post(models.Cash, models.OrderCost, costs)
		l.Post(models.Cash, models.FixedCost, p.Cost.Fixed)
		r.income[k] = flows{commission: commission, membership: membership, cost: subsidy + costs + p.Cost.Fixed}
		if l.Trial() != 0 {
			broken("the ledger of %s is out of balance by %d micro-units in period %d", p.Name, l.Trial(), r.period)
		}
	}
}
