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
	Amount     string  // with its sign, for people
	After      string  // money then
	Left, Wide float64 // of the bar, in percent of the widest
	Minus      bool
	Whole      bool // a level, not a change
}

// waterfalls are one waterfall for each platform whose money was recorded.
func (f *Forecast) waterfalls(variant string) []Waterfall {
	var list []Waterfall
	for _, platform := range f.scopes[variant].platforms {
		cash := f.samples[series{variant, "cash", platform, all, all}]
		if cash == nil {
			continue
		}
		start, end := average(cash[0]), average(cash[len(cash)-1])
		sum := func(metric string) float64 { return average(f.flows[flow{variant, metric, platform}]) }
		subsidy := sum("subsidy")
		changes := []struct {
			name   string
			amount float64
		}{
			{"commission", sum("commission")}, {"membership", sum("membership")},
			{"subsidies", -subsidy}, {"other costs", -(sum("cost") - subsidy)},
		}
		rest := end - start
		for _, c := range changes {
			rest -= c.amount
		}
		w := Waterfall{Platform: platform}
		lowest, highest := math.Min(0, start), math.Max(0, start)
		level := start
		for _, c := range changes {
			level += c.amount
			lowest, highest = math.Min(lowest, level), math.Max(highest, level)
		}
		lowest, highest = math.Min(lowest, end), math.Max(highest, end)
		scale := highest - lowest
		if scale == 0 {
			continue // nothing came and nothing went
		}
		bar := func(name string, from, to float64, whole bool) {
			s := Step{Name: name, After: results.Human(to, "money"), Minus: to < from, Whole: whole,
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
			bar("other", level, end, false)
		}
		bar("cash at the end", 0, end, true)
		list = append(list, w)
	}
	return list
}

// average is the mean; NaN of none.
func average(values []float64) float64 {
	var sum float64
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
