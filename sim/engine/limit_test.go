package engine_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"flywheel/models"
	"flywheel/models/theory"
	"flywheel/sim"
)

// smooth is a random market of 40 people whose effects act on shares and whose policies have
// money without end, so that nothing but luck changes when it grows.
func smooth(number int) *models.Model {
	m := tiny(number)
	for i := range m.Policies {
		m.Policies[i].Limited = false
	}
	for i := range m.Regulations {
		m.Regulations[i].Members = 0
	}
	for k := range m.Platforms { // who comes is drawn, and who gives up is a threshold
		m.Platforms[k].Entry, m.Platforms[k].Exit, m.Platforms[k].Sites = nil, nil, nil
	}
	for i := range m.Segments {
		if m.Segments[i].Cross.Form == models.FormLog {
			m.Segments[i].Cross.Form = models.FormLinear
		}
	}
	return m
}

// calm is a smooth market in which nobody orders: among a few people, orders that meet nobody
// leave more behind than an order of 1/N.
func calm(number int) *models.Model {
	m := smooth(number)
	m.Policies, m.Regulations, m.Shocks = nil, nil, slices.DeleteFunc(m.Shocks, func(s models.Shock) bool { return s.Stage != "" })
	for k := range m.Platforms {
		m.Platforms[k].Service, m.Platforms[k].Income, m.Platforms[k].Sales = nil, nil, nil
	}
	for i := range m.Segments {
		m.Segments[i].Orders.Rate, m.Segments[i].Cross.Form = 0, models.FormLinear
	}
	return m
}

// grown is a market so many times as large, with so many times the capacity.
func grown(m *models.Model, factor int64) *models.Model {
	big := *m
	big.Segments, big.Platforms = slices.Clone(m.Segments), slices.Clone(m.Platforms)
	for i := range big.Segments {
		big.Segments[i].Size *= factor
	}
	for k := range big.Platforms {
		big.Platforms[k].Capacity *= float64(factor)
		if chain := big.Platforms[k].Service; chain != nil {
			grown := *chain
			grown.Stages = slices.Clone(chain.Stages)
			for i := range grown.Stages {
				grown.Stages[i].Servers *= float64(factor)
			}
			big.Platforms[k].Service = &grown
		}
	}
	return &big
}

// ends are the shares of each group on platform A after a run.
func ends(t testing.TB, l *models.Law, name string, seed uint64, replication int) []float64 {
	e := named(name)()
	record := sim.NewLayout(l, "", "", []int{l.Model.Horizon.Periods}).Recorder(replication)
	require.NoError(t, sim.Simulate(context.Background(), l, e, sim.Options{Seed: seed, Replication: replication}, record))
	shares := make([]float64, len(l.Groups))
	for g, standing := range e.Counts().Standing {
		for s, n := range standing {
			if l.Standings.Used[s].Has(0) {
				shares[g] += n / float64(l.Groups[g].Size)
			}
		}
	}
	return shares
}

// TestMeanfieldIsTheLimit: over random markets, the root-mean-square distance of cohorts from
// meanfield falls as one over the square root of the population: tenfold when it grows a
// hundredfold, within a quarter (the ratio of two root-mean-squares over 40 markets and 3
// seeds, each known to about 5%).
func TestMeanfieldIsTheLimit(t *testing.T) {
	distance := func(factor int64) float64 {
		var squares, n float64
		for i := range 40 {
			l, err := models.Compile(grown(smooth(i), factor))
			require.NoError(t, err)
			limit := ends(t, l, "meanfield", 1, 0)
			for seed := range uint64(3) {
				for g, x := range ends(t, l, "cohorts", seed, 0) {
					squares += (x - limit[g]) * (x - limit[g])
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

// TestMeansDifferByOneOverN: the means of cohorts and of agents differ from meanfield by an
// order of 1/N. Over random markets the bias at 40 people, regressed on the bias at 160, is four
// times as large within a third: both are known from so many runs that their luck is a few
// percent of them together, and what is left of order 1/N^2 is about 1/40 times the slopes.
func TestMeansDifferByOneOverN(t *testing.T) {
	heavy(t)
	seed := seeded(t)
	const markets = 12
	for _, e := range []struct {
		name string
		runs int
	}{{"cohorts", 20_000}, {"agents", 20_000}} {
		var both, squares float64
		for i := range markets {
			var bias [2][]float64
			for j, factor := range []int64{1, 4} {
				l, err := models.Compile(grown(begunWhole(calm(int(seed%1_000_000_000)+i)), factor))
				require.NoError(t, err)
				bias[j] = make([]float64, len(l.Groups))
				for r := range e.runs {
					for g, x := range ends(t, l, e.name, seed+uint64(j), r) {
						bias[j][g] += x / float64(e.runs)
					}
				}
				for g, x := range ends(t, l, "meanfield", 0, 0) {
					bias[j][g] -= x
				}
			}
			for g := range bias[0] {
				both += bias[0][g] * bias[1][g]
				squares += bias[0][g] * bias[0][g]
			}
		}
		t.Logf("%s: bias falls to %.3f when N grows fourfold; root mean square %.2g at N = 40", e.name, both/squares, math.Sqrt(squares/markets/4))
		require.InDelta(t, 0.25, both/squares, 0.08, e.name)
	}
}

// begunWhole rounds the shares of the start to whole people in every class: engines that count
// people must round them, by as much as the bias that is looked for.
func begunWhole(m *models.Model) *models.Model {
	for i := range m.Segments {
		s := &m.Segments[i]
		people := float64(s.Size)
		for _, v := range append([]models.Value{s.Cross.Strength, s.Same.Strength}, s.Value...) {
			people /= float64(max(1, v.Classes))
		}
		s.Start = slices.Clone(s.Start)
		for b := range s.Start {
			s.Start[b].Share = math.Round(s.Start[b].Share*people) / people
		}
	}
	return m
}

// TestFluctuationsAreTheorys: at rest the shares of random two-sided markets vary as the linear
// noise of models/theory says. With R independent runs, R - 1 times the measured variance over
// the predicted one is chi-squared up to order 1/N, so its probabilities are uniform by
// Kolmogorov and Smirnov at 1e-3, and the ratios average to one within four standard errors,
// 4 (2/(R M))^(1/2), and half a percent of what order 1/N neglects.
func TestFluctuationsAreTheorys(t *testing.T) {
	heavy(t)
	seed := seeded(t)
	for _, e := range []struct {
		name          string
		markets, runs int
	}{{"cohorts", 100, 400}, {"agents", 20, 200}} {
		luck := rand.New(rand.NewPCG(seed, 1))
		in := func(lo, hi float64) float64 { return lo + (hi-lo)*luck.Float64() }
		var ps []float64
		var ratios float64
		for len(ps) < 2*e.markets {
			m := theory.LogitTwoSided{
				V: [2]float64{in(-2, 1), in(-2, 1)}, Alpha: [2]float64{in(-2, 3), in(-2, 3)}, Gamma: [2]float64{in(-1, 1), in(-1, 1)},
				Mu: [2]float64{1, 1}, N: [2]int{6000, 3000},
			}
			rest := m.Equilibria()
			lambda := in(0.2, 0.8)
			sd, _ := m.SD(rest[0], lambda)
			// Slower markets would take longer to forget where they began than they run.
			if len(rest) != 1 || rest[0].Eigenvalue > -0.3 || math.IsNaN(sd[0]) {
				continue
			}
			l, err := models.Compile(logit(m, lambda, rest[0].Share, int(math.Ceil(6/(0.3*0.2)))))
			require.NoError(t, err)
			var sums, squares [2]float64
			for r := range e.runs {
				for g, x := range ends(t, l, e.name, seed+uint64(len(ps)), r) {
					sums[g] += x - rest[0].Share[g]
					squares[g] += (x - rest[0].Share[g]) * (x - rest[0].Share[g])
				}
			}
			for g := range sums {
				n := float64(e.runs)
				ratio := (squares[g] - sums[g]*sums[g]/n) / (n - 1) / (sd[g] * sd[g])
				ratios += ratio
				ps = append(ps, distuv.ChiSquared{K: n - 1}.Survival(ratio*(n-1)))
			}
		}
		mean := ratios / float64(len(ps))
		far, critical := uniform(ps)
		allowed := 4*math.Sqrt(2/float64(e.runs*len(ps))) + 0.005
		t.Logf("%s: variance over theory's %.4f on average, %.4f allowed; distance from uniform %.3f of %.3f", e.name, mean, allowed, far, critical)
		require.InDelta(t, 1, mean, allowed, e.name)
		require.LessOrEqual(t, far, critical, e.name)
	}
}

// logit is a two-sided logit market that begins at shares.
func logit(m theory.LogitTwoSided, lambda float64, start [2]float64, periods int) *models.Model {
	out := &models.Model{
		Name: "logit", Horizon: models.Horizon{Periods: periods, Unit: "day"},
		Clock: models.Clock{Kind: models.ClockSync, Revision: lambda}, Platforms: []models.Platform{{Name: "A"}},
		Noise: models.Noise{Kind: models.NoiseNone},
	}
	for g, n := range m.N {
		out.Segments = append(out.Segments, models.Segment{
			Side: []string{"consumers", "merchants"}[g], Name: []string{"c", "m"}[g], Region: "here", Size: int64(n),
			Value: []models.Value{models.Number(m.V[g])}, Noise: &models.Noise{Kind: models.NoiseAnnealed, Scale: m.Mu[g]},
			Cross: models.Effect{Strength: models.Number(m.Alpha[g]), Form: models.FormLinear},
			Same:  models.Effect{Strength: models.Number(m.Gamma[g]), Form: models.FormLinear},
			Start: []models.Begin{{Homing: 1, Share: start[g]}},
		})
	}
	return out
}
