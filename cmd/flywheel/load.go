package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"flywheel/loadtest"
	"flywheel/loadtest/plan"
	loadswarm "flywheel/loadtest/swarm"
	"flywheel/results"
	"flywheel/scenarios"
)

func (p *program) loadCommand() *cobra.Command {
	var ask askedLoad
	var out, adopted string
	var overwrite bool
	var beside besideLoad
	var crew crewLoad
	c := &cobra.Command{
		Use:   "load PLAN | --curve FILE.csv --target URL | --import FILE",
		Short: "Press a real deployment and tell the truth about it",
		Long: `Press a real deployment under a plan: a YAML file with a curve of rates, journeys,
thresholds and limits. Latency counts from when a request was due, whatever became of
those before it. Without a plan, --curve and --target press GET / at the curve's rates,
on this machine's loopback only; any other host must stand in a plan's limits.hosts and
be named by you with --i-may-press. Redirects and proxies are not followed.

Prints the report, and writes its tables (summary, steps, seconds and errors, as CSV and
Parquet), resolved.yaml and manifest.json. A broken threshold or an abort exits with 4.
A sick target stops the run: unless limits.abort says otherwise, when more than half of
the requests fail for ten seconds.
Ctrl-C stops at once, with the report so far.

With --nats, workers on several machines (flywheel worker --nats URL) press together, each
with its exact share of the starts, and the report is that of all of them. The plan and
the files that it names travel to them; values of the environment, and private keys of certificates, do not: each worker
has its own. Each worker, too, presses loopback (its own) and what its --i-may-press names.

--import presses nothing: it prints a first plan, to be edited, made of what a browser
wrote down (an HTTP archive, .har) or of a file of vegeta's targets.`,
		Example: `  flywheel run campus-friday-noon-coupon --out campus
  flywheel target --addr 127.0.0.1:8080 &
  flywheel load --curve campus/curve.csv --speed 60 --target http://127.0.0.1:8080`,
		Args: func(c *cobra.Command, args []string) error {
			switch {
			case len(args) > 1:
				return wrong("load takes one plan at a time, not %d: %s", len(args), strings.Join(args, " "))
			case adopted != "":
				return nil
			case len(args) == 0 && (ask.curve == "" || ask.target == ""):
				return wrong("load wants a plan: a YAML file; or both --curve and --target")
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(c *cobra.Command, args []string) error {
			if adopted != "" {
				return p.adopt(adopted)
			}
			ask.travels = crew.join.at != ""
			job, err := ask.job(args)
			if err != nil {
				return err
			}
			if err := crew.check(); err != nil {
				return err
			}
			k := &keeping{dir: out, job: job}
			if k.dir == "" {
				k.dir = folderOf(job.name, job.digest)
			}
			return p.load(c.Context(), k, overwrite, beside, crew)
		},
	}
	flags := c.Flags()
	flags.StringVar(&ask.target, "target", "", "press `URL` instead of the plan's target")
	flags.StringVar(&ask.curve, "curve", "", "follow the rates in `FILE.csv` instead of the plan's curve, such as a forecast's curve.csv")
	flags.Float64Var(&ask.speed, "speed", 1, "run the curve `K` times as fast, at the same rates")
	flags.Float64Var(&ask.scale, "scale", 1, "multiply all rates by `K`")
	flags.Uint64Var(&ask.seed, "seed", 0, "begin with another journey: `N` turns the order in which starts take them")
	flags.StringVar(&adopted, "import", "", "print a plan made of `FILE`, an HTTP archive or vegeta's targets, and press nothing")
	flags.StringVar(&out, "out", "", "write into the folder `DIR` (default flywheel-out/<plan>-<digest>/)")
	flags.BoolVar(&overwrite, "overwrite", false, "let the folder of --out replace another plan's run")
	p.drawing(c)
	beside.flags(flags)
	crew.flags(c)
	return c
}

// askedLoad is what the flags ask of a load test.
type askedLoad struct {
	target, curve string
	speed, scale  float64
	seed          uint64
	travels       bool // the files that the plan names are wanted elsewhere
}

// loadJob is a plan with everything the flags changed, ready to be pressed.
type loadJob struct {
	name     string
	plan     plan.Plan
	ask      askedLoad
	file     string            // of the plan; empty without one
	quantile float64           // of the forecast that --curve holds; NaN without one
	digest   string            // of everything that shapes what is sent
	files    map[string][]byte // that the plan names, by name; only when it travels
}

// job reads the plan and makes the changes that the flags ask for.
func (a askedLoad) job(args []string) (*loadJob, error) {
	j := &loadJob{ask: a, quantile: unknown, files: map[string][]byte{}}
	if err := a.check(); err != nil {
		return nil, err
	}
	var options scenarios.PlanOptions
	options.Target = a.target
	if a.curve != "" {
		forecast, err := readCurve(a.curve)
		if err != nil {
			return nil, err
		}
		options.Curve, j.quantile = forecast.Curve, forecast.Quantile
	}
	if len(args) == 0 {
		j.name = bare(a.curve)
		j.plan = plan.Plan{Target: options.Target, Curve: options.Curve, Journeys: []plan.Journey{{Steps: []plan.Step{{Get: "/"}}}}}
	} else {
		j.file, j.name = args[0], bare(args[0])
		if a.travels {
			options.Files = j.remember(scenarios.BesideFile(filepath.Dir(j.file)))
		}
		read, err := scenarios.LoadPlan(j.file, options)
		if err != nil {
			return nil, err
		}
		j.plan = *read
	}
	if err := a.hurry(&j.plan); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(fmt.Appendf(j.plan.Text(), "seed: %d\n", a.seed))
	j.digest = hex.EncodeToString(sum[:])
	return j, nil
}

// check finds every flag that cannot be followed.
func (a askedLoad) check() error {
	var faults []error
	for _, f := range []struct {
		flag  string
		value float64
	}{{"speed", a.speed}, {"scale", a.scale}} {
		if math.IsNaN(f.value) || math.IsInf(f.value, 0) || f.value <= 0 {
			faults = append(faults, fmt.Errorf("--%s: %v is no factor; give a number above 0", f.flag, f.value))
		}
	}
	if a.target != "" {
		if _, err := plan.ParseTarget(a.target); err != nil {
			faults = append(faults, fmt.Errorf("--%w", err))
		}
	}
	if len(faults) > 0 {
		return failure{exitUsage, errors.Join(faults...)}
	}
	return nil
}

// hurry applies --speed and --scale to a plan that was sound without them.
func (a askedLoad) hurry(p *plan.Plan) (err error) {
	if a.speed != 1 {
		if p.Curve, err = p.Curve.Speed(a.speed); err != nil {
			return wrong("--%w", err)
		}
	}
	if a.scale != 1 {
		if p.Curve, err = p.Curve.Scale(a.scale); err != nil {
			return wrong("--%w", err)
		}
	}
	if faults := p.Validate(); a.speed*a.scale != 1 && faults != nil {
		return wrong("--speed %v --scale %v: %w", a.speed, a.scale, faults)
	}
	return nil
}

// readCurve reads a curve file; what is faulty is told with the file's name.
func readCurve(path string) (plan.Forecast, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return plan.Forecast{}, wrong("--curve: there is no file %q", path)
	}
	if err != nil {
		return plan.Forecast{}, fmt.Errorf("--curve: cannot read the file: %w", err)
	}
	defer file.Close()
	forecast, err := plan.ReadCurveCSV(file)
	var faults plan.Faults
	if !errors.As(err, &faults) {
		return forecast, err
	}
	lines := make([]error, len(faults))
	for i, f := range faults {
		lines[i] = fmt.Errorf("%s:%w", path, f)
	}
	return plan.Forecast{}, failure{exitFaulty, errors.Join(lines...)}
}

// bare is a file's name without its folder and ending.
func bare(path string) string {
	name := filepath.Base(path)
	return strings.TrimSuffix(name, filepath.Ext(name))
}

// changes are the flags that changed the plan, as PATH=VALUE.
func (j *loadJob) changes() []string {
	var list []string
	add := func(changed bool, path string, value any) {
		if changed {
			list = append(list, fmt.Sprintf("%s=%v", path, value))
		}
	}
	add(j.ask.target != "", "target", j.ask.target)
	add(j.ask.curve != "", "curve", filepath.Base(j.ask.curve))
	add(j.ask.speed != 1, "speed", j.ask.speed)
	add(j.ask.scale != 1, "scale", j.ask.scale)
	add(j.ask.seed != 0, "seed", j.ask.seed)
	return list
}

// load presses the plan's target, keeps what came of it and prints it.
func (p *program) load(ctx context.Context, k *keeping, overwrite bool, beside besideLoad, crew crewLoad) (err error) {
	if err := k.open(overwrite); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, k.folder.Abort()) }()
	options := loadtest.Options{Seed: k.job.ask.seed, MayPress: beside.mayPress, Secret: p.secret}
	baseline, err := beside.before()
	if err != nil {
		return err
	}
	meter, shut, err := beside.meter()
	if err != nil {
		return err
	}
	defer shut()
	view := p.liveView(k.job)
	shown := begin("load", k.job.name)
	defer shown.end()
	options.Watch = shown.second
	if view != nil {
		options.Watch = both(view.show, options.Watch)
	}
	if meter != nil {
		options.Watch = both(meter, options.Watch)
	}
	var measured loadtest.Report
	if crew.join.at == "" {
		measured, err = loadtest.Run(ctx, k.job.plan, options)
	} else {
		measured, err = p.together(ctx, k.job, options, crew, view)
	}
	if view != nil {
		view.clear()
	}
	if err != nil {
		return k.job.refusal(ctx, err)
	}
	l := &loaded{job: k.job, report: measured}
	l.warn()
	l.contrast(beside.baseline, baseline)
	// What was measured cannot be measured again, so it is printed even where it cannot be kept.
	lost := errors.Join(k.keep(l), beside.tell(p, l))
	var page bytes.Buffer
	if err := errors.Join(p.pictured(&page, results.KindLoad, l.report.Tables()), l.page(&page)); err != nil {
		return errors.Join(lost, err)
	}
	if err := errors.Join(lost, p.present(&page, l.document())); err != nil {
		return err
	}
	return l.outcome()
}

// secret is a variable of the environment that a plan names; an empty one is not set.
func (p *program) secret(variable string) (value string, set bool) {
	value = p.env(variable)
	return value, value != ""
}

// both shows every second to two who look.
func both(first, second func(loadtest.Snapshot)) func(loadtest.Snapshot) {
	return func(s loadtest.Snapshot) {
		first(s)
		second(s)
	}
}

// refusal is the exit code of a run that sent nothing.
func (j *loadJob) refusal(ctx context.Context, err error) error {
	var refused *loadtest.HostRefused
	var declined *loadswarm.Refused
	var faults plan.Faults
	switch {
	case errors.As(err, &declined) && declined.Host:
		return failure{exitFaulty, fmt.Errorf("%s: %w", j.name, err)}
	case errors.As(err, &faults):
		return failure{exitFaulty, fmt.Errorf("%s: %w", j.file, err)}
	case ctx.Err() != nil:
		return failure{exitInterrupted, errors.New("interrupted before anything was sent; nothing is written")}
	case errors.As(err, &refused) && j.file == "":
		return failure{exitFaulty, fmt.Errorf("--target: host %s is not loopback; if you may press it, name it in limits.hosts of a plan (for rehearse, of the scenario's load: too) and say --i-may-press %s", refused.Host, refused.Host)}
	case errors.As(err, &refused):
		return failure{exitFaulty, fmt.Errorf("%s: %w", j.file, err)}
	}
	return err
}

// loaded is everything a page or a document about a load test is made from.
type loaded struct {
	job      *loadJob
	report   loadtest.Report
	warnings []results.Warning
	files    []string
	replaced bool   // an earlier run of the same plan made room
	kept     string // where an earlier run was kept instead of this one
	baseline string // folder of the run that this one is held against
	compared []loadtest.Contrast
}

// outcome is what to exit with.
func (l *loaded) outcome() error {
	switch r := l.report; {
	case r.Stopped == loadtest.ByCaller:
		return failure{exitInterrupted, fmt.Errorf("interrupted after %s; %s of %s requests were sent", duration(l.elapsed()), grouped(r.Requests.Sent), grouped(r.Schedule.Total()))}
	case !r.Verdict().Passed:
		return failure{code: exitJudged}
	}
	return nil
}

// warn finds what a reader of any single number must know.
func (l *loaded) warn() {
	r := l.report
	add := func(code, format string, args ...any) {
		l.warnings = append(l.warnings, results.Warning{Code: code, Text: fmt.Sprintf(format, args...)})
	}
	if r.Stopped != "" {
		why := "interrupted"
		if r.Stopped == loadtest.ByAbort {
			why = "aborted"
		}
		add(why, "the run was %s after %s of %s; all numbers rest on that time alone", why, duration(l.elapsed()), duration(r.Schedule.Length()))
	}
	if r.WarmUp > 0 && len(r.Thresholds) > 0 {
		add("warm_up", "the first %s are the warm-up: sent and counted, and no threshold looks at them", duration(time.Duration(r.WarmUp*float64(time.Second))))
	}
	for _, w := range r.Swarm {
		if w.Lost != "" {
			add("worker_lost", "worker %s was lost at %s; the load was not what the plan says from then on", w.Name, duration(time.Duration(w.Heard*float64(time.Second))))
		}
	}
	if advice := r.Advice(); advice != "" {
		add("failures", "%s", advice)
	}
	if r.Bottleneck == loadtest.ByGenerator {
		add("generator", "this machine could not make the load it was asked for, so the times say little about the target")
	}
}
