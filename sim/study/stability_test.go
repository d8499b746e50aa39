package study

import (
	"math"
	"math/cmplx"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"flywheel/models"
)

// TestTheOutermostEigenvaluesComeOutOfParts: of a market of 44 classes, the derivative taken apart moves
// a vector as the whole does, and what its Krylov space says is outermost is what all eigenvalues of
// the whole say, at each equilibrium and on both clocks.
func TestTheOutermostEigenvaluesComeOutOfParts(t *testing.T) {
	for clock, shift := range map[models.ClockKind]float64{models.ClockSync: 1, models.ClockAsync: 0} {
		measure := func(v complex128) float64 { return real(v) }
		if clock == models.ClockSync {
			measure = cmplx.Abs
		}
		m := &models.Model{
			Name: "market", Horizon: models.Horizon{Periods: 10, Unit: "day"}, Clock: models.Clock{Kind: clock, Revision: 0.1},
			Noise: models.Noise{Kind: models.NoiseAnnealed, Scale: 0.5}, Platforms: []models.Platform{{Name: "A"}, {Name: "B"}},
		}
		for side, name := range []string{"consumers", "merchants"} {
			m.Segments = append(m.Segments, models.Segment{
				Side: name, Name: name, Size: 10_000, PriceSensitivity: 1, Value: []models.Value{{Mean: -1.5, SD: 0.3, Classes: 11}, {Mean: -1.5, SD: 0.3, Classes: 2}},
				Cross: models.Effect{Strength: models.Number(3.5 - float64(side)/2), Form: models.FormLinear}, Homing: models.Multi{Cost: 0.6, Duplicate: 0.5},
			})
		}
		l, err := models.Compile(m)
		require.NoError(t, err)
		list, err := Landscapes(l, 1)
		require.NoError(t, err)
		found, _ := list[0].Equilibria(0)
		require.GreaterOrEqual(t, len(found), 3)
		outer := func(values []complex128) float64 {
			far := math.Inf(-1)
			for _, v := range values {
				far = math.Max(far, measure(v))
			}
			return far
		}
		for _, e := range found {
			d := list[0].motion(e.state)
			require.Greater(t, len(d.at), small)
			whole := d.whole(shift)
			v, parts, all := mat.NewVecDense(len(d.at), nil), mat.NewVecDense(len(d.at), nil), mat.NewVecDense(len(d.at), nil)
			for i := range d.at {
				v.SetVec(i, halton(i+1, 3))
			}
			d.times(parts, v)
			parts.AddScaledVec(parts, shift, v)
			all.MulVec(whole, v)
			parts.SubVec(parts, all)
			require.Less(t, mat.Norm(parts, math.Inf(1)), 1e-13, "sums of a hundred numbers near one")
			values, ok := d.krylov(shift, measure)
			require.True(t, ok)
			var every mat.Eigen
			require.True(t, every.Factorize(whole, mat.EigenNone))
			require.InDelta(t, outer(every.Values(nil)), outer(values), 1e-8, "%s: %v", clock, e.Share)
		}
	}
}
