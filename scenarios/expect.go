package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"flywheel/sim/study"
)

// The language of expectations:
//
//	claim    = term op term | term "between" term "and" term
//	op       = "<" | "<=" | ">" | ">="
//	term     = product { ( "+" | "-" ) product }
//	product  = factor { ( "*" | "/" ) factor }
//	factor   = number | quantity | function | "(" term ")"
//	quantity = metric "(" [ arg { "," arg } ] ")" [ "in" variant ] [ "at" ( period | "end" ) ]
//	arg      = "*" | name | ( "platform" | "side" | "segment" | "region" | "channel" ) "=" name
//
// A metric is a column of the timeline. Names may come in any order: each is looked up
// among the platforms, sides, segments, regions and policies that bring people, and only a name that is
// in two of these lists needs its kind before it. What is not named is the total, where there is one: heads
// are counted on one side, and money by platform. A period is a number, a length of time
// from the start, such as 26w, or a date, such as 2014-03-31 or 2014-03, where the horizon
// says when it starts; without one the last period is meant.

// clause is something wrong with a claim: at which character, from 1.
type clause struct {
	at              int
	problem, remedy string

	beyond int // the period that lies beyond the horizon, when that is what is wrong
}

// token is a piece of a claim: a word, a number or a sign.
type token struct {
	text string
	at   int
}

// tokens cuts a claim into pieces; the last one is empty and stands at the end.
func tokens(text string) []token {
	const signs = "()*,<>="
	var list []token
	runes := []rune(text)
	for i := 0; i < len(runes); {
		start := i
		switch r := runes[i]; {
		case unicode.IsSpace(r):
			i++
			continue
		case (r == '<' || r == '>' || r == '=') && i+1 < len(runes) && runes[i+1] == '=':
			i += 2
		case strings.ContainsRune(signs, r):
			i++
		default:
			for i < len(runes) && !unicode.IsSpace(runes[i]) && !strings.ContainsRune(signs, runes[i]) {
				i++
			}
		}
		list = append(list, token{string(runes[start:i]), start + 1})
	}
	return append(list, token{"", len(runes) + 1})
}

// claimParser reads one claim. The first thing that breaks the grammar ends it; names that
// mean nothing are all reported.
type claimParser struct {
	list     []token
	scopes   map[string]*scope // by variant; "" is the scenario itself
	variants []string
	faults   []clause
	broken   bool
}

// parseClaim reads a claim; scopes say what names mean in each variant.
func parseClaim(text string, scopes map[string]*scope, variants []string) (study.Claim, []clause) {
	p := &claimParser{list: tokens(text), scopes: scopes, variants: variants}
	c := study.Claim{Text: text, Left: p.term()}
	op := p.next()
	switch op.text {
	case "<", "<=", ">", ">=":
		c.Op, c.Right = study.Op(op.text), p.term()
	case "between":
		c.Op, c.Right = study.Between, p.term()
		if and := p.next(); and.text != "and" {
			p.fail(and, "write between A and B", "%s stands where `and` belongs", shown(and))
		}
		c.Upper = p.term()
	default:
		p.fail(op, "compare with <, <=, >, >= or between ... and ...", "%s is not a comparison", shown(op))
	}
	if end := p.next(); end.text != "" {
		p.fail(end, "write one comparison in each expectation", "%s follows a finished comparison", shown(end))
	}
	if !p.broken {
		p.sense(&c)
	}
	return c, p.faults
}

// sense refuses claims that say nothing about a result.
func (p *claimParser) sense(c *study.Claim) {
	constant := func(t study.Term) bool { return !t.Measured() }
	plain := func(t study.Term) bool { return constant(t) && t.Work == "" }
	if constant(c.Left) && constant(c.Right) && (c.Op != study.Between || constant(c.Upper)) {
		p.add(1, "name a metric, such as share(A, consumers)", "compares numbers only")
	}
	if c.Op == study.Between && plain(c.Right) && plain(c.Upper) && c.Right.Factor > c.Upper.Factor {
		p.add(1, "write the smaller number first", "nothing lies between %g and %g", c.Right.Factor, c.Upper.Factor)
	}
}

func (p *claimParser) peek() token { return p.list[0] }

func (p *claimParser) next() token {
	t := p.list[0]
	if len(p.list) > 1 {
		p.list = p.list[1:]
	}
	return t
}

func (p *claimParser) add(at int, remedy, problem string, args ...any) {
	p.faults = append(p.faults, clause{at: at, problem: fmt.Sprintf(problem, args...), remedy: remedy})
}

// fail reports what breaks the grammar, once.
func (p *claimParser) fail(t token, remedy, problem string, args ...any) {
	if !p.broken {
		p.add(t.at, remedy, problem, args...)
	}
	p.broken = true
}

func shown(t token) string {
	if t.text == "" {
		return "the end"
	}
	return fmt.Sprintf("%q", clip(t.text))
}

// term is a sum of products.
func (p *claimParser) term() study.Term {
	t := p.product()
	for !p.broken && slices.Contains([]string{"+", "-"}, p.peek().text) {
		work := study.Work(p.next().text)
		t = study.Term{Work: work, Args: []study.Term{t, p.product()}}
	}
	return t
}

func (p *claimParser) product() study.Term {
	t := p.factor()
	for !p.broken && slices.Contains([]string{"*", "/"}, p.peek().text) {
		work := study.Work(p.next().text)
		right := p.factor()
		if work == study.WorkTimes && t.Work == "" && t.Quantity == nil && right.Work == "" && right.Quantity != nil {
			right.Factor *= t.Factor
			t = right
			continue
		}
		t = study.Term{Work: work, Args: []study.Term{t, right}}
	}
	return t
}

// factor is a number, a quantity, a function of them or a term in parentheses.
func (p *claimParser) factor() study.Term {
	if p.broken {
		return study.Term{}
	}
	first := p.peek()
	switch {
	case first.text == "(":
		p.next()
		t := p.term()
		p.close()
		return t
	case isFunction(first.text):
		return p.function()
	case !startsNumber(first.text):
		return study.Term{Factor: 1, Quantity: p.quantity()}
	}
	p.next()
	x, problem, remedy := parseDecimal(first.text)
	if problem != "" {
		p.fail(first, remedy, "%s", problem)
	}
	return study.Term{Factor: x}
}

// close reads a closing parenthesis.
func (p *claimParser) close() {
	if end := p.next(); end.text != ")" {
		p.fail(end, "close with )", "%s stands where ) belongs", shown(end))
	}
}

func startsNumber(s string) bool {
	return s != "" && strings.ContainsRune("0123456789.-+", rune(s[0]))
}

func (p *claimParser) quantity() *study.Quantity {
	metric := p.next()
	if metric.text == "" || strings.ContainsAny(metric.text, "()*,<>=") {
		p.fail(metric, "write a number, or a metric such as share(A, consumers)", "%s stands where a number or a metric belongs", shown(metric))
		return nil
	}
	if known := study.Metrics().Names(); !slices.Contains(known, metric.text) {
		p.add(metric.at, Meant(metric.text, known), "no metric is called %q", clip(metric.text))
	}
	if paren := p.next(); paren.text != "(" {
		p.fail(paren, fmt.Sprintf("write %s(*) for the total, or names between the parentheses", metric.text), "%s stands where ( belongs", shown(paren))
		return nil
	}
	args := p.args()
	q := &study.Quantity{Metric: metric.text, Platform: others, Side: others, Segment: others, Region: others}
	in := p.scopes[""]
	if p.peek().text == "in" && !p.broken {
		p.next()
		name := p.next()
		chosen, known := p.scopes[name.text]
		if name.text == "" || !known {
			p.add(name.at, meant(name.text, p.variants), "no variant is called %s", shown(name))
			in = &scope{}
		} else {
			q.Variant, in = name.text, chosen
		}
	}
	p.scope(q, metric, args, in)
	p.period(q, in)
	return q
}

// args are the pieces between the parentheses: pairs of a kind, which may be empty, and a name.
func (p *claimParser) args() [][2]token {
	var list [][2]token
	if p.peek().text == ")" {
		p.next()
		return nil
	}
	for !p.broken {
		arg := [2]token{1: p.next()}
		if p.peek().text == "=" {
			p.next()
			arg = [2]token{arg[1], p.next()}
		}
		if t := arg[1].text; t == "" || (t != "*" && strings.ContainsAny(t, "()*,<>=")) {
			p.fail(arg[1], "name a platform, side, segment or region, or write *", "%s stands where a name belongs", shown(arg[1]))
			return nil
		}
		list = append(list, arg)
		switch sep := p.next(); sep.text {
		case ")":
			return list
		case ",":
		default:
			p.fail(sep, "close with ) or go on with a comma", "%s stands inside the parentheses", shown(sep))
		}
	}
	return nil
}

func (p *claimParser) period(q *study.Quantity, in *scope) {
	q.Period = in.horizon.Periods
	if p.broken || p.peek().text != "at" {
		return
	}
	p.next()
	_, q.Period = p.moment(in)
}

// moment is a period, written as one, as a length of time since the start, as a date or as the end. A
// date may lie in several, of which it gives the first and the last.
func (p *claimParser) moment(in *scope) (first, last int) {
	at, horizon := p.next(), in.horizon.Periods
	var problem, remedy string
	switch {
	case at.text == "end":
		return horizon, horizon
	case !startsNumber(at.text):
		problem, remedy = shown(at)+" is not a period", "write a number, a length of time such as 26w, a date such as 2014-03-31, or end"
	case isDate(at.text):
		var err error
		if first, last, err = periodsOf(at.text, in.began, in.horizon.Unit); err != nil && in.intact {
			problem, remedy = err.Error(), "give horizon: {start: DATE}, the date of the first period, and dates from then on"
		}
	default:
		var a amount
		if a, problem, remedy = parseLength(at.text); problem == "" && a.unit == "" {
			_, problem, remedy = parseWhole(at.text)
		}
		last = a.period(in.horizon.Unit)
		first = last
	}
	if problem != "" {
		p.add(at.at, remedy, "%s", problem)
		return horizon, horizon
	}
	if in.intact && (last < 0 || last > horizon) {
		said := fmt.Sprintf("period %d", last)
		if isDate(at.text) {
			said = fmt.Sprintf("%s, period %d,", at.text, last)
		}
		p.add(at.at, fmt.Sprintf("give a period from 0 to %d", horizon), "%s is beyond the horizon", said)
		p.faults[len(p.faults)-1].beyond = last
	}
	return first, last
}
