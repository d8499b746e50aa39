package main

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

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
with 4 only under --strict: a forecast that was wrong is a finding, not a fault. A line that
says why it is known not to hold is reported with that reason, and exits with 4 only under
--strict. The library's own predict lines have to hold or to say why not. Where a scenario says
what was observed, its errors stand beside those of the last value, a straight line, an
exponential and a Bass curve; where an expectation states what these say, it is told which of them
would hold.`,
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
			return p.check(c, jobs, ask.threads, verdicts{strict: strict, library: library})
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
			return slices.ContainsFunc(c.Terms(), func(t study.Term) bool { return t.Names(v.Name) })
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
	Known    string          `json:"known,omitempty"` // why it is known not to hold
	Naive    []said          `json:"benchmarks,omitempty"`

	judged study.Judgement
}

// said is what a benchmark says of an expectation's left side, and whether it would hold by that.
type said struct {
	Model string  `json:"model"`
	Value float64 `json:"value"`
	Holds bool    `json:"holds"`
}

// saids are what the benchmarks of a claim say.
func saids(c study.Claim) (list []said) {
	for _, b := range c.Naive {
		list = append(list, said{b.Model, b.Value, c.Would(b.Value)})
	}
	return list
}

// checkReport is a check as one JSON document.
type checkReport struct {
	Scenario     string            `json:"scenario"` // empty for several
	Digest       string            `json:"digest"`   // empty for several
	Version      string            `json:"version"`
	Warnings     []results.Warning `json:"warnings"`
	Scenarios    []checkedScenario `json:"scenarios"`
	Expectations []verdict         `json:"expectations"`
	Benchmarks   []heldEntry       `json:"benchmarks"`
}

// heldEntry is how far one model's forecasts lay from what a scenario says was observed.
type heldEntry struct {
	Scenario string `json:"scenario"`
	scoreEntry
}

// checkedScenario says which scenario was checked.
type checkedScenario struct {
	Scenario     string `json:"scenario"`
	Digest       string `json:"digest"`
	Expectations int    `json:"expectations"`
}

// check runs and judges scenarios one after the other, and prints all verdicts.
func (p *program) check(c *cobra.Command, jobs []*job, threads int, rule verdicts) error {
	report := checkReport{Benchmarks: []heldEntry{}, Version: version, Warnings: []results.Warning{}, Scenarios: []checkedScenario{}, Expectations: []verdict{}}
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
		stands, err := stand(c.Context(), s, threads)
		var missing *scenarios.NotFoundError
		if errors.As(err, &missing) {
			fmt.Fprintf(&page, "%s: %v; nothing is held to what was observed\n", s.Name, err)
		} else if err != nil {
			return fmt.Errorf("%s: what was observed: %w", s.Name, err)
		}
		if stands != nil {
			ensemble.Hold(stands.held)
		}
		_, warnings := ensemble.Summary()
		var verdicts []verdict
		for _, claim := range s.Claims {
			judged, err := ensemble.Judge(claim)
			if err != nil {
				return err
			}
			failed = failed || !judged.Holds && rule.fails(claim)
			verdicts = append(verdicts, verdict{
				Scenario: s.Name, Name: claim.Name, Kind: claim.Kind, Holds: judged.Holds, Wanted: judged.Wanted, Known: claim.Known, Naive: saids(claim),
				Value: results.Nullable(judged.Value), Lo: results.Nullable(judged.Lo), Hi: results.Nullable(judged.Hi), judged: judged,
			})
		}
		fmt.Fprintf(&page, "%s: %s, seed %d\n", s.Name, several(j.plan.Settings.Replications, "replication"), j.plan.Settings.Seed)
		if err := verdictTable(&page, verdicts); err != nil {
			return err
		}
		if stands != nil {
			if err := scoreTable(&page, stands.scores, stands.observed.series, false); err != nil {
				return err
			}
			holdout, _ := scoreEntries(stands.scores, stands.observed.series)
			for _, entry := range holdout {
				report.Benchmarks = append(report.Benchmarks, heldEntry{s.Name, entry})
			}
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

// verdicts says which claims that do not hold fail a check.
type verdicts struct{ strict, library bool }

func (v verdicts) fails(c study.Claim) bool {
	switch {
	case v.strict:
		return true
	case c.Known != "":
		return false
	}
	return v.library || c.Kind != study.Predict
}

// verdictTable prints what was wanted, what was got and what that means.
func verdictTable(page *bytes.Buffer, list []verdict) error {
	var rows [][]string
	for _, v := range list {
		j, wanted, got := v.judged, v.judged.Claim.Text, ""
		switch c := j.Claim; {
		case c.Op == study.Between && (c.Right.Measured() || c.Upper.Measured()):
			wanted += "\n(" + v.Wanted + ")"
		case c.Op != study.Between && c.Left.Measured() && c.Right.Measured():
			got = "difference "
		}
		got += results.Human(j.Value, "1")
		if !math.IsNaN(j.Lo) || !math.IsNaN(j.Hi) {
			got += "\n" + span(j.Lo, j.Hi, "1")
		}
		rows = append(rows, []string{
			fold(v.Name, nameWidth),
			wanted,
			got,
			fold(v.words()+"\n("+string(v.Kind)+")", verdictWidth),
		})
	}
	err := grid(page, 2, []string{"expectation", "wanted", "got", "verdict"}, rows)
	for _, v := range list {
		text := ""
		switch {
		case v.Known == "":
			continue
		case v.Holds:
			text = "holds, though it is said not to: "
		}
		page.WriteString(fold("note: "+v.Name+": "+text+v.Known, pageWidth) + "\n")
	}
	for _, v := range list {
		if len(v.Naive) == 0 {
			continue
		}
		var parts []string
		for _, b := range v.Naive {
			verdict := "does not hold"
			if b.Holds {
				verdict = "holds"
			}
			parts = append(parts, fmt.Sprintf("%s %s, which %s", b.Model, results.Human(b.Value, "1"), verdict))
		}
		page.WriteString(fold("benchmarks: "+v.Name+": "+strings.Join(parts, "; "), pageWidth) + "\n")
	}
	return err
}

// The columns of the table of verdicts, so that it fits into a page.
const (
	nameWidth    = 20
	verdictWidth = 16
)

// words is the verdict; a prediction that failed is a finding and is called otherwise than
// a promise that was broken.
func (v verdict) words() string {
	switch {
	case v.Holds:
		return "holds"
	case v.judged.Open != "":
		return "not judged: " + v.judged.Open
	case v.Known != "":
		return "does not hold, as is known"
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
