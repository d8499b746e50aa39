package sim

import (
	"hash/fnv"
	"math"

	"flywheel/models"
)

// rivals is how platforms came, went and merged so far. Every list is by platform.
type rivals struct {
	since       []int       // first period in which it is there; models.Never: not yet
	gone        []bool      // has given up, or is part of another
	fixed       []float64   // what became part of it costs, in its own fixed costs and micro-units
	capacity    []float64   // what became part of it could fulfil in a period
	offers      []float64   // factor on what its policies offer
	transferred [][]float64 // [group][platform, then any] people whom the period brought by a merger, or took by an exit

	sites   []float64
	opened  []float64
	closed  []float64
	watches []campaign // what each looks at the market with, where it has sites
}

// newRivals is nil for a law in which platforms neither come nor go.
func newRivals(l *models.Law) *rivals {
	if !l.Model.Contested() {
		return nil
	}
	n := l.Platforms
	v := &rivals{
		since: make([]int, n), gone: make([]bool, n), fixed: make([]float64, n), capacity: make([]float64, n), offers: make([]float64, n),
		transferred: table[float64](len(l.Groups), n+1), sites: make([]float64, n), opened: make([]float64, n), closed: make([]float64, n), watches: make([]campaign, n),
	}
	for k := range l.Model.Platforms {
		p := &l.Model.Platforms[k]
		v.sites[k], v.offers[k] = 1, 1
		if p.Entry != nil {
			v.since[k] = models.Never
		}
		if p.Sites != nil {
			v.sites[k] = float64(p.Sites.Start)
			c := &v.watches[k]
			*c = campaign{Rule: models.Rule{Policy: &models.Policy{Platform: p.Name}}, platform: k, left: -1, groups: l.Covered(models.Target{}), history: &history{}}
			for _, g := range c.groups {
				c.people += float64(l.Groups[g].Size)
			}
		}
	}
	return v
}

// there tells whether a platform is there in the period, in some region.
func (r *run) there(k int) bool {
	if v := r.rivals; v != nil && (v.gone[k] || r.period < v.since[k]) {
		return false
	}
	p := &r.law.Model.Platforms[k]
	if p.Launch == nil {
		return true
	}
	for c := range r.law.Crowds {
		if p.Launched(r.law.Crowds[c].Region, r.period) {
			return true
		}
	}
	return false
}

// gone tells whether a platform has given up, or is part of another.
func (r *run) gone(k int) bool { return r.rivals != nil && r.rivals.gone[k] }

// came is the first period in which a platform was there in some region.
func (r *run) came(k int) int {
	launch := r.law.Model.Platforms[k].Launch
	if launch == nil {
		return r.rivals.since[k]
	}
	first := models.Never
	for c := range r.law.Crowds {
		first = min(first, launch[r.law.Crowds[c].Region])
	}
	return first
}

// compete lets platforms give up, merge and come at the start of a period, as the end of the one
// before shows the market, and shuts those that are not there.
func (r *run) compete() {
	v, m := r.rivals, r.law.Model
	if v == nil {
		return
	}
	for g := range v.transferred {
		clear(v.transferred[g])
	}
	clear(v.opened)
	clear(v.closed)
	for k := range m.Platforms {
		p := &m.Platforms[k]
		switch {
		case v.gone[k]:
		case p.Entry != nil && v.since[k] == models.Never:
			r.enter(k, p.Entry)
		case p.Exit != nil && r.there(k) && r.period > r.came(k)+p.Exit.Grace && r.givesUp(k, p.Exit):
			r.leave(k)
		}
	}
	for i := range m.Mergers {
		if m.Mergers[i].At == r.period {
			r.merge(&m.Mergers[i])
		}
	}
	for k := range m.Platforms {
		if sites := m.Platforms[k].Sites; sites != nil && r.there(k) {
			r.site(k, sites)
		}
	}
	for k := range m.Platforms {
		switch {
		case v.gone[k] || r.period < v.since[k]:
			for g := range r.offers.Under.Shut {
				r.offers.Under.Shut[g] = r.offers.Under.Shut[g].With(k)
			}
		case m.Platforms[k].Imitates != nil && r.period >= r.came(k)+m.Platforms[k].Imitates.Lag:
			r.offers.Under.Copy(r.period, k)
		}
	}
}

// rivalMargin is what the rivals of a platform earned in the period before less what they spent, over
// their GMV; 0 without any.
func (r *run) rivalMargin(k int) float64 {
	var profit, gmv float64
	for j := range r.law.Model.Platforms {
		if j == k || !r.there(j) {
			continue
		}
		profit += (r.income[j].revenue() - r.income[j].cost).Units()
		gmv += r.gmv(j).Units()
	}
	if gmv == 0 {
		return 0
	}
	return profit / gmv
}

// enter draws whether a platform comes: with the probability that a Poisson process of its hazard
// has an event in the period.
func (r *run) enter(k int, e *models.Entry) {
	if r.period <= e.After {
		return
	}
	name := fnv.New64a()
	name.Write([]byte(r.law.Model.Platforms[k].Name))
	if r.streams.Key(ForEntry, r.period, name.Sum64()).Uniform(0) >= -math.Expm1(-e.Hazard(r.rivalMargin(k))) {
		return
	}
	r.rivals.since[k] = r.period
	for i := range r.campaigns {
		if c := &r.campaigns[i]; c.platform == k {
			c.late = r.period - 1
		}
	}
}

// givesUp tells whether a platform has had enough.
func (r *run) givesUp(k int, e *models.Exit) bool {
	if e.Cash != nil && r.ledgers[k].Balance(models.Cash) < *e.Cash {
		return true
	}
	var own, all float64
	for g := range r.using {
		for j, n := range r.using[g][:r.law.Platforms] {
			all += n
			if j == k {
				own += n
			}
		}
	}
	return e.Share > 0 && own < e.Share*all
}

// leave takes a platform out of the market: its people use it no more, its policies end, its sites
// close, and its coupons are worth nothing.
func (r *run) leave(k int) {
	v := r.rivals
	v.gone[k] = true
	v.closed[k], v.sites[k] = v.sites[k], 0
	r.transfer(k, -1)
	for i := range r.campaigns {
		if c := &r.campaigns[i]; c.platform == k {
			c.ended, c.coupons = true, nil
		}
	}
}

// merge makes one platform part of another.
func (r *run) merge(x *models.Merger) {
	v, m := r.rivals, r.law.Model
	from, into := m.PlatformIndex(x.From), m.PlatformIndex(x.Into)
	if v.gone[from] || v.gone[into] { // one of them has given up before
		return
	}
	cash := r.ledgers[from].Balance(models.Cash)
	cash -= min(max(0, cash), max(0, r.ledgers[from].Held())) // what others have paid ahead stays behind for them
	r.ledgers[from].Post(models.Cash, models.Funding, cash)
	r.ledgers[into].Post(models.Funding, models.Cash, cash)
	v.fixed[into] += (float64(m.Platforms[from].Cost.Fixed)*v.sites[from] + v.fixed[from]) * (1 - x.Saving)
	v.sites[from] = 0
	v.capacity[into] += m.Platforms[from].Capacity + v.capacity[from]
	if m.Platforms[from].Capacity == 0 {
		v.capacity[into] = math.Inf(1)
	}
	v.gone[from] = true
	v.since[into] = min(v.since[into], v.since[from])
	r.transfer(from, into)
	for i := range r.campaigns {
		c := &r.campaigns[i]
		if match, is := c.Shape.(models.Match); is && (c.platform == into && match.Rival == x.From || c.platform == from && match.Rival == x.Into) {
			c.ended = true // there is nobody left to match
		}
		if c.platform == from {
			c.platform = into
		}
	}
	v.offers[into] *= 1 + x.Subsidies
}

// transfer moves everybody at once from one platform to another, or with into below 0 off it,
// and what they ordered last with them; it counts for whom that changed anything.
func (r *run) transfer(from, into int) {
	to := make([][]models.Standing, len(r.law.Groups))
	before := table[float64](len(r.law.Groups), r.law.Platforms+1)
	for g := range to {
		copy(before[g], r.using[g])
		for s := range r.law.Standings.Count() {
			to[g] = append(to[g], r.law.Standings.Transferred(models.Standing(s), from, into, r.law.Groups[g].Lives()))
		}
		for _, orders := range [...][][]float64{r.placed, r.served, r.fulfilled} {
			if into >= 0 {
				orders[g][into] += orders[g][from]
			}
			orders[g][from] = 0
		}
	}
	r.engine.Transfer(to)
	r.count()
	for g := range to {
		for k, n := range r.using[g] {
			r.rivals.transferred[g][k] += n - before[g][k]
		}
	}
}

// site lets sites of a platform open and close.
func (r *run) site(k int, s *models.Sites) {
	v, formulas := r.rivals, r.law.Sitings[k]
	var sight models.Sight
	c := &v.watches[k]
	c.history.add(r, c)
	r.look(c, &sight)
	key := r.streams.Key(ForSites, r.period, uint64(k))
	v.opened[k] = r.engine.Dealer().Come(within(formulas.Opening.Number(&sight), 0, mostSites), key, 0)
	v.closed[k] = r.engine.Dealer().Take(v.sites[k], within(formulas.Closing.Number(&sight), 0, 1), key, 1)
	v.sites[k] = min(mostSites, v.sites[k]+v.opened[k]-v.closed[k])
	if r.bears(k, v.opened[k]*float64(s.Capital)) {
		r.ledgers[k].Post(models.Funding, models.Cash, models.Times(v.opened[k], s.Capital))
	}
}

// mostSites keeps what sites cost within what can be counted.
const mostSites = 1e6

// within holds a number, which may be none, to bounds.
func within(x, lo, hi float64) float64 {
	if math.IsNaN(x) {
		return lo
	}
	return min(max(x, lo), hi)
}

// fixed is what it costs in the period that a platform is there.
func (r *run) fixed(k int) models.Money {
	own := r.law.Model.Platforms[k].Cost.Fixed
	if !r.there(k) {
		return 0
	}
	if v := r.rivals; v != nil {
		return models.Money(math.Round(float64(own)*v.sites[k] + v.fixed[k]))
	}
	return own
}

// invested adds what investors put in with sites that open to what they put in besides.
func (rec *Recorder) invested(k, all int, amount models.Money) {
	rec.more(funding, k, amount.Units())
	rec.more(funding, all, amount.Units())
}

// more adds to a number of the period, or begins it.
func (rec *Recorder) more(metric, place int, x float64) {
	if row := &rec.at[metric][place]; math.IsNaN(*row) {
		*row = x
	} else {
		*row += x
	}
}

// contest records how platforms came and went.
func (rec *Recorder) contest(r *run) {
	for _, m := range [...]int{transferred, sites, openings, closings, isThere} {
		fill(rec.at[m], math.NaN())
	}
	v, all := r.rivals, r.law.Platforms
	if v == nil {
		return
	}
	for i, s := range rec.layout.scopes {
		if i == 0 { // people of different sides are not added up
			continue
		}
		row := rec.at[transferred][i*(all+1) : (i+1)*(all+1)]
		clear(row)
		for _, g := range s.groups {
			addTo(row, v.transferred[g])
		}
	}
	for k := range all {
		rec.at[isThere][k] = 0
		if r.there(k) {
			rec.at[isThere][k] = 1
		}
		s := r.law.Model.Platforms[k].Sites
		if s == nil {
			continue
		}
		rec.at[sites][k], rec.at[openings][k], rec.at[closings][k] = v.sites[k], v.opened[k], v.closed[k]
		if s.Capital > 0 {
			rec.invested(k, all, models.Times(v.opened[k], s.Capital))
		}
	}
}
