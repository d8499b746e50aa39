package scenarios

import (
	"math"
	"slices"

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
	for _, told := range []struct {
		key, by string   // by is the longest unit in which all of it shows
		in      []string // the units in which anything of it shows
	}{
		{"day", "hour", []string{"hour"}},
		{"week", "day", []string{"hour", "day", "month"}},
		{"year", "month", []string{"hour", "day", "week", "month"}},
	} {
		if at := n.get(told.key); at != nil && !slices.Contains(told.in, b.unit) {
			b.report.add(at.at, "take it away, or write horizon: {unit: "+told.by+"}", "a period is a %s, longer than what this tells apart", b.unit)
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
		first, next := beginning(start.first, b.unit, p), beginning(start.first, b.unit, p+1)
		days := max(1, int(math.Round(next.Sub(first).Hours()/24)))
		for d := range days {
			at := first.AddDate(0, 0, d)
			factors[p] += pick(year, int(at.Month())-1) * pick(week, (int(at.Weekday())+6)%7) * pick(day, at.Hour()) / float64(days)
		}
	}
	return factors
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
