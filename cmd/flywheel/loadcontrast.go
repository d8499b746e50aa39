package main

import (
	"bytes"
	"fmt"

	"flywheel/loadtest"
	"flywheel/results"
)

// contrast holds the run against an earlier one; why that cannot be is a warning, as the
// run itself is whole.
func (l *loaded) contrast(folder string, before *results.Table) {
	if before == nil {
		return
	}
	l.baseline = folder
	compared, err := loadtest.Contrasts(before, l.report.Seconds())
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
		verdict := "not shown"
		if c.Shown {
			verdict = "shown"
		}
		number := func(v float64) string { return results.Human(v, c.Unit) }
		rows = append(rows, []string{c.Step, c.Metric, number(c.Before), number(c.After), fmt.Sprintf("%s (%s to %s)", number(c.Mean), number(c.Lo), number(c.Hi)), verdict})
	}
	page.WriteString("\n")
	if err := grid(page, 2, []string{"against " + l.baseline, "", "before", "now", "difference, 95%", ""}, rows); err != nil {
		return err
	}
	page.WriteString(fold("By "+loadtest.ContrastMethod+". Two runs also differ by the hour, which two runs cannot tell.", pageWidth) + "\n")
	return nil
}
