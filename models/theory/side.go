package theory

import "math"

// logistic is the probability that a standard logistic variable is below z.
func logistic(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

// logit is the inverse of logistic.
func logit(n float64) float64 { return math.Log(n) - math.Log1p(-n) }

// spread is n(1-n) at the share n = logistic(x), without the loss of digits near n = 1.
func spread(x float64) float64 { return logistic(x) * logistic(-x) }

// spreadOver encloses spread over [a, b], whichever is the larger.
func spreadOver(a, b float64) interval {
	x, y := spread(a), spread(b)
	over := interval{math.Min(x, y), math.Max(x, y)}
	if math.Min(a, b) <= 0 && math.Max(a, b) >= 0 {
		over.hi = 0.25
	}
	return over
}

// side is one side's binary choice with a same-side effect gamma and a noise scale mu > 0: at the
// outside utility u its share rests where n = logistic((u + gamma·n)/mu).
//
// Everything is written in the log-odds x = logit(n), where that equation reads u = utility(x). The
// utility is explicit, and its turning points are known in closed form, so its inverse has at most
// three monotone branches and none of them can be overlooked.
type side struct{ mu, gamma float64 }

// utility is the outside utility at which the log-odds x are at rest.
func (s side) utility(x float64) float64 { return s.mu*x - s.gamma*logistic(x) }

// turn returns the log-odds x > 0 such that the utility turns at -x and x; it is false when the
// utility rises throughout, which is when gamma <= 4·mu (Brock and Durlauf 2001, Review of Economic
// Studies 68(2)).
func (s side) turn() (float64, bool) {
	if s.gamma <= 4*s.mu {
		return math.NaN(), false
	}
	// The smaller root of n(1-n) = mu/gamma, in the form that keeps its digits when it is small.
	small := 2 * s.mu / s.gamma / (1 + math.Sqrt(1-4*s.mu/s.gamma))
	return -logit(small), true
}

// branch is a stretch of log-odds over which the utility is monotone.
type branch struct{ lo, hi float64 }

// branches returns the one or three branches, ascending.
func (s side) branches() []branch {
	x, folded := s.turn()
	if !folded {
		return []branch{{math.Inf(-1), math.Inf(1)}}
	}
	return []branch{{math.Inf(-1), -x}, {-x, x}, {x, math.Inf(1)}}
}

// utilities returns the outside utilities at which the side has a rest point on branch b.
func (s side) utilities(b branch) interval {
	x, y := s.utility(b.lo), s.utility(b.hi)
	return interval{math.Min(x, y), math.Max(x, y)}
}

// reply returns the log-odds on branch b at rest at the outside utility u, or the end of the branch
// nearer to it.
func (s side) reply(b branch, u float64) float64 {
	if s.gamma == 0 {
		return u / s.mu
	}
	// Since mu·x = u + gamma·n and n lies in [0, 1], x lies between these two.
	lo := max(b.lo, (u+math.Min(0, s.gamma))/s.mu)
	hi := min(b.hi, (u+math.Max(0, s.gamma))/s.mu)
	lo, hi = min(lo, b.hi), max(hi, b.lo)
	return bisect(func(x float64) float64 { return s.utility(x) - u }, lo, hi)
}
