package report

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"math"

	"flywheel/results"
)

//go:embed page/page.html page/page.css page/page.js page/uplot/uPlot.iife.min.js page/uplot/uPlot.min.css
var files embed.FS

// About is what a page says of a run besides its timelines.
type About struct {
	Provenance  results.Provenance
	Command     string          // what reproduces the run, such as "flywheel run resolved.yaml"
	Differences *results.Table  // columns metric, variant, platform, side, period, unit, mean, lo, hi, shown; nil: none
	Frontier    map[string]Line // by platform: the critical-mass frontier in shares of the two sides; may be empty
}

// section is what the page shows of one variant.
type section struct {
	Variant    string
	Answers    []string
	Charts     []Chart
	Portraits  []Chart
	Waterfalls []Waterfall
	Regions    []Regions
}

// page is what the template reads.
type page struct {
	About
	Title       string
	Sections    []section
	Unit        string
	Horizon     int
	Differences []difference
	Style       template.CSS
	Script      template.JS
	Library     template.JS
}

// difference is one line of the comparison.
type difference struct {
	Metric, Variant, Platform, Side, Mean, Interval string
	Shown                                           bool
}

// variantsDrawn is how many variants get charts of their own; the rest are only compared.
const variantsDrawn = 4

// Write writes the page: one self-contained HTML document. Equal inputs give equal bytes. It
// returns the writer's error, or one that says that nothing was collected.
func (f *Forecast) Write(w io.Writer, about About) error {
	if len(f.variants) == 0 {
		return fmt.Errorf("a report of %s needs at least one finished run", about.Provenance.Scenario)
	}
	p := page{About: about, Title: about.Provenance.Scenario, Unit: f.unit(), Horizon: f.horizon()}
	for _, v := range f.variants[:min(variantsDrawn, len(f.variants))] {
		p.Sections = append(p.Sections, section{
			Variant: v, Answers: f.answers(v), Charts: f.charts(v), Portraits: f.portraits(v, about.Frontier),
			Waterfalls: f.waterfalls(v), Regions: f.regions(v),
		})
	}
	p.Differences = compared(about.Differences)
	for name, into := range map[string]*string{
		"page.css": (*string)(&p.Style), "page.js": (*string)(&p.Script), "uplot/uPlot.iife.min.js": (*string)(&p.Library),
	} {
		text, err := files.ReadFile("page/" + name)
		if err != nil {
			return fmt.Errorf("bug: %w", err)
		}
		*into = string(text)
	}
	plot, err := files.ReadFile("page/uplot/uPlot.min.css")
	if err != nil {
		return fmt.Errorf("bug: %w", err)
	}
	p.Style = template.CSS(string(plot) + "\n" + string(p.Style))
	t, err := template.New("page.html").Funcs(template.FuncMap{"data": data, "sentence": sentence, "key": func(i int) int { return i % 6 }}).ParseFS(files, "page/page.html")
	if err != nil {
		return fmt.Errorf("bug: %w", err)
	}
	return t.Execute(w, p)
}

// data is a chart's numbers for the script.
func data(c Chart) (template.JS, error) {
	text, err := json.Marshal(c)
	return template.JS(text), err
}

// compared turns the table of differences into lines.
func compared(t *results.Table) []difference {
	if t == nil {
		return nil
	}
	var list []difference
	text := func(column string, row int) string {
		if i := t.Schema.Index(column); i >= 0 {
			return t.Cell(row, i)
		}
		return ""
	}
	for r := range t.Rows() {
		unit := results.Unit(text("unit", r))
		d := difference{Metric: text("metric", r), Variant: text("variant", r), Platform: text("platform", r), Side: text("side", r),
			Mean: "n/a", Interval: "n/a", Shown: text("shown", r) == "1" || text("shown", r) == "true" || text("shown", r) == "yes"}
		mean, lo, hi := t.Numbers("mean")[r], t.Numbers("lo")[r], t.Numbers("hi")[r]
		if !math.IsNaN(mean) {
			d.Mean = results.Human(mean, unit)
		}
		if !math.IsNaN(lo) {
			d.Interval = results.Human(lo, unit) + " to " + results.Human(hi, unit)
		}
		list = append(list, d)
	}
	return list
}

// Charts are the files of the charting library: uPlot.iife.min.js and uPlot.min.css.
func Charts() fs.FS {
	own, err := fs.Sub(files, "page/uplot")
	if err != nil {
		panic("bug: " + err.Error())
	}
	return own
}
