package sim_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
	"flywheel/sim/engine/agents"
	"flywheel/sim/engine/cohorts"
	"flywheel/sim/engine/meanfield"
)

// small is a two-sided market of 60 people with money in every pocket, drawn at random.
func small(t *rapid.T) *models.Model {
	m := &models.Model{
		Name: "small", Horizon: models.Horizon{Periods: 12, Unit: "day"},
		Clock: models.Clock{Kind: models.ClockSync, Revision: rapid.Float64Range(0, 0.8).Draw(t, "revision")},
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
			Cross: models.Effect{Strength: models.Number(1)}, Aware: &models.Aware{P: 0.1, Q: 0.3},
			Start: []models.Begin{{Homing: 1, Share: 0.3}, {Homing: 3, Share: 0.2}},
			Life:  &models.Life{Churn: models.Number(0.05), Onboarding: 20},
		}
		if s.side == "consumers" {
			seg.Orders = models.Ordering{Rate: 0.5, Basket: models.MoneyOf(12.34)}
		}
		m.Segments = append(m.Segments, seg)
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "policies") {
		p := anyPolicy(t, string(rune('a'+i)))
		m.Policies = append(m.Policies, p)
		for k := range m.Platforms {
			if own := &m.Platforms[k]; own.Name == p.Platform && p.Instrument == models.AddCapacity && own.Capacity == 0 {
				own.Capacity = 5
			}
		}
	}
	if rapid.Bool().Draw(t, "income") {
		m.Platforms[0].Income = anyIncome(t, m)
	}
	return m
}

// anyIncome is some of the lines that a platform may earn by besides.
func anyIncome(t *rapid.T, m *models.Model) *models.Income {
	share := func(label string) float64 { return rapid.Float64Range(0, 1).Draw(t, label) }
	has := func(label string) bool { return rapid.Bool().Draw(t, label) }
	in := &models.Income{}
	if has("ads") {
		in.Ads = &models.Ads{Side: "consumers", Views: share("views"), Content: share("content"), Thousand: 20, ClickRate: share("clicks"), Click: share("click")}
	}
	if has("spread") {
		in.Spread = &models.Spread{Share: share("spread share"), Borne: map[string]float64{"consumers": share("borne"), "merchants": share("borne by merchants")}}
	}
	for _, kind := range []models.ChargeKind{models.ChargeListing, models.ChargeHosting} {
		if has(string(kind)) {
			in.Charges = append(in.Charges, models.Charge{Name: string(kind), Kind: kind, Target: models.Target{Side: "merchants"},
				Join: models.Money(rapid.Int64Range(0, 3_000_000).Draw(t, "join")), Period: models.Money(rapid.Int64Range(0, 3_000_000).Draw(t, "stay")), Cost: models.Money(rapid.Int64Range(0, 3_000_000).Draw(t, "care"))})
		}
	}
	if has("float") {
		in.Float = &models.Float{Rate: share("rate"), Lag: 7 * share("lag")}
	}
	cuts := slices.ContainsFunc(m.Policies, func(p models.Policy) bool { return p.Platform == "A" && p.Instrument == models.CutCommission })
	if has("vouchers") && !cuts {
		redeemed := share("redemption")
		in.Vouchers = &models.Vouchers{Share: share("voucher share"), Redemption: redeemed, Refund: (1 - redeemed) * share("refund"), Expires: rapid.IntRange(1, 5).Draw(t, "good for"), Kept: share("kept")}
	}
	if has("wallet") {
		in.Wallet = &models.Wallet{TopUp: share("top-up"), Amount: models.Money(rapid.Int64Range(0, 50_000_000).Draw(t, "paid in")), Bonus: share("bonus"), Spend: share("spend"), Lapse: share("lapse"), Refund: share("paid back")}
	}
	if has("points") {
		in.Points = &models.Points{Earn: share("earn"), Redemption: share("used"), Expires: rapid.IntRange(1, 5).Draw(t, "points good for")}
	}
	if has("round") {
		in.Rounds = []models.Round{{Name: "first", Period: rapid.IntRange(1, 12).Draw(t, "round"), Amount: 1_000_001, When: rapid.SampledFrom([]string{"", "share > 0.2", "cash < 50"}).Draw(t, "when")}}
	}
	return in
}

// anyPolicy is a policy of any instrument and shape; who can hold a budget has one.
func anyPolicy(t *rapid.T, name string) models.Policy {
	p := models.Policy{
		Name: name, Platform: rapid.SampledFrom([]string{"A", "B"}).Draw(t, "platform"),
		Target:     models.Target{Side: rapid.SampledFrom([]string{"", "consumers", "merchants"}).Draw(t, "side")},
		Instrument: models.Instrument(rapid.SampledFrom(models.Instruments()).Draw(t, "instrument")),
		Hours:      rapid.Float64Range(0, 24).Draw(t, "hours"),
		Rebate:     models.Rebate{Redemption: rapid.Float64Range(0, 1).Draw(t, "redemption"), Expires: rapid.IntRange(1, 5).Draw(t, "expires")},
		Referral:   models.Referral{Invites: rapid.Float64Range(0, 2).Draw(t, "invites"), Inviter: rapid.Float64Range(0, 2).Draw(t, "inviter")},
		Channel: models.Channel{Kind: models.ChannelKind(rapid.SampledFrom(models.ChannelKinds()).Draw(t, "kind")), Price: 0.02, Volume: 100,
			Carry: rapid.Float64Range(0, 0.9).Draw(t, "carry"), Reach: 30, Response: 0.2, Exchange: 1, PerOrder: rapid.Bool().Draw(t, "per order")},
		Envelope: models.Envelope{Seeds: 0.5, Reproduction: 1.5},
		Feature: models.Feature{Build: models.Money(rapid.Int64Range(0, 5_000_000).Draw(t, "build")), Lead: rapid.IntRange(0, 3).Draw(t, "lead"), Run: 700_001, PerOrder: 30_003,
			Worth: 0.5, Same: 0.5, Hazard: 0.05, Orders: 0.3, Early: 0.5},
	}
	amount := rapid.Float64Range(0, 5)
	p.Shape = rapid.OneOf(
		rapid.Map(amount, func(x float64) models.Shape { return models.Constant{Amount: x} }),
		rapid.Map(amount, func(x float64) models.Shape { return models.Ramp{From: x, To: 5 - x, Over: 7.5} }),
		rapid.Map(amount, func(x float64) models.Shape { return models.Pulse{Amount: x, For: 2, Every: 5} }),
		rapid.Map(amount, func(x float64) models.Shape {
			return models.Steps{Since: []float64{1, 4}, Amount: []float64{x, 5 - x}}
		}),
		rapid.Map(amount, func(x float64) models.Shape { return models.Days{Amount: x, On: []float64{2, 5}, For: 1} }),
		rapid.Map(amount, func(x float64) models.Shape {
			return models.Feedback{Watch: models.SeeShare, Goal: 0.5, Base: x, Gain: 3, Max: 5}
		}),
		rapid.Just[models.Shape](models.Expression{Text: "5 * (1 - share) * (cash > 0 ? 1 : 0.5) + joins / 10"}),
	).Draw(t, "shape")
	switch p.Instrument {
	case models.PayOrder, models.ChangePrice:
		if p.Instrument == models.PayOrder {
			p.Window = rapid.Float64Range(0, 1).Draw(t, "window")
		}
		p.Target.Relation = rapid.SampledFrom([]models.Relation{"", models.RelationNew, models.RelationRegular}).Draw(t, "relation")
	case models.PayJoin:
		p.Target.Relation = rapid.SampledFrom([]models.Relation{"", models.RelationLapsed}).Draw(t, "relation")
	case models.PayPeriod, models.PayHour:
		p.Target.Relation = rapid.SampledFrom([]models.Relation{"", models.RelationNew, models.RelationRegular}).Draw(t, "relation")
	case models.PayRebate:
		p.Target.Side = "consumers"
		p.Target.Relation = rapid.SampledFrom([]models.Relation{"", models.RelationNew}).Draw(t, "relation")
	case models.CutCommission:
		p.Target.Side, p.Shape = "merchants", models.Constant{Amount: rapid.Float64Range(0, 1).Draw(t, "cut")}
	}
	if p.Instrument == models.PayJoin || p.Instrument == models.PayOrder {
		p.Fraud = rapid.Float64Range(0, 1).Draw(t, "fraud")
	}
	if p.Instrument.Budgeted() {
		p.Limited, p.Budget = true, models.Money(rapid.Int64Range(0, 120_000_000).Draw(t, "budget"))
		p.Even = rapid.Bool().Draw(t, "even")
	}
	return p
}

// TestMoneyIsExact runs 10,000 random policies of every instrument and more, by an engine of
// draws and by expectation: no budget is overspent by a micro-unit, one with claims unpaid is
// spent to its last, and what the timeline says of money agrees to the micro-unit.
func TestMoneyIsExact(t *testing.T) {
	policies, exhausted := 0, 0
	for policies < 10_000 {
		rapid.Check(t, func(t *rapid.T) {
			m := small(t)
			policies += len(m.Policies)
			l, err := models.Compile(m)
			require.NoError(t, err)
			engine := rapid.SampledFrom([]func() sim.Engine{
				func() sim.Engine { return new(agents.Engine) }, func() sim.Engine { return new(cohorts.Engine) }, func() sim.Engine { return new(meanfield.Engine) },
			}).Draw(t, "engine")()
			rec := sim.NewRecorder(l, sim.Labels{})
			require.NoError(t, sim.Simulate(context.Background(), l, engine, sim.Options{Seed: rapid.Uint64().Draw(t, "seed")}, rec))
			exhausted += checkMoney(t, m, rec.Table.Where("side", "*"), engine.Dealer() == sim.Means{})
		})
	}
	require.Greater(t, exhausted, 1000, "too few budgets ran out to say anything")
	t.Logf("%d policies, %d platforms whose budgets ran out", policies, exhausted)
}

// checkMoney holds the rows of the whole market to the budgets and returns on how many
// platforms claims went unpaid.
func checkMoney(t *rapid.T, m *models.Model, rows *results.Table, expected bool) int {
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
		var paid, spent, owed models.Money
		before := p.Cash
		for i := range own.Rows() {
			of := func(metric string) models.Money {
				if own.Schema.Index(metric) < 0 || math.IsNaN(own.Numbers(metric)[i]) {
					return 0
				}
				return micro(own.Numbers(metric)[i])
			}
			unpaid += own.Numbers("unpaid_claims")[i]
			paid += of("subsidy")
			due := of("gmv") - of("vouchers_sold") + of("vouchers_redeemed")
			relief := models.Money(math.Round(p.Fee*float64(due))) - of("commission")
			require.GreaterOrEqual(t, relief, models.Money(0))
			spent += of("subsidy") + of("marketing") + of("features") + relief
			require.Equal(t, paid, of("subsidy_to_date"))
			held := of("vouchers_held") + of("wallets_held") + of("points_owed")
			after := before + of("revenue") - of("cost") + held - owed + of("funding")
			require.Equal(t, after, of("cash"))
			require.Equal(t, of("revenue"), of("commission")+of("membership")+of("penalties")+of("ads")+of("spread")+of("listing")+of("hosting")+of("interest")+of("breakage"))
			require.GreaterOrEqual(t, of("cost"), of("subsidy")+of("marketing")+of("features")+of("bonuses")+of("rewards"))
			for _, promised := range []string{"vouchers_held", "wallets_held", "points_owed"} {
				require.GreaterOrEqual(t, of(promised), models.Money(0))
			}
			owed = held
			require.LessOrEqual(t, spent+of("rebates_owed"), budget+rounding(expected))
			before = after
		}
		if unpaid > 0 {
			ran++
			if final(m, p.Name) {
				require.Equal(t, budget, spent, "claims went unpaid while money was left")
			}
		}
	}
	return ran
}

// rounding is what coupons at hand may round up by where fractions of them are expected:
// half a micro-unit for each of three policies' five batches.
func rounding(expected bool) models.Money {
	if expected {
		return 8
	}
	return 0
}

// final tells whether one policy alone pays for a platform, and pays whatever it has at once,
// so that unpaid claims are its and mean that nothing is left.
func final(m *models.Model, platform string) bool {
	n := 0
	for _, p := range m.Policies {
		if p.Platform == platform {
			n++
			if p.Even || p.Instrument == models.PayRebate {
				n = 2
			}
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
