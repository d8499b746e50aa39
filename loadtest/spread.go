package loadtest

import "time"

// StepSoFar is a step of a run while it goes on.
type StepSoFar struct {
	Name string
	Counts
	Latency, Service, Lateness Spread
}

// Spread is a histogram in a few coarse classes, as monitoring systems keep them.
type Spread struct {
	Count int64
	Sum   float64        // seconds
	Below [spreads]int64 // how many were not longer than each of SpreadBounds
}

const spreads = 13

// SpreadBounds are the upper bounds of a Spread's classes, in seconds.
func SpreadBounds() [spreads]float64 {
	return [spreads]float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}
}

// spread counts a histogram out into coarse classes.
func (h Histogram) spread() Spread {
	s := Spread{Count: h.Count(), Sum: h.sum.Seconds()}
	if h.bins == nil {
		return s
	}
	bounds := SpreadBounds()
	h.bins.ForEachBucket(func(value, count int64) bool {
		for i := spreads - 1; i >= 0 && (time.Duration(value)*time.Microsecond).Seconds() <= bounds[i]; i-- {
			s.Below[i] += count
		}
		return true
	})
	return s
}

func stepsSoFar(names []string, whole []Tally) []StepSoFar {
	steps := make([]StepSoFar, len(names))
	for i, t := range whole {
		steps[i] = StepSoFar{names[i], t.Counts, t.Latency.spread(), t.Service.spread(), t.Lateness.spread()}
	}
	return steps
}
