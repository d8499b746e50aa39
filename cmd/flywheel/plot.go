package main

import (
	"bytes"
	"math"
	"slices"
	"strings"

	"github.com/guptarohit/asciigraph"

	"flywheel/models"
	"flywheel/results"
	"flywheel/results/report"
)

// The size of a chart: with its axis and the labels on it, it fits into a page.
const (
	chartWidth  = 64
	chartHeight = 12 // at most
)

// dots draw the ends of a band.
const dots = "·"

// strokes draw the lines of a chart, the first as a line proper.
var strokes = [models.MaxPlatforms]string{"─", "•", "+", "x", "o", "*", "#", "="}

// shades are the lines' colours, which differ in brightness too.
var shades = [models.MaxPlatforms]asciigraph.AnsiColor{
	asciigraph.Blue, asciigraph.Orange, asciigraph.Green, asciigraph.Fuchsia,
	asciigraph.Aqua, asciigraph.Yellow, asciigraph.Red, asciigraph.Gray,
}

// plot is a chart of lines in a terminal, each between the dots of its band where it has one.
type plot struct {
	title string                 // stands above
	x     string                 // what the horizontal axis counts
	place func(x float64) string // writes a place on it; nil writes the number
	unit  results.Unit
	band  string // what the dots are; empty for none
	lines []report.Line
}

// draw draws the plot with its title and a legend.
func (p plot) draw(page *bytes.Buffer, colour bool) {
	lines := even(p.lines)
	bottom, top := 0.0, 0.0
	for _, l := range lines {
		for _, v := range slices.Concat(l.Y, l.Lo, l.Hi) {
			if !math.IsNaN(v) {
				bottom, top = math.Min(bottom, v), math.Max(top, v)
			}
		}
	}
	if top == bottom || p.unit == "participants" {
		top = math.Max(1, top)
	}
	var bands, means [][]float64
	var bandColours, meanColours []asciigraph.AnsiColor
	var bandStrokes, meanStrokes []asciigraph.CharSet
	var legend legend
	for k, l := range lines {
		k %= len(strokes)
		shade, stroke := shades[k], asciigraph.CreateCharSet(strokes[k])
		if k == 0 {
			stroke = asciigraph.DefaultCharSet
		}
		for _, end := range [][]float64{l.Lo, l.Hi} {
			if end != nil {
				bands, bandColours = append(bands, end), append(bandColours, shade)
				bandStrokes = append(bandStrokes, asciigraph.CreateCharSet(dots))
			}
		}
		means = append(means, l.Y)
		meanColours, meanStrokes = append(meanColours, shade), append(meanStrokes, stroke)
		legend.add(strokes[k]+strokes[k]+" "+l.Name, shade, colour)
	}
	step := stepOf(top - bottom)
	above, below := math.Ceil(top/step-1e-9), math.Ceil(-bottom/step-1e-9)
	options := []asciigraph.Option{
		asciigraph.Width(chartWidth), asciigraph.Height(int(above + below)),
		asciigraph.LowerBound(-step * below), asciigraph.UpperBound(step * above),
		asciigraph.SeriesChars(append(bandStrokes, meanStrokes...)...),
		asciigraph.YAxisValueFormatter(func(v float64) string { return results.Human(step*math.Round(v/step), p.unit) }),
		asciigraph.Caption(p.x),
	}
	if from, to := ends(p.lines); to > from {
		options = append(options, asciigraph.XAxisRange(from, to), asciigraph.XAxisValueFormatter(func(v float64) string {
			if p.place != nil {
				return p.place(v)
			}
			if to-from >= 8 { // the axis has five labels
				v = math.Round(v)
			}
			return results.Human(v, "1")
		}))
	}
	if colour {
		options = append(options, asciigraph.SeriesColors(append(bandColours, meanColours...)...))
	}
	page.WriteString(fold(p.title, pageWidth) + "\n")
	if p.band != "" {
		legend.add(dots+dots+" "+p.band, asciigraph.Default, false)
	}
	page.WriteString(legend.String() + "\n")
	page.WriteString(trimmed(asciigraph.PlotMany(append(bands, means...), options...)))
	page.WriteString("\n\n")
}

// trimmed is a text without blanks at the ends of its lines.
func trimmed(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

// ends are the first and the last place of all lines.
func ends(lines []report.Line) (from, to float64) {
	from, to = math.Inf(1), math.Inf(-1)
	for _, l := range lines {
		for _, x := range l.X {
			from, to = math.Min(from, x), math.Max(to, x)
		}
	}
	return from, to
}

// even is the lines at places that are equally far apart, on the straight line between their
// neighbours, as the chart wants them; where they already are, they stay as they are.
func even(lines []report.Line) []report.Line {
	from, to := ends(lines)
	if !slices.ContainsFunc(lines, func(l report.Line) bool {
		n := len(l.X)
		if n < 2 || l.X[0] != from || l.X[n-1] != to || n != len(lines[0].X) {
			return true
		}
		for i, x := range l.X {
			if math.Abs(x-from-(to-from)*float64(i)/float64(n-1)) > 1e-6*(to-from) {
				return true
			}
		}
		return false
	}) {
		return lines
	}
	list := make([]report.Line, len(lines))
	for k, l := range lines {
		list[k] = report.Line{Name: l.Name}
		for i := range chartWidth + 1 {
			x := from + (to-from)*float64(i)/chartWidth
			list[k].X = append(list[k].X, x)
			list[k].Y = append(list[k].Y, straight(l.X, l.Y, x))
			if l.Lo != nil {
				list[k].Lo = append(list[k].Lo, straight(l.X, l.Lo, x))
			}
			if l.Hi != nil {
				list[k].Hi = append(list[k].Hi, straight(l.X, l.Hi, x))
			}
		}
	}
	return list
}

// straight is a line's height at a place, NaN beyond its ends. Its places ascend.
func straight(xs, ys []float64, x float64) float64 {
	for i, right := range xs {
		switch {
		case x == right:
			return ys[i]
		case x < right && i > 0:
			left := xs[i-1]
			return ys[i-1] + (ys[i]-ys[i-1])*(x-left)/(right-left)
		case x < right:
			return math.NaN()
		}
	}
	return math.NaN()
}

// stepOf is a round distance between the labels of an axis of a length: the smallest that needs
// no more labels than a chart has lines.
func stepOf(length float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(length/chartHeight)))
	for _, step := range []float64{1, 2, 2.5, 5} {
		if length <= step*power*chartHeight {
			return step * power
		}
	}
	return 10 * power
}

// legend says which stroke is what, in as many lines as it takes.
type legend struct {
	strings.Builder
	column int
}

func (l *legend) add(text string, shade asciigraph.AnsiColor, colour bool) {
	const apart = "   "
	text = cut(text, pageWidth-len(apart))
	width := len(apart) + breadth(text)
	if l.column > 0 && l.column+width > pageWidth {
		l.WriteString("\n")
		l.column = 0
	}
	l.column += width
	if colour {
		text = shade.String() + text + asciigraph.Default.String()
	}
	l.WriteString(apart + text)
}
