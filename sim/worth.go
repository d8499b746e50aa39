package sim

import (
	"math"

	"flywheel/models"
)

// judge looks back at a period that is booked, where anybody asks.
func (r *run) judge() {
	r.margins()
	r.appraise()
	r.diagnose()
}

// margins works out what the people of each group have brought each platform in the period, once it
// is booked, before what it cost to win them: what they pay for being there and what is earned on
// their attention, their part of what orders leave, less what policies have paid them but for
// joining. An order needs who places it and who fulfils it, so that half of what it leaves belongs
// to each (the value of Shapley 1953 for two who can do nothing alone).
func (r *run) margins() {
	if r.margin == nil {
		return
	}
	part := 0.5
	if len(r.law.Sides) < 2 {
		part = 1
	}
	for k := range r.law.Platforms {
		p, t := &r.law.Model.Platforms[k], r.till(k)
		rate := r.fee(k)
		if t != nil {
			rate = t.rate(rate)
		}
		spends := p.Cost.PerOrder.Units()
		if r.sales != nil {
			spends -= r.sales.leaves[k]
		}
		var fulfilled, value float64
		for g := range r.law.Groups {
			fulfilled += r.fulfilled[g][k]
			value += r.served[g][k] * (rate*r.law.Groups[g].Basket().Units() - spends)
		}
		for g := range r.law.Groups {
			group := &r.law.Groups[g]
			brings := r.using[g][k]*p.Price[r.law.Sides[group.Side]] + part*r.served[g][k]*(rate*group.Basket().Units()-spends)
			if r.fulfilled[g][k] > 0 {
				brings += r.fulfilled[g][k] / fulfilled * (part*value - r.relief[k].Units())
			}
			if r.discounts != nil {
				brings -= r.using[g][k] * r.discounts[g][k].Units()
			}
			if r.priced != nil {
				brings += r.priced[g][k].Units()
			}
			r.margin[g][k] = brings - (r.paid[g][k] - r.won[g][k]).Units()
		}
		if t != nil {
			r.besides(t)
		}
	}
}

// rate is what a unit of GMV leaves: commission and spread, of vouchers as far as they are redeemed, less
// points.
func (t *till) rate(fee float64) float64 {
	rate := fee
	if t.Spread != nil {
		rate += t.Spread.Share
	}
	if v := t.Vouchers; v != nil {
		rate *= 1 - v.Share*(1-v.Redemption)
	}
	if t.Points != nil {
		rate -= t.Points.Earn
	}
	return rate
}

// besides adds what a till earns on the people of each group.
func (r *run) besides(t *till) {
	k := t.platform
	if t.Ads != nil {
		var views float64
		for _, g := range t.readers {
			views += r.using[g][k]
		}
		for _, g := range t.readers {
			if views > 0 {
				r.margin[g][k] += t.of(ads).Units() * r.using[g][k] / views
			}
		}
	}
	for i, c := range t.Charges {
		for _, g := range t.charged[i] {
			r.margin[g][k] += r.engine.Counts().Joins[g][k]*c.Join.Units() + r.using[g][k]*(c.Period-c.Cost).Units()
		}
	}
	if w := t.Wallet; w != nil {
		for _, g := range t.buyers {
			r.margin[g][k] -= r.using[g][k] * w.TopUp * w.Bonus * w.Amount.Units()
		}
	}
}

// economics is what participants have cost and brought, by group and platform.
type economics struct {
	joins   [][]float64 // since the start
	brought [][]float64 // of them, those whom policies have brought by channels and referrals
	spent   [][]float64 // on winning them, since the start, in money

	brings, leaves, stays [][]float64 // money, members lost and members per period, averaged as a history does

	books  []models.Ledger                      // by platform: as they stood at the end of the period
	burn   []float64                            // by platform: money burnt in the period
	lines  [lastLine + 1 - orderCosts][]float64 // by platform: what the period's cost was made of
	burns  []float64                            // averaged, up to the weight of the periods there have been
	weight float64
	ruined []bool // by platform: whether it has owed money

	bought, lately []float64 // by policy: money it spent in the period, and joins that it brought
	ever           []float64 // by policy: joins that it has brought since the start
}

func newEconomics(l *models.Law) *economics {
	if l.Model.Economics == nil {
		return nil
	}
	room := func() [][]float64 { return table[float64](len(l.Groups), l.Platforms) }
	e := &economics{joins: room(), brought: room(), spent: room(), brings: room(), leaves: room(), stays: room(),
		burn: make([]float64, l.Platforms), burns: make([]float64, l.Platforms), ruined: make([]bool, l.Platforms),
		bought: make([]float64, len(l.Rules)), lately: make([]float64, len(l.Rules)), ever: make([]float64, len(l.Rules))}
	e.books = make([]models.Ledger, l.Platforms)
	for k, p := range l.Model.Platforms {
		e.books[k].Post(models.Funding, models.Cash, p.Cash)
	}
	for i := range e.lines {
		e.lines[i] = make([]float64, l.Platforms)
	}
	return e
}

// appraise adds the period that has just been booked.
func (r *run) appraise() {
	e := r.economics
	if e == nil {
		return
	}
	counts := r.engine.Counts()
	for g := range r.law.Groups {
		for k := range r.law.Platforms {
			e.joins[g][k] += counts.Joins[g][k]
			e.spent[g][k] += r.won[g][k].Units()
			e.brings[g][k] += fading * (r.margin[g][k] - e.brings[g][k])
			e.leaves[g][k] += fading * (counts.Leaves[g][k] - e.leaves[g][k])
			e.stays[g][k] += fading * (r.using[g][k] - e.stays[g][k])
		}
	}
	line := func(metric int) []float64 { return e.lines[metric-orderCosts] }
	clear(line(rebatesPaid))
	clear(line(referralsPaid))
	for i := range r.campaigns {
		c := &r.campaigns[i]
		bought := (c.spent - c.counted).Units()
		c.counted = c.spent
		switch c.Instrument {
		case models.PayRebate:
			line(rebatesPaid)[c.platform] += bought
		case models.PayReferral:
			line(referralsPaid)[c.platform] += bought
		}
		e.bought[i], e.lately[i] = bought, 0
		for j, g := range c.groups {
			if c.Instrument == models.BuyMarketing {
				e.spent[g][c.platform] += bought * float64(r.law.Groups[g].Size) / c.people
			}
			if c.brought != nil {
				joins := counts.Joins[g][c.platform] * c.brought[j]
				e.brought[g][c.platform] += joins
				e.lately[i] += joins
			}
		}
	}
	for i, joins := range e.lately {
		e.ever[i] += joins
	}
	e.weight += fading * (1 - e.weight)
	for k := range r.law.Platforms {
		more := func(a models.Account) float64 {
			return (r.ledgers[k].Balance(a) - e.books[k].Balance(a)).Units()
		}
		e.burn[k] = -more(models.Cash) - more(models.Funding) // funding is a credit
		e.burns[k] += fading * (e.burn[k] - e.burns[k])
		line(orderCosts)[k], line(fixedCosts)[k] = more(models.OrderCost), more(models.FixedCost)
		e.books[k] = r.ledgers[k]
		e.ruined[k] = e.ruined[k] || e.books[k].Balance(models.Cash) < 0
	}
}

// economics writes what participants of each scope cost and are worth.
func (rec *Recorder) economics(r *run) {
	e := r.economics
	if e == nil {
		return
	}
	discount := r.law.Model.Economics.Discount
	for i, s := range rec.layout.scopes {
		if s.policy > 0 {
			continue
		}
		for k := range r.law.Platforms {
			row := i*len(rec.layout.names) + k
			var joins, won, spent, brings, leaves, stays, now, lived, life float64
			for _, g := range s.groups {
				joins += e.joins[g][k]
				won += math.Min(e.joins[g][k], e.brought[g][k])
				spent += e.spent[g][k]
				brings += e.brings[g][k]
				leaves += e.leaves[g][k]
				stays += e.stays[g][k]
				now += r.margin[g][k]
				if n := float64(r.law.Groups[g].Size); r.law.Groups[g].Lives() {
					lived += n
					life += n * r.law.Groups[g].Lifetime(discount)
				}
			}
			rec.at[acquisition][row] = spent
			rec.at[brought][row] = won
			rec.at[contribution][row] = now
			if joins > 0 {
				rec.at[cac][row] = spent / joins
				rec.at[organic][row] = 1 - won/joins
			}
			if won > 0 {
				rec.at[cacBrought][row] = spent / won
			}
			if stays > 0 {
				margin, leaving := brings/stays, leaves/stays
				rec.at[ltv][row] = models.LifetimeValue(margin, leaving, discount)
				if lived > 0 {
					rec.at[ltvLife][row] = margin * life / lived
				}
				if joins > 0 && spent > 0 {
					rec.at[ltvOverCAC][row] = rec.at[ltv][row] / rec.at[cac][row]
					rec.at[payback][row] = models.Payback(spent/joins, margin, leaving, discount)
				}
			}
		}
	}
	for k := range r.law.Platforms {
		rec.at[contribution][k] += r.remainder(k)
		rec.at[burn][k] = e.burn[k]
		if e.burns[k] > 0 {
			rec.at[runway][k] = math.Max(0, e.books[k].Balance(models.Cash).Units()/(e.burns[k]/e.weight))
		}
		for i := range e.lines {
			rec.at[orderCosts+i][k] = e.lines[i][k]
			if k == 0 {
				rec.at[orderCosts+i][r.law.Platforms] = 0
			}
			rec.at[orderCosts+i][r.law.Platforms] += e.lines[i][k]
		}
		rec.at[ruined][k] = 0
		if e.ruined[k] {
			rec.at[ruined][k] = 1
		}
	}
}

// channels writes the rows of policies that bring people: what each cost and whom it brought, and nothing
// else. It comes last, over what other writers make of rows without people.
func (rec *Recorder) channels(r *run) {
	e, rows := r.economics, len(rec.layout.names)
	for scope, s := range rec.layout.scopes {
		if s.policy == 0 {
			continue
		}
		for _, m := range rec.layout.metrics {
			fill(rec.at[m][scope*rows:(scope+1)*rows], math.NaN())
		}
		i := s.policy - 1
		c := &r.campaigns[i]
		row := scope*rows + s.owner
		rec.at[joins][row], rec.at[marketing][row] = e.lately[i], e.bought[i]
		rec.at[acquisition][row], rec.at[brought][row] = c.spent.Units(), e.ever[i]
		if e.ever[i] > 0 {
			rec.at[cac][row] = c.spent.Units() / e.ever[i]
		}
	}
}

// remainder is what a platform earns that belongs to nobody in particular: penalties, interest,
// breakage.
func (r *run) remainder(k int) float64 {
	sum := r.income[k].penalties
	if t := r.till(k); t != nil {
		sum += *t.of(interest) + *t.of(breakage)
	}
	return sum.Units()
}
