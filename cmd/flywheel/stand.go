package main

import (
	"context"
	"fmt"

	"flywheel/models"
	"flywheel/scenarios"
	"flywheel/sim/study"
)

// standing is how a scenario's own forecasts stand to what it says was observed.
type standing struct {
	observed *observed
	scores   []study.Score
	held     []study.Held
}

// stand forecasts what a scenario says was observed, with the numbers that it says were fitted where they
// are, and scores that beside the benchmarks. It is nil for a scenario that says nothing.
func stand(ctx context.Context, s *scenarios.Scenario, threads int) (*standing, error) {
	if s.Observed == nil {
		return nil, nil
	}
	j, err := prepare(s, nil)
	if err != nil {
		return nil, err
	}
	const usual = 8
	q := &inquiry{kind: "check", scenario: s, law: j.plan.Variants[0].Law, runs: usual, threads: threads}
	var vary []string
	for _, in := range s.Observed.Fitted {
		vary = append(vary, fmt.Sprintf("%s=%s:%s", in.Path, in.Text(in.Lo), in.Text(in.Hi)))
	}
	if len(vary) > 0 {
		if q.inputs, q.builder, err = s.Vary("", vary); err != nil {
			return nil, err
		}
	}
	if !q.lucky() {
		q.runs = 1
	}
	f := &fitting{}
	data, err := f.observed(s)
	if err != nil {
		return nil, err
	}
	if err := f.split(s, data, len(q.inputs)); err != nil {
		return nil, failure{exitFaulty, err}
	}
	f.engines(nil, q)
	var at []float64
	for _, in := range q.inputs {
		x, err := s.Number(in.Path)
		if err != nil {
			return nil, err
		}
		at = append(at, in.Fraction(x))
	}
	fit := f.calibration(q, data, nil, nil)
	if len(q.inputs) == 0 {
		r := q.response(func([]float64) (*models.Law, error) { return q.law, nil }, data.measuring())
		r.Settings.Engine = f.searched
		fit.Predict = r.Run
	}
	found, err := fit.Assess(ctx, at)
	if err != nil {
		return nil, err
	}
	own := study.Rival{Model: "this scenario"}
	for _, forecast := range found.Forecasts {
		own.Forecasts = append(own.Forecasts, forecast.Interval)
	}
	plain, _ := study.Benchmarked(data.list)
	st := &standing{observed: data, scores: study.Scores(data.list, append([]study.Rival{own}, plain...))}
	for series := range data.series {
		h := study.Held{Fitted: study.DistanceOf(data.list, own.Forecasts, series, true), Predicted: study.DistanceOf(data.list, own.Forecasts, series, false)}
		for _, o := range data.list {
			if o.Series == series {
				h.Quantity = o.Quantity
			}
		}
		h.Quantity.Period = 0
		st.held = append(st.held, h)
	}
	return st, nil
}
