package engine_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/sim"
)

// home is a market in which everybody uses A at first, consumers' orders and merchants' skill
// differ between people, and B pays the best tenth of a side.
func home(side string) *models.Model {
	m := &models.Model{
		Name: "home", Horizon: models.Horizon{Periods: 30, Unit: "day"},
		Clock: models.Clock{Kind: models.ClockSync, Revision: 0.2}, Noise: models.Noise{Kind: models.NoiseAnnealed, Scale: 0.3},
		Platforms: []models.Platform{
			{Name: "A", Service: &models.Service{OnTime: 5, Belated: 1, Stages: []models.Stage{{Name: "kitchen", Supply: true, Time: 1, Matching: models.Matching{Kind: models.MatchUrnBall}}}}},
			{Name: "B"},
		},
		Segments: []models.Segment{
			{Side: "consumers", Name: "eaters", Region: "here", Size: 20_000, PriceSensitivity: 1, Value: []models.Value{models.Number(2), models.Number(0)},
				Orders: models.Ordering{Rate: 0.2, Basket: models.MoneyOf(10), Mix: models.Mix{Shape: 0.8, Classes: 10}}},
			{Side: "merchants", Name: "kitchens", Region: "here", Size: 1000, PriceSensitivity: 1, Value: []models.Value{models.Number(2), models.Number(0)},
				Supply: &models.Supply{Hours: 4, Most: 24, Pay: 20, Skill: 1, Mix: models.Mix{Shape: 0.8, Classes: 10}}},
		},
		Policies: []models.Policy{{
			Name: "poach", Platform: "B", Target: models.Target{Side: side, Top: 0.1}, Instrument: models.PayPeriod, Shape: models.Constant{Amount: 4}, From: 11,
		}},
	}
	for i := range m.Segments {
		m.Segments[i].Homing.Cost = 10
		m.Segments[i].Start = []models.Begin{{Homing: 1, Share: 1}}
	}
	return m
}

// TestPoachingTakesOrders: a rival who pays the best tenth of consumers takes at least twice as
// large a share of the orders as of the heads (of gamma distributed rates of shape 0.8 the best
// tenth place 37%), whichever the engine; one who pays the best tenth of the merchants, whose skill
// is as uneven, leaves more orders of the rival unserved than it takes of its merchants.
func TestPoachingTakesOrders(t *testing.T) {
	for _, side := range []string{"consumers", "merchants"} {
		l, err := models.Compile(home(side))
		require.NoError(t, err)
		for _, name := range []string{"agents", "cohorts", "meanfield"} {
			layout := sim.NewLayout(l, "", "", nil)
			record := layout.Recorder(0)
			require.NoError(t, sim.Simulate(context.Background(), l, named(name)(), sim.Options{Seed: 1}, record))
			lost := func(metric, of string) float64 {
				var at []float64
				platform, sides, segment := record.Table.Texts("platform"), record.Table.Texts("side"), record.Table.Texts("segment")
				for row, x := range record.Table.Numbers(metric) {
					if platform[row] == "A" && sides[row] == of && segment[row] == sim.Total {
						at = append(at, x)
					}
				}
				return 1 - at[30]/at[10]
			}
			heads, orders := lost("participants", side), lost("orders", "consumers")
			t.Logf("%s, %s: %.3f of the heads, %.3f of the orders", side, name, heads, orders)
			require.InDelta(t, 0.1, heads, 0.02, "the best tenth, and few others")
			if side == "consumers" {
				require.Greater(t, orders, 2*heads)
			} else {
				require.Greater(t, orders, heads)
			}
		}
	}
}
