package scenarios

import (
	"strconv"
	"strings"

	"flywheel/models"
	"flywheel/sim/study"
)

// The sources of defaults that stand more than once. What is off changes nothing until it is set.
const (
	assumed    = "assumed"
	off        = "off"
	definition = "definition"
)

// whole is what a scenario file may say: every key, its unit, its default and where the
// default comes from. Reading, filling, `explain` and the manual all follow this one table.
func whole() *record {
	platforms := &roll{thing: "platform", item: aPlatform(), late: spread}
	segments := &roll{thing: "segment", item: aSegment()}
	policies := &roll{thing: "policy", item: aPolicy()}
	networks := &roll{thing: "network", item: aNetwork()}
	market := []field{
		{key: "clock", form: aClock(), preset: "{}", about: "When people reconsider what they use."},
		{key: "noise", form: noise(), preset: "{}", about: "The random part of a choice."},
		{key: "platforms", form: platforms, required: "declare at least one, such as platforms: [{name: A}]", about: "The marketplaces, 1 to 8 of them."},
		{key: "segments", form: segments, required: "declare at least one, such as segments: [{side: consumers, name: everyone, size: 1000}]",
			about: "The people: each segment is on one side, in one region, and shares its tastes."},
		{key: "policies", form: policies, preset: "[]", source: off, about: "What platforms pay to participants."},
		{key: "networks", form: networks, preset: "[]", source: off, about: "Who knows whom: at most one network for each side; without one everybody sees the same market."},
		{key: "event", form: anEvent(), removable: true, about: "A promotion that opens at one moment of one day, such as a coupon at noon; null takes it away."},
		{key: "shocks", form: &roll{thing: "shock", item: aShock()}, aside: true, about: "What befalls platforms or people at a date, whatever anybody does: outage, scandal, weather, strike, a new feature."},
		{key: "mergers", form: &roll{thing: "merger", item: aMerger()}, aside: true, about: "Platforms that become part of others, in the order of their dates."},
		{key: "regulations", form: &roll{thing: "regulation", item: aRegulation()}, aside: true, about: "What authorities impose for a time: caps, bans, fines."},
	}
	fields := []field{
		{key: "name", form: aName, required: "give the scenario a name, such as name: food-two-cities", about: "What the scenario is called; names its folder of results."},
		{key: "about", form: aText, about: "Free text for the reader."},
		{key: "extends", form: aText, about: "The scenario this one changes: a name of the library, or a path when it begins with ./ or / or ends in .yaml."},
		{key: "horizon", form: aHorizon(), required: "say how long the forecast runs, such as horizon: {periods: 365, unit: day}", about: "How long the forecast runs."},
		{key: "engine", form: aText, preset: "agents", source: definition, about: "Which reading of the law runs it; agents is the reference."},
	}
	fields = append(fields, market...)
	return &record{name: "a scenario", fields: append(fields,
		field{key: "variants", form: &changes{&record{name: "a variant", fields: partial(market), fixed: []string{"horizon", "engine", "load", "levers", "observed", "study"}}}, preset: "{}", source: off,
			about: "Named changes to the scenario, studied beside it: any of clock, noise, platforms, segments, policies, networks, event, shocks, mergers and regulations."},
		field{key: "load", form: aRehearsalLoad(), removable: true, about: "What a visitor of the deployment does and what must hold, as in a load plan: flywheel rehearse presses it at the forecast's rates."},
		field{key: "levers", form: &roll{thing: "lever", item: aLever()}, preset: "[]", source: off,
			about: "Numbers that the page of flywheel serve lets people move; without any it offers policies' amounts and budgets, and take rates."},
		field{key: "observed", form: anObserved(), about: "What was observed in the world, for flywheel fit and for expectations."},
		field{key: "study", form: aStudy(), preset: "{}", about: "How many runs, and what the summary shows."},
		field{key: "expect", form: &roll{thing: "expectation", item: anExpectation()}, preset: "[]", source: off, about: "What must hold of the result."},
	)}
}

// partial are the same fields where nothing is required: a variant says only what differs.
func partial(fields []field) []field {
	list := make([]field, len(fields))
	for i, f := range fields {
		f.required, f.preset = "", ""
		list[i] = f
	}
	return list
}

func aHorizon() *record {
	return &record{name: "a horizon", fields: []field{
		{key: "periods", form: aWhole, unit: "periods", required: "say how many, such as periods: 365", about: "Number of periods."},
		{key: "unit", form: oneOf(models.PeriodUnits()...), preset: "day", source: definition, about: "Length of a period; every rate without a unit of its own is per period."},
		{key: "start", form: aDate, about: "Date of the first period, such as 2014-01-10, 2014-01 or 2014, by which dated data find their periods."},
	}}
}

func aClock() *record {
	return &record{name: "a clock", fields: []field{
		{key: "kind", form: oneOf(string(models.ClockSync), string(models.ClockAsync)), preset: string(models.ClockSync), source: definition,
			about: "sync: each period everyone revises with the same probability, against the shares at its start; async: each at moments of their own, against the shares of that moment."},
		{key: "revision", form: aRate, unit: "probability per period", preset: "0.1", source: assumed, only: &only{"kind", []string{string(models.ClockSync)}},
			about: "Probability of revising in a period; one less it is inertia."},
		{key: "rate", form: aRate, unit: "revisions per period", preset: "1", source: "normalisation: time counts in revisions", only: &only{"kind", []string{string(models.ClockAsync)}},
			about: "Revisions of a person per period, a Poisson process."},
	}}
}

// noise is the random part of a choice, of the model or of one segment.
func noise() *record {
	return &record{
		name: "noise", shorts: "none",
		short: func(n *node) *node {
			if n.text != string(models.NoiseNone) {
				return nil
			}
			return brief(n, "kind", n)
		},
		fields: []field{
			{key: "kind", form: oneOf(string(models.NoiseAnnealed), string(models.NoiseQuenched), string(models.NoiseNone)), preset: string(models.NoiseAnnealed), source: definition,
				about: "annealed: fresh Gumbel draws at every revision; quenched: each person's draws are kept for life; none: best reply."},
			{key: "scale", form: aNumber, unit: "money per period", preset: "1", only: &only{"kind", []string{string(models.NoiseAnnealed), string(models.NoiseQuenched)}},
				source: "normalisation: a logit does not identify its scale apart from the tastes (McFadden 1974)", about: "Gumbel scale mu."},
		},
	}
}

func aPlatform() *record {
	return &record{name: "a platform", fields: []field{
		{key: "name", form: aName, required: "give it a name", about: "What it is called."},
		{key: "fee", form: aNumber, unit: "share of GMV", preset: "0.136",
			source: "food delivery in China: 13.6% of GMV (Meituan, results of 2020)", about: "Take rate: share of GMV kept as commission."},
		{key: "capacity", form: aRate.or(infinite), unit: "orders per period", preset: infinite, source: off, about: "Orders it can fulfil."},
		{key: "price", form: &keyed{keysAre: "side", value: aRate, rest: true}, unit: "money per period", preset: "0", source: off,
			about: "Membership price by side, `*` for every side not named; a negative one pays the member."},
		{key: "location", form: aNumber, unit: "place on the unit line", source: "convention: platforms evenly spaced in their order, ends included (Hotelling 1929)",
			about: "Place on the line of tastes, 0 to 1."},
		{key: "cash", form: anAmount, unit: "money", preset: "0", source: off, about: "Funding in the bank at period 0."},
		{key: "cost", preset: "{}", about: "What it costs to operate.", form: &record{name: "costs", fields: []field{
			{key: "per_order", form: anAmount, unit: "money per order", preset: "0", source: off, about: "Cost of a fulfilled order."},
			{key: "fixed", form: aRate, unit: "money per period", preset: "0", source: off, about: "Cost of being there."},
		}}},
		{key: "launch", form: &keyed{keysAre: "region", value: aPeriod.or("never"), rest: true}, unit: "period", aside: true,
			about: "First period in which it is there, by region, `*` for every region not named; without it, and in regions it leaves out, from the start. Before, nobody there can hear of it or use it."},
		{key: "entry", form: anEntry(), aside: true, about: "That it comes by chance, drawn by what its rivals show to earn; its policies count periods from then on."},
		{key: "exit", form: anExit(), aside: true, about: "When it gives up: its people use it no more, its policies and rounds of funding end, orders that wait go unserved, and its coupons are worth nothing; vouchers and points it goes on paying."},
		{key: "imitates", form: anImitation(), aside: true, about: "What it learns of a rival. Policies are imitated by shape: {match: ...}."},
		{key: "sales", form: aSale(), removable: true, aside: true, about: "By which routes it sells, where it joins online and offline: each an ordered list of places. null takes it away."},
		{key: "sites", form: sites(), aside: true, about: "That it stands for many small ones, which open and close; each of them costs cost.fixed."},
		{key: "income", form: anIncome(), removable: true, aside: true, about: "What it earns, owes and receives besides: ads, spread, charges, float, vouchers, wallets, points, rounds of funding."},
		{key: "service", form: aService(), removable: true, aside: true, about: "How orders are carried out: a chain of stages with waiting and lateness. Left out, they are carried out at once, up to the capacity; null takes it away."},
	}}
}

// spread places a platform that does not say where it stands.
func spread(item *node, i, of int) *node {
	if item.get("location") != nil {
		return item
	}
	at := 0.0
	if of > 1 {
		at = float64(i) / float64(of-1)
	}
	f := aPlatform().field("location")
	f.preset = formatNumber(at)
	return item.with(entry{key: f.key, value: preset(f)})
}

func aSegment() *record {
	return &record{name: "a segment", fields: []field{
		{key: "side", form: aName, required: "name its side, such as consumers or merchants", about: "Side of the market it is on."},
		{key: "name", form: aName, required: "give it a name", about: "What it is called."},
		{key: "region", form: aName, preset: "everywhere", source: definition, about: "Where it lives: network effects act within a region."},
		{key: "size", form: aWhole, unit: "people", required: "say how many people, such as size: 1000", about: "How many people it has."},
		{key: "value", form: &keyed{keysAre: "platform", value: aDistribution(), rest: true}, unit: "money per period", preset: "0", source: off,
			about: "Stand-alone worth of each platform, `*` for every platform not named."},
		{key: "taste", form: aTaste(), preset: "0", source: off, about: "How much more or less than that each platform is worth to each person, normal with mean 0, for life. Engine agents only."},
		{key: "cross", form: anEffect(), preset: "0", source: off, about: "Effect of the other side's participation."},
		{key: "same", form: anEffect(), preset: "0", source: off, about: "Effect of the own side's participation; negative is crowding."},
		{key: "price_sensitivity", form: aNumber, unit: "1", preset: "1", source: "definition: utility is money", about: "Weight of prices and subsidies."},
		{key: "price_mix", form: aMix("the weight"), removable: true, aside: true, about: "How that weight differs over people, in classes: some look at prices alone. Left out, all are alike; null takes it away."},
		{key: "transport", form: aNumber, unit: "money per period and unit line", preset: "0", source: off, about: "Cost of distance between a person's taste and a platform's location."},
		{key: "position", form: oneOf(draws...), preset: string(models.DrawStratified), source: "convention: error of order 1/N where random places leave 1/sqrt(N)",
			about: "How people lie on the line of tastes: at random, or person i of N at (i + 1/2)/N."},
		{key: "outside", form: aNumber.or("none"), unit: "money per period", preset: "0", source: "normalisation: only differences of worth matter",
			about: "Worth of using nothing; none covers the market, so that whoever knows a platform uses one."},
		{key: "homing", form: aHoming(), preset: "multi", source: off, about: "Using several platforms at once."},
		{key: "switching", form: aNumber, unit: "money per period", preset: "0", source: off, about: "Cost of adding a platform while using another."},
		{key: "revision", form: aRate.or("inherit"), unit: "probability or revisions per period", preset: "inherit", source: "clock", about: "The clock's revision or rate, where it differs."},
		{key: "noise", form: &either{oneOf("inherit"), noise()}, unit: "", preset: "inherit", source: "noise", about: "Noise, where it differs from the scenario's."},
		{key: "aware", preset: "all", source: off, about: "Who knows the platforms: all, or those who have heard of them (Bass 1969).",
			form: &either{oneOf("all"), &record{name: "awareness", fields: []field{
				{key: "p", form: aRate, unit: "per period", required: "write the hazard from outside, such as p: 0.01", about: "Hazard of hearing of a platform from outside."},
				{key: "q", form: aRate, unit: "per period", required: "write the hazard by word of mouth, such as q: 0.3", about: "Hazard of hearing of it from its users, times their share."},
				{key: "mix", form: aMix("both hazards"), removable: true, aside: true, about: "How both differ over people, in classes: some hear of everything. Left out, all are alike; null takes it away."},
			}}}},
		{key: "memory", preset: "none", source: off, about: "What a person's own past with a platform does to it. Engine agents only.",
			form: &either{oneOf("none"), &record{name: "a memory", fields: []field{
				{key: "weight", form: aNumber, unit: "1", preset: "0.1", source: assumed, about: "Weight of the last period in the running average of the share of orders that went unserved, over periods of using the platform."},
				{key: "worth", form: aNumber, unit: "money per period", required: "say what it costs, such as worth: 5", about: "Taken off the platform's worth where all remembered orders went unserved, in proportion for fewer."},
			}}}},
		{key: "start", form: &keyed{keysAre: "platforms", value: aNumber, tidy: tidyBundle}, unit: "share", preset: "{}", source: "definition: everybody begins outside",
			about: "Shares of the segment by the platforms used at period 0, such as {A: 0.02, A+B: 0.01}; the rest use nothing."},
		{key: "life", form: aLife(), preset: "none", source: off, about: "What happens after joining besides what people choose: leaving, settling in, moods; whoever leaves is lapsed."},
		{key: "orders", preset: "{}", about: "Orders placed by its people; one side places orders and the other fulfils them.",
			form: &record{name: "orders", fields: []field{
				{key: "rate", form: aRate, unit: "orders per participant and period", preset: "0", source: off, about: "Expected orders of a participant."},
				{key: "basket", form: anAmount, unit: "money per order", preset: "48.2", source: "food delivery in China: 48.2 yuan (Meituan, results of 2020)", about: "GMV of an order."},
				{key: "mix", form: aMix("the rate"), removable: true, aside: true, about: "How the rate differs over people, in classes. Left out, everybody orders alike; null takes it away."},
				{key: "rhythm", form: aRhythm(), removable: true, aside: true, about: "How the rate goes up and down with the calendar; it stays the mean. Left out, it does not; null takes that away."},
				{key: "demand", form: aDemand(), removable: true, aside: true, about: "How orders answer to prices and announcements. Left out, they do not; null takes it away."},
			}}},
		{key: "supply", form: aSupply(), removable: true, aside: true, about: "How long members of a segment that fulfils orders are online. Left out, whole periods; null takes it away."},
	}}
}

// aDistribution is one number for all people, or a normal distribution over them.
func aDistribution() form {
	return &either{aNumber, &record{name: "a distribution", fields: normal("")}}
}

func normal(choice string) []field {
	return []field{
		{key: "normal", form: &series{item: aNumber, length: 2, about: "[mean, standard deviation]"}, choice: choice, unit: "money per period",
			required: "write normal: [mean, standard deviation]", about: "Mean and standard deviation over people."},
		{key: "classes", form: aWhole, choice: choice, unit: "1", required: "say into how many classes it is cut, such as classes: 5",
			about: "Number of classes of equal size, at the middle quantiles."},
	}
}

// draws are the ways to deal out a taste that is kept for life.
var draws = []string{string(models.DrawStratified), string(models.DrawRandom)}

// aTaste is how people differ for life.
func aTaste() *record {
	return &record{
		name: "a taste", shorts: "a number",
		short: func(n *node) *node { return brief(n, "sd", n) },
		fields: []field{
			{key: "sd", form: &keyed{keysAre: "platform", value: aNumber, rest: true}, unit: "money per period", preset: "0", source: off,
				about: "Standard deviation over people, `*` for every platform not named."},
			{key: "draw", form: oneOf(draws...), preset: string(models.DrawRandom), source: definition,
				about: "random: each person's by itself; stratified: one person in each of N equal parts of the distribution, in an order drawn once."},
		},
	}
}

// isDistribution tells a distribution from a mapping by name.
func isDistribution(n *node) bool {
	return n.kind == mapping && (n.get("normal") != nil || n.get("classes") != nil)
}

func anEffect() *record {
	fields := []field{{key: "strength", form: aNumber, choice: "one", unit: "money per period at f = 1", preset: "0", source: off, about: "Worth of full participation; either sign."}}
	fields = append(fields, normal("many")...)
	return &record{
		name: "an effect", shorts: "a number",
		short: func(n *node) *node { return brief(n, "strength", n) },
		fields: append(fields,
			field{key: "form", form: oneOf(models.Forms()...), preset: string(models.FormLinear), source: definition,
				about: "f: the share itself, the logarithm of one plus the count, a power of the share, or a share that draws others until it crowds them out."},
			field{key: "exponent", form: aNumber, unit: "1", only: &only{"form", []string{string(models.FormPower)}}, required: "write the exponent, such as exponent: 0.5",
				about: "f = share^exponent of a power effect."},
			field{key: "turn", form: aNumber, unit: "share", only: &only{"form", []string{string(models.FormTurning)}}, required: "write the share, such as turn: 0.2",
				about: "f = share (1 - share/turn) of a turning effect: of the strength's sign below this share, and of the other above."},
			field{key: "spill", form: aNumber, unit: "share", aside: true,
				about: "Share of the effect that comes from participation in all regions together; the rest comes from the own region, and all of it without this key. Effects that act on acquaintances do not spill over."},
		),
	}
}

func aHoming() *record {
	return &record{
		name: "homing", shorts: "single or multi",
		short: func(n *node) *node {
			switch n.text {
			case "single":
				return brief(n, "cost", &node{text: infinite, at: n.at, source: n.source})
			case "multi":
				return brief(n, "cost", &node{text: "0", at: n.at, source: n.source})
			}
			return nil
		},
		fields: []field{
			{key: "cost", form: aNumber.or(infinite), unit: "money per period", preset: "0", source: off, about: "kappa: cost of each platform after the first; .inf forbids a second."},
			{key: "max", form: aWhole.or("all"), unit: "platforms", preset: "all", source: off, about: "Largest number of platforms one participant uses."},
			{key: "duplicate", form: aNumber, unit: "share", preset: "0", source: off, about: "rho: discount on counterparts met on several platforms; at 1 each counts once."},
			{key: "mix", form: aMix("the cost"), removable: true, aside: true, about: "How the cost differs over people, in classes: some keep several apps with ease. Left out, all are alike; null takes it away."},
		},
	}
}

// brief writes a short form out as a mapping of one key.
func brief(n *node, key string, value *node) *node {
	return &node{kind: mapping, at: n.at, source: n.source, entries: []entry{{key, n.at, value}}}
}

func aStudy() *record {
	return &record{name: "a study", fields: []field{
		{key: "replications", form: aWhole, unit: "runs", preset: "20", source: "a band from 5 to 95% needs at least 19", about: "Independent runs of each variant."},
		{key: "band", form: &series{item: aNumber, length: 2, about: "[lower, upper], such as [0.05, 0.95]"}, unit: "share", preset: "[0.05, 0.95]", source: "convention: 90% of runs",
			about: "Lower and upper quantile over replications."},
		{key: "seed", form: aSeed, unit: "1", preset: "1", source: definition, about: "Base of all random numbers."},
		{key: "population", form: oneOf("fresh", "shared"), preset: "fresh", source: "definition: a band also says how much depends on who is there",
			about: "Who is in each replication, where people differ for life: fresh people, or the same in all."},
		{key: "welfare", form: oneOf("left-out", "recorded"), preset: "left-out", source: off,
			about: "Whether the timeline has welfare, what participants get out of what they use; it takes a look at everybody in every recorded period."},
		{key: "concentration", aside: true, form: oneOf("left-out", "recorded"), about: "recorded: asks the timeline for market shares and concentration by orders and by their value, beside those by participants: order_share, gmv_share, hhi_orders, hhi_gmv."},
		{key: "economics", aside: true, removable: true, about: "Asks the timeline for what participants cost and are worth: cac, ltv, payback, contribution, burn, runway, ruined.", form: &record{name: "economics", fields: []field{
			{key: "discount", form: aRate, unit: "share per period", preset: "0", source: off, about: "Discount of money that comes later, in lifetime values and paybacks."},
		}}},
		{key: "life_cycle", aside: true, removable: true, about: "Asks the timeline for stages of life cycles, and says what they are told by.", form: &record{name: "a life cycle", fields: []field{
			{key: "of", form: oneOf(models.StageSeries()...), preset: models.StageOfParticipants, source: definition, about: "The series that tells them."},
			{key: "window", form: aLength, unit: "periods", preset: "28", source: assumed, about: "Over how long growth is measured: whole periods."},
			{key: "proof", form: aNumber, unit: "share", preset: "0.025", source: "innovators are the first 2.5% (Rogers 1962)", about: "Share of the people that ends exploration; of orders and gmv, so much for each of the people and period."},
			{key: "fast", form: aNumber, unit: "1", preset: "0.1", source: assumed, about: "Growth over the window above which it grows again after maturity or decline."},
			{key: "slow", form: aNumber, unit: "1", preset: "0.05", source: "assumed: near no change, as half a standard deviation of changes (Polli and Cook 1969)", about: "Growth over the window at or below which growth has ended."},
			{key: "fall", form: aNumber, unit: "share", preset: "0.1", source: assumed, about: "Part of its peak that it has lost in decline."},
			{key: "hold", form: aLength, unit: "periods", preset: "7", source: assumed, about: "For how long a change must hold before it counts: whole periods."},
		}}},
		{key: "at", form: &series{item: aPeriod, about: "a list of periods, such as [180, 365]"}, unit: "periods", preset: "[]", source: off, about: "Periods the summary shows beside the last."},
	}}
}

func anExpectation() *record {
	return &record{name: "an expectation", fields: []field{
		{key: "name", form: aText, required: "give it a name", about: "What is claimed, in words."},
		{key: "kind", form: oneOf(string(study.Plain), string(study.Fit), string(study.Predict)), preset: string(study.Plain), source: definition,
			about: "plain: must hold by theory; fit: the parameters were fitted to it; predict: they were not."},
		{key: "that", form: aText, required: "write a comparison, such as that: \"share(A, consumers) at end > 0.5\"", about: "The comparison that must hold."},
		{key: "known", form: aText, about: "Why it is known not to hold, with what is got instead; of what was fitted or predicted."},
		{key: "benchmarks", form: saidBy(), about: "What forecasts without a model say its left side is, from what was observed before; flywheel check says which of them would hold."},
	}}
}

// saidBy is a number for each benchmark.
func saidBy() *record {
	r := &record{name: "benchmarks"}
	for _, b := range benchmarked() {
		r.fields = append(r.fields, field{key: b[0], form: aNumber, about: "What " + b[1] + "."})
	}
	return r
}

// benchmarked are the keys of the benchmarks, and what is said by each.
func benchmarked() [][2]string {
	return [][2]string{
		{"last_value", "was observed last says"}, {"straight_line", "a straight line through what was observed says"},
		{"exponential", "an exponential curve through it says"}, {"bass", "a Bass curve through it says"},
	}
}

// tidyBundle is the one writing of a set of platforms: A+B, not B+A.
func tidyBundle(key string) string { return strings.Join(bundle(key), "+") }

// Key is one key of a scenario file, as the manual shows it.
type Key struct {
	Path    string // such as "segments[].cross.strength"; <platform> and <side> stand for names
	Holds   string // what it may hold, in words
	Unit    string
	Default string // as it would be written; empty when the key is required or optional
	Needed  bool   // a scenario is incomplete without it
	Source  string // where the default comes from
	About   string // one sentence
}

// Keys lists every key a scenario file may hold, parents before their children, in the
// order in which a resolved scenario writes them. Below variants the keys are those of the
// scenario itself and are not repeated.
func Keys() []Key { return keysOf("", whole()) }

func keysOf(prefix string, m *record) []Key {
	var list []Key
	for _, f := range m.fields {
		k := Key{Path: join(prefix, f.key), Holds: f.form.what(), Unit: f.unit, Default: f.preset, Needed: f.required != "", Source: f.source, About: f.about}
		if f.preset == "{}" {
			k.Default = ""
		}
		below := f.form
		switch form := below.(type) {
		case *roll:
			below, k.Path = form.item, k.Path+"[]"
			k.Holds = "a list of " + strconv.Quote(form.thing) + " entries, each with its own name"
		case *rows:
			if _, ok := form.item.(*record); ok {
				below, k.Path = form.item, k.Path+"[]"
			}
		case *either:
			below = form.record
		case *edgeFile:
			below = form.record
		case *changes:
			below = nil
		}
		list = append(list, k)
		if r, ok := below.(*record); ok {
			list = append(list, keysOf(k.Path, r)...)
		}
	}
	return list
}
