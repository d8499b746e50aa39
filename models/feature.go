package models

import "slices"

// Feature is what a platform builds and runs: guidance for newcomers, a community, a component of
// its own or bought, interfaces open to others, capacity. The shape of its policy is the level at
// which it runs, 0 to 1; of capacity, the orders added per period.
type Feature struct {
	Build    Money // paid once, when it begins
	Lead     int   // periods from then until it works
	Run      Money // paid per period at level 1; of capacity, per order added
	PerOrder Money // paid per order that the people aimed at place, once it works

	Worth  float64 // added at level 1 to the worth of the platform, money per period
	Same   float64 // added to the strength of the effect of the own side's share
	Hazard float64 // added to the hazard of hearing of the platform
	Orders float64 // added to the orders placed, as a share of them
	Early  float64 // of onboarding: multiplier of the hazard of leaving while new, at level 1
	Refit  *Refit  // of a component: what it changes at a stage of the order chain; nil: nothing
}

// Refit is what a component changes at one stage of a platform's order chain: multipliers at level
// 1, of which a lower level has part.
type Refit struct {
	Stage    string
	Drop     float64 // of the share of orders given up there
	Time     float64 // of the work on an order
	Astray   float64 // of the share that goes astray
	Capacity float64 // of what it can take, and of who works there
	Pooled   bool    // one line takes the place of separate ones, as long as it works at all
}

// Multiplier is what is left of 1 at a level of something that is a factor at level 1.
func Multiplier(factor, level float64) float64 { return 1 + level*(factor-1) }

// Add puts another refit of the same stage, at a level, on top of this one.
func (f *Refit) Add(other *Refit, level float64) {
	f.Drop *= Multiplier(other.Drop, level)
	f.Time *= Multiplier(other.Time, level)
	f.Astray *= Multiplier(other.Astray, level)
	f.Capacity *= Multiplier(other.Capacity, level)
	f.Pooled = f.Pooled || other.Pooled && level > 0
}

// Refitted is the stage as it works under a refit, its capacity and servers left out.
func (s *Stage) Refitted(f *Refit) Stage {
	stage := *s
	stage.Drop, stage.Astray = min(1, s.Drop*f.Drop), min(1, s.Astray*f.Astray)
	stage.Time *= f.Time
	if f.Pooled {
		stage.Intakes = 1
	}
	return stage
}

// checkRefit looks at what a component changes at a stage.
func (m *Model) checkRefit(path string, p *Policy, faults *Faults) {
	f := p.Feature.Refit
	path += ".stage"
	for _, factor := range []struct {
		key string
		x   float64
	}{{"drop", f.Drop}, {"time", f.Time}, {"astray", f.Astray}, {"capacity", f.Capacity}} {
		checkRange(path+"."+factor.key, factor.x, 0, maxRate, faults)
	}
	if p.Target.Side != "" || p.Target.Segment != "" {
		faults.add(path, "leave out side and segment, or write a second component", "a stage serves all who order in its region")
	}
	k := m.PlatformIndex(p.Platform)
	if k < 0 {
		return
	}
	if m.Platforms[k].Service == nil {
		faults.add(path, "give the platform a service with stages, or leave it out", "no order passes stages there")
		return
	}
	var names []string
	for i := range m.Platforms[k].Service.Stages {
		s := &m.Platforms[k].Service.Stages[i]
		if names = append(names, s.Name); s.Name == f.Stage && f.Capacity != 1 && !s.Bounded(s.Limit(p.Target.Region)) {
			faults.add(path+".capacity", "give the stage a capacity, or servers", "%s takes whatever comes", s.Name)
		}
	}
	if !slices.Contains(names, f.Stage) {
		faults.unknown(path+".name", "stage", f.Stage, names)
	}
}

// Builds tells whether an instrument builds and runs a feature.
func (i Instrument) Builds() bool {
	return slices.Contains([]Instrument{Onboarding, Community, Component, Openness, AddCapacity}, i)
}

// Level is the level at which a feature works whose policy offers an amount.
func (p *Policy) Level(amount float64) float64 {
	if p.Instrument == AddCapacity {
		return max(0, amount)
	}
	return min(1, max(0, amount))
}

// checkFeature looks at what a platform builds.
func (m *Model) checkFeature(path string, p *Policy, faults *Faults) {
	if !p.Instrument.Builds() {
		return
	}
	f := p.Feature
	checkMoney(path+".expense.build", f.Build, faults)
	checkMoney(path+".expense.run", f.Run, faults)
	checkMoney(path+".expense.per_order", f.PerOrder, faults)
	if f.Lead < 0 || f.Lead > maxPeriods {
		faults.add(path+".expense.lead", "give a length of time, such as 60d", "nothing is built in %d periods", f.Lead)
	}
	checkWorth(path+".worth", f.Worth, faults)
	checkWorth(path+".same", f.Same, faults)
	checkRange(path+".hazard", f.Hazard, 0, 1, faults)
	checkRange(path+".orders", f.Orders, 0, maxRate, faults)
	if p.Target.Relation != "" {
		faults.add(path+".relation", "leave it out", "%s is there for everybody aimed at", p.Instrument)
	}
	aimed := func(of func(s *Segment) bool) bool {
		return slices.ContainsFunc(m.Segments, func(s Segment) bool { return p.Target.Covers(s.Side, s.Name, s.Region) && of(&s) })
	}
	at := path + ".instrument"
	switch p.Instrument {
	case Onboarding:
		checkRange(path+".early", f.Early, 0, 1, faults)
		if aimed(func(s *Segment) bool { return s.Life == nil || s.Life.Age != nil || s.Life.Onboarding == 0 }) {
			faults.add(at, "aim it at segments with life: {churn: ..., onboarding: 14d}", "guides newcomers where nobody is new")
		}
	case AddCapacity:
		if k := m.PlatformIndex(p.Platform); k >= 0 && m.Platforms[k].Capacity == 0 {
			faults.add(at, "give the platform a capacity, such as capacity: 1000", "adds to a capacity without limit")
		}
	case Openness:
		if f.Worth == 0 && f.Hazard == 0 {
			faults.add(at, "write hazard: 0.001 or worth: 0.2", "opens to nobody's use")
		}
		if f.Hazard > 0 && !aimed(func(s *Segment) bool { return s.Aware != nil }) {
			faults.add(path+".hazard", "give the segments it is aimed at aware: {p: ..., q: ...}", "everybody knows every platform")
		}
	case Component:
		switch {
		case f.Refit != nil:
			m.checkRefit(path, p, faults)
		case f.Worth == 0 && f.Orders == 0:
			faults.add(at, "write worth: 0.2, orders: 0.05 or stage: {name: ...}", "has no effect")
		}
	}
}
