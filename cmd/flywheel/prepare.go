package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"flywheel/models"
	"flywheel/results"
	"flywheel/scenarios"
	"flywheel/sim"
	"flywheel/sim/engine"
	"flywheel/sim/study"
)

// asked is what a command's flags ask of a scenario.
type asked struct {
	set          []string
	engine       string
	seed         uint64
	replications int
	variants     []string
	threads      int
}

// settable adds the flag that changes a scenario.
func (a *asked) settable(c *cobra.Command) {
	c.Flags().StringArrayVar(&a.set, "set", nil, "change a value of the scenario, as `PATH=VALUE`; repeatable")
}

// threaded adds the flag that says how many goroutines work.
func (a *asked) threaded(c *cobra.Command) {
	c.Flags().IntVar(&a.threads, "threads", runtime.GOMAXPROCS(0), "let `N` threads work; never changes a result")
}

// planned adds the flags that shape the plan of runs.
func (a *asked) planned(c *cobra.Command) {
	a.tuned(c)
	c.Flags().StringArrayVar(&a.variants, "variant", nil, "run the variant `NAME` (all: every one) beside the scenario; repeatable")
}

// tuned adds the flags that shape every run.
func (a *asked) tuned(c *cobra.Command) {
	c.Flags().StringVar(&a.engine, "engine", "", "run with the engine `NAME` ("+strings.Join(engine.Names(), ", ")+")")
	c.Flags().IntVar(&a.replications, "replications", 0, "run each variant `N` times instead of as often as the scenario says")
	c.Flags().Uint64Var(&a.seed, "seed", 0, "base all random numbers on `N` instead of the scenario's seed")
}

// options checks the flags and passes on those that change the scenario.
func (a *asked) options(c *cobra.Command) (scenarios.Options, error) {
	o := scenarios.Options{Set: a.set, Engine: a.engine, Engines: engine.Names()}
	given := c.Flags().Changed
	var faults []error
	if given("threads") && a.threads < 1 {
		faults = append(faults, fmt.Errorf("--threads: %d threads can do nothing; give 1 or more", a.threads))
	}
	if given("engine") && !slices.Contains(engine.Names(), a.engine) {
		faults = append(faults, fmt.Errorf("--engine: no engine is called %q; %s", a.engine, meant(a.engine, engine.Names(), "use one of: "+strings.Join(engine.Names(), ", "))))
	}
	if given("replications") {
		if a.replications < 1 {
			faults = append(faults, fmt.Errorf("--replications: %d runs show nothing; give 1 or more", a.replications))
		}
		o.Replications = a.replications
	}
	if given("seed") {
		o.Seed = &a.seed
	}
	for _, change := range a.set {
		path, _, found := strings.Cut(change, "=")
		if !found {
			faults = append(faults, fmt.Errorf("--set: %q names no value; write PATH=VALUE, such as platforms.A.fee=0.2", change))
		} else if strings.Trim(path, " .") == "" {
			faults = append(faults, fmt.Errorf("--set: %q names no path; write PATH=VALUE, such as platforms.A.fee=0.2", change))
		}
	}
	if len(faults) > 0 {
		return o, failure{exitUsage, errors.Join(faults...)}
	}
	return o, nil
}

// changes are the flags that changed the scenario, as PATH=VALUE.
func (a *asked) changes(c *cobra.Command) []string {
	list := slices.Clone(a.set)
	for _, f := range []struct{ flag, path string }{{"engine", "engine"}, {"seed", "study.seed"}, {"replications", "study.replications"}} {
		if flag := c.Flags().Lookup(f.flag); flag != nil && flag.Changed {
			list = append(list, f.path+"="+flag.Value.String())
		}
	}
	return list
}

// pick finds the variants asked for, each once and in the order of the scenario.
func (a *asked) pick(s *scenarios.Scenario) ([]scenarios.Variant, error) {
	all := slices.Contains(a.variants, "all")
	for _, name := range a.variants {
		if name != "all" && !slices.ContainsFunc(s.Variants, func(v scenarios.Variant) bool { return v.Name == name }) {
			return nil, noVariant(s, name, "use all, or one of: ")
		}
	}
	var picked []scenarios.Variant
	for _, v := range s.Variants {
		if all || slices.Contains(a.variants, v.Name) {
			picked = append(picked, v)
		}
	}
	return picked, nil
}

// noVariant says that a scenario has no variant of a name, and what it has.
func noVariant(s *scenarios.Scenario, name, remedy string) error {
	var known []string
	for _, v := range s.Variants {
		known = append(known, v.Name)
	}
	if len(known) == 0 {
		return wrong("--variant: %s has no variants, so none called %q", s.Name, name)
	}
	return wrong("--variant: %s has no variant %q; %s", s.Name, name, meant(name, known, remedy+strings.Join(known, ", ")))
}

// job is a scenario with its plan, ready to run.
type job struct {
	scenario *scenarios.Scenario
	plan     study.Plan
	digest   string // of everything that shapes the files of the run
	periods  []int  // recorded in the timelines; nil means all
}

// read loads a scenario with the changes that the flags ask for.
func (a *asked) read(c *cobra.Command, source string) (*scenarios.Scenario, error) {
	options, err := a.options(c)
	if err != nil {
		return nil, err
	}
	return scenarios.Load(source, options)
}

// job prepares one scenario as the flags ask.
func (a *asked) job(c *cobra.Command, source string) (*job, error) {
	s, err := a.read(c, source)
	if err != nil {
		return nil, err
	}
	variants, err := a.pick(s)
	if err != nil {
		return nil, err
	}
	return prepare(s, variants)
}

// prepare binds a scenario and some of its variants to a plan that its engine accepts.
func prepare(s *scenarios.Scenario, variants []scenarios.Variant) (*job, error) {
	list := []scenarios.Variant{{Name: study.Base, Model: s.Model}}
	var bound []study.Variant
	settings := s.Settings
	for _, v := range append(list, variants...) {
		law, err := models.Compile(v.Model)
		if err != nil {
			return nil, failure{exitFaulty, fmt.Errorf("%s: %w", v.Name, err)}
		}
		reader, known := engine.New(s.Settings.Engine)
		if !known {
			return nil, failure{exitFaulty, fmt.Errorf("no engine is called %q; use one of: %s", s.Settings.Engine, strings.Join(engine.Names(), ", "))}
		}
		if err := reader.Accept(law); err != nil {
			return nil, failure{exitFaulty, fmt.Errorf("%s, variant %s: %w", s.Name, v.Name, err)}
		}
		settings.Certain = reader.Dealer() == (sim.Means{})
		bound = append(bound, study.Variant{Name: v.Name, Law: law})
	}
	return &job{scenario: s, plan: study.NewPlan(s.Name, bound, settings), digest: identity(s, variants)}, nil
}

// one prepares a scenario, or one of its variants instead of it.
func (a *asked) one(c *cobra.Command, source, variant string) (*job, error) {
	s, err := a.read(c, source)
	if err != nil {
		return nil, err
	}
	return alone(s, variant)
}

// alone is a scenario, or the variant of a name instead of it, as a plan of one market.
func alone(s *scenarios.Scenario, variant string) (*job, error) {
	if variant == "" || variant == study.Base {
		return prepare(s, nil)
	}
	at := slices.IndexFunc(s.Variants, func(v scenarios.Variant) bool { return v.Name == variant })
	if at < 0 {
		return nil, noVariant(s, variant, "use one of: ")
	}
	both, err := prepare(s, s.Variants[at:at+1])
	if err != nil {
		return nil, err
	}
	both.plan = study.NewPlan(s.Name, both.plan.Variants[1:], both.plan.Settings)
	return both, nil
}

// identity is the digest of everything that shapes a run's files: the scenario's own where
// it runs alone, else with the names of the variants that run beside it.
func identity(s *scenarios.Scenario, variants []scenarios.Variant) string {
	if len(variants) == 0 {
		return s.Digest
	}
	names := []string{s.Digest}
	for _, v := range variants {
		names = append(names, v.Name)
	}
	sum := sha256.Sum256([]byte(strings.Join(names, "\n")))
	return hex.EncodeToString(sum[:])
}

// execute runs the plan and hands every timeline on in plan order. It tells how many runs
// were handed on; when the user interrupted it, the error is errInterrupted.
func (p *program) execute(ctx context.Context, j *job, threads int, deliver func(study.Trial, *results.Table) error) (done int, err error) {
	bar := p.watch(j.scenario.Name, len(j.plan.Trials))
	defer bar.stop()
	bar.steps.Store(j.plan.Periods())
	done, err = study.Execute(ctx, j.plan, study.Execution{
		Engine: func() sim.Engine {
			e, _ := engine.New(j.plan.Settings.Engine)
			return e
		},
		Threads:  threads,
		Periods:  j.periods,
		Deliver:  deliver,
		Progress: bar.tell,
		Passed:   bar.pass,
	})
	if err != nil && ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))) {
		return done, errInterrupted
	}
	return done, err
}

// errInterrupted says that the user stopped the work.
var errInterrupted = errors.New("interrupted")
