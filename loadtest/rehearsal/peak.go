package rehearsal

import (
	"errors"
	"fmt"
	"math"
	"time"

	"flywheel/loadtest/plan"
	"flywheel/results"
)

// Peak is the busiest moment of an event's request curve.
type Peak struct {
	RPS      float64 `json:"rps"`      // journey starts per second; requests where a journey is one request
	Quantile float64 `json:"quantile"` // over replications: 0.95 is exceeded in one of twenty
	At       float64 `json:"at"`       // seconds since the event opened
}

// PeakOf finds the peak of a forecast's request curve, a table with the columns t_s,
// starts_per_s and quantile; of equal moments the first. An empty curve is an error.
func PeakOf(curve *results.Table) (Peak, error) {
	if curve == nil || curve.Rows() == 0 {
		return Peak{}, errors.New("the forecast has no request curve: its scenario has no event")
	}
	var p Peak
	for r, rate := range curve.Numbers("starts_per_s") {
		if r == 0 || rate > p.RPS {
			p = Peak{RPS: rate, Quantile: curve.Numbers("quantile")[r], At: curve.Numbers("t_s")[r]}
		}
	}
	return p, nil
}

// CurveOf is a forecast's request curve as a plan follows it: straight lines between moments.
func CurveOf(curve *results.Table) (plan.Curve, error) {
	var points []plan.Point
	for r, at := range curve.Numbers("t_s") {
		points = append(points, plan.Point{
			At: time.Duration(math.Round(at * float64(time.Second))), Rate: plan.Rate{Count: curve.Numbers("starts_per_s")[r]},
		})
	}
	c := plan.Curve{plan.Through(points...)}
	if err := c.Validate().Err(); err != nil {
		return nil, fmt.Errorf("the forecast's request curve cannot be pressed: %w", err)
	}
	return c, nil
}
