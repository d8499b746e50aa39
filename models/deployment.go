package models

import (
	"math"
)

// Deployment is what the system behind a platform can carry while an event runs, and what
// happens to orders beyond that. Each order needs the event's Starts journey starts; a journey
// that the system does not take fails, and whoever placed the order tries again or gives up.
// The zero value takes everything.
type Deployment struct {
	Limited  bool    // whether Capacity binds
	Capacity float64 // journey starts per second that it takes
	Lo, Hi   float64 // interval of a measured capacity, in the same unit; both 0: not measured
	Measured string  // what measured it and when, for people
	Collapse float64 // loss of throughput under overload: it takes Capacity * (Capacity/offered)^Collapse; 0: none
	Retries  int     // times that a failed order is tried again
	Backoff  float64 // mean seconds to the first retry, doubled for each further one
	Abandon  float64 // probability that a failure ends an order that could be retried
	Room     float64 // orders that a waiting room holds instead of failing them; 0: there is none
	Patience float64 // mean seconds that people stay in the waiting room
	Late     float64 // seconds of waiting from which on an order counts as late
}

// maxRetries bounds the retries of an order.
const maxRetries = 10

// Moment is one second of an event's day at a deployment, all of it in expectation: rates are
// orders per second.
type Moment struct {
	Second  int     // since midnight
	New     float64 // placed for the first time
	Arrived float64 // new or retried: what the deployment is asked for in this second
	Offered float64 // the same and those in the waiting room
	Served  float64
	Failed  float64 // turned away this once
	Lost    float64 // given up for good
	Waiting float64 // orders in the waiting room at the end of the second
}

// Outcome is what became of a day's orders: Orders = Served + Lost.
type Outcome struct {
	Orders, Served, Lost float64
	Late                 float64 // of those served, how many waited longer than the deployment's Late
	PeakOffered          float64 // largest number of journey starts in a second, retries included; who waits starts none
	PeakServed           float64 // largest number of journey starts taken in a second
}

// secondsPerDay is the length of a zoomed day.
const secondsPerDay = HoursPerDay * 3600

// Day lets a day of ordinary and coupon orders reach the deployment second by second, as a
// flow: what a second cannot take fails or waits, part of what failed comes back after the
// backoff, and what is still on its way at midnight is lost. visit, which may be nil, sees every second.
func (e *Event) Day(ordinary, coupon float64, visit func(Moment)) Outcome {
	var out Outcome
	d := &e.Deployment
	most := math.Inf(1)
	if d.Limited {
		most = d.Capacity / e.Starts
	}
	var retrying [maxRetries]float64 // orders on their way back, by the number of failures so far less one
	var leave [maxRetries]float64    // share of them that comes back within a second
	for i := range d.Retries {
		leave[i] = 1 - math.Exp(-1/(d.Backoff*math.Exp2(float64(i))))
	}
	var attempts [maxRetries + 1]float64 // orders of this second by the number of failures so far
	var waiting, usual, burst float64
	for s := range secondsPerDay {
		if s%3600 == 0 { // ordinary orders come evenly within an hour
			hour := float64(s) / 3600
			usual = ordinary * (e.Ordinary(hour+1) - e.Ordinary(hour)) / 3600
		}
		now := e.Burst(float64(s+1) / 3600)
		m := Moment{Second: s, New: usual + coupon*(now-burst)}
		burst = now
		attempts[0] = m.New
		m.Offered = m.New + waiting
		for i := range d.Retries {
			attempts[i+1] = retrying[i] * leave[i]
			retrying[i] -= attempts[i+1]
			m.Offered += attempts[i+1]
		}
		m.Arrived = m.Offered - waiting
		m.Served = m.Offered
		if m.Offered > most {
			m.Served = most
			if d.Room == 0 && d.Collapse > 0 {
				m.Served = most * math.Pow(most/m.Offered, d.Collapse)
			}
		}
		if excess := m.Offered - m.Served; excess > 0 {
			if d.Room > 0 {
				gone := excess * (1 - math.Exp(-1/d.Patience))
				m.Lost += gone
				kept := math.Min(d.Room, excess-gone)
				m.Failed = excess - gone - kept
				waiting = kept
				if waiting/most > d.Late {
					out.Late += m.Served
				}
			} else {
				m.Failed = excess
			}
			m.Lost += d.again(&retrying, &attempts, m.Failed)
		} else {
			waiting = 0
		}
		m.Waiting = waiting
		out.Served += m.Served
		out.Lost += m.Lost
		out.PeakOffered = math.Max(out.PeakOffered, m.Arrived*e.Starts)
		out.PeakServed = math.Max(out.PeakServed, m.Served*e.Starts)
		if visit != nil {
			visit(m)
		}
	}
	out.Orders = ordinary + coupon
	for _, n := range retrying {
		out.Lost += n
	}
	out.Lost += waiting
	return out
}

// again sends failed orders, spread over the attempts in proportion, back for another, and
// returns how many are given up.
func (d *Deployment) again(retrying *[maxRetries]float64, attempts *[maxRetries + 1]float64, failed float64) (lost float64) {
	var all float64
	for _, n := range attempts {
		all += n
	}
	if all == 0 {
		return failed
	}
	for i, n := range attempts {
		share := failed * n / all
		if i >= d.Retries {
			lost += share
			continue
		}
		lost += share * d.Abandon
		retrying[i] += share * (1 - d.Abandon)
	}
	return lost
}

// checkDeployment looks at an event's deployment.
func (e *Event) checkDeployment(faults *Faults) {
	d := &e.Deployment
	at := "event.deployment."
	if d.Limited && (!(d.Capacity > 0) || math.IsInf(d.Capacity, 0)) {
		faults.add(at+"capacity", "give a rate above 0, such as 250/s, or leave it out", "%g journey starts per second is not a capacity", d.Capacity)
	} else if d.Hi != 0 && (d.Lo < 0 || d.Capacity < d.Lo || d.Capacity > d.Hi) {
		faults.add(at+"interval", "give the lower and the upper end, around the capacity", "%g to %g does not hold %g", d.Lo, d.Hi, d.Capacity)
	}
	if d.Retries < 0 || d.Retries > maxRetries {
		faults.add(at+"retries", "give a whole number from 0 to 10", "%d retries are out of range", d.Retries)
	}
	checkRange(at+"abandon", d.Abandon, 0, 1, faults)
	checkRange(at+"collapse", d.Collapse, 0, 1, faults)
	checkRange(at+"room", d.Room, 0, math.MaxFloat64, faults)
	checkRange(at+"late", d.Late, 0, secondsPerDay, faults)
	if d.Retries > 0 && !(d.Backoff > 0) {
		faults.add(at+"backoff", "give a time above 0, such as 2s", "retries cannot come after %g s", d.Backoff)
	}
	if d.Room > 0 && !(d.Patience > 0) {
		faults.add(at+"patience", "give a time above 0, such as 2m", "nobody waits for %g s", d.Patience)
	}
}
