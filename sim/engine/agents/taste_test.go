package agents

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
	"flywheel/sim"
)

// TestNormalsAreNormal: mean 0 and variance 1 by symmetry and scaling, kurtosis 3 but for the
// tail that 65,536 steps cut off: beyond 4.17 lie 0.006 of it.
func TestNormalsAreNormal(t *testing.T) {
	z := normals()
	var squares, fourths float64
	var sum float64
	for _, grains := range z {
		x := float64(grains) * grain
		sum += x
		squares += x * x / steps
		fourths += x * x * x * x / steps
	}
	require.Zero(t, sum)
	require.InDelta(t, 1, squares, 1e-8)
	require.InDelta(t, 3, fourths, 0.01)
}

// TestFastChoiceIsThePlainOne: on random markets, standings and persons the choice by
// multiplied weights is the choice by sums of utilities, for fresh noise and for noise kept
// for life, and where a bonus takes weights out of the range of numbers. A uniform number within rounding of the border between two bundles, which one
// draw in ten million million is, may fall to either side of it and is not held to this.
func TestFastChoiceIsThePlainOne(t *testing.T) {
	const size, rounding = 100, 1e-13
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Float64Range(-2, 2)
		m := &models.Model{Name: "x", Horizon: models.Horizon{Periods: 1, Unit: "day"}, Clock: models.Clock{Kind: models.ClockSync, Revision: 0.5}}
		m.Noise = models.Noise{Kind: rapid.SampledFrom([]models.NoiseKind{models.NoiseAnnealed, models.NoiseQuenched}).Draw(t, "kind"), Scale: rapid.Float64Range(0.5, 3).Draw(t, "mu")}
		s := models.Segment{
			Side: "s", Name: "s", Region: "r", Size: size, PriceSensitivity: 1, Transport: rapid.SampledFrom([]float64{0, 1.5}).Draw(t, "transport"),
			Homing:    models.Multi{Cost: rapid.Float64Range(-0.5, 2).Draw(t, "kappa"), Max: rapid.IntRange(0, 1).Draw(t, "max")},
			Outside:   models.Outside{None: rapid.Bool().Draw(t, "covered")},
			Switching: rapid.Float64Range(0, 1).Draw(t, "switching"),
			Position:  rapid.SampledFrom([]models.Draw{models.DrawRandom, models.DrawStratified}).Draw(t, "position"),
			Taste:     models.Taste{Draw: rapid.SampledFrom([]models.Draw{models.DrawRandom, models.DrawStratified}).Draw(t, "draw")},
		}
		for _, name := range []string{"A", "B", "C", "D", "E", "F"}[:rapid.IntRange(1, 6).Draw(t, "platforms")] {
			m.Platforms = append(m.Platforms, models.Platform{Name: name, Location: rapid.Float64Range(0, 1).Draw(t, "location")})
			s.Value = append(s.Value, models.Number(5*number.Draw(t, "value")))
			s.Taste.SD = append(s.Taste.SD, math.Abs(number.Draw(t, "sd")))
		}
		m.Segments = []models.Segment{s}
		l, err := models.Compile(m)
		require.NoError(t, err)
		offers := models.NewOffers(l)
		offers.Join[0][0] = number.Draw(t, "bonus") * rapid.SampledFrom([]float64{1, 1000}).Draw(t, "times") // e^1000 is no number
		f := l.NewField(0)
		l.Fill(f, 0, models.NewMarket(l), offers)
		world := sim.NewStreams(rapid.Uint64().Draw(t, "seed"), 0).World()
		fast, table, plain := newTastes(&l.Groups[0], l.Platforms, world), newTastes(&l.Groups[0], l.Platforms, world), newTastes(&l.Groups[0], l.Platforms, world)
		require.True(t, fast.multiply)
		if table.Tasteful() {
			table.tabulate()
		}
		plain.multiply = false
		var c chooser
		weights := make([]float64, 1<<l.Platforms)
		for range 20 {
			at := models.Standing(rapid.IntRange(0, l.Standings.Count()-1).Draw(t, "standing"))
			person, u := rapid.IntRange(0, size-1).Draw(t, "person"), rapid.Float64Range(0, 1-0x1p-53).Draw(t, "u")
			f.Weights(weights, at)
			want := plain.choose(&c, f, weights, at, person, 0, u)
			if u < rounding || u > 1-rounding { // the borders of bundles with next to no chance lie all about, and beyond
				continue
			}
			if plain.choose(&c, f, weights, at, person, 0, u-rounding) != plain.choose(&c, f, weights, at, person, 0, u+rounding) {
				continue
			}
			for _, fast := range []*tastes{fast, table} {
				c.who[0] = int32(person)
				for k := range l.Platforms {
					fast.weigh(c.own[k][:], k, 0, c.who[:1])
				}
				require.Equal(t, want, fast.choose(&c, f, weights, at, person, 0, u))
			}
		}
	})
}
