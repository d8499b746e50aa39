package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"flywheel/models"
	"flywheel/results"
	"flywheel/scenarios"
	"flywheel/sim/study"
)

// levers are what an optimisation moves: numbers of policies, and how the budget is divided
// among them. The budgets of all policies of the platform together never exceed it.
type levers struct {
	platform  string
	inputs    []study.Input
	builder   *scenarios.Builder // of the inputs, then the budget of every policy
	policies  []string           // those whose budgets are set
	budgets   []float64          // what each may spend when nothing divides the budget anew
	divided   bool               // whether the division is searched
	budget    float64
	resolved  []byte   // the scenario that the builder changes
	retired   []string // own policies that the new ones take the place of
	fresh     []policy // the new ones
	own, none *models.Law
}

// policy is a subsidy that stands where the scenario has none of that form.
type policy struct {
	name, side, instrument string
	most                   float64 // the largest amount worth trying
}

// dimensions is how many numbers are searched.
func (l *levers) dimensions() int {
	if l.divided {
		return len(l.inputs) + len(l.policies) - 1
	}
	return len(l.inputs)
}

// levers finds the platform and what may be moved.
func (o *optimising) levers(q *inquiry) (*levers, error) {
	m := q.law.Model
	if o.platform == "" {
		o.platform = m.Platforms[0].Name
		if len(m.Policies) > 0 {
			o.platform = m.Policies[0].Platform
		}
	}
	var names []string
	for _, p := range m.Platforms {
		names = append(names, p.Name)
	}
	if !slices.Contains(names, o.platform) {
		return nil, wrong("--platform: no platform is called %q; %s", o.platform, meant(o.platform, names, "use one of: "+strings.Join(names, ", ")))
	}
	l := &levers{platform: o.platform, budget: o.budget}
	var own []models.Policy
	for _, p := range m.Policies {
		if p.Platform == o.platform {
			own = append(own, p)
		}
	}
	if err := l.laws(q.scenario, own); err != nil {
		return nil, err
	}
	if len(o.vary) > 0 {
		return l, l.named(q.scenario, own, o.vary)
	}
	return l, l.derive(q, own, o.objective == leastSubsidy)
}

// laws are the market with the platform's own policies under the budget, and with none of them.
func (l *levers) laws(s *scenarios.Scenario, own []models.Policy) error {
	var paths, capped, zero []string
	for i, budget := range shares(own, l.budget) {
		paths = append(paths, "policies."+own[i].Name+".budget")
		capped, zero = append(capped, results.Exact(budget)), append(zero, "0")
	}
	b, err := s.Builder("", paths...)
	if err != nil {
		return err
	}
	for _, each := range []struct {
		law    **models.Law
		values []string
	}{{&l.own, capped}, {&l.none, zero}} {
		m, _, err := b.Build(each.values)
		if err != nil {
			return err
		}
		if *each.law, err = models.Compile(m); err != nil {
			return err
		}
	}
	return nil
}

// shares are the budgets of policies, made smaller alike where they exceed a whole together. A policy
// without a budget counts as one of the whole.
func shares(policies []models.Policy, whole float64) []float64 {
	var sum float64
	list := make([]float64, len(policies))
	for i, p := range policies {
		list[i] = whole
		if p.Limited {
			list[i] = p.Budget.Units()
		}
		sum += list[i]
	}
	if sum > whole {
		for i := range list {
			list[i] = cents(list[i] / sum * whole)
		}
	}
	return list
}

// cents rounds an amount down to a hundredth, so that parts never exceed the whole.
func cents(x float64) float64 { return math.Floor(x*100) / 100 }

// named moves numbers of the scenario's own policies.
func (l *levers) named(s *scenarios.Scenario, own []models.Policy, vary []string) (err error) {
	if len(own) == 0 {
		return wrong("--vary: platform %s has no policies; leave --vary out to search new ones", l.platform)
	}
	if l.inputs, _, err = s.Vary("", vary); err != nil {
		return failure{exitUsage, err}
	}
	if err := (&inquiry{inputs: l.inputs}).ranges(); err != nil {
		return err
	}
	l.budgets = shares(own, l.budget)
	return l.bind(s, own)
}

// bind prepares the builder of inputs and budgets.
func (l *levers) bind(s *scenarios.Scenario, policies []models.Policy) (err error) {
	var paths []string
	for _, in := range l.inputs {
		paths = append(paths, in.Path)
	}
	for _, p := range policies {
		path := "policies." + p.Name + ".budget"
		if slices.Contains(paths, path) {
			return wrong("--vary %s: budgets follow from --budget; vary amounts and ends, or leave --vary out to search the division too", path)
		}
		l.policies = append(l.policies, p.Name)
		paths = append(paths, path)
	}
	l.resolved = s.Resolved()
	l.builder, err = s.Builder("", paths...)
	return err
}

// derive puts a constant payment to each side in the place of the platform's own policies: how
// much, until when, and which part of the budget.
func (l *levers) derive(q *inquiry, own []models.Policy, endsEarly bool) error {
	var set, vary []string
	for _, p := range own {
		l.retired = append(l.retired, p.Name)
		set = append(set, "policies."+p.Name+".budget=0")
	}
	last := q.law.Model.Horizon.Periods
	if endsEarly {
		last = max(1, last*3/4) // what is reached must hold without money
	}
	var fresh []models.Policy
	for _, side := range q.law.Sides {
		p := policy{name: "search-" + side, side: side, instrument: instrumentOf(q.law, l.platform, side)}
		p.most = mostWorthPaying(q.law, side, p.instrument)
		l.fresh = append(l.fresh, p)
		fresh = append(fresh, models.Policy{Name: p.name})
		set = append(set, "policies=["+p.text(l.platform, "1", "1", "0")+"]")
		vary = append(vary, fmt.Sprintf("policies.%s.shape.constant=%s:%s:log", p.name, results.Exact(rounded(p.most/200)), results.Exact(rounded(p.most))))
		if last > 1 {
			vary = append(vary, fmt.Sprintf("policies.%s.until=1:%d", p.name, last))
		}
	}
	s, err := scenarios.Read("resolved.yaml", q.scenario.Resolved(), scenarios.Options{Set: set})
	if err != nil {
		return fmt.Errorf("bug: the policies of a search cannot stand: %w", err)
	}
	if l.inputs, _, err = s.Vary("", vary); err != nil {
		return fmt.Errorf("bug: the levers of a search cannot stand: %w", err)
	}
	l.divided = true
	return l.bind(s, fresh)
}

// text is a policy as a scenario writes it on one line.
func (p policy) text(platform, amount, until, budget string) string {
	return fmt.Sprintf("{name: %s, platform: %s, side: %s, instrument: %s, shape: {constant: %s}, until: %s, budget: %s}",
		p.name, platform, p.side, p.instrument, amount, until, budget)
}

// instrumentOf is what a side is paid for: as the platform's own policy has it, or any other
// platform's, else orders where the side places them, and staying where it does not.
func instrumentOf(l *models.Law, platform, side string) string {
	for _, rival := range []bool{false, true} {
		for _, p := range l.Model.Policies {
			if (p.Platform != platform) == rival && p.Target.Side == side {
				return string(p.Instrument)
			}
		}
	}
	for _, s := range l.Model.Segments {
		if s.Side == side && s.Orders.Rate > 0 {
			return string(models.PayOrder)
		}
	}
	return string(models.PayPeriod)
}

// mostWorthPaying is an amount that would outweigh everything else a person of the side
// weighs: the worth of using nothing, network effects, and five scales of noise.
func mostWorthPaying(l *models.Law, side, instrument string) float64 {
	most := 0.0
	for _, s := range l.Model.Segments {
		if s.Side != side {
			continue
		}
		noise := l.Model.Noise
		if s.Noise != nil {
			noise = *s.Noise
		}
		worth := 5*noise.Scale + math.Abs(s.Outside.Value)
		for _, v := range s.Value {
			worth = math.Max(worth, math.Abs(v.Mean)+5*noise.Scale)
		}
		if s.PriceSensitivity > 0 {
			worth /= s.PriceSensitivity
		}
		switch {
		case instrument == string(models.PayOrder) && s.Orders.Rate > 0:
			worth /= s.Orders.Rate
		case instrument == string(models.PayJoin):
			worth *= 10
		}
		most = math.Max(most, worth)
	}
	if !(most > 0) || math.IsInf(most, 0) {
		return 1
	}
	return math.Min(most, models.MaxMoney)
}

// divide is the budget of every policy at a point.
func (l *levers) divide(u []float64) []float64 {
	if !l.divided {
		return l.budgets
	}
	left := l.budget
	list := make([]float64, len(l.policies))
	for i := range list {
		list[i] = cents(left)
		if k := len(l.inputs) + i; k < len(u) {
			list[i] = cents(left * u[k])
		}
		left -= list[i]
	}
	return list
}

// values are what the builder takes at a point, all budgets cut to a part.
func (l *levers) values(u []float64, part float64) []string {
	var list []string
	for i, in := range l.inputs {
		x := rounded(in.Number(u[i]))
		list = append(list, in.Text(x))
	}
	for _, budget := range l.divide(u) {
		list = append(list, results.Exact(cents(budget*part)))
	}
	return list
}

// part is the market at a point with a part of every budget.
func (l *levers) part(u []float64, part float64) (*models.Law, error) {
	m, _, err := l.builder.Build(l.values(u, part))
	if err != nil {
		return nil, err
	}
	return models.Compile(m)
}

// words are a point's numbers as people read them.
func (l *levers) words(u []float64) []string {
	values := l.values(u, 1)
	var list []string
	for i, path := range l.builder.Paths() {
		list = append(list, path+"="+values[i])
	}
	return list
}

// overlay is a document that makes the scenario's policies those of a point.
func (l *levers) overlay(u []float64) ([]byte, error) {
	values := l.values(u, 1)
	if !l.divided {
		return l.builder.Overlay(values)
	}
	var b strings.Builder
	b.WriteString("policies:\n")
	for _, name := range l.retired {
		fmt.Fprintf(&b, "  - {name: %s, budget: 0}\n", name)
	}
	at := func(path string) string {
		if i := slices.Index(l.builder.Paths(), path); i >= 0 {
			return values[i]
		}
		return "1"
	}
	for _, p := range l.fresh {
		path := "policies." + p.name
		fmt.Fprintf(&b, "  - %s\n", p.text(l.platform, at(path+".shape.constant"), at(path+".until"), at(path+".budget")))
	}
	return []byte(b.String()), nil
}
