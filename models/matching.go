package models

import "math"

// MatchingKind says how many of the orders and the places of a stage find each other.
type MatchingKind string

// The kinds of matching: every order finds a place as long as there is one; a Cobb-Douglas
// function of both (Petrongolo and Pissarides 2001, Journal of Economic Literature 39(2)); or
// orders that each try one place at random, of which a place takes one (Butters 1977, Review of
// Economic Studies 44(3)).
const (
	MatchAll         MatchingKind = "proportional"
	MatchCobbDouglas MatchingKind = "cobb_douglas"
	MatchUrnBall     MatchingKind = "urn_ball"
)

// MatchingKinds lists the names of the kinds of matching.
func MatchingKinds() []string {
	return []string{string(MatchAll), string(MatchCobbDouglas), string(MatchUrnBall)}
}

// Matching is how orders that come to a stage find the places there: a place is an order that
// those who work there can finish in the time. The zero value matches all that it can.
type Matching struct {
	Kind       MatchingKind
	Efficiency float64 // of MatchCobbDouglas: matches of one order and one place
	Orders     float64 // of MatchCobbDouglas: elasticity of matches to orders
	Places     float64 // and to places
}

// Partial tells whether orders and places can miss each other.
func (m *Matching) Partial() bool { return m.Kind == MatchCobbDouglas || m.Kind == MatchUrnBall }

// Matches is the expected number of matches of so many orders and places, neither below zero:
// never more than the fewer of the two, and no fewer where either grows.
func (m *Matching) Matches(orders, places float64) float64 {
	least := math.Min(orders, places)
	if least == 0 {
		return 0
	}
	switch m.Kind {
	case MatchCobbDouglas:
		return math.Min(least, m.Efficiency*math.Pow(orders, m.Orders)*math.Pow(places, m.Places))
	case MatchUrnBall:
		if places <= 1 || math.IsInf(places, 1) {
			return least
		}
		return math.Min(least, -places*math.Expm1(orders*math.Log1p(-1/places)))
	}
	return least
}

// Missed is, of MatchUrnBall, the mean and the variance of how many of the fewer of orders and
// places, at least two whole numbers, find no match. Two places are both left free less often
// than if they were independent.
func Missed(orders, places float64) (mean, variance float64) {
	free := math.Exp(orders * math.Log1p(-1/places)) // a place that nobody tried
	mean = places * free
	if orders < places {
		mean = math.Max(0, orders+places*math.Expm1(orders*math.Log1p(-1/places)))
	}
	both := math.Expm1(orders * math.Log1p(-1/((places-1)*(places-1))))
	one := math.Expm1(orders * math.Log1p(-1/(places-1)))
	return mean, math.Max(0, places*places*free*free*both-places*free*one)
}

// checkMatching looks at how orders find the places of a stage.
func checkMatching(at string, s *Stage, staffed bool, faults *Faults) {
	m := &s.Matching
	switch m.Kind {
	case "", MatchAll:
		return
	case MatchUrnBall:
	case MatchCobbDouglas:
		if !(m.Efficiency > 0 && m.Efficiency <= maxRate) {
			faults.add(at+".efficiency", "give a number above 0, such as 0.5", "nothing is matched at an efficiency of %g", m.Efficiency)
		}
		checkRange(at+".elasticities[0]", m.Orders, 0, 10, faults)
		checkRange(at+".elasticities[1]", m.Places, 0, 10, faults)
	default:
		faults.unknown(at+".matching", "matching", string(m.Kind), MatchingKinds())
		return
	}
	if !staffed || !(s.Time > 0) {
		faults.add(at+".matching", "write supply: members, or servers: 10, and a time such as 30m", "there are no places to find: a place is an order that those who work there can finish")
	}
	if s.Queue == QueueMM1K || s.Queue == QueueTable {
		faults.add(at+".matching", "write queue: none or mmc there, and the queue at a stage of its own", "%s says already who finds a place", s.Queue)
	}
}
