package theory

import "math"

// CompetitiveBottleneck is two platforms that side 1 single-homes between, on a line and with the
// market covered, and that side 2 joins each by itself, so that it multi-homes as it likes (Armstrong
// 2006, RAND Journal of Economics 37(3); Belleflamme and Peitz 2019, International Journal of Industrial
// Organization 64). A participant of side 1 at distance x from a platform gains Alpha1·n2 - p - T1·x
// there; of side 2 the share n2 = (R2 + Alpha2·n1 - p)/T2 joins, n1 and n2 being that platform's shares.
type CompetitiveBottleneck struct {
	F     [2]float64 // cost of serving a participant
	Alpha [2]float64 // cross-side effect on this side of the other's full share
	T     [2]float64 // transport cost across the line of side 1, width of tastes of side 2; above 0
	R2    float64    // stand-alone value of a platform to side 2
}

// Demand returns the shares of A and of B on each side at the prices given; all are NaN where demand
// is not unique and stable, which needs T1·T2 > Alpha1·Alpha2, or where a side joins a platform whole or
// not at all.
func (m CompetitiveBottleneck) Demand(pA, pB [2]float64) (a, b [2]float64) {
	det := m.T[0]*m.T[1] - m.Alpha[0]*m.Alpha[1]
	lead := (m.T[1]*(pB[0]-pA[0]) + m.Alpha[0]*(pB[1]-pA[1])) / det // n1 of A less n1 of B
	a[0], b[0] = (1+lead)/2, (1-lead)/2
	a[1] = (m.R2 + m.Alpha[1]*a[0] - pA[1]) / m.T[1]
	b[1] = (m.R2 + m.Alpha[1]*b[0] - pB[1]) / m.T[1]
	for _, n := range []float64{a[0], b[0], a[1], b[1]} {
		if !(det > 0) || !(n >= 0 && n <= 1) {
			none := [2]float64{math.NaN(), math.NaN()}
			return none, none
		}
	}
	return a, b
}

// Equilibrium returns the prices, alike for both platforms, and the share of side 2 on each, in the
// symmetric equilibrium of simultaneous price setting; all are NaN where the second-order condition
// 8·T1·T2 > Alpha1² + Alpha2² + 6·Alpha1·Alpha2 fails or the share is not strictly between 0 and 1.
func (m CompetitiveBottleneck) Equilibrium() (p [2]float64, n2 float64) {
	a1, a2 := m.Alpha[0], m.Alpha[1]
	net := m.R2 - m.F[1]
	n2 = (net + (a1+a2)/2) / (2 * m.T[1])
	if !(8*m.T[0]*m.T[1] > a1*a1+a2*a2+6*a1*a2) || !(n2 > 0 && n2 < 1) {
		return [2]float64{math.NaN(), math.NaN()}, math.NaN()
	}
	p[0] = m.F[0] + m.T[0] - a2/(4*m.T[1])*(3*a1+a2+2*net)
	p[1] = (m.R2+m.F[1])/2 + (a2-a1)/4
	return p, n2
}

// Profit returns what a platform earns at its prices from its shares.
func (m CompetitiveBottleneck) Profit(p, n [2]float64) float64 {
	return (p[0]-m.F[0])*n[0] + (p[1]-m.F[1])*n[1]
}

func competitiveBottleneckModel() model {
	return model{
		name: "competitive-bottleneck",
		parameters: []Parameter{
			{Name: "f", Kind: Pair, Required: true, Doc: "cost of serving a participant, per side"},
			{Name: "alpha", Kind: Pair, Required: true, Doc: "cross-side effect on each side of the other's full share"},
			{Name: "t", Kind: Pair, Required: true, limit: aboveZero, Doc: "transport cost across the line of side 1, width of tastes of side 2"},
			{Name: "r2", Kind: Number, Required: true, Doc: "stand-alone value of a platform to side 2, which multi-homes"},
		},
		solve: func(v values) []Quantity {
			m := CompetitiveBottleneck{F: v.pair("f"), Alpha: v.pair("alpha"), T: v.pair("t"), R2: v.number("r2")}
			p, n2 := m.Equilibrium()
			return []Quantity{{"p1", p[0]}, {"p2", p[1]}, {"n2", n2}, {"profit", m.Profit(p, [2]float64{0.5, n2})}}
		},
	}
}
