package models

import (
	"fmt"
	"math"
	"slices"
)

// Shape is how much a policy offers as time goes by, in the unit of its instrument.
type Shape interface {
	// At is the amount, elapsed periods after the policy began; 0 is its first period.
	At(elapsed float64) float64
	// check reports what is wrong with the shape's own numbers; no amount may be below least.
	check(path string, least float64, faults *Faults)
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

// Steps is a table of amounts: each holds from its moment until the next; before the first
// there is nothing.
type Steps struct {
	Since  []float64 // periods after the policy began, ascending
	Amount []float64
}

// At is the amount of the last step begun.
func (s Steps) At(elapsed float64) float64 {
	i, found := slices.BinarySearch(s.Since, elapsed)
	if !found {
		i--
	}
	if i < 0 {
		return 0
	}
	return s.Amount[i]
}

// Days pays an amount on the days of a calendar and nothing between them.
type Days struct {
	Amount float64
	On     []float64 // periods after the policy began, ascending
	For    float64   // periods that each lasts
}

// At is the amount on one of the days, else zero.
func (d Days) At(elapsed float64) float64 {
	for _, on := range d.On {
		if elapsed >= on && elapsed < on+d.For {
			return d.Amount
		}
	}
	return 0
}

// Match offers what a rival offered some periods before: a share of the sum of the amounts
// that the rival's policies of the same instrument, aimed at any of the same people, offered
// then. What the rival offers is known from period 1 on.
type Match struct {
	Rival string  // platform
	Share float64 // of the rival's amount
	Lag   int     // periods, 1 or more
}

// At is nothing: what a match offers depends on the rival.
func (Match) At(float64) float64 { return 0 }

// Feedback corrects its amount by what it sees: Base plus Gain times the distance from the
// goal, within bounds.
type Feedback struct {
	Watch    int // index into Variables
	Goal     float64
	Base     float64 // amount at the goal
	Gain     float64 // amount per unit that the number lies below the goal
	Min, Max float64
}

// At is the amount at the goal.
func (f Feedback) At(float64) float64 { return f.Base }

// React is the amount for what is seen.
func (f Feedback) React(s *Sight) float64 {
	return min(max(f.Base+f.Gain*(f.Goal-s[f.Watch]), f.Min), f.Max)
}

// Expression offers what a formula comes to; below zero, or not a number, it offers nothing.
type Expression struct{ Text string }

// At is nothing: what a formula comes to depends on what it sees.
func (Expression) At(float64) float64 { return 0 }

func (c Constant) check(path string, least float64, faults *Faults) {
	checkAmount(path+".constant", c.Amount, least, faults)
}

func (r Ramp) check(path string, least float64, faults *Faults) {
	checkAmount(path+".ramp.from", r.From, least, faults)
	checkAmount(path+".ramp.to", r.To, least, faults)
	if !(r.Over > 0) || math.IsInf(r.Over, 0) {
		faults.add(path+".ramp.over", "give a length above 0, such as 26w", "a ramp cannot take %g periods", r.Over)
	}
}

func (p Pulse) check(path string, least float64, faults *Faults) {
	checkAmount(path+".pulse.amount", p.Amount, least, faults)
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

func (s Steps) check(path string, least float64, faults *Faults) {
	path += ".table"
	if len(s.Since) == 0 {
		faults.add(path, "write [[since, amount], ...], such as [[0, 4], [26w, 2]]", "is empty")
	}
	for i := range s.Since {
		checkAmount(path, s.Amount[i], least, faults)
		if !(s.Since[i] >= 0) || (i > 0 && s.Since[i] <= s.Since[i-1]) {
			faults.add(path, "let each step begin after the one before, the first at 0 or later", "a step cannot begin at %g", s.Since[i])
		}
	}
}

func (d Days) check(path string, least float64, faults *Faults) {
	path += ".days"
	checkAmount(path+".amount", d.Amount, least, faults)
	if len(d.On) == 0 {
		faults.add(path+".on", "name the periods, such as on: [10, 45]", "no day is named")
	}
	for i := range d.On {
		if d.On[i] < 0 || (i > 0 && d.On[i] <= d.On[i-1]) {
			faults.add(path+".on", "name each period once, in ascending order, none before `from`", "the days are out of order")
			break
		}
	}
	checkWholePeriods(path+".for", d.For, faults)
	if !(d.For > 0) {
		faults.add(path+".for", "give a length above 0, such as 1d", "a day cannot last %g periods", d.For)
	}
}

func (m Match) check(path string, _ float64, faults *Faults) {
	checkRange(path+".match.share", m.Share, 0, 1000, faults)
	if m.Lag < 1 {
		faults.add(path+".match.lag", "give 1 period or more", "a rival's offer cannot be matched before it is made")
	}
}

func (f Feedback) check(path string, least float64, faults *Faults) {
	path += ".feedback"
	for _, x := range []struct {
		key string
		x   float64
	}{{"goal", f.Goal}, {"gain", f.Gain}, {"base", f.Base}, {"min", f.Min}, {"max", f.Max}} {
		checkWorth(path+"."+x.key, x.x, faults)
	}
	if f.Min > f.Max {
		faults.add(path+".min", "let min be at most max", "min is %g and max %g", f.Min, f.Max)
	}
	checkAmount(path+".min", f.Min, least, faults)
}

func (e Expression) check(path string, _ float64, faults *Faults) {
	if _, fault := compileFormula(e.Text, false); fault != nil {
		fault.report(path+".formula", faults)
	}
}

// checkWholePeriods refuses a length that a market of whole periods would round.
func checkWholePeriods(path string, length float64, faults *Faults) {
	if math.Abs(length-math.Round(length)) > 1e-9*math.Max(1, math.Abs(length)) {
		faults.add(path, "give a whole number of periods, or a horizon with a shorter unit", "%.6g periods cannot be paid for, which are paid whole", length)
	}
}

// checkAmount refuses an amount that is not a sum of money, of at least least, that a platform
// could pay.
func checkAmount(path string, amount, least float64, faults *Faults) {
	if !(amount >= least) || amount > MaxMoney {
		remedy := "give an amount of money, 0 or more"
		if least < 0 {
			remedy = fmt.Sprintf("give an amount of money of at most %g, of either sign", float64(MaxMoney))
		}
		faults.add(path, remedy, "%g cannot be paid", amount)
	}
}
