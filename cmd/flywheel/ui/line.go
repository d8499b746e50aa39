package ui

import (
	"context"
	"math"
	"time"

	"flywheel/models"
	"flywheel/sim"
	"flywheel/sim/engine/meanfield"
	"flywheel/sim/study"
)

// drawn is the largest number of periods a chart shows.
const drawn = 121

// curve is a quantity over the drawn periods; Lo and Hi are there where it has a band.
type curve struct {
	Metric   string    `json:"metric"`
	Platform string    `json:"platform"`
	Side     string    `json:"side"`
	Y        []float64 `json:"y"`
	Lo       []float64 `json:"lo,omitempty"`
	Hi       []float64 `json:"hi,omitempty"`
}

// lined is what is to be expected, without luck.
type lined struct {
	Periods []int   `json:"periods"`
	Curves  []curve `json:"curves"`
	Why     string  `json:"why"` // why there is no line; empty where there is
	Took    float64 `json:"took_ms"`
}

// line runs the moved scenario by expectations.
func line(ctx context.Context, law *models.Law, began time.Time) (lined, error) {
	answer := lined{Periods: thinned(law.Model.Horizon.Periods), Curves: []curve{}}
	var e meanfield.Engine
	if err := e.Accept(law); err != nil {
		answer.Why = err.Error()
		return answer, nil
	}
	record := sim.NewLayout(law, "line", "base", answer.Periods).Recorder(0)
	if err := sim.Simulate(ctx, law, &e, sim.Options{}, record); err != nil {
		return answer, err
	}
	for _, q := range quantities(law) {
		c := curve{Metric: q.Metric, Platform: q.Platform, Side: q.Side}
		for _, period := range answer.Periods {
			q.Period = period
			c.Y = append(c.Y, finite(study.Read(record.Table, []study.Quantity{q})[0]))
		}
		answer.Curves = append(answer.Curves, c)
	}
	answer.Took = since(began)
	return answer, nil
}

// shares are the curves of a platform's shares, side by side, as of gives them by their places among what is asked.
func shares(asked []study.Quantity, platform string, of func(i int) []float64) [][]float64 {
	var list [][]float64
	for i, q := range asked {
		if q.Metric == "share" && q.Platform == platform {
			list = append(list, of(i))
		}
	}
	return list
}

// quantities are what the page draws and tells: participants and shares by side, orders, cash, and
// what was paid.
func quantities(law *models.Law) []study.Quantity {
	var list []study.Quantity
	add := func(metric, side string) {
		for _, p := range law.Model.Platforms {
			list = append(list, study.Quantity{Metric: metric, Platform: p.Name, Side: side, Segment: sim.Total, Region: sim.Total})
		}
	}
	for _, side := range law.Sides {
		add("participants", side)
	}
	for _, side := range law.Sides {
		add("share", side)
	}
	for _, metric := range []string{"orders", "cash", "subsidy_to_date"} {
		add(metric, sim.Total)
	}
	return list
}

// finite is a number that JSON can say; what does not apply is drawn as nothing.
func finite(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return x
}

// since is the time that has passed, in milliseconds.
func since(began time.Time) float64 { return float64(time.Since(began).Microseconds()) / 1000 }

// thinned are at most drawn periods from 0 to last, both ends among them.
func thinned(last int) []int {
	step := max(1, int(math.Ceil(float64(last)/(drawn-1))))
	var periods []int
	for p := 0; p < last; p += step {
		periods = append(periods, p)
	}
	return append(periods, last)
}
