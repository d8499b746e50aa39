package theory

import "math"

// Frontier is the critical-mass frontier at the share n1 of side 1: the least share of side 2 from
// which the mean does not fall below the saddle in both shares — 0 when none is needed, NaN when even
// a full side 2 falls. Lambda is the share revising in a period, 0 for the asynchronous clock, whose
// frontier is the stable manifold of the saddle.
//
// It is also NaN where saddle is not one; where a cross-side effect is not positive, or revisions
// overshoot on the synchronous clock (1 + lambda·(Gamma/(4·Mu) - 1) < 0), because more on one side then
// need not mean more later and no such frontier need exist; and where the saddle is so near a fold that
// a hundred thousand steps do not decide.
func (m LogitTwoSided) Frontier(saddle TwoSidedEquilibrium, n1, lambda float64) float64 {
	if !saddle.Saddle {
		return math.NaN()
	}
	for g := range m.Alpha {
		if m.Alpha[g] <= 0 || 1-lambda+lambda*math.Min(0, m.Gamma[g]/(4*m.Mu[g])) < 0 {
			return math.NaN()
		}
	}
	fate := func(n2 float64) verdict {
		step := func(n [2]float64) [2]float64 { return m.period(n, lambda) }
		if lambda == 0 {
			step = m.flow()
		}
		return follow(step, [2]float64{n1, n2}, saddle.Share)
	}
	lo, hi := 0.0, 1.0
	if fate(lo) == rises {
		return 0
	}
	if fate(hi) == falls {
		return math.NaN()
	}
	for {
		mid := lo + (hi-lo)/2
		if mid <= lo || mid >= hi {
			return mid
		}
		switch fate(mid) {
		case falls:
			lo = mid
		case rises:
			hi = mid
		case stays:
			return mid
		default:
			return math.NaN()
		}
	}
}

// verdict says where a path ends, seen from a saddle.
type verdict int

const (
	undecided verdict = iota
	falls             // below it in both shares
	rises             // anywhere else
	stays             // in it
)

// follow steps from n until the path is above or below the saddle in both shares. More on either side
// never means less later, so it stays there for ever.
func follow(step func([2]float64) [2]float64, n, saddle [2]float64) verdict {
	const (
		close   = 1e-13 // the shares of the saddle are known no better
		resting = 2e-16 // less than a share near 1 can move
	)
	before := [2]float64{math.Inf(1), math.Inf(1)}
	for range 100_000 {
		x, y := n[0]-saddle[0], n[1]-saddle[1]
		switch {
		case math.Abs(x) < close && math.Abs(y) < close:
			return stays
		case x <= 0 && y <= 0:
			return falls
		case x >= 0 && y >= 0:
			return rises
		}
		next := step(n)
		// A path that repeats itself every other step, as when everybody revises at once, never falls.
		if math.Abs(next[0]-before[0]) <= resting && math.Abs(next[1]-before[1]) <= resting {
			return rises
		}
		before, n = n, next
	}
	return undecided
}

// motion is the mean motion P(n) - n at unit clock rate.
func (m LogitTwoSided) motion(n [2]float64) (v [2]float64) {
	for g := range n {
		v[g] = logistic((m.V[g]+m.Alpha[g]*n[1-g]+m.Gamma[g]*n[g])/m.Mu[g]) - n[g]
	}
	return v
}

// period is the mean state a period of the synchronous clock after n.
func (m LogitTwoSided) period(n [2]float64, lambda float64) [2]float64 {
	v := m.motion(n)
	return [2]float64{n[0] + lambda*v[0], n[1] + lambda*v[1]}
}

// flow returns a function that follows the mean of the asynchronous clock by one step of a length it
// chooses, from call to call, so that the error stays below 1e-13.
func (m LogitTwoSided) flow() func([2]float64) [2]float64 {
	const tolerance, shortest, longest = 1e-13, 1e-9, 0.5
	h := 0.1
	return func(n [2]float64) [2]float64 {
		for {
			next, miss := m.stride(n, h)
			taken := h
			h *= math.Min(5, math.Max(0.2, 0.9*math.Pow(tolerance/miss, 0.2)))
			h = math.Min(longest, math.Max(shortest, h))
			if miss <= tolerance || taken <= shortest {
				return next
			}
		}
	}
}

// stride is one step of length h of the fifth-order Runge-Kutta pair of Dormand and Prince (1980,
// Journal of Computational and Applied Mathematics 6(1), 19-26), with its estimate of the error.
func (m LogitTwoSided) stride(n [2]float64, h float64) (next [2]float64, miss float64) {
	weights := [...][]float64{
		{},
		{1. / 5},
		{3. / 40, 9. / 40},
		{44. / 45, -56. / 15, 32. / 9},
		{19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729},
		{9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656},
		{35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84},
	}
	disagreement := [...]float64{71. / 57600, 0, -71. / 16695, 71. / 1920, -17253. / 339200, 22. / 525, -1. / 40}
	var k [7][2]float64
	for stage, row := range weights {
		next = n
		for i, a := range row {
			next[0] += h * a * k[i][0]
			next[1] += h * a * k[i][1]
		}
		k[stage] = m.motion(next)
	}
	var off [2]float64
	for i, e := range disagreement {
		off[0] += h * e * k[i][0]
		off[1] += h * e * k[i][1]
	}
	return next, math.Max(math.Abs(off[0]), math.Abs(off[1]))
}
