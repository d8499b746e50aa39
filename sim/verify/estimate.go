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

// scaled estimates by a multiple of what another estimates, less a shift.
func scaled(of estimator, scale, shift float64) estimator {
	return func(stats [][]float64) (float64, float64) {
		value, se := of(stats)
		return scale * (value - shift), scale * se
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

// correlation estimates the correlation of two shares over the periods of all runs together,
// from the averages in the order of moments; its standard error is that of the jackknife over
// runs (Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 11).
func correlation(stats [][]float64) (float64, float64) {
	var sum [5]float64
	for _, run := range stats {
		for i := range sum {
			sum[i] += run[i]
		}
	}
	without := func(run []float64, n float64) float64 {
		var m [5]float64
		for i := range m {
			m[i] = sum[i] / n
			if run != nil {
				m[i] = (sum[i] - run[i]) / n
			}
		}
		return (m[4] - m[0]*m[2]) / math.Sqrt((m[1]-m[0]*m[0])*(m[3]-m[2]*m[2]))
	}
	n := float64(len(stats))
	if n < 2 {
		return without(nil, n), math.NaN()
	}
	_, sd := stat.MeanStdDev(column(stats, func(run []float64) float64 { return without(run, n-1) }), nil)
	return without(nil, n), sd * (n - 1) / math.Sqrt(n)
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

// moments are the averages of each path and of its square over the periods after a burn-in,
// and of the product of two: the statistics that mean(2*i), spread(2*i, 2*i+1) and correlation
// read.
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
		if len(paths) == 2 {
			var both float64
			for t := burn + 1; t < len(paths[0]); t++ {
				both += paths[0][t] * paths[1][t]
			}
			out = append(out, both/float64(len(paths[0])-burn-1))
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

// ratio estimates by the total of the first statistic over the total of the second, with the
// standard error of a ratio of means (Cochran 1977, Sampling Techniques, chapter 6).
func ratio(stats [][]float64) (float64, float64) {
	first, _ := average(column(stats, func(run []float64) float64 { return run[0] }))
	second, _ := average(column(stats, func(run []float64) float64 { return run[1] }))
	r := first / second
	_, se := average(column(stats, func(run []float64) float64 { return run[0] - r*run[1] }))
	return r, se / second
}
