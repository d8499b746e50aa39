package engine_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/models/theory"
	"flywheel/sim"
	"flywheel/sim/engine"
)

// retained is the share of a segment that still uses the one platform it began on, by
// period: nobody revises, so nobody comes back.
func retained(t testing.TB, name string, life models.Life, clock models.ClockKind, people int64, periods int) []float64 {
	m := &models.Model{
		Name: "retention", Horizon: models.Horizon{Periods: periods, Unit: "year"},
		Clock: models.Clock{Kind: clock}, Noise: models.Noise{Kind: models.NoiseNone},
		Platforms: []models.Platform{{Name: "A"}},
		Segments: []models.Segment{{Side: "customers", Name: "all-of-them", Region: "here", Size: people, Value: []models.Value{models.Number(1)},
			Life: &life, Start: []models.Begin{{Homing: 1, Share: 1}}}},
	}
	l, err := models.Compile(m)
	require.NoError(t, err)
	e, ok := engine.New(name)
	require.True(t, ok)
	rec := sim.NewRecorder(l, sim.Labels{})
	require.NoError(t, sim.Simulate(context.Background(), l, e, sim.Options{Seed: 5}, rec))
	return rec.Table.Where("platform", "A").Where("side", "customers").Where("segment", "*").Numbers("share")
}

// TestRetentionIsBetaGeometric: with a churn probability that is beta over people, retention
// follows the shifted beta-geometric law (Fader and Hardie 2007), here of their High End and
// Regular customers. 64 classes stand for the distribution: meanfield shows that they miss
// the survival by less than 0.0005, and the draws of 200,000 customers stay within four
// standard errors of at most 0.0012 beside that.
func TestRetentionIsBetaGeometric(t *testing.T) {
	for _, want := range []theory.SBG{{Alpha: 0.668, Beta: 3.806}, {Alpha: 0.704, Beta: 1.182}} {
		life := models.Life{Churn: models.Value{Beta: [2]float64{want.Alpha, want.Beta}, Classes: 64}}
		const people, years = 200_000, 12
		for _, name := range []string{"meanfield", "cohorts", "agents"} {
			got := retained(t, name, life, models.ClockSync, people, years)
			for year, share := range got {
				s := want.Survival(year)
				allowed := 0.0005
				if name != "meanfield" {
					allowed += 4 * math.Sqrt(s*(1-s)/people)
				}
				require.InDelta(t, s, share, allowed, fmt.Sprint(name, " after years: ", year))
			}
		}
	}
}

// TestRetentionIsGeometric: with one hazard for all, 0.2 per period, retention is 0.8^t with
// the synchronous clock and exp(-0.2 t) with the asynchronous one; and the margin of 10 per
// period, paid at once and discounted by a tenth, adds to the textbook value of a customer
// within four standard errors of 200,000.
func TestRetentionIsGeometric(t *testing.T) {
	life := models.Life{Churn: models.Number(0.2)}
	const people = 200_000
	for _, name := range engine.Names() {
		got := retained(t, name, life, models.ClockSync, people, 60)
		var value float64
		for year, share := range got {
			s := math.Pow(0.8, float64(year))
			require.InDelta(t, s, share, 4*math.Sqrt(s*(1-s)/people)+1e-12)
			value += 10 * share * math.Pow(1.1, -float64(year))
		}
		want := theory.LTVGeometric{Margin: 10, Retention: 0.8, Discount: 0.1}
		_, sd := want.Moments()
		require.InDelta(t, want.Value(), value, 4*sd/math.Sqrt(people), name)
	}
	for year, share := range retained(t, "agents", life, models.ClockAsync, 20_000, 15) {
		s := math.Exp(-0.2 * float64(year))
		require.InDelta(t, s, share, 4*math.Sqrt(s*(1-s)/20_000)+1e-12)
	}
	for year, share := range retained(t, "meanfield", life, models.ClockAsync, 20_000, 15) {
		require.InDelta(t, math.Exp(-0.2*float64(year)), share, 1e-8)
	}
}

// TestRetentionOfNewcomers: those who join at once leave with hazard 0.3 while new and 0.05
// as regulars, and settle in with hazard 1/5: the share after t periods is the two-state
// chain's, worked out by recursion.
func TestRetentionOfNewcomers(t *testing.T) {
	early := models.Number(0.3)
	life := models.Life{Churn: models.Number(0.05), Early: &early, Onboarding: 5, Winback: -1e6}
	const people = 200_000
	m := &models.Model{
		Name: "newcomers", Horizon: models.Horizon{Periods: 30, Unit: "week"},
		Clock: models.Clock{Kind: models.ClockSync}, Noise: models.Noise{Kind: models.NoiseNone}, Platforms: []models.Platform{{Name: "A"}},
		Segments: []models.Segment{{Side: "customers", Name: "everyone", Region: "here", Size: people, Value: []models.Value{models.Number(1)},
			Life: &life, Aware: &models.Aware{P: 1}}},
	}
	l, err := models.Compile(m)
	require.NoError(t, err)
	for _, name := range engine.Names() {
		e, _ := engine.New(name)
		rec := sim.NewRecorder(l, sim.Labels{})
		require.NoError(t, sim.Simulate(context.Background(), l, e, sim.Options{Seed: 7}, rec))
		rows := rec.Table.Where("platform", "A").Where("side", "customers").Where("segment", "*")
		fresh, regular := 1.0, 0.0 // at period 1 everybody has heard and joined
		for week := 1; week <= 30; week++ {
			for metric, want := range map[string]float64{"new": fresh, "regular": regular, "lapsed": 1 - fresh - regular} {
				allowed := 4*math.Sqrt(want*(1-want)/people) + 1e-9
				require.InDelta(t, want, rows.Numbers(metric)[week]/people, allowed, fmt.Sprint(name, metric, week))
			}
			fresh, regular = fresh*(1-0.3-0.2), regular*0.95+fresh*0.2
		}
	}
}

// TestWhoComesBackAndWhoExchanges: of those who have lapsed, 0.8 revise in a period and find A
// worth using again; and where everybody revises and B is better by a policy of one period,
// everybody exchanges A for it and then it for A.
func TestWhoComesBackAndWhoExchanges(t *testing.T) {
	const people = 5000
	market := func(revision float64, platforms ...models.Platform) *models.Model {
		return &models.Model{
			Name: "market", Horizon: models.Horizon{Periods: 6, Unit: "week"}, Clock: models.Clock{Kind: models.ClockSync, Revision: revision},
			Noise: models.Noise{Kind: models.NoiseNone}, Platforms: platforms,
			Segments: []models.Segment{{Side: "customers", Name: "everyone", Region: "here", Size: people, PriceSensitivity: 1, Aware: &models.Aware{P: 1}}},
		}
	}
	for _, name := range engine.Names() {
		run := func(m *models.Model) func(metric, platform string) []float64 {
			l, err := models.Compile(m)
			require.NoError(t, err)
			e, _ := engine.New(name)
			rec := sim.NewRecorder(l, sim.Labels{})
			require.NoError(t, sim.Simulate(context.Background(), l, e, sim.Options{Seed: 3}, rec))
			return func(metric, platform string) []float64 {
				return rec.Table.Where("platform", platform).Where("side", "customers").Where("segment", sim.Total).Numbers(metric)
			}
		}
		lapsing := market(0.8, models.Platform{Name: "A"})
		lapsing.Segments[0].Value, lapsing.Segments[0].Life = []models.Value{models.Number(1)}, &models.Life{Churn: models.Number(0.2)}
		of := run(lapsing)
		for _, platform := range []string{"A", sim.Total} {
			back, joined, lapsed := of("returned", platform), of("joins", platform), of("lapsed", platform)
			require.Zero(t, back[1], name)
			require.Positive(t, joined[1], name)
			for week := 3; week <= 6; week++ { // who joins in the first may lapse in the second
				require.Greater(t, back[week], 0.05*people, name)
				require.InDelta(t, 0.8*lapsed[week-1], back[week], 5*math.Sqrt(0.8*0.2*lapsed[week-1]), name)
				require.LessOrEqual(t, back[week], joined[week], name)
			}
			require.Zero(t, of("switches", platform)[6], name)
		}

		rivals := market(1, models.Platform{Name: "A"}, models.Platform{Name: "B"})
		rivals.Segments[0].Value = []models.Value{models.Number(2), models.Number(1)}
		rivals.Segments[0].Homing.Cost = math.Inf(1)
		rivals.Policies = []models.Policy{{
			Name: "week-three", Platform: "B", Instrument: models.PayPeriod, Target: models.Target{Side: "customers"},
			Shape: models.Constant{Amount: 5}, From: 3, Until: 3,
		}}
		of = run(rivals)
		for week, want := range []struct{ a, b float64 }{{}, {}, {}, {0, people}, {people, 0}, {}, {}} {
			require.InDelta(t, want.a, of("switches", "A")[week], 1e-6, "%s, week %d", name, week)
			require.InDelta(t, want.b, of("switches", "B")[week], 1e-6, "%s, week %d", name, week)
			require.InDelta(t, want.a+want.b, of("switches", sim.Total)[week], 1e-6, "%s, week %d", name, week)
		}
		require.True(t, math.IsNaN(of("returned", "A")[6]), "nobody lives on after joining")
	}
}
