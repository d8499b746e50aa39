package scenarios

import (
	"math"
	"slices"

	"flywheel/models"
)

// launch is when a platform is there, by region; nil for everywhere from the start.
func (b *builder) launch(n *node, regions []string) map[string]int {
	if n == nil || n.kind != mapping {
		return nil
	}
	list := map[string]int{}
	for _, region := range regions {
		at := firstOf(n.get(region), n.get(others))
		if list[region] = models.Never; textOf(at) != "never" {
			list[region] = b.beginning(at)
		}
	}
	for _, e := range entriesOf(n) {
		if e.key != others && !slices.Contains(regions, e.key) {
			b.unknown(e, "region", e.key, regions)
		}
	}
	return list
}

// somewhere are the keys of whom something at a date is about.
func somewhere(people string) []field {
	return []field{
		{key: "side", form: aName.or("all"), preset: "all", source: definition, about: "Side " + people + "."},
		{key: "segment", form: aName.or("all"), preset: "all", source: definition, about: "Segment " + people + "."},
		{key: "region", form: aName.or("all"), preset: "all", source: definition, about: "Region " + people + "."},
	}
}

func aShock() *record {
	factor := func(key, about string) field {
		return field{key: key, form: aNumber, unit: "factor", preset: "1", source: off, about: about}
	}
	fields := []field{
		{key: "name", form: aName, required: "give it a name", about: "What it is called."},
		{key: "platform", form: aName.or("all"), preset: "all", source: definition, about: "Platform that it befalls."},
	}
	fields = append(fields, somewhere("that it befalls")...)
	return &record{name: "a shock", fields: append(fields,
		field{key: "at", form: aPeriod, unit: "period", required: "say when, such as at: 26w", about: "First period in which it is felt."},
		field{key: "for", form: aLength.or("end"), unit: "periods", preset: "1", source: definition, about: "How long all of it is felt: whole periods, or to the end of the horizon."},
		field{key: "half_life", form: aLength.or("none"), unit: "periods", preset: "none", source: off, about: "After that, time in which what is felt halves; none: nothing is felt at once."},
		field{key: "every", form: aLength.or("once"), unit: "periods", preset: "once", source: definition, about: "Time from one beginning to the next: whole periods."},
		field{key: "worth", form: aNumber, unit: "money per period", preset: "0", source: off, about: "Added to the worth of using the platform."},
		factor("orders", "Multiplies the orders placed."),
		factor("capacity", "Multiplies what the platform can fulfil, or a stage of its order chain."),
		field{key: "stage", aside: true, form: aName, about: "The stage of the order chain whose capacity and servers `capacity` multiplies, in the regions that it befalls: 0 is an outage, after which orders that have waited come first. A stage without either, or with queue mm1k, passes on that part of the orders and loses the rest. Left out: the platform's own capacity."},
		factor("churn", "Multiplies the hazards of leaving, where people have a life after joining."),
	)}
}

func aRegulation() *record {
	fields := []field{
		{key: "name", form: aName, required: "give it a name", about: "What it is called."},
		{key: "platform", form: aName.or("all"), preset: "all", source: definition, about: "Platform that it binds."},
		{key: "from", form: aPeriod, unit: "period", required: "say from when, such as from: 26w", about: "First period in which it is in force."},
		{key: "until", form: aPeriod.or("end"), unit: "period", preset: "end", source: definition, about: "Last period in which it is in force."},
		{key: "commission", form: aNumber, unit: "share of GMV", about: "Largest take rate; what it takes from platforms stays with those who fulfil orders."},
		{key: "subsidy", form: anAmount, unit: "money per claim", about: "Most that a policy of join, per_order, per_period, per_hour, rebate or referral may offer for one claim."},
		{key: "bans", form: &series{item: oneOf(models.Instruments()...), about: "a list of instruments, such as [exclusivity]"}, preset: "[]", source: off, about: "Instruments that no policy may use."},
		{key: "members", form: aWhole, unit: "people", about: "Once so many of the people below use a platform, nobody else of them may begin to."},
	}
	fields = append(fields, somewhere("whose members are limited")...)
	return &record{name: "a regulation", fields: append(fields,
		field{key: "fine", aside: true, about: "What each platform bound pays in the first period.", form: &record{name: "a fine", fields: []field{
			{key: "amount", form: anAmount, unit: "money", preset: "0", source: off, about: "A fixed amount."},
			{key: "revenue", form: aNumber, unit: "share", preset: "0", source: off, about: "Share of the revenue of some time, in addition."},
			{key: "over", form: aLength.or("all"), unit: "periods", preset: "all", source: definition, about: "That time, up to and with the first period: whole periods, or all since the start."},
		}}},
	)}
}

func (b *builder) target(n *node) models.Target {
	return models.Target{Side: target(n.get("side")), Segment: target(n.get("segment")), Region: target(n.get("region"))}
}

func (b *builder) shock(n *node) models.Shock {
	s := models.Shock{
		Name: textOf(n.get("name")), Platform: target(n.get("platform")), Target: b.target(n), At: b.beginning(n.get("at")), Stage: textOf(n.get("stage")),
		Worth: number(n.get("worth")), Orders: number(n.get("orders")) - 1, Capacity: number(n.get("capacity")) - 1, Churn: number(n.get("churn")) - 1,
	}
	if v := n.get("for"); textOf(v) != "end" {
		s.For = b.periods(v)
		if s.For == 0 && v.intact() && v != nil {
			b.report.add(v.at, "give one period or more, or end", "a shock of no length is never felt")
		}
	}
	if v := n.get("half_life"); textOf(v) != "none" {
		s.HalfLife = b.length(v)
		if s.HalfLife == 0 && v.intact() && v != nil {
			b.report.add(v.at, "give a length above 0, such as 7d, or none, after which nothing is felt at once", "nothing halves in no time")
		}
	}
	if v := n.get("every"); textOf(v) != "once" {
		s.Every = b.periods(v)
		if s.Every == 0 && v.intact() && v != nil {
			b.report.add(v.at, "give a length of at least `for`, or once", "nothing comes again after no time")
		}
	}
	return s
}

func (b *builder) regulation(n *node) models.Regulation {
	r := models.Regulation{
		Name: textOf(n.get("name")), Platform: target(n.get("platform")), From: b.beginning(n.get("from")), Target: b.target(n),
	}
	if v := n.get("until"); textOf(v) != "end" {
		r.Until = b.period(v)
	}
	if v := n.get("commission"); v != nil {
		x := number(v)
		r.Commission = &x
	}
	if v := n.get("subsidy"); v != nil {
		x := money(v)
		r.Subsidy = &x
	}
	for _, item := range items(n.get("bans")) {
		r.Bans = append(r.Bans, models.Instrument(textOf(item)))
	}
	if v := n.get("members"); v != nil {
		r.Members = whole64(v)
		if r.Members == 0 && v.intact() {
			b.report.add(v.at, "give a number of people, 1 or more", "nobody could ever begin")
		}
	}
	if v := n.get("fine"); v != nil && v.kind == mapping {
		r.Fine = models.Fine{Amount: money(v.get("amount")), Share: number(v.get("revenue")), Over: math.MaxInt32}
		if over := v.get("over"); textOf(over) != "all" {
			r.Fine.Over = b.periods(over)
		}
	}
	return r
}
