package study

import "math"

// SobolIndex is one input's share of the variance of a metric over the space.
type SobolIndex struct {
	Input string
	First Estimate // what knowing it alone would take away
	Total Estimate // what would be left if everything else were known
}

// SobolDesign are the points of the unit cube for Sobol' indices of so many inputs: for each
// of the rows the points A and B, then A with one number of B after the other (Saltelli et al.
// 2010, Computer Physics Communications 181(2)). There are rows * (inputs + 2) points, row after row.
func SobolDesign(inputs, rows int, seed uint64) [][]float64 {
	points := make([][]float64, 0, rows*(inputs+2))
	for _, both := range even(rows, 2*inputs, seed) {
		a, b := both[:inputs:inputs], both[inputs:]
		points = append(points, a, b)
		for i := range inputs {
			mixed := append([]float64(nil), a...)
			mixed[i] = b[i]
			points = append(points, mixed)
		}
	}
	return points
}

// Sobol reads indices from the values of a design, by point and replication, points in the
// order of SobolDesign. What stands after the last whole row is left out. First indices are
// those of Saltelli et al. (2010), total ones those of Jansen (1999, Computer Physics
// Communications 117); intervals are bootstrapped over rows and replications. A metric that does not vary has
// indices that do not apply.
func Sobol(inputs []string, values [][]float64, seed uint64) Sensitivity {
	var v replicated
	for width := len(inputs) + 2; len(values) >= width; values = values[width:] {
		v = append(v, values[:width])
	}
	s := Sensitivity{Rows: len(v), Mean: math.NaN(), Variance: math.NaN(), Luck: math.NaN()}
	if len(v) < 2 {
		return s
	}
	runs := make([]int, len(v[0][0]))
	for r := range runs {
		runs[r] = r
	}
	whole := v.mean(runs)
	estimates := sobol(whole)
	lo, hi := v.bootstrap(seed, sobol)
	for i, input := range inputs {
		s.Sobol = append(s.Sobol, SobolIndex{input,
			Estimate{estimates[2*i], lo[2*i], hi[2*i]}, Estimate{estimates[2*i+1], lo[2*i+1], hi[2*i+1]}})
	}
	s.Mean, s.Variance = spread(whole)
	if s.Variance > 0 {
		s.Luck = v.luck() / s.Variance
	}
	return s
}

// spread is the mean and the variance of the metric over the points A and B.
func spread(rows [][]float64) (mean, variance float64) {
	n := float64(2 * len(rows))
	for _, row := range rows {
		mean += (row[0] + row[1]) / n
	}
	for _, row := range rows {
		variance += ((row[0]-mean)*(row[0]-mean) + (row[1]-mean)*(row[1]-mean)) / n
	}
	return mean, variance
}

// sobol is the first and the total index of each input, in turn.
func sobol(rows [][]float64) []float64 {
	mean, variance := spread(rows)
	inputs := len(rows[0]) - 2
	estimates := make([]float64, 2*inputs)
	for i := range inputs {
		var first, total float64
		for _, row := range rows {
			a, b, mixed := row[0], row[1], row[2+i]
			// The mean taken off B changes nothing that is expected, and much of the scatter.
			first += (b - mean) * (mixed - a)
			total += (a - mixed) * (a - mixed) / 2
		}
		estimates[2*i] = first / float64(len(rows)) / variance
		estimates[2*i+1] = total / float64(len(rows)) / variance
	}
	return estimates
}
