package engine_test

import (
	"fmt"
	"math"
	"slices"

	"pgregory.net/rapid"

	"flywheel/models"
)

// world draws a market in which anything of the law may meet anything else: what a mechanism needs
// of others is not arranged for, but whatever makes the model invalid is taken back. Numbers lie at
// the ends of what they may be more often than between them.
type world struct {
	t        *rapid.T
	m        *models.Model
	personal bool // some people differ for life, which agents alone can carry
}

// aWorld is a random valid market of at most a few hundred people over a few periods.
func aWorld(t *rapid.T) *models.Model {
	w := &world{t: t, m: &models.Model{Name: "world"}}
	m := w.m
	m.Horizon = models.Horizon{Periods: w.whole(2, 9, "periods"), Unit: pick(w, "unit", "day", "day", "day", "hour", "week", "month")}
	m.Clock = models.Clock{Kind: models.ClockSync, Revision: w.edge(0, 0.6, "revision")}
	if w.sometimes(8, "async") {
		m.Clock.Kind, m.Horizon.Periods = models.ClockAsync, min(4, m.Horizon.Periods)
	}
	m.Noise = models.Noise{Kind: models.NoiseAnnealed, Scale: w.in(0.2, 3, "mu")}
	if m.Clock.Kind == models.ClockSync && w.sometimes(4, "best reply") { // a continuous motion of best replies chatters for long
		m.Noise.Kind = models.NoiseNone
	}
	for _, name := range []string{"A", "B", "C"}[:w.whole(1, 3, "platforms")] {
		m.Platforms = append(m.Platforms, models.Platform{
			Name: name, Fee: w.edge(0, 1, "fee"), Location: w.in(0, 1, "location"),
			Cash: w.money(1e4, "cash"), Cost: models.Cost{PerOrder: w.money(2, "cost of an order"), Fixed: w.money(20, "fixed cost")},
		})
	}
	sides := []string{"buyers", "sellers"}[:pick(w, "sides", 2, 2, 2, 1)]
	regions := []string{"", "north", "south"}
	switch w.whole(0, 2, "regions") {
	case 0:
		regions = regions[:1]
	default:
		regions = regions[1:]
	}
	for _, region := range regions {
		for i, side := range sides {
			for j := range w.whole(1, 2, "segments") {
				m.Segments = append(m.Segments, w.segment(i, side, fmt.Sprint(side, region, j), region))
			}
		}
	}
	w.personal = w.sometimes(4, "personal")
	for i := range m.Segments {
		w.people(i)
	}
	for k := range m.Platforms {
		w.platform(k)
	}
	for i := range w.whole(0, 5, "policies") {
		w.policy(i)
	}
	w.calendar()
	w.contest()
	w.measured()
	return m
}

// in is a number of a range in steps of a thousandth of it: nobody writes 1e-300, and what rounds off there is no fault.
func (w *world) in(lo, hi float64, label string) float64 {
	return lo + (hi-lo)*float64(w.whole(0, 1000, label))/1000
}

func (w *world) whole(lo, hi int, label string) int { return rapid.IntRange(lo, hi).Draw(w.t, label) }

// sometimes is true once in so many times.
func (w *world) sometimes(in int, label string) bool { return w.whole(1, in, label) == in }

// edge is one of the ends of a range, or lies between them.
func (w *world) edge(lo, hi float64, label string) float64 {
	switch w.whole(0, 5, label+" at an end") {
	case 0:
		return lo
	case 1:
		return hi
	}
	return w.in(lo, hi, label)
}

// money is an amount up to so many units: often none, a micro-unit, or one that no whole number of
// people can share.
func (w *world) money(most float64, label string) models.Money {
	switch w.whole(0, 5, label+" how much") {
	case 0:
		return 0
	case 1:
		return 1
	}
	return models.Money(rapid.Int64Range(0, int64(most*models.MicroUnits)).Draw(w.t, label))
}

func pick[T any](w *world, label string, from ...T) T {
	return rapid.SampledFrom(from).Draw(w.t, label)
}

// attempt changes the market, and takes it back where it could not stand.
func (w *world) attempt(change func(m *models.Model)) bool {
	before := *w.m
	w.m.Platforms, w.m.Segments = slices.Clone(before.Platforms), slices.Clone(before.Segments)
	w.m.Policies, w.m.Shocks, w.m.Regulations = slices.Clone(before.Policies), slices.Clone(before.Shocks), slices.Clone(before.Regulations)
	w.m.Mergers, w.m.Networks = slices.Clone(before.Mergers), slices.Clone(before.Networks)
	change(w.m)
	if len(w.m.Validate()) == 0 {
		return true
	}
	*w.m = before
	return false
}

// side, segment and region of some people, or of all.
func (w *world) target() models.Target {
	s := &w.m.Segments[w.whole(0, len(w.m.Segments)-1, "aimed at")]
	var t models.Target
	if w.sometimes(2, "one side") {
		t.Side = s.Side
	}
	if w.sometimes(4, "one region") {
		t.Region = s.Region
	}
	if w.sometimes(5, "one segment") {
		t.Segment = s.Name
	}
	return t
}

func (w *world) anyPlatform(label string) string {
	return w.m.Platforms[w.whole(0, len(w.m.Platforms)-1, label)].Name
}

func (w *world) period(label string) int { return w.whole(1, w.m.Horizon.Periods, label) }

// segment is people without anything special about them.
func (w *world) segment(side int, of, name, region string) models.Segment {
	effect := func(label string) models.Effect {
		e := models.Effect{Form: pick(w, label+" form", models.FormLinear, models.FormLinear, models.FormLog, models.FormPower, models.FormTurning), Exponent: w.in(0.2, 2, "exponent"), Turn: w.in(0.1, 1, "turn"), Spill: w.edge(0, 1, "spill")}
		e.Strength = models.Number(w.in(-4, 4, label))
		return e
	}
	s := models.Segment{
		Side: of, Name: name, Region: region, Size: int64(pick(w, "size", 1, 2, 7, 30, 60)), PriceSensitivity: w.edge(0, 2, "price sensitivity"),
		Cross: effect("cross"), Same: effect("same"), Switching: w.edge(0, 2, "switching"),
		Homing:  models.Multi{Cost: pick(w, "homing", 0, 0.5, math.Inf(1)), Duplicate: w.edge(0, 1, "duplicate")},
		Outside: models.Outside{None: w.sometimes(6, "covered"), Value: w.in(-1, 1, "outside")},
	}
	for range w.m.Platforms {
		s.Value = append(s.Value, models.Number(w.in(-3, 3, "value")))
	}
	if w.sometimes(2, "starts") {
		s.Start = []models.Begin{{Homing: models.Homing(1), Share: w.edge(0, 1, "start")}}
	}
	if side == 0 {
		s.Orders = models.Ordering{Rate: w.edge(0.01, 4, "orders"), Basket: w.money(50, "basket")}
	}
	return s
}

// people makes those of a segment special.
func (w *world) people(i int) {
	try := func(in int, label string, change func(s *models.Segment)) {
		if w.sometimes(in, label) {
			w.attempt(func(m *models.Model) { change(&m.Segments[i]) })
		}
	}
	try(3, "classes", func(s *models.Segment) {
		s.Value = slices.Clone(s.Value)
		s.Value[0].SD, s.Value[0].Classes = w.in(0, 2, "sd"), 2
	})
	try(2, "gate", func(s *models.Segment) { s.Aware = &models.Aware{P: w.edge(0, 1, "p"), Q: w.edge(0, 1, "q")} })
	try(5, "own revision", func(s *models.Segment) { r := w.edge(0, 1, "own revision"); s.Revision = &r })
	if w.m.Clock.Kind == models.ClockSync {
		try(6, "own noise", func(s *models.Segment) { s.Noise = &models.Noise{Kind: models.NoiseNone} })
	}
	try(2, "life", func(s *models.Segment) { s.Life = w.life() })
	try(3, "demand", func(s *models.Segment) {
		s.Orders.Demand = &models.Demand{Elasticity: w.edge(0, 2, "elasticity"), Shock: w.edge(0, 2, "shock"), Aversion: w.in(0, 3, "aversion"), Weight: w.edge(0, 1, "weight"),
			HalfLife: w.edge(0, 5, "half-life"), Pull: w.edge(0, 1, "pull"), Over: w.edge(1, 9, "over"), Defer: w.edge(0, 1, "defer")}
	})
	try(3, "mix", func(s *models.Segment) { s.Orders.Mix = models.Mix{Shape: w.in(0.2, 3, "shape"), Classes: 2} })
	try(6, "mix of price sensitivity", func(s *models.Segment) { s.PriceMix = models.Mix{Shape: w.in(0.2, 3, "shape"), Classes: 2} })
	try(6, "mix of the cost of homing", func(s *models.Segment) { s.Homing.Mix = models.Mix{Shape: w.in(0.2, 3, "shape"), Classes: 2} })
	try(6, "mix of hearing", func(s *models.Segment) {
		if s.Aware != nil {
			aware := *s.Aware
			aware.Mix = models.Mix{Shape: w.in(0.2, 3, "shape"), Classes: 2}
			s.Aware = &aware
		}
	})
	try(4, "rhythm", func(s *models.Segment) {
		for range w.m.Horizon.Periods {
			s.Orders.Rhythm = append(s.Orders.Rhythm, w.edge(0, 3, "beat"))
		}
	})
	try(2, "supply", func(s *models.Segment) {
		if s.Orders.Rate == 0 {
			day := w.m.Horizon.Hours()
			s.Supply = &models.Supply{Hours: w.edge(0, day/2, "hours"), Pay: w.in(0.1, 30, "pay"), Response: w.edge(0, 3, "response"), Most: w.edge(day/2, day, "most"), Skill: w.edge(0, 3, "skill")}
			if w.sometimes(3, "skills") {
				s.Supply.Mix = models.Mix{Shape: w.in(0.2, 3, "shape"), Classes: 2}
			}
		}
	})
	try(3, "several at the start", func(s *models.Segment) {
		set := models.Homing(w.whole(1, 1<<len(w.m.Platforms)-1, "begin on"))
		if set != 1 {
			s.Start = append(slices.Clone(s.Start), models.Begin{Homing: set, Share: w.in(0, 0.5, "share of them")})
		}
	})
	if !w.personal {
		return
	}
	try(6, "taste", func(s *models.Segment) {
		for range w.m.Platforms {
			s.Taste.SD = append(s.Taste.SD, w.in(0, 1, "taste"))
		}
		s.Taste.Draw = pick(w, "drawn", models.DrawRandom, models.DrawStratified)
	})
	try(6, "transport", func(s *models.Segment) { s.Transport = w.in(0, 2, "transport") })
	try(6, "quenched", func(s *models.Segment) { s.Noise = &models.Noise{Kind: models.NoiseQuenched, Scale: 1} })
	try(6, "memory", func(s *models.Segment) {
		s.Memory = &models.Memory{Weight: w.edge(0.1, 1, "memory"), Worth: w.edge(0, 3, "worth of memory")}
	})
	try(6, "network", func(s *models.Segment) {
		n := models.Network{Name: "friends" + s.Side, Side: s.Side, Graph: models.SmallWorld{Neighbours: 2, Rewired: w.edge(0, 1, "rewired")}, Carries: pick(w, "carries", models.CarriesNews, models.CarriesWorth, models.CarriesBoth)}
		if w.sometimes(2, "preferential") {
			n.Graph = models.Preferential{Links: 1}
		}
		w.m.Networks = append(w.m.Networks, n)
	})
}

// life is what happens after joining.
func (w *world) life() *models.Life {
	l := &models.Life{Churn: models.Number(w.edge(0, 0.1, "churn")), Onboarding: pick(w, "onboarding", 0.0, 4, 10), Tenure: w.in(-1, 1, "tenure"), Winback: w.in(-1, 1, "winback")}
	if w.sometimes(3, "early") {
		early := models.Number(w.edge(0, 0.1, "early"))
		l.Early = &early
	}
	if w.sometimes(4, "beta") {
		l.Churn = models.Value{Beta: [2]float64{1, 40}, Classes: 2}
	}
	if w.personal && w.sometimes(6, "age") {
		l.Early, l.Age = nil, &models.Age{Hazards: []float64{w.edge(0, 0.1, "first"), w.edge(0, 0.1, "then")}}
	}
	if w.sometimes(2, "mood") {
		l.Mood = &models.Mood{Churn: []float64{2, 1, 0.5}[:w.whole(2, 3, "levels")], Review: w.edge(0, 0.1, "review"), Bad: w.edge(0, 1, "bad"), Unserved: w.edge(0, 1, "unserved"),
			Late: w.edge(0, 1, "late"), Bearable: w.edge(0, 1, "bearable"), Silence: w.edge(0, 1, "silence")}
		if w.sometimes(2, "worths") {
			l.Mood.Worth = []float64{-0.5, 0.1, 0.5}[:len(l.Mood.Churn)]
		}
		if w.sometimes(3, "voice") {
			l.Mood.Voice = []float64{-2, 0.5, 1}[:len(l.Mood.Churn)]
		}
	}
	return l
}

// calendar is shocks and regulations.
func (w *world) calendar() {
	for i := range w.whole(0, 3, "shocks") {
		w.attempt(func(m *models.Model) {
			s := models.Shock{Name: fmt.Sprint("s", i), At: w.period("at"), For: w.whole(0, 2, "for"), HalfLife: w.edge(0, 3, "half-life"), Worth: w.edge(-2, 2, "worth"), Orders: w.edge(-1, 2, "orders")}
			if w.sometimes(2, "one platform") {
				s.Platform = w.anyPlatform("struck")
			}
			if w.sometimes(3, "again") && s.For > 0 {
				s.Every = s.For + 1
			}
			if w.sometimes(2, "who") {
				s.Target = w.target()
			}
			switch w.whole(0, 3, "what else") {
			case 0:
				s.Churn = w.edge(-1, 1, "churn")
			case 1:
				s.Target, s.Capacity = models.Target{}, w.edge(-1, 1, "capacity")
			case 2:
				s.Target.Side, s.Target.Segment, s.Stage, s.Capacity = "", "", stageNames[w.whole(0, len(stageNames)-1, "stage")], w.edge(-1, 1, "capacity")
			}
			m.Shocks = append(m.Shocks, s)
		})
	}
	for i := range w.whole(0, 2, "regulations") {
		w.attempt(func(m *models.Model) {
			r := models.Regulation{Name: fmt.Sprint("r", i), From: w.period("from")}
			if w.sometimes(2, "on one") {
				r.Platform = w.anyPlatform("bound")
			}
			if w.sometimes(2, "ends") {
				r.Until = w.whole(r.From, m.Horizon.Periods, "until")
			}
			if w.sometimes(2, "fees") {
				fee := w.edge(0, 1, "highest fee")
				r.Commission = &fee
			}
			if w.sometimes(2, "subsidies") {
				most := w.money(3, "most")
				r.Subsidy = &most
			}
			if w.sometimes(2, "bans") {
				r.Bans = []models.Instrument{models.Instrument(pick(w, "ban", models.Instruments()...))}
			}
			if w.sometimes(2, "members") {
				r.Members, r.Target = int64(w.whole(1, 40, "most members")), w.target()
			}
			if w.sometimes(2, "fine") {
				r.Fine = models.Fine{Amount: w.money(50, "fine"), Share: w.edge(0, 1, "share"), Over: w.whole(1, 5, "over")}
			}
			m.Regulations = append(m.Regulations, r)
		})
	}
}

// contest lets platforms come, go, learn, stand for many, merge, and sell by routes.
func (w *world) contest() {
	for k := range w.m.Platforms {
		try := func(in int, label string, change func(p *models.Platform)) {
			if w.sometimes(in, label) {
				w.attempt(func(m *models.Model) { change(&m.Platforms[k]) })
			}
		}
		try(3, "launch", func(p *models.Platform) {
			p.Launch = map[string]int{}
			for _, region := range w.m.RegionNames() {
				p.Launch[region] = pick(w, "launched", 0, 1, 2, 4, models.Never)
			}
		})
		try(4, "entry", func(p *models.Platform) {
			p.Entry = &models.Entry{Base: w.edge(0, 1, "entry"), PerMargin: w.edge(0, 3, "per margin"), After: w.whole(0, 2, "after")}
		})
		try(3, "exit", func(p *models.Platform) {
			p.Exit = &models.Exit{Share: w.edge(0, 0.5, "floor"), Grace: w.whole(0, 3, "grace")}
			if w.sometimes(2, "broke") {
				least := models.MoneyOf(w.in(-1000, 1000, "least cash"))
				p.Exit.Cash = &least
			}
		})
		try(4, "imitates", func(p *models.Platform) {
			p.Imitates = &models.Imitation{Rival: w.anyPlatform("imitated"), Share: w.edge(0, 1, "learned"), Lag: w.whole(0, 3, "lag")}
		})
		try(4, "sites", func(p *models.Platform) {
			p.Sites = &models.Sites{Start: int64(w.whole(0, 4, "sites")), Opening: pick(w, "opening", "0.5 * sites", "1 / orders", "log(cash)", "2"), Closing: pick(w, "closing", "0.1", "1 - share", "sqrt(-1)"), Capital: w.money(20, "capital")}
		})
		try(4, "routes", func(p *models.Platform) {
			p.Sales = &models.Sales{Elasticity: w.edge(0, 2, "elasticity of routes"), Cannibalisation: w.edge(0, 1, "taken"), Parity: models.Parity{From: w.whole(0, w.m.Horizon.Periods, "parity"), Price: pick(w, "one price", 0, 1, 0.7)}}
			for i := range w.whole(1, 3, "routes") {
				r := models.Route{Name: fmt.Sprint("route", i), Reach: w.edge(0, 1.5, "reach"), Price: w.in(0.5, 1.5, "price"), Cost: w.money(3, "cost"), Commission: w.edge(0, 1, "commission"), From: w.whole(0, w.m.Horizon.Periods, "opens")}
				for range w.whole(1, 2, "places") {
					r.Stages = append(r.Stages, models.Waypoint{Place: pick(w, "place", models.PlaceOnline, models.PlaceOffline), Conversion: w.edge(0, 1, "conversion")})
				}
				if w.sometimes(2, "closes") {
					r.Until = w.whole(max(1, r.From), w.m.Horizon.Periods, "last")
				}
				p.Sales.Routes = append(p.Sales.Routes, r)
			}
		})
	}
	for i := range w.whole(0, 2, "mergers") {
		w.attempt(func(m *models.Model) {
			m.Mergers = append(m.Mergers, models.Merger{Name: fmt.Sprint("m", i), From: w.anyPlatform("part"), Into: w.anyPlatform("whole"), At: w.period("merged"), Saving: w.edge(0, 1, "saving"), Subsidies: w.edge(-1, 1, "cut")})
		})
	}
}

// measured is an event, and what is told besides.
func (w *world) measured() {
	if w.sometimes(6, "event") {
		w.attempt(func(m *models.Model) {
			e := &models.Event{Platform: w.anyPlatform("event"), Period: w.period("on"), Announced: w.whole(0, 3, "announced"), Hour: 10, Length: 1, Redemption: w.edge(0, 1, "redemption"), HalfLife: w.in(0.05, 2, "burst"), Starts: 1, Quantile: 0.9}
			for range models.HoursPerDay {
				e.Profile = append(e.Profile, 1)
			}
			if w.sometimes(2, "limited") {
				e.Deployment = models.Deployment{Limited: true, Capacity: w.in(1e-5, 0.1, "deployment"), Collapse: w.edge(0, 1, "collapse"), Retries: w.whole(0, 2, "retries"), Backoff: 2, Abandon: w.edge(0, 1, "abandon")}
				if w.sometimes(2, "room") {
					e.Deployment.Room, e.Deployment.Patience, e.Deployment.Late = w.in(0, 20, "room"), w.in(1, 1e4, "patience"), w.edge(0, 60, "late")
				}
			}
			m.Event = e
		})
	}
	if w.sometimes(2, "economics") {
		w.m.Economics = &models.Economics{Discount: w.edge(0, 0.1, "discount")}
	}
	if w.sometimes(2, "cycle") {
		w.attempt(func(m *models.Model) {
			m.LifeCycle = &models.StageRule{Of: pick(w, "series", models.StageSeries()...), Window: w.whole(1, 3, "window"), Proof: w.edge(0, 0.2, "proof"), Fast: 0.1, Slow: 0.02, Fall: w.edge(0, 1, "fall"), Hold: w.whole(1, 2, "hold")}
		})
	}
	w.m.Concentration = w.sometimes(2, "concentration")
}
