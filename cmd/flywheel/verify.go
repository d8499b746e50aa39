package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"flywheel/models/theory"
	"flywheel/results"
	"flywheel/scenarios"
	"flywheel/sim/verify"
)

func (p *program) verifyCommand() *cobra.Command {
	var ask asked
	var file, one string
	var quick, analytic bool
	c := &cobra.Command{
		Use:   "verify",
		Short: "Hold the model against closed forms from the literature",
		Long: `Run theory cases through the same engines as scenarios and compare each quantity with its
closed form. A quantity holds when it lies within its tolerance: four standard errors that
theory predicts for these runs, plus what theory neglects. A miss exits with 4.`,
		Example: "  flywheel verify --only logit-two-sided --analytic",
		Args:    none,
		RunE: func(c *cobra.Command, _ []string) error {
			if _, err := ask.options(c); err != nil {
				return err
			}
			source, cases := "the built-in suite", verify.Suite(quick)
			if file != "" {
				var err error
				if source, cases, err = readCases(file, analytic); err != nil {
					return err
				}
			}
			cases, err := chosen(cases, one, source)
			if err != nil {
				return err
			}
			return p.verify(c, source, cases, verify.Options{Seed: ask.seed, Threads: ask.threads, Analytic: analytic})
		},
	}
	c.Flags().StringVar(&file, "case", "", "take the cases of the YAML file `FILE` instead of the built-in ones")
	c.Flags().StringVar(&one, "only", "", "take only the cases of the model `NAME`, or whose ids begin so")
	c.Flags().BoolVar(&quick, "quick", false, "take fewer of the built-in cases")
	c.Flags().BoolVar(&analytic, "analytic", false, "state the closed forms and simulate nothing")
	c.Flags().Uint64Var(&ask.seed, "seed", 1, "base all random numbers on `N`")
	ask.threaded(c)
	return c
}

// readCases reads a file of cases and holds every one to theory, so that all that is wrong is
// told with its line.
func readCases(file string, analytic bool) (source string, cases []verify.Case, err error) {
	_, err = scenarios.LoadCases(file, func(read []scenarios.Case) error {
		for _, c := range read {
			cases = append(cases, verify.Case{ID: c.ID, Model: c.Model, Params: theory.Params(c.Params), Simulate: verify.Simulate(c.Simulate)})
		}
		return verify.Check(cases, analytic)
	})
	return file, cases, err
}

// chosen are the cases that a name selects: those of a model, or those whose ids begin so.
func chosen(cases []verify.Case, name, source string) ([]verify.Case, error) {
	if name == "" {
		return cases, nil
	}
	var picked []verify.Case
	var known []string
	for _, c := range cases {
		known = append(known, c.Model, c.ID)
		if c.Model == name || strings.HasPrefix(c.ID, name) {
			picked = append(picked, c)
		}
	}
	if len(picked) == 0 {
		return nil, wrong("--only: %s has no case or model %q; %s", source, name, meant(name, known, "flywheel verify --analytic lists them"))
	}
	return picked, nil
}

// verifyReport is a verification as one JSON document.
type verifyReport struct {
	Scenario string            `json:"scenario"` // where the cases come from
	Digest   string            `json:"digest"`   // of the cases and the seed
	Version  string            `json:"version"`
	Warnings []results.Warning `json:"warnings"`
	Seed     uint64            `json:"seed"`
	Cases    []verifiedLine    `json:"cases"`
}

// verifiedLine is one quantity of a case; what was not simulated is null.
type verifiedLine struct {
	ID        string   `json:"id"`
	Model     string   `json:"model"`
	Quantity  string   `json:"quantity"`
	Theory    *float64 `json:"theory"`
	Simulated *float64 `json:"simulated"`
	SE        *float64 `json:"se"`
	Tolerance *float64 `json:"tolerance"`
	Holds     *bool    `json:"holds"`
}

// verify runs cases and prints theory beside simulation.
func (p *program) verify(c *cobra.Command, source string, cases []verify.Case, o verify.Options) error {
	bar := p.watch("verify", 0)
	o.Progress = bar.tell
	lines, err := verify.Run(c.Context(), cases, o)
	bar.stop()
	if err != nil {
		if c.Context().Err() != nil {
			return failure{exitInterrupted, errors.New("interrupted; nothing is judged")}
		}
		return err
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%+v seed %d", cases, o.Seed))
	return p.verified(verifyReport{Scenario: source, Digest: hex.EncodeToString(sum[:]), Version: version, Warnings: []results.Warning{}, Seed: o.Seed}, lines, o.Analytic)
}

// verified prints judged lines; a line that misses is an error without words of its own.
func (p *program) verified(report verifyReport, lines []verify.Line, analytic bool) error {
	report.Cases = []verifiedLine{}
	judged, held := 0, 0
	for _, l := range lines {
		line := verifiedLine{
			ID: l.ID, Model: l.Model, Quantity: l.Quantity, Theory: results.Nullable(l.Theory), Simulated: results.Nullable(l.Simulated),
			SE: results.Nullable(l.SE), Tolerance: results.Nullable(l.Tolerance),
		}
		if l.Judged {
			judged++
			line.Holds = &l.Holds
			if l.Holds {
				held++
			}
		}
		report.Cases = append(report.Cases, line)
	}
	var page bytes.Buffer
	if err := verifiedTables(&page, lines, analytic); err != nil {
		return err
	}
	if !analytic {
		fmt.Fprintf(&page, "%d of %d simulated quantities hold, seed %d\n", held, judged, report.Seed)
	}
	if err := p.present(&page, report); err != nil {
		return err
	}
	if held < judged {
		return failure{code: exitJudged}
	}
	return nil
}

// verifiedTables prints a table for each case.
func verifiedTables(page *bytes.Buffer, lines []verify.Line, analytic bool) error {
	for len(lines) > 0 {
		n := slices.IndexFunc(lines, func(l verify.Line) bool { return l.ID != lines[0].ID })
		if n < 0 {
			n = len(lines)
		}
		header := []string{"quantity", "theory", "simulated", "std error", "tolerance", "verdict"}
		if analytic {
			header = header[:2]
		}
		var rows [][]string
		for _, l := range lines[:n] {
			theory := digits(l.Theory, 6)
			if theory == "" {
				theory = "none"
			}
			row := []string{l.Quantity, theory, digits(l.Simulated, 6), digits(l.SE, 2), digits(l.Tolerance, 2), "not simulated"}
			switch {
			case l.Judged && l.Holds:
				row[5] = "holds"
			case l.Judged:
				row[5] = "misses"
			}
			rows = append(rows, row[:len(header)])
		}
		fmt.Fprintf(page, "%s: %s\n", lines[0].ID, lines[0].Model)
		if err := grid(page, 1, header, rows); err != nil {
			return err
		}
		page.WriteString("\n")
		lines = lines[n:]
	}
	return nil
}

// digits is a number with so many significant digits, empty where there is none.
func digits(x float64, significant int) string {
	if results.Nullable(x) == nil {
		return ""
	}
	return strconv.FormatFloat(x, 'g', significant, 64)
}
