package engine_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/sim"
)

// What a platform that comes by chance builds takes its lead from then on, and a budget that it
// spreads evenly lasts as long as its policy, counted from then on.
func TestPoliciesOfAnEntrant(t *testing.T) {
	m := taxis()
	m.Platforms[1].Entry = &models.Entry{Base: 0.5, After: 20}
	m.Policies = []models.Policy{
		{Name: "built", Platform: "B", Target: models.Target{Side: "riders"}, Instrument: models.Component, Shape: models.Constant{Amount: 1},
			Feature: models.Feature{Build: models.MoneyOf(100), Lead: 6, Run: models.MoneyOf(3), Worth: 0.1}},
		{Name: "even", Platform: "B", Target: models.Target{Side: "drivers"}, Instrument: models.PayPeriod, Shape: models.Constant{Amount: 1}, Until: 10,
			Limited: true, Budget: models.MoneyOf(1000), Even: true},
	}
	l := compiled(t, m)
	of := func(metric string) []float64 { return column(t, l, "cohorts", metric, "B", "*", "*", "*") }
	features, subsidy := of("features"), of("subsidy")
	came := slices.IndexFunc(features, func(x float64) bool { return x > 0 })
	require.Greater(t, came, 20)
	require.Equal(t, []float64{100, 0, 0, 0, 0, 0, 3, 3}, features[came:came+8])
	var paid float64
	for i := range 10 {
		require.LessOrEqual(t, subsidy[came+i], (1000-paid)/float64(10-i)+1e-6, "period %d of ten", i+1)
		paid += subsidy[came+i]
	}
	require.InDelta(t, 1000, paid, 1e-6, "a million drivers leave nothing over")
}

// The policies of a platform that has become part of another obey what binds the other; its investors
// put in nothing more.
func TestPoliciesAfterAMerger(t *testing.T) {
	merged := func(bound string) []float64 {
		m := taxis()
		m.Policies = []models.Policy{{Name: "b", Platform: "B", Target: models.Target{Side: "drivers"}, Instrument: models.PayPeriod, Shape: models.Constant{Amount: 1}}}
		m.Mergers = []models.Merger{{Name: "m", From: "B", Into: "A", At: 40}}
		m.Regulations = []models.Regulation{{Name: "ban", Platform: bound, From: 50, Bans: []models.Instrument{models.PayPeriod}}}
		return column(t, compiled(t, m), "meanfield", "subsidy", "A", "*", "*", "*")
	}
	for bound, banned := range map[string]bool{"A": true, "B": false} {
		paid := merged(bound)
		require.Positive(t, paid[49])
		require.Equal(t, banned, paid[50] == 0, "bans of %s", bound)
	}

	m := taxis()
	m.Platforms[1].Income = &models.Income{Rounds: []models.Round{{Name: "seed", Period: 30, Amount: models.MoneyOf(1000)}, {Name: "next", Period: 50, Amount: models.MoneyOf(1000)}}}
	m.Mergers = []models.Merger{{Name: "m", From: "B", Into: "A", At: 40}}
	funding := column(t, compiled(t, m), "meanfield", "funding", "B", "*", "*", "*")
	require.Equal(t, 1000.0, funding[30])
	require.Zero(t, funding[50], "there is nobody to invest in")
}

// Orders that wait along the chain of a platform which is no more go unserved when it ends: nobody
// carries them out, and nothing is earned by them.
func TestOrdersThatWaitWhenAPlatformEnds(t *testing.T) {
	for _, name := range []string{"cohorts", "meanfield"} {
		m := taxis()
		m.Platforms[1].Service = &models.Service{OnTime: 5, Belated: 1, Stages: []models.Stage{{Name: "ride", Capacity: map[string]float64{models.Anywhere: 1000}, Patience: 50}}}
		m.Mergers = []models.Merger{{Name: "m", From: "B", Into: "A", At: 40}}
		l := compiled(t, m)
		of := func(metric string) []float64 { return column(t, l, name, metric, "B", "riders", "*", "*") }
		backlog, unserved, orders := of("backlog"), of("unserved"), of("orders")
		require.Greater(t, backlog[39], 10_000.0)
		require.InDelta(t, backlog[39], unserved[40], 1e-6)
		for period := 40; period <= 80; period++ {
			require.Zero(t, orders[period])
			require.Zero(t, backlog[period])
		}
		require.Zero(t, unserved[41])
		require.Zero(t, column(t, l, name, "commission", "B", "*", "*", "*")[40])
	}
}

// Two policies that cut the take rate for the same people leave no more of it to them than there is.
func TestCutsAddUpToTheTakeRate(t *testing.T) {
	commission := func(cuts ...float64) float64 {
		m := town()
		for i, cut := range cuts {
			m.Policies = append(m.Policies, models.Policy{Name: string(rune('a' + i)), Platform: "A", Target: models.Target{Side: "drivers"}, Instrument: models.CutCommission, Shape: models.Constant{Amount: cut}})
		}
		return whole(t, m, "commission")[80] / whole(t, m, "gmv")[80]
	}
	require.InDelta(t, 0.2, commission(), 1e-9)
	require.InDelta(t, 0.02, commission(0.08, 0.1), 1e-9)
	require.InDelta(t, 0, commission(0.15, 0.1), 1e-9, "of 0.2, whatever both would give")
	require.InDelta(t, 0, commission(0.3, 0.3, 0.3), 1e-9)
}

// Who hears by posters that still hang is brought by them, after the money is spent too; a ban on
// marketing ends what a partner brings, though its contacts cost nothing.
func TestWhoIsBroughtByWhatLingers(t *testing.T) {
	brought := func(p models.Policy, bans ...models.Regulation) []float64 {
		m := town()
		m.Economics, m.Regulations = &models.Economics{}, bans
		for i := range m.Segments {
			m.Segments[i].Aware = &models.Aware{P: 0.01}
			m.Segments[i].Start = []models.Begin{{Homing: 1, Share: 0.1}}
		}
		p.Name, p.Platform, p.Instrument, p.Target = "ad", "A", models.BuyMarketing, models.Target{Side: "riders"}
		m.Policies = []models.Policy{p}
		return column(t, compiled(t, m), "meanfield", "brought", "A", "*", "ad", "*")
	}
	posters := brought(models.Policy{Shape: models.Constant{Amount: 10_000}, Until: 5, Channel: models.Channel{Kind: models.ChannelOffline, Price: 0.01, Carry: 0.9, Response: 0.1}})
	require.Greater(t, posters[30], 1.5*posters[5])
	partner := models.Policy{Shape: models.Constant{Amount: 0}, Channel: models.Channel{Kind: models.ChannelPartner, Exchange: 1, Response: 0.1}}
	free, banned := brought(partner), brought(partner, models.Regulation{Name: "ban", From: 10, Bans: []models.Instrument{models.BuyMarketing}})
	require.Equal(t, free[9], banned[9])
	require.Greater(t, free[20], free[9])
	require.Equal(t, banned[9], banned[20])
}

// A spread on vouchers is kept of those that are redeemed: who gives one back has all of it, and of one
// that expires the platform has its price and no more.
func TestSpreadOnVouchers(t *testing.T) {
	m := town()
	m.Platforms[0].Fee = 0
	m.Platforms[0].Income = &models.Income{Spread: &models.Spread{Share: 0.2}, Vouchers: &models.Vouchers{Share: 1, Redemption: 0.5, Refund: 0.3, Expires: 4, Kept: 1}}
	gmv, spread, redeemed := whole(t, m, "gmv"), whole(t, m, "spread"), whole(t, m, "vouchers_redeemed")
	cash, held, breakage := whole(t, m, "cash"), whole(t, m, "vouchers_held"), whole(t, m, "breakage")
	for period := 1; period <= 80; period++ {
		require.InDelta(t, 0.2*redeemed[period], spread[period], 1e-4)
		require.InDelta(t, spread[period]+breakage[period]+held[period]-held[period-1], cash[period]-cash[period-1], 1e-4)
	}
	require.Zero(t, spread[1])
	var sold, kept float64
	for period := range gmv {
		sold += gmv[period]
		kept += spread[period] + breakage[period]
	}
	require.Less(t, kept, sold*(0.2*0.5+0.2)+1, "a fifth of the half redeemed, and all of the fifth that expires")
	require.False(t, math.IsNaN(kept))
}

// What is more than can be counted ends the run with a word on what to do, and is taken for no other
// number: orders beyond whole floats, prices for regulars and capital of sites beyond 9 trillion.
func TestTooMuchToCount(t *testing.T) {
	fails := func(change func(m *models.Model), says string) {
		m := taxis()
		change(m)
		for _, name := range []string{"cohorts", "meanfield"} {
			l := compiled(t, m)
			err := sim.Simulate(context.Background(), l, named(name)(), sim.Options{}, sim.NewRecorder(l, sim.Labels{}))
			require.ErrorContains(t, err, says)
		}
	}
	fails(func(m *models.Model) {
		m.Segments[0].Orders.Rate, m.Segments[0].Orders.Demand = 100, &models.Demand{Elasticity: 20, HalfLife: 1}
		m.Policies = []models.Policy{{Name: "gift", Platform: "A", Target: models.Target{Side: "riders"}, Instrument: models.PayOrder, Shape: models.Constant{Amount: 19}}}
	}, "orders are expected of segment riders in period 1, more than can be counted; lower orders.rate")
	fails(func(m *models.Model) {
		m.Policies = []models.Policy{{Name: "dear", Platform: "A", Target: models.Target{Side: "riders", Relation: models.RelationRegular}, Instrument: models.ChangePrice, From: 5, Shape: models.Constant{Amount: 1e12}}}
	}, "more than 9 trillion of money moves by period 5")
	fails(func(m *models.Model) {
		m.Platforms[1].Sites = &models.Sites{Start: 1, Opening: "1000", Closing: "0", Capital: models.MoneyOf(1e12)}
	}, "more than 9 trillion of money moves by period 1")
}

// What features and ads are worth is no money: people whom money moves not at all, or five times as
// much, answer to it alike, and to a gift of as much they do not.
func TestWorthIsNotWeighedByPriceSensitivity(t *testing.T) {
	riders := func(sensitivity float64, change func(m *models.Model)) float64 {
		m := town()
		m.Segments[0].PriceSensitivity = sensitivity
		change(m)
		return column(t, compiled(t, m), "meanfield", "participants", "A", "riders", "*", "*")[80]
	}
	policy := func(p models.Policy) func(m *models.Model) {
		p.Name, p.Platform, p.Target, p.Shape = "p", "A", models.Target{Side: "riders"}, models.Constant{Amount: 1}
		return func(m *models.Model) { m.Policies = []models.Policy{p} }
	}
	plain := riders(1, func(*models.Model) {})
	for name, change := range map[string]func(m *models.Model){
		"component": policy(models.Policy{Instrument: models.Component, Feature: models.Feature{Worth: 1}}),
		"community": policy(models.Policy{Instrument: models.Community, Feature: models.Feature{Same: 1}}),
		"ads": func(m *models.Model) {
			m.Platforms[0].Income = &models.Income{Ads: &models.Ads{Side: "riders", Views: 10, Worth: -0.1}}
		},
	} {
		usual := riders(1, change)
		require.Greater(t, math.Abs(usual-plain), 0.01*plain, name)
		require.InEpsilon(t, usual, riders(0, change), 1e-12, name)
		require.InEpsilon(t, usual, riders(5, change), 1e-12, name)
	}
	gift := policy(models.Policy{Instrument: models.PayPeriod})
	require.InEpsilon(t, plain, riders(0, gift), 1e-12)
	require.Greater(t, riders(5, gift), 1.01*riders(1, gift))
}

// What people bring is all that a platform earns and spends, but for acquisition and fixed costs: what
// prices of routes bring, and what routes cost, too.
func TestContributionsOfRoutes(t *testing.T) {
	m := chain()
	m.Economics = &models.Economics{}
	m.Platforms[0].Cost = models.Cost{PerOrder: models.MoneyOf(0.4), Fixed: models.MoneyOf(9)}
	l := compiled(t, m)
	of := func(metric string) []float64 { return column(t, l, "cohorts", metric, "A", "*", "*", "*") }
	brought, revenue, cost := of("contribution"), of("revenue"), of("cost")
	for _, period := range []int{10, 30, 60} {
		require.InDelta(t, revenue[period]-cost[period]+9, brought[period], 1e-3*brought[period])
	}
}

// A cut of commission that a merger brings to a platform with vouchers is refused like one of its own.
func TestMergedCutsAndVouchers(t *testing.T) {
	m := taxis()
	m.Platforms[0].Income = &models.Income{Vouchers: &models.Vouchers{Share: 1, Redemption: 1, Expires: 4}}
	m.Policies = []models.Policy{{Name: "cut", Platform: "B", Target: models.Target{Side: "drivers"}, Instrument: models.CutCommission, Shape: models.Constant{Amount: 0.1}}}
	compiled(t, m)
	m.Mergers = []models.Merger{{Name: "m", From: "B", Into: "A", At: 40}}
	_, err := models.Compile(m)
	require.ErrorContains(t, err, "platforms[0].income.vouchers: commission is due when vouchers are redeemed")
}
