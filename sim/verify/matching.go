package verify

import (
	"math"

	"flywheel/models"
	"flywheel/models/theory"
)

// mostMatched is the largest number of buyers or sellers of a matching case that is simulated.
const mostMatched = 1e8

// counter is a platform on which exactly so many orders a day reach a stage with so many places:
// many more are placed, and its capacity lets as many through.
func (c Case) counter(days int, buyers, sellers float64, matching models.Matching) *models.Model {
	n := int64(1000)
	if len(c.Simulate.N) > 0 {
		n = c.Simulate.N[0]
	}
	stage := models.Stage{Name: "counter", Servers: sellers, Time: 24, Matching: matching} // each serves one a day
	m := market(c.ID, days, 0, models.Platform{
		Name: "A", Capacity: buyers, Service: &models.Service{Stages: []models.Stage{stage}, OnTime: 5, Belated: 1},
	})
	s := people("customers", n, 1)
	s.Orders = models.Ordering{Rate: (2*buyers + 200) / float64(n), Basket: models.MoneyOf(1)}
	s.Start = []models.Begin{{Homing: 1, Share: 1}}
	m.Segments = []models.Segment{s}
	return m
}

// matched watches the orders that found a place.
func (c Case) matched(label string, days, runs int, m *models.Model) trial {
	return trial{
		label: label, model: m, engine: c.engineName(), replications: runs,
		watch: []series{{metric: "orders", platform: "A", side: "customers", per: 1}},
	}
}

// planUrnBall simulates orders that each try a place at random: the mean of those that find it
// free and its variance, a sum of independent indicators, whose fourth cumulant is no larger. The
// law of many is drawn as the binomial next to it, with a variance within a hundredth.
func planUrnBall(c Case) ([]trial, models.Faults) {
	u := theory.UrnBall{Buyers: int(c.number("B")), Sellers: int(c.number("S"))}
	if max(u.Buyers, u.Sellers) > mostMatched {
		return nil, nil
	}
	days, runs := or(c.Simulate.Periods, 500), or(c.Simulate.Replications, 40)
	t := c.matched("counter", days, runs, c.counter(days, float64(u.Buyers), float64(u.Sellers), models.Matching{Kind: models.MatchUrnBall}))
	t.observe = moments(0)
	_, v := u.Moments()
	n := float64(days * runs)
	t.claims = []claim{
		{quantity: "E[M]", estimate: mean(0), predicted: math.Sqrt(v / n), allowance: rare/n + 1/float64(days)}, // by expectation, fractions wait for the days to come
		{quantity: "Var[M]", estimate: squared(0, 1), predicted: math.Sqrt((2*v*v + v) / n), allowance: v/100 + rare/n, luck: true},
	}
	return []trial{t}, nil
}

// squared is the square of spread.
func squared(share, square int) estimator {
	return func(stats [][]float64) (float64, float64) {
		sd, se := spread(share, square)(stats)
		return sd * sd, 2 * sd * se
	}
}

// planCobbDouglas simulates matches by a Cobb-Douglas function of orders and places, and of twice
// as many of both. Fractions of an order wait for the days to come, so that a mean over days is
// within one order over their number. It simulates nothing where the function asks for more
// matches than there are orders or places, or for a part of an order.
func planCobbDouglas(c Case) ([]trial, models.Faults) {
	m := theory.CobbDouglas{A: c.number("A"), Buyers: c.number("B"), Sellers: c.number("S"), Beta: c.number("beta"), Sigma: c.number("sigma")}
	twice := m
	twice.Buyers, twice.Sellers = 2*m.Buyers, 2*m.Sellers
	possible := func(m theory.CobbDouglas) bool {
		return m.Matches() <= min(m.Buyers, m.Sellers) && max(m.Buyers, m.Sellers) <= mostMatched
	}
	within := m.A > 0 && m.A <= 1e6 && min(m.Beta, m.Sigma) >= 0 && max(m.Beta, m.Sigma) <= 10
	if !within || m.Buyers != math.Trunc(m.Buyers) || m.Matches() < 1 || !possible(m) {
		return nil, nil
	}
	days := or(c.Simulate.Periods, 200)
	matching := models.Matching{Kind: models.MatchCobbDouglas, Efficiency: m.A, Orders: m.Beta, Places: m.Sigma}
	t := c.matched("counter", days, or(c.Simulate.Replications, 2), c.counter(days, m.Buyers, m.Sellers, matching))
	off := 1 / float64(days)
	t.claims = []claim{
		{quantity: "M", estimate: mean(0), allowance: off},
		{quantity: "M/B", estimate: mean(1), allowance: off / m.Buyers},
		{quantity: "M/S", estimate: mean(2), allowance: off / m.Sellers},
	}
	if possible(twice) {
		t.beside = c.counter(days, twice.Buyers, twice.Sellers, matching)
		ratio := (1 + m.Doubling()) * off / (m.Matches() - off)
		t.claims = append(t.claims,
			claim{quantity: "M_doubled/M", estimate: mean(3), allowance: ratio},
			claim{quantity: "scale_elasticity", estimate: mean(4), allowance: 2 * ratio / m.Doubling()},
		)
	}
	t.observe = func(paths [][]float64) []float64 {
		once, _ := average(paths[0][1:])
		out := []float64{once, once / m.Buyers, once / m.Sellers}
		if len(paths) > 1 {
			both, _ := average(paths[1][1:])
			out = append(out, both/once, math.Log2(both/once)-1)
		}
		return out
	}
	return []trial{t}, nil
}

// matchingCases are urns as many as balls, fewer and few, and matching with constant, rising and
// falling returns to the size of the market.
func matchingCases() []Case {
	urns := func(id string, b, s int) Case {
		return Case{ID: "urns" + id, Model: "urn-ball", Params: theory.Params{"B": b, "S": s}}
	}
	matching := func(id string, a, b, s, beta, sigma float64) Case {
		return Case{ID: "matching" + id, Model: "cobb-douglas", Params: theory.Params{"A": a, "B": b, "S": s, "beta": beta, "sigma": sigma}}
	}
	return []Case{
		urns("", 100, 100), urns("-1000", 1000, 500), urns("-scarce", 50, 100), urns("-3", 3, 3),
		matching("", 0.5, 1000, 500, 0.5, 0.5), matching("-rising", 0.1, 1000, 500, 0.6, 0.6), matching("-falling", 0.8, 200, 300, 0.4, 0.5),
	}
}
