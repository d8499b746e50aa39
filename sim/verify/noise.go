package verify

import (
	"math"

	"flywheel/models/theory"
)

// noise is how up to two shares fluctuate around a point of rest, to leading order in the
// population: a step of the synchronous clock carries a deviation x to step·x and adds fresh
// noise, which keeps the covariance as it is (Kurtz 1970, Journal of Applied Probability 7(1),
// for the limit).
type noise struct {
	step       [2][2]float64
	covariance [2][2]float64
}

// sd is the standard deviation of share g.
func (n noise) sd(g int) float64 { return math.Sqrt(n.covariance[g][g]) }

// memory is the factor by which a deviation is left after a period, in the long run: the
// largest modulus among the eigenvalues of step.
func (n noise) memory() float64 {
	half := (n.step[0][0] + n.step[1][1]) / 2
	det := n.step[0][0]*n.step[1][1] - n.step[0][1]*n.step[1][0]
	if square := half*half - det; square >= 0 {
		return math.Abs(half) + math.Sqrt(square)
	}
	return math.Sqrt(det)
}

// relaxation is the number of periods in which a deviation shrinks to 1/e.
func (n noise) relaxation() float64 { return -1 / math.Log(n.memory()) }

// averages are the standard deviations of the average of share g over a number of periods, and
// of the average of its squared deviation: sums over the autocovariance C(k), and over its
// square doubled, as for every Gaussian process (Priestley 1981, Spectral Analysis and Time
// Series, chapter 5).
func (n noise) averages(g, periods int) (ofShare, ofSquare float64) {
	lagged := n.covariance
	var first, second float64
	for k := range periods {
		weight := 2 * float64(periods-k)
		if k == 0 {
			weight /= 2
		}
		c := lagged[g][g]
		first += weight * c
		second += weight * 2 * c * c
		lagged = product(n.step, lagged)
	}
	t := float64(periods)
	return math.Sqrt(first) / t, math.Sqrt(second) / t
}

// independent is how many independent draws would know the standard deviation of share g as
// well as a run watched for a number of periods does.
func (n noise) independent(g, periods int) float64 {
	_, square := n.averages(g, periods)
	v := n.covariance[g][g]
	return 2 * v * v / (square * square)
}

// correlation is the standard deviation of the correlation of both shares as measured over a
// number of periods: to leading order that of the average of a quadratic form z'Mz in the
// shares, whose autocovariance is 2 tr(M R M R') with R the covariance of z with the z before.
func (n noise) correlation(periods int) float64 {
	s := [2]float64{n.sd(0), n.sd(1)}
	rho := n.covariance[0][1] / (s[0] * s[1])
	form := [2][2]float64{
		{-rho / 2 / (s[0] * s[0]), 1 / (2 * s[0] * s[1])},
		{1 / (2 * s[0] * s[1]), -rho / 2 / (s[1] * s[1])},
	}
	lagged := n.covariance
	var sum float64
	for k := range periods {
		weight := 2 * float64(periods-k)
		if k == 0 {
			weight /= 2
		}
		back := [2][2]float64{{lagged[0][0], lagged[1][0]}, {lagged[0][1], lagged[1][1]}}
		m := product(product(form, lagged), product(form, back))
		sum += weight * 2 * (m[0][0] + m[1][1])
		lagged = product(n.step, lagged)
	}
	return math.Sqrt(sum) / float64(periods)
}

func product(a, b [2][2]float64) (c [2][2]float64) {
	for i := range c {
		for k := range c {
			c[i][k] = a[i][0]*b[0][k] + a[i][1]*b[1][k]
		}
	}
	return c
}

// reply is the derivative of the choice of each side with respect to each share, where its
// people join with probability p; at rest, p are the shares themselves.
func reply(m theory.LogitTwoSided, p [2]float64) (d [2][2]float64) {
	for g := range p {
		w := p[g] * (1 - p[g]) / m.Mu[g]
		d[g][g], d[g][1-g] = m.Gamma[g]*w, m.Alpha[g]*w
	}
	return d
}

// stride is the derivative of the mean shares of a period with respect to those before it,
// when a share lambda revises and joins with probability p.
func stride(m theory.LogitTwoSided, p [2]float64, lambda float64) [2][2]float64 {
	d := reply(m, p)
	for i := range d {
		for j := range d {
			d[i][j] *= lambda
		}
		d[i][i] += 1 - lambda
	}
	return d
}

// noiseAt is the noise about the shares n when a share of the people revises in each period;
// false where deviations would grow.
func (m logit) noiseAt(n [2]float64, revision float64) (noise, bool) {
	sd, corr := m.theory.SD(theory.TwoSidedEquilibrium{Share: n}, m.lambda(revision))
	if math.IsNaN(corr) || math.IsNaN(sd[0]) || math.IsNaN(sd[1]) {
		return noise{}, false
	}
	both := corr * sd[0] * sd[1]
	ticks, share := m.ticks(revision)
	tick := stride(m.theory, n, share)
	step := tick
	for range ticks - 1 {
		step = product(tick, step)
	}
	return noise{
		step:       step,
		covariance: [2][2]float64{{sd[0] * sd[0], both}, {both, sd[1] * sd[1]}},
	}, true
}

// bias is the leading difference, of order 1/N, between the mean shares and the equilibrium n
// they fluctuate about: the curvature of the choice times the variance of its utility, carried
// through the feedback. With b the bias and D the derivative of the choice P,
//
//	b = D b + 1/2 P'' Var(u),   P'' = n(1-n)(1-2n) for the utility u in units of the noise scale
//
// (van Kampen 2007, Stochastic Processes in Physics and Chemistry, chapter 10).
func bias(m theory.LogitTwoSided, n [2]float64, around noise) (b [2]float64) {
	var bend [2]float64
	c := around.covariance
	for g := range n {
		h := 1 - g
		a, s := m.Alpha[g]/m.Mu[g], m.Gamma[g]/m.Mu[g]
		variance := a*a*c[h][h] + 2*a*s*c[g][h] + s*s*c[g][g]
		bend[g] = n[g] * (1 - n[g]) * (1 - 2*n[g]) * variance / 2
	}
	d := reply(m, n)
	det := (1-d[0][0])*(1-d[1][1]) - d[0][1]*d[1][0]
	b[0] = ((1-d[1][1])*bend[0] + d[0][1]*bend[1]) / det
	b[1] = ((1-d[0][0])*bend[1] + d[1][0]*bend[0]) / det
	return b
}

// neglected is how far a number of the noise, such as the standard deviation of a share, may be
// from its leading order: the prediction moved to where the bias puts the mean, and bent by the prediction's own change
// over one standard deviation of each share; twice that, for these are the first of many terms.
// It is of relative order 1/N. It is NaN where a deviation of one standard deviation already
// leads to where deviations grow.
func neglected(m theory.LogitTwoSided, n [2]float64, lambda float64, around noise, number func(sd [2]float64, corr float64) float64) float64 {
	at := func(shift [2]float64) float64 {
		return number(m.SD(theory.TwoSidedEquilibrium{Share: [2]float64{n[0] + shift[0], n[1] + shift[1]}}, lambda))
	}
	here := at([2]float64{})
	total := 2 * math.Abs(at(bias(m, n, around))-here)
	for i := range n {
		var up, down [2]float64
		up[i], down[i] = around.sd(i), -around.sd(i)
		total += math.Abs(at(up) + at(down) - 2*here)
	}
	return total
}
