package study_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
	"flywheel/sim/engine"
	"flywheel/sim/study"
)

// spreading is a town where people hear of one platform (p, q) and like it or not (value).
func spreading(p, q, value float64) (*models.Law, error) {
	return models.Compile(&models.Model{
		Name: "town", Horizon: models.Horizon{Periods: 60, Unit: "week"},
		Clock: models.Clock{Kind: models.ClockSync, Revision: 0.2}, Noise: models.Noise{Kind: models.NoiseAnnealed, Scale: 1},
		Platforms: []models.Platform{{Name: "A"}},
		Segments: []models.Segment{{Side: "people", Name: "people", Region: "here", Size: 20000,
			Value: []models.Value{models.Number(value)}, Aware: &models.Aware{P: p, Q: q}}},
	})
}

func newEngineOf(name string) (sim.Engine, error) {
	e, known := engine.New(name)
	if !known {
		return nil, errors.New(name)
	}
	return e, nil
}

// town is a fitting of p, q and the value of a platform to a series of participants.
func town(observed []study.Observation, luck int) study.Fitting {
	inputs := []study.Input{{Path: "p", Lo: 0.001, Hi: 0.1, Log: true}, {Path: "q", Lo: 0.02, Hi: 2, Log: true}, {Path: "value", Lo: -2, Hi: 4}}
	respond := func(kind string, runs int) *study.Response {
		return &study.Response{
			Make: func(u []float64) (*models.Law, error) {
				return spreading(inputs[0].Number(u[0]), inputs[1].Number(u[1]), inputs[2].Number(u[2]))
			},
			Engine: newEngineOf, Settings: study.Settings{Engine: kind, Seed: 99},
			Runs: runs, Threads: runtime.GOMAXPROCS(0), Periods: study.PeriodsOf(study.Quantities(observed)),
			Measure: func(_ *models.Law, t *results.Table) []float64 { return study.Foresee(t, observed) },
		}
	}
	f := study.Fitting{Inputs: inputs, Observed: observed, Errors: study.Additive, Start: []float64{0.5, 0.5, 0.5}, Global: 240, Local: 300, Seed: 1,
		Predict: respond("meanfield", 1).Run}
	if luck > 0 {
		f.Luck = func(ctx context.Context, u []float64) (study.Answer, error) {
			all, err := respond("cohorts", luck).Run(ctx, [][]float64{u})
			return all[0], err
		}
	}
	return f
}

// witnessed is what somebody saw of one run of the town: every second week up to the 40th for the fit, and what came
// after it.
func witnessed(t *testing.T, kind string, replication int, noise float64) []study.Observation {
	law, err := spreading(0.01, 0.25, 1)
	require.NoError(t, err)
	e, _ := engine.New(kind)
	record := sim.NewRecorder(law, sim.Labels{})
	require.NoError(t, sim.Simulate(context.Background(), law, e, sim.Options{Seed: 5, Replication: replication}, record))
	die := rand.New(rand.NewPCG(uint64(replication), 7))
	var observed []study.Observation
	for week := 2; week <= 60; week += 2 {
		o := study.Observation{Train: week <= 40, Quantity: study.Quantity{Metric: "participants", Platform: "A", Side: "people", Segment: "*", Region: "*", Period: week}}
		o.Value = study.Read(record.Table, []study.Quantity{o.Quantity})[0] + noise*die.NormFloat64()
		observed = append(observed, o)
	}
	return observed
}

// recovered counts how often the intervals of fits to so many runs hold the true numbers,
// 0.01, 0.25 and 1, and how often those of forecasts hold what came.
func recovered(t *testing.T, cases int, kind string, noise float64, luck int) (parameters, forecasts float64) {
	var in, all, hit, seen float64
	for r := range cases {
		f := town(witnessed(t, kind, r, noise), luck)
		fit, err := f.Run(context.Background())
		require.NoError(t, err)
		for i, truth := range []float64{0.01, 0.25, 1} {
			p := fit.Parameters[i]
			all++
			if p.Lo <= truth && truth <= p.Hi {
				in++
			}
		}
		for i, o := range f.Observed {
			if !o.Train {
				seen++
				if i := fit.Forecasts[i]; o.Value >= i.Lo && o.Value <= i.Hi {
					hit++
				}
			}
		}
	}
	return in / all, hit / seen
}

func TestAFitRecoversWhatItWasMadeFrom(t *testing.T) {
	f := town(witnessed(t, "meanfield", 0, 0), 0)
	fit, err := f.Run(context.Background())
	require.NoError(t, err)
	for i, truth := range []float64{0.01, 0.25, 1} {
		require.InEpsilon(t, truth, fit.Parameters[i].Value, 1e-3, fit.Parameters[i].Path)
		require.True(t, fit.Parameters[i].Identified)
	}
	require.Less(t, math.Abs(fit.Forecasts[len(fit.Forecasts)-1].Mean/f.Observed[len(f.Observed)-1].Value-1), 1e-4)
}

// Nine in ten 90% intervals hold the number they are about: of 60 cases with three numbers
// each, between 80 and 97% do.
func TestIntervalsOfAFitHoldTheTruth(t *testing.T) {
	cases := 60
	if testing.Short() {
		cases = 4
	}
	for name, c := range map[string]struct {
		kind  string
		noise float64
		luck  int
	}{
		"errors of measurement":          {"meanfield", 300, 0},
		"luck":                           {"cohorts", 0, 60},
		"luck and errors of measurement": {"cohorts", 200, 60},
	} {
		t.Run(name, func(t *testing.T) {
			parameters, forecasts := recovered(t, cases, c.kind, c.noise, c.luck)
			t.Logf("%s: %.1f%% of parameters, %.1f%% of forecasts", name, 100*parameters, 100*forecasts)
			if !testing.Short() {
				require.GreaterOrEqual(t, parameters, 0.80)
				require.LessOrEqual(t, parameters, 0.97)
			}
		})
	}
}
