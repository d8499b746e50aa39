package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Frontiers from an independent bisection of the paths' fates.
func TestLaunchFrontier(t *testing.T) {
	for name, row := range map[string]struct {
		c, k                pair
		atZero, at10, alone float64
	}{
		"F1": {pair{0.3, 0.4}, pair{1, 1}, 0.571428571, 0.514285714, 0.5},
		"F2": {pair{0.2, 0.5}, pair{1, 1}, 0.625, 0.5625, 0.4},
		"F3": {pair{0.4, 0.25}, pair{1, 1}, 0.416666667, 0.375, 0.533333333},
		"F4": {pair{0.3, 0.4}, pair{1, 2}, 0.816326531, 0.66122449, 0.387298335},
	} {
		got := byName(t, "launch-threshold", Params{"c1": row.c[0], "c2": row.c[1], "k1": row.k[0], "k2": row.k[1]})
		near(t, row.atZero, got["frontier_n2(0)"], name)
		near(t, row.at10, got["frontier_n2(0.1)"], name)
		near(t, row.alone, got["n1_alone"], name)
	}
	m := LaunchThreshold{C: pair{0.3, 0.4}, K: pair{1, 1}}
	require.InDelta(t, 0.4, m.Frontier(0.3), 1e-15, "the thresholds are on it")
	require.Zero(t, m.Frontier(0.9), "side 1 alone is enough")
	hard := LaunchThreshold{C: pair{0.9, 0.9}, K: pair{1, 1}}
	require.True(t, math.IsNaN(hard.Frontier(0)), "a full side 2 leaves before side 1 has joined")
	require.True(t, math.IsNaN(hard.Alone()))
	require.Equal(t, pair{0.9, 0.9}, first(hard.Seeding(pair{1, 1})), "the only corner there is")
}

func first(n pair, _ float64) pair { return n }

// Durations from an independent bisection of a subsidised path, costs from an independent minimisation.
func TestLaunchSubsidyAndSeeding(t *testing.T) {
	for _, row := range []struct {
		c, w           pair
		duration, paid float64
		seed           pair
		cost           float64
	}{
		{pair{0.3, 0.4}, pair{1, 1}, 0.538996501, 0.122329834, pair{0.5, 0}, 0.5},
		{pair{0.2, 0.5}, pair{1, 3}, 0.405465108, 0.0721317748, pair{0.4, 0}, 0.4},
		{pair{0.4, 0.25}, pair{2, 1}, 0.635988767, 0.165400531, pair{0, 0.416667}, 0.416667},
		{pair{0.5, 0.5}, pair{}, 1.09861229, 0.431945622, pair{}, math.NaN()},
	} {
		p := Params{"c1": row.c[0], "c2": row.c[1]}
		if row.cost > 0 {
			p["w"] = row.w
		}
		got := byName(t, "launch-threshold", p)
		near(t, row.duration, got["T_star"], "T_star at %v", row.c)
		near(t, row.paid, got["person_time"], "person_time at %v", row.c)
		if row.cost > 0 {
			near(t, row.seed[0], got["seed_n1"], "seeding at %v", row.c)
			near(t, row.seed[1], got["seed_n2"], "seeding at %v", row.c)
			near(t, row.cost, got["seed_cost"], "cost at %v", row.c)
		}
	}
	uneven := byName(t, "launch-threshold", Params{"c1": 0.3, "c2": 0.4, "k2": 2, "w": []any{1, 1}})
	require.True(t, math.IsNaN(uneven["seed_cost"]), "a curved frontier has no cheapest corner")
}

// Probabilities from an independent implementation of the recursion, each confirmed by 20 000 random launches.
func TestLaunchSuccess(t *testing.T) {
	for _, row := range []struct {
		n, start      [2]int
		exact, normal float64
	}{
		{[2]int{100, 100}, [2]int{0, 50}, 0.064520676, 0.0624929},
		{[2]int{100, 100}, [2]int{0, 57}, 0.421686338, 0.432728},
		{[2]int{100, 100}, [2]int{0, 65}, 0.830942351, 0.82907},
		{[2]int{1000, 1000}, [2]int{0, 590}, 0.80605907, 0.806377},
		{[2]int{400, 200}, [2]int{40, 100}, 0.272904281, 0.284535},
	} {
		got := byName(t, "launch-threshold", Params{"c1": 0.3, "c2": 0.4, "N": row.n, "start": row.start})
		near(t, row.exact, got["p_success"], "%v of %v", row.start, row.n)
		near(t, row.normal, got["p_success_normal"], "%v of %v", row.start, row.n)
	}
}

// With equal speeds the order in which people revise for the first time is any order alike, so the
// recursion must agree with counting orders: the last join needed comes before the last departure.
func TestLaunchSuccessIsARace(t *testing.T) {
	choose := func(n, k int) float64 {
		return math.Exp(lgamma(float64(n+1)) - lgamma(float64(k+1)) - lgamma(float64(n-k+1)))
	}
	rapid.Check(t, func(t *rapid.T) {
		n := [2]int{rapid.IntRange(1, 60).Draw(t, "N1"), rapid.IntRange(1, 60).Draw(t, "N2")}
		on := [2]int{rapid.IntRange(0, n[0]).Draw(t, "m1"), rapid.IntRange(0, n[1]).Draw(t, "m2")}
		m := LaunchThreshold{
			C: pair{rapid.Float64Range(0.01, 0.99).Draw(t, "c1"), rapid.Float64Range(0.01, 0.99).Draw(t, "c2")},
			K: pair{1, 1},
		}
		p := m.Success(n, on)
		swapped := LaunchThreshold{C: pair{m.C[1], m.C[0]}, K: m.K}
		require.InDelta(t, p, swapped.Success([2]int{n[1], n[0]}, [2]int{on[1], on[0]}), 1e-12, "sides have no order")
		a := float64(on[0]) > m.C[0]*float64(n[0])
		if b := float64(on[1]) > m.C[1]*float64(n[1]); a == b {
			require.Equal(t, oneIf(a), p, "both sides join, or both leave")
			return
		}
		if on[0] < n[0] && !a {
			need, lost := 0, 0
			for k := on[0]; float64(k) <= m.C[0]*float64(n[0]); k++ {
				need++
			}
			for k := on[1]; float64(k) > m.C[1]*float64(n[1]); k-- {
				lost++
			}
			outs := n[0] - on[0]
			var want float64
			for before := range lost { // departures before the last join needed
				want += choose(need-1+before, before) * choose(outs-need+on[1]-before, on[1]-before) / choose(outs+on[1], on[1])
			}
			require.InDelta(t, want, p, 1e-9)
		}
	})
}

func lgamma(x float64) float64 {
	y, _ := math.Lgamma(x)
	return y
}

// A start on the frontier reaches both thresholds at once, at any speeds: the race of the mean.
func TestLaunchFrontierIsARace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := func(name string) float64 { return rapid.Float64Range(0.02, 0.98).Draw(t, name) }
		m := LaunchThreshold{
			C: pair{unit("c1"), unit("c2")},
			K: pair{rapid.Float64Range(0.1, 5).Draw(t, "k1"), rapid.Float64Range(0.1, 5).Draw(t, "k2")},
		}
		n1 := unit("n1")
		n2 := m.Frontier(n1)
		if math.IsNaN(n2) || n2 == 0 {
			return
		}
		first, second := math.Log((1-n1)/(1-m.C[0])), math.Log(n2/m.C[1]) // side 1 joins, side 2 leaves
		if n1 > m.C[0] {
			first, second = math.Log(n1/m.C[0]), math.Log((1-n2)/(1-m.C[1]))
		}
		require.InDelta(t, first/m.K[0], second/m.K[1], 1e-9)

		duration, paid := m.Subsidy()
		joined := -math.Expm1(-m.K[0] * duration)
		require.Greater(t, joined, m.C[0], "side 2 must have been attracted")
		waited := duration + math.Log1p(-m.C[0])/m.K[0] // since side 1 passed its threshold
		require.InDelta(t, m.Frontier(joined), -math.Expm1(-m.K[1]*waited), 1e-9, "the subsidy ends on the frontier")
		require.InDelta(t, duration-joined/m.K[0], paid, 1e-12)
	})
}

func TestLaunchFaults(t *testing.T) {
	_, err := Solve("launch-threshold", Params{"c1": 0, "c2": 0.5, "N": []any{10, 20000}})
	require.EqualError(t, err, "c1: 0 is not possible here; give a number above 0 and below 1\n"+
		"N: [10 20000] is not possible here; give a list of two, each a whole number from 1 to 10000\n"+
		"start: missing beside N; give both or neither")
	_, err = Solve("launch-threshold", Params{"c1": 0.5, "c2": 0.5, "N": []any{10, 10}, "start": []any{0, 11}})
	require.EqualError(t, err, "start: 11 exceeds the population 10 of side 2; give counts from 0 to N")
}
