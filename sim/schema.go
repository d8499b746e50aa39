package sim

import (
	"slices"

	"flywheel/models"
	"flywheel/results"
)

// The metrics of a timeline, as indices into Metrics.
const (
	participants = iota
	multihomers
	joins
	leaves
	switches
	aware
	inShare
	marketShare
	orders
	unserved
	eventOrders
	turnedAway
	gmv
	subsidy
	unpaidClaims
	subsidyToDate
	commission
	membership
	penalties
	revenue
	marketing
	cost
	rebatesOwed
	cash
	hhi
	newcomers
	regulars
	lapsed
	returned
	churned
	satisfaction
	welfare
	ads
	spreadKept
	listing
	hosting
	interest
	breakage
	bonuses
	rewards
	vouchersSold
	vouchersRedeemed
	vouchersRefunded
	vouchersExpired
	vouchersHeld
	walletDeposits
	walletSpent
	walletRefunds
	walletsHeld
	pointsUsed
	pointsOwed
	pointsSettled
	funding
	fines
	hoursOnline
	late
	dropped
	backlog
	minutes
	serviceLoad
	rating
	distance
	weakest
	weakestLost
	weakestCost
	passed1
	_
	_
	_
	_
	lastOfService
	acquisition
	cac
	cacBrought
	brought
	organic
	ltv
	ltvLife
	ltvOverCAC
	payback
	contribution
	burn
	runway
	ruined
	orderCosts
	fixedCosts
	rebatesPaid
	referralsPaid
	stage
	growthRate
	ofPeak
	newShare
	features
	fakeClaims
	transferred
	isThere
	sites
	openings
	closings
	onlineOrders
	cannibalised
	takings
	onlineTakings
	routeCost
	priceGap
	orderShare
	gmvShare
	hhiOrders
	hhiGMV
	metrics
)

// lastLine is the last of the metrics that economics add.
const lastLine = referralsPaid

// Recorded are those of Metrics that runs of some laws can give, in the same order: without
// those of mechanisms that none of them uses, which would be null in every row. Timelines
// hold these, so that a mechanism adds no column to runs that do without it.
func Recorded(laws ...*models.Law) results.Schema {
	var used results.Schema
	for m, column := range Metrics() {
		if slices.ContainsFunc(laws, func(l *models.Law) bool { return gives(l, m) }) {
			used = append(used, column)
		}
	}
	return used
}

// gives tells whether a law uses the mechanism that a metric is about. Every metric of a
// mechanism that may be left out has its case here.
func gives(l *models.Law, metric int) bool {
	switch {
	case metric >= firstTill && metric < firstTill+tillLines:
		return tillGives(l, metric)
	case metric == hoursOnline:
		return l.Hourly()
	case metric == late:
		return l.Serves() || l.Queues()
	case metric == distance:
		return l.Spaced()
	case metric >= passed1 && metric <= lastOfService:
		return l.Stages() > metric-passed1
	case metric > late && metric < passed1:
		return l.Serves()
	}
	switch {
	case metric == features:
		return slices.ContainsFunc(l.Model.Policies, func(p models.Policy) bool { return p.Instrument.Builds() })
	case metric == fakeClaims:
		return slices.ContainsFunc(l.Model.Policies, func(p models.Policy) bool { return p.Fraud > 0 })
	case metric == fines:
		return len(l.Model.Regulations) > 0
	case metric >= acquisition && metric <= lastLine:
		return l.Model.Economics != nil
	case metric >= stage && metric <= newShare:
		return l.Model.LifeCycle != nil
	case metric >= onlineOrders && metric <= priceGap:
		return l.Model.Sells()
	case metric >= orderShare && metric <= hhiGMV:
		return l.Model.Concentration
	case metric == transferred:
		return l.Model.Contested()
	case metric == isThere:
		return l.Model.Unsettled()
	case metric >= sites && metric <= closings:
		return l.Sitings != nil
	}
	return true
}

// The metrics of tills follow each other.
const (
	firstTill = ads
	tillLines = funding + 1 - ads
)

// tillGives tells whether a platform of the law has the line of income that a metric is about.
func tillGives(l *models.Law, metric int) bool {
	return slices.ContainsFunc(l.Model.Platforms, func(p models.Platform) bool {
		in := p.Income
		if metric == funding && p.Sites != nil && p.Sites.Capital > 0 {
			return true
		}
		if in == nil {
			return false
		}
		charges := func(kind models.ChargeKind) bool {
			return slices.ContainsFunc(in.Charges, func(c models.Charge) bool { return c.Kind == kind })
		}
		switch metric {
		case ads:
			return in.Ads != nil
		case spreadKept:
			return in.Spread != nil
		case listing:
			return charges(models.ChargeListing)
		case hosting:
			return charges(models.ChargeHosting)
		case interest:
			return in.Float != nil
		case breakage:
			return in.Vouchers != nil || in.Wallet != nil || in.Points != nil
		case bonuses, walletDeposits, walletSpent, walletRefunds, walletsHeld:
			return in.Wallet != nil
		case rewards, pointsUsed, pointsOwed:
			return in.Points != nil
		case pointsSettled:
			return in.Points != nil && in.Points.Coalition != ""
		case funding:
			return len(in.Rounds) > 0
		default:
			return in.Vouchers != nil
		}
	})
}

// Metrics are the columns that a timeline measures, in the order of the table. A metric
// that does not apply to a row's scope is null there.
func Metrics() results.Schema {
	return results.Schema{
		{Name: "participants", Kind: results.Number, Unit: "participants", About: "Participants who use the platform at the end of the period; platform * counts those who use at least one."},
		{Name: "multihomers", Kind: results.Number, Unit: "participants", About: "Of them, those who use two platforms or more."},
		{Name: "joins", Kind: results.Number, Unit: "participants", About: "Participants who began to use the platform in the period."},
		{Name: "leaves", Kind: results.Number, Unit: "participants", About: "Participants who stopped using it in the period."},
		{Name: "switches", Kind: results.Number, Unit: "participants", About: "Of those who began to use the platform in the period, the ones who stopped using another with the same move; platform *: who exchanged any for any."},
		{Name: "aware", Kind: results.Number, Unit: "participants", About: "Participants who know the platform; platform * counts those who know at least one."},
		{Name: "share", Kind: results.Number, Unit: "share", About: "Participants over the whole population of the row's scope."},
		{Name: "market_share", Kind: results.Number, Unit: "share", About: "The platform's memberships over those of all platforms in the row's scope."},
		{Name: "orders", Kind: results.Number, Unit: "orders", About: "Orders fulfilled in the period: placed by the ordering side, received by the other."},
		{Name: "unserved", Kind: results.Number, Unit: "orders", About: "Orders placed in the period that nobody fulfilled: capacity was used up, or no counterpart was there; null for those who fulfil."},
		{Name: "event_orders", Kind: results.Number, Unit: "orders", About: "Orders placed in the period that an event brought, fulfilled or not; null for those who fulfil."},
		{Name: "turned_away", Kind: results.Number, Unit: "orders", About: "Of the unserved, orders of an event's day that the platform's deployment could not take; null for those who fulfil."},
		{Name: "gmv", Kind: results.Number, Unit: "money", About: "Value of the fulfilled orders of the period; null for those who fulfil."},
		{Name: "subsidy", Kind: results.Number, Unit: "money", About: "Money paid to participants under policies in the period."},
		{Name: "unpaid_claims", Kind: results.Number, Unit: "claims", About: "Claims of the period that a budget could no longer pay in full."},
		{Name: "subsidy_to_date", Kind: results.Number, Unit: "money", About: "Money paid to participants under policies since the start."},
		{Name: "commission", Kind: results.Number, Unit: "money", About: "Take rate times GMV of the period (of vouchers when they are redeemed), less what policies left of it to those who fulfil."},
		{Name: "membership", Kind: results.Number, Unit: "money", About: "Membership prices received in the period; negative when the platform pays them."},
		{Name: "penalties", Kind: results.Number, Unit: "money", About: "Penalties received in the period from those who use a rival against a contract of exclusivity."},
		{Name: "revenue", Kind: results.Number, Unit: "money", About: "Commission, membership and penalties of the period, and what the income of a platform adds to them: ads, spread, listing, hosting, interest, breakage; and what prices of routes bring above the basket, or below it."},
		{Name: "marketing", Kind: results.Number, Unit: "money", About: "Money paid to channels in the period."},
		{Name: "cost", Kind: results.Number, Unit: "money", About: "Subsidies, marketing, order costs and fixed costs of the period, bonuses, rewards, features and what routes cost; fines come on top."},
		{Name: "rebates_owed", Kind: results.Number, Unit: "money", About: "What the coupons at hand would cost if all were used."},
		{Name: "cash", Kind: results.Number, Unit: "money", About: "Money in the bank at the end of the period; below zero it is owed."},
		{Name: "hhi", Kind: results.Number, Unit: "1", About: "Herfindahl-Hirschman index of memberships over platforms, 1/K to 1."},
		{Name: "new", Kind: results.Number, Unit: "participants", About: "Participants who are new to the platform; platform *: to any. This and the rest of the row are null where nobody lives on after joining."},
		{Name: "regular", Kind: results.Number, Unit: "participants", About: "Participants who are regulars of the platform; platform *: new to none."},
		{Name: "lapsed", Kind: results.Number, Unit: "participants", About: "People who used the platform once and use it no more; platform *: who use none any more."},
		{Name: "returned", Kind: results.Number, Unit: "participants", About: "Of those who began to use the platform in the period, the ones who had used it once; platform *: who used none, and one once."},
		{Name: "churned", Kind: results.Number, Unit: "participants", About: "Of those who left in the period, the ones who did not choose to; platform * adds them up."},
		{Name: "satisfaction", Kind: results.Number, Unit: "1", About: "Mean mood of participants, 0 the worst level and 1 the best; null where nobody has a mood."},
		{Name: "welfare", Kind: results.Number, Unit: "money", About: "Worth to participants of what they use, those who use nothing included, noise left out; null unless study.welfare is recorded, for single platforms, and at the start."},
		{Name: "ads", Kind: results.Number, Unit: "money", About: "Paid by advertisers in the period. This and the other lines of platforms.income are in a timeline where a platform has them, and null for platforms that have not."},
		{Name: "spread", Kind: results.Number, Unit: "money", About: "Part of the GMV of the period (of vouchers when they are redeemed) kept as the difference of sale and purchase prices."},
		{Name: "listing", Kind: results.Number, Unit: "money", About: "Charges for being listed, received in the period."},
		{Name: "hosting", Kind: results.Number, Unit: "money", About: "Charges for being looked after, received in the period."},
		{Name: "interest", Kind: results.Number, Unit: "money", About: "Interest of the period on money that belongs to others."},
		{Name: "breakage", Kind: results.Number, Unit: "money", About: "Worth of promises that ended unused in the period: vouchers, money in wallets, points."},
		{Name: "bonuses", Kind: results.Number, Unit: "money", About: "What the platform added to money paid into wallets in the period; a cost."},
		{Name: "rewards", Kind: results.Number, Unit: "money", About: "Worth of the points given in the period, less what other members of a coalition bear of them, and what it bears of theirs; a cost."},
		{Name: "vouchers_sold", Kind: results.Number, Unit: "money", About: "Worth of the vouchers sold in the period; part of GMV."},
		{Name: "vouchers_redeemed", Kind: results.Number, Unit: "money", About: "Worth of the vouchers redeemed in the period; commission is taken of it now."},
		{Name: "vouchers_refunded", Kind: results.Number, Unit: "money", About: "Worth of the vouchers given back in the period."},
		{Name: "vouchers_expired", Kind: results.Number, Unit: "money", About: "Worth of the vouchers that expired in the period."},
		{Name: "vouchers_held", Kind: results.Number, Unit: "money", About: "Worth of the vouchers that are still good at the end of the period; owed."},
		{Name: "wallet_deposits", Kind: results.Number, Unit: "money", About: "Money paid into wallets in the period, bonuses left out."},
		{Name: "wallet_spent", Kind: results.Number, Unit: "money", About: "Orders of the period paid from wallets."},
		{Name: "wallet_refunds", Kind: results.Number, Unit: "money", About: "Money in wallets paid back in the period to those who left."},
		{Name: "wallets_held", Kind: results.Number, Unit: "money", About: "Money in wallets at the end of the period, bonuses included; owed."},
		{Name: "points_used", Kind: results.Number, Unit: "money", About: "Worth of the points used on the platform in the period, whoever gave them."},
		{Name: "points_owed", Kind: results.Number, Unit: "money", About: "Worth of the points given by the platform that are still good at the end of the period; owed."},
		{Name: "points_settled", Kind: results.Number, Unit: "money", About: "Received in the period from other members of a coalition for their points used here, less what was paid to them."},
		{Name: "funding", Kind: results.Number, Unit: "money", About: "Money that investors put in in the period, after the start: rounds, and capital of sites that open."},
		{Name: "fines", Kind: results.Number, Unit: "money", About: "Fines of the period."},
		{Name: "hours", Kind: results.Number, Unit: "hours", About: "Hours that those who fulfil orders were online in the period; there where a segment says its supply."},
		{Name: "late", Kind: results.Number, Unit: "orders", About: "Of the orders fulfilled, those that came later than a stage promises, waited for another period, or waited too long in front of a deployment. This and the rest of the row are null for those who fulfil, and there only where a platform has a chain of stages (late: or an event's deployment a waiting room)."},
		{Name: "dropped", Kind: results.Number, Unit: "orders", About: "Orders given up along the chain at any load; they are not among the unserved."},
		{Name: "backlog", Kind: results.Number, Unit: "orders", About: "Orders that wait for capacity of a later period at the end of this one."},
		{Name: "minutes", Kind: results.Number, Unit: "minutes", About: "Mean time of an order along the chain within the period, waiting and work; the median where a stage has a table of times."},
		{Name: "load", Kind: results.Number, Unit: "1", About: "Of the stages' mean loads the largest: orders over what can be worked on, or orders outstanding per server where a stage has a table of times."},
		{Name: "rating", Kind: results.Number, Unit: "1 to 5", About: "Mean rating of the fulfilled orders, from that of an order on time and that of a late one."},
		{Name: "distance", Kind: results.Number, Unit: "km", About: "Mean distance to the nearest outlet."},
		{Name: "weakest", Kind: results.Number, Unit: "stage", About: "The stage, counted from 1, that lost most orders in the period; 0 where none was lost."},
		{Name: "weakest_lost", Kind: results.Number, Unit: "orders", About: "Orders that the weakest stage lost: given up there, or unserved."},
		{Name: "weakest_cost", Kind: results.Number, Unit: "money", About: "Value of the orders that the weakest stage lost."},
		{Name: "passed_1", Kind: results.Number, Unit: "orders", About: "Orders that the first stage passed on in the period; over those placed it is the stage's conversion."},
		{Name: "passed_2", Kind: results.Number, Unit: "orders", About: "Orders that the second stage passed on; over passed_1 it is the stage's conversion."},
		{Name: "passed_3", Kind: results.Number, Unit: "orders", About: "The same of the third stage."},
		{Name: "passed_4", Kind: results.Number, Unit: "orders", About: "The same of the fourth stage."},
		{Name: "passed_5", Kind: results.Number, Unit: "orders", About: "The same of the fifth stage."},
		{Name: "passed_6", Kind: results.Number, Unit: "orders", About: "The same of the sixth stage."},
		{Name: "acquisition", Kind: results.Number, Unit: "money", About: "Money spent since the start on winning participants: join bonuses, referrals, envelopes, channels (by people where a channel reaches several groups). This and the columns to referrals are there where study.economics asks for them."},
		{Name: "cac", Kind: results.Number, Unit: "money per join", About: "Acquisition over joins since the start."},
		{Name: "cac_brought", Kind: results.Number, Unit: "money per join", About: "Acquisition over those joins alone that channels, referrals and envelopes have brought."},
		{Name: "brought", Kind: results.Number, Unit: "participants", About: "Joins since the start that channels, referrals and envelopes have brought. Each policy of these kinds has rows of its own, for the whole market, with its name as segment: joins, marketing, acquisition, brought and cac of it alone."},
		{Name: "organic", Kind: results.Number, Unit: "share", About: "Share of the joins since the start that no channel, referral or envelope has brought."},
		{Name: "ltv", Kind: results.Number, Unit: "money per member", About: "What a member brings over its life: margin per period times (1 + d)/(d + h), at the discount d and the rate h of leaving, both averaged with weights that fall by a factor e in 28 periods; 1e12 while nobody leaves and nothing is discounted."},
		{Name: "ltv_life", Kind: results.Number, Unit: "money per member", About: "The same by the closed form for the life of a newcomer, as far as it ends without choice: geometric, by onboarding, or beta-geometric (Fader and Hardie 2007); null without a life."},
		{Name: "ltv_over_cac", Kind: results.Number, Unit: "1", About: "LTV over CAC."},
		{Name: "payback", Kind: results.Number, Unit: "periods", About: "Periods until a member has brought in its CAC, those who have left counted; null when never."},
		{Name: "contribution", Kind: results.Number, Unit: "money", About: "What the people of the row brought in the period before acquisition, features and fixed costs: half of what each order leaves belongs to each side of it; the whole market has penalties, interest and breakage besides."},
		{Name: "burn", Kind: results.Number, Unit: "money", About: "Money lost in the period, funding left out; negative when it is gained."},
		{Name: "runway", Kind: results.Number, Unit: "periods", About: "Cash over burn, averaged as the LTV; null while nothing burns."},
		{Name: "ruined", Kind: results.Number, Unit: "share", About: "1 once the platform has owed money, else 0; the mean over replications is the probability of ruin by then."},
		{Name: "order_costs", Kind: results.Number, Unit: "money", About: "Of the cost of the period, what fulfilled orders cost: cost.per_order."},
		{Name: "fixed_costs", Kind: results.Number, Unit: "money", About: "Of the cost of the period, what being there costs: cost.fixed, of each site where there are many, and what those cost who are looked after (charges[].cost)."},
		{Name: "rebates", Kind: results.Number, Unit: "money", About: "Of the subsidies of the period, what coupons of rebates that were used came to."},
		{Name: "referrals", Kind: results.Number, Unit: "money", About: "Of the subsidies of the period, what referrals paid to both sides."},
		{Name: "stage", Kind: results.Number, Unit: "1", About: "Stage of the life cycle: 1 exploration, 2 growth, 3 maturity, 4 decline; the whole market is that of those who order. This and the rest are there where study.life_cycle asks for them."},
		{Name: "growth_rate", Kind: results.Number, Unit: "1", About: "Growth of the series over the window that stages are told by."},
		{Name: "of_peak", Kind: results.Number, Unit: "share", About: "The series over the largest it has been."},
		{Name: "new_share", Kind: results.Number, Unit: "share", About: "Joins over about a window, fading, over participants: 1 where all are newcomers."},
		{Name: "features", Kind: results.Number, Unit: "money", About: "Money paid in the period for what platforms build and run: onboarding, community, components, openness, capacity."},
		{Name: "fake_claims", Kind: results.Number, Unit: "claims", About: "False claims made in the period on policies with fraud."},
		{Name: "transferred", Kind: results.Number, Unit: "participants", About: "Participants whom a merger brought to the platform in the period, or, negative, whom a merger or an exit took from it; neither joins nor leaves."},
		{Name: "there", Kind: results.Number, Unit: "share", About: "1 while the platform is in the market, in some region at least, else 0; the mean over replications is the share of them in which it is. There where a platform comes by chance, may give up, or becomes part of another."},
		{Name: "sites", Kind: results.Number, Unit: "sites", About: "Sites that the platform stands for; null for platforms without any."},
		{Name: "openings", Kind: results.Number, Unit: "sites", About: "Of them, those that opened in the period."},
		{Name: "closings", Kind: results.Number, Unit: "sites", About: "Sites that closed in the period."},
		{Name: "online_orders", Kind: results.Number, Unit: "orders", About: "Of the orders fulfilled, those sold by routes that end online; null, with the rest of the row, for platforms without routes."},
		{Name: "cannibalised", Kind: results.Number, Unit: "orders", About: "Of the orders sold online, those that would have been sold offline."},
		{Name: "takings", Kind: results.Number, Unit: "money", About: "What the fulfilled orders of the period cost those who placed them, at the prices of their routes."},
		{Name: "online_takings", Kind: results.Number, Unit: "money", About: "Of the takings, those of routes that end online."},
		{Name: "route_cost", Kind: results.Number, Unit: "money", About: "Costs of routes and what is paid to third parties for orders in the period."},
		{Name: "price_gap", Kind: results.Number, Unit: "share", About: "Mean price offline over the mean price online, less 1; 0 is parity, null while nothing is sold in one of them."},
		{Name: "order_share", Kind: results.Number, Unit: "share", About: "The platform's orders over those of all platforms in the row's scope, null while there are none. This and the rest are there where study.concentration asks for them."},
		{Name: "gmv_share", Kind: results.Number, Unit: "share", About: "The same of the value of the orders; null for those who fulfil."},
		{Name: "hhi_orders", Kind: results.Number, Unit: "1", About: "Herfindahl-Hirschman index of the orders of the period over platforms, 1/K to 1."},
		{Name: "hhi_gmv", Kind: results.Number, Unit: "1", About: "The same of the value of the orders; null for those who fulfil."},
	}
}
