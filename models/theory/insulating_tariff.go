package theory

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
)

// InsulatingTariff is one platform and sides whose participants differ in what they gain alone and in
// what a counterpart is worth to them (Weyl 2010, American Economic Review 100(4), 1642-1672): a
// participant of side g gains B + b·n_h - p, B logistic around V with scale Mu, b even between Lo and Hi,
// independent of each other.
type InsulatingTariff struct {
	V, Mu  [2]float64 // middle and scale of the stand-alone gains, Mu above 0
	Lo, Hi [2]float64 // least and largest value of the other side's full share, Lo at most Hi
	C      [2]float64 // cost of serving a participant
}

// Membership is what joins a side at a price.
type Membership struct {
	Share    float64 // who joins
	Slope    float64 // fall of the share with the price
	Marginal float64 // mean value of the other side to those indifferent
	Mean     float64 // mean value of the other side to those who join
	Surplus  float64 // what those who join gain, per participant of the whole side
}

// Join returns what joins side g (0 or 1) at the price p when the other side has the share other.
func (m InsulatingTariff) Join(g int, p, other float64) Membership {
	var j Membership
	var marginal, total float64
	m.over(g, p, other, func(b, z, weight float64) {
		j.Share += weight * logistic(z)
		total += weight * b * logistic(z)
		j.Slope += weight * spread(z) / m.Mu[g]
		marginal += weight * b * spread(z) / m.Mu[g]
		j.Surplus += weight * m.Mu[g] * (math.Max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))))
	})
	j.Marginal, j.Mean = marginal/j.Slope, total/j.Share
	return j
}

// over visits values b of the other side with their weights, and z, the log-odds of joining for one
// who has that value: a Gauss-Legendre rule over pieces in which the odds change by e^8 at most.
func (m InsulatingTariff) over(g int, p, other float64, visit func(b, z, weight float64)) {
	const points, piece, reach = 24, 8.0, 40.0
	z := func(b float64) float64 { return (m.V[g] + b*other - p) / m.Mu[g] }
	lo, hi := m.Lo[g], m.Hi[g]
	from, to := z(lo), z(hi)
	if lo == hi {
		visit(lo, from, 1)
		return
	}
	var x, w [points]float64
	integrate := func(a, b float64) {
		quad.Legendre{}.FixedLocations(x[:], w[:], a, b)
		for i := range x {
			visit(x[i], z(x[i]), w[i]/(hi-lo))
		}
	}
	// Odds below e^-40 of the best ones add nothing that a float can hold; odds above e^40 are certain.
	at := func(target float64) float64 {
		return lo + (hi-lo)*math.Min(1, math.Max(0, (target-from)/(to-from)))
	}
	left, right := lo, hi
	if to-from > piece {
		left, right = at(math.Min(to, 0)-reach), at(reach)
	}
	pieces := math.Max(1, math.Ceil((z(right)-z(left))/piece))
	for i := range int(pieces) {
		integrate(left+(right-left)*float64(i)/pieces, left+(right-left)*float64(i+1)/pieces)
	}
	if right < hi {
		integrate(right, hi)
	}
}

// Price returns the price at which exactly the share given joins side g when the other side has the
// share other: as a function of other it is the insulating tariff, under which the share does not depend
// on the other side at all.
func (m InsulatingTariff) Price(g int, share, other float64) float64 {
	a := m.V[g] + m.Lo[g]*other - m.Mu[g]*logit(share)
	b := m.V[g] + m.Hi[g]*other - m.Mu[g]*logit(share)
	return bisect(func(p float64) float64 {
		var joins float64
		m.over(g, p, other, func(_, z, weight float64) { joins += weight * logistic(z) })
		return joins - share
	}, a, b)
}

// tariffGoal is what a platform maximises: the value of both shares, and the two conditions in which
// its slope vanishes.
type tariffGoal struct {
	value func(p [2]float64, j [2]Membership) float64
	slope func(g int, p [2]float64, j [2]Membership) float64
}

// MaxProfit returns the shares that maximise profit; their prices are cost plus market power less what
// their marginal counterparts gain.
func (m InsulatingTariff) MaxProfit() [2]float64 {
	return m.best(tariffGoal{m.Profit, func(g int, p [2]float64, j [2]Membership) float64 {
		return p[g] - m.C[g] - j[g].Share/j[g].Slope + j[1-g].Share*j[1-g].Marginal
	}})
}

// MaxWelfare returns the shares that maximise profit and surplus together; their prices are cost less
// what all their counterparts gain.
func (m InsulatingTariff) MaxWelfare() [2]float64 {
	return m.best(tariffGoal{m.Welfare, func(g int, p [2]float64, j [2]Membership) float64 {
		return p[g] - m.C[g] + j[1-g].Share*j[1-g].Mean
	}})
}

// At returns the prices that implement the shares given, and what joins at them.
func (m InsulatingTariff) At(n [2]float64) (p [2]float64, j [2]Membership) {
	for g := range n {
		p[g] = m.Price(g, n[g], n[1-g])
		j[g] = m.Join(g, p[g], n[1-g])
	}
	return p, j
}

// Profit returns what the platform earns at the prices given from what joins.
func (m InsulatingTariff) Profit(p [2]float64, j [2]Membership) float64 {
	return j[0].Share*(p[0]-m.C[0]) + j[1].Share*(p[1]-m.C[1])
}

// Welfare returns profit plus what those who join gain.
func (m InsulatingTariff) Welfare(p [2]float64, j [2]Membership) float64 {
	return m.Profit(p, j) + j[0].Surplus + j[1].Surplus
}

// best maximises a goal over both shares: it looks at a grid of log-odds and climbs from every point of
// it that none of its neighbours surpasses. It is NaN where the highest peak cannot be told. A peak so
// narrow that no point of the grid is on its slope can be overlooked.
func (m InsulatingTariff) best(goal tariffGoal) [2]float64 {
	const reach = 12 // shares from 6e-6 to 1 - 6e-6
	var values [2*reach + 1][2*reach + 1]float64
	for x := range values {
		for y := range values[x] {
			values[x][y] = goal.value(m.At(logOdds{float64(x - reach), float64(y - reach)}.shares()))
		}
	}
	peak := func(x, y int) bool {
		for i := max(0, x-1); i <= min(2*reach, x+1); i++ {
			for j := max(0, y-1); j <= min(2*reach, y+1); j++ {
				if values[i][j] > values[x][y] {
					return false
				}
			}
		}
		return true
	}
	top, most := [2]float64{math.NaN(), math.NaN()}, math.Inf(-1)
	for x := range values {
		for y := range values[x] {
			if !peak(x, y) {
				continue
			}
			n, value := m.climb(goal, [2]float64{float64(x - reach), float64(y - reach)}, values[x][y])
			if value > most {
				top, most = n, value
			}
		}
	}
	return top
}

// climb goes up from log-odds at which a goal has a value, by ever smaller steps, and solves the two
// conditions of a peak by Newton's method. Where that does not settle the shares are NaN.
func (m InsulatingTariff) climb(goal tariffGoal, start [2]float64, most float64) (shares [2]float64, value float64) {
	for step := 1.0; step > 1e-3; {
		better := start
		for _, by := range [][2]float64{{step, 0}, {-step, 0}, {0, step}, {0, -step}, {step, step}, {-step, -step}} {
			at := [2]float64{start[0] + by[0], start[1] + by[1]}
			if value := goal.value(m.At(logOdds(at).shares())); value > most && math.Abs(at[0]) < 700 && math.Abs(at[1]) < 700 {
				better, most = at, value
			}
		}
		if better == start {
			step /= 2
		}
		start = better
	}
	slopes := func(x [2]float64) (s [2]float64) {
		p, j := m.At(logOdds(x).shares())
		for g := range s {
			s[g] = goal.slope(g, p, j) / m.Mu[g]
		}
		return s
	}
	x, settled := solvePair(slopes, start)
	if !settled {
		return [2]float64{math.NaN(), math.NaN()}, most
	}
	return logOdds(x).shares(), most
}

// solvePair solves f(x) = 0 in two dimensions from a start near the solution, by steps of at most one that
// are halved until they help.
func solvePair(f func([2]float64) [2]float64, x [2]float64) (root [2]float64, settled bool) {
	const width, enough = 1e-5, 1e-10
	size := func(v [2]float64) float64 { return math.Max(math.Abs(v[0]), math.Abs(v[1])) }
	at := f(x)
	for range 100 {
		var d [2][2]float64
		for i := range x {
			up, down := x, x
			up[i] += width
			down[i] -= width
			hi, lo := f(up), f(down)
			for k := range hi {
				d[k][i] = (hi[k] - lo[k]) / (2 * width)
			}
		}
		det := d[0][0]*d[1][1] - d[0][1]*d[1][0]
		step := [2]float64{(d[1][1]*at[0] - d[0][1]*at[1]) / det, (d[0][0]*at[1] - d[1][0]*at[0]) / det}
		if !(size(step) < math.Inf(1)) {
			break
		}
		scale := math.Min(1, 1/size(step))
		improved := false
		for ; scale > 1e-9 && !improved; scale /= 2 {
			next := [2]float64{x[0] - scale*step[0], x[1] - scale*step[1]}
			if there := f(next); size(there) < size(at) {
				x, at, improved = next, there, true
			}
		}
		if !improved {
			break
		}
	}
	return x, size(at) < enough
}

// Path returns the shares at time t under insulation of the target given: each side goes its own way
// there, whatever the other does. Lambda is the share revising in a period, 0 for the asynchronous clock;
// on the synchronous clock only whole times are defined.
func (InsulatingTariff) Path(start, target [2]float64, t, lambda float64) (n [2]float64) {
	left := math.Exp(-t)
	if lambda > 0 {
		left = math.Pow(1-lambda, t)
		if t != math.Trunc(t) {
			left = math.NaN()
		}
	}
	for g := range n {
		n[g] = target[g] + (start[g]-target[g])*left
	}
	return n
}
