package models

import (
	"slices"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// Varied is a number of a segment that differs between its people.
type Varied struct {
	Of string // its key, such as cross, value.A or price_mix
	Value
}

// Parts are the numbers of its classes, each of equally many people; those of a mix are multiples
// of what the segment says.
func (v Varied) Parts() []float64 {
	parts := make([]float64, v.classes())
	for c := range parts {
		parts[c] = v.class(c)
	}
	return parts
}

// Variety lists the numbers of a segment that differ between its people. The segment is cut into a
// group for each combination of their classes.
func (m *Model) Variety(segment int) []Varied {
	return slices.DeleteFunc(m.variety(&m.Segments[segment]), func(v Varied) bool { return v.classes() == 1 })
}

// variety lists the segment's numbers that may differ between people, in a fixed order.
func (m *Model) variety(s *Segment) []Varied {
	all := []Varied{{"cross", s.Cross.Strength}, {"same", s.Same.Strength}}
	for k, v := range s.Value {
		name := "value"
		if k < len(m.Platforms) {
			name += "." + m.Platforms[k].Name
		}
		all = append(all, Varied{name, v})
	}
	for i, v := range s.Life.values() {
		all = append(all, Varied{[...]string{"life.churn", "life.early"}[i], v})
	}
	for i, x := range s.mixes() {
		all = append(all, Varied{[...]string{
			mixOfOrders: "orders.mix", mixOfSkill: "supply.mix", mixOfPrices: "price_mix", mixOfHoming: "homing.mix", mixOfNews: "aware.mix",
		}[i], x.value()})
	}
	return all
}

// mixes are how the segment's other numbers differ between people, in a fixed order.
func (s *Segment) mixes() [5]Mix {
	all := [5]Mix{mixOfOrders: s.Orders.Mix, mixOfPrices: s.PriceMix, mixOfHoming: s.Homing.Mix}
	if s.Supply != nil {
		all[mixOfSkill] = s.Supply.Mix
	}
	if s.Aware != nil {
		all[mixOfNews] = s.Aware.Mix
	}
	return all
}

// Where each stands among mixes.
const (
	mixOfOrders = iota
	mixOfSkill
	mixOfPrices
	mixOfHoming
	mixOfNews
)

// classes is the number of classes of a value, at least one.
func (v Value) classes() int {
	if v.SD == 0 && v.Gamma == 0 && v.Beta == [2]float64{} || v.Classes < 1 {
		return 1
	}
	return v.Classes
}

// class is the value of class c of a distribution: the normal quantile at the middle of its
// share, (c + 1/2)/classes; or the mean of a beta or gamma distribution between the quantiles
// c/classes and (c+1)/classes, so that the mean over classes is that over people.
func (v Value) class(c int) float64 {
	if v.Beta != [2]float64{} {
		a, b, n := v.Beta[0], v.Beta[1], float64(v.classes())
		// The part of the mean that lies below a quantile is a beta distribution of a + 1.
		below := func(a, b, c float64) float64 {
			return mathext.RegIncBeta(a+1, b, mathext.InvRegIncBeta(a, b, c/n))
		}
		low := float64(c)
		if mathext.InvRegIncBeta(a, b, low/n) < 0.5 {
			return a / (a + b) * n * (below(a, b, low+1) - below(a, b, low))
		}
		// So near to one that only the distance from it can be told apart.
		return 1 - b/(a+b)*n*(below(b, a, n-low)-below(b, a, n-low-1))
	}
	switch {
	case v.classes() == 1:
		return v.Mean
	case v.Gamma != 0:
		return v.Mean * gammaClass(v.Gamma, c, v.classes())
	}
	return v.Mean + v.SD*distuv.UnitNormal.Quantile((float64(c)+0.5)/float64(v.classes()))
}
