package verify

import (
	"fmt"
	"math"
	"slices"

	"flywheel/models"
	"flywheel/models/theory"
)

// planLaunch simulates launches of like people without noise on the asynchronous clock: the
// probability of success, the frontier at the shares n1 that a case gives, and how long a subsidy
// must last. The normal approximation, times paid and costs of seeding are stated only.
func planLaunch(c Case) ([]trial, models.Faults) {
	l := theory.LaunchThreshold{
		C: [2]float64{c.number("c1"), c.number("c2")},
		K: [2]float64{c.number("k1"), c.number("k2")},
	}
	var trials []trial
	if c.gives("N") {
		trials = append(trials, c.successTrial(l))
	}
	if c.gives("n1") {
		for _, n1 := range c.numbers("n1") {
			trials = append(trials, c.thresholdTrial(l, n1)...)
		}
	}
	return append(trials, c.subsidyTrial(l)...), nil
}

// launch is a market in which side 1 joins while more than a share C2 of side 2 is there, and
// side 2 while more than C1 of side 1 is, and leaves otherwise: an effect of one against a price,
// which lies between two counts, so that there are no ties. A period is length units of time.
func (c Case) launch(l theory.LaunchThreshold, n []int64, periods int, length float64) *models.Model {
	price := map[string]float64{}
	m := market(c.ID, periods, 0, models.Platform{Name: "A", Price: price})
	m.Clock.Kind = models.ClockAsync
	for g, size := range n {
		h := 1 - g
		s := people(side(g), size, 0)
		s.Cross = effect(1)
		price[side(g)] = (math.Floor(l.C[h]*float64(n[h])+1e-9) + 0.5) / float64(n[h])
		revision := l.K[g] * length
		s.Revision = &revision
		m.Segments = append(m.Segments, s)
	}
	return m
}

// decided is the time after which everybody has surely revised once the race is over.
func decided(l theory.LaunchThreshold, n []int64) float64 {
	return 2 * (math.Log(float64(slices.Max(n))) + 10) / min(l.K[0], l.K[1])
}

// successTrial counts the launches that succeed from the counts of the case.
func (c Case) successTrial(l theory.LaunchThreshold) trial {
	size, on := c.pair("N"), c.pair("start")
	n := []int64{int64(size[0]), int64(size[1])}
	p := l.Success([2]int{int(size[0]), int(size[1])}, [2]int{int(on[0]), int(on[1])})
	periods := int(math.Ceil(decided(l, n)))
	runs := or(c.Simulate.Replications, min(2000, max(500, effort/ring/(periods*int(n[0]+n[1])))))
	m := c.launch(l, n, periods, 1)
	for g := range m.Segments {
		m.Segments[g].Start = []models.Begin{{Homing: 1, Share: on[g] / size[g]}}
	}
	return trial{
		label: "success", model: m, engine: c.engineName(), replications: runs, watch: []series{share("A", side(0))},
		observe: func(paths [][]float64) []float64 {
			if ends(paths)[0] > l.C[0] {
				return []float64{1}
			}
			return []float64{0}
		},
		claims: []claim{{
			quantity: "p_success", estimate: mean(0), luck: true,
			predicted: math.Sqrt(p * (1 - p) / float64(runs)), allowance: rare / float64(runs),
		}},
	}
}

// surely is the probability with which a launch next to the frontier may go the wrong way.
const surely = 3e-7

// thresholdTrial starts launches on either side of the frontier, so far that luck has no part.
func (c Case) thresholdTrial(l theory.LaunchThreshold, n1 float64) []trial {
	n2 := l.Frontier(n1)
	n := []int64{crowd, crowd}
	if len(c.Simulate.N) > 0 {
		n = c.Simulate.N
	}
	chance := func(n2 float64) float64 {
		on := [2]int{int(math.Round(n1 * float64(n[0]))), int(math.Round(n2 * float64(n[1])))}
		return l.SuccessNormal([2]int{int(n[0]), int(n[1])}, on)
	}
	off := 1 / float64(n[1])
	for ; n2-off > 0 && n2+off < 1; off *= 1.1 {
		if chance(n2-off) < surely && chance(n2+off) > 1-surely {
			break
		}
	}
	if !(n2-off > 0 && n2+off < 1) {
		return nil
	}
	starting := func(n2 float64) *models.Model {
		m := c.launch(l, n, int(math.Ceil(decided(l, n))), 1)
		m.Segments[0].Start = []models.Begin{{Homing: 1, Share: n1}}
		m.Segments[1].Start = []models.Begin{{Homing: 1, Share: n2}}
		return m
	}
	name := fmt.Sprintf("frontier_n2(%g)", n1+0)
	return []trial{c.bracket(name, n2, off, l.C[0], starting(n2-off), starting(n2+off))}
}

// subsidyTrial pays side 1 for joining an empty platform a twentieth shorter than theory says
// it must be paid, and a twentieth longer: enough people for luck to have no part. It is empty
// where that would be too many.
func (c Case) subsidyTrial(l theory.LaunchThreshold) []trial {
	duration, _ := l.Subsidy()
	joined := -math.Expm1(-l.K[0] * duration)
	// What a twentieth of the time is worth in the race that follows, between side 2 joining and
	// side 1 leaving, against the luck of everything before and in it, each as a variance of
	// logarithms of counts per person.
	worth := duration / 20 * (l.K[1] + l.K[0]*(1-joined)/joined)
	luck := (1-joined)/joined + 1/l.C[0] - 1/joined + 1/(1-l.C[1]) - 1 + l.C[0]/(1-l.C[0])
	const sigmas, most = 5, 100_000
	size := max(20_000, int64(sigmas*sigmas*luck/(worth*worth)))
	n := []int64{size, size}
	if len(c.Simulate.N) > 0 {
		n = c.Simulate.N
	}
	const parts = 20
	length := duration / parts
	periods := parts + int(math.Ceil(decided(l, n)/length))
	if size > most || periods > mostPeriods {
		return nil
	}
	paid := func(until int) *models.Model {
		m := c.launch(l, n, periods, length)
		m.Policies = []models.Policy{{
			Name: "launch", Platform: "A", Target: models.Target{Side: side(0)},
			Instrument: models.PayPeriod, Shape: models.Constant{Amount: 2}, Until: until,
		}}
		return m
	}
	t := c.bracket("T_star", duration, length, l.C[0], paid(parts-1), paid(parts+1))
	t.replications = or(c.Simulate.Replications, 3)
	return []trial{t}
}
