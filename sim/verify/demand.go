package verify

import (
	"math"
	"slices"

	"flywheel/models"
	"flywheel/models/theory"
)

// The markets of this file are joined at the prices that theory sets in equilibrium, and at
// prices a little off them, which price.go reads the best prices from.

// planMonopoly simulates the demand for one platform: on a line, where people join who sit near
// enough, or with logit noise.
func planMonopoly(c Case) ([]trial, models.Faults) {
	o := theory.ArmstrongMonopoly{V: c.pair("v"), F: c.pair("f"), Alpha: c.pair("alpha")}
	if c.word("demand") == "linear" {
		o.T = c.pair("t")
	} else {
		o.Mu = c.pair("mu")
	}
	n := o.Optimum()
	if math.IsNaN(n[0]) {
		return nil, nil
	}
	p := o.Prices(n)
	if c.word("demand") == "logit" {
		return c.planLogitMonopoly(o, p, n)
	}
	price := map[string]float64{side(0): p[0], side(1): p[1]}
	t, off, ok := c.settled(line{Alpha: o.Alpha, T: o.T}, models.Platform{Name: "A", Price: price})
	if !ok {
		return nil, nil
	}
	for g, size := range c.stratified() {
		s := people(side(g), size, o.V[g])
		s.Cross, s.Transport = effect(o.Alpha[g]), o.T[g]
		t.model.Segments = append(t.model.Segments, s)
		t.shows(share("A", side(g)), []string{"n1", "n2"}[g], off[g])
	}
	x := pricing{names: [2]string{"p1", "p2"}, profit: "profit", p: p, f: o.F, demand: func(p [2]float64) [2]float64 {
		det := o.T[0]*o.T[1] - o.Alpha[0]*o.Alpha[1]
		u := [2]float64{o.V[0] - p[0], o.V[1] - p[1]}
		n := [2]float64{(o.T[1]*u[0] + o.Alpha[0]*u[1]) / det, (o.T[0]*u[1] + o.Alpha[1]*u[0]) / det}
		return inside(n)
	}}
	return append([]trial{t}, c.priced(x, t, off)...), nil
}

// inside are shares that people on a line can have, NaN where they are none.
func inside(n [2]float64) [2]float64 {
	for _, x := range n {
		if !(x > 0 && x < 1) {
			return [2]float64{math.NaN(), math.NaN()}
		}
	}
	return n
}

// planLogitMonopoly simulates logit demand as a logit market at rest.
func (c Case) planLogitMonopoly(o theory.ArmstrongMonopoly, p, n [2]float64) ([]trial, models.Faults) {
	m := logit{sides: 2, clock: models.ClockSync, theory: theory.LogitTwoSided{
		V: [2]float64{o.V[0] - p[0], o.V[1] - p[1]}, Alpha: o.Alpha, Mu: o.Mu,
	}}
	m.rest = m.theory.Equilibria()
	i := slices.IndexFunc(m.rest, func(e theory.TwoSidedEquilibrium) bool { return distance(e.Share, n) < 1e-6 })
	if i < 0 || !m.rest[i].Stable {
		return nil, nil // a platform may want shares at which its market does not rest
	}
	revision := or(c.Simulate.Revision, 0.2)
	at := target{i, m.halfway(i, revision)}
	if len(m.rest) == 1 {
		at.start = m.far(m.rest[i].Share, revision)
	}
	size, faults := c.population(m, i, revision, nil)
	if len(faults) > 0 {
		return nil, faults
	}
	trials := c.restTrial(m.of(size), at, revision, true, false)
	for _, t := range trials {
		t.model.Platforms[0].Price = map[string]float64{side(0): p[0], side(1): p[1]}
		for g := range t.claims {
			t.model.Segments[g].Value[0].Mean = o.V[g]
			t.claims[g].quantity = []string{"n1", "n2"}[g]
		}
	}
	return trials, nil
}

// planBottleneck simulates side 2 of a competitive bottleneck: side 1 divides itself between two
// platforms on a line, and side 2 joins each by itself, at a distance from each of its own.
func planBottleneck(c Case) ([]trial, models.Faults) {
	b := theory.CompetitiveBottleneck{F: c.pair("f"), Alpha: c.pair("alpha"), T: c.pair("t"), R2: c.number("r2")}
	p, n2 := b.Equilibrium()
	// The prices may lie where this demand is not stable.
	if a, _ := b.Demand(p, p); math.IsNaN(n2) || math.IsNaN(a[0]) {
		return nil, nil
	}
	price := map[string]float64{side(0): p[0], side(1): p[1]}
	t, off, ok := c.settled(line{Alpha: b.Alpha, T: b.T},
		models.Platform{Name: "A", Location: 0, Price: price}, models.Platform{Name: "B", Location: 1, Price: price})
	if !ok {
		return nil, nil
	}
	n := c.stratified()
	loyal := people(side(0), n[0], 0, 0)
	loyal.Cross, loyal.Transport = effect(b.Alpha[0]), b.T[0]
	loyal.Outside.None, loyal.Homing.Cost = true, math.Inf(1)
	loyal.Start = []models.Begin{{Homing: 1, Share: 0.3}, {Homing: 2, Share: 0.7}}
	free := people(side(1), n[1], b.R2, b.R2)
	free.Cross, free.Transport = effect(b.Alpha[1]), b.T[1]
	t.model.Segments = []models.Segment{loyal, free}
	t.shows(share("A", side(1)), "n2", 1.5*off[1])
	x := pricing{names: [2]string{"p1", "p2"}, profit: "profit", p: p, f: b.F, demand: func(own [2]float64) [2]float64 {
		a, _ := b.Demand(own, p)
		return inside(a)
	}}
	return append([]trial{t}, c.priced(x, t, [2]float64{1.5 * off[0], 1.5 * off[1]})...), nil
}

// planMultihoming simulates two sides of which everybody is on one platform and some are on both:
// the second platform is worth so much less than the first as using two costs.
func planMultihoming(c Case) ([]trial, models.Faults) {
	b := theory.MultihomingBoth{K: c.pair("k"), F: c.pair("f"), Alpha: c.pair("alpha"), T: c.pair("t"), Rho: c.number("rho")}
	p, n := b.Equilibrium()
	if math.IsNaN(n[0]) {
		return nil, nil
	}
	price := [2]map[string]float64{}
	for k := range price {
		price[k] = map[string]float64{side(0): p[0], side(1): p[1]}
	}
	t, off, ok := c.settled(line{Alpha: b.Alpha, T: b.T},
		models.Platform{Name: "A", Location: 0, Price: price[0]}, models.Platform{Name: "B", Location: 1, Price: price[1]})
	if !ok {
		return nil, nil
	}
	const first = 6 // worth of the first platform; whatever it is, nobody may go without
	for g, size := range c.stratified() {
		s := people(side(g), size, first, first)
		s.Cross, s.Transport = effect(b.Alpha[g]), b.T[g]
		s.Outside.None, s.Homing = true, models.Multi{Cost: first - b.K[g], Duplicate: b.Rho}
		s.Start = []models.Begin{{Homing: 3, Share: 1}}
		t.model.Segments = append(t.model.Segments, s)
		t.shows(share("A", side(g)), []string{"n1", "n2"}[g], off[g])
		both := series{metric: "multihomers", platform: "*", side: side(g), per: float64(size)}
		t.shows(both, []string{"multihomers1", "multihomers2"}[g], 1.5*off[g])
	}
	x := pricing{names: [2]string{"p1", "p2"}, profit: "profit", answers: [2]string{"dn1_dp2", "dn2_dp1"}, p: p, f: b.F, demand: func(own [2]float64) [2]float64 {
		a, _ := b.Demand(own, p)
		return a
	}}
	return append([]trial{t}, c.priced(x, t, off)...), nil
}

// line is what moves the cuts between people on a line, as in the duopoly.
type line = theory.ArmstrongDuopoly

// stratified is how many people each side of a line has.
func (c Case) stratified() []int64 {
	if len(c.Simulate.N) > 0 {
		return c.Simulate.N
	}
	return []int64{2000, 2000}
}

// settled is a trial of best replies until everybody has come to rest, and how far a share of
// each side may be off for being that of whole people; false when coming to rest takes too long.
func (c Case) settled(l line, platforms ...models.Platform) (t trial, off [2]float64, ok bool) {
	n := c.stratified()
	revision := or(c.Simulate.Revision, 0.2)
	periods, settles := settling(l, revision, slices.Max(n))
	periods = or(c.Simulate.Periods, periods)
	for g, people := range wholePeople(l) {
		off[g] = people / float64(slices.Min(n))
	}
	return trial{
		label: "demand", model: market(c.ID, periods, revision, platforms...), engine: c.engineName(),
		replications: or(c.Simulate.Replications, 4), observe: ends,
	}, off, settles || c.Simulate.Periods > 0
}

// shows adds what the last period must show of a quantity, up to an allowance.
func (t *trial) shows(s series, quantity string, allowance float64) {
	t.claims = append(t.claims, claim{quantity: quantity, estimate: mean(len(t.watch)), allowance: allowance})
	t.watch = append(t.watch, s)
}
