package study_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/models/theory"
	"flywheel/sim/study"
)

// TestFrontierIsTheorys: the frontier of the textbook markets on both clocks is theory's, which
// follows the stable manifold, to 1e-8; of the even market it is n1 + n2 = 1.
func TestFrontierIsTheorys(t *testing.T) {
	first := []float64{0.2, 0.35, 0.6, 0.75}
	for _, name := range []string{"even", "uneven", "quiet"} {
		m := textbook()[name]
		var saddle theory.TwoSidedEquilibrium
		for _, e := range m.Equilibria() {
			if e.Saddle {
				saddle = e
			}
		}
		for _, clock := range []models.Clock{{Kind: models.ClockAsync, Revision: 1}, {Kind: models.ClockSync, Revision: 0.2}, {Kind: models.ClockSync, Revision: 0.5}} {
			lambda := clock.Revision
			if clock.Kind == models.ClockAsync {
				lambda = 0
			}
			s := landscape(t, textbookMarket(m, clock))
			found, _ := s.Equilibria(study.DefaultStarts)
			f, err := s.Frontier(0, first, found, 1e-9)
			require.NoError(t, err)
			for i, n1 := range first {
				require.InDelta(t, m.Frontier(saddle, n1, lambda), f.Second[i], 1e-8, "%s %+v at %g", name, clock, n1)
				require.InDelta(t, 200*f.Second[i], f.People[i], 1e-9)
			}
		}
	}
}

// TestCriticalMassOfOneSide: a one-sided market tips above its middle equilibrium, and the way
// from its low to its high equilibrium crosses there.
func TestCriticalMassOfOneSide(t *testing.T) {
	want := theory.LogitOneSided{V: -2.5, Gamma: 5, Mu: 1}.Equilibria()
	m := textbookMarket(theory.LogitTwoSided{V: [2]float64{-2.5}, Gamma: [2]float64{5}, Mu: [2]float64{1, 1}}, models.Clock{Kind: models.ClockAsync, Revision: 0.1})
	m.Segments = m.Segments[:1]
	s := landscape(t, m)
	found, _ := s.Equilibria(study.DefaultStarts)
	require.Len(t, found, 3)
	f, err := s.Frontier(0, nil, found, 1e-9)
	require.NoError(t, err)
	require.InDelta(t, want[1].Share, f.Second[0], 1e-8)
	c, err := s.CriticalMass(s.At(found[0]), s.At(found[2]), found, 1e-9)
	require.NoError(t, err)
	require.InDelta(t, want[1].Share, c.Share[0][0], 1e-8)
	require.InDelta(t, 1000*want[1].Share, c.People[0][0], 1e-5)
	require.Equal(t, []int{2, 0}, []int{c.To, c.Else})
	_, err = s.CriticalMass(s.At(found[0]), s.Launch(0, []float64{0.3}), found, 1e-9)
	require.ErrorContains(t, err, "same equilibrium")
}

// TestThresholdFrontier: people without noise join a platform as soon as the other side is
// large enough; the frontier is theory's closed form: from n1 on, n2 = c2 (1-n1)/(1-c1) below
// c1 and 1 - (1-c2) n1/c1 above it. The motion jumps there, hence to the shortest step.
func TestThresholdFrontier(t *testing.T) {
	want := theory.LaunchThreshold{C: [2]float64{0.3, 0.4}, K: [2]float64{1, 1}}
	m := textbookMarket(theory.LogitTwoSided{V: [2]float64{-0.4, -0.3}, Alpha: [2]float64{1, 1}, Mu: [2]float64{1, 1}}, models.Clock{Kind: models.ClockAsync, Revision: 1})
	for g := range m.Segments {
		m.Segments[g].Noise = nil
	}
	s := landscape(t, m)
	found, _ := s.Equilibria(study.DefaultStarts)
	require.Len(t, found, 2, "nobody and everybody")
	f, err := s.Frontier(0, []float64{0, 0.1, 0.25, 0.35, 0.45}, found, 1e-7)
	require.NoError(t, err)
	for i, n1 := range f.First {
		require.InDelta(t, want.Frontier(n1), f.Second[i], 3e-6, "from %g", n1)
	}
	require.True(t, math.IsNaN(f.Second[0]) == math.IsNaN(want.Frontier(0)))
}

// BenchmarkFrontier draws the frontier of 396 cells at five shares to a thousandth.
func BenchmarkFrontier(b *testing.B) {
	list, err := study.Landscapes(crowded(b), 1)
	require.NoError(b, err)
	found, _ := list[0].Equilibria(study.DefaultStarts)
	for b.Loop() {
		_, err := list[0].Frontier(0, []float64{0.1, 0.3, 0.5, 0.7, 0.9}, found, 1e-3)
		require.NoError(b, err)
	}
}
