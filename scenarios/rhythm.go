package scenarios

import (
	"math"
	"time"

	"flywheel/models"
)

// aRhythm is how a rate goes with the calendar.
func aRhythm() *record {
	weights := func(n int, about string) *series { return &series{item: aNumber, length: n, about: about} }
	return &record{name: "a rhythm", fields: []field{
		{key: "year", form: weights(12, "[12 weights, January first]"), unit: "relative weight", about: "Weights of the months, such as a summer without students. Left out, all are alike."},
		{key: "week", form: weights(7, "[7 weights, Monday first]"), unit: "relative weight", about: "Weights of the days of a week. Left out, all are alike."},
		{key: "day", form: &shape{oneOf(profileNames()...), weights(models.HoursPerDay, "[24 weights, from midnight on]")}, unit: "relative weight",
			about: "Shape of a day where periods are hours: a name, or the weights of its 24 hours. Of longer periods platforms.service.profile says it."},
	}}
}

// rhythm is the factor of each period on a rate, the mean over a year, a week and a day being 1.
// What a period of several days has is the mean over them.
func (b *builder) rhythm(n *node) []float64 {
	if n == nil || n.kind != mapping {
		return nil
	}
	year, week, day := b.weights(n.get("year"), 12), b.weights(n.get("week"), 7), b.weights(n.get("day"), models.HoursPerDay)
	if len(n.entries) == 0 {
		b.report.add(n.at, "write week, year or day", "says nothing of the calendar")
		return nil
	}
	for _, finer := range []struct {
		key   string
		units map[string]bool // in which nothing is left of it
		than  string
	}{{"day", map[string]bool{"day": true, "week": true, "month": true, "year": true}, "hours"}, {"week", map[string]bool{"week": true, "year": true}, "days"}, {"year", map[string]bool{"year": true}, "months"}} {
		if at := n.get(finer.key); at != nil && finer.units[b.unit] {
			b.report.add(at.at, "take it away, or write horizon: {unit: "+finer.than[:len(finer.than)-1]+"}", "a period is a %s, longer than what this tells apart", b.unit)
			return nil
		}
	}
	start, err := parseDate(b.began)
	if err != nil && (year != nil || week != nil) {
		b.report.add(n.at, "give horizon.start, the date of the first period", "the calendar is not known")
		return nil
	}
	if !(models.Horizon{Periods: b.count, Unit: b.unit}).Sound() {
		return nil
	}
	pick := func(weights []float64, i int) float64 {
		if weights == nil {
			return 1
		}
		return weights[i]
	}
	factors := make([]float64, b.count)
	for p := range factors {
		first, next := b.dates(start.first, p)
		days := max(1, int(math.Round(next.Sub(first).Hours()/24)))
		for d := range days {
			at := first.AddDate(0, 0, d)
			factors[p] += pick(year, int(at.Month())-1) * pick(week, (int(at.Weekday())+6)%7) * pick(day, at.Hour()) / float64(days)
		}
	}
	return factors
}

// dates are when a period, counted from 0, begins and the next one does.
func (b *builder) dates(start time.Time, period int) (first, next time.Time) {
	at := func(p int) time.Time {
		switch b.unit {
		case "month":
			return start.AddDate(0, p, 0)
		case "year":
			return start.AddDate(p, 0, 0)
		}
		return start.Add(time.Duration(float64(p) * models.Horizon{Unit: b.unit}.Hours() * float64(time.Hour)))
	}
	return at(period), at(period + 1)
}

// weights reads relative weights as multiples of their mean; nil where there are none or, which is
// told, no such.
func (b *builder) weights(n *node, count int) []float64 {
	list := append([]float64(nil), dayOf(n)...)
	if len(list) != count {
		return nil
	}
	var sum float64
	for i, w := range list {
		if !(w >= 0) || math.IsInf(w, 0) {
			b.report.add(n.items[i].at, "give 0 or more", "%g is no weight", w)
			return nil
		}
		sum += w
	}
	if sum == 0 {
		b.report.add(n.at, "give one of them a weight above 0", "nobody ever orders")
		return nil
	}
	for i := range list {
		list[i] *= float64(count) / sum
	}
	return list
}
