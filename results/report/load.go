package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"flywheel/results"
)

// Load is what a page says of a load test, of a search for a capacity or of a rehearsal, from
// the tables that they keep. A table that is nil is not told.
type Load struct {
	Provenance results.Provenance
	Command    string
	Target     string

	Summary    *results.Table // of the run
	Steps      *results.Table
	Seconds    *results.Table
	Errors     *results.Table
	Thresholds *results.Table
	Capacity   *results.Table // the measured curve of a search
	Found      *results.Table // the search in one row
	Curve      *results.Table // the forecast's request curve
	Shortfall  *results.Table // what a deployment that is too small costs
}

// loadPage is what the template reads.
type loadPage struct {
	Load
	Section
	StepRows  [][]string
	ErrorRows [][]string
	assets
}

// Write writes the page: one self-contained HTML document. Equal inputs give equal bytes. It
// returns the writer's error, or one that says that there is nothing to tell.
func (l Load) Write(w io.Writer) error {
	if l.Summary == nil && l.Found == nil {
		return fmt.Errorf("a report of %s needs a load test or a search that has ended", l.Provenance.Scenario)
	}
	p := loadPage{Load: l, Section: l.Section()}
	if l.Summary != nil && l.Summary.Rows() > 0 {
		p.Target = l.Summary.Texts("target")[0]
	} else if l.Found != nil && l.Found.Rows() > 0 {
		p.Target = l.Found.Texts("target")[0]
	}
	if t := l.Steps; t != nil {
		for r := range t.Rows() {
			row := []string{t.Texts("step")[r]}
			for _, c := range []string{"due", "ok", "failed", "not_sent"} {
				row = append(row, results.Human(float64(t.Integers(c)[r]), "requests"))
			}
			for _, c := range []string{"latency_p50", "latency_p90", "latency_p99", "latency_max"} {
				row = append(row, milli(t.Numbers(c)[r]))
			}
			p.StepRows = append(p.StepRows, row)
		}
	}
	if t := l.Errors; t != nil {
		for r := range t.Rows() {
			p.ErrorRows = append(p.ErrorRows, []string{t.Texts("step")[r], t.Texts("kind")[r], results.Human(float64(t.Integers("count")[r]), "requests")})
		}
	}
	var err error
	if p.assets, err = assetsOf(); err != nil {
		return err
	}
	t, err := templates("load.html")
	if err != nil {
		return err
	}
	return t.Execute(w, p)
}

// milli is milliseconds for people.
func milli(ms float64) string {
	if math.IsNaN(ms) {
		return "–"
	}
	if ms < 9999.5 {
		return results.Human(ms, "1")
	}
	text := strconv.FormatFloat(ms, 'f', 0, 64)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// answers are the sentences at the top.
func (l Load) answers() []string {
	var list []string
	if t := l.Thresholds; t != nil && t.Rows() > 0 {
		var broken []string
		for r, holds := range t.Texts("holds") {
			if holds != "yes" {
				broken = append(broken, t.Texts("expression")[r])
			}
		}
		switch {
		case len(broken) == 0 && l.Summary != nil && l.Summary.Rows() > 0 && l.Summary.Texts("stopped")[0] != "":
			list = append(list, "every threshold holds as far as the run came.")
		case len(broken) == 0:
			list = append(list, "the target passes: every threshold holds.")
		default:
			list = append(list, fmt.Sprintf("the target fails: %s %s broken.", strings.Join(broken, ", "), is(len(broken))))
		}
	}
	if t := l.Summary; t != nil && t.Rows() > 0 {
		due, failed, unsent := t.Integers("due")[0], t.Integers("failed")[0], t.Integers("not_sent")[0]
		text := fmt.Sprintf("of %s requests due, %s failed", results.Human(float64(due), "requests"), results.Human(float64(failed), "requests"))
		if unsent > 0 {
			text += fmt.Sprintf(" and %s were never sent", results.Human(float64(unsent), "requests"))
		}
		list = append(list, text+fmt.Sprintf("; half of them ended within %s ms of when they were due, 99 in a hundred within %s ms.", milli(t.Numbers("latency_p50")[0]), milli(t.Numbers("latency_p99")[0])))
		if why := t.Texts("stopped")[0]; why != "" {
			list = append(list, fmt.Sprintf("the run ended early: %s.", why))
		}
		switch t.Texts("bottleneck")[0] {
		case "target":
			list = append(list, "the target was the bottleneck.")
		case "generator":
			list = append(list, "the machine that pressed was the bottleneck, so the times say little about the target.")
		}
	}
	if t := l.Capacity; t != nil {
		lo, hi := edges(t)
		switch {
		case !math.IsNaN(lo) && !math.IsNaN(hi):
			list = append(list, fmt.Sprintf("its capacity lies between %s and %s journey starts per second.", results.Human(lo, "1/s"), results.Human(hi, "1/s")))
		case !math.IsNaN(lo):
			list = append(list, fmt.Sprintf("it passed %s journey starts per second; nothing higher was asked.", results.Human(lo, "1/s")))
		}
	}
	if t := l.Shortfall; t != nil && t.Rows() > 0 {
		unit := results.Unit(t.Texts("unit")[0])
		at := ""
		if l.Found == nil && l.Capacity == nil {
			at = "on no more than the peak's own rate, "
		}
		list = append(list, fmt.Sprintf("%s%s: %s (95%% interval %s to %s) against the same promotion with enough capacity.", at, t.Texts("what")[0],
			results.Human(t.Numbers("mean")[0], unit), results.Human(t.Numbers("lo")[0], unit), results.Human(t.Numbers("hi")[0], unit)))
	}
	return list
}

func is(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// edges are the highest rate that passed and the lowest that failed, as the measured curve marks them; NaN for none.
func edges(t *results.Table) (lo, hi float64) {
	lo, hi = math.NaN(), math.NaN()
	for r, edge := range t.Texts("edge") {
		switch edge {
		case "passes":
			lo = t.Numbers("rate")[r]
		case "fails":
			hi = t.Numbers("rate")[r]
		}
	}
	return lo, hi
}

// charts are rates and latencies over time, the forecast's curve, and the measured capacity.
func (l Load) charts() []Chart {
	var list []Chart
	if c := l.Curve; c != nil && c.Rows() > 1 {
		q := c.Numbers("quantile")[0]
		list = append(list, drawnLines("curve", fmt.Sprintf("The forecast's journey starts, quantile %v", q), "seconds after the opening", "per second", []Line{{Name: "starts", X: c.Numbers("t_s"), Y: rounded(c.Numbers("starts_per_s"))}}))
	}
	if s := l.Seconds; s != nil && s.Rows() > 1 {
		x, sums := bySecond(s, "asked", "sent", "ok", "failed")
		if len(x) > 1 {
			list = append(list, drawnLines("rates", "Requests per second", "second", "requests", []Line{
				{Name: "asked", X: x, Y: sums[0]}, {Name: "sent", X: x, Y: sums[1]}, {Name: "ok", X: x, Y: sums[2]}, {Name: "failed", X: x, Y: sums[3]}}))
			var worst []Line
			for _, p := range []string{"p50", "p90", "p99"} {
				worst = append(worst, Line{Name: p, X: x, Y: highest(s, x, "latency_"+p)})
			}
			list = append(list, drawnLines("latency", "Latency from when a request was due, of the slowest step", "second", "ms", worst))
		}
	}
	if c := l.Capacity; c != nil && c.Rows() > 1 {
		list = append(list, drawnLines("capacity", "p99 latency by rate, as probed", "starts per second", "ms", []Line{{Name: "p99", X: c.Numbers("rate"), Y: rounded(c.Numbers("latency_p99"))}}))
	}
	return list
}

// drawnLines is a chart of plain lines with its words.
func drawnLines(id, title, x, y string, lines []Line) Chart {
	c := Chart{Kind: KindLines, ID: id, Title: title, XLabel: x, YLabel: y, Lines: lines, Head: []string{x}}
	var ends []string
	for _, line := range lines {
		c.Head = append(c.Head, line.Name)
		top := slices.Max(line.Y)
		ends = append(ends, fmt.Sprintf("%s is at most %s", line.Name, results.Human(top, "1")))
	}
	c.Says = sentence(strings.Join(ends, "; ")) + "."
	c.Rows = c.table("1")
	return c
}

// bySecond adds columns up over the steps of each moment, in rates per second.
func bySecond(s *results.Table, columns ...string) (x []float64, sums [][]float64) {
	sums = make([][]float64, len(columns))
	for r := range s.Rows() {
		at, width := number(s, "t_s", r), math.Max(1, number(s, "width_s", r))
		if len(x) == 0 || x[len(x)-1] != at {
			x = append(x, at)
			for i := range sums {
				sums[i] = append(sums[i], 0)
			}
		}
		for i, c := range columns {
			v := number(s, c, r)
			if c != "asked" {
				v /= width
			}
			if !math.IsNaN(v) {
				sums[i][len(x)-1] += v
			}
		}
	}
	for i := range sums {
		sums[i] = rounded(sums[i])
	}
	return x, sums
}

// highest is a column's largest value over the steps of each moment; a moment without any is 0.
func highest(s *results.Table, x []float64, column string) []float64 {
	y := make([]float64, len(x))
	at := 0
	for r := range s.Rows() {
		for x[at] != number(s, "t_s", r) {
			at++
		}
		if v := number(s, column, r); v > y[at] {
			y[at] = short(v)
		}
	}
	return y
}

// number is a cell of a column of whole or other numbers; NaN where there is none.
func number(t *results.Table, column string, row int) float64 {
	i := t.Schema.Index(column)
	if i < 0 {
		return math.NaN()
	}
	if t.Schema[i].Kind == results.Integer {
		return float64(t.Data[i].Integer[row])
	}
	return t.Data[i].Number[row]
}

func rounded(values []float64) []float64 {
	list := make([]float64, len(values))
	for i, v := range values {
		list[i] = short(v)
	}
	return list
}
