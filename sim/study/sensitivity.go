package study

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distmv"
	"gonum.org/v1/gonum/stat/samplemv"
)

// Estimate is a number with the 95% interval of its own sampling error; the ends are NaN
// where nothing shows them.
type Estimate struct{ Value, Lo, Hi float64 }

// Sensitivity is how much each number that varies matters for one metric.
type Sensitivity struct {
	Mean     float64 // of the metric over the design
	Variance float64 // of the metric over the design, luck averaged out over replications
	Luck     float64 // share of that variance that is luck all the same; NaN where replications cannot tell
	Sobol    []SobolIndex
	Morris   []MorrisEffect
	Rows     int // rows or trajectories of the design that went in
}

// resamples is how many bootstrap samples an interval rests on.
const resamples = 1000

// even spreads points evenly over the unit cube, each row with so many columns: Sobol' points as
// far as they are known, else the scrambled Halton sequence of Owen (2017, arXiv:1706.02808).
func even(rows, columns int, seed uint64) [][]float64 {
	if columns <= maxNet {
		net, points := newNet(columns, seed), make([][]float64, rows)
		for i := range points {
			points[i] = make([]float64, columns)
			for k := range columns {
				points[i][k] = net.at(i, k)
			}
		}
		return points
	}
	batch := mat.NewDense(rows, columns, nil)
	samplemv.Halton{Kind: samplemv.Owen, Q: distmv.NewUnitUniform(columns, nil), Src: newDice(seed, forDesign, uint64(columns))}.Sample(batch)
	points := make([][]float64, rows)
	for i := range points {
		points[i] = slices.Clone(batch.RawRowView(i))
	}
	return points
}

// replicated are the values of a design: by row, by point of the row, by replication.
type replicated [][][]float64

// mean averages the replications picked of every point.
func (v replicated) mean(picked []int) [][]float64 {
	out := make([][]float64, len(v))
	for i, row := range v {
		out[i] = make([]float64, len(row))
		for j, runs := range row {
			for _, r := range picked {
				out[i][j] += runs[r] / float64(len(picked))
			}
		}
	}
	return out
}

// luck is the mean variance of a point's mean over replications, which is what luck adds to
// the variance of the metric; NaN with one replication.
func (v replicated) luck() float64 {
	var sum, points float64
	for _, row := range v {
		for _, runs := range row {
			if len(runs) < 2 {
				return math.NaN()
			}
			sum += variance(runs) / float64(len(runs))
			points++
		}
	}
	return sum / points
}

// bootstrap draws rows, and replications where there are several, with replacement, and
// returns the central 95% of what an estimator makes of them, by estimate (Efron 1979, The
// Annals of Statistics 7(1); the percentile interval).
func (v replicated) bootstrap(seed uint64, estimate func(rows [][]float64) []float64) (lo, hi []float64) {
	die := rand.New(newDice(seed, forResample, uint64(len(v))))
	runs := len(v[0][0])
	all := make([]int, runs)
	for r := range all {
		all[r] = r
	}
	whole := v.mean(all)
	var drawn [][]float64 // by estimate
	rows, picked := make([][]float64, len(v)), make([]int, runs)
	for range resamples {
		from := whole
		if runs > 1 {
			for r := range picked {
				picked[r] = die.IntN(runs)
			}
			from = v.mean(picked)
		}
		for i := range rows {
			rows[i] = from[die.IntN(len(from))]
		}
		for k, x := range estimate(rows) {
			if k == len(drawn) {
				drawn = append(drawn, nil)
			}
			drawn[k] = append(drawn[k], x)
		}
	}
	for _, list := range drawn {
		l, h := central(list, confidence)
		lo, hi = append(lo, l), append(hi, h)
	}
	return lo, hi
}

// central is the interval that holds the middle share of a sample; NaN when some of it is.
func central(sample []float64, share float64) (lo, hi float64) {
	sorted := slices.Clone(sample)
	slices.Sort(sorted)
	if len(sorted) == 0 || math.IsNaN(sorted[0]) { // NaNs sort first
		return math.NaN(), math.NaN()
	}
	at := func(p float64) float64 {
		rank := p * float64(len(sorted)-1)
		below := int(rank)
		if below+1 == len(sorted) {
			return sorted[below]
		}
		return sorted[below] + (rank-float64(below))*(sorted[below+1]-sorted[below])
	}
	return at((1 - share) / 2), at((1 + share) / 2)
}

func average(values []float64) float64 {
	var sum float64
	for _, x := range values {
		sum += x
	}
	return sum / float64(len(values))
}

// variance is the unbiased sample variance of two values or more.
func variance(values []float64) float64 {
	m := average(values)
	var sum float64
	for _, x := range values {
		sum += (x - m) * (x - m)
	}
	return sum / float64(len(values)-1)
}
