package models

import (
	"fmt"
	"math"
)

// Life is what happens to people of a segment after they join a platform, besides what they
// choose: they settle in, grow content or discontent, and may leave without weighing
// anything. A participant who leaves a platform, by choice or not, is lapsed to it and no
// stranger.
type Life struct {
	Churn      Value   // hazard of leaving a platform, per platform and period
	Early      *Value  // the hazard while new to the platform, where it differs
	Age        *Age    // the hazard by time since joining, which takes the place of Churn and Early; nil: it does not change so
	Onboarding float64 // mean number of periods from joining to regular; 0: regular at once
	Tenure     float64 // added to the worth of keeping a platform one is regular on, money per period
	Winback    float64 // added to the worth of a platform one is lapsed to, money per period
	Mood       *Mood   // nil: everybody is alike content
}

// Mood is how content a user is: a level, the worst first, that reviews of good and bad
// service move by one. It begins in the upper middle and ends when nothing is used.
type Mood struct {
	Churn    []float64 // by level: multiplier of the hazards of leaving; as many as there are levels
	Worth    []float64 // by level: added to the worth of each platform kept, money per period; empty: nothing
	Review   float64   // hazard of a review, per user and period
	Bad      float64   // probability that a review is of bad service
	Unserved float64   // added to it where all orders of the period before went unserved, in proportion for fewer
	Late     float64   // added to it where all orders carried out in the period before came late, in proportion for fewer
	Bearable float64   // share of late orders that nobody minds, taken off before
	Voice    []float64 // by level: how many others what a user says brings, 1 as many as in a segment without moods, below 0 where it warns; empty: 1 for all
	Silence  float64   // share of good experiences that go without a review, so that bad ones weigh more
}

// maxMoods is the largest number of levels of mood.
const maxMoods = 16

// moods is the number of levels that people of the segment tell apart.
func (s *Segment) moods() int {
	switch {
	case s.Life == nil:
		return 0
	case s.Life.Mood == nil:
		return 1
	}
	return max(1, len(s.Life.Mood.Churn))
}

// moods is the number of levels of mood in the whole model, 0 when nobody lives on after joining.
func (m *Model) moods() int {
	most := 0
	for i := range m.Segments {
		most = max(most, m.Segments[i].moods())
	}
	return most
}

// values are the life's numbers that may differ between people, in a fixed order.
func (l *Life) values() []Value {
	if l == nil || l.Age != nil {
		return nil
	}
	if l.Early == nil {
		return []Value{l.Churn}
	}
	return []Value{l.Churn, *l.Early}
}

// ageing is a group's life bound to numbers.
type ageing struct {
	churn   float64   // hazard of leaving a platform as a regular
	early   float64   // as a newcomer
	settle  float64   // hazard of becoming regular
	age     *Age      // hazards by time since joining, of which churn and early are the largest; nil: none
	churns  []float64 // by mood: multiplier of the hazards of leaving
	worths  []float64 // by mood: worth of each platform kept
	tenure  float64
	winback float64
	mood    *Mood
	begin   Standing // mood in which one begins
	worst   float64  // the largest factor that shocks can put on the hazards of leaving

	keeping   []float64 // by mood: factor on a logit weight for each platform kept
	staying   float64   // factor for each platform kept by a regular
	returning float64   // factor for each platform one is lapsed to
}

// bind binds the life to the numbers of one class, picked in the order of values, and to the
// worst that shocks can do to it.
func (l *Life) bind(picked []float64, worst float64) *ageing {
	a := &ageing{worst: worst, churns: []float64{1}, worths: []float64{0}, tenure: l.Tenure, winback: l.Winback, mood: l.Mood, age: l.Age}
	switch {
	case l.Age != nil:
		a.churn, a.early = l.Age.Most(), l.Age.Most()
	case l.Early != nil:
		a.churn, a.early = picked[0], picked[1]
	default:
		a.churn, a.early = picked[0], picked[0]
	}
	if l.Onboarding > 0 {
		a.settle = 1 / l.Onboarding
	}
	if l.Mood != nil {
		a.churns, a.worths = l.Mood.Churn, l.Mood.Worth
		if len(a.worths) == 0 {
			a.worths = make([]float64, len(a.churns))
		}
		a.begin = Standing(len(a.churns) / 2)
	}
	return a
}

// weigh turns worths into factors on logit weights under noise of a scale.
func (a *ageing) weigh(noise float64) {
	a.keeping = make([]float64, len(a.worths))
	for mood, worth := range a.worths {
		a.keeping[mood] = math.Exp(worth / noise)
	}
	a.staying, a.returning = math.Exp(a.tenure/noise), math.Exp(a.winback/noise)
}

// most is the largest hazard of all that life can bring to one who uses at most this many
// platforms.
func (a *ageing) most(platforms int) float64 {
	var most float64
	for _, times := range a.churns {
		each := a.churn * times * a.worst
		if a.settle > 0 {
			each = math.Max(each, a.early*times*a.worst+a.settle)
		}
		most = math.Max(most, each)
	}
	most *= float64(platforms)
	if a.mood != nil {
		most += a.mood.Review
	}
	return most
}

// Lives tells whether people of the group live on after joining.
func (g *Group) Lives() bool { return g.life != nil }

// Lifetime is the expected number of payments, discounted, of one of the group who has just joined
// a platform, pays at once and in every period, and leaves by life alone: 1/h at a hazard h, longer
// by those who have settled in, or the sum of the survival curve where hazards go by age. The
// group must live.
func (g *Group) Lifetime(discount float64) float64 {
	a, keep := g.life, 1/(1+discount)
	regular := math.Min(longest, 1/(1-(1-a.churn)*keep))
	switch {
	case a.age != nil:
		var sum float64
		alive, worth := 1.0, 1.0
		for t := 1; t <= maxAge && alive*worth > 1e-9; t++ {
			sum += alive * worth
			alive *= 1 - a.age.Hazard(t)
			worth *= keep
		}
		return sum
	case a.settle > 0:
		return math.Min(longest, (1+a.settle*keep*regular)/(1-math.Max(0, 1-a.early-a.settle)*keep))
	}
	return regular
}

// longest stands for a lifetime without end.
const longest = 1e12

// Moods is the number of levels of mood that people of the group tell apart, at least 1.
func (g *Group) Moods() int {
	if g.life == nil {
		return 1
	}
	return len(g.life.churns)
}

// MostLife is the largest hazard, per period, of all that life can bring to one person of
// the group: the same in every market and under every policy.
func (g *Group) MostLife() float64 {
	if g.life == nil {
		return 0
	}
	return g.life.most(g.most)
}

// begins is the mood in which people of the group begin to use a platform.
func (g *Group) begins() Standing {
	if g.life == nil {
		return 0
	}
	return g.life.begin
}

// joined is the digit of a platform that one of the group has just joined.
func (g *Group) joined(s *Standings) Standing {
	if g.life != nil && g.life.settle > 0 {
		return newDigit
	}
	return s.using
}

// left is the digit of a platform that one of the group has just left.
func (g *Group) left() Standing {
	if g.life != nil {
		return lapsedDigit
	}
	return awareDigit
}

// Begin is where people of a group stand who use a bundle at period 0: regular on what they
// use, and aware of it, or of everything where there is no awareness gate.
func (l *Law) Begin(group int, used Homing) Standing {
	g, known := &l.Groups[group], used
	if !g.Gated() {
		known = Homing(1<<l.Platforms - 1)
	}
	at := l.Standings.Of(known, used)
	if used != 0 {
		at += g.begins() * l.Standings.relations
	}
	return at
}

// Live fills the row with what life may bring to people of a standing this period: they
// leave a platform, become regular on one, or change their mood. The row adds up hazards
// and ends at their sum, not at one; at most one of them happens in a period. Where hazards
// depend on the time since joining they are the largest, so that a row of LiveAged never
// ends beyond it.
func (f *Field) Live(row *Row, at Standing) { f.live(row, at, nil) }

// LiveAged is Live for one who joined each platform it uses so many periods ago, at least one;
// the ages are by platform. The group must have hazards by age.
func (f *Field) LiveAged(row *Row, at Standing, ages []int) { f.live(row, at, ages) }

func (f *Field) live(row *Row, at Standing, ages []int) {
	row.clear()
	st, a := f.standings, f.Group.life
	used := st.Used[at]
	if a == nil || used == 0 {
		return
	}
	mood := int(st.Mood[at])
	var sum float64
	for k := range st.Platforms {
		if !used.Has(k) {
			continue
		}
		churn := a.churn
		if st.New[at].Has(k) {
			churn = a.early
			if f.eased != nil {
				churn *= 1 - f.eased[k]
			}
		}
		if ages != nil {
			churn = a.age.Hazard(ages[k])
		}
		if f.churn != nil {
			churn *= f.churn[k]
		}
		if churn *= a.churns[mood]; churn > 0 {
			sum += churn
			row.add(st.moved(at, used&^(1<<k), newDigit, lapsedDigit, 0), sum)
		}
		if st.New[at].Has(k) {
			sum += a.settle
			row.add(at+st.places[1<<k], sum)
		}
	}
	if a.mood == nil || a.mood.Review == 0 {
		return
	}
	bad := f.bad(used)
	if mood > 0 && bad > 0 {
		sum += a.mood.Review * bad
		row.add(at-st.relations, sum)
	}
	if good := (1 - bad) * (1 - a.mood.Silence); mood < len(a.churns)-1 && good > 0 {
		sum += a.mood.Review * good
		row.add(at+st.relations, sum)
	}
}

// bad is the probability that a review by one who uses a bundle is of bad service: a user of
// several platforms meets each of them alike.
func (f *Field) bad(used Homing) float64 {
	m := f.Group.life.mood
	bad := m.Bad
	if m.Unserved > 0 {
		bad += m.Unserved * sumOver(used, f.unserved) / float64(used.Count())
	}
	if m.Late > 0 {
		bad += m.Late * math.Max(0, sumOver(used, f.late)/float64(used.Count())-m.Bearable)
	}
	return math.Min(1, bad)
}

// sumOver is the sum of a number by platform over those of a bundle.
func sumOver(used Homing, by []float64) float64 {
	var sum float64
	for k, x := range by {
		if used.Has(k) {
			sum += x
		}
	}
	return sum
}

// worth is what life adds to the worth of a bundle for one of a standing: its mood and its
// habit on the platforms kept, and its past on those it comes back to.
func (a *ageing) worth(st *Standings, s Homing, at Standing) float64 {
	used, lapsed := st.Used[at], st.Lapsed[at]
	kept := s & used
	return float64(kept.Count())*a.worths[st.Mood[at]] + float64((kept&^st.New[at]).Count())*a.tenure + float64((s&lapsed).Count())*a.winback
}

// weight is the factor that worth puts on a logit weight.
func (a *ageing) weight(st *Standings, s Homing, at Standing) float64 {
	w := 1.0
	for kept := (s & st.Used[at]).Count(); kept > 0; kept-- {
		w *= a.keeping[st.Mood[at]]
	}
	for stays := (s & st.Used[at] &^ st.New[at]).Count(); stays > 0; stays-- {
		w *= a.staying
	}
	for back := (s & st.Lapsed[at]).Count(); back > 0; back-- {
		w *= a.returning
	}
	return w
}

// checkLife looks at what happens to people of a segment after they join.
func (m *Model) checkLife(path string, s *Segment, faults *Faults) {
	l := s.Life
	if l == nil {
		return
	}
	path += ".life"
	before := len(*faults)
	if l.Age != nil {
		m.checkAge(path, l, faults)
	} else {
		m.checkHazard(path+".churn", l.Churn, faults)
	}
	if l.Early != nil {
		m.checkHazard(path+".early", *l.Early, faults)
	}
	if l.Onboarding != 0 && !(l.Onboarding >= 1 || m.Clock.Kind == ClockAsync && l.Onboarding > 0) || math.IsInf(l.Onboarding, 0) {
		faults.add(path+".onboarding", "give at least one period, such as 30d, or leave it out", "newcomers cannot become regular after %.6g periods on average", l.Onboarding)
	}
	checkWorth(path+".tenure", l.Tenure, faults)
	checkWorth(path+".winback", l.Winback, faults)
	if mood := l.Mood; mood != nil {
		checkMood(path+".mood", mood, faults)
		m.checkVoice(path+".mood.voice", s, faults)
	}
	if len(m.Platforms) <= MaxPlatforms {
		if n := power(5, len(m.Platforms)) * max(1, m.moods()); n > maxStandings {
			faults.add(path, "use fewer platforms, or fewer levels of mood", "%d platforms and %d levels of mood make %d ways to stand, more than the %d that can be told apart",
				len(m.Platforms), max(1, m.moods()), n, maxStandings)
		}
	}
	if len(*faults) > before || m.Clock.Kind != ClockSync {
		return
	}
	picked := make([]float64, 0, 2)
	for _, v := range l.values() {
		picked = append(picked, v.class(v.classes()-1))
	}
	revision := m.Clock.Revision
	if s.Revision != nil {
		revision = *s.Revision
	}
	if most := l.bind(picked, m.worstChurn(s)).most(s.mostPlatforms(len(m.Platforms))); revision+most > 1 {
		faults.add(path, "lower the hazards or the revision, give the horizon a shorter unit, or write clock: {kind: async, rate: ...}",
			"revision %.4g and life events of up to %.4g are more than one event per person and period", revision, most)
	}
}

// checkHazard looks at a hazard of leaving: a probability per period, or with the
// asynchronous clock a rate; or a beta distribution of either over people.
func (m *Model) checkHazard(path string, v Value, faults *Faults) {
	if v.SD != 0 {
		faults.add(path, "give {beta: [a, b], classes: ...}", "a hazard cannot be normal over people: it is never negative")
		return
	}
	if v.Beta != [2]float64{} || v.Classes != 0 {
		checkBeta(path, v, faults)
		return
	}
	most := 1.0
	if m.Clock.Kind == ClockAsync {
		most = maxRate
	}
	checkRange(path, v.Mean, 0, most, faults)
}

func checkMood(path string, mood *Mood, faults *Faults) {
	levels := len(mood.Churn)
	if levels < 2 || levels > maxMoods {
		faults.add(path+".churn", fmt.Sprintf("give 2 to %d numbers, the worst mood first", maxMoods), "a mood cannot have %d levels", levels)
	}
	for i, x := range mood.Churn {
		checkRange(fmt.Sprintf("%s.churn[%d]", path, i), x, 0, maxRate, faults)
	}
	if n := len(mood.Worth); n != 0 && n != levels && levels > 1 {
		faults.add(path+".worth", fmt.Sprintf("give %d numbers, one for each level", levels), "%d worths for %d levels of mood", n, levels)
	}
	for i, x := range mood.Worth {
		checkWorth(fmt.Sprintf("%s.worth[%d]", path, i), x, faults)
	}
	checkRange(path+".review", mood.Review, 0, maxRate, faults)
	checkRange(path+".bad", mood.Bad, 0, 1, faults)
	checkRange(path+".unserved", mood.Unserved, 0, 1, faults)
	checkRange(path+".late", mood.Late, 0, 1, faults)
	checkRange(path+".bearable", mood.Bearable, 0, 1, faults)
	checkRange(path+".silence", mood.Silence, 0, 1, faults)
}
