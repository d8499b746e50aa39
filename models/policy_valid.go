package models

import (
	"fmt"
	"slices"
)

func (m *Model) checkPolicy(i int, faults *Faults) {
	p := &m.Policies[i]
	path := fmt.Sprintf("policies[%d]", i)
	var before []string
	for _, other := range m.Policies[:i] {
		before = append(before, other.Name)
	}
	checkName(path, p.Name, before, faults)
	m.checkTarget(path, p, faults)
	m.checkRelation(path, p, faults)
	if !slices.Contains(Instruments(), string(p.Instrument)) {
		faults.unknown(path+".instrument", "instrument", string(p.Instrument), Instruments())
	} else {
		m.checkInstrument(path, p, faults)
	}
	if p.Shape == nil {
		faults.add(path+".shape", "give {constant: 1.50}, {ramp: {from: 4, to: 0, over: 26w}} or {pulse: {amount: 5, for: 7d}}", "is missing")
	} else {
		least := 0.0
		if p.Instrument.signed() {
			least = -MaxMoney
		}
		p.Shape.check(path+".shape", least, faults)
		m.checkRival(path+".shape.match.rival", p, faults)
	}
	if p.From != 0 {
		m.checkPeriod(path+".from", p.From, 1, faults)
	}
	checkUntil(path, max(p.From, 1), p.Until, faults)
	m.checkFeature(path, p, faults)
	checkRange(path+".window", p.Window, 0, 1, faults)
	checkRange(path+".envelope.seeds", p.Envelope.Seeds, 0, 1, faults)
	checkRange(path+".envelope.reproduction", p.Envelope.Reproduction, 0, maxRate, faults)
	checkRange(path+".fraud", p.Fraud, 0, 1, faults)
	checkMoney(path+".budget", p.Budget, faults)
	if p.Limited && !p.Instrument.Budgeted() {
		faults.add(path+".budget", "leave it out; to pay people from a budget, use per_period", "a policy of %s spends nothing that a budget could limit", p.Instrument)
	}
	if p.Even && !p.Limited {
		faults.add(path+".pace", "give it a budget, or leave the pace out", "there is no budget to spread")
	}
	p.checkAnnounced(path+".announced", faults)
	p.checkStop(path+".stop", faults)
}

// checkAnnounced wants amounts that can be known beforehand.
func (p *Policy) checkAnnounced(path string, faults *Faults) {
	checkRange(path, float64(p.Announced), 0, 1000, faults)
	if p.Announced == 0 {
		return
	}
	switch p.Shape.(type) {
	case Match, Feedback, Expression:
		faults.add(path, "leave it out, or give a shape of dates, such as days or pulse", "what it will offer is not known beforehand")
	}
}

func (p *Policy) checkStop(path string, faults *Faults) {
	checkRange(path+".share", p.Stop.Share, 0, 1, faults)
	if p.Stop.Cash != nil && !(abs(p.Stop.Cash.Units()) <= MaxMoney) {
		faults.add(path+".cash_below", fmt.Sprintf("give an amount of at most %g", float64(MaxMoney)), "%g is out of range", p.Stop.Cash.Units())
	}
	if p.Stop.When != "" {
		if _, fault := compileFormula(p.Stop.When, true); fault != nil {
			fault.report(path+".when", faults)
		}
	}
}

func abs(x float64) float64 { return max(x, -x) }

// checkRival wants a match to name a rival that exists and offers something to be matched.
func (m *Model) checkRival(path string, p *Policy, faults *Faults) {
	match, is := p.Shape.(Match)
	if !is || len(m.Platforms) == 0 {
		return
	}
	switch {
	case !slices.Contains(m.platformNames(), match.Rival):
		faults.unknown(path, "platform", match.Rival, m.platformNames())
	case match.Rival == p.Platform:
		faults.add(path, "name another platform", "%s is no rival of itself", p.Platform)
	case !slices.ContainsFunc(m.Policies, func(o Policy) bool { return o.Platform == match.Rival && o.Instrument == p.Instrument }):
		faults.add(path, fmt.Sprintf("give %s a policy of %s, or match another instrument", match.Rival, p.Instrument), "%s has no policy of %s to be matched", match.Rival, p.Instrument)
	}
}

// checkInstrument holds what an instrument needs of the market and of its own settings.
func (m *Model) checkInstrument(path string, p *Policy, faults *Faults) {
	ordering := m.OrderingSide()
	covers := func(of func(s *Segment) bool) bool {
		return slices.ContainsFunc(m.Segments, func(s Segment) bool { return p.Target.Covers(s.Side, s.Name, s.Region) && of(&s) })
	}
	at := path + ".instrument"
	switch p.Instrument {
	case PayOrder, PayRebate:
		switch {
		case ordering == "":
			faults.add(at, "give a segment orders: {rate: ..., basket: ...}, or pay per_period or on joining", "pays per order where nobody orders")
		case p.Instrument == PayRebate && !covers(func(s *Segment) bool { return s.Orders.Rate > 0 }):
			faults.add(at, "aim it at people who order, or pay per_order to those who fulfil", "gives coupons to people who place no orders")
		}
	case CutCommission:
		if ordering == "" || !covers(func(s *Segment) bool { return s.Side != ordering }) {
			faults.add(at, "aim it at the side that fulfils orders", "cuts the commission of people who fulfil no orders")
		}
		if c, is := p.Shape.(Constant); is && c.Amount > 1 {
			faults.add(path+".shape.constant", "give a share of GMV, such as 0.03", "%g is no share", c.Amount)
		}
	case BuyMarketing:
		if !covers(func(s *Segment) bool { return s.Aware != nil }) {
			faults.add(at, "give the segments it is aimed at aware: {p: ..., q: ...}", "buys attention where everybody knows every platform")
		}
		p.Channel.check(path+".channel", faults)
	case Exclusivity:
		if len(m.Platforms) == 1 {
			faults.add(at, "add a rival", "there is no rival to be kept from")
		}
	}
	switch p.Instrument {
	case PayHour:
		checkRange(path+".hours", p.Hours, 0, 8784, faults) // the hours of a leap year
	case PayRebate:
		checkRange(path+".rebate.redemption", p.Rebate.Redemption, 0, 1, faults)
		if p.Rebate.Expires < 1 || p.Rebate.Expires > maxExpiry {
			faults.add(path+".rebate.expires", fmt.Sprintf("give 1 to %d periods", maxExpiry), "a coupon cannot be good for %d periods", p.Rebate.Expires)
		}
	case PayReferral:
		checkRange(path+".referral.invites", p.Referral.Invites, 0, 1e6, faults)
		checkRange(path+".referral.inviter", p.Referral.Inviter, 0, 1e6, faults)
	}
}

// checkRelation wants people who live on after joining, and an instrument that can tell.
func (m *Model) checkRelation(path string, p *Policy, faults *Faults) {
	path += ".relation"
	switch relation := p.Target.Relation; {
	case relation == "":
	case !slices.Contains(Relations(), string(relation)):
		faults.unknown(path, "relation", string(relation), Relations())
	case slices.ContainsFunc(m.Segments, func(s Segment) bool { return p.Target.Covers(s.Side, s.Name, s.Region) && s.Life == nil }):
		faults.add(path, "give the segments it is aimed at a life, or leave it out", "nobody tells newcomers from regulars where people do not live on after joining")
	case relation == RelationLapsed && p.Instrument != PayJoin:
		faults.add(path, "use the instrument join, which wins them back", "who has lapsed makes no claims on %s", p.Instrument)
	case relation != RelationLapsed && !slices.Contains([]Instrument{PayPeriod, PayHour, PayOrder, PayRebate, ChangePrice}, p.Instrument):
		faults.add(path, "use the instrument per_period, per_hour, per_order, rebate or price", "%s does not tell newcomers from regulars", p.Instrument)
	}
}

// maxExpiry bounds the ages of coupons that are told apart.
const maxExpiry = 1000

func (c Channel) check(path string, faults *Faults) {
	if !slices.Contains(ChannelKinds(), string(c.Kind)) {
		faults.unknown(path+".kind", "kind of channel", string(c.Kind), ChannelKinds())
		return
	}
	positive := func(key string, x float64, remedy string) {
		if !(x > 0) || x > MaxMoney {
			faults.add(path+"."+key, remedy, "%g is out of range", x)
		}
	}
	if !c.ByResult() && c.Kind != ChannelPartner {
		positive("price", c.Price, "give money per contact above 0, such as 0.02")
	}
	switch c.Kind {
	case ChannelSearch:
		positive("volume", c.Volume, "give a number of contacts per period above 0, such as 1000")
	case ChannelOffline, ChannelOccasion:
		if !(c.Carry >= 0 && c.Carry < 1) {
			faults.add(path+".carry", "give a share from 0 to below 1", "%g is out of range", c.Carry)
		}
	case ChannelPartner:
		positive("exchange", c.Exchange, "give a number of contacts per participant and period above 0, such as 0.5")
	case ChannelAlliance, ChannelAgency:
		positive("reach", c.Reach, "give a number of contacts per period above 0, such as 1000")
	}
	checkRange(path+".response", c.Response, 0, 1, faults)
}

func (m *Model) checkTarget(path string, p *Policy, faults *Faults) {
	if names := m.platformNames(); len(names) > 0 && !slices.Contains(names, p.Platform) {
		faults.unknown(path+".platform", "platform", p.Platform, names)
	}
	m.checkAim(path, p.Target, faults)
}

// checkAim wants a target to name people who are there.
func (m *Model) checkAim(path string, t Target, faults *Faults) {
	known := len(*faults)
	if len(m.Segments) == 0 {
		return // nobody is there to be named
	}
	if names := m.sideNames(); t.Side != "" && !slices.Contains(names, t.Side) {
		faults.unknown(path+".side", "side", t.Side, names)
	}
	if names := m.segmentNames(); t.Segment != "" && !slices.Contains(names, t.Segment) {
		faults.unknown(path+".segment", "segment", t.Segment, names)
	}
	if names := m.RegionNames(); t.Region != "" && !slices.Contains(names, t.Region) {
		faults.unknown(path+".region", "region", t.Region, names)
	}
	if len(*faults) > known {
		return
	}
	for _, s := range m.Segments {
		if t.Covers(s.Side, s.Name, s.Region) {
			return
		}
	}
	faults.add(path, "name a side, segment and region that go together, or leave some out", "pays nobody: no segment is at once %s", t)
}
