package models

import (
	"fmt"
	"math"
)

// LifeStage is where a platform stands in its life cycle: it looks for enough users to prove itself,
// grows, has most of those it will get, or loses them. The zero value is before the first look.
type LifeStage int

// The stages, in the order in which a life passes them; a new lease of life leads back to growth.
const (
	Exploration LifeStage = 1 + iota
	Growth
	Maturity
	Decline
)

// String is the stage's name.
func (s LifeStage) String() string {
	names := [...]string{"none", "exploration", "growth", "maturity", "decline"}
	if s < 0 || int(s) >= len(names) {
		return fmt.Sprintf("stage(%d)", int(s))
	}
	return names[s]
}

// StageRule says what the stages of a life cycle are told by: the growth of a series over a window,
// as Polli and Cook (1969, Journal of Business 42(4), 385-400) tell stages of a product's life by
// the change of its sales, the share of the people that it has reached (the 2.5% of innovators of
// Rogers 1962, Diffusion of Innovations), and what is left of its peak.
type StageRule struct {
	Of     string  // the series: participants, orders or gmv
	Window int     // periods over which growth is measured; 1 or more
	Proof  float64 // share of the people, or for orders and gmv of one each per period, that ends exploration
	Fast   float64 // growth over the window above which it grows
	Slow   float64 // growth over the window below which it has stopped growing, at most Fast
	Fall   float64 // share of the peak lost that is decline
	Hold   int     // periods for which a change must hold before it counts; 1 or more
}

// The series that stages may be told by.
const (
	StageOfParticipants = "participants"
	StageOfOrders       = "orders"
	StageOfGMV          = "gmv"
)

// StageSeries lists the series.
func StageSeries() []string { return []string{StageOfParticipants, StageOfOrders, StageOfGMV} }

// Cycle follows one series through its stages. Make it by NewCycle.
type Cycle struct {
	rule  StageRule
	past  []float64 // a ring of the last window
	seen  int
	peak  float64
	stage LifeStage
	next  LifeStage // that has been asked for
	held  int       // periods in a row
}

// NewCycle begins with exploration.
func NewCycle(rule StageRule) *Cycle {
	return &Cycle{rule: rule, past: make([]float64, max(1, rule.Window)), stage: Exploration}
}

// Indicators are what set a stage.
type Indicators struct {
	Stage  LifeStage
	Growth float64 // relative growth over the window; NaN before there is one, or from nothing
	OfPeak float64 // the series over the largest it has been; NaN before anything
}

// Next takes the series of one more period and the share of the people that it stands for, and
// tells the stage. A change of stage must hold for some periods, and the borders of growth differ
// by the way they are passed, so that luck does not make it flicker.
func (c *Cycle) Next(x, share float64) Indicators {
	at := Indicators{Growth: math.NaN(), OfPeak: math.NaN()}
	slot := c.seen % len(c.past)
	if before := c.past[slot]; c.seen >= len(c.past) && before > 0 {
		at.Growth = x/before - 1
	}
	c.past[slot] = x
	c.seen++
	if c.peak = math.Max(c.peak, x); c.peak > 0 {
		at.OfPeak = x / c.peak
	}
	wanted := c.wants(at, share)
	switch {
	case wanted == c.stage:
		c.held = 0
	case wanted == c.next:
		c.held++
	default:
		c.next, c.held = wanted, 1
	}
	if c.held >= max(1, c.rule.Hold) {
		c.stage, c.held = wanted, 0
	}
	at.Stage = c.stage
	return at
}

// wants is the stage that the indicators of one period ask for, given the one before.
func (c *Cycle) wants(at Indicators, share float64) LifeStage {
	fallen := at.OfPeak <= 1-c.rule.Fall
	switch {
	case math.IsNaN(at.Growth):
		return c.stage
	case c.stage == Exploration:
		switch {
		case share >= c.rule.Proof && at.Growth > c.rule.Slow:
			return Growth
		case share >= c.rule.Proof:
			return Maturity
		}
	case at.Growth > c.rule.Fast:
		return Growth
	case fallen && at.Growth < c.rule.Slow:
		return Decline
	case c.stage == Growth && at.Growth <= c.rule.Slow, c.stage == Decline && !fallen:
		return Maturity
	}
	return c.stage
}

// LifeStages are the stages of a whole series, by period, given the number of people it could reach.
func LifeStages(rule StageRule, series []float64, people float64) []LifeStage {
	c := NewCycle(rule)
	list := make([]LifeStage, len(series))
	for i, x := range series {
		list[i] = c.Next(x, x/people).Stage
	}
	return list
}

// Economics asks for what participants cost and are worth.
type Economics struct {
	Discount float64 // of money per period
}

// LifetimeValue is what one member brings who brings a margin in each period, the first at once,
// and leaves with a probability after each: m (1 + d)/(d + h) at a discount d. It is at most MaxMoney
// of either sign, which stands for the infinite one of who never leaves undiscounted.
func LifetimeValue(margin, leaving, discount float64) float64 {
	if leaving+discount <= 0 {
		return math.Copysign(MaxMoney, margin)
	}
	return math.Max(-MaxMoney, math.Min(MaxMoney, margin*(1+discount)/(discount+leaving)))
}

// Payback is the number of payments after which a member has brought in what it cost to win it, NaN
// if that is never: the least n with m (1 + ... + r^(n-1)) >= cost, where r is the chance of staying
// over 1 + d.
func Payback(cost, margin, leaving, discount float64) float64 {
	if cost <= 0 {
		return 0
	}
	r := (1 - leaving) / (1 + discount)
	switch rest := 1 - cost*(1-r)/margin; {
	case margin <= 0 || rest <= 0 && r < 1:
		return math.NaN()
	case r >= 1:
		return math.Ceil(cost / margin)
	case r <= 0:
		return 1
	default:
		return math.Ceil(math.Log(rest)/math.Log(r) - 1e-9)
	}
}

func (m *Model) checkMeasures(faults *Faults) {
	if e := m.Economics; e != nil {
		checkRange("study.economics.discount", e.Discount, 0, 1, faults)
	}
	s := m.LifeCycle
	if s == nil {
		return
	}
	const path = "study.life_cycle"
	if s.Window < 1 || s.Window > maxPeriods {
		faults.add(path+".window", "give at least one period, such as 28d", "growth cannot be measured over %d periods", s.Window)
	}
	if s.Hold < 1 || s.Hold > maxPeriods {
		faults.add(path+".hold", "give at least one period, such as 7d", "a change cannot hold for %d periods", s.Hold)
	}
	checkRange(path+".proof", s.Proof, 0, maxRate, faults)
	checkRange(path+".fast", s.Fast, -1, maxRate, faults)
	checkRange(path+".fall", s.Fall, 0, 1, faults)
	checkRange(path+".slow", s.Slow, -1, maxRate, faults)
	if s.Slow > s.Fast {
		faults.add(path+".slow", "give at most the growth of fast", "%g is above %g, so that a series could be growing and not growing at once", s.Slow, s.Fast)
	}
}
