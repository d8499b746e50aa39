package models

import (
	"math"
	"slices"
)

// Vouchers are orders that are paid when they are placed and redeemed later, or never: what is
// neither redeemed nor given back when they expire is breakage.
type Vouchers struct {
	Share      float64 // of orders that are vouchers
	Redemption float64 // of vouchers redeemed before they expire
	Refund     float64 // of vouchers given back before they expire
	Expires    int     // periods for which one is good; 1 or more
	Kept       float64 // part of an expired voucher's worth that the platform keeps; the rest goes to those who would have fulfilled it
}

// Hazards are the probabilities per period that a voucher still at hand is redeemed, and that
// it is given back: constant, so that the shares hold when it expires.
func (v *Vouchers) Hazards() (redeem, refund float64) {
	return split(v.Redemption, v.Refund, v.Expires)
}

// split divides the constant hazard of ending within some periods between two ways to end.
func split(one, other float64, periods int) (first, second float64) {
	both := math.Min(1, one+other)
	if both == 0 {
		return 0, 0
	}
	h := 1.0
	if both < 1 {
		h = -math.Expm1(math.Log1p(-both) / float64(periods))
	}
	first = h * one / (one + other)
	return first, h - first
}

// Wallet is money that consumers pay in ahead of their orders.
type Wallet struct {
	TopUp  float64 // probability per participant and period of paying in
	Amount Money   // what one pays in
	Bonus  float64 // what the platform adds, as a share of it
	Spend  float64 // share of GMV paid from it, as long as there is money in it
	Lapse  float64 // share of what is in it that lapses per period
	Refund float64 // share of what is in the wallets of those who leave that is paid back
}

// Points are given with each order and good for later ones: a promise of money that is a cost
// when it is given, and breakage when it expires. Points of a coalition are used with its members as they
// sell in the period; who gave them pays who takes them, but for the part that the latter bears.
type Points struct {
	Earn       float64 // worth of the points given, as a share of GMV
	Redemption float64 // share of points used before they expire
	Expires    int     // periods for which they are good; 1 or more
	OnUse      float64 // part of their worth that people feel where they use them; the rest they feel where they earn them
	Coalition  string  // whose members all take them; empty: the platform alone
	Borne      float64 // part of their worth, where another member takes them, that it bears
}

// Hazard is the probability per period that a point still at hand is used.
func (p *Points) Hazard() float64 {
	h, _ := split(p.Redemption, 0, p.Expires)
	return h
}

// checkPrepaid looks at vouchers, wallets and points.
func (m *Model) checkPrepaid(path string, in *Income, needs func(at string), faults *Faults) {
	if v := in.Vouchers; v != nil {
		at := path + ".vouchers"
		needs(at)
		checkRange(at+".share", v.Share, 0, 1, faults)
		checkRange(at+".redemption", v.Redemption, 0, 1, faults)
		checkRange(at+".refund", v.Refund, 0, 1, faults)
		checkRange(at+".kept", v.Kept, 0, 1, faults)
		if v.Redemption+v.Refund > 1+1e-9 {
			faults.add(at+".refund", "let redemption and refund add to 1 or less; the rest expires", "shares add to %s", sixDigits(v.Redemption+v.Refund))
		}
		checkExpiry(at, v.Expires, faults)
	}
	if w := in.Wallet; w != nil {
		at := path + ".wallet"
		needs(at)
		checkRange(at+".top_up", w.TopUp, 0, 1, faults)
		checkMoney(at+".amount", w.Amount, faults)
		checkRange(at+".bonus", w.Bonus, 0, 10, faults)
		checkRange(at+".spend", w.Spend, 0, 1, faults)
		checkRange(at+".lapse", w.Lapse, 0, 1, faults)
		checkRange(at+".refund", w.Refund, 0, 1, faults)
	}
	if p := in.Points; p != nil {
		at := path + ".points"
		needs(at)
		checkRange(at+".earn", p.Earn, 0, 1, faults)
		checkRange(at+".redemption", p.Redemption, 0, 1, faults)
		checkRange(at+".on_use", p.OnUse, 0, 1, faults)
		checkRange(at+".borne", p.Borne, 0, 1, faults)
		checkExpiry(at, p.Expires, faults)
		alone := !slices.ContainsFunc(m.Platforms, func(o Platform) bool {
			return o.Income != in && o.Income != nil && o.Income.Points != nil && o.Income.Points.Coalition == p.Coalition
		})
		switch {
		case p.Coalition != "" && alone:
			faults.add(at+".coalition", "give another platform points of the same coalition, with earn: 0 where it only takes them", "nobody else is in the coalition %s", p.Coalition)
		case p.Coalition == "" && p.Borne > 0:
			faults.add(at+".borne", "name a coalition, or leave it out", "nobody else takes its points")
		}
	}
}

func checkExpiry(path string, periods int, faults *Faults) {
	if periods < 1 || periods > maxExpiry {
		faults.add(path+".expires", "give at least one period, such as 90d", "nothing can be good for %d periods", periods)
	}
}
