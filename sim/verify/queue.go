package verify

import (
	"fmt"
	"math"
	"slices"

	"flywheel/models"
	"flywheel/models/theory"
)

const (
	// demand is how many orders a day brings on average to a queue: so many that a day's arrival
	// rate is within a few thousandths of the queue's.
	demand = 1_000_000
	// roomiest is the largest room that a stage can have.
	roomiest = 10_000
)

// desk is a platform whose orders pass one stage with a queue. Its day is as long, in theory's
// units of time, as makes its orders come at theory's rate.
type desk struct {
	of       Case
	arrivals float64 // theory's, per unit of time
	days     int
	runs     int
}

func (c Case) desk() desk {
	return desk{of: c, arrivals: c.number("lambda"), days: or(c.Simulate.Periods, 40), runs: or(c.Simulate.Replications, 20)}
}

// day is the length of a day in units of time.
func (d desk) day() float64 { return demand / d.arrivals }

// hours are those of a number of units of time.
func (d desk) hours(units float64) float64 { return 24 / d.day() * units }

// sd is the standard deviation of a day's arrival rate: orders are Poisson.
func (d desk) sd() float64 { return d.arrivals / math.Sqrt(demand) }

// trial is a market whose orders pass a stage, watched for the mean over days of what observe
// makes of each day: orders fulfilled, late and unserved, and units of time spent.
func (d desk) trial(label string, stage models.Stage, observe func(orders, late, unserved, time float64) []float64) trial {
	n := int64(1000)
	if len(d.of.Simulate.N) > 0 {
		n = d.of.Simulate.N[0]
	}
	stage.Name = "desk"
	m := market(d.of.ID, d.days, 0, models.Platform{
		Name: "A", Service: &models.Service{Stages: []models.Stage{stage}, OnTime: 5, Belated: 1},
	})
	s := people("customers", n, 1)
	s.Orders = models.Ordering{Rate: demand / float64(n), Basket: models.MoneyOf(1)}
	s.Start = []models.Begin{{Homing: 1, Share: 1}}
	m.Segments = []models.Segment{s}
	t := trial{label: label, model: m, engine: d.of.engineName(), replications: d.runs}
	for _, metric := range []string{"orders", "late", "unserved", "minutes"} {
		t.watch = append(t.watch, series{metric: metric, platform: "A", side: "customers", per: 1})
	}
	t.watch[3].per = 60 * d.hours(1)
	t.observe = func(paths [][]float64) []float64 {
		var sum []float64
		for day := 1; day < len(paths[0]); day++ {
			for i, x := range observe(paths[0][day], paths[1][day], paths[2][day], paths[3][day]) {
				if i == len(sum) {
					sum = append(sum, 0)
				}
				sum[i] += x / float64(len(paths[0])-1)
			}
		}
		return sum
	}
	return t
}

// claim is that the mean of a statistic is theory's function of the arrival rate. Each day has a
// rate of its own, which moves the function by its slope and, in the mean, by its bend, of which
// twice the leading term is allowed for; each also draws luck of its own with the variance given.
func (d desk) claim(quantity string, statistic int, of func(arrivals float64) float64, variance float64) claim {
	up, here, down := of(d.arrivals+d.sd()), of(d.arrivals), of(d.arrivals-d.sd())
	n := float64(d.days) * float64(d.runs)
	return claim{
		quantity: quantity, estimate: mean(statistic),
		predicted: math.Sqrt(((up-down)*(up-down)/4 + variance) / n), allowance: math.Abs(up - 2*here + down),
	}
}

// share is a claim about a share of a day's orders, each of which is drawn by itself.
func (d desk) share(quantity string, statistic int, of func(arrivals float64) float64) claim {
	p := of(d.arrivals)
	c := d.claim(quantity, statistic, of, p*(1-p)/demand)
	c.allowance += rare / (demand * float64(d.days) * float64(d.runs))
	return c
}

// planMMC simulates the time that orders spend at a stage with a common line, and the shares of
// them that wait at all and longer than given: a promise of the work's own time, or of as much
// more, makes them late. It simulates nothing where a day is too short for its queue to settle:
// at a load so close to all servers, orders are left over at its end.
func planMMC(c Case) ([]trial, models.Faults) {
	d, q := c.desk(), theory.MMC{Arrival: c.number("lambda"), Service: c.number("mu"), Servers: int(c.number("c"))}
	busiest := math.Sqrt(float64(q.Servers)*q.Service) - 1/math.Sqrt(d.day())
	if !(math.Sqrt(d.arrivals+10*d.sd()) < busiest) {
		return nil, nil
	}
	at := func(arrivals float64) theory.MMC {
		q := q
		q.Arrival = arrivals
		return q
	}
	stage := models.Stage{Queue: models.QueueMMC, Servers: float64(q.Servers), Time: d.hours(1 / q.Service), Promise: d.hours(1 / q.Service)}
	first := d.trial("queue", stage, func(orders, late, _, time float64) []float64 {
		return []float64{late / orders, time - 1/q.Service, time, orders / d.day() * time}
	})
	stay := func(arrivals float64) float64 { return at(arrivals).Wait() + 1/q.Service }
	first.claims = []claim{
		d.share("Erlang C", 0, func(arrivals float64) float64 { return at(arrivals).ErlangC() }),
		d.claim("Wq", 1, func(arrivals float64) float64 { return at(arrivals).Wait() }, 0),
		d.claim("W", 2, stay, 0),
		d.claim("L", 3, func(arrivals float64) float64 { return arrivals * stay(arrivals) }, 0),
	}
	trials := []trial{first}
	times := slices.Compact(slices.Sorted(slices.Values(c.numbers("t"))))
	for _, t := range times {
		if stage.Promise = stage.Time + d.hours(t); stage.Promise > 1e6 {
			continue // no promise is of a century
		}
		quantity := fmt.Sprintf("P(Wq>%g)", t+0) // a negative zero is plain, as in theory
		longer := d.trial(quantity, stage, func(orders, late, _, _ float64) []float64 { return []float64{late / orders} })
		longer.claims = []claim{d.share(quantity, 0, func(arrivals float64) float64 { return at(arrivals).WaitsLonger(t) })}
		trials = append(trials, longer)
	}
	return trials, nil
}

// planMM1K simulates the orders that find no room at a single server, and those that do.
func planMM1K(c Case) ([]trial, models.Faults) {
	d, q := c.desk(), theory.MM1K{Arrival: c.number("lambda"), Service: c.number("mu"), Room: int(c.number("K"))}
	if work := d.hours(1 / q.Service); q.Room > roomiest || !(work > 0 && work <= 1e6) {
		return nil, nil
	}
	loss := func(arrivals float64) float64 {
		return theory.MM1K{Arrival: arrivals, Service: q.Service, Room: q.Room}.Loss()
	}
	stage := models.Stage{Queue: models.QueueMM1K, Servers: 1, Time: d.hours(1 / q.Service), Room: q.Room}
	t := d.trial("room", stage, func(orders, _, unserved, _ float64) []float64 {
		return []float64{unserved / (orders + unserved), orders / d.day()}
	})
	lost := loss(d.arrivals)
	through := d.claim("throughput", 1, func(arrivals float64) float64 { return arrivals * (1 - loss(arrivals)) }, demand*lost*(1-lost)/(d.day()*d.day()))
	t.claims = []claim{d.share("loss", 0, loss), through}
	return []trial{t}, nil
}

// queueCases are servers who have much and little to do, alone and many, and rooms that are
// seldom, often and nearly always full.
func queueCases() []Case {
	servers := func(id string, lambda float64, c int, t ...float64) Case {
		return Case{ID: "queue-" + id, Model: "mmc", Params: theory.Params{"lambda": lambda, "mu": 1, "c": c, "t": t}}
	}
	room := func(id string, lambda float64, k int) Case {
		return Case{ID: "room-" + id, Model: "mm1k", Params: theory.Params{"lambda": lambda, "mu": 1, "K": k}}
	}
	return []Case{
		servers("3", 2.5, 3, 0.5, 2), servers("1", 0.5, 1, 1), servers("1-busy", 0.9, 1, 5), servers("2", 1, 2, 1), servers("10", 7, 10, 0.2),
		servers("10-busy", 8, 10, 0.5), servers("20", 18, 20, 0.3), servers("100", 95, 100, 0.1),
		room("5", 0.8, 5), room("10", 1.2, 10), room("1", 0.8, 1), room("3-full", 2, 3), room("20-even", 1, 20),
	}
}
