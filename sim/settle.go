package sim

import "flywheel/models"

// settle meets the period's claims on every policy. When the money left does not cover
// them, those paid are drawn without replacement over all claimants; the rest keep their
// move and are counted, and the policy offers nothing afterwards.
func (r *run) settle() {
	for g := range r.paid {
		clear(r.paid[g])
		clear(r.unpaid[g])
	}
	claims, paid := r.asked, r.granted
	for i := range r.law.Model.Policies {
		p := &r.law.Model.Policies[i]
		if r.amounts[i] == 0 {
			continue
		}
		var total float64
		platform := r.payer[i]
		clear(claims)
		for _, g := range r.covered[i] {
			claims[g] = r.claims(p.Instrument, g, platform)
			total += claims[g]
		}
		if r.left[i] < 0 && !r.within(platform, float64(r.toDate[platform])+total*float64(r.amounts[i])) {
			return
		}
		s := r.engine.Dealer().Settle(total, r.amounts[i], r.left[i])
		copy(paid, claims)
		if s.Unpaid() > 0 {
			r.engine.Dealer().Ration(paid, claims, s.Paid, r.streams.Key(ForSettled, r.period, 2*uint64(i)))
		}
		r.pay(platform, i, claims, paid, s)
		r.toDate[platform] += s.Spent
		if r.left[i] > 0 {
			r.left[i] -= s.Spent
			if r.left[i] < 0 {
				broken("policy %s overspent its budget by %d micro-units in period %d", p.Name, -r.left[i], r.period)
			}
		}
	}
}

// pay hands a settlement's money to the groups whose claims were paid. What rounding or an
// exhausted budget leaves over goes to one group: that of a claimant still waiting, or of
// the last one paid.
func (r *run) pay(platform, policy int, claims, paid []float64, s models.Settlement) {
	rest := s.Spent
	last := -1
	for g := range claims {
		amount := models.Times(paid[g], r.amounts[policy])
		r.paid[g][platform] += amount
		r.unpaid[g][platform] += claims[g] - paid[g]
		rest -= amount
		if paid[g] > 0 {
			last = g
		}
	}
	if rest == 0 {
		return
	}
	if s.Rest > 0 {
		last = r.lucky(claims, paid, r.streams.Key(ForSettled, r.period, 2*uint64(policy)+1))
	}
	r.paid[last][platform] += rest
}

// claims is how many claims a group makes on a platform under an instrument.
func (r *run) claims(instrument models.Instrument, g, k int) float64 {
	switch instrument {
	case models.PayJoin:
		return r.engine.Counts().Joins[g][k]
	case models.PayOrder:
		return r.served[g][k] + r.fulfilled[g][k]
	default:
		return r.using[g][k]
	}
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
