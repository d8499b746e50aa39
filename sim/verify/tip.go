package verify

import (
	"fmt"
	"math"

	"flywheel/models"
	"flywheel/models/theory"
)

// planTips simulates the probability that a market displaced from its saddle tips up, for the
// displacements of a case whose theory keeps to the clock of the simulation.
func (c Case) planTips(m logit) []trial {
	lambda, same := c.theoryClock(m)
	if !same || !c.gives("N") {
		return nil
	}
	saddles := m.saddles()
	m = m.of([]int64{int64(c.pair("N")[0]), int64(c.pair("N")[1])})
	var trials []trial
	for _, i := range saddles {
		for _, d1 := range c.numbers("dn1") {
			for _, d2 := range c.numbers("dn2") {
				name := fmt.Sprintf("%s(%g,%g)", m.ofSaddle("p_tip", i), d1+0, d2+0)
				trials = append(trials, c.tipTrial(m, m.rest[i], name, [2]float64{d1, d2}, lambda)...)
			}
		}
	}
	return trials
}

// theoryClock is the share who revise in a period, one period a unit of time on the
// asynchronous clock, and whether theory speaks of the tipping on the clock of the simulation.
func (c Case) theoryClock(m logit) (revision float64, same bool) {
	if m.clock == models.ClockAsync {
		return or(c.Simulate.Revision, 1), c.word("clock") == "async"
	}
	return c.number("lambda"), c.word("clock") == "sync"
}

// saddles are the places of the saddles among the equilibria.
func (m logit) saddles() []int {
	var list []int
	for i, e := range m.rest {
		if e.Saddle {
			list = append(list, i)
		}
	}
	return list
}

// ofSaddle is the name of a quantity of saddle i, plain when there is only one.
func (m logit) ofSaddle(name string, i int) string {
	if len(m.saddles()) == 1 {
		return name
	}
	return m.indexed(name, i, false)
}

// tipTrial runs one displacement until the market has left the saddle behind, and counts the
// runs that end with a larger share of side 1 than the saddle has. It is empty where theory
// has no such probability.
func (c Case) tipTrial(m logit, saddle theory.TwoSidedEquilibrium, name string, d [2]float64, lambda float64) []trial {
	p := m.theory.TippingProbability(saddle, d, m.lambda(lambda))
	way, unstable := m.escape(saddle, lambda)
	periods, leaves := m.leaving(saddle, way, lambda)
	if math.IsNaN(p) || !unstable || !leaves {
		return nil
	}
	var start [2]float64
	for g, n := range saddle.Share {
		size := float64(m.theory.N[g])
		start[g] = min(max(0, math.Round((n+d[g])*size)/size), 1)
	}
	runs := or(c.Simulate.Replications, min(2000, max(100, m.effort()/(periods*m.people()))))
	return []trial{{
		label: name, model: m.model(c.ID, periods, lambda, start), engine: c.engineName(),
		replications: runs, watch: m.watch(),
		observe: func(paths [][]float64) []float64 {
			if end := ends(paths); end[0] > saddle.Share[0] {
				return []float64{1}
			}
			return []float64{0}
		},
		claims: []claim{{
			quantity:  name,
			estimate:  mean(0),
			luck:      true,
			predicted: math.Sqrt(p * (1 - p) / float64(runs)),
			allowance: way.curved(p) + rare/float64(runs),
		}},
	}}
}

// escape is how a market leaves a saddle along its unstable direction, in the coordinate x in
// which it moves as x' = growth x + bend x², with noise whose variance changes by slant x.
type escape struct {
	left                    [2]float64 // x is left times the displacement
	right                   [2]float64 // displacement by which x grows by one
	growth, bend, slant, sd float64
}

// escape measures the unstable direction of a saddle; false where it has none.
func (m logit) escape(saddle theory.TwoSidedEquilibrium, revision float64) (escape, bool) {
	j, t, e := reply(m.theory, saddle.Share), m.theory, escape{growth: saddle.Eigenvalue}
	// Rows of J - growth, J the derivative less one, are orthogonal to the right eigenvector and
	// columns to the left one; of each pair the one is used that does not vanish.
	a, d := j[0][0]-1-e.growth, j[1][1]-1-e.growth
	e.left, e.right = [2]float64{j[1][0], -a}, [2]float64{j[0][1], -a}
	if math.Abs(d) > math.Abs(a) {
		e.left, e.right = [2]float64{-d, j[0][1]}, [2]float64{-d, j[1][0]}
	}
	scale := e.left[0]*e.right[0] + e.left[1]*e.right[1]
	var noise, tilt float64
	for g, n := range saddle.Share {
		e.right[g] /= scale
		noise += e.left[g] * e.left[g] * n * (1 - n) / float64(t.N[g])
	}
	for g, n := range saddle.Share {
		u := (t.Alpha[g]*e.right[1-g] + t.Gamma[g]*e.right[g]) / t.Mu[g]
		e.bend += e.left[g] * n * (1 - n) * (1 - 2*n) * u * u / 2
		tilt += e.left[g] * e.left[g] * (1 - 2*n) * e.right[g] / float64(t.N[g])
	}
	e.slant = tilt / noise
	lambda := m.lambda(revision)
	e.sd = math.Sqrt((2 - lambda) * noise / (2*e.growth + lambda*e.growth*e.growth))
	return e, e.growth > 0 && e.sd > 0
}

// leaving is the number of periods until the saddle is left behind, half-way to where the
// market goes: from a fiftieth of the spread, closer than which one run in sixty begins. False
// when it takes longer than a run may.
func (m logit) leaving(saddle theory.TwoSidedEquilibrium, e escape, lambda float64) (int, bool) {
	longest := 1
	for _, way := range []float64{-0.02, 0.02} {
		n, periods := saddle.Share, 0
		for g := range n {
			n[g] += way * e.sd * e.right[g]
		}
		end, ends := m.reach(n, lambda)
		if !ends {
			return 0, false
		}
		far := distance(m.rest[end].Share, saddle.Share) / 2
		for ; periods < mostPeriods && distance(n, saddle.Share) < far; periods++ {
			n = m.next(n, lambda)
		}
		longest = max(longest, periods)
	}
	return longest, longest < mostPeriods
}

// clear is how many standard deviations of luck lie between a start and the frontier that runs
// through a saddle, judged where the mean passes closest to the saddle: there the frontier is
// straight, and luck is what has gathered on the way and what will, while the market leaves.
func (m logit) clear(saddle theory.TwoSidedEquilibrium, e escape, n [2]float64, lambda float64) float64 {
	var c [2][2]float64
	closest, sigmas := math.Inf(1), math.Inf(1)
	for range mostPeriods {
		if off := distance(n, saddle.Share); off < closest {
			var x, gathered float64
			for g := range n {
				x += e.left[g] * (n[g] - saddle.Share[g])
				for h := range n {
					gathered += e.left[g] * c[g][h] * e.left[h]
				}
			}
			closest, sigmas = off, math.Abs(x)/math.Sqrt(gathered+e.sd*e.sd)
		}
		next := m.next(n, lambda)
		if distance(next, n) < 1e-9 {
			break
		}
		c, n = m.diffuse(c, n, lambda), next
	}
	return sigmas
}

// curved is how far the probability p of leaving upwards may be from its leading order, of
// relative order one over the root of the population: with z the start in units of the spread,
//
//	(|bend| + growth |slant|) sd / (3 growth) · (z² + 2) φ(z)
//
// the first correction to the splitting probability of a diffusion (Gardiner 2009, Stochastic
// Methods, chapter 5), whichever sign its two parts have.
func (e escape) curved(p float64) float64 {
	z := math.Sqrt2 * math.Erfinv(2*p-1)
	if math.IsInf(z, 0) {
		return 0
	}
	density := math.Exp(-z*z/2) / math.Sqrt(2*math.Pi)
	return (math.Abs(e.bend) + e.growth*math.Abs(e.slant)) * e.sd / (3 * e.growth) * (z*z + 2) * density
}
