package sim

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// The integer draws below are inverse distribution functions: the smallest k whose
// cumulative probability exceeds u. They grow with u and with their mean, so two runs that
// share u differ by what differs between them and by nothing else.

// few is the variance below which a draw adds up probabilities from zero; above it, it starts
// from an expansion around the normal. Where the expansion does not decide, probabilities
// from zero are still the quickest up to a mean of some. many is the mean above which the
// expansion alone decides: it is then wrong only for a u within 1e-8 of a step, where the
// incomplete gamma and beta functions are slow and no closer.
const (
	few  = 8
	some = 32
	many = 1e5
)

// resolved is what the distribution functions tell apart: a u closer to 0 or 1 is taken as
// this close.
func resolved(u float64) float64 {
	const least = 1e-13
	switch {
	case u < least:
		return least
	case u > 1-least:
		return 1 - least
	}
	return u
}

// Poisson is the inverse Poisson distribution function of the mean at u in [0,1).
func Poisson(mean, u float64) int64 {
	switch {
	case !(mean > 0) || u < 1-mean: // the probability of none is at least 1 - mean
		return 0
	case mean < few:
		return climb(resolved(u), math.Exp(-mean), mean, 0, math.MaxInt64)
	}
	u = resolved(u)
	k, sure := expand(u, mean, mean, mean, mean, mean)
	switch {
	case sure:
		return k
	case mean < some:
		return climb(u, math.Exp(-mean), mean, 0, math.MaxInt64)
	}
	return decide(u, k, math.MaxInt64, func(k int64) float64 { return mathext.GammaIncRegComp(float64(k)+1, mean) })
}

// Binomial is the inverse binomial distribution function of n trials of probability p at u
// in [0,1).
func Binomial(n int64, p, u float64) int64 {
	switch {
	case n <= 0 || !(p > 0):
		return 0
	case p >= 1:
		return n
	case p > 0.5: // mirrored, which keeps the draw growing with u
		return n - Binomial(n, 1-p, max(0, 1-u-0x1p-54))
	}
	mean := float64(n) * p
	if u < 1-mean { // the probability of none is at least 1 - mean
		return 0
	}
	u = resolved(u)
	k, sure := int64(0), false
	v := mean * (1 - p)
	if v >= few {
		pq := p * (1 - p)
		k, sure = expand(u, mean, v, v*(1-2*p), v*(1-6*pq), v*(1-2*p)*(1-12*pq))
		k = min(k, n)
	}
	switch {
	case sure:
		return k
	case mean < some: // each probability is the one before times odds (n-k)/(k+1)
		odds := p / (1 - p)
		return climb(u, none(n, p), odds*float64(n), -odds, n)
	}
	return decide(u, k, n, func(k int64) float64 {
		if k >= n {
			return 1
		}
		return mathext.RegIncBeta(float64(n-k), float64(k)+1, 1-p)
	})
}

// none is the probability that none of n trials of probability p succeeds. A power of few
// factors is quicker multiplied out, and as close.
func none(n int64, p float64) float64 {
	if n > 128 {
		return math.Exp(float64(n) * math.Log1p(-p))
	}
	power, square := 1.0, 1-p
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			power *= square
		}
		square *= square
	}
	return power
}

// Hypergeometric is the inverse hypergeometric distribution function at u in [0,1): how
// many of draws taken without replacement from total things are among the marked ones.
func Hypergeometric(total, marked, draws int64, u float64) int64 {
	lo, hi := max(0, draws+marked-total), min(draws, marked)
	if lo >= hi {
		return lo
	}
	t, m, d := float64(total), float64(marked), float64(draws)
	mean := d * m / t
	sd := math.Sqrt(mean * (1 - m/t) * (t - d) / (t - 1))
	// Below first lies less probability than u can resolve (Hoeffding 1963 bounds the tail
	// by that of a binomial). Weights relative to first's are summed once for their total
	// and once up to u of it, which needs no factorial.
	first := max(lo, int64(math.Floor(mean-12*math.Max(sd, 3))))
	next := func(k int64, w float64) float64 {
		x := float64(k)
		return w * (m - x) * (d - x) / ((x + 1) * (t - m - d + x + 1))
	}
	var sum float64
	last := first
	for k, w := first, 1.0; k <= hi && (w > sum*0x1p-60 || float64(k) < mean); k++ {
		sum += w
		last = k
		w = next(k, w)
	}
	cumulative, k := 1.0, first
	for w := 1.0; cumulative <= u*sum && k < last; k++ {
		w = next(k, w)
		cumulative += w
	}
	return k
}

// climb adds probabilities from k = 0, where it is zero, until they exceed u. The ratio of
// the probability of k+1 to that of k is (first + step k)/(k+1).
func climb(u, zero, first, step float64, most int64) int64 {
	p, cumulative, ratio := zero, zero, first
	var k int64
	for cumulative <= u && k < most {
		k++
		if k < int64(len(reciprocal)) {
			p *= ratio * reciprocal[k]
		} else {
			p *= ratio / float64(k)
		}
		ratio += step
		if cumulative+p == cumulative && p < 1e-18 {
			break // the far tail: rounding kept the sum below one
		}
		cumulative += p
	}
	return k
}

// reciprocal is 1/k: a multiplication is several times quicker than a division.
var reciprocal = func() (r [64]float64) {
	for k := 1; k < len(r); k++ {
		r[k] = 1 / float64(k)
	}
	return r
}()

// expand is the smallest k of at least 0 with a distribution function above u, from the first
// five cumulants of a lattice distribution: the Cornish-Fisher expansion (Cornish and Fisher
// 1938) to third order with the cumulants corrected for the lattice's unit step (Sheppard
// 1898). It is sure unless the expansion falls closer to a step than its own error.
func expand(u, mean, c2, c3, c4, c5 float64) (k int64, sure bool) {
	variance := c2 - 1.0/12
	sd := math.Sqrt(variance)
	inv := 1 / variance
	cube := inv * inv * sd // variance to the power of -3/2
	g1 := c3 * cube
	g2 := (c4 + 1.0/120) * inv * inv
	g3 := c5 * inv * cube
	z := mathext.NormalQuantile(u)
	z2 := z * z
	w := z + g1*(z2-1)*(1.0/6) +
		g2*z*(z2-3)*(1.0/24) - g1*g1*z*(2*z2-5)*(1.0/36) +
		g3*(z2*z2-6*z2+3)*(1.0/120) - g1*g2*(z2*z2-5*z2+2)*(1.0/24) + g1*g1*g1*(12*z2*z2-53*z2+17)*(1.0/324)
	x := mean + sd*w - 0.5
	up := math.Ceil(x)
	k = max(int64(up), 0)
	if mean > many {
		return k, true
	}
	tail := 1 + z2
	doubt := 0.0025*tail*tail*(1+tail)*cube + 1e-13*mean + 1e-9 // the error grows as tail^2.5, and (1+tail)/2 is no less than a root
	return k, z2 < 25 && min(up-x, x-(up-1)) > doubt
}

// decide finds the smallest k up to most with cdf(k) > u, from one close to it.
func decide(u float64, k, most int64, cdf func(int64) float64) int64 {
	k = min(k, most)
	for k > 0 && cdf(k-1) > u {
		k--
	}
	for k < most && cdf(k) <= u {
		k++
	}
	return k
}
