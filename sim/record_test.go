package sim_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/sim"
	"flywheel/sim/engine/cohorts"
)

// busy is a market in which everything happens that a period can hold: awareness, orders
// beyond capacity, budgets that last and budgets that end.
func busy(t testing.TB, periods int) *models.Law {
	people := models.Segment{Side: "consumers", Name: "consumers", Region: "here", Size: 100_000, PriceSensitivity: 1,
		Value:  []models.Value{models.Number(-1), models.Number(-1)},
		Cross:  models.Effect{Strength: models.Value{Mean: 2, SD: 0.3, Classes: 10}},
		Aware:  &models.Aware{P: 0.01, Q: 0.2},
		Start:  []models.Begin{{Homing: 1, Share: 0.1}, {Homing: 3, Share: 0.1}},
		Orders: models.Ordering{Rate: 0.2, Basket: models.MoneyOf(30)}}
	shops := people
	shops.Side, shops.Name, shops.Size, shops.Orders = "merchants", "merchants", 2000, models.Ordering{}
	l, err := models.Compile(&models.Model{
		Name: "busy", Horizon: models.Horizon{Periods: periods, Unit: "day"},
		Clock: models.Clock{Kind: models.ClockSync, Revision: 0.1}, Noise: models.Noise{Kind: models.NoiseAnnealed, Scale: 1},
		Platforms: []models.Platform{{Name: "A", Fee: 0.15, Capacity: 1000}, {Name: "B", Fee: 0.1}},
		Segments:  []models.Segment{people, shops},
		Policies: []models.Policy{
			{Name: "order", Platform: "A", Instrument: models.PayOrder, Shape: models.Constant{Amount: 1}},
			{Name: "join", Platform: "B", Instrument: models.PayJoin, Shape: models.Constant{Amount: 3}, Limited: true, Budget: models.MoneyOf(20_000)},
			{Name: "stay", Platform: "B", Instrument: models.PayPeriod, Shape: models.Ramp{From: 1, To: 0, Over: 20}, Limited: true, Budget: models.MoneyOf(1e6)},
		},
	})
	require.NoError(t, err)
	return l
}

// TestPeriodsAllocateNothing: a run of ten times the periods allocates no more often; its
// table is made whole at the start.
func TestPeriodsAllocateNothing(t *testing.T) {
	allocations := func(periods int) float64 {
		l := busy(t, periods)
		layout := sim.NewLayout(l, "run", "base", nil)
		return testing.AllocsPerRun(5, func() {
			require.NoError(t, sim.Simulate(context.Background(), l, new(cohorts.Engine), sim.Options{Seed: 1}, layout.Recorder(0)))
		})
	}
	short, long := allocations(20), allocations(200)
	require.LessOrEqual(t, long, short, "180 periods more allocate %g times more", long-short)
}

// TestOnlyTheAskedPeriodsAreRecorded: a timeline of chosen periods holds the rows that the
// whole timeline has for them; a period beyond the horizon has none.
func TestOnlyTheAskedPeriodsAreRecorded(t *testing.T) {
	l := busy(t, 12)
	run := func(rec *sim.Recorder) *sim.Recorder {
		require.NoError(t, sim.Simulate(context.Background(), l, new(cohorts.Engine), sim.Options{Seed: 1}, rec))
		return rec
	}
	whole := run(sim.NewRecorder(l, sim.Labels{Run: "run", Variant: "base", Replication: 3})).Table
	some := run(sim.NewLayout(l, "run", "base", []int{0, 7, 12, 90}).Recorder(3)).Table
	period := whole.Integers("period")
	want := whole.Filter(func(row int) bool { return period[row] == 0 || period[row] == 7 || period[row] == 12 })
	require.Equal(t, want.Rows(), some.Rows())
	for row := range want.Rows() {
		for column := range want.Schema {
			require.Equal(t, want.Cell(row, column), some.Cell(row, column), "row %d, %s", row, want.Schema[column].Name)
		}
	}
}

// BenchmarkRecording runs a year of a small market by cohorts, recorded whole and at its end
// only: the difference is what recording costs.
func BenchmarkRecording(b *testing.B) {
	l := busy(b, 365)
	for _, c := range []struct {
		name    string
		periods []int
	}{{"all", nil}, {"last", []int{365}}} {
		b.Run(c.name, func(b *testing.B) {
			layout := sim.NewLayout(l, "run", "base", c.periods)
			b.ReportAllocs()
			for b.Loop() {
				require.NoError(b, sim.Simulate(context.Background(), l, new(cohorts.Engine), sim.Options{Seed: 1}, layout.Recorder(0)))
			}
		})
	}
}

// TestOrdersConcentrate: shares by orders and by value add to one in every row's scope and their
// squares make the indices, from 1/K to 1; where one platform's customers order larger baskets, it
// leads by value further than by orders; who does not ask has none of the columns.
func TestOrdersConcentrate(t *testing.T) {
	asked := *busy(t, 12).Model
	require.Less(t, sim.Recorded(busy(t, 12)).Index("hhi_orders"), 0)
	rich := asked.Segments[0]
	rich.Name, rich.Orders.Basket, rich.Start = "rich", models.MoneyOf(300), []models.Begin{{Homing: 2, Share: 0.5}}
	asked.Segments, asked.Concentration = append(asked.Segments[:2:2], rich), true
	l, err := models.Compile(&asked)
	require.NoError(t, err)
	rec := sim.NewRecorder(l, sim.Labels{})
	require.NoError(t, sim.Simulate(context.Background(), l, new(cohorts.Engine), sim.Options{Seed: 1}, rec))
	n := rec.Table.Numbers
	of := []struct{ parts, share, index []float64 }{{n("orders"), n("order_share"), n("hhi_orders")}, {n("gmv"), n("gmv_share"), n("hhi_gmv")}}
	side, period := rec.Table.Texts("side"), rec.Table.Integers("period")
	for row := 0; row < rec.Table.Rows(); row += 3 { // A, B and all of a scope
		for i, c := range of {
			if period[row] == 0 || i == 1 && side[row] == "merchants" {
				require.True(t, math.IsNaN(c.index[row+2]) && math.IsNaN(c.share[row]), "row %d", row)
				continue
			}
			a, b := c.share[row], c.share[row+1]
			require.InDelta(t, 1, a+b, 1e-12)
			require.InDelta(t, c.parts[row]/c.parts[row+2], a, 1e-12)
			require.InDelta(t, a*a+b*b, c.index[row+2], 1e-12)
			require.True(t, c.index[row+2] >= 0.5-1e-12 && c.index[row+2] <= 1, "row %d", row)
			require.True(t, math.IsNaN(c.index[row]) && math.IsNaN(c.share[row+2]), "an index is of all platforms, a share of one")
		}
		if period[row] > 0 && side[row] == sim.Total {
			require.Greater(t, of[1].share[row+1], of[0].share[row+1])
		}
	}
}
