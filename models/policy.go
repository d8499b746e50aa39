package models

import (
	"math"
	"strings"
)

// Instrument is what a policy pays for.
type Instrument string

// The instruments: money once to each participant who joins, per order (to those who place
// it or, on the side that fulfils, to those who fulfil it), or per period to each
// participant who stays.
const (
	PayJoin   Instrument = "join"
	PayOrder  Instrument = "per_order"
	PayPeriod Instrument = "per_period"
)

// Instruments lists what a policy can pay for.
func Instruments() []string {
	return []string{string(PayJoin), string(PayOrder), string(PayPeriod)}
}

// Policy is a platform's subsidy: whom it pays, for what, how much when, and until which
// budget. A budget is hard: claims beyond the money left go unpaid and the offer ends.
type Policy struct {
	Name       string
	Platform   string
	Target     Target
	Instrument Instrument
	Shape      Shape // money per claim over time
	From       int   // first period in which it is offered; 0 and 1 both mean the first
	Until      int   // last period in which it is offered; 0 means the last of the horizon
	Limited    bool  // whether Budget binds
	Budget     Money
}

// Target is whom a policy pays; an empty name stands for all.
type Target struct {
	Side    string
	Segment string
	Region  string
}

// Shape is an amount of money per claim as it runs over time.
type Shape interface {
	// At is the amount in units of money, elapsed periods after the policy began; 0 is its
	// first period.
	At(elapsed float64) float64
	// check reports what is wrong with the shape's own numbers.
	check(path string, faults *Faults)
}

// Constant pays the same amount throughout.
type Constant struct{ Amount float64 }

// At is the amount, whenever.
func (c Constant) At(float64) float64 { return c.Amount }

// Ramp moves in a straight line from one amount to another over some periods and stays there.
type Ramp struct {
	From, To float64 // money per claim
	Over     float64 // periods from the first amount to the last
}

// At is the amount on the line.
func (r Ramp) At(elapsed float64) float64 {
	if elapsed >= r.Over {
		return r.To
	}
	return r.From + (r.To-r.From)*elapsed/r.Over
}

// Pulse pays an amount for some periods, once or again and again.
type Pulse struct {
	Amount float64 // money per claim while it is on
	For    float64 // periods it stays on
	Every  float64 // periods from one beginning to the next; 0 means once
}

// At is the amount while the pulse is on, else zero.
func (p Pulse) At(elapsed float64) float64 {
	if p.Every > 0 {
		elapsed = math.Mod(elapsed, p.Every)
	}
	if elapsed < p.For {
		return p.Amount
	}
	return 0
}

func (c Constant) check(path string, faults *Faults) {
	checkAmount(path+".constant", c.Amount, faults)
}

func (r Ramp) check(path string, faults *Faults) {
	checkAmount(path+".ramp.from", r.From, faults)
	checkAmount(path+".ramp.to", r.To, faults)
	if !(r.Over > 0) || math.IsInf(r.Over, 0) {
		faults.add(path+".ramp.over", "give a length above 0, such as 26w", "a ramp cannot take %g periods", r.Over)
	}
}

func (p Pulse) check(path string, faults *Faults) {
	checkAmount(path+".pulse.amount", p.Amount, faults)
	if !(p.For > 0) {
		faults.add(path+".pulse.for", "give a length above 0, such as 7d", "a pulse cannot last %g periods", p.For)
	}
	checkWholePeriods(path+".pulse.for", p.For, faults)
	checkWholePeriods(path+".pulse.every", p.Every, faults)
	if p.Every < 0 || (p.Every > 0 && p.Every < p.For) {
		faults.add(path+".pulse.every", "give a length of at least `for`, or leave it out for a single pulse",
			"pulses of %g periods cannot come every %g", p.For, p.Every)
	}
}

// checkWholePeriods refuses a length that a market of whole periods would round.
func checkWholePeriods(path string, length float64, faults *Faults) {
	if math.Abs(length-math.Round(length)) > 1e-9*math.Max(1, math.Abs(length)) {
		faults.add(path, "give a whole number of periods, or a horizon with a shorter unit", "%.6g periods cannot be paid for, which are paid whole", length)
	}
}

// checkAmount refuses an amount that is not a sum of money a platform could pay.
func checkAmount(path string, amount float64, faults *Faults) {
	if !(amount >= 0) || amount > MaxMoney {
		faults.add(path, "give an amount of money, 0 or more", "%g cannot be paid", amount)
	}
}

// Amount is what the policy pays per claim in a period, before its budget has a say.
func (p *Policy) Amount(period int) Money {
	from := max(p.From, 1)
	if period < from || (p.Until > 0 && period > p.Until) {
		return 0
	}
	return MoneyOf(p.Shape.At(float64(period - from)))
}

// String names what the target names, such as "of side merchants and region north".
func (t Target) String() string {
	var parts []string
	for _, part := range []struct{ kind, name string }{{"side", t.Side}, {"segment", t.Segment}, {"region", t.Region}} {
		if part.name != "" {
			parts = append(parts, part.kind+" "+part.name)
		}
	}
	if len(parts) == 0 {
		return "anyone"
	}
	return "of " + strings.Join(parts, " and ")
}

// Covers tells whether the policy pays people of this side, segment and region.
func (t Target) Covers(side, segment, region string) bool {
	return (t.Side == "" || t.Side == side) &&
		(t.Segment == "" || t.Segment == segment) &&
		(t.Region == "" || t.Region == region)
}

// Covered lists the groups that a target covers.
func (l *Law) Covered(t Target) []int {
	var groups []int
	for g := range l.Groups {
		if s := &l.Model.Segments[l.Groups[g].Segment]; t.Covers(s.Side, s.Name, s.Region) {
			groups = append(groups, g)
		}
	}
	return groups
}

// Settlement is how a period's claims on one policy were met.
type Settlement struct {
	Claims float64 // how many were made
	Paid   float64 // how many were paid in full
	Rest   Money   // what the next claimant received of the last money, less than one claim
	Spent  Money   // all the money paid out
}

// Unpaid is the number of claims that were not paid in full.
func (s Settlement) Unpaid() float64 { return s.Claims - s.Paid }

// Settle meets claims of one amount from the money left: all of them if it suffices, else
// as many as it covers, the remainder going to one claimant more, so that an exhausted
// budget is spent to its last micro-unit. A policy without a limit passes a negative left.
func Settle(claims int64, amount, left Money) Settlement {
	s := Settlement{Claims: float64(claims), Paid: float64(claims)}
	switch {
	case amount <= 0 || claims <= 0:
	case left < 0 || claims <= int64(left/amount):
		s.Spent = Money(claims) * amount
	default:
		s.Paid = float64(left / amount)
		s.Rest = left % amount
		s.Spent = left
	}
	return s
}

// SettleShare meets an expected number of claims from the money left: every claim gets the
// same share of its amount, all of it when the money suffices.
func SettleShare(claims float64, amount, left Money) Settlement {
	s := Settlement{Claims: claims, Paid: claims}
	if amount <= 0 || claims <= 0 {
		return s
	}
	s.Spent = Times(claims, amount)
	if left >= 0 && s.Spent > left {
		s.Spent = left
		s.Paid = float64(left) / float64(amount)
	}
	return s
}
