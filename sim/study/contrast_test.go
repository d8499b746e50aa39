package study_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim/study"
)

// duel is a market of two platforms and two sides, small enough to be run thousands of times.
// Groups draw their luck by their names, so that duels of other names are independent.
func duel(t *testing.T, names string, gift models.Money) *models.Law {
	segment := func(side string, size int64, cross float64) models.Segment {
		return models.Segment{Side: side, Name: names + side, Region: "here", Size: size, Cross: models.Effect{Strength: models.Number(cross)},
			PriceSensitivity: 1, Value: []models.Value{models.Number(-0.5), models.Number(-1)}, Homing: models.Multi{Max: 2}}
	}
	buyers := segment("buyers", 240, 1)
	buyers.Orders = models.Ordering{Rate: 0.2, Basket: models.MoneyOf(20)}
	m := &models.Model{
		Name: "duel", Horizon: models.Horizon{Periods: 12, Unit: "day"}, Clock: models.Clock{Kind: models.ClockSync, Revision: 0.3},
		Noise:     models.Noise{Kind: models.NoiseAnnealed, Scale: 1},
		Platforms: []models.Platform{{Name: "A", Fee: 0.1}, {Name: "B", Fee: 0.1}},
		Segments:  []models.Segment{buyers, segment("sellers", 60, 1.5)},
	}
	if gift > 0 {
		m.Policies = []models.Policy{{Name: "gift", Platform: "A", Instrument: "per_period", Shape: models.Constant{Amount: gift.Units()}, From: 1}}
	}
	l, err := models.Compile(m)
	require.NoError(t, err)
	return l
}

func contrast(t *testing.T, seed uint64, replications int, c study.Contrast, variants ...study.Variant) ([]study.Comparison, float64) {
	p := study.NewPlan("run", variants, study.Settings{Replications: replications, Seed: seed, Band: [2]float64{0.05, 0.95}})
	e := study.NewEnsemble(p, nil)
	_, err := study.Execute(context.Background(), p, study.Execution{Engine: newEngine, Threads: 2, Periods: e.Periods(),
		Deliver: func(tr study.Trial, table *results.Table) error { e.Add(tr, table); return nil }})
	require.NoError(t, err)
	all, warnings, each, err := e.Contrast(c)
	require.NoError(t, err)
	require.Empty(t, warnings)
	return all, each
}

// Two variants that are the same but for their luck seem different, on any line at all, in at
// most 7% of 400 seeds at 95%; and in some, or nothing would ever be shown.
func TestFalseDifferencesAreRare(t *testing.T) {
	if testing.Short() {
		t.Skip("runs 16,000 small markets")
	}
	a, b := duel(t, "one-", 0), duel(t, "other-", 0)
	const seeds = 400
	wrong, lines := 0, 0
	for seed := range uint64(seeds) {
		all, each := contrast(t, seed+1, 20, study.Contrast{Together: true}, study.Variant{Name: study.Base, Law: a}, study.Variant{Name: "twin", Law: b})
		lines = len(all)
		require.InDelta(t, 1-0.05/float64(lines), each, 1e-12)
		for _, c := range all {
			require.False(t, math.IsNaN(c.Difference.Mean))
			if c.Difference.Shown {
				wrong++
				break
			}
		}
	}
	require.Equal(t, 8, lines, "participants of two platforms on two sides; orders and cash of both: nobody is paid")
	t.Logf("a false difference in %d of %d seeds (%.2f%%)", wrong, seeds, 100*float64(wrong)/seeds)
	require.LessOrEqual(t, wrong, seeds*7/100)
	require.Positive(t, wrong)
}

// With shared luck, the same variant differs by nothing, which is never shown; and a gift shows
// in far fewer runs than unpaired ones would need.
func TestSharedLuckShowsWhatDiffers(t *testing.T) {
	base := study.Variant{Name: study.Base, Law: duel(t, "", 0)}
	all, _ := contrast(t, 3, 20, study.Contrast{Together: true, Metrics: []string{"participants"}}, base,
		study.Variant{Name: "same", Law: duel(t, "", 0)}, study.Variant{Name: "gift", Law: duel(t, "", models.MoneyOf(1))})
	require.Len(t, all, 8)
	for _, c := range all[:4] {
		require.Equal(t, "same", c.Variant)
		require.Zero(t, c.Difference.Mean)
		require.False(t, c.Difference.Shown)
	}
	gift := all[4]
	require.Equal(t, []string{"gift", "A", "buyers"}, []string{gift.Variant, gift.Platform, gift.Side})
	require.True(t, gift.Difference.Shown)
	require.Greater(t, gift.Difference.Mean, 0.0)
	require.Greater(t, gift.Difference.VarianceRatio, 1.0, "shared luck narrows the interval")

	turned, _ := contrast(t, 3, 20, study.Contrast{Baseline: "gift", Metrics: []string{"participants"}}, base,
		study.Variant{Name: "gift", Law: duel(t, "", models.MoneyOf(1))})
	require.Equal(t, []string{"gift", study.Base}, []string{turned[0].Baseline, turned[0].Variant})
	require.InDelta(t, -gift.Difference.Mean, turned[0].Difference.Mean, 1e-9)
}

// Few replications that all differ by the same number show nothing: luck does as much.
func TestTwoEqualDifferencesShowNothing(t *testing.T) {
	equal := 0
	for seed := range uint64(60) {
		all, _ := contrast(t, seed, 2, study.Contrast{Together: true, Metrics: []string{"participants"}},
			study.Variant{Name: study.Base, Law: duel(t, "one-", 0)}, study.Variant{Name: "twin", Law: duel(t, "other-", 0)})
		for _, c := range all {
			if c.Difference.SD == 0 && c.Difference.Mean != 0 {
				equal++
				require.False(t, c.Difference.Shown)
				require.True(t, math.IsNaN(c.Difference.Lo))
			}
		}
	}
	require.Positive(t, equal, "the case has to occur")
}
