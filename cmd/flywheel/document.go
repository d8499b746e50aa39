package main

import (
	"math"

	"flywheel/results"
	"flywheel/sim/study"
)

// unknown stands for a number that cannot be had.
var unknown = math.NaN()

// document is a forecast as one JSON document.
type document struct {
	Scenario           string               `json:"scenario"`
	Digest             string               `json:"digest"`
	Version            string               `json:"version"`
	Warnings           []results.Warning    `json:"warnings"`
	Engine             string               `json:"engine"`
	Seed               uint64               `json:"seed"`
	Replications       int                  `json:"replications"`
	Periods            int                  `json:"periods"`
	Participants       int64                `json:"participants"`
	Elapsed            float64              `json:"elapsed_s"`
	CPU                *float64             `json:"cpu_s"`
	ParticipantPeriods int64                `json:"participant_periods"`
	PeakRSS            *float64             `json:"peak_rss_bytes"`
	Summary            []documentEntry      `json:"summary"`
	Variants           []documentVariant    `json:"variants"`
	Differences        []documentDifference `json:"differences"`
	Happenings         []documentHappening  `json:"happenings"`
	Money              []documentMoney      `json:"money"`
	Peak               *documentPeak        `json:"peak"`
	Files              []string             `json:"files"`
}

// documentEntry is one line of a summary.
type documentEntry struct {
	Metric   string       `json:"metric"`
	Platform string       `json:"platform"`
	Side     string       `json:"side"`
	Segment  string       `json:"segment"`
	Region   string       `json:"region"`
	Period   int          `json:"period"`
	Unit     results.Unit `json:"unit"`
	Mean     *float64     `json:"mean"`
	Lo       *float64     `json:"lo"`
	Hi       *float64     `json:"hi"`
}

// documentVariant is the summary of a variant other than the scenario itself.
type documentVariant struct {
	Name    string          `json:"name"`
	Summary []documentEntry `json:"summary"`
}

// documentDifference is a variant against the scenario, paired by replication.
type documentDifference struct {
	Metric        string       `json:"metric"`
	Baseline      string       `json:"baseline"`
	Variant       string       `json:"variant"`
	Platform      string       `json:"platform"`
	Side          string       `json:"side"`
	Period        int          `json:"period"`
	Unit          results.Unit `json:"unit"`
	Mean          *float64     `json:"mean"`
	Lo            *float64     `json:"lo"`
	Hi            *float64     `json:"hi"`
	Shown         bool         `json:"shown"`
	Pairs         int          `json:"pairs"`
	VarianceRatio *float64     `json:"variance_ratio"`
}

// document is the forecast for programs.
func (f *forecast) document() document {
	plan := f.job.plan
	cpu, peak := machine()
	r := document{
		Scenario: f.job.scenario.Name, Digest: f.job.digest, Version: version, Warnings: listed(f.warnings),
		Engine: plan.Settings.Engine, Seed: plan.Settings.Seed, Replications: plan.Settings.Replications,
		Periods: plan.Variants[0].Law.Model.Horizon.Periods, Participants: plan.Participants(),
		Elapsed: f.elapsed.Seconds(), CPU: results.Nullable(cpu), ParticipantPeriods: f.work, PeakRSS: results.Nullable(peak),
		Summary: []documentEntry{}, Variants: []documentVariant{}, Differences: []documentDifference{}, Happenings: happenedAs(f.happenings), Money: moneyAs(f.money), Peak: peakAs(f.curve), Files: listed(f.files),
	}
	for _, v := range plan.Variants[1:] {
		r.Variants = append(r.Variants, documentVariant{Name: v.Name, Summary: []documentEntry{}})
	}
	for _, e := range f.entries {
		line := documentEntry{
			Metric: e.Metric, Platform: e.Platform, Side: e.Side, Segment: e.Segment, Region: e.Region, Period: e.Period, Unit: e.Unit,
			Mean: results.Nullable(e.Band.Mean), Lo: results.Nullable(e.Band.Lo), Hi: results.Nullable(e.Band.Hi),
		}
		if e.Variant == study.Base {
			r.Summary = append(r.Summary, line)
			continue
		}
		for i := range r.Variants {
			if r.Variants[i].Name == e.Variant {
				r.Variants[i].Summary = append(r.Variants[i].Summary, line)
			}
		}
	}
	for _, c := range f.comparisons {
		r.Differences = append(r.Differences, differenceOf(c))
	}
	return r
}

// differenceOf is a comparison as documents have it.
func differenceOf(c study.Comparison) documentDifference {
	d := c.Difference
	return documentDifference{
		Metric: c.Metric, Baseline: c.Baseline, Variant: c.Variant, Platform: c.Platform, Side: c.Side, Period: c.Period, Unit: c.Unit,
		Mean: results.Nullable(d.Mean), Lo: results.Nullable(d.Lo), Hi: results.Nullable(d.Hi),
		Shown: d.Shown, Pairs: d.Pairs, VarianceRatio: results.Nullable(d.VarianceRatio),
	}
}

// listed is a list that JSON writes as one even when it is empty.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
