package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"flywheel/results"
	"flywheel/sim/study"
)

// swept is everything a page or a document about a sweep is made from.
type swept struct {
	*sweepJob
	reused   int
	all      bool // all rows are wanted, not only those of a page
	rows     []study.PointRow
	failed   int    // points with a run that failed
	first    string // what the first of them is and says
	warnings []results.Warning
	files    []string
	elapsed  time.Duration
}

// shownPoints is how many points a page shows.
const shownPoints = 30

// add takes a point's rows as far as they are wanted.
func (f *swept) add(rows []study.PointRow) {
	point := rows[0].Point
	if rows[0].Failed > 0 {
		if f.failed++; f.first == "" {
			f.first = fmt.Sprintf("point %d (%s): %s", point, f.named(point), rows[0].Error)
		}
	}
	if f.all || point < shownPoints {
		f.rows = append(f.rows, rows...)
	}
}

// named are a point's values with their paths.
func (w *sweepJob) named(point int) string {
	var parts []string
	for i, value := range w.design.At(point) {
		parts = append(parts, w.design.Paths[i]+"="+value)
	}
	return strings.Join(parts, ", ")
}

func (f *swept) complaint() string {
	return fmt.Sprintf("%d of %d points failed; the first is %s", f.failed, f.design.Count, f.first)
}

// warn is what has to be said about the sweep as a whole.
func (f *swept) warn() []results.Warning {
	var list []results.Warning
	band := f.job.plan.Settings.Band
	if fewest, ok := results.Fewest(band[0], band[1]); f.lucky() && (!ok || f.runs < fewest) {
		list = append(list, results.Warning{Code: results.CodeFew, Text: fmt.Sprintf("%s of a point cannot show a band of %s; at least %d are needed",
			several(f.runs, "replication"), strings.TrimSuffix(levels(band), " of replications"), fewest)})
	}
	if f.failed > 0 {
		list = append(list, results.Warning{Code: "failed", Text: f.complaint()})
	}
	return list
}

// plan says in a few lines what will run.
func (w *sweepJob) plan() string {
	c := costOf(w.job, w.threads, w.dir)
	took := time.Duration(c.Work / (c.Speed * float64(w.threads)) * float64(w.design.Count) * float64(time.Second))
	return fold(fmt.Sprintf("sweep of %s: %s, %s with %s each: %s of %s, engine %s, seed %d; about %s on %s",
		w.scenario.Name, w.design.About, several(w.design.Count, "point"), several(w.runs, "replication"), several(w.trials(), "run"),
		several(w.law.Model.Horizon.Periods, w.law.Model.Horizon.Unit), w.job.plan.Settings.Engine, w.job.plan.Settings.Seed,
		duration(took), several(w.threads, "thread")), pageWidth)
}

// planned prints the plan with its points.
func (p *program) planned(w *sweepJob) error {
	if p.json {
		doc := planDocument{Scenario: w.scenario.Name, Version: version, Warnings: []results.Warning{}, Trials: w.trials(), Runs: w.runs}
		for point := range w.design.Count {
			doc.Points = append(doc.Points, inputsOf(w.design, point))
		}
		return p.document(doc)
	}
	var page bytes.Buffer
	page.WriteString(w.plan() + "\n\n")
	var rows [][]string
	for point := range min(w.design.Count, shownPoints) {
		rows = append(rows, append([]string{fmt.Sprint(point)}, w.design.At(point)...))
	}
	if err := grid(&page, 0, append([]string{"point"}, w.design.Paths...), rows); err != nil {
		return err
	}
	if more := w.design.Count - shownPoints; more > 0 {
		fmt.Fprintf(&page, "and %d more\n", more)
	}
	_, err := p.out.Write(page.Bytes())
	return err
}

type planDocument struct {
	Scenario string              `json:"scenario"`
	Version  string              `json:"version"`
	Warnings []results.Warning   `json:"warnings"`
	Trials   int                 `json:"trials"`
	Runs     int                 `json:"replications"`
	Points   []map[string]string `json:"points"`
}

func inputsOf(d study.Design, point int) map[string]string {
	inputs := map[string]string{}
	for i, value := range d.At(point) {
		inputs[d.Paths[i]] = value
	}
	return inputs
}

// page is the sweep for people: the first of its metrics at the last period, point by point.
func (f *swept) page(page *bytes.Buffer, drawn, colour bool) error {
	if drawn {
		if err := f.charts(page, colour); err != nil {
			return err
		}
	}
	page.WriteString(fold(fmt.Sprintf("%s: sweep, %s, %s engine, %s participants, %s, seed %d", f.scenario.Name, f.design.About,
		f.job.plan.Settings.Engine, results.Human(float64(f.law.People()), "participants"), several(f.trials(), "run"), f.job.plan.Settings.Seed), pageWidth) + "\n\n")
	metric := ""
	for _, r := range f.rows {
		if r.Metric != "" {
			metric = r.Metric
			break
		}
	}
	if err := f.table(page, metric); err != nil {
		return err
	}
	if more := f.design.Count - shownPoints; more > 0 {
		fmt.Fprintf(page, "and %d more points in points.csv\n", more)
	}
	for _, w := range f.warnings {
		page.WriteString(fold("warning: "+w.Text, pageWidth) + "\n")
	}
	page.WriteString(fold("wrote "+f.dir+"/: "+filesOf(f.files), pageWidth) + "\n")
	return nil
}

// table prints one metric: a row for each point, a column for each platform and side.
func (f *swept) table(page *bytes.Buffer, metric string) error {
	s := &sheet{left: 1 + len(f.design.Paths), header: append([]string{"point"}, shortened(f.design.Paths)...)}
	var columns []string
	cells := map[int]map[string]string{}
	last, unit := 0, f.law.Model.Horizon.Unit
	for _, r := range f.rows {
		last = max(last, r.Period)
	}
	for _, r := range f.rows {
		if cells[r.Point] == nil {
			cells[r.Point] = map[string]string{}
		}
		name, shown := columnOf(r)
		if r.Metric != metric || !shown {
			continue
		}
		if !slices.Contains(columns, name) {
			columns = append(columns, name)
		}
		cell := results.Human(r.Band.Mean, r.Unit)
		if r.Band.N > 1 {
			cell += "\n" + span(r.Band.Lo, r.Band.Hi, r.Unit)
		}
		cells[r.Point][name] = cell // of the periods kept, the last comes last
	}
	s.header = append(s.header, columns...)
	for point := range min(f.design.Count, shownPoints) {
		row := append([]string{fmt.Sprint(point)}, f.design.At(point)...)
		for i, name := range columns {
			cell := cells[point][name]
			if cell == "" && i == 0 {
				cell = "failed"
			}
			row = append(row, cell)
		}
		s.rows = append(s.rows, row)
	}
	fmt.Fprintf(page, "%s at the end of %s %d: mean", strings.ReplaceAll(metric, "_", " "), unit, last)
	if f.runs > 1 {
		page.WriteString(", and " + levels(f.job.plan.Settings.Band))
	}
	page.WriteString("\n")
	return s.print(page)
}

// shortened are paths cut to their last steps, as few as tell them apart.
func shortened(paths []string) []string {
	short := make([]string, len(paths))
	for i, path := range paths {
		steps := strings.Split(path, ".")
		for keep := 1; keep <= len(steps); keep++ {
			short[i] = strings.Join(steps[len(steps)-keep:], ".")
			if !slices.ContainsFunc(paths, func(other string) bool {
				return other != path && (other == short[i] || strings.HasSuffix(other, "."+short[i]))
			}) {
				break
			}
		}
	}
	return short
}

// sweepDocument is a sweep as one JSON document.
type sweepDocument struct {
	heading
	Points  int           `json:"points"`
	Trials  int           `json:"trials"`
	Reused  int           `json:"reused"`
	Failed  int           `json:"failed"`
	Elapsed float64       `json:"elapsed_s"`
	CPU     *float64      `json:"cpu_s"`
	PeakRSS *float64      `json:"peak_rss_bytes"`
	Rows    []sweepedLine `json:"rows"`
	Files   []string      `json:"files"`
}

// sweepedLine is a row of the table of points.
type sweepedLine struct {
	Point  int               `json:"point"`
	Inputs map[string]string `json:"inputs"`
	documentEntry
	Replications int    `json:"replications"`
	Failed       int    `json:"failed"`
	Error        string `json:"error,omitzero"`
}

// document is the sweep for programs.
func (f *swept) document() sweepDocument {
	cpu, peak := machine()
	r := sweepDocument{
		heading: f.heading(f.warnings), Points: f.design.Count, Trials: f.trials(), Reused: f.reused, Failed: f.failed,
		Elapsed: f.elapsed.Seconds(), CPU: results.Nullable(cpu), PeakRSS: results.Nullable(peak), Rows: []sweepedLine{}, Files: listed(f.files),
	}
	if !f.all {
		return r
	}
	for _, row := range f.rows {
		r.Rows = append(r.Rows, sweepedLine{Point: row.Point, Inputs: inputsOf(f.design, row.Point), documentEntry: documentEntry{
			Metric: row.Metric, Platform: row.Platform, Side: row.Side, Segment: row.Segment, Region: row.Region, Period: row.Period, Unit: row.Unit,
			Mean: results.Nullable(row.Band.Mean), Lo: results.Nullable(row.Band.Lo), Hi: results.Nullable(row.Band.Hi),
		}, Replications: row.Band.N, Failed: row.Failed, Error: row.Error})
	}
	return r
}
