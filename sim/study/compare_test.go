package study_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim/study"
)

// lonely is the market of two platforms, or of the first alone.
func lonely(t *testing.T, platforms int) *models.Law {
	m := &models.Model{
		Name: "test", Horizon: models.Horizon{Periods: 4, Unit: "day"},
		Clock:     models.Clock{Kind: models.ClockSync, Revision: 0.2},
		Noise:     models.Noise{Kind: models.NoiseAnnealed, Scale: 1},
		Platforms: []models.Platform{{Name: "A"}, {Name: "B"}}[:platforms],
	}
	s := models.Segment{Side: "people", Name: "people", Region: "here", Size: 50}
	for range platforms {
		s.Value = append(s.Value, models.Number(0))
	}
	m.Segments = []models.Segment{s}
	l, err := models.Compile(m)
	require.NoError(t, err)
	return l
}

// TestWhatAVariantLacksIsSaid: a variant without platform B is compared on A, and a warning
// names what is left out.
func TestWhatAVariantLacksIsSaid(t *testing.T) {
	p := study.NewPlan("run", []study.Variant{{Name: study.Base, Law: lonely(t, 2)}, {Name: "alone", Law: lonely(t, 1)}},
		study.Settings{Replications: 3, Seed: 1, Band: [2]float64{0.05, 0.95}})
	e := study.NewEnsemble(p, nil)
	_, err := study.Execute(context.Background(), p, study.Execution{Engine: newEngine,
		Deliver: func(tr study.Trial, table *results.Table) error { e.Add(tr, table); return nil }})
	require.NoError(t, err)
	all, warnings, err := e.Compare()
	require.NoError(t, err)
	for _, c := range all {
		require.Equal(t, "A", c.Platform)
	}
	require.Len(t, all, 4, "participants, orders, subsidies and cash of A")
	require.Equal(t, []results.Warning{
		{Code: "scope", Text: "alone has no platform B: not compared"},
		{Code: "scope", Text: "alone has no platform B among people: not compared"},
	}, warnings)
}

func TestOneReplicationLeavesAPairOpen(t *testing.T) {
	claim := study.Claim{Name: "better grows", Op: study.More, Left: quantity("participants", "better", 20), Right: quantity("participants", "", 20)}
	j, err := ensemble(t, 1, claim).Judge(claim)
	require.NoError(t, err)
	require.False(t, j.Holds)
	require.Equal(t, "needs 2 replications or more", j.Open)
}
