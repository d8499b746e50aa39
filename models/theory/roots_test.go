package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A sine through any window: every one of its zeros is found, however far the first cut is from it.
func TestCrossingsFindsEveryZero(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pace := rapid.Float64Range(0.5, 30).Draw(t, "pace")
		hi := rapid.Float64Range(0.1, 10).Draw(t, "hi")
		f := func(x float64) float64 { return math.Cos(pace * x) }
		bound := func(lo, hi float64) interval {
			reach := pace * (hi - lo) / 2 // the derivative is at most pace
			mid := f((lo + hi) / 2)
			return interval{mid - reach, mid + reach}
		}
		found := crossings(f, bound, 0, hi, 1e-15)
		want := int(math.Floor(pace*hi/math.Pi + 0.5)) // zeros at (k + 1/2)·pi / pace
		require.Len(t, found, want)
		for k, x := range found {
			require.InDelta(t, (float64(k)+0.5)*math.Pi/pace, x, 1e-12)
		}
	})
}

func TestCrossingsLeavesTouchesAlone(t *testing.T) {
	square := func(x float64) float64 { return x * x }
	over := func(lo, hi float64) interval {
		a := interval{math.Min(square(lo), square(hi)), math.Max(square(lo), square(hi))}
		if lo <= 0 && hi >= 0 {
			a.lo = 0
		}
		return a
	}
	require.Empty(t, crossings(square, over, -1, 2, 1e-15), "zero without a change of sign")
	zero := func(float64) float64 { return 0 }
	nothing := func(float64, float64) interval { return interval{} }
	require.Empty(t, crossings(zero, nothing, -1, 1, 1e-15), "zero everywhere")
}

func TestBisect(t *testing.T) {
	root := bisect(func(x float64) float64 { return x*x*x - 2 }, 0, 5)
	require.InDelta(t, math.Cbrt(2), root, 1e-15)
	require.Equal(t, 5.0, bisect(func(x float64) float64 { return x - 7 }, 0, 5), "no change of sign: the nearer end")
	require.Equal(t, 0.0, bisect(func(x float64) float64 { return x + 1 }, 0, 5))
	require.Equal(t, 3.0, bisect(func(x float64) float64 { return x - 3 }, 3, 5), "an end that is the root")
}

// The enclosures really enclose: states between two others lie within the limits of turnsOver.
func TestTurnsOverEncloses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyTwoSided(t)
		branches := m.side(1).branches()
		b := rapid.SampledFrom(branches).Draw(t, "branch")
		from, to, reached := m.reach(b)
		if !reached {
			return
		}
		lo := rapid.Float64Range(math.Max(from[0], -30), math.Max(from[0], -30)+20).Draw(t, "lo")
		hi := lo + rapid.Float64Range(0, 5).Draw(t, "width")
		if lo < from[0] || hi > to[0] {
			return
		}
		x := lo + rapid.Float64Range(0, 1).Draw(t, "between")*(hi-lo)
		over, at := m.turnsOver(m.answer(b, lo), m.answer(b, hi)), m.turns(m.answer(b, x))
		const slack = 1e-12 // of numbers up to some hundreds
		require.True(t, at >= over.lo-slack && at <= over.hi+slack, "%g outside %+v", at, over)
	})
}
