package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"flywheel/results"
	"flywheel/results/files"
	"flywheel/scenarios"
	"flywheel/sim"
	"flywheel/sim/study"
	"flywheel/sim/swarm"
)

// sweeping is what the flags of a sweep ask.
type sweeping struct {
	ask      asked
	store    storing
	vary     []string
	zip      bool
	sample   string
	table    string
	variant  string
	metrics  []string
	segments bool
	plan     bool
	join     joining
}

func (p *program) sweepCommand() *cobra.Command {
	var s sweeping
	c := &cobra.Command{
		Use:   "sweep SCENARIO --vary PATH=VALUES...",
		Short: "Study parameters: run a scenario at every point of a plan",
		Long: `Run a scenario at many points: every combination of the values that --vary lists, or those
side by side (--zip), or points drawn from their space (--sample lhs:N, sobol:N or random:N), or
the points of a CSV file (--table). VALUES is a,b,c, or lo:hi:n for n numbers evenly spaced, or
lo:hi:n:log. The plan is printed and counted before it runs (--plan: without running it). Writes
trials (a row per run, scope and period) and points (bands over the replications of each) as
CSV and Parquet. A point that fails is a row with its error. A sweep that was stopped, killed
even, goes on where it was when the same command is given again; one that is finished is shown
from its files, and runs anew with --overwrite.`,
		Example:           "  flywheel sweep " + exampleScenario + " --engine cohorts --replications 5 --vary platforms.A.fee=0.1:0.2:3 --vary clock.revision=0.02,0.03",
		Args:              oneScenario,
		ValidArgsFunction: completeScenario,
		RunE: func(c *cobra.Command, args []string) error {
			return p.sweep(c, args[0], &s)
		},
	}
	c.Flags().StringArrayVar(&s.vary, "vary", nil, "vary a value of the scenario, as `PATH=VALUES`; repeatable")
	c.Flags().BoolVar(&s.zip, "zip", false, "take the values of all --vary side by side instead of every combination")
	c.Flags().StringVar(&s.sample, "sample", "", "draw N points from the space of all --vary, as `WAY:N` with lhs, sobol or random")
	c.Flags().StringVar(&s.table, "table", "", "take the points from the CSV `FILE`: paths in its first line, a point in every other")
	c.Flags().StringVar(&s.variant, "variant", "", "sweep the variant `NAME` instead of the scenario itself")
	c.Flags().StringArrayVar(&s.metrics, "metric", nil, "let the table of points show the metric `NAME` (default "+strings.Join(study.Headline(), ", ")+"); repeatable")
	c.Flags().BoolVar(&s.segments, "segments", false, "keep the rows of segments and regions, too")
	c.Flags().BoolVar(&s.plan, "plan", false, "print the plan and its points without running it")
	p.drawing(c)
	s.join.flags(c, joinUsage)
	s.store.flags(c)
	s.ask.tuned(c)
	s.ask.settable(c)
	s.ask.threaded(c)
	return c
}

// sweep prepares a plan, runs it and prints what came of it.
func (p *program) sweep(c *cobra.Command, source string, s *sweeping) error {
	started := time.Now()
	w, err := s.prepare(c, source)
	if err != nil {
		return err
	}
	if s.plan {
		return p.planned(w)
	}
	if !p.quiet && !p.json {
		fmt.Fprintln(p.err, w.plan())
	}
	return p.sweepInto(c.Context(), w, s.store, started)
}

// sweepJob is a sweep ready to run.
type sweepJob struct {
	inquiry
	job    *job
	design study.Design
	sweep  *study.Sweep
	recipe recipe // for workers
}

// trials is how many runs the sweep has.
func (w *sweepJob) trials() int { return w.design.Count * w.runs }

// prepare reads the flags and the scenario, and lists the points.
func (s *sweeping) prepare(c *cobra.Command, source string) (*sweepJob, error) {
	way, n, err := s.check()
	if err != nil {
		return nil, err
	}
	options, err := s.ask.options(c)
	_, wrongServer := s.join.options()
	if err := errors.Join(err, wrongServer); err != nil {
		return nil, err
	}
	scenario, err := scenarios.Load(source, options)
	if err != nil {
		return nil, err
	}
	base, err := alone(scenario, s.variant)
	if err != nil {
		return nil, err
	}
	design, builder, err := s.design(scenario, way, n)
	switch {
	case err != nil && s.table != "" && !errors.Is(err, fs.ErrNotExist):
		return nil, failure{exitFaulty, err}
	case err != nil:
		return nil, failure{exitUsage, err}
	}
	settings := base.plan.Settings
	w := &sweepJob{job: base, design: design, inquiry: inquiry{join: s.join,
		kind: c.Name(), scenario: scenario, builder: builder, law: base.plan.Variants[0].Law,
		runs: settings.Replications, threads: s.ask.threads, changes: s.ask.changes(c), words: s.words(design),
	}}
	w.sweep = study.NewSweep(design, w.law, settings, lawOf(builder), s.segments, s.metrics)
	w.recipe = recipe{Resolved: string(scenario.Resolved()), Variant: s.variant, Paths: design.Paths, Segments: s.segments}
	return w, nil
}

// check looks at the flags that need no scenario.
func (s *sweeping) check() (way string, n int, err error) {
	var faults []error
	no := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if len(s.vary) == 0 && s.table == "" {
		no("--vary: nothing varies; give at least one PATH=VALUES, such as platforms.A.fee=0.1:0.3:5, or --table FILE")
	}
	if s.table != "" && len(s.vary) > 0 {
		no("--table: stands beside --vary, which says points too; give one of the two")
	}
	if s.sample != "" && (s.zip || s.table != "") {
		no("--sample: stands beside another way to choose points; give one of --sample, --zip and --table")
	}
	if s.sample != "" {
		name, count, found := strings.Cut(s.sample, ":")
		way = name
		if !slices.Contains(study.Samplings(), way) || !found {
			no("--sample: %q is no sample; write %s:N, such as %s:100", s.sample, strings.Join(study.Samplings(), ":N, "), study.Latin)
		} else if n, err = strconv.Atoi(count); err != nil || n < 1 || n > study.MaxPoints {
			no("--sample: %q is no number of points; give 1 to %d", count, study.MaxPoints)
		}
	}
	for _, m := range s.metrics {
		if !sim.Metric(m) {
			no("--metric: no metric is called %q; %s", m, meant(m, study.Metrics().Names(), "use one of: "+strings.Join(study.Metrics().Names(), ", ")))
		}
	}
	if len(faults) > 0 {
		return "", 0, failure{exitUsage, errors.Join(faults...)}
	}
	return way, n, nil
}

// design lists the points, and prepares the builder of their markets.
func (s *sweeping) design(scenario *scenarios.Scenario, way string, n int) (study.Design, *scenarios.Builder, error) {
	if s.table != "" {
		file, err := os.Open(s.table)
		if err != nil {
			return study.Design{}, nil, fmt.Errorf("--table: %w; name a CSV file", err)
		}
		defer file.Close()
		d, err := study.ReadDesign(file, s.table)
		if err != nil {
			return d, nil, err
		}
		b, err := scenario.Builder(s.variant, d.Paths...)
		return d, b, err
	}
	inputs, b, err := scenario.Vary(s.variant, s.vary)
	if err != nil {
		return study.Design{}, nil, err
	}
	var d study.Design
	switch {
	case way != "":
		d, err = study.Sample(inputs, way, n, scenario.Settings.Seed)
	case s.zip:
		d, err = study.Zip(inputs)
	default:
		d, err = study.Grid(inputs)
	}
	return d, b, err
}

// words are what shapes a sweep beside its scenario, every value of every point among them.
func (s *sweeping) words(d study.Design) []string {
	words := append([]string{"sweep"}, s.vary...)
	for _, f := range []struct {
		name, value string
	}{{"sample", s.sample}, {"variant", s.variant}} {
		if f.value != "" {
			words = append(words, f.name+"="+f.value)
		}
	}
	if s.zip {
		words = append(words, "zip")
	}
	if s.segments {
		words = append(words, "segments")
	}
	for _, m := range s.metrics {
		words = append(words, "metric="+m)
	}
	if s.table != "" {
		words = append(words, "points="+d.Digest())
	}
	return words
}

// sweepInto runs a sweep into its folder, beside which it keeps what has finished.
func (p *program) sweepInto(ctx context.Context, w *sweepJob, store storing, started time.Time) (err error) {
	if err := w.open(store); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.folder.Abort()) }()
	if f := w.finished(p.json || p.charts); f != nil && !store.overwrite {
		p.say(w.scenario.Name, "is finished, and shown from its files; --overwrite runs it anew")
		return p.finishSweep(f, started)
	}
	kept, err := openKept(w, store.overwrite)
	if err != nil {
		return err
	}
	open := true
	defer func() {
		if open {
			err = errors.Join(err, kept.journal.Close())
		}
	}()
	if kept.found > 0 && !p.quiet {
		fmt.Fprintf(p.err, "%s: goes on after %s that had finished\n", w.scenario.Name, several(kept.found, "run"))
	}
	out, err := newSweepTables(w)
	if err != nil {
		return err
	}
	f := &swept{sweepJob: w, reused: kept.found, all: p.json || p.charts}
	err = p.points(ctx, w, kept, func(point int, runs []study.Measured) error {
		rows := w.sweep.Rows(point, runs)
		f.add(rows)
		return out.add(point, runs, rows)
	})
	if err = errors.Join(err, out.close()); err != nil {
		if errors.Is(err, errInterrupted) {
			return failure{exitInterrupted, fmt.Errorf("interrupted; %d of %d runs are kept, and the same command goes on with the rest", kept.count(), w.trials())}
		}
		return err
	}
	f.warnings = f.warn()
	if f.files, err = w.close(f.warnings); err != nil {
		return err
	}
	open = false
	if err := kept.journal.Remove(); err != nil {
		return err
	}
	return p.finishSweep(f, started)
}

// finishSweep prints a sweep whose files are in place.
func (p *program) finishSweep(f *swept, started time.Time) error {
	f.elapsed = time.Since(started)
	var page bytes.Buffer
	if err := f.page(&page, p.charts, p.colourful()); err != nil {
		return err
	}
	if err := p.present(&page, f.document()); err != nil {
		return err
	}
	if f.failed > 0 {
		return failure{exitOther, errors.New(f.complaint())}
	}
	return nil
}

// points runs the points of a sweep, here or by workers, and shows progress.
func (p *program) points(ctx context.Context, w *sweepJob, kept *keptRuns, deliver func(int, []study.Measured) error) (err error) {
	bar := p.watch(w.scenario.Name, w.trials())
	defer bar.stop()
	x := study.PointExecution{Engine: engineNamed, Threads: w.threads, Known: kept.known, Keep: kept.keep, Deliver: deliver, Progress: bar.tell}
	if w.join.at != "" && kept.found < w.trials() {
		l, failed := p.lead(ctx, &w.inquiry, w.recipe, w.design.At)
		if failed != nil && ctx.Err() != nil {
			return errInterrupted
		}
		if failed != nil {
			return failed
		}
		defer p.part(l, w.scenario.Name)
		x.Elsewhere, x.Threads = l.Run, swarm.InFlight
	}
	_, err = study.ExecutePoints(ctx, w.sweep.Points(), x)
	if err != nil && ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))) {
		return errInterrupted
	}
	return err
}

// sweepTables are the files that a sweep writes point by point, many points at a time.
type sweepTables struct {
	sweep          *study.Sweep
	trials, points batched
}

// batched is a table that is written in batches.
type batched struct {
	files.Writer
	rows *results.Table
}

// batch is how many rows wait to be written.
const batch = 2048

func newSweepTables(w *sweepJob) (*sweepTables, error) {
	t := &sweepTables{sweep: w.sweep}
	for _, one := range []struct {
		to     *batched
		name   string
		schema results.Schema
	}{{&t.trials, "trials", w.sweep.TrialSchema()}, {&t.points, "points", w.sweep.PointSchema()}} {
		var err error
		if one.to.Writer, err = w.stream(one.name, one.schema); err != nil {
			return nil, errors.Join(err, t.close())
		}
		one.to.rows = results.NewTable(one.name, one.schema)
	}
	return t, nil
}

// flush writes what waits, if it is as much as enough.
func (b *batched) flush(enough int) error {
	if b.rows.Rows() < enough {
		return nil
	}
	err := b.Write(b.rows)
	b.rows = results.NewTable(b.rows.Name, b.rows.Schema)
	return err
}

func (b *batched) close() error {
	if b.Writer == nil {
		return nil
	}
	return errors.Join(b.flush(1), b.Close())
}

func (t *sweepTables) add(point int, runs []study.Measured, rows []study.PointRow) error {
	t.sweep.AppendTrials(t.trials.rows, point, runs)
	t.sweep.AppendPoints(t.points.rows, rows)
	return errors.Join(t.trials.flush(batch), t.points.flush(batch))
}

func (t *sweepTables) close() error { return errors.Join(t.trials.close(), t.points.close()) }

// stream begins a table in both formats.
func (q *inquiry) stream(name string, schema results.Schema) (files.Writer, error) {
	var writers []files.Writer
	for _, ending := range []string{".csv", ".parquet"} {
		one, err := q.folder.Table(name+ending, schema)
		if err != nil {
			return nil, errors.Join(err, files.Tee(writers...).Close())
		}
		writers = append(writers, one)
		q.names = append(q.names, name+ending)
	}
	return files.Tee(writers...), nil
}

// filesOf names the files of a list of paths.
func filesOf(paths []string) string {
	names := make([]string, len(paths))
	for i, path := range paths {
		names[i] = filepath.Base(path)
	}
	return strings.Join(names, ", ")
}
