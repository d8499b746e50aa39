package main

import (
	"bytes"
	"fmt"
	"slices"

	"flywheel/results"
	"flywheel/results/report"
	"flywheel/scenarios"
	"flywheel/sim/study"
)

// happened prints what happened when.
func happened(page *bytes.Buffer, list []report.Happening, unit, band string) error {
	if len(list) == 0 {
		return nil
	}
	fmt.Fprintf(page, "What happened when: mean, and %s in which it did\n", band)
	header, left := []string{unit, "", "runs"}, 2
	dated := slices.ContainsFunc(list, func(h report.Happening) bool { return h.Date != "" })
	if dated {
		header, left = []string{unit, "date", "", "runs"}, 3
	}
	var rows [][]string
	for _, h := range list {
		row := []string{h.When}
		if h.Band != "" {
			row[0] += " (" + h.Band + ")"
		}
		if dated {
			row = append(row, h.Date)
		}
		rows = append(rows, append(row, h.What, h.Runs))
	}
	if err := grid(page, left, header, rows); err != nil {
		return err
	}
	page.WriteString("\n")
	return nil
}

// inWords says what happened to whom.
func inWords(h study.Happening) string {
	if h.Platform == "" {
		return h.What
	}
	return h.Platform + " " + h.What
}

// inRuns is how many runs it happened in.
func inRuns(h study.Happening) string {
	if h.Runs == h.Of {
		return "all"
	}
	return fmt.Sprintf("%d of %d", h.Runs, h.Of)
}

// happenedOn is what happened, as pages say it.
func happenedOn(list []study.Happening, s *scenarios.Scenario) []report.Happening {
	var lines []report.Happening
	for _, h := range list {
		line := report.Happening{When: results.Human(h.Period.Mean, "periods"), Date: s.Date(h.Period.Mean), What: inWords(h), Runs: inRuns(h)}
		if h.Period.Lo != h.Period.Hi {
			line.Band = span(h.Period.Lo, h.Period.Hi, "periods")
		}
		lines = append(lines, line)
	}
	return lines
}

// rushed says of the scenario's event how busy it is, where its request curve is known.
func rushed(list []study.Happening, curve *results.Table) []study.Happening {
	if curve == nil {
		return list
	}
	p := study.PeakOf(curve)
	for i := range list {
		if list[i].What == study.HasEvent {
			list[i].What += fmt.Sprintf(": %s journeys start in its busiest second, %s in its busiest minute, %s in its busiest hour (%s quantile)",
				results.Human(p.PerSecond, "1"), results.Human(p.PerMinute, "1"), results.Human(p.PerHour, "1"), results.Human(p.Quantile, "share"))
		}
	}
	return list
}

// documentPeak is how busy the scenario's event is; nil without one.
type documentPeak struct {
	Quantile  float64 `json:"quantile"`
	PerSecond float64 `json:"per_second"`
	PerMinute float64 `json:"per_minute"`
	PerHour   float64 `json:"per_hour"`
}

// peakAs is a peak for programs.
func peakAs(curve *results.Table) *documentPeak {
	if curve == nil {
		return nil
	}
	p := documentPeak(study.PeakOf(curve))
	return &p
}

// documentHappening is one thing that happened to the scenario itself.
type documentHappening struct {
	Platform string   `json:"platform"`
	What     string   `json:"what"`
	Mean     *float64 `json:"mean"`
	Lo       *float64 `json:"lo"`
	Hi       *float64 `json:"hi"`
	Runs     int      `json:"runs"`
	Of       int      `json:"of"`
}

// happenedAs is what happened, for programs.
func happenedAs(list []study.Happening) []documentHappening {
	lines := []documentHappening{}
	for _, h := range list {
		lines = append(lines, documentHappening{h.Platform, h.What, results.Nullable(h.Period.Mean), results.Nullable(h.Period.Lo), results.Nullable(h.Period.Hi), h.Runs, h.Of})
	}
	return lines
}
