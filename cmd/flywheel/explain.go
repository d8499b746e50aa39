package main

import (
	"bytes"
	"fmt"
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

func (p *program) explainCommand() *cobra.Command {
	var ask asked
	c := &cobra.Command{
		Use:   "explain SCENARIO",
		Short: "Show a resolved scenario, where its values come from, and what it costs to run",
		Long: `Show every value of a scenario with its origin: the file and line, the flag, or the default
with its source. Then the plan that flywheel run would follow with the same flags, and
what it would cost. Runs nothing and writes nothing.`,
		Example:           "  flywheel explain " + exampleScenario + " --set study.replications=200",
		Args:              oneScenario,
		ValidArgsFunction: completeScenario,
		RunE: func(c *cobra.Command, args []string) error {
			job, err := ask.job(c, args[0])
			if err != nil {
				return err
			}
			return p.explain(job, ask.threads)
		},
	}
	ask.planned(c)
	ask.settable(c)
	ask.threaded(c)
	return c
}

// explanation is an explained scenario as one JSON document.
type explanation struct {
	Scenario string            `json:"scenario"`
	Digest   string            `json:"digest"`
	Version  string            `json:"version"`
	Warnings []results.Warning `json:"warnings"`
	Resolved string            `json:"resolved"`
	Origins  []origin          `json:"origins"`
	Variants []changed         `json:"variants"`
	Trials   []trial           `json:"trials"`
	Cost     cost              `json:"cost"`
}

// origin says where one value comes from.
type origin struct {
	Path   string `json:"path"`
	Value  string `json:"value"`
	Unit   string `json:"unit"`
	From   string `json:"from"`
	Source string `json:"source"`
}

// changed is what a variant changes.
type changed struct {
	Name    string   `json:"name"`
	Runs    bool     `json:"runs"` // whether the plan has it
	Origins []origin `json:"origins"`
}

// trial is one run of the plan.
type trial struct {
	Index       int    `json:"index"`
	Variant     string `json:"variant"`
	Replication int    `json:"replication"`
	Seed        uint64 `json:"seed"`
}

// cost is what the plan takes.
type cost struct {
	Runs               int     `json:"runs"`
	ParticipantPeriods int64   `json:"participant_periods"`
	Work               float64 `json:"work"`
	WorkUnit           string  `json:"work_unit"`
	Speed              float64 `json:"work_per_cpu_s"`
	Threads            int     `json:"threads"`
	Seconds            float64 `json:"estimated_s"`
	Rows               int64   `json:"timeline_rows"`
	Bytes              int64   `json:"estimated_bytes"`
	Out                string  `json:"out"`
	People             []held  `json:"people_memory"` // of one run, that of the variant with the most
}

// held is the memory that the people of one run take for one thing known of them.
type held struct {
	What  string `json:"what"`
	Bytes int64  `json:"bytes"`
}

// What a plan costs is foretold from these, measured on one core of an ordinary server and
// rounded down; docs/bench-baseline.txt has the engines' own measurements.
const (
	peopleSpeed = 7e7   // participant-periods per CPU-second, of an engine that moves each person
	cellsSpeed  = 1.2e6 // cell-periods per CPU-second, of one that moves everyone alike together
	rowsSpeed   = 2e5   // timeline rows written per second, by one thread, CSV and Parquet together
	bytesPerRow = 250   // of both files
)

// costOf foretells what a plan takes on so many threads.
func costOf(j *job, threads int, out string) cost {
	c := cost{
		Runs: len(j.plan.Trials), ParticipantPeriods: j.plan.ParticipantPeriods(), Threads: threads, Out: out,
		Work: float64(j.plan.ParticipantPeriods()), WorkUnit: "participant-periods", Speed: peopleSpeed,
	}
	if j.plan.Settings.Engine != engine.Names()[0] { // the first draws every person, the others cells
		c.Work, c.WorkUnit, c.Speed = 0, "cell-periods", cellsSpeed
	}
	for _, v := range j.plan.Variants {
		runs := int64(j.plan.Settings.Replications)
		c.Rows += rows(v.Law) * runs
		if people := heldOf(j.plan.Settings.Engine, v.Law); bytesOf(people) > bytesOf(c.People) {
			c.People = people
		}
		if c.WorkUnit == "cell-periods" {
			c.Work += float64(int64(len(v.Law.Groups)*v.Law.Standings.Count()*v.Law.Model.Horizon.Periods) * runs)
		}
	}
	c.Seconds = c.Work/(c.Speed*float64(threads)) + float64(c.Rows)/rowsSpeed
	c.Bytes = c.Rows * bytesPerRow
	return c
}

// heldOf is what people take in the memory of an engine.
func heldOf(name string, l *models.Law) []held {
	var list []held
	if e, ok := engine.New(name); ok {
		for _, m := range e.Memory(l) {
			list = append(list, held(m))
		}
	}
	return list
}

func bytesOf(list []held) int64 {
	var sum int64
	for _, h := range list {
		sum += h.Bytes
	}
	return sum
}

// memory says in a line what the people of a run take.
func (c *cost) memory(people int64) string {
	line := results.Human(float64(bytesOf(c.People)), "1") + "B of memory for the people of a run"
	if c.WorkUnit == "cell-periods" {
		return line + ", however many: 8 B for each cell"
	}
	var parts []string
	for _, h := range c.People {
		parts = append(parts, h.What+" "+results.Human(float64(h.Bytes)/float64(people), "1"))
	}
	return line + ", " + results.Human(float64(bytesOf(c.People))/float64(people), "1") + " B each: " + strings.Join(parts, ", ")
}

// rows is the length of one run's timeline: for each period, start included, and each scope
// a row for every platform and one for all together. Scopes are the market, its sides, the
// sides of each region where there are several, and the segments.
func rows(l *models.Law) int64 {
	scopes := 1 + len(l.Sides) + len(l.Model.Segments)
	if len(l.Model.RegionNames()) > 1 {
		scopes += len(l.Crowds)
	}
	return int64(l.Model.Horizon.Periods+1) * int64(scopes) * int64(l.Platforms+1)
}

// explain prints where everything comes from and what it would cost.
func (p *program) explain(j *job, threads int) error {
	s := j.scenario
	e := explanation{
		Scenario: s.Name, Digest: j.digest, Version: version, Warnings: []results.Warning{}, Resolved: string(s.Resolved()),
		Origins: originsOf(s.Origins()), Variants: []changed{}, Cost: costOf(j, threads, place(j)),
	}
	runs := func(name string) bool {
		return slices.ContainsFunc(j.plan.Variants, func(v study.Variant) bool { return v.Name == name })
	}
	for _, v := range s.Variants {
		e.Variants = append(e.Variants, changed{v.Name, runs(v.Name), originsOf(s.Changes(v))})
	}
	for _, t := range j.plan.Trials {
		e.Trials = append(e.Trials, trial{t.Index, j.plan.Variants[t.Variant].Name, t.Replication, j.plan.Settings.Seed})
	}
	if p.json {
		return p.document(e)
	}
	var page bytes.Buffer
	fmt.Fprintf(&page, "%s, digest %s\n\n", s.Name, j.digest)
	if err := originTable(&page, e.Origins); err != nil {
		return err
	}
	for _, v := range e.Variants {
		fmt.Fprintf(&page, "\nvariant %s changes\n\n", v.Name)
		if err := originTable(&page, v.Origins); err != nil {
			return err
		}
	}
	e.plan(&page, j)
	_, err := p.out.Write(page.Bytes())
	return err
}

// plan prints the runs and their cost.
func (e *explanation) plan(page *bytes.Buffer, j *job) {
	settings := j.plan.Settings
	fmt.Fprintf(page, "\nplan of flywheel run %s\n", e.Scenario)
	for _, v := range j.plan.Variants {
		fmt.Fprintf(page, "  %s: %s of %s, seed %d, engine %s\n", v.Name,
			several(settings.Replications, "replication"), several(v.Law.Model.Horizon.Periods, v.Law.Model.Horizon.Unit), settings.Seed, settings.Engine)
	}
	for _, v := range e.Variants {
		if !v.Runs {
			fmt.Fprintf(page, "  %s: not run; add --variant %s\n", v.Name, v.Name)
		}
	}
	chains(page, j.plan.Variants[0].Law)
	moods(page, j.plan.Variants[0].Law)
	classes(page, j.plan.Variants[0].Law)
	rhythms(page, j.scenario)
	tops(page, j.plan.Variants[0].Law)
	c := e.Cost
	fmt.Fprintf(page, "cost\n  %s participants, %s participant-periods in %s\n",
		results.Human(float64(j.plan.Participants()), "participants"), results.Human(float64(c.ParticipantPeriods), "1"), several(c.Runs, "run"))
	fmt.Fprintf(page, "  about %s on %s, at %s %s per second and thread\n",
		duration(time.Duration(c.Seconds*float64(time.Second))), several(c.Threads, "thread"), results.Human(c.Speed, "1"), c.WorkUnit)
	fmt.Fprintf(page, "  %s\n", c.memory(j.plan.Participants()))
	fmt.Fprintf(page, "  %s timeline rows, about %sB in %s\n", results.Human(float64(c.Rows), "1"), results.Human(float64(c.Bytes), "1"), c.Out)
}

// classes prints how the people of segments differ, and into how many groups that cuts them.
func classes(page *bytes.Buffer, law *models.Law) {
	for i := range law.Model.Segments {
		s, cut := &law.Model.Segments[i], 1
		varied := law.Model.Variety(i)
		for _, v := range varied {
			shown, between := v.Parts(), ", "
			n := len(shown)
			if n > 8 {
				shown, between = []float64{shown[0], shown[n/2], shown[n-1]}, " ... "
			}
			var list []string
			for _, x := range shown {
				list = append(list, results.Human(x, "1"))
			}
			cut *= n
			fmt.Fprintf(page, "  people of %s differ by %s, in %d classes: %s\n", s.Name, v.Of, n, strings.Join(list, between))
		}
		if len(varied) > 1 {
			fmt.Fprintf(page, "  people of %s are of %d kinds together\n", s.Name, cut)
		}
	}
}

// rhythms prints how far orders go up and down with the calendar.
func rhythms(page *bytes.Buffer, s *scenarios.Scenario) {
	for i := range s.Model.Segments {
		segment := &s.Model.Segments[i]
		factors := segment.Orders.Rhythm
		if len(factors) == 0 {
			continue
		}
		least, most := slices.Index(factors, slices.Min(factors)), slices.Index(factors, slices.Max(factors))
		told := func(period int) string {
			where := fmt.Sprintf("%s %d", s.Model.Horizon.Unit, period+1)
			if date := s.Date(float64(period + 1)); date != "" {
				where += " (" + date + ")"
			}
			return fmt.Sprintf("%s times their mean rate in %s", results.Human(factors[period], "1"), where)
		}
		fmt.Fprintf(page, "  orders of %s go by the calendar: from %s to %s\n", segment.Name, told(least), told(most))
	}
}

func originsOf(list []scenarios.Origin) []origin {
	all := []origin{}
	for _, o := range list {
		all = append(all, origin(o))
	}
	return all
}

// originTable prints values with their origins.
func originTable(page *bytes.Buffer, list []origin) error {
	var rows [][]string
	for _, o := range list {
		value, from := o.Value, o.From
		if bare := strings.LastIndexAny(value, "0123456789]") == len(value)-1; bare && o.Unit != "" && o.Unit != "1" {
			value += " " + o.Unit // a word such as all, or 26w, speaks for itself
		}
		if o.Source != "" {
			from += ": " + o.Source
		}
		rows = append(rows, []string{fold(o.Path, pathWidth), fold(value, valueWidth), fold(from, fromWidth)})
	}
	const all = 3
	return grid(page, all, []string{"path", "value", "from"}, rows)
}

// The columns of the table of origins. It is wider than a page: a place is of no use broken.
const (
	pathWidth  = 38
	valueWidth = 26
	fromWidth  = 36
)
