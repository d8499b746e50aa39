package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
)

// chain is a chain of shops with a mall online, which opens in period 21 and charges 4% less; one
// price holds from period 41 on.
func chain() *models.Model {
	m := town()
	m.Segments = m.Segments[:1] // it sells by itself
	m.Segments[0].Cross = models.Effect{}
	m.Platforms[0].Sales = &models.Sales{
		Routes: []models.Route{
			{Name: "shops", Stages: []models.Waypoint{{Place: models.PlaceOffline, Conversion: 1}}, Reach: 0.9, Price: 1},
			{Name: "mall", Stages: []models.Waypoint{{Place: models.PlaceOffline, Conversion: 0.5}, {Place: models.PlaceOnline, Conversion: 0.4}}, Reach: 1, Price: 0.96,
				Cost: models.MoneyOf(0.5), Commission: 0.1, From: 21},
		},
		Elasticity: 2, Cannibalisation: 0.6, Parity: models.Parity{From: 41},
	}
	return m
}

// A second route by hand: 0.2 of the orders wished for, more by what a price 4% lower draws, are
// sold online; 60% of them would have been sold in shops, which lose those; one price at the lower
// one draws more to the shops too, and costs margin.
func TestRoutesByHand(t *testing.T) {
	m := chain()
	wished := whole(t, func() *models.Model { m := chain(); m.Platforms[0].Sales = nil; return m }(), "orders")
	at := func(metric string) []float64 { return whole(t, m, metric) }
	orders, online, taken, takings, cost, gap := at("orders"), at("online_orders"), at("cannibalised"), at("takings"), at("route_cost"), at("price_gap")
	require.InEpsilon(t, 0.9*wished[20], orders[20], 1e-9)
	require.Zero(t, online[20])
	const price = 0.96
	drawn := 0.2 / (price * price)
	require.InEpsilon(t, drawn*wished[30], online[30], 1e-9)
	require.InEpsilon(t, 0.6*online[30], taken[30], 1e-9)
	require.InEpsilon(t, (0.9+0.4*drawn)*wished[30], orders[30], 1e-9)
	require.InEpsilon(t, 20*(orders[30]-online[30]+price*online[30]), takings[30], 1e-9)
	require.InEpsilon(t, online[30]*(0.5+0.1*price*20), cost[30], 1e-9)
	require.InDelta(t, 1/price-1, gap[30], 1e-12)
	require.InEpsilon(t, (0.9/(price*price)+0.4*drawn)*wished[50], orders[50], 1e-9)
	require.InDelta(t, 0, gap[50], 1e-12)
	revenue := at("revenue")
	require.InEpsilon(t, 0.2*20*orders[30]-20*(1-price)*online[30], revenue[30], 1e-9, "a fifth of the basket, less what the mall's price gives away")
	require.Less(t, revenue[50], revenue[30], "one price sells more and earns less, here where the elasticity is 2 and the margin a fifth")
	require.Greater(t, orders[50], orders[30])
}

// Whatever the routes, orders are those of all routes, shares add to one, no more is taken from
// shops than they would have sold, and without cannibalisation nothing is.
func TestRoutesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := func(lo, hi float64, label string) float64 { return rapid.Float64Range(lo, hi).Draw(t, label) }
		s := models.Sales{Elasticity: in(0, 3, "elasticity"), Cannibalisation: in(0, 1, "taken")}
		for range rapid.IntRange(1, 4).Draw(t, "routes") {
			place := rapid.SampledFrom([]string{models.PlaceOnline, models.PlaceOffline}).Draw(t, "place")
			s.Routes = append(s.Routes, models.Route{Stages: []models.Waypoint{{Place: place, Conversion: in(0, 1, "conversion")}}, Reach: in(0, 2, "reach"), Price: in(0.5, 2, "price")})
		}
		now := s.Sell(1)
		var sum, online, offline, before float64
		for i, share := range now.Share {
			require.GreaterOrEqual(t, share, 0.0)
			sum += share
			if s.Routes[i].Online() {
				online += share * now.Orders
			} else {
				offline += share * now.Orders
			}
		}
		if now.Orders > 1e-9 {
			require.InDelta(t, 1, sum, 1e-9)
		}
		s.Cannibalisation = 0
		free := s.Sell(1)
		for i, share := range free.Share {
			if !s.Routes[i].Online() {
				before += share * free.Orders
			}
		}
		require.InDelta(t, now.Cannibalise*online, before-offline, 1e-9)
		require.Zero(t, free.Cannibalise)
	})
}
