package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Leaders' shares from an independent iteration of the choice probabilities from a start next to equal
// shares; spinodals from an independent minimisation over the share.
func TestLogitPlatforms(t *testing.T) {
	for _, row := range []struct {
		k         int
		a, leader float64
		stable    float64
	}{
		{2, 1.9, 0.5, 1},
		{2, 2.06, 0.646068801, 0},
		{2, 2.2, 0.751470287, 0},
		{2, 3, 0.929279818, 0},
		{3, 2.91, 0.333333333, 1},
		{3, 3.09, 0.838931863, 0},
	} {
		got := byName(t, "logit-platforms", Params{"K": row.k, "a": row.a})
		near(t, row.leader, got["leader_share"], "K %d, a %g", row.k, row.a)
		require.Equal(t, row.stable, got["symmetric_stable"])
	}
	for _, row := range []struct {
		k               int
		spinodal, share float64
	}{
		{2, 2, 0.5},
		{3, 2.74564358, 0.5848},
		{4, 3.21874109, 0.630344},
		{5, 3.56450181, 0.65989},
	} {
		got := byName(t, "logit-platforms", Params{"K": row.k, "a": 1})
		near(t, row.spinodal, got["spinodal"], "K %d", row.k)
		require.InDelta(t, row.share, got["spinodal_share"], 5e-5, "K %d: printed to four digits at least", row.k)
		require.True(t, math.IsNaN(got["tipped_share"]), "nobody leads at strength 1")
	}
	between := byName(t, "logit-platforms", Params{"K": 3, "a": 2.91})
	require.Greater(t, between["tipped_share"], between["spinodal_share"], "both states are stable between the spinodal and K")
}

// A tipped state rests, and equal shares give way to it or do not as the probabilities themselves say.
func TestLogitPlatformsRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := LogitPlatforms{K: rapid.IntRange(2, 50).Draw(t, "K"), A: rapid.Float64Range(0, 80).Draw(t, "a")}
		k := float64(m.K)
		reply := func(x float64) float64 { return 1 / (1 + (k-1)*math.Exp(m.A*((1-x)/(k-1)-x))) }
		least, share := m.Spinodal()
		require.LessOrEqual(t, least, k)
		if x := m.TippedShare(); !math.IsNaN(x) {
			require.InDelta(t, x, reply(x), 1e-10)
			require.GreaterOrEqual(t, x, share-1e-9)
			slope := m.A * x * (1 - x) * k / (k - 1)
			require.LessOrEqual(t, slope, 1+1e-6, "the tipped state is stable")
			require.GreaterOrEqual(t, m.A, least)
		} else {
			require.Less(t, m.A, least)
		}
		if math.Abs(m.A-k) > 1e-3*k {
			nudged := reply(1/k+1e-7) - 1/k
			require.Equal(t, m.SymmetricStable(), nudged < 1e-7, "a small lead shrinks exactly where equal shares are stable")
		}
	})
}
