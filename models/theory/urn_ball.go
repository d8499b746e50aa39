package theory

import "math"

// UrnBall is Buyers who each pick one of Sellers at random, and sellers who each serve one of those
// who picked them (Butters 1977, Review of Economic Studies 44(3), 465-491).
type UrnBall struct{ Buyers, Sellers int }

// Moments returns the mean and variance of the number of matches.
func (m UrnBall) Moments() (mean, variance float64) {
	b, s := float64(m.Buyers), float64(m.Sellers)
	if m.Sellers == 1 {
		return 1, 0
	}
	free := math.Exp(b * math.Log1p(-1/s)) // a seller picked by nobody
	mean = -s * math.Expm1(b*math.Log1p(-1/s))
	// Two sellers are both free less often than if they were independent: free² grows by
	// (1 - 1/(S-1)²)^B, and one of them alone by (1 - 1/(S-1))^B.
	together := math.Expm1(b * math.Log1p(-1/((s-1)*(s-1))))
	second := math.Expm1(b * math.Log1p(-1/(s-1)))
	return mean, math.Max(0, s*s*free*free*together-s*free*second)
}

// Limit returns the mean of a large market with as many buyers per seller, which has constant returns.
func (m UrnBall) Limit() float64 {
	return -float64(m.Sellers) * math.Expm1(-float64(m.Buyers)/float64(m.Sellers))
}

func urnBallModel() model {
	return model{
		name: "urn-ball",
		parameters: []Parameter{
			{Name: "B", Kind: Count, Required: true, limit: population, Doc: "buyers"},
			{Name: "S", Kind: Count, Required: true, limit: population, Doc: "sellers"},
		},
		solve: func(v values) []Quantity {
			m := UrnBall{Buyers: v.count("B"), Sellers: v.count("S")}
			mean, variance := m.Moments()
			return []Quantity{{"E[M]", mean}, {"Var[M]", variance}, {"limit", m.Limit()}}
		},
	}
}
