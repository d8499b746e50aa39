package main

import (
	"bytes"
	"fmt"

	"flywheel/loadtest"
	"flywheel/results"
	"flywheel/results/files"
	"flywheel/results/query"
)

// contrast holds the run against an earlier one; why that cannot be is a warning, as the
// run itself is whole.
func (l *loaded) contrast(folder string, before *results.Table) {
	if before == nil {
		return
	}
	l.baseline = folder
	compared, err := loadtest.Contrasts(before, l.report.Seconds(), 0.95)
	if err != nil {
		l.warnings = append(l.warnings, results.Warning{Code: "baseline", Text: fmt.Sprintf("nothing is compared with %s: %v", folder, err)})
		return
	}
	l.compared = compared
}

// contrasts prints what differs from the earlier run, and what does not.
func (l *loaded) contrasts(page *bytes.Buffer) error {
	if len(l.compared) == 0 {
		return nil
	}
	var rows [][]string
	for _, c := range l.compared {
		number := func(v float64) string { return results.Human(v, c.Unit) }
		rows = append(rows, []string{c.Step, c.Metric, number(c.Before), number(c.After), fmt.Sprintf("%s (%s to %s)", number(c.Mean), number(c.Lo), number(c.Hi)), shownWord(c.Shown)})
	}
	page.WriteString("\n")
	if err := grid(page, 2, []string{"against " + l.baseline, "", "before", "now", "difference, 95%", ""}, rows); err != nil {
		return err
	}
	page.WriteString(fold("By "+loadtest.ContrastMethod+". Two runs also differ by the hour, which two runs cannot tell.", pageWidth) + "\n")
	return nil
}

// contrastsOf holds two stored load tests against each other, by their tables of seconds.
// The error says why they cannot be: their rows can be counted all the same.
func contrastsOf(a, b *results.Table, confidence float64) (query.Gaps, error) {
	list, err := loadtest.Contrasts(a, b, confidence)
	g := query.Gaps{Keys: []string{"step"}, Paired: true, Each: confidence, Compared: len(list)}
	for _, c := range list {
		d := results.Difference{Mean: c.Mean, Lo: c.Lo, Hi: c.Hi, Shown: c.Shown, Pairs: c.Blocks}
		g.Gaps = append(g.Gaps, query.Gap{Keys: []string{c.Step}, Metric: c.Metric, Unit: c.Unit, A: c.Before, B: c.After, Difference: d})
		if c.Shown {
			g.BeyondLuck++
		}
		if c.Mean == 0 && c.Lo == 0 && c.Hi == 0 {
			g.Equal++
		}
	}
	return g, err
}

// ofLoad reports whether a table of two runs is the seconds of two load tests.
func ofLoad(a, b files.Stored, table string) bool {
	return table == seconds && a.Run.Kind == results.KindLoad && b.Run.Kind == results.KindLoad
}
