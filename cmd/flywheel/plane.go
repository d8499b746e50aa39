package main

import (
	"bytes"
	"fmt"
	"math"
	"strings"

	"github.com/guptarohit/asciigraph"
	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"flywheel/results"
	"flywheel/results/report"
)

// The size of a plane in a terminal.
const (
	planeWide = 60
	planeTall = 20
)

// plane is a picture of points and paths in two quantities, both from 0 on.
type plane struct {
	cells      [planeTall + 1][planeWide + 1]rune
	wide, tall float64 // the largest of either
}

// newPlane is an empty plane for points up to these, with a little room above.
func newPlane(wide, tall float64) *plane {
	p := &plane{wide: wide, tall: tall}
	for y := range p.cells {
		for x := range p.cells[y] {
			p.cells[y][x] = ' '
		}
	}
	return p
}

// dot draws one point; what lies beyond the plane is not drawn.
func (p *plane) dot(x, y float64, stroke rune) {
	column, row := p.at(x, y)
	p.set(column, row, stroke)
}

// path draws straight lines from point to point.
func (p *plane) path(xs, ys []float64, stroke rune) {
	for i := 1; i < len(xs); i++ {
		fromX, fromY := p.at(xs[i-1], ys[i-1])
		toX, toY := p.at(xs[i], ys[i])
		steps := math.Ceil(math.Max(1, math.Max(math.Abs(toX-fromX), math.Abs(toY-fromY))))
		for n := 0.0; n <= steps; n++ {
			p.set(fromX+(toX-fromX)*n/steps, fromY+(toY-fromY)*n/steps, stroke)
		}
	}
}

func (p *plane) at(x, y float64) (column, row float64) {
	return x / p.wide * planeWide, planeTall - y/p.tall*planeTall
}

func (p *plane) set(column, row float64, stroke rune) {
	x, y := int(math.Round(column)), int(math.Round(row))
	if y >= 0 && y <= planeTall && x >= 0 && x <= planeWide {
		p.cells[y][x] = stroke
	}
}

// print prints the plane between its axes.
func (p *plane) print(page *bytes.Buffer, across, up results.Unit) {
	const label, between = 8, 5
	for y, row := range p.cells {
		mark, edge := "", "│"
		if y%between == 0 {
			mark, edge = results.Human(p.tall*float64(planeTall-y)/planeTall, up), "┤"
		}
		page.WriteString(strings.TrimRight(fmt.Sprintf("%*s %s%s", label, mark, edge, string(row[:])), " ") + "\n")
	}
	axis(page, label+1, planeWide, 5, func(part float64) string { return results.Human(part*p.wide, across) })
	page.WriteString("\n")
}

// axis draws a horizontal axis of so many columns after an indent; its labels begin at their
// place, and the last ends there.
func axis(page *bytes.Buffer, indent, width, labels int, label func(part float64) string) {
	line, text := []rune("└"+strings.Repeat("─", width+1)), ""
	for i := range labels {
		at := int(math.Round(float64(i) / float64(labels-1) * float64(width)))
		line[1+at] = '┬'
		word := label(float64(at) / float64(width))
		gap := 1 + at - twwidth.Width(text)
		if i == labels-1 {
			gap -= twwidth.Width(word) - 1
		}
		text += strings.Repeat(" ", max(1, gap)) + word
	}
	pad := strings.Repeat(" ", indent)
	page.WriteString(pad + string(line) + "\n" + pad + text + "\n")
}

// portrait draws paths through the plane of two shares: those of single runs below, then the
// frontier, and the mean above, with its start and its end.
func (k pen) portrait(c report.Chart) {
	var wide, tall float64 = 0.01, 0.01
	for _, l := range c.Lines {
		for i := range l.X {
			wide, tall = math.Max(wide, l.X[i]), math.Max(tall, l.Y[i])
		}
	}
	p := newPlane(math.Min(1, 1.05*wide), math.Min(1, 1.05*tall))
	strokes := map[string]rune{"path": '·', "frontier": '#', "mean": '•'}
	var legend legend
	legend.add("·· single runs", asciigraph.Default, false)
	for _, style := range []string{"path", "frontier", "mean"} {
		for _, l := range c.Lines {
			if l.Style != style {
				continue
			}
			if style != "path" {
				legend.add(strings.Repeat(string(strokes[style]), 2)+" "+l.Name, asciigraph.Default, false)
			}
			p.path(l.X, l.Y, strokes[style])
			if last := len(l.X) - 1; style == "mean" && last >= 0 {
				p.dot(l.X[0], l.Y[0], 'o')
				p.dot(l.X[last], l.Y[last], '@')
			}
		}
	}
	legend.add("from o to @", asciigraph.Default, false)
	k.page.WriteString(fold(fmt.Sprintf("%s: up %s, across %s", c.Title, c.YLabel, c.XLabel), pageWidth) + "\n" + legend.String() + "\n")
	p.print(k.page, "share", "share")
}
