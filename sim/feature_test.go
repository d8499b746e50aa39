package sim_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
	"flywheel/sim/engine/meanfield"
)

// built runs a growing market by expectation in which A follows a policy, and gives its rows of
// the whole market.
func built(t *testing.T, p *models.Policy) *results.Table {
	people := models.Segment{Side: "people", Name: "people", Region: "here", Size: 1000, PriceSensitivity: 1, Value: []models.Value{models.Number(0.5)},
		Aware: &models.Aware{P: 0.01, Q: 0.1}, Start: []models.Begin{{Homing: 1, Share: 0.1}},
		Life: &models.Life{Churn: models.Number(0.01), Early: &models.Value{Mean: 0.1}, Onboarding: 10}, Orders: models.Ordering{Rate: 0.5, Basket: models.MoneyOf(20)}}
	m := &models.Model{
		Name: "built", Horizon: models.Horizon{Periods: 60, Unit: "day"}, Economics: &models.Economics{},
		Clock: models.Clock{Kind: models.ClockSync, Revision: 0.1}, Noise: models.Noise{Kind: models.NoiseAnnealed, Scale: 1},
		Platforms: []models.Platform{{Name: "A", Fee: 0.1, Capacity: 100}}, Segments: []models.Segment{people},
	}
	if p != nil {
		p.Name, p.Platform = "p", "A"
		if p.Shape == nil {
			p.Shape = models.Constant{Amount: 1}
		}
		m.Policies = []models.Policy{*p}
	}
	l, err := models.Compile(m)
	require.NoError(t, err)
	return told(t, l, new(meanfield.Engine))
}

// TestAComponentRefitsAStage: from when it works on, and by its level, orders are given up, take
// time, go astray, wait in separate lines and find capacity as it says; and only in its region.
func TestAComponentRefitsAStage(t *testing.T) {
	run := func(level, capacity float64, refit models.Refit, region string) *results.Table {
		refit.Stage = "desk"
		people := models.Segment{Side: "people", Name: "people", Region: "here", Size: 1000, PriceSensitivity: 1, Value: []models.Value{models.Number(1)},
			Start: []models.Begin{{Homing: 1, Share: 1}}, Orders: models.Ordering{Rate: 0.5, Basket: models.MoneyOf(10)}}
		far := people
		far.Name, far.Region = "far", "there"
		stage := models.Stage{Name: "desk", Drop: 0.2, Servers: 10, Time: 0.1, Queue: models.QueueMMC, Intakes: 2, Astray: 0.1, Promise: 5, Capacity: map[string]float64{models.Anywhere: capacity}}
		l, err := models.Compile(&models.Model{
			Name: "refitted", Horizon: models.Horizon{Periods: 4, Unit: "day"}, Clock: models.Clock{Kind: models.ClockSync}, Noise: models.Noise{Kind: models.NoiseNone},
			Platforms: []models.Platform{{Name: "A", Service: &models.Service{Stages: []models.Stage{stage}, OnTime: 5, Belated: 1}}},
			Segments:  []models.Segment{people, far},
			Policies: []models.Policy{{Name: "p", Platform: "A", Target: models.Target{Region: region}, Instrument: models.Component,
				Shape: models.Constant{Amount: level}, Feature: models.Feature{Lead: 2, Refit: &refit}}},
		})
		require.NoError(t, err)
		rec := sim.NewRecorder(l, sim.Labels{})
		require.NoError(t, sim.Simulate(context.Background(), l, new(meanfield.Engine), sim.Options{Seed: 5}, rec))
		return rec.Table.Where("side", "people").Where("platform", "A").Where("segment", sim.Total)
	}
	same := models.Refit{Drop: 1, Time: 1, Astray: 1, Capacity: 1}
	at := func(rows *results.Table, metric, region string) []float64 {
		return pick(rows.Where("region", region), metric, 2, 3)
	}
	plain := run(1, 200, same, "")
	require.Equal(t, []float64{200, 200}, at(plain, "orders", "here"), "of 400 who stay, as many as there is capacity for")
	drop, wide, pooled, quick := same, same, same, same
	drop.Drop, wide.Capacity, pooled.Pooled, quick.Time = 0.5, 1.5, true, 0.5
	require.InDeltaSlice(t, []float64{100, 75}, at(run(0.5, 1000, drop, ""), "dropped", "here"), 1e-9, "half of a half less, from when it works on")
	require.InDeltaSlice(t, []float64{200, 300}, at(run(1, 200, wide, "here"), "orders", "here"), 1e-9)
	require.InDeltaSlice(t, []float64{200, 200}, at(run(1, 200, wide, "here"), "orders", "there"), 1e-9)
	require.InDeltaSlice(t, []float64{40, 0}, at(run(1, 1000, pooled, ""), "late", "here"), 1e-3, "one line of two goes astray by a tenth")
	faster := at(run(1, 1000, quick, ""), "minutes", "here")
	require.Less(t, faster[1], faster[0]-2.9, "of six minutes of work, three")
}

// TestWhatIsBuiltDoesWhatItSays: each feature moves what it is for, from when it works on and not
// before, and its money is what it was said to be.
func TestWhatIsBuiltDoesWhatItSays(t *testing.T) {
	plain := built(t, nil)
	wished := func(rows *results.Table, period int) float64 {
		return rows.Numbers("orders")[period] + rows.Numbers("unserved")[period]
	}
	for name, p := range map[string]*models.Policy{
		"onboarding": {Instrument: models.Onboarding, Feature: models.Feature{Early: 0.2, Lead: 20, Run: 3_000_000}},
		"community":  {Instrument: models.Community, Feature: models.Feature{Same: 2, Lead: 20, Run: 3_000_000}},
		"openness":   {Instrument: models.Openness, Feature: models.Feature{Hazard: 0.1, Lead: 20, Run: 3_000_000}},
		"component":  {Instrument: models.Component, Feature: models.Feature{Worth: 1, Lead: 20, Run: 3_000_000}},
	} {
		rows := built(t, p)
		require.Equal(t, wished(plain, 20), wished(rows, 20), "%s works before it is built", name)
		require.Greater(t, wished(rows, 60), 1.02*wished(plain, 60), name)
		require.Equal(t, []float64{0, 0, 3, 3}, pick(rows, "features", 0, 20, 21, 60), name)
	}
	lifted := built(t, &models.Policy{Instrument: models.Component, Shape: models.Constant{Amount: 0.5}, Feature: models.Feature{Orders: 0.2, Build: 7_000_000, PerOrder: 500_000}})
	require.InEpsilon(t, 1.1*wished(plain, 1), wished(lifted, 1), 1e-12, "half of a fifth more")
	require.InEpsilon(t, 7+0.5*lifted.Numbers("orders")[1], lifted.Numbers("features")[1], 1e-6)
	wide := built(t, &models.Policy{Instrument: models.AddCapacity, Shape: models.Constant{Amount: 40}, Feature: models.Feature{Run: 250_000}})
	require.Equal(t, []float64{100, 140}, []float64{plain.Numbers("orders")[60], wide.Numbers("orders")[60]}, "both are full")
	require.Equal(t, 10.0, wide.Numbers("features")[60])
	short := built(t, &models.Policy{Instrument: models.AddCapacity, Shape: models.Constant{Amount: 40}, Feature: models.Feature{Run: 250_000}, Limited: true, Budget: models.MoneyOf(25)})
	require.Equal(t, []float64{10, 10, 0}, pick(short, "features", 1, 2, 3), "a third period is not covered")
}

// TestNewcomersAloneArePaid: a discount for newcomers is paid on their share of the orders, a
// price for them on their heads; false claims come on top.
func TestNewcomersAloneArePaid(t *testing.T) {
	rows := built(t, &models.Policy{Instrument: models.PayOrder, Target: models.Target{Relation: models.RelationNew}, Shape: models.Constant{Amount: 2}, Fraud: 0.25})
	people := rows.Numbers("orders")[60]
	require.Less(t, rows.Numbers("subsidy")[60], 2*people*0.8)
	require.Greater(t, rows.Numbers("subsidy")[60], 0.0)
	require.InEpsilon(t, rows.Numbers("subsidy")[60], 2*5*rows.Numbers("fake_claims")[60], 1e-6, "one in five claims is false")
	price := built(t, &models.Policy{Instrument: models.ChangePrice, Target: models.Target{Relation: models.RelationRegular}, Shape: models.Constant{Amount: 0.1}})
	require.Greater(t, price.Numbers("membership")[60], 0.0)
}

// TestAnAgencyLivesByWhatItBrings: a channel with a share in GMV is paid for the orders of those it
// has brought, who are fewer than all; in the first period, of exactly those who have joined by it.
func TestAnAgencyLivesByWhatItBrings(t *testing.T) {
	rows := built(t, &models.Policy{Instrument: models.BuyMarketing, Shape: models.Constant{Amount: 0.15}, Channel: models.Channel{Kind: models.ChannelAgency, Reach: 500, Response: 0.1}})
	paid, gmv := rows.Numbers("marketing"), rows.Numbers("gmv")
	require.Greater(t, paid[60], paid[1])
	require.Greater(t, rows.Numbers("cac_brought")[60], rows.Numbers("cac")[60])
	for period := 1; period <= 60; period++ {
		require.Less(t, paid[period], 0.15*gmv[period])
	}
}

// TestEnvelopesGoRound: a burst reaches as many as the final size of a chain says, once each, and
// fewer than its members' own friends where the reproduction number is below one.
func TestEnvelopesGoRound(t *testing.T) {
	reached := func(reproduction float64) float64 {
		rows := built(t, &models.Policy{Instrument: models.PayEnvelope, Shape: models.Pulse{Amount: 1, For: 50}, Envelope: models.Envelope{Seeds: 0.1, Reproduction: reproduction}})
		var claims float64
		for period := 1; period <= 60; period++ {
			claims += rows.Numbers("subsidy")[period]
		}
		require.Zero(t, rows.Numbers("subsidy")[55], "the burst is over")
		return claims
	}
	few, many := reached(0.5), reached(2)
	require.Less(t, few, 10.0, "10 seeds reach 10 in all, not all of whom use A")
	require.Greater(t, many, 100.0)
	require.Less(t, many, 810.0, "1 - e^(-2 z) = z at 0.797: nobody opens two")
}

// TestAWindowIsAPartOfTheDay: a discount in the hours of half of the orders is paid on half of them.
func TestAWindowIsAPartOfTheDay(t *testing.T) {
	rows := built(t, &models.Policy{Instrument: models.PayOrder, Shape: models.Constant{Amount: 2}, Window: 0.5})
	require.InEpsilon(t, rows.Numbers("orders")[40], rows.Numbers("subsidy")[40], 1e-6)
}

// TestFeaturesAreBuiltEvenly: what a feature costs to build, to run and for each order comes out of one
// portion of its budget: never more of what is left than an equal part for each period that is left.
func TestFeaturesAreBuiltEvenly(t *testing.T) {
	rows := built(t, &models.Policy{Instrument: models.Community, Limited: true, Even: true, Budget: models.MoneyOf(300), Feature: models.Feature{Build: 1_000_000, Run: 2_000_000, PerOrder: 500_000}})
	left := 300.0
	for period := 1; period <= 60; period++ {
		spent := rows.Numbers("features")[period]
		require.InDelta(t, left/float64(61-period), spent, 1e-5, "orders claim more than the portion in period %d", period)
		left -= spent
	}
	require.InDelta(t, 0, left, 1e-5)
}
