package verify

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"flywheel/models"
	"flywheel/models/theory"
)

// bassClock is the clock of a diffusion: what the simulation says, else what the parameters give.
func (c Case) bassClock() models.ClockKind {
	if c.Simulate.Clock == "" && c.gives("clock") && c.word("clock") == string(models.ClockAsync) {
		return models.ClockAsync
	}
	return c.clock()
}

// planContinuous simulates the shares F(t) of continuous time, and the time of half adoption in
// the case's own population. Nobody revises: to hear is to join, at the moment of hearing.
func (c Case) planContinuous(b theory.Bass) ([]trial, models.Faults) {
	n, fault := c.adopters(b)
	if fault != nil {
		return nil, models.Faults{*fault}
	}
	var trials []trial
	if t := c.shareTrial(b, n); len(t.claims) > 0 {
		trials = append(trials, t)
	}
	return append(trials, c.halfTrial(b)...), nil
}

// shareTrial reads F(t) at the ends of periods a tenth of a unit of time long; a t that is no
// such end is stated only.
func (c Case) shareTrial(b theory.Bass, n int64) trial {
	length := or(c.Simulate.Revision, 0.1)
	var periods []int
	var last int
	var names []string
	for _, t := range c.numbers("t") {
		period := math.Round(t / length)
		if math.Abs(period*length-t) > 1e-9 || period > float64(or(c.Simulate.Periods, mostPeriods)) {
			continue
		}
		periods, names = append(periods, int(period)), append(names, fmt.Sprintf("F(%g)", t+0))
		last = max(last, int(period))
	}
	slow := theory.Bass{P: b.P * length, Q: b.Q * length, F0: b.F0}
	runs := or(c.Simulate.Replications, int(min(1000, max(20, 1_000_000/n))))
	t := trial{
		label: "diffusion", model: c.adoption(slow, n, max(1, last), 0), engine: c.engineName(), replications: runs,
		watch: []series{share("A", "people")}, observe: at(periods...),
	}
	path := continuous(b, n, length, periods)
	for i, period := range periods {
		t.claims = append(t.claims, claim{
			quantity: names[i], estimate: mean(i),
			predicted: path[period].sd / math.Sqrt(float64(runs)),
			allowance: math.Abs(path[period].bias) + rare/float64(n)/float64(runs),
		})
	}
	return t
}

// continuous is the fluctuation of the adopted share at the end of the periods given: exactly in
// a small population, else to leading order, on steps of the synchronous clock so short that they
// pass for continuous time.
func continuous(b theory.Bass, n int64, length float64, periods []int) map[int]diffusion {
	const ticks, small = 100, 1000
	path := map[int]diffusion{}
	if n <= small {
		b.N = int(n)
		for _, period := range periods {
			t := float64(period) * length
			mean, sd := b.ShareMoments(t)
			path[period] = diffusion{sd, mean - b.Share(t)}
		}
		return path
	}
	tick := length / ticks
	start := math.Round(b.F0*float64(n)) / float64(n)
	fine := diffuse(theory.Bass{P: b.P * tick, Q: b.Q * tick, F0: b.F0}, start, float64(n), slices.Max(append(periods, 0))*ticks)
	for _, period := range periods {
		path[period] = fine[period*ticks]
	}
	return path
}

// halfTrial times the adoption of half of the case's own population. The periods are no longer
// than the standard deviation of that time, so that where in a period it falls is even to a
// part in ten million: the time read is half a period late on average, and a twelfth of the
// squared length is added to its variance; both are taken off (Sheppard 1898, Proceedings of
// the London Mathematical Society 29).
func (c Case) halfTrial(b theory.Bass) []trial {
	if b.N = int(c.number("N")); b.N == 0 {
		return nil
	}
	expected, sd := b.HalfTime()
	half := float64((b.N + 1) / 2)
	length := 0.1
	for length > sd {
		length /= 2
	}
	periods := math.Ceil((expected + 15*sd) / length)
	if !(sd > 0) || !(periods <= mostPeriods) {
		return nil
	}
	runs := or(c.Simulate.Replications, int(min(400, max(50, 400_000/b.N))))
	slow := theory.Bass{P: b.P * length, Q: b.Q * length, F0: b.F0}
	n := float64(b.N)
	// The excess kurtosis of a sum of independent exponential waiting times.
	var peak float64
	for k := math.Round(b.F0 * n); k < half; k++ {
		peak += 6 / math.Pow((n-k)*(b.P+b.Q*k/n), 4)
	}
	peak /= math.Pow(sd, 4)
	root := math.Sqrt(float64(runs))
	return []trial{{
		label: "half time", model: c.adoption(slow, int64(b.N), int(periods), 0), engine: c.engineName(), replications: runs,
		watch: []series{{metric: "participants", platform: "A", side: "people", per: 1}},
		observe: func(paths [][]float64) []float64 {
			for period, adopters := range paths[0] {
				if adopters >= half {
					return []float64{(float64(period) - 0.5) * length}
				}
			}
			return []float64{periods * length}
		},
		claims: []claim{
			{quantity: "E[T_half]", estimate: mean(0), luck: true, predicted: sd / root},
			{
				quantity: "SD[T_half]", estimate: scatter(length), luck: true,
				predicted: sd * math.Sqrt((2+peak)/4) / root,
				allowance: sd / float64(runs), // a root of a mean square is low by a part of its variance
			},
		},
	}}
}

// scatter estimates the standard deviation of a time over runs, read at the ends of periods of
// a length.
func scatter(length float64) estimator {
	return func(stats [][]float64) (float64, float64) {
		times := column(stats, func(run []float64) float64 { return run[0] })
		centre, variance := stat.MeanVariance(times, nil)
		_, se := average(column(stats, func(run []float64) float64 { return (run[0] - centre) * (run[0] - centre) }))
		sd := math.Sqrt(math.Max(0, variance-length*length/12))
		return sd, se / (2 * sd)
	}
}
