package verify

import (
	"math"

	"flywheel/models"
	"flywheel/models/theory"
)

// planSweep simulates the two folds of a one-sided market: its worth is raised so slowly, by a
// subsidy, that the market stays at its lower rest until that vanishes; and lowered likewise.
// It comes late by what a slow passage lags behind, and early by what luck anticipates, and both
// shrink with more periods and more people.
func (c Case) planSweep(one theory.LogitOneSided) []trial {
	lo, hi, low, high := one.Window()
	if c.clock() == models.ClockAsync || !(lo < hi) || len(c.Simulate.Start) > 0 {
		return nil
	}
	n := int64(20_000)
	if len(c.Simulate.N) > 0 {
		n = c.Simulate.N[0]
	}
	revision := or(c.Simulate.Revision, 0.2)
	// At the fold the share moves by revision (a v + b x^2), v beyond it in worth and x in share.
	a := low * (1 - low) / one.Mu
	b := one.Gamma * one.Gamma / (one.Mu * one.Mu) * low * (1 - low) * (high - low) / 2
	// The passage of x' = t + x^2 takes until the first zero of Airy's function, -2.338 (Haberman
	// 1979, SIAM Journal on Applied Mathematics 37(1)).
	const airy = 2.338
	lag := 0.02 * one.Mu
	rate := revision * math.Pow(lag/airy*math.Cbrt(a*b), 1.5)
	around := math.Min(hi-lo, one.Mu) / 4
	periods := int(math.Ceil(2 * around / rate))
	if periods > mostPeriods || int64(periods)*n > effort {
		return nil
	}
	// Luck carries the market over a barrier of eight times its strength within such a time.
	const barrier = 8
	strength := (2 - revision) * low * (1 - low) / float64(2*n)
	early := b / a * math.Pow(0.75*barrier*strength/b, 2./3)
	if lag+early > around/2 {
		return nil // so few people tip anywhere
	}
	sweep := func(quantity string, from, to float64, begins float64, beyond func(share float64) bool) trial {
		base := math.Min(from, to)
		m := market(c.ID, periods, revision, models.Platform{Name: "A"})
		s := people(side(0), n, base)
		s.Same, s.Noise = effect(one.Gamma), &models.Noise{Kind: models.NoiseAnnealed, Scale: one.Mu}
		s.Start = []models.Begin{{Homing: 1, Share: begins}}
		m.Segments = []models.Segment{s}
		m.Policies = []models.Policy{{
			Name: "sweep", Platform: "A", Instrument: models.PayPeriod,
			Shape: models.Ramp{From: from - base, To: to - base, Over: float64(periods)},
		}}
		return trial{
			label: quantity, model: m, engine: c.engineName(), replications: or(c.Simulate.Replications, 2),
			watch: []series{share("A", side(0))},
			observe: func(paths [][]float64) []float64 {
				for period, x := range paths[0] {
					if period > 0 && beyond(x) {
						return []float64{from + (to-from)*float64(period-1)/float64(periods)}
					}
				}
				return []float64{to}
			},
			claims: []claim{{quantity: quantity, estimate: mean(0), allowance: lag + early}},
		}
	}
	rest := func(v float64) []theory.OneSidedEquilibrium {
		return theory.LogitOneSided{V: v, Gamma: one.Gamma, Mu: one.Mu}.Equilibria()
	}
	below, above := rest(hi-around), rest(lo+around)
	return []trial{
		sweep("V_hi", hi-around, hi+around, below[0].Share, func(x float64) bool { return x > 0.5 }),
		sweep("V_lo", lo+around, lo-around, above[len(above)-1].Share, func(x float64) bool { return x < 0.5 }),
	}
}
