package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"flywheel/results"
	"flywheel/results/report"
	"flywheel/sim/study"
)

func (p *program) runCommand() *cobra.Command {
	var ask asked
	var out string
	var overwrite bool
	c := &cobra.Command{
		Use:   "run SCENARIO",
		Short: "Forecast: run a scenario many times and read bands from it",
		Long: `Run a scenario: a YAML file, or the name of a library scenario. Prints the growth chart
and the summary, and writes timeline and summary (CSV and Parquet), the request curve of an
event (CSV), resolved.yaml and manifest.json. Ctrl-C keeps every finished replication.`,
		Example:           "  flywheel run " + exampleScenario + " --set platforms.A.fee=0.2 --variant all",
		Args:              oneScenario,
		ValidArgsFunction: completeScenario,
		RunE: func(c *cobra.Command, args []string) error {
			started := time.Now()
			job, err := ask.job(c, args[0])
			if err != nil {
				return err
			}
			a := &archive{dir: out, job: job, changes: ask.changes(c)}
			if a.dir == "" {
				a.dir = place(job)
			}
			return p.forecast(c.Context(), a, overwrite, ask.threads, started)
		},
	}
	c.Flags().StringVar(&out, "out", "", "write into the folder `DIR` (default flywheel-out/<scenario>-<digest>/)")
	c.Flags().BoolVar(&overwrite, "overwrite", false, "let the folder of --out replace another run's")
	p.drawing(c)
	ask.planned(c)
	ask.settable(c)
	ask.threaded(c)
	return c
}

// forecast is everything a page or a document about a run is made from.
type forecast struct {
	job         *job
	entries     []study.Entry
	growth      []study.Growth
	comparisons []study.Comparison
	curve       *results.Table     // of the scenario's event; nil without one
	channels    *results.Table     // what each policy that brings people cost and brought; nil without any
	links       links              // of the scenario's order chains
	money       []report.Waterfall // of the scenario itself
	frontiers   []study.Frontier
	happenings  []study.Happening // to the scenario itself
	unbounded   error             // why there are no frontiers
	warnings    []results.Warning
	files       []string
	drawn       []report.Section // what the terminal draws; nil for the growth alone
	work        int64            // participant-periods done
	elapsed     time.Duration
}

// forecast runs a plan into its archive and prints what came of it.
func (p *program) forecast(ctx context.Context, a *archive, overwrite bool, threads int, started time.Time) (err error) {
	if err := a.open(overwrite); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.folder.Abort()) }()
	ensemble := study.NewEnsemble(a.job.plan, a.job.scenario.Claims)
	var lost links
	base := a.job.plan.Variants[0].Law
	frontiers, why := frontiersOf(base, pageEvaluations)
	chronicle := study.NewChronicle(base, frontiers)
	done, failed := p.execute(ctx, a.job, threads, func(t study.Trial, timeline *results.Table) error {
		ensemble.Add(t, timeline)
		if t.Variant == 0 {
			lost.add(base, timeline)
			chronicle.Add(timeline)
		}
		return a.add(t, timeline)
	})
	stopped := errors.Is(failed, errInterrupted)
	switch {
	case stopped && done == 0:
		return failure{exitInterrupted, errors.New("interrupted before any run had finished; nothing is written")}
	case failed != nil && !stopped:
		return failed
	}
	f := &forecast{job: a.job, work: a.work, growth: ensemble.Growth(), links: lost, frontiers: frontiers, unbounded: why}
	f.money = a.page.Money(study.Base)
	f.happenings = chronicle.Happenings(a.job.plan.Settings.Band)
	f.entries, f.warnings = ensemble.Summary()
	if list := study.Channels(a.job.plan, f.entries); len(list) > 0 {
		if f.channels, err = study.ChannelTable(list); err != nil {
			return err
		}
	}
	comparisons, uncompared, err := ensemble.Compare()
	if err != nil {
		return err
	}
	curve, warnings, err := ensemble.Curve()
	if err != nil {
		return err
	}
	f.comparisons, f.curve = comparisons, curve
	f.happenings = rushed(f.happenings, curve)
	f.warnings = append(append(f.warnings, uncompared...), warnings...)
	if stopped {
		f.warnings = append(f.warnings, results.Warning{Code: codeInterrupted,
			Text: fmt.Sprintf("%d of %d runs finished before the interruption; all numbers rest on these alone", done, len(a.job.plan.Trials))})
	}
	kept, err := a.finish(f, stopped)
	if err != nil {
		return err
	}
	f.files, f.elapsed = kept, time.Since(started)
	if p.charts {
		f.drawn = a.page.Sections(linesOf(base, frontiers))
	}
	var page bytes.Buffer
	if err := f.page(&page, p.colourful()); err != nil {
		return err
	}
	if err := p.present(&page, f.document()); err != nil {
		return err
	}
	if !stopped {
		return nil
	}
	if len(kept) == 0 {
		return failure{exitInterrupted, fmt.Errorf("interrupted; %s already holds as much of this run and is kept as it is", a.dir)}
	}
	return failure{exitInterrupted, fmt.Errorf("interrupted; %d of %d runs are kept in %s", done, len(a.job.plan.Trials), a.dir)}
}

// codeInterrupted marks a run that the user stopped.
const codeInterrupted = "interrupted"
