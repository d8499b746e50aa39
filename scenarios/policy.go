package scenarios

import (
	"math"
	"slices"
	"strings"

	"flywheel/models"
)

// aPolicy is what a platform does to win and keep people: whom it is aimed at, by which
// instrument, how much when, and until what.
func aPolicy() *record {
	by := func(instruments ...models.Instrument) *only {
		o := &only{key: "instrument"}
		for _, i := range instruments {
			o.values = append(o.values, string(i))
		}
		return o
	}
	return &record{name: "a policy", fields: []field{
		{key: "name", form: aName, required: "give it a name", about: "What it is called."},
		{key: "platform", form: aName, required: "name the platform that pays", about: "Platform whose policy it is."},
		{key: "side", form: aName.or("all"), preset: "all", source: definition, about: "Side it is aimed at."},
		{key: "segment", form: aName.or("all"), preset: "all", source: definition, about: "Segment it is aimed at."},
		{key: "region", form: aName.or("all"), preset: "all", source: definition, about: "Region it is aimed at."},
		{key: "relation", form: oneOf(append([]string{"all"}, models.Relations()...)...), preset: "all", source: definition,
			about: "Relation to the platform it is aimed at, where people have a life after joining: new or regular users (per_period, per_hour, per_order, rebate and price), or lapsed ones who return (join)."},
		{key: "top", aside: true, form: aNumber, unit: "share", about: "The share of those people who bring most, such as 0.1: by the value of what they order or, on the side that fulfils orders, by hours online times skill. It has to end between classes of people who differ (orders.mix, supply.mix, or segments). Left out: all."},
		{key: "instrument", form: oneOf(models.Instruments()...), required: "say what it does: " + strings.Join(models.Instruments(), ", "),
			about: "What it pays for: join: joining; per_order: an order (on each side aimed at: placing it, fulfilling it); per_period: a period of staying; per_hour: an hour online; rebate: a coupon with each order, good for later ones; referral: joining by a member's invitation. Or what it changes: commission_cut: lowers the take rate, as a share of GMV; price: changes the membership price, by either sign; marketing: pays a channel that makes the platform known; exclusivity: takes a penalty per period from those who use a rival beside it. envelope: opening an envelope that members pass on. Or what it builds and runs, at the level of its shape, 0 to 1: onboarding, community, component, openness; capacity: the shape is orders per period added."},
		{key: "shape", required: "write {constant: 1.50}, {ramp: {from: 4, to: 0, over: 26w}} or {pulse: {amount: 5, for: 7d}}", about: "How much, over time.", form: aShape()},
		{key: "from", form: aPeriod, unit: "period", preset: "1", source: definition, about: "First period in which it is offered."},
		{key: "until", form: aPeriod.or("end"), unit: "period", preset: "end", source: definition, about: "Last period in which it is offered."},
		{key: "stop", preset: "{}", about: "What else ends it for good, as seen at the start of a period.", form: &record{name: "an ending", fields: []field{
			{key: "share", form: aNumber, unit: "share", about: "Ends once the platform's share of the people aimed at has reached this."},
			{key: "critical_mass", form: oneOf("ignored", "reached"), preset: "ignored", source: off, about: "reached: ends once the law expects the platform to grow among these people without the policy."},
			{key: "ltv_over_cac", form: oneOf("ignored", "reached"), preset: "ignored", source: off, about: "reached: ends once what a member brings exceeds what a join has cost (the variables ltv and cac)."},
			{key: "cash_below", form: anAmount, unit: "money", about: "Ends once the platform has less than this in the bank."},
			{key: "when", form: aText, about: "Ends once this condition over the variables of formulas holds, such as \"share > 0.3 and elapsed > 28\"."},
		}}},
		{key: "budget", form: anAmount.or(infinite), unit: "money", preset: infinite, source: off, about: "Money it may spend in all; it is never exceeded."},
		{key: "pace", form: oneOf("free", "even"), preset: "free", source: off, about: "even: in each period it spends at most an equal part of the money left over the periods left."},
		{key: "announced", form: aPeriod, unit: "periods", only: by(models.PayOrder, models.PayRebate), aside: true, about: "How long before a higher amount people know of it, and put off orders (orders.demand.defer). Left out: they do not."},
		{key: "hours", form: aNumber, unit: "hours per period", only: by(models.PayHour), required: "say how long a participant is online, such as hours: 8",
			about: "Hours a participant is online per period, unless all the segments aimed at say their supply, whose hours then answer to the pay."},
		{key: "rebate", only: by(models.PayRebate), preset: "{}", about: "What becomes of its coupons.", form: &record{name: "a rebate", fields: []field{
			{key: "redemption", form: aNumber, unit: "share", preset: "0.15", source: "assumed: coupons in apps, 0.05 to 0.4", about: "Share of the coupons used before they expire; an order is worth the coupon times this more."},
			{key: "expires", form: aLength, unit: "periods", preset: "30", source: assumed, about: "For how long a coupon is good, from the period after its order: whole periods, each equally likely by hazard."},
		}}},
		{key: "referral", only: by(models.PayReferral), preset: "{}", about: "How members bring others.", form: &record{name: "a referral", fields: []field{
			{key: "invites", form: aRate, unit: "invitations per member and period", preset: "0.01", source: assumed,
				about: "Invitations that members send, each to a person of their side and region by chance; it adds invites times the share of users to the hazard of hearing of the platform."},
			{key: "inviter", form: aNumber, unit: "1", preset: "1", source: "convention: both sides receive the same", about: "What the member receives for each who joins, as a multiple of what the joiner receives; 0 pays the joiner alone."},
		}}},
		{key: "envelope", aside: true, only: by(models.PayEnvelope), preset: "{}", about: "How envelopes with money go round.", form: &record{name: "an envelope", fields: []field{
			{key: "seeds", form: aNumber, unit: "share", preset: "0.1", source: assumed, about: "Share of members with whom a burst begins, whenever the shape rises from nothing; each passes on as many as a receiver does."},
			{key: "reproduction", form: aNumber, unit: "1", preset: "1.5", source: assumed, about: "How many each receiver passes on in the next period, to people of those aimed at by chance, whatever networks there are; who has one in a burst takes no other."},
		}}},
		{key: "window", aside: true, only: by(models.PayOrder, models.PayRebate), about: "Hours of the day in which it is offered, where a period is a day or more.", form: &record{name: "a window", fields: []field{
			{key: "from", form: aWhole, unit: "hour", required: "write an hour, such as from: 11", about: "First hour, 0 to 23."},
			{key: "to", form: aWhole, unit: "hour", required: "write an hour, such as to: 14", about: "Hour in which it ends, 1 to 24; before `from` it lasts over midnight."},
			{key: "profile", form: oneOf(profileNames()...), required: "name how orders spread over the day, such as profile: food_weekday", about: "How orders spread over the hours."},
		}}},
		{key: "fraud", aside: true, form: aNumber, unit: "1", only: by(models.PayJoin, models.PayOrder, models.PayReferral), about: "False claims for each honest one, 0 to 1: they cost money and bring nothing."},
		{key: "expense", aside: true, only: by(models.Onboarding, models.Community, models.Component, models.Openness, models.AddCapacity), about: "What it costs to build and run.", form: &record{name: "an expense", fields: []field{
			{key: "build", form: anAmount, unit: "money", preset: "0", source: off, about: "Paid once, in its first period."},
			{key: "lead", form: aLength, unit: "periods", preset: "0", source: off, about: "Time from then until it works; it costs nothing to run before."},
			{key: "run", form: aRate, unit: "money per period", preset: "0", source: off, about: "Paid per period at level 1; of capacity, for each order per period added."},
			{key: "per_order", form: anAmount, unit: "money per order", preset: "0", source: off, about: "Paid for each order that the people aimed at place, once it works: how what is bought is usually paid."},
		}}},
		{key: "early", aside: true, form: aNumber, unit: "1", only: by(models.Onboarding), preset: "0.85", source: "assumed: guidance of new users, 0.7 to 1", about: "Multiplier at level 1 of the hazard of leaving while new."},
		{key: "same", aside: true, form: aNumber, unit: "money per period at full share", only: by(models.Community), required: "say how much the own side's share gains in worth, such as same: 1.5", about: "Added at level 1 to the strength of the effect of the own side's share, as seen at the start of a period."},
		{key: "worth", aside: true, form: aNumber, unit: "money per period", only: by(models.Component, models.Openness, models.Community), about: "Added at level 1 to what the platform is worth."},
		{key: "orders", aside: true, form: aNumber, unit: "share", only: by(models.Component), about: "Added at level 1 to the orders placed, as a share of them."},
		{key: "stage", aside: true, only: by(models.Component), about: "What it changes at one stage of the platform's order chain: multipliers at level 1.", form: &record{name: "a refit", fields: []field{
			{key: "name", form: aName, required: "name the stage, such as name: desk", about: "The stage."},
			{key: "drop", form: aNumber, unit: "factor", preset: "1", source: off, about: "Of the share of orders given up there."},
			{key: "time", form: aNumber, unit: "factor", preset: "1", source: off, about: "Of the work on an order."},
			{key: "astray", form: aNumber, unit: "factor", preset: "1", source: off, about: "Of the share of orders that go astray."},
			{key: "capacity", form: aNumber, unit: "factor", preset: "1", source: off, about: "Of what it can take, and of who works there."},
			{key: "intakes", form: oneOf("kept", "pooled"), preset: "kept", source: off, about: "pooled: one line takes the place of separate order channels, as long as it works at all."},
		}}},
		{key: "hazard", aside: true, form: aRate, unit: "per period", only: by(models.Openness), about: "Added at level 1 to the hazard of hearing of the platform: who is let in comes by itself."},
		{key: "channel", only: by(models.BuyMarketing), preset: "{}", about: "What marketing buys: contacts with the people aimed at, by chance.", form: &record{name: "a channel", fields: []field{
			{key: "kind", form: oneOf(models.ChannelKinds()...), preset: string(models.ChannelOnline), source: definition,
				about: "online: contacts at a fixed price; offline: bought once, fading slowly; search: at a price that rises with their number; alliance: free contacts, and the shape is money for each participant brought or order of those; occasion: those it reaches pass it on; partner: contacts in exchange for the platform's own, agency: free contacts, and the shape of both is the share of GMV of those brought, such as 0.15."},
			{key: "price", form: aNumber, unit: "money per contact", preset: "0.02", source: "assumed: 20 per thousand contacts", about: "Price of a contact; of search: of the first."},
			{key: "volume", form: aRate, unit: "contacts per period", only: &only{"kind", []string{string(models.ChannelSearch)}}, preset: "10000", source: "assumed: a price that rises by 1% per 1% of volume where it counts",
				about: "Contacts at which one more costs twice the price."},
			{key: "carry", form: aNumber, unit: "share", only: &only{"kind", []string{string(models.ChannelOffline), string(models.ChannelOccasion)}}, preset: "0.35", source: "assumed: as many as a referral brings per participant",
				about: "Share of a period's contacts that comes again in the next."},
			{key: "reach", form: aRate, unit: "contacts per period", only: &only{"kind", []string{string(models.ChannelAlliance), string(models.ChannelAgency)}}, required: "say how many contacts it makes, such as reach: 1000", about: "Contacts that it makes."},
			{key: "exchange", form: aRate, unit: "contacts per participant and period", only: &only{"kind", []string{string(models.ChannelPartner)}}, required: "say how many contacts it makes for each participant, such as exchange: 0.5", about: "Contacts with the partner's people for each participant who uses the platform."},
			{key: "pays", form: oneOf("join", "order"), only: &only{"kind", []string{string(models.ChannelAlliance)}}, about: "What an alliance is paid for: each participant brought (join, where nothing is said), or each order of those, as long as they stay."},
			{key: "response", form: aNumber, unit: "share", preset: "0.01", source: assumed, about: "Probability that a contact makes a person aware; response times contacts per person is added to the hazard of hearing of the platform."},
		}}},
	}}
}

// aShape is how much a policy offers over time.
func aShape() *record {
	amount := func(key, about string) field {
		return field{key: key, form: anAmount, unit: "money per claim", required: "write an amount of money, such as " + key + ": 4.00", about: about}
	}
	return &record{name: "a shape", fields: []field{
		{key: "constant", choice: "constant", form: anAmount, unit: "money per claim", about: "The same amount throughout."},
		{key: "ramp", choice: "ramp", about: "A straight line from one amount to another, which then stays.", form: &record{name: "a ramp", fields: []field{
			amount("from", "First amount."), amount("to", "Last amount."),
			{key: "over", form: aLength, unit: "periods", required: "say how long it takes, such as over: 26w", about: "Time from the first amount to the last."},
		}}},
		{key: "pulse", choice: "pulse", about: "An amount for a while, once or again and again.", form: &record{name: "a pulse", fields: []field{
			amount("amount", "Amount while it is on."),
			{key: "for", form: aLength, unit: "periods", required: "say how long it is on, such as for: 7d", about: "How long it stays on: whole periods."},
			{key: "every", form: aLength.or("once"), unit: "periods", preset: "once", source: definition, about: "Time from one beginning to the next: whole periods."},
		}}},
		{key: "table", choice: "table", unit: "[time since it began, money per claim]", about: "Amounts, each from its moment until the next.",
			form: &rows{item: &series{item: aLength, length: 2, about: "[since, amount]"}, about: "a list of [since, amount], such as [[0, 4], [26w, 2]]"}},
		{key: "days", choice: "days", about: "An amount on the days of a calendar and nothing between them.", form: &record{name: "days", fields: []field{
			amount("amount", "Amount on these days."),
			{key: "on", form: &series{item: aPeriod, about: "a list of periods, such as [10, 45]"}, unit: "periods", required: "name the periods, such as on: [10, 45]", about: "The first period of each, ascending."},
			{key: "for", form: aLength, unit: "periods", preset: "1", source: definition, about: "How long each lasts: whole periods."},
		}}},
		{key: "match", choice: "match", about: "What a rival offered some time before by the same instrument to any of the same people.", form: &record{name: "a match", fields: []field{
			{key: "rival", form: aName, required: "name the platform to match", about: "Platform whose offers are matched."},
			{key: "share", form: aNumber, unit: "1", preset: "1", source: definition, about: "Multiple of the rival's amount."},
			{key: "lag", form: aLength, unit: "periods", preset: "1", source: "definition: offers are seen when they are made", about: "Time until the rival's offer is answered: whole periods, one or more."},
		}}},
		{key: "feedback", choice: "feedback", about: "An amount that is corrected by what is seen: base + gain (goal - what is watched), within bounds.", form: &record{name: "feedback", fields: []field{
			{key: "watch", form: aName, required: "name a variable, such as watch: share", about: "The variable that is watched, one of those of formulas."},
			{key: "goal", form: aNumber, unit: "as the variable", required: "write a number, such as goal: 0.3", about: "Where it should be."},
			amount("base", "Amount at the goal."),
			{key: "gain", form: aNumber, unit: "money per claim and unit of the variable", required: "write a number, such as gain: 10", about: "Amount for each unit that the variable lies below the goal."},
			{key: "min", form: anAmount, unit: "money per claim", preset: "0", source: definition, about: "Least amount."},
			{key: "max", form: anAmount.or(infinite), unit: "money per claim", preset: infinite, source: off, about: "Largest amount."},
		}}},
		{key: "formula", choice: "formula", form: aText, unit: "money per claim",
			about: "An expression over the variables of formulas, such as \"max(0, 8 * (0.4 - share))\"; below zero it offers nothing, but for a price."},
	}}
}

func (b *builder) policy(n *node) models.Policy {
	p := models.Policy{
		Name: textOf(n.get("name")), Platform: textOf(n.get("platform")),
		Target:     models.Target{Side: target(n.get("side")), Segment: target(n.get("segment")), Region: target(n.get("region")), Relation: models.Relation(target(n.get("relation"))), Top: number(n.get("top"))},
		Instrument: models.Instrument(textOf(n.get("instrument"))),
		From:       b.beginning(n.get("from")), Even: textOf(n.get("pace")) == "even",
		Hours:     number(n.get("hours")),
		Announced: b.ahead(n.get("announced")),
		Rebate:    models.Rebate{Redemption: number(n.get("rebate").get("redemption")), Expires: b.periods(n.get("rebate").get("expires"))},
		Referral:  models.Referral{Invites: b.rate(n.get("referral").get("invites")), Inviter: number(n.get("referral").get("inviter"))},
	}
	if v := n.get("from"); v != nil && v.kind == scalar && p.From == 0 {
		b.report.add(v.at, "periods of a policy count from 1", "nothing is offered in period 0, which is the start")
	}
	if v := n.get("until"); textOf(v) != "end" {
		p.Until = b.period(v)
		if v.intact() && v != nil && p.Until == 0 {
			b.report.add(v.at, "give a period from 1 on, or end", "the policy would never be offered")
		}
	}
	if v := n.get("budget"); textOf(v) != infinite {
		p.Limited, p.Budget = true, money(v)
	}
	if channel := n.get("channel"); channel != nil {
		p.Channel = models.Channel{
			Kind: models.ChannelKind(textOf(channel.get("kind"))), Price: number(channel.get("price")), Volume: b.rate(channel.get("volume")),
			Carry: number(channel.get("carry")), Reach: b.rate(channel.get("reach")), Response: number(channel.get("response")),
			Exchange: b.rate(channel.get("exchange")), PerOrder: textOf(channel.get("pays")) == "order",
		}
	}
	p.Envelope = models.Envelope{Seeds: number(n.get("envelope").get("seeds")), Reproduction: number(n.get("envelope").get("reproduction"))}
	atLeastOne(b.report, n.get("top"), "a share above 0")
	p.Window = b.window(n.get("window"))
	p.Fraud = number(n.get("fraud"))
	expense := n.get("expense")
	p.Feature = models.Feature{
		Build: money(expense.get("build")), Lead: b.periods(expense.get("lead")), Run: models.MoneyOf(b.bounded(expense.get("run"))), PerOrder: money(expense.get("per_order")),
		Worth: number(n.get("worth")), Same: number(n.get("same")), Hazard: b.rate(n.get("hazard")), Orders: number(n.get("orders")), Early: number(n.get("early")),
	}
	if v := n.get("stage"); v != nil {
		p.Feature.Refit = &models.Refit{Stage: textOf(v.get("name")), Drop: number(v.get("drop")), Time: number(v.get("time")), Astray: number(v.get("astray")),
			Capacity: number(v.get("capacity")), Pooled: textOf(v.get("intakes")) == "pooled"}
	}
	p.Stop = b.stop(n.get("stop"))
	p.Shape = b.shape(n.get("shape"), max(p.From, 1))
	return p
}

// window is the share of a day's orders that fall into some hours.
func (b *builder) window(n *node) float64 {
	if n == nil || n.kind != mapping {
		return 0
	}
	from, to, profile := int(clamp(whole64(n.get("from")))), int(clamp(whole64(n.get("to")))), profiles()[textOf(n.get("profile"))]
	if !n.get("from").intact() || !n.get("to").intact() || len(profile) == 0 {
		return 0
	}
	if from < 0 || from > 23 || to < 1 || to > 24 || from == to {
		b.report.add(n.at, "give hours such as {from: 11, to: 14}", "from %d to %d is no part of a day", from, to)
		return 0
	}
	var inside, all float64
	for hour, weight := range profile {
		all += weight
		if from < to && hour >= from && hour < to || from > to && (hour >= from || hour < to) {
			inside += weight
		}
	}
	if inside == 0 {
		b.report.add(n.at, "give hours in which people order", "nobody orders from %d to %d by this profile", from, to)
	}
	return inside / all
}

func (b *builder) stop(n *node) models.Stop {
	s := models.Stop{
		Share:        number(n.get("share")),
		CriticalMass: textOf(n.get("critical_mass")) == "reached",
		LTVOverCAC:   textOf(n.get("ltv_over_cac")) == "reached",
		When:         textOf(n.get("when")),
	}
	atLeastOne(b.report, n.get("share"), "a share above 0")
	if v := n.get("cash_below"); v != nil {
		cash := money(v)
		s.Cash = &cash
	}
	return s
}

// shape is nil when it was lost.
func (b *builder) shape(n *node, from int) models.Shape {
	for key, build := range map[string]func(n *node) models.Shape{
		"constant": func(n *node) models.Shape { return models.Constant{Amount: number(n)} },
		"ramp": func(n *node) models.Shape {
			return models.Ramp{From: number(n.get("from")), To: number(n.get("to")), Over: b.length(n.get("over"))}
		},
		"pulse": func(n *node) models.Shape {
			return models.Pulse{Amount: number(n.get("amount")), For: b.length(n.get("for")), Every: b.length(n.get("every"))}
		},
		"table": b.steps,
		"days": func(n *node) models.Shape {
			d := models.Days{Amount: number(n.get("amount")), For: b.length(n.get("for"))}
			for _, on := range items(n.get("on")) {
				d.On = append(d.On, float64(b.beginning(on)-from))
			}
			return d
		},
		"match": func(n *node) models.Shape {
			return models.Match{Rival: textOf(n.get("rival")), Share: number(n.get("share")), Lag: b.periods(n.get("lag"))}
		},
		"feedback": b.feedback,
		"formula":  func(n *node) models.Shape { return models.Expression{Text: textOf(n)} },
	} {
		if said := n.get(key); said != nil {
			return build(said)
		}
	}
	return nil
}

func (b *builder) steps(n *node) models.Shape {
	var s models.Steps
	for _, row := range items(n) {
		if row.kind == list {
			s.Since, s.Amount = append(s.Since, b.length(row.items[0])), append(s.Amount, number(row.items[1]))
		}
	}
	return s
}

func (b *builder) feedback(n *node) models.Shape {
	f := models.Feedback{Goal: number(n.get("goal")), Base: number(n.get("base")), Gain: number(n.get("gain")), Min: number(n.get("min")), Max: number(n.get("max"))}
	f.Max = math.Min(f.Max, models.MaxMoney)
	var names []string
	for _, v := range models.Variables() {
		names = append(names, v.Name)
	}
	if watch := n.get("watch"); watch != nil && watch.kind == scalar {
		if f.Watch = slices.Index(names, watch.text); f.Watch < 0 {
			f.Watch = 0
			b.report.add(watch.at, meant(watch.text, names), "no variable is called %q", clip(watch.text))
		}
	}
	return f
}

// periods is a length of time in whole periods.
func (b *builder) periods(n *node) int {
	x := b.length(n)
	whole := math.Round(x)
	if n != nil && n.kind == scalar && math.Abs(x-whole) > 1e-9*math.Max(1, math.Abs(x)) {
		b.report.add(n.at, "give a whole number of periods, or a horizon with a shorter unit", "%.6g periods are not whole", x)
	}
	return int(clamp(int64(min(max(whole, -maxWhole), maxWhole))))
}
