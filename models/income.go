package models

import (
	"fmt"
	"math"
	"slices"
)

// Income is what a platform earns, owes and receives besides its take rate, its membership
// prices and its funding at the start. What is nil or empty is not there.
type Income struct {
	Ads      *Ads
	Spread   *Spread
	Charges  []Charge
	Float    *Float
	Vouchers *Vouchers
	Wallet   *Wallet
	Points   *Points
	Rounds   []Round
}

// Ads is attention sold to advertisers: everybody of a side who uses the platform looks at so
// many pages per period, each of which is paid for being seen and for being clicked.
type Ads struct {
	Side      string
	Views     float64 // per participant and period
	Content   float64 // exponent of the other side's share in the views: 0 none, 1 in proportion
	Thousand  float64 // money per thousand views
	ClickRate float64 // clicks per view
	Click     float64 // money per click
	Worth     float64 // of a view to the one who looks, money; negative where ads annoy
}

// PerView is what one view earns, in money.
func (a *Ads) PerView() float64 { return a.Thousand/1000 + a.ClickRate*a.Click }

// Spread is the part of GMV that a platform keeps by buying below the price it sells at. The
// sides that feel it weigh it in their choice like any other money per order.
type Spread struct {
	Share float64            // of GMV
	Borne map[string]float64 // by side: the part of it that the side feels
}

// ChargeKind says what a charge is booked as.
type ChargeKind string

// The kinds of charge: being listed, and being looked after.
const (
	ChargeListing ChargeKind = "listing"
	ChargeHosting ChargeKind = "hosting"
)

// Charge is what participants of a side or segment pay once when they join and in each period
// that they stay; they weigh both in their choice. What they get for it, such as a hosted shop, costs the
// platform something too.
type Charge struct {
	Name   string
	Kind   ChargeKind
	Target Target
	Join   Money
	Period Money
	Cost   Money // to the platform, for each who pays it and period of staying
}

// Float is what a platform earns on money that belongs to others: prepaid, or owed to those who
// fulfil orders until they are paid.
type Float struct {
	Rate float64 // interest per period
	Lag  float64 // periods until those who fulfil an order are paid for it
}

// Round is money that investors put in at the end of a period, once.
type Round struct {
	Name   string
	Period int // the first in which it can come
	Amount Money
	When   string // condition that must hold; empty: none
	End    int    // last period in which it can come; 0: the last of the horizon
}

// checkIncome looks at what a platform earns besides.
func (m *Model) checkIncome(path string, p *Platform, faults *Faults) {
	in := p.Income
	if in == nil {
		return
	}
	path += ".income"
	orders := m.OrderingSide() != ""
	needs := func(at string) {
		if !orders && len(m.Segments) > 0 {
			faults.add(at, "give a segment orders, such as orders: {rate: 0.1}", "nobody places orders, on which it depends")
		}
	}
	if a := in.Ads; a != nil {
		at := path + ".ads"
		if names := m.sideNames(); a.Side != "" && !slices.Contains(names, a.Side) {
			faults.unknown(at+".side", "side", a.Side, names)
		}
		checkRange(at+".views", a.Views, 0, 1e6, faults)
		checkRange(at+".content", a.Content, 0, 10, faults)
		checkRange(at+".thousand", a.Thousand, 0, MaxMoney, faults)
		checkRange(at+".click_rate", a.ClickRate, 0, 1, faults)
		checkRange(at+".click", a.Click, 0, MaxMoney, faults)
		checkWorth(at+".worth", a.Worth, faults)
	}
	if s := in.Spread; s != nil {
		needs(path + ".spread")
		checkRange(path+".spread.share", s.Share, 0, 1, faults)
		for _, side := range sortedKeys(s.Borne) {
			checkRange(path+".spread.borne."+side, s.Borne[side], 0, 1, faults)
		}
	}
	for i, c := range in.Charges {
		at := fmt.Sprintf("%s.charges[%d]", path, i)
		switch c.Kind {
		case ChargeListing, ChargeHosting:
		default:
			faults.unknown(at+".kind", "kind of charge", string(c.Kind), []string{string(ChargeListing), string(ChargeHosting)})
		}
		checkMoney(at+".join", c.Join, faults)
		checkMoney(at+".period", c.Period, faults)
		checkMoney(at+".cost", c.Cost, faults)
		m.checkAim(at, c.Target, faults)
	}
	if f := in.Float; f != nil {
		checkRange(path+".float.rate", f.Rate, 0, 1, faults)
		checkRange(path+".float.lag", f.Lag, 0, maxPeriods, faults)
	}
	m.checkPrepaid(path, in, needs, faults)
	cuts := slices.ContainsFunc(m.Policies, func(o Policy) bool { return o.Instrument == CutCommission && m.becomes(o.Platform, p.Name) })
	if in.Vouchers != nil && cuts {
		faults.add(path+".vouchers", "cut the fee of the platform instead, or do without vouchers", "commission is due when vouchers are redeemed, and %s has a policy that cuts it when they are sold", p.Name)
	}
	for i, r := range in.Rounds {
		at := fmt.Sprintf("%s.rounds[%d]", path, i)
		checkMoney(at+".amount", r.Amount, faults)
		if r.Period < 1 {
			faults.add(at+".period", "give a period from 1 on; what is there at the start is cash", "no money can come in period %d", r.Period)
		}
		if r.End != 0 && r.End < r.Period {
			faults.add(at+".end", "let it end no earlier than it can come", "it would end in period %d, before period %d", r.End, r.Period)
		}
		if r.When != "" {
			if _, fault := compileFormula(r.When, true); fault != nil {
				fault.report(at+".when", faults)
			}
		}
	}
}

// Bears is the part of the spread that a side feels; 0 without one.
func (s *Spread) Bears(side string) float64 {
	if s == nil {
		return 0
	}
	return s.Share * s.Borne[side]
}

// Interest is what money held earns in a period, rounded to the micro-unit; nothing on a debt.
func (f *Float) Interest(held float64) Money {
	return Money(math.Round(f.Rate * math.Max(0, held)))
}
