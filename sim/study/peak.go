package study

import (
	"flywheel/results"
)

// Peak is how busy the busiest second, minute and hour of a request curve are.
type Peak struct {
	Quantile  float64 // over replications, of every moment
	PerSecond float64 // journey starts in the busiest second
	PerMinute float64 // in the busiest minute; in the whole curve where it is shorter
	PerHour   float64 // in the busiest hour; likewise
}

// PeakOf reads a request curve (CurveSchema), between whose rows rates change on straight lines. It is zero
// for nil.
func PeakOf(curve *results.Table) Peak {
	var p Peak
	if curve == nil || curve.Rows() == 0 {
		return p
	}
	at, rate := curve.Numbers("t_s"), curve.Numbers("starts_per_s")
	p.Quantile = curve.Numbers("quantile")[0]
	sum := make([]float64, len(at)) // starts before each row
	for i := range at {
		p.PerSecond = max(p.PerSecond, rate[i])
		if i > 0 {
			sum[i] = sum[i-1] + (at[i]-at[i-1])*(rate[i]+rate[i-1])/2
		}
	}
	for _, window := range []struct {
		seconds float64
		most    *float64
	}{{60, &p.PerMinute}, {3600, &p.PerHour}} {
		to := 0
		for from := range at {
			for to+1 < len(at) && at[to+1] <= at[from]+window.seconds {
				to++
			}
			*window.most = max(*window.most, sum[to]-sum[from])
		}
	}
	return p
}
