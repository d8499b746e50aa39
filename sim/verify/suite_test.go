package verify

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"flywheel/models/theory"
)

// TestSuiteStands: every built-in case is sound, every model that can be simulated is in both
// suites, and the quick one is a part of the other.
func TestSuiteStands(t *testing.T) {
	all, quick := Suite(false), Suite(true)
	simulated := slices.DeleteFunc(theory.Models(), func(model string) bool { return recipeOf(model).sides == 0 })
	require.NotEmpty(t, simulated)
	require.NoError(t, Check(all, false))
	require.Len(t, quick, len(quickCases()))
	for _, cases := range [][]Case{all, quick} {
		var models []string
		for _, c := range cases {
			models = append(models, c.Model)
		}
		require.ElementsMatch(t, simulated, slices.Compact(slices.Sorted(slices.Values(models))))
	}
}

// TestQuickSuiteHolds runs the quick suite: every judged line holds, and the standard error
// measured from the runs agrees with the one theory predicts: with R runs their squared ratio
// is chi-squared with R - 1 degrees of freedom, over R - 1, and may be off at most as rarely as
// four standard errors.
func TestQuickSuiteHolds(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped in -short: the quick suite takes some ten seconds of processor time; run without -short")
	}
	runs := map[string]int{}
	for _, c := range Suite(true) {
		trials, faults := c.trials()
		require.Empty(t, faults)
		for _, one := range trials {
			for _, claim := range one.claims {
				runs[c.ID+claim.quantity] = one.replications
			}
		}
	}
	lines, err := Run(context.Background(), Suite(true), Options{Seed: 1, Threads: 2})
	require.NoError(t, err)
	judged, compared := 0, 0
	for _, l := range lines {
		if !l.Judged {
			continue
		}
		judged++
		require.True(t, l.Holds, "%+v", l)
		if l.PredictedSE < 1e-7 {
			continue // no luck, or so rare an event that no run is expected to see it
		}
		compared++
		free := float64(runs[l.ID+l.Quantity] - 1)
		law := distuv.ChiSquared{K: free}
		const rarely = 3.2e-5 // chance of four standard errors on one side
		square := math.Pow(l.SE/l.PredictedSE, 2) * free
		require.Greater(t, square, law.Quantile(rarely), "%+v", l)
		require.Less(t, square, law.Quantile(1-rarely), "%+v", l)
	}
	require.Equal(t, judged, len(runs))
	require.Greater(t, compared, judged/2)
}
