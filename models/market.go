package models

import "slices"

// Market is what everybody sees at the start of a period: who used what at the end of the
// period before, and what was ordered in it. Crowds are indexed as in Law.Crowds.
type Market struct {
	Period int
	Users  [][]float64 // [crowd][homing]: participants who use exactly these platforms; whole numbers but for engines of expectations
	Orders [][]float64 // [crowd][platform]: orders fulfilled by or placed by the crowd in the period before

	// [crowd][platform]: of the orders placed in the crowd's market in the period before, the
	// share that nobody fulfilled; only where people live on after joining.
	Unserved [][]float64

	// The same by crowd and platform, where some platform has a chain of stages: of the orders
	// carried out in the period before, the share that came late.
	Late [][]float64

	// The same: how users speak of the platform, by their mood at the start of the period; nil where
	// moods change nothing of that.
	Tone [][]float64
}

// NewMarket makes an empty market for a law.
func NewMarket(l *Law) *Market {
	m := &Market{Users: make([][]float64, len(l.Crowds)), Orders: make([][]float64, len(l.Crowds)), Unserved: make([][]float64, len(l.Crowds)), Late: make([][]float64, len(l.Crowds))}
	for c := range l.Crowds {
		m.Users[c] = make([]float64, 1<<l.Platforms)
		m.Orders[c] = make([]float64, l.Platforms)
		m.Unserved[c] = make([]float64, l.Platforms)
		m.Late[c] = make([]float64, l.Platforms)
	}
	if l.Voiced() {
		for range l.Crowds {
			m.Tone = append(m.Tone, slices.Repeat([]float64{1}, l.Platforms))
		}
	}
	return m
}

// Touching is the number of a crowd's participants who use at least one platform of the set.
func (m *Market) Touching(crowd int, set Homing) float64 {
	var n float64
	for h, users := range m.Users[crowd] {
		if Homing(h)&set != 0 {
			n += users
		}
	}
	return n
}

// Offers is what the policies hold out in one period, by group and platform, after every
// budget has had its say.
type Offers struct {
	Join   [][]float64 // money once, to those who join
	Order  [][]float64 // money per order placed or fulfilled
	Period [][]float64 // money per period, to those who stay; negative where they pay more
	Alone  [][]float64 // money per period lost by those who use another platform beside it
	Hazard [][]float64 // bought rate of becoming aware, per period

	// Related is what is offered to those alone who stand in a relation to the platform, by
	// relation: money per period to newcomers and regulars, and once to the lapsed who
	// return. It is nil in a law whose policies tell nobody apart.
	Related [][][]float64

	Under *Conditions // under which they are made; nil where nothing depends on the date

	// Eased is the part of the hazard of leaving while new that is taken away; nil in a law
	// without onboarding.
	Eased [][]float64

	// Worth is what features and ads add to the worth of a platform: no money, so that
	// price_sensitivity does not weigh it; nil in a law without them.
	Worth [][]float64

	all []float64
}

// NewOffers makes an empty set of offers for a law.
func NewOffers(l *Law) *Offers {
	o := &Offers{Under: l.conditions()}
	tables := []*[][]float64{&o.Join, &o.Order, &o.Period, &o.Alone, &o.Hazard}
	if slices.ContainsFunc(l.Rules, func(r Rule) bool { return r.Target.Relation != "" }) {
		o.Related = make([][][]float64, len(relations))
		for i := range o.Related {
			tables = append(tables, &o.Related[i])
		}
	}
	if slices.ContainsFunc(l.Rules, func(r Rule) bool { return r.Instrument == Onboarding }) {
		tables = append(tables, &o.Eased)
	}
	if l.adds() {
		tables = append(tables, &o.Worth)
	}
	o.all = make([]float64, len(tables)*len(l.Groups)*l.Platforms)
	rest := o.all
	for _, t := range tables {
		*t = make([][]float64, len(l.Groups))
		for g := range l.Groups {
			(*t)[g], rest = rest[:l.Platforms:l.Platforms], rest[l.Platforms:]
		}
	}
	return o
}

// adds tells whether features or ads add to what platforms are worth.
func (l *Law) adds() bool {
	return slices.ContainsFunc(l.Rules, func(r Rule) bool { return r.Instrument.Builds() && (r.Feature.Worth != 0 || r.Feature.Same != 0) }) ||
		slices.ContainsFunc(l.Model.Platforms, func(p Platform) bool { return p.Income != nil && p.Income.Ads != nil && p.Income.Ads.Worth != 0 })
}

// Clear takes every offer back; the conditions stay.
func (o *Offers) Clear() { clear(o.all) }
