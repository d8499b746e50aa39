package meanfield_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/models/theory"
	"flywheel/sim"
	"flywheel/sim/engine/meanfield"
)

// one is a market of one platform and one side on the asynchronous clock.
func one(size int64, change func(m *models.Model, s *models.Segment)) *models.Model {
	m := &models.Model{
		Name: "one", Horizon: models.Horizon{Periods: 20, Unit: "day"},
		Clock: models.Clock{Kind: models.ClockAsync, Revision: 1}, Platforms: []models.Platform{{Name: "A"}},
		Noise: models.Noise{Kind: models.NoiseAnnealed, Scale: 1},
	}
	s := models.Segment{Side: "people", Name: "people", Region: "here", Size: size, PriceSensitivity: 1, Value: []models.Value{models.Number(0)}}
	change(m, &s)
	m.Segments = []models.Segment{s}
	return m
}

// path is a column of a run: of the platform, for its only side or, of money, the market.
func path(t testing.TB, m *models.Model, metric, scope string) []float64 {
	l, err := models.Compile(m)
	require.NoError(t, err)
	record := sim.NewRecorder(l, sim.Labels{})
	require.NoError(t, sim.Simulate(context.Background(), l, new(meanfield.Engine), sim.Options{}, record))
	var list []float64
	side, segment, platform := record.Table.Texts("side"), record.Table.Texts("segment"), record.Table.Texts("platform")
	for row, x := range record.Table.Numbers(metric) {
		if segment[row] == sim.Total && side[row] == scope && platform[row] == "A" {
			list = append(list, x)
		}
	}
	return list
}

// TestContinuousBass: people who join when they hear of a platform worth joining follow Bass's
// curve in continuous time, every period to 1e-8; and each joined once, so that joins add up to
// members and a bonus is paid for every one.
func TestContinuousBass(t *testing.T) {
	const size = 1e6
	m := one(size, func(m *models.Model, s *models.Segment) {
		m.Clock.Revision, m.Noise = 0, models.Noise{Kind: models.NoiseNone}
		s.Value[0].Mean, s.Aware = 1, &models.Aware{P: 0.03, Q: 0.38}
		m.Policies = []models.Policy{{Name: "welcome", Platform: "A", Instrument: models.PayJoin, Shape: models.Constant{Amount: 2}}}
	})
	joins, paid := path(t, m, "joins", "people"), path(t, m, "subsidy", sim.Total)
	var joined, money float64
	for period, members := range path(t, m, "participants", "people") {
		if period > 0 { // nobody has moved before the first
			joined += joins[period]
			money += paid[period]
		}
		want := theory.Bass{P: 0.03, Q: 0.38}.Share(float64(period))
		require.InDelta(t, want, members/size, 1e-8)
		require.InDelta(t, members/size, joined/size, 1e-8)
		require.InDelta(t, 2*joined, money, 1e-4) // of two million; money is counted in millionths, once a period
	}
}

// TestContinuousLogitRests: the continuous motion of a logit market comes to rest where the
// market theory does, and from a start a little off it decays at the rate 1 - slope.
func TestContinuousLogitRests(t *testing.T) {
	rest := theory.LogitOneSided{V: -1, Gamma: 1.5, Mu: 1}.Equilibria()[0]
	m := one(1000, func(m *models.Model, s *models.Segment) {
		s.Value[0].Mean, s.Same = -1, models.Effect{Strength: models.Number(1.5), Form: models.FormLinear}
		s.Start = []models.Begin{{Homing: 1, Share: rest.Share + 1e-4}}
		m.Horizon.Periods = 40
	})
	share := path(t, m, "share", "people")
	require.InDelta(t, rest.Share, share[40], 1e-9)
	// To first order in the displacement, 1e-4, hence to about as much of the rate.
	require.InEpsilon(t, math.Exp(-(1 - rest.Slope)), (share[5]-rest.Share)/(share[4]-rest.Share), 1e-4)
}

// TestFlowMovesAsTheEngine: the flow of a market whose offers are constant passes periods as
// the engine does, on both clocks, to the rounding of sums.
func TestFlowMovesAsTheEngine(t *testing.T) {
	for _, clock := range []models.ClockKind{models.ClockAsync, models.ClockSync} {
		m := one(1000, func(m *models.Model, s *models.Segment) {
			m.Clock = models.Clock{Kind: clock, Revision: 0.3}
			s.Same = models.Effect{Strength: models.Number(2), Form: models.FormLinear}
			s.Value[0] = models.Value{Mean: -1, SD: 0.5, Classes: 3}
			s.Aware = &models.Aware{P: 0.1, Q: 0.2}
			m.Policies = []models.Policy{{Name: "stay", Platform: "A", Instrument: models.PayPeriod, Shape: models.Constant{Amount: 0.5}}}
		})
		l, err := models.Compile(m)
		require.NoError(t, err)
		f := meanfield.NewFlow(l, sim.Held(l, 1), []int{0})
		state := f.Start()
		for period, members := range path(t, m, "participants", "people") {
			if period > 0 {
				f.Pass(state, 1)
			}
			users := make([]float64, f.SightLen())
			f.Sight(users, state)
			require.InDelta(t, members, users[1], 1e-6, "%s clock, period %d", clock, period)
		}
	}
}

// TestRestIsWhereMovesCease: among people who go on seeing one sight, the rest is where the
// expected moves cancel, in random markets with and without a gate, switching and bonuses.
func TestRestIsWhereMovesCease(t *testing.T) {
	for _, clock := range []models.ClockKind{models.ClockAsync, models.ClockSync} {
		for seed := range 50 {
			x := func(i int) float64 { return math.Mod(float64(seed*7+i)*math.Phi, 1) } // a low-discrepancy row of numbers
			m := one(1000, func(m *models.Model, s *models.Segment) {
				m.Platforms = append(m.Platforms, models.Platform{Name: "B"})
				m.Clock = models.Clock{Kind: clock, Revision: 0.1 + 0.8*x(1)}
				s.Value = []models.Value{models.Number(4*x(2) - 2), models.Number(4*x(3) - 2)}
				s.Switching, s.Homing.Cost = x(4), x(5)
				if seed%2 == 0 {
					s.Aware = &models.Aware{P: 0.05 + 0.2*x(6), Q: x(7)}
				}
				m.Policies = []models.Policy{{Name: "join", Platform: "B", Instrument: models.PayJoin, Shape: models.Constant{Amount: x(8)}}}
			})
			l, err := models.Compile(m)
			require.NoError(t, err)
			f := meanfield.NewFlow(l, sim.Held(l, 1), []int{0})
			state, change := make([]float64, f.Len()), make([]float64, f.Len())
			f.Look([]float64{400, 300, 200, 100})
			f.Rest(state)
			f.Change(change, state)
			var people float64
			for i := range state {
				require.InDelta(t, 0, change[i], 1e-9)
				people += state[i]
			}
			require.InDelta(t, 1000, people, 1e-9)
		}
	}
}
