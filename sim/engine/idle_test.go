package engine_test

import (
	"slices"

	"flywheel/models"
)

// idle are mechanisms that a market can have without using them. Each is added to a copy.
var idle = []struct {
	name string
	add  func(m *models.Model)
}{
	{"a policy that stops at once", func(m *models.Model) {
		m.Policies = append(m.Policies, models.Policy{Name: "idle", Platform: "A", Instrument: models.PayPeriod, Shape: models.Constant{Amount: 1}, Stop: models.Stop{When: "period > 0"}})
	}},
	{"a join bonus of nothing", func(m *models.Model) {
		m.Policies = append(m.Policies, models.Policy{Name: "idle", Platform: "A", Instrument: models.PayJoin, Shape: models.Constant{}})
	}},
	{"a price that stays", func(m *models.Model) {
		m.Policies = append(m.Policies, models.Policy{Name: "idle", Platform: "A", Instrument: models.ChangePrice, Shape: models.Constant{}})
	}},
	{"a community without effect", func(m *models.Model) {
		m.Policies = append(m.Policies, models.Policy{Name: "idle", Platform: "A", Instrument: models.Community, Shape: models.Constant{Amount: 1}})
	}},
	{"envelopes that nobody starts", func(m *models.Model) {
		m.Policies = append(m.Policies, models.Policy{Name: "idle", Platform: "A", Instrument: models.PayEnvelope, Shape: models.Constant{Amount: 1}})
	}},
	{"invitations that nobody sends", func(m *models.Model) {
		m.Policies = append(m.Policies, models.Policy{Name: "idle", Platform: "A", Instrument: models.PayReferral, Shape: models.Constant{Amount: 1}})
	}},
	{"an order bonus of no budget", func(m *models.Model) {
		m.Policies = append(m.Policies, models.Policy{Name: "idle", Platform: "A", Instrument: models.PayOrder, Shape: models.Constant{Amount: 1}, Limited: true})
	}},
	{"capacity of which nothing is added", func(m *models.Model) {
		m.Policies = append(m.Policies, models.Policy{Name: "idle", Platform: "A", Instrument: models.AddCapacity, Shape: models.Constant{}})
	}},
	{"a component that changes nothing at a stage", func(m *models.Model) {
		m.Policies = append(m.Policies, models.Policy{Name: "idle", Platform: "A", Instrument: models.Component, Shape: models.Constant{Amount: 1},
			Feature: models.Feature{Refit: &models.Refit{Stage: stageNames[0], Drop: 1, Time: 1, Astray: 1, Capacity: 1}}})
	}},
	{"a shock that nobody feels", func(m *models.Model) { m.Shocks = append(m.Shocks, models.Shock{Name: "idle", At: 1}) }},
	{"a shock before which the run ends", func(m *models.Model) {
		m.Shocks = append(m.Shocks, models.Shock{Name: "idle", At: m.Horizon.Periods, For: 1, Every: 1})
	}},
	{"a regulation that binds nobody", func(m *models.Model) {
		fee, most := 1.0, models.MoneyOf(models.MaxMoney)
		m.Regulations = append(m.Regulations, models.Regulation{Name: "idle", From: 1, Commission: &fee, Subsidy: &most})
	}},
	{"a till without income", func(m *models.Model) {
		if m.Platforms[0].Income == nil {
			m.Platforms[0].Income = &models.Income{}
		}
	}},
	{"vouchers that nobody buys", func(m *models.Model) {
		idleIncome(m, func(in *models.Income) bool {
			free := in.Vouchers == nil
			in.Vouchers = &models.Vouchers{Expires: 2}
			return free
		})
	}},
	{"wallets that nobody fills", func(m *models.Model) {
		idleIncome(m, func(in *models.Income) bool {
			free := in.Wallet == nil
			in.Wallet = &models.Wallet{Amount: 1, Spend: 1, Lapse: 1, Refund: 1}
			return free
		})
	}},
	{"points that are not given", func(m *models.Model) {
		idleIncome(m, func(in *models.Income) bool {
			free := in.Points == nil
			in.Points = &models.Points{Redemption: 0.5, Expires: 2, OnUse: 0.5}
			return free
		})
	}},
	{"ads that nobody sees, charges of nothing and no interest", func(m *models.Model) {
		idleIncome(m, func(in *models.Income) bool {
			free := in.Ads == nil && in.Charges == nil && in.Float == nil && in.Spread == nil && in.Rounds == nil
			in.Ads, in.Charges, in.Float, in.Spread = &models.Ads{Worth: 1, Click: 1}, []models.Charge{{Name: "idle", Kind: models.ChargeListing}}, &models.Float{Lag: 1}, &models.Spread{}
			in.Rounds = []models.Round{{Name: "idle", Period: 1, When: "share < 0"}}
			return free
		})
	}},
	{"a chain that passes everything on", func(m *models.Model) {
		if p := &m.Platforms[0]; p.Service == nil {
			p.Service = &models.Service{OnTime: 4, Belated: 4, Stages: []models.Stage{{Name: "idle"}}}
		}
	}},
	{"a stage more that passes everything on", func(m *models.Model) {
		if p := &m.Platforms[0]; p.Service != nil && len(p.Service.Stages) < models.MaxStages {
			chain := *p.Service
			chain.Stages = append(slices.Clone(chain.Stages), models.Stage{Name: "idle"})
			p.Service = &chain
		}
	}},
	{"an exit that never comes", func(m *models.Model) {
		if least := models.MoneyOf(-1e12); m.Platforms[0].Exit == nil {
			m.Platforms[0].Exit = &models.Exit{Cash: &least}
		}
	}},
	{"an imitation of nothing", func(m *models.Model) {
		if len(m.Platforms) > 1 && m.Platforms[0].Imitates == nil {
			m.Platforms[0].Imitates = &models.Imitation{Rival: "B"}
		}
	}},
	{"one route at the price of the basket", func(m *models.Model) {
		if p := &m.Platforms[0]; !m.Sells() { // takings of all platforms are those of all that sell so
			p.Sales = &models.Sales{Elasticity: 1, Routes: []models.Route{{Name: "idle", Stages: []models.Waypoint{{Place: models.PlaceOffline, Conversion: 1}}, Reach: 1, Price: 1}}}
		}
	}},
	{"a launch at the start", func(m *models.Model) {
		if p := &m.Platforms[0]; p.Launch == nil && p.Entry == nil {
			p.Launch = map[string]int{}
		}
	}},
	{"one site that stays", func(m *models.Model) {
		if p := &m.Platforms[0]; p.Sites == nil {
			p.Sites = &models.Sites{Start: 1, Opening: "0", Closing: "0"}
		}
	}},
	{"orders that answer to no price", func(m *models.Model) {
		if s := &m.Segments[0]; s.Orders.Demand == nil {
			s.Orders.Demand = &models.Demand{}
		}
	}},
	{"an event without coupons", func(m *models.Model) {
		if m.Event == nil {
			m.Event = &models.Event{Platform: "A", Period: 1, Hour: 1, Length: 1, Profile: make([]float64, models.HoursPerDay), HalfLife: 1, Starts: 1, Quantile: 0.5}
			m.Event.Profile[0] = 1
		}
	}},
	{"economics, stages of life and concentration", func(m *models.Model) {
		if m.Economics == nil {
			m.Economics = &models.Economics{}
		}
		if m.LifeCycle == nil {
			m.LifeCycle = &models.StageRule{Of: models.StageOfGMV, Window: 1, Hold: 1}
		}
		m.Concentration = true
	}},
	{"a member limit that nobody reaches", func(m *models.Model) {
		m.Regulations = append(m.Regulations, models.Regulation{Name: "idle", From: 1, Members: 1 << 40})
	}},
}

// idleIncome changes the income of the first platform where that is free for it.
func idleIncome(m *models.Model, change func(in *models.Income) (free bool)) {
	var in models.Income
	if had := m.Platforms[0].Income; had != nil {
		in = *had
	}
	if change(&in) {
		m.Platforms[0].Income = &in
	}
}

// with is a copy of a market with an idle mechanism.
func with(m *models.Model, add func(m *models.Model)) *models.Model {
	w := &world{m: &models.Model{}}
	*w.m = *m
	if !w.attempt(add) {
		return nil
	}
	return w.m
}
