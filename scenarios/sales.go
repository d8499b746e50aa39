package scenarios

import "flywheel/models"

func aSale() *record {
	return &record{name: "sales", fields: []field{
		{key: "routes", form: &roll{thing: "route", item: aRoute()}, required: "write one, such as routes: [{name: shops, stages: [offline]}]",
			about: "Ways to sell. A route draws reach * conversions * price^-elasticity orders for each order wished for; a mode changes by routes that open and close."},
		{key: "elasticity", form: aNumber, unit: "1", preset: "1", source: assumed, about: "Percent of a route's orders lost for a percent on its price."},
		{key: "cannibalisation", form: aNumber, unit: "share", preset: "0", source: off, about: "Share of what is sold online that would have been sold offline."},
		{key: "parity", aside: true, about: "One price on all routes.", form: &record{name: "parity", fields: []field{
			{key: "from", form: aPeriod, unit: "period", required: "say from when, such as from: 26w", about: "First period of it."},
			{key: "price", form: aNumber.or("lowest"), unit: "multiple of the basket", preset: "lowest", source: "definition: nobody pays more than before", about: "The price: lowest is that of the cheapest open route."},
		}}},
	}}
}

func aRoute() *record {
	place := oneOf(models.PlaceOnline, models.PlaceOffline)
	return &record{name: "a route", fields: []field{
		{key: "name", form: aName, required: "give it a name", about: "What it is called."},
		{key: "stages", form: &series{item: place, about: "a list of online and offline, such as [offline, online]"}, required: "write the places in their order, such as stages: [online, offline]",
			about: "Places that a sale passes through, in their order; it is made in the last."},
		{key: "conversion", form: &series{item: aNumber, about: "a list of shares, such as [0.3, 0.5]"}, unit: "share", preset: "[]", source: off,
			about: "Share of those who come to each place that go on from it, in the last: that buy; as many as there are places, or none for all."},
		{key: "reach", form: aNumber, unit: "share", preset: "1", source: definition, about: "Orders that begin on this way, for each order wished for."},
		{key: "price", form: aNumber, unit: "multiple of the basket", preset: "1", source: definition, about: "What an order costs those who place it; the platform has what is above the basket, or bears what is below it."},
		{key: "cost", form: anAmount, unit: "money per order", preset: "0", source: off, about: "What an order costs the platform on this way, beside cost.per_order."},
		{key: "commission", form: aNumber, unit: "share of the price", preset: "0", source: off, about: "What the platform pays to a third party for an order."},
		{key: "from", form: aPeriod, unit: "period", preset: "0", source: definition, about: "First period in which it is open."},
		{key: "until", form: aPeriod.or("end"), unit: "period", preset: "end", source: definition, about: "Last period in which it is open."},
	}}
}

// sales is by which routes a platform sells; nil for one way.
func (b *builder) sales(n *node) *models.Sales {
	if n == nil || n.kind != mapping {
		return nil
	}
	s := &models.Sales{Elasticity: number(n.get("elasticity")), Cannibalisation: number(n.get("cannibalisation"))}
	for _, item := range items(n.get("routes")) {
		s.Routes = append(s.Routes, b.route(item))
	}
	if v := n.get("parity"); v != nil && v.kind == mapping {
		if s.Parity.From = b.beginning(v.get("from")); s.Parity.From == 0 && v.get("from").intact() {
			b.report.add(v.get("from").at, "give a period from 1 on", "period 0 is the start, in which nothing is sold")
		}
		if price := v.get("price"); textOf(price) != "lowest" {
			s.Parity.Price = number(price)
		}
	}
	return s
}

func (b *builder) route(n *node) models.Route {
	r := models.Route{
		Name: textOf(n.get("name")), Reach: number(n.get("reach")), Price: number(n.get("price")), Cost: money(n.get("cost")),
		Commission: number(n.get("commission")), From: b.beginning(n.get("from")),
	}
	if v := n.get("until"); textOf(v) != "end" {
		r.Until = b.period(v)
	}
	shares := numbers(n.get("conversion"))
	for i, place := range items(n.get("stages")) {
		stop := models.Waypoint{Place: textOf(place), Conversion: 1}
		if i < len(shares) {
			stop.Conversion = shares[i]
		}
		r.Stages = append(r.Stages, stop)
	}
	if v := n.get("conversion"); v.intact() && len(shares) > 0 && len(shares) != len(r.Stages) {
		b.report.add(v.at, "write one for each place", "%d shares for %d places", len(shares), len(r.Stages))
	}
	return r
}
