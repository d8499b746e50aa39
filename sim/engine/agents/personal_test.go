package agents_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"flywheel/models"
	"flywheel/sim"
)

// quenched is noise of scale one that everybody keeps for life.
var quenched = models.Noise{Kind: models.NoiseQuenched, Scale: 1}

// four wants a share of n people within four standard errors.
func four(t *testing.T, want, got float64, n int) {
	t.Helper()
	require.InDelta(t, want, got, 4*math.Sqrt(want*(1-want)/float64(n)))
}

// TestQuenchedIsLogit: best replies under Gumbel draws kept for life are spread over people as
// a logit (McFadden 1974): once everybody has revised from outside, bundles worth 0.3, -0.2
// and 0.3 - 0.2 - 0.4 beside an outside option worth 0 have those logit shares. Nobody moves
// again, for nothing has changed.
func TestQuenchedIsLogit(t *testing.T) {
	const n = 200_000
	s := segment("people", n, 0.3, 0, 0, 0)
	s.Value = append(s.Value, models.Number(-0.2))
	s.Homing.Cost = 0.4
	m := base(3, 1, s)
	m.Noise = quenched
	m.Platforms = append(m.Platforms, models.Platform{Name: "B"})
	table := run(t, m, sim.Options{Seed: 2})
	a, b, both := math.Exp(0.3), math.Exp(-0.2), math.Exp(-0.3)
	sum := 1 + a + b + both
	four(t, (a+both)/sum, at(table, "share", "A", "people", 1), n)
	four(t, (b+both)/sum, at(table, "share", "B", "people", 1), n)
	four(t, both/sum, at(table, "multihomers", "*", "people", 1)/n, n)
	for p := 2; p <= 3; p++ {
		require.Zero(t, at(table, "joins", "*", "people", p))
		require.Zero(t, at(table, "leaves", "*", "people", p))
	}
}

// TestQuenchedHysteresis: everybody on A, B as good, a cost of 1 of changing, and a subsidy of
// 1.5 on B for some periods. With fresh noise the market forgets it: half use B in the end.
// With lasting noise, where people differ by a logistic amount, those with -0.5 or more for B
// came and only those below -1 went back: a share of 1/(1+exp(-0.5)) = 0.622459 stays.
// Without the subsidy it would have been those above 1 from the start: 0.268941.
func TestQuenchedHysteresis(t *testing.T) {
	const n = 100_000
	s := segment("people", n, 0, 0, 0, 1)
	s.Value = append(s.Value, models.Number(0))
	s.Homing.Cost, s.Switching, s.Outside.None = math.Inf(1), 1, true
	m := base(30, 1, s)
	m.Platforms = append(m.Platforms, models.Platform{Name: "B"})
	share := func(noise models.NoiseKind, policies ...models.Policy) float64 {
		m.Noise, m.Policies = models.Noise{Kind: noise, Scale: 1}, policies
		return at(run(t, m, sim.Options{Seed: 3}), "share", "B", "people", 30)
	}
	pulse := models.Policy{Name: "p", Platform: "B", Instrument: models.PayPeriod, From: 5, Until: 8, Shape: models.Constant{Amount: 1.5}}
	four(t, 0.5, share(models.NoiseAnnealed, pulse), n)
	four(t, 0.622459, share(models.NoiseQuenched, pulse), n)
	four(t, 0.268941, share(models.NoiseQuenched), n)
}

// TestQuenchedSpread: V = -1, gamma = 1.5, mu = 1, N = 400: over populations the share where
// best replies come to rest has the standard deviation 0.038342158, n(1-n)/(N(1-s)^2), a
// quarter more than with fresh noise; 800 runs know it to 2.5%. Runs that share their people
// all come to rest at the same share, but for the few people whose last move hangs on who
// moved before them.
func TestQuenchedSpread(t *testing.T) {
	const runs = 800
	m := base(40, 0.5, segment("people", 400, -1, 0, 1.5, 0.4))
	m.Noise = quenched
	spread := func(runs int, shared bool) float64 {
		var ends []float64
		for r := range runs {
			ends = append(ends, at(run(t, m, sim.Options{Seed: 4, Replication: r, Shared: shared}), "share", "A", "people", 40))
		}
		return stat.StdDev(ends, nil)
	}
	require.InEpsilon(t, 0.038342158, spread(runs, false), 4*0.025)
	require.Less(t, spread(50, true), 0.004)
}

// TestTastesAreMixed: with normal tastes kept for life and fresh noise everyone's chance is a
// logit of its own; the share is its mean over the normal, here by the trapezoid rule, also
// with the asynchronous clock. Tastes of two platforms are independent.
func TestTastesAreMixed(t *testing.T) {
	const n = 100_000
	mixed := func(share func(z float64) float64) float64 {
		var sum float64
		for z := -8.0; z <= 8; z += 1e-3 {
			sum += distuv.UnitNormal.Prob(z) * share(z) * 1e-3
		}
		return sum
	}
	logit := func(u float64) float64 { return 1 / (1 + math.Exp(-u)) }
	a, b := mixed(func(z float64) float64 { return logit(0.5 + 2*z) }), mixed(func(z float64) float64 { return logit(-1 + z) })
	for _, draw := range []models.Draw{models.DrawRandom, models.DrawStratified} {
		s := segment("people", n, 0.5, 0, 0, 0)
		s.Value = append(s.Value, models.Number(-1))
		s.Taste = models.Taste{SD: []float64{2, 1}, Draw: draw}
		m := base(1, 1, s)
		m.Platforms = append(m.Platforms, models.Platform{Name: "B"})
		table := run(t, m, sim.Options{Seed: 5})
		four(t, a, at(table, "share", "A", "people", 1), n)
		four(t, b, at(table, "share", "B", "people", 1), n)
		four(t, a*b, at(table, "multihomers", "*", "people", 1)/n, n)
		m.Clock, m.Horizon.Periods = models.Clock{Kind: models.ClockAsync, Revision: 1}, 12
		four(t, a, at(run(t, m, sim.Options{Seed: 5}), "share", "A", "people", 12), n)
	}
}

// TestStratifiedTastes: best replies of tastes in N equal parts of the normal: the share of
// those above 0.3/0.7 standard deviations is that of the normal within 1/N and a step of the
// cut; random tastes miss it by a sampling error. Likewise for places on the line: 0.5 - 0.8 x
// is above 0.1 for half of them.
func TestStratifiedTastes(t *testing.T) {
	const n = 5000
	m := base(1, 1, segment("people", n, -0.3, 0, 0, 0))
	m.Noise = models.Noise{Kind: models.NoiseNone}
	want := distuv.UnitNormal.Survival(0.3 / 0.7)
	m.Segments[0].Taste = models.Taste{SD: []float64{0.7}, Draw: models.DrawStratified}
	require.InDelta(t, want, at(run(t, m, sim.Options{Seed: 6}), "share", "A", "people", 1), 1.0/n+1.0/65536)
	m.Segments[0].Taste.Draw = models.DrawRandom
	random := at(run(t, m, sim.Options{Seed: 6}), "share", "A", "people", 1)
	four(t, want, random, n)
	require.NotEqual(t, random, at(run(t, m, sim.Options{Seed: 6, Replication: 1}), "share", "A", "people", 1), "fresh people")
	require.Equal(t, random, at(run(t, m, sim.Options{Seed: 6, Shared: true}), "share", "A", "people", 1)+
		random-at(run(t, m, sim.Options{Seed: 6, Shared: true, Replication: 1}), "share", "A", "people", 1), "the same people")

	s := segment("people", n, 0.4, 0, 0, 0)
	s.Transport = 0.8
	m = base(1, 1, s)
	m.Noise = models.Noise{Kind: models.NoiseNone}
	require.InDelta(t, 0.5, at(run(t, m, sim.Options{Seed: 7}), "share", "A", "people", 1), 1.0/n)
	m.Segments[0].Position = models.DrawRandom
	four(t, 0.5, at(run(t, m, sim.Options{Seed: 7}), "share", "A", "people", 1), n)
}

// TestWelfare: best replies to normal tastes of standard deviation 0.7 around nothing take what
// is worth more than nothing, 0.7/sqrt(2 pi) a head, here of the N parts of a stratified
// normal; so does the asynchronous clock once everybody has chosen. Distances of 0.5 on average
// take 0.4 a head from a platform worth 1 that everybody uses; nothing but market and tastes
// enters where people do not differ, or use nothing: an outside option worth -2 is -2 a head.
func TestWelfare(t *testing.T) {
	const n = 10_000
	s := segment("people", n, 0, 0, 0, 0)
	s.Taste = models.Taste{SD: []float64{0.7}, Draw: models.DrawStratified}
	m := base(1, 1, s)
	m.Noise = models.Noise{Kind: models.NoiseNone}
	head := func(asked bool, platform string) float64 {
		return at(run(t, m, sim.Options{Seed: 1, Welfare: asked}), "welfare", platform, "people", m.Horizon.Periods) / n
	}
	require.InDelta(t, 0.7/math.Sqrt(2*math.Pi), head(true, "*"), 2e-4)
	require.True(t, math.IsNaN(head(false, "*")))
	require.True(t, math.IsNaN(head(true, "A")), "nobody's worth is of one platform alone")
	m.Clock, m.Horizon.Periods = models.Clock{Kind: models.ClockAsync, Revision: 1}, 15
	require.InDelta(t, 0.7/math.Sqrt(2*math.Pi), head(true, "*"), 2e-4)

	m = base(1, 1, segment("people", n, 1, 0, 0, 0))
	m.Segments[0].Transport = 0.8
	m.Noise = models.Noise{Kind: models.NoiseNone}
	require.InDelta(t, 1-0.4, head(true, "*"), 1e-4)
	m.Segments[0].Transport, m.Segments[0].Outside.Value, m.Segments[0].Value[0] = 0, -2, models.Number(-3)
	require.InDelta(t, -2, head(true, "*"), 1e-12)
}

// TestMemory: everybody uses a platform worth 10 whose capacity leaves some orders unserved in
// every period. What they remember is the running average, with weight 0.2, of the shares that
// the timeline shows for the periods before, and each remembered share of one costs 4: welfare a
// head is 10 less that, but for the rounding of memories to 1/65,535, which adds up to 4 * 2.5 of
// half of that.
func TestMemory(t *testing.T) {
	const n, periods = 3000, 25
	s := segment("people", n, 10, 0, 0, 1)
	s.Memory = &models.Memory{Weight: 0.2, Worth: 4}
	s.Orders = models.Ordering{Rate: 0.5, Basket: models.MoneyOf(10)}
	for _, noise := range []models.NoiseKind{models.NoiseNone, models.NoiseAnnealed} {
		m := base(periods, 0.3, s)
		m.Noise = models.Noise{Kind: noise, Scale: 0.05}
		m.Platforms[0].Capacity = 900
		table := run(t, m, sim.Options{Seed: 1, Welfare: true, Threads: 2})
		remembered := 0.0
		for p := 1; p <= periods; p++ {
			require.InDelta(t, 10-4*remembered, at(table, "welfare", "*", "people", p)/n, 4*2.5/65535+1e-9, "%s %d", noise, p)
			unserved, served := at(table, "unserved", "A", "people", p), at(table, "orders", "A", "people", p)
			remembered += 0.2 * (unserved/(unserved+served) - remembered)
		}
		require.Greater(t, remembered, 0.3)
	}
}
