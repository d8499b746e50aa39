package verify

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models/theory"
)

// TestQueuesHold: every case of a queue holds, with orders that come by chance and, in one run,
// with their expectation, and shows everything that theory says of it but the loss of a queue in
// which nobody can wait.
func TestQueuesHold(t *testing.T) {
	for _, engine := range []string{"cohorts", "meanfield"} {
		for _, l := range linesOf(t, queueCases(), engine) {
			require.Equal(t, l.Quantity != "Erlang B", l.Judged, "%+v", l)
			require.True(t, !l.Judged || l.Holds, "%+v", l)
			require.True(t, !l.Judged || l.Tolerance < 0.01*l.Theory+1e-3, "%+v", l) // tells something
		}
	}
}

// linesOf runs cases by an engine.
func linesOf(t *testing.T, cases []Case, engine string) []Line {
	for i := range cases {
		cases[i].Simulate.Engine = engine
	}
	lines, err := Run(context.Background(), cases, Options{Seed: 1, Threads: 2})
	require.NoError(t, err)
	for _, l := range lines {
		t.Logf("%s %s %s: theory %.6g, simulated %.6g, tolerance %.2g", engine, l.ID, l.Quantity, l.Theory, l.Simulated, l.Tolerance)
	}
	return lines
}

// TestQueuesThatCannotSettle: of servers with more to do than they can, or so nearly that a day
// does not see their queue settle, and of rooms larger than a stage's, nothing is simulated.
func TestQueuesThatCannotSettle(t *testing.T) {
	for _, c := range []Case{
		{ID: "over", Model: "mmc", Params: theory.Params{"lambda": 3, "mu": 1, "c": 2}},
		{ID: "nearly", Model: "mmc", Params: theory.Params{"lambda": 0.9999, "mu": 1, "c": 1}},
		{ID: "hall", Model: "mm1k", Params: theory.Params{"lambda": 1, "mu": 1, "K": 20_000}},
		{ID: "ages", Model: "mm1k", Params: theory.Params{"lambda": 1e12, "mu": 1, "K": 2}},
	} {
		require.NoError(t, c.Check(), c.ID)
		trials, _ := c.trials()
		require.Empty(t, trials, c.ID)
	}
}
