package rehearsal

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
	"flywheel/scenarios"
)

// Whatever was measured, the overlay is a sound scenario that says it, to five digits, and changes
// nothing else: of the scenario itself, or of the variant that was rehearsed and of no other.
func TestAnyOverlayIsAScenario(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "resolved.yaml"), []byte(`
name: town
horizon: {periods: 3}
platforms: [{name: A}]
segments: [{side: users, name: people, size: 20, value: 2, orders: {rate: 0.5}}]
event: {platform: A, period: 3, hour: 12:00, starts: 11, deployment: {capacity: 5/s, retries: 2, backoff: 3s, late: 7s}}
variants: {small: {event: {starts: 2}}, large: {event: {redemption: 0.4}}}
`), 0o600))
	base, err := scenarios.Load(filepath.Join(dir, "resolved.yaml"), scenarios.Options{})
	require.NoError(t, err)
	written := 0
	rapid.Check(t, func(t *rapid.T) {
		lo := math.Exp(rapid.Float64Range(math.Log(1e-6), math.Log(1e7)).Draw(t, "lo"))
		hi := lo * rapid.SampledFrom([]float64{1, 1.0000001, 1.02, 3}).Draw(t, "times")
		capacity := lo + (hi-lo)*rapid.SampledFrom([]float64{0, 0.5, 1}).Draw(t, "where")
		room := rapid.SampledFrom([]float64{0, 1e-3, 17.123456, 3e8}).Draw(t, "room")
		variant := rapid.SampledFrom([]string{"", "small", "large"}).Draw(t, "variant")
		f := Finding{
			Peak: Peak{RPS: rapid.Float64Range(1e-3, 1e6).Draw(t, "peak"), Quantile: 0.95, At: 30}, Largest: rapid.Float64Range(0, 1).Draw(t, "largest"),
			Measured: models.Deployment{Limited: true, Capacity: capacity, Lo: lo, Hi: hi, Room: room, Measured: rapid.SampledFrom([]string{"flywheel rehearse on 2026-11-20", `a "quoted": # word\`}).Draw(t, "measured")},
		}
		written++
		path := filepath.Join(dir, fmt.Sprintf("overlay%d.yaml", written))
		text := Overlay("./resolved.yaml", "town", variant, f)
		require.NoError(t, os.WriteFile(path, text, 0o600))
		defer os.Remove(path)
		s, err := scenarios.Load(path, scenarios.Options{})
		require.NoError(t, err, string(text))
		require.Equal(t, "town-measured", s.Name)
		got := map[string]models.Event{"": *s.Model.Event}
		was := map[string]models.Event{"": *base.Model.Event}
		for i, v := range s.Variants {
			got[v.Name], was[v.Name] = *v.Model.Event, *base.Variants[i].Model.Event
		}
		for name, e := range got {
			want := was[name]
			if d := e.Deployment; name == variant || variant == "" {
				require.InEpsilon(t, capacity, d.Capacity, 1e-4)
				require.InEpsilon(t, lo, d.Lo, 1e-4)
				require.InEpsilon(t, hi, d.Hi, 1e-4)
				require.InDelta(t, room, d.Room, 1e-4*room)
				require.Equal(t, f.Measured.Measured, d.Measured)
				want.Deployment.Capacity, want.Deployment.Lo, want.Deployment.Hi, want.Deployment.Room, want.Deployment.Measured = d.Capacity, d.Lo, d.Hi, d.Room, d.Measured
			}
			require.Equal(t, want, e, "%q", name)
		}
	})
}
