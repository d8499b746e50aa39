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

// contest lets platforms of a market come by chance, give up, learn, stand for many and merge.
func contest(t *rapid.T, m *models.Model) {
	in := func(lo, hi float64, label string) float64 { return rapid.Float64Range(lo, hi).Draw(t, label) }
	for k := range m.Platforms {
		p := &m.Platforms[k]
		if k > 0 && p.Launch == nil && rapid.Bool().Draw(t, "comes") {
			p.Entry = &models.Entry{Base: in(0, 0.5, "entry"), PerMargin: in(0, 2, "per margin"), After: rapid.IntRange(0, 2).Draw(t, "after")}
		}
		if rapid.Bool().Draw(t, "gives up") {
			p.Exit = &models.Exit{Share: in(0.01, 0.3, "floor"), Grace: rapid.IntRange(0, 4).Draw(t, "grace")}
		}
		if k > 0 && rapid.Bool().Draw(t, "learns") {
			p.Imitates = &models.Imitation{Rival: "A", Share: in(0, 1, "learned"), Lag: rapid.IntRange(0, 3).Draw(t, "lag")}
		}
		if rapid.Bool().Draw(t, "many") {
			p.Sites = &models.Sites{Start: 3, Opening: "0.5 * sites", Closing: "0.1", Capital: models.MoneyOf(1)}
		}
	}
	if rapid.Bool().Draw(t, "routes") {
		route := func(name, place string, from int) models.Route {
			return models.Route{Name: name, Stages: []models.Waypoint{{Place: place, Conversion: in(0.2, 1, "conversion")}}, Reach: in(0.2, 1, "reach"), Price: in(0.5, 1.5, "price"), Cost: models.MoneyOf(1), From: from}
		}
		m.Platforms[0].Sales = &models.Sales{Routes: []models.Route{route("shop", models.PlaceOffline, 0), route("mall", models.PlaceOnline, 3)}, Elasticity: 1, Cannibalisation: in(0, 1, "taken"),
			Parity: models.Parity{From: rapid.IntRange(0, 6).Draw(t, "parity")}}
	}
	if n := len(m.Platforms); n > 1 && rapid.Bool().Draw(t, "merges") {
		m.Mergers = []models.Merger{{Name: "m", From: m.Platforms[n-1].Name, Into: "A", At: rapid.IntRange(1, 6).Draw(t, "at"), Saving: 0.5, Subsidies: in(-1, 0.5, "cut")}}
	}
}

// taxis is two platforms on which a million people and a million drivers have settled, some on both.
func taxis() *models.Model {
	m := town()
	m.Platforms = append(m.Platforms, models.Platform{Name: "B", Fee: 0.1, Cash: models.MoneyOf(500), Capacity: 1e9, Cost: models.Cost{Fixed: models.MoneyOf(8)}})
	m.Platforms[0].Cost.Fixed = models.MoneyOf(10)
	for i := range m.Segments {
		m.Segments[i].Value = []models.Value{models.Number(0.5), models.Number(0)}
	}
	return m
}

// At a merger people are conserved: who used both uses the one, who used either uses it, who had
// left the one that ends knows the other, and joins and leaves are none of this. Cash is pooled to
// the micro-unit, a share of the fixed cost saved, and policies of both are cut.
func TestMerger(t *testing.T) {
	for _, name := range []string{"agents", "cohorts", "meanfield"} {
		m := taxis()
		for i := range m.Segments {
			m.Segments[i].Size = 20_000
		}
		m.Policies = []models.Policy{{Name: "b", Platform: "B", Target: models.Target{Side: "drivers"}, Instrument: models.PayPeriod, Shape: models.Constant{Amount: 1}}}
		m.Mergers = []models.Merger{{Name: "m", From: "B", Into: "A", At: 40, Saving: 0.25, Subsidies: -0.5}}
		l := compiled(t, m)
		of := func(metric, platform, side string) []float64 {
			return column(t, l, name, metric, platform, side, "*", "*")
		}
		either := of("participants", "*", "riders")
		onA, onB, both := of("participants", "A", "riders"), of("participants", "B", "riders"), of("multihomers", "*", "riders")
		require.Positive(t, both[39])
		require.InDelta(t, either[39], onA[39]+onB[39]-both[39], 1e-6, "by inclusion and exclusion")
		moved := of("transferred", "A", "riders")
		require.InDelta(t, onB[39]-both[39], moved[40], 1e-6, "who used B alone")
		require.InDelta(t, -onB[39], of("transferred", "B", "riders")[40], 1e-6)
		require.InDelta(t, either[39]+of("joins", "*", "riders")[40]-of("leaves", "*", "riders")[40], either[40], 1e-6)
		require.InDelta(t, onA[39]+moved[40]+of("joins", "A", "riders")[40]-of("leaves", "A", "riders")[40], onA[40], 1e-6)
		for _, n := range onB[40:] {
			require.Zero(t, n)
		}
		whole := func(metric, platform string) []float64 { return column(t, l, name, metric, platform, "*", "*", "*") }
		cash := func(period int) float64 { return whole("cash", "A")[period] + whole("cash", "B")[period] }
		require.InDelta(t, cash(39)+whole("revenue", "*")[40]-whole("cost", "*")[40], cash(40), 1e-5)
		require.Zero(t, whole("cash", "B")[40])
		drivers := of("participants", "A", "drivers")
		require.InDelta(t, 0.5*drivers[40], whole("subsidy", "A")[40], 1e-5, "half of B's bonus, to all drivers of both")
		require.InDelta(t, whole("subsidy", "A")[40]+10+8*0.75, whole("cost", "A")[40], 1e-5)
	}
}

// A platform whose cash runs out is left by everybody at once, costs nothing more, and is joined
// by nobody; one whose share stays above its floor goes on.
func TestExit(t *testing.T) {
	m := taxis()
	zero := models.Money(0)
	m.Platforms[1].Fee, m.Platforms[1].Exit = 0, &models.Exit{Cash: &zero, Grace: 10}
	m.Platforms[0].Exit = &models.Exit{Share: 0.2}
	l := compiled(t, m)
	cash := column(t, l, "cohorts", "cash", "B", "*", "*", "*")
	members := column(t, l, "cohorts", "participants", "B", "riders", "*", "*")
	require.Equal(t, 500-63*8.0, cash[63], "500 last for 62 periods of 8")
	require.Positive(t, members[63])
	require.Equal(t, -members[63], column(t, l, "cohorts", "transferred", "B", "riders", "*", "*")[64])
	for period := 64; period <= 80; period++ {
		require.Zero(t, members[period])
		require.Equal(t, cash[63], cash[period])
	}
	require.Positive(t, column(t, l, "cohorts", "participants", "A", "riders", "*", "*")[80])

	m = taxis()
	m.Segments[0].Value[1], m.Segments[1].Value[1] = models.Number(-8), models.Number(-8)
	m.Platforms[1].Exit = &models.Exit{Share: 0.02, Grace: 20}
	members = column(t, compiled(t, m), "cohorts", "participants", "B", "riders", "*", "*")
	require.Positive(t, members[20])
	require.Zero(t, members[21], "it never had 2%, and gives up as soon as it may")
}

// Entry by chance: over 2,000 replications the share that has come by a period is that of a Poisson
// process of the stated hazard, within four standard errors (a false alarm once in 16,000, at seeds
// that are fixed), and a larger margin of the incumbent brings rivals sooner.
func TestEntry(t *testing.T) {
	come := func(e models.Entry, fee float64) (share float64) {
		m := taxis()
		m.Horizon.Periods = 12
		m.Platforms[0].Fee, m.Platforms[1].Entry = fee, &e
		l := compiled(t, m)
		for i := range 2000 {
			record := sim.NewLayout(l, "", "", []int{12}).Recorder(i)
			require.NoError(t, sim.Simulate(context.Background(), l, named("meanfield")(), sim.Options{Seed: 3, Replication: i}, record))
			if participants := record.Table.Numbers("participants"); participants[4] > 0 { // of the first side, on B
				share++
			}
		}
		return share / 2000
	}
	want := 1 - math.Exp(-0.08*10)
	require.InDelta(t, want, come(models.Entry{Base: 0.08, After: 2}, 0.2), 4*math.Sqrt(want*(1-want)/2000))
	// The margin of the one rival that takes 20% of GMV and has next to no costs is 0.2 from the
	// second period on.
	want = 1 - math.Exp(-0.5*0.2*11)
	got := come(models.Entry{PerMargin: 0.5}, 0.2)
	require.InDelta(t, want, got, 4*math.Sqrt(want*(1-want)/2000))
	require.Greater(t, got, come(models.Entry{PerMargin: 0.5}, 0.1))
}

// What a platform learns of its rival after a lag closes a share of the gap: with all of it, two
// platforms of unequal worth end with equal shares; the policies of one that came by chance count
// their periods from then on.
func TestImitation(t *testing.T) {
	gap := func(share float64, period int) float64 {
		m := taxis()
		m.Platforms[1].Imitates = &models.Imitation{Rival: "A", Share: share, Lag: 30}
		l := compiled(t, m)
		return column(t, l, "meanfield", "share", "A", "riders", "*", "*")[period] - column(t, l, "meanfield", "share", "B", "riders", "*", "*")[period]
	}
	require.InDelta(t, gap(0, 29), gap(1, 29), 1e-12)
	require.Less(t, gap(1, 80), 0.1*gap(0, 80))
	require.Less(t, gap(0.5, 80), gap(0, 80))

	m := taxis()
	m.Platforms[1].Entry = &models.Entry{Base: 0.1}
	m.Policies = []models.Policy{{Name: "b", Platform: "B", Target: models.Target{Side: "drivers"}, Instrument: models.PayPeriod, Shape: models.Constant{Amount: 1}, Until: 3}}
	l := compiled(t, m)
	var paid, there int
	for period, subsidy := range column(t, l, "meanfield", "subsidy", "B", "*", "*", "*") {
		if subsidy > 0 {
			paid++
		}
		if there == 0 && column(t, l, "meanfield", "participants", "B", "drivers", "*", "*")[period] > 0 {
			there = period
		}
	}
	require.Greater(t, there, 1)
	require.Equal(t, 3, paid)
}

// Many small sites: they open as a Poisson process and close one by one, so that in the mean they
// grow by what formulas say, here 20% a period while money is easy and -10% afterwards, and each
// costs the fixed cost; investors bring capital with each that opens.
func TestSites(t *testing.T) {
	m := taxis()
	m.Platforms[1].Sites = &models.Sites{Start: 100, Opening: "period <= 10 ? 0.3 * sites : 0", Closing: "0.1", Capital: models.MoneyOf(2)}
	l := compiled(t, m)
	mean := column(t, l, "meanfield", "sites", "B", "*", "*", "*")
	require.InEpsilon(t, 100*math.Pow(1.2, 10), mean[10], 1e-9)
	require.InEpsilon(t, mean[10]*math.Pow(0.9, 20), mean[30], 1e-9)
	drawn := column(t, l, "cohorts", "sites", "B", "*", "*", "*")
	opened, closed := column(t, l, "cohorts", "openings", "B", "*", "*", "*"), column(t, l, "cohorts", "closings", "B", "*", "*", "*")
	cost := column(t, l, "cohorts", "cost", "B", "*", "*", "*")
	for period := 1; period <= 80; period++ {
		require.Equal(t, drawn[period-1]+opened[period]-closed[period], drawn[period])
		require.Equal(t, 8*drawn[period], cost[period])
	}
	require.InDelta(t, mean[10], drawn[10], 6*math.Sqrt(mean[10]*6), "a branching process of variance about 0.4 a head and period, grown by 1.2 for ten periods")
	for _, n := range column(t, l, "cohorts", "sites", "A", "*", "*", "*") {
		require.True(t, math.IsNaN(n))
	}

	m.Mergers = []models.Merger{{Name: "m", From: "B", Into: "A", At: 40, Saving: 0.25}}
	l = compiled(t, m)
	of := func(metric, platform string) []float64 {
		return column(t, l, "cohorts", metric, platform, "*", "*", "*")
	}
	last := of("sites", "B")[39]
	require.Positive(t, last)
	require.InDelta(t, 10+0.75*8*last, of("cost", "A")[40], 1e-5, "A's own 10, and three quarters of 8 for each site that became part of it")
	for _, metric := range []string{"sites", "openings", "closings", "cost", "there"} {
		require.Zero(t, of(metric, "B")[40], metric)
	}
	require.Equal(t, 1.0, of("there", "B")[39])
	require.Equal(t, 1.0, of("there", "A")[80])
}
