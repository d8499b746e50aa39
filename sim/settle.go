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
	claims := make([]int64, len(r.law.Groups))
	paid := make([]int64, len(r.law.Groups))
	for i := range r.law.Model.Policies {
		p := &r.law.Model.Policies[i]
		if r.amounts[i] == 0 {
			continue
		}
		var total int64
		platform := 0
		clear(claims)
		r.eachCovered(p, func(g, k int) {
			platform = k
			claims[g] = r.claims(p.Instrument, g, k)
			total += claims[g]
		})
		s := models.Settle(total, r.amounts[i], r.left[i])
		copy(paid, claims)
		if s.Unpaid() > 0 {
			spread(paid, claims, s.Paid, r.streams.Key(ForSettled, r.period, 2*uint64(i)))
		}
		for g := range claims {
			r.paid[g][platform] += models.Money(paid[g]) * r.amounts[i]
			r.unpaid[g][platform] += claims[g] - paid[g]
		}
		if s.Rest > 0 {
			g := lucky(claims, paid, r.streams.Key(ForSettled, r.period, 2*uint64(i)+1))
			r.paid[g][platform] += s.Rest
		}
		r.toDate[platform] += s.Spent
		if r.left[i] > 0 {
			r.left[i] -= s.Spent
			if r.left[i] < 0 {
				broken("policy %s overspent its budget by %d micro-units in period %d", p.Name, -r.left[i], r.period)
			}
		}
	}
}

// claims is how many claims a group makes on a platform under an instrument.
func (r *run) claims(instrument models.Instrument, g, k int) int64 {
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
func lucky(claims, paid []int64, key Key) int {
	one := make([]int64, len(claims))
	waiting := make([]int64, len(claims))
	for g := range claims {
		waiting[g] = claims[g] - paid[g]
	}
	spread(one, waiting, 1, key)
	for g, n := range one {
		if n > 0 {
			return g
		}
	}
	broken("a budget has a rest and nobody to receive it")
	return 0
}
