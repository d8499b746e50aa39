package engine_test

import (
	"fmt"

	"flywheel/models"
)

// stageNames are those that chains of a world have in common.
var stageNames = []string{"search", "kitchen", "ride"}

// platform gives one a capacity, prices, a chain and a till.
func (w *world) platform(k int) {
	try := func(in int, label string, change func(p *models.Platform)) {
		if w.sometimes(in, label) {
			w.attempt(func(m *models.Model) { change(&m.Platforms[k]) })
		}
	}
	try(3, "capped", func(p *models.Platform) { p.Capacity = w.edge(0.2, 60, "capacity") })
	try(3, "priced", func(p *models.Platform) {
		p.Price = map[string]float64{"buyers": w.in(-1, 2, "price"), "sellers": w.edge(-1, 2, "price")}
		if w.m.Segments[len(w.m.Segments)-1].Side == "buyers" {
			delete(p.Price, "sellers")
		}
	})
	try(2, "chain", func(p *models.Platform) {
		p.Service = &models.Service{OnTime: 4.5, Belated: 2}
		if w.sometimes(3, "day") {
			for h := range models.HoursPerDay {
				p.Service.Profile = append(p.Service.Profile, w.in(0, 2, "weight")+float64(h%2))
			}
		}
		if w.sometimes(3, "shifts") {
			p.Service.Shifts = make([]float64, models.HoursPerDay)
			for h := w.whole(0, 23, "from"); h < models.HoursPerDay; h++ {
				p.Service.Shifts[h] = w.in(0.1, 1, "at work")
			}
		}
	})
	if p := &w.m.Platforms[k]; p.Service == nil { // a chain begins with a stage of no effect
		w.attempt(func(m *models.Model) {
			if w.sometimes(2, "short chain") {
				m.Platforms[k].Service = &models.Service{OnTime: 5, Belated: 1, Stages: []models.Stage{{Name: stageNames[0]}}}
			}
		})
	}
	if w.m.Platforms[k].Service != nil {
		for _, name := range stageNames {
			if w.sometimes(2, "stage") {
				w.attempt(func(m *models.Model) {
					chain := *m.Platforms[k].Service
					chain.Stages = append(append([]models.Stage(nil), chain.Stages...), w.stage(name))
					m.Platforms[k].Service = &chain
				})
			}
		}
	}
	w.till(k)
}

// stage is a link of a chain, of any kind.
func (w *world) stage(name string) models.Stage {
	s := models.Stage{Name: name, Drop: w.edge(0, 1, "drop"), Time: w.edge(0.05, 20, "time"), Promise: w.edge(0, 6, "promise"),
		Queue: pick(w, "queue", "", models.QueueNone, models.QueueMMC, models.QueueMM1K, models.QueueTable)}
	switch w.whole(0, 2, "staff") {
	case 0:
		s.Servers = w.edge(0.1, 20, "servers")
	case 1:
		s.Supply = true
		if s.Queue != models.QueueTable && w.sometimes(3, "area") {
			s.Area, s.Speed = w.edge(0.1, 200, "area"), w.in(1, 30, "speed")
		}
	}
	if w.sometimes(2, "limited") {
		s.Capacity = map[string]float64{models.Anywhere: w.edge(0, 40, "takes")}
		if names := w.m.RegionNames(); len(names) > 1 && w.sometimes(2, "by region") {
			s.Capacity = map[string]float64{names[0]: w.edge(0, 20, "takes")}
		}
	}
	switch s.Queue {
	case models.QueueMMC:
		s.Intakes, s.Astray = w.whole(0, 3, "intakes"), w.edge(0, 1, "astray")
	case models.QueueMM1K:
		s.Room = w.whole(1, 5, "room")
	case models.QueueTable:
		s.Curve, s.Spread = []models.TimePoint{{Load: 0, Hours: w.in(0.1, 1, "minutes")}, {Load: w.in(1, 5, "load"), Hours: w.in(1, 9, "minutes")}}, w.edge(0, 1, "spread")
	}
	if s.Queue != models.QueueMM1K && w.sometimes(2, "patient") {
		s.Patience = w.edge(0.1, 9, "patience")
	}
	if (s.Supply || s.Servers > 0) && (s.Queue != models.QueueMM1K && s.Queue != models.QueueTable) && w.sometimes(2, "matching") {
		s.Matching = models.Matching{Kind: pick(w, "matched", models.MatchAll, models.MatchCobbDouglas, models.MatchUrnBall), Efficiency: w.edge(0.1, 3, "efficiency"), Orders: w.edge(0, 2, "elasticity"), Places: w.edge(0, 2, "elasticity")}
	}
	return s
}

// till gives a platform what it earns besides.
func (w *world) till(k int) {
	if !w.sometimes(2, "income") {
		return
	}
	if !w.attempt(func(m *models.Model) { m.Platforms[k].Income = &models.Income{} }) {
		return
	}
	try := func(label string, change func(in *models.Income)) {
		if w.sometimes(2, label) {
			w.attempt(func(m *models.Model) {
				in := *m.Platforms[k].Income
				change(&in)
				m.Platforms[k].Income = &in
			})
		}
	}
	try("ads", func(in *models.Income) {
		in.Ads = &models.Ads{Views: w.edge(0, 9, "views"), Content: w.edge(0, 2, "content"), Thousand: w.edge(0, 50, "thousand"), ClickRate: w.edge(0, 1, "clicks"), Click: w.edge(0, 1, "click"), Worth: w.edge(-0.1, 0.1, "worth of ads")}
		if w.sometimes(2, "ads to one side") {
			in.Ads.Side = w.m.Segments[len(w.m.Segments)-1].Side
		}
	})
	try("spread", func(in *models.Income) {
		in.Spread = &models.Spread{Share: w.edge(0, 0.5, "spread"), Borne: map[string]float64{"buyers": w.edge(0, 1, "borne"), "sellers": w.edge(0, 1, "borne")}}
	})
	try("charges", func(in *models.Income) {
		in.Charges = []models.Charge{{Name: "list", Kind: models.ChargeListing, Target: w.target(), Join: w.money(2, "join"), Period: w.money(1, "stay")},
			{Name: "host", Kind: models.ChargeHosting, Target: w.target(), Period: w.money(1, "stay"), Cost: w.money(1, "care")}}
	})
	try("float", func(in *models.Income) {
		in.Float = &models.Float{Rate: w.edge(0, 0.1, "rate"), Lag: w.edge(0, 4, "lag")}
	})
	try("vouchers", func(in *models.Income) {
		redeemed := w.edge(0, 1, "redeemed")
		in.Vouchers = &models.Vouchers{Share: w.edge(0, 1, "vouchers"), Redemption: redeemed, Refund: w.edge(0, 1-redeemed, "refund"), Expires: w.whole(1, 4, "expires"), Kept: w.edge(0, 1, "kept")}
	})
	try("wallet", func(in *models.Income) {
		in.Wallet = &models.Wallet{TopUp: w.edge(0, 1, "top-up"), Amount: w.money(20, "paid in"), Bonus: w.edge(0, 1, "bonus"), Spend: w.edge(0, 1, "spend"), Lapse: w.edge(0, 1, "lapse"), Refund: w.edge(0, 1, "refund")}
	})
	try("points", func(in *models.Income) {
		in.Points = &models.Points{Earn: w.edge(0, 0.5, "earn"), Redemption: w.edge(0, 1, "used"), Expires: w.whole(1, 4, "expires"), OnUse: w.edge(0, 1, "on use")}
	})
	try("coalition", func(in *models.Income) {
		if k == 0 || w.m.Platforms[0].Income == nil {
			return
		}
		first := *w.m.Platforms[0].Income
		first.Points = &models.Points{Earn: 0.1, Redemption: w.edge(0, 1, "used"), Expires: 3, OnUse: w.edge(0, 1, "on use"), Coalition: "all", Borne: w.edge(0, 1, "borne")}
		w.m.Platforms[0].Income = &first
		in.Points = &models.Points{Earn: w.edge(0, 0.5, "earn"), Redemption: w.edge(0, 1, "used"), Expires: w.whole(1, 4, "expires"), Coalition: "all", Borne: w.edge(0, 1, "borne")}
	})
	try("rounds", func(in *models.Income) {
		in.Rounds = []models.Round{{Name: "seed", Period: w.period("seed"), Amount: w.money(100, "round"), When: pick(w, "when", "", "share > 0.2", "cash < 0", "growth > 0", "ltv > cac")}}
	})
}

// shape is how much a policy offers; signed ones may take.
func (w *world) shape(i models.Instrument) models.Shape {
	most := 3.0
	if i.Builds() || i == models.CutCommission {
		most = 1
	}
	switch w.whole(0, 7, "shape") {
	case 0:
		return models.Ramp{From: w.edge(0, most, "from"), To: w.edge(0, most, "to"), Over: w.in(0.5, 6, "over")}
	case 1:
		return models.Pulse{Amount: w.edge(0, most, "pulse"), For: 1, Every: pick(w, "every", 0.0, 1, 2)}
	case 2:
		return models.Steps{Since: []float64{0, 1.5}, Amount: []float64{w.edge(0, most, "first"), w.edge(0, most, "second")}}
	case 3:
		return models.Days{Amount: w.edge(0, most, "days"), On: []float64{0, 2, 3}, For: 1}
	case 4:
		return models.Match{Rival: w.anyPlatform("rival"), Share: w.edge(0, 1.5, "share"), Lag: w.whole(1, 2, "lag")}
	case 5:
		return models.Feedback{Watch: w.whole(0, len(models.Variables())-1, "watch"), Goal: w.in(0, 1, "goal"), Base: w.in(0, most, "base"), Gain: w.in(-1, 1, "gain"), Max: most}
	case 6:
		return models.Expression{Text: pick(w, "formula", "0.5 * (1 - share)", "ltv / cac", "1 / unserved", "growth", "log(orders)", "satisfaction - late", "left / (people + 1)", "rival_offer", "aware * other_share + rival_share", "gmv / orders")}
	}
	return models.Constant{Amount: w.edge(0, most, "amount")}
}

// policy is anything that a platform may do.
func (w *world) policy(i int) {
	by := models.Instrument(pick(w, "instrument", models.Instruments()...))
	w.attempt(func(m *models.Model) {
		p := models.Policy{
			Name: fmt.Sprint("p", i), Platform: w.anyPlatform("platform"), Target: w.target(), Instrument: by, Shape: w.shape(by),
			From: w.whole(0, m.Horizon.Periods, "from"), Fraud: pick(w, "fraud", 0, 0, 0.5, 1),
			Hours: w.edge(0, 8, "hours"), Rebate: models.Rebate{Redemption: w.edge(0, 1, "redemption"), Expires: w.whole(1, 4, "expires")},
			Referral: models.Referral{Invites: w.edge(0, 2, "invites"), Inviter: w.edge(0, 2, "inviter")}, Envelope: models.Envelope{Seeds: w.edge(0, 1, "seeds"), Reproduction: w.edge(0, 3, "reproduction")},
			Channel: models.Channel{Kind: models.ChannelKind(pick(w, "channel", models.ChannelKinds()...)), Price: w.in(0.01, 2, "price"), Volume: w.in(1, 50, "volume"), Carry: w.in(0, 0.9, "carry"), Reach: w.in(1, 50, "reach"),
				Exchange: w.in(0.1, 2, "exchange"), PerOrder: w.sometimes(2, "per order"), Response: w.edge(0, 1, "response")},
			Feature: models.Feature{Build: w.money(5, "build"), Lead: w.whole(0, 3, "lead"), Run: w.money(2, "run"), PerOrder: w.money(1, "per order"), Worth: w.edge(-1, 1, "worth"), Same: w.edge(-1, 1, "same"),
				Hazard: w.edge(0, 1, "hazard"), Orders: w.edge(0, 2, "orders"), Early: w.edge(0, 1, "early")},
		}
		if by == models.AddCapacity && w.sometimes(2, "much") {
			p.Shape = models.Constant{Amount: w.in(0, 30, "added")}
		}
		if p.From > 0 && w.sometimes(3, "ends") {
			p.Until = w.whole(p.From, m.Horizon.Periods, "until")
		}
		if by == models.PayOrder || by == models.PayRebate {
			p.Announced, p.Window = pick(w, "announced", 0, 0, 0, 2), pick(w, "window", 0, 0, 0.3)
			switch p.Shape.(type) {
			case models.Match, models.Feedback, models.Expression:
				p.Announced = 0
			}
		}
		if by.Budgeted() && w.sometimes(2, "limited") {
			p.Limited, p.Budget, p.Even = true, w.money(pick(w, "budget of", 1, 20, 300.0), "budget"), w.sometimes(2, "even")
		}
		if by == models.Component && w.sometimes(2, "refit") {
			p.Feature.Refit = &models.Refit{Stage: pick(w, "refitted", stageNames...), Drop: w.edge(0, 2, "drop"), Time: w.edge(0.1, 2, "time"), Astray: w.edge(0, 2, "astray"), Capacity: pick(w, "capacity", 1, 0, 0.5, 1.5), Pooled: w.sometimes(2, "pooled")}
			p.Target.Side, p.Target.Segment = "", ""
		}
		m.Policies = append(m.Policies, p)
	})
	if n := len(w.m.Policies); n > 0 && w.sometimes(3, "relation") {
		w.attempt(func(m *models.Model) {
			m.Policies[n-1].Target.Relation = pick(w, "to whom", models.RelationNew, models.RelationRegular, models.RelationLapsed)
		})
	}
	if n := len(w.m.Policies); n > 0 && w.sometimes(4, "top") {
		w.attempt(func(m *models.Model) {
			m.Policies[n-1].Target.Side = m.Segments[0].Side
			m.Policies[n-1].Target.Top = 0.5
		})
	}
	if n := len(w.m.Policies); n > 0 && w.sometimes(4, "stops") {
		w.attempt(func(m *models.Model) {
			least := w.money(500, "cash below")
			m.Policies[n-1].Stop = pick(w, "stop", models.Stop{Share: 0.4}, models.Stop{CriticalMass: true}, models.Stop{LTVOverCAC: true}, models.Stop{Cash: &least}, models.Stop{When: "unserved > 0.5 or late > 0.5"})
		})
	}
}
