package study_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim/study"
)

// chronicled runs a law of cohorts so often and tells what happened.
func chronicled(t *testing.T, l *models.Law, runs int, frontiers []study.Frontier) []study.Happening {
	c := study.NewChronicle(l, frontiers)
	settings := study.Settings{Engine: "agents", Replications: runs, Seed: 5, Band: [2]float64{0.05, 0.95}}
	_, err := study.Execute(t.Context(), study.NewPlan("run", []study.Variant{{Name: study.Base, Law: l}}, settings), study.Execution{Engine: newEngine, Threads: 2,
		Deliver: func(_ study.Trial, timeline *results.Table) error { c.Add(timeline); return nil }})
	require.NoError(t, err)
	return c.Happenings(settings.Band)
}

// What a scenario puts on dates is told on them, in all runs; what is drawn in as many runs as it was
// drawn in, with the mean of its dates; and nothing is told that did not happen.
func TestHappenings(t *testing.T) {
	const periods, runs = 60, 40
	cap, below := 0.1, models.MoneyOf(-5)
	m := &models.Model{
		Name: "t", Horizon: models.Horizon{Periods: periods, Unit: "day"}, Clock: models.Clock{Kind: models.ClockSync, Revision: 0.2},
		Noise: models.Noise{Kind: models.NoiseAnnealed, Scale: 1},
		Platforms: []models.Platform{
			{Name: "A", Fee: 0.2, Income: &models.Income{Rounds: []models.Round{{Name: "seed", Period: 7, Amount: models.MoneyOf(50)}}}},
			{Name: "B", Entry: &models.Entry{Base: 0.02, After: 9}, Imitates: &models.Imitation{Rival: "A", Share: 0.5, Lag: 5}},
			{Name: "C", Launch: map[string]int{"here": 12}, Cost: models.Cost{Fixed: models.MoneyOf(1)}},
			{Name: "D", Cost: models.Cost{Fixed: models.MoneyOf(1)}, Exit: &models.Exit{Cash: &below}},
		},
		Segments: []models.Segment{{
			Side: "people", Name: "people", Region: "here", Size: 400,
			Value:  []models.Value{models.Number(1), models.Number(-1), models.Number(-1), models.Number(-9)},
			Orders: models.Ordering{Rate: 0.1, Basket: models.MoneyOf(1)},
		}},
		Policies:    []models.Policy{{Name: "gift", Platform: "A", Instrument: models.PayJoin, Shape: models.Constant{Amount: 1}, Until: 20}},
		Mergers:     []models.Merger{{Name: "m", From: "C", Into: "A", At: 40}},
		Shocks:      []models.Shock{{Name: "storm", At: 15, For: 3, Orders: -0.5}},
		Regulations: []models.Regulation{{Name: "cap", From: 30, Until: 33, Commission: &cap}, {Name: "case", Platform: "A", From: 31, Fine: models.Fine{Amount: models.MoneyOf(3)}}},
	}
	list := chronicled(t, compiledModel(t, m), runs, nil)
	at := map[string]study.Happening{}
	for i, h := range list {
		at[h.Platform+" "+h.What] = h
		require.Equal(t, runs, h.Of)
		require.True(t, i == 0 || list[i-1].Period.Mean <= h.Period.Mean, "by date")
	}
	for what, period := range map[string]float64{
		"A receives funding (seed): 50": 7, "C is launched in here": 12, " shock storm": 15, " shock storm is over": 18, "A pays its last subsidy": 20,
		" regulation cap: take rates of at most 10%": 30, " regulation cap is over": 34, "A comes under regulation case: a fine": 31, "A is fined: 3": 31, "C becomes part of A": 40,
		"D owes money for the first time": 1, "D gives up": 7, // after 6 periods of 1 it has less than -5, which is seen in the next
	} {
		h, told := at[what]
		require.True(t, told, "%q is not among %v", what, at)
		require.Equal(t, results.Band{Mean: period, Lo: period, Hi: period, N: runs}, h.Period, what)
		require.Equal(t, runs, h.Runs, what)
	}
	// B comes in each of 51 periods with a probability of 1-exp(-0.02): by the end in 64% of runs.
	came, learnt := at["B comes into the market"], at["B has learnt what it imitates of A"]
	require.InDelta(t, runs*-math.Expm1(-0.02*51), came.Runs, 6*math.Sqrt(runs*0.64*0.36))
	require.GreaterOrEqual(t, came.Period.Lo, 10.0)
	require.LessOrEqual(t, learnt.Runs, came.Runs)
	require.Equal(t, runs, at["A leads among people from here on"].Runs)
	require.Empty(t, at["B gives up"].What)
}

// A platform that everybody wants from some time on is past a frontier from then on; one that falls back
// behind it is not.
func TestPastCriticalMass(t *testing.T) {
	m := textbookMarket(textbook()["even"], models.Clock{Kind: models.ClockSync, Revision: 0.2})
	m.Horizon.Periods = 80
	l := compiledModel(t, m)
	frontier := study.Frontier{First: []float64{0, 1}, Second: []float64{1, 0}} // n1 + n2 = 1
	lifted := *m
	lifted.Shocks = []models.Shock{{Name: "lift", At: 10, For: 30, Worth: 5}, {Name: "fall", At: 60, Worth: -50}}
	for _, h := range chronicled(t, compiledModel(t, &lifted), 3, []study.Frontier{frontier}) {
		require.NotContains(t, h.What, "critical mass", "it fell behind it again")
	}
	lifted.Shocks = lifted.Shocks[:1]
	told := chronicled(t, compiledModel(t, &lifted), 3, []study.Frontier{frontier})
	i := 0
	for ; i < len(told) && told[i].What != "is past critical mass from here on"; i++ {
	}
	require.Less(t, i, len(told), "%v", told)
	require.Equal(t, 3, told[i].Runs)
	require.Greater(t, told[i].Period.Lo, 9.0)
	require.Less(t, told[i].Period.Hi, 40.0)
	frontier.Second = []float64{math.NaN(), math.NaN()}
	for _, h := range chronicled(t, l, 3, []study.Frontier{frontier}) {
		require.NotContains(t, h.What, "critical mass", "not even everybody suffices")
	}
}

// Too little work allowed is said, and counted so that it is the same on every machine.
func TestCriticalMassTakesNoMoreThanItMay(t *testing.T) {
	for range 2 {
		for _, few := range []int64{1000, 1_000_000} { // the first does not suffice for the equilibria
			_, err := study.CriticalMass(t.Context(), crowded(t), study.Fineness{Starts: 4, Points: 9, Tolerance: 5e-3, Hurried: true, Evaluations: few})
			require.ErrorIs(t, err, study.ErrTooMuch)
		}
	}
}

func compiledModel(t *testing.T, m *models.Model) *models.Law {
	l, err := models.Compile(m)
	require.NoError(t, err)
	return l
}

// A rate that falls on a straight line from 10 to 0 in two hours starts 10 journeys in its busiest second, 60 times the
// mean of its first minute in that, and three quarters of all 36,000 in its first hour.
func TestPeak(t *testing.T) {
	curve := results.NewTable("curve", study.CurveSchema())
	for s := 0.0; s <= 7200; s += 10 {
		require.NoError(t, curve.Append(s, 10*(1-s/7200), 0.95))
	}
	p := study.PeakOf(curve)
	require.Equal(t, 10.0, p.PerSecond)
	require.InDelta(t, 60*(10-10*30/7200.), p.PerMinute, 1e-9)
	require.InDelta(t, 27_000, p.PerHour, 1e-6)
	require.Equal(t, 0.95, p.Quantile)
	require.Zero(t, study.PeakOf(nil))
}
