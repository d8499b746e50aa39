package engine_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/models/theory"
	"flywheel/results"
	"flywheel/sim"
	"flywheel/sim/engine"
)

// TestRetentionByAge: with hazards by exact age those who began on a platform are retained as the
// shifted beta-geometric law says (Fader and Hardie 2007, their High End and Regular customers),
// or as the product of a list's complements, its last one staying: within four standard errors of
// 200,000 customers.
func TestRetentionByAge(t *testing.T) {
	const people, years = 200_000, 12
	follows := func(age models.Age, survival func(year int) float64) {
		got := retained(t, "agents", models.Life{Age: &age}, models.ClockSync, people, years)
		for year, share := range got {
			s := survival(year)
			require.InDelta(t, s, share, 4*math.Sqrt(s*(1-s)/people)+1e-12, fmt.Sprint(age, " after years: ", year))
		}
	}
	for _, want := range []theory.SBG{{Alpha: 0.668, Beta: 3.806}, {Alpha: 0.704, Beta: 1.182}} {
		follows(models.Age{Beta: [2]float64{want.Alpha, want.Beta}}, want.Survival)
	}
	list := models.Age{Hazards: []float64{0.1, 0.4, 0, 0.05}}
	follows(list, func(year int) float64 {
		s := 1.0
		for i := range year {
			s *= 1 - list.Hazards[min(i, 3)]
		}
		return s
	})
}

// TestAgeBeginsWithJoining: half hear of the platform and join in every period, and everybody
// leaves in the third period after joining and in no other. So of the joins of a period exactly all
// leave three periods later; and every row is the same at any number of threads. With 150,000
// people there are three blocks of them for the threads to share.
func TestAgeBeginsWithJoining(t *testing.T) {
	const people, periods = 150_000, 12
	m := &models.Model{
		Name: "ages", Horizon: models.Horizon{Periods: periods, Unit: "week"},
		Clock: models.Clock{Kind: models.ClockSync}, Noise: models.Noise{Kind: models.NoiseNone}, Platforms: []models.Platform{{Name: "A"}},
		Segments: []models.Segment{{Side: "customers", Name: "everyone", Region: "here", Size: people, Value: []models.Value{models.Number(1)},
			Life: &models.Life{Age: &models.Age{Hazards: []float64{0, 0, 1, 0}}, Winback: -1e6}, Aware: &models.Aware{P: 0.5}}},
	}
	l, err := models.Compile(m)
	require.NoError(t, err)
	rows := func(threads int) *results.Table {
		e, _ := engine.New("agents")
		rec := sim.NewRecorder(l, sim.Labels{})
		require.NoError(t, sim.Simulate(context.Background(), l, e, sim.Options{Seed: 3, Threads: threads}, rec))
		return rec.Table
	}
	one := rows(1)
	for _, threads := range []int{2, 7} {
		require.Equal(t, fmt.Sprint(one.Data), fmt.Sprint(rows(threads).Data), "as text, in which what is not a number equals itself")
	}
	all := one.Where("platform", "A").Where("side", "customers").Where("segment", "*")
	joins, churned := all.Numbers("joins"), all.Numbers("churned")
	require.InDelta(t, 0.5, joins[1]/people, 4*0.5/math.Sqrt(people))
	for week := 4; week <= periods; week++ {
		require.Equal(t, joins[week-3], churned[week], week)
	}
}

// TestAgesAreRefusedByCells: by name, with what would do: the mixture of the same retention where
// there is one.
func TestAgesAreRefusedByCells(t *testing.T) {
	for _, c := range []struct {
		age    models.Age
		remedy string
	}{
		{models.Age{Beta: [2]float64{0.7, 1.2}}, "use agents, or the mixture with the same retention: life: {churn: {beta: [0.7, 1.2], classes: 64}} instead of age"},
		{models.Age{Hazards: []float64{0.2, 0.1}}, "use agents, or hazards that differ between people: life: {churn: {beta: [A, B], classes: 64}} instead of age"},
	} {
		m := &models.Model{
			Name: "ages", Horizon: models.Horizon{Periods: 3, Unit: "week"}, Clock: models.Clock{Kind: models.ClockSync}, Noise: models.Noise{Kind: models.NoiseNone},
			Platforms: []models.Platform{{Name: "A"}},
			Segments:  []models.Segment{{Side: "customers", Name: "everyone", Region: "here", Size: 10, Value: []models.Value{models.Number(1)}, Life: &models.Life{Age: &c.age}}},
		}
		l, err := models.Compile(m)
		require.NoError(t, err)
		for _, name := range []string{"cohorts", "meanfield"} {
			e, _ := engine.New(name)
			require.EqualError(t, e.Accept(l), name+" cannot carry what each person keeps for life (segment everyone: life.age); "+c.remedy)
		}
	}
}
