package verify

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/models/theory"
)

// TestFaultsAllAtOnce: every fault of every case, in the order of the list, with place, value
// and remedy; and nothing is simulated.
func TestFaultsAllAtOnce(t *testing.T) {
	good := Case{ID: "good", Model: "bundle-logit", Params: theory.Params{"uA": 1, "uB": 1, "kappa": 0}}
	broken := []Case{
		good,
		{Model: "logit-one-sidet", Params: theory.Params{"V": 1}},
		{ID: "good", Model: "logit-one-sided", Params: theory.Params{"V": 1, "gama": 2, "mu": -1}, Simulate: Simulate{
			Clock: "asink", Engine: "agent", Revision: 1.5, Replications: -1, N: []int64{10, 0}, Start: []float64{0.5, 2},
		}},
		{ID: "bass", Model: "bass", Params: theory.Params{"p": 0.1, "q": 0.1}, Simulate: Simulate{Clock: "ticks", BurnIn: 3, Start: []float64{0.1}}},
		{ID: "bundle", Model: "bundle-logit", Params: theory.Params{"uA": 1, "uB": 1, "kappa": 0}, Simulate: Simulate{Start: []float64{0.5, 0.5, 0.5}}},
	}
	_, err := Run(context.Background(), broken, Options{Progress: func(int, int) { t.Error("something ran") }})
	var faults models.Faults
	require.True(t, errors.As(err, &faults))
	lines := strings.Split(err.Error(), "\n")
	for i, want := range []string{
		"[1].id: is missing",
		`[1].model: "logit-one-sidet" is not a known model; did you mean logit-one-sided?`,
		"[2].params.gama: not a parameter of logit-one-sided; did you mean gamma?",
		"[2].params.gamma: missing",
		"[2].params.mu: -1 is not possible here",
		`[2].simulate.clock: no clock is called "asink"; use one of: sync, async`,
		`[2].simulate.engine: no engine is called "agent"; use one of: agents`,
		"[2].simulate.revision: 1.5 is not a probability",
		"[2].simulate.replications: -1 is out of range",
		"[2].simulate.N: has 2 numbers where the model has sides: 1",
		"[2].simulate.N[1]: 0 people cannot be simulated",
		"[2].simulate.start: has 2 shares where the model needs 1",
		"[2].simulate.start[1]: 2 is not a share",
		`[2].id: "good" is taken by [0] already`,
		`[3].simulate.clock: no clock is called "ticks"; use one of: sync, discrete, async`,
		"[3].simulate.burn_in: a bass case has no rest to wait for; leave it out",
		"[3].simulate.start: a bass case starts where its parameters say",
		"[4].simulate.start: shares add to 1.5",
	} {
		require.Less(t, i, len(lines), want)
		require.True(t, strings.HasPrefix(lines[i], want), "%s\n%s", lines[i], want)
	}
	require.Len(t, lines, 18)
	require.NoError(t, good.Check())
	require.NoError(t, Check(broken[3:4], true), "theory alone does not mind how it would be simulated")
}

// TestCasesThatLuckWouldSpoil: populations too small to stay in a basin, and starts too near its
// edge, are refused with what would do; the same cases with that are fine.
func TestCasesThatLuckWouldSpoil(t *testing.T) {
	// V = -2.5, gamma = 5, mu = 1 rests at 0.145 and 0.855, its edge at 0.5 (Brock and Durlauf
	// 2001); with 50 people the mean time from one to the other is 201 unit times.
	c := Case{ID: "few", Model: "logit-one-sided", Params: theory.Params{"V": -2.5, "gamma": 5, "mu": 1}}
	require.NoError(t, c.Check())
	c.Simulate.N = []int64{50}
	require.ErrorContains(t, c.Check(), "simulate.N: [50] people are so few that luck carries runs away from n[0]; give about 7 times as many")
	c.Simulate.N = []int64{400}
	require.NoError(t, c.Check())
	// At 0.5 the growth is gamma n (1-n) / mu - 1 = 0.25 and with a share 0.2 revising the spread
	// is the root of 0.2 1.8 (0.25/400) / (1.05² - 1), 0.047: the start is 0.02 away.
	c.Simulate.Start = []float64{0.52}
	require.ErrorContains(t, c.Check(), "simulate.start: [0.52] is 0.43 standard deviations of luck away from the frontier by the unstable n[1]")
	c.Simulate.Start = []float64{0.5}
	require.ErrorContains(t, c.Check(), "simulate.start: [0.5] leads to no stable equilibrium")
	c.Simulate.Start = []float64{0.8}
	require.NoError(t, c.Check())

	// Adopters of p = 0.002, q = 0.5 among 100 vary by 0.40 at the steepest (the recursion of diffuse, worked apart).
	few := Case{ID: "few", Model: "bass", Params: theory.Params{"p": 0.002, "q": 0.5}, Simulate: Simulate{N: []int64{100}}}
	require.ErrorContains(t, few.Check(), "simulate.N: [100] people are so few that luck decides when adoption takes off")
	few.Simulate.N = []int64{5000}
	require.NoError(t, few.Check())

	// A population that only the parameters give is theory's; the shares take a larger one.
	c = Case{ID: "few", Model: "logit-one-sided", Params: theory.Params{"V": -2.5, "gamma": 5, "mu": 1, "N": 50}}
	require.NoError(t, c.Check())
	trials, _ := planOneSided(c)
	require.Len(t, trials, 4) // the shares of both basins and no standard deviation, and both folds
	for _, one := range trials[:2] {
		require.EqualValues(t, crowd, one.model.Segments[0].Size)
		require.Len(t, one.claims, 1)
	}
}

// TestGhostsAreAvoided: just beyond the fold, the empty start passes the ghost of the lower
// equilibrium, where luck decides how long it lingers; the market starts full instead. V_hi for
// gamma = 5 and mu = 1 is -2.34438966 (Brock and Durlauf 2001).
func TestGhostsAreAvoided(t *testing.T) {
	c := Case{ID: "ghost", Model: "logit-one-sided", Params: theory.Params{"V": -2.34, "gamma": 5, "mu": 1}}
	trials, faults := planOneSided(c)
	require.Empty(t, faults)
	require.Len(t, trials, 3) // the share, and both folds
	require.Equal(t, 1.0, trials[0].model.Segments[0].Start[0].Share)
}

// TestParametersOfAnyKind: numbers as a decoder may give them.
func TestParametersOfAnyKind(t *testing.T) {
	c := Case{Model: "bundle-logit", Params: theory.Params{"uA": 1, "uB": uint8(2), "kappa": ".inf"}}
	require.Equal(t, 1.0, c.number("uA"))
	require.Equal(t, 2.0, c.number("uB"))
	require.True(t, c.number("kappa") > 1e300)
	c = Case{Model: "bass", Params: theory.Params{"t": []any{1, 2.5, int64(3)}}}
	require.Equal(t, []float64{1, 2.5, 3}, c.numbers("t"))
	require.Equal(t, []float64{0}, c.numbers("F0")) // the default
	require.Nil(t, c.numbers("N"))
	require.Equal(t, "async", c.word("clock"))
	require.False(t, c.gives("clock"))
}
