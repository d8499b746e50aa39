package sim

import (
	"fmt"
	"math"
)

// step is one period, in the order in which things happen. Everybody reacts to the end of
// the period before, so that nobody's luck depends on who was asked first.
func (r *run) step(period int) {
	r.period = period
	r.set()     // the calendar says what there is, and what befalls it
	r.observe() // everybody sees who used what, and what was ordered, at the end of the period before
	r.fund()    // investors put in what they have promised
	r.offer()   // policies with money left hold out their amounts
	r.weigh()   // the law turns market and offers into the worth of every bundle
	r.move()    // people hear of platforms, revise, choose
	r.order()   // participants place orders
	r.reach()   // an event's orders reach the deployment, which may not take all
	r.match()   // orders meet counterparts and capacity; the rest go unserved
	r.settle()  // claims are paid until budgets end
	r.book()    // commission, membership, subsidies and costs go through the ledgers
	r.divide()  // platforms with several ways to sell divide what was sold among them
	r.fine()    // authorities have their share
	r.judge()   // what people have brought, and where platforms stand in their lives
	r.record.write(r)
}

// observe fills the market: users by bundle and orders of each crowd.
func (r *run) observe() {
	r.market.Period = r.period
	for c, crowd := range r.law.Crowds {
		clear(r.market.Users[c])
		clear(r.market.Orders[c])
		for _, g := range crowd.Groups {
			for h, n := range r.users[g] {
				r.market.Users[c][h] += n
			}
			for k := range r.law.Platforms {
				r.market.Orders[c][k] += r.served[g][k] + r.fulfilled[g][k]
			}
		}
		for k := range r.law.Platforms {
			r.market.Unserved[c][k] = r.unserved(c, k)
		}
	}
	if r.service != nil {
		r.service.observed(r)
	}
	for c := range r.market.Tone {
		r.law.Tone(r.market.Tone[c], c, func(_, g int) []float64 { return r.engine.Counts().Standing[g] })
	}
}

// unserved is the share of the orders of the period before that nobody fulfilled on a
// platform: those a crowd placed or, where it fulfils, those the other side placed in its
// region.
func (r *run) unserved(crowd, k int) float64 {
	c := &r.law.Crowds[crowd]
	if r.law.Groups[c.Groups[0]].Fulfils() && c.Other >= 0 {
		c = &r.law.Crowds[c.Other]
	}
	var placed, served float64
	var open float64
	for _, g := range c.Groups {
		placed += r.placed[g][k]
		served += r.served[g][k]
		open += r.open(g, k)
	}
	if placed == 0 {
		return 0
	}
	if r.chain(k) { // orders of earlier periods may be among those served
		return min(1, open/placed)
	}
	return 1 - served/placed
}

// weigh fills every group's field.
func (r *run) weigh() {
	for g, f := range r.fields {
		r.law.Fill(f, g, r.market, r.offers)
	}
}

// move lets the engine move everybody.
func (r *run) move() {
	r.view = View{Period: r.period, Market: r.market, Offers: r.offers, Fields: r.fields, Worth: r.welfare && r.record.wants(r.period)}
	r.engine.Move(&r.view)
	r.count()
	r.value()
}

// order draws the orders wished for by those who now use a platform.
func (r *run) order() {
	for g := range r.law.Groups {
		r.law.Rates(r.expected[g], g, r.users[g], r.offers)
		r.answer(g)
	}
	r.lifted()
	if !r.countable() {
		return
	}
	r.engine.Order(r.period, r.expected, r.placed)
	r.rush()
}

// mostOrders is how many orders of a group can be told from one more.
const mostOrders = 1 << 53

// countable tells whether the orders expected can be counted; those that cannot end the run.
func (r *run) countable() bool {
	for g := range r.expected {
		for k, orders := range r.expected[g] {
			if !(orders <= mostOrders) && r.err == nil {
				r.err = fmt.Errorf("platform %s: %.3g orders are expected of segment %s in period %d, more than can be counted; lower orders.rate, or what multiplies it: elasticities, shocks, features, routes",
					r.law.Model.Platforms[k].Name, orders, r.law.Model.Segments[r.law.Groups[g].Segment].Name, r.period)
			}
		}
	}
	return r.err == nil
}

// match decides which orders are fulfilled, and by whom: none where no counterpart is on
// the platform, no more than the platform's capacity, each equally likely to be among them;
// and each counterpart equally likely to receive one. Where the platform has a chain of stages,
// orders pass it first.
func (r *run) match() {
	for k := range r.law.Platforms {
		var wished float64
		for g := range r.law.Groups {
			r.served[g][k], r.fulfilled[g][k] = 0, 0
			if r.counterparts(g, k) {
				r.served[g][k] = r.placed[g][k] - r.refused[g][k]
				wished += r.served[g][k]
			}
		}
		if most := r.capacity(k); wished > most {
			for g := range r.asked {
				r.asked[g] = r.served[g][k]
			}
			r.engine.Dealer().Ration(r.granted, r.asked, most, r.streams.Key(ForMatch, r.period, uint64(k)))
			for g := range r.granted {
				r.served[g][k] = r.granted[g]
			}
		}
		r.serve(k)
		for c := range r.law.Crowds {
			r.deliver(c, k)
		}
	}
}

// deliver hands the orders that a crowd fulfils on a platform to its groups by members.
func (r *run) deliver(crowd, k int) {
	c := &r.law.Crowds[crowd]
	if c.Other < 0 || !r.law.Groups[c.Groups[0]].Fulfils() {
		return
	}
	var orders float64
	for _, g := range r.law.Crowds[c.Other].Groups {
		orders += r.served[g][k]
	}
	if orders == 0 {
		return
	}
	weights, received := r.asked[:len(c.Groups)], r.granted[:len(c.Groups)]
	for i, g := range c.Groups {
		_, weights[i] = r.hours(g, k)
	}
	r.engine.Dealer().Allot(received, orders, weights, r.streams.Key(ForMatch, r.period, uint64(len(r.law.Model.Platforms)*(1+crowd)+k)))
	for i, g := range c.Groups {
		r.fulfilled[g][k] = received[i]
	}
}

// counterparts tells whether a group's orders on a platform meet anybody: always in a
// one-sided model, else where the other side of the region has a member at work.
func (r *run) counterparts(g, k int) bool {
	other := r.law.Crowds[r.law.Groups[g].Crowd].Other
	if len(r.law.Sides) < 2 {
		return true
	}
	if other < 0 {
		return false
	}
	for _, o := range r.law.Crowds[other].Groups {
		if _, servers := r.hours(o, k); servers > 0 {
			return true
		}
	}
	return false
}

// capacity is how many orders a platform can fulfil this period: a rate that is not whole
// adds up over periods without loss.
func (r *run) capacity(k int) float64 {
	rate := r.law.Model.Platforms[k].Capacity
	if rate == 0 {
		return math.Inf(1)
	}
	rate += r.added[k]
	if r.rivals != nil {
		if rate += r.rivals.capacity[k]; math.IsInf(rate, 1) {
			return rate
		}
	}
	most := math.Floor(rate*float64(r.period)) - math.Floor(rate*float64(r.period-1))
	if c := r.offers.Under; c != nil && c.Capacity != nil {
		most = math.Floor(most * c.Capacity[k])
	}
	return most
}
