package theory

import "math"

// CobbDouglas is a matching function: Buyers and Sellers make A·Buyers^Beta·Sellers^Sigma matches
// (Petrongolo and Pissarides 2001, Journal of Economic Literature 39(2), 390-431).
type CobbDouglas struct {
	A               float64 // efficiency
	Buyers, Sellers float64
	Beta, Sigma     float64 // elasticities with respect to buyers and sellers
}

// Matches returns the number of matches.
func (m CobbDouglas) Matches() float64 {
	return m.A * math.Pow(m.Buyers, m.Beta) * math.Pow(m.Sellers, m.Sigma)
}

// Doubling returns the factor by which matches grow when both sides double: above 2 in a market that
// gets easier as it thickens, below 2 in one that congests.
func (m CobbDouglas) Doubling() float64 { return math.Exp2(m.Beta + m.Sigma) }

func cobbDouglasModel() model {
	return model{
		name: "cobb-douglas",
		parameters: []Parameter{
			{Name: "A", Kind: Number, Required: true, limit: zeroOrMore, Doc: "efficiency of matching"},
			{Name: "B", Kind: Number, Required: true, limit: aboveZero, Doc: "buyers"},
			{Name: "S", Kind: Number, Required: true, limit: aboveZero, Doc: "sellers"},
			{Name: "beta", Kind: Number, Required: true, Doc: "elasticity of matches with respect to buyers"},
			{Name: "sigma", Kind: Number, Required: true, Doc: "elasticity of matches with respect to sellers"},
		},
		solve: func(v values) []Quantity {
			m := CobbDouglas{A: v.number("A"), Buyers: v.number("B"), Sellers: v.number("S"), Beta: v.number("beta"), Sigma: v.number("sigma")}
			return []Quantity{
				{"M", m.Matches()}, {"M_doubled/M", m.Doubling()},
				{"M/B", m.Matches() / m.Buyers}, {"M/S", m.Matches() / m.Sellers}, {"scale_elasticity", m.Beta + m.Sigma - 1},
			}
		},
	}
}
