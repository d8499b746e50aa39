package sim

import (
	"math"

	"flywheel/models"
)

// till is what a platform earns, owes and receives besides commission, prices and policies: the
// lines of the period that are written into the ledger and the timeline.
type till struct {
	*models.Income
	platform int
	readers  []int   // groups that look at ads
	buyers   []int   // groups that place orders
	charged  [][]int // by charge: groups that pay it
	rounds   []campaign
	came     []bool // by round

	vouchers *voucherBox
	wallet   models.Money // in all wallets
	points   *pointBox

	line [tillLines]models.Money // of the period, by metric from the first of the tills on
}

// of is the period's number of a metric that tills give.
func (t *till) of(metric int) *models.Money { return &t.line[metric-firstTill] }

// newTills opens the tills of a law; nil where no platform has one.
func newTills(l *models.Law) []*till {
	var list []*till
	for k := range l.Model.Platforms {
		in := l.Model.Platforms[k].Income
		if in == nil {
			continue
		}
		if list == nil {
			list = make([]*till, l.Platforms)
		}
		t := &till{Income: in, platform: k}
		for g := range l.Groups {
			if l.Groups[g].OrderRate() > 0 {
				t.buyers = append(t.buyers, g)
			}
			if in.Ads != nil && (in.Ads.Side == "" || in.Ads.Side == l.Sides[l.Groups[g].Side]) {
				t.readers = append(t.readers, g)
			}
		}
		for _, c := range in.Charges {
			t.charged = append(t.charged, l.Covered(c.Target))
		}
		if in.Vouchers != nil {
			t.vouchers = newVoucherBox(in.Vouchers, len(t.buyers))
		}
		if in.Points != nil {
			t.points = &pointBox{hazard: in.Points.Hazard(), batches: make([]models.Money, in.Points.Expires)}
		}
		for i, rule := range l.Rounds[k] {
			round := campaign{Rule: rule, index: i, platform: k, left: -1, groups: l.Covered(models.Target{})}
			for _, g := range round.groups {
				round.people += float64(l.Groups[g].Size)
			}
			if round.Sees() {
				round.history = &history{}
			}
			t.rounds = append(t.rounds, round)
		}
		t.came = make([]bool, len(t.rounds))
		list[k] = t
	}
	return list
}

// charge puts before people what the tills take from them or promise them: they weigh it like any
// other money.
func (r *run) charge() {
	for k, t := range r.tills {
		if t == nil {
			continue
		}
		for i, c := range t.Charges {
			add(r.offers.Join, t.charged[i], k, -c.Join.Units())
			add(r.offers.Period, t.charged[i], k, -c.Period.Units())
		}
		if a := t.Ads; a != nil && a.Worth != 0 {
			for _, g := range t.readers {
				r.offers.Worth[g][k] += a.Worth * r.looks(t, g)
			}
		}
		if t.Spread != nil {
			mean := r.basket(k)
			for g := range r.law.Groups {
				group := &r.law.Groups[g]
				if bears := t.Spread.Bears(r.law.Sides[group.Side]); bears > 0 {
					basket := group.Basket().Units()
					if group.Fulfils() {
						basket = mean
					}
					r.offers.Order[g][k] -= bears * basket
				}
			}
		}
		for _, g := range t.buyers {
			if p := t.Points; p != nil { // worth what they will come to, and what they came to
				r.offers.Order[g][k] += (1-p.OnUse)*p.Earn*p.Redemption*r.law.Groups[g].Basket().Units() + t.points.felt
			}
			if w := t.Wallet; w != nil {
				r.offers.Period[g][k] += w.TopUp * w.Bonus * w.Amount.Units()
			}
		}
	}
}

// fund opens the tills for a period, and lets investors put in what they have promised, once what
// they ask for holds.
func (r *run) fund() {
	for _, t := range r.tills {
		if t == nil {
			continue
		}
		if t.line = [tillLines]models.Money{}; !r.gone(t.platform) { // who has given up, or is part of another, is no investment
			r.invest(t)
		}
	}
}

// invest asks the investors of one platform.
func (r *run) invest(t *till) {
	for i := range t.rounds {
		c := &t.rounds[i]
		if t.came[i] {
			continue
		}
		if c.history != nil {
			c.history.add(r, c)
		}
		if !c.Open(r.period) {
			continue
		}
		if c.history != nil {
			var sight models.Sight
			r.look(c, &sight)
			if !c.Ended(&sight) {
				continue
			}
		}
		t.came[i] = true
		amount := t.Rounds[i].Amount
		r.ledgers[t.platform].Post(models.Funding, models.Cash, amount)
		*t.of(funding) += amount
	}
}

// till is a platform's; nil without one.
func (r *run) till(k int) *till {
	if r.tills == nil {
		return nil
	}
	return r.tills[k]
}

// roughly bounds what a till moves in the period, in micro-units, to be held to what can be counted.
func (r *run) roughly(t *till) float64 {
	if t == nil {
		return 0
	}
	var sum float64
	if t.Ads != nil {
		sum += r.views(t) * t.Ads.PerView() * models.MicroUnits
	}
	for i, c := range t.Charges {
		for _, g := range t.charged[i] {
			sum += r.engine.Counts().Joins[g][t.platform]*float64(c.Join) + r.using[g][t.platform]*float64(c.Period+c.Cost)
		}
	}
	held := float64(r.ledgers[t.platform].Held())
	if t.Wallet != nil {
		for _, g := range t.buyers {
			sum += r.using[g][t.platform] * float64(t.Wallet.Amount) * (1 + t.Wallet.Bonus)
		}
	}
	if t.Float != nil {
		sum += t.Float.Rate * held
	}
	return sum + 2*held // GMV and the spread of it are counted elsewhere
}

// due is the GMV of which commission and spread are taken in the period: of vouchers when they are redeemed.
func (t *till) due(gmv models.Money) models.Money {
	if t == nil || t.vouchers == nil {
		return gmv
	}
	return t.direct(gmv) + *t.of(vouchersRedeemed)
}

// direct is the part of a platform's GMV that is paid when it is ordered: all but vouchers.
func (t *till) direct(gmv models.Money) models.Money {
	if t == nil || t.vouchers == nil {
		return gmv
	}
	return gmv - *t.of(vouchersSold)
}

// sell turns orders of the period into vouchers, before commission is taken of the rest.
func (r *run) sell(t *till) {
	if t == nil || t.vouchers == nil {
		return
	}
	t.vouchers.pass(r, t)
}

// trade books what a platform earns and owes besides, and returns how much it has earned and what
// that cost. GMV is that of all orders of the period.
func (r *run) trade(t *till, gmv models.Money) (earned, cost models.Money) {
	if t == nil {
		return 0, 0
	}
	l := &r.ledgers[t.platform]
	line := t.of
	if a := t.Ads; a != nil {
		*line(ads) = models.MoneyOf(r.views(t) * a.PerView())
		l.Post(models.AdSales, models.Cash, *line(ads))
	}
	if t.Spread != nil {
		*line(spreadKept) = models.Money(math.Round(t.Spread.Share * float64(t.due(gmv))))
		l.Post(models.SpreadKept, models.Cash, *line(spreadKept))
	}
	for i, c := range t.Charges {
		to, account := line(listing), models.Listing
		if c.Kind == models.ChargeHosting {
			to, account = line(hosting), models.Hosting
		}
		for _, g := range t.charged[i] {
			due := models.Times(r.engine.Counts().Joins[g][t.platform], c.Join) + models.Times(r.using[g][t.platform], c.Period)
			*to += due
			l.Post(account, models.Cash, due)
			care := models.Times(r.using[g][t.platform], c.Cost)
			cost += care
			l.Post(models.Cash, models.FixedCost, care)
		}
	}
	if t.vouchers != nil {
		r.redeemed(t, l)
	}
	if t.Wallet != nil {
		r.pocket(t, l, t.direct(gmv))
	}
	if t.points != nil {
		t.points.pass(r, t, gmv)
	}
	if f := t.Float; f != nil {
		*line(interest) = f.Interest(float64(l.Held()) + f.Lag*float64(t.direct(gmv)))
		l.Post(models.Interest, models.Cash, *line(interest))
	}
	earned = *line(ads) + *line(spreadKept) + *line(listing) + *line(hosting) + *line(interest) + *line(breakage)
	return earned, cost + *line(bonuses) + *line(rewards)
}

// views is how many pages the readers of a platform's ads look at.
func (r *run) views(t *till) float64 {
	var views float64
	for _, g := range t.readers {
		views += r.using[g][t.platform] * r.looks(t, g)
	}
	return views
}

// looks is how many of them one reader of a group looks at.
func (r *run) looks(t *till, g int) float64 {
	n := t.Ads.Views
	if other := r.law.Crowds[r.law.Groups[g].Crowd].Other; t.Ads.Content > 0 && other >= 0 {
		n *= math.Pow(r.market.Touching(other, 1<<t.platform)/float64(r.law.Crowds[other].Size), t.Ads.Content)
	}
	return n
}

// pocket passes a period of the wallets: money comes in with a bonus, pays for orders, lapses, and
// goes back to those who leave.
func (r *run) pocket(t *till, l *models.Ledger, gmv models.Money) {
	w := t.Wallet
	var deposits models.Money
	var leaves, stays float64
	for _, g := range t.buyers {
		key := r.streams.Key(ForTopUps, r.period, r.law.Groups[g].Key)
		n := r.engine.Dealer().Take(r.using[g][t.platform], w.TopUp, key, uint64(t.platform))
		deposits += models.Times(n, w.Amount)
		leaves += r.engine.Counts().Leaves[g][t.platform]
		stays += r.using[g][t.platform]
	}
	line := t.of
	part := func(share float64, of models.Money) models.Money {
		return min(t.wallet, models.Money(math.Round(share*float64(of))))
	}
	move := func(metric int, from, to models.Account, amount models.Money) {
		l.Post(from, to, amount)
		*line(metric) += amount
	}
	bonus := models.Money(math.Round(w.Bonus * float64(deposits)))
	if leaves > 0 {
		back := part(w.Refund*leaves/(leaves+stays), t.wallet)
		move(walletRefunds, models.Cash, models.WalletsHeld, back)
		t.wallet -= back
	}
	move(walletDeposits, models.WalletsHeld, models.Cash, deposits)
	move(bonuses, models.WalletsHeld, models.Bonuses, bonus)
	t.wallet += deposits + bonus
	spent := part(w.Spend, gmv)
	move(walletSpent, models.Cash, models.WalletsHeld, spent)
	t.wallet -= spent
	lapsed := part(w.Lapse, t.wallet)
	move(breakage, models.Breakage, models.WalletsHeld, lapsed)
	t.wallet -= lapsed
	*line(walletsHeld) = t.wallet
}
