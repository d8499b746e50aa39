package results

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Difference compares two variants that shared their luck, replication by replication.
type Difference struct {
	Mean   float64 // Mean of a minus b over the pairs, in the values' unit; NaN without pairs.
	Lo, Hi float64 // Lo and Hi bound the mean with the confidence asked for; NaN where they cannot be computed.
	Shown  bool    // Shown is whether the interval excludes 0.
	Pairs  int     // Pairs is how many replications have both values.
	SD     float64 // SD is the sample standard deviation of a minus b over the pairs; NaN for fewer than two.
	// VarianceRatio is (var a + var b) / var(a-b): how many times more replications unpaired runs would
	// need for the same interval. It is +Inf when every difference is the same and NaN when nothing varies.
	VarianceRatio float64
}

// Paired returns the mean of a[i]-b[i] with its two-sided Student-t interval at the given confidence
// (0.95 for 95%), from n-1 degrees of freedom (Student 1908, Biometrika 6(1)). Element i of both must
// come from the same replication. Pairs with a NaN on either side are left out and counted in a warning;
// fewer than two pairs give a warning and no interval. Slices of different lengths are our own fault and
// panic.
func Paired(a, b []float64, confidence float64) (Difference, []Warning) {
	if len(a) != len(b) {
		panic(fmt.Sprintf("bug: %d values cannot be paired with %d", len(a), len(b)))
	}
	var warnings []Warning
	var left, right, diff []float64
	for i := range a {
		if !math.IsNaN(a[i]) && !math.IsNaN(b[i]) {
			left, right, diff = append(left, a[i]), append(right, b[i]), append(diff, a[i]-b[i])
		}
	}
	n := len(diff)
	if n < len(a) {
		warnings = append(warnings, Warning{CodeDropped,
			fmt.Sprintf("%d of %d pairs have no value here and are left out", len(a)-n, len(a))})
	}
	d := Difference{Mean: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), Pairs: n, SD: math.NaN(), VarianceRatio: math.NaN()}
	if n > 0 {
		d.Mean = Mean(diff)
	}
	if n < 2 {
		pairs := "pairs"
		if n == 1 {
			pairs = "pair"
		}
		return d, append(warnings, Warning{CodeFew,
			fmt.Sprintf("%d %s cannot show a difference; at least 2 are needed", n, pairs)})
	}
	spread := variance(diff)
	d.VarianceRatio = (variance(left) + variance(right)) / spread
	if !(0 < confidence && confidence < 1) {
		return d, append(warnings, Warning{CodeLevel,
			fmt.Sprintf("a confidence of %s%% gives no interval; it must lie between 0 and 100%%", percent(confidence))})
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.Quantile((1 + confidence) / 2)
	half := t * math.Sqrt(spread/float64(n))
	d.Lo, d.Hi = d.Mean-half, d.Mean+half
	d.SD = math.Sqrt(spread)
	d.Shown = d.Lo > 0 || d.Hi < 0
	return d, warnings
}

// Unpaired returns the difference of the means of two independent samples, a minus b, with its two-sided
// interval at the given confidence: Student's t with the degrees of freedom of Welch 1947 (Biometrika 34).
// NaNs are left out. Pairs is the size of the smaller sample, VarianceRatio is 1, and SD is that of one
// difference of independent values. Where one of the samples has fewer than two values there is no interval.
func Unpaired(a, b []float64, confidence float64) Difference {
	a, b = present(a), present(b)
	n, m := float64(len(a)), float64(len(b))
	d := Difference{Mean: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), Pairs: min(len(a), len(b)), SD: math.NaN(), VarianceRatio: 1}
	if len(a) > 0 && len(b) > 0 {
		d.Mean = Mean(a) - Mean(b)
	}
	if len(a) < 2 || len(b) < 2 || !(0 < confidence && confidence < 1) {
		return d
	}
	va, vb := variance(a), variance(b)
	d.SD = math.Sqrt(va + vb)
	half := 0.0
	if va+vb > 0 {
		se := va/n + vb/m
		nu := se * se / (va*va/(n*n*(n-1)) + vb*vb/(m*m*(m-1)))
		half = distuv.StudentsT{Mu: 0, Sigma: 1, Nu: nu}.Quantile((1+confidence)/2) * math.Sqrt(se)
	}
	d.Lo, d.Hi = d.Mean-half, d.Mean+half
	d.Shown = d.Lo > 0 || d.Hi < 0
	return d
}

// present are the values that apply.
func present(values []float64) []float64 {
	var list []float64
	for _, v := range values {
		if !math.IsNaN(v) {
			list = append(list, v)
		}
	}
	return list
}

// Together is the confidence at which each of n differences has to be judged so that all their intervals
// hold at once with the given confidence: 1-(1-confidence)/n (Bonferroni; Dunn 1961, Journal of the American
// Statistical Association 56). What is shown at it is shown together.
func Together(confidence float64, n int) float64 { return 1 - (1-confidence)/float64(max(1, n)) }

// Needed is how many pairs make the interval of a difference at most so wide, from those there are: the
// second stage of Stein 1945 (Annals of Mathematical Statistics 16(3)), n = (2 t s / width)^2 with t at the
// degrees of freedom of the pairs there are, and not fewer than these. ok is false where there is no
// spread to go by, or the width is not above 0.
func Needed(d Difference, width, confidence float64) (n int, ok bool) {
	if !(width > 0) || d.Pairs < 2 || !(d.SD >= 0) || !(0 < confidence && confidence < 1) {
		return 0, false
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(d.Pairs - 1)}.Quantile((1 + confidence) / 2)
	root := 2 * t * d.SD / width
	const most = 1e12
	return max(d.Pairs, int(min(most, math.Ceil(root*root)))), true
}

// variance is the unbiased sample variance of at least two values, in two passes for accuracy.
func variance(values []float64) float64 {
	m := Mean(values)
	var sum float64
	for _, v := range values {
		sum += (v - m) * (v - m)
	}
	return sum / float64(len(values)-1)
}
