package study_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/models/theory"
	"flywheel/sim"
	"flywheel/sim/engine/meanfield"
	"flywheel/sim/study"
)

// textbookMarket is a logit market of one platform and two sides, as theory's.
func textbookMarket(m theory.LogitTwoSided, clock models.Clock) *models.Model {
	out := &models.Model{
		Name: "market", Horizon: models.Horizon{Periods: 10, Unit: "day"}, Clock: clock,
		Noise: models.Noise{Kind: models.NoiseNone}, Platforms: []models.Platform{{Name: "A"}},
	}
	for g, size := range []int64{1000, 200} {
		out.Segments = append(out.Segments, models.Segment{
			Side: []string{"consumers", "merchants"}[g], Name: fmt.Sprint(g), Region: "here", Size: size, PriceSensitivity: 1,
			Value: []models.Value{models.Number(m.V[g])}, Noise: &models.Noise{Kind: models.NoiseAnnealed, Scale: m.Mu[g]},
			Cross: models.Effect{Strength: models.Number(m.Alpha[g]), Form: models.FormLinear},
			Same:  models.Effect{Strength: models.Number(m.Gamma[g]), Form: models.FormLinear},
		})
	}
	return out
}

func landscape(t testing.TB, m *models.Model) *study.Landscape {
	l, err := models.Compile(m)
	require.NoError(t, err)
	list, err := study.Landscapes(l, 1)
	require.NoError(t, err)
	require.Len(t, list, 1)
	return list[0]
}

// textbook are the two-sided logit markets below and above the pitchfork at alpha = 4 mu, with
// and without own effects; some have one equilibrium and some three.
func textbook() map[string]theory.LogitTwoSided {
	two := func(v1, a1, m1, v2, a2, m2 float64) theory.LogitTwoSided {
		return theory.LogitTwoSided{V: [2]float64{v1, v2}, Alpha: [2]float64{a1, a2}, Mu: [2]float64{m1, m2}}
	}
	own := two(-2.5, 4, 1, -2.8, 5, 1)
	own.Gamma = [2]float64{1, -0.5}
	return map[string]theory.LogitTwoSided{
		"below": two(-1.95, 3.9, 1, -1.95, 3.9, 1), "above": two(-2.05, 4.1, 1, -2.05, 4.1, 1),
		"even": two(-3, 6, 1, -3, 6, 1), "uneven": two(-2.6, 6.5, 1, -3.2, 5.5, 1),
		"single": two(-1, 3, 1, -1.5, 2, 1), "quiet": two(-1.4, 2.8, 0.5, -1.6, 3.6, 0.6), "own": own,
	}
}

// TestEquilibriaAreTheorys: every equilibrium of the textbook markets, its shares to 1e-9, its
// stability and its leading eigenvalue to 1e-7, on both clocks; with a share lambda revising in
// a period the factor of a deviation is 1 + lambda times the eigenvalue.
func TestEquilibriaAreTheorys(t *testing.T) {
	for name, m := range textbook() {
		for _, clock := range []models.Clock{{Kind: models.ClockAsync, Revision: 1}, {Kind: models.ClockAsync, Revision: 0.5}, {Kind: models.ClockSync, Revision: 0.2}} {
			found, _ := landscape(t, textbookMarket(m, clock)).Equilibria(study.DefaultStarts)
			want := m.Equilibria()
			require.Len(t, found, len(want), name)
			for i, e := range found {
				require.InDelta(t, want[i].Share[0], e.Share[0][0], 1e-9, name)
				require.InDelta(t, want[i].Share[1], e.Share[1][0], 1e-9, name)
				require.Equal(t, want[i].Stable, e.Stable, name)
				growth := clock.Revision * want[i].Eigenvalue
				if clock.Kind == models.ClockSync {
					growth++
				}
				require.InDelta(t, growth, e.Growth, 1e-7, name)
			}
		}
	}
}

// TestPlatformsTipAsTheory: K like platforms without an outside option have the even split and,
// above the spinodal, K tipped states and the K saddles between (leader shares of models/theory);
// the even split is stable below a = K.
func TestPlatformsTipAsTheory(t *testing.T) {
	for _, c := range []struct {
		platforms int
		a         float64
		count     int
		even      bool
	}{{2, 1.9, 1, true}, {2, 2.2, 3, false}, {3, 2.91, 7, true}, {3, 2.7, 1, true}} {
		m := &models.Model{
			Name: "platforms", Horizon: models.Horizon{Periods: 10, Unit: "day"}, Clock: models.Clock{Kind: models.ClockAsync, Revision: 1},
			Noise: models.Noise{Kind: models.NoiseAnnealed, Scale: 1},
		}
		s := models.Segment{Side: "people", Name: "people", Region: "here", Size: 900, PriceSensitivity: 1, Outside: models.Outside{None: true},
			Same: models.Effect{Strength: models.Number(c.a), Form: models.FormLinear}, Homing: models.Multi{Cost: math.Inf(1)}}
		for k := range c.platforms {
			m.Platforms = append(m.Platforms, models.Platform{Name: string(rune('A' + k))})
			s.Value = append(s.Value, models.Number(0))
		}
		m.Segments = []models.Segment{s}
		found, _ := landscape(t, m).Equilibria(study.DefaultStarts)
		require.Len(t, found, c.count, "%+v", c)
		tipped := theory.LogitPlatforms{K: c.platforms, A: c.a}.TippedShare()
		leads := 0
		for _, e := range found {
			if lead := slices.Max(e.Share[0]); lead > 0.51 && e.Stable {
				require.InDelta(t, tipped, lead, 1e-9)
				leads++
			}
			even := math.Abs(e.Share[0][0]-1/float64(c.platforms)) < 1e-6 && math.Abs(e.Share[0][1]-1/float64(c.platforms)) < 1e-6
			if even {
				require.Equal(t, c.even, e.Stable)
			}
		}
		if c.count > 1 {
			require.Equal(t, c.platforms, leads, "each platform may lead")
		}
	}
}

// TestRandomEquilibriaAreTheorys: in two hundred random two-sided markets the search finds what
// theory, which divides the whole range of shares, proves to be all equilibria.
func TestRandomEquilibriaAreTheorys(t *testing.T) {
	luck := rand.New(rand.NewPCG(1, 2))
	within := func(lo, hi float64) float64 { return lo + (hi-lo)*luck.Float64() }
	several := 0
	for range 200 {
		m := theory.LogitTwoSided{
			V:     [2]float64{within(-5, 0), within(-5, 0)},
			Alpha: [2]float64{within(-2, 10), within(-2, 10)},
			Gamma: [2]float64{within(-2, 3), within(-2, 3)},
			Mu:    [2]float64{within(0.4, 1.2), within(0.4, 1.2)},
		}
		want := m.Equilibria()
		found, _ := landscape(t, textbookMarket(m, models.Clock{Kind: models.ClockAsync, Revision: 1})).Equilibria(study.DefaultStarts)
		require.Len(t, found, len(want), "%+v", m)
		for i, e := range found {
			require.InDelta(t, want[i].Share[0], e.Share[0][0], 1e-8, "%+v", m)
			require.InDelta(t, want[i].Eigenvalue, e.Growth, 1e-6, "%+v", m)
		}
		if len(want) > 1 {
			several++
		}
	}
	require.Greater(t, several, 20)
}

// crowded is a market of two competing platforms in which people of eleven classes a side hear
// of platforms: 22 groups of nine standings each.
func crowded(tb testing.TB) *models.Law {
	m := &models.Model{
		Name: "crowded", Horizon: models.Horizon{Periods: 100, Unit: "day"}, Clock: models.Clock{Kind: models.ClockAsync, Revision: 0.2},
		Noise: models.Noise{Kind: models.NoiseAnnealed, Scale: 0.5}, Platforms: []models.Platform{{Name: "A"}, {Name: "B"}},
	}
	for side, size := range []int64{100_000, 5_000} {
		m.Segments = append(m.Segments, models.Segment{
			Side: []string{"consumers", "merchants"}[side], Name: fmt.Sprint(side), Region: "here", Size: size, PriceSensitivity: 1,
			Value:     []models.Value{{Mean: -1.5, SD: 0.3, Classes: 11}, {Mean: -1.5, SD: 0.3, Classes: 2}},
			Cross:     models.Effect{Strength: models.Number(3.5), Form: models.FormLinear},
			Switching: 0.2, Homing: models.Multi{Cost: 0.6, Duplicate: 0.5}, Aware: &models.Aware{P: 0.02, Q: 0.3},
		})
	}
	l, err := models.Compile(m)
	require.NoError(tb, err)
	return l
}

// BenchmarkEquilibria seeks the equilibria of 396 cells, with their stability.
func BenchmarkEquilibria(b *testing.B) {
	l := crowded(b)
	for b.Loop() {
		list, err := study.Landscapes(l, 1)
		require.NoError(b, err)
		found, did := list[0].Equilibria(study.DefaultStarts)
		b.ReportMetric(float64(list[0].Cells()), "cells")
		b.ReportMetric(float64(len(found)), "equilibria")
		b.ReportMetric(float64(did.Starts), "starts")
	}
}

// TestRunsRestAtEquilibria: a market with everything that people can answer to — news, churn,
// habit, moods that unserved orders spoil, bonuses per order for those who fulfil them, a
// capacity too small — run by the engine until it rests, rests at a stable equilibrium that the
// search finds, on both clocks, to 1e-7 in every share.
func TestRunsRestAtEquilibria(t *testing.T) {
	for seed := range 2 {
		luck := rand.New(rand.NewPCG(uint64(seed), 3))
		within := func(lo, hi float64) float64 { return lo + (hi-lo)*luck.Float64() }
		m := &models.Model{
			Name: "rich", Horizon: models.Horizon{Periods: 4000, Unit: "day"}, Clock: models.Clock{Kind: models.ClockSync, Revision: 0.2},
			Noise:     models.Noise{Kind: models.NoiseAnnealed, Scale: 0.6},
			Platforms: []models.Platform{{Name: "A", Fee: 0.1, Capacity: 200, Cash: 1e15}, {Name: "B", Fee: 0.1, Cash: 1e15}},
			Policies: []models.Policy{
				{Name: "bonus", Platform: "A", Target: models.Target{Side: "merchants"}, Instrument: models.PayOrder, Shape: models.Constant{Amount: 0.05}},
				{Name: "rebate", Platform: "B", Target: models.Target{Side: "consumers"}, Instrument: models.PayOrder, Shape: models.Constant{Amount: 0.3}},
			},
		}
		if seed%2 == 1 {
			m.Clock = models.Clock{Kind: models.ClockAsync, Revision: 0.2}
		}
		for side, size := range []int64{1000, 100} {
			s := models.Segment{
				Side: []string{"consumers", "merchants"}[side], Name: fmt.Sprint(side), Region: "here", Size: size, PriceSensitivity: 1,
				Value: []models.Value{{Mean: within(-2, 0), SD: 0.3, Classes: 2}, models.Number(within(-2, 0))},
				Cross: models.Effect{Strength: models.Number(within(0, 3)), Form: models.FormLinear}, Switching: 0.2,
				Homing: models.Multi{Cost: 0.5, Duplicate: 0.5}, Aware: &models.Aware{P: 0.05, Q: 0.2},
				Life: &models.Life{Churn: models.Number(within(0, 0.05)), Onboarding: 5, Tenure: 0.3, Winback: 0.1,
					Mood: &models.Mood{Churn: []float64{2, 1, 0.5}, Review: 0.2, Bad: 0.1, Unserved: 0.8}},
			}
			if side == 0 {
				s.Orders = models.Ordering{Rate: 0.6, Basket: models.MoneyOf(10)}
			}
			m.Segments = append(m.Segments, s)
		}
		l, err := models.Compile(m)
		require.NoError(t, err)
		record, e := sim.NewRecorder(l, sim.Labels{}), new(meanfield.Engine)
		require.NoError(t, sim.Simulate(context.Background(), l, e, sim.Options{}, record))
		var end [2][2]float64
		for g, standing := range e.Counts().Standing {
			for s, people := range standing {
				for k := range 2 {
					if crowd := l.Groups[g].Crowd; l.Standings.Used[s].Has(k) {
						end[crowd][k] += people / float64(l.Crowds[crowd].Size)
					}
				}
			}
		}
		found, _ := landscape(t, m).Equilibria(0)
		require.True(t, slices.ContainsFunc(found, func(q study.Equilibrium) bool {
			var off float64
			for c := range end {
				for k := range end[c] {
					off = math.Max(off, math.Abs(end[c][k]-q.Share[c][k]))
				}
			}
			return q.Stable && off < 1e-7
		}), "seed %d: %v is none of %+v", seed, end, found)
	}
}

// TestOffersThatAreHeld: conditions that would end a policy leave what it offers, a match offers what its
// rival did before, and formulas of dates are as good as shapes of them; what depends on the market
// itself is refused, as long as it is open.
func TestOffersThatAreHeld(t *testing.T) {
	pays := func(platform string, shape models.Shape, stop models.Stop) models.Policy {
		return models.Policy{Name: platform, Platform: platform, Instrument: models.PayPeriod, Shape: shape, Stop: stop}
	}
	at := func(period int, policies ...models.Policy) (*models.Offers, error) {
		m := *crowded(t).Model
		m.Horizon.Periods, m.Policies = 20, policies
		l, err := models.Compile(&m)
		require.NoError(t, err)
		if _, err := study.Landscapes(l, period); err != nil {
			return nil, err
		}
		return sim.Held(l, period), nil
	}
	when := models.Stop{Share: 0.1, When: "members > 3", CriticalMass: true}
	offers, err := at(9, pays("A", models.Ramp{From: 8, Over: 16}, when), pays("B", models.Match{Rival: "A", Share: 0.5, Lag: 2}, models.Stop{}))
	require.NoError(t, err)
	require.Equal(t, []float64{4, 2.5}, offers.Period[0], "8 less 8/16 for each of 8 periods; half of what it was two periods before")
	offers, err = at(9, pays("A", models.Expression{Text: "elapsed < 9 ? period / 3 : share"}, models.Stop{}))
	require.ErrorContains(t, err, "policy A: what it offers in period 9 depends on what it sees")
	require.Nil(t, offers)
	offers, err = at(9, pays("A", models.Expression{Text: "elapsed < 9 ? period / 3 : 0"}, models.Stop{}))
	require.NoError(t, err)
	require.Equal(t, 3.0, offers.Period[0][0])
	over := pays("A", models.Feedback{Watch: models.SeeShare, Goal: 0.5, Gain: 1, Max: 9}, models.Stop{})
	over.Until = 8
	_, err = at(8, over)
	require.ErrorContains(t, err, "policy A")
	_, err = at(9, over)
	require.NoError(t, err)
}
