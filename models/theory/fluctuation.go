package theory

import (
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// SD returns the stationary standard deviations of both shares around the equilibrium e, and their
// correlation, in the limit of large populations N; lambda is the probability of revising in a period,
// 0 for the asynchronous clock. All are NaN where e is not stable on that clock.
//
// The covariance C solves J·C + C·Jᵀ + lambda·J·C·Jᵀ + (2 - lambda)·W = 0 with W the binomial
// variances: the discrete Lyapunov equation of the synchronous clock divided by lambda, and at lambda 0
// the continuous one (Kurtz 1971, Journal of Applied Probability 8(2), for the limit).
func (m LogitTwoSided) SD(e TwoSidedEquilibrium, lambda float64) (sd [2]float64, corr float64) {
	j := m.jacobian(e.Share)
	nan := math.NaN()
	if !j.stable(lambda) {
		return [2]float64{nan, nan}, nan
	}
	// The equation is linear in (C11, C12, C22); its matrix is read off the unit covariances.
	matrix, right := mat.NewDense(3, 3, nil), mat.NewVecDense(3, nil)
	for column, c := range [3]covariance{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}} {
		d := j.carry(c, lambda)
		matrix.SetCol(column, d[:])
	}
	w := m.noise(e.Share)
	right.SetVec(0, -(2-lambda)*w[0])
	right.SetVec(2, -(2-lambda)*w[1])
	var c mat.VecDense
	if err := c.SolveVec(matrix, right); err != nil {
		return [2]float64{nan, nan}, nan
	}
	sd = [2]float64{math.Sqrt(c.AtVec(0)), math.Sqrt(c.AtVec(2))}
	return sd, c.AtVec(1)/(sd[0]*sd[1]) + 0 // a negative zero becomes a plain one
}

// noise is the variance of each share if nobody minded the others.
func (m LogitTwoSided) noise(n [2]float64) (w [2]float64) {
	for g := range w {
		w[g] = n[g] * (1 - n[g]) / float64(m.N[g])
	}
	return w
}

// covariance is a symmetric two by two matrix: its entries 11, 12 and 22.
type covariance [3]float64

// carry is J·C + C·Jᵀ + lambda·J·C·Jᵀ.
func (j jacobian) carry(c covariance, lambda float64) covariance {
	full := [2][2]float64{{c[0], c[1]}, {c[1], c[2]}}
	jc := product(j, full)
	transposed := [2][2]float64{{j[0][0], j[1][0]}, {j[0][1], j[1][1]}}
	jcj := product(jc, transposed)
	return covariance{
		2*jc[0][0] + lambda*jcj[0][0],
		jc[0][1] + jc[1][0] + lambda*jcj[0][1],
		2*jc[1][1] + lambda*jcj[1][1],
	}
}

func product(a, b [2][2]float64) (c [2][2]float64) {
	for i := range c {
		for k := range c {
			c[i][k] = a[i][0]*b[0][k] + a[i][1]*b[1][k]
		}
	}
	return c
}

// TippingProbability is the probability that populations of N which start at the saddle displaced by d,
// rounded to whole counts, end on the side of the saddle with the larger share of side 1, in the limit
// of large N and small d; lambda is the probability of revising in a period, 0 for the asynchronous
// clock. It is NaN where saddle is not one.
//
// Along the unstable direction the displacement is an unstable Ornstein-Uhlenbeck process, which
// escapes to the side on which its noise, discounted by its growth, leaves it.
func (m LogitTwoSided) TippingProbability(saddle TwoSidedEquilibrium, d [2]float64, lambda float64) float64 {
	if !saddle.Saddle {
		return math.NaN()
	}
	j := m.jacobian(saddle.Share)
	growth := j.larger()
	left := j.unstableLeft(growth)
	w := m.noise(saddle.Share)
	var offset, noise float64
	for g, share := range saddle.Share {
		size := float64(m.N[g])
		count := math.Min(math.Max(0, math.Round((share+d[g])*size)), size)
		offset += left[g] * (count/size - share)
		noise += left[g] * left[g] * w[g]
	}
	spread := math.Sqrt((2 - lambda) * noise / (2*growth + lambda*growth*growth))
	return distuv.UnitNormal.CDF(offset / spread)
}

// unstableLeft is the left eigenvector of the growing eigenvalue, of a sign that makes the motion away
// from the saddle on its positive side raise the share of side 1.
func (j jacobian) unstableLeft(growth float64) [2]float64 {
	// Both rows of J - growth are orthogonal to the right eigenvector, both columns to the left one; the
	// better-conditioned one of each pair is used.
	a, b, c, d := j[0][0]-growth, j[0][1], j[1][0], j[1][1]-growth
	right, left := [2]float64{b, -a}, [2]float64{c, -a}
	if math.Abs(d) > math.Abs(a) {
		right, left = [2]float64{-d, c}, [2]float64{-d, b}
	}
	if (right[0]*left[0]+right[1]*left[1])*right[0] < 0 {
		left = [2]float64{-left[0], -left[1]}
	}
	return left
}
