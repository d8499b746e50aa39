package models

import (
	"fmt"
	"math"
	"slices"
)

// Service is how a platform carries orders out: a chain of stages that each order passes in
// turn, in its own region. Whatever a stage does not pass on is counted: dropped, where who
// placed the order gives up at any load; waiting for another period; or unserved.
type Service struct {
	Stages  []Stage
	Profile []float64 // relative weight of each of the day's 24 hours for orders; nil: they come evenly over a period
	Shifts  []float64 // the same for those who work; nil: they work evenly
	OnTime  float64   // mean rating of an order on time, from 1 to 5
	Belated float64   // mean rating of a late one
}

// MaxStages is the largest number of stages of a chain.
const MaxStages = 6

// Stage is one link of a chain. The zero value passes every order on at once.
type Stage struct {
	Name     string
	Drop     float64            // share of those who reach it that give up, at any load
	Capacity map[string]float64 // orders per period by region, Anywhere for every region not named; an absent one has no limit
	Time     float64            // hours of work on an order
	Servers  float64            // who work on orders in each region; 0: the stage counts none
	Supply   bool               // the fulfilling side's members of the region work on orders, as long as they are online
	Area     float64            // square kilometres of a region, over which members are spread; 0: distance does not matter
	Speed    float64            // kilometres per hour to the nearest of them
	Queue    QueueKind
	Intakes  int     // of M/M/c: separate lines, among which servers and orders are divided evenly; 0 and 1: one line
	Astray   float64 // share of orders that come late because they went astray, for each line after the first
	Room     int     // of M/M/1/K: orders at a server, the one at work included
	Curve    []TimePoint
	Spread   float64 // standard deviation of the logarithm of times around the curve's median
	Promise  float64 // hours at the stage from which on an order is late; 0: none is
	Matching Matching
	Patience float64 // mean periods that an order waits for capacity; 0: what is beyond capacity is unserved at once
}

// TimePoint is one point of a measured curve: the median time of an order at a stage under a
// load.
type TimePoint struct {
	Load  float64 // orders outstanding per server
	Hours float64
}

// Anywhere is the name of every region that is not named.
const Anywhere = "*"

// Limit is how many orders of a region the stage can take in a period; +Inf without a limit.
func (s *Stage) Limit(region string) float64 {
	for _, name := range [...]string{region, Anywhere} {
		if most, said := s.Capacity[name]; said {
			return most
		}
	}
	return math.Inf(1)
}

// Bounded tells whether a stage of such a limit can take so many orders and no more: a shock
// then changes the limit, and how many work there; of a stage without bounds, or with a room that
// turns others away, it takes a part of the orders.
func (s *Stage) Bounded(limit float64) bool {
	return s.Queue != QueueMM1K && (s.Supply || s.Servers > 0 || !math.IsInf(limit, 1))
}

// Distance is the mean distance, in kilometres, to the nearest of outlets that lie at random
// over the stage's area: half the root of the area of one (Clark and Evans 1954, Ecology 35(4)).
func (s *Stage) Distance(outlets float64) float64 {
	return math.Sqrt(s.Area/outlets) / 2
}

// Work is the hours of work on an order where there are so many outlets: the way to the nearest
// is part of it.
func (s *Stage) Work(outlets float64) float64 {
	if s.Area == 0 || outlets == 0 {
		return s.Time
	}
	return s.Time + s.Distance(outlets)/s.Speed
}

// Rated is the mean rating of orders of which a share came late.
func (s *Service) Rated(late float64) float64 { return s.OnTime + (s.Belated-s.OnTime)*late }

// Serves tells whether orders of some platform pass a chain of stages.
func (l *Law) Serves() bool {
	return slices.ContainsFunc(l.Model.Platforms, func(p Platform) bool { return p.Service != nil })
}

// Queues tells whether orders wait in front of an event's deployment.
func (l *Law) Queues() bool {
	e := l.Model.Event
	return e != nil && e.Deployment.Limited && e.Deployment.Room > 0
}

// Spaced tells whether some stage has a way to the nearest outlet.
func (l *Law) Spaced() bool {
	return slices.ContainsFunc(l.Model.Platforms, func(p Platform) bool {
		return p.Service != nil && slices.ContainsFunc(p.Service.Stages, func(s Stage) bool { return s.Area > 0 })
	})
}

// Stages is the length of the longest chain.
func (l *Law) Stages() int {
	most := 0
	for i := range l.Model.Platforms {
		if s := l.Model.Platforms[i].Service; s != nil {
			most = max(most, len(s.Stages))
		}
	}
	return most
}

// checkService looks at a platform's chain.
func (m *Model) checkService(path string, s *Service, faults *Faults) {
	if s == nil {
		return
	}
	path += ".service"
	if len(s.Stages) < 1 || len(s.Stages) > MaxStages {
		faults.add(path+".stages", fmt.Sprintf("give 1 to %d", MaxStages), "a chain cannot have %d stages", len(s.Stages))
	}
	checkDay(path+".profile", s.Profile, faults)
	checkDay(path+".shifts", s.Shifts, faults)
	if hours := periodHours[m.Horizon.Unit]; hours < 24 && (s.Profile != nil || s.Shifts != nil) {
		faults.add(path, "give the horizon a unit of a day or more, or leave profile and shifts out", "a %s has no shape of a day", m.Horizon.Unit)
	}
	for i, rating := range []float64{s.OnTime, s.Belated} {
		checkRange(fmt.Sprintf("%s.rating[%d]", path, i), rating, 1, 5, faults)
	}
	if m.OrderingSide() == "" {
		faults.add(path, "give a segment orders: {rate: ..., basket: ...}", "nobody orders here")
	}
	var names []string
	for i := range s.Stages {
		at := fmt.Sprintf("%s.stages[%d]", path, i)
		checkName(at, s.Stages[i].Name, names, faults)
		names = append(names, s.Stages[i].Name)
		m.checkStage(at, &s.Stages[i], faults)
	}
}

// checkDay wants 24 weights, not all zero, or none at all.
func checkDay(path string, weights []float64, faults *Faults) {
	if weights == nil {
		return
	}
	var all float64
	for i, w := range weights {
		checkRange(fmt.Sprintf("%s[%d]", path, i), w, 0, maxRate, faults)
		all += w
	}
	if len(weights) != HoursPerDay || !(all > 0) {
		faults.add(path, "give 24 weights from midnight on, at least one above 0", "%d weights adding to %g", len(weights), all)
	}
}

// checkStage looks at one stage.
func (m *Model) checkStage(at string, s *Stage, faults *Faults) {
	checkRange(at+".drop", s.Drop, 0, 1, faults)
	for _, region := range sortedKeys(s.Capacity) {
		path := at + ".capacity." + region
		if names := m.RegionNames(); region != Anywhere && !slices.Contains(names, region) {
			faults.unknown(path, "region", region, names)
		}
		checkRange(path, s.Capacity[region], 0, 1e12, faults)
	}
	checkRange(at+".time", s.Time, 0, 1e6, faults)
	checkRange(at+".servers", s.Servers, 0, 1e9, faults)
	checkRange(at+".promise", s.Promise, 0, 1e6, faults)
	checkRange(at+".patience", s.Patience, 0, maxPeriods, faults)
	checkRange(at+".astray", s.Astray, 0, 1, faults)
	if s.Intakes < 0 || s.Intakes > 1000 {
		faults.add(at+".intakes", "give a whole number from 1 to 1000", "%d lines cannot be made", s.Intakes)
	}
	staffed := s.Servers > 0 || s.Supply
	if s.Servers > 0 && s.Supply {
		faults.add(at+".servers", "keep one of the two", "the fulfilling side's members work here already, by supply: members")
	}
	if s.Supply && len(m.sideNames()) < 2 {
		faults.add(at+".supply", "declare a second side, or write servers: ...", "there is no side that fulfils orders")
	}
	if s.Area != 0 {
		checkRange(at+".area", s.Area, 0, 1e9, faults)
		if !(s.Speed > 0 && s.Speed <= 1e4) {
			faults.add(at+".speed", "give kilometres per hour above 0, such as 15", "nobody moves at %g km/h", s.Speed)
		}
		if !s.Supply || s.Queue == QueueTable {
			faults.add(at+".area", "write supply: members, and no table of times, which has the way in it", "there is nobody to be near to")
		}
	}
	checkMatching(at, s, staffed, faults)
	switch s.Queue {
	case "", QueueNone:
	case QueueMMC, QueueMM1K:
		if !staffed {
			faults.add(at+".queue", "write servers: 10, or supply: members", "nobody works on the orders that wait")
		}
		if !(s.Time > 0) {
			faults.add(at+".time", "give a time above 0, such as 12m", "a queue needs work on each order")
		}
		if s.Queue == QueueMM1K && (s.Room < 1 || s.Room > 10_000) {
			faults.add(at+".room", "give a whole number from 1 to 10000", "%d orders of room", s.Room)
		}
	case QueueTable:
		checkCurve(at, s, staffed, faults)
	default:
		faults.unknown(at+".queue", "queue", string(s.Queue), QueueKinds())
	}
	if s.Queue == QueueMM1K && s.Patience > 0 {
		faults.add(at+".patience", "leave it out", "who finds no room does not wait for another period")
	}
}

// checkCurve looks at a measured curve.
func checkCurve(at string, s *Stage, staffed bool, faults *Faults) {
	if !staffed {
		faults.add(at+".queue", "write servers: 10, or supply: members", "a load per server needs servers")
	}
	checkRange(at+".spread", s.Spread, 0, 10, faults)
	if len(s.Curve) < 2 {
		faults.add(at+".curve", "give points of load and minutes, such as [[0.25, 38], [2.25, 74]]", "%d points make no curve", len(s.Curve))
	}
	for i, p := range s.Curve {
		path := fmt.Sprintf("%s.curve[%d]", at, i)
		checkRange(path, p.Load, 0, 1e9, faults)
		if !(p.Hours > 0) || p.Hours > 1e6 {
			faults.add(path, "give minutes above 0", "an order cannot take %g minutes", p.Hours*60)
		}
		if i > 0 && !(p.Load > s.Curve[i-1].Load && p.Hours >= s.Curve[i-1].Hours) {
			faults.add(path, "let loads rise, and minutes not fall", "load %g takes %g minutes after %g took %g", p.Load, p.Hours*60, s.Curve[i-1].Load, s.Curve[i-1].Hours*60)
		}
	}
}
