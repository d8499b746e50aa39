package models

import (
	"fmt"
	"math"
)

// Money is an amount in whole micro-units (millionths) of the scenario's currency, so that
// budgets and ledgers are exact.
type Money int64

// MicroUnits is the number of micro-units in one unit of money.
const MicroUnits = 1_000_000

// MaxMoney is the largest amount a scenario may state, in units of money; a ninth of what
// an int64 of micro-units holds.
const MaxMoney = 1e12

// MoneyOf rounds an amount in units of money to the nearest micro-unit.
func MoneyOf(units float64) Money { return Money(math.Round(units * MicroUnits)) }

// Times is the amount for a number of things: exact for a whole number of them, else
// rounded to the nearest micro-unit.
func Times(n float64, each Money) Money {
	if n == math.Trunc(n) {
		return Money(n) * each
	}
	return Money(math.Round(n * float64(each)))
}

// Units is the amount in units of money.
func (m Money) Units() float64 { return float64(m) / MicroUnits }

// Account is one line of a platform's books.
type Account uint8

// The accounts of a platform. Every posting moves an amount from one to another, so their
// balances always add to zero.
const (
	Cash         Account = iota // money in the bank
	Funding                     // money put in by investors
	Commission                  // take rate times GMV
	Membership                  // membership prices paid by participants (or to them, when negative)
	Penalties                   // penalties of those who use a rival against a contract
	Subsidy                     // claims paid under policies
	Marketing                   // money paid to channels
	OrderCost                   // cost of fulfilled orders
	FixedCost                   // cost of being there
	AdSales                     // attention sold to advertisers
	SpreadKept                  // sale prices less purchase prices
	Listing                     // charges for being listed
	Hosting                     // charges for being looked after
	Interest                    // earned on money held
	Breakage                    // promises that nobody came for
	Bonuses                     // added to what is paid into wallets
	Rewards                     // points given
	Features                    // what platforms build and run
	VouchersHeld                // owed for vouchers not yet redeemed
	WalletsHeld                 // owed for money in wallets
	PointsOwed                  // owed for points not yet used
	Fines                       // imposed by authorities
	Markup                      // what prices of routes bring above the basket, or below it
	RouteCost                   // of selling by routes
	accounts
)

// Accounts lists every account in order.
func Accounts() []Account {
	list := make([]Account, accounts)
	for i := range list {
		list[i] = Account(i)
	}
	return list
}

// String is the account's name.
func (a Account) String() string {
	names := [...]string{"cash", "funding", "commission", "membership", "penalties", "subsidy", "marketing", "order_cost", "fixed_cost",
		"ads", "spread", "listing", "hosting", "interest", "breakage", "bonuses", "rewards", "features", "vouchers_held", "wallets_held", "points_owed",
		"fines", "markup", "route_cost"}
	if int(a) < len(names) {
		return names[a]
	}
	return fmt.Sprintf("account(%d)", a)
}

// Ledger is the double-entry book of one platform. A positive balance is a debit (the
// platform holds or has spent it), a negative one a credit (it came from there). The zero
// value is an empty book.
type Ledger struct {
	balance [accounts]Money
}

// Post moves an amount from one account to another: to is debited, from is credited. A
// negative amount runs the other way.
func (l *Ledger) Post(from, to Account, amount Money) {
	l.balance[from] -= amount
	l.balance[to] += amount
}

// Balance is what stands in an account.
func (l *Ledger) Balance(a Account) Money { return l.balance[a] }

// Revenue is what has been earned so far: commission, membership, penalties, ads, spread,
// charges, interest, breakage and markups.
func (l *Ledger) Revenue() Money {
	return -l.sum(Commission, Membership, Penalties, AdSales, SpreadKept, Listing, Hosting, Interest, Breakage, Markup)
}

// Spent is what operations have cost so far: subsidies, marketing, order and fixed costs, bonuses,
// rewards, fines and routes.
func (l *Ledger) Spent() Money {
	return l.sum(Subsidy, Marketing, OrderCost, FixedCost, Bonuses, Rewards, Features, Fines, RouteCost)
}

// Held is what stands with the platform and is others': prepaid orders, money in wallets, points.
func (l *Ledger) Held() Money { return -l.sum(VouchersHeld, WalletsHeld, PointsOwed) }

func (l *Ledger) sum(list ...Account) Money {
	var sum Money
	for _, a := range list {
		sum += l.balance[a]
	}
	return sum
}

// Trial is the sum over all accounts; it is zero in every correct book.
func (l *Ledger) Trial() Money {
	var sum Money
	for _, b := range l.balance {
		sum += b
	}
	return sum
}
