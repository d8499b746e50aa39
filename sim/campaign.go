package sim

import (
	"math"
	"slices"

	"flywheel/models"
)

// campaign is a policy in progress.
type campaign struct {
	models.Rule
	index    int // of the policy, for its random streams
	platform int
	groups   []int   // that it is aimed at
	people   float64 // in them
	rivals   []int   // campaigns of other platforms by the same instrument for any of the same people

	late    int          // periods before its platform came
	offered float64      // what it offers this period, in the unit of its instrument
	amount  models.Money // what a claim of this period is worth
	left    models.Money // of the budget; negative without a limit
	spent   models.Money // since the start
	ended   bool         // by what it saw

	past     []float64    // offered, by period; nil where nobody asks for it
	history  *history     // what it has seen happen; nil when it looks at nothing
	contacts float64      // of its channel, in the period before
	brought  []float64    // by group: share of this period's joins that the policy brings
	claimed  float64      // claims of the period before
	passing  float64      // of envelopes: share of the people who receive one in the period
	reached  float64      // people who have received one in the burst
	fresh    float64      // of them, in the period
	stock    []float64    // by group: members that a channel has brought, as far as it is paid by their orders
	built    bool         // of a feature: whether building it has been paid
	running  models.Money // of a feature: paid in the period for building and running it
	counted  models.Money // of what is spent, what economics have counted
	coupons  *couponBox   // of a rebate
	hourly   bool         // pays for hours as people choose them
}

// newCampaigns starts the policies of a law.
func newCampaigns(l *models.Law) []campaign {
	list := make([]campaign, len(l.Rules))
	for i := range list {
		c := &list[i]
		*c = campaign{Rule: l.Rules[i], index: i, left: -1, groups: l.Covered(l.Rules[i].Target)}
		c.platform = l.Model.PlatformIndex(c.Platform)
		if c.Limited {
			c.left = c.Budget
		}
		switch c.Instrument {
		case models.PayRebate:
			c.groups = slices.DeleteFunc(c.groups, func(g int) bool { return l.Groups[g].OrderRate() == 0 })
			c.coupons = newCouponBox(c.Rebate, len(c.groups))
		case models.CutCommission:
			c.groups = slices.DeleteFunc(c.groups, func(g int) bool { return !l.Groups[g].Fulfils() })
		}
		if c.Instrument.Brings() {
			c.brought = make([]float64, len(c.groups))
			if c.Channel.PaysOrders() {
				c.stock = make([]float64, len(c.groups))
			}
		}
		for _, g := range c.groups {
			c.people += float64(l.Groups[g].Size)
		}
		c.hourly = c.Instrument == models.PayHour && c.Target.Relation == "" && len(c.groups) > 0 &&
			!slices.ContainsFunc(c.groups, func(g int) bool { return l.Groups[g].Supply() == nil })
		if c.Sees() {
			c.history = &history{}
		}
	}
	for i := range list {
		c := &list[i]
		match, matches := c.Shape.(models.Match)
		if !matches && !c.Watches(models.SeeRivalOffer) {
			continue
		}
		for j := range list {
			rival := &list[j]
			if rival.platform == c.platform || rival.Instrument != c.Instrument || !overlap(c.groups, rival.groups) || matches && rival.Platform != match.Rival {
				continue
			}
			c.rivals = append(c.rivals, j)
			rival.past = make([]float64, l.Model.Horizon.Periods+1)
		}
	}
	return list
}

// overlap tells whether two ascending lists share an entry.
func overlap(a, b []int) bool {
	return slices.ContainsFunc(a, func(g int) bool { _, found := slices.BinarySearch(b, g); return found })
}

// offer asks each policy for its amount and holds it out; one whose budget is spent, or that
// has ended, offers nothing.
func (r *run) offer() {
	if len(r.campaigns) == 0 && r.tills == nil && len(r.law.Model.Regulations) == 0 {
		return
	}
	r.offers.Clear()
	for g := range r.lift {
		clear(r.lift[g])
	}
	clear(r.added)
	r.unfit()
	r.charge()
	if r.discounts != nil {
		for g := range r.discounts {
			clear(r.discounts[g])
		}
	}
	for i := range r.campaigns {
		c := &r.campaigns[i]
		c.offered, c.amount = r.propose(c), 0
		r.permit(c)
		if c.past != nil {
			c.past[r.period] = c.offered
		}
		r.hold(c)
	}
	r.work.settle(r.law, r.offers)
	for i := range r.campaigns {
		if c := &r.campaigns[i]; c.brought != nil {
			r.attribute(c)
		}
	}
	r.relieve()
}

// propose is what a policy offers this period in the unit of its instrument.
func (r *run) propose(c *campaign) float64 {
	var sight models.Sight
	r.lookAtDates(c, &sight)
	if c.history != nil {
		c.history.add(r, c)
	}
	if c.ended || !c.Open(r.period-c.late) || c.money() == 0 || !r.there(c.platform) {
		return 0
	}
	if c.history != nil {
		r.look(c, &sight)
		if c.ended = c.Ended(&sight); c.ended {
			return 0
		}
	}
	rival := 0.0
	if match, is := c.Shape.(models.Match); is && r.period > match.Lag {
		for _, j := range c.rivals {
			rival += r.campaigns[j].past[r.period-match.Lag]
		}
	}
	amount := c.Amount(r.period-c.late, &sight, rival)
	if r.rivals != nil {
		amount *= r.rivals.offers[c.platform]
	}
	return amount
}

// money is what a policy can still promise: what is left of its budget but for the coupons
// at hand; negative without a limit.
func (c *campaign) money() models.Money {
	if c.left > 0 && c.coupons != nil {
		return max(0, c.left-c.coupons.owed())
	}
	return c.left
}

// most is what a policy may spend this period: all it can promise or, spent evenly, an equal
// part of it for each period that is left.
func (c *campaign) most(period, horizon int) models.Money {
	money := c.money()
	if !c.Even || money < 0 {
		return money
	}
	last := horizon
	if c.Until > 0 {
		last = min(last, c.Until+c.late)
	}
	return max(0, (money+c.running)/models.Money(max(1, last-period+1))-c.running)
}

// hold puts a policy's offer before the people it is aimed at.
func (r *run) hold(c *campaign) {
	if c.Instrument == models.BuyMarketing {
		r.advertise(c)
		return
	}
	if c.Instrument == models.PayEnvelope {
		r.circulate(c)
		return
	}
	if c.offered == 0 {
		return
	}
	k := c.platform
	switch c.Instrument {
	case models.PayJoin:
		c.amount = models.MoneyOf(c.offered)
		add(r.table(c, r.offers.Join), c.groups, k, c.amount.Units())
	case models.PayOrder:
		c.amount = models.MoneyOf(c.offered)
		r.perOrder(c, c.amount.Units())
	case models.PayPeriod:
		c.amount = models.MoneyOf(c.offered)
		add(r.table(c, r.offers.Period), c.groups, k, c.amount.Units())
	case models.PayHour:
		if c.hourly {
			c.amount = models.MoneyOf(c.offered)
			add(r.work.bonus, c.groups, k, c.amount.Units())
			return
		}
		c.amount = models.MoneyOf(c.offered * c.Hours)
		add(r.table(c, r.offers.Period), c.groups, k, c.amount.Units())
	case models.PayRebate: // worth what it will come to
		c.amount = models.MoneyOf(c.offered)
		r.perOrder(c, c.Rebate.Redemption*c.amount.Units())
	case models.PayReferral:
		r.invite(c)
	case models.CutCommission:
		c.offered = math.Max(0, math.Min(c.offered, r.fee(k)-r.cut(c)))
		c.amount = models.MoneyOf(c.offered * r.basket(k))
		add(r.offers.Order, c.groups, k, c.amount.Units())
	case models.ChangePrice:
		c.amount = models.MoneyOf(c.offered)
		add(r.table(c, r.offers.Period), c.groups, k, -c.amount.Units())
		if c.Target.Relation != "" {
			return
		}
		for _, g := range c.groups {
			r.discounts[g][k] -= c.amount
		}
	case models.Onboarding, models.Community, models.Component, models.Openness, models.AddCapacity:
		r.build(c)
	case models.Exclusivity:
		c.amount = models.MoneyOf(c.offered)
		add(r.offers.Alone, c.groups, k, c.amount.Units())
	}
}

// cut is the most that policies before a cut of the take rate leave of it to any of its people.
func (r *run) cut(c *campaign) float64 {
	var most float64
	for _, g := range c.groups {
		var sum float64
		for i := range r.campaigns[:c.index] {
			if o := &r.campaigns[i]; o.Instrument == models.CutCommission && o.platform == c.platform && slices.Contains(o.groups, g) {
				sum += o.offered
			}
		}
		most = math.Max(most, sum)
	}
	return most
}

// table is the table of offers that a policy adds to: that of its instrument, or of those alone
// who stand in the relation it is aimed at.
func (r *run) table(c *campaign, all [][]float64) [][]float64 {
	if c.Target.Relation == "" {
		return all
	}
	return r.offers.Of(c.Target.Relation)
}

// add adds an amount to the entries of some groups on a platform.
func add(table [][]float64, groups []int, k int, amount float64) {
	for _, g := range groups {
		table[g][k] += amount
	}
}

// basket is the mean value of an order on a platform: of the period before or, where there
// was none, of all who order, by how much they do.
func (r *run) basket(k int) float64 {
	var value, orders, all, rate float64
	for g := range r.law.Groups {
		group := &r.law.Groups[g]
		value += float64(r.served[g][k]) * group.Basket().Units()
		orders += r.served[g][k]
		weight := float64(group.Size) * group.OrderRate()
		all += weight * group.Basket().Units()
		rate += weight
	}
	if orders > 0 {
		return value / orders
	}
	return all / rate
}

// invite lets members invite others: a person of their side and region hears of the platform
// from each invitation that meets it.
func (r *run) invite(c *campaign) {
	k := c.platform
	c.amount = models.MoneyOf(c.offered * (1 + c.Referral.Inviter))
	var members float64
	for _, g := range c.groups {
		crowd := r.law.Groups[g].Crowd
		r.offers.Hazard[g][k] += c.Referral.Invites * r.market.Touching(crowd, 1<<k) / float64(r.law.Crowds[crowd].Size)
		members += r.using[g][k]
	}
	if members > 0 { // what a member received on average in the period before
		add(r.offers.Period, c.groups, k, c.offered*c.Referral.Inviter*c.claimed/members)
	}
}

// advertise buys attention, and lets what was bought before fade.
func (r *run) advertise(c *campaign) {
	k := c.platform
	var spend models.Money
	reached := c.offered > 0
	if c.Channel.ByResult() {
		c.amount = models.MoneyOf(c.offered)
		if c.Channel.Shares() {
			c.amount = models.MoneyOf(c.offered * r.basket(k))
		}
		if c.Channel.Kind == models.ChannelPartner {
			reached = c.Open(r.period-c.late) && !c.ended && c.money() != 0 && !r.banned(c)
		}
	} else {
		spend = models.MoneyOf(c.offered)
		if most := c.most(r.period, r.law.Model.Horizon.Periods); most >= 0 {
			spend = min(spend, most)
		}
		if !r.within(k, float64(c.spent)+float64(r.marketing[k])+float64(spend)) {
			return
		}
		r.spend(c, spend)
		r.marketing[k] += spend
		reached = true
	}
	before := c.contacts
	if c.contacts = 0; reached {
		c.contacts = c.Channel.Contacts(spend.Units(), before)
		if c.Channel.Kind == models.ChannelPartner {
			c.contacts = 0
			for _, g := range c.groups {
				c.contacts += c.Channel.Exchange * r.using[g][k]
			}
		}
		add(r.offers.Hazard, c.groups, k, c.Channel.Hazard(c.contacts, c.people))
	}
}

// lingers tells whether people may hear by a policy in a period in which it offers nothing: by what was
// bought before, or by contacts that cost nothing.
func (c *campaign) lingers() bool {
	return c.Instrument == models.BuyMarketing && c.contacts > 0 && (!c.Channel.ByResult() || c.Channel.Kind == models.ChannelPartner)
}

// attribute works out which share of the joins of each group a policy brings this period:
// its part of the hazard of hearing, or where everybody knows every platform, the chance of
// having been invited. A referral's bonus is worth that share of it to one who may join.
func (r *run) attribute(c *campaign) {
	k := c.platform
	for i, g := range c.groups {
		c.brought[i] = 0
		if c.offered == 0 && !c.lingers() {
			continue
		}
		crowd := r.law.Groups[g].Crowd
		share := r.market.Touching(crowd, 1<<k) / float64(r.law.Crowds[crowd].Size)
		own := c.Channel.Hazard(c.contacts, c.people)
		switch c.Instrument {
		case models.PayReferral:
			own = c.Referral.Invites * share
		case models.PayEnvelope:
			own = c.passing
		}
		c.brought[i] = math.Min(1, own)
		if r.law.Groups[g].Gated() && own > 0 {
			c.brought[i] = own / (r.law.Groups[g].News(r.market.Heard(crowd, k, share)) + r.offers.Hazard[g][k])
		}
		if c.Instrument == models.PayReferral {
			r.offers.Join[g][k] += c.brought[i] * c.offered
		}
	}
}

// spend takes money out of a policy's budget.
func (r *run) spend(c *campaign, money models.Money) {
	c.spent += money
	if c.left > 0 {
		if c.left -= money; c.left < 0 {
			broken("policy %s overspent its budget by %d micro-units in period %d", c.Name, -c.left, r.period)
		}
	}
}
