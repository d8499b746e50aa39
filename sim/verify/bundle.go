package verify

import (
	"math"

	"flywheel/models"
	"flywheel/models/theory"
)

// planBundle simulates the choice among the bundles none, A, B and both: two platforms, one
// side, no network effect. Everybody chooses alone, so the shares are binomial and their
// memory is the inertia of the clock.
func planBundle(c Case) ([]trial, models.Faults) {
	const side = "people"
	b := theory.BundleLogit{UA: c.number("uA"), UB: c.number("uB"), Kappa: c.number("kappa")}
	n, runs := int64(20_000), or(c.Simulate.Replications, 20)
	if len(c.Simulate.N) > 0 {
		n = c.Simulate.N[0]
	}
	revision, watched := or(c.Simulate.Revision, 0.5), or(c.Simulate.Periods, 50)
	// A burn-in that forgets the start to 1e-6, where the clock forgets 1 - revision a period.
	forget := 1
	if revision < 1 {
		forget = int(min(mostPeriods, math.Ceil(math.Log(1e-6)/math.Log1p(-revision))))
	}
	burn := or(c.Simulate.BurnIn, forget)

	m := market(c.ID, burn+watched, revision, models.Platform{Name: "A"}, models.Platform{Name: "B"})
	m.Noise = models.Noise{Kind: models.NoiseAnnealed, Scale: 1}
	s := people(side, n, b.UA, b.UB)
	s.Homing.Cost = b.Kappa
	start := [3]float64{} // of the bundles A, B and A+B
	copy(start[:], c.Simulate.Start)
	for i, part := range start {
		if part > 0 {
			s.Start = append(s.Start, models.Begin{Homing: models.Homing(i + 1), Share: part})
		}
	}
	m.Segments = []models.Segment{s}

	t := trial{
		label: "choice", model: m, engine: c.engineName(), replications: runs, observe: moments(burn),
		watch: []series{share("A", side), share("B", side), {metric: "multihomers", platform: "*", side: side, per: float64(n)}},
	}
	// A choice is kept for about 1/revision periods.
	choices := float64(n) * float64(runs) * max(1, revision*float64(watched))
	pA, pB, both := b.Shares()
	for i, p := range []float64{pA, pB, both} {
		alone := noise{step: [2][2]float64{{1 - revision}}, covariance: [2][2]float64{{p * (1 - p) / float64(n)}}}
		average, _ := alone.averages(0, watched)
		from := [3]float64{start[0] + start[2], start[1] + start[2], start[2]}[i]
		t.claims = append(t.claims, claim{
			quantity:  []string{"P(A)", "P(B)", "P(AB)"}[i],
			estimate:  mean(2 * i),
			predicted: average / math.Sqrt(float64(runs)),
			allowance: math.Abs(from-p)*remembered(1-revision, burn, watched) + rare/choices,
		})
	}
	return []trial{t}, nil
}

// remembered is the part of a deviation at the start that is still in the average of the
// periods watched, after a burn-in, when each period keeps the part given.
func remembered(kept float64, burn, watched int) float64 {
	var sum float64
	left := math.Pow(kept, float64(burn))
	for range watched {
		left *= kept
		sum += left
	}
	return sum / float64(watched)
}
