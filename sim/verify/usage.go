package verify

import (
	"math"

	"flywheel/models"
	"flywheel/models/theory"
)

// planUsage simulates who pays each side's price of a transaction, where the counterparts are
// worth nothing by themselves: then those who join at a price are those who would use the
// platform at it, and a pair trades when both of its people have joined. Benefits are even on a
// line, or logistic. The prices themselves are simulated where demand is a line, on which profit
// is quadratic in each; the Lerner index follows from them and is stated only.
func planUsage(c Case) ([]trial, models.Faults) {
	linear := c.word("demand") == "linear"
	m := theory.RochetTirole{Buyer: theory.UsageDemand{A: c.number("aB")}, Seller: theory.UsageDemand{A: c.number("aS")}, C: c.number("c")}
	if linear {
		m.Buyer.Slope, m.Seller.Slope = c.number("bB"), c.number("bS")
	} else {
		m.Buyer.Mu, m.Seller.Mu = c.number("muB"), c.number("muS")
	}
	var p [2]float64
	p[0], p[1] = m.Prices()
	demand := func(p [2]float64) [2]float64 { return [2]float64{m.Buyer.Share(p[0]), m.Seller.Share(p[1])} }
	margin, n := p[0]+p[1]-m.C, demand(p)
	if !(n[0] > 0 && n[0] < 1 && n[1] > 0 && n[1] < 1) {
		return nil, nil
	}
	names := [2]string{"DB", "DS"}
	if !linear {
		trials, faults := c.planLogitMonopoly(theory.ArmstrongMonopoly{
			V: [2]float64{m.Buyer.A, m.Seller.A}, Mu: [2]float64{m.Buyer.Mu, m.Seller.Mu},
		}, p, n)
		for i := range trials {
			t := &trials[i]
			pairs := claim{quantity: "profit_per_pair", estimate: func(stats [][]float64) (float64, float64) {
				both, se := mean(4)(stats) // the average of the product of both shares
				return margin * both, margin * se
			}}
			for g := range names {
				one := &t.claims[g]
				one.quantity = names[g]
				pairs.predicted = math.Hypot(pairs.predicted, margin*n[1-g]*one.predicted)
				pairs.allowance += margin * one.allowance
			}
			t.claims = append(t.claims, pairs)
		}
		return trials, faults
	}
	keen := [2]float64{m.Buyer.A / m.Buyer.Slope, m.Seller.A / m.Seller.Slope}
	width := [2]float64{1 / m.Buyer.Slope, 1 / m.Seller.Slope}
	t, off, ok := c.settled(line{T: width}, models.Platform{Name: "A", Price: map[string]float64{side(0): p[0], side(1): p[1]}})
	if !ok {
		return nil, nil
	}
	for g, size := range c.stratified() {
		s := people(side(g), size, keen[g])
		s.Transport = width[g]
		t.model.Segments = append(t.model.Segments, s)
		t.shows(share("A", side(g)), names[g], off[g])
	}
	x := pricing{
		names: [2]string{"pB", "pS"}, profit: "profit_per_pair", p: p, f: [2]float64{p[0] - margin, p[1] - margin},
		demand: func(p [2]float64) [2]float64 { return inside(demand(p)) },
		earns:  func(p, n [2]float64) float64 { return (p[0] + p[1] - m.C) * n[0] * n[1] },
	}
	return append([]trial{t}, c.priced(x, t, off)...), nil
}

// usageCases have linear and logit demand, of sides that are alike, that differ, and of which
// sellers are paid.
func usageCases() []Case {
	linear := func(id string, aB, bB, aS, bS, cost float64) Case {
		return Case{ID: "usage-" + id, Model: "rochet-tirole", Params: theory.Params{"demand": "linear", "aB": aB, "bB": bB, "aS": aS, "bS": bS, "c": cost}}
	}
	logit := func(id string, aB, muB, aS, muS, cost float64) Case {
		return Case{ID: "usage-" + id, Model: "rochet-tirole", Params: theory.Params{"demand": "logit", "aB": aB, "muB": muB, "aS": aS, "muS": muS, "c": cost}}
	}
	return []Case{
		linear("L1", 1, 1, 1, 1, 0.2), linear("L2", 1, 1, 1, 1.25, 0.2), linear("L3", 1, 0.5, 0.5, 1, 0.1),
		logit("G1", 1, 0.5, 1, 0.5, 0.5), logit("G2", 2, 1, 0.5, 0.4, 0.3),
	}
}
