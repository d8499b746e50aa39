package main

import (
	"bytes"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"flywheel/results"
	"flywheel/sim/study"
)

// page is the fit for people.
func (d *fitted) page(page *bytes.Buffer) error {
	s := d.q.scenario.Settings
	text := fmt.Sprintf("%s: fitted to %s, seed %d. Likelihood: Gaussian, %s errors of one size for each series. Searched with the %s engine, %d evaluations",
		d.q.scenario.Name, filepath.Base(d.observed.file), s.Seed, d.ask.errors, d.ask.searched, d.found.Evaluations)
	if d.ask.luckyWith != "" {
		text += fmt.Sprintf("; luck from %d runs of the %s engine", luckyRuns, d.ask.luckyWith)
	}
	page.WriteString(fold(text, pageWidth) + "\n")
	page.WriteString(fold("Fitted to "+d.stretch(true)+"; "+predicted(d.stretch(false))+".", pageWidth) + "\n\n")
	if err := parameterTable(page, d.found.Parameters); err != nil {
		return err
	}
	for _, fitted := range []bool{false, true} {
		if err := scoreTable(page, d.scores, d.observed.series, fitted); err != nil {
			return err
		}
	}
	page.WriteString("\n")
	d.q.foot(page, d.warnings, d.files)
	return nil
}

// parameterTable prints what was fitted and how well it is known.
func parameterTable(page *bytes.Buffer, parameters []study.Fitted) error {
	var rows [][]string
	for _, p := range parameters {
		identified := "yes"
		if !p.Identified {
			identified = "no"
		}
		rows = append(rows, []string{p.Path, results.Human(p.Value, "1"), span(p.Lo, p.Hi, "1"), identified})
	}
	return grid(page, 1, []string{"fitted number", "value", "90% interval", "identified"}, rows)
}

// scoreTable prints how far models lay off, over what they had seen or over what they had not.
func scoreTable(page *bytes.Buffer, scores []study.Score, series []string, fitted bool) error {
	var rows [][]string
	last := -1
	for _, s := range scores {
		if s.Fitted != fitted {
			continue
		}
		if s.Series != last {
			last = s.Series
			rows = append(rows, []string{fmt.Sprintf("%s, %s", series[s.Series], several(s.N, "value"))})
		}
		covered := "–"
		if !math.IsNaN(s.Coverage) {
			covered = results.Human(s.Coverage, "share")
		}
		rows = append(rows, []string{"  " + s.Model, results.Human(s.MAPE, "share"), results.Human(s.RMSE, "1"), covered})
	}
	if rows == nil {
		return nil
	}
	title := "\nPredicted: values that no model has seen\n"
	if fitted {
		title = "\nFitted: values that the models were fitted to\n"
	}
	page.WriteString(title)
	return grid(page, 1, []string{"model", "mean error", "rms error", "in its 90%"}, rows)
}

// fitReport is a fit as one JSON document.
type fitReport struct {
	heading
	Data       string           `json:"data"`
	Train      string           `json:"train"`
	Test       string           `json:"test"`
	Likelihood string           `json:"likelihood"`
	Parameters []parameterEntry `json:"parameters"`
	Together   []pairEntry      `json:"together"`
	Holdout    []scoreEntry     `json:"holdout"`
	Fitted     []scoreEntry     `json:"fitted"`
	Benchmarks []benchmarkEntry `json:"benchmarks"`
	Searched   string           `json:"searched_with"`
	Luck       string           `json:"luck_from"`
	Count      int              `json:"evaluations"`
	Files      []string         `json:"files"`
	Elapsed    float64          `json:"elapsed_s"`
}

type parameterEntry struct {
	Path       string   `json:"path"`
	Value      *float64 `json:"value"`
	Lo         *float64 `json:"lo"`
	Hi         *float64 `json:"hi"`
	Identified bool     `json:"identified"`
	Why        string   `json:"why,omitempty"`
}

type pairEntry struct {
	A           string   `json:"a"`
	B           string   `json:"b"`
	Correlation *float64 `json:"correlation"`
}

type scoreEntry struct {
	Series   string   `json:"series"`
	Model    string   `json:"model"`
	N        int      `json:"n"`
	MAPE     *float64 `json:"mape"`
	RMSE     *float64 `json:"rmse"`
	Coverage *float64 `json:"coverage"`
}

type benchmarkEntry struct {
	Series     string                `json:"series"`
	Model      string                `json:"model"`
	Parameters []benchmarkParameters `json:"parameters"`
	ResidualSE *float64              `json:"residual_se"`
}

type benchmarkParameters struct {
	Name  string   `json:"name"`
	Value *float64 `json:"value"`
	SE    *float64 `json:"se"`
}

func (d *fitted) document() fitReport {
	n := results.Nullable
	r := fitReport{
		heading: d.q.heading(d.warnings), Data: filepath.Base(d.observed.file), Train: d.stretch(true), Test: d.stretch(false),
		Likelihood: "Gaussian, " + d.ask.errors + " errors, one size for each series",
		Parameters: []parameterEntry{}, Together: []pairEntry{}, Benchmarks: []benchmarkEntry{},
		Searched: d.ask.searched, Luck: d.ask.luckyWith, Count: d.found.Evaluations, Files: listed(d.files), Elapsed: d.took.Seconds(),
	}
	for _, p := range d.found.Parameters {
		r.Parameters = append(r.Parameters, parameterEntry{p.Path, n(p.Value), n(p.Lo), n(p.Hi), p.Identified, p.Why})
	}
	for _, pair := range d.found.Together {
		r.Together = append(r.Together, pairEntry{pair.A, pair.B, n(pair.Correlation)})
	}
	r.Holdout, r.Fitted = scoreEntries(d.scores, d.observed.series)
	for s, name := range d.observed.series {
		for _, b := range d.fits[s] {
			r.Benchmarks = append(r.Benchmarks, entryOf(name, b))
		}
	}
	return r
}

func entryOf(series string, b study.Benchmark) benchmarkEntry {
	e := benchmarkEntry{Series: series, Model: b.Name, ResidualSE: results.Nullable(b.ResidualSE)}
	for _, p := range b.Parameters {
		e.Parameters = append(e.Parameters, benchmarkParameters{p.Name, results.Nullable(p.Value), results.Nullable(p.SE)})
	}
	return e
}

func scoreEntries(scores []study.Score, series []string) (holdout, fitted []scoreEntry) {
	holdout, fitted = []scoreEntry{}, []scoreEntry{}
	for _, s := range scores {
		e := scoreEntry{series[s.Series], s.Model, s.N, results.Nullable(s.MAPE), results.Nullable(s.RMSE), results.Nullable(s.Coverage)}
		if s.Fitted {
			fitted = append(fitted, e)
		} else {
			holdout = append(holdout, e)
		}
	}
	return holdout, fitted
}

// fitCurve fits a closed form to the one series of a data file.
func (p *program) fitCurve(f *fitting) error {
	data, err := dataOf(f.data)
	if err != nil {
		return err
	}
	heads, rows, lines, digest, err := sheetOf(f.data, data)
	if err != nil {
		return err
	}
	list, err := curveData(f, heads, rows, lines)
	if err != nil {
		return err
	}
	var t, y []float64
	for _, o := range list {
		if o.Train {
			t, y = append(t, float64(o.Quantity.Period)), append(y, o.Value)
		}
	}
	var c study.Curve
	if f.curve == study.CurveSBG {
		for i := range t {
			if t[i] != float64(i+1) {
				return failure{exitFaulty, fmt.Errorf("%s: sbg needs the share still there after renewals 1, 2, 3, ..., and renewal %d is missing", f.data, i+1)}
			}
		}
		c, err = study.FitSBG(y, f.customers, 0.9)
	} else {
		c, err = study.FitBass(t, y, 0.9)
	}
	if err != nil {
		return failure{exitFaulty, fmt.Errorf("%s: %w", f.data, err)}
	}
	rivals, _ := study.Benchmarked(list)
	own := study.Rival{Model: f.curve + " curve"}
	for _, o := range list {
		own.Forecasts = append(own.Forecasts, c.At(float64(o.Quantity.Period)))
	}
	rivals = slices.DeleteFunc(rivals, func(r study.Rival) bool { return r.Model == f.curve })
	scores := study.Scores(list, append([]study.Rival{own}, rivals...))
	var parameters []study.Fitted
	for _, each := range c.Parameters {
		const z = 1.6448536269514722 // the 95% quantile of the normal distribution
		parameters = append(parameters, study.Fitted{Path: each.Name, Value: each.Value, Lo: each.Value - z*each.SE, Hi: each.Value + z*each.SE,
			SE: each.SE, Identified: each.SE < math.Abs(each.Value)})
	}
	series := []string{f.curve}
	d := &fitted{ask: f, observed: &observed{file: f.data, digest: digest, list: list, series: series, dates: make([]string, len(list))},
		found: &study.Calibration{Parameters: parameters}, scores: scores, fits: map[int][]study.Benchmark{0: {c.Benchmark}}}
	var page bytes.Buffer
	if p.charts {
		d.charts(&page, "period", own.Forecasts, p.colourful())
	}
	text := fmt.Sprintf("%s: %s curve fitted to %s", filepath.Base(f.data), f.curve, d.stretch(true))
	if math.IsNaN(c.LogLikelihood) {
		text += ", least squares, residual standard error " + results.Human(c.ResidualSE, "1")
	} else {
		text += fmt.Sprintf(", maximum likelihood of %s customers, log likelihood %.5f", results.Human(f.customers, "1"), c.LogLikelihood)
	}
	page.WriteString(fold(text+"; "+predicted(d.stretch(false)), pageWidth) + "\n\n")
	if err := parameterTable(&page, parameters); err != nil {
		return err
	}
	for _, fitted := range []bool{false, true} {
		if err := scoreTable(&page, scores, series, fitted); err != nil {
			return err
		}
	}
	r := curveReport{Version: version, Digest: digest, Warnings: []results.Warning{}, Curve: f.curve, LogLikelihood: results.Nullable(c.LogLikelihood), ResidualSE: results.Nullable(c.ResidualSE)}
	for _, each := range parameters {
		n := results.Nullable
		r.Parameters = append(r.Parameters, parameterEntry{each.Path, n(each.Value), n(each.Lo), n(each.Hi), each.Identified, ""})
	}
	r.Holdout, r.Fitted = scoreEntries(scores, series)
	for i, o := range list {
		at := own.Forecasts[i]
		r.Forecasts = append(r.Forecasts, curveForecast{o.Quantity.Period, o.Value, study.Kind(o.Train), results.Nullable(at.Mean), results.Nullable(at.Lo), results.Nullable(at.Hi)})
	}
	return p.present(&page, r)
}

// curveReport is a fitted curve as one JSON document.
type curveReport struct {
	Scenario      string            `json:"scenario"`
	Digest        string            `json:"digest"`
	Version       string            `json:"version"`
	Warnings      []results.Warning `json:"warnings"`
	Curve         string            `json:"curve"`
	Parameters    []parameterEntry  `json:"parameters"`
	LogLikelihood *float64          `json:"log_likelihood"`
	ResidualSE    *float64          `json:"residual_se"`
	Holdout       []scoreEntry      `json:"holdout"`
	Fitted        []scoreEntry      `json:"fitted"`
	Forecasts     []curveForecast   `json:"forecasts"`
}

type curveForecast struct {
	Period   int      `json:"period"`
	Observed float64  `json:"observed"`
	Kind     string   `json:"kind"`
	Mean     *float64 `json:"mean"`
	Lo       *float64 `json:"lo"`
	Hi       *float64 `json:"hi"`
}

// curveData reads the one series of a data file, in periods.
func curveData(f *fitting, heads []string, rows [][]string, lines []int) ([]study.Observation, error) {
	var list []study.Observation
	when := slices.IndexFunc(heads, func(h string) bool { return h == "period" || h == "t" })
	value := slices.IndexFunc(heads, func(h string) bool {
		return h != "period" && h != "t" && !slices.Contains(noteColumns, h)
	})
	if when < 0 || value < 0 {
		return nil, failure{exitFaulty, fmt.Errorf("%s:1: --curve wants a column period and a column of values, not %s", f.data, strings.Join(heads, ", "))}
	}
	train, err := windowOf(nil, "train", f.train)
	if err != nil {
		return nil, err
	}
	test, err := windowOf(nil, "test", f.test)
	if err != nil {
		return nil, err
	}
	largest := 0.0
	for i, row := range rows {
		if len(row) != len(heads) {
			return nil, failure{exitFaulty, fmt.Errorf("%s:%d: has %d values in %d columns", f.data, lines[i], len(row), len(heads))}
		}
		t, x, err := numbersOf(row[when], row[value])
		if err != nil {
			return nil, failure{exitFaulty, fmt.Errorf("%s:%d: %w", f.data, lines[i], err)}
		}
		if largest = math.Max(largest, x); f.curve == study.CurveSBG && t == 0 {
			continue // everybody is there before the first renewal
		}
		in := train.holds(t) && (f.test == "" || !test.holds(t))
		list = append(list, study.Observation{Quantity: study.Quantity{Period: t}, Value: x, Train: in})
	}
	if f.curve == study.CurveSBG && largest > 1 { // percent
		for i := range list {
			list[i].Value /= 100
		}
	}
	return list, nil
}
