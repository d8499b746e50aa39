package loadtest

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// fake is a target whose capacity is known: a rate passes with the chance that the
// normal law gives to its distance from the capacity, in shares; now and then a probe
// says the opposite, and now and then the generator falls short.
type fake struct {
	capacity, noise, lies, voids float64
	coin                         bool // a rate at the capacity passes half of the time
	luck                         *rand.Rand
	asked                        []float64
}

func (f *fake) probe(_ context.Context, _ Stage, rate float64) (Outcome, error) {
	f.asked = append(f.asked, rate)
	if f.luck.Float64() < f.voids {
		return Void, nil
	}
	passes := rate <= f.capacity
	if f.coin && rate == f.capacity {
		passes = f.luck.Float64() < 0.5
	} else if f.noise > 0 {
		passes = f.luck.Float64() < distuv.UnitNormal.CDF(math.Log(f.capacity/rate)/f.noise)
	}
	if f.luck.Float64() < f.lies {
		passes = !passes
	}
	if passes {
		return Passes, nil
	}
	return Fails, nil
}

func (f *fake) searched(t require.TestingT, from, most float64) (*search, Ending) {
	s := &search{probe: f.probe, from: from, least: leastRate, most: most, precision: 0.02, confidence: 0.9, probes: 500, voids: 20}
	ending, err := s.run(context.Background())
	require.NoError(t, err)
	return s, ending
}

// Without noise the answer is exact: the capacity lies between two rates that are no
// further apart than the precision asked for, wherever the search begins.
func TestSearchWithoutNoise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		capacity := math.Exp(rapid.Float64Range(math.Log(1.1), math.Log(50_000)).Draw(t, "capacity"))
		from := math.Exp(rapid.Float64Range(0, math.Log(50_000)).Draw(t, "from"))
		f := &fake{capacity: capacity, luck: rand.New(rand.NewPCG(1, 0))}
		s, ending := f.searched(t, from, 1e6)
		require.Equal(t, Found, ending)
		require.LessOrEqual(t, s.lo, capacity)
		require.Greater(t, s.hi, capacity)
		require.LessOrEqual(t, s.hi/s.lo, 1.02+0.002, "a rate is told to four digits")
		// 16 doublings from 1 to 50,000, 6 halvings from a factor of two to 1.02, five repeats of both edges.
		require.LessOrEqual(t, len(f.asked), 17+7+10)
		for _, rate := range f.asked {
			require.LessOrEqual(t, rate, max(2*capacity, neat(from)), "no rate is more than twice one that passed")
		}
	})
}

// Whatever the target and its noise, a search ends; the rates between which it ends hold
// the rate that passes half of the time at least as often as it says; and it takes few
// probes. The bounds on probes are those of 99 and of all of the searches with these
// seeds, with little to spare; a search gives up after 200.
func TestTheConfidenceIsKept(t *testing.T) {
	for _, tc := range []struct {
		noise, lies, voids float64
		grid               bool // the capacity is a rate that halving asks, and passes half of the time
		most, all          int  // probes, of 99 in 100 searches and of all
		near               float64
	}{
		{0, 0, 0, false, 22, 22, 1}, // as without noise
		{0, 0, 0, true, 34, 36, 1},
		{0.002, 0, 0, true, 34, 36, 1},
		{0.01, 0, 0, true, 45, 60, 0.95},
		{0.03, 0, 0, true, 80, 130, 0.5},
		{0.1, 0, 0, true, 140, 190, 0}, // a rate a tenth below still fails one time in seven
		{0.3, 0, 0, true, 200, 270, 0},
		{0.005, 0, 0.1, false, 50, 60, 0.95},
		{0, 0.01, 0, false, 40, 52, 0.99},
		{0, 0.01, 0, true, 40, 52, 0.99},
		{0, 0.1, 0, false, 90, 120, 0.9},
		{0, 0.1, 0, true, 90, 140, 0.9},
		{0.01, 0.1, 0, true, 100, 160, 0.75},
		{0.03, 0.1, 0.1, true, 160, 250, 0.4},
	} {
		const runs = 1000
		held, near := 0, 0
		var probes []int
		for seed := range uint64(runs) {
			luck := rand.New(rand.NewPCG(seed, 7))
			f := &fake{capacity: 50 + 750*luck.Float64(), noise: tc.noise, lies: tc.lies, voids: tc.voids, luck: luck}
			if tc.grid {
				f.capacity, f.coin = float64(50+25*luck.IntN(30)), true
			}
			s, ending := f.searched(t, 25, 1e5)
			require.Equal(t, Found, ending, "%+v", tc)
			probes = append(probes, len(f.asked))
			if s.lo <= f.capacity && f.capacity <= s.hi {
				held++
			}
			if math.Abs(s.lo/f.capacity-1) <= 0.05 {
				near++
			}
		}
		slices.Sort(probes)
		t.Logf("%+v: %d of %d hold, %d within 5%%, probes: median %d, 99 in 100 %d, all %d", tc, held, runs, near, probes[runs/2], probes[runs*99/100], probes[runs-1])
		require.GreaterOrEqual(t, held, runs*9/10, "%+v", tc)
		require.GreaterOrEqual(t, float64(near), tc.near*runs, "%+v", tc)
		require.LessOrEqual(t, probes[runs*99/100], tc.most, "%+v", tc)
		require.LessOrEqual(t, probes[runs-1], tc.all, "%+v", tc)
	}
}

// A rate at the capacity exactly passes and fails by turns, as a real one was seen to:
// the search does not go back and forth across it.
func TestSearchPassesOverARateThatFlips(t *testing.T) {
	for _, pattern := range [][]bool{{true, false}, {false, true}, {true, true, false, false}, {false, false, true, true}, {true, false, false}, {false, true, true}} {
		turn := 0
		asked := map[float64]int{}
		s := &search{from: 100, least: 1, most: 1e6, precision: 0.02, confidence: 0.9, probes: 200, voids: 5}
		s.probe = func(_ context.Context, _ Stage, rate float64) (Outcome, error) {
			asked[rate]++
			passes := rate < 150
			if rate == 150 {
				passes = pattern[turn%len(pattern)]
				turn++
			}
			if passes {
				return Passes, nil
			}
			return Fails, nil
		}
		ending, err := s.run(context.Background())
		require.NoError(t, err)
		require.Equal(t, Found, ending)
		require.Less(t, s.lo, 150.0)
		require.Greater(t, s.hi, 150.0)
		require.Less(t, s.hi/s.lo, 1.05)
		require.LessOrEqual(t, s.asked, 40)
		require.LessOrEqual(t, asked[150], 1+9, "once to halve, and the repeats that settle a rate")
	}
}

// The search ends in words where there is no edge to find.
func TestSearchWithoutAnEdge(t *testing.T) {
	f := &fake{capacity: 1e9, luck: rand.New(rand.NewPCG(1, 0))}
	s, ending := f.searched(t, 10, 100)
	require.Equal(t, AtCeiling, ending)
	require.Equal(t, 100.0, s.lo)
	require.Equal(t, 10.0, f.asked[0])
	for _, rate := range f.asked {
		require.LessOrEqual(t, rate, 100.0)
	}
	require.Len(t, f.asked, 5+5, "10, 20, 40, 80 and 100; then five repeats")

	f = &fake{capacity: 0.5, luck: rand.New(rand.NewPCG(1, 0))}
	s, ending = f.searched(t, 10, 100)
	require.Equal(t, NonePasses, ending)
	require.Equal(t, 1.0, s.hi)

	f = &fake{capacity: 20, voids: 1, luck: rand.New(rand.NewPCG(1, 0))}
	_, ending = f.searched(t, 10, 100)
	require.Equal(t, OutOfLoad, ending)
	require.Len(t, f.asked, 20)

	f = &fake{capacity: 20, noise: 5, luck: rand.New(rand.NewPCG(1, 0))} // a coin is flipped for every rate
	s = &search{probe: f.probe, from: 10, least: 1, most: 1e6, precision: 0.02, confidence: 0.9, probes: 60, voids: 5}
	ending, err := s.run(context.Background())
	require.NoError(t, err)
	if ending == OutOfPatience {
		require.Len(t, f.asked, 60)
	}
}

// A highest rate of any number of digits is never passed, and is reached and settled as one of four
// digits is, at the highest of these.
func TestACeilingOfManyDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := math.Exp(rapid.Float64Range(0, math.Log(1e6)).Draw(t, "most"))
		if rapid.Bool().Draw(t, "four digits") {
			most = neat(most)
		}
		from := math.Exp(rapid.Float64Range(0, math.Log(1e6)).Draw(t, "from"))
		f := &fake{capacity: 1e9, luck: rand.New(rand.NewPCG(1, 0))}
		s, ending := f.searched(t, min(from, most), most)
		require.Equal(t, AtCeiling, ending)
		require.Equal(t, neat(s.lo), s.lo)
		require.LessOrEqual(t, s.lo, most)
		require.Greater(t, s.lo, most*(1-0.001), "four digits are no further apart than a thousandth")
		require.LessOrEqual(t, len(f.asked), 21+5, "20 doublings from 1 to a million, and five repeats")
		for _, rate := range f.asked {
			require.LessOrEqual(t, rate, most)
		}
	})
}

// A target that slows down in the middle of a search is followed down.
func TestSearchFollowsATargetThatSlowsDown(t *testing.T) {
	f := &fake{capacity: 400, luck: rand.New(rand.NewPCG(1, 0))}
	s := &search{from: 50, least: 1, most: 1e6, precision: 0.02, confidence: 0.9, probes: 200, voids: 5}
	s.probe = func(ctx context.Context, stage Stage, rate float64) (Outcome, error) {
		if len(f.asked) == 12 {
			f.capacity = 300
		}
		return f.probe(ctx, stage, rate)
	}
	ending, err := s.run(context.Background())
	require.NoError(t, err)
	require.Equal(t, Found, ending)
	require.LessOrEqual(t, s.lo, 300.0)
	require.Greater(t, s.hi, 300.0)
	require.Less(t, s.hi/s.lo, 1.05)
}

// The repeats that settle an edge are those of the binomial law, counted out.
func TestRepeatsAreRareByChance(t *testing.T) {
	for _, confidence := range []float64{0.5, 0.8, 0.9, 0.95, 0.99, 0.999} {
		wrong := (1 - confidence) / 2
		all, butOne := rare(wrong)
		chance := math.Exp2(-float64(all)) + float64(all)*math.Exp2(-float64(butOne))
		require.LessOrEqual(t, chance, wrong)
		require.Greater(t, math.Exp2(-float64(all-1)), wrong, "one repeat fewer is not enough")
	}
	all, butOne := rare(0.05) // 1/32, and 5/32 · 1/16
	require.Equal(t, []int{5, 9}, []int{all, butOne})
}
