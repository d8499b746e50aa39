package main

import (
	"bytes"
	"fmt"

	"flywheel/models"
	"flywheel/results/report"
	"flywheel/sim/study"
)

// chart draws the growth of all platforms on one side: a line of means for each, between
// the dots of its band.
func chart(page *bytes.Buffer, growth []study.Growth, horizon models.Horizon, band [2]float64, colour bool) {
	var lines []report.Line
	for _, g := range growth {
		line := report.Line{Name: g.Platform}
		for period, b := range g.Bands {
			line.X, line.Y = append(line.X, float64(period)), append(line.Y, b.Mean)
			line.Lo, line.Hi = append(line.Lo, b.Lo), append(line.Hi, b.Hi)
		}
		lines = append(lines, line)
	}
	plot{title: fmt.Sprintf("%s: participants by %s", growth[0].Side, horizon.Unit), x: horizon.Unit,
		unit: "participants", band: levels(band), lines: lines}.draw(page, colour)
}
