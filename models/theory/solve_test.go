package theory

import (
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// byName solves a case that has no fault and returns its quantities by name.
func byName(t *testing.T, model string, p Params) map[string]float64 {
	t.Helper()
	all, err := Solve(model, p)
	require.NoError(t, err)
	found := map[string]float64{}
	for _, q := range all {
		require.NotContains(t, found, q.Name, "one name, one value")
		found[q.Name] = q.Value
	}
	return found
}

func names(t *testing.T, model string, p Params) []string {
	return slices.Sorted(maps.Keys(byName(t, model, p)))
}

func TestSolveBass(t *testing.T) {
	got := byName(t, "bass", Params{"p": 0.03, "q": 0.38, "N": 1000, "t": []any{1, 2.5, 10.0}, "clock": "discrete"})
	near(t, 0.0357581643, got["F(1)"], "as in the table of shares")
	near(t, 0.782642569, got["discrete F(10)"], "as in the table of shares")
	require.Contains(t, got, "F(2.5)")
	require.True(t, math.IsNaN(got["discrete F(2.5)"]))
	near(t, 6.1926192, got["t_peak"], "as in the table of shares")
	near(t, 0.110592105, got["peak_rate"], "as in the table of shares")
	near(t, 6.56234247, got["E[T_half]"], "as in the table of half times")
	near(t, 0.318050499, got["SD[T_half]"], "as in the table of half times")
	require.Equal(t, []string{"F(3)", "discrete F(3)", "peak_rate", "t_peak"},
		names(t, "bass", Params{"p": 0.03, "q": 0.38, "t": 3}), "half times need a population")
}

func TestSolveLogitOneSided(t *testing.T) {
	unique := byName(t, "logit-one-sided", Params{"V": -1, "gamma": 1.5, "mu": 1, "N": 400, "lambda": []any{0.5, 1}})
	near(t, 0.402052135, unique["n[0]"], "as in the table of rest points")
	near(t, 0.030659121, unique["sd_async"], "as in the table of clocks")
	near(t, 0.02896752, unique["sd_sync(0.5)"], "as in the table of clocks")
	near(t, 0.026284092, unique["sd_sync(1)"], "as in the table of clocks")
	near(t, 0.038342158, unique["sd_quenched"], "as in the table of clocks")
	require.Contains(t, unique, "sd_exact")
	require.Contains(t, unique, "mean_exact")
	for _, name := range []string{"V_lo", "V_hi", "n_minus", "n_plus"} {
		require.Contains(t, unique, name)
		require.True(t, math.IsNaN(unique[name]), name)
	}

	three := byName(t, "logit-one-sided", Params{"V": -2.5, "gamma": 5, "mu": 1, "N": 50})
	near(t, 0.855205892, three["n[2]"], "as in the table of rest points")
	require.Contains(t, three, "sd_async[0]")
	require.NotContains(t, three, "sd_async[1]", "the middle is not stable")
	require.Contains(t, three, "sd_sync[2](0.2)")
	require.NotContains(t, three, "sd_async")
	near(t, 201.044439, three["mfpt(7,43)"], "as in the table of passages")
	near(t, 201.044439, three["mfpt(43,7)"], "the same by symmetry")

	asked := byName(t, "logit-one-sided", Params{"V": -2.5, "gamma": 5, "mu": 1, "N": 100, "from": 14, "to": []any{86, 14}})
	near(t, 1155.13255, asked["mfpt(14,86)"], "as in the table of passages")
	require.Zero(t, asked["mfpt(14,14)"])
	require.Len(t, names(t, "logit-one-sided", Params{"V": -1, "gamma": 1.5, "mu": 1}), 6, "fluctuations need a population")
}

func TestSolveLogitTwoSided(t *testing.T) {
	set := func(more Params) Params {
		p := Params{"V1": -2.6, "alpha1": 6.5, "mu1": 1, "V2": -3.2, "alpha2": 5.5, "mu2": 1}
		maps.Copy(p, more)
		return p
	}
	async := byName(t, "logit-two-sided", set(Params{"N": []any{400, 400}, "n1": 0.35, "dn2": 0.04}))
	near(t, 0.515123704, async["n1[1]"], "as in the table of rest points")
	near(t, 0.409309735, async["n2[1]"], "as in the table of rest points")
	near(t, 0.46931601, async["eigenvalue[1]"], "as in the table of rest points")
	near(t, -3.60925853, async["fold_V1[0]"], "as in the table of folds")
	near(t, -1.98246066, async["fold_V1[1]"], "as in the table of folds")
	near(t, 0.556429285, async["frontier_n2(0.35)"], "as in the table of frontiers")
	near(t, 0.797346, async["p_tip(0,0.04)"], "as in the table of launches")
	require.Contains(t, async, "sd_n1[0]")
	require.Contains(t, async, "corr_sync[2](0.1)")
	require.NotContains(t, async, "sd_n1[1]")

	sync := byName(t, "logit-two-sided", set(Params{"N": []any{2000, 2000}, "clock": "sync", "lambda": 0.2, "n1": []any{0.35}, "dn2": []any{-0.02, 0.02}}))
	near(t, 0.555893033, sync["frontier_n2(0.35)"], "as in the table of frontiers")
	near(t, 0.1622365, sync["p_tip(0,-0.02)"], "as in the table of launches")
	near(t, 0.8396582, sync["p_tip(0,0.02)"], "as in the table of launches")

	unique := byName(t, "logit-two-sided", Params{
		"V1": -1, "alpha1": 3, "mu1": 1, "V2": -1.5, "alpha2": 2, "mu2": 1, "N": []int{1000, 200}, "lambda": 0.2})
	near(t, 0.039745136, unique["sd_n2"], "as in the table of noise")
	near(t, 0.028343089, unique["sd_n1_sync(0.2)"], "as in the table of noise")
	near(t, 0.6860386, unique["corr"], "as in the table of noise")
	for _, name := range []string{"frontier_n2(0.2)", "p_tip(0,0.02)"} {
		require.Contains(t, unique, name, "named whether or not there is a saddle")
		require.True(t, math.IsNaN(unique[name]))
	}

	own := Params{"V1": -3, "alpha1": 0.5, "gamma1": 6, "mu1": 1, "V2": -3.2, "alpha2": 0.4, "gamma2": 6, "mu2": 1}
	require.Contains(t, byName(t, "logit-two-sided", own), "frontier_n2[5](0.2)", "several saddles are told apart by their rest point")
}

func TestSolveBundleLogit(t *testing.T) {
	for _, kappa := range []any{math.Inf(1), "inf", ".inf", "Inf"} {
		got := byName(t, "bundle-logit", Params{"uA": 0.5, "uB": -0.3, "kappa": kappa})
		near(t, 0.486414534, got["P(A)"], "as in the table of bundles")
		require.Zero(t, got["P(AB)"])
		require.Contains(t, got, "P(B)")
	}
}

func TestSolveArmstrongDuopoly(t *testing.T) {
	got := byName(t, "armstrong-duopoly", Params{"f": []any{0.2, 0.4}, "alpha": []any{0.2, 0.9}, "t": []any{1, 1.2}, "d": []any{0.3, -0.1}})
	near(t, 0.397439024, got["p1A"], "as in the table of asymmetric equilibria")
	near(t, 1.40829268, got["p2B"], "as in the table of asymmetric equilibria")
	near(t, 0.505487805, got["n2A"], "as in the table of asymmetric equilibria")
	require.Contains(t, got, "profitA")

	demand := byName(t, "armstrong-duopoly", Params{"pA": []any{1, 1}, "pB": []any{1.2, 1}, "alpha": []any{0.3, 0.3}, "t": []any{1, 1}})
	near(t, 0.60989011, demand["n1A"], "as in the table of demand")
	require.Equal(t, 1.2, demand["p1B"], "prices given are prices stated")
	require.True(t, math.IsNaN(demand["profitB"]), "no costs, no profit")
}

func TestSolveStatesEveryFaultAtOnce(t *testing.T) {
	for name, row := range map[string]struct {
		model  string
		params Params
		want   []string
	}{
		"model": {"logit-two-sidd", nil, []string{
			`model: "logit-two-sidd" is not a known model; did you mean logit-two-sided? known: ` + strings.Join(Models(), ", ")}},
		"everything about bass": {"bass", Params{"P": 0.03, "q": -1, "F0": 1.5, "N": 0, "clock": "sync", "t": []any{1, "soon"}}, []string{
			"P: not a parameter of bass; did you mean p? known: p, q, F0, N, clock, t",
			"p: missing; give a finite number of at least 0: innovation: adoption rate without any adopters, per unit of time",
			"q: -1 is not possible here; give a finite number of at least 0",
			"F0: 1.5 is not possible here; give a number from 0 to 1",
			"N: 0 is not possible here; give a whole number of at least 1",
			`clock: "sync" is not one of async, discrete; did you mean async? known: async, discrete`,
			"t: [1 soon] is not a number or list of numbers; give a finite number of at least 0, or a list of them"}},
		"kinds": {"logit-one-sided", Params{"V": true, "gamma": "5", "mu": []any{1}, "N": 12.5, "lambda": []any{}}, []string{
			"V: true is not a number; give a finite number",
			`gamma: the word "5" is not a number; give a finite number`,
			"mu: [1] is a list; give a number above 0, from 1e-100 to 1e100",
			"N: 12.5 is not possible here; give a whole number of at least 1",
			"lambda: [] is an empty list; give a number above 0 and at most 1, or a list of them"}},
		"infinities": {"bundle-logit", Params{"uA": math.Inf(1), "uB": math.NaN(), "kappa": math.Inf(-1)}, []string{
			"uA: +Inf is not possible here; give a finite number",
			"uB: NaN is not possible here; give a finite number",
			"kappa: -Inf is not possible here; give a finite number or .inf"}},
		"pairs": {"armstrong-duopoly", Params{"alpha": 0.3, "t": []any{1, 0}, "pA": []any{1, 2, 3}}, []string{
			"alpha: 0.3 has 1 of the 2 numbers, side 1 first; give a list of two, each a finite number",
			"t: [1 0] is not possible here; give a list of two, each a number above 0, from 1e-100 to 1e100",
			"pA: [1 2 3] has 3 of the 2 numbers, side 1 first; give a list of two, each a finite number",
			"pB: missing beside pA; give both or neither"}},
		"no costs": {"armstrong-duopoly", Params{"alpha": []any{0.3, 0.3}, "t": []any{1, 1}}, []string{
			"f: missing; give a list of two, or prices pA and pB for demand only"}},
		"passages": {"logit-one-sided", Params{"V": 0, "gamma": 1, "mu": 1, "N": 50, "from": 60}, []string{
			"to: missing beside from; give both or neither",
			"from: 60 exceeds the population 50; give a count from 0 to N"}},
		"passage from nowhere": {"logit-one-sided", Params{"V": 0, "gamma": 1, "mu": 1, "N": 50, "to": 0}, []string{
			"from: missing beside to; give both or neither"}},
		"passage of nobody": {"logit-one-sided", Params{"V": 0, "gamma": 1, "mu": 1, "from": 1, "to": 2}, []string{
			"N: missing beside from; give the population the counts are of",
			"N: missing beside to; give the population the counts are of"}},
		"no noise": {"logit-two-sided", Params{"V1": -2e6, "alpha1": 4, "mu1": 1, "V2": -1, "alpha2": -2e3, "mu2": 1e-3}, []string{
			"V1: -2e+06 is over a million times mu1; give a smaller utility or a larger mu1",
			"alpha2: -2000 is over a million times mu2; give a smaller utility or a larger mu2"}},
		"clock": {"logit-two-sided", Params{"V1": 0, "alpha1": 1, "mu1": 1, "V2": 0, "alpha2": 1, "mu2": 1, "clock": "sync"}, []string{
			"lambda: not one number beside clock sync; give the one probability of revising in a period"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Solve(row.model, row.params)
			require.Nil(t, got)
			require.Error(t, err)
			var faults []string
			if joined, ok := err.(interface{ Unwrap() []error }); ok {
				for _, e := range joined.Unwrap() {
					var f Fault
					require.True(t, errors.As(e, &f), "every fault has a path")
					faults = append(faults, f.Error())
				}
			} else {
				faults = []string{err.Error()}
			}
			require.Equal(t, row.want, faults)
		})
	}
}

func TestNames(t *testing.T) {
	require.Equal(t, "p_tip(0,-0.02)", called("p_tip", math.Copysign(0, -1), -0.02), "zero has no sign in a name")
	require.Equal(t, "sd_sync[2](1e-07)", called(spaced("sd_sync", 2, false), 1e-7))
	require.Equal(t, "sd_sync(1)", called(spaced("sd_sync", 2, true), 1))
}

// The table answers for itself: names are unique, every default passes its own judgement, and every
// parameter is explained.
func TestTable(t *testing.T) {
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(Models()))), len(Models()), "one name, one model")
	for _, name := range Models() {
		parameters, err := Parameters(name)
		require.NoError(t, err)
		seen := map[string]bool{}
		for _, q := range parameters {
			require.False(t, seen[q.Name], "%s has %s twice", name, q.Name)
			seen[q.Name] = true
			require.NotEmpty(t, q.Doc, "%s: %s", name, q.Name)
			require.False(t, q.Required && q.Default != nil, "%s: %s", name, q.Name)
			if q.Default != nil {
				require.NoError(t, q.read(q.Default, noValues()), "%s: %s", name, q.Name)
			}
		}
	}
	_, err := Parameters("bas")
	require.EqualError(t, err, `model: "bas" is not a known model; did you mean bass? known: `+strings.Join(Models(), ", "))
}

// Values no market has, but a file may: answered or refused, and in no time.
func TestSolveAtTheEdges(t *testing.T) {
	sizes := []float64{0, 1e-300, 1e-20, 1e-9, 1e-3, 0.5, 1, 4, 7, 300, 1e5, 1e9, 1e300}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(Models()).Draw(t, "model")
		parameters, err := Parameters(name)
		require.NoError(t, err)
		p := Params{}
		for _, q := range parameters {
			draw := func() float64 {
				for {
					x := rapid.SampledFrom(sizes).Draw(t, q.Name) * rapid.SampledFrom([]float64{1, -1}).Draw(t, "sign")
					whole := q.Kind == Count || q.Kind == Counts || q.limit.says == headcount.says
					if q.within(x) && (!whole || x == math.Trunc(x) && x < 1000) {
						return x
					}
				}
			}
			switch {
			case q.Name == "from" || q.Name == "to":
			case !q.Required && rapid.Bool().Draw(t, "leave out "+q.Name):
			case q.Kind == Word:
				p[q.Name] = rapid.SampledFrom(q.words).Draw(t, q.Name)
			case q.Kind == Flag:
				p[q.Name] = rapid.Bool().Draw(t, q.Name)
			case q.Kind == Matrix:
				p[q.Name] = []any{[]any{draw(), draw(), draw()}, []any{draw(), draw(), draw()}}
			case q.Kind == Pair || q.Kind == Counts:
				p[q.Name] = []any{draw(), draw()}
			default:
				p[q.Name] = draw()
			}
		}
		start := time.Now()
		got, err := Solve(name, p)
		require.True(t, (err == nil) != (got == nil))
		if err != nil {
			m, _ := find(name)
			_, alone := read(m, p)
			require.Empty(t, alone, "every parameter by itself is possible: only together may they not be")
		}
		require.Less(t, time.Since(start), 10*time.Second)
	})
}

// Whatever a file holds, Solve answers or faults, never both, and never panics.
func TestSolveTakesAnything(t *testing.T) {
	anything := rapid.OneOf(
		rapid.Custom(func(t *rapid.T) any { return rapid.Float64().Draw(t, "float") }),
		rapid.Custom(func(t *rapid.T) any { return rapid.Float64Range(-5, 5).Draw(t, "small") }),
		rapid.Custom(func(t *rapid.T) any { return rapid.IntRange(-3, 300).Draw(t, "int") }),
		rapid.Custom(func(t *rapid.T) any { return rapid.SampledFrom([]string{"", "async", "sync", "inf"}).Draw(t, "word") }),
		rapid.Custom(func(t *rapid.T) any {
			return []any{rapid.IntRange(0, 50).Draw(t, "a"), rapid.Float64Range(0, 1).Draw(t, "b")}
		}),
		rapid.Just[any](nil), rapid.Just[any](true), rapid.Just[any]([]any{}), rapid.Just[any](map[string]any{"a": 1}),
	)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(Models()).Draw(t, "model")
		parameters, err := Parameters(name)
		require.NoError(t, err)
		p := Params{}
		for _, q := range parameters {
			if rapid.Bool().Draw(t, "give "+q.Name) || q.Required {
				p[q.Name] = anything.Draw(t, q.Name)
			}
		}
		got, err := Solve(name, p)
		require.True(t, (err == nil) != (got == nil))
	})
}
