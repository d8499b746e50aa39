package study_test

import (
	"context"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
	"flywheel/sim/engine/cohorts"
	"flywheel/sim/study"
)

// fourHundred is a million people in 396 cells: two platforms, awareness, forty-four
// classes on two sides, orders, capacity and two budgets.
func fourHundred(t testing.TB, periods int, discount float64) *models.Law {
	m := &models.Model{
		Name: "four-hundred", Horizon: models.Horizon{Periods: periods, Unit: "day"},
		Clock: models.Clock{Kind: models.ClockSync, Revision: 0.02}, Noise: models.Noise{Kind: models.NoiseAnnealed, Scale: 1},
		Platforms: []models.Platform{
			{Name: "A", Fee: 0.15, Cash: models.MoneyOf(1e7), Capacity: 60_000},
			{Name: "B", Fee: 0.10, Cash: models.MoneyOf(1e7), Location: 1},
		},
		Policies: []models.Policy{
			{Name: "launch", Platform: "A", Target: models.Target{Side: "consumers"}, Instrument: models.PayOrder, Shape: models.Constant{Amount: discount}, Limited: true, Budget: models.MoneyOf(4e6)},
			{Name: "stay", Platform: "B", Target: models.Target{Side: "merchants"}, Instrument: models.PayPeriod, Shape: models.Ramp{From: 1, To: 0, Over: 180}},
		},
	}
	for _, s := range []struct {
		side, name string
		size       int64
		classes    int
	}{{"consumers", "students", 400_000, 20}, {"consumers", "families", 560_000, 20}, {"merchants", "kitchens", 40_000, 4}} {
		segment := models.Segment{
			Side: s.side, Name: s.name, Region: "everywhere", Size: s.size, PriceSensitivity: 1,
			Value:  []models.Value{models.Number(-1), models.Number(-1.2)},
			Cross:  models.Effect{Strength: models.Value{Mean: 2.5, SD: 0.3, Classes: s.classes}},
			Homing: models.Multi{Cost: 0.5}, Aware: &models.Aware{P: 0.01, Q: 0.2},
			Start: []models.Begin{{Homing: 1, Share: 0.02}, {Homing: 2, Share: 0.02}},
		}
		if s.side == "consumers" {
			segment.Orders = models.Ordering{Rate: 0.1, Basket: models.MoneyOf(30)}
		}
		m.Segments = append(m.Segments, segment)
	}
	l, err := models.Compile(m)
	require.NoError(t, err)
	return l
}

// BenchmarkEnsemble runs and keeps 20 replications of a million people in 396 cells over
// 730 days, and reports CPU time per replication and per period.
func BenchmarkEnsemble(b *testing.B) {
	const replications, periods = 20, 730
	p := study.NewPlan("bench", []study.Variant{{Name: study.Base, Law: fourHundred(b, periods, 2)}},
		study.Settings{Replications: replications, Seed: 1, Band: [2]float64{0.05, 0.95}, At: []int{365}})
	b.ReportAllocs()
	before := cpu(b)
	for b.Loop() {
		e := study.NewEnsemble(p, nil)
		_, err := study.Execute(context.Background(), p, study.Execution{Engine: func() sim.Engine { return new(cohorts.Engine) }, Threads: 2,
			Deliver: func(t study.Trial, table *results.Table) error { e.Add(t, table); return nil }})
		require.NoError(b, err)
	}
	b.ReportMetric((cpu(b)-before)*1e6/float64(b.N*replications*periods), "cpu-us/period")
}

// TestSmallChangesArePaired: a discount one hundredth larger, on the same luck, shows against
// at most a hundredth of the variance that two independent runs would have, at any time in
// the first year. Twenty-four pairs know the ratio to about 40%, and it is several times the
// bar.
func TestSmallChangesArePaired(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: leaves out 48 years of a million people")
	}
	var ends [2][]*results.Table
	for i, discount := range []float64{2, 2.02} {
		p := study.NewPlan("pairs", []study.Variant{{Name: study.Base, Law: fourHundred(t, 365, discount)}}, study.Settings{Replications: 24, Seed: 1})
		_, err := study.Execute(context.Background(), p, study.Execution{Engine: func() sim.Engine { return new(cohorts.Engine) }, Threads: 2, Periods: []int{30, 60, 120, 240, 365},
			Deliver: func(_ study.Trial, table *results.Table) error {
				ends[i] = append(ends[i], table.Where("platform", "A").Where("side", "consumers").Where("segment", "*"))
				return nil
			}})
		require.NoError(t, err)
	}
	for row := range ends[0][0].Rows() {
		var before, after []float64
		for r := range ends[0] {
			before = append(before, ends[0][r].Numbers("participants")[row])
			after = append(after, ends[1][r].Numbers("participants")[row])
		}
		d, _ := results.Paired(after, before, 0.95)
		t.Logf("period %d: variance ratio %.0f", ends[0][0].Integers("period")[row], d.VarianceRatio)
		require.Greater(t, d.VarianceRatio, 100.0)
	}
}

// cpu is the processor time this process has used, in seconds.
func cpu(b *testing.B) float64 {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
