package sim

import (
	"math"

	"flywheel/models"
)

// history is what a policy that looks at the market remembers of it.
type history struct {
	joins                 float64 // of its people on its platform, since the start
	brings, leaves, stays float64 // money, members lost and members per period, averaged
}

// fading is the weight of the newest period in those averages: a factor e in 28 periods,
// four weeks of days.
const fading = 1.0 / 28

// add remembers the period that has just ended.
func (h *history) add(r *run, c *campaign) {
	k := c.platform
	counts := r.engine.Counts()
	var brings, leaves, stays float64
	for _, g := range c.groups {
		h.joins += counts.Joins[g][k]
		leaves += counts.Leaves[g][k]
		stays += r.using[g][k]
		brings += r.margin[g][k]
	}
	h.brings += fading * (brings - h.brings)
	h.leaves += fading * (leaves - h.leaves)
	h.stays += fading * (stays - h.stays)
}

// look fills what a policy sees. What costs more than adding up is left out unless it is
// looked at.
func (r *run) look(c *campaign, s *models.Sight) {
	k, law := c.platform, r.law
	counts := r.engine.Counts()
	r.lookAtDates(c, s)
	var know float64
	var rivals [models.MaxPlatforms]float64
	for _, g := range c.groups {
		s[models.SeeMembers] += r.using[g][k]
		s[models.SeeJoins] += counts.Joins[g][k]
		s[models.SeeLeaves] += counts.Leaves[g][k]
		know += r.knowing[g][k]
		for other := range law.Platforms {
			rivals[other] += r.using[g][other]
		}
	}
	s[models.SeeShare], s[models.SeeAware] = s[models.SeeMembers]/c.people, know/c.people
	for other := range law.Platforms {
		if other != k {
			s[models.SeeRivalShare] = math.Max(s[models.SeeRivalShare], rivals[other]/c.people)
		}
	}
	s[models.SeeOtherShare] = r.otherShare(c)
	var placed, open float64
	for g := range law.Groups {
		s[models.SeeOrders] += r.served[g][k]
		s[models.SeeGMV] += models.Times(r.served[g][k], law.Groups[g].Basket()).Units()
		s[models.SeeSubsidy] += r.paid[g][k].Units()
		placed += r.placed[g][k]
		open += r.open(g, k)
	}
	switch {
	case placed == 0:
	case r.chain(k): // orders of earlier periods may be among those fulfilled
		s[models.SeeUnserved] = math.Min(1, open/placed)
	default:
		s[models.SeeUnserved] = 1 - s[models.SeeOrders]/placed
	}
	r.lookAtService(c, s)
	s[models.SeeRevenue] = r.income[k].revenue().Units()
	s[models.SeeSpent], s[models.SeeLeft] = c.spent.Units(), models.MaxMoney
	if c.left >= 0 {
		s[models.SeeLeft] = c.left.Units()
	}
	s[models.SeeCash] = r.ledgers[k].Balance(models.Cash).Units()
	for _, j := range c.rivals {
		s[models.SeeRivalOffer] = math.Max(s[models.SeeRivalOffer], r.campaigns[j].past[r.period-1])
	}
	r.lookAtValue(c, s)
	if s[models.SeeSites] = 1; r.rivals != nil {
		s[models.SeeSites] = r.rivals.sites[k]
	}
	if c.Watches(models.SeeGrowth) {
		s[models.SeeGrowth] = r.growth(c)
	}
}

// lookAtDates is what a policy knows without a look at anybody.
func (r *run) lookAtDates(c *campaign, s *models.Sight) {
	s[models.SeePeriod], s[models.SeeElapsed], s[models.SeePeople] = float64(r.period), float64(c.Began(r.period-c.late)), c.people
}

// lookAtService is how orders were carried out, and how people feel about it.
func (r *run) lookAtService(c *campaign, s *models.Sight) {
	if r.service != nil && s[models.SeeOrders] > 0 {
		var belated float64
		for g := range r.service.late {
			belated += r.service.late[g][c.platform]
		}
		s[models.SeeLate] = math.Min(1, belated/s[models.SeeOrders])
	}
	s[models.SeeSatisfaction] = 1
	if r.lives == nil {
		return
	}
	var content, rated float64
	for _, g := range c.groups {
		content += r.lives.content[g][c.platform]
		rated += r.lives.rated[g][c.platform]
	}
	if rated > 0 {
		s[models.SeeSatisfaction] = content / rated
	}
}

// otherShare is the share of the other side, in the regions aimed at, that uses the platform.
func (r *run) otherShare(c *campaign) float64 {
	var users, people float64
	seen := -1
	for _, g := range c.groups { // groups of a crowd follow each other, but for segments of several regions
		crowd := r.law.Groups[g].Crowd
		if other := r.law.Crowds[crowd].Other; crowd != seen && other >= 0 {
			users += r.market.Touching(other, 1<<c.platform)
			people += float64(r.law.Crowds[other].Size)
		}
		seen = crowd
	}
	if people == 0 {
		return 0
	}
	return users / people
}

// lookAtValue is what joins have cost and what members bring.
func (r *run) lookAtValue(c *campaign, s *models.Sight) {
	if c.history.joins > 0 {
		var acquisition models.Money
		for i := range r.campaigns {
			if other := &r.campaigns[i]; other.platform == c.platform && other.Instrument.Acquires() && overlap(other.groups, c.groups) {
				acquisition += other.spent
			}
		}
		s[models.SeeCAC] = acquisition.Units() / c.history.joins
	}
	if h := c.history; h.stays > 0 {
		var discount float64
		if e := r.law.Model.Economics; e != nil {
			discount = e.Discount
		}
		s[models.SeeLTV] = models.LifetimeValue(h.brings/h.stays, h.leaves/h.stays, discount)
	}
}

// growth is how many more of the people aimed at the law expects to join the platform than
// to leave it this period, given the offers of the policies before this one and none of its
// own.
func (r *run) growth(c *campaign) float64 {
	if r.probe == nil {
		r.probe = &probe{}
		for g := range r.law.Groups {
			r.probe.fields = append(r.probe.fields, r.law.NewField(g))
		}
	}
	used := r.law.Standings.Used
	var net float64
	for _, g := range c.groups {
		f := r.probe.fields[g]
		r.law.Fill(f, g, r.market, r.offers)
		for s, people := range r.engine.Counts().Standing[g] {
			if people == 0 {
				continue
			}
			from := models.Standing(s)
			moved := func(to models.Standing, n float64) {
				switch before, after := used[from].Has(c.platform), used[to].Has(c.platform); {
				case after && !before:
					net += n
				case before && !after:
					net -= n
				}
			}
			f.Hear(&r.probe.news, from)
			r.probe.news.Each(func(at models.Standing, heard float64) {
				revising := people * heard
				if at == from {
					revising *= f.Group.Revision()
					if f.Group.Lives() {
						f.Live(&r.probe.life, from)
						r.probe.life.Each(func(to models.Standing, p float64) { moved(to, people*heard*p) })
					}
				}
				f.Choose(&r.probe.choice, at)
				r.probe.choice.Each(func(to models.Standing, p float64) { moved(to, revising*p) })
			})
		}
	}
	return net
}

// probe is the room in which a policy asks what would happen without it.
type probe struct {
	fields             []*models.Field
	news, choice, life models.Row
}
