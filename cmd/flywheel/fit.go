package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"flywheel/models"
	"flywheel/results"
	"flywheel/scenarios"
	"flywheel/sim/engine"
	"flywheel/sim/study"
)

// fitting is what the flags of a fit ask.
type fitting struct {
	ask                 asked
	store               storing
	data, train, test   string
	params              []string
	errors, curve       string
	stated              bool // whether a flag says the kind of error
	evaluations         int
	customers           float64
	searched, luckyWith string // engines
	join                joining
}

func (p *program) fitCommand() *cobra.Command {
	var f fitting
	c := &cobra.Command{
		Use:   "fit SCENARIO [--data FILE.csv] [--param PATH=lo:hi...]",
		Short: "Fit numbers of a scenario to observed series, and test them on what came later",
		Long: `Choose numbers of a scenario so that its forecast comes nearest to observed series: a search
everywhere in their ranges (CMA-ES), then around the best (Nelder-Mead). Each gets a 90%
interval from the luck of the scenario's own runs and from errors of measurement, and it is
said which numbers the data do not identify. What was held out is compared with the last
value, a straight line, an exponential and a Bass curve. The fitted scenario is written as
one that extends the original. With --curve, a closed form is fitted and no scenario is run.`,
		Example: `  flywheel fit nyc-ride-hailing-2015-2019
  flywheel fit ` + exampleScenario + ` --data YOURS.csv --train 1:60 --test 61:120 \
      --param segments.students.aware.q=0.05:0.5 --param segments.households.aware.q=0.05:0.5`,
		Args: func(c *cobra.Command, args []string) error {
			if f.curve != "" {
				return none(c, args)
			}
			return oneScenario(c, args)
		},
		ValidArgsFunction: completeScenario,
		RunE: func(c *cobra.Command, args []string) error {
			f.stated = c.Flags().Changed("errors")
			if err := f.check(c); err != nil {
				return err
			}
			if f.curve != "" {
				return p.fitCurve(&f)
			}
			return p.fit(c, args[0], &f)
		},
	}
	c.Flags().StringVar(&f.data, "data", "", "read observed series from the CSV `FILE`, or from one of the library by its name (default what the scenario says was observed)")
	c.Flags().StringArrayVar(&f.params, "param", nil, "fit a number within a range, as `PATH=lo:hi` or PATH=lo:hi:log; repeatable (default what the scenario says was fitted, or else its levers)")
	c.Flags().StringVar(&f.train, "train", "", "fit to `FROM:TO`, in periods or dates (default everything outside --test)")
	c.Flags().StringVar(&f.test, "test", "", "hold `FROM:TO` out and test on it (default everything outside --train)")
	c.Flags().StringVar(&f.errors, "errors", string(study.Additive), "take errors for `KIND`: additive (of one size for each series) or relative (of logarithms)")
	c.Flags().IntVar(&f.evaluations, "evaluations", 0, "let the search try `N` points (default 200, and 150 more for each number)")
	c.Flags().StringVar(&f.curve, "curve", "", "fit the closed form `NAME` (bass or sbg) instead of a scenario")
	c.Flags().Float64Var(&f.customers, "customers", 1000, "let sbg take the shares for those of `N` customers")
	p.drawing(c)
	f.join.flags(c, joinUsage)
	f.store.flags(c)
	f.ask.tuned(c)
	f.ask.settable(c)
	f.ask.threaded(c)
	return c
}

// check looks at the flags that need no scenario.
func (f *fitting) check(c *cobra.Command) error {
	var faults []error
	if f.data == "" && f.curve != "" {
		faults = append(faults, errNoData)
	}
	if f.curve != "" {
		if !slices.Contains(study.Curves(), f.curve) {
			faults = append(faults, fmt.Errorf("--curve: no curve is called %q; %s", f.curve, meant(f.curve, study.Curves(), "use bass or sbg")))
		}
	}
	if f.errors != string(study.Additive) && f.errors != string(study.Relative) {
		faults = append(faults, fmt.Errorf("--errors: no kind of error is called %q; use additive or relative", f.errors))
	}
	if c.Flags().Changed("evaluations") && f.evaluations < 20 {
		faults = append(faults, fmt.Errorf("--evaluations: %d points find nothing; give 20 or more", f.evaluations))
	}
	if f.curve != "" && f.join.at != "" {
		faults = append(faults, errors.New("--nats: a closed form has no runs for workers; leave it out"))
	}
	if _, err := f.join.options(); err != nil {
		faults = append(faults, err)
	}
	if !(f.customers > 0) {
		faults = append(faults, fmt.Errorf("--customers: %g customers show nothing; give 1 or more", f.customers))
	}
	if len(faults) > 0 {
		return failure{exitUsage, errors.Join(faults...)}
	}
	return nil
}

var errNoData = errors.New("--data: names no file; give the observed series as comma-separated values")

// observed reads the data that the flags name, or else those that the scenario itself is held to, with
// the stretches of time and the kind of error that it states.
func (f *fitting) observed(s *scenarios.Scenario) (*observed, error) {
	if f.data != "" {
		text, err := dataOf(f.data)
		if err != nil {
			return nil, err
		}
		return observations(s, f.data, text)
	}
	o := s.Observed
	text, name, err := o.Open()
	if err != nil {
		return nil, failure{exitFaulty, err}
	}
	f.data = name
	if f.train == "" && f.test == "" {
		f.train, f.test = o.Train, o.Test
	}
	if !f.stated {
		f.errors = o.Errors
	}
	return observations(s, name, text)
}

// split says which observations the fit may see.
func (f *fitting) split(s *scenarios.Scenario, o *observed, numbers int) error {
	train, err := windowOf(s, "train", f.train)
	if err != nil {
		return err
	}
	test, err := windowOf(s, "test", f.test)
	if err != nil {
		return err
	}
	var kept []study.Observation
	var dates []string
	trained := 0
	for i, each := range o.list {
		at := each.Quantity.Period
		inTrain, inTest := train.holds(at), test.holds(at)
		switch {
		case f.train != "" && f.test != "" && inTrain && inTest:
			return wrong("--test: period %d is in --train too; what was fitted cannot be predicted", at)
		case f.train != "" && f.test != "" && !inTrain && !inTest:
			continue
		case f.train != "":
			each.Train = inTrain
		case f.test != "":
			each.Train = !inTest
		}
		if each.Train {
			trained++
		}
		kept, dates = append(kept, each), append(dates, o.dates[i])
	}
	if o.list, o.dates = kept, dates; trained <= numbers {
		return wrong("--train: %s to fit %s; more values than numbers are needed", several(trained, "value"), several(numbers, "number"))
	}
	for i, each := range kept {
		if f.errors == string(study.Relative) && each.Value <= 0 {
			return wrong("--errors: relative errors need values above 0, and %s is %g in period %d", o.series[each.Series], each.Value, kept[i].Quantity.Period)
		}
	}
	return nil
}

// fitted is everything a page or a document about a fit is made from.
type fitted struct {
	ask      *fitting
	q        *inquiry
	observed *observed
	found    *study.Calibration
	scores   []study.Score
	fits     map[int][]study.Benchmark
	warnings []results.Warning
	files    []string
	took     time.Duration
}

// fit calibrates a scenario and prints what came of it.
func (p *program) fit(c *cobra.Command, source string, f *fitting) (err error) {
	started := time.Now()
	const usual = 8
	q, err := f.ask.inquire(c, source, f.params, usual)
	if err != nil {
		return err
	}
	if f.data == "" && q.scenario.Observed == nil {
		return failure{exitUsage, errNoData}
	}
	q.join = f.join
	if len(q.inputs) == 0 {
		return wrong("--param: names no number to fit, and the scenario states no levers; give at least one PATH=lo:hi, such as segments.students.aware.q=0.05:0.5")
	}
	if err := q.ranges(); err != nil {
		return err
	}
	for i := range q.inputs {
		if in := &q.inputs[i]; in.Lo > 0 && in.Hi >= 10*in.Lo {
			in.Log = true // a range of several sizes is searched by ratios
		}
	}
	data, err := f.observed(q.scenario)
	if err != nil {
		return err
	}
	if err := f.split(q.scenario, data, len(q.inputs)); err != nil {
		return err
	}
	f.engines(c, q)
	if f.evaluations == 0 {
		f.evaluations = 200 + 150*len(q.inputs)
	}
	q.words = append(q.words, data.digest, f.train, f.test, f.errors, f.searched, f.luckyWith, strconv.Itoa(f.evaluations))
	if err := q.open(f.store); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, q.folder.Abort()) }()

	l, err := p.leadErrands(c.Context(), q, recipe{Resolved: string(q.scenario.Resolved()), Paths: q.builder.Paths(), Quantities: study.Quantities(data.list)})
	if err != nil {
		return err
	}
	defer p.part(l.outing, q.scenario.Name)
	bar := p.watch(q.scenario.Name, f.evaluations)
	found, failed := f.calibration(q, data, l, bar).Run(c.Context())
	bar.stop()
	if c.Context().Err() != nil {
		return failure{exitInterrupted, fmt.Errorf("interrupted after %d of %d evaluations; %s; nothing is written", found.Evaluations, f.evaluations, bestSoFar(found))}
	}
	if failed != nil {
		return failure{exitFaulty, fmt.Errorf("the scenario cannot be fitted: %w", failed)}
	}
	done := &fitted{ask: f, q: q, observed: data, found: found}
	if err := done.compare(c.Context()); err != nil {
		return err
	}
	done.warn()
	done.took = time.Since(started)
	return p.finishFit(source, done)
}

// engines chooses what searches and what shows luck: the expectation where it can be had, and
// whole cells at a time where they can be moved.
func (f *fitting) engines(c *cobra.Command, q *inquiry) {
	accepts := func(name string) bool {
		e, _ := engine.New(name)
		return e.Accept(q.law) == nil
	}
	own := q.scenario.Settings.Engine
	f.searched, f.luckyWith = own, own
	if (c == nil || !c.Flags().Changed("engine")) && accepts("meanfield") {
		f.searched, q.runs = "meanfield", 1
	}
	switch { // people are not a limit, whatever engine searches: the data have luck
	case accepts("cohorts"):
		f.luckyWith = "cohorts"
	case own == "meanfield":
		f.luckyWith = ""
	}
}

// luckyRuns is how many single runs show the luck of the fitted scenario.
const luckyRuns = 100

// calibration is the fit as the study has it.
func (f *fitting) calibration(q *inquiry, data *observed, l *errands, bar *progress) study.Fitting {
	respond := func(engine string, runs int) *study.Response {
		r := q.response(q.build, data.measuring())
		r.Settings.Engine, r.Runs = engine, runs
		l.send(r, data.measuring(), q.texts)
		return r
	}
	search := respond(f.searched, q.runs)
	fit := study.Fitting{
		Inputs: q.inputs, Observed: data.list, Errors: study.ErrorKind(f.errors),
		Predict: search.Run, Seed: q.scenario.Settings.Seed,
		Global: f.evaluations / 2, Local: f.evaluations - f.evaluations/2,
		Passed: func(n int) { bar.tell(n, max(n, f.evaluations)) },
	}
	if f.luckyWith != "" {
		fit.Luck = func(ctx context.Context, u []float64) (study.Answer, error) {
			answers, err := respond(f.luckyWith, luckyRuns).Run(ctx, [][]float64{u})
			return answers[0], err
		}
	}
	return fit
}

// The names of the models that are compared.
const (
	fittedModel   = "fitted scenario"
	unfittedModel = "as it was"
)

// compare scores the fitted scenario beside the scenario as it was and the benchmarks, and keeps
// the forecasts.
func (d *fitted) compare(ctx context.Context) error {
	r := d.q.response(func([]float64) (*models.Law, error) { return d.q.law, nil }, d.observed.measuring())
	r.Settings.Engine = d.ask.searched
	before, err := r.Run(ctx, [][]float64{nil})
	if err != nil {
		return err
	}
	if before[0].Err != nil {
		return before[0].Err
	}
	rivals := []study.Rival{{Model: fittedModel}, {Model: unfittedModel}}
	for i, mean := range before[0].Mean() {
		rivals[0].Forecasts = append(rivals[0].Forecasts, d.found.Forecasts[i].Interval)
		rivals[1].Forecasts = append(rivals[1].Forecasts, study.Interval{Mean: mean, Lo: math.NaN(), Hi: math.NaN()})
	}
	plain, fits := study.Benchmarked(d.observed.list)
	rivals = append(rivals, plain...)
	d.fits, d.scores = fits, study.Scores(d.observed.list, rivals)
	forecasts, err := study.ForecastTable(d.observed.list, d.observed.series, rivals)
	if err != nil {
		return err
	}
	parameters, err := study.ParameterTable(d.found.Parameters)
	if err != nil {
		return err
	}
	return errors.Join(d.q.table(parameters), d.q.table(forecasts))
}

// warn says what has to be said about the numbers.
func (d *fitted) warn() {
	add := func(code, format string, args ...any) {
		d.warnings = append(d.warnings, results.Warning{Code: code, Text: fmt.Sprintf(format, args...)})
	}
	for _, p := range d.found.Parameters {
		if !p.Identified {
			add("not-identified", "%s is not identified: %s", p.Path, p.Why)
		}
	}
	for _, pair := range d.found.Together {
		add("together", "the data know %s and %s together only (correlation %.2f): a change of one makes up for a change of the other", pair.A, pair.B, pair.Correlation)
	}
	for s, rho := range d.found.Correlation {
		if rho > 0 {
			add("residuals", "%s: residuals follow each other (correlation %.2f), which widens the intervals; the scenario misses something that lasts", d.observed.series[s], rho)
		}
	}
	if d.found.Bias > 1 {
		add("bias", "the expected forecast lies up to %s standard deviations of a run from the mean of single runs; fit with --engine %s",
			results.Human(d.found.Bias, "1"), d.ask.luckyWith)
	}
	if d.found.Failed > 0 {
		add("failed", "%d points of the search could not be run; the first: %v", d.found.Failed, d.found.FirstFailed)
	}
	if !slices.ContainsFunc(d.scores, func(s study.Score) bool { return !s.Fitted }) {
		add("no-holdout", "nothing was held out, so nothing here is a prediction; give --test FROM:TO")
	}
	if len(d.observed.skipped) > 0 {
		add("skipped", "columns not read: %s", strings.Join(d.observed.skipped, ", "))
	}
}

// finishFit keeps the fit and prints it.
func (p *program) finishFit(source string, d *fitted) error {
	text, err := d.scenario(source)
	if err != nil {
		return err
	}
	if err := d.q.text("fitted.yaml", text); err != nil {
		return err
	}
	if d.files, err = d.q.close(d.warnings); err != nil {
		return err
	}
	var page bytes.Buffer
	if p.charts {
		intervals := make([]study.Interval, len(d.found.Forecasts))
		for i, f := range d.found.Forecasts {
			intervals[i] = f.Interval
		}
		d.charts(&page, d.q.law.Model.Horizon.Unit, intervals, p.colourful())
	}
	if err := d.page(&page); err != nil {
		return err
	}
	return p.present(&page, d.document())
}

// scenario is the fitted scenario as a file that extends the original, with claims about the
// last values that were fitted and predicted.
func (d *fitted) scenario(source string) ([]byte, error) {
	var values []string
	for i, in := range d.q.inputs {
		values = append(values, in.Text(rounded(d.found.Parameters[i].Value)))
	}
	overlay, err := d.q.builder.Overlay(values)
	if err != nil {
		return nil, err
	}
	base := "./resolved.yaml"
	if slices.Contains(scenarios.Library(), source) && len(d.q.changes) == 0 {
		base = source
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# Fitted by flywheel fit to %s (sha256 %s).\n", filepath.Base(d.observed.file), d.observed.digest)
	fmt.Fprintf(&b, "# Fitted to %s; %s.\n", d.stretch(true), predicted(d.stretch(false)))
	for i, p := range d.found.Parameters {
		in := d.q.inputs[i]
		fmt.Fprintf(&b, "#   %s = %s, 90%% interval %s to %s", p.Path, in.Text(rounded(p.Value)), in.Text(rounded(p.Lo)), in.Text(rounded(p.Hi)))
		if !p.Identified {
			b.WriteString("; not identified: " + p.Why)
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "name: %s-fitted\nextends: %s\n%s", d.q.scenario.Name, base, overlay)
	b.WriteString(d.claims())
	return []byte(b.String()), nil
}

func predicted(stretch string) string {
	if stretch == "" {
		return "nothing is predicted"
	}
	return stretch + " were held out, and are predicted"
}

// stretch is from when to when the data were seen, or held out, in words.
func (d *fitted) stretch(train bool) string {
	first, last, n := -1, -1, 0
	for i, o := range d.observed.list {
		if o.Train != train {
			continue
		}
		n++
		if first < 0 || o.Quantity.Period < d.observed.list[first].Quantity.Period {
			first = i
		}
		if last < 0 || o.Quantity.Period > d.observed.list[last].Quantity.Period {
			last = i
		}
	}
	if n == 0 {
		return ""
	}
	at := func(i int) string {
		text := "period " + strconv.Itoa(d.observed.list[i].Quantity.Period)
		if d.observed.dates[i] != "" {
			text += " (" + d.observed.dates[i] + ")"
		}
		return text
	}
	return several(n, "value") + " from " + at(first) + " to " + at(last)
}

// claims are expectations about the last value of every series that was fitted, and the last
// that was predicted: each as far from the observed value as a new observation may lie.
func (d *fitted) claims() string {
	var b strings.Builder
	for _, train := range []bool{true, false} {
		kind, verb := study.Fit, "was fitted to"
		if !train {
			kind, verb = study.Predict, "was not fitted to"
		}
		for s, name := range d.observed.series {
			last := -1
			for i, o := range d.observed.list {
				if o.Series == s && o.Train == train && o.Over < 2 && (last < 0 || o.Quantity.Period > d.observed.list[last].Quantity.Period) {
					last = i
				}
			}
			if last < 0 {
				continue
			}
			o, f := d.observed.list[last], d.found.Forecasts[last]
			lo, hi := o.Value-(f.Hi-f.Mean), o.Value+(f.Mean-f.Lo)
			fmt.Fprintf(&b, "  - {name: %q, kind: %s, that: %q}\n", fmt.Sprintf("%s %s the %s observed in period %d", name, verb, results.Exact(o.Value), o.Quantity.Period), kind,
				fmt.Sprintf("%s at %d between %s and %s", name, o.Quantity.Period, results.Exact(rounded(lo)), results.Exact(rounded(hi))))
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "expect:\n" + b.String()
}

// rounded keeps six significant digits, which is more than any fit knows.
func rounded(x float64) float64 {
	short, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 6, 64), 64)
	if err != nil {
		return x
	}
	return short
}

// bestSoFar is where an interrupted search stood.
func bestSoFar(found *study.Calibration) string {
	if found == nil || found.At == nil {
		return "no point had been tried"
	}
	var list []string
	for _, p := range found.Parameters {
		list = append(list, p.Path+"="+results.Exact(rounded(p.Value)))
	}
	return "the best so far: " + strings.Join(list, " ")
}
