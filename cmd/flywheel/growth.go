package main

import (
	"bytes"
	"fmt"
	"math"
	"strings"

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
	var legend []string
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
		legend = append(legend, tint(strokes[k]+strokes[k]+" "+line.Platform, shade, colour))
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
	fmt.Fprintf(page, "  %s   %s %s\n", strings.Join(legend, "   "), dots+dots, levels(band))
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

// tint colours a text where colours are wanted.
func tint(text string, shade asciigraph.AnsiColor, colour bool) string {
	if !colour {
		return text
	}
	return shade.String() + text + asciigraph.Default.String()
}
