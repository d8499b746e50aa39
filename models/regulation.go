package models

import (
	"fmt"
	"slices"
)

// Regulation is what an authority imposes for a time. A zero field imposes nothing.
type Regulation struct {
	Name     string
	Platform string // empty: all
	From     int    // first period, 1 or more
	Until    int    // last period; 0: to the end of the horizon

	Commission *float64     // the largest take rate, share of GMV
	Subsidy    *Money       // the most that a policy may offer for one claim
	Bans       []Instrument // instruments that nobody may use
	Members    int64        // once so many of the target use a platform, nobody else may begin to; 0: no limit
	Target     Target       // whose number Members limits
	Fine       Fine
}

// Fine is what a platform pays once, in the regulation's first period: an amount, and a share
// of what it has earned for some time.
type Fine struct {
	Amount Money
	Share  float64 // of the revenue of the last Over periods
	Over   int
}

// Open tells whether the regulation is in force in a period.
func (r *Regulation) Open(period int) bool {
	return period >= r.From && (r.Until == 0 || period <= r.Until)
}

// Binds tells whether it is in force for a platform in a period.
func (r *Regulation) Binds(platform string, period int) bool {
	return r.Open(period) && (r.Platform == "" || r.Platform == platform)
}

// capped tells whether a regulation may limit what a policy of an instrument offers for a claim.
func (i Instrument) capped() bool {
	return slices.Contains([]Instrument{PayJoin, PayOrder, PayPeriod, PayHour, PayRebate, PayReferral}, i)
}

// Permitted is what is left of an amount that a policy of a platform would offer for a claim by an
// instrument.
func (m *Model) Permitted(platform string, by Instrument, period int, amount float64) float64 {
	if m.Banned(platform, by, period) {
		return 0
	}
	for i := range m.Regulations {
		if r := &m.Regulations[i]; r.Subsidy != nil && by.capped() && r.Binds(platform, period) {
			amount = min(amount, r.Subsidy.Units())
		}
	}
	return amount
}

// Banned tells whether a regulation forbids a platform to use an instrument in a period.
func (m *Model) Banned(platform string, by Instrument, period int) bool {
	return slices.ContainsFunc(m.Regulations, func(r Regulation) bool {
		return r.Binds(platform, period) && slices.Contains(r.Bans, by)
	})
}

// TakeRate is a platform's take rate in a period, no larger than regulations let it be.
func (m *Model) TakeRate(platform, period int) float64 {
	p := &m.Platforms[platform]
	fee := p.Fee
	for i := range m.Regulations {
		if r := &m.Regulations[i]; r.Commission != nil && r.Binds(p.Name, period) {
			fee = min(fee, *r.Commission)
		}
	}
	return fee
}

func (m *Model) checkRegulations(faults *Faults) {
	var names []string
	for i := range m.Regulations {
		r := &m.Regulations[i]
		path := fmt.Sprintf("regulations[%d]", i)
		checkName(path, r.Name, names, faults)
		names = append(names, r.Name)
		m.checkPlace(path, r.Platform, r.Target, faults)
		m.checkPeriod(path+".from", r.From, 1, faults)
		checkUntil(path, r.From, r.Until, faults)
		if r.Commission != nil {
			checkRange(path+".commission", *r.Commission, 0, 1, faults)
			if m.OrderingSide() == "" {
				faults.add(path+".commission", "give a segment orders: {rate: ..., basket: ...}", "nobody orders here")
			}
		}
		if r.Subsidy != nil {
			checkMoney(path+".subsidy", *r.Subsidy, faults)
		}
		for j, ban := range r.Bans {
			if !slices.Contains(Instruments(), string(ban)) {
				faults.unknown(fmt.Sprintf("%s.bans[%d]", path, j), "instrument", string(ban), Instruments())
			}
		}
		if r.Members < 0 {
			faults.add(path+".members", "give a number of people, 1 or more", "%d people cannot be the limit", r.Members)
		}
		checkMoney(path+".fine.amount", r.Fine.Amount, faults)
		checkRange(path+".fine.revenue", r.Fine.Share, 0, 100, faults)
		if r.Fine.Share > 0 && r.Fine.Over < 1 {
			faults.add(path+".fine.over", "give one period or more", "nothing is earned in %d periods", r.Fine.Over)
		}
		if r.Commission == nil && r.Subsidy == nil && len(r.Bans) == 0 && r.Members == 0 && r.Fine == (Fine{}) {
			faults.add(path, "give it a commission, a subsidy, bans, members or a fine", "imposes nothing")
		}
	}
}
