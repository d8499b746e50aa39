package theory

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// MultihomingBoth is two platforms at the ends of a line on each side; everybody joins the nearer one
// and some join the other as well (in the spirit of Bakos and Halaburda 2020, Management Science
// 66(12), 5599-5607, whose parameters differ). The second platform is worth K + Alpha·(its share of the
// other side less Rho times the share that is on both) - p - T·distance: with Rho 1 a counterpart who
// is met twice counts once, with Rho 0 it counts twice.
type MultihomingBoth struct {
	K     [2]float64 // stand-alone value of the second platform
	F     [2]float64 // cost of serving a participant
	Alpha [2]float64 // cross-side effect on this side of the other's full share
	T     [2]float64 // transport cost across the whole line, above 0
	Rho   float64    // discount on meeting a counterpart twice, from 0 to 1
}

// effects returns the matrices of own and rival effects: shares at prices pA, pB solve
// own·nA + rival·nB = K + Rho·Alpha - pA, and the same with A and B exchanged.
func (m MultihomingBoth) effects() (own, rival *mat.Dense) {
	a1, a2 := m.Alpha[0], m.Alpha[1]
	own = mat.NewDense(2, 2, []float64{m.T[0], -(1 - m.Rho) * a1, -(1 - m.Rho) * a2, m.T[1]})
	rival = mat.NewDense(2, 2, []float64{0, m.Rho * a1, m.Rho * a2, 0})
	return own, rival
}

// steady says whether demand is unique and stable: T1·T2 exceeds Alpha1·Alpha2, which bears on
// differences between the platforms, and (1-2·Rho)²·Alpha1·Alpha2, which bears on their sum.
func (m MultihomingBoth) steady() bool {
	both := m.Alpha[0] * m.Alpha[1]
	return m.T[0]*m.T[1] > math.Max(both, (1-2*m.Rho)*(1-2*m.Rho)*both)
}

// Demand returns the shares of A and of B on each side at the prices given; all are NaN where demand
// is not unique and stable, and where a side would not multi-home in part: where nobody is on both, or
// everybody is on one of the two.
func (m MultihomingBoth) Demand(pA, pB [2]float64) (a, b [2]float64) {
	own, rival := m.effects()
	var whole mat.Dense
	var top, bottom mat.Dense
	top.Augment(own, rival)
	bottom.Augment(rival, own)
	whole.Stack(&top, &bottom)
	right := mat.NewVecDense(4, nil)
	for g := range 2 {
		right.SetVec(g, m.K[g]+m.Rho*m.Alpha[g]-pA[g])
		right.SetVec(2+g, m.K[g]+m.Rho*m.Alpha[g]-pB[g])
	}
	var n mat.VecDense
	none := [2]float64{math.NaN(), math.NaN()}
	if err := n.SolveVec(&whole, right); err != nil || !m.steady() {
		return none, none
	}
	for g := range 2 {
		a[g], b[g] = n.AtVec(g), n.AtVec(2+g)
		if !(a[g] <= 1 && b[g] <= 1 && a[g]+b[g] >= 1) {
			return none, none
		}
	}
	return a, b
}

// Equilibrium returns the prices and shares, alike for both platforms, that satisfy the first-order
// conditions of simultaneous price setting,
//
//	p1 - F1 = T1·(1-e)·n1 - (1-Rho)·Alpha2·(1+e)·n2,  e = Rho²·Alpha1·Alpha2/(T1·T2 - (1-Rho)²·Alpha1·Alpha2),
//
// and its like for side 2. All are NaN where demand is not unique and stable, profit is not concave, or
// a side does not multi-home in part. Demand is kinked where multi-homing ends, and deviations in price
// large enough to end it are not examined.
func (m MultihomingBoth) Equilibrium() (p, n [2]float64) {
	none := [2]float64{math.NaN(), math.NaN()}
	a1, a2, t1, t2 := m.Alpha[0], m.Alpha[1], m.T[0], m.T[1]
	free := 1 - m.Rho
	e := m.Rho * m.Rho * a1 * a2 / (t1*t2 - free*free*a1*a2)
	// The price less the cost is markup·n: markup is the inverse of the transposed slope of demand.
	markup := mat.NewDense(2, 2, []float64{t1 * (1 - e), -free * a2 * (1 + e), -free * a1 * (1 + e), t2 * (1 - e)})
	cross := free * (a1 + a2) * (1 + e) / 2
	if !m.steady() || !(1-e > 0) || !(t1*t2*(1-e)*(1-e) > cross*cross) {
		return none, none
	}
	own, rival := m.effects()
	var sum mat.Dense
	sum.Add(own, rival)
	sum.Add(&sum, markup)
	right := mat.NewVecDense(2, []float64{m.K[0] + m.Rho*a1 - m.F[0], m.K[1] + m.Rho*a2 - m.F[1]})
	var shares, above mat.VecDense
	if err := shares.SolveVec(&sum, right); err != nil {
		return none, none
	}
	above.MulVec(markup, &shares)
	for g := range 2 {
		n[g], p[g] = shares.AtVec(g), m.F[g]+above.AtVec(g)
		if !(n[g] > 0.5 && n[g] < 1) {
			return none, none
		}
	}
	return p, n
}

// Answer returns how the share of each side on a platform answers to the price it asks of the other
// side: minus the off-diagonal of the inverse of own - rival·own⁻¹·rival. It vanishes where Rho is 1.
func (m MultihomingBoth) Answer() [2]float64 {
	own, rival := m.effects()
	var inverse, back, slope mat.Dense
	if inverse.Inverse(own) != nil {
		return [2]float64{math.NaN(), math.NaN()}
	}
	back.Product(rival, &inverse, rival)
	back.Sub(own, &back)
	if slope.Inverse(&back) != nil || !m.steady() {
		return [2]float64{math.NaN(), math.NaN()}
	}
	return [2]float64{-slope.At(0, 1) + 0, -slope.At(1, 0) + 0}
}

// Profit returns what a platform earns at its prices from its shares.
func (m MultihomingBoth) Profit(p, n [2]float64) float64 {
	return (p[0]-m.F[0])*n[0] + (p[1]-m.F[1])*n[1]
}

func multihomingBothModel() model {
	return model{
		name: "multihoming-both",
		parameters: []Parameter{
			{Name: "k", Kind: Pair, Required: true, Doc: "stand-alone value of a second platform, per side"},
			{Name: "f", Kind: Pair, Required: true, Doc: "cost of serving a participant, per side"},
			{Name: "alpha", Kind: Pair, Required: true, Doc: "cross-side effect on each side of the other's full share"},
			{Name: "t", Kind: Pair, Required: true, limit: aboveZero, Doc: "transport cost across the line, per side"},
			{Name: "rho", Kind: Number, Required: true, limit: fraction, Doc: "discount on meeting a counterpart twice: 1 counts it once, 0 twice"},
		},
		solve: func(v values) []Quantity {
			m := MultihomingBoth{K: v.pair("k"), F: v.pair("f"), Alpha: v.pair("alpha"), T: v.pair("t"), Rho: v.number("rho")}
			p, n := m.Equilibrium()
			answer := m.Answer()
			return []Quantity{
				{"p1", p[0]}, {"p2", p[1]}, {"n1", n[0]}, {"n2", n[1]},
				{"multihomers1", 2*n[0] - 1}, {"multihomers2", 2*n[1] - 1}, {"profit", m.Profit(p, n)},
				{"dn1_dp2", answer[0]}, {"dn2_dp1", answer[1]},
			}
		},
	}
}
