package main

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"flywheel/results"
	"flywheel/scenarios"
	"flywheel/sim/study"
)

func (p *program) checkCommand() *cobra.Command {
	var ask asked
	var library, strict bool
	c := &cobra.Command{
		Use:   "check SCENARIO... | --library",
		Short: "Run scenarios against their own expectations",
		Long: `Run each scenario and hold it to its own expect: lines. A broken plain or fit line exits
with 4. A predict line that does not hold is printed with what came instead, and exits
with 4 only under --strict: a forecast that was wrong is a finding, not a fault.`,
		Example:           "  flywheel check " + exampleScenario,
		ValidArgsFunction: completeScenario,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case library && len(args) > 0:
				return wrong("check takes scenarios or --library, not both")
			case !library && len(args) == 0:
				return wrong("check wants scenarios: files or names of the library, or --library for all of these")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			options, err := ask.options(c)
			if err != nil {
				return err
			}
			if library {
				args = scenarios.Library()
			}
			jobs, err := expecting(args, options)
			if err != nil {
				return err
			}
			return p.check(c, jobs, ask.threads, strict)
		},
	}
	c.Flags().BoolVar(&library, "library", false, "check every scenario of the library")
	c.Flags().BoolVar(&strict, "strict", false, "exit with 4 on predict lines that do not hold, too")
	ask.settable(c)
	ask.threaded(c)
	return c
}

// expecting prepares every scenario with the variants that its claims name, and reports
// what is wrong with all of them before any is run.
func expecting(sources []string, o scenarios.Options) (jobs []*job, err error) {
	var faults []error
	worst := exitDone
	for _, source := range sources {
		s, err := scenarios.Load(source, o)
		if err == nil {
			var j *job
			if j, err = prepare(s, claimed(s)); err == nil {
				jobs = append(jobs, j)
				continue
			}
		}
		worst = max(worst, exitOf(err))
		faults = append(faults, err)
	}
	if len(faults) > 0 {
		return nil, failure{worst, errors.Join(faults...)}
	}
	return jobs, nil
}

// claimed are the variants that a scenario's claims name.
func claimed(s *scenarios.Scenario) []scenarios.Variant {
	return slices.DeleteFunc(slices.Clone(s.Variants), func(v scenarios.Variant) bool {
		return !slices.ContainsFunc(s.Claims, func(c study.Claim) bool {
			return slices.ContainsFunc([]study.Term{c.Left, c.Right, c.Upper}, func(t study.Term) bool {
				return t.Quantity != nil && t.Quantity.Variant == v.Name
			})
		})
	})
}

// verdict is what became of one expectation of a scenario.
type verdict struct {
	Scenario string          `json:"scenario"`
	Name     string          `json:"name"`
	Kind     study.ClaimKind `json:"kind"`
	Holds    bool            `json:"holds"`
	Value    *float64        `json:"value"`
	Lo       *float64        `json:"lo"`
	Hi       *float64        `json:"hi"`
	Wanted   string          `json:"wanted"`

	judged study.Judgement
}

// checkReport is a check as one JSON document.
type checkReport struct {
	Scenario     string            `json:"scenario"` // empty for several
	Digest       string            `json:"digest"`   // empty for several
	Version      string            `json:"version"`
	Warnings     []results.Warning `json:"warnings"`
	Scenarios    []checkedScenario `json:"scenarios"`
	Expectations []verdict         `json:"expectations"`
}

// checkedScenario says which scenario was checked.
type checkedScenario struct {
	Scenario     string `json:"scenario"`
	Digest       string `json:"digest"`
	Expectations int    `json:"expectations"`
}

// check runs and judges scenarios one after the other, and prints all verdicts.
func (p *program) check(c *cobra.Command, jobs []*job, threads int, strict bool) error {
	report := checkReport{Version: version, Warnings: []results.Warning{}, Scenarios: []checkedScenario{}, Expectations: []verdict{}}
	var page bytes.Buffer
	failed := false
	for _, j := range jobs {
		s := j.scenario
		report.Scenarios = append(report.Scenarios, checkedScenario{s.Name, s.Digest, len(s.Claims)})
		if len(s.Claims) == 0 {
			fmt.Fprintf(&page, "%s: no expectations; write expect: lines to check it by\n\n", s.Name)
			continue
		}
		ensemble := study.NewEnsemble(j.plan, s.Claims)
		j.periods = ensemble.Periods()
		_, err := p.execute(c.Context(), j, threads, func(t study.Trial, timeline *results.Table) error {
			ensemble.Add(t, timeline)
			return nil
		})
		if errors.Is(err, errInterrupted) {
			return failure{exitInterrupted, fmt.Errorf("interrupted while %s ran; nothing is judged", s.Name)}
		}
		if err != nil {
			return err
		}
		_, warnings := ensemble.Summary()
		var verdicts []verdict
		for _, claim := range s.Claims {
			judged, err := ensemble.Judge(claim)
			if err != nil {
				return err
			}
			failed = failed || !judged.Holds && (strict || claim.Kind != study.Predict)
			verdicts = append(verdicts, verdict{
				Scenario: s.Name, Name: claim.Name, Kind: claim.Kind, Holds: judged.Holds, Wanted: judged.Wanted,
				Value: results.Nullable(judged.Value), Lo: results.Nullable(judged.Lo), Hi: results.Nullable(judged.Hi), judged: judged,
			})
		}
		fmt.Fprintf(&page, "%s: %s, seed %d\n", s.Name, several(j.plan.Settings.Replications, "replication"), j.plan.Settings.Seed)
		if err := verdictTable(&page, verdicts); err != nil {
			return err
		}
		for _, w := range warnings {
			page.WriteString(fold("warning: "+w.Text, pageWidth) + "\n")
		}
		page.WriteString("\n")
		report.Warnings, report.Expectations = append(report.Warnings, warnings...), append(report.Expectations, verdicts...)
	}
	if len(jobs) == 1 {
		report.Scenario, report.Digest = jobs[0].scenario.Name, jobs[0].scenario.Digest
	}
	page.WriteString(tally(report.Expectations))
	err := p.present(&page, report)
	if err == nil && failed {
		return failure{code: exitJudged}
	}
	return err
}

// verdictTable prints what was wanted, what was got and what that means.
func verdictTable(page *bytes.Buffer, verdicts []verdict) error {
	var rows [][]string
	for _, v := range verdicts {
		j, wanted, got := v.judged, v.judged.Claim.Text, ""
		switch c := j.Claim; {
		case c.Op == study.Between && (c.Right.Quantity != nil || c.Upper.Quantity != nil):
			wanted += "\n(" + v.Wanted + ")"
		case c.Op != study.Between && c.Left.Quantity != nil && c.Right.Quantity != nil:
			got = "difference "
		}
		rows = append(rows, []string{
			fold(v.Name, nameWidth),
			fold(wanted, wantedWidth),
			got + results.Human(j.Value, "1") + "\n" + span(j.Lo, j.Hi, "1"),
			v.words() + "\n(" + string(v.Kind) + ")",
		})
	}
	return grid(page, 2, []string{"expectation", "wanted", "got", "verdict"}, rows)
}

// The columns of the table of verdicts, so that it fits into a page.
const (
	nameWidth   = 20
	wantedWidth = 25
)

// words is the verdict; a prediction that failed is a finding and is called otherwise than
// a promise that was broken.
func (v verdict) words() string {
	switch {
	case v.Holds:
		return "holds"
	case v.judged.Open != "":
		return "not judged: " + v.judged.Open
	case v.Kind == study.Predict:
		return "not held"
	}
	return "broken"
}

// tally counts the verdicts by kind.
func tally(verdicts []verdict) string {
	text := ""
	for _, kind := range []study.ClaimKind{study.Plain, study.Fit, study.Predict} {
		all, holding := 0, 0
		for _, v := range verdicts {
			if v.Kind == kind {
				all++
				if v.Holds {
					holding++
				}
			}
		}
		if all > 0 {
			text += fmt.Sprintf("%s: %d of %d hold\n", kind, holding, all)
		}
	}
	return text
}
