package models

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// QueueKind says how orders wait for a stage.
type QueueKind string

// The kinds of queue: orders wait only for capacity that is used up; Poisson arrivals at
// exponential servers who share one line (M/M/c, Erlang 1917); the same at single servers with
// room for few orders each, who turn others away (M/M/1/K); or minutes by load, as measured.
const (
	QueueNone  QueueKind = "none"
	QueueMMC   QueueKind = "mmc"
	QueueMM1K  QueueKind = "mm1k"
	QueueTable QueueKind = "table"
)

// QueueKinds lists the names of the kinds of queue.
func QueueKinds() []string {
	return []string{string(QueueNone), string(QueueMMC), string(QueueMM1K), string(QueueTable)}
}

// Slot is one stretch of a period at one stage of one place, in which orders come and are
// worked on at constant rates.
type Slot struct {
	Orders  float64 // that come in it
	Ahead   float64 // that wait already when it begins
	Hours   float64 // its length, above 0
	Servers float64 // at work; 0 where the stage counts none
	Most    float64 // orders that can be worked on in it; +Inf: no limit
}

// Wait is how an order fares at a stage in a slot.
type Wait struct {
	Load  float64 // orders per capacity; with a table, outstanding orders per server
	Hours float64 // mean time there, waiting and work; of a table the median
	Late  float64 // probability of a time beyond the promise
	Lost  float64 // probability of being turned away for want of room
}

// critical is how close to its capacity a queue can have come in a slot: its load is at most
// that whose relaxation time, 1/(sqrt(capacity) - sqrt(arrivals))^2, is the slot's length (Morse
// 1955, Journal of the Operations Research Society of America 3(3)). A slot too short for one
// order to be worked on holds no queue.
func critical(capacity, hours float64) float64 {
	root := math.Max(0, math.Sqrt(capacity)-1/math.Sqrt(hours))
	return root * root
}

// Wait works out how orders of a slot fare at a stage at which an order takes so many hours of
// work. Orders that were there before are worked on first: they take the time in which
// capacity works them off, and a new order's own queue comes on top.
func (s *Stage) Wait(t Slot, work float64) Wait {
	var w Wait
	if t.Most > 0 && !math.IsInf(t.Most, 1) {
		w.Load = (t.Orders + t.Ahead) / t.Most
	}
	before := 0.0 // mean hours until those ahead are worked off
	switch rest := math.Max(0, t.Orders+t.Ahead-t.Most); {
	case t.Most == 0:
		before = t.Hours // nobody works now
	case t.Ahead+rest > 0:
		before = (t.Ahead + rest) / 2 / t.Most * t.Hours
	}
	slack := s.Promise - before - work
	lines := math.Max(1, float64(s.Intakes))
	switch rate := 1 / work; {
	case s.Queue == QueueTable:
		w = s.table(t)
	case s.Queue == QueueNone || t.Servers == 0 || work == 0:
		w.Hours = before + work
		if slack < 0 {
			w.Late = 1
		}
	case s.Queue == QueueMM1K:
		q := room{arrivals: t.Orders / t.Hours / t.Servers, rate: rate, most: s.Room}
		w.Lost = q.lost()
		w.Hours = before + q.wait() + work
		w.Late = q.longer(slack)
	default:
		capacity := t.Servers * rate / lines
		arrivals := math.Min(t.Orders/t.Hours/lines, critical(capacity, t.Hours))
		waits, spare := erlangC(arrivals/rate, t.Servers/lines), capacity-arrivals
		w.Hours = before + work
		if waits > 0 {
			w.Hours += waits / spare
		}
		if w.Late = 1; slack >= 0 {
			w.Late = waits * math.Exp(-spare*slack)
		}
	}
	if s.Promise == 0 {
		w.Late = 0
	}
	w.Late = 1 - (1-w.Late)*(1-math.Min(1, s.Astray*(lines-1)))
	return w
}

// table reads the time from the measured curve: the load is that at which orders outstanding
// per server are the rate at which they come times the time they take (Little 1961), and those
// left over from before come on top. Times are lognormal around the median with the stage's
// spread.
func (s *Stage) table(t Slot) Wait {
	if t.Servers <= 0 {
		return Wait{Late: 1}
	}
	load := s.outstanding(t.Orders / t.Hours / t.Servers)
	rest := math.Max(0, t.Orders+t.Ahead-t.Most)
	load += (t.Ahead + rest) / 2 / t.Servers
	w := Wait{Load: load, Hours: s.median(load)}
	switch {
	case w.Hours == 0:
	case s.Spread > 0:
		w.Late = 0.5 * math.Erfc(math.Log(s.Promise/w.Hours)/s.Spread/math.Sqrt2)
	case w.Hours > s.Promise:
		w.Late = 1
	}
	return w
}

// median is the curve's time at a load, in hours: on straight lines between its points, level
// before the first, and on along the last line.
func (s *Stage) median(load float64) float64 {
	c := s.Curve
	if load <= c[0].Load || len(c) == 1 {
		return c[0].Hours
	}
	i := 1
	for i < len(c)-1 && load > c[i].Load {
		i++
	}
	a, b := c[i-1], c[i]
	return a.Hours + (b.Hours-a.Hours)*(load-a.Load)/(b.Load-a.Load)
}

// outstanding is the load at which a server's orders leave as fast as they come, at most the
// curve's last.
func (s *Stage) outstanding(rate float64) float64 {
	c := s.Curve
	if load := rate * c[0].Hours; load <= c[0].Load {
		return load
	}
	for i := 1; i < len(c); i++ {
		slope := (c[i].Hours - c[i-1].Hours) / (c[i].Load - c[i-1].Load)
		if rate*slope >= 1 {
			continue // this stretch can never catch up
		}
		if load := rate * (c[i-1].Hours - slope*c[i-1].Load) / (1 - rate*slope); load <= c[i].Load {
			return math.Max(load, c[i-1].Load)
		}
	}
	return c[len(c)-1].Load
}

// Most is how many orders so many servers can finish in an hour, at so many hours of work on
// each: with a table, the most per server that any of its points shows. A stage that counts no
// servers, or turns away who finds no room, has no such limit.
func (s *Stage) Most(servers, work float64) float64 {
	switch {
	case s.Queue == QueueMM1K || !s.Supply && s.Servers == 0:
		return math.Inf(1)
	case servers == 0:
		return 0
	case s.Queue != QueueTable:
		return servers / work
	}
	var most float64
	for _, p := range s.Curve {
		most = math.Max(most, p.Load/p.Hours)
	}
	return servers * most
}

// erlangC is the probability of a wait at c servers under a load of so many of them (Erlang
// 1917): 1 where the load is not below c. Between whole numbers of servers it is interpolated.
func erlangC(load, c float64) float64 {
	whole := math.Floor(c)
	low := erlangWaits(load, whole)
	if part := c - whole; part > 0 {
		low += part * (erlangWaits(load, whole+1) - low)
	}
	return low
}

func erlangWaits(load, c float64) float64 {
	switch {
	case load <= 0:
		return 0
	case load >= c:
		return 1
	}
	// With x the inverse of Erlang's loss, x(k) = 1 + k/load x(k-1) from x(0) = 1. An error in
	// an early term is multiplied by k/load each time, so that terms further than twelve
	// standard deviations below the load leave nothing in the last.
	x, first := 1.0, 0.0
	if start := math.Floor(load - 12*math.Sqrt(load) - 1); start > 0 {
		x, first = load/(load-start), start
	}
	for k := first + 1; k <= c; k++ {
		if x = 1 + k/load*x; x > 1e18 {
			return 0
		}
	}
	return 1 / (x - load/c*(x-1))
}

// room is a queue with Poisson arrivals, one exponential server and room for a number of orders,
// the one at work included: M/M/1/K.
type room struct {
	arrivals, rate float64
	most           int
}

// each visits the numbers of orders that can be there, ascending, with their probabilities:
// powers of the load or, where that is above one, of its inverse counted from a full room, which
// cannot overflow.
func (q room) each(visit func(n int, share float64)) {
	load, full := q.arrivals/q.rate, q.arrivals > q.rate
	if full {
		load = 1 / load
	}
	var all float64
	for range q.most + 1 {
		all = 1 + load*all
	}
	for n := range q.most + 1 {
		power := n
		if full {
			power = q.most - n
		}
		visit(n, math.Pow(load, float64(power))/all)
	}
}

// lost is the share of arrivals that find no room.
func (q room) lost() (lost float64) {
	q.each(func(n int, share float64) { lost = share })
	return lost
}

// underflow is about the mean of a Poisson number beyond which the probability of none is no number.
const underflow = 700

// longer is the probability that one who is let in waits longer than a time: fewer services
// than there were orders before it have ended by then.
func (q room) longer(hours float64) float64 {
	if hours < 0 {
		return 1
	}
	mean := q.rate * hours
	var longer, fewer, in float64
	term := math.Exp(-mean) // that n services have ended by then
	q.each(func(n int, share float64) {
		if n == q.most {
			return
		}
		if mean > underflow && n > 0 {
			fewer = mathext.GammaIncRegComp(float64(n), mean)
		}
		in += share
		longer += share * fewer
		fewer += term
		term *= mean / float64(n+1)
	})
	return math.Min(1, longer/in)
}

// wait is the mean wait of one who is let in, in hours.
func (q room) wait() float64 {
	var ahead, in float64
	q.each(func(n int, share float64) {
		if n < q.most {
			ahead += float64(n) * share
			in += share
		}
	})
	return ahead / in / q.rate
}
