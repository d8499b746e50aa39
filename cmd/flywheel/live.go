package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/guptarohit/asciigraph"
	"golang.org/x/term"

	"flywheel/loadtest"
	"flywheel/results"
)

// live shows a load test while it runs, on the error stream: on a terminal a few lines that
// are drawn again in place every second, else one plain line every few seconds.
type live struct {
	name   string
	out    io.Writer
	size   func() (columns, lines int) // of the terminal; nil where lines are plain
	drawn  int                         // lines that are on the screen
	said   time.Duration               // when the last plain line was written
	recent []float64                   // p99 of the last seconds, in milliseconds
	median []float64                   // and their medians
}

// minute is how many seconds the small chart shows.
const minute = 60

// liveView is how this run is shown; nil when nobody looks.
func (p *program) liveView(j *loadJob) *live {
	if p.quiet {
		return nil
	}
	v := &live{name: j.name, out: p.err}
	if file, ok := p.err.(*os.File); ok && isTerminal(p.err) && p.env("TERM") != "dumb" {
		v.size = func() (int, int) {
			columns, lines, err := term.GetSize(int(file.Fd()))
			if err != nil {
				return pageWidth, 24 // what terminals have been since the VT100
			}
			return columns, lines
		}
	}
	return v
}

// show draws a second of the run.
func (v *live) show(s loadtest.Snapshot) {
	if v.recent, v.median = append(v.recent, s.Last.P99), append(v.median, s.Last.P50); len(v.recent) > minute {
		v.recent, v.median = v.recent[1:], v.median[1:]
	}
	if v.size == nil {
		if now := s.At.Round(time.Second); now-v.said >= between { // snapshots come a little before or after the full second
			v.said = now
			fmt.Fprintln(v.out, v.plain(s))
		}
		return
	}
	v.draw(v.block(s))
}

// clear takes the lines off the screen, so that the report stands in their place.
func (v *live) clear() {
	if v.drawn > 0 {
		v.draw(nil)
	}
}

// draw puts lines where the last ones were, in one write so that nothing flickers. Lines
// that the terminal would wrap or scroll away are cut, as the cursor could not return.
func (v *live) draw(lines []string) {
	columns, rows := v.size()
	if most := max(rows-1, 0); len(lines) > most {
		lines = lines[:most]
	}
	var b strings.Builder
	b.WriteString("\r")
	if v.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", v.drawn)
	}
	for _, line := range lines {
		b.WriteString(cut(line, columns-1) + "\x1b[K\n")
	}
	b.WriteString("\x1b[J")
	v.drawn = len(lines)
	io.WriteString(v.out, b.String()) // nobody is left to tell that the screen is gone
}

// block is the run as a few lines.
func (v *live) block(s loadtest.Snapshot) []string {
	row := func(name string, p loadtest.Percentiles) string {
		if p.Max == 0 {
			return fmt.Sprintf("  %-22s %9s %9s %9s %9s", name, "–", "–", "–", "–")
		}
		return fmt.Sprintf("  %-22s %9s %9s %9s %9s", name, milli(p.P50), milli(p.P90), milli(p.P99), milli(p.Max))
	}
	q := s.Requests
	lines := []string{
		v.name + " " + gauge(s) + " " + v.clock(s),
		fmt.Sprintf("  rate      %s/s asked, %s/s sent", results.Human(s.Asked, "1/s"), results.Human(s.Achieved, "1/s")),
		fmt.Sprintf("  workers   %s of %s busy", grouped(min(s.InFlight, int64(s.Workers))), grouped(int64(s.Workers))),
		fmt.Sprintf("  requests  %s due, %s waiting, %s in flight, %s ok, %s failed", grouped(q.Due), grouped(q.NotSent), grouped(s.InFlight), grouped(q.OK), grouped(q.Failed)),
		"  errors    " + kindsOf(s.Errors),
		fmt.Sprintf("  %-22s %9s %9s %9s %9s", "ms", "p50", "p90", "p99", "max"),
		row("latency, last second", s.Last),
		row("latency, so far", s.Latency),
		row("lateness, last second", s.LastLateness),
		"  p99 by second  " + spark(v.recent),
	}
	if columns, rows := v.size(); rows > len(lines)+viewHeight+2 && columns >= viewColumns && len(v.recent) > 1 {
		lines = append(lines[:len(lines)-1], v.chart()...)
	}
	return lines
}

// The chart of the last minute needs so much of the terminal.
const (
	viewHeight  = 6
	viewColumns = 76
)

// chart draws the median and the 99th percentile of each of the last seconds.
func (v *live) chart() []string {
	text := asciigraph.PlotMany([][]float64{v.recent, v.median}, asciigraph.Height(viewHeight), asciigraph.Precision(0), asciigraph.LowerBound(0),
		asciigraph.SeriesChars(asciigraph.DefaultCharSet, asciigraph.CreateCharSet("•")))
	return append([]string{"  p99 (line) and p50 (•) by second, ms"}, strings.Split(text, "\n")...)
}

// plain is the run as one line.
func (v *live) plain(s loadtest.Snapshot) string {
	line := fmt.Sprintf("%s: %s, %s/s of %s/s, ", v.name, v.clock(s), results.Human(s.Achieved, "1/s"), results.Human(s.Asked, "1/s"))
	if s.Last.Max == 0 {
		line += "no answer in the last second"
	} else {
		line += fmt.Sprintf("latency p50 %s p99 %s ms, lateness p99 %s ms", milli(s.Last.P50), milli(s.Last.P99), milli(s.LastLateness.P99))
	}
	line += fmt.Sprintf(", %s in flight", grouped(s.InFlight))
	if n := s.Requests.NotSent; n > 0 {
		line += fmt.Sprintf(", %s waiting", grouped(n))
	}
	if s.Requests.Failed > 0 {
		line += ", failed: " + kindsOf(s.Errors)
	}
	return line
}

// clock is where the run is in its curve.
func (v *live) clock(s loadtest.Snapshot) string {
	if s.At >= s.Length {
		return fmt.Sprintf("curve over, %s in the queue", grouped(s.Requests.NotSent))
	}
	return fmt.Sprintf("%v of %v", s.At.Round(time.Second), s.Length.Round(time.Second))
}

// gauge is a bar of the time that has passed.
func gauge(s loadtest.Snapshot) string {
	full := min(barWidth, int(barWidth*float64(s.At)/float64(s.Length)))
	return strings.Repeat("━", full) + strings.Repeat("─", barWidth-full)
}

// kindsOf lists failures by kind, the most frequent first.
func kindsOf(errors map[string]int64) string {
	if len(errors) == 0 {
		return "none"
	}
	var parts []string
	for _, kind := range slices.SortedFunc(maps.Keys(errors), byCount(errors)) {
		parts = append(parts, fmt.Sprintf("%s %s", grouped(errors[kind]), kind))
	}
	return strings.Join(parts, ", ")
}

// byCount orders kinds of failures: the most frequent first, then by name.
func byCount(errors map[string]int64) func(a, b string) int {
	return func(a, b string) int { return cmp.Or(cmp.Compare(errors[b], errors[a]), strings.Compare(a, b)) }
}

// spark is a row of small bars from nothing to the greatest value, which stands beside it.
func spark(values []float64) string {
	const bars = "▁▂▃▄▅▆▇█"
	steps := []rune(bars)
	top := slices.Max(values)
	if top == 0 {
		return ""
	}
	var b strings.Builder
	for _, v := range values {
		b.WriteRune(steps[min(len(steps)-1, int(v/top*float64(len(steps))))])
	}
	return b.String() + "  top " + milli(top) + " ms"
}
