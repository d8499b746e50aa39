package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/spf13/cobra"

	"flywheel/results"
	"flywheel/sim/study"
)

// The methods of a sensitivity study.
const (
	bySobol  = "sobol"
	byMorris = "morris"
)

// sensitive is what the flags of a sensitivity study ask.
type sensitive struct {
	ask        asked
	store      storing
	method     string
	vary       []string
	metric, at string
	join       joining
	rows       int
}

func (p *program) sensitivityCommand() *cobra.Command {
	var s sensitive
	c := &cobra.Command{
		Use:   "sensitivity SCENARIO --vary PATH=lo:hi... --metric NAME",
		Short: "Ask which inputs matter for a metric, with intervals",
		Long: `Run a scenario at many points of a space and ask which of the varied inputs matter for one
metric. Sobol' indices say which share of the metric's variance an input explains alone
(first) and together with the others (total); Morris effects say what moving an input across
its range does, for far fewer runs. All points share their luck; intervals are bootstrapped
over the design and over replications. Ctrl-C keeps the rows that were finished.`,
		Example: "  flywheel sensitivity " + exampleScenario + ` --engine meanfield --metric "share(A, consumers)" \
      --vary platforms.A.fee=0.1:0.2 --vary clock.revision=0.02:0.05 --rows 64`,
		Args:              oneScenario,
		ValidArgsFunction: completeScenario,
		RunE: func(c *cobra.Command, args []string) error {
			return p.sensitivity(c, args[0], s)
		},
	}
	c.Flags().StringVar(&s.method, "method", bySobol, "`NAME` of the method: sobol or morris")
	c.Flags().StringArrayVar(&s.vary, "vary", nil, "let a number vary over a range, as `PATH=lo:hi` or PATH=lo:hi:log; repeatable (default the scenario's levers)")
	c.Flags().StringVar(&s.metric, "metric", "", "`NAME` of the metric, such as \"share(A, consumers)\"")
	c.Flags().StringVar(&s.at, "at", "", "look at the end of period `N` instead of the last")
	c.Flags().IntVar(&s.rows, "rows", 0, "`N` rows of the design: 256 for sobol, 20 trajectories for morris when not given")
	p.drawing(c)
	s.join.flags(c, joinUsage)
	s.store.flags(c)
	s.ask.tuned(c)
	s.ask.settable(c)
	s.ask.threaded(c)
	return c
}

// check looks at the flags that need no scenario.
func (s *sensitive) check() error {
	var faults []error
	usual := map[string]int{bySobol: 256, byMorris: 20}
	if usual[s.method] == 0 {
		faults = append(faults, fmt.Errorf("--method: no method is called %q; %s", s.method, meant(s.method, []string{bySobol, byMorris}, "use sobol or morris")))
	}
	if s.metric == "" {
		faults = append(faults, errors.New(`--metric: names no metric; give one, such as "share(A, consumers)"`))
	}
	const most = 1_000_000
	if s.rows == 0 {
		s.rows = usual[s.method]
	} else if s.rows < 4 || s.rows > most {
		faults = append(faults, fmt.Errorf("--rows: %d rows show nothing; give from 4 to %d", s.rows, most))
	}
	if len(faults) > 0 {
		return failure{exitUsage, errors.Join(faults...)}
	}
	return nil
}

// sensitivity runs a design and prints what it shows.
func (p *program) sensitivity(c *cobra.Command, source string, s sensitive) (err error) {
	started := time.Now()
	_, err = s.join.options()
	if err := errors.Join(s.check(), err); err != nil {
		return err
	}
	const usual = 2 // enough to tell luck from the inputs
	q, err := s.ask.inquire(c, source, s.vary, usual)
	if err != nil {
		return err
	}
	q.join = s.join
	if len(q.inputs) == 0 {
		return wrong("--vary: nothing varies, and the scenario states no levers; give at least one PATH=lo:hi, such as platforms.A.fee=0.1:0.3")
	}
	if err := q.ranges(); err != nil {
		return err
	}
	quantity, err := q.quantity("metric", s.metric, s.at)
	if err != nil {
		return err
	}
	q.words = append(q.words, s.method, s.metric, fmt.Sprint(quantity.Period), fmt.Sprint(s.rows))
	if err := q.open(s.store); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, q.folder.Abort()) }()

	seed := q.scenario.Settings.Seed
	design, width := study.SobolDesign(len(q.inputs), s.rows, seed), len(q.inputs)+2
	if s.method == byMorris {
		design, width = study.MorrisDesign(len(q.inputs), s.rows, seed), len(q.inputs)+1
	}
	answers, stopped, err := p.answers(c.Context(), q, design, quantity)
	if err != nil {
		return err
	}
	values := make([][]float64, 0, len(answers))
	for _, a := range answers {
		values = append(values, a.Column(0))
	}
	names := make([]string, len(q.inputs))
	for i, in := range q.inputs {
		names[i] = in.Path
	}
	var found study.Sensitivity
	if s.method == byMorris {
		found = study.Morris(names, design, values, seed)
	} else {
		found = study.Sobol(names, values, seed)
	}
	if found.Rows < 2 {
		return failure{exitInterrupted, errors.New("interrupted before two rows had finished; nothing is written")}
	}
	warnings := found.Warnings(q.runs, q.lucky())
	if stopped {
		warnings = append(warnings, results.Warning{Code: codeInterrupted,
			Text: fmt.Sprintf("%d of %d rows finished before the interruption; all numbers rest on these alone", found.Rows, s.rows)})
	}
	indices, err := study.SensitivityTable(found)
	if err != nil {
		return err
	}
	points, err := study.PointsTable(q.inputs, design[:found.Rows*width], answers, []string{"metric"})
	if err != nil {
		return err
	}
	if err := errors.Join(q.table(indices), q.table(points)); err != nil {
		return err
	}
	paths, err := q.close(warnings)
	if err != nil {
		return err
	}
	unit := study.Metrics()[study.Metrics().Index(quantity.Metric)].Unit
	var page bytes.Buffer
	if p.charts {
		sensitivityBars(&page, found, unit)
	}
	q.head(&page, fmt.Sprintf("sensitivity of %s at the end of %s %d", s.metric, q.law.Model.Horizon.Unit, quantity.Period))
	if err := sensitivityPage(&page, found, unit); err != nil {
		return err
	}
	q.foot(&page, warnings, paths)
	if err := p.present(&page, sensitivityDocument(q, s, quantity, found, warnings, paths, time.Since(started))); err != nil {
		return err
	}
	if stopped {
		return failure{exitInterrupted, fmt.Errorf("interrupted; what %d of %d rows show is kept in %s", found.Rows, s.rows, q.dir)}
	}
	return nil
}

// answers runs a design; when the user interrupts it, those of the whole beginning count.
func (p *program) answers(ctx context.Context, q *inquiry, design [][]float64, quantity study.Quantity) (done []study.Answer, stopped bool, err error) {
	measured := measuring{quantities: []study.Quantity{quantity}}
	l, err := p.leadErrands(ctx, q, recipe{Resolved: string(q.scenario.Resolved()), Paths: q.builder.Paths(), Quantities: measured.quantities})
	if err != nil {
		return nil, false, err
	}
	defer p.part(l.outing, q.scenario.Name)
	r := q.response(q.build, measured)
	l.send(r, measured, q.texts)
	answers, err := p.ask(ctx, q, r, design)
	if stopped = errors.Is(err, errInterrupted); err != nil && !stopped {
		return nil, false, err
	}
	for _, a := range answers {
		if a.Err != nil {
			return nil, stopped, failure{exitFaulty, fmt.Errorf("%w; narrow the ranges so that every point can be run", a.Err)}
		}
		if a.Runs == nil {
			break
		}
		for _, x := range a.Column(0) {
			if math.IsNaN(x) {
				return nil, stopped, failure{exitFaulty, fmt.Errorf("%s does not apply at every point; choose another metric or period", quantity.Metric)}
			}
		}
		done = append(done, a)
	}
	return done, stopped, nil
}

// estimate is an estimate as people read it.
func estimate(e study.Estimate, unit results.Unit) string {
	return results.Human(e.Value, unit) + "\n" + span(e.Lo, e.Hi, unit)
}

// sensitivityPage prints what matters, the most important input first.
func sensitivityPage(page *bytes.Buffer, s study.Sensitivity, unit results.Unit) error {
	fmt.Fprintf(page, "mean %s, standard deviation %s over the ranges", results.Human(s.Mean, unit), results.Human(math.Sqrt(s.Variance), unit))
	if !math.IsNaN(s.Luck) {
		fmt.Fprintf(page, "; luck is %s of the variance", results.Human(s.Luck, "share"))
	}
	page.WriteString("\n\n")
	var rows [][]string
	if s.Morris != nil {
		for _, e := range s.ByImportance().Morris {
			rows = append(rows, []string{e.Input, estimate(e.MuStar, unit), estimate(e.Mu, unit), estimate(e.Sigma, unit)})
		}
		return grid(page, 1, []string{"input", "mean size (mu*)", "mean (mu)", "spread (sigma)"}, rows)
	}
	for _, i := range s.ByImportance().Sobol {
		rows = append(rows, []string{i.Input, estimate(i.First, "1"), estimate(i.Total, "1")})
	}
	return grid(page, 1, []string{"input", "alone (first)", "with others (total)"}, rows)
}

// sensitivityReport is a sensitivity study as one JSON document.
type sensitivityReport struct {
	heading
	Method   string   `json:"method"`
	Metric   string   `json:"metric"`
	Period   int      `json:"period"`
	Rows     int      `json:"rows"`
	Trials   int      `json:"trials"`
	Mean     *float64 `json:"mean"`
	Variance *float64 `json:"variance"`
	Noise    *float64 `json:"noise_share"`
	Indices  []any    `json:"indices"`
	Files    []string `json:"files"`
	Elapsed  float64  `json:"elapsed_s"`
}

// sobolEntry and morrisEntry are one input's line.
type sobolEntry struct {
	Input   string   `json:"input"`
	First   *float64 `json:"first"`
	FirstLo *float64 `json:"first_lo"`
	FirstHi *float64 `json:"first_hi"`
	Total   *float64 `json:"total"`
	TotalLo *float64 `json:"total_lo"`
	TotalHi *float64 `json:"total_hi"`
}

type morrisEntry struct {
	Input    string   `json:"input"`
	Mu       *float64 `json:"mu"`
	MuLo     *float64 `json:"mu_lo"`
	MuHi     *float64 `json:"mu_hi"`
	MuStar   *float64 `json:"mu_star"`
	MuStarLo *float64 `json:"mu_star_lo"`
	MuStarHi *float64 `json:"mu_star_hi"`
	Sigma    *float64 `json:"sigma"`
	SigmaLo  *float64 `json:"sigma_lo"`
	SigmaHi  *float64 `json:"sigma_hi"`
}

func sensitivityDocument(q *inquiry, s sensitive, quantity study.Quantity, found study.Sensitivity, warnings []results.Warning, paths []string, took time.Duration) sensitivityReport {
	r := sensitivityReport{
		heading: q.heading(warnings), Method: s.method, Metric: s.metric, Period: quantity.Period, Rows: found.Rows,
		Mean: results.Nullable(found.Mean), Variance: results.Nullable(found.Variance), Noise: results.Nullable(found.Luck),
		Indices: []any{}, Files: listed(paths), Elapsed: took.Seconds(),
	}
	n := results.Nullable
	for _, i := range found.Sobol {
		r.Indices = append(r.Indices, sobolEntry{i.Input, n(i.First.Value), n(i.First.Lo), n(i.First.Hi), n(i.Total.Value), n(i.Total.Lo), n(i.Total.Hi)})
		r.Trials = found.Rows * (len(q.inputs) + 2) * q.runs
	}
	for _, e := range found.Morris {
		r.Indices = append(r.Indices, morrisEntry{e.Input, n(e.Mu.Value), n(e.Mu.Lo), n(e.Mu.Hi), n(e.MuStar.Value), n(e.MuStar.Lo), n(e.MuStar.Hi),
			n(e.Sigma.Value), n(e.Sigma.Lo), n(e.Sigma.Hi)})
		r.Trials = found.Rows * (len(q.inputs) + 1) * q.runs
	}
	return r
}
