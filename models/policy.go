package models

import (
	"math"
	"slices"
	"strings"
)

// Instrument is what a policy does with the amount of its shape.
type Instrument string

// The instruments. Money is paid out once to each participant who joins; per order to those
// who place it or, on the side that fulfils, to those who fulfil it; per period, or per hour
// online, to each who stays; after a purchase by a coupon; to those who come by a member's
// invitation, and to the member. Or the platform leaves money to people: a cut of the take
// rate, another membership price. Or it pays a channel that makes it known. Or it takes
// money: a penalty from those who use a rival beside it. Or it builds and runs what changes the
// platform itself.
const (
	PayJoin       Instrument = "join"
	PayOrder      Instrument = "per_order"
	PayPeriod     Instrument = "per_period"
	PayHour       Instrument = "per_hour"
	PayRebate     Instrument = "rebate"
	PayReferral   Instrument = "referral"
	CutCommission Instrument = "commission_cut"
	ChangePrice   Instrument = "price"
	BuyMarketing  Instrument = "marketing"
	Exclusivity   Instrument = "exclusivity"
	PayEnvelope   Instrument = "envelope"
	Onboarding    Instrument = "onboarding"
	Community     Instrument = "community"
	Component     Instrument = "component"
	Openness      Instrument = "openness"
	AddCapacity   Instrument = "capacity"
)

// Instruments lists the names of the instruments.
func Instruments() []string {
	return []string{string(PayJoin), string(PayOrder), string(PayPeriod), string(PayHour), string(PayRebate), string(PayReferral),
		string(CutCommission), string(ChangePrice), string(BuyMarketing), string(Exclusivity),
		string(PayEnvelope), string(Onboarding), string(Community), string(Component), string(Openness), string(AddCapacity)}
}

// Policy is what a platform offers to people, how much when, and until what. A budget is
// hard: claims beyond the money left go unpaid and the offer ends.
type Policy struct {
	Name       string
	Platform   string
	Target     Target
	Instrument Instrument
	Shape      Shape // the amount over time
	From       int   // first period in which it is offered; 0 and 1 both mean the first
	Until      int   // last period in which it is offered; 0 means the last of the horizon
	Stop       Stop  // what else ends it
	Announced  int   // of PayOrder and PayRebate: periods before a higher amount in which people know of it
	Limited    bool  // whether Budget binds
	Budget     Money
	Even       bool // spends at most an equal part of the money left in each period that is left

	Hours    float64  // of PayHour: hours that a participant is online per period
	Rebate   Rebate   // of PayRebate
	Referral Referral // of PayReferral
	Channel  Channel  // of BuyMarketing
	Feature  Feature  // of those that build one
	Envelope Envelope // of PayEnvelope
	Window   float64  // of PayOrder and PayRebate: share of a day's orders that fall into the hours in which it is offered; 0: all
	Fraud    float64  // false claims for each honest one, of those that pay per join or order; 0 to 1
}

// Stop is what ends a policy for good, seen at the start of a period; the zero value ends
// nothing.
type Stop struct {
	Share        float64 // once the platform's share of the people aimed at has reached it; 0: no rule
	CriticalMass bool    // once the platform would grow among them without the policy
	LTVOverCAC   bool    // once what a member brings exceeds what a join costs, with at least one join
	Cash         *Money  // once the platform's cash is below it; nil: no rule
	When         string  // once this condition holds; empty: no rule
}

// Rebate is a coupon given with each order and good for later ones.
type Rebate struct {
	Redemption float64 // probability that a coupon is used before it expires
	Expires    int     // periods for which it can be used, each equally likely by hazard; 1 or more
}

// Hazard is the probability per period that a coupon still at hand is used: constant, so that
// Redemption of all coupons are used before they expire.
func (r Rebate) Hazard() float64 {
	if r.Redemption >= 1 {
		return 1
	}
	return -math.Expm1(math.Log1p(-r.Redemption) / float64(r.Expires))
}

// Referral is how members bring others. The shape is what the one who joins receives.
type Referral struct {
	Invites float64 // invitations per member and period, each to a person of the same side and region by chance
	Inviter float64 // what the member receives for each who joins, as a multiple of what the joiner receives
}

// Envelope is how gifts of money go round among acquaintances: a burst begins whenever the shape
// rises from nothing, and ends with it. The shape is what is in one.
type Envelope struct {
	Seeds        float64 // share of members who pass them on in the first period of a burst
	Reproduction float64 // how many each receiver passes on, in the period after
}

// Target is whom a policy is aimed at; an empty name stands for all.
type Target struct {
	Side     string
	Segment  string
	Region   string
	Relation Relation
	Top      float64 // the share of those named who bring most, above 0 and below 1; 0: all of them
}

// Relation is how one who uses a platform, or used it once, stands to it.
type Relation string

// The relations that policies tell apart, where people live on after joining.
const (
	RelationNew     Relation = "new"     // uses it and is not yet regular
	RelationRegular Relation = "regular" // uses it as a regular
	RelationLapsed  Relation = "lapsed"  // used it once and uses it no more
)

// relations are the relations in the order of Offers.Related.
var relations = []Relation{RelationNew, RelationRegular, RelationLapsed}

// Relations lists the names of the relations.
func Relations() []string {
	return []string{string(RelationNew), string(RelationRegular), string(RelationLapsed)}
}

// Of is the table of offers to those who stand in a relation.
func (o *Offers) Of(r Relation) [][]float64 { return o.Related[slices.Index(relations, r)] }

// Signed tells whether amounts may be negative.
func (i Instrument) signed() bool { return i == ChangePrice }

// Acquires tells whether an instrument pays for joins alone, so that its money is the cost
// of acquiring them.
func (i Instrument) Acquires() bool {
	return i == PayJoin || i == PayReferral || i == BuyMarketing || i == PayEnvelope
}

// Budgeted tells whether a policy of this instrument spends money that a budget can limit.
func (i Instrument) Budgeted() bool { return i != ChangePrice && i != Exclusivity }

// Rule is a policy bound to a law: its formulas understood.
type Rule struct {
	*Policy
	amount *Formula // of an Expression
	when   *Formula // of Stop.When
}

// rules binds the policies of a valid model.
func (m *Model) rules() []Rule {
	list := make([]Rule, len(m.Policies))
	for i := range m.Policies {
		p := &m.Policies[i]
		list[i].Policy = p
		if e, ok := p.Shape.(Expression); ok {
			list[i].amount, _ = compileFormula(e.Text, false)
		}
		if p.Stop.When != "" {
			list[i].when, _ = compileFormula(p.Stop.When, true)
		}
	}
	return list
}

// rounds binds the funding of the platforms of a valid model: each round is open while its money
// can come, and ended by its condition.
func (m *Model) rounds() [][]Rule {
	list := make([][]Rule, len(m.Platforms))
	for k := range m.Platforms {
		in := m.Platforms[k].Income
		if in == nil {
			continue
		}
		for _, round := range in.Rounds {
			r := Rule{Policy: &Policy{Name: round.Name, Platform: m.Platforms[k].Name, Shape: Constant{}, From: round.Period, Until: round.End, Stop: Stop{When: round.When}}}
			if round.When != "" {
				r.when, _ = compileFormula(round.When, true)
			}
			list[k] = append(list[k], r)
		}
	}
	return list
}

// Sees tells which numbers of a Sight the rule looks at besides the period; a rule that sees
// nothing needs no Sight.
func (r *Rule) Sees() bool {
	_, feedback := r.Shape.(Feedback)
	return feedback || r.amount != nil || r.Stop != Stop{}
}

// Steered tells whether the amount depends on what is seen of the market: on more than dates and how
// many people there are.
func (r *Rule) Steered() bool {
	f, feedback := r.Shape.(Feedback)
	for i, v := range Variables() {
		if i != SeePeriod && i != SeeElapsed && i != SeePeople && (feedback && f.Watch == i || r.amount.names(v.Name)) {
			return true
		}
	}
	return false
}

// Watches tells whether the rule may look at a number of a Sight, by index.
func (r *Rule) Watches(variable int) bool {
	f, feedback := r.Shape.(Feedback)
	name := Variables()[variable].Name
	return (feedback && f.Watch == variable) || r.amount.names(name) || r.when.names(name) ||
		(variable == SeeGrowth && r.Stop.CriticalMass)
}

// Open tells whether a period lies within the policy's time.
func (p *Policy) Open(period int) bool {
	return period >= max(p.From, 1) && (p.Until == 0 || period <= p.Until)
}

// Began is how many periods ago the policy began.
func (p *Policy) Began(period int) int { return period - max(p.From, 1) }

// Amount is what the rule offers per claim in a period, in the unit of its instrument,
// before its budget has a say. A match is told what its rival offered.
func (r *Rule) Amount(period int, s *Sight, rival float64) float64 {
	if !r.Open(period) {
		return 0
	}
	var x float64
	switch shape := r.Shape.(type) {
	case Match:
		x = shape.Share * rival
	case Feedback:
		x = shape.React(s)
	case Expression:
		x = r.amount.Number(s)
	default:
		x = r.Shape.At(float64(r.Began(period)))
	}
	least := 0.0
	if r.Instrument.signed() {
		least = -MaxMoney
	}
	if math.IsNaN(x) {
		return 0
	}
	return min(max(x, least), MaxMoney)
}

// Ended tells whether what is seen ends the policy for good.
func (r *Rule) Ended(s *Sight) bool {
	stop := r.Stop
	return stop.Share > 0 && s[SeeShare] >= stop.Share ||
		stop.CriticalMass && s[SeeMembers] > 0 && s[SeeGrowth] > 0 ||
		stop.LTVOverCAC && s[SeeCAC] > 0 && s[SeeLTV] > s[SeeCAC] ||
		stop.Cash != nil && s[SeeCash] < stop.Cash.Units() ||
		r.when != nil && r.when.Holds(s)
}

// String names what the target names, such as "of side merchants and region north".
func (t Target) String() string {
	var parts []string
	for _, part := range []struct{ kind, name string }{{"side", t.Side}, {"segment", t.Segment}, {"region", t.Region}} {
		if part.name != "" {
			parts = append(parts, part.kind+" "+part.name)
		}
	}
	if len(parts) == 0 {
		return "anyone"
	}
	return "of " + strings.Join(parts, " and ")
}

// Covers tells whether the policy pays people of this side, segment and region.
func (t Target) Covers(side, segment, region string) bool {
	return (t.Side == "" || t.Side == side) &&
		(t.Segment == "" || t.Segment == segment) &&
		(t.Region == "" || t.Region == region)
}

// Covered lists the groups that a target covers.
func (l *Law) Covered(t Target) []int {
	var groups []int
	for g := range l.Groups {
		if s := &l.Model.Segments[l.Groups[g].Segment]; t.Covers(s.Side, s.Name, s.Region) {
			groups = append(groups, g)
		}
	}
	if t.Top > 0 {
		segments := map[int]bool{}
		for _, g := range groups {
			segments[l.Groups[g].Segment] = true
		}
		groups, _, _ = top(blocks(l.Groups, groups, l.Model.Horizon), t.Top, len(segments))
	}
	return groups
}

// Settlement is how a period's claims on one policy were met.
type Settlement struct {
	Claims float64 // how many were made
	Paid   float64 // how many were paid in full
	Rest   Money   // what the next claimant received of the last money, less than one claim
	Spent  Money   // all the money paid out
}

// Unpaid is the number of claims that were not paid in full.
func (s Settlement) Unpaid() float64 { return s.Claims - s.Paid }

// Settle meets claims of one amount from the money left: all of them if it suffices, else
// as many as it covers, the remainder going to one claimant more, so that an exhausted
// budget is spent to its last micro-unit. A policy without a limit passes a negative left.
func Settle(claims int64, amount, left Money) Settlement {
	s := Settlement{Claims: float64(claims), Paid: float64(claims)}
	switch {
	case amount <= 0 || claims <= 0:
	case left < 0 || claims <= int64(left/amount):
		s.Spent = Money(claims) * amount
	default:
		s.Paid = float64(left / amount)
		s.Rest = left % amount
		s.Spent = left
	}
	return s
}

// SettleShare meets an expected number of claims from the money left: every claim gets the
// same share of its amount, all of it when the money suffices.
func SettleShare(claims float64, amount, left Money) Settlement {
	s := Settlement{Claims: claims, Paid: claims}
	if amount <= 0 || claims <= 0 {
		return s
	}
	if all := claims * float64(amount); left >= 0 && all > float64(left) && (all > math.MaxInt64/2 || Times(claims, amount) > left) {
		s.Spent = left
		s.Paid = float64(left) / float64(amount)
		return s
	}
	s.Spent = Times(claims, amount)
	return s
}
