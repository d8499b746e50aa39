package report

import "flywheel/results"

// Section is what a page shows of one variant of a forecast, or of a load test, a search or a
// rehearsal, in the page's order. What is empty is not shown. Others draw it too, in a terminal for example.
type Section struct {
	Variant    string // empty for what is no forecast
	Answers    []string
	Costs      []Cost
	Judged     []Judged
	Charts     []Chart
	Heat       *Heat
	Timelines  []Timeline
	Portraits  []Chart
	Triangles  []Triangle
	Waterfalls []Waterfall
	Sheets     []Sheet
	Regions    []Regions
}

// Difference is one line of the comparison of variants, for people.
type Difference struct {
	Metric, Variant, Platform, Side, Mean, Interval string
	Shown                                           bool
}

// Bought is one policy that brings people, at the end of a forecast, for people: means and bands.
type Bought struct {
	Variant, Platform, Channel, Rule string
	Spent, Brought, CAC              [2]string // mean, and band; the band is empty where there is none
}

// Cells are the three numbers of a line, in their order.
func (b Bought) Cells() [][2]string { return [][2]string{b.Spent, b.Brought, b.CAC} }

// Judged is one threshold of a load test, its value for people.
type Judged struct {
	Expression, Value string
	Holds             bool
}

// Cost is one line of what a shortfall costs, for people.
type Cost struct {
	What, Mean, Interval string
	Shown                bool
}

// Sections are what the page of a forecast shows of its first variants, in order; frontier as in About.
func (f *Forecast) Sections(frontier map[string]Line) []Section {
	var list []Section
	for _, v := range f.variants[:min(variantsDrawn, len(f.variants))] {
		list = append(list, Section{
			Variant: v, Answers: sentences(f.answers(v)), Charts: f.charts(v), Portraits: f.portraits(v, frontier),
			Timelines: f.timelines(v), Triangles: f.triangles(v), Waterfalls: f.Money(v), Sheets: f.sheets(v), Regions: f.regions(v),
		})
	}
	return list
}

func sentences(list []string) []string {
	for i, text := range list {
		list[i] = sentence(text)
	}
	return list
}

// Section is what the page of a load test, a search or a rehearsal shows.
func (l Load) Section() Section {
	s := Section{Answers: sentences(l.answers()), Charts: l.charts(), Heat: heatOf(l.Seconds)}
	if t := l.Thresholds; t != nil {
		for r := range t.Rows() {
			value := results.Human(t.Numbers("value")[r], results.Unit(t.Texts("unit")[r]))
			if t.Texts("unit")[r] == "ms" {
				value = milli(t.Numbers("value")[r]) + " ms"
			}
			s.Judged = append(s.Judged, Judged{t.Texts("expression")[r], value, t.Texts("holds")[r] == "yes"})
		}
	}
	if t := l.Shortfall; t != nil {
		for r := range t.Rows() {
			unit := results.Unit(t.Texts("unit")[r])
			s.Costs = append(s.Costs, Cost{t.Texts("what")[r], results.Human(t.Numbers("mean")[r], unit),
				results.Human(t.Numbers("lo")[r], unit) + " to " + results.Human(t.Numbers("hi")[r], unit), t.Texts("shown")[r] == "yes"})
		}
	}
	return s
}
