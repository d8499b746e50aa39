package scenarios

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"flywheel/models"
	"flywheel/sim/study"
)

// builder turns a filled tree into values. What was lost reads as zero; a problem has been
// reported for it already.
type builder struct {
	report *report
	unit   string // the period unit
	began  string // the date of the first period; empty for none
	count  int    // periods
	cut    *cut   // what a later horizon leaves outside
}

// model is the market a filled tree describes.
func (b *builder) model(root *node) *models.Model {
	horizon := root.get("horizon")
	b.unit, b.began, b.count = textOf(horizon.get("unit")), textOf(horizon.get("start")), b.last(root)
	m := &models.Model{
		Name:    textOf(root.get("name")),
		Horizon: models.Horizon{Periods: b.count, Unit: b.unit},
		Clock:   b.clock(root.get("clock")),
		Noise:   aNoise(root.get("noise")),
	}
	sides, regions := names(root.get("segments"), "side"), names(root.get("segments"), "region")
	for _, n := range items(root.get("platforms")) {
		m.Platforms = append(m.Platforms, b.platform(n, sides, regions))
	}
	for _, n := range items(root.get("segments")) {
		m.Segments = append(m.Segments, b.segment(n, names(root.get("platforms"), "name")))
	}
	for _, n := range items(root.get("policies")) {
		m.Policies = append(m.Policies, b.policy(n))
	}
	for _, n := range items(root.get("networks")) {
		m.Networks = append(m.Networks, b.network(n))
	}
	m.Event = b.event(root.get("event"))
	for _, n := range items(root.get("shocks")) {
		m.Shocks = append(m.Shocks, b.shock(n))
	}
	for _, n := range items(root.get("mergers")) {
		m.Mergers = append(m.Mergers, b.merger(n))
	}
	for _, n := range items(root.get("regulations")) {
		m.Regulations = append(m.Regulations, b.regulation(n))
	}
	b.measures(m, root.get("study"))
	return m
}

func (b *builder) clock(n *node) models.Clock {
	c := models.Clock{Kind: models.ClockKind(textOf(n.get("kind"))), Revision: b.rate(n.get("revision"))}
	if c.Kind == models.ClockAsync {
		c.Revision = b.rate(n.get("rate"))
	}
	return c
}

func (b *builder) platform(n *node, sides, regions []string) models.Platform {
	p := models.Platform{
		Name: textOf(n.get("name")), Fee: number(n.get("fee")), Location: number(n.get("location")), Cash: money(n.get("cash")),
		Price: map[string]float64{},
		Cost:  models.Cost{PerOrder: money(n.get("cost").get("per_order")), Fixed: models.MoneyOf(b.bounded(n.get("cost").get("fixed")))},
	}
	p.Income = b.income(n.get("income"), sides)
	if capacity := n.get("capacity"); textOf(capacity) != infinite {
		p.Capacity = b.rate(capacity)
		if p.Capacity == 0 && capacity.intact() && capacity != nil {
			b.report.add(capacity.at, models.CapacityRemedy, "a capacity of 0 could fulfil nothing")
		}
	}
	if fixed := n.get("cost").get("fixed"); tiny(b.rate(fixed)) {
		b.report.add(fixed.at, tinyRemedy, "%s is %s", fixed.text, tinyProblem)
	}
	p.Service = b.service(n.get("service"))
	prices := n.get("price")
	for _, side := range sides {
		p.Price[side] = b.rate(firstOf(prices.get(side), prices.get(others)))
	}
	for _, e := range entriesOf(prices) {
		if e.key != others && !slices.Contains(sides, e.key) {
			b.unknown(e, "side", e.key, sides)
		}
	}
	p.Launch = b.launch(n.get("launch"), regions)
	b.rival(&p, n)
	p.Sales = b.sales(n.get("sales"))
	return p
}

func (b *builder) segment(n *node, platforms []string) models.Segment {
	s := models.Segment{
		Side: textOf(n.get("side")), Name: textOf(n.get("name")), Region: textOf(n.get("region")), Size: whole64(n.get("size")),
		Cross: effect(n.get("cross")), Same: effect(n.get("same")),
		PriceSensitivity: number(n.get("price_sensitivity")), PriceMix: mix(n.get("price_mix")), Transport: number(n.get("transport")), Switching: number(n.get("switching")),
		Homing: models.Multi{
			Cost:      number(n.get("homing").get("cost")),
			Max:       int(clamp(whole64(n.get("homing").get("max")))),
			Duplicate: number(n.get("homing").get("duplicate")),
			Mix:       mix(n.get("homing").get("mix")),
		},
		Orders: models.Ordering{Rate: b.rate(n.get("orders").get("rate")), Basket: money(n.get("orders").get("basket")), Mix: mix(n.get("orders").get("mix"))},
	}
	if most := n.get("homing").get("max"); most != nil && most.kind == scalar && textOf(most) == "0" {
		b.report.add(most.at, "give 1 or more, or all", "nobody could use a platform")
	}
	if textOf(n.get("outside")) == "none" {
		s.Outside.None = true
	} else {
		s.Outside.Value = number(n.get("outside"))
	}
	if v := n.get("revision"); textOf(v) != "inherit" {
		x := b.rate(v)
		s.Revision = &x
	}
	if v := n.get("noise"); v != nil && v.kind == mapping {
		x := aNoise(v)
		s.Noise = &x
	}
	if v := n.get("aware"); v != nil && v.kind == mapping {
		s.Aware = &models.Aware{P: b.rate(v.get("p")), Q: b.rate(v.get("q")), Mix: mix(v.get("mix"))}
	}
	s.Life = b.life(n.get("life"))
	s.Orders.Rhythm = b.rhythm(n.get("orders").get("rhythm"))
	s.Orders.Demand, s.Supply = b.demand(n.get("orders").get("demand")), b.supply(n.get("supply"))
	if v := n.get("memory"); v != nil && v.kind == mapping {
		s.Memory = &models.Memory{Weight: number(v.get("weight")), Worth: number(v.get("worth"))}
	}
	b.values(&s, n.get("value"), platforms)
	b.taste(&s, n, platforms)
	b.start(&s, n.get("start"), platforms)
	return s
}

// taste gives the segment what its people keep for life.
func (b *builder) taste(s *models.Segment, n *node, platforms []string) {
	s.Position = models.Draw(textOf(n.get("position")))
	s.Taste.Draw = models.Draw(textOf(n.get("taste").get("draw")))
	sd := n.get("taste").get("sd")
	for _, platform := range platforms {
		s.Taste.SD = append(s.Taste.SD, number(firstOf(sd.get(platform), sd.get(others))))
	}
	for _, e := range entriesOf(sd) {
		if e.key != others && !slices.Contains(platforms, e.key) {
			b.unknown(e, "platform", e.key, platforms)
		}
	}
}

// values gives the segment a stand-alone worth for every platform.
func (b *builder) values(s *models.Segment, n *node, platforms []string) {
	for _, platform := range platforms {
		s.Value = append(s.Value, value(firstOf(n.get(platform), n.get(others))))
	}
	for _, e := range entriesOf(n) {
		if e.key != others && !slices.Contains(platforms, e.key) {
			b.unknown(e, "platform", e.key, platforms)
		}
	}
}

// start gives the segment its bundles at period 0.
func (b *builder) start(s *models.Segment, n *node, platforms []string) {
	for _, e := range entriesOf(n) {
		var h models.Homing
		for _, name := range bundle(e.key) {
			k := slices.Index(platforms, name)
			if k < 0 {
				b.unknown(e, "platform", name, platforms)
			} else if k < models.MaxPlatforms {
				h = h.With(k)
			}
		}
		if h != 0 {
			s.Start = append(s.Start, models.Begin{Homing: h, Share: number(e.value)})
		}
	}
}

// bundle is the names in a set of platforms such as "A+B", in the order of the alphabet.
func bundle(key string) []string {
	list := strings.Split(key, "+")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	slices.Sort(list)
	return list
}

func (b *builder) unknown(e entry, thing, name string, known []string) {
	known = slices.DeleteFunc(slices.Clone(known), func(s string) bool { return s == "" })
	if len(known) == 0 {
		return // that there is none of them is told already
	}
	b.report.add(e.at, meant(name, known), "no %s is called %q", thing, clip(name))
}

// settings are the runs a filled tree asks for.
func (b *builder) settings(root *node) study.Settings {
	n := root.get("study")
	s := study.Settings{Engine: textOf(root.get("engine")), Replications: int(clamp(whole64(n.get("replications"))))}
	s.Welfare = textOf(n.get("welfare")) == "recorded"
	s.Shared = textOf(n.get("population")) == "shared"
	s.Seed, _ = strconv.ParseUint(textOf(n.get("seed")), 10, 64)
	if v := n.get("replications"); v != nil && v.kind == scalar && (s.Replications < 1 || s.Replications > maxReplications) {
		b.report.add(v.at, "give a whole number from 1 to "+strconv.Itoa(maxReplications), "a study cannot have %s runs", v.text)
	}
	if v := n.get("band"); v != nil && v.kind == list {
		s.Band = [2]float64{number(v.items[0]), number(v.items[1])}
		if !(s.Band[0] >= 0 && s.Band[0] < s.Band[1] && s.Band[1] <= 1) {
			b.report.add(v.at, "give two shares in ascending order, such as [0.05, 0.95]", "[%g, %g] is not a band", s.Band[0], s.Band[1])
		}
	}
	last := b.last(root)
	for _, v := range items(n.get("at")) {
		p := b.period(v)
		switch {
		case last < 1: // a horizon that is none is told by itself
		case p > last && b.cut.takes("study.at", v.at, p):
		case p < 0 || p > last:
			b.report.add(v.at, "give periods from 0 to "+strconv.Itoa(last), "period %d is outside the horizon", p)
		}
		s.At = append(s.At, p)
	}
	return s
}

// last is the last period of the horizon; when it was lost, one that nothing is beyond.
func (b *builder) last(root *node) int {
	p := root.get("horizon").get("periods")
	if p == nil || p.kind == lost {
		return math.MaxInt32
	}
	return int(clamp(whole64(p)))
}

// maxReplications bounds what one study may ask for.
const maxReplications = 1_000_000

func aNoise(n *node) models.Noise {
	return models.Noise{Kind: models.NoiseKind(textOf(n.get("kind"))), Scale: number(n.get("scale"))}
}

func effect(n *node) models.Effect {
	e := models.Effect{Form: models.Form(textOf(n.get("form"))), Exponent: number(n.get("exponent")), Turn: number(n.get("turn")), Spill: number(n.get("spill"))}
	if n.get("normal") != nil {
		e.Strength = value(n)
	} else {
		e.Strength = models.Number(number(n.get("strength")))
	}
	return e
}

// value is a number or a distribution.
func value(n *node) models.Value {
	if spread := n.get("normal"); spread != nil {
		v := models.Value{Classes: int(clamp(whole64(n.get("classes"))))}
		if spread.kind == list {
			v.Mean, v.SD = number(spread.items[0]), number(spread.items[1])
		}
		return v
	}
	if shapes := n.get("beta"); shapes != nil {
		v := models.Value{Classes: int(clamp(whole64(n.get("classes"))))}
		if shapes.kind == list {
			v.Beta = [2]float64{number(shapes.items[0]), number(shapes.items[1])}
		}
		return v
	}
	return models.Number(number(n))
}

// target is a name, or nothing for all.
func target(n *node) string {
	if s := textOf(n); s != "all" {
		return s
	}
	return ""
}

func items(n *node) []*node {
	if n == nil {
		return nil
	}
	return n.items
}

func entriesOf(n *node) []entry {
	if n == nil {
		return nil
	}
	return n.entries
}

// names are the texts under a key of every item, each once.
func names(n *node, key string) []string {
	var list []string
	for _, item := range items(n) {
		if name := textOf(item.get(key)); key == "name" || (name != "" && !slices.Contains(list, name)) {
			list = append(list, name)
		}
	}
	return list
}

// firstOf is the first of two nodes that is there.
func firstOf(a, b *node) *node {
	if a != nil {
		return a
	}
	return b
}

func number(n *node) float64 {
	if textOf(n) == infinite {
		return math.Inf(1)
	}
	x, _, _ := parseDecimal(textOf(n))
	return x
}

func whole64(n *node) int64 {
	x, err := strconv.ParseInt(textOf(n), 10, 64)
	if err != nil {
		return 0
	}
	return x
}

// clamp keeps a whole number within 32 bits, where every bound of a model lies.
func clamp(x int64) int64 { return max(math.MinInt32, min(math.MaxInt32, x)) }

func money(n *node) models.Money { return models.MoneyOf(number(n)) }

func (b *builder) rate(n *node) float64 {
	a, _, _ := parseRate(textOf(n))
	return a.perPeriod(b.unit)
}

// bounded is a rate of money, cut where the model would call it out of range.
func (b *builder) bounded(n *node) float64 {
	return max(-2*models.MaxMoney, min(2*models.MaxMoney, b.rate(n)))
}

func (b *builder) length(n *node) float64 {
	if textOf(n) == "once" {
		return 0
	}
	a, _, _ := parseLength(textOf(n))
	return a.periods(b.unit)
}

// period is a period counted from the start, or the last of those that a date lies in: what ends on a day or in a
// month ends with it.
func (b *builder) period(n *node) int {
	_, last := b.span(n)
	return last
}

// beginning is the same of what begins: the first of those that a date lies in.
func (b *builder) beginning(n *node) int {
	first, _ := b.span(n)
	return first
}

func (b *builder) span(n *node) (first, last int) {
	if text := textOf(n); isDate(text) {
		first, last, err := periodsOf(text, b.began, b.unit)
		if err != nil && b.report != nil {
			b.report.add(n.at, "give horizon: {start: DATE}, the date of the first period, and dates from then on", "%s", err)
		}
		return first, last
	}
	a, _, _ := parseLength(textOf(n))
	p := int(clamp(int64(a.period(b.unit))))
	return p, p
}
