package ui

import (
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/scenarios"
	"flywheel/sim"
	"flywheel/sim/engine/meanfield"
	"flywheel/sim/study"
)

// market400 is a server that offers the market of 396 cells, and its name there.
func market400(t testing.TB) (*server, string) {
	source := filepath.Join(t.TempDir(), "four-hundred.yaml")
	require.NoError(t, os.WriteFile(source, []byte(fourHundred), 0o666))
	return newServer(Options{Threads: 1, Scenarios: []string{source}}), source
}

// at is a scenario with one of its levers elsewhere; none where lever is below zero.
func at(t testing.TB, s *server, name string, lever int, x float64) *moved {
	m, err := s.market(name)
	require.NoError(t, err)
	q := url.Values{"name": {name}}
	for i, l := range m.levers {
		if i != lever {
			x := l.Value
			q.Add("v", fmt.Sprint(x))
			continue
		}
		q.Add("v", fmt.Sprint(x))
	}
	found, err := s.moved(httptest.NewRequest("GET", "http://localhost/api/move?"+q.Encode(), nil))
	require.NoError(t, err)
	return found
}

// TestWhatIsOnlyBookedMovesNobody: of every scenario of the library, and of one with a cap on
// commissions, the market that critical mass is sought in moves to the last bit as it does with what
// its platforms take, have and spend.
func TestWhatIsOnlyBookedMovesNobody(t *testing.T) {
	s, source := market400(t)
	luck := rand.New(rand.NewPCG(3, 5))
	tried := 0
	for _, name := range append(scenarios.Library(), source) {
		alone := *at(t, s, name, -1, 0).law.Model
		alone.Policies = nil
		all, err := models.Compile(&alone)
		require.NoError(t, err, name)
		own, err := models.Compile(study.Unpaid(&alone))
		require.NoError(t, err, name)
		if new(meanfield.Engine).Accept(all) != nil {
			continue
		}
		var flows [2]*meanfield.Flow
		var crowds []int
		for c := range all.Crowds {
			crowds = append(crowds, c)
		}
		last := alone.Horizon.Periods
		flows[0], flows[1] = meanfield.NewFlow(all, sim.Held(all, last), crowds), meanfield.NewFlow(own, sim.Held(own, last), crowds)
		state, sight := flows[0].Start(), make([]float64, flows[0].SightLen())
		slope := [2][]float64{make([]float64, len(state)), make([]float64, len(state))}
		for range 4 {
			for i, f := range flows {
				f.Slope(slope[i], state)
			}
			require.Equal(t, slope[0], slope[1], name)
			flows[0].Scale(sight)
			for i := range sight {
				sight[i] *= luck.Float64()
			}
			flows[0].Look(sight)
			flows[0].Rest(state)
		}
		tried++
	}
	require.Greater(t, tried, 10)
}

// TestALeverThatLeavesCriticalMassAloneSeeksItNotAgain: what a platform takes, and what a policy pays; but a
// commission that is capped goes to those who fulfil orders.
func TestALeverThatLeavesCriticalMassAloneSeeksItNotAgain(t *testing.T) {
	s, _ := market400(t)
	const name = "food-delivery-launch"
	before := at(t, s, name, -1, 0)
	found, err := s.search(t.Context(), before, roughly(), false)
	require.NoError(t, err)
	require.NotEmpty(t, found.list)
	for i, l := range before.levers {
		require.Equal(t, found.list, at(t, s, name, i, l.Input.Hi).mass().list, l.Name)
	}
	capped := *before.law.Model
	rate := 0.1
	capped.Regulations = []models.Regulation{{Name: "cap", From: 1, Commission: &rate}}
	dear := capped
	dear.Platforms = append([]models.Platform(nil), capped.Platforms...)
	dear.Platforms[0].Fee = 0.3
	require.NotEqual(t, study.Unpaid(&capped), study.Unpaid(&dear))
	require.Equal(t, study.Unpaid(before.law.Model), study.Unpaid(before.law.Model))
}

// TestTheRoughAnswerIsTheOneSought: wherever the levers of a scenario go, what the page first says of
// critical mass is within the rough tolerance what a search that follows nothing finds: as many
// frontiers, or the same reason for none.
func TestTheRoughAnswerIsTheOneSought(t *testing.T) {
	s, source := market400(t)
	plain := roughly()
	plain.Followed = false
	names := append(scenarios.Library(), source)
	if testing.Short() {
		names = []string{"food-delivery-launch", source}
	}
	drawn := 0
	for _, name := range names {
		m, err := s.market(name)
		require.NoError(t, err)
		for i, l := range m.levers {
			for _, part := range []float64{0, 0.381966, 1} {
				now := at(t, s, name, i, l.Input.Lo+part*(l.Input.Hi-l.Input.Lo))
				if known := now.mass(); known.list != nil || known.why != nil || new(meanfield.Engine).Accept(now.law) != nil {
					continue
				}
				want, why := study.CriticalMass(t.Context(), now.law, plain)
				got, err := s.search(t.Context(), now, roughly(), false)
				require.NoError(t, err)
				require.Equal(t, fmt.Sprint(why), fmt.Sprint(got.why), "%s: %s", name, l.Name)
				require.Len(t, got.list, len(want), "%s: %s", name, l.Name)
				for j, f := range want {
					near(t, f, got.list[j], 1.2*plain.Tolerance, name+": "+l.Name)
					drawn++
				}
			}
		}
	}
	t.Logf("%d frontiers", drawn)
	require.Greater(t, drawn, 4)
}

// near requires two frontiers to be alike; whether all of a side just suffices is a matter of rounding.
func near(t *testing.T, want, got study.Frontier, tolerance float64, where string) {
	t.Helper()
	for i, y := range want.Second {
		if z := got.Second[i]; y < 0.99 || z < 0.99 {
			require.InDelta(t, y, z, tolerance, "%s: point %d", where, i)
		}
	}
}
