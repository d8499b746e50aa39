package agents_test

import (
	"context"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/scenarios"
	"flywheel/sim"
	"flywheel/sim/engine/agents"
)

// BenchmarkRun moves a million consumers and twenty thousand merchants between two
// platforms, recorded, and reports participant-periods per CPU-second. One goroutine.
func BenchmarkRun(b *testing.B) {
	consumers := segment("consumers", 1_000_000, -1, 2, 0.5, 0.02)
	consumers.Value = append(consumers.Value, models.Number(-1.2))
	consumers.Homing.Cost = 0.5
	consumers.Orders = models.Ordering{Rate: 0.1, Basket: models.MoneyOf(30)}
	merchants := segment("merchants", 20_000, -1, 3, -0.2, 0.05)
	merchants.Value = append(merchants.Value, models.Number(-1))
	gated := consumers
	gated.Aware = &models.Aware{P: 0.01, Q: 0.2}
	placed := consumers
	placed.Transport = 0.5
	tastes := consumers
	tastes.Taste = models.Taste{SD: []float64{1, 0.7}}
	stratified := consumers
	stratified.Taste = models.Taste{SD: []float64{1, 0.7}, Draw: models.DrawStratified}
	quenched := consumers
	quenched.Noise = &models.Noise{Kind: models.NoiseQuenched, Scale: 1}
	for _, c := range []struct {
		name     string
		segment  models.Segment
		revision float64
	}{
		{"revision=0.02", consumers, 0.02},
		{"revision=0.10", consumers, 0.10},
		{"gated", gated, 0.10},
		{"placed", placed, 0.10},
		{"tastes", tastes, 0.10},
		{"stratified", stratified, 0.10},
		{"quenched", quenched, 0.10},
	} {
		b.Run(c.name, func(b *testing.B) {
			const periods = 50
			m := base(periods, c.revision, c.segment, merchants)
			m.Platforms = []models.Platform{{Name: "A", Fee: 0.15, Location: 0}, {Name: "B", Fee: 0.1, Location: 1}}
			l, err := models.Compile(m)
			require.NoError(b, err)
			b.ReportAllocs()
			b.ResetTimer()
			before := cpu(b)
			for range b.N {
				rec := sim.NewRecorder(l, sim.Labels{})
				require.NoError(b, sim.Simulate(context.Background(), l, new(agents.Engine), sim.Options{Seed: 1}, rec))
			}
			b.ReportMetric(float64(b.N)*periods*1_020_000/(cpu(b)-before), "participant-periods/cpu-s")
		})
	}
}

// cpu is the processor time this process has used, in seconds.
func cpu(b testing.TB) float64 {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// BenchmarkDay measures days in which people live on after joining, on a market and on one that
// shares its law and none of its numbers: participant-periods per CPU-second of one goroutine,
// the share of people whose turn may have come, start and record included.
func BenchmarkDay(b *testing.B) {
	for _, name := range []string{"day", "day-perturbed"} {
		b.Run(name, func(b *testing.B) {
			s, err := scenarios.Load("../../../scenarios/testdata/"+name+".yaml", scenarios.Options{})
			require.NoError(b, err)
			l, err := models.Compile(s.Model)
			require.NoError(b, err)
			b.ReportAllocs()
			b.ResetTimer()
			before := cpu(b)
			for range b.N {
				rec := sim.NewRecorder(l, sim.Labels{})
				require.NoError(b, sim.Simulate(context.Background(), l, new(agents.Engine), sim.Options{Seed: 1}, rec))
			}
			b.ReportMetric(float64(b.N)*float64(s.Model.Horizon.Periods)*float64(l.People())/(cpu(b)-before), "participant-periods/cpu-s")
		})
	}
}
