package sim

import (
	"math"

	"flywheel/models"
)

// appetite is what a run remembers of how people's orders answer to prices: by group and platform.
type appetite struct {
	reference [][]float64 // price that people are used to, over the basket
	missing   [][]float64 // orders pulled forward, still to be missing
	deferred  [][]float64 // orders put off
	soon      [][][]bool  // by period: a lower price has been announced
}

// newAppetite makes room for it; nil where orders answer to no price.
func newAppetite(l *models.Law, campaigns []campaign) *appetite {
	if !l.Answering() {
		return nil
	}
	a := &appetite{
		reference: table[float64](len(l.Groups), l.Platforms), missing: table[float64](len(l.Groups), l.Platforms),
		deferred: table[float64](len(l.Groups), l.Platforms), soon: make([][][]bool, len(l.Groups)),
	}
	last := l.Model.Horizon.Periods
	for g := range l.Groups {
		a.soon[g] = table[bool](l.Platforms, last+1)
		for k := range l.Platforms {
			a.reference[g][k] = 1
			if e := l.Model.Event; e != nil && e.Platform == l.Model.Platforms[k].Name {
				for t := max(0, e.Period-e.Announced); t < e.Period; t++ {
					a.soon[g][k][t] = true
				}
			}
		}
	}
	for i := range campaigns {
		c := &campaigns[i]
		if c.Announced == 0 || c.Instrument != models.PayOrder && c.Instrument != models.PayRebate {
			continue
		}
		for t := 1; t <= last; t++ {
			for ahead := t + 1; ahead <= min(last, t+c.Announced); ahead++ {
				if planned(c, ahead) > planned(c, t) {
					for _, g := range c.groups {
						a.soon[g][c.platform][t] = true
					}
				}
			}
		}
	}
	return a
}

// planned is what a policy means to offer in a period, as far as that is known beforehand.
func planned(c *campaign, period int) float64 {
	if !c.Open(period) {
		return 0
	}
	return c.Shape.At(float64(c.Began(period)))
}

// answer changes the orders that a group is expected to place into those it places at the
// prices of the period: fewer or more, some put off, some missing because they came before.
func (r *run) answer(g int) {
	group := &r.law.Groups[g]
	d := group.Demand()
	if r.appetite == nil || d == nil {
		return
	}
	a := r.appetite
	for k := range r.law.Platforms {
		price := group.Price(r.offers.Order[g][k])
		usual := r.expected[g][k]
		now := usual * d.Answer(price, a.reference[g][k])
		missing := math.Min(now, a.missing[g][k]/math.Max(1, d.Over))
		a.missing[g][k] += d.Pull*math.Max(0, now-usual) - missing
		now -= missing
		if a.soon[g][k][r.period] {
			off := d.Defer * now
			a.deferred[g][k] += off
			now -= off
		} else {
			now += a.deferred[g][k]
			a.deferred[g][k] = 0
		}
		r.expected[g][k] = now
		a.reference[g][k] = d.Remember(price, a.reference[g][k])
	}
}

// pull remembers which orders of an event are taken from later ones.
func (a *appetite) pull(group *models.Group, g, k int, orders float64) {
	if a == nil || group.Demand() == nil {
		return
	}
	a.missing[g][k] += group.Demand().Pull * orders
}

// work is how long members are online, by group and platform.
type work struct {
	bonus  [][]float64 // money for each hour
	online [][]float64 // hours per member and period
}

// newWork makes room for it; nil where hours are not counted.
func newWork(l *models.Law) *work {
	if !l.Hourly() {
		return nil
	}
	w := &work{bonus: table[float64](len(l.Groups), l.Platforms), online: table[float64](len(l.Groups), l.Platforms)}
	w.settle(l, nil)
	return w
}

// settle works out how long members stay for the bonuses held out, and what these bring them.
func (w *work) settle(l *models.Law, offers *models.Offers) {
	if w == nil {
		return
	}
	for g := range l.Groups {
		for k := range l.Platforms {
			w.online[g][k] = l.Model.Horizon.Hours()
			if s := l.Groups[g].Supply(); s != nil {
				w.online[g][k] = s.Online(w.bonus[g][k])
				if offers != nil {
					offers.Period[g][k] += w.bonus[g][k] * w.online[g][k]
				}
			}
			w.bonus[g][k] = 0
		}
	}
}

// hours is how many hours members of a group are online on a platform in the period, and how
// many servers they are at a time.
func (r *run) hours(g, k int) (hours, servers float64) {
	if r.work == nil {
		return 0, r.using[g][k]
	}
	hours = r.using[g][k] * r.work.online[g][k]
	servers = hours / r.law.Model.Horizon.Hours()
	if s := r.law.Groups[g].Supply(); s != nil {
		servers *= s.Skill
	}
	return hours, servers
}

// writeHours records how long those who fulfil orders were online.
func (r *run) writeHours(rec *Recorder) {
	if r.work == nil {
		return
	}
	names := len(rec.layout.names)
	for i := range rec.layout.scopes {
		line := rec.at[hoursOnline][i*names : (i+1)*names]
		fill(line, math.NaN())
		if !rec.layout.scopes[i].fulfils && i > 0 {
			continue
		}
		fill(line, 0)
		for _, g := range rec.layout.scopes[i].groups {
			if r.law.Groups[g].Supply() == nil {
				continue
			}
			for k := range names - 1 {
				n, _ := r.hours(g, k)
				line[k] += n
				line[names-1] += n
			}
		}
	}
}
