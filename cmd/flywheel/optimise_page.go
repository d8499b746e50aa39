package main

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"flywheel/results"
	"flywheel/scenarios"
	"flywheel/sim/study"
)

// finishOptimum keeps what was found and prints it.
func (p *program) finishOptimum(source string, d *optimum) error {
	d.warn()
	if err := d.keep(source); err != nil {
		return err
	}
	var err error
	if d.files, err = d.q.close(d.warnings); err != nil {
		return err
	}
	var page bytes.Buffer
	if p.charts {
		d.charts(&page)
	}
	if err := d.page(&page); err != nil {
		return err
	}
	return p.present(&page, d.document())
}

// warn says what has to be said about the winner.
func (d *optimum) warn() {
	add := func(code, format string, args ...any) {
		d.warnings = append(d.warnings, results.Warning{Code: code, Text: fmt.Sprintf(format, args...)})
	}
	if d.best.Broken > 0 {
		add("infeasible", "no point kept every constraint in every run; the winner breaks them least")
	}
	if !d.beaten.Shown && d.q.lucky() {
		add("not-shown", "the winner's lead over random search is not shown")
	}
	if !d.beatenBaseline.Shown && d.q.lucky() {
		add("not-shown", "the winner's lead over the scenario's own policies is not shown")
	}
	if slices.ContainsFunc(d.best.At, func(u float64) bool { return u < 0.01 || u > 0.99 }) {
		add("edge", "the winner stands at the edge of what was searched; a wider range may hold a better one")
	}
	if d.minimum != nil && d.minimum.N < d.finals {
		add("few-replications", "in %d of %d runs not even the whole budget carries the platform over", d.finals-d.minimum.N, d.finals)
	}
	failed := 0
	for _, t := range d.tried {
		if t.Err != nil {
			failed++
		}
	}
	if failed > 0 {
		add("failed", "%d of %d points could not be run", failed, len(d.tried))
	}
}

// keep writes the tables and the winner.
func (d *optimum) keep(source string) error {
	t := results.NewTable("evaluations", study.EvaluationSchema())
	add := func(how string, list []study.Tried) error {
		for i, e := range list {
			broken := e.Broken
			row := []any{how, i, "", e.Worth, broken}
			if e.Err != nil {
				row[2] = e.Err.Error()
			} else {
				row[2] = strings.Join(d.levers.words(e.At), " ")
			}
			for m := range measuresOfRun {
				x := math.NaN()
				if e.Runs != nil {
					x = results.Mean(column(e, m))
				}
				row = append(row, x)
			}
			if err := t.Append(row...); err != nil {
				return err
			}
		}
		return nil
	}
	if err := errors.Join(add("search", d.tried), add("random", d.random), d.q.table(t)); err != nil {
		return err
	}
	overlay, err := d.levers.overlay(d.best.At)
	if err != nil {
		return err
	}
	base := "./resolved.yaml"
	if slices.Contains(scenarios.Library(), source) && len(d.q.changes) == 0 {
		base = source
	}
	text := fmt.Sprintf("# Found by flywheel optimise: platform %s, budget %s, objective %s at period %d, %d points, seed %d.\n"+
		"# Objective %s over %d runs with luck that the search had not seen.\nname: %s-optimised\nextends: %s\n%s",
		d.levers.platform, results.Exact(d.flags.budget), d.flags.objective, d.goal.at, len(d.tried), d.q.scenario.Settings.Seed,
		results.Exact(rounded(results.Mean(column(d.best, ofObjective)))), len(d.best.Runs), d.q.scenario.Name, base, overlay)
	return d.q.text("winner.yaml", []byte(text))
}

// contender is a line of the table of policies.
type contender struct {
	name  string
	tried study.Tried
}

func (d *optimum) contenders() []contender {
	return []contender{{"winner", d.best}, {"random search", d.luckiest}, {"own policies", d.own}, {"no subsidy", d.none}}
}

// page is the optimisation for people.
func (d *optimum) page(page *bytes.Buffer) error {
	s := d.q.scenario.Settings
	luck := "no luck"
	if d.q.lucky() {
		luck = fmt.Sprintf("%d runs of each point, %d runs with other luck of those below", d.q.runs, d.finals)
	}
	say(page, "%s: %s of platform %s at the end of %s %d, budget %s, %s engine, %d points searched, %s, seed %d", d.q.scenario.Name,
		d.flags.objective, d.levers.platform, d.q.law.Model.Horizon.Unit, d.goal.at, results.Human(d.flags.budget, "money"), s.Engine, len(d.tried), luck, s.Seed)
	if d.goal.critical > 0 {
		say(page, "Critical mass: %s of the %s.", results.Human(d.goal.critical, "share"), d.goal.side)
	}
	page.WriteString("\n")
	var rows [][]string
	for _, c := range d.contenders() {
		if c.tried.Runs == nil {
			continue
		}
		kept := "kept"
		if c.tried.Broken > 0 {
			kept = "broken"
		}
		cell := func(m int, unit results.Unit) string {
			band, _ := results.BandOf(column(c.tried, m), 0.05, 0.95)
			if !d.q.lucky() {
				return results.Human(band.Mean, unit)
			}
			return results.Human(band.Mean, unit) + "\n" + span(band.Lo, band.Hi, unit)
		}
		rows = append(rows, []string{c.name, cell(ofObjective, d.goal.unit), cell(ofBurn, "money"), cell(ofShare, "share"), kept})
	}
	if err := grid(page, 1, []string{"policies", "objective", "subsidies\nto date", "share of\n" + d.goal.side, "constraints"}, rows); err != nil {
		return err
	}
	if d.q.lucky() {
		say(page, "winner less random search: %s; less own policies: %s", judgedDifference(d.beaten, d.goal.unit), judgedDifference(d.beatenBaseline, d.goal.unit))
	}
	page.WriteString("\nThe winner:\n")
	for _, word := range d.levers.words(d.best.At) {
		page.WriteString("  " + word + "\n")
	}
	if d.minimum != nil {
		text := ""
		if d.q.lucky() {
			text = fmt.Sprintf(" (%s in 90%% of runs)\n%s suffices in nine runs of ten", span(d.minimum.Lo, d.minimum.Hi, "money"), results.Human(d.sufficient, "money"))
		}
		say(page, "\nMinimum subsidy to pass the critical mass for good, paid so: %s%s", results.Human(d.minimum.Mean, "money"), text)
	}
	page.WriteString("\nBurn against share: what no other point searched does for less\n")
	rows = nil
	for _, i := range thinned(d.frontier) {
		t := d.tried[i]
		rows = append(rows, []string{results.Human(results.Mean(column(t, ofBurn)), "money"), results.Human(results.Mean(column(t, ofShare)), "share"), results.Human(results.Mean(column(t, ofObjective)), d.goal.unit)})
	}
	if err := grid(page, 0, []string{"subsidies to date", "share of " + d.goal.side, "objective"}, rows); err != nil {
		return err
	}
	page.WriteString("\n")
	d.q.foot(page, d.warnings, d.files)
	return nil
}

// thinned keeps at most a dozen of a list, its ends among them.
func thinned(list []int) []int {
	const most = 12
	if len(list) <= most {
		return list
	}
	short := make([]int, most)
	for i := range short {
		short[i] = list[i*(len(list)-1)/(most-1)]
	}
	return short
}

// judgedDifference is a paired difference as people read it.
func judgedDifference(d results.Difference, unit results.Unit) string {
	if !d.Shown {
		return "not shown"
	}
	return signed(d.Mean, unit) + " (" + span(d.Lo, d.Hi, unit) + ")"
}

// optimiseReport is an optimisation as one JSON document.
type optimiseReport struct {
	heading
	Platform     string          `json:"platform"`
	Side         string          `json:"side"`
	Objective    string          `json:"objective"`
	Period       int             `json:"period"`
	Unit         results.Unit    `json:"unit"`
	Budget       float64         `json:"budget"`
	CriticalMass *float64        `json:"critical_mass"`
	Best         contenderEntry  `json:"best"`
	Random       contenderEntry  `json:"random"`
	Baseline     contenderEntry  `json:"baseline"`
	None         contenderEntry  `json:"none"`
	LeadRandom   leadEntry       `json:"best_less_random"`
	LeadBaseline leadEntry       `json:"best_less_baseline"`
	Minimum      *minimumEntry   `json:"minimum_subsidy,omitempty"`
	Frontier     []frontierEntry `json:"frontier"`
	Evaluations  int             `json:"evaluations"`
	FinalRuns    int             `json:"final_replications"`
	Files        []string        `json:"files"`
	Elapsed      float64         `json:"elapsed_s"`
}

type contenderEntry struct {
	Values    []string `json:"values"`
	Objective *float64 `json:"objective"`
	Lo        *float64 `json:"lo"`
	Hi        *float64 `json:"hi"`
	Burn      *float64 `json:"burn"`
	MostBurn  *float64 `json:"most_burn"`
	Share     *float64 `json:"share"`
	LeastCash *float64 `json:"least_cash"`
	Margin    *float64 `json:"margin"`
	Feasible  bool     `json:"feasible"`
}

type leadEntry struct {
	Mean  *float64 `json:"mean"`
	Lo    *float64 `json:"lo"`
	Hi    *float64 `json:"hi"`
	Shown bool     `json:"shown"`
	Pairs int      `json:"pairs"`
}

type minimumEntry struct {
	Mean       *float64 `json:"mean"`
	Lo         *float64 `json:"lo"`
	Hi         *float64 `json:"hi"`
	Sufficient *float64 `json:"sufficient_in_90_percent"`
	Runs       int      `json:"runs"`
}

type frontierEntry struct {
	Burn      float64  `json:"burn"`
	Share     float64  `json:"share"`
	Objective *float64 `json:"objective"`
	Values    []string `json:"values"`
}

func (d *optimum) entry(t study.Tried) contenderEntry {
	n := results.Nullable
	e := contenderEntry{Values: []string{}, Feasible: t.Broken == 0}
	if t.At != nil {
		e.Values = d.levers.words(t.At)
	}
	if t.Runs == nil {
		e.Feasible = false
		return e
	}
	band, _ := results.BandOf(column(t, ofObjective), 0.05, 0.95)
	e.Objective, e.Lo, e.Hi = n(band.Mean), n(band.Lo), n(band.Hi)
	e.Burn, e.MostBurn, e.Share = n(results.Mean(column(t, ofBurn))), n(slices.Max(column(t, ofBurn))), n(results.Mean(column(t, ofShare)))
	e.LeastCash, e.Margin = n(slices.Min(column(t, ofCash))), n(results.Mean(column(t, ofMargin)))
	return e
}

func (d *optimum) document() optimiseReport {
	n := results.Nullable
	lead := func(d results.Difference) leadEntry {
		return leadEntry{n(d.Mean), n(d.Lo), n(d.Hi), d.Shown, d.Pairs}
	}
	r := optimiseReport{
		heading: d.q.heading(d.warnings), Platform: d.levers.platform, Side: d.goal.side, Objective: d.flags.objective, Period: d.goal.at, Unit: d.goal.unit, Budget: d.flags.budget,
		Best: d.entry(d.best), Random: d.entry(d.luckiest), Baseline: d.entry(d.own), None: d.entry(d.none), LeadRandom: lead(d.beaten), LeadBaseline: lead(d.beatenBaseline),
		Frontier: []frontierEntry{}, Evaluations: len(d.tried), FinalRuns: d.finals, Files: listed(d.files), Elapsed: d.took.Seconds(),
	}
	if d.goal.critical > 0 {
		r.CriticalMass = n(d.goal.critical)
	}
	if d.minimum != nil {
		r.Minimum = &minimumEntry{n(d.minimum.Mean), n(d.minimum.Lo), n(d.minimum.Hi), n(d.sufficient), d.minimum.N}
	}
	for _, i := range d.frontier {
		t := d.tried[i]
		r.Frontier = append(r.Frontier, frontierEntry{results.Mean(column(t, ofBurn)), results.Mean(column(t, ofShare)), n(results.Mean(column(t, ofObjective))), d.levers.words(t.At)})
	}
	return r
}
