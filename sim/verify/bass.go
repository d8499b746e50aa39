package verify

import (
	"fmt"
	"math"

	"flywheel/models"
	"flywheel/models/theory"
)

// planBass simulates the shares F(t): people hear of one platform with hazard p + q F and join
// at once, because it is worth more than nothing and nobody doubts it. On the synchronous clock
// these are the discrete shares, one period a unit of time; on the asynchronous one they are
// those of continuous time, and the time of half adoption with them. Its peak is stated only.
func planBass(c Case) ([]trial, models.Faults) {
	b := theory.Bass{P: c.number("p"), Q: c.number("q"), F0: c.number("F0")}
	if c.bassClock() == models.ClockAsync {
		return c.planContinuous(b)
	}
	n, fault := c.adopters(b)
	if fault != nil {
		return nil, models.Faults{*fault}
	}
	// As many runs as bring two million people together: four standard errors of a share are
	// then 0.002 to 0.004.
	runs := or(c.Simulate.Replications, int(min(2000, max(20, 2_000_000/n))))
	start := math.Round(b.F0*float64(n)) / float64(n) // in whole people
	path := diffuse(b, start, float64(n), c.lastPeriod())

	var periods []int
	var claims []claim
	for _, t := range c.numbers("t") {
		if t != math.Trunc(t) || int(t) >= len(path) {
			continue
		}
		claims = append(claims, claim{
			quantity:  fmt.Sprintf("discrete F(%g)", t+0),
			estimate:  mean(len(periods)),
			predicted: path[int(t)].sd / math.Sqrt(float64(runs)),
			allowance: math.Abs(path[int(t)].bias) + rare/float64(n)/float64(runs),
		})
		periods = append(periods, int(t))
	}
	if len(claims) == 0 {
		return nil, nil
	}
	return []trial{{
		label: "diffusion", model: c.adoption(b, n, max(1, len(path)-1), or(c.Simulate.Revision, 0.2)), engine: c.engineName(), replications: runs,
		watch: []series{share("A", "people")}, observe: at(periods...), claims: claims,
	}}, nil
}

// adoption is a population that hears of one platform with the hazards of a period and joins.
func (c Case) adoption(b theory.Bass, n int64, periods int, revision float64) *models.Model {
	m := market(c.ID, periods, revision, models.Platform{Name: "A"})
	m.Clock.Kind = c.bassClock()
	s := people("people", n, 1)
	s.Aware = &models.Aware{P: b.P, Q: b.Q}
	s.Start = []models.Begin{{Homing: 1, Share: b.F0}}
	m.Segments = []models.Segment{s}
	return m
}

// adopters is how many people a diffusion is simulated with: what the simulation says, else what
// the parameters say, else many. So few that luck decides when adoption takes off, and the share
// varies by more than 0.1, are a fault when the simulation says them.
func (c Case) adopters(b theory.Bass) (int64, *models.Fault) {
	const many = 100_000
	wild := func(n int64) float64 {
		var sd float64
		for _, at := range diffuse(b, b.F0, float64(n), c.lastPeriod()) {
			sd = max(sd, at.sd)
		}
		return sd / 0.1
	}
	if given := c.Simulate.N; len(given) > 0 {
		if w := wild(given[0]); w > 1 {
			return 0, &models.Fault{
				Path: "simulate.N", Problem: fmt.Sprintf("%v people are so few that luck decides when adoption takes off", given),
				Remedy: fmt.Sprintf("give about %.0f times as many, or leave it out", math.Ceil(w*w)),
			}
		}
		return given[0], nil
	}
	own := int64(c.number("N"))
	if own > 0 && wild(own) <= 1 {
		return own, nil
	}
	return int64(math.Ceil(many * max(1, math.Pow(wild(many), 2)))), nil
}

// lastPeriod is the last period worth simulating: the last whole t of the case, no later than
// the case's periods say.
func (c Case) lastPeriod() int {
	var last float64
	most := float64(or(c.Simulate.Periods, mostPeriods))
	for _, t := range c.numbers("t") {
		if t == math.Trunc(t) && t <= most {
			last = max(last, t)
		}
	}
	return int(last)
}

// diffusion is the fluctuation of an adopted share over populations: its standard deviation
// and the difference of its mean from the unbounded population's share.
type diffusion struct{ sd, bias float64 }

// diffuse follows both from period 0 to the last, in a population of n that starts at a share
// given. With h = p + q F, a period adds a binomial number of adopters, so that
//
//	V <- (1 - h + q (1-F))² V + h (1-h) (1-F) / n
//	b <- (1 - h + q (1-F)) b - q V
//
// to leading order in 1/n: the derivative of the map, and half its second derivative -2q. The
// path ends early where h ceases to be a probability: beyond, the map leaves [0, 1] and no
// market can follow it.
func diffuse(b theory.Bass, start, n float64, last int) []diffusion {
	var path []diffusion
	f, v, off := b.F0, 0.0, start-b.F0
	for range last + 1 {
		path = append(path, diffusion{math.Sqrt(v), off})
		h := b.P + b.Q*f
		if h > 1 {
			break
		}
		slope := 1 - h + b.Q*(1-f)
		v, off = slope*slope*v+h*(1-h)*(1-f)/n, slope*off-b.Q*v
		f += h * (1 - f)
	}
	return path
}
