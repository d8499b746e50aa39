package sim_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
	"flywheel/sim/engine/cohorts"
	"flywheel/sim/engine/meanfield"
)

// steady is a market of 1,000 people who all use A for ever and order once in two periods for 10
// each: 5,000 of GMV per period in the mean.
func steady(t *testing.T, periods int, in *models.Income) *models.Law {
	l, err := models.Compile(&models.Model{
		Name: "steady", Horizon: models.Horizon{Periods: periods, Unit: "day"},
		Clock: models.Clock{Kind: models.ClockSync}, Noise: models.Noise{Kind: models.NoiseNone},
		Platforms: []models.Platform{{Name: "A", Fee: 0.1, Income: in}},
		Segments: []models.Segment{{Side: "people", Name: "people", Region: "here", Size: 1000, PriceSensitivity: 1,
			Value: []models.Value{models.Number(1)}, Start: []models.Begin{{Homing: 1, Share: 1}},
			Orders: models.Ordering{Rate: 0.5, Basket: models.MoneyOf(10)}}},
	})
	require.NoError(t, err)
	return l
}

// told runs a law and gives its rows of the whole market on A.
func told(t *testing.T, l *models.Law, e sim.Engine) *results.Table {
	rec := sim.NewRecorder(l, sim.Labels{})
	require.NoError(t, sim.Simulate(context.Background(), l, e, sim.Options{Seed: 5}, rec))
	return rec.Table.Where("side", sim.Total).Where("segment", sim.Total).Where("platform", "A")
}

// TestPrepaidMoneyComesToRest: by expectation, vouchers, points and wallets reach the rest that
// their hazards imply, worked out by hand.
func TestPrepaidMoneyComesToRest(t *testing.T) {
	rows := told(t, steady(t, 200, &models.Income{
		Vouchers: &models.Vouchers{Share: 0.4, Redemption: 0.7, Refund: 0.083, Expires: 30, Kept: 1},
		Points:   &models.Points{Earn: 0.02, Redemption: 0.6, Expires: 20},
		Wallet:   &models.Wallet{TopUp: 0.01, Amount: models.MoneyOf(100), Bonus: 0.1, Spend: 0.2, Lapse: 0.05},
		Float:    &models.Float{Rate: 0.001, Lag: 7},
		Ads:      &models.Ads{Views: 10, Thousand: 20, ClickRate: 0.01, Click: 0.5},
		Charges:  []models.Charge{{Name: "care", Kind: models.ChargeHosting, Period: models.MoneyOf(0.25)}},
		Rounds:   []models.Round{{Name: "seed", Period: 50, Amount: models.MoneyOf(1234), When: "members > 999"}, {Name: "never", Period: 1, Amount: 1, When: "share < 0.5"}},
	}), new(meanfield.Engine))
	last := rows.Rows() - 1
	at := func(metric string) float64 { return rows.Numbers(metric)[last] }
	const sold = 0.4 * 5000
	require.InDelta(t, sold, at("vouchers_sold"), 1e-3)
	require.InDelta(t, 0.7*sold, at("vouchers_redeemed"), 1e-3)
	require.InDelta(t, 0.083*sold, at("vouchers_refunded"), 1e-3)
	require.InDelta(t, 0.217*sold, at("vouchers_expired"), 1e-3)
	h := 1 - math.Pow(0.217, 1./30)
	require.InDelta(t, sold*0.783/h, at("vouchers_held"), 1e-2, "a geometric sum of 30 terms")
	require.InDelta(t, 0.1*(3000+0.7*sold), at("commission"), 1e-3, "on direct orders now, on vouchers when redeemed")
	require.InDelta(t, 100, at("rewards"), 1e-3)
	require.InDelta(t, 60, at("points_used"), 1e-3)
	// Deposits of 1,000 with a bonus of 100 come in; 20% of 3,000 is spent; the rest of 500 per
	// period lapses by 5%, so that wallets hold 500/0.05 before lapsing, 95% of it after.
	require.InDelta(t, 1000, at("wallet_deposits"), 1e-3)
	require.InDelta(t, 600, at("wallet_spent"), 1e-3)
	require.InDelta(t, 9500, at("wallets_held"), 1, "0.95^200 of the way is left")
	require.InDelta(t, 0.217*sold+40+(9500/0.95)*0.05, at("breakage"), 0.1)
	owed := at("vouchers_held") + at("wallets_held") + at("points_owed")
	require.InDelta(t, 0.001*(owed+7*3000), at("interest"), 1e-2)
	require.InDelta(t, 10_000*(0.02+0.005), at("ads"), 1e-3)
	require.InDelta(t, 250, at("hosting"), 1e-3)
	require.Equal(t, 1234.0, rows.Numbers("funding")[50])
	require.Zero(t, at("funding"))
}

// TestSpreadIsFelt: a side that bears a spread leaves where one that does not stays.
func TestSpreadIsFelt(t *testing.T) {
	run := func(borne float64) *results.Table {
		l := steady(t, 20, &models.Income{Spread: &models.Spread{Share: 0.3, Borne: map[string]float64{"people": borne}}})
		m := *l.Model
		m.Clock.Revision = 1
		l, err := models.Compile(&m)
		require.NoError(t, err)
		return told(t, l, new(cohorts.Engine))
	}
	kept, left := run(0), run(1)
	require.InEpsilon(t, 0.3*kept.Numbers("gmv")[20], kept.Numbers("spread")[20], 1e-9)
	require.Zero(t, left.Numbers("gmv")[20], "a spread of 1.50 per period is more than the worth of 1")
}

// TestAdsAreFelt: people whom ads annoy more than the platform is worth leave it, and ads that they
// like are worth what a price takes.
func TestAdsAreFelt(t *testing.T) {
	left := func(worth, price float64) float64 {
		l := steady(t, 20, &models.Income{Ads: &models.Ads{Views: 10, Worth: worth}})
		m := *l.Model
		m.Clock.Revision = 1
		m.Platforms[0].Price = map[string]float64{"people": price}
		l, err := models.Compile(&m)
		require.NoError(t, err)
		return told(t, l, new(cohorts.Engine)).Numbers("gmv")[20]
	}
	require.Positive(t, left(-0.09, 0), "10 views cost 0.90 of the worth of 1")
	require.Zero(t, left(-0.11, 0), "and here 1.10")
	require.Zero(t, left(0, 1.5))
	require.Positive(t, left(0.06, 1.5), "0.60 more than makes up for 0.50")
}

// TestOnlyWhatIsSpokenOfIsMeasured: a market without income has none of its columns, one with
// ads has those of ads alone.
func TestOnlyWhatIsSpokenOfIsMeasured(t *testing.T) {
	plain := sim.Recorded(steady(t, 1, nil))
	require.NotContains(t, plain.Names(), "ads")
	some := sim.Recorded(steady(t, 1, &models.Income{Ads: &models.Ads{}}))
	require.Equal(t, append(plain.Names(), "ads"), some.Names())
}

// TestCareCostsWhoCares: what looking after a participant costs is spent for each who pays the charge, and told
// among the costs.
func TestCareCostsWhoCares(t *testing.T) {
	care := func(cost float64) *results.Table {
		return told(t, steady(t, 10, &models.Income{Charges: []models.Charge{{Name: "care", Kind: models.ChargeHosting, Period: models.MoneyOf(0.25), Cost: models.MoneyOf(cost)}}}), new(cohorts.Engine))
	}
	free, dear := care(0), care(0.4)
	for period := 1; period <= 10; period++ {
		require.InDelta(t, 250, dear.Numbers("hosting")[period], 1e-9, "1,000 people pay 0.25")
		require.InDelta(t, 400, dear.Numbers("cost")[period]-free.Numbers("cost")[period], 1e-9, "and cost 0.40 each")
		require.InDelta(t, -400*float64(period), dear.Numbers("cash")[period]-free.Numbers("cash")[period], 1e-6)
	}
}
