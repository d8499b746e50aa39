package engine_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
	"flywheel/sim"
)

// town is a million riders and a million drivers of one platform that has been there for long,
// who order, leave and come back.
func town() *models.Model {
	m := &models.Model{
		Name: "town", Horizon: models.Horizon{Periods: 80, Unit: "day"}, Clock: models.Clock{Kind: models.ClockSync, Revision: 0.2},
		Noise:     models.Noise{Kind: models.NoiseAnnealed, Scale: 1},
		Platforms: []models.Platform{{Name: "A", Fee: 0.2, Cash: models.MoneyOf(1e9), Capacity: 1e9}},
	}
	for _, side := range []string{"riders", "drivers"} {
		m.Segments = append(m.Segments, models.Segment{
			Side: side, Name: side, Region: "everywhere", Size: 1_000_000, PriceSensitivity: 1,
			Value: []models.Value{models.Number(0.5)}, Cross: models.Effect{Strength: models.Number(1)},
			Life: &models.Life{Churn: models.Number(0.01)},
		})
	}
	m.Segments[0].Orders = models.Ordering{Rate: 0.5, Basket: models.MoneyOf(20)}
	return m
}

// whole reads a metric of the whole market by period, in the mean.
func whole(t testing.TB, m *models.Model, metric string) []float64 {
	return column(t, compiled(t, m), "meanfield", metric, "A", "*", "*", "*")
}

// Each part of a shock does what it says, as long as it says, by hand: orders at a fifth for two
// days, at 1 - 0.8/2 and 1 - 0.8/4 of what they were one and two half-lives of one day later, for
// nobody moves by orders alone; orders beyond a capacity of a billion brought down to ten thousand.
func TestShocksByHand(t *testing.T) {
	usual := whole(t, town(), "orders")
	shocked := func(s models.Shock) []float64 {
		m := town()
		s.Name, s.At, s.For = "s", 40, 2
		m.Shocks = []models.Shock{s}
		return whole(t, m, "orders")
	}
	outage := shocked(models.Shock{Orders: -0.8, HalfLife: 1})
	for period, factor := range map[int]float64{39: 1, 40: 0.2, 41: 0.2, 42: 0.6, 43: 0.8, 44: 0.9} {
		require.InEpsilon(t, factor*usual[period], outage[period], 1e-9, "period %d", period)
	}
	short := shocked(models.Shock{Capacity: -0.99999})
	require.Equal(t, usual[39], short[39])
	require.InDelta(t, 10_000, short[40], 1, "a capacity is floored to whole orders")
	require.InEpsilon(t, usual[42], short[42], 1e-9, "no half-life: over at once")
	scandal := shocked(models.Shock{Worth: -3})
	require.Less(t, scandal[41], 0.9*usual[41])
	require.Greater(t, scandal[70], 0.99*usual[70], "it recovers by the market's own motion")
	breach := shocked(models.Shock{Churn: 9})
	require.InEpsilon(t, (1-0.1)/(1-0.01), breach[40]/usual[40], 0.02, "a tenth of the users leave instead of a hundredth, some of whom would have come back")
}

// An outage of a stage stops its orders for two days: those of a stage with workers wait and are
// done, late, once it is back, all the sooner the more work there; a stage without bounds passes on
// what is left of it and loses the rest, less each day as it recovers, in its own region alone; and
// a law without such a shock has no table of stages.
func TestAStageIsOut(t *testing.T) {
	chained := func(s models.Shock, stages ...models.Stage) *models.Model {
		m := town()
		m.Platforms[0].Service = &models.Service{OnTime: 5, Belated: 1, Stages: stages}
		s.Name, s.At, s.For, s.Capacity = "out", 40, 2, -1
		m.Shocks = []models.Shock{s}
		return m
	}
	open := models.Stage{Name: "search"}
	usual := whole(t, town(), "orders")
	out := whole(t, chained(models.Shock{Stage: "search", HalfLife: 1}, open), "orders")
	for period, factor := range map[int]float64{39: 1, 40: 0, 41: 0, 42: 0.5, 43: 0.75, 44: 0.875} {
		require.InDelta(t, factor*usual[period], out[period], 1e-6*usual[39], "period %d", period)
	}
	kitchen := models.Stage{Name: "kitchen", Time: 1, Servers: usual[39] / 24 * 1.5, Patience: 1e6}
	m := chained(models.Shock{Stage: "kitchen"}, open, kitchen)
	orders, backlog, late := whole(t, m, "orders"), whole(t, m, "backlog"), whole(t, m, "late")
	require.Zero(t, orders[40]+orders[41])
	require.InEpsilon(t, usual[40]+usual[41], backlog[41], 1e-3, "all wait")
	require.InEpsilon(t, 1.5*usual[39], orders[42], 1e-3, "what was left undone comes first")
	require.Greater(t, late[42], 0.9*orders[42])
	require.InDelta(t, 0, backlog[60], 1, "two days' orders are worked off in four")
	away := m.Segments[0]
	away.Name, away.Region = "elsewhere", "elsewhere"
	there := m.Segments[1]
	there.Name, there.Region = "drivers-elsewhere", "elsewhere"
	m.Segments = append(m.Segments, away, there)
	m.Shocks[0].Target.Region = "elsewhere"
	l := compiled(t, m)
	here := column(t, l, "meanfield", "orders", "A", "riders", "*", "everywhere")
	require.InEpsilon(t, usual[40], here[40], 0.01, "an outage elsewhere")
	require.Zero(t, column(t, l, "meanfield", "orders", "A", "riders", "*", "elsewhere")[40])
	m.Shocks[0].Stage, m.Shocks[0].Capacity, m.Shocks[0].Target = "", -0.5, models.Target{}
	require.Nil(t, models.NewOffers(compiled(t, m)).Under.Stages)
}

// A shock that comes every ten days is felt as strongly each time, and one to the end for ever.
func TestShocksRepeat(t *testing.T) {
	s := models.Shock{At: 5, For: 2, Every: 10, HalfLife: 1}
	for period, strength := range map[int]float64{4: 0, 5: 1, 6: 1, 7: 0.5, 14: math.Exp2(-8), 15: 1, 26: 1, 27: 0.5} {
		require.InDelta(t, strength, s.Strength(period), 1e-12, "period %d", period)
	}
	ever := models.Shock{At: 5}
	require.Equal(t, 1.0, ever.Strength(1_000_000))
}

// A cap on commissions takes from the platform what it leaves to drivers, who then stay in larger
// numbers; a ban ends an instrument, a cap on subsidies holds it, a limit on members lets no more
// of them in, and a fine is 3% of what was earned in ten days, to the micro-unit.
func TestRegulationsByHand(t *testing.T) {
	regulated := func(r models.Regulation, policies ...models.Policy) *models.Model {
		m := town()
		r.Name, r.From = "r", 40
		m.Regulations, m.Policies = []models.Regulation{r}, policies
		return m
	}
	fee := 0.1
	capped := regulated(models.Regulation{Commission: &fee})
	gmv, commission := whole(t, capped, "gmv"), whole(t, capped, "commission")
	require.InEpsilon(t, 0.2*gmv[39], commission[39], 1e-9)
	require.InEpsilon(t, 0.1*gmv[40], commission[40], 1e-9)
	drivers := func(m *models.Model) float64 {
		return column(t, compiled(t, m), "meanfield", "participants", "A", "drivers", "*", "*")[80]
	}
	require.Greater(t, drivers(capped), drivers(town()))

	bonus := models.Policy{Name: "b", Platform: "A", Target: models.Target{Side: "drivers"}, Instrument: models.PayPeriod, Shape: models.Constant{Amount: 1}}
	banned := whole(t, regulated(models.Regulation{Bans: []models.Instrument{models.PayPeriod}}, bonus), "subsidy")
	require.Positive(t, banned[39])
	require.Zero(t, banned[40])
	most := models.MoneyOf(0.25)
	held := whole(t, regulated(models.Regulation{Subsidy: &most}, bonus), "subsidy")
	require.InEpsilon(t, held[39]/4, held[40], 0.05, "a quarter of the bonus, to nearly as many")

	full := town()
	full.Segments[1].Value = []models.Value{models.Number(-1)}
	full.Shocks = []models.Shock{{Name: "boom", At: 41, Worth: 2}}
	before := column(t, compiled(t, full), "meanfield", "participants", "A", "drivers", "*", "*")
	full.Regulations = []models.Regulation{{Name: "r", From: 40, Members: int64(before[39]) - 1, Target: models.Target{Side: "drivers"}}}
	after := column(t, compiled(t, full), "meanfield", "participants", "A", "drivers", "*", "*")
	require.Greater(t, before[45], before[39])
	for _, n := range after[40:] {
		require.LessOrEqual(t, n, before[39])
	}

	fined := regulated(models.Regulation{Fine: models.Fine{Amount: models.MoneyOf(7), Share: 0.03, Over: 10}})
	earned, fines := whole(t, fined, "revenue"), whole(t, fined, "fines")
	due := 7.0
	for _, x := range earned[31:41] {
		due += 0.03 * x
	}
	require.InDelta(t, due, fines[40], 1e-5)
	require.Zero(t, fines[41])
	cash := whole(t, town(), "cash")
	require.InDelta(t, cash[80]-fines[40], whole(t, fined, "cash")[80], 1e-5)
}

// Whatever the calendar does, everybody is somewhere, nobody uses what is not there, and the
// books balance, which the run itself looks at in every period.
func TestCalendarKeepsPeople(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, err := models.Compile(tiny(rapid.IntRange(0, 1<<30).Draw(t, "market")))
		require.NoError(t, err)
		e := named(rapid.SampledFrom([]string{"agents", "cohorts", "meanfield"}).Draw(t, "engine"))()
		require.NoError(t, sim.Simulate(context.Background(), l, e, sim.Options{Seed: 1}, sim.NewRecorder(l, sim.Labels{})))
		for g, standing := range e.Counts().Standing {
			var people float64
			region := l.Crowds[l.Groups[g].Crowd].Region
			for s, n := range standing {
				people += n
				for k := range l.Platforms {
					if n > 0 && l.Standings.Used[s].Has(k) {
						require.True(t, l.Model.Platforms[k].Launched(region, l.Model.Horizon.Periods))
						require.False(t, slices.ContainsFunc(l.Model.Mergers, func(x models.Merger) bool {
							// One of the two, of which the other is the first, may have given up before.
							return x.From == l.Model.Platforms[k].Name && l.Model.Platforms[k].Exit == nil && l.Model.Platforms[0].Exit == nil
						}))
					}
				}
			}
			require.InDelta(t, float64(l.Groups[g].Size), people, 1e-6)
		}
	})
}

// TestPoliciesSeeService: a rebate on price paid for lateness begins a period after orders come
// late, which is all of them while the only stage is slower than it promises, and pays by the
// share; a policy that ends once members are discontent ends when they are, and where nobody has a
// mood it does not.
func TestPoliciesSeeService(t *testing.T) {
	m := town()
	m.Platforms[0].Service = &models.Service{OnTime: 5, Belated: 1, Stages: []models.Stage{{Name: "road", Time: 0.5, Promise: 1}}}
	m.Shocks = nil
	pay := models.Policy{Name: "sorry", Platform: "A", Target: models.Target{Side: "riders"}, Instrument: models.PayPeriod, Shape: models.Expression{Text: "2 * late"}}
	m.Policies = []models.Policy{pay}
	require.Zero(t, whole(t, m, "subsidy_to_date")[80], "everything comes in time")
	m.Platforms[0].Service.Stages[0].Time = 2
	paid := whole(t, m, "subsidy")
	members := column(t, compiled(t, m), "meanfield", "participants", "A", "riders", "*", "*")
	require.Zero(t, paid[1], "nothing has been ordered yet")
	require.InEpsilon(t, 2*members[2], paid[2], 1e-6)
	for i := range m.Segments {
		m.Segments[i].Life = &models.Life{Churn: models.Number(0.01), Mood: &models.Mood{Churn: []float64{1, 1, 1}, Review: 0.1, Late: 1}}
	}
	pay.Shape, pay.Stop.When = models.Constant{Amount: 1}, "satisfaction < 0.3"
	m.Policies[0] = pay
	paid, moods := whole(t, m, "subsidy"), column(t, compiled(t, m), "meanfield", "satisfaction", "A", "riders", "*", "*")
	ends := slices.IndexFunc(paid[1:], func(x float64) bool { return x == 0 }) + 1
	require.Greater(t, ends, 2)
	require.True(t, moods[ends-1] < 0.3 && moods[ends-2] >= 0.3, "ends in %d: %v", ends, moods[:ends+1])
	for i := range m.Segments {
		m.Segments[i].Life = nil
	}
	require.Positive(t, whole(t, m, "subsidy")[80])
}
