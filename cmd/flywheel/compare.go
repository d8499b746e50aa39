package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"flywheel/results"
	"flywheel/scenarios"
	"flywheel/sim"
	"flywheel/sim/study"
)

// comparing is what the flags of a comparison ask.
type comparing struct {
	ask        asked
	store      storing
	baseline   string
	metrics    []string
	confidence float64
	width      string
	format     string
}

func (p *program) compareCommand() *cobra.Command {
	var s comparing
	c := &cobra.Command{
		Use:   "compare SCENARIO [OTHER...]",
		Short: "Set variants or scenarios side by side, with shared luck",
		Long: `Run the variants of a scenario (--variant NAME, by default all), or several scenarios, with the
same random numbers, and print their paired differences with intervals. All intervals hold
at once (Bonferroni): what is printed as shown is beyond luck on all lines together, and what
is not is printed as not shown. The variance ratio is how many times more replications
unpaired runs would need. --width says how many replications an interval of that width wants.`,
		Example:           "  flywheel compare " + exampleScenario + " --engine cohorts --width 1%",
		Args:              someScenarios,
		ValidArgsFunction: completeScenario,
		RunE: func(c *cobra.Command, args []string) error {
			return p.compare(c, args, &s)
		},
	}
	c.Flags().StringVar(&s.baseline, "baseline", "", "set all others against `NAME` instead of the scenario itself, or the first")
	c.Flags().StringArrayVar(&s.metrics, "metric", nil, "compare the metric `NAME`, such as orders, or of one side \"participants(A, consumers)\" (default participants, orders, subsidy_to_date, cash); repeatable")
	c.Flags().Float64Var(&s.confidence, "confidence", 0.95, "let all intervals hold at once with `SHARE`")
	c.Flags().StringVar(&s.width, "width", "", "say how many replications make intervals as wide as `WIDTH`: a number, or a share of the baseline such as 2%")
	c.Flags().StringVar(&s.format, "format", "text", "print as `NAME`: "+strings.Join(formats, ", "))
	s.store.flags(c)
	s.ask.planned(c)
	s.ask.settable(c)
	s.ask.threaded(c)
	return c
}

// someScenarios accepts one scenario as argument or more.
func someScenarios(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return oneScenario(c, args)
	}
	return nil
}

// compare runs a comparison and prints it.
func (p *program) compare(c *cobra.Command, sources []string, s *comparing) error {
	started := time.Now()
	if err := s.check(sources); err != nil {
		return err
	}
	v, err := s.prepare(c, sources)
	if err != nil {
		return err
	}
	return p.compareInto(c.Context(), v, s, started)
}

// check looks at the flags that need no scenario.
func (s *comparing) check(sources []string) error {
	var faults []error
	no := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if len(sources) > 1 && len(s.ask.variants) > 0 {
		no("--variant: stands beside several scenarios; compare variants of one, or scenarios")
	}
	for _, m := range s.metrics {
		if !scoped(m) && !sim.Metric(m) {
			no("--metric: no metric is called %q; %s", m, scenarios.Meant(m, study.Metrics().Names()))
		}
	}
	if !(s.confidence > 0 && s.confidence < 1) {
		no("--confidence: %g is no confidence; give a share between 0 and 1, such as 0.95", s.confidence)
	}
	if _, err := s.wide(1); err != nil {
		faults = append(faults, err)
	}
	if err := knownFormat(s.format); err != nil {
		faults = append(faults, err)
	}
	if len(faults) > 0 {
		return failure{exitUsage, errors.Join(faults...)}
	}
	return nil
}

// wide is the wanted width where the baseline is so much; 0 when none is wanted.
func (s *comparing) wide(before float64) (float64, error) {
	if s.width == "" {
		return 0, nil
	}
	number, share := strings.CutSuffix(s.width, "%")
	x, err := strconv.ParseFloat(number, 64)
	if err != nil || !(x > 0) {
		return 0, fmt.Errorf("--width: %q is no width; give a number above 0, or a share of the baseline such as 2%%", s.width)
	}
	if share {
		return x / 100 * max(before, -before), nil
	}
	return x, nil
}

// compared is a comparison and what came of it.
type compared struct {
	inquiry
	plan       study.Plan
	sources    []*scenarios.Scenario // one, or one for each variant
	contrast   study.Contrast
	all        []study.Comparison
	each       float64   // confidence of each line
	needed     []float64 // by line: replications for the wanted width; NaN where nobody knows
	warnings   []results.Warning
	files      []string
	finished   int // runs
	work       int64
	elapsed    time.Duration
	confidence float64
}

// prepare reads the scenarios and makes the plan.
func (s *comparing) prepare(c *cobra.Command, sources []string) (*compared, error) {
	v := &compared{confidence: s.confidence}
	if len(sources) == 1 && len(s.ask.variants) == 0 {
		s.ask.variants = []string{"all"}
	}
	var variants []study.Variant
	for _, source := range sources {
		j, err := s.ask.job(c, source)
		if err != nil {
			return nil, err
		}
		v.sources = append(v.sources, j.scenario)
		if len(sources) == 1 {
			variants, v.plan = j.plan.Variants, j.plan
			break
		}
		variants = append(variants, study.Variant{Name: j.scenario.Name, Law: j.plan.Variants[0].Law})
		if v.plan.Run == "" {
			v.plan = j.plan
		}
	}
	first := v.sources[0]
	if len(variants) < 2 {
		return nil, wrong("compare wants two markets or more: %s has no variants; write some, or name another scenario", first.Name)
	}
	v.rename(variants, sources)
	var names []string
	for _, x := range variants {
		names = append(names, x.Name)
	}
	if s.baseline == "" {
		s.baseline = names[0]
	} else if !slices.Contains(names, s.baseline) {
		return nil, wrong("--baseline: nothing here is called %q; %s", s.baseline, meant(s.baseline, names, "use one of: "+strings.Join(names, ", ")))
	}
	v.plan = study.NewPlan(v.plan.Run, variants, v.plan.Settings).Interleave()
	v.contrast = study.Contrast{Baseline: s.baseline, Confidence: s.confidence, Together: true}
	if err := v.choose(s.metrics); err != nil {
		return nil, err
	}
	v.inquiry = inquiry{kind: c.Name(), scenario: first, law: variants[0].Law, runs: v.plan.Settings.Replications, threads: s.ask.threads,
		changes: s.ask.changes(c), variants: names, words: []string{"compare", "baseline=" + s.baseline, "confidence=" + fmt.Sprint(s.confidence)}}
	for _, m := range s.metrics {
		v.words = append(v.words, "metric="+m)
	}
	for i, other := range v.sources[1:] {
		v.words = append(v.words, names[i+1]+"="+other.Digest)
		own, shared := other.Settings, first.Settings
		if own.Engine != shared.Engine || own.Seed != shared.Seed || own.Replications != shared.Replications {
			v.warnings = append(v.warnings, results.Warning{Code: "settings", Text: fmt.Sprintf(
				"%s asks for engine %s, seed %d, %s; all run as %s asks, so that they share their luck", names[i+1], own.Engine, own.Seed, several(own.Replications, "replication"), names[0])})
		}
	}
	if len(v.sources) == 1 {
		v.words = append(v.words, names[1:]...)
	}
	return v, nil
}

// scoped tells whether a metric names what it is about, such as participants(A, side=consumers).
func scoped(metric string) bool { return strings.Contains(metric, "(") }

// choose reads what to compare: a metric alone is compared of every platform and side, one with names of
// these alone.
func (v *compared) choose(metrics []string) error {
	var faults []error
	for _, m := range metrics {
		if !scoped(m) {
			v.contrast.Metrics = append(v.contrast.Metrics, m)
			continue
		}
		q, err := v.sources[0].Quantity(m)
		switch {
		case err != nil:
			faults = append(faults, fmt.Errorf("--metric: %w", err))
		case q.Platform == "*" || q.Segment != "*" || q.Region != "*" || q.Period != v.sources[0].Model.Horizon.Periods:
			faults = append(faults, fmt.Errorf("--metric: %q: only a platform, or a side of it, is compared, and at the end; name a platform, and leave out segments, regions and periods, as in participants(A) or participants(A, side=SIDE)", m))
		default:
			v.contrast.Quantities = append(v.contrast.Quantities, q)
		}
	}
	if len(faults) > 0 {
		return failure{exitUsage, errors.Join(faults...)}
	}
	return nil
}

// rename calls scenarios of one name by their files, and by their place where that is one too.
func (v *compared) rename(variants []study.Variant, sources []string) {
	if len(sources) == 1 {
		return
	}
	taken := func(i int) bool {
		return slices.ContainsFunc(variants[:i], func(x study.Variant) bool { return x.Name == variants[i].Name })
	}
	for i := range variants {
		if !taken(i) {
			continue
		}
		base := filepath.Base(sources[i])
		if variants[i].Name = strings.TrimSuffix(base, filepath.Ext(base)); taken(i) {
			variants[i].Name = fmt.Sprintf("%s-%d", variants[i].Name, i+1)
		}
	}
}

// compareInto runs a comparison into its folder and prints it.
func (p *program) compareInto(ctx context.Context, v *compared, s *comparing, started time.Time) (err error) {
	if err := v.open(s.store); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.folder.Abort()) }()
	runs, err := v.stream("timeline", v.plan.TimelineSchema())
	if err != nil {
		return err
	}
	ensemble := study.NewEnsemble(v.plan, nil)
	j := &job{scenario: v.scenario, plan: v.plan, digest: v.digest, periods: ensemble.Periods()}
	done, failed := p.execute(ctx, j, v.threads, func(t study.Trial, timeline *results.Table) error {
		ensemble.Add(t, timeline)
		v.work += work(v.plan.Variants[t.Variant].Law)
		return runs.Write(timeline)
	})
	failed = errors.Join(failed, runs.Close())
	stopped := errors.Is(failed, errInterrupted)
	switch {
	case stopped && done < len(v.plan.Variants):
		return failure{exitInterrupted, errors.New("interrupted before one replication of all had finished; nothing is written")}
	case failed != nil && !stopped:
		return failed
	}
	v.finished = done
	if err := v.judge(ensemble, s, stopped); err != nil {
		return err
	}
	if err := v.keep(ensemble); err != nil {
		return err
	}
	v.elapsed = time.Since(started)
	var page bytes.Buffer
	if err := v.page(&page, s); err != nil {
		return err
	}
	if err := p.present(&page, v.document(s)); err != nil {
		return err
	}
	if stopped {
		return failure{exitInterrupted, fmt.Errorf("interrupted; %d of %d runs are compared and kept in %s", done, len(v.plan.Trials), v.dir)}
	}
	return nil
}

// judge compares, and says what replications the wanted width takes.
func (v *compared) judge(e *study.Ensemble, s *comparing, stopped bool) error {
	all, warnings, each, err := e.Contrast(v.contrast)
	if err != nil {
		return err
	}
	v.all, v.each = all, each
	v.warnings = append(v.warnings, warnings...)
	for _, c := range all {
		needed := unknown
		width, err := s.wide(c.Before)
		if err != nil {
			return err
		}
		if n, ok := results.Needed(c.Difference, width, each); ok {
			needed = float64(n)
		}
		v.needed = append(v.needed, needed)
	}
	if v.runs < 2 && !v.plan.Settings.Certain {
		v.warnings = append(v.warnings, results.Warning{Code: results.CodeFew, Text: "1 replication cannot show a difference; at least 2 are needed"})
	}
	if stopped {
		v.warnings = append(v.warnings, results.Warning{Code: codeInterrupted,
			Text: fmt.Sprintf("%d of %d runs finished before the interruption; all numbers rest on these alone", v.finished, len(v.plan.Trials))})
	}
	return nil
}

// keep writes the tables and puts the folder in place.
func (v *compared) keep(e *study.Ensemble) (err error) {
	differences, err := study.DifferenceTable(v.all)
	if err != nil {
		return err
	}
	entries, _ := e.Summary()
	summary, err := study.SummaryTable(entries)
	if err != nil {
		return err
	}
	if err := errors.Join(v.table(differences), v.table(summary)); err != nil {
		return err
	}
	for i, other := range v.sources[1:] {
		if err := v.text("resolved-"+v.variants[i+1]+".yaml", other.Resolved()); err != nil {
			return err
		}
	}
	v.files, err = v.close(v.warnings)
	return err
}
