package verify

import (
	"math"
	"slices"

	"flywheel/models"
	"flywheel/models/theory"
)

// planArmstrong simulates the demand of the duopoly at the prices given, or at the equilibrium
// prices: two platforms at the ends of a line, nobody outside, everybody on exactly one, tastes
// stratified and no noise, each revision a best reply. Equilibrium prices and profits of A are
// simulated too; those of B are stated only.
//
// Luck decides when people revise and not where they end, so the shares of the last period must
// agree up to whole people.
func planArmstrong(c Case) ([]trial, models.Faults) {
	d := theory.ArmstrongDuopoly{Alpha: c.pair("alpha"), T: c.pair("t"), D: c.pair("d"), Gamma: c.pair("gamma")}
	var pA, pB [2]float64
	if c.gives("pA") {
		pA, pB = c.pair("pA"), c.pair("pB")
	} else {
		d.F = c.pair("f")
		pA, pB = d.Equilibrium()
	}
	want := d.Demand(pA, pB)
	if math.IsNaN(want[0]) {
		return nil, nil
	}
	n := []int64{2000, 2000}
	if len(c.Simulate.N) > 0 {
		n = c.Simulate.N
	}
	start := []float64{0.5, 0.5}
	if len(c.Simulate.Start) > 0 {
		start = c.Simulate.Start
	}
	revision := or(c.Simulate.Revision, 0.2)
	periods, settles := settling(d, revision, slices.Max(n))
	periods = or(c.Simulate.Periods, periods)
	if !settles && c.Simulate.Periods == 0 {
		return nil, nil
	}

	sides := []string{"side-1", "side-2"}
	a := models.Platform{Name: "A", Location: 0, Price: map[string]float64{}}
	b := models.Platform{Name: "B", Location: 1, Price: map[string]float64{}}
	m := market(c.ID, periods, revision, a, b)
	t := trial{label: "demand", model: m, engine: c.engineName(), replications: or(c.Simulate.Replications, 4), observe: ends}
	for g, side := range sides {
		a.Price[side], b.Price[side] = pA[g], pB[g]
		s := people(side, n[g], d.D[g], 0)
		s.Cross, s.Same = effect(d.Alpha[g]), effect(d.Gamma[g])
		s.Transport, s.Outside.None, s.Homing.Cost = d.T[g], true, math.Inf(1)
		s.Start = []models.Begin{{Homing: 1, Share: start[g]}, {Homing: 2, Share: 1 - start[g]}}
		m.Segments = append(m.Segments, s)
		t.watch = append(t.watch, share("A", side))
		t.claims = append(t.claims, claim{
			quantity:  []string{"n1A", "n2A"}[g],
			estimate:  mean(g),
			allowance: wholePeople(d)[g] / float64(slices.Min(n)),
		})
	}
	if c.gives("pA") {
		return []trial{t}, nil
	}
	x := pricing{names: [2]string{"p1A", "p2A"}, profit: "profitA", p: pA, f: d.F, demand: func(own [2]float64) [2]float64 { return inside(d.Demand(own, pB)) }}
	off := wholePeople(d)
	for g := range off {
		off[g] /= float64(slices.Min(n))
	}
	return append([]trial{t}, c.priced(x, t, off)...), nil
}

// feedback is how the cut between A and B on each side moves with each side's share of A.
func feedback(d theory.ArmstrongDuopoly) (m [2][2]float64) {
	for g := range m {
		m[g][g], m[g][1-g] = d.Gamma[g]/d.T[g], d.Alpha[g]/d.T[g]
	}
	return m
}

// wholePeople is how many people each side may be off: a cut between two people is off by less
// than one of them, which the feedback F carries through both sides as the row sums of
// (1-F)^-1. Four at least, for the prices, shares and ties that are rounded on the way.
func wholePeople(d theory.ArmstrongDuopoly) (off [2]float64) {
	f := feedback(d)
	det := (1-f[0][0])*(1-f[1][1]) - f[0][1]*f[1][0]
	for g := range off {
		h := 1 - g
		off[g] = math.Max(4, (math.Abs(1-f[h][h])+math.Abs(f[g][h]))/math.Abs(det))
	}
	return off
}

// settling is the number of periods after which everybody of n people has come to rest: the
// cuts within a tenth of a person, and then time for the last person to revise. False when the
// revisions overshoot and the cuts never rest.
func settling(d theory.ArmstrongDuopoly, revision float64, n int64) (periods int, settles bool) {
	step := feedback(d)
	for i := range step {
		for j := range step {
			step[i][j] *= revision
		}
		step[i][i] += 1 - revision
	}
	memory := noise{step: step}.memory()
	if !(memory < 1) {
		return mostPeriods, false
	}
	people := math.Log(10 * float64(n))
	needed := people/-math.Log(memory) + people/-math.Log1p(-math.Min(revision, 1-1e-9))
	return int(math.Ceil(needed)), needed < mostPeriods
}
