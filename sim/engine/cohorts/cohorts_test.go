package cohorts_test

import (
	"context"
	"fmt"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
	"flywheel/sim"
	"flywheel/sim/engine/cohorts"
)

// country is a market of many regions and classes: consumers and merchants in each, two
// platforms, awareness, a cross-side effect that differs between people.
func country(people int64, regions, classes, periods int) *models.Model {
	m := &models.Model{
		Name: "country", Horizon: models.Horizon{Periods: periods, Unit: "day"},
		Clock:     models.Clock{Kind: models.ClockSync, Revision: 0.05},
		Noise:     models.Noise{Kind: models.NoiseAnnealed, Scale: 1},
		Platforms: []models.Platform{{Name: "A"}, {Name: "B"}},
	}
	for r := range regions {
		for _, side := range []string{"consumers", "merchants"} {
			size := people / int64(regions)
			if side == "merchants" {
				size /= 50
			}
			m.Segments = append(m.Segments, models.Segment{
				Side: side, Name: fmt.Sprint(side, r), Region: fmt.Sprint("r", r), Size: size, PriceSensitivity: 1,
				Value:  []models.Value{models.Number(-2), models.Number(-2.2)},
				Cross:  models.Effect{Strength: models.Value{Mean: 4, SD: 0.5, Classes: classes}},
				Same:   models.Effect{Strength: models.Number(0.3)},
				Homing: models.Multi{Cost: 0.5, Duplicate: 0.5}, Switching: 0.2,
				Aware: &models.Aware{P: 0.01, Q: 0.1},
				Start: []models.Begin{{Homing: 1, Share: 0.01}},
			})
		}
	}
	return m
}

func simulate(t testing.TB, l *models.Law, seed uint64) *cohorts.Engine {
	e := new(cohorts.Engine)
	require.NoError(t, sim.Simulate(context.Background(), l, e, sim.Options{Seed: seed}, sim.NewRecorder(l, sim.Labels{})))
	return e
}

// TestNobodyIsLost: every group keeps its people, to the last one of 1.4 billion.
func TestNobodyIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := rapid.Int64Range(1000, 1_400_000_000).Draw(t, "people")
		l, err := models.Compile(country(people, 2, 3, 20))
		require.NoError(t, err)
		e := new(cohorts.Engine)
		require.NoError(t, sim.Simulate(context.Background(), l, e, sim.Options{Seed: rapid.Uint64().Draw(t, "seed")}, sim.NewRecorder(l, sim.Labels{})))
		for g := range l.Groups {
			var sum float64
			for _, n := range e.Counts().Standing[g] {
				require.GreaterOrEqual(t, n, 0.0)
				sum += n
			}
			require.Equal(t, float64(l.Groups[g].Size), sum)
		}
	})
}

// TestLastingTastesAreRefused: each by its name, with what would do.
func TestLastingTastesAreRefused(t *testing.T) {
	refused := func(change func(s *models.Segment)) string {
		m := country(1000, 1, 2, 1)
		change(&m.Segments[0])
		l, err := models.Compile(m)
		require.NoError(t, err)
		return new(cohorts.Engine).Accept(l).Error()
	}
	const kept = "cohorts cannot carry what each person keeps for life (segment consumers0: "
	require.Equal(t, kept+"transport); use agents", refused(func(s *models.Segment) { s.Transport = 1 }))
	require.Equal(t, kept+"noise: {kind: quenched}); use agents", refused(func(s *models.Segment) { s.Noise = &models.Noise{Kind: models.NoiseQuenched, Scale: 1} }))
	require.Equal(t, kept+"taste); use agents, or classes of people: value: {normal: [MEAN, 0.5], classes: 6} instead of taste",
		refused(func(s *models.Segment) { s.Taste.SD = []float64{0.5, 0.1} }))
}

// BenchmarkRun reports cell-periods per CPU-second, and CPU-seconds for 1,095 days of 1.4
// billion people, and of twice as many; with 100 regions, scaled up from the first 110 days, in
// which more cells are occupied than later.
func BenchmarkRun(b *testing.B) {
	for _, c := range []struct {
		people                   int64
		regions, classes, period int
	}{{1_400_000_000, 1, 22, 1095}, {1_400_000_000, 8, 22, 1095}, {2_800_000_000, 8, 22, 1095}, {1_400_000_000, 100, 176, 110}} {
		l, err := models.Compile(country(c.people, c.regions, c.classes, c.period))
		require.NoError(b, err)
		cells := len(l.Groups) * l.Standings.Count()
		b.Run(fmt.Sprintf("people=%g/cells=%d", float64(c.people), cells), func(b *testing.B) {
			var before, after syscall.Rusage
			require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &before))
			for range b.N {
				simulate(b, l, 1)
			}
			require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &after))
			spent := float64(after.Utime.Nano()+after.Stime.Nano()-before.Utime.Nano()-before.Stime.Nano()) / 1e9
			b.ReportMetric(float64(cells)*float64(c.period)*float64(b.N)/spent, "cell-periods/cpu-s")
			b.ReportMetric(spent/float64(b.N)*1095/float64(c.period), "cpu-s/1095-days")
		})
	}
}
