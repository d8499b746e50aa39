package sim_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
	"flywheel/sim/engine/cohorts"
)

// shops are two platforms, or three, that the same 300 people order from, with points.
func shops(t require.TestingT, points ...*models.Points) *models.Law {
	m := &models.Model{
		Name: "shops", Horizon: models.Horizon{Periods: 25, Unit: "day"},
		Clock: models.Clock{Kind: models.ClockSync, Revision: 0.2}, Noise: models.Noise{Kind: models.NoiseAnnealed, Scale: 1},
		Segments: []models.Segment{{Side: "people", Name: "people", Region: "here", Size: 300, PriceSensitivity: 1,
			Value: []models.Value{}, Orders: models.Ordering{Rate: 0.7, Basket: models.MoneyOf(9.99)}}},
	}
	for i, p := range points {
		m.Platforms = append(m.Platforms, models.Platform{Name: string(rune('A' + i)), Fee: 0.1, Cash: models.MoneyOf(100), Income: &models.Income{Points: p}})
		m.Segments[0].Value = append(m.Segments[0].Value, models.Number(float64(i)-0.5))
	}
	l, err := models.Compile(m)
	require.NoError(t, err)
	return l
}

func timelineOf(t require.TestingT, l *models.Law) *results.Table {
	rec := sim.NewRecorder(l, sim.Labels{})
	require.NoError(t, sim.Simulate(context.Background(), l, new(cohorts.Engine), sim.Options{Seed: 5}, rec))
	return rec.Table.Where("side", sim.Total)
}

// TestCoalitionPointsAddUp: of the points given, all are used, expired or still good; what members pay each other is
// nothing in the sum; and together they have the money they would have alone, whoever bears what.
func TestCoalitionPointsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var alone, together []*models.Points
		for range rapid.IntRange(2, 3).Draw(t, "platforms") {
			p := models.Points{Earn: rapid.Float64Range(0, 0.3).Draw(t, "earn"), Redemption: rapid.Float64Range(0, 1).Draw(t, "redemption"), Expires: rapid.IntRange(1, 9).Draw(t, "expires")}
			q := p
			q.Coalition, q.Borne = "stamps", rapid.Float64Range(0, 1).Draw(t, "borne")
			alone, together = append(alone, &p), append(together, &q)
		}
		apart, joint := timelineOf(t, shops(t, alone...)).Where("platform", sim.Total), timelineOf(t, shops(t, together...))
		all := joint.Where("platform", sim.Total)
		given, used, expired, settled := 0.0, 0.0, 0.0, 0.0
		for period := range all.Rows() {
			at := func(metric string) float64 { return all.Numbers(metric)[period] }
			given, used, expired, settled = given+at("rewards"), used+at("points_used"), expired+at("breakage"), settled+at("points_settled")
			require.InDelta(t, given, used+expired+at("points_owed"), 1e-6, "period %d", period)
			require.InDelta(t, 0, settled, 1e-6)
			for _, metric := range []string{"cash", "cost", "revenue", "gmv", "points_used", "points_owed"} {
				require.InDelta(t, apart.Numbers(metric)[period], at(metric), 1e-6, "%s in period %d", metric, period)
			}
		}
		for k := range together {
			own := joint.Where("platform", string(rune('A'+k)))
			cash, rest := own.Numbers("cash"), 0.0
			for period := range cash {
				if period > 0 { // cash moves by what is earned less what is paid for points: those used, less rewards that are not yet owed
					rest = cash[period-1] + own.Numbers("commission")[period] - own.Numbers("points_used")[period] + own.Numbers("points_settled")[period]
					require.InDelta(t, rest, cash[period], 1e-6, "platform %d, period %d", k, period)
				}
			}
		}
	})
}

// TestPointsAreUsedWhereThingsAreSold: points of a platform that gives them are used with another by what it
// sells, who is paid for them but for its part.
func TestPointsAreUsedWhereThingsAreSold(t *testing.T) {
	rows := timelineOf(t, shops(t, &models.Points{Earn: 0.1, Redemption: 1, Expires: 1, Coalition: "stamps", Borne: 0.25}, &models.Points{Expires: 1, Coalition: "stamps"}))
	a, b := rows.Where("platform", "A"), rows.Where("platform", "B")
	for period := 3; period < a.Rows(); period++ { // all points of a period are used in the next
		given := 0.1 * a.Numbers("gmv")[period-1]
		share := b.Numbers("gmv")[period] / (a.Numbers("gmv")[period] + b.Numbers("gmv")[period])
		require.InDelta(t, share*given, b.Numbers("points_used")[period], 2e-6)
		require.InDelta(t, 0.75*share*given, b.Numbers("points_settled")[period], 2e-6)
		require.InDelta(t, 0.25*share*given, b.Numbers("rewards")[period], 2e-6, "it gives none, and bears a quarter of what it takes")
	}
	// Felt where they are used, they draw people to the shop that gives none.
	felt := timelineOf(t, shops(t, &models.Points{Earn: 0.3, Redemption: 1, Expires: 1, Coalition: "stamps", OnUse: 1}, &models.Points{Expires: 1, Coalition: "stamps", OnUse: 1}))
	least := timelineOf(t, shops(t, &models.Points{Earn: 0.3, Redemption: 1, Expires: 1, Coalition: "stamps"}, &models.Points{Expires: 1, Coalition: "stamps"}))
	sum := func(rows *results.Table) (orders float64) {
		for _, x := range rows.Where("platform", "B").Numbers("orders") {
			orders += x
		}
		return orders
	}
	require.Greater(t, sum(felt), sum(least))
}
