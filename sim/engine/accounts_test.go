package engine_test

import (
	"math"
	"slices"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
)

// signed are the metrics that may lie below zero.
var signed = []string{"membership", "revenue", "cost", "cash", "welfare", "commission", "rewards", "points_settled", "contribution", "burn", "ltv", "ltv_life", "ltv_over_cac", "growth_rate",
	"transferred", "price_gap", "acquisition", "cac", "organic", "spread"}

// check holds a whole run to what must be true of any.
func (s *story) check() {
	s.numbers()
	for period := range s.m.Horizon.Periods + 1 {
		s.flows(period)
		s.adds(period)
		if period > 0 {
			s.books(period)
			s.orders(period)
		}
	}
}

// numbers are none or finite, and not below zero where they count.
func (s *story) numbers() {
	for name, line := range s.number {
		for row, x := range line {
			if math.IsNaN(x) {
				continue
			}
			require.False(s.t, math.IsInf(x, 0), "%s of row %d", name, row)
			if !slices.Contains(signed, name) {
				require.GreaterOrEqual(s.t, x, -1e-6, "%s of row %d", name, row)
			}
		}
	}
	for _, name := range []string{"share", "market_share", "hhi", "satisfaction", "of_peak", "new_share", "there", "order_share", "gmv_share", "hhi_orders", "hhi_gmv"} {
		for row, x := range s.number[name] {
			require.False(s.t, x > 1+1e-9, "%s of row %d is %g", name, row, x)
		}
	}
}

// scopes are the sides, regions and segments of the table.
func (s *story) scopes(visit func(side, segment, region string)) {
	side, segment, region, platform := s.table.Texts("side"), s.table.Texts("segment"), s.table.Texts("region"), s.table.Texts("platform")
	for row := range s.each {
		if platform[row] == sim.Total && side[row] != sim.Total {
			visit(side[row], segment[row], region[row])
		}
	}
}

// flows: who is there was there, came or went; nobody is there who is not among the people.
func (s *story) flows(period int) {
	s.scopes(func(side, segment, region string) {
		of := func(metric, platform string, period int) float64 {
			return s.at(metric, period, platform, side, segment, region)
		}
		var people float64
		for i := range s.m.Segments {
			if g := &s.m.Segments[i]; g.Side == side && (segment == sim.Total || g.Name == segment) && (region == sim.Total || g.Region == region) {
				people += float64(g.Size)
			}
		}
		var market float64
		for _, k := range s.platforms() {
			n := of("participants", k, period)
			require.LessOrEqual(s.t, n, people+1e-6)
			require.LessOrEqual(s.t, n, of("aware", k, period)+1e-6, "who uses %s knows it", k)
			require.LessOrEqual(s.t, of("multihomers", k, period), n+1e-6)
			require.InDelta(s.t, n/people, of("share", k, period), 1e-9)
			if period > 0 {
				want := of("participants", k, period-1) + of("joins", k, period) - of("leaves", k, period) + or0(of("transferred", k, period))
				require.InDelta(s.t, want, n, 1e-6*(1+n), "participants of %s in period %d (%s %s %s)", k, period, side, segment, region)
			}
			if fresh := of("new", k, period); !math.IsNaN(fresh) {
				require.InDelta(s.t, n, fresh+of("regular", k, period), 1e-6)
				if k != sim.Total { // which counts who leaves platform by platform, and who exchanges one for another
					require.LessOrEqual(s.t, of("switches", k, period), of("joins", k, period)+1e-6)
					require.LessOrEqual(s.t, of("churned", k, period), of("leaves", k, period)+1e-6)
				}
				require.LessOrEqual(s.t, of("lapsed", k, period), people+1e-6)
				require.LessOrEqual(s.t, of("returned", k, period), of("joins", k, period)+1e-6)
			}
			if k != sim.Total {
				market += or0(of("market_share", k, period))
			}
		}
		if market != 0 {
			require.InDelta(s.t, 1, market, 1e-9)
		}
	})
}

// platforms are the names, then that of all.
func (s *story) platforms() []string {
	var names []string
	for _, p := range s.m.Platforms {
		names = append(names, p.Name)
	}
	return append(names, sim.Total)
}

// additive are metrics that add up over segments.
var additive = []string{"participants", "multihomers", "joins", "leaves", "aware", "orders", "unserved", "event_orders", "turned_away", "gmv", "subsidy", "unpaid_claims", "new", "regular", "lapsed", "churned", "switches", "returned",
	"hours", "late", "dropped", "backlog", "transferred", "acquisition", "brought", "passed_1", "passed_2", "passed_3", "contribution"}

// over are those of them that add up over platforms.
var over = []string{"orders", "unserved", "event_orders", "turned_away", "gmv", "subsidy", "unpaid_claims", "late", "dropped", "backlog", "hours"}

// adds: segments add up to regions and sides, and platforms to all of them.
func (s *story) adds(period int) {
	regions := s.m.RegionNames()
	for _, metric := range additive {
		if s.number[metric] == nil {
			continue
		}
		for _, k := range s.platforms() {
			for _, side := range s.law.Sides {
				whole := s.at(metric, period, k, side, sim.Total, sim.Total)
				if math.IsNaN(whole) {
					continue
				}
				var sum, near float64
				byRegion := map[string]float64{}
				for i := range s.m.Segments {
					if g := &s.m.Segments[i]; g.Side == side {
						x := s.at(metric, period, k, side, g.Name, g.Region)
						require.False(s.t, math.IsNaN(x), "%s of %s on %s", metric, g.Name, k)
						sum += x
						near += math.Abs(x)
						byRegion[g.Region] += x
					}
				}
				require.InDelta(s.t, whole, sum, 1e-6+1e-9*near, "%s of %s on %s in period %d", metric, side, k, period)
				for _, region := range regions {
					if _, here := byRegion[region]; here && len(regions) > 1 {
						require.InDelta(s.t, byRegion[region], s.at(metric, period, k, side, sim.Total, region), 1e-6+1e-9*near, "%s of %s in %s on %s", metric, side, region, k)
					}
				}
			}
		}
	}
	for _, metric := range over {
		if s.number[metric] == nil {
			continue
		}
		for row := range s.each {
			if names := len(s.m.Platforms) + 1; row%names == names-1 {
				line := s.number[metric][period*s.each+row-names+1 : period*s.each+row+1]
				var sum float64
				for _, x := range line[:names-1] {
					sum += x
				}
				if !math.IsNaN(sum) || !math.IsNaN(line[names-1]) {
					require.InDelta(s.t, line[names-1], sum, 1e-6+1e-9*math.Abs(sum), "%s of row %d over platforms in period %d", metric, row, period)
				}
			}
		}
	}
}

// books: cash is what there was, and what came in and went out; subsidies add up, within budgets.
func (s *story) books(period int) {
	var before, after, moved float64
	for _, k := range s.platforms() {
		of := func(metric string, period int) float64 {
			return or0(s.at(metric, period, k, sim.Total, sim.Total, sim.Total))
		}
		owed := func(period int) float64 {
			return of("vouchers_held", period) + of("wallets_held", period) + of("points_owed", period)
		}
		in := of("revenue", period) - of("cost", period) - of("fines", period) + of("funding", period) + owed(period) - owed(period-1)
		if k == sim.Total {
			before, after, moved = of("cash", period-1), of("cash", period), in
			require.InDelta(s.t, before+moved, after, 1e-4+1e-9*math.Abs(after), "cash in period %d", period)
		} else if len(s.m.Mergers) == 0 {
			require.InDelta(s.t, of("cash", period-1)+in, of("cash", period), 1e-4+1e-9*math.Abs(of("cash", period)), "cash of %s in period %d", k, period)
		}
		require.InDelta(s.t, of("subsidy_to_date", period-1)+of("subsidy", period), of("subsidy_to_date", period), 1e-5+1e-9*of("subsidy_to_date", period), "subsidies of %s to period %d", k, period)
		if s.m.Economics != nil {
			parts := of("subsidy", period) + of("marketing", period) + of("order_costs", period) + of("fixed_costs", period) + of("features", period) + of("bonuses", period) + of("rewards", period) + of("route_cost", period)
			require.InDelta(s.t, of("cost", period), parts, 1e-4+1e-9*parts, "cost of %s in period %d", k, period)
		}
	}
	s.budgets(period)
}

// budgets: where all policies of a platform have one, it spends no more than they come to.
func (s *story) budgets(period int) {
	if len(s.m.Mergers) > 0 {
		return
	}
	for _, p := range s.m.Platforms {
		var most models.Money
		var only *models.Policy
		limited, all := true, 0
		for i := range s.m.Policies {
			if o := &s.m.Policies[i]; o.Platform == p.Name && o.Instrument.Budgeted() {
				most += o.Budget
				limited = limited && o.Limited
				all, only = all+1, o
			}
		}
		if !limited || all == 0 {
			continue
		}
		var spent, now float64
		for t := range period + 1 {
			now = 0
			for _, metric := range []string{"subsidy", "marketing", "features"} {
				now += or0(s.at(metric, t, p.Name, sim.Total, sim.Total, sim.Total))
			}
			spent += now
		}
		if all == 1 && only.Even && only.Instrument != models.PayRebate && p.Entry == nil { // coupons are used when people like
			last := s.m.Horizon.Periods
			if only.Until > 0 {
				last = min(last, only.Until)
			}
			require.LessOrEqual(s.t, now, (most.Units()-spent+now)/float64(max(1, last-period+1))+1e-6, "%s spends more than a portion in period %d", only.Name, period)
		}
		require.LessOrEqual(s.t, spent, most.Units()+1e-7, "%s has spent more than its budgets by period %d", p.Name, period)
	}
}

// orders: those placed and those that waited were fulfilled, given up, unserved or wait on.
func (s *story) orders(period int) {
	var placed, received float64
	for _, p := range s.m.Platforms {
		k := s.law.Model.PlatformIndex(p.Name)
		for i := range s.m.Segments {
			g := &s.m.Segments[i]
			of := func(metric string, period int) float64 {
				return or0(s.at(metric, period, p.Name, g.Side, g.Name, g.Region))
			}
			if g.Orders.Rate == 0 {
				continue
			}
			var came float64
			for j := range s.law.Groups {
				if s.law.Groups[j].Segment == i {
					came += s.placed[period-1][j][k]
				}
			}
			came += of("event_orders", period) + of("backlog", period-1)
			went := of("orders", period) + of("unserved", period) + of("dropped", period) + of("backlog", period)
			require.InDelta(s.t, came, went, 1e-6*(1+came), "orders of %s on %s in period %d", g.Name, p.Name, period)
			require.LessOrEqual(s.t, of("late", period), of("orders", period)+1e-6)
			require.LessOrEqual(s.t, of("turned_away", period), of("unserved", period)+1e-6)
			require.InDelta(s.t, of("orders", period)*g.Orders.Basket.Units(), of("gmv", period), 1e-4+1e-9*of("gmv", period))
		}
		placed += or0(s.at("orders", period, p.Name, s.law.Sides[0], sim.Total, sim.Total))
		if len(s.law.Sides) > 1 {
			for _, region := range s.m.RegionNames() {
				if len(s.m.RegionNames()) > 1 {
					require.InDelta(s.t, or0(s.at("orders", period, p.Name, s.law.Sides[0], sim.Total, region)), or0(s.at("orders", period, p.Name, s.law.Sides[1], sim.Total, region)), 1e-6*(1+placed), "orders of %s in %s", p.Name, region)
				}
			}
			received += or0(s.at("orders", period, p.Name, s.law.Sides[1], sim.Total, sim.Total))
		}
		if p.Capacity > 0 && len(s.m.Mergers) == 0 && p.Service == nil && !s.grows(p.Name) {
			require.LessOrEqual(s.t, s.at("orders", period, p.Name, sim.Total, sim.Total, sim.Total), math.Ceil(p.Capacity)*s.boost(p.Name)+1e-6)
		}
	}
	if len(s.law.Sides) > 1 {
		require.InDelta(s.t, placed, received, 1e-6*(1+placed))
	}
}

// grows tells whether policies add to a platform's capacity.
func (s *story) grows(platform string) bool {
	return slices.ContainsFunc(s.m.Policies, func(p models.Policy) bool { return p.Platform == platform && p.Instrument == models.AddCapacity })
}

// boost is the largest factor that shocks put on a platform's capacity.
func (s *story) boost(platform string) float64 {
	most := 1.0
	for i := range s.m.Shocks {
		if o := &s.m.Shocks[i]; (o.Platform == "" || o.Platform == platform) && o.Stage == "" && o.Capacity > 0 {
			most *= 1 + o.Capacity
		}
	}
	return most
}

// same wants two stories to agree in every number that the first has, of the periods that the other
// tells: to the last bit, or as near as a share of the number.
func (s *story) same(other *story, why string, near float64) {
	require.NotNil(s.t, other, why)
	periods := other.table.Integers("period")
	for _, c := range s.table.Schema[len(results.Identity()):] {
		mine, theirs := s.number[c.Name], other.number[c.Name]
		require.NotNil(s.t, theirs, "%s: %s", why, c.Name)
		if c.Name == "welfare" {
			continue
		}
		for id, row := range s.rows {
			for at := other.rows[id]; at < len(periods); at += other.each {
				period := int(periods[at])
				if period > s.m.Horizon.Periods {
					break
				}
				a, b := mine[row+period*s.each], theirs[at]
				alike := math.Float64bits(a) == math.Float64bits(b) || near > 0 && math.Abs(a-b) <= near*(1+math.Abs(a))
				if !alike && !math.IsNaN(a) { // what was not told before may be nothing now
					require.Failf(s.t, "differs", "%s: %s of %s in period %d is %g and not %g", why, c.Name, id, period, b, a)
				}
			}
		}
	}
}
