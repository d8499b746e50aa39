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
	"flywheel/sim/engine/cohorts"
	"flywheel/sim/engine/meanfield"
)

// turnover is a two-sided market at rest by expectation: 1,000 people and 100 shops of whom a
// tenth leaves in each period and comes back at the next revision.
func turnover(t *testing.T, economics *models.Economics, policies ...models.Policy) *models.Law {
	segment := func(side string, size int64) models.Segment {
		return models.Segment{Side: side, Name: side, Region: "here", Size: size, PriceSensitivity: 0, Value: []models.Value{models.Number(50)},
			Start: []models.Begin{{Homing: 1, Share: 1}}, Life: &models.Life{Churn: models.Number(0.1)}}
	}
	people, shops := segment("people", 1000), segment("shops", 100)
	people.Orders = models.Ordering{Rate: 0.5, Basket: models.MoneyOf(20)}
	l, err := models.Compile(&models.Model{
		Name: "turnover", Horizon: models.Horizon{Periods: 400, Unit: "day"}, Economics: economics,
		Clock: models.Clock{Kind: models.ClockSync, Revision: 0.5}, Noise: models.Noise{Kind: models.NoiseAnnealed, Scale: 1},
		Platforms: []models.Platform{{Name: "A", Fee: 0.15, Cost: models.Cost{PerOrder: models.MoneyOf(1), Fixed: models.MoneyOf(100)}, Cash: models.MoneyOf(1e5)}},
		Segments:  []models.Segment{people, shops}, Policies: policies,
	})
	require.NoError(t, err)
	return l
}

// TestWhatMembersAreWorth holds the columns of a market at rest to the closed forms, and each side
// to its half of what orders leave.
func TestWhatMembersAreWorth(t *testing.T) {
	const discount = 0.01
	l := turnover(t, &models.Economics{Discount: discount},
		models.Policy{Name: "gift", Platform: "A", Target: models.Target{Side: "people"}, Instrument: models.PayJoin, Shape: models.Constant{Amount: 2}},
		models.Policy{Name: "discount", Platform: "A", Target: models.Target{Side: "people"}, Instrument: models.PayOrder, Shape: models.Constant{Amount: 0.4}})
	rec := sim.NewRecorder(l, sim.Labels{})
	require.NoError(t, sim.Simulate(context.Background(), l, new(meanfield.Engine), sim.Options{}, rec))
	at := func(side, metric string) float64 {
		rows := rec.Table.Where("platform", "A").Where("side", side).Where("segment", sim.Total)
		return rows.Numbers(metric)[rows.Rows()-1]
	}
	users, leaves := at("people", "participants"), at("people", "leaves")
	require.InEpsilon(t, 0.1*1000/1.2, leaves, 1e-9, "the rest at which a tenth of n who leave meet half of N - n who return")
	// An order leaves 0.15 x 20 - 1 = 2, half of it on each side; people get 0.4 of it back.
	margin, hazard := 0.5*(0.5*2-0.4), leaves/users
	want := margin * (1 + discount) / (discount + hazard)
	require.InEpsilon(t, want, at("people", "ltv"), 1e-6)
	require.InEpsilon(t, margin*(1+discount)/(discount+0.1), at("people", "ltv_life"), 1e-6, "by life alone")
	require.InEpsilon(t, 2, at("people", "cac"), 1e-6)
	require.InEpsilon(t, want/2, at("people", "ltv_over_cac"), 1e-6)
	require.Equal(t, models.Payback(at("people", "cac"), margin, hazard, discount), at("people", "payback"))
	require.InEpsilon(t, 1.0, at("people", "organic"), 1e-12, "a gift brings nobody by itself")
	require.InEpsilon(t, at("people", "contribution")+at("shops", "contribution"), at(sim.Total, "contribution"), 1e-9)
	require.InEpsilon(t, at(sim.Total, "revenue")-at(sim.Total, "cost")+100+2*at("people", "joins"), at(sim.Total, "contribution"), 1e-6, "all but fixed costs and acquisition")
	require.InEpsilon(t, at(sim.Total, "cost")-at(sim.Total, "revenue"), at(sim.Total, "burn"), 1e-6)
	require.Zero(t, at(sim.Total, "ruined"))
}

// TestRuinIsRemembered: a platform that owes money once is ruined for good, whatever comes after.
func TestRuinIsRemembered(t *testing.T) {
	m := *turnover(t, &models.Economics{}).Model
	m.Platforms = []models.Platform{{Name: "A", Fee: 0, Cost: models.Cost{Fixed: models.MoneyOf(10)}, Cash: models.MoneyOf(95),
		Income: &models.Income{Rounds: []models.Round{{Name: "late", Period: 20, Amount: models.MoneyOf(1e6)}}}}}
	m.Horizon.Periods = 40
	l, err := models.Compile(&m)
	require.NoError(t, err)
	rows := told(t, l, new(cohorts.Engine))
	require.Equal(t, []float64{0, 0, 1, 1}, pick(rows, "ruined", 0, 9, 10, 40))
	require.Equal(t, []float64{10, 10}, pick(rows, "burn", 5, 30))
	require.InDelta(t, (1e6+95-200)/10, pick(rows, "runway", 20)[0], 1e-6, "funding is no income")
}

func pick(rows *results.Table, metric string, periods ...int) []float64 {
	var list []float64
	for _, p := range periods {
		list = append(list, rows.Numbers(metric)[p])
	}
	return list
}

// TestTheLifeCycleOfAWave: participants who rise along a logistic curve and fall later pass the
// stages in their order.
func TestTheLifeCycleOfAWave(t *testing.T) {
	rule := models.StageRule{Of: models.StageOfParticipants, Window: 28, Proof: 0.025, Fast: 0.1, Slow: 0.05, Fall: 0.1, Hold: 7}
	wave := func(t float64) float64 {
		x := 1000 / (1 + math.Exp(-(t-150)/20))
		if t > 500 {
			x *= math.Exp(-(t - 500) / 200)
		}
		if t > 800 { // a new lease of life
			x *= math.Exp((t - 800) / 60)
		}
		return x
	}
	series := make([]float64, 900)
	for i := range series {
		series[i] = wave(float64(i))
	}
	var passed []models.LifeStage
	var since []int
	for i, s := range models.LifeStages(rule, series, 1000) {
		if len(passed) == 0 || passed[len(passed)-1] != s {
			passed, since = append(passed, s), append(since, i)
		}
	}
	require.Equal(t, []models.LifeStage{models.Exploration, models.Growth, models.Maturity, models.Decline, models.Growth}, passed)
	// The curve passes 2.5% at 150 - 20 ln 39 = 76.7, and a tenth below its peak at
	// 500 + 200 ln(1/0.9) = 521.1; each is told once it has held for seven periods.
	require.InDelta(t, 77+6, since[1], 1)
	require.InDelta(t, 522+6, since[3], 1)
}

// TestChannelsAddUp: whatever channels cost and bring, the rows of each add up to the platform's, period by
// period and since the start, and hold nothing of the people themselves.
func TestChannelsAddUp(t *testing.T) {
	m := *turnover(t, &models.Economics{}).Model
	m.Horizon.Periods = 30
	m.Segments = slices.Clone(m.Segments)
	m.Segments[0].Aware, m.Segments[0].Start = &models.Aware{P: 0.01, Q: 0.1}, nil
	rapid.Check(t, func(rt *rapid.T) {
		m.Policies = nil
		for i, kind := range []models.ChannelKind{models.ChannelOnline, models.ChannelSearch, models.ChannelAlliance, models.ChannelAgency} {
			amount := float64(rapid.IntRange(0, 200).Draw(rt, string(kind)))
			if kind == models.ChannelAgency {
				amount /= 200 // a share of GMV
			}
			m.Policies = append(m.Policies, models.Policy{
				Name: string(kind), Platform: "A", Target: models.Target{Side: "people"}, Instrument: models.BuyMarketing, Shape: models.Constant{Amount: amount},
				Channel: models.Channel{Kind: kind, Price: 0.05, Volume: 500, Reach: 1000, Response: float64(i+1) / 100},
			})
		}
		l, err := models.Compile(&m)
		require.NoError(rt, err)
		rec := sim.NewRecorder(l, sim.Labels{})
		require.NoError(rt, sim.Simulate(context.Background(), l, new(cohorts.Engine), sim.Options{}, rec))
		whole := rec.Table.Where("platform", "A").Where("side", sim.Total).Where("segment", sim.Total)
		sums := map[string][]float64{}
		for _, p := range m.Policies {
			rows := rec.Table.Where("platform", "A").Where("segment", p.Name)
			require.Equal(rt, whole.Rows(), rows.Rows())
			for _, metric := range []string{"acquisition", "brought"} {
				if sums[metric] == nil {
					sums[metric] = make([]float64, rows.Rows())
				}
				for row, x := range rows.Numbers(metric) {
					sums[metric][row] += x
				}
			}
			spent, all := 0.0, rows.Numbers("acquisition")
			for row, x := range rows.Numbers("marketing") {
				spent += x
				require.InDelta(rt, all[row], spent, 1e-6, "%s until period %d", p.Name, row)
			}
			require.True(rt, math.IsNaN(rows.Numbers("orders")[0]) && math.IsNaN(rows.Numbers("share")[0]))
		}
		for metric, sum := range sums {
			for row, want := range whole.Numbers(metric) {
				require.InDelta(rt, want, sum[row], 1e-6*(1+math.Abs(want)), "%s until period %d", metric, row)
			}
		}
	})
}

// TestBothSidesTradeTheSameValue: told by the value of orders, the side that fulfils them passes the
// stages of its life with the side that places them, where both are as many.
func TestBothSidesTradeTheSameValue(t *testing.T) {
	m := &models.Model{
		Name: "trade", Horizon: models.Horizon{Periods: 40, Unit: "day"}, Clock: models.Clock{Kind: models.ClockSync, Revision: 0.1}, Noise: models.Noise{Kind: models.NoiseAnnealed, Scale: 1},
		Platforms: []models.Platform{{Name: "A"}}, LifeCycle: &models.StageRule{Of: models.StageOfGMV, Window: 3, Proof: 0.1, Fast: 0.1, Slow: 0.02, Fall: 0.1, Hold: 2},
	}
	for _, side := range []string{"eaters", "cooks"} {
		m.Segments = append(m.Segments, models.Segment{Side: side, Name: side, Region: "here", Size: 1000, Value: []models.Value{models.Number(1)}})
	}
	m.Segments[0].Orders = models.Ordering{Rate: 1, Basket: models.MoneyOf(10)}
	l, err := models.Compile(m)
	require.NoError(t, err)
	rec := sim.NewRecorder(l, sim.Labels{})
	require.NoError(t, sim.Simulate(context.Background(), l, new(meanfield.Engine), sim.Options{Seed: 1}, rec))
	of := func(side string) []float64 {
		return rec.Table.Where("segment", side).Where("platform", "A").Numbers("stage")
	}
	require.Equal(t, of("eaters"), of("cooks"))
	require.Equal(t, float64(models.Maturity), of("cooks")[40])
}

// TestALifetimeValueCanBeTold: however little holds a member back, its worth is a number.
func TestALifetimeValueCanBeTold(t *testing.T) {
	for _, margin := range []float64{1, -1} {
		require.Equal(t, math.Copysign(models.MaxMoney, margin), models.LifetimeValue(margin, 0, 0))
		require.Equal(t, math.Copysign(models.MaxMoney, margin), models.LifetimeValue(margin, 1e-320, 0))
		require.InDelta(t, 10*margin, models.LifetimeValue(margin, 0.1, 0), 1e-12)
	}
}
