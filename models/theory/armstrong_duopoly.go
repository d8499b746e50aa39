package theory

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// ArmstrongDuopoly is two platforms at the ends of a line on each side, everybody on exactly one of
// them and the market covered (Armstrong 2006, RAND Journal of Economics 37(3), 668-691). A participant
// of side g at distance x from A gains Alpha·n_h + Gamma·n_g + D - p - T·x there, and Alpha·n_h +
// Gamma·n_g - p - T(1-x) at B, where n are the platform's shares and h is the other side. Coverage is
// assumed: the stand-alone value of a platform is not part of the model.
type ArmstrongDuopoly struct {
	F     [2]float64 // cost of serving a participant
	Alpha [2]float64 // cross-side effect on this side of the other's full share
	T     [2]float64 // transport cost across the whole line, above 0
	D     [2]float64 // quality advantage of A
	Gamma [2]float64 // same-side effect of a full share
}

// steepness is the transport cost net of the same-side effect, per side.
func (m ArmstrongDuopoly) steepness() [2]float64 {
	return [2]float64{m.T[0] - m.Gamma[0], m.T[1] - m.Gamma[1]}
}

// determinant is positive, with positive steepness, exactly where demand is unique and stable.
func (m ArmstrongDuopoly) determinant() float64 {
	s := m.steepness()
	if s[0] <= 0 || s[1] <= 0 {
		return math.NaN()
	}
	return s[0]*s[1] - m.Alpha[0]*m.Alpha[1]
}

// Demand returns A's share of each side at the prices given; B has the rest. Both are NaN where demand
// is not unique and stable, or where a side would leave one platform altogether.
func (m ArmstrongDuopoly) Demand(pA, pB [2]float64) [2]float64 {
	n := m.interior(pA, pB)
	for _, share := range n {
		if !(share >= 0 && share <= 1) || !(m.determinant() > 0) {
			return [2]float64{math.NaN(), math.NaN()}
		}
	}
	return n
}

// interior solves the two indifference conditions, without asking whether they make sense.
func (m ArmstrongDuopoly) interior(pA, pB [2]float64) (n [2]float64) {
	s, det := m.steepness(), m.determinant()
	for g := range n {
		h := 1 - g
		own, other := m.D[g]+pB[g]-pA[g], m.D[h]+pB[h]-pA[h]
		n[g] = 0.5 + (s[h]*own+m.Alpha[g]*other)/(2*det)
	}
	return n
}

// Equilibrium returns both platforms' prices, per side, in the equilibrium of simultaneous price
// setting; all are NaN where the second-order condition 4·S1·S2 > (Alpha1 + Alpha2)², S = T - Gamma,
// fails or a platform would lose a whole side. Without quality advantages the price is
// F + T - Gamma - Alpha of the other side.
func (m ArmstrongDuopoly) Equilibrium() (pA, pB [2]float64) {
	none := [2]float64{math.NaN(), math.NaN()}
	s, det, both := m.steepness(), m.determinant(), m.Alpha[0]+m.Alpha[1]
	if !(det > 0) || 4*s[0]*s[1] <= both*both {
		return none, none
	}
	// Each platform's first-order condition on side g reads
	//   n_g - [(p_g - F_g)·S_h + (p_h - F_h)·Alpha_h] / (2·det) = 0,
	// linear in the four prices; rows and columns are A1, A2, B1, B2, scaled by 2·det.
	matrix, right := mat.NewDense(4, 4, nil), mat.NewVecDense(4, nil)
	for platform := range 2 {
		sign := float64(1 - 2*platform) // B's share is one less A's
		for g := range 2 {
			h, row := 1-g, 2*platform+g
			own, rival := 2*platform, 2*(1-platform)
			matrix.Set(row, own+g, 2*s[h])
			matrix.Set(row, own+h, m.Alpha[g]+m.Alpha[h])
			matrix.Set(row, rival+g, -s[h])
			matrix.Set(row, rival+h, -m.Alpha[g])
			right.SetVec(row, det+sign*(s[h]*m.D[g]+m.Alpha[g]*m.D[h])+m.F[g]*s[h]+m.F[h]*m.Alpha[h])
		}
	}
	var p mat.VecDense
	if err := p.SolveVec(matrix, right); err != nil {
		return none, none
	}
	pA, pB = [2]float64{p.AtVec(0), p.AtVec(1)}, [2]float64{p.AtVec(2), p.AtVec(3)}
	if math.IsNaN(m.Demand(pA, pB)[0]) {
		return none, none
	}
	return pA, pB
}

// Profits returns what each platform earns at the prices given; NaN where demand is.
func (m ArmstrongDuopoly) Profits(pA, pB [2]float64) (a, b float64) {
	for g, n := range m.Demand(pA, pB) {
		a += (pA[g] - m.F[g]) * n
		b += (pB[g] - m.F[g]) * (1 - n)
	}
	return a, b
}

func armstrongDuopolyModel() model {
	return model{
		name: "armstrong-duopoly",
		parameters: []Parameter{
			{Name: "f", Kind: Pair, Doc: "cost of serving a participant, per side; needed unless prices are given"},
			{Name: "alpha", Kind: Pair, Required: true, Doc: "cross-side effect on each side of the other's full share"},
			{Name: "t", Kind: Pair, Required: true, limit: aboveZero, Doc: "transport cost across the line, per side"},
			{Name: "d", Kind: Pair, Default: []float64{0, 0}, Doc: "quality advantage of A, per side"},
			{Name: "gamma", Kind: Pair, Default: []float64{0, 0}, Doc: "same-side effect of a full share, per side"},
			{Name: "pA", Kind: Pair, Doc: "prices of A, per side: with pB, asks for demand at given prices"},
			{Name: "pB", Kind: Pair, Doc: "prices of B, per side"},
		},
		check: func(v values) []error {
			faults := together(v, "pA", "pB")
			if !v.given["f"] && !v.given["pA"] && !v.given["pB"] {
				faults = append(faults, Fault{"f", "missing", "give a list of two, or prices pA and pB for demand only"})
			}
			return faults
		},
		solve: func(v values) []Quantity {
			m := ArmstrongDuopoly{Alpha: v.pair("alpha"), T: v.pair("t"), D: v.pair("d"), Gamma: v.pair("gamma")}
			m.F = [2]float64{math.NaN(), math.NaN()} // prices without costs leave the profits undefined
			if v.has("f") {
				m.F = v.pair("f")
			}
			var pA, pB [2]float64
			if v.has("pA") {
				pA, pB = v.pair("pA"), v.pair("pB")
			} else {
				pA, pB = m.Equilibrium()
			}
			n := m.Demand(pA, pB)
			a, b := m.Profits(pA, pB)
			return []Quantity{
				{"p1A", pA[0]}, {"p1B", pB[0]}, {"p2A", pA[1]}, {"p2B", pB[1]},
				{"n1A", n[0]}, {"n2A", n[1]}, {"profitA", a}, {"profitB", b},
			}
		},
	}
}
