package engine_test

import (
	"context"
	"flag"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"flywheel/models"
	"flywheel/sim"
	"flywheel/sim/engine"
)

// Seeds are fresh every time and printed; a suite is run again by its seed.
var (
	agreeSeed  = flag.Uint64("agree.seed", 0, "seed of the random markets; 0 takes a fresh one")
	agreeHeavy = flag.Bool("agree.heavy", false, "run the suites of make verify: 200 markets, and the limits of large markets")
)

func seeded(t *testing.T) uint64 {
	seed := *agreeSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("go test ./sim/engine -run %s -agree.seed %d", t.Name(), seed)
	return seed
}

// heavy leaves a test to make verify, loudly.
func heavy(t *testing.T) {
	if !*agreeHeavy {
		t.Skip("skipped without -agree.heavy: a minute of processor time; make verify runs it")
	}
}

// features are numbers of a run's end that a joint law shows itself in: of each group those who
// use each platform, know it, are new or lapsed to it, and the last period's joins, leaves,
// switches and returns.
func features(t testing.TB, l *models.Law, e sim.Engine, o sim.Options) []float64 {
	record := sim.NewLayout(l, "", "", []int{l.Model.Horizon.Periods}).Recorder(o.Replication)
	require.NoError(t, sim.Simulate(context.Background(), l, e, o, record))
	var list []float64
	c, st := e.Counts(), l.Standings
	for g := range l.Groups {
		for k := range l.Platforms {
			var used, known, fresh, lapsed float64
			for s, n := range c.Standing[g] {
				for _, of := range []struct {
					set models.Homing
					to  *float64
				}{{st.Used[s], &used}, {st.Known[s], &known}, {st.New[s], &fresh}, {st.Lapsed[s], &lapsed}} {
					if of.set.Has(k) {
						*of.to += n
					}
				}
			}
			list = append(list, used, known, fresh, lapsed, c.Joins[g][k], c.Leaves[g][k], c.Switches[g][k], c.Returns[g][k])
		}
	}
	for _, metric := range []string{"orders", "subsidy_to_date", "unpaid_claims", "cash", "hours", "late", "dropped", "backlog"} {
		if record.Table.Schema.Index(metric) < 0 {
			continue
		}
		side, segment, region := record.Table.Texts("side"), record.Table.Texts("segment"), record.Table.Texts("region")
		for row, x := range record.Table.Numbers(metric) {
			if side[row] == sim.Total && segment[row] == sim.Total && region[row] == sim.Total {
				list = append(list, x)
			}
		}
	}
	return list
}

// twoSamples is the p-value of a chi-square test that two samples of vectors come from one
// joint law: three mixtures of their features, drawn at random, are cut at the quartiles of both
// samples together, and the 64 cells are counted; cells seen fewer than ten times are pooled.
func twoSamples(a, b [][]float64, luck *rand.Rand) float64 {
	both := slices.Concat(a, b)
	width := len(both[0])
	scale := make([]float64, width)
	for i := range scale {
		var m, v float64
		for _, x := range both {
			m += x[i] / float64(len(both))
		}
		for _, x := range both {
			v += (x[i] - m) * (x[i] - m)
		}
		if v > 0 {
			scale[i] = 1 / math.Sqrt(v)
		}
	}
	cell := make([]int, len(both))
	for range 3 {
		mix := make([]float64, width)
		for i := range mix {
			mix[i] = scale[i] * luck.NormFloat64()
		}
		values := make([]float64, len(both))
		for r, x := range both {
			for i := range x {
				values[r] += mix[i] * x[i]
			}
		}
		sorted := slices.Sorted(slices.Values(values))
		for r, v := range values {
			quarter := 0
			for q := 1; q < 4; q++ {
				if v > sorted[q*len(sorted)/4] {
					quarter = q
				}
			}
			cell[r] = 4*cell[r] + quarter
		}
	}
	var counts [64][2]float64
	for r, c := range cell {
		if r < len(a) {
			counts[c][0]++
		} else {
			counts[c][1]++
		}
	}
	var statistic, pool [2]float64
	cells := 0.0
	add := func(n [2]float64) {
		expect := (n[0] + n[1]) * float64(len(a)) / float64(len(both))
		statistic[0] += (n[0] - expect) * (n[0] - expect) / expect
		expect = n[0] + n[1] - expect
		statistic[1] += (n[1] - expect) * (n[1] - expect) / expect
		cells++
	}
	for _, n := range counts {
		if n[0]+n[1] >= 10 {
			add(n)
		} else {
			pool[0], pool[1] = pool[0]+n[0], pool[1]+n[1]
		}
	}
	if pool[0]+pool[1] > 0 {
		add(pool)
	}
	if cells < 2 {
		return math.NaN()
	}
	return distuv.ChiSquared{K: cells - 1}.Survival(statistic[0] + statistic[1])
}

// uniform tells how far p-values are from uniform, and the critical distance at 1e-3: 1.949 over
// the square root of their number (Smirnov 1948, Annals of Mathematical Statistics 19(2)).
func uniform(ps []float64) (far, critical float64) {
	slices.Sort(ps)
	n := float64(len(ps))
	for i, p := range ps {
		far = math.Max(far, math.Max(p-float64(i)/n, float64(i+1)/n-p))
	}
	return far, 1.949 / math.Sqrt(n)
}

// suite compares two engines on random markets, a p-value for each.
func suite(t *testing.T, seed uint64, markets, runs int, first, second func() sim.Engine) []float64 {
	var ps []float64
	for i := range markets {
		l, err := models.Compile(tiny(int(seed%1_000_000_000) + i))
		require.NoError(t, err)
		sample := func(e func() sim.Engine, seed uint64) [][]float64 {
			out := make([][]float64, runs)
			for r := range out {
				out[r] = features(t, l, e(), sim.Options{Seed: seed, Replication: r})
			}
			return out
		}
		p := twoSamples(sample(first, seed+uint64(i)), sample(second, seed+uint64(i)+1<<32), rand.New(rand.NewPCG(seed, uint64(i))))
		if !math.IsNaN(p) {
			ps = append(ps, p)
		}
	}
	return ps
}

func named(name string) func() sim.Engine {
	return func() sim.Engine {
		e, _ := engine.New(name)
		return e
	}
}

// TestCohortsAreAgents: on random markets of 40 people the two engines end in the same
// joint law. Each market gives one p-value; over the suite they must be uniform by
// Kolmogorov and Smirnov at 1e-3, and none may be so small by itself that a fault in a few
// of the markets would hide among the rest.
func TestCohortsAreAgents(t *testing.T) {
	markets, runs := 40, 400
	switch {
	case *agreeHeavy:
		markets, runs = 200, 1000
	case testing.Short():
		markets, runs = 20, 200
	}
	ps := suite(t, seeded(t), markets, runs, named("agents"), named("cohorts"))
	far, critical := uniform(ps)
	t.Logf("%d p-values, smallest %.2g, distance from uniform %.3f of %.3f allowed", len(ps), ps[0], far, critical)
	require.Greater(t, len(ps), markets*3/4)
	require.LessOrEqual(t, far, critical)
	require.Greater(t, ps[0]*float64(len(ps)), 1e-4, "one market's p-value alone says that the laws differ (Bonferroni)")
}
