package main

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/guptarohit/asciigraph"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim/study"
)

// The size of a chart: with its axis and the labels on it, it fits into a page.
const (
	chartWidth  = 64
	chartHeight = 12 // at most
)

// dots draw the ends of a band.
const dots = "·"

// strokes draw the platforms' lines, the first as a line proper.
var strokes = [models.MaxPlatforms]string{"─", "•", "+", "x", "o", "*", "#", "="}

// shades are the platforms' colours, which differ in brightness too.
var shades = [models.MaxPlatforms]asciigraph.AnsiColor{
	asciigraph.Blue, asciigraph.Orange, asciigraph.Green, asciigraph.Fuchsia,
	asciigraph.Aqua, asciigraph.Yellow, asciigraph.Red, asciigraph.Gray,
}

// chart draws the growth of all platforms on one side: a line of means for each, between
// the dots of its band.
func chart(page *bytes.Buffer, lines []study.Growth, horizon models.Horizon, band [2]float64, colour bool) {
	var bands, means [][]float64
	var bandColours, meanColours []asciigraph.AnsiColor
	var bandStrokes, meanStrokes []asciigraph.CharSet
	var legend legend
	top := 1.0
	for k, line := range lines {
		var mean, lo, hi []float64
		for _, b := range line.Bands {
			mean, lo, hi = append(mean, b.Mean), append(lo, b.Lo), append(hi, b.Hi)
			top = math.Max(top, math.Max(b.Mean, b.Hi))
		}
		bands, means = append(bands, lo, hi), append(means, mean)
		shade, stroke := shades[k], asciigraph.CreateCharSet(strokes[k])
		if k == 0 {
			stroke = asciigraph.DefaultCharSet
		}
		bandColours, meanColours = append(bandColours, shade, shade), append(meanColours, shade)
		bandStrokes = append(bandStrokes, asciigraph.CreateCharSet(dots), asciigraph.CreateCharSet(dots))
		meanStrokes = append(meanStrokes, stroke)
		legend.add(strokes[k]+strokes[k]+" "+line.Platform, shade, colour)
	}
	step := stepOf(top)
	height := int(math.Ceil(top / step))
	options := []asciigraph.Option{
		asciigraph.Width(chartWidth), asciigraph.Height(height),
		asciigraph.LowerBound(0), asciigraph.UpperBound(step * float64(height)),
		asciigraph.SeriesChars(append(bandStrokes, meanStrokes...)...),
		asciigraph.YAxisValueFormatter(func(v float64) string { return results.Human(step*math.Round(v/step), "participants") }),
		asciigraph.XAxisRange(0, float64(horizon.Periods)),
		asciigraph.XAxisValueFormatter(func(v float64) string { return results.Human(math.Round(v), "periods") }),
		asciigraph.Caption(horizon.Unit),
	}
	if colour {
		options = append(options, asciigraph.SeriesColors(append(bandColours, meanColours...)...))
	}
	fmt.Fprintf(page, "%s: participants by %s\n", lines[0].Side, horizon.Unit)
	legend.add(dots+dots+" "+levels(band), asciigraph.Default, false)
	page.WriteString(legend.String() + "\n")
	page.WriteString(asciigraph.PlotMany(append(bands, means...), options...))
	page.WriteString("\n\n")
}

// stepOf is a round distance between the labels of an axis that goes up to a value: the
// smallest that needs no more labels than a chart has lines.
func stepOf(top float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(top/chartHeight)))
	for _, step := range []float64{1, 2, 2.5, 5} {
		if top <= step*power*chartHeight {
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
	width := len(apart) + utf8.RuneCountInString(text)
	if l.column+width > pageWidth {
		l.WriteString("\n")
		l.column = 0
	}
	l.column += width
	if colour {
		text = shade.String() + text + asciigraph.Default.String()
	}
	l.WriteString(apart + text)
}
