package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"flywheel/scenarios"
	"flywheel/sim/study"
)

// observed are the series of a data file.
type observed struct {
	file    string
	digest  string // SHA-256 of the file
	list    []study.Observation
	series  []string // what each is called: a metric with names
	dates   []string // of each observation, as the file writes it; empty where it counts periods
	skipped []string // columns that hold no series
}

// measuring is what a run has to say of the observations.
func (o *observed) measuring() measuring {
	return measuring{quantities: study.Quantities(o.list), judge: func(values []float64) []float64 { return study.Foreseen(values, o.list) }}
}

// The columns of a data file: one says when, and either metric and value say what in every
// row, beside the names of whom it is about, or each further column is a series and its head a metric.
var (
	whenColumns  = []string{"period", "date", "month", "year"}
	scopeColumns = []string{"platform", "side", "segment", "region"}
	noteColumns  = []string{"note", "notes", "source", "comment"}
)

const wideOrLong = `write a column period or date, and columns metric and value, or a column for each series headed by its metric, such as "participants(A, consumers)"`

// dataOf is the content of a data file: at a path, or by its name in the library.
func dataOf(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if shelved, _, unknown := scenarios.Data(path); unknown == nil {
			return shelved, nil
		}
		return nil, wrong("--data: there is no file %q", path)
	}
	if err != nil {
		return nil, fmt.Errorf("--data: cannot read the file: %w", err)
	}
	return text, nil
}

// sheetOf reads comma-separated values: their heads, then the rows with their lines. The path is
// what they are quoted by.
func sheetOf(path string, text []byte) (heads []string, rows [][]string, lines []int, digest string, err error) {
	sum := sha256.Sum256(text)
	in := csv.NewReader(bytes.NewReader(text))
	in.TrimLeadingSpace, in.Comment, in.FieldsPerRecord = true, '#', -1
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, nil, "", failure{exitFaulty, fmt.Errorf("%s: is no table of comma-separated values: %w", path, err)}
		}
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		if heads == nil {
			if heads = row; len(heads) > 0 {
				heads[0] = strings.TrimPrefix(heads[0], "\ufeff")
			}
			continue
		}
		line, _ := in.FieldPos(0)
		rows, lines = append(rows, row), append(lines, line)
	}
	if len(rows) == 0 {
		return nil, nil, nil, "", failure{exitFaulty, fmt.Errorf("%s: holds no values; %s", path, wideOrLong)}
	}
	return heads, rows, lines, hex.EncodeToString(sum[:]), nil
}

// reader turns rows into observations.
type reader struct {
	s      *scenarios.Scenario
	out    *observed
	faults []error
}

func (r *reader) fault(line int, format string, args ...any) {
	r.faults = append(r.faults, fmt.Errorf("%s:%d: %w", r.out.file, line, fmt.Errorf(format, args...)))
}

// observations reads the series of a data file, in the words of a scenario.
func observations(s *scenarios.Scenario, path string, text []byte) (*observed, error) {
	heads, rows, lines, digest, err := sheetOf(path, text)
	if err != nil {
		return nil, err
	}
	r := &reader{s: s, out: &observed{file: path, digest: digest}}
	when := slices.IndexFunc(heads, func(h string) bool { return slices.Contains(whenColumns, h) })
	if when < 0 {
		return nil, failure{exitFaulty, fmt.Errorf("%s:1: no column says when; %s", path, wideOrLong)}
	}
	for i, row := range rows {
		if len(row) != len(heads) {
			r.fault(lines[i], "has %d values in %d columns", len(row), len(heads))
		}
	}
	if len(r.faults) == 0 {
		if slices.Contains(heads, "metric") && slices.Contains(heads, "value") {
			r.long(heads, rows, lines, when)
		} else {
			r.wide(heads, rows, lines, when)
		}
	}
	if len(r.faults) == 0 && len(r.out.list) == 0 {
		r.faults = append(r.faults, fmt.Errorf("%s: holds no values; %s", path, wideOrLong))
	}
	if len(r.faults) > 0 {
		return nil, failure{exitFaulty, errors.Join(r.faults...)}
	}
	return r.out, nil
}

// long reads rows that each say what they measure.
func (r *reader) long(heads []string, rows [][]string, lines []int, when int) {
	cell := func(row []string, head string) string {
		if i := slices.Index(heads, head); i >= 0 {
			return row[i]
		}
		return ""
	}
	known := slices.Concat(whenColumns, scopeColumns, noteColumns, []string{"metric", "value", "over"})
	for _, head := range heads {
		if !slices.Contains(known, head) {
			r.fault(1, "no column is called %q; %s", head, meant(head, known, "use "+strings.Join(known, ", ")))
		}
	}
	for i, row := range rows {
		var names []string
		for _, column := range scopeColumns {
			if name := cell(row, column); name != "" && name != "*" {
				names = append(names, column+"="+name)
			}
		}
		metric := cell(row, "metric")
		if !strings.Contains(metric, "(") {
			metric += "(" + strings.Join(names, ", ") + ")"
		}
		r.add(lines[i], row[when], metric, cell(row, "value"), cell(row, "over"))
	}
}

// wide reads columns that are each a series.
func (r *reader) wide(heads []string, rows [][]string, lines []int, when int) {
	over := slices.Index(heads, "over")
	for c, head := range heads {
		if c == when || c == over {
			continue
		}
		if slices.Contains(noteColumns, head) {
			r.out.skipped = append(r.out.skipped, head)
			continue
		}
		if _, err := r.s.Quantity(head); err != nil {
			r.fault(1, "column %d: %w", c+1, err)
			continue
		}
		for i, row := range rows {
			each := ""
			if over >= 0 {
				each = row[over]
			}
			if row[c] != "" {
				r.add(lines[i], row[when], head, row[c], each)
			}
		}
	}
}

// add notes one observation, or what is wrong with it.
func (r *reader) add(line int, when, metric, value, over string) {
	q, err := r.s.Quantity(metric)
	if err != nil {
		r.fault(line, "%w", err)
		return
	}
	period, err := periodOf(r.s, when)
	if err != nil {
		r.fault(line, "%w", err)
		return
	}
	o := study.Observation{Quantity: q, Train: true}
	if last := r.s.Model.Horizon.Periods; period < 0 || period > last {
		r.fault(line, "%s is period %d, and the horizon has 0 to %d; give --set horizon.periods=%d or more", when, period, last, period)
		return
	}
	o.Quantity.Period = period
	if o.Value, err = strconv.ParseFloat(value, 64); err != nil || math.IsNaN(o.Value) || math.IsInf(o.Value, 0) {
		r.fault(line, "%q is not a number", value)
		return
	}
	if over != "" {
		if o.Over, err = strconv.Atoi(over); err != nil || o.Over < 1 || o.Over > period {
			r.fault(line, "over: %q is no number of periods from 1 to %d that the value adds up", over, period)
			return
		}
	}
	name := q
	name.Period = 0
	label := labelOf(name)
	if o.Series = slices.Index(r.out.series, label); o.Series < 0 {
		o.Series = len(r.out.series)
		r.out.series = append(r.out.series, label)
	}
	for _, other := range r.out.list {
		if other.Series == o.Series && other.Quantity.Period == period {
			r.fault(line, "%s has a second value for period %d", label, period)
			return
		}
	}
	date := ""
	if strings.Contains(when, "-") || len(when) == 4 && r.s.Start != "" {
		date = when
	}
	r.out.list, r.out.dates = append(r.out.list, o), append(r.out.dates, date)
}

// periodOf reads when something was observed: a date, or a number of periods. Four digits are
// a year where the scenario knows its dates.
func periodOf(s *scenarios.Scenario, when string) (int, error) {
	if n, err := strconv.Atoi(when); err == nil && n >= 0 && (s == nil || s.Start == "" || len(when) != 4) {
		return n, nil
	}
	if s == nil || !strings.Contains(when, "-") && len(when) != 4 {
		return 0, fmt.Errorf("%q is neither a period nor a date; write a number, or a date such as 2014-01-10", when)
	}
	return s.PeriodOf(when)
}

// labelOf is a quantity in the words of expectations, without its period.
func labelOf(q study.Quantity) string {
	var names []string
	for i, name := range []string{q.Platform, q.Side, q.Segment, q.Region} {
		if name != "*" {
			names = append(names, scopeColumns[i]+"="+name)
		}
	}
	if q.Segment != "*" { // it brings its side and region along
		names = slices.DeleteFunc(names, func(n string) bool { return strings.HasPrefix(n, "side=") || strings.HasPrefix(n, "region=") })
	}
	for i := range names {
		_, names[i], _ = strings.Cut(names[i], "=")
	}
	if len(names) == 0 {
		return q.Metric + "(*)"
	}
	return q.Metric + "(" + strings.Join(names, ", ") + ")"
}

// window is a stretch of time, FROM:TO, both ends included and each open when empty.
type window struct{ from, to int }

// windowOf reads a stretch of time from a flag; without one it is all.
func windowOf(s *scenarios.Scenario, flag, text string) (window, error) {
	w := window{0, math.MaxInt}
	if text == "" {
		return w, nil
	}
	from, to, found := strings.Cut(text, ":")
	if !found {
		return w, wrong("--%s: %q is no stretch of time; write FROM:TO in periods or dates, such as 1:40 or 2014-01:2014-06", flag, text)
	}
	for _, end := range []struct {
		text string
		at   *int
	}{{from, &w.from}, {to, &w.to}} {
		if end.text == "" {
			continue
		}
		period, err := periodOf(s, end.text)
		if err != nil {
			return w, wrong("--%s: %w", flag, err)
		}
		*end.at = period
	}
	if w.from > w.to {
		return w, wrong("--%s: %q ends before it begins", flag, text)
	}
	return w, nil
}

func (w window) holds(period int) bool { return period >= w.from && period <= w.to }

// numbersOf reads a period and a value.
func numbersOf(when, value string) (int, float64, error) {
	t, err := strconv.Atoi(when)
	if err != nil || t < 0 {
		return 0, 0, fmt.Errorf("%q is no period; write a whole number", when)
	}
	x, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, 0, fmt.Errorf("%q is not a number", value)
	}
	return t, x, nil
}
