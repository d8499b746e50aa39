package agents

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
	"flywheel/sim"
)

// plain is the engine written out: it looks at every person, in order, and asks the law. It
// draws what the engine draws.
type plain struct{ Engine }

func (p *plain) Move(v *sim.View) {
	p.counts.Still()
	for g, f := range v.Fields {
		k := p.keys(v.Period, f.Group)
		for i := range f.Group.Size {
			p.person(g, i, f, k)
		}
	}
}

// number is a person's number of 64 bits: the first eight shared with neighbours.
func number(first, own sim.Key, i int64) uint64 {
	return first.Bits(uint64(i)/8)>>(8*(i%8))<<56 | own.Bits(uint64(i))>>8
}

func (p *plain) person(g int, i int64, f *models.Field, k keys) {
	from := p.census.at(g, i)
	turn := number(k.turn, k.choice, i)
	var row models.Row
	move := func(to models.Standing, life bool) {
		if to == from {
			return
		}
		p.census.put(g, i, to)
		p.counts.Moved(p.law, g, from, to)
		if life {
			p.counts.Churn(p.law, g, from, to, 1)
		}
	}
	if f.Group.Gated() {
		f.Hear(&row, from)
		if at := row.Pick(unit(^number(k.tiding, k.news, i))); at != from {
			f.Choose(&row, at)
			move(row.Pick(unit(turn)), false)
			return
		}
	}
	revision := f.Group.Revision()
	if turn < threshold(revision) {
		f.Choose(&row, from)
		for j, c := range row.Cumulative {
			if turn < threshold(revision*c) {
				move(row.To[j], false)
				return
			}
		}
	}
	f.Live(&row, from)
	for j, c := range row.Cumulative {
		if turn < threshold(revision+c) {
			move(row.To[j], true)
			return
		}
	}
}

// market is a random market of two sides and one to four platforms, with an odd number of
// people, or few.
func market(t *rapid.T) *models.Model {
	number := rapid.Float64Range(-1.5, 1.5)
	m := &models.Model{
		Name: "random", Horizon: models.Horizon{Periods: 3, Unit: "day"},
		Clock: models.Clock{Kind: models.ClockSync, Revision: rapid.SampledFrom([]float64{0, 0.01, 0.1, 0.3, 0.45}).Draw(t, "revision")},
		Noise: models.Noise{Kind: models.NoiseAnnealed, Scale: 0.7},
	}
	if rapid.IntRange(0, 4).Draw(t, "noiseless") == 0 {
		m.Noise = models.Noise{Kind: models.NoiseNone}
	}
	for _, name := range []string{"A", "B", "C", "D"}[:rapid.IntRange(1, 4).Draw(t, "platforms")] {
		m.Platforms = append(m.Platforms, models.Platform{Name: name})
	}
	for i, side := range []string{"consumers", "merchants"} {
		s := models.Segment{
			Side: side, Name: side, Region: "here", Size: rapid.SampledFrom([]int64{1, 63, 640, 2001}).Draw(t, "size"), PriceSensitivity: 1,
			Cross: models.Effect{Strength: models.Number(number.Draw(t, "alpha"))}, Same: models.Effect{Strength: models.Number(number.Draw(t, "gamma"))},
			Homing: models.Multi{Cost: rapid.Float64Range(0, 1).Draw(t, "kappa"), Max: min(2, len(m.Platforms))}, Switching: 0.2,
			Start: []models.Begin{{Homing: 1, Share: rapid.Float64Range(0, 1).Draw(t, "start")}},
		}
		for range m.Platforms {
			s.Value = append(s.Value, models.Number(number.Draw(t, "value")))
		}
		if rapid.Bool().Draw(t, "gated") {
			s.Aware = &models.Aware{P: rapid.SampledFrom([]float64{0.004, 0.1, 0.6, 1}).Draw(t, "p"), Q: 0.4}
		}
		if rapid.Bool().Draw(t, "lives") {
			early := models.Number(0.03)
			s.Life = &models.Life{Churn: models.Number(0.01), Early: &early, Onboarding: 25, Tenure: 0.3, Winback: -0.4,
				Mood: &models.Mood{Churn: []float64{2, 1, 0.5}, Worth: []float64{-0.5, 0, 0.1}, Review: 0.05, Bad: 0.3}}
		}
		m.Segments = append(m.Segments, s)
		if i == 0 && rapid.Bool().Draw(t, "one side") {
			break
		}
	}
	return m
}

// TestPlainDrawsTheSame: screening, tables and bytes instead of words change nothing, to the last
// bit of every row, at one thread or three.
func TestPlainDrawsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, err := models.Compile(market(t))
		require.NoError(t, err)
		seed := rapid.Uint64().Draw(t, "seed")
		rows := func(e sim.Engine, threads int) [][]float64 {
			rec := sim.NewRecorder(l, sim.Labels{})
			require.NoError(t, sim.Simulate(context.Background(), l, e, sim.Options{Seed: seed, Threads: threads}, rec))
			var all [][]float64
			for _, metric := range []string{"participants", "joins", "leaves", "aware", "multihomers"} {
				all = append(all, rec.Table.Where("segment", "*").Where("side", "consumers").Numbers(metric))
			}
			if l.Standings.Moods > 0 {
				for _, metric := range []string{"new", "lapsed", "churned"} {
					all = append(all, rec.Table.Where("segment", "*").Where("side", "consumers").Numbers(metric))
				}
			}
			return all
		}
		want := rows(new(plain), 1)
		require.Equal(t, want, rows(new(Engine), 1))
		require.Equal(t, want, rows(new(Engine), 3))
	})
}

// TestUnder holds the comparison of eight bytes at once against the bytes themselves, at every
// rate.
func TestUnder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bytes, rate := rapid.Uint64().Draw(t, "bytes"), rapid.Uint64Range(0, 128).Draw(t, "rate")
		got := under(bytes, rate*ones)
		for i := range 8 {
			require.Equal(t, bytes>>(8*i)&0xff < rate, got>>(8*i)&0xff == 0x80)
		}
	})
}

// TestScreenMarksWhoLiesBelow: exactly those people are marked whose turn can lie below a
// threshold, whatever their number; and each is listed at its place.
func TestScreenMarksWhoLiesBelow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key, own := sim.Key(rapid.Uint64().Draw(t, "key")), sim.Key(rapid.Uint64().Draw(t, "own"))
		n := rapid.IntRange(1, chunk).Draw(t, "n")
		from := chunk * rapid.IntRange(0, 5).Draw(t, "chunk")
		below := threshold(rapid.Float64Range(0, 0.6).Draw(t, "below"))
		var s screen
		s.sift(key, from, n, rateOf(below))
		listed := map[int]bool{}
		for _, i := range s.marked(n) {
			require.False(t, listed[int(i)])
			require.Less(t, int(i), n)
			listed[int(i)] = true
		}
		for i := range n {
			turn := number(key, own, int64(from+i))
			require.Equal(t, turn, s.turn(uint16(i), own.Bits(uint64(from+i))))
			if turn < below {
				require.True(t, listed[i])
			}
			if !listed[i] {
				require.GreaterOrEqual(t, turn>>56, rateOf(below))
			}
		}
	})
}
