package study_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/models/theory"
	"flywheel/sim/study"
)

// TestFoldsAreTheorys: continuation in the worth of the platform to side 1 turns where theory,
// which encloses every zero of the determinant, says two equilibria meet: to 1e-9 in the worth
// and to 1e-5 in the shares, which at a fold follow it as a root.
func TestFoldsAreTheorys(t *testing.T) {
	for name, m := range textbook() {
		family := func(v float64) (*models.Law, error) {
			m.V[0] = v
			return models.Compile(textbookMarket(m, models.Clock{Kind: models.ClockAsync, Revision: 1}))
		}
		var want []theory.Fold
		for _, f := range m.Folds() {
			if f.V1 > -6 && f.V1 < 0 {
				want = append(want, f)
			}
		}
		got, err := study.Follow(family, 1, 0, -6, 0, study.DefaultStarts)
		require.NoError(t, err)
		require.Len(t, got.Folds, len(want), name)
		for i, f := range got.Folds {
			require.InDelta(t, want[i].V1, f.Number, 1e-9, name)
			require.InDelta(t, want[i].Share[0], f.Share[0][0], 1e-5, name)
			require.InDelta(t, want[i].Share[1], f.Share[1][0], 1e-5, name)
			require.Equal(t, i == 0, f.Opens, "two equilibria appear at the lower fold and vanish at the upper")
		}
	}
}

// TestFoldsOfAlpha: with V = -alpha/2 on both sides, the symmetric market's even state is an
// equilibrium whatever alpha, stable until alpha = 4 mu: continuation in alpha passes the
// pitchfork on the even branch, whose stability changes there.
func TestFoldsOfAlpha(t *testing.T) {
	family := func(alpha float64) (*models.Law, error) {
		m := theory.LogitTwoSided{V: [2]float64{-alpha / 2, -alpha / 2}, Alpha: [2]float64{alpha, alpha}, Mu: [2]float64{1, 1}}
		return models.Compile(textbookMarket(m, models.Clock{Kind: models.ClockAsync, Revision: 1}))
	}
	got, err := study.Follow(family, 1, 0, 3, 5.2, study.DefaultStarts)
	require.NoError(t, err)
	changes := 0
	for _, b := range got.Branches {
		for i := 1; i < len(b.Points); i++ {
			even := math.Abs(b.Points[i].Share[0][0]-0.5) < 1e-8
			if even && b.Points[i].Stable != b.Points[i-1].Stable {
				require.InDelta(t, 4, b.Number[i], 0.05) // one step of the continuation
				changes++
			}
			if even {
				// The eigenvalue at the even state is alpha/4 - 1.
				require.InDelta(t, b.Number[i]/4-1, b.Points[i].Growth, 1e-6)
			}
		}
	}
	require.Equal(t, 1, changes)
}

// TestFoldsOfASubsidy: a subsidy per period adds to the worth of a platform, so the folds of a
// one-sided market lie at theory's V less the worth without it: to a micro-unit, by which money
// is counted.
func TestFoldsOfASubsidy(t *testing.T) {
	lo, hi, _, _ := theory.LogitOneSided{V: -4, Gamma: 5, Mu: 1}.Window()
	family := func(amount float64) (*models.Law, error) {
		m := textbookMarket(theory.LogitTwoSided{V: [2]float64{-4}, Gamma: [2]float64{5}, Mu: [2]float64{1, 1}}, models.Clock{Kind: models.ClockSync, Revision: 0.1})
		m.Segments = m.Segments[:1]
		m.Policies = []models.Policy{{Name: "stay", Platform: "A", Instrument: models.PayPeriod, Shape: models.Constant{Amount: amount}}}
		return models.Compile(m)
	}
	got, err := study.Follow(family, 1, 0, 0, 4, study.DefaultStarts)
	require.NoError(t, err)
	require.Len(t, got.Folds, 2)
	require.Len(t, got.Branches, 1)
	require.InDelta(t, lo+4, got.Folds[0].Number, 1e-6)
	require.InDelta(t, hi+4, got.Folds[1].Number, 1e-6)
}
