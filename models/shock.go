package models

import (
	"fmt"
	"math"
	"slices"
)

// Shock is what befalls platforms or people at a date, whatever anybody does: an outage, a scandal,
// a breach, weather, a holiday, a strike, a new feature. Worth is added, and the rest are relative
// changes: 0.5 for half as much again, -1 for nothing at all. All of them fade together.
type Shock struct {
	Name     string
	Platform string // empty: all
	Target   Target // whom it befalls; without a relation
	Stage    string // the stage of the order chain whose capacity it changes, in the regions aimed at; empty: the whole platform's
	At       int    // first period, 1 or more
	For      int    // periods at full strength; 0: to the end of the horizon
	HalfLife float64
	Every    int // periods from one beginning to the next; 0: once

	Worth    float64 // added to the worth of a platform, money per period
	Orders   float64 // change of the orders placed
	Capacity float64 // change of what a platform can fulfil, whoever orders
	Churn    float64 // change of the hazards of leaving
}

// Strength is how much of the shock is felt in a period, 0 to 1: all of it at first and then,
// with a half-life, half as much after each; without one, nothing.
func (s *Shock) Strength(period int) float64 {
	since := period - s.At
	if since < 0 {
		return 0
	}
	if s.Every > 0 {
		since %= s.Every
	}
	switch {
	case s.For == 0 || since < s.For:
		return 1
	case s.HalfLife > 0:
		return math.Exp2(-float64(since-s.For+1) / s.HalfLife)
	}
	return 0
}

// strikes tells whether a shock befalls a platform.
func (s *Shock) strikes(platform string) bool { return s.Platform == "" || s.Platform == platform }

// worstChurn is the largest factor that shocks can put on a segment's hazards of leaving.
func (m *Model) worstChurn(s *Segment) float64 {
	worst := 1.0
	for i := range m.Shocks {
		if shock := &m.Shocks[i]; shock.Churn > 0 && shock.Target.Covers(s.Side, s.Name, s.Region) {
			worst *= 1 + shock.Churn
		}
	}
	return worst
}

func (m *Model) checkShocks(faults *Faults) {
	var names []string
	for i := range m.Shocks {
		s := &m.Shocks[i]
		path := fmt.Sprintf("shocks[%d]", i)
		checkName(path, s.Name, names, faults)
		names = append(names, s.Name)
		m.checkPlace(path, s.Platform, s.Target, faults)
		m.checkPeriod(path+".at", s.At, 1, faults)
		if s.For < 0 {
			faults.add(path+".for", "give one period or more, or end", "a shock cannot last %d periods", s.For)
		}
		if !(s.HalfLife >= 0) || math.IsInf(s.HalfLife, 0) {
			faults.add(path+".half_life", "give a length above 0, or none", "nothing is halved in %g periods", s.HalfLife)
		}
		if s.Every < 0 || s.Every > 0 && (s.For == 0 || s.Every < s.For) {
			faults.add(path+".every", "give a length of at least `for`, or leave it out for a single shock", "a shock that lasts cannot come again every %d periods", s.Every)
		}
		checkWorth(path+".worth", s.Worth, faults)
		for _, factor := range []struct {
			key    string
			change float64
		}{{"orders", s.Orders}, {"capacity", s.Capacity}, {"churn", s.Churn}} {
			checkRange(path+"."+factor.key, 1+factor.change, 0, maxRate, faults)
		}
		if s.Stage != "" {
			m.checkStruck(path, s, faults)
			continue
		}
		if s.Capacity != 0 && s.Target != (Target{}) {
			faults.add(path+".capacity", "leave out side, segment and region, or write a second shock", "a capacity is the whole platform's")
		}
		if s.Capacity != 0 && !slices.ContainsFunc(m.Platforms, func(p Platform) bool { return s.strikes(p.Name) && p.Capacity > 0 }) {
			faults.add(path+".capacity", "give the platform a capacity, or lower its orders instead", "there is no capacity to change")
		}
	}
}

// checkStruck looks at a shock to a stage of the order chain.
func (m *Model) checkStruck(path string, s *Shock, faults *Faults) {
	var stages []string
	for i := range m.Platforms {
		if p := &m.Platforms[i]; s.strikes(p.Name) && p.Service != nil {
			for j := range p.Service.Stages {
				stages = append(stages, p.Service.Stages[j].Name)
			}
		}
	}
	switch {
	case len(stages) == 0:
		faults.add(path+".stage", "give the platform a service with stages, or leave it out", "no order passes stages there")
	case !slices.Contains(stages, s.Stage):
		faults.unknown(path+".stage", "stage", s.Stage, stages)
	}
	if s.Capacity == 0 {
		faults.add(path+".stage", "write capacity: 0 for an outage, or capacity: 0.5", "nothing happens to the stage")
	}
	if s.Target.Side != "" || s.Target.Segment != "" {
		faults.add(path+".stage", "leave out side and segment, or write a second shock", "a stage serves all who order in its region")
	}
}

// checkPlace wants a platform and a target that exist; empty names stand for all.
func (m *Model) checkPlace(path, platform string, t Target, faults *Faults) {
	if names := m.platformNames(); platform != "" && len(names) > 0 && !slices.Contains(names, platform) {
		faults.unknown(path+".platform", "platform", platform, names)
	}
	known := true
	for _, part := range []struct {
		key, name string
		names     []string
	}{{"side", t.Side, m.sideNames()}, {"segment", t.Segment, m.segmentNames()}, {"region", t.Region, m.RegionNames()}} {
		if part.name != "" && !slices.Contains(part.names, part.name) {
			faults.unknown(path+"."+part.key, part.key, part.name, part.names)
			known = false
		}
	}
	if known && len(m.Segments) > 0 && !slices.ContainsFunc(m.Segments, func(s Segment) bool { return t.Covers(s.Side, s.Name, s.Region) }) {
		faults.add(path, "change its side, segment or region", "there is nobody %s", t)
	}
}
