package verify

import (
	"fmt"
	"math"

	"flywheel/models"
	"flywheel/models/theory"
)

// planPassages simulates the mean times in which a population on the asynchronous clock passes
// from one count to another. A market is seen at the ends of its periods, so a period is made
// as short as the time between two events at the count where the passage ends.
func (c Case) planPassages(m logit, one theory.LogitOneSided) []trial {
	if m.clock != models.ClockAsync || !c.gives("N") {
		return nil
	}
	one.N = int(c.number("N"))
	from, to := c.numbers("from"), c.numbers("to")
	if !c.gives("from") && len(m.rest) > 1 {
		size := float64(one.N)
		from = []float64{math.Round(m.rest[0].Share[0] * size), math.Round(m.rest[len(m.rest)-1].Share[0] * size)}
		to = from
	}
	m = m.of([]int64{int64(one.N)})
	var trials []trial
	for _, a := range from {
		for _, b := range to {
			if a != b {
				trials = append(trials, c.passageTrial(m, one, int(a), int(b))...)
			}
		}
	}
	return trials
}

// passageTrial times one passage. A run that lasts twice the mean time is timed as far as it
// goes, and the mean is all the time waited over all the passages seen: exact where the passage
// forgets how long it has lasted, as an escape does. It is empty where that would take too long.
func (c Case) passageTrial(m logit, one theory.LogitOneSided, from, to int) []trial {
	wait := one.FirstPassage(from, to)
	share := float64(to) / float64(one.N)
	join := m.choice([2]float64{share, 0.5})[0]
	rate := float64(one.N) * ((1-share)*join + share*(1-join)) // of events at the count to reach
	length := 1 / rate
	late := length
	// Seen once in a while, a boundary is as if it lay further by 0.5826 standard deviations of
	// the steps in between (Broadie, Glasserman and Kou 1997, Mathematical Finance 7(4)): here by
	// less than one count, and never by more than two.
	if beyond := to + 2*sign(to-from); beyond >= 0 && beyond <= one.N {
		late += one.FirstPassage(to, beyond)
	} else {
		return nil
	}
	periods := math.Ceil(2 * wait / length)
	runs := or(c.Simulate.Replications, 300)
	if !(periods <= mostPeriods) || late > wait/10 {
		return nil
	}
	seen := float64(runs) * (1 - math.Exp(-periods*length/wait))
	model := m.model(c.ID, int(periods), length, [2]float64{float64(from) / float64(one.N), 0.5})
	return []trial{{
		label: fmt.Sprintf("passage %d to %d", from, to), model: model, engine: c.engineName(),
		replications: runs, watch: m.watch(),
		observe: func(paths [][]float64) []float64 {
			for period, x := range paths[0] {
				if k := int(math.Round(x * float64(one.N))); (k-to)*sign(to-from) >= 0 {
					return []float64{float64(period) * length, 1}
				}
			}
			return []float64{periods * length, 0}
		},
		claims: []claim{{
			quantity:  fmt.Sprintf("mfpt(%d,%d)", from, to),
			estimate:  ratio,
			luck:      true,
			predicted: wait / math.Sqrt(seen),
			allowance: late,
		}},
	}}
}

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}
