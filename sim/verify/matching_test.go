package verify

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models/theory"
)

// TestMatchingHolds: every case of matching holds, drawn and by expectation; only the limit of
// urns is about no market that there is.
func TestMatchingHolds(t *testing.T) {
	for _, engine := range []string{"cohorts", "meanfield"} {
		for _, l := range linesOf(t, matchingCases(), engine) {
			require.Equal(t, l.Quantity != "limit" && (l.Quantity != "Var[M]" || engine != "meanfield"), l.Judged, "%+v", l)
			require.True(t, !l.Judged || l.Holds, "%+v", l)
			require.True(t, !l.Judged || l.Tolerance < 0.08*math.Abs(l.Theory)+1e-3, "%+v", l) // tells something
		}
	}
}

// TestMatchingThatCannotBe: of a function that asks for more matches than there are sellers, or
// has too many, nothing is simulated.
func TestMatchingThatCannotBe(t *testing.T) {
	for _, c := range []Case{
		{ID: "eager", Model: "cobb-douglas", Params: theory.Params{"A": 5, "B": 100, "S": 100, "beta": 0.5, "sigma": 0.5}},
		{ID: "part", Model: "cobb-douglas", Params: theory.Params{"A": 0.5, "B": 10.5, "S": 100, "beta": 0.5, "sigma": 0.5}},
		{ID: "crowd", Model: "urn-ball", Params: theory.Params{"B": 1_000_000_000, "S": 10}},
	} {
		require.NoError(t, c.Check(), c.ID)
		trials, _ := c.trials()
		require.Empty(t, trials, c.ID)
	}
}
