package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim/engine"
	"flywheel/sim/study"
)

// optimising is what the flags of an optimisation ask.
type optimising struct {
	ask             asked
	store           storing
	budget          float64
	objective, at   string
	platform, side  string
	vary            []string
	evaluations     int
	minCash, margin float64
	critical        float64
	join            joining
}

// The objectives with a name of their own; any other is a metric.
const (
	mostParticipants = "participants"
	mostGMV          = "gmv"
	mostContribution = "contribution"
	soonestCritical  = "time-to-critical-mass"
	leastSubsidy     = "minimum-subsidy"
)

func (p *program) optimiseCommand() *cobra.Command {
	var o optimising
	c := &cobra.Command{
		Use:   "optimise SCENARIO --budget MONEY --objective NAME",
		Short: "Search the subsidies of a platform under a hard budget",
		Long: `Search what a platform should pay, to which side, how much and until when, so that an
objective is best: participants, gmv (to date), contribution (revenue less all cost, to date),
time-to-critical-mass, minimum-subsidy (the least money that carries the platform over its
critical mass for good), or any metric such as "share(A, consumers)". The budget is never
exceeded. Without --vary the levers are, for each side, an amount, an end and a share of the
budget. The search shares its luck between points. The twelve that look best race with other
luck, and whoever wins must keep its constraints with 95% confidence once more, alone; the numbers printed come
from luck once more other. Beside the winner stand the scenario's own policies, no subsidy, and
a random search of equally many points with a race of its own. The winner is written as a scenario that extends the original.`,
		Example:           "  flywheel optimise " + exampleScenario + ` --platform A --budget 4e6 --objective "share(A, consumers)"`,
		Args:              oneScenario,
		ValidArgsFunction: completeScenario,
		RunE: func(c *cobra.Command, args []string) error {
			return p.optimise(c, args[0], &o)
		},
	}
	c.Flags().Float64Var(&o.budget, "budget", 0, "let the platform spend at most `MONEY` on subsidies")
	c.Flags().StringVar(&o.objective, "objective", "", "`NAME` of what to make best")
	c.Flags().StringVar(&o.at, "at", "", "look at the end of period `N` instead of the last")
	c.Flags().StringVar(&o.platform, "platform", "", "`NAME` of the platform that pays (default the one of the first policy, else the first)")
	c.Flags().StringVar(&o.side, "side", "", "`NAME` of the side whose participants and share count (default the one that orders, else the first)")
	c.Flags().StringArrayVar(&o.vary, "vary", nil, "search this number of the scenario's own policies, as `PATH=lo:hi`; repeatable")
	c.Flags().IntVar(&o.evaluations, "evaluations", 0, "let the search try `N` points (default 60 for each lever)")
	c.Flags().Float64Var(&o.minCash, "min-cash", 0, "never let the platform's cash fall below `MONEY` (default 0 where the platform has funding)")
	c.Flags().Float64Var(&o.margin, "margin", 0, "keep revenue less cost in that period at this `SHARE` of GMV or more (default no floor)")
	c.Flags().Float64Var(&o.critical, "critical-mass", 0, "take this `SHARE` of the side for the critical mass (default that of the market's own equilibria)")
	p.drawing(c)
	o.join.flags(c, joinUsage)
	o.store.flags(c)
	o.ask.tuned(c)
	o.ask.settable(c)
	o.ask.threaded(c)
	return c
}

// check looks at the flags that need no scenario.
func (o *optimising) check(c *cobra.Command) error {
	var faults []error
	if !(o.budget > 0) || o.budget > models.MaxMoney {
		faults = append(faults, errors.New("--budget: give an amount of money above 0, such as 3e6"))
	}
	if o.objective == "" {
		faults = append(faults, errors.New(`--objective: names nothing; give participants, gmv, contribution, time-to-critical-mass, minimum-subsidy, or a metric such as "share(A, consumers)"`))
	}
	if c.Flags().Changed("evaluations") && o.evaluations < 20 {
		faults = append(faults, fmt.Errorf("--evaluations: %d points find nothing; give 20 or more", o.evaluations))
	}
	if c.Flags().Changed("critical-mass") && !(o.critical > 0 && o.critical < 1) {
		faults = append(faults, fmt.Errorf("--critical-mass: %g is no share; give one above 0 and below 1", o.critical))
	}
	if _, err := o.join.options(); err != nil {
		faults = append(faults, err)
	}
	if len(faults) > 0 {
		return failure{exitUsage, errors.Join(faults...)}
	}
	return nil
}

// What is measured of every run of an optimisation, in order.
const (
	ofObjective = iota
	ofBurn
	ofShare
	ofCash
	ofMargin
	measuresOfRun
)

// optimum is an optimisation under way and what it has found.
type optimum struct {
	flags  *optimising
	q      *inquiry
	levers *levers
	goal   *goal
	away   *errands
	search study.Optimisation
	finals int // replications of the last runs

	tried, random          []study.Tried
	best, luckiest         study.Tried // the winner, and that of the random search
	own, none              study.Tried // the scenario's own policies, and no subsidy
	frontier               []int
	minimum                *results.Band // of a minimum subsidy, over luck
	sufficient             float64
	warnings               []results.Warning
	files                  []string
	took                   time.Duration
	beaten, beatenBaseline results.Difference
}

// optimise searches and prints what was found.
func (p *program) optimise(c *cobra.Command, source string, o *optimising) (err error) {
	started := time.Now()
	if err := o.check(c); err != nil {
		return err
	}
	const usual = 4
	q, err := o.ask.inquire(c, source, nil, usual)
	if err != nil {
		return err
	}
	q.join = o.join
	if e, _ := engine.New("cohorts"); !c.Flags().Changed("engine") && q.lucky() && e.Accept(q.law) == nil {
		q.scenario.Settings.Engine = "cohorts" // the same law as agents, at any population
	}
	d := &optimum{flags: o, q: q}
	if err := d.prepare(c); err != nil {
		return err
	}
	q.words = append(q.words, results.Exact(o.budget), o.objective, o.at, o.platform, o.side, fmt.Sprint(o.vary), fmt.Sprint(o.evaluations),
		results.Exact(d.goal.minCash), results.Exact(d.goal.margin), results.Exact(d.goal.critical), q.scenario.Settings.Engine)
	if err := q.open(o.store); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, q.folder.Abort()) }()
	what := recipe{Resolved: string(d.levers.resolved), Paths: d.levers.builder.Paths(), Quantities: d.goal.measuring().quantities}
	if d.away, err = p.leadErrands(c.Context(), q, what); err != nil {
		return err
	}
	defer p.part(d.away.outing, q.scenario.Name)
	if err := p.searchPolicies(c.Context(), d); err != nil {
		return err
	}
	d.took = time.Since(started)
	return p.finishOptimum(source, d)
}

// prepare finds the platform, the levers and the goal.
func (d *optimum) prepare(c *cobra.Command) (err error) {
	if d.levers, err = d.flags.levers(d.q); err != nil {
		return err
	}
	if d.goal, err = d.flags.goal(c, d.q, d.levers); err != nil {
		return err
	}
	d.warnings = append(d.warnings, d.goal.warnings...)
	if d.flags.evaluations == 0 {
		d.flags.evaluations = 60 * d.levers.dimensions()
	}
	d.finals = d.q.runs
	if d.q.lucky() {
		d.finals = min(40, max(20, d.q.scenario.Settings.Replications))
	}
	return nil
}

// respond answers points of the levers, each budget cut to a part, by runs with the luck of a number.
func (d *optimum) respond(part func(u []float64) ([]float64, float64), luck int) *study.Response {
	r := d.response(func(u []float64) (*models.Law, error) { return d.levers.part(part(u)) }, luck)
	d.away.send(r, d.goal.measuring(), func(u []float64) []string { return d.levers.values(part(u)) })
	return r
}

// response runs laws with the luck of a number.
func (d *optimum) response(build func([]float64) (*models.Law, error), luck int) *study.Response {
	r := d.q.response(build, d.goal.measuring())
	if luck > 0 {
		r.Settings.Seed += uint64(luck) * 0x9E3779B97F4A7C15 // far from the seeds that people choose
		r.Runs = d.finals
		if luck < study.Unseen {
			r.Runs = (d.finals + 1) / 2
		}
	}
	return r
}

// searchPolicies makes all runs.
func (p *program) searchPolicies(ctx context.Context, d *optimum) (err error) {
	const searches = 2 // the search proper and the random one
	bar := p.watch(d.q.scenario.Name, searches*d.flags.evaluations)
	defer bar.stop()
	points := 0
	d.search = study.Optimisation{
		Dimensions: d.levers.dimensions(), Evaluations: d.flags.evaluations, Seed: d.q.scenario.Settings.Seed, Threads: d.q.threads, Judge: d.goal.judge,
		Ask: func(ctx context.Context, points [][]float64, luck int) ([]study.Answer, error) {
			return d.respond(func(u []float64) ([]float64, float64) { return u, 1 }, luck).Run(ctx, points)
		},
		Passed: func(n int) {
			points += n
			bar.tell(min(points, searches*d.flags.evaluations), searches*d.flags.evaluations)
		},
	}
	defer func() {
		if ctx.Err() == nil {
			return
		}
		said := "nothing had been tried"
		if len(d.tried) > 0 {
			best := d.tried[0]
			for _, t := range d.tried {
				if t.Better(best) {
					best = t
				}
			}
			said = "the best so far, by the luck it was found with: " + strings.Join(d.levers.words(best.At), ", ")
		}
		err = failure{exitInterrupted, fmt.Errorf("interrupted after %d points; %s; nothing is written", points, said)}
	}()
	if d.tried, err = d.search.Search(ctx); err != nil {
		return err
	}
	if d.best, err = d.search.Best(ctx, d.tried); err != nil {
		return err
	}
	if d.best.Runs == nil {
		for _, t := range d.tried {
			if t.Err != nil {
				return failure{exitFaulty, fmt.Errorf("no point could be run; the first: %w", t.Err)}
			}
		}
		return failure{exitFaulty, errors.New("no point could be judged; choose another objective or period")}
	}
	if d.random, err = d.search.Random(ctx); err != nil {
		return err
	}
	if d.luckiest, err = d.search.Best(ctx, d.random); err != nil {
		return err
	}
	for _, plain := range []struct {
		tried *study.Tried
		law   *models.Law
	}{{&d.own, d.levers.own}, {&d.none, d.levers.none}} {
		answers, err := d.response(func([]float64) (*models.Law, error) { return plain.law, nil }, study.Unseen).Run(ctx, [][]float64{nil})
		if err != nil {
			return err
		}
		if answers[0].Err != nil {
			return answers[0].Err
		}
		plain.tried.Runs = answers[0].Runs
		plain.tried.Worth, plain.tried.Broken = d.goal.judge(answers[0].Runs, 0)
	}
	d.beaten, _ = results.Paired(column(d.best, ofObjective), column(d.luckiest, ofObjective), 0.95)
	d.beatenBaseline, _ = results.Paired(column(d.best, ofObjective), column(d.own, ofObjective), 0.95)
	d.frontier = study.Undominated(d.tried, func(t study.Tried) float64 { return results.Mean(column(t, ofBurn)) }, func(t study.Tried) float64 { return results.Mean(column(t, ofShare)) })
	if d.flags.objective == leastSubsidy {
		return d.leastMoney(ctx)
	}
	return nil
}

func column(t study.Tried, measure int) []float64 {
	list := make([]float64, len(t.Runs))
	for r, run := range t.Runs {
		list[r] = run[measure]
	}
	return list
}

// leastMoney asks of each run, with luck nobody has searched with, what part of the winner's budget
// is the least that carries the platform over its critical mass, by bisection, and so
// how much that money varies with luck.
func (d *optimum) leastMoney(ctx context.Context) error {
	const steps = 10 // to a thousandth of the budget
	runs := d.finals
	lo, hi := make([]float64, runs), make([]float64, runs)
	spent := make([]float64, runs)
	ask := func(parts []float64) ([]study.Answer, error) {
		points := make([][]float64, len(parts))
		for i, part := range parts {
			points[i] = []float64{part}
		}
		return d.respond(func(u []float64) ([]float64, float64) { return d.best.At, u[0] }, study.Unseen).Run(ctx, points)
	}
	whole, err := ask([]float64{1})
	if err != nil {
		return err
	}
	if whole[0].Err != nil {
		return whole[0].Err
	}
	for r := range runs {
		hi[r], spent[r] = 1, whole[0].Runs[r][ofBurn]
		if whole[0].Runs[r][ofShare] < d.goal.critical {
			hi[r], spent[r] = math.NaN(), math.NaN() // not even all of it
		}
	}
	for range steps {
		var parts []float64
		for r := range runs {
			if mid := (lo[r] + hi[r]) / 2; !math.IsNaN(mid) && !slices.Contains(parts, mid) {
				parts = append(parts, mid)
			}
		}
		answers, err := ask(parts)
		if err != nil {
			return err
		}
		for r := range runs {
			mid := (lo[r] + hi[r]) / 2
			i := slices.Index(parts, mid)
			if i < 0 || answers[i].Runs == nil {
				continue
			}
			if answers[i].Runs[r][ofShare] >= d.goal.critical {
				hi[r], spent[r] = mid, answers[i].Runs[r][ofBurn]
			} else {
				lo[r] = mid
			}
		}
	}
	band, warnings := results.BandOf(spent, 0.05, 0.95)
	d.minimum = &band
	if d.q.lucky() {
		d.warnings = append(d.warnings, warnings...)
	}
	enough, _ := results.BandOf(spent, 0, 0.9)
	d.sufficient = enough.Hi
	return nil
}
