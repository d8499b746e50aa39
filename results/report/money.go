package report

import (
	"math"

	"flywheel/results"
)

// Waterfall is how a platform's money went from the start to the end, means over runs.
type Waterfall struct {
	Platform string
	Steps    []Step
}

// Step is one bar of a waterfall: what came or went, and where the money stood afterwards.
type Step struct {
	Name       string
	Value      float64
	Amount     string  // the same with its sign, for people
	After      string  // money then
	Left, Wide float64 // of the bar, in percent of the widest
	Minus      bool
	Whole      bool // a level, not a change
}

// Money is a waterfall for each platform whose money was recorded and moved, with those steps alone in which any did.
func (f *Forecast) Money(variant string) []Waterfall {
	var list []Waterfall
	for _, platform := range f.scopes[variant].platforms {
		cash := f.samples[series{variant, "cash", platform, all, all}]
		if cash == nil {
			continue
		}
		if w := newWaterfall(platform, results.Mean(cash[0]), results.Mean(cash[len(cash)-1]), f.changes(variant, platform)); w.Steps != nil {
			list = append(list, w)
		}
	}
	return list
}

// change is money that came or, below zero, went.
type change struct {
	name   string
	amount float64
}

// changes are how a platform's money changed, as far as the lines of a timeline tell.
func (f *Forecast) changes(variant, platform string) []change {
	sum := func(metric string) float64 {
		if values := f.flows[flow{variant, metric, platform}]; len(values) > 0 {
			return results.Mean(values)
		}
		return 0
	}
	const dust = 1e-9 // of rounding
	var list []change
	add := func(name string, amount float64) { list = append(list, change{name, amount}) }
	earned := sum("revenue")
	for _, metric := range earnings {
		add(metric, sum(metric))
		earned -= sum(metric)
	}
	if math.Abs(earned) > dust*math.Abs(sum("revenue")) && sum("revenue") != 0 {
		add("prices of routes", earned)
	}
	add("funding", sum("funding"))
	var ahead float64
	for _, metric := range held {
		ahead += sum(metric)
	}
	add("paid ahead", ahead)
	spent := sum("cost") - sum("subsidy")
	add("subsidies", -sum("subsidy"))
	for _, metric := range expenses {
		add(metric, -sum(metric))
		spent -= sum(metric)
	}
	if math.Abs(spent) > dust*math.Abs(sum("cost")) {
		add("other costs", -spent)
	}
	add("fines", -sum("fines"))
	return list
}

// newWaterfall leads from the money at the start to that at the end by the changes between, and one more
// for what they leave unsaid; it has no steps where nothing came and nothing went.
func newWaterfall(platform string, start, end float64, changes []change) Waterfall {
	w := Waterfall{Platform: platform}
	rest := end - start
	level, lowest, highest := start, math.Min(0, math.Min(start, end)), math.Max(0, math.Max(start, end))
	for _, c := range changes {
		rest -= c.amount
		level += c.amount
		lowest, highest = math.Min(lowest, level), math.Max(highest, level)
	}
	scale := highest - lowest
	if scale == 0 {
		return w
	}
	bar := func(name string, from, to float64, whole bool) {
		s := Step{Name: name, Value: to - from, After: results.Human(to, "money"), Minus: to < from, Whole: whole,
			Left: 100 * (math.Min(from, to) - lowest) / scale, Wide: 100 * math.Abs(to-from) / scale}
		s.Amount = results.Human(to-from, "money")
		if to > from && !whole {
			s.Amount = "+" + s.Amount
		}
		w.Steps = append(w.Steps, s)
	}
	bar("cash at the start", 0, start, true)
	level = start
	for _, c := range changes {
		if c.amount != 0 {
			bar(c.name, level, level+c.amount, false)
			level += c.amount
		}
	}
	if math.Abs(rest) > 1e-6*scale {
		bar(unsaid, level, end, false)
	}
	bar("cash at the end", 0, end, true)
	return w
}

// unsaid is what a step is called whose money no line of a timeline tells: what mergers bring or take.
const unsaid = "mergers"
