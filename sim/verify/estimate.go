package verify

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// estimator turns the statistics of every run, stats[replication][statistic], into a value and
// its standard error, which is NaN for a single run.
type estimator func(stats [][]float64) (value, se float64)

// mean estimates by the average of one statistic over independent runs.
func mean(statistic int) estimator {
	return func(stats [][]float64) (float64, float64) {
		return average(column(stats, func(run []float64) float64 { return run[statistic] }))
	}
}

// spread estimates a standard deviation over the periods of all runs together, from the
// averages of a share and of its square in each run. The runs are independent, so the scatter
// of their own mean squares about the common mean gives the standard error.
func spread(share, square int) estimator {
	return func(stats [][]float64) (float64, float64) {
		centre, _ := average(column(stats, func(run []float64) float64 { return run[share] }))
		variance, se := average(column(stats, func(run []float64) float64 {
			return run[square] - 2*centre*run[share] + centre*centre
		}))
		sd := math.Sqrt(math.Max(0, variance))
		return sd, se / (2 * sd)
	}
}

// average is the mean of independent numbers and its standard error.
func average(x []float64) (mean, se float64) {
	mean, sd := stat.MeanStdDev(x, nil)
	return mean, stat.StdErr(sd, float64(len(x)))
}

func column(stats [][]float64, of func(run []float64) float64) []float64 {
	x := make([]float64, len(stats))
	for i, run := range stats {
		x[i] = of(run)
	}
	return x
}

// moments are the averages of each path and of its square over the periods after a burn-in:
// the statistics that mean(2*i) and spread(2*i, 2*i+1) read.
func moments(burn int) func(paths [][]float64) []float64 {
	return func(paths [][]float64) []float64 {
		var out []float64
		for _, path := range paths {
			var first, second float64
			for _, x := range path[burn+1:] {
				first += x
				second += x * x
			}
			n := float64(len(path) - burn - 1)
			out = append(out, first/n, second/n)
		}
		return out
	}
}

// at is the value of the first path at each of the periods given: the statistics that mean(i)
// reads.
func at(periods ...int) func(paths [][]float64) []float64 {
	return func(paths [][]float64) []float64 {
		out := make([]float64, len(periods))
		for i, t := range periods {
			out[i] = paths[0][t]
		}
		return out
	}
}

// ends are the values of every path at the last period: the statistics that mean(i) reads.
func ends(paths [][]float64) []float64 {
	out := make([]float64, len(paths))
	for i, path := range paths {
		out[i] = path[len(path)-1]
	}
	return out
}
