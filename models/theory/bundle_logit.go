package theory

import "math"

// BundleLogit is the choice of one participant among the bundles none, A, B and both, whose utilities
// are 0, UA, UB and UA + UB - Kappa plus independent Gumbel noise of scale one (Gentzkow 2007, American
// Economic Review 97(3), 713-744).
type BundleLogit struct {
	UA, UB float64 // utility of each platform alone
	Kappa  float64 // cost of being on both: +Inf means single-homing, 0 independent choices
}

// Shares returns the probabilities of having A in the bundle, of having B in it, and of having both.
func (b BundleLogit) Shares() (a, bb, both float64) {
	u := [4]float64{0, b.UA, b.UB, b.UA + b.UB - b.Kappa}
	top := max(u[0], u[1], u[2], u[3])
	var sum float64
	for i := range u {
		u[i] = math.Exp(u[i] - top)
		sum += u[i]
	}
	return (u[1] + u[3]) / sum, (u[2] + u[3]) / sum, u[3] / sum
}

func bundleLogitModel() model {
	return model{
		name: "bundle-logit",
		parameters: []Parameter{
			{Name: "uA", Kind: Number, Required: true, Doc: "utility of platform A alone, in units of the noise scale"},
			{Name: "uB", Kind: Number, Required: true, Doc: "utility of platform B alone, in units of the noise scale"},
			{Name: "kappa", Kind: Number, Required: true, limit: finiteOrMore, Doc: "cost of being on both; .inf forbids it"},
		},
		solve: func(v values) []Quantity {
			a, b, both := BundleLogit{UA: v.number("uA"), UB: v.number("uB"), Kappa: v.number("kappa")}.Shares()
			return []Quantity{{"P(A)", a}, {"P(B)", b}, {"P(AB)", both}}
		},
	}
}
