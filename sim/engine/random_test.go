package engine_test

import (
	"fmt"
	"math"
	"slices"

	"pgregory.net/rapid"

	"flywheel/models"
)

// tiny is a random market of 40 people on two sides, in one region or two: every effect, gate,
// cost, relation, mood, class and policy of the law that exchangeable people can have. The same
// number makes the same market.
func tiny(number int) *models.Model {
	return rapid.Custom(func(t *rapid.T) *models.Model {
		in := func(lo, hi float64, label string) float64 { return rapid.Float64Range(lo, hi).Draw(t, label) }
		m := &models.Model{
			Name: "tiny", Horizon: models.Horizon{Periods: 6, Unit: "day"},
			Clock: models.Clock{Kind: models.ClockSync, Revision: in(0.1, 0.9, "revision")},
			Noise: models.Noise{Kind: models.NoiseAnnealed, Scale: in(0.5, 1.5, "mu")},
		}
		names := []string{"A", "B", "C"}[:rapid.SampledFrom([]int{1, 2, 2, 2, 3}).Draw(t, "platforms")]
		for _, name := range names {
			p := models.Platform{Name: name, Cash: models.MoneyOf(1e6), Fee: 0.1, Price: map[string]float64{}}
			if rapid.Bool().Draw(t, "capped") {
				p.Capacity = float64(rapid.IntRange(1, 12).Draw(t, "capacity"))
			}
			if rapid.Bool().Draw(t, "served") {
				p.Service = service(t)
			}
			m.Platforms = append(m.Platforms, p)
		}
		regions := []string{"here", "there"}[:rapid.SampledFrom([]int{1, 1, 2}).Draw(t, "regions")]
		lives := rapid.Bool().Draw(t, "lives")
		if lives { // who revises does not live that period, so that both must fit into one
			m.Clock.Revision = in(0.05, 0.3, "revision of the living")
		}
		for _, region := range regions {
			for side, size := range []int64{28, 12} {
				s := segment(t, side, region, size/int64(len(regions)), len(names))
				if lives && rapid.Bool().Draw(t, "live") {
					s.Life = life(t)
				}
				m.Segments = append(m.Segments, s)
			}
		}
		m.Policies = policies(t, names)
		mixed(t, m)
		voiced(t, m)
		refits(t, m)
		calendar(t, m, regions)
		if rapid.Bool().Draw(t, "income") {
			m.Platforms[0].Income = &models.Income{
				Spread:   &models.Spread{Share: in(0, 0.1, "spread"), Borne: map[string]float64{"consumers": in(0, 1, "borne"), "merchants": 0.5}},
				Charges:  []models.Charge{{Name: "care", Kind: models.ChargeHosting, Target: models.Target{Side: "merchants"}, Period: models.MoneyOf(in(0, 0.5, "care"))}},
				Vouchers: &models.Vouchers{Share: in(0, 1, "vouchers"), Redemption: 0.6, Refund: 0.2, Expires: 3, Kept: 1},
				Wallet:   &models.Wallet{TopUp: in(0, 0.5, "top-up"), Amount: models.MoneyOf(20), Bonus: 0.1, Spend: 0.5},
				Rounds:   []models.Round{{Name: "seed", Period: 2, Amount: models.MoneyOf(100), When: "share > 0.3"}},
			}
		}
		shocks(t, m)
		contest(t, m)
		return m
	}).Example(number)
}

// service is a chain of two stages, one of which has a queue, and lateness that people mind.
func service(t *rapid.T) *models.Service {
	in := func(lo, hi float64, label string) float64 { return rapid.Float64Range(lo, hi).Draw(t, label) }
	stage := models.Stage{Name: "kitchen", Promise: in(0, 3, "promise"), Time: in(0.5, 3, "work"),
		Queue: rapid.SampledFrom([]models.QueueKind{models.QueueNone, models.QueueMMC, models.QueueMM1K}).Draw(t, "queue")}
	if stage.Queue == models.QueueMM1K {
		stage.Room = 3
	} else {
		stage.Patience = rapid.SampledFrom([]float64{0, 2}).Draw(t, "patience")
	}
	if stage.Queue != models.QueueMM1K {
		stage.Matching = models.Matching{
			Kind:       rapid.SampledFrom([]models.MatchingKind{"", "", models.MatchCobbDouglas, models.MatchUrnBall}).Draw(t, "matching"),
			Efficiency: in(0.2, 1, "efficiency"), Orders: in(0.2, 1, "elasticity"), Places: in(0.2, 1, "elasticity"),
		}
	}
	if stage.Supply = rapid.Bool().Draw(t, "members"); !stage.Supply {
		stage.Servers = in(0.1, 2, "servers")
	}
	return &models.Service{OnTime: 4, Belated: 2, Stages: []models.Stage{{Name: "search", Drop: in(0, 0.5, "drop")}, stage}}
}

// segment is one side of a region.
func segment(t *rapid.T, side int, region string, size int64, platforms int) models.Segment {
	in := func(lo, hi float64, label string) float64 { return rapid.Float64Range(lo, hi).Draw(t, label) }
	form := rapid.SampledFrom([]models.Form{models.FormLinear, models.FormLinear, models.FormLog, models.FormPower, models.FormTurning}).Draw(t, "form")
	strength := in(-4, 4, "alpha")
	if form == models.FormLog {
		strength /= 4 // the logarithm of a count of people is up to four
	}
	s := models.Segment{
		Side: []string{"consumers", "merchants"}[side], Name: fmt.Sprint("s", side, region), Region: region, Size: size,
		PriceSensitivity: in(0, 1, "price sensitivity"),
		Cross:            models.Effect{Strength: models.Number(strength), Form: form, Exponent: in(0.5, 2, "exponent"), Turn: in(0.2, 1, "turn")},
		Same:             models.Effect{Strength: models.Number(in(-2, 2, "gamma")), Form: models.FormLinear},
		Homing:           models.Multi{Cost: in(-0.5, 2, "kappa"), Duplicate: in(0, 1, "rho")},
		Switching:        in(0, 1, "switching"),
		Start:            []models.Begin{{Homing: 1, Share: in(0, 1, "start")}},
	}
	switch rapid.IntRange(0, 3).Draw(t, "homing") {
	case 0:
		s.Homing.Cost = math.Inf(1)
	case 1:
		s.Homing.Max = rapid.IntRange(1, platforms).Draw(t, "most")
	}
	for k := range platforms {
		v := models.Number(in(-2, 2, "value"))
		if k == 0 && rapid.Bool().Draw(t, "classes") {
			v.SD, v.Classes = in(0, 1, "sd"), 2
		}
		s.Value = append(s.Value, v)
	}
	if rapid.Bool().Draw(t, "gated") {
		s.Aware = &models.Aware{P: in(0.05, 0.5, "p"), Q: in(0, 1, "q")}
	}
	two := models.Mix{Shape: in(0.3, 3, "mix"), Classes: 2}
	switch which := rapid.IntRange(0, 4).Draw(t, "mixed"); {
	case which == 0:
		s.PriceMix = two
	case which == 1 && s.Homing.Cost != 0 && !math.IsInf(s.Homing.Cost, 1):
		s.Homing.Mix = two
	case which == 2 && s.Aware != nil:
		s.Aware.Mix = two
	}
	if side == 0 {
		s.Orders = models.Ordering{Rate: in(0.01, 1, "orders"), Basket: models.MoneyOf(10)}
		if rapid.Bool().Draw(t, "answers") {
			s.Orders.Demand = &models.Demand{Elasticity: in(0, 3, "elasticity"), Shock: in(0, 2, "shock"), Aversion: 2, Weight: 0.2, HalfLife: 5, Pull: in(0, 1, "pull"), Over: 3}
		}
	} else if rapid.Bool().Draw(t, "hours") {
		s.Supply = &models.Supply{Hours: in(1, 12, "online"), Pay: 2, Response: in(0, 2, "response"), Most: 24, Skill: in(0.5, 2, "skill")}
	}
	return s
}

// mixed lets order rates differ between people, and aims a policy at the better half.
func mixed(t *rapid.T, m *models.Model) {
	if !rapid.Bool().Draw(t, "mixed") {
		return
	}
	for i := range m.Segments {
		if s := &m.Segments[i]; s.Orders.Rate > 0 {
			s.Orders.Mix = models.Mix{Shape: rapid.Float64Range(0.3, 3).Draw(t, "shape"), Classes: 2}
		}
	}
	for i := range m.Policies {
		if p := &m.Policies[i]; p.Target.Side == "consumers" {
			p.Target.Top = rapid.SampledFrom([]float64{0, 0.5}).Draw(t, "top")
		}
	}
}

// voiced lets moods change what users say, on a side where somebody listens.
func voiced(t *rapid.T, m *models.Model) {
	for i := range m.Segments {
		s := &m.Segments[i]
		listens := slices.ContainsFunc(m.Segments, func(o models.Segment) bool { return o.Side == s.Side && o.Aware != nil })
		if listens && s.Life != nil && s.Life.Mood != nil && rapid.Bool().Draw(t, "voiced") {
			s.Life.Mood.Voice = []float64{rapid.Float64Range(-3, 1).Draw(t, "worst voice"), 0.5, 1}
		}
	}
}

// life is what happens after joining.
func life(t *rapid.T) *models.Life {
	in := func(lo, hi float64, label string) float64 { return rapid.Float64Range(lo, hi).Draw(t, label) }
	l := &models.Life{
		Churn: models.Number(in(0, 0.03, "churn")), Onboarding: rapid.SampledFrom([]float64{0, 10, 20}).Draw(t, "onboarding"),
		Tenure: in(0, 1, "tenure"), Winback: in(-1, 1, "winback"),
	}
	if rapid.Bool().Draw(t, "early") {
		early := models.Number(in(0, 0.03, "early churn"))
		l.Early = &early
	}
	if rapid.Bool().Draw(t, "moods") {
		l.Mood = &models.Mood{
			Churn: []float64{2, 1, 0.5}, Worth: []float64{-0.5, 0, 0.5}, Review: in(0, 0.1, "review"), Bad: in(0, 0.5, "bad"), Unserved: in(0, 0.5, "unserved"),
			Late: in(0, 0.5, "late"), Silence: in(0, 1, "silence"),
		}
	}
	return l
}

// refits let components of platforms with a chain change a stage of it.
func refits(t *rapid.T, m *models.Model) {
	for i := range m.Policies {
		p := &m.Policies[i]
		k := slices.IndexFunc(m.Platforms, func(o models.Platform) bool { return o.Name == p.Platform })
		if p.Instrument == models.Component && p.Target.Side == "" && m.Platforms[k].Service != nil {
			p.Feature.Refit = &models.Refit{Stage: rapid.SampledFrom([]string{"search", "kitchen"}).Draw(t, "stage"),
				Drop: rapid.Float64Range(0, 2).Draw(t, "drop"), Time: rapid.Float64Range(0.5, 2).Draw(t, "time"), Astray: 1, Capacity: 1}
		}
	}
}

// policies are up to three, some with a budget that ends.
func policies(t *rapid.T, platforms []string) []models.Policy {
	var list []models.Policy
	for i := range rapid.IntRange(0, 3).Draw(t, "policies") {
		p := models.Policy{
			Name: fmt.Sprint("p", i), Platform: rapid.SampledFrom(platforms).Draw(t, "platform"),
			Target:     models.Target{Side: rapid.SampledFrom([]string{"", "consumers", "merchants"}).Draw(t, "side")},
			Instrument: rapid.SampledFrom([]models.Instrument{models.PayJoin, models.PayOrder, models.PayPeriod, models.PayHour, models.PayRebate, models.PayReferral, models.ChangePrice, models.Community, models.Component, models.Openness}).Draw(t, "instrument"),
			Shape:      models.Constant{Amount: rapid.Float64Range(0.1, 2).Draw(t, "amount")},
			Hours:      1, Rebate: models.Rebate{Redemption: 0.5, Expires: 3}, Referral: models.Referral{Invites: 0.1, Inviter: 0.5},
			Feature: models.Feature{Build: 1_000_000, Lead: 2, Run: 500_000, PerOrder: 100_000, Worth: 0.5, Same: 1, Orders: 0.5},
		}
		if p.Instrument == models.PayRebate {
			p.Target.Side = "consumers" // who orders
		}
		if p.Instrument.Budgeted() && rapid.Bool().Draw(t, "limited") {
			p.Limited, p.Budget = true, models.MoneyOf(rapid.Float64Range(1, 40).Draw(t, "budget"))
		}
		list = append(list, p)
	}
	return list
}
