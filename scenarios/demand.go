package scenarios

import "flywheel/models"

// aDemand is how orders answer to prices.
func aDemand() *record {
	return &record{name: "a demand", fields: []field{
		{key: "elasticity", form: aNumber, unit: "1", preset: "0", source: off, about: "Elasticity of orders to what an order costs after discounts: orders are that, over the basket, to the power of minus this."},
		{key: "shock", form: aNumber, unit: "1", preset: "0", source: off, about: "Elasticity of orders to that price over the reference price, the one people are used to, on top."},
		{key: "aversion", form: aNumber, unit: "1", preset: "2.25", source: "losses weigh 2.25 times as much as gains (Tversky and Kahneman 1992)", about: "How many times as much a price above the reference weighs as one below."},
		{key: "weight", form: aNumber, unit: "1", preset: "0.1", source: "assumed: a discount of one half on one day takes 5% off", about: "How far the reference goes towards a lower price in a period."},
		{key: "half_life", form: aLength, unit: "periods", preset: "60d", source: assumed, about: "Time in which the reference comes half way back up to a higher price; 0: at once."},
		{key: "pull", form: aNumber, unit: "share", preset: "0", source: off, about: "Share of the orders beyond the usual, brought by a low price or an event, that are taken from later ones."},
		{key: "over", form: aLength, unit: "periods", preset: "28d", source: assumed, about: "Mean time until those are missing."},
		{key: "defer", form: aNumber, unit: "share", preset: "0", source: off, about: "Share of orders put off in each period in which a lower price or an event is announced; they come when it does."},
	}}
}

// aSupply is how long members are online.
func aSupply() *record {
	return &record{name: "a supply", fields: []field{
		{key: "hours", form: aRate, unit: "hours per member and period", required: "say how long a member is online, such as hours: 6/day", about: "Hours a member is online."},
		{key: "pay", form: anAmount, unit: "money per hour", preset: "20", source: assumed, about: "What an hour brings usually."},
		{key: "response", form: aNumber, unit: "1", preset: "0.5", source: "assumed: labour supply of drivers answers with 0.1 to 2 (Angrist, Caldwell and Hall 2021 find 1.2)", about: "Elasticity of the hours to the pay of an hour, which bonuses of per_hour add to."},
		{key: "most", form: aRate.or("all"), unit: "hours per member and period", preset: "all", source: definition, about: "Hours at the most; all: the whole period."},
		{key: "skill", form: aNumber, unit: "1", preset: "1", source: definition, about: "Orders worked on in an hour, as a multiple of what others do."},
		{key: "mix", form: aMix("the skill"), removable: true, aside: true, about: "How the skill differs over people, in classes: the best fulfil most orders. Left out, all are alike; null takes it away."},
	}}
}

// aMix is how a number differs over people.
func aMix(of string) *record {
	return &record{name: "a mix", fields: []field{
		{key: "gamma", form: aNumber, unit: "1", required: "give the shape of a gamma distribution, such as gamma: 0.8", about: "Shape of a gamma distribution of " + of + " over people: its variance is the square of the mean over this. Below 1 a few have most (Ehrenberg 1959)."},
		{key: "classes", form: aWhole, unit: "1", required: "say into how many classes it is cut, such as classes: 10", about: "Number of classes of equal size, each at its mean."},
	}}
}

// mix turns a filled node into how a number differs over people.
func mix(n *node) models.Mix {
	if n == nil || n.kind != mapping {
		return models.Mix{}
	}
	return models.Mix{Shape: number(n.get("gamma")), Classes: int(clamp(whole64(n.get("classes"))))}
}

// demand turns a filled node into how orders answer to prices, nil for not at all.
func (b *builder) demand(n *node) *models.Demand {
	if n == nil || n.kind != mapping {
		return nil
	}
	return &models.Demand{
		Elasticity: number(n.get("elasticity")), Shock: number(n.get("shock")), Aversion: number(n.get("aversion")), Weight: number(n.get("weight")),
		HalfLife: b.length(n.get("half_life")), Pull: number(n.get("pull")), Over: b.length(n.get("over")), Defer: number(n.get("defer")),
	}
}

// supply turns a filled node into how long members are online, nil for whole periods.
func (b *builder) supply(n *node) *models.Supply {
	if n == nil || n.kind != mapping {
		return nil
	}
	s := &models.Supply{
		Hours: b.rate(n.get("hours")), Pay: number(n.get("pay")), Response: number(n.get("response")), Skill: number(n.get("skill")), Mix: mix(n.get("mix")),
		Most: models.Horizon{Unit: b.unit}.Hours(),
	}
	if most := n.get("most"); textOf(most) != "all" {
		s.Most = b.rate(most)
	}
	return s
}

// ahead is a number of periods; 0 where nothing is said.
func (b *builder) ahead(n *node) int {
	if n == nil {
		return 0
	}
	return b.period(n)
}
