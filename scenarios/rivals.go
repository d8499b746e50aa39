package scenarios

import "flywheel/models"

func anEntry() *record {
	return &record{name: "an entry", fields: []field{
		{key: "hazard", form: aRate, unit: "per period", preset: "0", source: off, about: "Hazard of entering, whatever rivals earn."},
		{key: "per_margin", form: aRate, unit: "per period", preset: "0", source: off,
			about: "Added to it for a margin of 1: what rivals earned in the period before less what they spent, over their GMV; nothing while they lose money."},
		{key: "after", form: aPeriod, unit: "period", preset: "0", source: off, about: "Last period in which it cannot come."},
	}}
}

func anExit() *record {
	return &record{name: "an exit", fields: []field{
		{key: "cash_below", form: anAmount, unit: "money", about: "It gives up once it has less in the bank."},
		{key: "share_below", form: aNumber, unit: "share", about: "It gives up once its memberships, of all sides, are a smaller share of those of all platforms."},
		{key: "grace", form: aLength, unit: "periods", preset: "0", source: off, about: "Time after it came in which it does not give up: whole periods."},
	}}
}

func anImitation() *record {
	return &record{name: "an imitation", fields: []field{
		{key: "rival", form: aName, required: "name the platform that it imitates", about: "Platform that it imitates."},
		{key: "share", form: aNumber, unit: "share", preset: "0.5", source: assumed, about: "Share of what the rival is worth more by itself, and of what shocks of its own add to it, that it makes its own."},
		{key: "lag", form: aLength, unit: "periods", preset: "90d", source: assumed, about: "Time that this takes, from when it came and from each shock on."},
	}}
}

func sites() *record {
	return &record{name: "sites", fields: []field{
		{key: "start", form: aWhole, unit: "sites", preset: "1", source: definition, about: "How many there are at period 0."},
		{key: "opening", form: aText, unit: "sites per period", preset: "0", source: off, about: "A formula over the variables of policies: how many are expected to open in a period (Poisson), such as \"0.3 * sites * (period < 17 ? 1 : 0)\"."},
		{key: "closing", form: aText, unit: "probability per period", preset: "0", source: off, about: "A formula: the probability that a site closes in a period, such as \"cash < 0 ? 0.2 : 0.02\"."},
		{key: "capital", form: anAmount, unit: "money", preset: "0", source: off, about: "What investors put into the bank with each that opens."},
	}}
}

func aMerger() *record {
	return &record{name: "a merger", fields: []field{
		{key: "name", form: aName, required: "give it a name", about: "What it is called."},
		{key: "from", form: aName, required: "name the platform that ends", about: "Platform that becomes part of the other: its people, policies and capacity, what it and its sites cost, and its cash but for what covers its own vouchers, wallets and points, which it goes on paying; whoever used both uses the one."},
		{key: "into", form: aName, required: "name the platform that goes on", about: "Platform that it becomes part of."},
		{key: "at", form: aPeriod, unit: "period", required: "say when, such as at: 26w", about: "Period at whose start it happens."},
		{key: "saving", form: aNumber, unit: "share", preset: "0", source: off, about: "Share of its fixed cost that is no longer needed."},
		{key: "subsidies", form: aNumber, unit: "factor", preset: "1", source: off, about: "Multiplies what policies of both offer from then on."},
	}}
}

// rival is how a platform comes, goes and learns.
func (b *builder) rival(p *models.Platform, n *node) {
	if v := n.get("entry"); v != nil && v.kind == mapping {
		p.Entry = &models.Entry{Base: b.rate(v.get("hazard")), PerMargin: b.rate(v.get("per_margin")), After: b.period(v.get("after"))}
	}
	if v := n.get("exit"); v != nil && v.kind == mapping {
		p.Exit = &models.Exit{Share: number(v.get("share_below")), Grace: b.periods(v.get("grace"))}
		if cash := v.get("cash_below"); cash != nil {
			x := money(cash)
			p.Exit.Cash = &x
		}
	}
	if v := n.get("imitates"); v != nil && v.kind == mapping {
		p.Imitates = &models.Imitation{Rival: textOf(v.get("rival")), Share: number(v.get("share")), Lag: b.period(v.get("lag"))}
	}
	if v := n.get("sites"); v != nil && v.kind == mapping {
		p.Sites = &models.Sites{Start: whole64(v.get("start")), Opening: textOf(v.get("opening")), Closing: textOf(v.get("closing")), Capital: money(v.get("capital"))}
	}
}

func (b *builder) merger(n *node) models.Merger {
	return models.Merger{
		Name: textOf(n.get("name")), From: textOf(n.get("from")), Into: textOf(n.get("into")), At: b.beginning(n.get("at")),
		Saving: number(n.get("saving")), Subsidies: number(n.get("subsidies")) - 1,
	}
}
