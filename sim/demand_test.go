package sim_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
	"flywheel/sim/engine/meanfield"
)

// shop is a platform on which 1,000 people order once a day, and nobody joins or leaves.
func shop(periods int, demand *models.Demand, policies ...models.Policy) *models.Model {
	return &models.Model{
		Name: "shop", Horizon: models.Horizon{Periods: periods, Unit: "day"}, Clock: models.Clock{Kind: models.ClockSync}, Noise: models.Noise{Kind: models.NoiseNone},
		Platforms: []models.Platform{{Name: "A"}}, Policies: policies,
		Segments: []models.Segment{{Side: "buyers", Name: "all-of-them", Region: "here", Size: 1000, Value: []models.Value{models.Number(1)},
			Start: []models.Begin{{Homing: 1, Share: 1}}, Orders: models.Ordering{Rate: 1, Basket: models.MoneyOf(100), Demand: demand}}},
	}
}

func expected(t *testing.T, m *models.Model) *results.Table {
	l, err := models.Compile(m)
	require.NoError(t, err)
	rec := sim.NewRecorder(l, sim.Labels{})
	require.NoError(t, sim.Simulate(context.Background(), l, &meanfield.Engine{}, sim.Options{}, rec))
	return rec.Table
}

// TestASaleTakesFromLaterOrders: half price on day 10 with elasticity 2 brings 4,000 orders where
// 1,000 are usual. Of the 3,000 more, 30% are missing later, 1/20 of what is left each day; and
// a reference price that fell by a tenth of the half, and comes half way back in 60 days, takes
// a shock of (1/0.95)^(-2.25) = 0.891 off the day after.
func TestASaleTakesFromLaterOrders(t *testing.T) {
	sale := models.Policy{Name: "sale", Platform: "A", Instrument: models.PayOrder, Shape: models.Days{Amount: 50, On: []float64{9}, For: 1}}
	orders := expected(t, shop(400, &models.Demand{Elasticity: 2, Pull: 0.3, Over: 20}, sale)).Where("platform", "A").Where("side", "*").Numbers("orders")
	require.InDelta(t, 1000, orders[9], 1e-9)
	require.InDelta(t, 4000, orders[10], 1e-9)
	require.InDelta(t, 1000-900/20, orders[11], 1e-9)
	require.InDelta(t, 1000-900.0/20*19/20, orders[12], 1e-9)
	var all float64
	for _, n := range orders[1:] {
		all += n
	}
	require.InDelta(t, 400*1000+3000-900, all, 1e-3, "every order pulled forward is missing once")

	orders = expected(t, shop(200, &models.Demand{Shock: 1, Aversion: 2.25, Weight: 0.1, HalfLife: 60}, sale)).Where("platform", "A").Where("side", "*").Numbers("orders")
	require.InDelta(t, 2000, orders[10], 1e-9, "half the reference at a shock of 1")
	require.InDelta(t, 1000*math.Pow(1/0.95, -2.25), orders[11], 1e-6)
	require.InDelta(t, 1000*math.Pow(1/0.975, -2.25), orders[71], 1e-6)
}

// TestAnAnnouncementPutsOrdersOff: of the orders of the five days before an announced sale a fifth
// is put off, and comes with it.
func TestAnAnnouncementPutsOrdersOff(t *testing.T) {
	sale := models.Policy{Name: "sale", Platform: "A", Instrument: models.PayOrder, Shape: models.Days{Amount: 10, On: []float64{9}, For: 1}, Announced: 5}
	orders := expected(t, shop(20, &models.Demand{Defer: 0.2, Over: 1}, sale)).Where("platform", "A").Where("side", "*").Numbers("orders")
	for day, want := range map[int]float64{4: 1000, 5: 800, 9: 800, 10: 2000, 11: 1000} {
		require.InDelta(t, want, orders[day], 1e-9, "day %d", day)
	}
}

// TestABonusByTheHourKeepsPeopleOnline: at an elasticity of one half, 20 more on the 20 that an
// hour brings keep riders online for the root of two times their 6 hours; they are paid for
// these hours, and the queue's servers are as many more.
func TestABonusByTheHourKeepsPeopleOnline(t *testing.T) {
	m := shop(3, nil, models.Policy{Name: "stay", Platform: "A", Target: models.Target{Side: "riders"}, Instrument: models.PayHour, Hours: 1, From: 2, Shape: models.Constant{Amount: 20}})
	m.Platforms[0].Service = &models.Service{OnTime: 5, Belated: 1, Stages: []models.Stage{{Name: "ride", Supply: true, Time: 0.5}}}
	m.Segments = append(m.Segments, models.Segment{Side: "riders", Name: "all-riders", Region: "here", Size: 50, Value: []models.Value{models.Number(1)},
		Start: []models.Begin{{Homing: 1, Share: 1}}, Supply: &models.Supply{Hours: 6, Pay: 20, Response: 0.5, Most: 24, Skill: 1.5}})
	rows := expected(t, m).Where("platform", "A").Where("side", "riders").Where("segment", "*")
	require.InDeltaSlice(t, []float64{300, 300, 300 * math.Sqrt2, 300 * math.Sqrt2}, rows.Numbers("hours"), 1e-9)
	require.InDelta(t, 20*math.Floor(300*math.Sqrt2), rows.Numbers("subsidy")[2], 1e-6)
	served := rows.Numbers("orders")
	require.InDelta(t, 1.5*300/0.5, served[1], 1, "two orders an hour, half as many again by skill")
	require.InDelta(t, 1000, served[2], 1e-9, "1,273 could be served")
}
