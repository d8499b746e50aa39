package verify

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"flywheel/models"
	"flywheel/models/theory"
)

// planCRN simulates two variants of a market that share their luck: in each everybody chooses
// once, with a probability of its own, and the variance of the difference per person is what
// common random numbers leave of it. Without them it would be the sum of both variances.
func planCRN(c Case) ([]trial, models.Faults) {
	p := [2]float64{c.number("p1"), c.number("p2")}
	variant := func(p float64) *models.Model {
		m := market(c.ID, 1, 1, models.Platform{Name: "A"})
		s := people("people", 1000, math.Log(p/(1-p)))
		if len(c.Simulate.N) > 0 {
			s.Size = c.Simulate.N[0]
		}
		s.Noise = &models.Noise{Kind: models.NoiseAnnealed, Scale: 1}
		m.Segments = []models.Segment{s}
		return m
	}
	for _, p := range p {
		if !(p > 0 && p < 1) {
			return nil, nil // nobody is ever certain in a logit
		}
	}
	runs := or(c.Simulate.Replications, 2000)
	first, second := variant(p[0]), variant(p[1])
	n := float64(first.Segments[0].Size)
	apart := math.Abs(p[1] - p[0])
	coupled, independent := apart*(1-apart), p[0]*(1-p[0])+p[1]*(1-p[1])
	relative := math.Sqrt(2 / float64(runs)) // of a variance of nearly normal numbers
	// The kurtosis of a binomial count of variance v adds 1/v to the 2 of a normal number.
	odd := func(v float64) float64 { return v * math.Sqrt((2+1/(n*v))/float64(runs)) }
	if apart == 0 {
		odd = func(float64) float64 { return 0 }
	}
	return []trial{{
		label: "pairs", model: first, beside: second, engine: c.engineName(), replications: runs,
		watch: []series{share("A", "people")},
		observe: func(paths [][]float64) []float64 {
			end := ends(paths)
			return []float64{end[1] - end[0], end[0], end[1]}
		},
		claims: []claim{
			{quantity: "var_coupled", estimate: variance(n, 0), luck: true, predicted: odd(coupled)},
			// The two variances share their luck, so that their errors may add up.
			{quantity: "var_independent", estimate: variance(n, 1, 2), luck: true, predicted: independent * relative},
		},
	}}, nil
}

// variance estimates the sum of the variances of statistics over runs, times a number.
func variance(times float64, statistics ...int) estimator {
	return func(stats [][]float64) (value, se float64) {
		for _, i := range statistics {
			value += times * stat.Variance(column(stats, func(run []float64) float64 { return run[i] }), nil)
		}
		return value, value * math.Sqrt(2/float64(len(stats)-1))
	}
}

// crnCases are pairs of chances close to each other and far apart.
func crnCases() []Case {
	var cases []Case
	for _, p := range [][2]float64{{0.3, 0.35}, {0.5, 0.52}, {0.1, 0.4}, {0.62, 0.58}} {
		cases = append(cases, Case{ID: fmt.Sprintf("crn-%g", p[0]), Model: "crn-bernoulli", Params: theory.Params{"p1": p[0], "p2": p[1]}})
	}
	return cases
}
