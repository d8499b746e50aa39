package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"flywheel/loadtest"
	"flywheel/loadtest/plan"
	"flywheel/loadtest/rehearsal"
	"flywheel/models"
	"flywheel/results"
	"flywheel/scenarios"
	"flywheel/sim"
	"flywheel/sim/engine"
	"flywheel/sim/study"
)

// askedRehearsal is what the flags ask of a rehearsal.
type askedRehearsal struct {
	asked
	storing
	target, plan string
	variant      string
	window       time.Duration
	speed, scale float64
	mayPress     []string
	options      loadtest.CapacityOptions
}

func (p *program) rehearseCommand() *cobra.Command {
	var ask askedRehearsal
	c := &cobra.Command{
		Use:   "rehearse SCENARIO --target URL",
		Short: "Press the deployment with the forecast's own peak, and say what falling short would cost",
		Long: `Forecast a scenario's event, press the target with its request curve, and judge it by the plan's
thresholds. Where one breaks, search the target's capacity, run the promotion on that capacity and
on enough of it with the same luck, and tell what the shortfall costs in orders, users and money,
which capacity would pass, and how large a part of the audience this one carries. Writes an overlay,
a scenario that extends the forecast's with what was measured. Where none breaks, the peak's own
rate is priced in the same way, which is the least that the target was seen to carry.

Requests that fail are orders turned away. A target that is slow but refuses next to nothing makes
people wait: in line for as long as the plan's limits.timeout, and late from the scenario's
event.deployment.late on. One that refuses some and lets others wait that long has a line as long as
the waits seen, and turns away who finds it full.

--variant rehearses one of the scenario's variants instead of the scenario itself; the overlay then
measures the deployment of that variant.

Journeys, thresholds and limits are those of --plan, or of the scenario's own load:, or else GET /,
fewer than 1% failed and a p99 below 1s. The busiest two minutes of the curve are pressed at the
forecast's own rates; --window presses more or less of it, and --speed K all of it K times as fast,
which gives queues less time to grow: a target that falls a little short then looks as if it held.`,
		Example:           "  flywheel target --addr 127.0.0.1:8080 --capacity 8 &\n  flywheel rehearse campus-friday-noon-coupon --target http://127.0.0.1:8080",
		Args:              oneScenario,
		ValidArgsFunction: completeScenario,
		RunE: func(c *cobra.Command, args []string) error {
			if err := ask.check(); err != nil {
				return err
			}
			if !c.Flags().Changed("window") && !c.Flags().Changed("speed") {
				ask.window = busiest
			}
			return p.rehearse(c, args[0], ask)
		},
	}
	flags := c.Flags()
	flags.StringVar(&ask.target, "target", "", "press `URL`")
	flags.StringVar(&ask.variant, "variant", "", "rehearse the variant `NAME` instead of the scenario itself")
	flags.StringVar(&ask.plan, "plan", "", "take journeys, thresholds and limits from the plan `FILE.yaml`; its curve is not used")
	flags.DurationVar(&ask.window, "window", 0, "press the busiest stretch of this `LENGTH` (default 2m, or with --speed the whole curve)")
	flags.Float64Var(&ask.speed, "speed", 1, "run the curve `K` times as fast, at the same rates")
	flags.Float64Var(&ask.scale, "scale", 1, "multiply all rates by `K`, for a target that is a model of the deployment")
	flags.DurationVar(&ask.options.Length, "probe", 0, "judge each probe of a search for `TIME` (default 3s, or 100 starts up to 10s)")
	flags.DurationVar(&ask.options.Within, "within", 0, "give a search up after `TIME` (default 15m)")
	flags.StringSliceVar(&ask.mayPress, "i-may-press", nil, "confirm that you may press `HOST`, which the plan's limits.hosts names; loopback needs no such word")
	p.drawing(c)
	ask.tuned(c)
	ask.settable(c)
	ask.threaded(c)
	ask.storing.flags(c)
	return c
}

// check finds the faults of the flags that need no scenario.
func (a *askedRehearsal) check() error {
	var faults []string
	if a.window < 0 {
		faults = append(faults, fmt.Sprintf("--window: %v is no time; give one above 0s", a.window))
	}
	if err := a.options.Validate(); err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			faults = append(faults, "--"+line)
		}
	}
	if len(faults) > 0 {
		return wrong("%s", strings.Join(faults, "\n"))
	}
	return nil
}

// busiest is how much of a curve is pressed when nobody says: a queue that grows by a hundredth
// of what arrives takes a hundred seconds to hold one second's arrivals.
const busiest = 2 * time.Minute

// rehearsed is a rehearsal under way.
type rehearsed struct {
	ask      askedRehearsal
	job      *job
	model    *models.Model // of the scenario, or of the variant that is rehearsed
	load     *loadJob
	curve    *results.Table
	finding  rehearsal.Finding
	warnings []results.Warning
	tables   []*results.Table
	files    []string
	overlay  string
}

// rehearse goes from the forecast to the verdict, keeps what was found and prints it.
func (p *program) rehearse(c *cobra.Command, source string, ask askedRehearsal) (err error) {
	ctx := c.Context()
	r := &rehearsed{ask: ask}
	if r.job, err = ask.one(c, source, ask.variant); err != nil {
		return err
	}
	if r.model = r.job.plan.Variants[0].Law.Model; r.model.Event == nil {
		return failure{exitFaulty, fmt.Errorf("%s has no event to rehearse; add event: {platform: ..., period: ..., hour: ...}", r.name())}
	}
	if r.load, err = ask.loadJob(r.job.scenario.Load); err != nil {
		return err
	}
	keep := &inquiry{kind: c.Name(), scenario: r.job.scenario, law: r.job.plan.Variants[0].Law, runs: r.job.plan.Settings.Replications, variants: []string{r.job.plan.Variants[0].Name},
		changes: ask.changes(c), words: []string{c.Name(), ask.target, fmt.Sprintf("window %v speed %v scale %v", ask.window, ask.speed, ask.scale), string(r.load.plan.Text())}}
	if r.varied() {
		keep.words = append(keep.words, "variant="+ask.variant)
	}
	if err := keep.open(ask.storing); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, keep.folder.Abort()) }()
	if _, err := loadtest.Prepare(ctx, r.load.plan, loadtest.Options{MayPress: ask.mayPress, Secret: p.secret}); err != nil {
		return r.load.refusal(ctx, err) // before a forecast that may take long
	}
	if err := r.forecast(ctx, p); err != nil {
		return err
	}
	failed := r.rehearse(ctx, p)
	stopped := ctx.Err() != nil
	var unfit *rehearsal.Unfit
	switch {
	case errors.As(failed, &unfit):
		return wrong("--%w", failed)
	case failed != nil && !stopped:
		return r.load.refusal(ctx, failed)
	}
	if r.finding.Report.Requests.Due == 0 {
		return failure{exitInterrupted, errors.New("interrupted before anything was pressed; nothing is written")}
	}
	if stopped {
		r.warnings = append(r.warnings, results.Warning{Code: codeInterrupted, Text: "the rehearsal was interrupted; what follows is as far as it came"})
	}
	// What was measured cannot be measured again soon, so it is printed even where it cannot be kept.
	lost := r.keep(keep, source)
	var page bytes.Buffer
	if err := errors.Join(p.pictured(&page, kindRehearsal, r.tables), r.page(&page, keep)); err != nil {
		return errors.Join(lost, err)
	}
	if err := errors.Join(lost, p.present(&page, r.document())); err != nil {
		return err
	}
	switch {
	case stopped:
		return failure{code: exitInterrupted}
	case !r.finding.Passed():
		return failure{code: exitJudged}
	}
	return nil
}

// varied tells whether a variant is rehearsed instead of the scenario itself.
func (r *rehearsed) varied() bool { return r.variant() != "" }

// variant is the name of the variant that is rehearsed; empty for the scenario itself.
func (r *rehearsed) variant() string {
	if name := r.job.plan.Variants[0].Name; name != study.Base {
		return name
	}
	return ""
}

// name is what is rehearsed, for people.
func (r *rehearsed) name() string {
	if r.varied() {
		return r.job.scenario.Name + ", variant " + r.variant()
	}
	return r.job.scenario.Name
}

// loadJob is the plan that meets the target, with a curve that the forecast's will replace: that
// of the flags, or the scenario's own, or else the plainest there is.
func (a *askedRehearsal) loadJob(own *plan.Plan) (*loadJob, error) {
	ask := askedLoad{target: a.target, speed: a.speed, scale: a.scale}
	if err := ask.check(); err != nil {
		return nil, err
	}
	curve := plan.Curve{plan.HoldFor(plan.Rate{Count: 1}, time.Second)}
	j := &loadJob{name: "rehearsal", ask: ask, quantile: unknown}
	if a.plan != "" {
		read, err := scenarios.LoadPlan(a.plan, scenarios.PlanOptions{Target: a.target, Curve: curve})
		if err != nil {
			return nil, err
		}
		j.file, j.plan = a.plan, *read
		return j, nil
	}
	j.plan = plan.Plan{Journeys: []plan.Journey{{Steps: []plan.Step{{Get: "/"}}}}}
	if own != nil {
		j.plan = *own
	}
	if j.plan.Curve = curve; a.target != "" {
		j.plan.Target = a.target
	}
	if j.plan.Target == "" {
		return nil, wrong("rehearse wants a target: --target URL, or a plan with one: --plan FILE.yaml")
	}
	return j, nil
}

// forecast runs the scenario and reads its request curve.
func (r *rehearsed) forecast(ctx context.Context, p *program) error {
	ensemble := study.NewEnsemble(r.job.plan, nil)
	r.job.periods = ensemble.Periods()
	_, err := p.execute(ctx, r.job, r.ask.threads, func(t study.Trial, timeline *results.Table) error {
		ensemble.Add(t, timeline)
		return nil
	})
	if errors.Is(err, errInterrupted) {
		return failure{exitInterrupted, errors.New("interrupted before the forecast was made; nothing is written")}
	}
	if err != nil {
		return err
	}
	curve, warnings, err := ensemble.Curve()
	r.curve, r.warnings = curve, append(r.warnings, warnings...)
	return err
}

// rehearse presses, searches and asks for the cost.
func (r *rehearsed) rehearse(ctx context.Context, p *program) (err error) {
	r.finding, err = rehearsal.Rehearse(ctx, rehearsal.Rehearsal{
		Event: r.model.Event, Curve: r.curve,
		Plan: r.load.plan, Window: r.ask.window, Speed: r.ask.speed, Scale: r.ask.scale, Today: time.Now(),
	}, rehearsal.Steps{
		Press: func(ctx context.Context, pressed plan.Plan) (loadtest.Report, error) {
			r.load.plan = pressed
			view := p.liveView(r.load)
			shown := begin("load", r.name())
			defer shown.end()
			options := loadtest.Options{MayPress: r.ask.mayPress, Secret: p.secret, Watch: shown.second}
			if view != nil {
				options.Watch = both(view.show, shown.second)
				defer view.clear()
			}
			return loadtest.Run(ctx, pressed, options)
		},
		Search: func(ctx context.Context, pressed plan.Plan) (loadtest.Capacity, error) {
			view := p.probeView(r.load.name)
			defer view.clear()
			o := r.ask.options
			o.MayPress, o.Secret, o.Watch = r.ask.mayPress, p.secret, view.tell
			if schedule, err := pressed.Curve.Schedule(); err == nil { // what broke under the peak need not be asked for more
				o.Most = max(1, 1.001*schedule.Highest()) // a search asks for rates of four digits
				o.From = max(1, schedule.Highest()/2)
			}
			err := rehearsal.Settle(ctx, pressed, func(ctx context.Context, few plan.Plan) (loadtest.Report, error) {
				return loadtest.Run(ctx, few, loadtest.Options{MayPress: o.MayPress, Secret: o.Secret})
			})
			if err != nil {
				return loadtest.Capacity{}, err
			}
			return loadtest.FindCapacity(ctx, pressed, o)
		},
		Cost: r.cost,
	})
	return err
}

// usersAfter are the days after an event on which the users it cost are counted.
var usersAfter = []int{30, 90}

// cost runs the promotion on a measured deployment and on one that takes everything.
func (r *rehearsed) cost(ctx context.Context, measured models.Deployment) ([]rehearsal.Shortfall, error) {
	list := r.quantities()
	var quantities []study.Quantity
	for _, s := range list {
		quantities = append(quantities, study.Quantity{Metric: s.Metric, Platform: s.Platform, Side: s.Side, Segment: sim.Total, Region: sim.Total, Period: s.Period})
	}
	settings := r.job.plan.Settings
	answers, err := (&study.Response{
		Settings: settings, Runs: settings.Replications, Threads: r.ask.threads, Periods: study.PeriodsOf(quantities),
		Make: func(point []float64) (*models.Law, error) {
			m, e := *r.model, *r.model.Event
			e.Deployment = measured
			if point[0] == 0 {
				e.Deployment = rehearsal.Enough(measured)
			}
			m.Event = &e
			return models.Compile(&m)
		},
		Measure: func(_ *models.Law, timeline *results.Table) []float64 { return study.Read(timeline, quantities) },
		Engine: func(name string) (sim.Engine, error) {
			e, known := engine.New(name)
			if !known {
				return nil, fmt.Errorf("no engine is called %q", name)
			}
			return e, nil
		},
	}).Run(ctx, [][]float64{{0}, {1}})
	if err != nil {
		return nil, err
	}
	for _, a := range answers {
		if a.Err != nil {
			return nil, a.Err
		}
	}
	const confidence = 0.95
	for i := range list {
		short, enough := answers[1].Column(i), answers[0].Column(i)
		if list[i].More {
			short, enough = enough, short
		}
		list[i].Difference, _ = results.Paired(enough, short, confidence)
	}
	list = slices.DeleteFunc(list, func(s rehearsal.Shortfall) bool { return s.Difference.Pairs == 0 }) // not of this market
	return list, nil
}

// quantities are what a shortfall is counted in: orders of the day, users later, money at the end.
func (r *rehearsed) quantities() []rehearsal.Shortfall {
	m, e := r.model, r.model.Event
	list := []rehearsal.Shortfall{
		{What: "orders lost on the day", Metric: "orders", Side: sim.Total, Period: e.Period},
		{What: "orders turned away by the deployment", Metric: "turned_away", Side: sim.Total, Period: e.Period, More: true},
		{What: "orders late", Metric: "late", Side: sim.Total, Period: e.Period, More: true},
		{What: "GMV lost on the day", Metric: "gmv", Side: sim.Total, Period: e.Period},
	}
	for _, after := range usersAfter {
		if e.Period+after > m.Horizon.Periods {
			r.warnings = append(r.warnings, results.Warning{Code: "horizon",
				Text: fmt.Sprintf("users lost after %d days are not told: the forecast ends %d days after the event", after, m.Horizon.Periods-e.Period)})
			continue
		}
		list = append(list, rehearsal.Shortfall{What: fmt.Sprintf("users lost after %d days", after), Metric: "participants", Side: m.OrderingSide(), Period: e.Period + after})
	}
	list = append(list, rehearsal.Shortfall{What: "cash lost at the end", Metric: "cash", Side: sim.Total, Period: m.Horizon.Periods})
	schema := study.Metrics()
	for i := range list {
		list[i].Platform = e.Platform
		list[i].Unit = schema[schema.Index(list[i].Metric)].Unit
	}
	return list
}

// keep writes the tables, the overlay and the manifest.
func (r *rehearsed) keep(keep *inquiry, source string) error {
	tables := []*results.Table{r.curve}
	defer func() { r.tables = tables }()
	for _, t := range r.finding.Report.Tables() {
		t.Name = rehearsedPrefix + t.Name
		tables = append(tables, t)
	}
	if r.finding.Capacity != nil {
		tables = append(tables, r.finding.Capacity.Tables()...)
	}
	if r.finding.Cost != nil {
		t, err := rehearsal.ShortfallTable(r.finding.Cost)
		if err != nil {
			return err
		}
		tables = append(tables, t)
	}
	for _, t := range tables {
		if err := keep.table(t); err != nil {
			return err
		}
	}
	overlay := ""
	if r.finding.Measured.Limited {
		if err := keep.text(overlayName, rehearsal.Overlay(r.base(source, keep), r.job.scenario.Name, r.variant(), r.finding)); err != nil {
			return err
		}
		overlay = filepath.Join(keep.dir, overlayName)
	}
	said := slices.Clone(r.warnings)
	for _, text := range r.finding.Limits {
		said = append(said, results.Warning{Code: "limit", Text: text})
	}
	page, err := loadReport(keep.provenance(said), repeated(kindRehearsal), named(tables))
	if err != nil {
		return err
	}
	if err := keep.text(reportName, page); err != nil {
		return err
	}
	if r.files, err = keep.close(said); err == nil {
		r.overlay = overlay
	}
	return err
}

// base is what an overlay beside the run's resolved scenario extends.
func (r *rehearsed) base(source string, keep *inquiry) string {
	if slices.Contains(scenarios.Library(), source) && len(keep.changes) == 0 {
		return source
	}
	return "./resolved.yaml"
}

// overlayName is the scenario that carries the measurement back.
const overlayName = "overlay.yaml"
