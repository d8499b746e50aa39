package main

import (
	"bytes"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"flywheel/loadtest"
	"flywheel/loadtest/plan"
	"flywheel/results"
)

// loadDocument is a load test as one JSON document.
type loadDocument struct {
	Scenario string            `json:"scenario"`
	Digest   string            `json:"digest"`
	Version  string            `json:"version"`
	Warnings []results.Warning `json:"warnings"`
	Seed     uint64            `json:"seed"`
	Curve    loadCurve         `json:"curve"`
	loadtest.Report
	Baseline string              `json:"baseline"` // folder that --baseline names
	Compared []loadtest.Contrast `json:"compared"` // with the run there
	PeakRSS  *float64            `json:"peak_rss_bytes"`
	Files    []string            `json:"files"`
}

// loadCurve says what the flags made of the curve.
type loadCurve struct {
	File     string   `json:"file"`     // of --curve; empty when the curve is the plan's own
	Quantile *float64 `json:"quantile"` // of the forecast in that file
	Speed    float64  `json:"speed"`
	Scale    float64  `json:"scale"`
	Length   float64  `json:"length_s"`
}

// document is the load test for programs.
func (l *loaded) document() loadDocument {
	_, peak := machine()
	ask := l.job.ask
	return loadDocument{
		Scenario: l.job.name, Digest: l.job.digest, Version: version, Warnings: listed(l.warnings), Seed: ask.seed,
		Curve:    loadCurve{ask.curve, results.Nullable(l.job.quantile), ask.speed, ask.scale, l.report.Schedule.Length().Seconds()},
		Baseline: l.baseline, Compared: listed(l.compared),
		Report: l.report, PeakRSS: results.Nullable(peak), Files: listed(l.files),
	}
}

func (l *loaded) elapsed() time.Duration {
	return time.Duration(l.report.Elapsed * float64(time.Second))
}

// page is the load test for people. The verdicts come last, where the eye is when the
// program ends.
func (l *loaded) page(page *bytes.Buffer) error {
	r := l.report
	due := "request"
	if len(r.Steps) > len(r.Journeys) {
		due = "journey"
	}
	say(page, "%s: %s, %s due in %s", l.job.name, r.Target, several64(r.Schedule.Total(), due), duration(r.Schedule.Length()))
	say(page, "started %s", r.Started.UTC().Format("2006-01-02 15:04:05 UTC"))
	if l.job.ask.curve != "" {
		say(page, "%s", l.job.origin())
	}
	page.WriteString("\n")
	if err := l.counts(page); err != nil {
		return err
	}
	if err := l.workers(page); err != nil {
		return err
	}
	for _, j := range r.Journeys {
		if len(r.Steps) > len(r.Journeys) {
			took := ""
			if j.Completed > 0 {
				took = fmt.Sprintf("; p50 %s, p99 %s ms from the first due to the last done", milli(j.Duration.P50), milli(j.Duration.P99))
			}
			say(page, "journey %s: %s started, %s completed, %s failed, %s under way at the end%s", j.Name, grouped(j.Started), grouped(j.Completed), grouped(j.Failed), grouped(j.Unfinished), took)
		}
	}
	say(page, "\nrate: %s/s asked on average, %s/s achieved; lateness p50 %s, p99 %s, max %s ms\n", results.Human(r.Rate.Asked, "1/s"), results.Human(r.Rate.Achieved, "1/s"),
		milli(r.Lateness.P50), milli(r.Lateness.P99), milli(r.Lateness.Max))
	if err := l.times(page); err != nil {
		return err
	}
	if err := l.failures(page); err != nil {
		return err
	}
	if err := l.thresholds(page); err != nil {
		return err
	}
	if err := l.contrasts(page); err != nil {
		return err
	}
	say(page, "\nbottleneck: %s", r.Bottleneck)
	for _, line := range r.Evidence {
		text := strings.ReplaceAll(fold(line, pageWidth-4), "\n", "\n    ")
		page.WriteString("  - " + text + "\n")
	}
	page.WriteString("\n")
	for _, w := range l.warnings {
		say(page, "warning: %s", w.Text)
	}
	l.whereabouts(page)
	return nil
}

// counts prints the requests of every step.
func (l *loaded) counts(page *bytes.Buffer) error {
	r := l.report
	row := func(name string, q loadtest.Requests) []string {
		return []string{name, grouped(q.Due), grouped(q.Sent), grouped(q.NotSent), grouped(q.OK), grouped(q.Failed)}
	}
	var rows [][]string
	for _, s := range r.Steps {
		rows = append(rows, row(s.Name, s.Requests))
	}
	if len(rows) > 1 {
		rows = append(rows, row("together", r.Requests))
	}
	return grid(page, 1, []string{"requests", "due", "sent", "not sent", "ok", "failed"}, rows)
}

// times prints both clocks of every step, one above the other.
func (l *loaded) times(page *bytes.Buffer) error {
	r := l.report
	var rows [][]string
	add := func(name string, sent int64, latency, service loadtest.Percentiles) {
		for _, clock := range []struct {
			name string
			loadtest.Percentiles
		}{{"from due", latency}, {"from sent", service}} {
			row := []string{name, clock.name}
			name = ""
			for _, v := range []float64{clock.P50, clock.P90, clock.P95, clock.P99, clock.P999, clock.Max, clock.Mean} {
				if sent == 0 {
					row = append(row, "–")
				} else {
					row = append(row, milli(v))
				}
			}
			rows = append(rows, row)
		}
	}
	for _, s := range r.Steps {
		add(s.Name, s.Requests.Sent, s.Latency, s.Service)
	}
	if len(r.Steps) > 1 {
		add("together", r.Requests.Sent, r.Latency, r.Service)
	}
	return grid(page, 2, []string{"latency, ms", "", "p50", "p90", "p95", "p99", "p99.9", "max", "mean"}, rows)
}

// failures prints what failed, by kind, the most frequent first.
func (l *loaded) failures(page *bytes.Buffer) error {
	r := l.report
	if len(r.Errors) == 0 {
		return nil
	}
	var rows [][]string
	for _, kind := range slices.SortedFunc(maps.Keys(r.Errors), byCount(r.Errors)) {
		n, by := r.Errors[kind], map[string]int64{}
		for _, s := range r.Steps {
			if s.Errors[kind] > 0 {
				by[s.Name] = s.Errors[kind]
			}
		}
		row := []string{kind, fold(kindsOf(by), 40), grouped(n), results.Human(float64(n)/float64(r.Requests.Sent), "share")}
		if len(r.Steps) == 1 {
			row = slices.Delete(row, 1, 2)
		}
		rows = append(rows, row)
	}
	header := []string{"failures", "by step", "requests", "of sent"}
	if len(r.Steps) == 1 {
		header = slices.Delete(header, 1, 2)
	}
	page.WriteString("\n")
	return grid(page, len(header)-2, header, rows)
}

// thresholds prints the verdicts.
func (l *loaded) thresholds(page *bytes.Buffer) error {
	r := l.report
	var rows [][]string
	for _, j := range r.Thresholds {
		got, verdict := "nothing ended", "broken"
		if j.Value != nil {
			got = withUnit(*j.Value, j.Unit)
		}
		if j.Holds {
			verdict = "holds"
		}
		if w := j.Windows; w != nil && w.Broken > 0 {
			verdict = fmt.Sprintf("broken in %d of %d", w.Broken, w.Judged)
			got += fmt.Sprintf(" at %gs", w.Worst)
		}
		rows = append(rows, []string{j.Expression, verdict, got})
	}
	if r.Stopped == loadtest.ByAbort {
		rows = append(rows, []string{"abort: " + r.Abort, "aborted", ""})
	}
	if len(rows) == 0 {
		return nil
	}
	page.WriteString("\n")
	return grid(page, 2, []string{"threshold", "verdict", "value"}, rows)
}

// whereabouts says where the tables are.
func (l *loaded) whereabouts(page *bytes.Buffer) {
	if l.kept != "" {
		say(page, "%s keeps the earlier run of this plan, which went on for longer; --out keeps both", l.kept)
		return
	}
	if len(l.files) == 0 {
		return
	}
	say(page, "%s", wrote(l.files, l.replaced))
}

// wrote says which files are where.
func wrote(paths []string, replaced bool) string {
	var names []string
	for _, path := range paths {
		names = append(names, filepath.Base(path))
	}
	place := filepath.Dir(paths[0]) + string(filepath.Separator)
	if replaced {
		place += " in place of an earlier run (--out keeps both)"
	}
	return fmt.Sprintf("wrote %s: %s", place, strings.Join(names, ", "))
}

// withUnit is the value of a threshold as people read it.
func withUnit(v float64, unit plan.Unit) string {
	switch unit {
	case plan.Milliseconds:
		return milli(v) + " ms"
	case plan.ShareOf:
		return results.Human(v, "share")
	case plan.PerSecondOf:
		return results.Human(v, "1/s") + "/s"
	}
	return grouped(int64(v))
}

// milli is a time in milliseconds as people read it: to three digits below a second, else
// to the millisecond.
func milli(v float64) string {
	switch {
	case v < 9.995:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case v < 99.95:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return grouped(int64(v + 0.5))
}

// grouped is a whole number that is not negative, in groups of three digits.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// several64 counts things in words, with every digit.
func several64(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return grouped(n) + " " + thing + "s"
}
