package verify

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"flywheel/models/theory"
)

// TestSuiteStands: every built-in case is sound, every model of theory is in the suite and every
// one that can be simulated in the quick one, which is a part of the other.
func TestSuiteStands(t *testing.T) {
	all, quick := Suite(false), Suite(true)
	simulated := slices.DeleteFunc(theory.Models(), func(model string) bool { return recipeOf(model).sides == 0 })
	require.NotEmpty(t, simulated)
	require.NoError(t, Check(all, false))
	require.Len(t, quick, len(quickCases()))
	for _, suite := range []struct {
		cases []Case
		names []string
	}{{all, theory.Models()}, {quick, simulated}} {
		var models []string
		for _, c := range suite.cases {
			models = append(models, c.Model)
		}
		require.ElementsMatch(t, suite.names, slices.Compact(slices.Sorted(slices.Values(models))))
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

// TestRandomMarketsHold: every judged line of a hundred markets drawn at random, far from any
// that the tolerances were made for, among them bistable ones and very small ones. The engine of
// cohorts draws the same law as agents, in less time.
func TestRandomMarketsHold(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped in -short: a hundred markets take some ten seconds of processor time; run without -short")
	}
	luck := rand.New(rand.NewPCG(1, 2))
	within := func(lo, hi float64) float64 { return lo + (hi-lo)*luck.Float64() }
	people := func(lo, hi float64) int { return int(math.Exp(within(math.Log(lo), math.Log(hi)))) }
	draw := map[string]func() theory.Params{
		"bass": func() theory.Params {
			return theory.Params{"p": within(0, 0.1), "q": within(0, 1), "F0": within(0, 0.1), "N": people(50, 50_000)}
		},
		"logit-one-sided": func() theory.Params {
			return theory.Params{"V": within(-4, 2), "gamma": within(-5, 8), "mu": within(0.4, 1.5), "N": people(20, 5000), "lambda": within(0.05, 1)}
		},
		"logit-two-sided": func() theory.Params {
			return theory.Params{
				"V1": within(-4, 0), "alpha1": within(-3, 8), "gamma1": within(-1, 1), "mu1": within(0.5, 1.5),
				"V2": within(-4, 0), "alpha2": within(-3, 8), "gamma2": within(-1, 1), "mu2": within(0.5, 1.5),
				"N": []int{people(50, 3000), people(50, 3000)}, "lambda": within(0.05, 0.6), "clock": "sync",
			}
		},
		"bundle-logit": func() theory.Params {
			return theory.Params{"uA": within(-5, 4), "uB": within(-5, 4), "kappa": within(-1, 6)}
		},
	}
	var cases []Case
	for _, model := range slices.Sorted(maps.Keys(draw)) {
		for i := range 25 {
			cases = append(cases, Case{ID: fmt.Sprint(model, i), Model: model, Params: draw[model](), Simulate: Simulate{Engine: "cohorts", Replications: 30}})
		}
	}
	lines, err := Run(context.Background(), cases, Options{Seed: 1, Threads: 2})
	require.NoError(t, err)
	judged := 0
	for _, l := range lines {
		if l.Judged {
			judged++
			require.True(t, l.Holds, "%+v", l)
		}
	}
	require.Greater(t, judged, 2*len(cases))
}
