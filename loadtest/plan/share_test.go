package plan

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Whatever the weights, the curve and the way starts come, each start belongs to
// exactly one share, shares have their exact part of every block, and the due times,
// journeys, rows and unique texts of all generators together are those of one.
func TestSharesAreOneSchedule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.Int64Range(1, 7), 1, 6).Draw(t, "weights")
		shares, err := Shares(weights...)
		require.NoError(t, err)
		rates := rapid.SliceOfN(rapid.Float64Range(0, 40), 3, 3).Draw(t, "rates")
		p := Plan{
			Curve:    Curve{RampOver(PerSecond(rates[0]), PerSecond(rates[1]), 5*time.Second), HoldFor(PerSecond(rates[2]+1), 4*time.Second)},
			Arrivals: rapid.SampledFrom([]Arrivals{Even, Poisson}).Draw(t, "arrivals"),
			Journeys: []Journey{{Weight: rapid.IntRange(1, 5).Draw(t, "weight")}, {Weight: 3}},
			Feeders:  []Feeder{{Name: "user", Order: rapid.SampledFrom([]Order{InTurn, AtRandom, Once}).Draw(t, "order"), Columns: []string{"email"}, Rows: rows(1000)}},
		}
		seed := rapid.Uint64().Draw(t, "seed")
		one, err := p.Schedule(seed)
		if err != nil {
			return // chance made nothing due
		}
		mix := NewMix(p.Journeys, seed)
		type start struct {
			due     time.Duration
			journey int
			row, id string
		}
		of := func(s *Schedule, n int64) start {
			return start{s.Due(n), mix.Pick(n), p.Feeders[0].Value(seed, n, 0), Unique(seed, n)}
		}
		var alone, together []start
		for n := range one.Total() {
			alone = append(alone, of(one, n))
		}
		owner := make([]int, one.Total())
		ids := map[string]bool{}
		for i, share := range shares {
			own, err := p.Schedule(seed) // each generator compiles its own
			require.NoError(t, err)
			turns := share.Turns()
			for n := turns.Next(0); n < own.Total(); n = turns.Next(n + 1) {
				require.Zero(t, owner[n], "start %d belongs to two", n)
				owner[n] = i + 1
				s := of(own, n)
				require.False(t, ids[s.id], "an id is used twice")
				ids[s.id] = true
				together = append(together, s)
			}
		}
		slices.SortStableFunc(together, func(a, b start) int { return int(a.due - b.due) })
		byID := func(list []start) map[string]start {
			out := map[string]start{}
			for _, s := range list {
				out[s.id] = s
			}
			return out
		}
		require.Equal(t, byID(alone), byID(together))
		for n := range alone {
			require.Equal(t, alone[n].due, together[n].due)
		}
		block := int(shares[0].Of)
		for from := 0; from+block <= len(owner); from += block {
			for i, share := range shares {
				have := int64(0)
				for _, o := range owner[from : from+block] {
					if o == i+1 {
						have++
					}
				}
				require.Equal(t, share.Slots, have, "share %d of the block from %d", i, from)
			}
		}
	})
}

// A share that is nearly all of a large block, and one that is next to nothing of it, find their
// starts in the same way: each start is one's.
func TestALargeAndASmallShareDivideTheStarts(t *testing.T) {
	shares, err := Shares(99_990, 7)
	require.NoError(t, err)
	large, small := shares[0].Turns(), shares[1].Turns()
	a, b := large.Next(0), small.Next(0)
	few := 0
	for n := range int64(300_000) { // three blocks of 99,997, and a little
		require.True(t, (a == n) != (b == n), "start %d", n)
		if a == n {
			a = large.Next(n + 1)
		} else {
			few++
			b = small.Next(n + 1)
		}
	}
	require.GreaterOrEqual(t, few, 21)
	require.LessOrEqual(t, few, 28)
}

func rows(n int) [][]string {
	out := make([][]string, n)
	for i := range out {
		out[i] = []string{string(rune('a'+i%26)) + "@shop.example"}
	}
	return out
}

// Two journeys of equal weight take every second start; two generators do so, too, and
// must not get one journey each. Of 10,000 starts a generator and a journey have 2,500 in common;
// five standard deviations of the blocks' 5,000 turns are 5·√5000/2 = 177.
func TestSharesDoNotFallIntoStepWithJourneys(t *testing.T) {
	mix := NewMix([]Journey{{}, {}}, 0)
	shares, err := Shares(1, 1)
	require.NoError(t, err)
	both := 0
	for n, turns := shares[0].Turns().Next(0), shares[0].Turns(); n < 10_000; n = turns.Next(n + 1) {
		if mix.Pick(n) == 0 {
			both++
		}
	}
	require.InDelta(t, 2500, both, 177)
}

func TestSharesAreExactFractions(t *testing.T) {
	shares, err := Shares(2, 3, 1)
	require.NoError(t, err)
	require.Equal(t, []Share{{0, 2, 6}, {2, 3, 6}, {5, 1, 6}}, shares)
	halves, err := Shares(400_000, 400_000)
	require.NoError(t, err)
	require.Equal(t, []Share{{0, 1, 2}, {1, 1, 2}}, halves, "weights of any size cost no more than those in lowest terms")
	require.Equal(t, []string{"1/3", "1/2", "1/6"}, []string{shares[0].String(), shares[1].String(), shares[2].String()})
	require.Equal(t, []int64{3, 5, 2}, []int64{shares[0].Cut(10), shares[1].Cut(10), shares[2].Cut(10)}) // 10/3 = 3.3, 25/3 - 10/3 = 5, 5/3
	require.Equal(t, "1/1", Share{}.String())
	require.Equal(t, int64(7), Share{}.Cut(7))
	for _, weights := range [][]int64{{0}, {1, -1}, {MaxSlots, 1}} {
		_, err := Shares(weights...)
		require.ErrorContains(t, err, "out of range")
	}
	for _, s := range append(shares, Share{}) {
		require.NoError(t, s.Validate())
	}
	for _, s := range []Share{{0, 0, 1}, {-1, 1, 2}, {2, 1, 2}, {1 << 62, 1 << 62, 5}, {0, 1, MaxSlots + 1}} {
		require.ErrorContains(t, s.Validate(), "no share")
	}
}
