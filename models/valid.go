package models

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// The bounds a model is held to.
const (
	maxPeriods = 1_000_000
	maxPeople  = 1 << 40
	maxClasses = 10_000
	maxRate    = 1000 // revisions per period, asynchronous
)

// Validate returns everything wrong with the model, in its own order; it changes nothing.
// Paths are those of a scenario file.
func (m *Model) Validate() Faults {
	var faults Faults
	m.checkTime(&faults)
	m.checkPlatforms(&faults)
	for i := range m.Segments {
		m.checkSegment(i, &faults)
	}
	m.checkSides(&faults)
	for i := range m.Policies {
		m.checkPolicy(i, &faults)
	}
	m.checkEvent(&faults)
	return faults
}

func (m *Model) checkTime(faults *Faults) {
	if m.Name == "" {
		faults.add("name", "give the scenario a name", "is missing")
	}
	if m.Horizon.Periods < 1 || m.Horizon.Periods > maxPeriods {
		faults.add("horizon.periods", fmt.Sprintf("give a whole number from 1 to %d", maxPeriods), "a forecast cannot run %d periods", m.Horizon.Periods)
	}
	if _, known := PeriodHours(m.Horizon.Unit); !known {
		faults.unknown("horizon.unit", "period unit", m.Horizon.Unit, PeriodUnits())
	}
	switch m.Clock.Kind {
	case ClockSync:
		checkRange("clock.revision", m.Clock.Revision, 0, 1, faults)
	case ClockAsync:
		checkRange("clock.rate", m.Clock.Revision, 0, maxRate, faults)
	default:
		faults.unknown("clock.kind", "clock", string(m.Clock.Kind), []string{string(ClockSync), string(ClockAsync)})
	}
	checkNoise("noise", m.Noise, faults)
}

func checkNoise(path string, n Noise, faults *Faults) {
	switch n.Kind {
	case NoiseNone:
	case NoiseAnnealed:
		if !(n.Scale > 0) || math.IsInf(n.Scale, 0) {
			faults.add(path+".scale", "give a scale above 0, or {kind: none} for best reply", "noise cannot have scale %g", n.Scale)
		}
	default:
		faults.unknown(path+".kind", "noise", string(n.Kind), []string{string(NoiseAnnealed), string(NoiseNone)})
	}
}

func (m *Model) checkPlatforms(faults *Faults) {
	if len(m.Platforms) < 1 {
		faults.add("platforms", "declare at least one, such as {name: A}", "there is none")
	}
	if len(m.Platforms) > MaxPlatforms {
		faults.add("platforms", fmt.Sprintf("keep at most %d", MaxPlatforms), "there are %d", len(m.Platforms))
	}
	for i, p := range m.Platforms {
		path := fmt.Sprintf("platforms[%d]", i)
		checkName(path, p.Name, m.platformNames()[:i], faults)
		checkRange(path+".fee", p.Fee, 0, 1, faults)
		checkRange(path+".capacity", p.Capacity, 0, math.MaxFloat64, faults)
		checkRange(path+".location", p.Location, 0, 1, faults)
		for _, side := range sortedKeys(p.Price) {
			at := path + ".price." + side
			if !slices.Contains(m.sideNames(), side) {
				faults.unknown(at, "side", side, m.sideNames())
			}
			checkFinite(at, p.Price[side], faults)
		}
		checkMoney(path+".cash", p.Cash, faults)
		checkMoney(path+".cost.per_order", p.Cost.PerOrder, faults)
		checkMoney(path+".cost.fixed", p.Cost.Fixed, faults)
	}
}

func (m *Model) checkSegment(i int, faults *Faults) {
	s := &m.Segments[i]
	path := fmt.Sprintf("segments[%d]", i)
	var before []string
	for _, other := range m.Segments[:i] {
		before = append(before, other.Name)
	}
	checkName(path, s.Name, before, faults)
	if s.Side == "" {
		faults.add(path+".side", "name its side, such as consumers or merchants", "is missing")
	}
	if s.Size < 1 || s.Size > maxPeople {
		faults.add(path+".size", "give a whole number of people, 1 or more", "%d people cannot be simulated", s.Size)
	}
	for k, v := range s.Value {
		checkValue(fmt.Sprintf("%s.value[%d]", path, k), v, faults)
	}
	if len(s.Value) != len(m.Platforms) {
		faults.add(path+".value", "give one number for all platforms, or one for each", "%d values for %d platforms", len(s.Value), len(m.Platforms))
	}
	classes := 1
	for _, v := range s.values() {
		classes *= min(v.classes(), maxClasses+1)
		if classes > maxClasses {
			faults.add(path, fmt.Sprintf("use fewer classes; at most %d together", maxClasses), "its distributions make %d classes or more", classes)
			break
		}
	}
	checkEffect(path+".cross", s.Cross, faults)
	checkEffect(path+".same", s.Same, faults)
	checkRange(path+".price_sensitivity", s.PriceSensitivity, 0, math.MaxFloat64, faults)
	checkRange(path+".transport", s.Transport, 0, math.MaxFloat64, faults)
	checkFinite(path+".outside", s.Outside.Value, faults)
	checkRange(path+".switching", s.Switching, 0, math.MaxFloat64, faults)
	if s.Revision != nil {
		most := 1.0
		if m.Clock.Kind == ClockAsync {
			most = maxRate
		}
		checkRange(path+".revision", *s.Revision, 0, most, faults)
	}
	if s.Noise != nil {
		checkNoise(path+".noise", *s.Noise, faults)
	}
	m.checkHoming(path, s, faults)
	if s.Aware != nil {
		checkRange(path+".aware.p", s.Aware.P, 0, 1, faults)
		checkRange(path+".aware.q", s.Aware.Q, 0, math.MaxFloat64, faults)
	}
	checkRange(path+".orders.rate", s.Orders.Rate, 0, 1e6, faults)
	checkMoney(path+".orders.basket", s.Orders.Basket, faults)
}

func (m *Model) checkHoming(path string, s *Segment, faults *Faults) {
	h := s.Homing
	if math.IsNaN(h.Cost) || math.IsInf(h.Cost, -1) {
		faults.add(path+".homing.cost", "give money per period, or .inf for single-homing", "%g is not a cost", h.Cost)
	}
	if h.Max < 0 || h.Max > len(m.Platforms) {
		faults.add(path+".homing.max", fmt.Sprintf("give 1 to %d, or leave it out for all", len(m.Platforms)), "nobody can use %d platforms here", h.Max)
	}
	checkRange(path+".homing.duplicate", h.Duplicate, 0, 1, faults)
	most := len(m.Platforms)
	if h.Max > 0 {
		most = h.Max
	}
	if math.IsInf(h.Cost, 1) {
		most = 1
	}
	var sum float64
	for _, b := range s.Start {
		at := path + ".start." + b.Homing.Name(m.Platforms)
		checkRange(at, b.Share, 0, 1, faults)
		sum += b.Share
		if n := b.Homing.Count(); n > most {
			faults.add(at, "start with a smaller bundle, or allow it under homing", "starts on %d platforms where at most %d may be used", n, most)
		}
	}
	if sum > 1+1e-9 {
		faults.add(path+".start", "let the shares add to 1 or less; the rest use nothing", "shares add to %g", sum)
	}
}

// checkSides holds what concerns segments together: two sides, one of which orders.
func (m *Model) checkSides(faults *Faults) {
	if len(m.Segments) == 0 {
		faults.add("segments", "declare at least one, such as {side: consumers, name: everyone, size: 1000}", "there is none")
	}
	if sides := m.sideNames(); len(sides) > 2 {
		faults.add("segments", "keep one or two sides", "there are %d sides: %s", len(sides), strings.Join(sides, ", "))
	}
	ordering := m.orderingSide()
	for i, s := range m.Segments {
		if s.Orders.Rate > 0 && s.Side != ordering && s.Side != "" {
			faults.add(fmt.Sprintf("segments[%d].orders", i), "let one side place orders; the other fulfils them",
				"%s order, but so do %s", s.Side, ordering)
		}
	}
}

func (m *Model) checkPolicy(i int, faults *Faults) {
	p := &m.Policies[i]
	path := fmt.Sprintf("policies[%d]", i)
	var before []string
	for _, other := range m.Policies[:i] {
		before = append(before, other.Name)
	}
	checkName(path, p.Name, before, faults)
	m.checkTarget(path, p, faults)
	if !slices.Contains(Instruments(), string(p.Instrument)) {
		faults.unknown(path+".instrument", "instrument", string(p.Instrument), Instruments())
	} else if p.Instrument == PayOrder && m.orderingSide() == "" {
		faults.add(path+".instrument", "give a segment orders: {rate: ..., basket: ...}, or pay per_period or on joining", "pays per order where nobody orders")
	}
	if p.Shape == nil {
		faults.add(path+".shape", "give {constant: 1.50}, {ramp: {from: 4, to: 0, over: 26w}} or {pulse: {amount: 5, for: 7d}}", "is missing")
	} else {
		p.Shape.check(path+".shape", faults)
	}
	if p.From < 0 || p.From > m.Horizon.Periods {
		faults.add(path+".from", fmt.Sprintf("give a period from 1 to %d", m.Horizon.Periods), "period %d is outside the horizon", p.From)
	}
	if p.Until < 0 || (p.Until > 0 && p.Until < p.From) {
		faults.add(path+".until", "give a period not before `from`", "ends in period %d before it begins in %d", p.Until, max(p.From, 1))
	}
	checkMoney(path+".budget", p.Budget, faults)
}

func (m *Model) checkTarget(path string, p *Policy, faults *Faults) {
	if names := m.platformNames(); !slices.Contains(names, p.Platform) {
		faults.unknown(path+".platform", "platform", p.Platform, names)
	}
	t := p.Target
	known := len(*faults)
	if names := m.sideNames(); t.Side != "" && !slices.Contains(names, t.Side) {
		faults.unknown(path+".side", "side", t.Side, names)
	}
	if names := m.segmentNames(); t.Segment != "" && !slices.Contains(names, t.Segment) {
		faults.unknown(path+".segment", "segment", t.Segment, names)
	}
	if names := m.RegionNames(); t.Region != "" && !slices.Contains(names, t.Region) {
		faults.unknown(path+".region", "region", t.Region, names)
	}
	if len(*faults) > known || len(m.Segments) == 0 {
		return
	}
	for _, s := range m.Segments {
		if t.Covers(s.Side, s.Name, s.Region) {
			return
		}
	}
	faults.add(path, "name a side, segment and region that go together, or leave some out", "pays nobody: no segment is at once %s", t)
}

func (m *Model) platformNames() []string {
	names := make([]string, len(m.Platforms))
	for i, p := range m.Platforms {
		names[i] = p.Name
	}
	return names
}

func (m *Model) segmentNames() []string {
	names := make([]string, len(m.Segments))
	for i, s := range m.Segments {
		names[i] = s.Name
	}
	return names
}

func (m *Model) sideNames() []string {
	return m.distinct(func(s *Segment) string { return s.Side })
}

// RegionNames lists the regions of the model in the order of their first segment.
func (m *Model) RegionNames() []string {
	return m.distinct(func(s *Segment) string { return s.Region })
}

func (m *Model) distinct(of func(*Segment) string) []string {
	var names []string
	for i := range m.Segments {
		if name := of(&m.Segments[i]); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// checkName wants a name that nobody before has taken and that formulas, paths and tables
// can carry.
func checkName(path, name string, before []string, faults *Faults) {
	switch {
	case name == "":
		faults.add(path+".name", "give it a name", "is missing")
	case name == "none" || name == "all" || strings.ContainsAny(name, "+*,.()[]{}=\"' \t\n"):
		faults.add(path+".name", "use letters, digits, - and _ (not the words none or all)", "%q cannot be a name", name)
	case slices.Contains(before, name):
		faults.add(path+".name", "give each its own name", "%q is taken already", name)
	}
}

func checkEffect(path string, e Effect, faults *Faults) {
	checkValue(path, e.Strength, faults)
	switch e.Form {
	case "", FormLinear, FormLog:
	case FormPower:
		if !(e.Exponent > 0) || math.IsInf(e.Exponent, 0) {
			faults.add(path+".exponent", "give an exponent above 0, such as 0.5", "a power effect cannot have exponent %g", e.Exponent)
		}
	default:
		faults.unknown(path+".form", "form", string(e.Form), []string{string(FormLinear), string(FormLog), string(FormPower)})
	}
}

func checkValue(path string, v Value, faults *Faults) {
	checkFinite(path, v.Mean, faults)
	checkRange(path, v.SD, 0, math.MaxFloat64, faults)
	if v.Classes < 0 || v.Classes > maxClasses {
		faults.add(path+".classes", fmt.Sprintf("give 2 to %d", maxClasses), "%d classes cannot be made", v.Classes)
	}
	if v.SD > 0 && v.Classes < 2 {
		faults.add(path+".classes", "say into how many classes it is cut, such as 5", "a distribution over people needs classes")
	}
}

func checkRange(path string, x, lo, hi float64, faults *Faults) {
	if x >= lo && x <= hi {
		return
	}
	if hi == math.MaxFloat64 {
		faults.add(path, fmt.Sprintf("give a number of at least %g", lo), "%g is out of range", x)
		return
	}
	faults.add(path, fmt.Sprintf("give a number from %g to %g", lo, hi), "%g is out of range", x)
}

func checkFinite(path string, x float64, faults *Faults) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		faults.add(path, "give a finite number", "%g is not a number to reckon with", x)
	}
}

func checkMoney(path string, m Money, faults *Faults) {
	if m < 0 || m.Units() > MaxMoney {
		faults.add(path, fmt.Sprintf("give an amount from 0 to %g", float64(MaxMoney)), "%g is out of range", m.Units())
	}
}

func sortedKeys(m map[string]float64) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
