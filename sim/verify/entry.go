package verify

import (
	"math"

	"flywheel/models"
	"flywheel/models/theory"
)

// planEntry simulates what the best entrant earns against an incumbent on which everybody is. It
// holds out prices a little above those at which anybody moves, and in one of two regions a
// subsidy that brings them a little below: there the side that is courted comes first, because it
// gains from coming alone, and the other follows, and in the other region nobody moves. Prices
// that keep every entrant out, and surpluses, are stated only.
func planEntry(c Case) ([]trial, models.Faults) {
	if !c.gives("prices") {
		return nil, nil
	}
	const little = 0.01
	d := theory.DivideAndConquer{Alpha: c.pair("alpha")}
	p := c.pair("prices")
	courted := 0
	earns := func(g int) float64 { return p[g] - d.Alpha[g] + d.Alpha[1-g] + math.Min(0, p[1-g]) }
	if earns(1) > earns(0) {
		courted = 1
	}
	var enough [2]float64
	enough[courted] = p[courted] - d.Alpha[courted]
	enough[1-courted] = d.Alpha[1-courted] + math.Min(0, p[1-courted])

	n := []int64{100, 100}
	if len(c.Simulate.N) > 0 {
		n = c.Simulate.N
	}
	revision := or(c.Simulate.Revision, 0.2)
	// Time for the last of one side to revise, and then of the other.
	periods, _ := settling(line{Alpha: d.Alpha, T: [2]float64{math.Inf(1), math.Inf(1)}}, revision, max(n[0], n[1]))
	periods = or(c.Simulate.Periods, 2*periods)
	incumbent, entrant := map[string]float64{}, map[string]float64{}
	m := market(c.ID, periods, revision, models.Platform{Name: "incumbent", Price: incumbent}, models.Platform{Name: "entrant", Price: entrant})
	t := trial{label: "entry", model: m, engine: c.engineName(), replications: or(c.Simulate.Replications, 4)}
	const home, away = everywhere, "elsewhere"
	for g, size := range n {
		incumbent[side(g)], entrant[side(g)] = p[g], enough[g]+little
		for _, region := range []string{home, away} {
			s := people(side(g), size, 0, 0)
			s.Name, s.Region = s.Name+"-"+region, region
			s.Cross, s.Homing.Cost = effect(d.Alpha[g]), math.Inf(1)
			s.Start = []models.Begin{{Homing: 1, Share: 1}}
			m.Segments = append(m.Segments, s)
			for _, platform := range []string{"entrant", "incumbent"} {
				one := share(platform, side(g))
				one.region = region
				t.watch = append(t.watch, one)
			}
		}
	}
	m.Policies = []models.Policy{{
		Name: "courtship", Platform: "entrant", Target: models.Target{Region: home},
		Instrument: models.PayPeriod, Shape: models.Constant{Amount: 2 * little},
	}}
	t.observe = func(paths [][]float64) []float64 {
		end := ends(paths) // of each side, at home and away: entrant, incumbent
		var earned float64
		for g := range n {
			at := end[4*g:]
			earned += at[0] * (enough[g] - little)
			earned += (at[2] + 1 - at[3]) * 1e3 // nobody moves away from home; a loss that no tolerance covers
		}
		return []float64{earned}
	}
	t.claims = []claim{{quantity: "entrant_profit", estimate: mean(0), allowance: 3 * little}}
	return []trial{t}, nil
}
