package models

import "math"

// Demand is how the orders of a segment's people answer to what an order costs them, besides
// where they go. Prices are relative: what is left of the basket after discounts, over the
// basket. The zero value orders at the same rate whatever the price.
type Demand struct {
	Elasticity float64 // of orders to the price: they are the price to the power of minus this
	Shock      float64 // of orders to the price over the reference price, on top
	Aversion   float64 // times that a price above the reference weighs as much as one below
	Weight     float64 // of a price below the reference in the next reference
	HalfLife   float64 // periods in which the reference comes half way back to a price above it; 0: at once
	Pull       float64 // share of the orders beyond the usual, brought by a low price or an event, that are taken from later ones
	Over       float64 // mean periods until those are missing
	Defer      float64 // share of orders put off, in each period in which a lower price has been announced
}

// lowestPrice is the least part of a basket that an order is held to cost.
const lowestPrice = 0.01

// Price is what an order costs after a discount, over its basket.
func (g *Group) Price(discount float64) float64 {
	if g.basket == 0 {
		return 1
	}
	return math.Max(lowestPrice, 1-discount/g.basket.Units())
}

// Demand is how the group's orders answer to prices; nil: not at all.
func (g *Group) Demand() *Demand { return g.demand }

// Answer is the factor that a price puts on orders, given the reference price: an elasticity,
// and a shock where the two differ, in which losses weigh more than gains (Kalyanaram and Winer
// 1995, Marketing Science 14(3), survey the evidence; Tversky and Kahneman 1992, Journal of Risk
// and Uncertainty 5(4), find losses 2.25 times as heavy).
func (d *Demand) Answer(price, reference float64) float64 {
	shock := d.Shock
	if price > reference {
		shock *= d.Aversion
	}
	return math.Pow(price, -d.Elasticity) * math.Pow(price/reference, -shock)
}

// Remember is the reference price after a price was seen: it gives way to a lower one by its
// weight at once, and comes back over time.
func (d *Demand) Remember(price, reference float64) float64 {
	switch {
	case price < reference:
		return reference + d.Weight*(price-reference)
	case d.HalfLife == 0:
		return price
	}
	return reference - math.Expm1(-math.Ln2/d.HalfLife)*(price-reference)
}

// checkDemand looks at how orders answer to prices.
func checkDemand(path string, d *Demand, faults *Faults) {
	if d == nil {
		return
	}
	checkRange(path+".elasticity", d.Elasticity, 0, 20, faults)
	checkRange(path+".shock", d.Shock, 0, 20, faults)
	checkRange(path+".aversion", d.Aversion, 0, 20, faults)
	checkRange(path+".weight", d.Weight, 0, 1, faults)
	checkRange(path+".half_life", d.HalfLife, 0, maxPeriods, faults)
	checkRange(path+".pull", d.Pull, 0, 1, faults)
	if d.Pull > 0 && !(d.Over >= 1) || d.Over > maxPeriods {
		faults.add(path+".over", "give at least one period, such as 28d", "orders cannot be missing over %g periods", d.Over)
	}
	checkRange(path+".defer", d.Defer, 0, 1, faults)
}

// Supply is how long members of a segment that fulfils orders are online, and how well they
// work: supply is hours, not heads.
type Supply struct {
	Hours    float64 // online per member and period
	Pay      float64 // what an hour brings usually, money
	Response float64 // elasticity of the hours to the pay of an hour, bonuses for it included
	Most     float64 // hours per period at the most
	Skill    float64 // orders worked on in an hour, as a multiple of what others do
	Mix      Mix     // how the skill differs over people
}

// Supply is how long the group's members are online; nil: for whole periods.
func (g *Group) Supply() *Supply { return g.supply }

// Online is the hours per member and period at a bonus for each of them.
func (s *Supply) Online(bonus float64) float64 {
	if bonus == 0 {
		return s.Hours
	}
	return math.Min(s.Most, s.Hours*math.Pow(1+bonus/s.Pay, s.Response))
}

// checkSupply looks at how long members are online.
func (m *Model) checkSupply(path string, s *Segment, faults *Faults) {
	if s.Supply == nil {
		return
	}
	path += ".supply"
	hours := m.Horizon.Hours()
	checkRange(path+".hours", s.Supply.Hours, 0, hours, faults)
	checkRange(path+".most", s.Supply.Most, 0, hours, faults)
	checkRange(path+".response", s.Supply.Response, 0, 20, faults)
	checkRange(path+".skill", s.Supply.Skill, 0, 1000, faults)
	checkMix(path+".mix", s.Supply.Mix, faults)
	if !(s.Supply.Pay > 0) || s.Supply.Pay > MaxMoney {
		faults.add(path+".pay", "give an amount above 0, such as 20", "an hour cannot bring %g", s.Supply.Pay)
	}
	if s.Supply.Most < s.Supply.Hours {
		faults.add(path+".most", "give at least the hours", "at most %g hours are fewer than %g", s.Supply.Most, s.Supply.Hours)
	}
	if s.Side == m.OrderingSide() {
		faults.add(path, "give it to the side that fulfils orders", "who places orders works on none")
	}
}

// Hourly tells whether some people's hours online are counted.
func (l *Law) Hourly() bool {
	for g := range l.Groups {
		if l.Groups[g].supply != nil {
			return true
		}
	}
	return false
}

// Answering tells whether some people's orders answer to prices.
func (l *Law) Answering() bool {
	for g := range l.Groups {
		if l.Groups[g].demand != nil {
			return true
		}
	}
	return false
}
