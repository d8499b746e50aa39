package report

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"math"
	"slices"

	"flywheel/results"
)

//go:embed page/page.html page/load.html page/chart.html page/page.css page/page.js page/uplot/uPlot.iife.min.js page/uplot/uPlot.min.css
var files embed.FS

// About is what a page says of a run besides its timelines.
type About struct {
	Provenance  results.Provenance
	Command     string          // what reproduces the run, such as "flywheel run resolved.yaml"
	Differences *results.Table  // columns metric, variant, platform, side, period, unit, mean, lo, hi, shown; nil: none
	Channels    *results.Table  // columns variant, platform, channel, rule, period, and spent, brought and cac, each with _lo and _hi; nil: none
	Frontier    map[string]Line // by platform: the critical-mass frontier in shares of the two sides; may be empty
	NoFrontier  string          // why there is none, where somebody should know
	Happenings  []Happening     // to the first variant, by date
}

// Happening is something that happened to a market, in words.
type Happening struct {
	When string // the period, the mean over runs in which it happened
	Band string // of the period; empty: none
	Date string // of the period's beginning; empty: not known
	What string
	Runs string // in how many, such as "all" or "12 of 20"
}

// page is what the template reads.
type page struct {
	About
	Title       string
	Sections    []Section
	Unit        string
	Dated       bool // happenings have dates
	Horizon     int
	Differences []Difference
	Channels    []Bought
	assets
}

// assets are what every page carries with it.
type assets struct {
	Style   template.CSS
	Script  template.JS
	Library template.JS
}

// variantsDrawn is how many variants get charts of their own; the rest are only compared.
const variantsDrawn = 4

// Write writes the page: one self-contained HTML document. Equal inputs give equal bytes. It
// returns the writer's error, or one that says that nothing was collected.
func (f *Forecast) Write(w io.Writer, about About) error {
	if len(f.variants) == 0 {
		return fmt.Errorf("a report of %s needs at least one finished run", about.Provenance.Scenario)
	}
	p := page{About: about, Title: about.Provenance.Scenario, Unit: f.unit(), Horizon: f.horizon(),
		Dated:    slices.ContainsFunc(about.Happenings, func(h Happening) bool { return h.Date != "" }),
		Sections: f.Sections(about.Frontier), Differences: Compared(about.Differences), Channels: Spending(about.Channels)}
	var err error
	if p.assets, err = assetsOf(); err != nil {
		return err
	}
	t, err := templates("page.html")
	if err != nil {
		return err
	}
	return t.Execute(w, p)
}

// assetsOf reads the style and the scripts.
func assetsOf() (a assets, err error) {
	var plot template.CSS
	for name, into := range map[string]*string{
		"page.css": (*string)(&a.Style), "page.js": (*string)(&a.Script), "uplot/uPlot.iife.min.js": (*string)(&a.Library), "uplot/uPlot.min.css": (*string)(&plot),
	} {
		text, err := files.ReadFile("page/" + name)
		if err != nil {
			return a, fmt.Errorf("bug: %w", err)
		}
		*into = string(text)
	}
	a.Style = plot + "\n" + a.Style
	return a, nil
}

// templates reads a page's template, and that of its charts.
func templates(name string) (*template.Template, error) {
	t, err := template.New(name).Funcs(template.FuncMap{"data": data, "sentence": sentence, "key": func(i int) int { return i % 6 }}).ParseFS(files, "page/"+name, "page/chart.html")
	if err != nil {
		return nil, fmt.Errorf("bug: %w", err)
	}
	return t, nil
}

// data is a chart's numbers for the script.
func data(c Chart) (template.JS, error) {
	text, err := json.Marshal(c)
	return template.JS(text), err
}

// Compared turns the table of differences (About.Differences) into lines for people; none for nil.
func Compared(t *results.Table) []Difference {
	if t == nil {
		return nil
	}
	var list []Difference
	text := func(column string, row int) string {
		if i := t.Schema.Index(column); i >= 0 {
			return t.Cell(row, i)
		}
		return ""
	}
	for r := range t.Rows() {
		unit := results.Unit(text("unit", r))
		d := Difference{Metric: text("metric", r), Variant: text("variant", r), Platform: text("platform", r), Side: text("side", r),
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

// Spending turns the last period of the table of channels (About.Channels) into lines for people; none for nil.
func Spending(t *results.Table) []Bought {
	if t == nil {
		return nil
	}
	var list []Bought
	variant, period := t.Texts("variant"), t.Integers("period")
	last := map[string]int64{}
	for r := range t.Rows() {
		last[variant[r]] = max(last[variant[r]], period[r])
	}
	for r := range t.Rows() {
		if period[r] != last[variant[r]] {
			continue
		}
		said := func(column string, unit results.Unit) (text [2]string) {
			if mean := t.Numbers(column)[r]; !math.IsNaN(mean) {
				text[0] = results.Human(mean, unit)
				text[1] = results.Human(t.Numbers(column + "_lo")[r], unit) + " – " + results.Human(t.Numbers(column + "_hi")[r], unit)
			}
			return text
		}
		list = append(list, Bought{Variant: variant[r], Platform: t.Texts("platform")[r], Channel: t.Texts("channel")[r], Rule: t.Texts("kind")[r] + ": " + t.Texts("rule")[r],
			Spent: said("spent", "money"), Brought: said("brought", "participants"), CAC: said("cac", "money per join")})
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
