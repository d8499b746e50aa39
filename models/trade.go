package models

import (
	"math"
	"slices"
)

// OrderShare is the share of its orders that one who uses the bundle s places on platform
// k: a logit on the order discounts with the group's own noise; without noise all go to
// the largest discount, and equal ones share.
func OrderShare(g *Group, s Homing, k int, discounts []float64) float64 {
	if s == 1<<k {
		return 1
	}
	top := math.Inf(-1)
	for j, d := range discounts {
		if s.Has(j) {
			top = math.Max(top, d)
		}
	}
	weight := func(d float64) float64 {
		switch {
		case g.noise > 0:
			return math.Exp(g.money * (d - top) / g.noise)
		case d == top:
			return 1
		default:
			return 0
		}
	}
	var sum float64
	for j, d := range discounts {
		if s.Has(j) {
			sum += weight(d)
		}
	}
	return weight(discounts[k]) / sum
}

// Rates fills the expected orders of a group on each platform this period, given how many
// of its people use each bundle.
func (l *Law) Rates(dst []float64, group int, users []float64, o *Offers) {
	clear(dst)
	g := &l.Groups[group]
	if g.orderRate == 0 {
		return
	}
	for s, n := range users {
		if n == 0 || s == 0 {
			continue
		}
		for k := range l.Platforms {
			if Homing(s).Has(k) {
				dst[k] += n * g.orderRate * OrderShare(g, Homing(s), k, o.Order[group])
			}
		}
	}
	if o.Under != nil && o.Under.Orders != nil {
		for k, factor := range o.Under.Orders[group] {
			dst[k] *= factor
		}
	}
}

// rhythmic tells whether anybody's orders go by the calendar.
func (m *Model) rhythmic() bool {
	return slices.ContainsFunc(m.Segments, func(s Segment) bool { return s.Orders.Rhythm != nil })
}

// beat is the factor of a period on the group's rate of orders.
func (g *Group) beat(period int) float64 {
	if period < 1 || period > len(g.rhythm) {
		return 1
	}
	return g.rhythm[period-1]
}

// Fulfils tells whether people of the group fulfil orders that the other side places.
func (g *Group) Fulfils() bool { return g.fulfilling }
