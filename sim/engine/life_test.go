package engine_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
	"flywheel/models/theory"
	"flywheel/sim"
	"flywheel/sim/engine"
)

// alive is tiny with people who live on after joining, on one side or both.
func alive(seed int) *models.Model {
	m := tiny(seed)
	return rapid.Custom(func(t *rapid.T) *models.Model {
		m.Clock.Revision = rapid.Float64Range(0.05, 0.3).Draw(t, "revision")
		for i := range rapid.IntRange(1, 2).Draw(t, "sides") {
			life := &models.Life{
				Churn: models.Number(rapid.Float64Range(0, 0.05).Draw(t, "churn")), Onboarding: rapid.SampledFrom([]float64{0, 10, 20}).Draw(t, "onboarding"),
				Tenure: rapid.Float64Range(-1, 1).Draw(t, "tenure"), Winback: rapid.Float64Range(-1, 1).Draw(t, "winback"),
			}
			if rapid.Bool().Draw(t, "early") {
				early := models.Number(rapid.Float64Range(0, 0.05).Draw(t, "hazard"))
				life.Early = &early
			}
			if rapid.Bool().Draw(t, "moods") {
				life.Mood = &models.Mood{Churn: []float64{2, 1, 0.5}, Worth: []float64{-1, 0, 0.3}, Review: rapid.Float64Range(0, 0.2).Draw(t, "review"),
					Bad: rapid.Float64Range(0, 0.5).Draw(t, "bad"), Unserved: rapid.Float64Range(0, 0.5).Draw(t, "unserved")}
			}
			m.Segments[i].Life = life
		}
		m.Segments[0].Orders = models.Ordering{Rate: 0.5, Basket: models.MoneyOf(10)}
		m.Platforms[0].Capacity = 5
		return m
	}).Example(seed)
}

// grains folds a run's end into one number with few values: users of A, those lapsed from it,
// those new to it, and moods.
func grains(t testing.TB, l *models.Law, name string, seed uint64, replication int) int {
	e, ok := engine.New(name)
	require.True(t, ok)
	require.NoError(t, sim.Simulate(context.Background(), l, e, sim.Options{Seed: seed, Replication: replication}, sim.NewRecorder(l, sim.Labels{})))
	st := l.Standings
	var users, lapsed, fresh, mood float64
	for _, standing := range e.Counts().Standing {
		for s, n := range standing {
			mood += n * float64(st.Mood[s])
			if st.Used[s].Has(0) {
				users += n
			}
			if st.Lapsed[s].Has(0) {
				lapsed += n
			}
			if st.New[s].Has(0) {
				fresh += n
			}
		}
	}
	return int(users)/4*1_000_000 + int(lapsed)/3*10_000 + int(fresh)/3*100 + int(mood)/8
}

// TestCohortsAreAgentsInLife: as TestCohortsAreAgents, where people live on after joining.
func TestCohortsAreAgentsInLife(t *testing.T) {
	suite, runs := 60, 400
	if testing.Short() {
		suite, runs = 15, 200
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	var ps []float64
	for i := range suite {
		l, err := models.Compile(alive(int(seed%1_000_000) + i))
		require.NoError(t, err)
		a, b := map[int]int{}, map[int]int{}
		for r := range runs {
			a[grains(t, l, "agents", seed+uint64(i), r)]++
			b[grains(t, l, "cohorts", seed+uint64(i)+1<<32, r)]++
		}
		if p := twoSamples(a, b); !math.IsNaN(p) {
			ps = append(ps, p)
		}
	}
	slices.Sort(ps)
	var far float64
	for i, p := range ps {
		far = math.Max(far, math.Max(p-float64(i)/float64(len(ps)), float64(i+1)/float64(len(ps))-p))
	}
	// The critical distance at 1e-3 is 1.949 over the square root of the number (Smirnov 1948).
	t.Logf("%d p-values, smallest %.2g, distance from uniform %.3f of %.3f allowed", len(ps), ps[0], far, 1.949/math.Sqrt(float64(len(ps))))
	require.LessOrEqual(t, far, 1.949/math.Sqrt(float64(len(ps))))
	require.Greater(t, ps[0]*float64(len(ps)), 1e-4, "one market's p-value alone says that the laws differ (Bonferroni)")
}

// TestLifeHasTheLimit: as TestMeanfieldIsTheLimit, where people live on after joining; the
// capacity grows with the market. Half as many markets know the ratio to about 7%.
func TestLifeHasTheLimit(t *testing.T) {
	distance := func(factor int64) float64 {
		var squares, n float64
		for i := range 20 {
			m := grown(alive(i), factor)
			m.Platforms = slices.Clone(m.Platforms)
			m.Platforms[0].Capacity *= float64(factor)
			limit := end(t, m, "meanfield", 1)
			for seed := range uint64(3) {
				got := end(t, m, "cohorts", seed)
				for side := range got {
					squares += (got[side] - limit[side]) * (got[side] - limit[side])
					n++
				}
			}
		}
		return math.Sqrt(squares / n)
	}
	small, large := distance(1000), distance(100_000)
	t.Logf("distance %.2g at 40,000 people, %.2g at 4 million", small, large)
	require.InEpsilon(t, 10, small/large, 0.3)
}

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
