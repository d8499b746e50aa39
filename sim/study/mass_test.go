package study_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/models/theory"
	"flywheel/sim/study"
)

// bistable are textbook markets with a saddle, on both clocks.
func bistable(t *testing.T) map[string]*models.Law {
	laws := map[string]*models.Law{}
	for _, name := range []string{"even", "uneven"} {
		for clock, c := range map[string]models.Clock{"async": {Kind: models.ClockAsync, Revision: 1}, "sync": {Kind: models.ClockSync, Revision: 0.05}} {
			l, err := models.Compile(textbookMarket(textbook()[name], c))
			require.NoError(t, err)
			laws[name+" "+clock] = l
		}
	}
	return laws
}

// TestAHurriedFrontierIsNearTheExactOne: looked for in long steps and from few starts, critical mass
// is within two in a hundred of what a close search finds, and a search begun there finds what one
// from nowhere finds.
func TestAHurriedFrontierIsNearTheExactOne(t *testing.T) {
	close := study.Fineness{Starts: study.DefaultStarts, Points: 9, Tolerance: 1e-3}
	for name, l := range bistable(t) {
		want, err := study.CriticalMass(t.Context(), l, close)
		require.NoError(t, err, name)
		soon, err := study.CriticalMass(t.Context(), l, study.Fineness{Points: 5, Tolerance: 0.01, Hurried: true})
		require.NoError(t, err, name)
		require.Len(t, soon, 1)
		for i, x := range soon[0].First {
			if y := want[0].Second[2*i]; !math.IsNaN(y) && !math.IsNaN(soon[0].Second[i]) {
				require.InDelta(t, y, soon[0].Second[i], 0.02, "%s at %g", name, x)
			}
		}
		from := close
		from.Near = soon
		again, err := study.CriticalMass(t.Context(), l, from)
		require.NoError(t, err, name)
		for i, y := range want[0].Second {
			if y < 0.99 { // whether all of a side just suffices is a matter of rounding
				require.InDelta(t, y, again[0].Second[i], 2*close.Tolerance, "%s at %g", name, want[0].First[i])
			}
		}
	}
}

// TestCriticalMassIsThatOfNobodyPaid: a gift that carries the market from anywhere leaves the line
// where it is, as the line says what holds once the gift ends. Of the even market it is n1 + n2 = 1
// (theory's frontier, which critical_test.go holds to 1e-8).
func TestCriticalMassIsThatOfNobodyPaid(t *testing.T) {
	m := textbookMarket(textbook()["even"], models.Clock{Kind: models.ClockSync, Revision: 0.5})
	m.Policies = []models.Policy{{Name: "gift", Platform: m.Platforms[0].Name, Target: models.Target{Side: m.Segments[0].Side}, Instrument: models.PayPeriod, Shape: models.Constant{Amount: 50}}}
	l, err := models.Compile(m)
	require.NoError(t, err)
	list, err := study.CriticalMass(t.Context(), l, study.Fineness{Starts: 4, Points: 5, Tolerance: 1e-3})
	require.NoError(t, err)
	for i, x := range list[0].First {
		if i == 0 {
			continue // whether all of a side just suffices is a matter of rounding
		}
		require.InDelta(t, 1-x, list[0].Second[i], 2e-3, "from %g", x)
		require.InDelta(t, 1-x, list[0].Needed(x), 2e-3)
	}
	require.InDelta(t, 0.4, list[0].Needed(0.6), 2e-3, "between two points")
	stopped, stop := context.WithCancel(t.Context())
	stop()
	_, err = study.CriticalMass(stopped, l, study.Fineness{Starts: 4, Points: 5, Tolerance: 1e-3})
	require.ErrorIs(t, err, context.Canceled)
}

// TestNeededIsWhatTheLineSays: nothing, not even all, or something between.
func TestNeededIsWhatTheLineSays(t *testing.T) {
	f := study.Frontier{First: []float64{0, 0.25, 0.5, 0.75, 1}, Second: []float64{math.NaN(), math.NaN(), 0.5, 0.1, 0}}
	require.True(t, math.IsNaN(f.Needed(0)) && math.IsNaN(f.Needed(0.1)))
	require.InDelta(t, 0.75, f.Needed(0.375), 1e-15, "half way from all of it")
	require.InDelta(t, 0.3, f.Needed(0.625), 1e-15)
	require.Zero(t, f.Needed(1))
	require.Equal(t, 0.2, study.Frontier{Second: []float64{0.2}}.Needed(0.9), "one side")
}

// TestAMarketWithoutAThresholdSaysSo: one equilibrium only.
func TestAMarketWithoutAThresholdSaysSo(t *testing.T) {
	m := textbookMarket(theory.LogitTwoSided{V: [2]float64{-1, -1}, Alpha: [2]float64{0.1, 0.1}, Mu: [2]float64{1, 1}}, models.Clock{Kind: models.ClockSync, Revision: 0.5})
	l, err := models.Compile(m)
	require.NoError(t, err)
	_, err = study.CriticalMass(t.Context(), l, study.Fineness{Starts: 4, Points: 5, Tolerance: 1e-3})
	require.ErrorIs(t, err, study.ErrNoThreshold)
}
