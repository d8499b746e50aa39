package scenarios

import "flywheel/models"

// aService is how a platform carries orders out.
func aService() *record {
	day := func() form {
		return &shape{oneOf(profileNames()...), &series{item: aNumber, length: models.HoursPerDay, about: "[24 weights, from midnight on]"}}
	}
	return &record{name: "a service", fields: []field{
		{key: "stages", form: &roll{thing: "stage", item: aStage()}, required: "declare at least one, such as stages: [{name: kitchen, capacity: 900/day}]",
			about: "The links that each order passes in turn, in its own region: 1 to 6 of them, such as search, order, fulfil, consume, share."},
		{key: "profile", form: day(), unit: "relative weight", about: "Shape of the day of orders: a name, or the weights of its 24 hours. Left out, orders come evenly over a period."},
		{key: "shifts", form: day(), unit: "relative weight", about: "The same for those who work and for capacities. Left out, they work evenly."},
		{key: "rating", form: &series{item: aNumber, length: 2, about: "[on time, late]"}, unit: "1 to 5", preset: "[4.27, 2.18]",
			source: "orders of the Brazilian E-Commerce Public Dataset by Olist, 2016 to 2018: on time 4.27, late 2.18", about: "Mean rating of an order on time and of a late one."},
	}}
}

// aStage is one link of a chain.
func aStage() *record {
	queues := func(kinds ...models.QueueKind) *only {
		var words []string
		for _, k := range kinds {
			words = append(words, string(k))
		}
		return &only{"queue", words}
	}
	return &record{name: "a stage", fields: []field{
		{key: "name", form: aName, required: "give it a name", about: "What it is called."},
		{key: "drop", form: aNumber, unit: "share", preset: "0", source: off, about: "Share of the orders that reach it which are given up there, at any load."},
		{key: "capacity", form: &keyed{keysAre: "region", value: aRate.or(infinite), rest: true, empty: infinite}, unit: "orders per period", preset: infinite, source: off,
			about: "Orders it can take in each region, `*` for every region not named."},
		{key: "time", form: aTime, unit: "time", preset: "0s", source: off, about: "Work on an order."},
		{key: "servers", form: aNumber, unit: "servers", preset: "0", source: off, about: "Who work on orders in each region, on average at a time; 0: the stage counts none."},
		{key: "supply", form: oneOf("none", "members"), preset: "none", source: off, about: "members: the fulfilling side's participants in the region are the servers, for the hours they are online."},
		{key: "area", form: aNumber, unit: "km2", preset: "0", source: off, about: "Area of each region, over which those members are spread at random: the way to the nearest, half the root of the area of one (Clark and Evans 1954), is part of the work; 0: distance does not matter."},
		{key: "speed", form: aNumber, unit: "km/h", preset: "15", source: "assumed: a rider in a city", about: "Speed on that way."},
		{key: "matching", form: oneOf(models.MatchingKinds()...), preset: string(models.MatchAll), source: off,
			about: "How orders find places, a place being an order that those who work there can finish in the period (hour by hour where the day has a shape). proportional: every order finds one while there is one; cobb_douglas: efficiency x orders^a x places^b of them do; urn_ball: each order tries one place at random, which takes one (Butters 1977)."},
		{key: "efficiency", form: aNumber, unit: "matches of one order and one place", only: &only{"matching", []string{string(models.MatchCobbDouglas)}}, required: "say it, such as efficiency: 0.5",
			about: "Efficiency of matching; there are never more matches than orders or places."},
		{key: "elasticities", form: &series{item: aNumber, length: 2, about: "[of orders, of places]"}, unit: "1", preset: "[0.5, 0.5]", only: &only{"matching", []string{string(models.MatchCobbDouglas)}},
			source: "assumed: even, with the constant returns that most of the estimates in Petrongolo and Pissarides (2001) do not reject",
			about:  "Elasticities of matches to orders and to places; where they add up to more than 1, a larger market matches better."},
		{key: "queue", form: oneOf(models.QueueKinds()...), preset: string(models.QueueNone), source: off,
			about: "none: orders wait only once capacity is used up; mmc: Poisson orders at exponential servers who share a line (Erlang 1917); mm1k: the same at single servers with little room; table: times by load, as measured."},
		{key: "intakes", form: aWhole, unit: "lines", preset: "1", source: "definition: one line, pooled", only: queues(models.QueueMMC),
			about: "Separate order channels among which orders and servers are divided; 1 pools them."},
		{key: "astray", form: aNumber, unit: "share", preset: "0", source: off, only: queues(models.QueueMMC), about: "Share of orders that go astray, and come late, for each channel after the first."},
		{key: "room", form: aWhole, unit: "orders", only: queues(models.QueueMM1K), required: "say how many, such as room: 5", about: "Orders at a server, the one at work included; who finds it full goes unserved."},
		{key: "curve", form: &shape{oneOf("delivery"), &series{item: &series{item: aNumber, length: 2, about: "[load, minutes]"}, about: "[[load, minutes], ...]"}}, unit: "orders per server, minutes", preset: "delivery",
			source: "food delivery: median minutes of 27,375 deliveries of one DoorDash market, 2015, by orders outstanding per courier", only: queues(models.QueueTable),
			about: "Median time of an order by orders outstanding per server, on straight lines between the points and on along the last."},
		{key: "spread", form: aNumber, unit: "1", preset: "0.35", source: "the same deliveries: p90 over median 1.53 to 1.60 at any load, which is lognormal with 0.33 to 0.37", only: queues(models.QueueTable),
			about: "Standard deviation of the logarithm of times around the median."},
		{key: "promise", form: aTime.or("none"), unit: "time", preset: "none", source: off, about: "Time at the stage from which on an order is late."},
		{key: "patience", form: aLength.or("none"), unit: "periods", preset: "none", source: off,
			about: "Mean time that an order beyond capacity waits for that of later periods, late then; none: it goes unserved at once."},
	}}
}

// curves are times by load by name, in minutes.
//
//	delivery   medians of the deliveries of one DoorDash market, 21 January to 18 February 2015
//	           (the public estimation data set of DoorDash, as in UrsulaGar/AzureProject,
//	           Sample.zip), by orders outstanding per courier on shift, at the middle of each
//	           class; of the last class, which is open, at 2.25
func curves() map[string][][2]float64 {
	return map[string][][2]float64{
		"delivery": {{0.25, 38}, {0.65, 38}, {0.9, 40}, {1.1, 43}, {1.35, 48}, {1.75, 58}, {2.25, 74}},
	}
}

// service turns a filled node into the chain it describes, nil for none.
func (b *builder) service(n *node) *models.Service {
	if n == nil || n.kind != mapping {
		return nil
	}
	s := &models.Service{Profile: dayOf(n.get("profile")), Shifts: dayOf(n.get("shifts"))}
	if v := numbers(n.get("rating")); len(v) == 2 {
		s.OnTime, s.Belated = v[0], v[1]
	}
	for _, item := range items(n.get("stages")) {
		s.Stages = append(s.Stages, b.stage(item))
	}
	return s
}

func (b *builder) stage(n *node) models.Stage {
	s := models.Stage{
		Name: textOf(n.get("name")), Drop: number(n.get("drop")), Time: hours(n.get("time")), Servers: number(n.get("servers")),
		Supply: textOf(n.get("supply")) == "members", Area: number(n.get("area")), Speed: number(n.get("speed")),
		Queue: models.QueueKind(textOf(n.get("queue"))), Intakes: int(clamp(whole64(n.get("intakes")))), Astray: number(n.get("astray")),
		Room: int(clamp(whole64(n.get("room")))), Spread: number(n.get("spread")),
	}
	if kind := models.MatchingKind(textOf(n.get("matching"))); kind != models.MatchAll {
		s.Matching = models.Matching{Kind: kind, Efficiency: number(n.get("efficiency"))}
		if v := numbers(n.get("elasticities")); len(v) == 2 {
			s.Matching.Orders, s.Matching.Places = v[0], v[1]
		}
	}
	for _, e := range entriesOf(n.get("capacity")) {
		if textOf(e.value) == infinite {
			continue
		}
		if s.Capacity == nil {
			s.Capacity = map[string]float64{}
		}
		s.Capacity[e.key] = b.rate(e.value)
	}
	if v := n.get("promise"); textOf(v) != "none" {
		s.Promise = hours(v)
	}
	if v := n.get("patience"); textOf(v) != "none" {
		s.Patience = b.length(v)
	}
	for _, p := range curves()[textOf(n.get("curve"))] {
		s.Curve = append(s.Curve, models.TimePoint{Load: p[0], Hours: p[1] / 60})
	}
	for _, p := range items(n.get("curve")) {
		if xy := numbers(p); len(xy) == 2 {
			s.Curve = append(s.Curve, models.TimePoint{Load: xy[0], Hours: xy[1] / 60})
		}
	}
	return s
}

// dayOf is the shape of a day, by name or by its weights.
func dayOf(n *node) []float64 {
	if weights := numbers(n); len(weights) > 0 {
		return weights
	}
	return profiles()[textOf(n)]
}
