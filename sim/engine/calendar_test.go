package engine_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
	"flywheel/sim"
)

// calendar gives a market what depends on the date and on other regions: launches that may lie
// beyond the horizon, effects that spill over, shocks, and caps.
func calendar(t *rapid.T, m *models.Model, regions []string) {
	for k := 1; k < len(m.Platforms); k++ { // people may begin on the first
		if rapid.Bool().Draw(t, "launched") {
			m.Platforms[k].Launch = map[string]int{}
			for _, region := range regions {
				m.Platforms[k].Launch[region] = rapid.SampledFrom([]int{0, 2, 4, 6, models.Never}).Draw(t, "launch")
			}
			m.Platforms[k].Launch[regions[0]] = min(m.Platforms[k].Launch[regions[0]], 6)
		}
	}
	for i := range m.Segments {
		m.Segments[i].Cross.Spill = rapid.SampledFrom([]float64{0, 0.3, 1}).Draw(t, "spill")
		m.Segments[i].Same.Spill = rapid.SampledFrom([]float64{0, 0.5}).Draw(t, "spill of the same side")
	}
}

// shocks befall a market, one of them those who leave, and regulations limit it.
func shocks(t *rapid.T, m *models.Model) {
	in := func(lo, hi float64, label string) float64 { return rapid.Float64Range(lo, hi).Draw(t, label) }
	for i := range rapid.IntRange(0, 2).Draw(t, "shocks") {
		s := models.Shock{
			Name: fmt.Sprint("s", i), Target: models.Target{Side: rapid.SampledFrom([]string{"", "consumers", "merchants"}).Draw(t, "side")},
			At: rapid.IntRange(1, 6).Draw(t, "at"), For: rapid.IntRange(0, 2).Draw(t, "for"), HalfLife: in(0, 3, "half-life"),
			Worth: in(-2, 2, "worth"), Orders: in(-1, 1, "orders"), Churn: in(-1, 0.5, "churn") * float64(i), // above, life has more than one event in a period
		}
		if rapid.Bool().Draw(t, "on A") {
			s.Platform = "A"
			if m.Platforms[0].Capacity > 0 && s.Target == (models.Target{}) {
				s.Capacity = in(-1, 1, "capacity")
			}
		}
		if chain := m.Platforms[0].Service; chain != nil && s.Capacity == 0 && s.Target.Side == "" && rapid.Bool().Draw(t, "on a stage") {
			s.Stage, s.Capacity = chain.Stages[rapid.IntRange(0, 1).Draw(t, "stage")].Name, in(-1, -0.1, "outage")
		}
		m.Shocks = append(m.Shocks, s)
	}
	if rapid.Bool().Draw(t, "regulated") {
		fee, subsidy := in(0, 0.2, "fee cap"), models.MoneyOf(in(0, 2, "subsidy cap"))
		m.Regulations = []models.Regulation{{
			Name: "cap", From: rapid.IntRange(1, 6).Draw(t, "from"), Commission: &fee, Subsidy: &subsidy, Bans: []models.Instrument{models.PayJoin},
			Members: rapid.Int64Range(0, 30).Draw(t, "members"), Fine: models.Fine{Amount: models.MoneyOf(3), Share: 0.1, Over: 2},
		}}
	}
}

// cities is a market of two platforms and two equal cities, in which the second platform comes
// to the south in period 21 alone; a share of the cross effect spills over.
func cities(spill float64) *models.Model {
	m := &models.Model{
		Name: "cities", Horizon: models.Horizon{Periods: 60, Unit: "day"}, Clock: models.Clock{Kind: models.ClockSync, Revision: 0.2},
		Noise:     models.Noise{Kind: models.NoiseAnnealed, Scale: 1},
		Platforms: []models.Platform{{Name: "A"}, {Name: "B", Launch: map[string]int{"north": 0, "south": 21}}},
	}
	for _, region := range []string{"north", "south"} {
		for _, side := range []string{"riders", "drivers"} {
			m.Segments = append(m.Segments, models.Segment{
				Side: side, Name: side + "-" + region, Region: region, Size: 10_000, PriceSensitivity: 1,
				Value: []models.Value{models.Number(-1), models.Number(-1)}, Cross: models.Effect{Strength: models.Number(3), Spill: spill},
			})
		}
	}
	return m
}

// column reads a metric of one platform in one scope, by period.
func column(t testing.TB, l *models.Law, name, metric, platform, side, segment, region string) []float64 {
	record := sim.NewRecorder(l, sim.Labels{})
	require.NoError(t, sim.Simulate(context.Background(), l, named(name)(), sim.Options{Seed: 1, Welfare: true}, record))
	var list []float64
	for row, x := range record.Table.Numbers(metric) {
		if record.Table.Texts("platform")[row] == platform && record.Table.Texts("side")[row] == side &&
			record.Table.Texts("segment")[row] == segment && record.Table.Texts("region")[row] == region {
			list = append(list, x)
		}
	}
	return list
}

func compiled(t testing.TB, m *models.Model) *models.Law {
	l, err := models.Compile(m)
	require.NoError(t, err)
	return l
}

// A platform whose launch names one region is there from the start in the others, with its costs and policies.
func TestLaunchElsewhere(t *testing.T) {
	m := cities(0)
	m.Platforms[1].Launch, m.Platforms[1].Cost.Fixed = map[string]int{"south": 21}, models.MoneyOf(3)
	m.Policies = []models.Policy{{Name: "b", Platform: "B", Instrument: models.PayPeriod, Shape: models.Constant{Amount: 1}}}
	l := compiled(t, m)
	require.Positive(t, column(t, l, "cohorts", "subsidy", "B", "riders", "riders-north", "north")[1])
	require.Equal(t, column(t, l, "cohorts", "subsidy", "B", "*", "*", "*")[1]+3, column(t, l, "cohorts", "cost", "B", "*", "*", "*")[1])
}

// Before its launch in a region nobody there uses a platform, in every engine and on both
// clocks; from its launch on some do, while the other region has used it all along.
func TestLaunch(t *testing.T) {
	for _, name := range []string{"agents", "cohorts", "meanfield"} {
		for _, kind := range []models.ClockKind{models.ClockSync, models.ClockAsync} {
			if name == "cohorts" && kind == models.ClockAsync {
				continue // which it refuses
			}
			m := cities(0)
			m.Clock.Kind = kind
			l := compiled(t, m)
			south := column(t, l, name, "participants", "B", "riders", "riders-south", "south")
			require.Zero(t, south[20], name)
			require.Positive(t, south[21], name)
			require.Positive(t, column(t, l, name, "participants", "B", "riders", "riders-north", "north")[1], name)
		}
	}
}

// Two regions of equal numbers whose effects all come from both together are one region: with
// spill 1 each goes the way of one market of both sizes, to the last digits of a sum of two.
func TestSpillJoinsRegions(t *testing.T) {
	apart := cities(1)
	apart.Platforms[1].Launch = nil
	one := cities(0)
	one.Platforms[1].Launch = nil
	one.Segments = one.Segments[:2]
	for i := range one.Segments {
		one.Segments[i].Size *= 2
	}
	here := column(t, compiled(t, apart), "meanfield", "share", "A", "riders", "*", "*")
	whole := column(t, compiled(t, one), "meanfield", "share", "A", "riders", "*", "*")
	require.InDeltaSlice(t, whole, here, 1e-12)
}

// The more spills over from the north, where B is, the faster B grows in the south once it is
// there; with no spill the north makes no difference to the south at all.
func TestSpillCarries(t *testing.T) {
	south := func(spill float64, north bool) float64 {
		m := cities(spill)
		if !north {
			m.Platforms[1].Launch["north"] = models.Never
		}
		return column(t, compiled(t, m), "meanfield", "share", "B", "riders", "riders-south", "south")[25]
	}
	require.Equal(t, south(0, true), south(0, false))
	require.Greater(t, south(0.2, true), south(0, true))
	require.Greater(t, south(0.5, true), south(0.2, true))
	require.Less(t, south(0.5, false), south(0.5, true))
}

// The seesaw of multi-homing (Li and Zhu 2021, Information Systems Research 32(2)): where
// merchants pay more for a second platform, fewer have one, and more consumers do, who meet on
// one platform less of them; and consumers, whose own cost has not changed, are worse off.
func TestSeesaw(t *testing.T) {
	market := func(kappa float64) *models.Law {
		m := &models.Model{
			Name: "seesaw", Horizon: models.Horizon{Periods: 200, Unit: "day"}, Clock: models.Clock{Kind: models.ClockSync, Revision: 0.3},
			Noise: models.Noise{Kind: models.NoiseAnnealed, Scale: 1}, Platforms: []models.Platform{{Name: "A"}, {Name: "B"}},
		}
		for _, side := range []string{"consumers", "merchants"} {
			cost := kappa
			if side == "consumers" {
				cost = 0.5
			}
			m.Segments = append(m.Segments, models.Segment{
				Side: side, Name: side, Region: "everywhere", Size: 1_000_000, PriceSensitivity: 1,
				Value: []models.Value{models.Number(0), models.Number(0)}, Cross: models.Effect{Strength: models.Number(4)},
				Homing: models.Multi{Cost: cost, Duplicate: 1},
			})
		}
		return compiled(t, m)
	}
	last := func(kappa float64, metric, side string) float64 {
		list := column(t, market(kappa), "meanfield", metric, "*", side, "*", "*")
		return list[len(list)-1]
	}
	merchants, consumers := math.Inf(1), 0.0
	for _, kappa := range []float64{0, 1, 2, 4} {
		fewer, more := last(kappa, "multihomers", "merchants"), last(kappa, "multihomers", "consumers")
		require.Less(t, fewer, merchants, "merchants with two platforms at %g", kappa)
		require.Greater(t, more, consumers, "consumers with two platforms at %g", kappa)
		merchants, consumers = fewer, more
	}
	require.Less(t, last(4, "welfare", "consumers"), last(0, "welfare", "consumers"))
	t.Logf("multi-homers of merchants %.0f to %.0f, of consumers %.0f to %.0f, welfare of consumers %.0f to %.0f",
		last(0, "multihomers", "merchants"), last(4, "multihomers", "merchants"), last(0, "multihomers", "consumers"), last(4, "multihomers", "consumers"),
		last(0, "welfare", "consumers"), last(4, "welfare", "consumers"))
}
