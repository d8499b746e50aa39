package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim/study"
)

// page is the forecast for people.
func (f *forecast) page(page *bytes.Buffer, colour bool) error {
	plan := f.job.plan
	settings, horizon := plan.Settings, plan.Variants[0].Law.Model.Horizon
	page.WriteString(fold(fmt.Sprintf("%s: %s engine, %s participants, %s, %s, seed %d", f.job.scenario.Name, settings.Engine,
		results.Human(float64(plan.Participants()), "participants"), several(horizon.Periods, horizon.Unit), several(settings.Replications, "replication"), settings.Seed), pageWidth) + "\n\n")

	for _, s := range f.drawn {
		if err := (pen{page: page, colour: colour, unit: horizon.Unit, band: levels(settings.Band)}).section(pictures(s)); err != nil {
			return err
		}
	}
	if f.drawn == nil {
		f.grown(page, colour)
	}
	if err := f.tables(page, plan.Variants[0]); err != nil {
		return err
	}
	for _, v := range plan.Variants[1:] {
		if err := f.differences(page, v.Name); err != nil {
			return err
		}
	}
	if err := spending(page, f.channels); err != nil {
		return err
	}
	if err := f.flows(page); err != nil {
		return err
	}
	if err := happened(page, happenedOn(f.happenings, f.job.scenario), horizon.Unit, levels(settings.Band)); err != nil {
		return err
	}
	f.lives(page, plan.Variants[0])
	f.weakest(page, plan.Variants[0])
	f.remarks(page)
	return nil
}

// grown draws the growth of the scenario itself, a chart for each side.
func (f *forecast) grown(page *bytes.Buffer, colour bool) {
	law := f.job.plan.Variants[0].Law
	for _, side := range law.Sides {
		var lines []study.Growth
		for _, g := range f.growth {
			if g.Variant == study.Base && g.Side == side {
				lines = append(lines, g)
			}
		}
		if len(lines) > 0 {
			chart(page, lines, law.Model.Horizon, f.job.plan.Settings.Band, colour)
		}
	}
}

// lives tells the stages of every platform's life on each side, by the mean of its participants,
// where the scenario asks for them.
func (f *forecast) lives(page *bytes.Buffer, v study.Variant) {
	rule := v.Law.Model.LifeCycle
	if rule == nil || rule.Of != models.StageOfParticipants {
		return
	}
	told := false
	for _, g := range f.growth {
		if g.Variant != v.Name {
			continue
		}
		var people float64
		for _, crowd := range v.Law.Crowds {
			if v.Law.Sides[crowd.Side] == g.Side {
				people += float64(crowd.Size)
			}
		}
		series := make([]float64, len(g.Bands))
		for i, band := range g.Bands {
			series[i] = band.Mean
		}
		var passed []string
		var last models.LifeStage
		for period, stage := range models.LifeStages(*rule, series, people) {
			if stage != last {
				passed = append(passed, fmt.Sprintf("%s from %s %d", stage, v.Law.Model.Horizon.Unit, period))
			}
			last = stage
		}
		page.WriteString(fold("life cycle of "+g.Platform+", "+g.Side+": "+strings.Join(passed, ", "), pageWidth) + "\n")
		told = true
	}
	if told {
		page.WriteString("\n")
	}
}

// line is a metric as a table of the page names it.
type line struct{ metric, label string }

// peopleLines are the lines of a side; those that compare platforms need several.
func peopleLines(platforms int) []line {
	lines := []line{{"participants", "participants"}, {"share", "share of all"}, {"market_share", "market share"}, {"multihomers", "multihomers"}}
	if platforms == 1 {
		return lines[:2]
	}
	return lines
}

func moneyLines(unit string) []line {
	return []line{
		{"orders", "orders per " + unit}, {"gmv", "GMV per " + unit}, {"subsidy_to_date", "subsidies to date"},
		{"revenue", "revenue per " + unit}, {"cash", "cash"},
	}
}

// tables prints the scenario's summary: a table for each period.
func (f *forecast) tables(page *bytes.Buffer, v study.Variant) error {
	entries := only(f.entries, func(e study.Entry) bool { return e.Variant == v.Name && e.Segment == "*" && e.Region == "*" })
	unit := v.Law.Model.Horizon.Unit
	var platforms []string
	for _, p := range v.Law.Model.Platforms {
		platforms = append(platforms, p.Name)
	}
	for len(entries) > 0 {
		period := entries[0].Period
		now := only(entries, func(e study.Entry) bool { return e.Period == period })
		entries = only(entries, func(e study.Entry) bool { return e.Period != period })
		fmt.Fprintf(page, "At the end of %s %d: mean, and %s\n", unit, period, levels(f.job.plan.Settings.Band))
		sheet := newSheet(platforms)
		for _, side := range v.Law.Sides {
			own := only(now, func(e study.Entry) bool { return e.Side == side })
			sheet.section(side, slices.Concat(peopleLines(len(platforms)), told(worthLines(unit), own)), own)
		}
		money := only(now, func(e study.Entry) bool { return e.Side == "*" })
		if slices.ContainsFunc(money, func(e study.Entry) bool { return e.Band.Lo != 0 || e.Band.Hi != 0 }) {
			sheet.section("orders and money", bookLines(unit, money), money)
		}
		if err := sheet.print(page); err != nil {
			return err
		}
	}
	return nil
}

// only is the entries that pass.
func only(entries []study.Entry, pass func(study.Entry) bool) []study.Entry {
	return slices.DeleteFunc(slices.Clone(entries), func(e study.Entry) bool { return !pass(e) })
}

// sheet is a table of metrics by platform, with a last column for all platforms together
// where there are several.
type sheet struct {
	platforms []string // as entries name them
	header    []string
	rows      [][]string
	left      int // columns that every part of the table repeats; 0 means the first
}

func newSheet(platforms []string) *sheet {
	s := &sheet{platforms: platforms, header: append([]string{""}, platforms...)}
	if len(platforms) > 1 {
		s.platforms, s.header = append(slices.Clone(platforms), "*"), append(s.header, "together")
	}
	return s
}

// section adds lines under a title.
func (s *sheet) section(title string, lines []line, entries []study.Entry) {
	s.rows = append(s.rows, append([]string{title}, make([]string, len(s.platforms))...))
	for _, l := range lines {
		row := []string{"  " + l.label}
		for _, platform := range s.platforms {
			cell := ""
			if i := slices.IndexFunc(entries, func(e study.Entry) bool { return e.Metric == l.metric && e.Platform == platform }); i >= 0 {
				e := entries[i]
				cell = results.Human(e.Band.Mean, e.Unit) + "\n" + span(e.Band.Lo, e.Band.Hi, e.Unit)
				if e.Metric == "ruined" { // of a run it is yes or no
					cell = results.Human(e.Band.Mean, e.Unit)
				}
			} else if l.metric == "market_share" && platform == "*" {
				cell = concentration(entries)
			}
			row = append(row, cell)
		}
		s.rows = append(s.rows, row)
	}
}

// concentration is the index of Herfindahl and Hirschman, where there are market shares.
func concentration(entries []study.Entry) string {
	i := slices.IndexFunc(entries, func(e study.Entry) bool { return e.Metric == "hhi" })
	if i < 0 {
		return ""
	}
	e := entries[i]
	return "HHI " + results.Human(e.Band.Mean, e.Unit) + "\n" + span(e.Band.Lo, e.Band.Hi, e.Unit)
}

// print writes the sheet, in several parts where its columns do not fit side by side.
func (s *sheet) print(page *bytes.Buffer) error {
	left := max(1, s.left)
	widths, fixed := make([]int, len(s.header)), 0
	for i := range s.header {
		if i >= left {
			s.header[i] = fold(s.header[i], max(1, pageWidth-fixed-margins))
		}
		widths[i] = max(breadth(s.header[i]), breadthOf(s.rows, i)) + margins
		if i < left {
			fixed += widths[i]
		}
	}
	for first := left; first < len(s.header); {
		next, width := first+1, fixed+widths[first]
		for ; next < len(s.header) && width+widths[next] <= pageWidth; next++ {
			width += widths[next]
		}
		var part [][]string
		for _, row := range s.rows {
			if line := strings.HasPrefix(row[0], "  "); line && first > left && strings.Join(row[first:next], "") == "" {
				continue // a line that has nothing to say of these columns; a title stays
			}
			part = append(part, slices.Concat(row[:left], row[first:next]))
		}
		if err := grid(page, 1, slices.Concat(s.header[:left], s.header[first:next]), part); err != nil {
			return err
		}
		page.WriteString("\n")
		first = next
	}
	return nil
}

// differences prints a variant against the scenario itself.
func (f *forecast) differences(page *bytes.Buffer, variant string) error {
	var rows [][]string
	horizon := f.job.plan.Variants[0].Law.Model.Horizon
	for _, c := range f.comparisons {
		if c.Variant != variant {
			continue
		}
		d := c.Difference
		shown := "not shown"
		if d.Shown {
			shown = signed(d.Mean, c.Unit)
		}
		rows = append(rows, []string{subject(c, horizon.Unit), shown, span(d.Lo, d.Hi, c.Unit), fmt.Sprint(d.Pairs), results.Human(d.VarianceRatio, "1")})
	}
	if len(rows) == 0 {
		return nil
	}
	fmt.Fprintf(page, "%s minus base, at the end of %s %d: paired by replication\n", variant, horizon.Unit, horizon.Periods)
	if err := grid(page, 1, []string{"", "difference", "95% interval", "pairs", "variance ratio"}, rows); err != nil {
		return err
	}
	page.WriteString("\n")
	return nil
}

// subject says what is compared.
func subject(c study.Comparison, unit string) string {
	for _, l := range moneyLines(unit) {
		if l.metric == c.Metric && c.Side == "*" {
			return c.Platform + ": " + l.label
		}
	}
	switch {
	case c.Metric == "participants":
		return c.Platform + ": " + c.Side
	case c.Side == "*":
		return c.Platform + ": " + strings.ReplaceAll(c.Metric, "_", " ")
	}
	return c.Platform + ": " + strings.ReplaceAll(c.Metric, "_", " ") + " of " + c.Side
}

// remarks ends the page: what was not run, warnings, and where the files are.
func (f *forecast) remarks(page *bytes.Buffer) {
	if all := f.job.scenario.Variants; len(all) > 0 && len(f.job.plan.Variants) == 1 {
		var names []string
		for _, v := range all {
			names = append(names, v.Name)
		}
		page.WriteString(fold("variants not run: "+strings.Join(names, ", ")+"; add --variant NAME for one, --variant all for every one", pageWidth) + "\n")
	}
	for _, w := range f.warnings {
		page.WriteString(fold("warning: "+w.Text, pageWidth) + "\n")
	}
	if len(f.files) > 0 {
		var names []string
		for _, path := range f.files {
			names = append(names, filepath.Base(path))
		}
		page.WriteString(fold("wrote "+filepath.Dir(f.files[0])+string(filepath.Separator)+": "+strings.Join(names, ", "), pageWidth) + "\n")
	}
}

// several counts things in words.
func several(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// signed is a number with its sign, also when it is above zero.
func signed(x float64, unit results.Unit) string {
	if x > 0 {
		return "+" + results.Human(x, unit)
	}
	return results.Human(x, unit)
}
