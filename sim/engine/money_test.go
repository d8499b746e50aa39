package engine_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
	"flywheel/sim"
)

// Every change of the cash of all platforms is told by the columns of the period: what was earned
// less what was spent and fined, what investors put in, and what was taken in or given back of
// money that belongs to others. A merger moves cash from one platform to another and makes none.
func TestMoneyIsAccountedFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := tiny(rapid.IntRange(0, 1<<30).Draw(t, "market"))
		for k := range m.Platforms {
			m.Platforms[k].Cost = models.Cost{PerOrder: models.MoneyOf(0.3), Fixed: models.MoneyOf(7)}
			if in := m.Platforms[k].Income; in != nil {
				in.Ads = &models.Ads{Views: 3, Thousand: 20, ClickRate: 0.1, Click: 0.5}
				in.Points = &models.Points{Earn: 0.05, Redemption: 0.6, Expires: 3}
				in.Float = &models.Float{Rate: 0.01, Lag: 2}
				in.Wallet.Lapse, in.Wallet.Refund = 0.1, 0.5
			}
		}
		l, err := models.Compile(m)
		require.NoError(t, err)
		e := named(rapid.SampledFrom([]string{"agents", "cohorts", "meanfield"}).Draw(t, "engine"))()
		record := sim.NewRecorder(l, sim.Labels{})
		require.NoError(t, sim.Simulate(context.Background(), l, e, sim.Options{Seed: 1}, record))
		whole := record.Table.Where("side", sim.Total).Where("platform", sim.Total)
		column := func(name string) []float64 {
			if whole.Schema.Index(name) < 0 { // nothing of the kind can happen
				return make([]float64, whole.Rows())
			}
			list := whole.Numbers(name)
			for i, x := range list {
				if math.IsNaN(x) {
					list[i] = 0
				}
			}
			return list
		}
		cash := column("cash")
		owed := column("vouchers_held")
		for _, name := range []string{"wallets_held", "points_owed"} {
			for i, x := range column(name) {
				owed[i] += x
			}
		}
		revenue, cost, fines, funding := column("revenue"), column("cost"), column("fines"), column("funding")
		for i := 1; i < whole.Rows(); i++ {
			told := revenue[i] - cost[i] - fines[i] + funding[i] + owed[i] - owed[i-1]
			require.InDelta(t, cash[i]-cash[i-1], told, 1e-4, "period %d", i)
		}
	})
}
