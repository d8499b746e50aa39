package study_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim/study"
)

// TestCurveCarriesTheEvent: everybody uses the platform, 5000 people with half an order a
// day each, a tenth of whom take the coupon; the curve of the hour after noon must hold the
// expected starts within four standard deviations at the median over replications.
func TestCurveCarriesTheEvent(t *testing.T) {
	profile := make([]float64, models.HoursPerDay)
	for i := range profile {
		profile[i] = 1
	}
	l, err := models.Compile(&models.Model{
		Name: "event", Horizon: models.Horizon{Periods: 3, Unit: "day"},
		Clock:     models.Clock{Kind: models.ClockSync},
		Noise:     models.Noise{Kind: models.NoiseNone},
		Platforms: []models.Platform{{Name: "A"}},
		Segments: []models.Segment{{Side: "people", Name: "people", Region: "here", Size: 5000,
			Value: []models.Value{models.Number(1)}, Start: []models.Begin{{Homing: 1, Share: 1}},
			Orders: models.Ordering{Rate: 0.5, Basket: models.MoneyOf(10)}}},
		Event: &models.Event{Platform: "A", Period: 2, Hour: 12, Length: 1, Profile: profile, Redemption: 0.1, HalfLife: 0.25, Starts: 8, Quantile: 0.5},
	})
	require.NoError(t, err)
	p := study.NewPlan("run", []study.Variant{{Name: study.Base, Law: l}}, study.Settings{Replications: 39, Seed: 1, Band: [2]float64{0.05, 0.95}})
	e := study.NewEnsemble(p, nil)
	_, err = study.Execute(context.Background(), p, study.Execution{Engine: newEngine, Threads: 2,
		Deliver: func(tr study.Trial, table *results.Table) error { e.Add(tr, table); return nil }})
	require.NoError(t, err)
	curve, warnings, err := e.Curve()
	require.NoError(t, err)
	require.Empty(t, warnings)
	times, rates := curve.Numbers("t_s"), curve.Numbers("starts_per_s")
	require.Equal(t, 0.0, times[0])
	require.Equal(t, 3600.0, times[len(times)-1])
	var area float64
	for i := 1; i < len(times); i++ {
		area += (rates[i] + rates[i-1]) / 2 * (times[i] - times[i-1])
	}
	// 2500 ordinary orders over 24 hours, and 500 coupon orders of which 1-2^-4 come in four
	// half-lives; their spread over replications is at most sqrt(2500)/24 + sqrt(450).
	want := 8 * (2500.0/24 + 500*(1-1.0/16))
	require.InDelta(t, want, area, 8*4*24/6.2, "the median of 39 is known to about a sixth of a standard deviation")
	require.Greater(t, rates[0], 3*rates[len(rates)-1], "the rush comes first")
}
