package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Variances from an independent sum over the outcomes of the common number; gains printed to six digits.
func TestCRNBernoulli(t *testing.T) {
	for _, row := range []struct{ p1, p2, coupled, independent, gain float64 }{
		{0.3, 0.35, 0.0475, 0.4375, 9.21053},
		{0.5, 0.52, 0.0196, 0.4996, 25.4898},
		{0.1, 0.4, 0.21, 0.33, 1.57143},
		{0.62, 0.58, 0.0384, 0.4792, 12.4792},
	} {
		got := byName(t, "crn-bernoulli", Params{"p1": row.p1, "p2": row.p2})
		near(t, row.coupled, got["var_coupled"], "%+v", row)
		near(t, row.independent, got["var_independent"], "%+v", row)
		require.InEpsilon(t, row.gain, got["gain"], 5e-6, "%+v", row)
	}
}

// Variances follow from the correlation as those of any difference do.
func TestCRNBernoulliAlgebra(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := CRNBernoulli{P1: rapid.Float64Range(0.001, 0.999).Draw(t, "p1"), P2: rapid.Float64Range(0.001, 0.999).Draw(t, "p2")}
		s1, s2 := math.Sqrt(m.P1*(1-m.P1)), math.Sqrt(m.P2*(1-m.P2))
		require.InDelta(t, s1*s1+s2*s2-2*m.Correlation()*s1*s2, m.Coupled(), 1e-12)
		require.LessOrEqual(t, m.Coupled(), m.Independent()+1e-12, "a common number never hurts")
	})
}
