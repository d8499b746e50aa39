package main

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/guptarohit/asciigraph"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/spf13/cobra"

	"flywheel/results"
	"flywheel/results/report"
)

// pen draws for a terminal what a page draws: with letters and strokes, so that it reads without
// colour and in a file, and within a page's width.
type pen struct {
	page   *bytes.Buffer
	colour bool
	unit   string // what a period is called
	band   string // what a fan's band covers, in words
}

// section draws one section in the page's order.
func (k pen) section(s report.Section) error {
	title := func(text string) {
		if s.Variant != "" {
			text += ": " + s.Variant
		}
		k.page.WriteString(fold(text, pageWidth) + "\n\n")
	}
	if len(s.Answers) > 0 {
		title("The answer")
		for _, text := range s.Answers {
			k.page.WriteString("  - " + strings.ReplaceAll(fold(text, pageWidth-len("  - ")), "\n", "\n    ") + "\n")
		}
		k.page.WriteString("\n")
	}
	if err := k.costs(s.Costs); err != nil {
		return err
	}
	if err := k.judged(s.Judged); err != nil {
		return err
	}
	if len(s.Charts) > 0 {
		course := "The course of it"
		if s.Variant != "" {
			course = "Growth"
		}
		title(course)
		for _, c := range s.Charts {
			k.chart(c)
		}
	}
	if s.Heat != nil {
		title("Where and when it was slow")
		k.heat(s.Heat)
	}
	if len(s.Timelines) > 0 {
		title("Stages of the life cycle")
		k.timelines(s.Timelines)
	}
	if len(s.Portraits) > 0 {
		title("Both sides at once")
		for _, c := range s.Portraits {
			k.chart(c)
		}
	}
	if len(s.Triangles) > 0 {
		title("Who stays")
		for _, t := range s.Triangles {
			if err := k.cells(fmt.Sprintf("%s of %s: share that has not left, so many %ss later", t.Side, t.Platform, k.unit), "users of", t.Head, t.Rows); err != nil {
				return err
			}
		}
	}
	if len(s.Waterfalls) > 0 {
		title("Where the money went")
		for _, w := range s.Waterfalls {
			if err := k.waterfall(w); err != nil {
				return err
			}
		}
	}
	if len(s.Sheets) > 0 {
		title("What members are worth, and what lasts")
		for _, sheet := range s.Sheets {
			if err := k.sheet(sheet); err != nil {
				return err
			}
		}
	}
	if len(s.Regions) > 0 {
		title("Regions at the end")
		for _, r := range s.Regions {
			if err := k.cells("share of "+r.Side, "region", r.Head, r.Rows); err != nil {
				return err
			}
		}
	}
	return nil
}

// sheet draws a table of bands, a platform in each column.
func (k pen) sheet(t report.Sheet) error {
	k.page.WriteString(fold(t.Caption, pageWidth) + "\n")
	s := &sheet{header: []string{""}}
	for _, row := range t.Rows {
		s.platforms, s.header = append(s.platforms, row[0]), append(s.header, row[0])
	}
	for i, head := range t.Head {
		line := []string{" " + head}
		for _, row := range t.Rows {
			line = append(line, strings.Replace(row[i+1], " (", "\n(", 1))
		}
		s.rows = append(s.rows, line)
	}
	return s.print(k.page)
}

// chart draws a chart of lines, a fan or a portrait, and says its sentence.
func (k pen) chart(c report.Chart) {
	unit := results.Unit(c.YLabel)
	if c.Share {
		unit = "share"
	}
	switch c.Kind {
	case report.KindPortrait:
		k.portrait(c)
	case report.KindFan:
		plot{title: c.Title, x: c.XLabel, unit: unit, band: k.band, lines: c.Lines}.draw(k.page, k.colour)
	case report.KindLines:
		plot{title: fmt.Sprintf("%s (%s)", c.Title, c.YLabel), x: c.XLabel, unit: unit, lines: c.Lines}.draw(k.page, k.colour)
	default:
		panic("bug: a chart of kind " + c.Kind + " has no text form")
	}
	k.page.WriteString(fold(c.Says, pageWidth) + "\n\n")
}

// depths are how slow a stretch was, from the fastest to the slowest.
var depths = [...]string{"·", "░", "▒", "▓", "█"}

// heat draws a line for each step and a letter for each stretch of time, the deeper the slower.
func (k pen) heat(h *report.Heat) {
	const most = 15
	wide := 0
	for _, step := range h.Steps {
		wide = max(wide, min(most, twwidth.Width(step)))
	}
	columns := 1
	for _, row := range h.Shades {
		for _, s := range row {
			columns = max(columns, s.At+1)
		}
	}
	depthOf := func(p99 float64) int {
		if h.Hi <= h.Lo {
			return len(depths) - 1
		}
		return min(len(depths)-1, int(math.Log(p99/h.Lo)/math.Log(h.Hi/h.Lo)*float64(len(depths))))
	}
	say(k.page, "p99 latency in ms; a letter is %s s, its slowest second", results.Exact(h.Length))
	var legend legend
	for i, stroke := range depths {
		legend.add(fmt.Sprintf("%s from %s", stroke, milli(h.Lo*math.Pow(h.Hi/h.Lo, float64(i)/float64(len(depths))))), asciigraph.Default, false)
	}
	k.page.WriteString(legend.String() + "\n")
	for i, step := range h.Steps {
		row := slices.Repeat([]string{" "}, columns)
		for _, s := range h.Shades[i] {
			row[s.At] = depths[depthOf(s.P99)]
		}
		k.page.WriteString(" " + padded(step, wide) + " │" + strings.TrimRight(strings.Join(row, ""), " ") + "\n")
	}
	labels := min(5, columns)
	if labels > 1 {
		axis(k.page, wide+2, columns-1, labels, func(part float64) string {
			return results.Human(math.Round(part*float64(columns-1))*h.Length, "s") + " s"
		})
	}
	k.page.WriteString(fold(fmt.Sprintf("fastest %s ms, slowest %s ms", milli(h.Lo), milli(h.Hi)), pageWidth) + "\n\n")
}

// padded is a text in so many columns, cut where it has more.
func padded(text string, columns int) string {
	text = cut(text, columns)
	return text + strings.Repeat(" ", max(0, columns-twwidth.Width(text)))
}

// timelines draws each platform's life cycle: a letter for each stretch of time, that with which
// its stage begins.
func (k pen) timelines(list []report.Timeline) {
	const most = 13
	wide := 0
	for _, t := range list {
		wide = max(wide, min(most, twwidth.Width(t.Platform)))
	}
	last := 0
	for _, t := range list {
		row := []byte(strings.Repeat(" ", planeWide+1))
		for _, s := range t.Stretches {
			last = max(last, s.To)
			for c := range row {
				if at := 100 * float64(c) / planeWide; at >= s.Left-1e-9 && at <= s.Left+s.Wide+1e-9 {
					row[c] = s.Stage[0]
				}
			}
		}
		k.page.WriteString(" " + padded(t.Platform, wide) + " │" + strings.TrimRight(string(row), " ") + "\n")
	}
	axis(k.page, wide+2, planeWide, 5, func(part float64) string { return results.Human(math.Round(part*float64(last)), "1") })
	k.page.WriteString(" " + padded("", wide) + "  " + k.unit + "\n")
	for _, t := range list {
		k.page.WriteString(fold(t.Says, pageWidth) + "\n")
	}
	k.page.WriteString("\n")
}

// cells draws a table of shares, such as a retention triangle.
func (k pen) cells(caption, corner string, head []string, rows []report.RegionRow) error {
	s := &sheet{header: append([]string{corner}, head...)}
	for _, r := range rows {
		row := []string{cut(r.Region, 24)}
		for _, c := range r.Cells {
			row = append(row, c.Text)
		}
		s.rows = append(s.rows, row)
	}
	k.page.WriteString(fold(caption, pageWidth) + "\n")
	return s.print(k.page)
}

// waterfall draws where a platform's money came from and where it went.
func (k pen) waterfall(w report.Waterfall) error {
	const wide = 30
	var rows [][]string
	for _, s := range w.Steps {
		from := int(math.Round(s.Left / 100 * wide))
		bar, stroke := int(math.Round((s.Left+s.Wide)/100*wide))-from, "█"
		if s.Wide > 0 {
			bar = max(1, bar)
		}
		switch {
		case s.Whole:
			stroke = "▓"
		case s.Minus:
			stroke = "░"
		}
		rows = append(rows, []string{s.Name, padded(strings.Repeat(" ", from)+strings.Repeat(stroke, bar), wide+1), s.Amount, s.After})
	}
	k.page.WriteString(fold(w.Platform+", mean of all runs: █ comes, ░ goes, ▓ is there", pageWidth) + "\n")
	if err := grid(k.page, 2, []string{"", "", "money", "then"}, rows); err != nil {
		return err
	}
	k.page.WriteString("\n")
	return nil
}

// drawing gives a command the flag that draws the charts of its page in the terminal.
func (p *program) drawing(c *cobra.Command) {
	c.Flags().BoolVar(&p.charts, "charts", false, "draw the charts of the page in letters, too")
}

// pictures are a section without what a command's own page says.
func pictures(s report.Section) report.Section {
	s.Answers, s.Costs, s.Judged = nil, nil, nil
	return s
}

// pictured draws the charts of a run of the load half from its tables, when they are asked for.
func (p *program) pictured(page *bytes.Buffer, kind string, tables []*results.Table) error {
	if !p.charts {
		return nil
	}
	return pen{page: page, colour: p.colourful()}.section(pictures(reportedLoad(results.Provenance{Kind: kind}, "", named(tables)).Section()))
}

// costs lists what a shortfall costs.
func (k pen) costs(list []report.Cost) error {
	if len(list) == 0 {
		return nil
	}
	var rows [][]string
	for _, c := range list {
		rows = append(rows, []string{c.What, c.Mean, c.Interval, shownWord(c.Shown)})
	}
	k.page.WriteString("What a shortfall costs, against the same promotion with enough capacity\n")
	defer k.page.WriteString("\n")
	return grid(k.page, 1, []string{"", "cost", "95% interval", ""}, rows)
}

// judged lists thresholds.
func (k pen) judged(list []report.Judged) error {
	if len(list) == 0 {
		return nil
	}
	var rows [][]string
	for _, j := range list {
		verdict := "broken"
		if j.Holds {
			verdict = "holds"
		}
		rows = append(rows, []string{j.Expression, verdict, j.Value})
	}
	defer k.page.WriteString("\n")
	return grid(k.page, 2, []string{"threshold", "verdict", "value"}, rows)
}

// differences lists the comparison of variants.
func (k pen) differences(list []report.Difference) error {
	if len(list) == 0 {
		return nil
	}
	var rows [][]string
	for _, d := range list {
		subject := d.Platform + ": " + strings.ReplaceAll(d.Metric, "_", " ")
		if d.Side != "*" {
			subject += " of " + d.Side
		}
		rows = append(rows, []string{d.Variant, subject, d.Mean, d.Interval, shownWord(d.Shown)})
	}
	k.page.WriteString("Against the base: variant minus base, paired by shared luck\n")
	defer k.page.WriteString("\n")
	s := &sheet{header: []string{"variant", "", "difference", "95% interval", ""}, rows: rows, left: 2}
	return s.print(k.page)
}

func shownWord(shown bool) string {
	if shown {
		return "shown"
	}
	return "not shown"
}
