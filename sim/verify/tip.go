package verify

import (
	"fmt"
	"math"

	"flywheel/models/theory"
)

// planTips simulates the probability that a market displaced from its saddle tips up, for the
// displacements of a case whose clock is the synchronous one.
func (c Case) planTips(m logit) []trial {
	if c.word("clock") != "sync" || !c.gives("N") {
		return nil
	}
	var saddles []int
	for i, e := range m.rest {
		if e.Saddle {
			saddles = append(saddles, i)
		}
	}
	lambda := c.number("lambda")
	m = m.of([]int64{int64(c.pair("N")[0]), int64(c.pair("N")[1])})
	var trials []trial
	for _, i := range saddles {
		for _, d1 := range c.numbers("dn1") {
			for _, d2 := range c.numbers("dn2") {
				name := "p_tip"
				if len(saddles) > 1 {
					name = m.indexed(name, i, false)
				}
				name = fmt.Sprintf("%s(%g,%g)", name, d1+0, d2+0)
				trials = append(trials, c.tipTrial(m, m.rest[i], name, [2]float64{d1, d2}, lambda)...)
			}
		}
	}
	return trials
}

// tipTrial runs one displacement until the market has left the saddle behind, and counts the
// runs that end with a larger share of side 1 than the saddle has. It is empty where theory
// has no such probability.
func (c Case) tipTrial(m logit, saddle theory.TwoSidedEquilibrium, name string, d [2]float64, lambda float64) []trial {
	p := m.theory.TippingProbability(saddle, d, lambda)
	way, ok := m.escape(saddle, lambda)
	if math.IsNaN(p) || !ok {
		return nil
	}
	var start [2]float64
	for g, n := range saddle.Share {
		size := float64(m.theory.N[g])
		start[g] = min(max(0, math.Round((n+d[g])*size)/size), 1)
	}
	runs := or(c.Simulate.Replications, min(2000, max(100, effort/(way.periods*m.people()))))
	return []trial{{
		label: name, model: m.model(c.ID, way.periods, lambda, start), engine: c.engineName(),
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
	growth, bend, slant, sd float64
	periods                 int // until the saddle is left behind, but for one run in a hundred
}

// escape measures the unstable direction of a saddle; false where it has none of its own, or
// leaving takes longer than a run may.
func (m logit) escape(saddle theory.TwoSidedEquilibrium, lambda float64) (escape, bool) {
	j, t, e := reply(m.theory, saddle.Share), m.theory, escape{growth: saddle.Eigenvalue}
	// Rows and columns of J - growth, J the derivative less one, are orthogonal to these.
	rest := e.growth + 1 - j[0][0]
	left, right := [2]float64{j[1][0], rest}, [2]float64{j[0][1], rest}
	scale := left[0]*right[0] + left[1]*right[1]
	var noise, tilt float64
	for g, n := range saddle.Share {
		right[g] /= scale
		w := n * (1 - n)
		noise += left[g] * left[g] * w / float64(t.N[g])
	}
	for g, n := range saddle.Share {
		w, h := n*(1-n), 1-g
		u := (t.Alpha[g]*right[h] + t.Gamma[g]*right[g]) / t.Mu[g]
		e.bend += left[g] * w * (1 - 2*n) * u * u / 2
		tilt += left[g] * left[g] * (1 - 2*n) * right[g] / float64(t.N[g])
	}
	e.slant = tilt / noise
	e.sd = math.Sqrt((2 - lambda) * noise / (2*e.growth + lambda*e.growth*e.growth))
	// One run in sixty is luckless enough to set out as if from a fiftieth of the spread.
	for _, way := range []float64{-0.02, 0.02} {
		n, periods := saddle.Share, 0
		for g := range n {
			n[g] += way * e.sd * right[g]
		}
		end, ends := m.reach(n, lambda)
		if !ends || !(e.sd > 0) {
			return e, false
		}
		far := distance(m.rest[end].Share, saddle.Share) / 2
		for ; periods < mostPeriods && distance(n, saddle.Share) < far; periods++ {
			n = m.next(n, lambda)
		}
		e.periods = max(e.periods, periods, 1)
	}
	return e, e.periods < mostPeriods
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
