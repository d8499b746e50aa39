package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"flywheel/loadtest"
	"flywheel/results"
	"flywheel/results/files"
	"flywheel/results/query"
)

// diffing is what the flags of a comparison of stored runs ask.
type diffing struct {
	shelf
	table      string
	where      string
	confidence float64
	limit      int
	format     string
}

func (p *program) resultsDiff() *cobra.Command {
	var d diffing
	c := &cobra.Command{
		Use:   "diff A B",
		Short: "Say which rows of two runs differ, and whether beyond luck",
		Long: `Compare two stored runs row by row: how many rows are the same in every number, differ, or
are in one only. Where a table has a row for each replication, the numbers that differ are judged
against luck, at the last period unless --where says otherwise: paired by replication where both
runs drew the same luck (one seed, one engine), else as independent samples; all intervals hold
at once (Bonferroni). Two load tests are judged by their seconds, paired at the same points of
the curve, and the intervals of a step hold at once.`,
		Example: "  flywheel run " + exampleScenario + " --out growth\n  flywheel run " + exampleScenario + " --set platforms.A.fee=0.2 --out dear\n  flywheel results diff growth dear",
		Args:    exactly(2, "two runs"),
		RunE: func(_ *cobra.Command, args []string) error {
			return p.diff(&d, args[0], args[1])
		},
	}
	d.flags(c)
	f := c.Flags()
	f.StringVar(&d.table, "table", "", "compare the table `NAME` alone")
	f.StringVar(&d.where, "where", "", "judge the rows for which the `EXPRESSION` over columns holds (default those of the last period)")
	f.Float64Var(&d.confidence, "confidence", 0.95, "let all intervals hold at once with `SHARE`")
	f.IntVar(&d.limit, "limit", 20, "print `N` of the numbers that differ; 0 for all")
	f.StringVar(&d.format, "format", "text", "print as `NAME`: "+strings.Join(formats, ", "))
	return c
}

// tableDiff is what is found about one table.
type tableDiff struct {
	Table  string `json:"table"`
	Same   int    `json:"same"`
	Differ int    `json:"differ"`
	OnlyA  int    `json:"only_a"`
	OnlyB  int    `json:"only_b"`

	Judged     bool    `json:"judged"` // whether its numbers could be held against luck
	Paired     bool    `json:"paired"`
	Compared   int     `json:"compared"`
	Equal      int     `json:"equal"`
	BeyondLuck int     `json:"beyond_luck"`
	Each       float64 `json:"each_confidence"`

	gaps *results.Table
	how  string // they were judged, in words
	why  string // they were not, where they might have been
}

// diffDocument is a comparison of stored runs as one JSON document.
type diffDocument struct {
	Scenario string            `json:"scenario"`
	Digest   string            `json:"digest"`
	Version  string            `json:"version"`
	Warnings []results.Warning `json:"warnings"`
	A        string            `json:"a"`
	B        string            `json:"b"`
	Tables   []tableDiff       `json:"tables"`
	Rows     []json.RawMessage `json:"rows"`
}

// diff compares two runs and prints what differs.
func (p *program) diff(d *diffing, nameA, nameB string) error {
	if err := knownFormat(d.format); err != nil {
		return err
	}
	if !(d.confidence > 0 && d.confidence < 1) {
		return wrong("--confidence: %g is no confidence; give a share between 0 and 1, such as 0.95", d.confidence)
	}
	a, err := d.find(nameA)
	if err != nil {
		return err
	}
	b, err := d.find(nameB)
	if err != nil {
		return err
	}
	tables, err := d.tables(a, b)
	if err != nil {
		return err
	}
	doc := diffDocument{Scenario: a.Run.Scenario, Digest: a.Run.Digest, Version: version, A: a.Name, B: b.Name, Warnings: listed(notes(a, b)), Tables: []tableDiff{}, Rows: []json.RawMessage{}}
	for _, name := range tables {
		one, err := d.compare(a, b, name)
		if err != nil {
			return err
		}
		doc.Tables = append(doc.Tables, one)
		if one.why != "" {
			doc.Warnings = append(doc.Warnings, results.Warning{Code: "not_judged", Text: one.why})
		}
		if one.gaps != nil {
			rows, err := rowsOfTable(one.gaps)
			if err != nil {
				return err
			}
			doc.Rows = append(doc.Rows, rows...)
		}
	}
	var page bytes.Buffer
	if err := d.page(&page, &doc); err != nil {
		return err
	}
	return p.present(&page, doc)
}

// tables are those that both runs have.
func (d *diffing) tables(a, b files.Stored) ([]string, error) {
	both := slices.DeleteFunc(a.Tables(), func(name string) bool { return !slices.Contains(b.Tables(), name) })
	switch {
	case d.table != "" && !slices.Contains(both, d.table):
		return nil, wrong("--table: the runs do not both have a table %q; %s", d.table, meant(d.table, both, "both have "+strings.Join(both, ", ")))
	case d.table != "":
		return []string{d.table}, nil
	case len(both) == 0:
		return nil, wrong("%s and %s have no table in common: the one has %s, the other %s", a.Name, b.Name, strings.Join(a.Tables(), ", "), strings.Join(b.Tables(), ", "))
	}
	return both, nil
}

// notes say in what the two runs were made differently.
func notes(a, b files.Stored) []results.Warning {
	var list []results.Warning
	note := func(what, x, y string) {
		if x != y {
			list = append(list, results.Warning{Code: "differs", Text: fmt.Sprintf("%s differs: %s in %s, %s in %s", what, x, a.Name, y, b.Name)})
		}
	}
	note("version", a.Run.Version, b.Run.Version)
	note("engine", a.Run.Engine, b.Run.Engine)
	note("seed", fmt.Sprint(a.Run.Seed), fmt.Sprint(b.Run.Seed))
	note("replications", fmt.Sprint(a.Run.Replications), fmt.Sprint(b.Run.Replications))
	return list
}

// compare compares one table of two runs.
func (d *diffing) compare(a, b files.Stored, name string) (tableDiff, error) {
	one := tableDiff{Table: name}
	left, err := a.Table(name)
	if err != nil {
		return one, err
	}
	right, err := b.Table(name)
	if err != nil {
		return one, err
	}
	rows, err := query.Against(left, right)
	if err != nil {
		return one, err
	}
	one.Same, one.Differ, one.OnlyA, one.OnlyB = rows.Same, rows.Differ, rows.OnlyA, rows.OnlyB
	if ofLoad(a, b, name) {
		gaps, err := contrastsOf(left, right, d.confidence)
		if err != nil {
			one.why = fmt.Sprintf("nothing is judged against luck: %v", err)
			return one, nil
		}
		one.how = "by " + loadtest.ContrastMethod + "; two runs also differ by the hour, which two runs cannot tell"
		return one, one.judged(gaps)
	}
	if left.Schema.Index("replication") < 0 || right.Schema.Index("replication") < 0 {
		return one, nil
	}
	if left, right, err = d.rows(left, right); err != nil {
		return one, failure{exitUsage, err}
	}
	paired := a.Run.Seed == b.Run.Seed && a.Run.Engine == b.Run.Engine
	gaps, err := query.Judge(left, right, paired, d.confidence)
	if err != nil {
		return one, err
	}
	one.how = "independent samples"
	if paired {
		one.how = "paired by replication"
	}
	one.how += ", all intervals hold at once with " + results.Human(d.confidence, "share")
	return one, one.judged(gaps)
}

// judged takes what was found in.
func (t *tableDiff) judged(gaps query.Gaps) (err error) {
	t.Judged, t.Paired, t.Compared, t.Equal, t.BeyondLuck, t.Each = true, gaps.Paired, gaps.Compared, gaps.Equal, gaps.BeyondLuck, gaps.Each
	t.gaps, err = gaps.Table()
	return err
}

// rows are those that are judged.
func (d *diffing) rows(a, b *results.Table) (left, right *results.Table, err error) {
	if d.where != "" {
		var faults [2]error
		left, faults[0] = query.Query{Where: d.where}.Run(a)
		right, faults[1] = query.Query{Where: d.where}.Run(b)
		return left, right, errors.Join(faults[0], faults[1])
	}
	if a.Schema.Index("period") < 0 || b.Schema.Index("period") < 0 || a.Rows() == 0 || b.Rows() == 0 {
		return a, b, nil
	}
	last := min(slices.Max(a.Integers("period")), slices.Max(b.Integers("period")))
	at := func(t *results.Table) *results.Table {
		return t.Filter(func(row int) bool { return t.Integers("period")[row] == last })
	}
	return at(a), at(b), nil
}

// page prints the comparison.
func (d *diffing) page(page *bytes.Buffer, doc *diffDocument) error {
	text := d.format == "text"
	if text {
		fmt.Fprintf(page, "%s against %s\n\n", doc.B, doc.A)
		var rows [][]string
		for _, t := range doc.Tables {
			verdict := ""
			if t.Judged {
				verdict = fmt.Sprintf("%d of %d numbers differ, %d beyond luck", t.Compared-t.Equal, t.Compared, t.BeyondLuck)
			}
			rows = append(rows, []string{t.Table, verdict, fmt.Sprint(t.Same), fmt.Sprint(t.Differ), fmt.Sprint(t.OnlyA), fmt.Sprint(t.OnlyB)})
		}
		if err := grid(page, 2, []string{"table", "against luck", "same rows", "differ", "only a", "only b"}, rows); err != nil {
			return err
		}
	}
	for _, t := range doc.Tables {
		if t.gaps == nil || t.gaps.Rows() == 0 {
			continue
		}
		shown := t.gaps
		if d.limit > 0 && d.limit < shown.Rows() {
			shown = shown.Slice(0, d.limit)
		}
		if text {
			page.WriteString("\n" + fold(fmt.Sprintf("%s: b minus a, %s", t.Table, t.how), pageWidth) + "\n")
		}
		if err := writeTable(page, shown, d.format); err != nil {
			return err
		}
		if more := t.gaps.Rows() - shown.Rows(); more > 0 && text {
			fmt.Fprintf(page, "and %d more; --limit 0 prints all\n", more)
		}
	}
	if text {
		for _, w := range doc.Warnings {
			page.WriteString(fold("warning: "+w.Text, pageWidth) + "\n")
		}
	}
	return nil
}
