package main

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"flywheel/models"
	"flywheel/results"
	"flywheel/scenarios"
	"flywheel/sim/engine"
	"flywheel/sim/study"
)

// playing is what the flags of a game ask.
type playing struct {
	ask        asked
	store      storing
	strategies []string
	platforms  []string
	payoff, at string
	join       joining
}

// The payoffs with a name of their own; any other is a metric.
const (
	payContribution = "contribution"
	payProfit       = "profit"
)

// noPolicy is the strategy of a platform that pays nobody.
const noPolicy = "none"

func (p *program) gameCommand() *cobra.Command {
	var g playing
	c := &cobra.Command{
		Use:   "game SCENARIO --strategies a,b,c",
		Short: "Let two platforms play their strategies against each other",
		Long: `Run every pair of two platforms' strategies with the same luck and print the payoffs, best
replies, all Nash equilibria (pure and mixed) and what the war costs against the best joint
outcome. A strategy is the name of a variant, of which each platform plays its own part: its
own numbers (fee, prices, ...) and its own policies; base is the scenario itself, and none is
the scenario without the platform's policies. The payoff is contribution (revenue less all
cost, to date), profit (the same of one period), or a metric such as "share(consumers)".`,
		Example:           "  flywheel game " + exampleScenario + " --strategies none,base --engine meanfield",
		Args:              oneScenario,
		ValidArgsFunction: completeScenario,
		RunE: func(c *cobra.Command, args []string) error {
			return p.game(c, args[0], &g)
		},
	}
	c.Flags().StringSliceVar(&g.strategies, "strategies", nil, "play the strategies `A,B,...`: names of variants, base or none")
	c.Flags().StringSliceVar(&g.platforms, "platforms", nil, "let the two platforms `A,B` play (default the first two)")
	c.Flags().StringVar(&g.payoff, "payoff", payContribution, "`NAME` of what a platform plays for")
	c.Flags().StringVar(&g.at, "at", "", "look at the end of period `N` instead of the last")
	g.join.flags(c, joinUsage)
	g.store.flags(c)
	g.ask.tuned(c)
	g.ask.settable(c)
	g.ask.threaded(c)
	return c
}

// players are the market of every pair of strategies, and what is measured of it.
type players struct {
	names    []string // of the two platforms
	laws     [][]*models.Law
	measured []study.Quantity // of the first platform, then of the second
	sign     []float64        // of each, in the payoff of its platform
	constant [2]float64
	unit     results.Unit
	period   int
	warnings []results.Warning
}

// game plays a game and prints what came of it.
func (p *program) game(c *cobra.Command, source string, g *playing) (err error) {
	started := time.Now()
	const usual = 20
	if _, err := g.join.options(); err != nil {
		return err
	}
	q, err := g.ask.inquire(c, source, nil, usual)
	if err != nil {
		return err
	}
	q.join = g.join
	if e, _ := engine.New("cohorts"); !c.Flags().Changed("engine") && q.lucky() && e.Accept(q.law) == nil {
		q.scenario.Settings.Engine = "cohorts" // the same law as agents, at any population
	}
	who, err := g.players(q)
	if err != nil {
		return err
	}
	q.words = append(q.words, strings.Join(g.strategies, ","), strings.Join(who.names, ","), g.payoff, fmt.Sprint(who.period), q.scenario.Settings.Engine)
	if err := q.open(g.store); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, q.folder.Abort()) }()
	n := len(g.strategies)
	var points [][]float64
	for i := range n {
		for j := range n {
			points = append(points, []float64{float64(i), float64(j)})
		}
	}
	measured := measuring{quantities: who.measured, judge: who.earned}
	l, err := p.leadErrands(c.Context(), q, recipe{Resolved: string(q.scenario.Resolved()), Quantities: who.measured, Players: who.names})
	if err != nil {
		return err
	}
	defer p.part(l.outing, q.scenario.Name)
	r := q.response(func(point []float64) (*models.Law, error) { return who.laws[int(point[0])][int(point[1])], nil }, measured)
	l.send(r, measured, func(point []float64) []string {
		return []string{g.strategies[int(point[0])], g.strategies[int(point[1])]}
	})
	answers, err := p.ask(c.Context(), q, r, points)
	if errors.Is(err, errInterrupted) {
		done := slices.IndexFunc(answers, func(a study.Answer) bool { return a.Runs == nil })
		return failure{exitInterrupted, fmt.Errorf("interrupted after %d of %d pairs of strategies; nothing is written", max(done, 0), len(points))}
	}
	if err != nil {
		return err
	}
	played := study.Game{Strategies: g.strategies, Payoffs: make([][]study.Payoff, n)}
	for k, a := range answers {
		if a.Err != nil {
			return failure{exitFaulty, fmt.Errorf("%s against %s: %w", g.strategies[k/n], g.strategies[k%n], a.Err)}
		}
		played.Payoffs[k/n] = append(played.Payoffs[k/n], study.Payoff{First: a.Column(0), Second: a.Column(1)})
		if slices.ContainsFunc(slices.Concat(a.Column(0), a.Column(1)), math.IsNaN) {
			return failure{exitFaulty, fmt.Errorf("%s does not apply to every pair; choose another payoff or period", g.payoff)}
		}
	}
	d := &duel{asked: g, q: q, who: who, game: played, solution: played.Solve(q.scenario.Settings.Seed), cells: played.Cells(), warnings: who.warnings}
	d.warn()
	table, err := study.PayoffTable(played)
	if err != nil {
		return err
	}
	if err := q.table(table); err != nil {
		return err
	}
	if d.files, err = q.close(d.warnings); err != nil {
		return err
	}
	d.took = time.Since(started)
	var page bytes.Buffer
	if err := d.page(&page); err != nil {
		return err
	}
	return p.present(&page, d.document())
}

// players makes the market of every pair of strategies.
func (g *playing) players(q *inquiry) (*players, error) {
	s := q.scenario
	var platforms, known []string
	for _, p := range s.Model.Platforms {
		platforms = append(platforms, p.Name)
	}
	moves := movesOf(s)
	for _, v := range s.Variants {
		known = append(known, v.Name)
	}
	known = append(known, study.Base, noPolicy)
	var faults []error
	if len(g.strategies) < 2 || len(g.strategies) > study.MostStrategies {
		faults = append(faults, fmt.Errorf("--strategies: %d make no game; give from 2 to %d of: %s", len(g.strategies), study.MostStrategies, strings.Join(known, ", ")))
	}
	for i, name := range g.strategies {
		if moves[name] == nil {
			faults = append(faults, fmt.Errorf("--strategies: %s has no variant %q; %s", s.Name, name, meant(name, known, "use: "+strings.Join(known, ", "))))
		}
		if slices.Contains(g.strategies[:i], name) {
			faults = append(faults, fmt.Errorf("--strategies: names %s twice", name))
		}
	}
	who := &players{names: g.platforms}
	if len(who.names) == 0 && len(platforms) >= 2 {
		who.names = platforms[:2]
	}
	if len(who.names) != 2 || who.names[0] == who.names[1] {
		faults = append(faults, fmt.Errorf("--platforms: a game is between two platforms, and %s has %s", s.Name, strings.Join(platforms, ", ")))
	}
	for _, name := range who.names {
		if !slices.Contains(platforms, name) {
			faults = append(faults, fmt.Errorf("--platforms: no platform is called %q; %s", name, meant(name, platforms, "use two of: "+strings.Join(platforms, ", "))))
		}
	}
	if len(faults) > 0 {
		return nil, failure{exitUsage, errors.Join(faults...)}
	}
	for _, name := range g.strategies {
		if !sameButPlatforms(moves[name], s.Model) {
			who.warnings = append(who.warnings, results.Warning{Code: "strategy", Text: fmt.Sprintf(
				"variant %s changes more than platforms and policies; people, clock and event stay as the scenario has them", name)})
		}
	}
	for _, a := range g.strategies {
		var row []*models.Law
		for _, b := range g.strategies {
			l, err := duelOf(s.Model, moves, who.names, a, b)
			if err != nil {
				return nil, failure{exitFaulty, fmt.Errorf("%s against %s: %w", a, b, err)}
			}
			row = append(row, l)
		}
		who.laws = append(who.laws, row)
	}
	return who, who.plays(g, q)
}

// movesOf are the strategies that a scenario has, each as a whole market.
func movesOf(s *scenarios.Scenario) map[string]*models.Model {
	moves := map[string]*models.Model{study.Base: s.Model, noPolicy: unpaid(s.Model)}
	for _, v := range s.Variants {
		moves[v.Name] = v.Model
	}
	return moves
}

// duelOf is the market in which two platforms play one strategy each.
func duelOf(market *models.Model, moves map[string]*models.Model, platforms []string, a, b string) (*models.Law, error) {
	m, err := study.Duel(market, platforms[0], platforms[1], moves[a], moves[b])
	if err != nil {
		return nil, err
	}
	return models.Compile(m)
}

// unpaid is a market without policies.
func unpaid(m *models.Model) *models.Model {
	bare := *m
	bare.Policies = nil
	return &bare
}

// sameButPlatforms tells whether people, clocks and events of two markets are the same.
func sameButPlatforms(a, b *models.Model) bool {
	return reflect.DeepEqual(a.Segments, b.Segments) && a.Clock == b.Clock && a.Noise == b.Noise && reflect.DeepEqual(a.Event, b.Event)
}

// plays says what both platforms play for.
func (w *players) plays(g *playing, q *inquiry) error {
	base := map[string]string{payContribution: "cash", payProfit: "revenue"}[g.payoff]
	if base == "" {
		base = g.payoff
	}
	quantity, err := q.quantity("payoff", base, g.at)
	if err != nil {
		return err
	}
	if quantity.Platform != "*" {
		return wrong("--payoff: %q names a platform; leave it out, for each platform plays for its own", g.payoff)
	}
	w.period = quantity.Period
	w.unit = study.Metrics()[study.Metrics().Index(quantity.Metric)].Unit
	for i, name := range w.names {
		own := quantity
		own.Platform = name
		w.measured, w.sign = append(w.measured, own), append(w.sign, 1)
		switch g.payoff {
		case payContribution:
			k := q.scenario.Model.PlatformIndex(name)
			w.constant[i] = -q.scenario.Model.Platforms[k].Cash.Units()
		case payProfit:
			own.Metric = "cost"
			w.measured, w.sign = append(w.measured, own), append(w.sign, -1)
		}
	}
	return nil
}

// earned is what both platforms earn in a run, by what was measured of it.
func (w *players) earned(measured []float64) []float64 {
	earned := []float64{w.constant[0], w.constant[1]}
	each := len(w.measured) / 2
	for i, x := range measured {
		earned[i/each] += w.sign[i] * x
	}
	return earned
}

// duel is everything a page or a document about a game is made from.
type duel struct {
	asked    *playing
	q        *inquiry
	who      *players
	game     study.Game
	cells    [][]study.Cell
	solution study.Solution
	warnings []results.Warning
	files    []string
	took     time.Duration
}

func (d *duel) warn() {
	add := func(code, format string, args ...any) {
		d.warnings = append(d.warnings, results.Warning{Code: code, Text: fmt.Sprintf(format, args...)})
	}
	if d.solution.Degenerate {
		add("degenerate", "payoffs tie, so that there may be more equilibria between those listed")
	}
	unsettled := 0
	for _, row := range d.cells {
		for _, c := range row {
			if c.FirstUnsettled {
				unsettled++
			}
			if c.SecondUnsettled {
				unsettled++
			}
		}
	}
	if unsettled > 0 {
		add("not-shown", "%d of %d best replies are not shown to beat the next best; more replications would show more", unsettled, 2*len(d.cells))
	}
}

// page is the game for people.
func (d *duel) page(page *bytes.Buffer) error {
	d.q.head(page, fmt.Sprintf("%s against %s, %s at the end of %s %d", d.who.names[0], d.who.names[1], d.asked.payoff, d.q.law.Model.Horizon.Unit, d.who.period))
	fmt.Fprintf(page, "Payoffs: %s (down) above, %s (across) below, with 95%% intervals; * is a best reply\n", d.who.names[0], d.who.names[1])
	header := []string{d.who.names[0] + " \\ " + d.who.names[1]}
	header = append(header, d.asked.strategies...)
	var rows [][]string
	for i, row := range d.cells {
		line := []string{d.asked.strategies[i]}
		for _, c := range row {
			line = append(line, d.payoff(c.First, c.FirstReplies)+"\n"+d.payoff(c.Second, c.SecondReplies))
		}
		rows = append(rows, line)
	}
	if err := grid(page, 1, header, rows); err != nil {
		return err
	}
	page.WriteString("\n")
	for _, e := range d.solution.Equilibria {
		text := fmt.Sprintf("Equilibrium: %s plays %s, %s plays %s: %s and %s", d.who.names[0], d.mix(e.Row), d.who.names[1], d.mix(e.Column),
			results.Human(e.RowPayoff, d.who.unit), results.Human(e.ColumnPayoff, d.who.unit))
		if !math.IsNaN(e.Support) {
			text += fmt.Sprintf("; in %s of bootstrap samples", results.Human(e.Support, "share"))
		}
		page.WriteString(fold(text, pageWidth) + "\n")
		if e.War == 0 {
			say(page, "no other outcome is better for both together")
			continue
		}
		say(page, "the war costs %s against the best joint outcome, %s and %s with %s together", results.Human(e.War, d.who.unit),
			d.asked.strategies[d.solution.Joint[0]], d.asked.strategies[d.solution.Joint[1]], results.Human(d.solution.JointPayoffs[0]+d.solution.JointPayoffs[1], d.who.unit))
	}
	page.WriteString("\n")
	d.q.foot(page, d.warnings, d.files)
	return nil
}

// payoff is a payoff as people read it.
func (d *duel) payoff(e study.Estimate, reply bool) string {
	text := results.Human(e.Value, d.who.unit)
	if d.q.lucky() {
		text += " (" + span(e.Lo, e.Hi, d.who.unit) + ")"
	}
	if reply {
		return text + "*"
	}
	return text
}

// mix is a strategy, pure or mixed, in words.
func (d *duel) mix(p []float64) string {
	var parts []string
	for i, x := range p {
		switch {
		case x > 1-1e-9:
			return d.asked.strategies[i]
		case x > 0:
			parts = append(parts, results.Human(x, "share")+" "+d.asked.strategies[i])
		}
	}
	return strings.Join(parts, " + ")
}

// gameReport is a game as one JSON document.
type gameReport struct {
	heading
	Platforms  []string      `json:"platforms"`
	Strategies []string      `json:"strategies"`
	Payoff     string        `json:"payoff"`
	Period     int           `json:"period"`
	Unit       results.Unit  `json:"unit"`
	Payoffs    []payoffEntry `json:"payoffs"`
	Equilibria []nashEntry   `json:"equilibria"`
	Degenerate bool          `json:"degenerate"`
	Joint      jointEntry    `json:"joint"`
	Files      []string      `json:"files"`
	Elapsed    float64       `json:"elapsed_s"`
}

type payoffEntry struct {
	A         string   `json:"a"`
	B         string   `json:"b"`
	ValueA    *float64 `json:"value_a"`
	LoA       *float64 `json:"lo_a"`
	HiA       *float64 `json:"hi_a"`
	ValueB    *float64 `json:"value_b"`
	LoB       *float64 `json:"lo_b"`
	HiB       *float64 `json:"hi_b"`
	BestA     bool     `json:"best_reply_a"`
	BestB     bool     `json:"best_reply_b"`
	Unsettled bool     `json:"unsettled"`
}

type nashEntry struct {
	A       []float64 `json:"a"`
	B       []float64 `json:"b"`
	ValueA  *float64  `json:"value_a"`
	ValueB  *float64  `json:"value_b"`
	War     *float64  `json:"price_of_war"`
	Support *float64  `json:"share_of_resamples"`
}

type jointEntry struct {
	A      string   `json:"a"`
	B      string   `json:"b"`
	ValueA *float64 `json:"value_a"`
	ValueB *float64 `json:"value_b"`
}

func (d *duel) document() gameReport {
	n := results.Nullable
	s := d.solution
	r := gameReport{heading: d.q.heading(d.warnings), Platforms: d.who.names, Strategies: d.asked.strategies, Payoff: d.asked.payoff, Period: d.who.period, Unit: d.who.unit,
		Payoffs: []payoffEntry{}, Equilibria: []nashEntry{}, Degenerate: s.Degenerate,
		Joint: jointEntry{d.asked.strategies[s.Joint[0]], d.asked.strategies[s.Joint[1]], n(s.JointPayoffs[0]), n(s.JointPayoffs[1])},
		Files: listed(d.files), Elapsed: d.took.Seconds()}
	for i, row := range d.cells {
		for j, c := range row {
			r.Payoffs = append(r.Payoffs, payoffEntry{d.asked.strategies[i], d.asked.strategies[j], n(c.First.Value), n(c.First.Lo), n(c.First.Hi),
				n(c.Second.Value), n(c.Second.Lo), n(c.Second.Hi), c.FirstReplies, c.SecondReplies, c.FirstUnsettled || c.SecondUnsettled})
		}
	}
	for _, e := range s.Equilibria {
		r.Equilibria = append(r.Equilibria, nashEntry{e.Row, e.Column, n(e.RowPayoff), n(e.ColumnPayoff), n(e.War), n(e.Support)})
	}
	return r
}
