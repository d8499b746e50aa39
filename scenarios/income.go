package scenarios

import (
	"slices"

	"flywheel/models"
)

// anIncome is what a platform earns, owes and receives besides its take rate and its prices.
func anIncome() *record {
	share := func(key, preset, source, about string) field {
		return field{key: key, form: aNumber, unit: "share", preset: preset, source: source, about: about}
	}
	amount := func(key, unit, about string) field {
		return field{key: key, form: anAmount, unit: unit, preset: "0", source: off, about: about}
	}
	good := func(preset, source, about string) field {
		return field{key: "expires", form: aLength, unit: "periods", preset: preset, source: source, about: about}
	}
	return &record{name: "an income", fields: []field{
		{key: "ads", removable: true, about: "Attention sold to advertisers.", form: &record{name: "ads", fields: []field{
			{key: "side", form: aName.or("all"), preset: "all", source: definition, about: "Side that looks at them."},
			{key: "views", form: aRate, unit: "views per participant and period", preset: "10/day", source: "10 views per active user and day (Taobao user behaviour, 9 days of 2017)", about: "Pages with ads that a participant looks at."},
			{key: "content", form: aNumber, unit: "1", preset: "0", source: off, about: "Exponent of the other side's share in the views; 1: views are in proportion to what there is to see."},
			{key: "thousand", form: aNumber, unit: "money per thousand views", preset: "20", source: assumed, about: "Price of a thousand views (CPM)."},
			share("click_rate", "0.01", assumed, "Clicks per view."),
			{key: "click", form: aNumber, unit: "money per click", preset: "0", source: off, about: "Price of a click (CPC)."},
			{key: "worth", form: aNumber, unit: "money per view", aside: true, about: "What a view is worth to the one who looks, in the choice of a platform: negative where ads annoy. Left out: 0."},
		}}},
		{key: "spread", removable: true, about: "Part of GMV kept by buying below the price it sells at.", form: &record{name: "a spread", fields: []field{
			{key: "share", form: aNumber, unit: "share of GMV", required: "write a share of GMV, such as share: 0.12", about: "Part of GMV kept."},
			{key: "borne", form: &keyed{keysAre: "side", value: aNumber, rest: true}, unit: "share", preset: "0", source: off,
				about: "Part of it that a side feels, as money per order in its choice; `*` for every side not named."},
		}}},
		{key: "charges", about: "What participants pay for being listed or looked after, beside membership prices.", form: &roll{thing: "charge", item: &record{name: "a charge", fields: []field{
			{key: "name", form: aName, required: "give it a name", about: "What it is called."},
			{key: "kind", form: oneOf(string(models.ChargeListing), string(models.ChargeHosting)), preset: string(models.ChargeListing), source: definition, about: "Line of the ledger that it belongs to."},
			{key: "side", form: aName.or("all"), preset: "all", source: definition, about: "Side that pays it."},
			{key: "segment", form: aName.or("all"), preset: "all", source: definition, about: "Segment that pays it, such as those whom the platform hosts."},
			{key: "region", form: aName.or("all"), preset: "all", source: definition, about: "Region that pays it."},
			amount("join", "money", "Paid once, on joining."),
			{key: "period", form: aRate, unit: "money per period", preset: "0", source: off, about: "Paid for each period of staying."},
			{key: "cost", form: aRate, unit: "money per period", preset: "0", source: off, about: "What each who pays it costs the platform in a period of staying, such as those who run a hosted shop for it; among its fixed costs in the ledger."},
		}}}},
		{key: "float", removable: true, about: "Interest on money that belongs to others: prepaid, or not yet paid out.", form: &record{name: "a float", fields: []field{
			{key: "rate", form: aRate, unit: "share per period", preset: "0.03/year", source: assumed, about: "Interest."},
			{key: "lag", form: aLength, unit: "periods", preset: "0", source: off, about: "Time until those who fulfil an order are paid for it."},
		}}},
		{key: "vouchers", removable: true, about: "Orders paid when they are placed and redeemed later, or never.", form: &record{name: "vouchers", fields: []field{
			share("share", "1", definition, "Part of the orders that are vouchers."),
			share("redemption", "0.783", "daily deals: 21.7% of vouchers are never redeemed (Dholakia 2011)", "Part of the vouchers redeemed before they expire; commission is earned then."),
			share("refund", "0", off, "Part of them given back before they expire."),
			good("180", assumed, "For how long a voucher is good, from the period after its sale: whole periods, each equally likely by hazard."),
			share("kept", "1", "convention: those who would have fulfilled them are paid on redemption", "Part of an expired voucher's worth that the platform keeps as breakage; the rest goes to those who would have fulfilled it."),
		}}},
		{key: "wallet", removable: true, about: "Money that those who order pay in ahead.", form: &record{name: "a wallet", fields: []field{
			{key: "top_up", form: aRate, unit: "probability per participant and period", required: "say how often a participant pays in, such as top_up: 0.5/month", about: "How often a participant pays in."},
			{key: "amount", form: anAmount, unit: "money", required: "say how much is paid in, such as amount: 100", about: "What is paid in at a time."},
			share("bonus", "0", off, "What the platform adds, as a share of it; a cost, and worth it to those who pay in."),
			share("spend", "1", definition, "Part of the GMV ordered that is paid from wallets, as long as there is money in them; vouchers are paid otherwise."),
			{key: "lapse", form: aRate, unit: "share per period", preset: "0", source: off, about: "Part of the money that lapses: breakage."},
			share("refund", "0", off, "Part of the money in the wallets of those who leave that is paid back."),
		}}},
		{key: "points", removable: true, about: "Points given with each order and good for later ones.", form: &record{name: "points", fields: []field{
			{key: "earn", form: aNumber, unit: "share of GMV", required: "write their worth as a share of GMV, such as earn: 0.01", about: "Worth of the points given; a cost then."},
			share("redemption", "0.7", assumed, "Part of the points used before they expire; an order is worth the points times this more."),
			good("365", assumed, "For how long points are good: whole periods."),
			share("on_use", "0", off, "Part of their worth that people feel on the platform where they use them; the rest where they earn them."),
			{key: "coalition", form: aName, about: "Coalition whose members take each other's points: they are used with them as they sell in the period."},
			share("borne", "0", definition+": who gave points pays for them", "Part of the worth of its points that another member bears who takes them."),
		}}},
		{key: "rounds", about: "Money that investors put in after the start, unless it has given up or become part of another.", form: &roll{thing: "round", item: &record{name: "a round", fields: []field{
			{key: "name", form: aName, required: "give it a name", about: "What it is called."},
			{key: "period", form: aPeriod, unit: "period", required: "say from when on it can come, such as period: 180", about: "First period in which it can come."},
			{key: "end", form: aPeriod.or("never"), unit: "period", preset: "never", source: definition, about: "Last period in which it can come."},
			{key: "amount", form: anAmount, unit: "money", required: "say how much, such as amount: 1e6", about: "What comes."},
			{key: "when", form: aText, about: "Condition over the variables of formulas that must hold, as seen at the start of the period, such as \"share > 0.3 and cash > 0\"; all people are aimed at."},
		}}}},
	}}
}

func (b *builder) income(n *node, sides []string) *models.Income {
	if n == nil || n.kind != mapping {
		return nil
	}
	in := &models.Income{}
	if v := part(n, "ads"); v != nil {
		in.Ads = &models.Ads{Side: target(v.get("side")), Views: b.rate(v.get("views")), Content: number(v.get("content")), Thousand: number(v.get("thousand")),
			ClickRate: number(v.get("click_rate")), Click: number(v.get("click")), Worth: number(v.get("worth"))}
	}
	if v := part(n, "spread"); v != nil {
		in.Spread = &models.Spread{Share: number(v.get("share")), Borne: map[string]float64{}}
		borne := v.get("borne")
		for _, side := range sides {
			in.Spread.Borne[side] = number(firstOf(borne.get(side), borne.get(others)))
		}
		for _, e := range entriesOf(borne) {
			if e.key != others && !slices.Contains(sides, e.key) {
				b.unknown(e, "side", e.key, sides)
			}
		}
	}
	for _, v := range items(n.get("charges")) {
		in.Charges = append(in.Charges, models.Charge{
			Name: textOf(v.get("name")), Kind: models.ChargeKind(textOf(v.get("kind"))),
			Target: models.Target{Side: target(v.get("side")), Segment: target(v.get("segment")), Region: target(v.get("region"))},
			Join:   money(v.get("join")), Period: models.MoneyOf(b.bounded(v.get("period"))), Cost: models.MoneyOf(b.bounded(v.get("cost"))),
		})
	}
	if v := part(n, "float"); v != nil {
		in.Float = &models.Float{Rate: b.rate(v.get("rate")), Lag: b.length(v.get("lag"))}
	}
	if v := part(n, "vouchers"); v != nil {
		in.Vouchers = &models.Vouchers{Share: number(v.get("share")), Redemption: number(v.get("redemption")), Refund: number(v.get("refund")),
			Expires: b.periods(v.get("expires")), Kept: number(v.get("kept"))}
	}
	if v := part(n, "wallet"); v != nil {
		in.Wallet = &models.Wallet{TopUp: b.rate(v.get("top_up")), Amount: money(v.get("amount")), Bonus: number(v.get("bonus")),
			Spend: number(v.get("spend")), Lapse: b.rate(v.get("lapse")), Refund: number(v.get("refund"))}
	}
	if v := part(n, "points"); v != nil {
		in.Points = &models.Points{Earn: number(v.get("earn")), Redemption: number(v.get("redemption")), Expires: b.periods(v.get("expires")),
			OnUse: number(v.get("on_use")), Coalition: textOf(v.get("coalition")), Borne: number(v.get("borne"))}
	}
	for _, v := range items(n.get("rounds")) {
		round := models.Round{Name: textOf(v.get("name")), Period: b.beginning(v.get("period")), Amount: money(v.get("amount")), When: textOf(v.get("when"))}
		if end := v.get("end"); textOf(end) != "never" {
			round.End = b.period(end)
		}
		in.Rounds = append(in.Rounds, round)
	}
	return in
}

// measures are what a study asks the timeline for besides.
func (b *builder) measures(m *models.Model, n *node) {
	m.Concentration = textOf(n.get("concentration")) == "recorded"
	if v := part(n, "economics"); v != nil {
		m.Economics = &models.Economics{Discount: b.rate(v.get("discount"))}
	}
	if v := part(n, "life_cycle"); v != nil {
		m.LifeCycle = &models.StageRule{Of: textOf(v.get("of")), Window: b.periods(v.get("window")), Proof: number(v.get("proof")),
			Fast: number(v.get("fast")), Slow: number(v.get("slow")), Fall: number(v.get("fall")), Hold: b.periods(v.get("hold"))}
	}
}

// part is a mapping below a key; nil when it is not there.
func part(n *node, key string) *node {
	if v := n.get(key); v != nil && v.kind == mapping {
		return v
	}
	return nil
}
