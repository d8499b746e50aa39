package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"flywheel/loadtest"
	"flywheel/loadtest/rehearsal"
	"flywheel/results"
)

// rehearsalDocument is a rehearsal as one JSON document.
type rehearsalDocument struct {
	Scenario  string               `json:"scenario"`
	Variant   string               `json:"variant"` // base for the scenario itself
	Digest    string               `json:"digest"`
	Version   string               `json:"version"`
	Warnings  []results.Warning    `json:"warnings"`
	Target    string               `json:"target"`
	Peak      rehearsal.Peak       `json:"peak"`
	Verdict   rehearsalVerdict     `json:"verdict"`
	Capacity  *loadtest.Capacity   `json:"capacity"`
	Priced    *float64             `json:"priced_rps"`
	Shortfall []rehearsalShortfall `json:"cost_of_shortfall"`
	Smallest  float64              `json:"smallest_passing_rps"`
	Largest   *float64             `json:"largest_audience_share"`
	Limits    []string             `json:"limits"`
	Overlay   string               `json:"overlay_file"`
	Files     []string             `json:"files"`
}

// rehearsalVerdict is how the target bore the peak.
type rehearsalVerdict struct {
	Judged     bool                 `json:"judged"`
	Passed     bool                 `json:"passed"`
	Broken     []string             `json:"broken"`
	Thresholds []loadtest.Judgement `json:"thresholds"`
}

// rehearsalShortfall is what a shortfall costs in one quantity; below zero it saves.
type rehearsalShortfall struct {
	What     string       `json:"what"`
	Metric   string       `json:"metric"`
	Platform string       `json:"platform"`
	Side     string       `json:"side"`
	Period   int          `json:"period"`
	Unit     results.Unit `json:"unit"`
	Mean     *float64     `json:"mean"`
	Lo       *float64     `json:"lo"`
	Hi       *float64     `json:"hi"`
	Shown    bool         `json:"shown"`
	Pairs    int          `json:"pairs"`
}

func (r *rehearsed) document() rehearsalDocument {
	f := r.finding
	v := f.Report.Verdict()
	d := rehearsalDocument{
		Scenario: r.job.scenario.Name, Variant: r.job.plan.Variants[0].Name, Digest: r.job.digest, Version: version, Warnings: append([]results.Warning{}, r.warnings...), Target: r.load.plan.Target,
		Peak: f.Peak, Verdict: rehearsalVerdict{f.Judged(), f.Passed(), append([]string{}, v.Broken...), f.Report.Thresholds},
		Capacity: f.Capacity, Shortfall: []rehearsalShortfall{}, Smallest: f.Smallest, Limits: append([]string{}, f.Limits...), Overlay: r.overlay, Files: r.files,
	}
	if f.Passed() || f.Measured.Limited {
		d.Largest = &f.Largest
	}
	if f.Cost != nil {
		d.Priced = &f.Priced.Capacity
	}
	for _, s := range f.Cost {
		d.Shortfall = append(d.Shortfall, rehearsalShortfall{s.What, s.Metric, s.Platform, s.Side, s.Period, s.Unit,
			results.Nullable(s.Difference.Mean), results.Nullable(s.Difference.Lo), results.Nullable(s.Difference.Hi), s.Difference.Shown, s.Difference.Pairs})
	}
	return d
}

// page prints the rehearsal: the peak, the verdict, the capacity, and what falling short costs.
func (r *rehearsed) page(page *bytes.Buffer, keep *inquiry) error {
	f := r.finding
	rate := func(x float64) string { return results.Human(x, "1/s") + "/s" }
	e := r.model.Event
	say(page, "%s on %s", r.name(), r.load.plan.Target)
	say(page, "forecast: at most %s journey starts at the quantile %v of %s, %s after %s on day %d", rate(f.Peak.RPS), f.Peak.Quantile,
		several(r.job.plan.Settings.Replications, "replication"), duration(time.Duration(f.Peak.At*float64(time.Second))), clock(e.Hour), e.Period)
	q := f.Report.Requests
	say(page, "pressed: %d requests due, %d sent, %d failed; latency p50 %s, p99 %s, max %s ms\n", q.Due, q.Sent, q.Failed,
		milli(f.Report.Latency.P50), milli(f.Report.Latency.P99), milli(f.Report.Latency.Max))
	switch {
	case !f.Judged():
		say(page, "VERDICT: none. The press was interrupted.")
	case f.Passed():
		say(page, "VERDICT: passes. The deployment carries the forecast's peak.")
	default:
		say(page, "VERDICT: fails. Broken: %s", strings.Join(f.Report.Verdict().Broken, ", "))
	}
	if c := f.Capacity; c != nil && f.Measured.Limited {
		say(page, "\ncapacity: %s, between %s and %s", rate(f.Measured.Capacity), rate(f.Measured.Lo), rate(f.Measured.Hi))
		say(page, "smallest that passes the peak: %s; this one carries %s of the audience", rate(f.Smallest), results.Human(f.Largest, "share"))
	}
	if f.Cost != nil {
		title := "What the shortfall costs, against the same promotion with enough capacity"
		if f.Passed() {
			title = fmt.Sprintf("What it would cost to carry no more than this peak of %s, against the same promotion with enough capacity", rate(f.Priced.Capacity))
		}
		page.WriteString("\n" + fold(title, pageWidth) + "\n")
		var rows [][]string
		for _, s := range f.Cost {
			rows = append(rows, []string{s.What, results.Human(s.Difference.Mean, s.Unit), span(s.Difference.Lo, s.Difference.Hi, s.Unit), shownWord(s.Difference.Shown)})
		}
		if err := grid(page, 1, []string{"", "cost", "95% interval", ""}, rows); err != nil {
			return err
		}
	}
	if f.Passed() && f.Cost != nil && !slices.ContainsFunc(f.Cost, func(s rehearsal.Shortfall) bool { return s.Difference.Shown }) {
		say(page, "nothing is lost that %s could show", several(r.job.plan.Settings.Replications, "replication"))
	}
	for _, s := range f.Cost {
		if s.Metric == "cash" && s.Difference.Hi < 0 {
			say(page, "cash is saved, not lost: this promotion pays more for an order than the order earns")
		}
	}
	page.WriteString("\n")
	for _, text := range f.Limits {
		say(page, "limit: %s", text)
	}
	if r.overlay != "" {
		command := "flywheel run " + r.overlay
		if r.varied() {
			command += " --variant " + r.variant()
		}
		fmt.Fprintf(page, "the forecast on this capacity:\n  %s\n", command) // in one piece, to be copied
	}
	keep.foot(page, r.warnings, r.files)
	return nil
}
