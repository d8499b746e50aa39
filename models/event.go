package models

import (
	"fmt"
	"math"
	"slices"
)

// HoursPerDay is the number of factors in an hour profile.
const HoursPerDay = 24

// Event is a promotion that makes people order at one moment of one period: an announced
// coupon that opens at an hour. Everyone who uses the platform then and belongs to the side
// that orders places one order more with probability Redemption; half of those orders come
// within each half-life after the opening.
type Event struct {
	Platform   string
	Period     int       // the day on which it happens; periods must be days
	Announced  int       // periods before it in which people know of it
	Hour       float64   // opening, hours after midnight
	Length     float64   // hours of the request curve, from the opening on
	Profile    []float64 // relative weight of each of the day's 24 hours for ordinary orders
	Redemption float64   // probability that a participant uses the coupon
	HalfLife   float64   // hours in which half of the remaining coupon orders arrive
	Starts     float64   // journeys started in the deployment per order placed
	Quantile   float64   // of the request curve over replications, above 0 and below 1
	Mix        []Request // requests that an order makes at the deployment, by endpoint; may be empty
	Deployment Deployment
}

// Request is how often an order calls an endpoint of the deployment.
type Request struct {
	Endpoint string
	PerOrder float64
}

// Ordinary is the expected share of a day's ordinary orders placed by an hour of the day,
// 0 at midnight and 1 a day later: linear within each hour of the profile.
func (e *Event) Ordinary(hour float64) float64 {
	hour = math.Min(math.Max(hour, 0), HoursPerDay)
	var before, all float64
	for i, weight := range e.Profile {
		all += weight
		before += weight * math.Min(1, math.Max(0, hour-float64(i)))
	}
	return before / all
}

// Burst is the expected share of the coupon's orders placed by an hour of the day: none
// before the opening, then one minus a half to the number of half-lives since, and all of
// them at the day's end.
func (e *Event) Burst(hour float64) float64 {
	since := math.Min(hour, HoursPerDay) - e.Hour
	if since <= 0 {
		return 0
	}
	share := func(hours float64) float64 { return -math.Expm1(-math.Ln2 * hours / e.HalfLife) }
	return share(since) / share(HoursPerDay-e.Hour)
}

// StartsPerSecond is the mean rate of journey starts from one hour of the day to another,
// given the day's ordinary and coupon orders.
func (e *Event) StartsPerSecond(ordinary, coupon, from, to float64) float64 {
	orders := ordinary*(e.Ordinary(to)-e.Ordinary(from)) + coupon*(e.Burst(to)-e.Burst(from))
	return e.Starts * orders / ((to - from) * 3600)
}

// checkEvent looks at the event, if there is one.
func (m *Model) checkEvent(faults *Faults) {
	e := m.Event
	if e == nil {
		return
	}
	if m.Horizon.Unit != "day" {
		faults.add("event", "give the horizon the unit day", "an event needs periods of a day, not of a %s", m.Horizon.Unit)
	}
	if names := m.platformNames(); len(names) > 0 && !slices.Contains(names, e.Platform) {
		faults.unknown("event.platform", "platform", e.Platform, names)
	}
	m.checkPeriod("event.period", e.Period, 1, faults)
	checkRange("event.announced", float64(e.Announced), 0, 1000, faults)
	before := len(*faults)
	checkRange("event.hour", e.Hour, 0, HoursPerDay-1, faults)
	if hourSound := len(*faults) == before; !(e.Length > 0) {
		faults.add("event.length", "give a length above 0, such as 1h", "a curve of %.6g hours shows nothing", e.Length)
	} else if hourSound && e.Hour+e.Length > HoursPerDay {
		faults.add("event.length", "let the curve end by midnight", "%.6g hours from hour %g leave the day", e.Length, e.Hour)
	}
	m.checkProfile(faults)
	checkRange("event.redemption", e.Redemption, 0, 1, faults)
	for _, positive := range []struct {
		path string
		x    float64
	}{{"event.half_life", e.HalfLife}, {"event.starts", e.Starts}} {
		if !(positive.x > 0) || math.IsInf(positive.x, 0) {
			faults.add(positive.path, "give a number above 0", "%g is out of range", positive.x)
		}
	}
	if !(e.Quantile > 0 && e.Quantile < 1) {
		faults.add("event.quantile", "give a number above 0 and below 1, such as 0.95", "%g is not a quantile", e.Quantile)
	}
	for _, r := range e.Mix {
		if !(r.PerOrder > 0) || math.IsInf(r.PerOrder, 0) {
			faults.add("event.mix."+r.Endpoint, "give a number above 0", "%s cannot be called %g times for an order", r.Endpoint, r.PerOrder)
		}
	}
	e.checkDeployment(faults)
	if m.OrderingSide() == "" {
		faults.add("event", "give a segment orders: {rate: ..., basket: ...}", "nobody orders here")
	}
}

// checkProfile wants 24 weights, not all zero.
func (m *Model) checkProfile(faults *Faults) {
	var all float64
	for i, weight := range m.Event.Profile {
		checkRange(fmt.Sprintf("event.profile[%d]", i), weight, 0, math.MaxFloat64, faults)
		all += weight
	}
	if len(m.Event.Profile) != HoursPerDay || !(all > 0) {
		faults.add("event.profile", "give 24 weights from midnight on, at least one above 0", "%d weights adding to %g", len(m.Event.Profile), all)
	}
}
