package agents_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
	"flywheel/sim/engine/agents"
)

func run(t require.TestingT, m *models.Model, o sim.Options) *results.Table {
	l, err := models.Compile(m)
	require.NoError(t, err)
	rec := sim.NewRecorder(l, sim.Labels{Run: "test", Variant: "base", Replication: o.Replication})
	require.NoError(t, sim.Simulate(context.Background(), l, new(agents.Engine), o, rec))
	return rec.Table
}

// at is one metric at a period in a scope.
func at(t *results.Table, metric, platform, side string, period int) float64 {
	rows := t.Where("platform", platform).Where("side", side).Where("segment", "*").Where("region", "*")
	for i, p := range rows.Integers("period") {
		if p == int64(period) {
			return rows.Numbers(metric)[i]
		}
	}
	return math.NaN()
}

// base is one platform that everybody knows, with logit noise of scale one.
func base(periods int, revision float64, segments ...models.Segment) *models.Model {
	m := &models.Model{
		Name:    "test",
		Horizon: models.Horizon{Periods: periods, Unit: "day"},
		Clock:   models.Clock{Kind: models.ClockSync, Revision: revision},
		Noise:   models.Noise{Kind: models.NoiseAnnealed, Scale: 1},
	}
	m.Platforms = []models.Platform{{Name: "A"}}
	m.Segments = segments
	return m
}

func segment(side string, size int64, value, cross, same, start float64) models.Segment {
	return models.Segment{
		Side: side, Name: side, Region: "everywhere", Size: size, PriceSensitivity: 1,
		Value: []models.Value{models.Number(value)},
		Cross: models.Effect{Strength: models.Number(cross)}, Same: models.Effect{Strength: models.Number(same)},
		Start: []models.Begin{{Homing: 1, Share: start}},
	}
}

// TestOneSidedLogit: V = -1, gamma = 1.5, mu = 1 has its only fixed point at 0.402052135
// (Brock and Durlauf 2001; root of n = 1/(1+exp(1-1.5n))). At N = 100,000 the standard
// deviation of the share is 0.0018 (n(1-n)/(N(1-s)), s = 0.36); the mean of 200 periods is
// held within 0.002.
func TestOneSidedLogit(t *testing.T) {
	table := run(t, base(300, 0.2, segment("people", 100_000, -1, 0, 1.5, 0.1)), sim.Options{Seed: 1})
	var sum float64
	for p := 101; p <= 300; p++ {
		sum += at(table, "share", "A", "people", p)
	}
	require.InDelta(t, 0.402052135, sum/200, 0.002)
}

// TestBassDiscrete: hearing with p = 0.03, q = 0.38 and joining for sure is the discrete
// Bass map, F(5) = 0.272906839 and F(10) = 0.782642569; at N = 200,000 the spread is 0.0011.
func TestBassDiscrete(t *testing.T) {
	s := segment("people", 200_000, 1, 0, 0, 0)
	s.Aware = &models.Aware{P: 0.03, Q: 0.38}
	m := base(10, 0, s)
	m.Noise = models.Noise{Kind: models.NoiseNone}
	table := run(t, m, sim.Options{Seed: 1})
	require.InDelta(t, 0.272906839, at(table, "share", "A", "people", 5), 0.006)
	require.InDelta(t, 0.782642569, at(table, "share", "A", "people", 10), 0.006)
}

// TestArmstrongDemand: two platforms at the ends of a line, no outside option, one home
// each; with prices (0.9, 0.5) against (1, 0.6), alpha (0.5, 0.4), t (1, 0.8) the demand
// system has n1 = 0.608333333, n2 = 0.616666667 (Armstrong 2006), within 4/N for tastes
// (i+1/2)/N.
func TestArmstrongDemand(t *testing.T) {
	const n = 2000
	m := base(300, 0.2)
	m.Noise = models.Noise{Kind: models.NoiseNone}
	m.Platforms = []models.Platform{
		{Name: "A", Location: 0, Price: map[string]float64{"one": 0.9, "two": 0.5}},
		{Name: "B", Location: 1, Price: map[string]float64{"one": 1, "two": 0.6}},
	}
	for _, side := range []string{"one", "two"} {
		x := map[string][2]float64{"one": {0.5, 1}, "two": {0.4, 0.8}}[side]
		s := segment(side, n, 0, x[0], 0, 0)
		s.Value = []models.Value{models.Number(0), models.Number(0)}
		s.Transport, s.Outside.None, s.Homing.Cost = x[1], true, math.Inf(1)
		s.Start = []models.Begin{{Homing: 1, Share: 0.5}, {Homing: 2, Share: 0.5}}
		m.Segments = append(m.Segments, s)
	}
	table := run(t, m, sim.Options{Seed: 1})
	require.InDelta(t, 0.608333333, at(table, "share", "A", "one", 300), 4.0/n)
	require.InDelta(t, 0.616666667, at(table, "share", "A", "two", 300), 4.0/n)
	require.Equal(t, 1.0, at(table, "share", "*", "one", 300))
}

// TestThreadsNeverShow: the same rows to the last bit with 1, 2, 7 and 64 goroutines, in a
// market large enough for many blocks, with hearing, personal tastes and money.
func TestThreadsNeverShow(t *testing.T) {
	consumers := segment("consumers", 150_000, -1, 2, 0.5, 0.02)
	consumers.Aware = &models.Aware{P: 0.02, Q: 0.3}
	consumers.Orders = models.Ordering{Rate: 0.3, Basket: models.MoneyOf(20)}
	merchants := segment("merchants", 70_000, 0, 2, 0, 0.05)
	merchants.Transport, merchants.Same.Strength = 0.7, models.Number(0.8)
	merchants.Taste = models.Taste{SD: []float64{0.6}, Draw: models.DrawStratified}
	merchants.Noise = &models.Noise{Kind: models.NoiseQuenched, Scale: 0.8}
	m := base(12, 0.15, consumers, merchants)
	m.Networks = []models.Network{
		{Name: "friends", Side: "consumers", Graph: models.SmallWorld{Neighbours: 6, Rewired: 0.1}, Carries: models.CarriesBoth},
		{Name: "peers", Side: "merchants", Graph: models.Preferential{Links: 2}, Carries: models.CarriesBoth},
	}
	m.Platforms[0].Fee, m.Platforms[0].Capacity = 0.15, 20_000.5
	m.Policies = []models.Policy{{Name: "p", Platform: "A", Instrument: models.PayOrder, Shape: models.Constant{Amount: 1.234567}, Limited: true, Budget: models.MoneyOf(100_000)}}
	want := run(t, m, sim.Options{Seed: 9, Threads: 1, Welfare: true})
	for _, threads := range []int{2, 7, 64} {
		got := run(t, m, sim.Options{Seed: 9, Threads: threads, Welfare: true})
		require.Equal(t, cells(want), cells(got), "%d threads", threads)
	}
	other := run(t, m, sim.Options{Seed: 9, Replication: 1})
	require.NotEqual(t, cells(want), cells(other))
}

// cells writes a table as exact text, in which two missing numbers are equal.
func cells(t *results.Table) []string {
	var all []string
	for row := range t.Rows() {
		for column := range t.Schema {
			all = append(all, t.Cell(row, column))
		}
	}
	return all
}

// TestPersonalMatchesExchangeable: the path for people with tastes of their own, given
// tastes that make no difference, draws what the path for exchangeable people draws.
func TestPersonalMatchesExchangeable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one := segment("one", 500, rapid.Float64Range(-2, 2).Draw(t, "v"), rapid.Float64Range(-3, 3).Draw(t, "alpha"), rapid.Float64Range(-3, 3).Draw(t, "gamma"), 0.2)
		two := segment("two", 200, 0, rapid.Float64Range(-3, 3).Draw(t, "beta"), 0, 0.3)
		one.Value = append(one.Value, models.Number(rapid.Float64Range(-2, 2).Draw(t, "w")))
		two.Value = append(two.Value, models.Number(0.1))
		one.Homing = models.Multi{Cost: rapid.Float64Range(0, 2).Draw(t, "kappa"), Duplicate: rapid.Float64Range(0, 1).Draw(t, "rho")}
		one.Switching = rapid.Float64Range(0, 1).Draw(t, "switching")
		if rapid.Bool().Draw(t, "gated") {
			one.Aware = &models.Aware{P: 0.1, Q: 0.5}
		}
		m := base(15, rapid.Float64Range(0.01, 1).Draw(t, "revision"), one, two)
		if rapid.Bool().Draw(t, "noiseless") {
			m.Noise = models.Noise{Kind: models.NoiseNone}
		}
		m.Platforms = []models.Platform{{Name: "A", Location: 0.5}, {Name: "B", Location: 0.5}}
		want := run(t, m, sim.Options{Seed: 3})
		// A distance of at most one half at a cost of 1e-300 is lost in rounding; it only takes
		// the other path.
		m.Segments[0].Transport, m.Segments[1].Transport = 1e-300, 1e-300
		require.Equal(t, cells(want), cells(run(t, m, sim.Options{Seed: 3})))
	})
}

// TestAsyncBass: in continuous time, a pure birth chain with rate (N-k)(p+qk/N) reaches
// half of N = 1000 after 6.56234247 periods on average, with standard deviation 0.318050499
// (p = 0.03, q = 0.38; sums over the chain). Periods are a tenth of a unit long, so the half
// time is read half a tenth late; 200 runs hold the mean within four standard errors.
func TestAsyncBass(t *testing.T) {
	const runs, tenth = 200, 10
	s := segment("people", 1000, 1, 0, 0, 0)
	s.Aware = &models.Aware{P: 0.03 / tenth, Q: 0.38 / tenth}
	m := base(12*tenth, 0, s)
	m.Clock.Kind = models.ClockAsync
	m.Noise = models.Noise{Kind: models.NoiseNone}
	var sum, squares float64
	for r := range runs {
		table := run(t, m, sim.Options{Seed: 11, Replication: r})
		half := math.NaN()
		for p := 1; p <= 12*tenth; p++ {
			if at(table, "participants", "A", "people", p) >= 500 {
				half = (float64(p) - 0.5) / tenth
				break
			}
		}
		sum += half
		squares += half * half
	}
	mean := sum / runs
	require.InDelta(t, 6.56234247, mean, 4*0.318050499/math.Sqrt(runs))
	require.InEpsilon(t, 0.318050499, math.Sqrt(squares/runs-mean*mean), 4/math.Sqrt(2*runs))
}

// TestAsyncLogitSpread: one-sided logit V = -1, gamma = 1.5, mu = 1, N = 400 has the
// stationary standard deviation 0.030659121 asynchronously (n(1-n)/(N(1-s))); over 8000
// periods with relaxation time 1/(1-s) = 1.6 some 2500 samples are independent.
func TestAsyncLogitSpread(t *testing.T) {
	m := base(8000, 1, segment("people", 400, -1, 0, 1.5, 0.4))
	m.Clock.Kind = models.ClockAsync
	rows := run(t, m, sim.Options{Seed: 5}).Where("platform", "A").Where("segment", "people")
	var sum, squares float64
	shares := rows.Numbers("share")[100:]
	for _, x := range shares {
		sum += x
		squares += x * x
	}
	n := float64(len(shares))
	require.InDelta(t, 0.40213, sum/n, 0.003)
	require.InEpsilon(t, 0.030659121, math.Sqrt(squares/n-sum/n*sum/n), 0.06)
}
