package study_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/sim/study"
)

// TestFollowedFrontiersAreThoseSought: as numbers of a market of two platforms and many classes are
// drawn about, past folds where its critical mass comes and goes, frontiers that are followed are those
// that a search in the market itself finds, within the tolerance of both; and where there is none, none.
func TestFollowedFrontiersAreThoseSought(t *testing.T) {
	steps := 14
	if testing.Short() {
		steps = 5
	}
	for _, clock := range []models.ClockKind{models.ClockSync, models.ClockAsync} {
		t.Run(string(clock), func(t *testing.T) {
			luck := rand.New(rand.NewPCG(7, 11))
			within := func(lo, hi float64) float64 { return lo + (hi-lo)*luck.Float64() }
			sought := study.Fineness{Points: 5, Tolerance: 0.01, Hurried: true}
			followed := sought
			followed.Followed = true
			var some, none int
			for step := range steps {
				m := *crowded(t).Model
				m.Clock.Kind = clock
				m.Segments = append([]models.Segment(nil), m.Segments...)
				for i := range m.Segments {
					s := &m.Segments[i]
					s.Value = []models.Value{{Mean: within(-1.9, -1.2), SD: within(0.1, 0.6), Classes: 9}, models.Number(within(-1.9, -1.2))}
					s.Cross.Strength.Mean = within(1.6, 3.6)
				}
				l := compiledModel(t, &m)
				want, why := study.CriticalMass(t.Context(), l, sought)
				got, whyGot := study.CriticalMass(t.Context(), l, followed)
				require.Equal(t, fmt.Sprint(why), fmt.Sprint(whyGot), "step %d", step)
				require.Len(t, got, len(want), "step %d", step)
				for i, f := range want {
					require.Equal(t, f.Platform, got[i].Platform)
					for j, y := range f.Second {
						z := got[i].Second[j]
						if math.IsNaN(y) || math.IsNaN(z) { // whether all of a side just suffices is a matter of rounding
							require.True(t, !(y < 0.99 || z < 0.99), "step %d: %g and %g at %g", step, y, z, f.First[j])
							continue
						}
						require.InDelta(t, y, z, 1.2*sought.Tolerance, "step %d at %g", step, f.First[j])
					}
				}
				if errors.Is(why, study.ErrNoThreshold) {
					none++
				} else {
					some++
				}
				followed.Near = got
			}
			t.Logf("%d markets with a critical mass, %d without", some, none)
			if !testing.Short() {
				require.True(t, some > 2 && none > 2, "both kinds are met")
			}
		})
	}
}
