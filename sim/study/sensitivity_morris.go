package study

import (
	"math"
	"math/rand/v2"
)

// MorrisEffect is what moving one input across its whole range does to a metric, in the
// metric's unit, over the elementary effects of a design.
type MorrisEffect struct {
	Input  string
	Mu     Estimate // mean effect
	MuStar Estimate // mean size of the effect
	Sigma  Estimate // standard deviation of the effect: large where it bends, or depends on the others
}

// morrisLevels is the customary number of levels of the grid, and morrisStep the step on it
// that gives every level the same chance.
const (
	morrisLevels = 4
	morrisStep   = float64(morrisLevels) / (2 * (morrisLevels - 1))
)

// MorrisDesign are trajectories through the unit cube that move one input after the other by
// the same step, in random order and direction, on a grid of four levels (Morris 1991,
// Technometrics 33(2)). Each has one point more than there are inputs, trajectory after trajectory.
func MorrisDesign(inputs, trajectories int, seed uint64) [][]float64 {
	die := rand.New(newDice(seed, forDesign, uint64(inputs)<<32))
	points := make([][]float64, 0, trajectories*(inputs+1))
	for range trajectories {
		at := make([]float64, inputs)
		for i := range at {
			at[i] = float64(die.IntN(morrisLevels)) / (morrisLevels - 1)
		}
		points = append(points, append([]float64(nil), at...))
		for _, i := range die.Perm(inputs) {
			if at[i] < 0.5 {
				at[i] += morrisStep
			} else {
				at[i] -= morrisStep
			}
			points = append(points, append([]float64(nil), at...))
		}
	}
	return points
}

// Morris reads effects from the values of a design, by point and replication, points in the
// order of MorrisDesign and design as it made them. What stands after the last whole
// trajectory is left out; intervals are bootstrapped over trajectories and replications.
func Morris(inputs []string, design, values [][]float64, seed uint64) Sensitivity {
	var effects replicated // by trajectory, input and replication
	var points [][]float64
	width := len(inputs) + 1
	for t := 0; (t+1)*width <= len(values); t++ {
		row := make([][]float64, len(inputs))
		for p := t*width + 1; p < (t+1)*width; p++ {
			moved, up := step(design[p-1], design[p])
			row[moved] = make([]float64, len(values[p]))
			for r := range values[p] {
				row[moved][r] = (values[p][r] - values[p-1][r]) / up
			}
		}
		effects = append(effects, row)
		points = append(points, values[t*width:(t+1)*width]...)
	}
	s := Sensitivity{Rows: len(effects), Mean: math.NaN(), Variance: math.NaN(), Luck: math.NaN()}
	if len(effects) < 2 {
		return s
	}
	runs := make([]int, len(points[0]))
	for r := range runs {
		runs[r] = r
	}
	estimates := morris(effects.mean(runs))
	lo, hi := effects.bootstrap(seed, morris)
	at := func(k int) Estimate { return Estimate{estimates[k], lo[k], hi[k]} }
	for i, input := range inputs {
		s.Morris = append(s.Morris, MorrisEffect{input, at(3 * i), at(3*i + 1), at(3*i + 2)})
	}
	all := replicated{points}
	means := all.mean(runs)[0]
	if s.Mean, s.Variance = average(means), variance(means); s.Variance > 0 {
		s.Luck = all.luck() / s.Variance
	}
	return s
}

// step is which number differs between two points of a trajectory, and by how much.
func step(from, to []float64) (moved int, up float64) {
	for i := range from {
		if from[i] != to[i] {
			return i, to[i] - from[i]
		}
	}
	panic("bug: a trajectory stands still")
}

// morris is mu, mu* and sigma of each input, in turn.
func morris(rows [][]float64) []float64 {
	inputs := len(rows[0])
	estimates := make([]float64, 0, 3*inputs)
	effects := make([]float64, len(rows))
	for i := range inputs {
		var size float64
		for t, row := range rows {
			effects[t] = row[i]
			size += math.Abs(row[i]) / float64(len(rows))
		}
		estimates = append(estimates, average(effects), size, math.Sqrt(variance(effects)))
	}
	return estimates
}
