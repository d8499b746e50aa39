package main

import (
	"bytes"
	"fmt"
	"math"
	"slices"

	"flywheel/results"
	"flywheel/sim/study"
)

// page is the comparison for people, in the format that is wanted.
func (v *compared) page(page *bytes.Buffer, s *comparing) error {
	if s.format == "csv" {
		t, err := study.DifferenceTable(v.all)
		if err != nil {
			return err
		}
		return writeTable(page, t, s.format)
	}
	horizon := v.law.Model.Horizon
	settings := v.plan.Settings
	luck := fmt.Sprintf("%s, seed %d", several(settings.Replications, "paired replication"), settings.Seed)
	if settings.Certain {
		luck = "no luck"
	}
	title := fmt.Sprintf("%s: %s engine, %s participants, %s, %s", v.scenario.Name, settings.Engine,
		results.Human(float64(v.law.People()), "participants"), several(horizon.Periods, horizon.Unit), luck)
	text := s.format == "text"
	if text {
		page.WriteString(fold(title, pageWidth) + "\n\n")
	}
	for from := 0; from < len(v.all); {
		to := from
		for to < len(v.all) && v.all[to].Variant == v.all[from].Variant {
			to++
		}
		if err := v.part(page, from, to, s); err != nil {
			return err
		}
		page.WriteString("\n")
		from = to
	}
	if s.format == "markdown" {
		page.WriteString(title + ". " + v.reading() + ".\n")
	}
	if !text {
		return nil
	}
	page.WriteString(fold(v.reading(), pageWidth) + "\n")
	v.foot(page, v.warnings, v.files)
	return nil
}

// reading says what the intervals are.
func (v *compared) reading() string {
	switch {
	case v.plan.Settings.Certain:
		return "nothing is drawn: differences are exact"
	case len(v.all) == 0:
		return "nothing can be compared"
	}
	return fmt.Sprintf("all %s hold at once with %s (Bonferroni: each with %s)", several(len(v.all), "interval"),
		results.Human(v.confidence, "share"), results.Human(v.each, "share"))
}

// part prints one variant against the baseline.
func (v *compared) part(page *bytes.Buffer, from, to int, s *comparing) error {
	unit := v.law.Model.Horizon.Unit
	c := v.all[from]
	caption := fmt.Sprintf("%s minus %s, at the end of %s %d", c.Variant, c.Baseline, unit, c.Period)
	header := []string{"", c.Baseline, "difference", results.Human(v.confidence, "share") + " interval", "pairs", "variance\nratio"}
	if s.width != "" {
		header = append(header, "runs for\n"+s.width)
	}
	var rows [][]string
	for i := from; i < to; i++ {
		c, d := v.all[i], v.all[i].Difference
		shown := study.NotShown
		if d.Shown {
			shown = signed(d.Mean, c.Unit)
		}
		row := []string{subject(c, unit), results.Human(c.Before, c.Unit), shown, span(d.Lo, d.Hi, c.Unit), fmt.Sprint(d.Pairs), results.Human(d.VarianceRatio, "1")}
		if s.width != "" {
			row = append(row, results.Human(v.needed[i], "1"))
		}
		rows = append(rows, row)
	}
	switch s.format {
	case "markdown":
		markdown(page, caption, 1, header, rows)
	case "latex":
		latex(page, caption+"; "+v.reading(), 1, header, rows)
	default:
		const pairs = 4
		if all := fmt.Sprint(v.plan.Settings.Replications); !slices.ContainsFunc(rows, func(row []string) bool { return row[pairs] != all }) {
			header = slices.Delete(header, pairs, pairs+1) // the title has said it
			for i := range rows {
				rows[i] = slices.Delete(rows[i], pairs, pairs+1)
			}
		}
		page.WriteString(caption + "\n")
		return grid(page, 1, header, rows)
	}
	return nil
}

// comparisonDocument is a comparison as one JSON document.
type comparisonDocument struct {
	heading
	Confidence  float64          `json:"confidence"`
	Correction  string           `json:"correction"`
	Each        float64          `json:"each_confidence"`
	Elapsed     float64          `json:"elapsed_s"`
	Work        int64            `json:"participant_periods"`
	Differences []comparisonLine `json:"differences"`
	Files       []string         `json:"files"`
}

// comparisonLine is one difference.
type comparisonLine struct {
	documentDifference
	Before *float64 `json:"before"`
	Needed *float64 `json:"replications_needed,omitempty"`
}

// document is the comparison for programs.
func (v *compared) document(*comparing) comparisonDocument {
	r := comparisonDocument{heading: v.heading(v.warnings), Confidence: v.confidence, Correction: "bonferroni", Each: v.each,
		Elapsed: v.elapsed.Seconds(), Work: v.work, Differences: []comparisonLine{}, Files: listed(v.files)}
	for i, c := range v.all {
		line := comparisonLine{documentDifference: differenceOf(c), Before: results.Nullable(c.Before)}
		if !math.IsNaN(v.needed[i]) {
			line.Needed = &v.needed[i]
		}
		r.Differences = append(r.Differences, line)
	}
	return r
}
