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

// pointsOf is a forecast's request curve as a plan follows it: straight lines between moments.
func pointsOf(curve *results.Table) ([]plan.Point, error) {
	var points []plan.Point
	for r, at := range curve.Numbers("t_s") {
		points = append(points, plan.Point{
			At: time.Duration(math.Round(at * float64(time.Second))), Rate: plan.Rate{Count: curve.Numbers("starts_per_s")[r]},
		})
	}
	if err := (plan.Curve{plan.Through(points...)}).Validate().Err(); err != nil {
		return nil, fmt.Errorf("the forecast's request curve cannot be pressed: %w", err)
	}
	return points, nil
}

// busiest is the stretch of so long a time under which most starts become due, beginning or
// ending at one of the points; of equal stretches the first. A time of 0, or one as long as the
// curve, leaves it whole.
func busiest(points []plan.Point, length time.Duration) []plan.Point {
	end := points[len(points)-1].At
	if length <= 0 || length >= end {
		return points
	}
	most, from := math.Inf(-1), time.Duration(0)
	for _, p := range points {
		for _, at := range []time.Duration{p.At, p.At - length} {
			if at < 0 || at+length > end {
				continue
			}
			if due := area(cut(points, at, at+length)); due > most {
				most, from = due, at
			}
		}
	}
	return cut(points, from, from+length)
}

// cut is the curve from one moment to another, counted from the first.
func cut(points []plan.Point, from, to time.Duration) []plan.Point {
	kept := []plan.Point{{Rate: rateAt(points, from)}}
	for _, p := range points {
		if p.At > from && p.At < to {
			kept = append(kept, plan.Point{At: p.At - from, Rate: p.Rate})
		}
	}
	return append(kept, plan.Point{At: to - from, Rate: rateAt(points, to)})
}

// rateAt is the rate at a moment, on the straight line between its neighbours.
func rateAt(points []plan.Point, at time.Duration) plan.Rate {
	for i, p := range points[1:] {
		if before := points[i]; at >= before.At && at <= p.At {
			part := 0.0
			if p.At > before.At {
				part = float64(at-before.At) / float64(p.At-before.At)
			}
			return plan.Rate{Count: (1-part)*before.Rate.PerSecond() + part*p.Rate.PerSecond()}
		}
	}
	return points[len(points)-1].Rate
}

// area is how many starts become due.
func area(points []plan.Point) float64 {
	var due float64
	for i, p := range points[1:] {
		due += (points[i].Rate.PerSecond() + p.Rate.PerSecond()) / 2 * (p.At - points[i].At).Seconds()
	}
	return due
}
