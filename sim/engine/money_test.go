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
// money that belongs to others. A merger moves cash from one platform to another and makes none. What is
// burnt is what is lost of it but for funding, and costs are the sum of what they are made of.
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
		m.Economics = &models.Economics{}
		l, err := models.Compile(m)
		require.NoError(t, err)
		e := named(rapid.SampledFrom([]string{"agents", "cohorts", "meanfield"}).Draw(t, "engine"))()
		record := sim.NewRecorder(l, sim.Labels{})
		require.NoError(t, sim.Simulate(context.Background(), l, e, sim.Options{Seed: 1}, record))
		whole := record.Table.Where("side", sim.Total).Where("segment", sim.Total)
		column := func(name string) []float64 { // over all platforms
			sum := make([]float64, m.Horizon.Periods+1)
			if whole.Schema.Index(name) < 0 { // nothing of the kind can happen
				return sum
			}
			periods, names := whole.Integers("period"), whole.Texts("platform")
			for row, x := range whole.Numbers(name) {
				if names[row] != sim.Total && !math.IsNaN(x) {
					sum[periods[row]] += x
				}
			}
			return sum
		}
		add := func(names ...string) []float64 {
			sum := make([]float64, m.Horizon.Periods+1)
			for _, name := range names {
				for i, x := range column(name) {
					sum[i] += x
				}
			}
			return sum
		}
		cash, owed, burn := column("cash"), add("vouchers_held", "wallets_held", "points_owed"), column("burn")
		revenue, cost, fines, funding := column("revenue"), column("cost"), column("fines"), column("funding")
		parts := add("subsidy", "marketing", "order_costs", "fixed_costs", "features", "bonuses", "rewards", "route_cost")
		paid, subsidy := add("rebates", "referrals"), column("subsidy")
		for i := 1; i < len(cash); i++ {
			more := cash[i] - cash[i-1]
			require.InDelta(t, more, revenue[i]-cost[i]-fines[i]+funding[i]+owed[i]-owed[i-1], 1e-4, "cash of period %d", i)
			require.InDelta(t, funding[i]-more, burn[i], 1e-4, "what is burnt in period %d", i)
			require.InDelta(t, cost[i], parts[i], 1e-4, "what the cost of period %d is made of", i)
			require.LessOrEqual(t, paid[i], subsidy[i]+1e-6)
		}
	})
}
