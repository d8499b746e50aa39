package agents_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/sim"
)

// everybody is the graph in which everybody knows everybody.
func everybody(people uint32) models.Edges {
	var e models.Edges
	for i := range people {
		for j := range i {
			e.Pairs = append(e.Pairs, [2]uint32{i, j})
		}
	}
	return e
}

// TestEverybodyIsTheMarket: where everybody knows everybody, hearing from acquaintances is
// hearing from the market, and so is meeting them, but that one does not count oneself: a
// share of 1/(N-1) is as much as 1/N was, and one's own use is missing. With the same luck the
// two differ by that order: news by less than 1/N, for shares grow at most with q = 0.38 of it for
// ten periods; a same-side effect with slope s = 0.36 by less than 3/N, of which (n (1-n) gamma)/(1-s) = 0.57 is one's own.
// Luck parts once a person has chosen otherwise: the mean of the difference is known to 0.002.
func TestEverybodyIsTheMarket(t *testing.T) {
	const n = 120
	graph := everybody(n)
	difference := func(m *models.Model, runs int, from int) float64 {
		var sum float64
		for r := range runs {
			for _, sign := range []float64{-1, 1} {
				if m.Networks = nil; sign > 0 {
					m.Networks = []models.Network{{Name: "w", Side: "people", Graph: graph, Carries: models.CarriesBoth}}
				}
				rows := run(t, m, sim.Options{Seed: 8, Replication: r}).Where("platform", "A").Where("segment", "people")
				for _, share := range rows.Numbers("share")[from:] {
					sum += sign * share / float64(runs*(m.Horizon.Periods-from+1))
				}
			}
		}
		return sum
	}
	s := segment("people", n, 1, 0, 0, 0)
	s.Aware = &models.Aware{P: 0.03, Q: 0.38}
	for _, clock := range []models.ClockKind{models.ClockSync, models.ClockAsync} {
		news := base(10, 0, s)
		news.Clock.Kind = clock
		news.Noise = models.Noise{Kind: models.NoiseNone}
		allowed := 1.0/n + 4*0.002
		if clock == models.ClockAsync {
			allowed = 1.0/n + 4*0.005 // other numbers of draws, so luck is not shared: a share spreads by 0.04 over 100 runs
		}
		require.InDelta(t, 0, difference(news, 100, 10), allowed, clock)

		worth := base(1000, 0.5, segment("people", n, -1, 0, 1.5, 0.4))
		worth.Clock.Kind = clock
		require.InDelta(t, 0, difference(worth, 2, 1), 3.0/n+4*0.002, clock)
	}
}

// TestTheRingSpreadsSlowly: news on a ring has to go around it, and a few long ties carry it
// across (Watts and Strogatz 1998): with the same number of acquaintances and the same hazards,
// after 25 periods the ring lags behind the small world and that behind random ties, by far
// more than the spread of a run (below 0.01 at N = 20,000).
func TestTheRingSpreadsSlowly(t *testing.T) {
	share := func(rewired float64, clock models.ClockKind) float64 {
		s := segment("people", 20_000, 1, 0, 0, 0.001)
		s.Aware = &models.Aware{P: 0.0002, Q: 0.6}
		m := base(25, 0, s)
		m.Clock.Kind = clock
		m.Noise = models.Noise{Kind: models.NoiseNone}
		m.Networks = []models.Network{{Name: "w", Side: "people", Graph: models.SmallWorld{Neighbours: 6, Rewired: rewired}, Carries: models.CarriesNews}}
		return at(run(t, m, sim.Options{Seed: 9}), "share", "A", "people", 25)
	}
	for _, clock := range []models.ClockKind{models.ClockSync, models.ClockAsync} {
		ring, small, random := share(0, clock), share(0.1, clock), share(1, clock)
		t.Log(clock, ring, small, random)
		require.Less(t, ring+0.05, small)
		require.Less(t, small+0.05, random)
	}
}
