package report

import (
	"fmt"
	"strings"
)

// stageNames are the stages of a life cycle by their number in a timeline, from 1.
var stageNames = [...]string{"exploration", "growth", "maturity", "decline"}

// Timeline is the life cycle of a platform, stretch by stretch.
type Timeline struct {
	Platform  string
	Stretches []Stretch
	Says      string
}

// Stretch is a time in which most runs are in the same stage.
type Stretch struct {
	Stage    string
	Number   int // of the stage, from 1
	From, To int // periods
	Left     float64
	Wide     float64 // in percent of the whole
}

// timelines are one for each platform whose stage was recorded, the stage of most runs.
func (f *Forecast) timelines(variant string) []Timeline {
	var list []Timeline
	for _, platform := range f.scopes[variant].platforms {
		sample := f.samples[series{variant, "stage", platform, all, all}]
		for _, side := range f.scopes[variant].sides {
			if sample == nil {
				sample = f.samples[series{variant, "stage", platform, side, all}]
			}
		}
		if sample == nil || f.horizon() == 0 {
			continue
		}
		t := Timeline{Platform: platform}
		for i, values := range sample {
			stage := commonest(values)
			if stage == 0 {
				continue
			}
			if last := len(t.Stretches) - 1; last >= 0 && t.Stretches[last].Number == stage {
				t.Stretches[last].To = f.periods[i]
				continue
			}
			if last := len(t.Stretches) - 1; last >= 0 {
				t.Stretches[last].To = f.periods[i]
			}
			t.Stretches = append(t.Stretches, Stretch{Stage: stageNames[stage-1], Number: stage, From: f.periods[i], To: f.periods[i]})
		}
		var said []string
		for i := range t.Stretches {
			s := &t.Stretches[i]
			s.Left = 100 * float64(s.From) / float64(f.horizon())
			s.Wide = 100 * float64(s.To-s.From) / float64(f.horizon())
			said = append(said, fmt.Sprintf("%s from %s %d", s.Stage, f.unit(), s.From))
		}
		if len(said) > 0 {
			t.Says = fmt.Sprintf("%s: %s.", platform, strings.Join(said, ", "))
			list = append(list, t)
		}
	}
	return list
}

// commonest is the stage of most runs, of equal counts the earlier; 0 for none.
func commonest(values []float64) int {
	var counts [len(stageNames) + 1]int
	best := 0
	for _, v := range values {
		if n := int(v); n >= 1 && n < len(counts) {
			counts[n]++
		}
	}
	for n := len(stageNames); n >= 1; n-- {
		if counts[n] > 0 && (best == 0 || counts[n] >= counts[best]) {
			best = n
		}
	}
	return best
}
