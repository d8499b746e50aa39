package theory

import "math"

// KatzShapiro is N firms that set quantities of a good worth more the larger its network is expected
// to be, expectations being fulfilled (Katz and Shapiro 1985, American Economic Review 75(3), 424-440):
// the price is A - (all quantities) + v(network), where a network is one firm's quantity, or all
// quantities when the goods are compatible.
type KatzShapiro struct {
	A          float64 // willingness to pay of the keenest customer, the network apart
	C          float64 // unit cost
	N          int     // firms, at least 1
	Theta      float64 // strength of the network: v(y) = Theta·y
	Concave    bool    // v(y) = Theta·y/(1+y) instead
	Compatible bool
}

// Given returns each firm's quantity in the Cournot equilibrium in which its customers expect the
// network values v; it is an equilibrium of the model where all are positive.
func (m KatzShapiro) Given(v []float64) []float64 {
	var sum float64
	for _, each := range v {
		sum += each
	}
	x := make([]float64, len(v))
	for i, each := range v {
		firms := float64(len(v))
		x[i] = (m.A - m.C + (firms+1)*each - sum) / (firms + 1)
	}
	return x
}

// Symmetric returns the quantity of each firm where all are alike and expectations are fulfilled; NaN
// where A is not above C, or the network is so strong that no finite quantity is enough.
func (m KatzShapiro) Symmetric() float64 {
	n, reach, margin := float64(m.N), 1.0, m.A-m.C
	if m.Compatible {
		reach = n // the network is so many firms' quantity
	}
	if !(margin > 0) {
		return math.NaN()
	}
	if !m.Concave {
		if steep := n + 1 - reach*m.Theta; steep > 0 {
			return margin / steep
		}
		return math.NaN()
	}
	// reach·(n+1)·x² + half·2·x - margin = 0 has one positive root.
	half := (n + 1 - reach*margin - reach*m.Theta) / 2
	root := math.Sqrt(half*half + reach*(n+1)*margin)
	if half > 0 {
		return margin / (half + root) // the same root, with its digits
	}
	return (root - half) / (reach * (n + 1))
}

// Stable says whether expectations that adapt to what is sold return to the symmetric equilibrium: in
// common, and firm against firm when the goods are incompatible.
func (m KatzShapiro) Stable() bool {
	n, y := float64(m.N), m.Symmetric()
	if m.Compatible {
		y *= n
	}
	slope := m.Theta
	if m.Concave {
		slope /= (1 + y) * (1 + y)
	}
	switch {
	case m.Compatible:
		return n*slope < n+1
	case m.N == 1:
		return slope < 2
	default:
		return math.Abs(slope) < 1
	}
}

// Monopoly returns the quantity of a single firm whose network keeps all others out; NaN where it
// does not, or where goods are compatible, so that there is nothing to keep out with.
func (m KatzShapiro) Monopoly() float64 {
	alone := m
	alone.N = 1
	x := alone.Symmetric()
	if m.Compatible || m.N == 1 || !(x >= m.A-m.C) {
		return math.NaN()
	}
	return x
}

func katzShapiroModel() model {
	return model{
		name: "katz-shapiro",
		parameters: []Parameter{
			{Name: "A", Kind: Number, Required: true, Doc: "willingness to pay of the keenest customer"},
			{Name: "c", Kind: Number, Required: true, Doc: "unit cost"},
			{Name: "n", Kind: Count, Required: true, limit: population, Doc: "number of firms"},
			{Name: "theta", Kind: Number, Required: true, limit: zeroOrMore, Doc: "strength of the network effect"},
			{Name: "compatible", Kind: Flag, Default: false, Doc: "whether all goods make one network"},
			{Name: "effect", Kind: Word, Default: "linear", words: []string{"linear", "concave"}, Doc: "value of a network y: theta·y, or theta·y/(1+y)"},
		},
		solve: func(v values) []Quantity {
			m := KatzShapiro{A: v.number("A"), C: v.number("c"), N: v.count("n"), Theta: v.number("theta"),
				Compatible: v.flag("compatible"), Concave: v.word("effect") == "concave"}
			x := m.Symmetric()
			all := float64(m.N) * x
			stable := oneIf(m.Stable())
			if math.IsNaN(x) {
				stable = math.NaN()
			}
			return []Quantity{{"x", x}, {"p", m.C + x}, {"profit", x * x}, {"surplus", all * all / 2}, {"stable", stable}, {"x_monopoly", m.Monopoly()}}
		},
	}
}
