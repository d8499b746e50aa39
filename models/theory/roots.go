package theory

import "math"

// bisect returns the point of [lo, hi] where the monotone f changes sign, to the last bit that
// matters, or the end where f is nearer to zero when it does not.
func bisect(f func(float64) float64, lo, hi float64) float64 {
	atLo, atHi := f(lo), f(hi)
	if atLo == 0 || atHi == 0 || (atLo < 0) == (atHi < 0) {
		if math.Abs(atLo) <= math.Abs(atHi) {
			return lo
		}
		return hi
	}
	// Two hundred halvings reach adjacent floats from any bracket used here, except around a root at
	// exactly zero, where adjacent floats are absurdly close.
	for range 200 {
		mid := lo + (hi-lo)/2
		if mid <= lo || mid >= hi {
			return mid
		}
		at := f(mid)
		switch {
		case at == 0:
			return mid
		case (at < 0) == (atLo < 0):
			lo = mid
		default:
			hi = mid
		}
	}
	return lo + (hi-lo)/2
}

// resolution is the width below which crossings stops dividing. Two roots closer than this belong to
// a dip of f of the order of its square, 1e-16: they cannot be told from rounding.
const resolution = 1e-8

// crossings returns, ascending, every point of [lo, hi] where f changes sign.
//
// It cannot step over a root: bound returns limits that enclose f over a whole interval up to noise, its
// rounding error. An interval is dropped only when its limits exclude zero by more than noise, or when
// both are within noise, where no sign means anything; all others are halved until they are narrower
// than the resolution, and only there is the sign of f at the ends believed.
func crossings(f func(float64) float64, bound func(lo, hi float64) interval, lo, hi, noise float64) []float64 {
	over := bound(lo, hi)
	if !(over.lo <= noise && over.hi >= -noise) || over.lo >= -noise && over.hi <= noise {
		return nil
	}
	if mid := lo + (hi-lo)/2; hi-lo > resolution && mid > lo && mid < hi {
		return append(crossings(f, bound, lo, mid, noise), crossings(f, bound, mid, hi, noise)...)
	}
	if (f(lo) < 0) == (f(hi) < 0) {
		return nil
	}
	return []float64{bisect(f, lo, hi)}
}

// interval is every number from lo to hi.
type interval struct{ lo, hi float64 }

// affine returns c + k·a.
func (a interval) affine(c, k float64) interval {
	x, y := c+k*a.lo, c+k*a.hi
	return interval{math.Min(x, y), math.Max(x, y)}
}

func (a interval) times(b interval) interval {
	w, x, y, z := a.lo*b.lo, a.lo*b.hi, a.hi*b.lo, a.hi*b.hi
	return interval{min(w, x, y, z), max(w, x, y, z)}
}

func (a interval) plus(b interval) interval { return interval{a.lo + b.lo, a.hi + b.hi} }
