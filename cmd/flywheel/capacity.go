package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"flywheel/loadtest"
	"flywheel/results"
)

func (p *program) capacityCommand() *cobra.Command {
	var ask askedCapacity
	var out string
	var overwrite bool
	c := &cobra.Command{
		Use:   "capacity PLAN",
		Short: "Search the highest rate that a deployment can carry",
		Long: `Search the highest rate of journey starts at which the plan's thresholds hold: double the
rate until one fails, halve the stretch between, and repeat both edges until they are
sure. Each probe is a few seconds at one rate, with fresh connections and a rest after
it; the plan's curve says where to begin (a quarter of its highest rate) and where to
stop (32 times that, or limits.rate). A rate also fails when latency grows while it is
kept: the target falls behind. Where the plan's thresholds do not look at all failures or
at all latency, failed < 1% and latency.p99 < 1s are added; those on rates are left out.

Prints the measured curve, its edges with their confidence, and the universal scalability
law that fits it, and writes the tables summary, capacity, probes and usl. A target that
does not recover from a probe is left alone, and the exit code is 4, as it is when no
rate passes or --at-least is not reached. Ctrl-C keeps what was measured.`,
		Example: `  echo '{curve: [{hold: 50/s, for: 4s}], journeys: [{steps: [{get: /}]}]}' > steady.yaml
  flywheel target --addr 127.0.0.1:8080 --capacity 170 &
  flywheel capacity steady.yaml --target http://127.0.0.1:8080`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return wrong("capacity wants one plan: a YAML file")
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(c *cobra.Command, args []string) error {
			s, err := ask.job(args)
			if err != nil {
				return err
			}
			s.keeping = &keeping{dir: out, job: s.job}
			if out == "" {
				s.keeping.dir = folderOf(s.job.name+"-capacity", s.job.digest)
			}
			return p.capacity(c.Context(), s, overwrite)
		},
	}
	flags := c.Flags()
	flags.StringVar(&ask.load.target, "target", "", "press `URL` instead of the plan's target")
	flags.Uint64Var(&ask.load.seed, "seed", 0, "begin with another journey: `N` turns the order in which starts take them")
	flags.Float64Var(&ask.options.From, "from", 0, "begin at `RATE` starts per second (default a quarter of the plan's highest rate)")
	flags.Float64Var(&ask.options.Most, "most", 0, "ask no more than `RATE` starts per second (default limits.rate, or 32 times the plan's highest rate)")
	flags.Float64Var(&ask.atLeast, "at-least", 0, "exit with 4 unless `RATE` starts per second pass")
	flags.DurationVar(&ask.options.Length, "probe", 0, "judge each probe for `TIME`, beyond its warm-up (default 3s, or 100 starts up to 10s)")
	flags.DurationVar(&ask.options.WarmUp, "warm-up", 0, "do not judge the first `TIME` of each probe (default 1s)")
	flags.DurationVar(&ask.options.Within, "within", 0, "give up after `TIME` (default 15m)")
	flags.Float64Var(&ask.options.Precision, "precision", 0, "narrow the interval to this `SHARE` of the rate (default 0.02)")
	flags.Float64Var(&ask.options.Confidence, "confidence", 0, "repeat the edges until they are sure to `SHARE` (default 0.9)")
	flags.StringSliceVar(&ask.options.MayPress, "i-may-press", nil, "confirm that you may press `HOST`, which the plan's limits.hosts names; loopback needs no such word")
	p.drawing(c)
	flags.StringVar(&out, "out", "", "write into the folder `DIR` (default flywheel-out/<plan>-capacity-<digest>/)")
	flags.BoolVar(&overwrite, "overwrite", false, "let the folder of --out replace another search")
	return c
}

// askedCapacity is what the flags ask of a search.
type askedCapacity struct {
	load    askedLoad
	options loadtest.CapacityOptions
	atLeast float64
}

// searching is a search for a capacity and what came of it.
type searching struct {
	job     *loadJob
	options loadtest.CapacityOptions
	atLeast float64
	keeping *keeping

	found    loadtest.Capacity
	warnings []results.Warning
	files    []string
}

// job reads the plan; what shapes the search shapes the digest.
func (a askedCapacity) job(args []string) (*searching, error) {
	if err := a.options.Validate(); err != nil {
		lines := strings.Split(err.Error(), "\n")
		for i, line := range lines {
			lines[i] = "--" + line
		}
		return nil, wrong("%s", strings.Join(lines, "\n"))
	}
	a.load.speed, a.load.scale = 1, 1
	job, err := a.load.job(args)
	if err != nil {
		return nil, err
	}
	o := a.options
	sum := sha256.Sum256(fmt.Appendf(job.plan.Text(), "capacity: %v %v %v %v %v %v %v\n", a.load.seed, o.From, o.Most, o.Length, o.WarmUp, o.Precision, o.Confidence))
	job.digest = hex.EncodeToString(sum[:])
	o.Seed = a.load.seed
	return &searching{job: job, options: o, atLeast: a.atLeast}, nil
}

// capacity searches, keeps what was found and prints it.
func (p *program) capacity(ctx context.Context, s *searching, overwrite bool) (err error) {
	if err := s.keeping.open(overwrite); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.keeping.folder.Abort()) }()
	view := p.probeView(s.job.name)
	s.options.Watch, s.options.Secret = view.tell, p.secret
	s.found, err = loadtest.FindCapacity(ctx, s.job.plan, s.options)
	view.clear()
	if err != nil {
		return s.job.refusal(ctx, err)
	}
	s.warn()
	lost := s.keep()
	var page bytes.Buffer
	if err := errors.Join(p.pictured(&page, kindCapacity, s.found.Tables()), s.page(&page)); err != nil {
		return errors.Join(lost, err)
	}
	if err := errors.Join(lost, p.present(&page, s.document())); err != nil {
		return err
	}
	return s.outcome()
}

// outcome is what to exit with.
func (s *searching) outcome() error {
	c := s.found
	switch {
	case c.Ending == loadtest.CutShort:
		return failure{exitInterrupted, fmt.Errorf("interrupted after %s; %s kept", duration(s.elapsed()), several(len(c.Probes), "probe"))}
	case c.Ending == loadtest.OutOfLoad:
		return failure{code: exitOther}
	case c.Ending == loadtest.TargetSick, c.Ending == loadtest.NonePasses:
		return failure{code: exitJudged}
	case s.atLeast > 0 && (c.Highest == nil || *c.Highest < s.atLeast):
		return failure{exitJudged, fmt.Errorf("--at-least %g/s: not reached", s.atLeast)}
	}
	return nil
}

func (s *searching) elapsed() time.Duration {
	return time.Duration(s.found.Elapsed * float64(time.Second))
}

// warn finds what a reader of any single number must know.
func (s *searching) warn() {
	c := s.found
	add := func(code, format string, args ...any) {
		s.warnings = append(s.warnings, results.Warning{Code: code, Text: fmt.Sprintf(format, args...)})
	}
	if c.Ending != loadtest.Found && c.Ending != loadtest.AtCeiling {
		add("unconfirmed", "%s", c.Why)
	}
	var left []string
	for _, t := range s.job.plan.Thresholds {
		if t.Family() == "rate" {
			left = append(left, t.Expression)
		}
	}
	if len(left) > 0 {
		add("thresholds", "left out, because a search chooses the rate: %s", strings.Join(left, ", "))
	}
	voids := 0
	for _, probe := range c.Probes {
		if probe.Outcome == loadtest.Void {
			voids++
		}
	}
	if voids > 0 {
		add("generator", "%d of %d probes were void, because this machine fell short; they were made again", voids, len(c.Probes))
	}
}

// keep writes the tables and the plan.
func (s *searching) keep() error {
	resolved := append([]byte("# flywheel capacity resolved.yaml\n"), s.job.plan.Text()...)
	names, err := s.keeping.put(s.found.Tables(), resolved, results.Provenance{Kind: "capacity", Warnings: s.warnings})
	s.files = names
	return err
}

// capacityDocument is a search as one JSON document.
type capacityDocument struct {
	Scenario string            `json:"scenario"`
	Digest   string            `json:"digest"`
	Version  string            `json:"version"`
	Warnings []results.Warning `json:"warnings"`
	Seed     uint64            `json:"seed"`
	loadtest.Capacity
	Files []string `json:"files"`
}

func (s *searching) document() capacityDocument {
	return capacityDocument{
		Scenario: s.job.name, Digest: s.job.digest, Version: version, Warnings: listed(s.warnings), Seed: s.options.Seed,
		Capacity: s.found, Files: listed(s.files),
	}
}

// page is the search for people; the answer comes last, where the eye is.
func (s *searching) page(page *bytes.Buffer) error {
	c := s.found
	say(page, "%s: capacity of %s", s.job.name, c.Target)
	say(page, "started %s, took %s and %s", c.Started.UTC().Format("2006-01-02 15:04:05 UTC"), duration(s.elapsed()), several(len(c.Probes), "probe"))
	say(page, "a rate passes when: %s\n", strings.Join(c.Conditions, "; "))
	var rows [][]string
	for _, point := range c.Curve {
		mark := ""
		switch {
		case c.Highest != nil && point.Rate == *c.Highest:
			mark = "highest that passes"
		case c.Lowest != nil && point.Rate == *c.Lowest:
			mark = "lowest that fails"
		}
		rows = append(rows, []string{fmt.Sprintf("%g", point.Rate), fmt.Sprintf("%d of %d", point.Passed, point.Probes), results.Human(point.Throughput, "1/s"),
			results.Human(point.Concurrency, "1"), milli(point.P50), milli(point.P99), results.Human(point.ErrorShare, "share"), mark})
	}
	if len(rows) > 0 {
		if err := grid(page, 0, []string{"starts/s", "passed", "ok/s", "in flight", "p50 ms", "p99 ms", "failed", ""}, rows); err != nil {
			return err
		}
		page.WriteString("\n")
	}
	s.law(page)
	for _, w := range s.warnings {
		say(page, "warning: %s", w.Text)
	}
	if c.Highest != nil {
		say(page, "highest passing rate: %g/s", *c.Highest)
	}
	if c.Lowest != nil {
		say(page, "lowest failing rate: %g/s (%s)", *c.Lowest, c.Broke)
	}
	switch {
	case c.Confidence != nil && c.Lowest != nil:
		say(page, "the rate that passes half of the time lies between them, with a confidence of %g%%", 100**c.Confidence)
	case c.Confidence != nil:
		say(page, "%s (confidence %g%%)", c.Why, 100**c.Confidence)
	}
	if len(s.files) > 0 {
		say(page, "%s", wrote(s.files, s.keeping.replaced))
	}
	return nil
}

// law says what the universal scalability law makes of the curve.
func (s *searching) law(page *bytes.Buffer) {
	u := s.found.USL
	if u.Lambda == 0 {
		say(page, "scalability law: %s", u.Why)
		return
	}
	within := func(v, lo float64, hi *float64) string {
		top := "no bound"
		if hi != nil {
			top = fmt.Sprintf("%.3g", *hi)
		}
		return fmt.Sprintf("%.3g (%.3g to %s)", v, lo, top)
	}
	say(page, "scalability law of %d rates: lambda %s/s, sigma %s, kappa %s; points lie within %s of it", u.Points,
		within(u.Lambda, u.LambdaLo, u.LambdaHi), within(u.Sigma, u.SigmaLo, u.SigmaHi), within(u.Kappa, u.KappaLo, u.KappaHi), results.Human(u.Residual, "share"))
	say(page, "%s\n", u.Why)
}

// probeView shows a search while it goes on: one line per probe, and on a terminal the
// probe that is under way.
type probeView struct{ live }

func (p *program) probeView(name string) *probeView {
	v := &probeView{live{name: name}}
	if l := p.liveView(&loadJob{name: name}); l != nil {
		v.live = *l
	}
	return v
}

func (v *probeView) tell(g loadtest.CapacityProgress) {
	if v.out == nil {
		return
	}
	if g.Last != nil {
		line := fmt.Sprintf("%s: %s, %s %g/s: %s", v.name, duration(g.At), g.Stage, g.Rate, g.Last.Outcome)
		if g.Last.Why != "" {
			line += " (" + g.Last.Why + ")"
		}
		line += fmt.Sprintf(", p99 %s ms, %s failed", milli(g.Last.P99), results.Human(g.Last.ErrorShare, "share"))
		v.clear()
		fmt.Fprintln(v.out, line)
		return
	}
	if v.size != nil {
		between := "nothing known yet"
		switch {
		case g.Lo > 0 && g.Hi < 1e300:
			between = fmt.Sprintf("between %g/s and %g/s", g.Lo, g.Hi)
		case g.Lo > 0:
			between = fmt.Sprintf("above %g/s", g.Lo)
		case g.Hi < 1e300:
			between = fmt.Sprintf("below %g/s", g.Hi)
		}
		v.draw([]string{fmt.Sprintf("%s: %s at %g/s, %d probes in %s, %s", v.name, g.Stage, g.Rate, g.Probes, duration(g.At), between)})
	}
}
