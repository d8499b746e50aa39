package loadtest

import (
	"math"

	"flywheel/loadtest/plan"
)

// Judgement is a threshold with the value it was held against.
type Judgement struct {
	Expression string    `json:"expression"`
	Measure    string    `json:"measure"` // such as latency.p99
	Holds      bool      `json:"holds"`
	Value      *float64  `json:"value"` // in Unit; null when no request ended, and then it does not hold
	Wanted     float64   `json:"wanted"`
	Unit       plan.Unit `json:"unit"`
}

// Verdict is the outcome of a run as its plan judges it.
type Verdict struct {
	Passed bool
	Broken []string // expressions of the thresholds that do not hold, and the abort condition that did
}

// Verdict judges the report: a run passes when every threshold holds and no
// abort condition stopped it; a run without either passes.
func (r Report) Verdict() Verdict {
	var v Verdict
	for _, j := range r.Thresholds {
		if !j.Holds {
			v.Broken = append(v.Broken, j.Expression)
		}
	}
	if r.Stopped == ByAbort {
		v.Broken = append(v.Broken, r.Abort)
	}
	v.Passed = len(v.Broken) == 0
	return v
}

func judge(thresholds []plan.Threshold, steps []Tally, names []string, achieved float64) []Judgement {
	out := make([]Judgement, 0, len(thresholds))
	for _, t := range thresholds {
		j := Judgement{Expression: t.Expression, Measure: t.Measure, Wanted: t.Value, Unit: t.Unit}
		value, known := achieved, true
		if t.Measure != "rate.achieved" {
			tally := ofStep(steps, names, t.Step)
			value, known = tally.measure(t)
		}
		if known && !math.IsNaN(value) {
			j.Value, j.Holds = &value, t.Holds(value)
		}
		out = append(out, j)
	}
	return out
}
