package results

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/floats"
)

// Band is a quantity's spread over replications: the mean and two sample quantiles of N values, in the
// values' own unit. All three are NaN when N is 0.
type Band struct {
	Mean, Lo, Hi float64
	N            int
}

// Codes of the warnings that BandOf and Paired give.
const (
	CodeDropped = "dropped"          // CodeDropped: some values do not apply (NaN) and were left out.
	CodeFew     = "few-replications" // CodeFew: too few replications for what was asked.
	CodeLevel   = "level"            // CodeLevel: a level or confidence that is no proper fraction.
)

// BandOf returns the mean of the sample and its quantiles at the levels lo and hi, 0 <= lo < hi <= 1.
//
// The quantiles are type 7 of Hyndman and Fan 1996 (The American Statistician 50(4)): between the order
// statistics beside rank 1+(n-1)p, linearly. That is what R, NumPy and spreadsheets give by default;
// gonum's LinInterp is type 4 and is not used.
//
// NaNs are left out and counted in a warning; a second warning says when the rest is too few (see
// Fewest). The sample is not changed, and its order does not change any bit of the answer.
func BandOf(sample []float64, lo, hi float64) (Band, []Warning) {
	var warnings []Warning
	sorted := make([]float64, 0, len(sample))
	for _, v := range sample {
		if !math.IsNaN(v) {
			sorted = append(sorted, v)
		}
	}
	if dropped := len(sample) - len(sorted); dropped > 0 {
		warnings = append(warnings, Warning{CodeDropped,
			fmt.Sprintf("%d of %s have no value here and are left out", dropped, replications(len(sample)))})
	}
	band := Band{Mean: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), N: len(sorted)}
	if !(0 <= lo && lo < hi && hi <= 1) {
		return band, append(warnings, Warning{CodeLevel,
			fmt.Sprintf("a band from %s%% to %s%% cannot be shown; the levels must rise and lie from 0 to 100%%", percent(lo), percent(hi))})
	}
	if len(sorted) > 0 {
		slices.Sort(sorted)
		band.Mean, band.Lo, band.Hi = Mean(sorted), quantile(sorted, lo), quantile(sorted, hi)
	}
	switch fewest, ok := Fewest(lo, hi); {
	case !ok:
		warnings = append(warnings, Warning{CodeFew,
			fmt.Sprintf("no number of replications can show a %s to %s%% band; the smallest and the largest value seen are given", percent(lo), percent(hi))})
	case len(sorted) < fewest:
		warnings = append(warnings, Warning{CodeFew,
			fmt.Sprintf("%s cannot show a %s to %s%% band; at least %d are needed", replications(len(sorted)), percent(lo), percent(hi), fewest)})
	}
	return band, warnings
}

// Fewest is the least number of replications that can show a band from level lo to level hi; ok is false
// when no number can, which is when lo is 0 or hi is 1.
//
// Of n independent draws the smallest lies on average at level 1/(n+1) of their distribution and the
// largest at n/(n+1), the means of the uniform order statistics (David and Nagaraja 2003, Order
// Statistics). A sample reaches a tail of probability q only where 1/(n+1) <= q, so n = ceil(1/q - 1)
// with q the smaller of lo and 1-hi: 19 for 5 to 95%, 39 for 2.5 to 97.5%.
func Fewest(lo, hi float64) (n int, ok bool) {
	tail := min(lo, 1-hi)
	if !(tail > 0) {
		return 0, false
	}
	const rounding = 1e-9 // 1-0.9 is a little less than 0.1 in floats; that must not ask for one more.
	fewest := math.Ceil(1/tail - 1 - rounding)
	return max(1, int(fewest)), fewest < math.MaxInt32
}

// quantile is the type 7 quantile of a sorted sample of at least one value, none of them NaN.
func quantile(sorted []float64, p float64) float64 {
	rank := float64(len(sorted)-1) * p
	below := int(rank)
	const digits = 1e12 // a level is a number of few decimals, and so is its rank; 19*0.95 in floats is not
	part := math.Round((rank-float64(below))*digits) / digits
	a := sorted[below]
	if part == 0 || below+1 == len(sorted) || a == sorted[below+1] {
		return a
	}
	b := sorted[below+1]
	if way := b - a; !math.IsInf(way, 0) { // numbers of few digits keep few: the rounding is that of the step
		return min(max(math.FMA(part, way, a), a), b)
	}
	return min(max((1-part)*a+part*b, a), b) // which neither overflows nor makes infinite neighbours NaN
}

// Sum is the sum of values, right to the last bit or two in whatever order they come: what each addition
// rounds away is carried along (Neumaier 1974, Zeitschrift fuer Angewandte Mathematik und Mechanik 54).
// It is NaN with a NaN among them, and 0 of none.
func Sum(values []float64) float64 {
	if sum := floats.SumCompensated(values); !math.IsNaN(sum) {
		return sum
	}
	return floats.Sum(values) // of infinities, from which nothing can be carried along
}

// Mean is the mean of values by Sum, NaN of none.
func Mean(values []float64) float64 { return Sum(values) / float64(len(values)) }

func replications(n int) string {
	if n == 1 {
		return "1 replication"
	}
	return strconv.Itoa(n) + " replications"
}

// percent writes 0.025 as 2.5 and hides the rounding of 100 times a float.
func percent(level float64) string { return strconv.FormatFloat(100*level, 'g', 6, 64) }
