package scenarios

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// drawText is the YAML of a random sound scenario: up to four platforms and three segments
// in short and long forms, some policies, and up to two variants.
func drawText(t *rapid.T, label string) string {
	d := drawer{t: t, label: label}
	var b strings.Builder
	unit := d.pick("day", "week", "month")
	fmt.Fprintf(&b, "name: drawn\nhorizon: {periods: 20, unit: %s}\n", unit)
	b.WriteString(d.maybe("clock: " + d.pick("{revision: 0.2}", "{revision: 0.01/day}", "{kind: async}", "{kind: async, rate: 2/week}") + "\n"))
	b.WriteString(d.maybe("noise: " + d.pick("none", "{scale: 0.5}", "{kind: none}", "{kind: quenched}") + "\n"))
	b.WriteString(d.market(""))
	event := unit == "day" && d.flip()
	if event {
		fmt.Fprintf(&b, "event: {platform: %s, period: %s, hour: %s%s%s}\n", d.pick("A", "B"), d.pick("3", "1w"), d.pick("12:00", "7.25", "0"),
			d.maybe(", length: "+d.pick("90m", "1h")), d.maybe(", profile: "+d.pick("webshop", "[1"+strings.Repeat(", 2.5", 23)+"]")))
	}
	if d.flip() {
		b.WriteString("variants:\n  one:\n" + d.market("    "))
		if event {
			b.WriteString(d.maybe("    event: " + d.pick("null", "{hour: 18:30, starts: 3}") + "\n"))
		}
		b.WriteString(d.maybe("  two: {policies: []}\n"))
	}
	return b.String()
}

// drawMarket is a random filled tree without variants.
func drawMarket(t *rapid.T, label string) *node {
	var r report
	form := whole()
	tree := form.read(&r, parse(&r, place{file: label}, []byte(drawText(t, label))))
	tree = form.fill(&r, merge(&r, nil, tree).without("variants"), place{file: label})
	if len(r.found) > 0 {
		t.Fatalf("drew a faulty market: %v", r.found)
	}
	return tree.without("variants")
}

type drawer struct {
	t     *rapid.T
	label string
}

func (d drawer) pick(options ...string) string { return rapid.SampledFrom(options).Draw(d.t, d.label) }
func (d drawer) flip() bool                    { return rapid.Bool().Draw(d.t, d.label) }
func (d drawer) maybe(text string) string {
	if d.flip() {
		return text
	}
	return ""
}

// market draws platforms A and B, which everything else may name, and more; it says enough
// of each thing to stand alone, so it can be laid over any other.
func (d drawer) market(indent string) string {
	var b strings.Builder
	b.WriteString(indent + "platforms:\n")
	for _, name := range append(d.order("A", "B"), d.some("C", "D")...) {
		fmt.Fprintf(&b, "%s  - {name: %s%s%s%s}\n", indent, name,
			d.maybe(", fee: "+d.pick("0.1", "0.2")), d.maybe(", price: "+d.pick("2", "{one: 3}", `{"*": 1/week, one: 0}`)),
			d.maybe(", capacity: "+d.pick(".inf", "100", "3e4/day")))
	}
	b.WriteString(indent + "segments:\n")
	for i, name := range d.order("p", "q", "r") {
		side := "one" // there is always someone on side one, whose price platforms may name
		orders := ""
		if name != "p" {
			side = d.pick("one", "two")
		} else {
			orders = ", orders: {rate: 0.2}"
		}
		fmt.Fprintf(&b, "%s  - {name: %s, side: %s, size: %d%s%s%s%s%s%s%s}\n", indent, name, side, 10+i, orders,
			d.maybe(", value: "+d.pick("2", "{A: 1, \"*\": 0}", "{normal: [1, 2], classes: 3}", "{A: {normal: [1, 2], classes: 2}, \"*\": 3}")),
			d.maybe(", cross: "+d.pick("2", "{form: log}", "{strength: 1, form: power, exponent: 0.5}", "{normal: [1, 0.5], classes: 2, form: log}")),
			d.maybe(", homing: "+d.pick("multi", "{cost: 1, max: 2}", "{duplicate: 0.5}")),
			d.maybe(", noise: "+d.pick("none", "inherit", "{kind: annealed, scale: 2}")),
			d.maybe(", aware: "+d.pick("all", "{p: 0.1, q: 0.2/week}")),
			d.maybe(", start: "+d.pick("{}", "{A: 0.5}", "{B+A: 0.25, B: 0.125}")))
	}
	if d.flip() {
		b.WriteString(indent + "policies:\n")
		for _, name := range d.order("x", "y") {
			fmt.Fprintf(&b, "%s  - {name: %s, platform: %s, instrument: %s, shape: %s%s}\n", indent, name, d.pick("A", "B"), d.pick("join", "per_period"),
				d.pick("{constant: 2}", "{ramp: {from: 1, to: 0, over: 2w}}", "{pulse: {amount: 1, for: 3}}", "{pulse: {amount: 1, for: 2, every: 5}}"),
				d.maybe(d.pick(", budget: 5", ", from: 3", ", until: end")))
		}
	}
	return b.String()
}

func (d drawer) order(names ...string) []string {
	return rapid.Permutation(names).Draw(d.t, d.label)
}

func (d drawer) some(names ...string) []string {
	return names[:rapid.IntRange(0, len(names)).Draw(d.t, d.label)]
}
