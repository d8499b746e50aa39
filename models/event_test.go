package models_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
)

// promotion is an event at noon with a profile that is never zero.
func promotion(t *rapid.T) *models.Event {
	e := &models.Event{
		Platform: "A", Period: 1, Hour: rapid.Float64Range(0, 22).Draw(t, "hour"), Redemption: 0.15,
		HalfLife: rapid.Float64Range(0.05, 6).Draw(t, "half-life"), Starts: rapid.Float64Range(0.1, 20).Draw(t, "starts"), Quantile: 0.95,
	}
	e.Length = 1
	for range models.HoursPerDay {
		e.Profile = append(e.Profile, rapid.Float64Range(0.01, 5).Draw(t, "weight"))
	}
	return e
}

// TestTheDayAddsUp: the starts of all pieces of a day are those of the day's orders, however
// the day is cut.
func TestTheDayAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := promotion(t)
		ordinary, coupon := rapid.Float64Range(0, 1e6).Draw(t, "ordinary"), rapid.Float64Range(0, 1e6).Draw(t, "coupon")
		cuts := rapid.IntRange(1, 500).Draw(t, "cuts")
		var total float64
		for i := range cuts {
			from, to := 24*float64(i)/float64(cuts), 24*float64(i+1)/float64(cuts)
			rate := e.StartsPerSecond(ordinary, coupon, from, to)
			require.GreaterOrEqual(t, rate, 0.0)
			total += rate * (to - from) * 3600
		}
		require.InEpsilon(t, e.Starts*(ordinary+coupon)+1, total+1, 1e-9)
	})
}

func TestHalfOfTheBurstComesInOneHalfLife(t *testing.T) {
	e := &models.Event{Hour: 12, HalfLife: 0.25}
	require.Zero(t, e.Burst(12))
	require.InDelta(t, 0.5, e.Burst(12.25), 1e-12) // 48 half-lives remain in the day, which leaves 4e-15 out
	require.InDelta(t, 0.75, e.Burst(12.5), 1e-12)
	require.Equal(t, 1.0, e.Burst(24))
}

func TestEventFaults(t *testing.T) {
	for path, bend := range map[string]func(m *models.Model, e *models.Event){
		"event":            func(m *models.Model, e *models.Event) { m.Horizon.Unit = "week" },
		"event.platform":   func(m *models.Model, e *models.Event) { e.Platform = "C" },
		"event.period":     func(m *models.Model, e *models.Event) { e.Period = 11 },
		"event.length":     func(m *models.Model, e *models.Event) { e.Length = 13 },
		"event.hour":       func(m *models.Model, e *models.Event) { e.Hour = 25 },
		"event.profile":    func(m *models.Model, e *models.Event) { e.Profile = e.Profile[1:] },
		"event.profile[3]": func(m *models.Model, e *models.Event) { e.Profile[3] = -1 },
		"event.redemption": func(m *models.Model, e *models.Event) { e.Redemption = 15 },
		"event.half_life":  func(m *models.Model, e *models.Event) { e.HalfLife = 0 },
		"event.starts":     func(m *models.Model, e *models.Event) { e.Starts = math.Inf(1) },
		"event.quantile":   func(m *models.Model, e *models.Event) { e.Quantile = 1 },
	} {
		m := sound()
		e := &models.Event{Platform: "A", Period: 5, Hour: 12, Length: 1, Redemption: 0.15, HalfLife: 0.5, Starts: 8, Quantile: 0.95}
		for range models.HoursPerDay {
			e.Profile = append(e.Profile, 1)
		}
		m.Event = e
		require.Empty(t, m.Validate())
		bend(m, e)
		faults := m.Validate()
		require.Len(t, faults, 1, "%s: %v", path, faults)
		require.Equal(t, path, faults[0].Path)
	}
}
