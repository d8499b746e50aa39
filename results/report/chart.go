package report

import (
	"fmt"
	"strings"

	"flywheel/results"
)

// Chart is a picture with its words: a title that says what is drawn, axes with units, and the
// same numbers as a table for those who would rather read.
type Chart struct {
	Kind   string     `json:"kind"` // KindFan, KindLines or KindPortrait
	ID     string     `json:"-"`
	Title  string     `json:"title"`
	XLabel string     `json:"x_label"`
	YLabel string     `json:"y_label"`
	Lines  []Line     `json:"lines"`
	Share  bool       `json:"share"` // the vertical axis is a share of one
	Says   string     `json:"-"`     // the same in one sentence
	Head   []string   `json:"-"`     // of the table
	Rows   [][]string `json:"-"`
}

// The kinds of chart.
const (
	KindFan      = "fan"      // lines between their bands
	KindLines    = "lines"    // lines without bands
	KindPortrait = "portrait" // paths through the plane of two shares
)

// Line is one line of a chart; a fan has Lo and Hi around it.
type Line struct {
	Name  string    `json:"name"`
	Style string    `json:"style,omitempty"` // of a portrait: path, mean or frontier
	X     []float64 `json:"x"`
	Y     []float64 `json:"y"`
	Lo    []float64 `json:"lo,omitempty"`
	Hi    []float64 `json:"hi,omitempty"`
}

// wanted are the fans of a page in order: of each side, then of the market.
var wanted = []struct {
	metric, title string
	bySide        bool
}{
	{"participants", "Participants", true},
	{"satisfaction", "Satisfaction", true},
	{"orders", "Orders fulfilled per %s", false},
	{"unserved", "Orders unserved per %s", false},
	{"gmv", "GMV per %s", false},
	{"revenue", "Revenue per %s", false},
	{"subsidy_to_date", "Subsidies to date", false},
	{"cash", "Cash", false},
}

// charts are a variant's fans; a quantity that stays at zero is left out.
func (f *Forecast) charts(variant string) []Chart {
	var list []Chart
	for _, w := range wanted {
		sides := []string{all}
		if w.bySide {
			sides = f.scopes[variant].sides
		}
		for _, side := range sides {
			title := w.title
			if strings.Contains(title, "%s") {
				title = fmt.Sprintf(title, f.unit())
			}
			if side != all {
				title += ": " + side
			}
			if c, any := f.fan(variant, w.metric, side, title); any {
				list = append(list, c)
			}
		}
	}
	return list
}

// fan is the chart of a metric by platform.
func (f *Forecast) fan(variant, metric, side, title string) (Chart, bool) {
	lo, hi := f.levels()
	unit := f.units[metric]
	c := Chart{Kind: KindFan, Title: title, XLabel: f.unit(), YLabel: string(unit), Share: unit == "share",
		ID: strings.NewReplacer(" ", "-", "*", "all").Replace(variant + "-" + metric + "-" + side), Head: []string{f.unit()}}
	var ends []string
	flat := true
	for _, platform := range f.scopes[variant].platforms {
		bands := f.bands(series{variant, metric, platform, side, all})
		if bands == nil {
			continue
		}
		line := Line{Name: platform}
		for i, b := range bands {
			line.X = append(line.X, float64(f.periods[i]))
			line.Y = append(line.Y, short(b.Mean))
			line.Lo = append(line.Lo, short(b.Lo))
			line.Hi = append(line.Hi, short(b.Hi))
			flat = flat && b.Lo == 0 && b.Hi == 0
		}
		c.Lines = append(c.Lines, line)
		c.Head = append(c.Head, platform+" mean", fmt.Sprintf("%s %s to %s", platform, percent(lo), percent(hi)))
		end := bands[len(bands)-1]
		ends = append(ends, fmt.Sprintf("%s ends at %s (%s to %s)", platform,
			results.Human(end.Mean, unit), results.Human(end.Lo, unit), results.Human(end.Hi, unit)))
	}
	c.Says = strings.Join(ends, "; ") + "."
	c.Rows = c.table(unit)
	return c, !flat && len(c.Lines) > 0
}

// table is a chart's numbers at about a dozen places.
func (c *Chart) table(unit results.Unit) [][]string {
	if len(c.Lines) == 0 {
		return nil
	}
	var rows [][]string
	n := len(c.Lines[0].X)
	step := max(1, n/12)
	for i := 0; i < n; i++ {
		if i%step != 0 && i != n-1 {
			continue
		}
		row := []string{results.Human(c.Lines[0].X[i], "1")}
		for _, l := range c.Lines {
			row = append(row, results.Human(l.Y[i], unit))
			if l.Lo != nil {
				row = append(row, results.Human(l.Lo[i], unit)+" to "+results.Human(l.Hi[i], unit))
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// portraits are the paths of each platform through the plane of both sides' shares; none for
// a market of one side. frontier is the line above which a market grows by itself, and may be empty.
func (f *Forecast) portraits(variant string, frontier map[string]Line) []Chart {
	sides := f.scopes[variant].sides
	if len(sides) != 2 {
		return nil
	}
	var list []Chart
	for _, platform := range f.scopes[variant].platforms {
		x := f.samples[series{variant, "share", platform, sides[0], all}]
		y := f.samples[series{variant, "share", platform, sides[1], all}]
		if x == nil || y == nil {
			continue
		}
		c := Chart{Kind: KindPortrait, Title: "Both sides of " + platform, XLabel: "share of " + sides[0], YLabel: "share of " + sides[1],
			Share: true, ID: strings.ReplaceAll(variant+"-portrait-"+platform, " ", "-"),
			Head: []string{f.unit(), sides[0], sides[1]}}
		const paths = 30 // more would hide one another
		for run := range min(paths, len(x[0])) {
			line := Line{Name: fmt.Sprintf("run %d", run+1), Style: "path"}
			for i := range f.periods {
				if run < len(x[i]) && run < len(y[i]) {
					line.X, line.Y = append(line.X, short(x[i][run])), append(line.Y, short(y[i][run]))
				}
			}
			c.Lines = append(c.Lines, line)
		}
		mean := Line{Name: "mean", Style: "mean"}
		for i := range f.periods {
			bx, _ := results.BandOf(x[i], 0, 1)
			by, _ := results.BandOf(y[i], 0, 1)
			mean.X, mean.Y = append(mean.X, short(bx.Mean)), append(mean.Y, short(by.Mean))
			if i%max(1, len(f.periods)/12) == 0 || i == len(f.periods)-1 {
				c.Rows = append(c.Rows, []string{fmt.Sprint(f.periods[i]), results.Human(bx.Mean, "share"), results.Human(by.Mean, "share")})
			}
		}
		c.Lines = append(c.Lines, mean)
		c.Says = fmt.Sprintf("The mean path goes from %s of %s and %s of %s to %s and %s.",
			results.Human(mean.X[0], "share"), sides[0], results.Human(mean.Y[0], "share"), sides[1],
			results.Human(mean.X[len(mean.X)-1], "share"), results.Human(mean.Y[len(mean.Y)-1], "share"))
		if line, has := frontier[platform]; has {
			line.Style = "frontier"
			c.Lines = append(c.Lines, line)
		}
		list = append(list, c)
	}
	return list
}
