package sim

import (
	"math"

	"flywheel/models"
)

// set brings the conditions to the period: what the calendar says, and whom regulations let in.
func (r *run) set() {
	c := r.offers.Under
	if c == nil {
		return
	}
	c.Set(r.period)
	if r.engine != nil { // not where offers are held without a run
		r.compete()
	}
	for i := range r.law.Model.Regulations {
		if reg := &r.law.Model.Regulations[i]; reg.Members > 0 && reg.Open(r.period) {
			r.admit(reg, &r.closed[i])
		}
	}
}

// admit shuts to newcomers the platforms that have as many members as a regulation lets them
// have, once and for all.
func (r *run) admit(reg *models.Regulation, closed *models.Homing) {
	groups := r.law.Covered(reg.Target)
	for k, p := range r.law.Model.Platforms {
		var members float64
		for _, g := range groups {
			members += r.using[g][k]
		}
		if reg.Binds(p.Name, r.period) && members >= float64(reg.Members) {
			*closed = closed.With(k)
		}
		if !closed.Has(k) {
			continue
		}
		for _, g := range groups {
			r.offers.Under.Full[g] = r.offers.Under.Full[g].With(k)
		}
	}
}

// permit holds what a policy would offer to what regulations permit.
func (r *run) permit(c *campaign) {
	if len(r.law.Model.Regulations) > 0 {
		c.offered = r.law.Model.Permitted(r.law.Model.Platforms[c.platform].Name, c.Instrument, r.period, c.offered)
	}
}

// banned tells whether a policy's instrument is one that nobody may use in the period.
func (r *run) banned(c *campaign) bool {
	return r.law.Model.Banned(r.law.Model.Platforms[c.platform].Name, c.Instrument, r.period)
}

// fee is a platform's take rate in the period.
func (r *run) fee(k int) float64 { return r.law.Model.TakeRate(k, r.period) }

// relieve lets those who fulfil orders keep what a cap on commissions takes from platforms.
func (r *run) relieve() {
	for k, p := range r.law.Model.Platforms {
		kept := p.Fee - r.fee(k)
		if kept == 0 {
			continue
		}
		each := kept * r.basket(k)
		for g := range r.law.Groups {
			if r.law.Groups[g].Fulfils() {
				r.offers.Order[g][k] += each
			}
		}
	}
}

// fine books the fines of the period and remembers what was earned in it.
func (r *run) fine() {
	m := r.law.Model
	if len(m.Regulations) == 0 || r.err != nil {
		return
	}
	for k, p := range m.Platforms {
		r.earned[k] = append(r.earned[k], r.income[k].revenue())
		r.fines[k] = 0
		for i := range m.Regulations {
			reg := &m.Regulations[i]
			if reg.From != r.period || !reg.Binds(p.Name, r.period) {
				continue
			}
			due := reg.Fine.Amount.Units()
			for _, earned := range r.earned[k][max(0, len(r.earned[k])-reg.Fine.Over):] {
				due += reg.Fine.Share * earned.Units()
			}
			due = math.Max(0, due)
			if !r.bears(k, due*models.MicroUnits) {
				return
			}
			r.fines[k] += models.MoneyOf(due)
		}
		r.ledgers[k].Post(models.Cash, models.Fines, r.fines[k])
	}
}

// calendar records what the calendar cost: the fines of the period in the rows of the whole market.
func (rec *Recorder) calendar(r *run) {
	fill(rec.at[fines], math.NaN())
	if r.fines == nil {
		return
	}
	all := r.law.Platforms
	var sum models.Money
	for k, due := range r.fines {
		rec.at[fines][k] = due.Units()
		sum += due
	}
	rec.at[fines][all] = sum.Units()
}
