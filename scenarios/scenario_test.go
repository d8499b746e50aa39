package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
	"flywheel/sim/study"
)

// A resolved scenario is its own resolution, and no order of keys or choice of short forms
// is left in it.
func TestResolvedIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawText(t, "scenario")
		s, err := Read("drawn.yaml", []byte(text), Options{})
		require.NoError(t, err, text)
		again, err := Read("again.yaml", s.Resolved(), Options{})
		require.NoError(t, err, "%s", s.Resolved())
		requireSame(t, s, again)
	})
}

// Changes of the command line stand in the resolved scenario, which needs no flags to give
// the same result.
func TestResolvedHoldsTheFlags(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawText(t, "scenario")
		seed := rapid.Uint64().Draw(t, "seed")
		o := Options{Seed: &seed, Replications: rapid.IntRange(1, 100).Draw(t, "runs"), Engine: "cohorts", Set: []string{
			rapid.SampledFrom([]string{"platforms.A.fee=0.3", "policies=[]", "segments.q.value={B: 2}", "noise=none",
				"platforms=[{name: E, fee: 0.5}]", "segments.p.cross.form=log", "segments.q.start.A=0.1"}).Draw(t, "set"),
		}}
		s, err := Read("drawn.yaml", []byte(text), o)
		require.NoError(t, err, text)
		require.Equal(t, seed, s.Settings.Seed)
		again, err := Read("again.yaml", s.Resolved(), Options{})
		require.NoError(t, err, "%s", s.Resolved())
		requireSame(t, s, again)
	})
}

// What is written in another way and means the same has one digest; what means something
// else has another.
func TestDigest(t *testing.T) {
	read := func(text string) *Scenario {
		s, err := Read("x.yaml", []byte(text), Options{})
		require.NoError(t, err)
		return s
	}
	short := read("name: x\nhorizon: {periods: 10}\nplatforms: [{name: A}]\nsegments: [{side: s, name: p, size: 100, value: 2}]\n")
	long := read("segments: [{size: 1e2, value: {'*': 2.0}, name: p, side: s}]\nplatforms: [{fee: 0.136, name: A}]\nhorizon: {unit: day, periods: 10}\nname: x\n")
	other := read("name: x\nhorizon: {periods: 10}\nplatforms: [{name: A}]\nsegments: [{side: s, name: p, size: 101, value: 2}]\n")
	require.Equal(t, short.Digest, long.Digest)
	require.NotEqual(t, short.SourceDigest, long.SourceDigest)
	require.NotEqual(t, short.Digest, other.Digest)
}

// The file of the manual, with the units it states worked out by hand.
func TestEveryKeyBecomesItsValue(t *testing.T) {
	s := load(t, "testdata/good/everything.yaml", Options{})
	m := s.Model
	require.Equal(t, "Two lines of text,\nwith \"quotes\", a colon: and an umlaut ü", s.About)
	require.Equal(t, models.Horizon{Periods: 52, Unit: "week"}, m.Horizon)
	require.InDelta(t, 0.35, m.Clock.Revision, 1e-12, "0.05 a day, seven days a week")
	require.Equal(t, models.Noise{Kind: models.NoiseAnnealed, Scale: 0.8}, m.Noise)

	a := m.Platforms[0]
	require.Equal(t, 280_000.0, a.Capacity, "40000 a day, seven days a week")
	require.InDelta(t, 9.90*168/730.485, a.Price["consumers"], 1e-12, "a week has 168 hours, a month 730.485")
	require.Equal(t, 0.5, a.Price["merchants"])
	require.Equal(t, models.MoneyOf(5e6), a.Cash)
	require.Equal(t, models.Cost{PerOrder: models.MoneyOf(3.2), Fixed: models.MoneyOf(7000)}, a.Cost, "1000 a day, seven days a week")
	b := m.Platforms[1]
	require.Zero(t, b.Capacity, "no limit")
	require.Equal(t, 1.0, b.Location, "the last of two stands at the end of the line")

	g := m.Segments[0]
	require.Equal(t, int64(12000), g.Size)
	require.Equal(t, []models.Value{models.Number(1), {Mean: 0.5, SD: 0.1, Classes: 3}}, g.Value)
	require.Equal(t, models.Taste{SD: []float64{0.5, 0.25}, Draw: models.DrawStratified}, g.Taste)
	require.Equal(t, models.DrawRandom, g.Position)
	require.Equal(t, models.Memory{Weight: 0.2, Worth: 1.5}, *g.Memory)
	require.Equal(t, models.Noise{Kind: models.NoiseQuenched, Scale: 1.2}, *g.Noise)
	require.Equal(t, models.Effect{Strength: models.Number(2.5), Form: models.FormPower, Exponent: 0.5}, g.Cross)
	require.Equal(t, models.Effect{Strength: models.Value{Mean: -0.4, SD: 0.2, Classes: 4}, Form: models.FormLog}, g.Same)
	require.Equal(t, models.Multi{Cost: 0.3, Max: 2, Duplicate: 0.5, Mix: models.Mix{Shape: 2, Classes: 2}}, g.Homing)
	require.Equal(t, models.Mix{Shape: 2, Classes: 2}, g.PriceMix)
	require.Equal(t, models.Mix{Shape: 1, Classes: 2}, g.Aware.Mix)
	require.Equal(t, 0.3, *g.Revision)
	require.InDelta(t, 0.07, g.Aware.P, 1e-12, "0.01 a day, seven days a week")
	require.Equal(t, []models.Begin{{Homing: 1, Share: 0.02}, {Homing: 3, Share: 0.01}}, g.Start)
	require.Equal(t, models.Ordering{Rate: 3, Basket: models.MoneyOf(30)}, g.Orders)

	p := m.Policies[0]
	require.Equal(t, models.Target{Side: "consumers", Segment: "students", Region: "north"}, p.Target)
	require.Equal(t, models.Ramp{From: 4, To: 0, Over: 26}, p.Shape)
	require.Equal(t, []int{2, 40}, []int{p.From, p.Until})
	require.True(t, p.Limited)
	require.Equal(t, models.MoneyOf(3e6), p.Budget)
	require.Equal(t, models.Pulse{Amount: 5, For: 2, Every: 5}, m.Policies[1].Shape)

	require.Equal(t, study.Settings{Engine: "agents", Replications: 40, Seed: 1<<64 - 1, Shared: true, Welfare: true, Band: [2]float64{0.1, 0.9}, At: []int{13, 26, 0}}, s.Settings)
	require.Equal(t, study.Fit, s.Claims[0].Kind)
	require.Equal(t, study.Quantity{Metric: "share", Platform: "A", Side: "consumers", Segment: "*", Region: "*", Variant: "no-subsidy", Period: 26}, *s.Claims[0].Left.Quantity)
	require.Equal(t, 27, s.Claims[0].Right.Quantity.Period, "six months are 26.09 weeks, which lie in period 27")
	require.Equal(t, models.Constant{Amount: 2}, variant(t, s, "steady").Policies[0].Shape)
}

func TestOrigins(t *testing.T) {
	s := load(t, "testdata/good/extends-top.yaml", Options{Set: []string{"platforms.A.cash=7"}, Replications: 3})
	by := map[string]Origin{}
	for _, o := range s.Origins() {
		require.NotContains(t, by, o.Path)
		require.True(t, o.From != "default" || o.Source != "", "%s has a default of no source", o.Path)
		by[o.Path] = o
	}
	require.Equal(t, Origin{"horizon.periods", "50", "periods", "testdata/good/extends-top.yaml:3", ""}, by["horizon.periods"])
	require.Equal(t, Origin{"platforms.A.fee", "0.2", "share of GMV", "testdata/good/extends-base.yaml:3", ""}, by["platforms.A.fee"])
	require.Equal(t, Origin{"segments.students.cross.strength", "4", "money per period at f = 1", "testdata/good/extends-middle.yaml:5", ""}, by["segments.students.cross.strength"])
	require.Equal(t, Origin{"clock.revision", "0.1", "probability per period", "default", "assumed"}, by["clock.revision"])
	require.Equal(t, "--set platforms.A.cash", by["platforms.A.cash"].From)
	require.Equal(t, "--replications", by["study.replications"].From)

	changes := s.Changes(s.Variants[0])
	require.Equal(t, []Origin{{"policies", "[]", "", "testdata/good/extends-base.yaml:11", "off"}}, []Origin{{changes[0].Path, changes[0].Value, changes[0].Unit, changes[0].From, "off"}})
}

func TestKeys(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Keys() {
		require.False(t, seen[k.Path], k.Path)
		seen[k.Path] = true
		require.NotEmpty(t, k.About, k.Path)
		require.NotEmpty(t, k.Holds, k.Path)
		require.True(t, k.Default == "" || k.Source != "", "%s has a default of no source", k.Path)
		require.False(t, k.Default != "" && k.Needed, k.Path)
	}
	require.True(t, seen["segments[].cross.exponent"])
	require.True(t, seen["policies[].shape.ramp.over"])
}

func TestLibrary(t *testing.T) {
	for _, name := range Library() {
		s, err := Load(name, Options{Engines: engines})
		require.NoError(t, err)
		require.Equal(t, name, s.Name)
		require.NotEmpty(t, s.Claims, "%s says what must hold", name)
		require.NotEmpty(t, s.About)
	}
}

// The event's numbers in hours, and its shape of the day by name or by weights.
func TestEvent(t *testing.T) {
	s := load(t, "testdata/good/event.yaml", Options{})
	weights := []float64{0, 0, 0, 0, 0, 0, 0, 1, 2, 2, 2, 3, 6, 4, 2, 2, 3, 5, 9, 7, 4, 2, 1, 0.5}
	require.Equal(t, &models.Event{
		Platform: "A", Period: 7, Hour: 12.5, Length: 1.5, Profile: weights,
		Redemption: 0.2, HalfLife: 1.0 / 6, Starts: 6.5, Quantile: 0.9,
		Mix: []models.Request{{Endpoint: "browse", PerOrder: 5}, {Endpoint: "pay", PerOrder: 1.5}},
		Deployment: models.Deployment{Limited: true, Capacity: 5, Lo: 4, Hi: 6, Measured: "by hand", Collapse: 0.5, Retries: 3, Backoff: 1, Abandon: 0.2,
			Room: 40, Patience: 60, Late: 5},
	}, s.Model.Event, "600 s are a sixth of an hour")
	require.Nil(t, variant(t, s, "no-event").Event)
	evening := variant(t, s, "evening").Event
	require.Equal(t, []float64{18, 2}, []float64{evening.Hour, evening.Length})
	require.Equal(t, profiles()["food_weekend"], evening.Profile)
	require.Equal(t, "B", variant(t, s, "elsewhere").Event.Platform)

	require.Equal(t, []Origin{{Path: "event", Value: "removed", From: "testdata/good/event.yaml:2"}}, s.Changes(s.Variants[0]), "quoted where what it was taken from begins")

	short := load(t, "testdata/good/event-short.yaml", Options{})
	require.Nil(t, short.Model.Event)
	require.Equal(t, 1.0/3, variant(t, short, "elsewhere").Event.HalfLife, "20 minutes by default")
	plain := "name: x\nhorizon: {periods: 5}\nplatforms: [{name: A}]\nsegments: [{side: s, name: p, size: 9, orders: {rate: 1}}]\nevent: {platform: A, period: 5, hour: 9}\n"
	gone, err := Read("x.yaml", []byte(plain), Options{Set: []string{"event=null"}})
	require.NoError(t, err)
	require.Nil(t, gone.Model.Event)
	require.Equal(t, 0.5, load(t, "testdata/good/event.yaml", Options{Set: []string{"event.redemption=0.5"}}).Model.Event.Redemption)
}

func TestClocks(t *testing.T) {
	s := load(t, "testdata/good/async.yaml", Options{})
	require.Equal(t, models.Clock{Kind: models.ClockAsync, Revision: 3.5}, s.Model.Clock, "half a revision a day, seven days a week")
	require.Equal(t, 2.0, *s.Model.Segments[0].Revision)
	require.Equal(t, models.Clock{Kind: models.ClockSync, Revision: 0.3}, variant(t, s, "in-step").Clock)
	require.Equal(t, models.Clock{Kind: models.ClockAsync, Revision: 7}, variant(t, s, "faster").Clock)
	plain := "name: x\nhorizon: {periods: 5}\nclock: {kind: async}\nplatforms: [{name: A}]\nsegments: [{side: s, name: p, size: 9}]\n"
	once, err := Read("x.yaml", []byte(plain), Options{})
	require.NoError(t, err)
	require.Equal(t, 1.0, once.Model.Clock.Revision, "once a period by default")
}

// Every profile is a shape of 24 hours around a mean of 1, to the two places they are
// printed with: 24 roundings of at most 0.005 move the mean by 0.005 at most.
func TestProfiles(t *testing.T) {
	for _, name := range profileNames() {
		profile := profiles()[name]
		require.Len(t, profile, 24, name)
		var sum float64
		for _, factor := range profile {
			require.GreaterOrEqual(t, factor, 0.0, name)
			sum += factor
		}
		require.InDelta(t, 1, sum/24, 0.005, name)
	}
}
