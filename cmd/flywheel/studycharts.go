package main

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/guptarohit/asciigraph"
	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"flywheel/results"
	"flywheel/results/report"
	"flywheel/sim/study"
)

// charts draws what was observed of every series beside what was fitted and predicted, with its
// interval, and how far the one lies from the other.
func (d *fitted) charts(page *bytes.Buffer, unit string, forecasts []study.Interval, colour bool) {
	for s, name := range d.observed.series {
		var at []int
		for i, o := range d.observed.list {
			if o.Series == s {
				at = append(at, i)
			}
		}
		slices.SortFunc(at, func(a, b int) int {
			return cmp.Compare(d.observed.list[a].Quantity.Period, d.observed.list[b].Quantity.Period)
		})
		if len(at) < 2 {
			continue
		}
		model := report.Line{Name: "model"}
		seen, off := report.Line{Name: "observed"}, report.Line{Name: "observed less model"}
		known := false
		for _, i := range at {
			o, f := d.observed.list[i], forecasts[i]
			x := float64(o.Quantity.Period)
			seen.X, seen.Y = append(seen.X, x), append(seen.Y, o.Value)
			model.X, model.Y = append(model.X, x), append(model.Y, f.Mean)
			model.Lo, model.Hi = append(model.Lo, f.Lo), append(model.Hi, f.Hi)
			off.X, off.Y = append(off.X, x), append(off.Y, o.Value-f.Mean)
			known = known || !math.IsNaN(f.Lo)
		}
		band := "90% of new values"
		if !known {
			model.Lo, model.Hi, band = nil, nil, ""
		}
		title := name
		if held := d.stretch(false); held != "" {
			title += "; held out: " + held
		}
		plot{title: title, x: unit, unit: "1", band: band, lines: []report.Line{model, seen}}.draw(page, colour)
		plot{title: name + ": residuals", x: unit, unit: "1", lines: []report.Line{off}}.draw(page, colour)
	}
}

// bar is a number from 0 on, with its interval.
type bar struct {
	name  string
	value study.Estimate
}

// bars draws numbers as bars: solid up to the lower end of the interval, lighter up to the
// number, and a line to the upper end.
func bars(page *bytes.Buffer, title string, unit results.Unit, list []bar) {
	const wide, most = 36, 30
	top, name := 0.0, 0
	for _, b := range list {
		name = max(name, min(most, twwidth.Width(b.name)))
		for _, v := range []float64{b.value.Value, b.value.Hi} {
			if !math.IsNaN(v) {
				top = math.Max(top, v)
			}
		}
	}
	cells := func(v float64) int {
		if top == 0 || math.IsNaN(v) {
			return 0
		}
		return int(math.Round(math.Max(0, v) / top * wide))
	}
	page.WriteString(fold(title+": █ to the lower end of the interval, ▓ to the number, ─ to the upper end", pageWidth) + "\n")
	for _, b := range list {
		lo, mid, hi := cells(b.value.Lo), cells(b.value.Value), cells(b.value.Hi)
		lo = min(lo, mid)
		drawn := strings.Repeat("█", lo) + strings.Repeat("▓", mid-lo) + strings.Repeat("─", max(0, hi-mid))
		page.WriteString(" " + padded(b.name, name) + " │" + padded(drawn, wide) + " " + results.Human(b.value.Value, unit) + "\n")
	}
	page.WriteString("\n")
}

// sensitivityBars draws how much each input matters, the one that matters most first.
func sensitivityBars(page *bytes.Buffer, s study.Sensitivity, unit results.Unit) {
	var sizes, alone, together []bar
	for _, e := range s.ByImportance().Morris {
		sizes = append(sizes, bar{e.Input, e.MuStar})
	}
	for _, i := range s.ByImportance().Sobol {
		alone, together = append(alone, bar{i.Input, i.First}), append(together, bar{i.Input, i.Total})
	}
	for _, c := range []struct {
		title string
		unit  results.Unit
		list  []bar
	}{{"mean size of the effect (mu*)", unit, sizes}, {"share of the variance, with others (total)", "share", together}, {"share of the variance, alone (first)", "share", alone}} {
		if len(c.list) > 0 {
			bars(page, c.title, c.unit, c.list)
		}
	}
}

// charts draws the sweep's first metric: lines over one input that varies, or a heat map over two.
func (f *swept) charts(page *bytes.Buffer, colour bool) error {
	at := map[string]map[int]results.Band{} // by column and point, at the last period
	var columns []string
	metric, last := "", 0
	var unit results.Unit
	for _, r := range f.rows {
		if metric == "" {
			metric, unit = r.Metric, r.Unit
		}
		last = max(last, r.Period)
	}
	for _, r := range f.rows {
		if name, shown := columnOf(r); shown && r.Metric == metric && r.Period == last {
			if at[name] == nil {
				at[name], columns = map[int]results.Band{}, append(columns, name)
			}
			at[name][r.Point] = r.Band
		}
	}
	paths := shortened(f.design.Paths)
	title := strings.ReplaceAll(metric, "_", " ") + " by " + strings.Join(paths, " and ")
	switch len(paths) {
	case 1:
		return f.lines(page, title, paths[0], unit, columns, at, colour)
	case 2:
		return f.heat(page, title, paths, unit, columns, at)
	}
	page.WriteString(fold(fmt.Sprintf("%d inputs vary at once, which no chart shows; results query asks points.csv", len(paths)), pageWidth) + "\n\n")
	return nil
}

// columnOf names the column of a sweep's row, if it has one.
func columnOf(r study.PointRow) (name string, shown bool) {
	switch {
	case r.Segment != "*" || r.Region != "*" || r.Platform == "*" && r.Side != "*":
		return "", false
	case r.Platform == "*":
		return "together", true
	case r.Side == "*":
		return r.Platform, true
	}
	return r.Platform + " " + r.Side, true
}

func (f *swept) lines(page *bytes.Buffer, title, path string, unit results.Unit, columns []string, at map[string]map[int]results.Band, colour bool) error {
	type place struct {
		x     float64
		point int
	}
	var places []place
	for point := range f.design.Count {
		x, err := strconv.ParseFloat(f.design.At(point)[0], 64)
		if err != nil {
			page.WriteString(fold(path+" takes words, so there are no lines over it", pageWidth) + "\n\n")
			return nil
		}
		places = append(places, place{x, point})
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.x, b.x) })
	var list []report.Line
	for _, name := range columns {
		line := report.Line{Name: name}
		for _, p := range places {
			if b, has := at[name][p.point]; has {
				line.X, line.Y = append(line.X, p.x), append(line.Y, b.Mean)
				line.Lo, line.Hi = append(line.Lo, b.Lo), append(line.Hi, b.Hi)
			}
		}
		if len(line.X) > 1 {
			list = append(list, line)
		}
	}
	if from, to := ends(list); from < to {
		plot{title: title, x: path, unit: unit, band: levels(f.job.plan.Settings.Band), lines: list}.draw(page, colour)
	}
	return nil
}

// heat draws a table of the means for each column: the first input down, the second across, the
// deeper the more.
func (f *swept) heat(page *bytes.Buffer, title string, paths []string, unit results.Unit, columns []string, at map[string]map[int]results.Band) error {
	var rows, across []string
	for point := range f.design.Count {
		v := f.design.At(point)
		if !slices.Contains(rows, v[0]) {
			rows = append(rows, v[0])
		}
		if !slices.Contains(across, v[1]) {
			across = append(across, v[1])
		}
	}
	if len(rows)*len(across) > f.design.Count {
		page.WriteString(fold("the points lie on no grid, so there is no heat map of them", pageWidth) + "\n\n")
		return nil
	}
	for _, name := range columns {
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, b := range at[name] {
			lo, hi = math.Min(lo, b.Mean), math.Max(hi, b.Mean)
		}
		s := &sheet{header: []string{paths[0]}}
		for _, v := range across {
			s.header = append(s.header, paths[1]+"="+v)
		}
		cells := map[[2]string]string{}
		for point := range f.design.Count {
			b, has := at[name][point]
			if !has {
				continue
			}
			depth := 0
			if hi > lo {
				depth = min(len(depths)-1, int((b.Mean-lo)/(hi-lo)*float64(len(depths))))
			}
			v := f.design.At(point)
			cells[[2]string{v[0], v[1]}] = results.Human(b.Mean, unit) + " " + depths[depth]
		}
		for _, r := range rows {
			row := []string{r}
			for _, v := range across {
				row = append(row, cells[[2]string{r, v}])
			}
			s.rows = append(s.rows, row)
		}
		page.WriteString(fold(title+": "+name+", means, from · for the least to █ for the most", pageWidth) + "\n")
		if err := s.print(page); err != nil {
			return err
		}
	}
	return nil
}

// charts draws what was searched in the plane of burn and share: every point, those that no other
// beats, the scenario's own policies and the winner.
func (d *optimum) charts(page *bytes.Buffer) {
	var wide, tall float64
	type place struct{ burn, share float64 }
	of := func(t study.Tried) (place, bool) {
		return place{results.Mean(column(t, ofBurn)), results.Mean(column(t, ofShare))}, t.Runs != nil
	}
	for _, t := range append(slices.Clone(d.tried), d.own, d.best) {
		if p, has := of(t); has {
			wide, tall = math.Max(wide, p.burn), math.Max(tall, p.share)
		}
	}
	plane := newPlane(cmp.Or(1.05*wide, 1), cmp.Or(math.Min(1, 1.05*tall), 1))
	draw := func(t study.Tried, stroke rune) {
		if p, has := of(t); has {
			plane.dot(p.burn, p.share, stroke)
		}
	}
	for _, t := range d.tried {
		draw(t, '·')
	}
	for _, i := range d.frontier {
		draw(d.tried[i], '•')
	}
	draw(d.own, 'o')
	draw(d.best, '@')
	var legend legend
	for _, text := range []string{"· tried", "• no other does more for less", "o own policies", "@ winner"} {
		legend.add(text, asciigraph.Default, false)
	}
	page.WriteString(fold("Burn against share: up share of "+d.goal.side+", across subsidies to date", pageWidth) + "\n" + legend.String() + "\n")
	plane.print(page, "money", "share")
}
