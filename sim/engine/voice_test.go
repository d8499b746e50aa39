package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
)

// spoken is the number of participants by period of a platform that people hear of from each
// other, where reviews are bad with a probability and users say by mood what voice says.
func spoken(t *testing.T, engine string, clock models.ClockKind, q, review, bad float64, voice ...float64) []float64 {
	s := models.Segment{Side: "consumers", Name: "people", Region: "here", Size: 20_000, PriceSensitivity: 1, Value: []models.Value{models.Number(5)},
		Aware: &models.Aware{P: 0.005, Q: q}, Start: []models.Begin{{Homing: 1, Share: 0.01}},
		Life: &models.Life{Mood: &models.Mood{Churn: []float64{1, 1, 1}, Review: review, Bad: bad, Voice: voice}}}
	m := &models.Model{Name: "voices", Horizon: models.Horizon{Periods: 30, Unit: "day"}, Clock: models.Clock{Kind: clock, Revision: 0.2},
		Platforms: []models.Platform{{Name: "A"}}, Segments: []models.Segment{s}, Noise: models.Noise{Kind: models.NoiseNone}}
	return column(t, compiled(t, m), engine, "participants", "A", "consumers", "*", "*")
}

// TestVoices: users who all speak at 0.5 bring half as many others, as if imitation were half as
// strong (Bass 1969); voices of 1 change no byte; and where service is bad, those who grow silent
// slow growth down, those who warn more so, while the content go on bringing others.
func TestVoices(t *testing.T) {
	for _, clock := range []models.ClockKind{models.ClockSync, models.ClockAsync} {
		half := spoken(t, "meanfield", clock, 0.3, 0, 0, -3, 0.5, 1)
		require.InDeltaSlice(t, spoken(t, "meanfield", clock, 0.15, 0, 0), half, 1e-6*20_000)
		for _, engine := range []string{"agents", "meanfield"} {
			plain := spoken(t, engine, clock, 0.3, 0.1, 0.8)
			require.Equal(t, plain, spoken(t, engine, clock, 0.3, 0.1, 0.8, 1, 1, 1))
			silent, warned := spoken(t, engine, clock, 0.3, 0.1, 0.8, 0, 1, 1), spoken(t, engine, clock, 0.3, 0.1, 0.8, -2, 1, 1)
			content := spoken(t, engine, clock, 0.3, 0.1, 0, -2, 1, 1)
			t.Logf("%s, %s: %g, silent %g, warned %g", engine, clock, plain[20], silent[20], warned[20])
			require.Less(t, silent[20], 0.97*plain[20])
			require.Less(t, warned[20], 0.97*silent[20])
			require.InEpsilon(t, plain[20], content[20], 0.05, "of whom nobody warns")
		}
	}
}
