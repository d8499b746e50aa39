package theory

import "math"

// CRNBernoulli is two yes-or-no outcomes with the probabilities P1 and P2 whose difference is
// estimated, either drawn apart or from one common uniform number by the inverse of their distribution
// (Glasserman and Yao 1992, Management Science 38(6), 884-908).
type CRNBernoulli struct{ P1, P2 float64 }

// Coupled returns the variance of the difference with the common number.
func (m CRNBernoulli) Coupled() float64 {
	gap := math.Abs(m.P2 - m.P1)
	return gap * (1 - gap)
}

// Independent returns the variance of the difference of outcomes drawn apart.
func (m CRNBernoulli) Independent() float64 { return m.P1*(1-m.P1) + m.P2*(1-m.P2) }

// Correlation returns that of the coupled outcomes; NaN when one of them is certain.
func (m CRNBernoulli) Correlation() float64 {
	return (math.Min(m.P1, m.P2) - m.P1*m.P2) / math.Sqrt(m.P1*(1-m.P1)*m.P2*(1-m.P2))
}

func crnBernoulliModel() model {
	return model{
		name: "crn-bernoulli",
		parameters: []Parameter{
			{Name: "p1", Kind: Number, Required: true, limit: fraction, Doc: "probability of the first outcome"},
			{Name: "p2", Kind: Number, Required: true, limit: fraction, Doc: "probability of the second outcome"},
		},
		solve: func(v values) []Quantity {
			m := CRNBernoulli{P1: v.number("p1"), P2: v.number("p2")}
			return []Quantity{
				{"var_coupled", m.Coupled()}, {"var_independent", m.Independent()},
				{"gain", m.Independent() / m.Coupled()}, {"corr_coupled", m.Correlation()},
			}
		},
	}
}
