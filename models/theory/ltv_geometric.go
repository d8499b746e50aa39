package theory

import "math"

// LTVGeometric is a customer who pays Margin at the times 0, 1, 2, ... for as long as staying, and
// stays from one payment to the next with probability Retention (Gupta and Lehmann 2003, Journal of
// Interactive Marketing 17(1), 9-24).
type LTVGeometric struct {
	Margin    float64 // what a payment earns
	Retention float64 // from 0 to 1
	Discount  float64 // rate per period, at least 0
}

// Value returns the expected discounted payments, the first at time 0 included; +Inf for a customer
// who never leaves and is not discounted.
func (m LTVGeometric) Value() float64 {
	return m.Margin * (1 + m.Discount) / (1 + m.Discount - m.Retention)
}

// Later returns the same without the payment at time 0.
func (m LTVGeometric) Later() float64 {
	return m.Margin * m.Retention / (1 + m.Discount - m.Retention)
}

// Moments returns the mean and standard deviation of one customer's undiscounted payments.
func (m LTVGeometric) Moments() (mean, sd float64) {
	return m.Margin / (1 - m.Retention), m.Margin * math.Sqrt(m.Retention) / (1 - m.Retention)
}

// Payback returns the number of payments after which the expected ones have covered the cost, each
// discounted at the rate given; +Inf when they never do.
func (m LTVGeometric) Payback(cost, discount float64) float64 {
	if cost <= 0 {
		return 0
	}
	shrink := m.Retention / (1 + discount)
	if cost <= m.Margin {
		return 1
	}
	if shrink == 1 {
		return wholeUp(cost / m.Margin)
	}
	left := 1 - cost*(1-shrink)/m.Margin
	if !(left > 0) {
		return math.Inf(1)
	}
	return wholeUp(math.Log(left) / math.Log(shrink))
}

// wholeUp rounds up, but not a number that is whole up to its rounding error.
func wholeUp(x float64) float64 {
	if whole := math.Round(x); math.Abs(x-whole) <= 1e-12*math.Max(1, whole) {
		return whole
	}
	return math.Ceil(x)
}

func ltvGeometricModel() model {
	return model{
		name: "ltv-geometric",
		parameters: []Parameter{
			{Name: "m", Kind: Number, Required: true, limit: aboveZero, Doc: "margin of a payment"},
			{Name: "r", Kind: Number, Required: true, limit: fraction, Doc: "probability of staying from one payment to the next"},
			{Name: "d", Kind: Number, Required: true, limit: zeroOrMore, Doc: "discount rate per period"},
			{Name: "cac", Kind: Number, Required: true, limit: zeroOrMore, Doc: "cost of acquiring a customer"},
		},
		solve: func(v values) []Quantity {
			m, cost := LTVGeometric{Margin: v.number("m"), Retention: v.number("r"), Discount: v.number("d")}, v.number("cac")
			mean, sd := m.Moments()
			return []Quantity{
				{"ltv", m.Value()}, {"ltv_over_cac", m.Value() / cost},
				{"payback", m.Payback(cost, 0)}, {"payback_discounted", m.Payback(cost, m.Discount)},
				{"ltv_later", m.Later()}, {"mean_undiscounted", mean}, {"sd_undiscounted", sd},
			}
		},
	}
}
