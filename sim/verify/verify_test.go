package verify

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/models/theory"
)

// freshCases are one case of each model with parameters that no built-in case has, and the
// quantities that must be simulated; all others must not be.
func freshCases() map[string]struct {
	Case
	judged []string
} {
	type fresh = struct {
		Case
		judged []string
	}
	return map[string]fresh{
		"bass": {
			Case{ID: "fresh-bass", Model: "bass", Params: theory.Params{"p": 0.017, "q": 0.33, "F0": 0.02, "N": 50_000, "t": []any{0, 3, 7.5, 12}}, Simulate: Simulate{Replications: 10}},
			[]string{"discrete F(0)", "discrete F(3)", "discrete F(12)"}, // there is no period 7.5
		},
		"one side, two basins": {
			Case{ID: "fresh-two-basins", Model: "logit-one-sided", Params: theory.Params{"V": -2.2, "gamma": 4.6, "mu": 0.9, "N": 2000, "lambda": 0.3}, Simulate: Simulate{Replications: 20}},
			[]string{"n[0]", "n[2]", "sd_sync[0](0.3)", "sd_sync[2](0.3)", "V_lo", "V_hi"}, // n[1] is unstable
		},
		"one side, crowding": {
			Case{ID: "fresh-crowding", Model: "logit-one-sided", Params: theory.Params{"V": 0.8, "gamma": -3, "mu": 0.7, "N": 300, "lambda": []float64{0.25, 1}}},
			[]string{"n[0]", "sd_sync(0.25)"}, // when everybody revises at once, crowding this strong never rests
		},
		"two sides, one start": {
			Case{ID: "fresh-start", Model: "logit-two-sided", Params: theory.Params{"V1": -2.9, "alpha1": 6.2, "mu1": 0.9, "V2": -2.7, "alpha2": 5.4, "gamma2": 0.2, "mu2": 1.05}, Simulate: Simulate{N: []int64{3000, 2000}, Start: []float64{0.8, 0.7}, Clock: "sync", Revision: 0.25, Replications: 10, Engine: "agents"}},
			[]string{"n1[2]", "n2[2]"},
		},
		"two sides, luck": {
			Case{ID: "fresh-luck", Model: "logit-two-sided", Params: theory.Params{"V1": -0.5, "alpha1": 2, "mu1": 1, "V2": 0.4, "alpha2": -1.5, "mu2": 0.8, "N": []int{300, 500}, "lambda": 0.4}},
			[]string{"n1[0]", "n2[0]", "sd_n1_sync(0.4)", "sd_n2_sync(0.4)"},
		},
		"two sides, tipping": {
			Case{ID: "fresh-tip", Model: "logit-two-sided", Params: theory.Params{"V1": -3.1, "alpha1": 6.4, "mu1": 1.1, "V2": -2.5, "alpha2": 5.5, "mu2": 0.9, "N": []int{200, 300}, "lambda": 0.3, "clock": "sync", "dn1": 0.01, "dn2": []float64{-0.06}}, Simulate: Simulate{Start: []float64{0.05, 0.05}, Replications: 100}},
			[]string{"n1[0]", "n2[0]", "sd_n1_sync[0](0.3)", "sd_n2_sync[0](0.3)", "p_tip(0.01,-0.06)"},
		},
		"bundles": {
			Case{ID: "fresh-bundle", Model: "bundle-logit", Params: theory.Params{"uA": -0.4, "uB": 0.9, "kappa": 0.6}, Simulate: Simulate{N: []int64{5000}, Start: []float64{0.2, 0.3, 0.1}}},
			[]string{"P(A)", "P(B)", "P(AB)"},
		},
		"continuous diffusion": {
			Case{ID: "fresh-continuous", Model: "bass", Params: theory.Params{"p": 0.04, "q": 0.3, "F0": 0.01, "N": 300, "clock": "async", "t": []any{2, 7.5, 8.03}}, Simulate: Simulate{Replications: 400}},
			[]string{"F(2)", "F(7.5)", "E[T_half]", "SD[T_half]"}, // no period ends at 8.03
		},
		"one side, asynchronous": {
			Case{ID: "fresh-async", Model: "logit-one-sided", Params: theory.Params{"V": -0.7, "gamma": 1.2, "mu": 0.8, "N": 300}, Simulate: Simulate{Clock: "async"}},
			[]string{"n[0]", "sd_async", "sd_exact", "mean_exact"},
		},
		"two sides, asynchronous": {
			Case{ID: "fresh-async-two", Model: "logit-two-sided", Params: theory.Params{"V1": -0.5, "alpha1": 2, "mu1": 1, "V2": 0.4, "alpha2": -1.5, "mu2": 0.8, "N": []int{200, 300}}, Simulate: Simulate{Clock: "async"}},
			[]string{"n1[0]", "n2[0]", "sd_n1", "sd_n2", "corr"},
		},
		"both sides of a frontier": {
			Case{ID: "fresh-frontier", Model: "logit-two-sided", Params: theory.Params{"V1": -3.1, "alpha1": 6.4, "mu1": 1.1, "V2": -2.5, "alpha2": 5.5, "mu2": 0.9, "N": []int{2000, 2500}, "n1": 0.45, "dn2": []float64{5}}, Simulate: Simulate{Clock: "async", Start: []float64{0.05, 0.05}, Replications: 5}},
			[]string{"n1[0]", "n2[0]", "sd_n1[0]", "sd_n2[0]", "corr[0]", "frontier_n2(0.45)", "p_tip(0,5)"},
		},
		"retention": {
			Case{ID: "fresh-retention", Model: "sbg", Params: theory.Params{"alpha": 1.3, "beta": 5.1, "d": 0.2, "t": []any{0, 4, 9}, "n": 2}, Simulate: Simulate{N: []int64{30_000}, Replications: 4}},
			[]string{"S(0)", "S(4)", "S(9)", "r(4)", "r(9)", "DEL"},
		},
		"customer value": {
			Case{ID: "fresh-value", Model: "ltv-geometric", Params: theory.Params{"m": 7, "r": 0.83, "d": 0.04, "cac": 20}, Simulate: Simulate{N: []int64{30_000}, Replications: 4}},
			[]string{"ltv", "ltv_over_cac", "ltv_later", "mean_undiscounted"},
		},
		"usage on a line": {
			Case{ID: "fresh-usage", Model: "rochet-tirole", Params: theory.Params{"demand": "linear", "aB": 1.1, "bB": 0.9, "aS": 0.8, "bS": 0.7, "c": 0.3}},
			[]string{"pB", "pS", "DB", "DS", "profit_per_pair", "lerner"},
		},
		"usage with logit benefits": {
			Case{ID: "fresh-logit-usage", Model: "rochet-tirole", Params: theory.Params{"demand": "logit", "aB": 0.9, "muB": 0.6, "aS": 0.7, "muS": 0.4, "c": 0.25}},
			[]string{"pB", "pS", "DB", "DS", "profit_per_pair", "lerner"},
		},
		"servers": {
			Case{ID: "fresh-servers", Model: "mmc", Params: theory.Params{"lambda": 5.6, "mu": 1.3, "c": 6, "t": []float64{0.25}}},
			[]string{"Erlang C", "Wq", "W", "L", "P(Wq>0.25)"},
		},
		"little room": {
			Case{ID: "fresh-room", Model: "mm1k", Params: theory.Params{"lambda": 1.1, "mu": 1.3, "K": 4}},
			[]string{"loss", "throughput"},
		},
		"insulating tariffs": {
			Case{ID: "fresh-tariff", Model: "insulating-tariff", Params: theory.Params{
				"v": []float64{-1, -0.7}, "mu": []float64{0.8, 1.1}, "lo": []float64{3, 4}, "hi": []float64{3, 4},
				"target": []float64{0.6, 0.7}, "start": []float64{0.1, 0.3}, "lambda": 0.25, "t": []float64{2, 8},
			}},
			[]string{"N1(2)", "N1(8)", "N2(2)", "N2(8)"},
		},
		"launch": {
			Case{ID: "fresh-launch", Model: "launch-threshold", Params: theory.Params{"c1": 0.35, "c2": 0.3, "k1": 2, "k2": 1, "N": []int{60, 80}, "start": []int{5, 50}, "n1": 0.2}},
			[]string{"p_success", "frontier_n2(0.2)", "T_star"},
		},
		"entry": {
			Case{ID: "fresh-entry", Model: "divide-and-conquer", Params: theory.Params{"alpha": []float64{0.9, 1.4}, "prices": []float64{0.4, 0.6}}, Simulate: Simulate{N: []int64{7, 12}}},
			[]string{"entrant_profit"},
		},
		"three platforms": {
			Case{ID: "fresh-platforms", Model: "logit-platforms", Params: theory.Params{"K": 3, "a": 3.6}, Simulate: Simulate{N: []int64{3000, 3000}}},
			[]string{"leader_share", "tipped_share", "symmetric_stable"},
		},
		"monopoly on a line": {
			Case{ID: "fresh-monopoly", Model: "armstrong-monopoly", Params: theory.Params{"demand": "linear", "v": []float64{0.9, 0.7}, "f": []float64{0.1, 0.2}, "alpha": []float64{0.6, 0.4}, "t": []float64{1.7, 1.9}}, Simulate: Simulate{N: []int64{900, 700}}},
			[]string{"n1", "n2", "profit"},
		},
		"monopoly with logit demand": {
			Case{ID: "fresh-logit-monopoly", Model: "armstrong-monopoly", Params: theory.Params{"demand": "logit", "v": []float64{0.4, 0.1}, "f": []float64{0.1, 0.2}, "alpha": []float64{0.8, 1.2}, "mu": []float64{0.9, 0.7}}},
			[]string{"n1", "n2"},
		},
		"bottleneck": {
			Case{ID: "fresh-bottleneck", Model: "competitive-bottleneck", Params: theory.Params{"f": []float64{0.2, 0.1}, "alpha": []float64{0.4, 0.7}, "t": []float64{1.1, 1.3}, "r2": 0.55}},
			[]string{"n2", "p1", "p2", "profit"},
		},
		"both sides on both": {
			Case{ID: "fresh-both", Model: "multihoming-both", Params: theory.Params{"k": []float64{1.3, 1.2}, "f": []float64{0.1, 0}, "alpha": []float64{0.25, 0.4}, "t": []float64{1, 1.05}, "rho": 0.8}},
			[]string{"n1", "n2", "multihomers1", "multihomers2", "p1", "p2", "profit", "dn1_dp2", "dn2_dp1"},
		},
		"duopoly at prices": {
			Case{ID: "fresh-demand", Model: "armstrong-duopoly", Params: theory.Params{"pA": []float64{0.7, 0.9}, "pB": []float64{0.8, 0.75}, "alpha": []float64{0.35, 0.45}, "t": []float64{0.9, 1.1}, "gamma": []float64{-0.2, 0.1}}, Simulate: Simulate{Start: []float64{0.1, 0.8}}},
			[]string{"n1A", "n2A"},
		},
		"duopoly in equilibrium": {
			Case{ID: "fresh-equilibrium", Model: "armstrong-duopoly", Params: theory.Params{"f": []float64{0.3, 0.2}, "alpha": []float64{0.4, 0.2}, "t": []float64{1, 1.3}, "d": []float64{0.1, 0.25}}, Simulate: Simulate{N: []int64{900, 700}, Replications: 1}},
			[]string{"n1A", "n2A", "profitA"},
		},
	}
}

// TestFreshCasesHold: the simulator gives what theory says at parameters it was never tuned on.
func TestFreshCasesHold(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped in -short: cases of every kind take some ten seconds of processor time; run without -short")
	}
	for name, fresh := range freshCases() {
		t.Run(name, func(t *testing.T) {
			lines, err := Run(context.Background(), []Case{fresh.Case}, Options{Seed: 11, Threads: 2})
			require.NoError(t, err)
			var judged []string
			for _, l := range lines {
				if !l.Judged {
					require.True(t, math.IsNaN(l.Simulated) && math.IsNaN(l.SE) && math.IsNaN(l.Tolerance) && !l.Holds, "%+v", l)
					continue
				}
				judged = append(judged, l.Quantity)
				require.True(t, l.Holds, "%+v", l)
			}
			require.ElementsMatch(t, fresh.judged, judged)
		})
	}
}

// TestSeedReseedsEverySimulation: another seed gives other numbers, which hold as well.
func TestSeedReseedsEverySimulation(t *testing.T) {
	c := []Case{freshCases()["two sides, luck"].Case}
	first, err := Run(context.Background(), c, Options{Seed: 1, Threads: 2})
	require.NoError(t, err)
	second, err := Run(context.Background(), c, Options{Seed: 2, Threads: 2})
	require.NoError(t, err)
	for i := range first {
		if first[i].Judged {
			require.NotEqual(t, first[i].Simulated, second[i].Simulated)
			require.True(t, first[i].Holds && second[i].Holds)
		}
	}
}

// TestThreadsAndCompanyNeverShow: the same lines at 1, 2 and 5 threads, and for a case alone as
// in company.
func TestThreadsAndCompanyNeverShow(t *testing.T) {
	all := freshCases()
	cases := []Case{all["bundles"].Case, all["duopoly at prices"].Case, all["one side, crowding"].Case}
	want, err := Run(context.Background(), cases, Options{Seed: 5})
	require.NoError(t, err)
	for _, threads := range []int{2, 5} {
		got, err := Run(context.Background(), cases, Options{Seed: 5, Threads: threads})
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint(want), fmt.Sprint(got)) // as text, in which two missing numbers are equal
	}
	alone, err := Run(context.Background(), cases[2:], Options{Seed: 5})
	require.NoError(t, err)
	require.Equal(t, fmt.Sprint(want[len(want)-len(alone):]), fmt.Sprint(alone))
}

// TestAnalyticStatesTheoryAlone: every line of every built-in case, and nothing simulated, not
// even for a clock that the model's recipe does not have.
func TestAnalyticStatesTheoryAlone(t *testing.T) {
	cases := Suite(false)
	for i := range cases {
		cases[i].Simulate.Clock = "async"
	}
	began := time.Now()
	lines, err := Run(context.Background(), cases, Options{Analytic: true, Progress: func(int, int) { t.Error("something ran") }})
	require.NoError(t, err)
	require.Less(t, time.Since(began), 20*time.Second) // simulating them takes far longer
	want := 0
	for _, c := range cases {
		q, err := theory.Solve(c.Model, c.Params)
		require.NoError(t, err)
		want += len(q)
	}
	require.Len(t, lines, want)
	for _, l := range lines {
		require.False(t, l.Judged || l.Holds)
		require.True(t, math.IsNaN(l.Simulated) && math.IsNaN(l.SE) && math.IsNaN(l.PredictedSE) && math.IsNaN(l.Tolerance))
	}
}

// TestEveryEngineHoldsWhatItCanShow: cohorts shows what agents shows; meanfield shows means alone,
// without error; neither can carry tastes along a line, nor cohorts the asynchronous clock, and both say so.
func TestEveryEngineHoldsWhatItCanShow(t *testing.T) {
	for name, fresh := range freshCases() {
		for _, engine := range []string{"cohorts", "meanfield"} {
			c := fresh.Case
			c.Simulate.Engine, c.Simulate.Replications = engine, 0
			lines, err := Run(context.Background(), []Case{c}, Options{Seed: 4, Threads: 2})
			refused := refusal(fresh.Case)
			if engine == "meanfield" && refused == "the async clock" {
				require.NoError(t, err, name)
				for _, l := range lines {
					require.True(t, l.Holds || !l.Judged, "%s: %+v", name, l)
				}
				continue
			}
			if refused != "" {
				require.ErrorContains(t, err, "[0].simulate.engine: "+engine+" cannot carry "+refused, name)
				continue
			}
			require.NoError(t, err)
			var judged []string
			for _, l := range lines {
				if l.Judged {
					judged = append(judged, l.Quantity)
					require.True(t, l.Holds, "%s: %s: %+v", name, engine, l)
				}
			}
			want := fresh.judged
			if engine == "meanfield" {
				want = slices.DeleteFunc(slices.Clone(want), func(quantity string) bool {
					return strings.HasPrefix(quantity, "sd_") || strings.HasPrefix(quantity, "p_tip") || c.Model == "launch-threshold" || quantity == "symmetric_stable"
				})
			}
			require.ElementsMatch(t, want, judged)
		}
	}
}

// refusal is what engines that do not know single people say of a case; empty when they take it.
func refusal(c Case) string {
	switch {
	case c.Simulate.Clock == "async" || c.word("clock") == "async" && c.gives("clock") || c.Model == "launch-threshold":
		return "the async clock"
	case slices.Contains([]string{"armstrong-duopoly", "competitive-bottleneck", "multihoming-both"}, c.Model) || c.word("demand") == "linear":
		return "what each person keeps for life"
	default:
		return ""
	}
}

// TestProgressCountsEveryRun: one call per run, in order, the last of them complete.
func TestProgressCountsEveryRun(t *testing.T) {
	var calls [][2]int
	c := freshCases()["duopoly at prices"].Case
	c.Simulate.Replications = 7
	_, err := Run(context.Background(), []Case{c}, Options{Threads: 3, Progress: func(done, total int) { calls = append(calls, [2]int{done, total}) }})
	require.NoError(t, err)
	require.Len(t, calls, 7)
	for i, call := range calls {
		require.Equal(t, [2]int{i + 1, 7}, call)
	}
}

// TestCancelStopsAtOnce: a suite that takes far longer ends within two
// seconds of being told to.
func TestCancelStopsAtOnce(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var told time.Time
	lines, err := Run(ctx, Suite(false), Options{Threads: 2, Progress: func(done, _ int) {
		if done == 1 {
			told = time.Now()
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, lines)
	require.Less(t, time.Since(told), 2*time.Second)
	_, err = Run(ctx, []Case{freshCases()["bundles"].Case}, Options{})
	require.ErrorIs(t, err, context.Canceled)
}

// TestWrongModelsAreCaught: a market that is not the one theory speaks of must miss, in the
// quantities that the difference touches.
func TestWrongModelsAreCaught(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped in -short: cases of every kind take some ten seconds of processor time; run without -short")
	}
	fresh := freshCases()
	stage := func(m *models.Model) *models.Stage { return &m.Platforms[0].Service.Stages[0] }
	tip := fresh["two sides, tipping"].Case
	tip.Simulate.Replications = 500
	for name, wrong := range map[string]struct {
		of     Case
		spoil  func(m *models.Model)
		misses []string
	}{
		"same-side effect a tenth too weak":    {fresh["one side, crowding"].Case, func(m *models.Model) { m.Segments[0].Same.Strength.Mean *= 0.9 }, []string{"n[0]"}},
		"cross-side effect a tenth too strong": {fresh["two sides, luck"].Case, func(m *models.Model) { m.Segments[1].Cross.Strength.Mean *= 1.1 }, []string{"n1[0]", "n2[0]"}},
		"noise a tenth too small":              {fresh["two sides, luck"].Case, func(m *models.Model) { m.Segments[0].Noise.Scale *= 0.9 }, []string{"n1[0]"}},
		"imitation a fiftieth too strong":      {fresh["bass"].Case, func(m *models.Model) { m.Segments[0].Aware.Q *= 1.02 }, []string{"discrete F(12)"}},
		"half the people":                      {fresh["two sides, luck"].Case, func(m *models.Model) { m.Segments[0].Size /= 2; m.Segments[1].Size /= 2 }, []string{"sd_n1_sync(0.4)", "sd_n2_sync(0.4)"}},
		"nobody sluggish":                      {fresh["one side, crowding"].Case, func(m *models.Model) { m.Clock.Revision = 1 }, []string{"sd_sync(0.25)"}},
		"cost of both forgotten":               {fresh["bundles"].Case, func(m *models.Model) { m.Segments[0].Homing.Cost *= 0.95 }, []string{"P(A)", "P(AB)"}},
		"distance a tenth too cheap":           {fresh["duopoly at prices"].Case, func(m *models.Model) { m.Segments[0].Transport *= 0.9 }, []string{"n1A"}},
		"periods a tenth too long":             {fresh["continuous diffusion"].Case, func(m *models.Model) { m.Segments[0].Aware.P *= 1.1; m.Segments[0].Aware.Q *= 1.1 }, []string{"F(7.5)", "E[T_half]"}},
		"half of the luck":                     {fresh["one side, asynchronous"].Case, func(m *models.Model) { m.Segments[0].Size *= 4 }, []string{"sd_async", "sd_exact"}},
		"all at once instead of in turn":       {fresh["two sides, asynchronous"].Case, func(m *models.Model) { m.Clock.Kind = models.ClockSync }, []string{"sd_n1", "sd_n2"}},
		"a frontier elsewhere":                 {fresh["both sides of a frontier"].Case, func(m *models.Model) { m.Segments[0].Value[0].Mean += 0.3 }, []string{"frontier_n2(0.45)"}},
		"one more member asked for of ten":     {fresh["launch"].Case, func(m *models.Model) { m.Platforms[0].Price[side(0)] += 0.1 }, []string{"p_success", "frontier_n2(0.2)", "T_star"}},
		"nobody courted":                       {fresh["entry"].Case, func(m *models.Model) { m.Policies = nil }, []string{"entrant_profit"}},
		"everybody courted":                    {fresh["entry"].Case, func(m *models.Model) { m.Policies[0].Target.Region = "" }, []string{"entrant_profit"}},
		"weaker platforms":                     {fresh["three platforms"].Case, func(m *models.Model) { m.Segments[0].Cross.Strength.Mean *= 0.6 }, []string{"leader_share", "tipped_share", "symmetric_stable"}},
		"a dearer monopoly":                    {fresh["monopoly on a line"].Case, func(m *models.Model) { m.Platforms[0].Price[side(0)] += 0.05 }, []string{"n1", "n2"}},
		"a dearer logit monopoly":              {fresh["monopoly with logit demand"].Case, func(m *models.Model) { m.Platforms[0].Price[side(0)] += 0.05 }, []string{"n1"}},
		"a bottleneck that draws less":         {fresh["bottleneck"].Case, func(m *models.Model) { m.Segments[1].Cross.Strength.Mean *= 0.9 }, []string{"n2"}},
		"counterparts counted twice":           {fresh["both sides on both"].Case, func(m *models.Model) { m.Segments[0].Homing.Duplicate = 0 }, []string{"n1", "multihomers1"}},
		"prices exchanged": {fresh["duopoly in equilibrium"].Case, func(m *models.Model) {
			m.Platforms[0].Price, m.Platforms[1].Price = m.Platforms[1].Price, m.Platforms[0].Price
		}, []string{"n1A", "n2A"}},
		"a twentieth more work":         {fresh["servers"].Case, func(m *models.Model) { stage(m).Time *= 1.05 }, []string{"Erlang C", "Wq", "W", "L", "P(Wq>0.25)"}},
		"a twentieth fewer servers":     {fresh["servers"].Case, func(m *models.Model) { stage(m).Servers *= 0.95 }, []string{"Erlang C", "Wq", "W", "L", "P(Wq>0.25)"}},
		"a promise a tenth longer":      {fresh["servers"].Case, func(m *models.Model) { stage(m).Promise *= 1.1 }, []string{"Erlang C", "P(Wq>0.25)"}},
		"two lines instead of one":      {fresh["servers"].Case, func(m *models.Model) { stage(m).Intakes = 2 }, []string{"Erlang C", "Wq", "W", "L"}},
		"a twentieth more customers":    {fresh["little room"].Case, func(m *models.Model) { m.Segments[0].Orders.Rate *= 1.05 }, []string{"loss", "throughput"}},
		"work that ends sooner":         {fresh["little room"].Case, func(m *models.Model) { stage(m).Time *= 0.95 }, []string{"loss", "throughput"}},
		"room for one more":             {fresh["little room"].Case, func(m *models.Model) { stage(m).Room++ }, []string{"loss", "throughput"}},
		"benefits spread a tenth wider": {fresh["usage with logit benefits"].Case, func(m *models.Model) { m.Segments[0].Noise.Scale *= 1.1 }, []string{"DB", "profit_per_pair"}},
		"buyers a twentieth keener": {fresh["usage with logit benefits"].Case, func(m *models.Model) {
			for i := range 3 {
				m.Segments[i].Value[0].Mean *= 1.05
			}
		}, []string{"DB", "pB", "lerner", "profit_per_pair"}},
		"a twentieth of the pairs miss each other": {fresh["usage with logit benefits"].Case, func(m *models.Model) { stage(m).Matching.Efficiency *= 0.95 }, []string{"profit_per_pair"}},
		"sellers a twentieth keener": {fresh["usage on a line"].Case, func(m *models.Model) {
			for i := range m.Segments {
				if m.Segments[i].Side == side(1) {
					m.Segments[i].Value[0].Mean *= 1.05
				}
			}
		}, []string{"DS", "pS", "lerner", "profit_per_pair"}},
		"a twentieth more leave":           {fresh["retention"].Case, func(m *models.Model) { m.Segments[0].Life.Churn.Beta[0] *= 1.05 }, []string{"S(4)", "S(9)", "DEL"}},
		"everybody leaves alike":           {fresh["retention"].Case, func(m *models.Model) { m.Segments[0].Life.Churn = models.Number(1.3 / 6.4) }, []string{"S(4)", "r(9)", "DEL"}},
		"customers a twentieth less loyal": {fresh["customer value"].Case, func(m *models.Model) { m.Segments[0].Life.Churn.Mean *= 1.05 }, []string{"ltv", "ltv_over_cac", "ltv_later", "mean_undiscounted"}},
		"a tariff that insulates by nine tenths": {fresh["insulating tariffs"].Case, func(m *models.Model) {
			for i := range m.Segments {
				m.Segments[i].Cross.Strength.Mean *= 0.9
			}
		}, []string{"N1(8)", "N2(8)"}},
		"a tariff aimed a twentieth too high": {fresh["insulating tariffs"].Case, func(m *models.Model) { m.Segments[1].Value[0].Mean *= 0.95 }, []string{"N2(8)"}},
		"tipping with four times the people": {tip, func(m *models.Model) {
			m.Segments[0].Size *= 4
			m.Segments[1].Size *= 4
		}, []string{"p_tip(0.01,-0.06)"}},
	} {
		t.Run(name, func(t *testing.T) {
			quantities, err := theory.Solve(wrong.of.Model, wrong.of.Params)
			require.NoError(t, err)
			trials, faults := wrong.of.trials()
			require.Empty(t, faults)
			trials = slices.DeleteFunc(trials, func(one trial) bool {
				return !slices.ContainsFunc(one.claims, func(c claim) bool { return slices.Contains(wrong.misses, c.quantity) })
			})
			for i := range trials {
				wrong.spoil(trials[i].model)
			}
			lines, err := execute(context.Background(), []plan{{wrong.of, quantities, trials}}, Options{Seed: 3, Threads: 2})
			require.NoError(t, err)
			var missed []string
			for _, l := range lines {
				if l.Judged && !l.Holds {
					missed = append(missed, l.Quantity)
				}
			}
			require.Subset(t, missed, wrong.misses)
		})
	}
}

// TestOwnPriceDoesNotCross: where everybody meets every counterpart once, on whichever platform,
// what a platform charges one side leaves its demand on the other as it is, and what its rival
// charges does not. With k = (1.3, 1.1), f = (0.1, 0), alpha = (0.2, 0.5), t = 1 and every
// counterpart counted once the equilibrium prices are (0.7, 0.6) and n1 = 2/3; side 2 charged 0.45
// in place of 0.55 by platform A leaves it there, and 0.5 in place of 0.6 by platform B brings it
// to 0.644444444 (the linear demand of two multi-homing sides, solved apart from this code).
// Counted twice, a price of A on side 2 lower by 0.1 moves n1 by 0.1 alpha1 / (t1 t2 - alpha1
// alpha2) = 1/45.
func TestOwnPriceDoesNotCross(t *testing.T) {
	const n = 2000
	demand := func(rho, ownPrice, rivalPrice float64) float64 {
		c := Case{ID: "cross", Model: "multihoming-both", Params: theory.Params{
			"k": []float64{1.3, 1.1}, "f": []float64{0.1, 0}, "alpha": []float64{0.2, 0.5}, "t": []float64{1, 1}, "rho": rho,
		}}
		trials, faults := planMultihoming(c)
		require.Empty(t, faults)
		one := trials[0]
		for _, s := range []string{side(0), side(1)} {
			one.model.Platforms[0].Price[s], one.model.Platforms[1].Price[s] = 0.7, 0.7
		}
		one.model.Platforms[0].Price[side(1)], one.model.Platforms[1].Price[side(1)] = ownPrice, rivalPrice
		stats, err := one.run(context.Background(), 1, 0)
		require.NoError(t, err)
		return stats[0]
	}
	require.InDelta(t, 2./3, demand(1, 0.55, 0.6), 4./n)
	require.InDelta(t, demand(1, 0.55, 0.6), demand(1, 0.45, 0.6), 1e-9)
	require.InDelta(t, 0.644444444, demand(1, 0.6, 0.5), 4./n)
	require.InDelta(t, 1./45, demand(0, 0.75, 0.8)-demand(0, 0.85, 0.8), 8./n)
}
