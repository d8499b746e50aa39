package verify

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestUsageHolds: every case of usage prices holds, in everything theory says of it.
func TestUsageHolds(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped in -short: the prices of three markets take seconds; run without -short")
	}
	lines, err := Run(context.Background(), usageCases(), Options{Seed: 1, Threads: 2})
	require.NoError(t, err)
	for _, l := range lines {
		t.Logf("%s %s: theory %.6g, simulated %.6g, tolerance %.2g, se %.2g, predicted %.2g", l.ID, l.Quantity, l.Theory, l.Simulated, l.Tolerance, l.SE, l.PredictedSE)
		require.True(t, l.Judged && l.Holds && l.Tolerance < 0.025, "%+v", l)
	}
}
