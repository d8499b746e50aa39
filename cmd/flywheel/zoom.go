package main

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"flywheel/models"
	"flywheel/results"
	"flywheel/results/report"
	"flywheel/sim/study"
)

// zoomAsked is what the flags of zoom ask for.
type zoomAsked struct {
	asked
	day      int
	from, to string
	step     time.Duration
}

func (p *program) zoomCommand() *cobra.Command {
	var ask zoomAsked
	c := &cobra.Command{
		Use:   "zoom SCENARIO",
		Short: "Open a day of the forecast by minutes or seconds: requests per endpoint, and the busiest second",
		Long: `Run a scenario that has an event and open a window of one of its days: how many journeys start each
second, and how often each endpoint of the event's mix is called, as the middle replication, one in
twenty and one in a thousand have it; how busy the busiest second is; and, on the event's day before
a deployment with a capacity, what becomes of the orders: taken, late, given up, waiting. Writes no files; --json
prints every step.`,
		Example:           "  flywheel zoom campus-friday-noon-coupon --from 11:30 --to 13:30 --step 1m",
		Args:              oneScenario,
		ValidArgsFunction: completeScenario,
		RunE:              func(c *cobra.Command, args []string) error { return p.zoom(c, args[0], ask) },
	}
	flags := c.Flags()
	flags.IntVar(&ask.day, "day", 0, "open day `N` of the forecast (default the event's)")
	flags.StringVar(&ask.from, "from", "", "begin at `TIME` of the day, such as 11:30 (default the event's opening)")
	flags.StringVar(&ask.to, "to", "", "end at `TIME` of the day (default the end of the event's curve)")
	flags.DurationVar(&ask.step, "step", time.Minute, "show steps of `LENGTH`, whole seconds")
	ask.tuned(c)
	ask.settable(c)
	ask.threaded(c)
	return c
}

// zoomed is a zoom as one JSON document.
type zoomed struct {
	Scenario string            `json:"scenario"`
	Digest   string            `json:"digest"`
	Version  string            `json:"version"`
	Warnings []results.Warning `json:"warnings"`
	Day      int               `json:"day"`
	From     string            `json:"from"`
	To       string            `json:"to"`
	Step     float64           `json:"step_s"`
	Peaks    []zoomPeak        `json:"peaks"`
	Fates    []zoomFate        `json:"fates"`
	Moments  []zoomMoment      `json:"moments"`
	began    float64           // hours after midnight
}

// zoomPeak is how busy the busiest second is.
type zoomPeak struct {
	Endpoint string  `json:"endpoint"`
	Unit     string  `json:"unit"`
	Quantile float64 `json:"quantile"`
	PerS     int64   `json:"per_s"`
	Mean     float64 `json:"mean_per_s"`
}

// zoomFate is what becomes of the day's orders at a deployment that cannot take everything.
type zoomFate struct {
	What string       `json:"what"`
	Unit results.Unit `json:"unit"`
	Mean float64      `json:"mean"`
	P50  float64      `json:"p50"`
	P95  float64      `json:"p95"`
}

// zoomMoment is one step at one endpoint.
type zoomMoment struct {
	At       string  `json:"at"`
	Endpoint string  `json:"endpoint"`
	Unit     string  `json:"unit"`
	P50      float64 `json:"p50"`
	P95      float64 `json:"p95"`
	P999     float64 `json:"p999"`
}

// zoom runs the scenario and opens the window.
func (p *program) zoom(c *cobra.Command, source string, ask zoomAsked) error {
	job, err := ask.job(c, source)
	if err != nil {
		return err
	}
	window, err := ask.window(c, job.scenario.Model)
	if err != nil {
		return err
	}
	job.plan.Settings.At = append(job.plan.Settings.At, window.Period)
	ensemble := study.NewEnsemble(job.plan, nil)
	job.periods = ensemble.Periods()
	_, err = p.execute(c.Context(), job, ask.threads, func(t study.Trial, timeline *results.Table) error {
		ensemble.Add(t, timeline)
		return nil
	})
	if errors.Is(err, errInterrupted) {
		return failure{exitInterrupted, errors.New("interrupted before every run had finished; nothing is shown")}
	}
	if err != nil {
		return err
	}
	moments, peaks, warnings, err := ensemble.Zoom(window)
	if err != nil {
		return err
	}
	z := zoomOf(window, moments, peaks)
	if e := job.scenario.Model.Event; window.Period == e.Period {
		fates, err := ensemble.Fates()
		if err != nil {
			return err
		}
		z.met(fates)
	}
	z.Scenario, z.Digest, z.Version = job.scenario.Name, job.digest, version
	z.Warnings = append(z.Warnings, warnings...)
	var page bytes.Buffer
	if err := z.page(&page, p.colourful()); err != nil {
		return err
	}
	return p.present(&page, z)
}

// window is the one that the flags name, all their faults at once.
func (a *zoomAsked) window(c *cobra.Command, m *models.Model) (study.Window, error) {
	e := m.Event
	if e == nil {
		return study.Window{}, failure{exitFaulty, fmt.Errorf("%s has no event, whose profile says when in the day people order; add event: {platform: ..., period: ..., hour: ...}", m.Name)}
	}
	w := study.Window{Period: e.Period, From: e.Hour, To: e.Hour + e.Length, Step: int(a.step / time.Second)}
	var faults []error
	if c.Flags().Changed("day") {
		if w.Period = a.day; a.day < 1 || a.day > m.Horizon.Periods {
			faults = append(faults, fmt.Errorf("--day: day %d is outside the forecast; give one from 1 to %d", a.day, m.Horizon.Periods))
		}
	}
	for _, end := range []struct {
		flag, text string
		into       *float64
	}{{"--from", a.from, &w.From}, {"--to", a.to, &w.To}} {
		if end.text == "" {
			continue
		}
		t, err := time.Parse("15:04:05", end.text+strings.Repeat(":00", max(0, 2-strings.Count(end.text, ":"))))
		switch {
		case end.text == "24:00":
			*end.into = models.HoursPerDay
		case err != nil:
			faults = append(faults, fmt.Errorf("%s: %q is not a time of day; write it such as 11:30 or 11:30:15", end.flag, end.text))
		default:
			*end.into = float64(t.Hour()) + float64(t.Minute())/60 + float64(t.Second())/3600
		}
	}
	if a.step < time.Second || a.step%time.Second != 0 {
		faults = append(faults, fmt.Errorf("--step: %v is not a whole number of seconds; give 1s or more", a.step))
	} else if length := int(math.Round((w.To - w.From) * 3600)); len(faults) == 0 && (length < w.Step || length%w.Step != 0) {
		faults = append(faults, fmt.Errorf("--step: the window from %s to %s does not hold whole steps of %v", clock(w.From), clock(w.To), a.step))
	}
	if len(faults) > 0 {
		return w, failure{exitUsage, errors.Join(faults...)}
	}
	return w, nil
}

// clock writes hours after midnight as a time of day.
func clock(hours float64) string {
	s := int(math.Round(hours * 3600))
	if s%60 != 0 {
		return fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%02d:%02d", s/3600, s/60%60)
}

// zoomOf reads the zoom's tables.
func zoomOf(w study.Window, moments, peaks *results.Table) zoomed {
	z := zoomed{Warnings: []results.Warning{}, Fates: []zoomFate{}, Day: w.Period, From: clock(w.From), To: clock(w.To), Step: float64(w.Step), began: w.From}
	for r := range peaks.Rows() {
		z.Peaks = append(z.Peaks, zoomPeak{peaks.Texts("endpoint")[r], peaks.Texts("unit")[r], peaks.Numbers("quantile")[r], peaks.Integers("per_s")[r], peaks.Numbers("mean_per_s")[r]})
	}
	for r := range moments.Rows() {
		z.Moments = append(z.Moments, zoomMoment{clock(float64(moments.Integers("at_s")[r]) / 3600), moments.Texts("endpoint")[r], moments.Texts("unit")[r],
			moments.Numbers("p50")[r], moments.Numbers("p95")[r], moments.Numbers("p999")[r]})
	}
	return z
}

// met takes what becomes of the day's orders; nil for nothing.
func (z *zoomed) met(fates *results.Table) {
	if fates == nil {
		return
	}
	for r, what := range fates.Texts("what") {
		z.Fates = append(z.Fates, zoomFate{what, results.Unit(fates.Texts("unit")[r]), fates.Numbers("mean")[r], fates.Numbers("p50")[r], fates.Numbers("p95")[r]})
	}
}

// page prints the journeys' rate over time and the busiest second of each endpoint.
func (z zoomed) page(page *bytes.Buffer, colour bool) error {
	fmt.Fprintf(page, "%s: day %d from %s to %s\n\n", z.Scenario, z.Day, z.From, z.To)
	var at, middle, high []float64
	for _, m := range z.Moments {
		if m.Unit == "starts" {
			at = append(at, z.began+float64(len(at))*z.Step/3600)
			middle, high = append(middle, m.P50), append(high, m.P95)
		}
	}
	if len(middle) > 1 {
		plot{title: "journey starts per second, means over steps", x: "time of day", unit: "1/s", place: clock, band: "one in twenty is above",
			lines: []report.Line{{Name: "middle replication", X: at, Y: middle, Hi: high}}}.draw(page, colour)
	}
	page.WriteString("The busiest second of the window\n")
	var rows [][]string
	for i := 0; i < len(z.Peaks); i += len(study.ZoomQuantiles()) {
		name := z.Peaks[i].Endpoint
		if z.Peaks[i].Unit == "starts" {
			name = "journey starts"
		}
		row := []string{name, results.Human(z.Peaks[i].Mean, "1/s")}
		for _, peak := range z.Peaks[i : i+len(study.ZoomQuantiles())] {
			row = append(row, fmt.Sprint(peak.PerS))
		}
		rows = append(rows, row)
	}
	header := []string{"per second", "mean"}
	for _, q := range study.ZoomQuantiles() {
		header = append(header, "P"+results.Exact(100*q))
	}
	if err := grid(page, 1, header, rows); err != nil {
		return err
	}
	if len(z.Fates) > 0 {
		rows = nil
		for _, f := range z.Fates {
			rows = append(rows, []string{f.What, results.Human(f.Mean, f.Unit), results.Human(f.P50, f.Unit), results.Human(f.P95, f.Unit)})
		}
		page.WriteString("\nWhat becomes of the day's orders at the deployment\n")
		if err := grid(page, 1, []string{"", "mean", "P50", "P95"}, rows); err != nil {
			return err
		}
	}
	for _, w := range z.Warnings {
		page.WriteString("\n" + fold("warning: "+w.Text, pageWidth) + "\n")
	}
	return nil
}
