package ui

import (
	"math"
	"net/http"
	"time"

	"flywheel/models"
	"flywheel/results"
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

// frontier is a platform's critical mass in shares of the two sides.
type frontier struct {
	Platform string     `json:"platform"`
	First    []float64  `json:"first"`
	Second   []*float64 `json:"second"`
}

// lined is the answer to a move.
type lined struct {
	Periods  []int      `json:"periods"`
	Curves   []curve    `json:"curves"`
	Frontier []frontier `json:"frontier"`
	Why      string     `json:"why"` // why there is no line, or no frontier; empty where there is
	Took     float64    `json:"took_ms"`
}

// line runs the moved scenario by expectations and finds its critical mass.
func (s *server) line(r *http.Request) (any, error) {
	began := time.Now()
	_, law, _, err := s.moved(r)
	if err != nil {
		return nil, err
	}
	answer := lined{Periods: thinned(law.Model.Horizon.Periods), Curves: []curve{}, Frontier: []frontier{}}
	var e meanfield.Engine
	if err := e.Accept(law); err != nil {
		answer.Why = err.Error()
		return answer, nil
	}
	record := sim.NewLayout(law, "line", "base", answer.Periods).Recorder(0)
	if err := sim.Simulate(r.Context(), law, &e, sim.Options{}, record); err != nil {
		return nil, err
	}
	for _, q := range quantities(law) {
		c := curve{Metric: q.Metric, Platform: q.Platform, Side: q.Side}
		for _, period := range answer.Periods {
			q.Period = period
			c.Y = append(c.Y, finite(study.Read(record.Table, []study.Quantity{q})[0]))
		}
		answer.Curves = append(answer.Curves, c)
	}
	answer.Frontier, answer.Why = critical(law)
	answer.Took = float64(time.Since(began).Microseconds()) / 1000
	return answer, nil
}

// quantities are what the page draws: participants by side, orders and cash.
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
	add("orders", sim.Total)
	add("cash", sim.Total)
	return list
}

// critical is the critical mass of each platform as the page draws it, and why one has none.
func critical(law *models.Law) ([]frontier, string) {
	const points = 9
	list, err := study.CriticalMass(law, points)
	all := []frontier{}
	for _, f := range list {
		line := frontier{Platform: law.Model.Platforms[f.Platform].Name, First: f.First}
		for _, x := range f.Second {
			line.Second = append(line.Second, results.Nullable(x))
		}
		all = append(all, line)
	}
	if err != nil {
		return all, err.Error()
	}
	return all, ""
}

// finite is a number that JSON can say; what does not apply is drawn as nothing.
func finite(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return x
}

// thinned are at most drawn periods from 0 to last, both ends among them.
func thinned(last int) []int {
	step := max(1, int(math.Ceil(float64(last)/(drawn-1))))
	var periods []int
	for p := 0; p < last; p += step {
		periods = append(periods, p)
	}
	return append(periods, last)
}
