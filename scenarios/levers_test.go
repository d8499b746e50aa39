package scenarios_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/scenarios"
)

// TestLeversGiveWay: whoever extends a scenario, or sets something in it, is not held to its levers:
// a number may leave their range, and what they move may be gone. What comes of it can be kept as
// one file and read again.
func TestLeversGiveWay(t *testing.T) {
	dir := t.TempDir()
	child := filepath.Join(dir, "child.yaml")
	require.NoError(t, os.WriteFile(child, []byte("name: child\nextends: food-delivery-launch\npolicies: [{name: A-stay-live, remove: true}]\nplatforms: [{name: B, fee: 0.4}]\nvariants: {no-subsidy: {policies: []}}\nexpect: []\n"), 0o666))
	whole, err := scenarios.Load("food-delivery-launch", scenarios.Options{})
	require.NoError(t, err)
	extended, err := scenarios.Load(child, scenarios.Options{})
	require.NoError(t, err)
	require.Len(t, extended.Levers, len(whole.Levers)-3, "what moved the policy is gone")
	require.Equal(t, 0.4, extended.Levers[len(extended.Levers)-1].Input.Hi, "B's take rate")
	again, err := scenarios.Read("resolved.yaml", extended.Resolved(), scenarios.Options{})
	require.NoError(t, err)
	require.Equal(t, string(extended.Resolved()), string(again.Resolved()))
	require.Equal(t, extended.Levers, again.Levers)

	set, err := scenarios.Load("food-delivery-launch", scenarios.Options{Set: []string{"platforms.A.fee=0.5", "policies.A-stay-live.budget=.inf"}})
	require.NoError(t, err)
	require.Len(t, set.Levers, len(whole.Levers)-1, "no limit is no number")
}
