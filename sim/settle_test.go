package sim_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
	"flywheel/sim/engine/agents"
)

// small is a two-sided market of 60 people with money in every pocket, drawn at random.
func small(t *rapid.T) *models.Model {
	m := &models.Model{
		Name: "small", Horizon: models.Horizon{Periods: 12, Unit: "day"},
		Clock: models.Clock{Kind: models.ClockSync, Revision: rapid.Float64Range(0, 1).Draw(t, "revision")},
		Noise: models.Noise{Kind: models.NoiseAnnealed, Scale: 1},
		Platforms: []models.Platform{
			{Name: "A", Fee: rapid.Float64Range(0, 1).Draw(t, "fee"), Cash: models.MoneyOf(100),
				Price:    map[string]float64{"consumers": rapid.Float64Range(-1, 1).Draw(t, "price")},
				Capacity: rapid.Float64Range(0, 20).Draw(t, "capacity"),
				Cost:     models.Cost{PerOrder: 300_001, Fixed: 12_345}},
			{Name: "B", Fee: 0.1},
		},
	}
	for _, s := range []struct {
		side string
		size int64
	}{{"consumers", 50}, {"merchants", 10}} {
		seg := models.Segment{
			Side: s.side, Name: s.side, Region: "here", Size: s.size, PriceSensitivity: 1,
			Value: []models.Value{models.Number(0), models.Number(0)},
			Cross: models.Effect{Strength: models.Number(1)},
			Start: []models.Begin{{Homing: 1, Share: 0.3}, {Homing: 3, Share: 0.2}},
		}
		if s.side == "consumers" {
			seg.Orders = models.Ordering{Rate: 0.5, Basket: models.MoneyOf(12.34)}
		}
		m.Segments = append(m.Segments, seg)
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "policies") {
		shape := rapid.OneOf(
			rapid.Map(rapid.Float64Range(0, 5), func(x float64) models.Shape { return models.Constant{Amount: x} }),
			rapid.Map(rapid.Float64Range(0, 5), func(x float64) models.Shape { return models.Ramp{From: x, To: 5 - x, Over: 7.5} }),
			rapid.Map(rapid.Float64Range(0, 5), func(x float64) models.Shape { return models.Pulse{Amount: x, For: 2, Every: 5} }),
		).Draw(t, "shape")
		m.Policies = append(m.Policies, models.Policy{
			Name: string(rune('a' + i)), Platform: rapid.SampledFrom([]string{"A", "B"}).Draw(t, "platform"),
			Target:     models.Target{Side: rapid.SampledFrom([]string{"", "consumers", "merchants"}).Draw(t, "side")},
			Instrument: models.Instrument(rapid.SampledFrom(models.Instruments()).Draw(t, "instrument")),
			Shape:      shape, Limited: true, Budget: models.Money(rapid.Int64Range(0, 120_000_000).Draw(t, "budget")),
		})
	}
	return m
}

// TestMoneyIsExact runs 10,000 random policies and more: no budget is overspent by a
// micro-unit, one with claims unpaid is spent to its last, and what the timeline says of
// subsidies, revenue, costs and cash agrees to the micro-unit.
func TestMoneyIsExact(t *testing.T) {
	policies, exhausted := 0, 0
	for policies < 10_000 {
		rapid.Check(t, func(t *rapid.T) {
			m := small(t)
			policies += len(m.Policies)
			l, err := models.Compile(m)
			require.NoError(t, err)
			rec := sim.NewRecorder(l, sim.Labels{})
			require.NoError(t, sim.Simulate(context.Background(), l, new(agents.Engine), sim.Options{Seed: rapid.Uint64().Draw(t, "seed")}, rec))
			exhausted += checkMoney(t, m, rec.Table.Where("side", "*"))
		})
	}
	require.Greater(t, exhausted, 1000, "too few budgets ran out to say anything")
	t.Logf("%d policies, %d platforms whose budgets ran out", policies, exhausted)
}

// checkMoney holds the rows of the whole market to the budgets and returns on how many
// platforms claims went unpaid.
func checkMoney(t *rapid.T, m *models.Model, rows *results.Table) int {
	ran := 0
	for _, p := range m.Platforms {
		own := rows.Where("platform", p.Name)
		var budget models.Money
		for _, policy := range m.Policies {
			if policy.Platform == p.Name {
				budget += policy.Budget
			}
		}
		var unpaid float64
		var paid models.Money
		before := p.Cash
		for i := range own.Rows() {
			unpaid += own.Numbers("unpaid_claims")[i]
			paid += micro(own.Numbers("subsidy")[i])
			require.Equal(t, paid, micro(own.Numbers("subsidy_to_date")[i]))
			after := before + micro(own.Numbers("revenue")[i]) - micro(own.Numbers("cost")[i])
			require.Equal(t, after, micro(own.Numbers("cash")[i]))
			require.Equal(t, micro(own.Numbers("revenue")[i]), micro(own.Numbers("commission")[i])+micro(own.Numbers("membership")[i]))
			before = after
		}
		require.LessOrEqual(t, paid, budget)
		if unpaid > 0 {
			ran++
			if single(m, p.Name) {
				require.Equal(t, budget, paid, "claims went unpaid while money was left")
			}
		}
	}
	return ran
}

// single tells whether one policy alone pays for a platform, so that unpaid claims are its.
func single(m *models.Model, platform string) bool {
	n := 0
	for _, p := range m.Policies {
		if p.Platform == platform {
			n++
		}
	}
	return n == 1
}

func micro(units float64) models.Money { return models.Money(math.Round(units * models.MicroUnits)) }

// TestMoneyThatCannotBeCountedEndsTheRun: a commission beyond an int64 of micro-units is an
// error that names the platform and a way out, not a number.
func TestMoneyThatCannotBeCountedEndsTheRun(t *testing.T) {
	m := &models.Model{
		Name: "huge", Horizon: models.Horizon{Periods: 3, Unit: "day"},
		Clock: models.Clock{Kind: models.ClockSync}, Noise: models.Noise{Kind: models.NoiseNone},
		Platforms: []models.Platform{{Name: "A", Fee: 0.5}},
		Segments: []models.Segment{{Side: "people", Name: "people", Region: "here", Size: 1000,
			Value: []models.Value{models.Number(1)}, Start: []models.Begin{{Homing: 1, Share: 1}},
			Orders: models.Ordering{Rate: 1, Basket: models.MoneyOf(1e12)}}},
	}
	run := func() error {
		l, err := models.Compile(m)
		require.NoError(t, err)
		return sim.Simulate(context.Background(), l, new(agents.Engine), sim.Options{Seed: 1}, sim.NewRecorder(l, sim.Labels{}))
	}
	require.ErrorContains(t, run(), "platform A: more than 9 trillion of money moves by period 1")
	m.Segments[0].Orders.Basket = models.MoneyOf(1)
	require.NoError(t, run())
	m.Policies = []models.Policy{{Name: "gift", Platform: "A", Instrument: models.PayPeriod, Shape: models.Constant{Amount: 1e11}}}
	require.ErrorContains(t, run(), "state amounts in a larger unit")
}
