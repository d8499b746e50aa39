package verify

import (
	"fmt"
	"math"
	"slices"

	"flywheel/models"
	"flywheel/models/theory"
)

// planTariff simulates the path under insulating prices of people to whom a counterpart is worth
// the same, when the case says where it begins: the platform sets each side's price at the start
// of every period from the other side's share, by an ordinary price policy. What maximises
// profit or welfare is stated only, and so is the path on the asynchronous clock, on which no
// period is short enough for its prices.
func planTariff(c Case) ([]trial, models.Faults) {
	m := theory.InsulatingTariff{V: c.pair("v"), Mu: c.pair("mu"), Lo: c.pair("lo"), Hi: c.pair("hi"), C: c.pair("C")}
	lambda := c.number("lambda")
	if lambda == 0 || m.Lo != m.Hi || !c.gives("start") {
		return nil, nil
	}
	start, target := c.pair("start"), m.MaxProfit()
	if c.gives("target") {
		target = c.pair("target")
	}
	var times []int
	for _, t := range c.numbers("t") {
		if t == math.Trunc(t) && t >= 1 && t <= mostPeriods {
			times = append(times, int(t))
		}
	}
	if len(times) == 0 || math.IsNaN(target[0]) {
		return nil, nil
	}
	n := []int64{20_000, 20_000}
	if len(c.Simulate.N) > 0 {
		n = c.Simulate.N
	}
	out := market(c.ID, slices.Max(times), lambda, models.Platform{Name: "A"})
	t := trial{label: "path", model: out, engine: c.engineName(), replications: or(c.Simulate.Replications, 10)}
	for g, size := range n {
		s := people(side(g), size, m.V[g])
		s.Cross, s.Noise = effect(m.Lo[g]), &models.Noise{Kind: models.NoiseAnnealed, Scale: m.Mu[g]}
		s.Start = []models.Begin{{Homing: 1, Share: start[g]}}
		out.Segments = append(out.Segments, s)
		flat := m.V[g] - m.Mu[g]*math.Log(target[g]/(1-target[g]))
		out.Policies = append(out.Policies, models.Policy{
			Name: "insulation-" + side(g), Platform: "A", Target: models.Target{Side: side(g)}, Instrument: models.ChangePrice,
			Shape: models.Expression{Text: fmt.Sprintf("(%.17g) + (%.17g) * other_share", flat, m.Lo[g])},
		})
		t.watch = append(t.watch, share("A", side(g)))
	}
	t.observe = func(paths [][]float64) []float64 {
		var out []float64
		for _, path := range paths {
			out = append(out, at(times...)([][]float64{path})...)
		}
		return out
	}
	for g, size := range n {
		for i, period := range times {
			// Who has revised joins with the target's probability, whatever the others do.
			still := math.Pow(1-lambda, float64(period))
			member, stranger := target[g]+(1-target[g])*still, target[g]*(1-still)
			variance := (start[g]*member*(1-member) + (1-start[g])*stranger*(1-stranger)) / float64(size)
			t.claims = append(t.claims, claim{
				quantity: fmt.Sprintf("N%d(%g)", g+1, float64(period)), estimate: mean(g*len(times) + i),
				predicted: math.Sqrt(variance / float64(t.replications)),
				allowance: 1/float64(size) + 1e-6/m.Mu[g], // whole people, and money in whole micro-units
			})
		}
	}
	return []trial{t}, nil
}
