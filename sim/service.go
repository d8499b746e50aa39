package sim

import (
	"math"

	"flywheel/models"
)

// service is what a run knows of how orders are carried out. Everything is counted by group and
// platform, or by ordering crowd and platform for what is the same for all orders of a place.
type service struct {
	late     [][]float64   // of the orders served, those that came late
	dropped  [][]float64   // orders that were given up along the chain, at any load
	unserved [][]float64   // orders lost for want of counterparts, capacity or room, the platform's own included
	waiting  [][]float64   // orders that wait for another period
	passed   [][][]float64 // by stage: orders it passed on
	lost     [][][]float64 // by stage: orders dropped and unserved there
	backlog  [][][]float64 // by stage: orders that wait there
	hours    [][]float64   // [crowd]: mean time of an order along the chain
	load     [][]float64   // [crowd]: the largest mean load of a stage
	distance [][]float64   // [crowd]: mean kilometres to the nearest outlet of the last stage with an area
	spare    [][][]float64 // [crowd]: by stage, capacity left over that is less than an order

	flow, part, took []float64 // scratch by group, orders on time and late ones in turn
	slots            []slot
}

// lessThanOne is the most capacity that a stage saves up from one period for the next: it adds
// up to whole orders, but an idle period makes none.
const lessThanOne = 1 - 1e-6

// slot is a part of a day: its share of the orders, and what of the mean number at work is there.
type slot struct{ orders, work float64 }

// share is what the slot has of something that is at work evenly otherwise.
func (s slot) share(most float64) float64 {
	if s.work == 0 {
		return 0
	}
	return most * s.work
}

// newService makes room for the counts; nil for a law in which no order can wait.
func newService(l *models.Law) *service {
	if !l.Serves() && !l.Queues() {
		return nil
	}
	s := &service{}
	groups, crowds, platforms := len(l.Groups), len(l.Crowds), l.Platforms
	for _, t := range [...]*[][]float64{&s.late, &s.dropped, &s.unserved, &s.waiting} {
		*t = table[float64](groups, platforms)
	}
	for _, t := range [...]*[][]float64{&s.hours, &s.load, &s.distance} {
		*t = table[float64](crowds, platforms)
	}
	staged := func(rows int) [][][]float64 {
		out := make([][][]float64, rows)
		for i := range out {
			out[i] = table[float64](platforms, l.Stages())
		}
		return out
	}
	s.passed, s.lost, s.backlog, s.spare = staged(groups), staged(groups), staged(groups), staged(crowds)
	s.flow, s.part, s.took = make([]float64, 2*groups), make([]float64, 2*groups), make([]float64, 2*groups)
	return s
}

// begin forgets the late orders of the period before.
func (s *service) begin() {
	for g := range s.late {
		clear(s.late[g])
	}
}

// chain tells whether a platform's orders pass stages.
func (r *run) chain(k int) bool { return r.law.Model.Platforms[k].Service != nil }

// open is how many orders of a group on a platform were lost in the period that nobody gave up.
func (r *run) open(g, k int) float64 {
	if r.chain(k) {
		return r.service.unserved[g][k]
	}
	return r.placed[g][k] - r.served[g][k]
}

// serve takes the orders that reached a platform through its chain, region by region.
func (r *run) serve(k int) {
	if r.service == nil {
		return
	}
	s, p := r.service, &r.law.Model.Platforms[k]
	for g := range r.law.Groups {
		s.unserved[g][k] = r.placed[g][k] - r.served[g][k]
		s.late[g][k] = math.Min(s.late[g][k], r.served[g][k])
		s.dropped[g][k] = 0
	}
	if p.Service == nil {
		return
	}
	if r.gone(k) {
		s.abandon(k)
		return
	}
	for c := range r.law.Crowds {
		if crowd := &r.law.Crowds[c]; !r.law.Groups[crowd.Groups[0]].Fulfils() {
			r.pass(p.Service, crowd, c, k)
		}
	}
}

// abandon lets go unserved what waits along the chain of a platform that is no more.
func (s *service) abandon(k int) {
	for g := range s.backlog {
		s.waiting[g][k] = 0
		for at, n := range s.backlog[g][k] {
			s.unserved[g][k] += n
			s.lost[g][k][at], s.passed[g][k][at], s.backlog[g][k][at] = n, 0, 0
		}
	}
}

// pass takes the orders of one place through a chain.
func (r *run) pass(chain *models.Service, crowd *models.Crowd, c, k int) {
	s, deal := r.service, r.engine.Dealer()
	n := len(crowd.Groups)
	flow, part, took := s.flow[:2*n], s.part[:2*n], s.took[:2*n]
	var placed, rushed float64
	for i, g := range crowd.Groups {
		flow[2*i], flow[2*i+1] = r.served[g][k]-s.late[g][k], s.late[g][k]
		placed += r.placed[g][k]
		rushed += r.rushed[g][k]
		s.waiting[g][k] = 0
	}
	coupon := 0.0
	if placed > 0 {
		coupon = rushed / placed
	}
	r.spread(chain, k, coupon)
	outlets, online := r.outlets(crowd.Other, k)
	deserted := !r.counterparts(crowd.Groups[0], k) // orders that wait have lost those who would fulfil them
	s.hours[c][k], s.load[c][k], s.distance[c][k] = 0, 0, math.NaN()
	for at := range chain.Stages {
		stage, more := &chain.Stages[at], 1.0
		if r.refits != nil {
			refitted := stage.Refitted(&r.refits[c][k][at])
			stage, more = &refitted, r.refits[c][k][at].Capacity
		}
		key := func(step uint64) Key {
			return r.streams.Key(ForService, r.period, step+4*uint64(at+models.MaxStages*(k+r.law.Platforms*c)))
		}
		shed := func(share float64, key Key, first int, counted [][]float64) {
			for j := range flow {
				gone := deal.Take(flow[j], share, key, uint64(first+j))
				flow[j] -= gone
				counted[crowd.Groups[j/2]][k] += gone
				s.lost[crowd.Groups[j/2]][k][at] += gone
			}
		}
		var behind float64
		for _, g := range crowd.Groups {
			s.lost[g][k][at] = 0
			behind += s.backlog[g][k][at]
		}
		shed(stage.Drop, key(0), 0, s.dropped)
		if stage.Area > 0 {
			s.distance[c][k] = stage.Distance(outlets)
		}
		var meet func(orders, places float64) float64
		if stage.Matching.Partial() {
			meet = stage.Matching.Matches // by expectation, hour by hour of a shaped day
			if len(s.slots) == 1 {
				meet = func(orders, places float64) float64 { return deal.Meet(&stage.Matching, orders, places, key(1)) }
			}
		}
		limit, servers := stage.Limit(crowd.Region), stage.Servers
		if stage.Supply {
			servers = online
		}
		if servers *= more; !math.IsInf(limit, 1) {
			limit *= more
		}
		if under := r.offers.Under; under != nil && under.Stages != nil {
			if factor := under.Stages[c][k][at]; stage.Bounded(limit) {
				servers *= factor
				if !math.IsInf(limit, 1) {
					limit *= factor
				}
				if factor == 0 {
					s.spare[c][k][at] = 0
				}
			} else if factor < 1 {
				shed(1-factor, key(0), len(flow), s.unserved)
			}
		}
		if deserted {
			limit = 0
		}
		orders := total(flow)
		done := s.day(stage, r.law.Model.Horizon.Hours(), orders, behind, limit, servers, stage.Work(outlets), meet)
		if done.lost > 0 { // for want of room
			shed(done.lost, key(1), 0, s.unserved)
			orders = total(flow) // capacity may bind those who found room
		}
		for i := range n {
			took[2*i], took[2*i+1] = 0, s.backlog[crowd.Groups[i]][k][at] // who waited a period is late
		}
		spare, most, bound := &s.spare[c][k][at], done.served+s.spare[c][k][at], done.left > 0
		if done.lost > 0 && !bound { // by luck, more may have found room than capacity takes
			most += done.idle
			bound = orders > most
			done.idle -= orders - done.served
		}
		if !bound {
			*spare = math.Max(0, math.Min(lessThanOne, *spare+done.idle))
		} else {
			whole := math.Min(math.Floor(most+1e-9), orders+behind)
			*spare = math.Max(0, math.Min(lessThanOne, most-whole))
			if whole < behind {
				copy(part, took)
				deal.Ration(took, part, whole, key(2))
				clear(part)
			} else {
				deal.Ration(part, flow, whole-behind, key(2))
			}
			for i, g := range crowd.Groups {
				rest := flow[2*i] - part[2*i] + flow[2*i+1] - part[2*i+1] + s.backlog[g][k][at] - took[2*i+1]
				s.backlog[g][k][at] = math.Max(0, rest) // expectations round
				flow[2*i], flow[2*i+1] = part[2*i], part[2*i+1]
			}
		}
		for i, g := range crowd.Groups {
			left := s.backlog[g][k][at]
			if !bound {
				left = 0
			}
			gone := left
			if stage.Patience > 0 {
				gone = deal.Take(left, -math.Expm1(-1/stage.Patience), key(3), uint64(2*i))
			}
			s.backlog[g][k][at] = left - gone
			s.waiting[g][k] += left - gone
			s.unserved[g][k] += gone
			s.lost[g][k][at] += gone
			belated := deal.Take(flow[2*i], done.late, key(3), uint64(2*i+1))
			flow[2*i], flow[2*i+1] = flow[2*i]-belated, flow[2*i+1]+belated+took[2*i+1]
			s.passed[g][k][at] = flow[2*i] + flow[2*i+1]
		}
		s.hours[c][k] += done.hours
		s.load[c][k] = math.Max(s.load[c][k], done.load)
	}
	for i, g := range crowd.Groups {
		r.served[g][k] = flow[2*i] + flow[2*i+1]
		s.late[g][k] = flow[2*i+1]
	}
}

// total is the orders of a flow.
func total(flow []float64) float64 {
	var orders float64
	for _, n := range flow {
		orders += n
	}
	return orders
}

// outlets are the members of a fulfilling crowd on a platform, and how many servers they are at
// a time, on average.
func (r *run) outlets(crowd, k int) (members, online float64) {
	if crowd < 0 {
		return 0, 0
	}
	for _, g := range r.law.Crowds[crowd].Groups {
		_, servers := r.hours(g, k)
		members += r.using[g][k]
		online += servers
	}
	return members, online
}

// spread divides a day, or a period without the shape of one, into slots: of orders, a share
// comes with an event's coupon.
func (s *service) spread(chain *models.Service, event *models.Event, coupon float64) {
	s.slots = append(s.slots[:0], slot{1, 1})
	if chain.Profile == nil && chain.Shifts == nil && coupon == 0 {
		return
	}
	s.slots = s.slots[:0]
	weight := func(weights []float64, h int) float64 {
		if weights == nil {
			return 1.0 / models.HoursPerDay
		}
		var all float64
		for _, w := range weights {
			all += w
		}
		return weights[h] / all
	}
	for h := range models.HoursPerDay {
		orders := weight(chain.Profile, h)
		if coupon > 0 {
			orders += coupon * (event.Burst(float64(h+1)) - event.Burst(float64(h)) - orders)
		}
		s.slots = append(s.slots, slot{orders, models.HoursPerDay * weight(chain.Shifts, h)})
	}
}

// spread divides the day of a platform.
func (r *run) spread(chain *models.Service, k int, coupon float64) {
	e := r.law.Model.Event
	if e == nil || !r.today(e, k) {
		coupon = 0
	}
	r.service.spread(chain, e, coupon)
}

// outcome is what becomes of a period's orders at a stage.
type outcome struct {
	served, left, idle float64 // orders worked on, orders left at the end, capacity unused
	lost, late         float64 // of the orders that came: shares without room, and of the rest beyond the promise
	hours, load        float64 // means over them
}

// day is what becomes of the orders of a period at a stage: hour by hour of a day where it has a
// shape, the day standing for all of the period's. What an hour cannot take, the next begins
// with. Where orders and places can miss each other, only those that meet are worked on.
func (s *service) day(stage *models.Stage, hours, orders, behind, limit, servers, work float64, meet func(orders, places float64) float64) outcome {
	var out outcome
	length, days := hours, 1.0
	if len(s.slots) > 1 {
		length, days = 1, hours/models.HoursPerDay
	}
	orders, ahead := orders/days, behind/days
	var kept float64
	for _, slot := range s.slots {
		t := models.Slot{Orders: orders * slot.orders, Ahead: ahead, Hours: length, Servers: servers * slot.work}
		if t.Most = math.Min(limit/hours, stage.Most(servers, work)) * length; slot.work != 1 {
			t.Most = slot.share(t.Most)
		}
		came := ahead + t.Orders
		if meet != nil {
			t.Orders, t.Ahead = meet(came, t.Most), 0
		}
		w := stage.Wait(t, work)
		done := math.Min(t.Ahead+t.Orders*(1-w.Lost), t.Most)
		if meet != nil {
			ahead = came - done
		} else {
			ahead += t.Orders*(1-w.Lost) - done
			out.idle += t.Most - done
		}
		out.served += done
		out.lost += slot.orders * w.Lost
		kept += slot.orders * (1 - w.Lost)
		out.late += slot.orders * (1 - w.Lost) * w.Late
		out.hours += slot.orders * (1 - w.Lost) * w.Hours
		out.load += slot.orders * w.Load
	}
	if kept > 0 {
		out.late, out.hours = math.Min(1, out.late/kept), out.hours/kept
	}
	out.served, out.left, out.idle = out.served*days, ahead*days, out.idle*days
	if out.left < 1e-9*(1+out.served) { // rounding
		out.left = 0
	}
	return out
}

// weakest is the stage, counted from 1, at which the groups of a scope lost most orders on a
// platform, with the orders and their value; 0 where no order was lost.
func (s *service) weakest(l *models.Law, groups []int, k int) (stage int, orders float64, value models.Money) {
	for at := range l.Stages() {
		var lost float64
		var worth models.Money
		for _, g := range groups {
			lost += s.lost[g][k][at]
			worth += models.Times(s.lost[g][k][at], l.Groups[g].Basket())
		}
		if lost > orders {
			stage, orders, value = at+1, lost, worth
		}
	}
	return stage, orders, value
}

// observed shows the market which share of a place's orders came late in the period before.
func (s *service) observed(r *run) {
	for c := range r.law.Crowds {
		for k := range r.law.Platforms {
			place := &r.law.Crowds[c]
			if r.law.Groups[place.Groups[0]].Fulfils() && place.Other >= 0 {
				place = &r.law.Crowds[place.Other]
			}
			var served, late float64
			for _, g := range place.Groups {
				served += r.served[g][k]
				late += s.late[g][k]
			}
			if r.market.Late[c][k] = 0; served > 0 {
				r.market.Late[c][k] = late / served
			}
		}
	}
}

// serviceMetrics are the metrics of a chain that add up over groups, in the order of counts.
var serviceMetrics = [...]int{late, dropped, backlog}

// write records what became of orders: for every scope and platform, and for all platforms.
func (s *service) write(rec *Recorder, r *run) {
	names := len(rec.layout.names)
	for i := range rec.layout.scopes {
		sc := &rec.layout.scopes[i]
		from := i * names
		all := from + names - 1
		for _, m := range rec.layout.metrics {
			if m >= late && m <= lastOfService {
				fill(rec.at[m][from:from+names], math.NaN())
			}
		}
		if sc.fulfils {
			continue
		}
		for slot, counts := range [...][][]float64{s.late, s.dropped, s.waiting} {
			line := rec.at[serviceMetrics[slot]]
			line[all] = 0
			for k := range names - 1 {
				line[from+k] = 0
				for _, g := range sc.groups {
					line[from+k] += counts[g][k]
				}
				line[all] += line[from+k]
			}
		}
		for k := range names - 1 {
			s.writeChain(rec, r, sc, k, from+k)
		}
	}
}

// writeChain records what one platform's chain did for the groups of a scope.
func (s *service) writeChain(rec *Recorder, r *run, sc *scope, k, row int) {
	chain := r.law.Model.Platforms[k].Service
	if chain == nil {
		return
	}
	var served, hours, load, way, ways float64
	passed := make([]float64, len(chain.Stages))
	for _, g := range sc.groups {
		c := r.law.Groups[g].Crowd
		for at := range passed {
			passed[at] += s.passed[g][k][at]
		}
		n := r.served[g][k]
		if n == 0 {
			continue
		}
		served += n
		hours += n * s.hours[c][k]
		load += n * s.load[c][k]
		if d := s.distance[c][k]; !math.IsNaN(d) && !math.IsInf(d, 0) {
			ways += n
			way += n * d
		}
	}
	for at, n := range passed {
		rec.at[passed1+at][row] = n
	}
	stage, orders, value := s.weakest(r.law, sc.groups, k)
	rec.at[weakest][row], rec.at[weakestLost][row], rec.at[weakestCost][row] = float64(stage), orders, value.Units()
	if served > 0 {
		rec.at[minutes][row], rec.at[serviceLoad][row] = 60*hours/served, load/served
		rec.at[rating][row] = chain.Rated(rec.at[late][row] / served)
	}
	if ways > 0 {
		rec.at[distance][row] = way / ways
	}
}
