package models

import (
	"fmt"
	"math"
)

// Age is a hazard of leaving by the exact number of periods since joining the platform: a list,
// or the beta-geometric one.
type Age struct {
	Hazards []float64  // per period, of the first period after joining, of the second and so on; the last one stays
	Beta    [2]float64 // shapes a, b, in place of the list: a/(a + b + t - 1) in period t after joining (Fader and Hardie 2007); 0, 0: none
}

// maxAge is the longest horizon over which periods since joining are told apart.
const maxAge = math.MaxUint16

// Hazard is that of the period given after joining, counted from 1.
func (a *Age) Hazard(age int) float64 {
	if len(a.Hazards) > 0 {
		return a.Hazards[min(age, len(a.Hazards))-1]
	}
	return a.Beta[0] / (a.Beta[0] + a.Beta[1] + float64(age-1))
}

// Most is the largest hazard at any age.
func (a *Age) Most() float64 {
	if len(a.Hazards) == 0 {
		return a.Hazard(1)
	}
	var most float64
	for _, x := range a.Hazards {
		most = math.Max(most, x)
	}
	return most
}

// checkAge looks at hazards by age of people of a segment.
func (m *Model) checkAge(path string, l *Life, faults *Faults) {
	if l.Early != nil {
		faults.add(path+".early", "write the first hazards into age, or take age out", "stands beside age, which has the hazards of newcomers too")
	}
	path += ".age"
	if m.Clock.Kind == ClockAsync {
		faults.add(path, "write clock: {kind: sync}, or churn instead of age", "the async clock has no periods by which an age could be counted")
	}
	if m.Horizon.Periods > maxAge {
		faults.add(path, fmt.Sprintf("give the horizon at most %d periods, or write churn instead of age", maxAge), "%d periods are more than can be told apart for each person", m.Horizon.Periods)
	}
	switch {
	case len(l.Age.Hazards) > 0 && l.Age.Beta != [2]float64{}:
		faults.add(path, "keep one of the two", "has both hazards and beta")
	case l.Age.Beta != [2]float64{}:
		checkShapes(path, l.Age.Beta, faults)
	case len(l.Age.Hazards) == 0:
		faults.add(path+".hazards", "give at least one, such as [0.3, 0.2, 0.1]", "is empty")
	}
	for i, x := range l.Age.Hazards {
		checkRange(fmt.Sprintf("%s.hazards[%d]", path, i), x, 0, 1, faults)
	}
}
