package models

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
)

// The bounds a model is held to.
const (
	maxPeriods = 1_000_000
	maxPeople  = 1 << 40
	maxClasses = 10_000
	maxRate    = 1000 // revisions per period, asynchronous
	maxWeight  = 1e6  // utility per unit of money
	maxShape   = 1e4  // of a beta distribution; beyond, people hardly differ
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
	m.checkNetworks(&faults)
	for i := range m.Policies {
		m.checkPolicy(i, &faults)
	}
	m.checkEvent(&faults)
	m.checkShocks(&faults)
	m.checkRegulations(&faults)
	m.checkMeasures(&faults)
	m.checkRivals(&faults)
	if len(faults) == 0 {
		m.checkTops(&faults)
	}
	return faults
}

// Sound tells whether its number of periods is one that can be run, so that periods can be held against it.
func (h Horizon) Sound() bool { return h.Periods >= 1 && h.Periods <= maxPeriods }

func (m *Model) checkTime(faults *Faults) {
	if m.Name == "" {
		faults.add("name", "give the scenario a name", "is missing")
	}
	if !m.Horizon.Sound() {
		faults.add("horizon.periods", fmt.Sprintf("give a whole number from 1 to %d", maxPeriods), "a forecast cannot run %d periods", m.Horizon.Periods)
	}
	if _, known := PeriodHours(m.Horizon.Unit); !known {
		faults.unknown("horizon.unit", "period unit", m.Horizon.Unit, PeriodUnits())
	}
	switch m.Clock.Kind {
	case ClockSync:
		checkRevision("clock.revision", m.Clock.Revision, faults)
	case ClockAsync:
		checkRange("clock.rate", m.Clock.Revision, 0, maxRate, faults)
	default:
		faults.unknown("clock.kind", "clock", string(m.Clock.Kind), []string{string(ClockSync), string(ClockAsync)})
	}
	checkNoise("noise", m.Noise, faults)
}

// checkRevision holds a probability of revising to 1, and says what to do for more.
func checkRevision(path string, x float64, faults *Faults) {
	if !(x >= 0 && x <= 1) {
		faults.add(path, "give a probability per period, from 0 to 1; for more revisions than that write clock: {kind: async, rate: ...}", "%g is out of range", x)
	}
}

func checkNoise(path string, n Noise, faults *Faults) {
	switch n.Kind {
	case NoiseNone:
	case NoiseAnnealed, NoiseQuenched:
		if !(n.Scale > 0) || math.IsInf(n.Scale, 0) {
			faults.add(path+".scale", "give a scale above 0, or {kind: none} for best reply", "noise cannot have scale %g", n.Scale)
		}
	default:
		faults.unknown(path+".kind", "noise", string(n.Kind), []string{string(NoiseAnnealed), string(NoiseQuenched), string(NoiseNone)})
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
		if !(p.Capacity >= 0) || math.IsInf(p.Capacity, 0) {
			faults.add(path+".capacity", CapacityRemedy, "a capacity of %g could fulfil nothing", p.Capacity)
		}
		checkRange(path+".location", p.Location, 0, 1, faults)
		for _, side := range sortedKeys(p.Price) {
			at := path + ".price." + side
			if !slices.Contains(m.sideNames(), side) {
				faults.unknown(at, "side", side, m.sideNames())
			}
			checkWorth(at, p.Price[side], faults)
		}
		checkMoney(path+".cash", p.Cash, faults)
		checkMoney(path+".cost.per_order", p.Cost.PerOrder, faults)
		checkMoney(path+".cost.fixed", p.Cost.Fixed, faults)
		m.checkLaunch(path+".launch", &p, faults)
		m.checkSales(path+".sales", p.Sales, faults)
		m.checkIncome(path, &m.Platforms[i], faults)
		m.checkService(path, p.Service, faults)
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
		at := fmt.Sprintf("%s.value[%d]", path, k)
		checkValue(at, at, v, faults)
	}
	if len(s.Value) != len(m.Platforms) {
		faults.add(path+".value", "give one number for all platforms, or one for each", "%d values for %d platforms", len(s.Value), len(m.Platforms))
	}
	classes := 1
	for _, v := range m.variety(s) {
		if v.Classes > maxClasses {
			break // that one has been told by itself
		}
		classes *= v.classes()
		if classes > maxClasses {
			faults.add(path, fmt.Sprintf("use fewer classes; at most %d together", maxClasses), "its distributions make %d classes or more", classes)
			break
		}
	}
	m.checkTaste(path, s, faults)
	m.checkMemory(path, s, faults)
	checkEffect(path+".cross", s.Cross, faults)
	checkEffect(path+".same", s.Same, faults)
	checkRange(path+".price_sensitivity", s.PriceSensitivity, 0, maxWeight, faults)
	checkMix(path+".price_mix", s.PriceMix, faults)
	checkRange(path+".transport", s.Transport, 0, MaxMoney, faults)
	checkWorth(path+".outside", s.Outside.Value, faults)
	checkRange(path+".switching", s.Switching, 0, MaxMoney, faults)
	switch {
	case s.Revision == nil:
	case m.Clock.Kind == ClockAsync:
		checkRange(path+".revision", *s.Revision, 0, maxRate, faults)
	default:
		checkRevision(path+".revision", *s.Revision, faults)
	}
	if s.Noise != nil {
		checkNoise(path+".noise", *s.Noise, faults)
	}
	m.checkHoming(path, s, faults)
	if s.Aware != nil {
		checkRange(path+".aware.p", s.Aware.P, 0, 1, faults)
		checkRange(path+".aware.q", s.Aware.Q, 0, math.MaxFloat64, faults)
		checkMix(path+".aware.mix", s.Aware.Mix, faults)
	}
	m.checkLife(path, s, faults)
	checkRange(path+".orders.rate", s.Orders.Rate, 0, 1e6, faults)
	checkMoney(path+".orders.basket", s.Orders.Basket, faults)
	checkMix(path+".orders.mix", s.Orders.Mix, faults)
	if n := len(s.Orders.Rhythm); n > 0 && m.Horizon.Sound() && n != m.Horizon.Periods {
		faults.add(path+".orders.rhythm", "give a factor for each period", "%d factors for %d periods", n, m.Horizon.Periods)
	}
	for i, x := range s.Orders.Rhythm {
		checkRange(fmt.Sprintf("%s.orders.rhythm[%d]", path, i), x, 0, maxWeight, faults)
	}
	checkDemand(path+".orders.demand", s.Orders.Demand, faults)
	m.checkSupply(path, s, faults)
}

func (m *Model) checkHoming(path string, s *Segment, faults *Faults) {
	h := s.Homing
	if !math.IsInf(h.Cost, 1) && !(math.Abs(h.Cost) <= MaxMoney) {
		faults.add(path+".homing.cost", fmt.Sprintf("give money per period, at most %g, or .inf for single-homing", float64(MaxMoney)), "%g is not a cost", h.Cost)
	}
	if len(m.Platforms) > 0 && (h.Max < 0 || h.Max > len(m.Platforms)) {
		faults.add(path+".homing.max", fmt.Sprintf("give 1 to %d, or leave it out for all", len(m.Platforms)), "nobody can use %d platforms here", h.Max)
	}
	checkRange(path+".homing.duplicate", h.Duplicate, 0, 1, faults)
	if checkMix(path+".homing.mix", h.Mix, faults); h.Mix.Classes > 1 && (h.Cost == 0 || math.IsInf(h.Cost, 1)) {
		faults.add(path+".homing.mix", "give a cost that is not 0 and not .inf", "a cost of %g is the same for all", h.Cost)
	}
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
		for k := range m.Platforms {
			if p := &m.Platforms[k]; b.Share > 0 && b.Homing.Has(k) && !p.Launched(s.Region, 0) {
				faults.add(at, "let nobody start on it, or launch it in period 0", "starts on %s, which is not launched in %s at the start", p.Name, s.Region)
			}
		}
		if n := b.Homing.Count(); n > most && len(m.Platforms) > 0 {
			faults.add(at, "start with a smaller bundle, or allow it under homing", "starts on %d platforms where at most %d may be used", n, most)
		}
	}
	if sum > 1+1e-9 {
		faults.add(path+".start", "let the shares add to 1 or less; the rest use nothing", "shares add to %s", sixDigits(sum))
	}
}

// sixDigits writes a sum without the noise of adding it up, unless that is all there is.
func sixDigits(sum float64) string {
	if rounded := fmt.Sprintf("%.6g", sum); rounded != "1" {
		return rounded
	}
	return fmt.Sprintf("%g", sum)
}

// checkSides holds what concerns segments together: two sides, one of which orders.
func (m *Model) checkSides(faults *Faults) {
	if len(m.Segments) == 0 {
		faults.add("segments", "declare at least one, such as {side: consumers, name: everyone, size: 1000}", "there is none")
	}
	if sides := m.sideNames(); len(sides) > 2 {
		faults.add("segments", "keep one or two sides", "there are %d sides: %s", len(sides), strings.Join(sides, ", "))
	}
	ordering := m.OrderingSide()
	for i, s := range m.Segments {
		if s.Orders.Rate > 0 && s.Side != ordering && s.Side != "" {
			faults.add(fmt.Sprintf("segments[%d].orders", i), "let one side place orders; the other fulfils them",
				"both sides place orders, %s and %s", ordering, s.Side)
		}
	}
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

// plainName is what things may be called: a name goes into paths, formulas, tables and the
// names of folders.
var plainName = regexp.MustCompile(NamePattern)

// NamePattern is the regular expression of every name; the words none and all are no names
// though they match it.
const NamePattern = `^[\p{L}\p{N}_][\p{L}\p{N}_-]*$`

// NameRemedy says in words what a name may be.
const NameRemedy = "use letters, digits, _ and - (not - first, nor the words none or all)"

// CapacityRemedy says what to write for a capacity that could fulfil nothing.
const CapacityRemedy = "leave it out for no limit, or give a number above 0"

// IsName tells whether a scenario, a variant or anything in a market may be called so.
func IsName(name string) bool {
	return plainName.MatchString(name) && name != "none" && name != "all"
}

// checkName wants a name that nobody before has taken.
func checkName(path, name string, before []string, faults *Faults) {
	switch {
	case name == "":
		faults.add(path+".name", "give it a name", "is missing")
	case !IsName(name):
		faults.add(path+".name", NameRemedy, "%q cannot be a name", name)
	case slices.Contains(before, name):
		faults.add(path+".name", "give each its own name", "%q is taken already", name)
	}
}

func checkEffect(path string, e Effect, faults *Faults) {
	checkValue(path, path+".strength", e.Strength, faults)
	checkRange(path+".spill", e.Spill, 0, 1, faults)
	switch e.Form {
	case "", FormLinear, FormLog:
	case FormPower:
		if !(e.Exponent > 0) || math.IsInf(e.Exponent, 0) {
			faults.add(path+".exponent", "give an exponent above 0, such as 0.5", "a power effect cannot have exponent %g", e.Exponent)
		}
	case FormTurning:
		if !(e.Turn > 0 && e.Turn <= 1) {
			faults.add(path+".turn", "give a share above 0 and at most 1, such as 0.2", "an effect cannot turn at %g", e.Turn)
		}
	default:
		faults.unknown(path+".form", "form", string(e.Form), Forms())
	}
}

// checkValue looks at a number for all people, which stands at a path of its own, or at a
// distribution over them.
func checkValue(path, number string, v Value, faults *Faults) {
	if v.Beta != [2]float64{} {
		checkBeta(path, v, faults)
		return
	}
	if v.SD == 0 && v.Classes == 0 {
		checkWorth(number, v.Mean, faults)
		return
	}
	checkWorth(path+".normal[0]", v.Mean, faults)
	if !(v.SD >= 0) {
		faults.add(path+".normal[1]", "give 0 or more", "a standard deviation cannot be negative, as %g is", v.SD)
	} else {
		checkWorth(path+".normal[1]", v.SD, faults)
	}
	checkClasses(path, v, faults)
}

// checkBeta looks at a beta distribution over people.
func checkBeta(path string, v Value, faults *Faults) {
	checkShapes(path, v.Beta, faults)
	checkClasses(path, v, faults)
}

// checkShapes looks at the shapes of a beta distribution.
func checkShapes(path string, shapes [2]float64, faults *Faults) {
	for i, shape := range shapes {
		if !(shape > 0) || shape > maxShape {
			faults.add(fmt.Sprintf("%s.beta[%d]", path, i), fmt.Sprintf("give a shape above 0, at most %g", float64(maxShape)), "%g is no shape of a beta distribution", shape)
		}
	}
}

func checkClasses(path string, v Value, faults *Faults) {
	switch {
	case v.Classes < 0 || v.Classes > maxClasses:
		faults.add(path+".classes", fmt.Sprintf("give 2 to %d", maxClasses), "%d classes cannot be made", v.Classes)
	case (v.SD != 0 || v.Beta != [2]float64{}) && v.Classes < 2:
		faults.add(path+".classes", "say into how many classes it is cut, such as 5", "a distribution over people needs classes")
	}
}

// checkPeriod wants a period of the horizon, the given one or later.
func (m *Model) checkPeriod(path string, period, first int, faults *Faults) {
	if m.Horizon.Sound() && (period < first || period > m.Horizon.Periods) {
		faults.add(path, fmt.Sprintf("give a period from %d to %d", first, m.Horizon.Periods), "period %d is outside the horizon", period)
	}
}

// checkUntil wants a last period that is not before the first, or 0 for the end of the horizon.
func checkUntil(path string, from, until int, faults *Faults) {
	if until < 0 || until > 0 && until < from {
		faults.add(path+".until", "give a period not before `from`", "ends in period %d before it begins in %d", until, from)
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

// checkWorth holds money of either sign to what a scenario may state.
func checkWorth(path string, x float64, faults *Faults) {
	checkRange(path, x, -MaxMoney, MaxMoney, faults)
}

func checkMoney(path string, m Money, faults *Faults) {
	if m < 0 || m.Units() > MaxMoney {
		faults.add(path, fmt.Sprintf("give an amount from 0 to %g", float64(MaxMoney)), "%g is out of range", m.Units())
	}
}

func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
