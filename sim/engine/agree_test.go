package engine_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"flywheel/models"
	"flywheel/sim"
	"flywheel/sim/engine"
)

// tiny is a random market of 40 people on two sides: every effect, gate and cost of the law
// that exchangeable people can have.
func tiny(seed int) *models.Model {
	return rapid.Custom(func(t *rapid.T) *models.Model {
		number := rapid.Float64Range(-2, 2)
		m := &models.Model{
			Name: "tiny", Horizon: models.Horizon{Periods: 6, Unit: "day"},
			Clock: models.Clock{Kind: models.ClockSync, Revision: rapid.Float64Range(0.1, 0.9).Draw(t, "revision")},
			Noise: models.Noise{Kind: models.NoiseAnnealed, Scale: rapid.Float64Range(0.5, 1.5).Draw(t, "mu")},
		}
		for _, name := range []string{"A", "B"}[:rapid.IntRange(1, 2).Draw(t, "platforms")] {
			m.Platforms = append(m.Platforms, models.Platform{Name: name})
		}
		for side, size := range []int64{28, 12} {
			s := models.Segment{
				Side: []string{"consumers", "merchants"}[side], Name: fmt.Sprint("s", side), Region: "here", Size: size, PriceSensitivity: 1,
				Cross:     models.Effect{Strength: models.Number(2 * number.Draw(t, "alpha")), Form: models.FormLinear},
				Same:      models.Effect{Strength: models.Number(number.Draw(t, "gamma"))},
				Homing:    models.Multi{Cost: rapid.Float64Range(-0.5, 2).Draw(t, "kappa"), Duplicate: rapid.Float64Range(0, 1).Draw(t, "rho")},
				Switching: rapid.Float64Range(0, 1).Draw(t, "switching"),
				Start:     []models.Begin{{Homing: 1, Share: rapid.Float64Range(0, 1).Draw(t, "start")}},
			}
			for range m.Platforms {
				s.Value = append(s.Value, models.Number(number.Draw(t, "value")))
			}
			if rapid.Bool().Draw(t, "gated") {
				s.Aware = &models.Aware{P: rapid.Float64Range(0.05, 0.5).Draw(t, "p"), Q: rapid.Float64Range(0, 1).Draw(t, "q")}
			}
			m.Segments = append(m.Segments, s)
		}
		return m
	}).Example(seed)
}

// coarse folds a run's end into one number with few values: who uses platform A on each
// side, and who knows it, which a chi-square test can count.
func coarse(t testing.TB, l *models.Law, name string, seed uint64, replication int) int {
	e, ok := engine.New(name)
	require.True(t, ok)
	require.NoError(t, sim.Simulate(context.Background(), l, e, sim.Options{Seed: seed, Replication: replication}, sim.NewRecorder(l, sim.Labels{})))
	var users, known, other float64
	for g, standing := range e.Counts().Standing {
		for s, n := range standing {
			if l.Standings.Used[s].Has(0) {
				if g == 0 {
					users += n
				} else {
					other += n
				}
			}
			if l.Standings.Known[s].Count() == l.Platforms && l.Standings.Used[s] == 0 {
				known += n
			}
		}
	}
	return int(users)/3*10000 + int(other)/2*100 + int(known)/6
}

// twoSamples is the p-value of the chi-square test that two samples come from one law;
// values seen fewer than ten times together are pooled.
func twoSamples(a, b map[int]int) float64 {
	var values []int
	for v := range a {
		values = append(values, v)
	}
	for v := range b {
		if _, seen := a[v]; !seen {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	var statistic float64
	cells, poolA, poolB := 0, 0, 0
	add := func(x, y int) {
		statistic += float64((x-y)*(x-y)) / float64(x+y)
		cells++
	}
	for _, v := range values {
		poolA, poolB = poolA+a[v], poolB+b[v]
		if poolA+poolB >= 10 {
			add(poolA, poolB)
			poolA, poolB = 0, 0
		}
	}
	if poolA+poolB > 0 {
		add(poolA, poolB)
	}
	if cells < 2 {
		return math.NaN()
	}
	return distuv.ChiSquared{K: float64(cells - 1)}.Survival(statistic)
}

// TestCohortsAreAgents: on random markets of 40 people the two engines end in the same
// joint law. Each market gives one p-value; over the suite they must be uniform by
// Kolmogorov and Smirnov at 1e-3, and none may be so small by itself that a fault in a few
// of the markets would hide among the rest. Seeds are fresh and printed.
func TestCohortsAreAgents(t *testing.T) {
	suite, runs := 60, 400
	if testing.Short() {
		suite, runs = 15, 200
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	var ps []float64
	for i := range suite {
		l, err := models.Compile(tiny(int(seed%1_000_000) + i))
		require.NoError(t, err)
		a, b := map[int]int{}, map[int]int{}
		for r := range runs {
			a[coarse(t, l, "agents", seed+uint64(i), r)]++
			b[coarse(t, l, "cohorts", seed+uint64(i)+1<<32, r)]++
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

// grown is a market a thousand times as large in which nothing else differs: linear effects
// act on shares.
func grown(m *models.Model, factor int64) *models.Model {
	big := *m
	big.Segments = append([]models.Segment(nil), m.Segments...)
	for i := range big.Segments {
		big.Segments[i].Size *= factor
	}
	return &big
}

// end is the share of each side on platform A after a run.
func end(t testing.TB, m *models.Model, name string, seed uint64) [2]float64 {
	l, err := models.Compile(m)
	require.NoError(t, err)
	e, ok := engine.New(name)
	require.True(t, ok)
	require.NoError(t, sim.Simulate(context.Background(), l, e, sim.Options{Seed: seed}, sim.NewRecorder(l, sim.Labels{})))
	var shares [2]float64
	for g, standing := range e.Counts().Standing {
		for s, n := range standing {
			if l.Standings.Used[s].Has(0) {
				shares[g] += n / float64(l.Groups[g].Size)
			}
		}
	}
	return shares
}

// TestMeanfieldIsTheLimit: over random markets of six periods, the root-mean-square distance
// of cohorts from meanfield falls as one over the square root of the population: tenfold
// when it grows a hundredfold, within a quarter (the ratio of two root-mean-squares over 40
// markets and 3 seeds, each known to about 5%).
func TestMeanfieldIsTheLimit(t *testing.T) {
	distance := func(factor int64) float64 {
		var squares, n float64
		for i := range 40 {
			m := grown(tiny(i), factor)
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
	require.InEpsilon(t, 10, small/large, 0.25)
	require.Less(t, large, 0.002)
}
