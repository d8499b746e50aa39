package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"flywheel/models"
	"flywheel/results"
	"flywheel/scenarios"
	"flywheel/sim/study"
)

// led is what the flags ask about where a market leads.
type led struct {
	ask    asked
	period int
	starts int
	folds  []string
}

func (p *program) equilibriaCommand() *cobra.Command {
	var ask led
	c := &cobra.Command{
		Use:   "equilibria SCENARIO",
		Short: "Find where a market comes to rest, and its critical mass",
		Long: `Hold the offers of one period and find the states in which the expected market comes to
rest, which of them last, where the scenario's own start leads, and how large a share of each
side must begin on a platform for it to end at its largest lasting state. With --fold, follow
those states over a range of one number, such as a subsidy or a price, to the values at which
a state vanishes and the market moves on to another. Nothing is drawn and nothing is written.`,
		Example:           "  flywheel equilibria " + exampleScenario + " --period 365",
		Args:              oneScenario,
		ValidArgsFunction: completeScenario,
		RunE: func(c *cobra.Command, args []string) error {
			return p.equilibria(c, args[0], ask)
		},
	}
	c.Flags().IntVar(&ask.period, "period", 1, "hold the offers of period `N`, budgets unspent")
	c.Flags().IntVar(&ask.starts, "starts", study.DefaultStarts, "begin the search at `N` points beside the corners")
	c.Flags().StringArrayVar(&ask.folds, "fold", nil, "follow the states over a range of a number, as `PATH=lo:hi`; repeatable")
	ask.ask.settable(c)
	return c
}

// The answer as one JSON document. Shares are by side, then by platform.
type (
	ledReport struct {
		Scenario   string            `json:"scenario"`
		Digest     string            `json:"digest"`
		Version    string            `json:"version"`
		Warnings   []results.Warning `json:"warnings"`
		Period     int               `json:"period"`
		Landscapes []ledLandscape    `json:"landscapes"`
	}
	ledLandscape struct {
		Regions      []string         `json:"regions"`
		Clock        string           `json:"clock"`
		Cells        int              `json:"cells"`
		Starts       int              `json:"starts"`
		Equilibria   []ledEquilibrium `json:"equilibria"`
		StartLeadsTo *int             `json:"start_leads_to"` // place in equilibria, from 0
		Critical     []ledCritical    `json:"critical_mass"`
		Folds        []ledFold        `json:"folds"`
	}
	ledEquilibrium struct {
		Share  []ledShare `json:"share"`
		Stable bool       `json:"stable"`
		Growth *float64   `json:"growth"`
	}
	ledShare struct {
		Side     string  `json:"side"`
		Region   string  `json:"region"`
		Platform string  `json:"platform"`
		Share    float64 `json:"share"`
		People   float64 `json:"people"`
	}
	ledCritical struct {
		Platform string     `json:"platform"`
		LeadsTo  int        `json:"leads_to"`
		Even     *float64   `json:"even"` // least share of every side alike
		Frontier []ledPoint `json:"frontier"`
	}
	ledPoint struct {
		First  *float64 `json:"first"`  // start share of the first side
		Second *float64 `json:"second"` // least start share of the second, null when not even all of it suffices
		People *float64 `json:"people"`
	}
	ledFold struct {
		Path  string     `json:"path"`
		Value float64    `json:"value"`
		Above bool       `json:"above"` // the two equilibria are there above the value, else below it
		Share []ledShare `json:"share"`
	}
)

// equilibria answers for every landscape of a scenario.
func (p *program) equilibria(c *cobra.Command, source string, ask led) error {
	options, err := ask.ask.options(c)
	if err != nil {
		return err
	}
	if ask.starts < 0 || ask.starts > 10_000 {
		return wrong("--starts: %d points cannot be tried; give 0 to 10000", ask.starts)
	}
	s, err := scenarios.Load(source, options)
	if err != nil {
		return err
	}
	inputs, _, err := s.Vary("", ask.folds)
	if err != nil {
		return err
	}
	for _, in := range inputs {
		if len(in.Levels) > 0 || in.Whole {
			return wrong("--fold %s: states are followed along numbers without gaps; give a range such as 0:5", in.Path)
		}
	}
	law, err := models.Compile(s.Model)
	if err != nil {
		return failure{exitFaulty, err}
	}
	if last := s.Model.Horizon.Periods; ask.period < 1 || ask.period > last {
		return wrong("--period: %d is not a period of %s; give 1 to %d", ask.period, s.Name, last)
	}
	list, err := study.Landscapes(law, ask.period)
	if err != nil {
		return failure{exitFaulty, fmt.Errorf("%s: %w", s.Name, err)}
	}
	report := ledReport{Scenario: s.Name, Digest: s.Digest, Version: version, Warnings: []results.Warning{}, Period: ask.period}
	for place, landscape := range list {
		one, err := describe(c.Context(), s, law, landscape, place, inputs, ask)
		if c.Context().Err() != nil {
			return errInterrupted
		}
		if err != nil {
			return err
		}
		report.Landscapes = append(report.Landscapes, one)
	}
	var page bytes.Buffer
	if err := report.page(&page, law); err != nil {
		return err
	}
	return p.present(&page, report)
}

// describe answers for one landscape.
func describe(ctx context.Context, s *scenarios.Scenario, law *models.Law, l *study.Landscape, place int, inputs []study.Input, ask led) (ledLandscape, error) {
	const fine = 1e-5 // of a side
	found, did := l.Equilibria(ask.starts)
	out := ledLandscape{
		Regions: l.Regions, Clock: string(l.Clock()), Cells: l.Cells(), Starts: did.Starts,
		Equilibria: []ledEquilibrium{}, Critical: []ledCritical{}, Folds: []ledFold{},
	}
	for _, e := range found {
		out.Equilibria = append(out.Equilibria, ledEquilibrium{shared(law, l, e.Share), e.Stable, results.Nullable(e.Growth)})
	}
	if to := l.Leads(l.Scenario(), found); to >= 0 {
		out.StartLeadsTo = &to
	}
	var grid []float64
	for i := range 6 {
		grid = append(grid, float64(i)/5)
	}
	for k, platform := range law.Model.Platforms {
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		f, err := l.Frontier(k, grid, found, fine)
		if err != nil {
			continue // there is nothing to tip, or more than a plane can show
		}
		crit := ledCritical{Platform: platform.Name, LeadsTo: f.High, Frontier: []ledPoint{}}
		for i := range f.Second {
			point := ledPoint{Second: results.Nullable(f.Second[i]), People: results.Nullable(f.People[i])}
			if len(f.First) > 0 {
				point.First = &f.First[i]
			}
			crit.Frontier = append(crit.Frontier, point)
		}
		nobody, all := make([]float64, len(l.Sides)), make([]float64, len(l.Sides))
		for i := range all {
			all[i] = 1
		}
		if even, err := l.CriticalMass(l.Launch(k, nobody), l.Launch(k, all), found, fine); err == nil && even.To == f.High {
			crit.Even = &even.Part
		}
		out.Critical = append(out.Critical, crit)
	}
	for _, in := range inputs {
		builder, err := s.Builder("", in.Path)
		if err != nil {
			return out, err
		}
		folding, err := study.Follow(func(x float64) (*models.Law, error) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			m, _, err := builder.Build([]string{in.Text(x)})
			if err != nil {
				return nil, err
			}
			return models.Compile(m)
		}, ask.period, place, in.Lo, in.Hi, ask.starts)
		if err != nil {
			return out, err
		}
		for _, f := range folding.Folds {
			out.Folds = append(out.Folds, ledFold{in.Path, f.Number, f.Opens, shared(law, l, f.Share)})
		}
	}
	return out, nil
}

// shared names the shares of each crowd on each platform.
func shared(law *models.Law, l *study.Landscape, share [][]float64) []ledShare {
	list := []ledShare{}
	for c, crowd := range l.Crowds() {
		for k, platform := range law.Model.Platforms {
			list = append(list, ledShare{l.Sides[c], law.Crowds[crowd].Region, platform.Name, share[c][k], share[c][k] * float64(law.Crowds[crowd].Size)})
		}
	}
	return list
}

// page prints the answer.
func (r *ledReport) page(page *bytes.Buffer, law *models.Law) error {
	say(page, "%s, offers of %s %d held", r.Scenario, law.Model.Horizon.Unit, r.Period)
	for _, l := range r.Landscapes {
		found := "one equilibrium"
		if n := len(l.Equilibria); n != 1 {
			found = fmt.Sprint(n, " equilibria")
		}
		page.WriteString("\n" + fold(fmt.Sprintf("%s: %s found from %s, %s, %s clock", strings.Join(l.Regions, ", "),
			found, several(l.Starts, "start"), several(l.Cells, "cell"), l.Clock), pageWidth) + "\n")
		if err := l.page(page); err != nil {
			return err
		}
	}
	return nil
}

func (l *ledLandscape) page(page *bytes.Buffer) error {
	if len(l.Equilibria) == 0 {
		page.WriteString("none: the market may go round in circles, or the search has missed it; give\nmore --starts\n")
		return nil
	}
	table := sheet{left: 3, header: []string{"", "lasts", "deviations\ngrow by"}} // a factor each period, or in continuous time a rate
	for _, s := range l.Equilibria[0].Share {
		name := s.Side + "\non " + s.Platform
		if len(l.Regions) > 1 {
			name += " in " + s.Region
		}
		table.header = append(table.header, name)
	}
	for i, e := range l.Equilibria {
		row := []string{fmt.Sprint(i + 1), "no", "× " + digits(or(e.Growth), 4)}
		if l.Clock == string(models.ClockAsync) {
			row[2] = digits(or(e.Growth), 4) + " a period"
		}
		if e.Stable {
			row[1] = "yes"
		}
		for _, s := range e.Share {
			row = append(row, results.Human(s.Share, "share")+"\n"+results.Human(s.People, "participants"))
		}
		table.rows = append(table.rows, row)
	}
	if err := table.print(page); err != nil {
		return err
	}
	if l.StartLeadsTo != nil {
		fmt.Fprintf(page, "the scenario's start leads to %d\n", *l.StartLeadsTo+1)
	} else {
		page.WriteString("the scenario's start leads to none of them\n")
	}
	for _, c := range l.Critical {
		if err := c.page(page, l); err != nil {
			return err
		}
	}
	for _, f := range l.Folds {
		side := "below"
		if f.Above {
			side = "above"
		}
		var at []string
		for _, s := range f.Share {
			at = append(at, fmt.Sprintf("%s of %s on %s", results.Human(s.Share, "share"), s.Side, s.Platform))
		}
		say(page, "fold at %s=%s: two equilibria meet at %s, and are there %s it", f.Path, digits(f.Value, 7), strings.Join(at, ", "), side)
	}
	return nil
}

// page prints the critical mass of one platform.
func (c *ledCritical) page(page *bytes.Buffer, l *ledLandscape) error {
	first := l.Equilibria[0].Share[0].Side
	second := l.Equilibria[0].Share[len(l.Equilibria[0].Share)-1].Side
	if c.Frontier[0].First == nil {
		say(page, "critical mass of %s: %s of %s begin on it, %s, to lead to %d", c.Platform,
			portion(c.Frontier[0].Second), first, results.Human(or(c.Frontier[0].People), "participants"), c.LeadsTo+1)
		return nil
	}
	if c.Even != nil {
		say(page, "critical mass of %s: %s of every side begin on it, to lead to %d; or", c.Platform, portion(c.Even), c.LeadsTo+1)
	} else {
		say(page, "critical mass of %s, to lead to %d", c.Platform, c.LeadsTo+1)
	}
	var rows [][]string
	for _, at := range c.Frontier {
		row := []string{portion(at.First), "not even all", ""}
		if at.Second != nil {
			row[1], row[2] = portion(at.Second), results.Human(*at.People, "participants")
		}
		rows = append(rows, row)
	}
	return grid(page, 0, []string{"of " + first, "of " + second + " at least", second}, rows)
}

// or is a number that may not be there.
func or(x *float64) float64 {
	if x == nil {
		return math.NaN()
	}
	return *x
}

// portion prints a share that may not be there.
func portion(x *float64) string { return results.Human(or(x), "share") }
