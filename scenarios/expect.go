package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"flywheel/models"
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

// scope is what the names in a claim can mean in one variant.
type scope struct {
	names    map[string][]string // by kind
	segments map[string][2]string
	channels map[string]string // policies that bring people, with their platforms
	horizon  models.Horizon
	began    string // date of the first period; empty when none is said
	intact   bool   // every name and the horizon were understood
	welfare  bool   // welfare is recorded
	worth    bool   // what participants cost and are worth is recorded
	divided  bool   // concentration is recorded
}

// kinds are the sorts of names: those of a timeline's columns in their order, and policies that bring
// people, whose rows hold their names as segments.
var kinds = []string{"platform", "side", "segment", "region", "channel"}

func newScope(m *models.Model) *scope {
	s := &scope{names: map[string][]string{}, segments: map[string][2]string{}, channels: map[string]string{}, horizon: m.Horizon, worth: m.Economics != nil, divided: m.Concentration}
	add := func(kind, name string) {
		if name != "" && !slices.Contains(s.names[kind], name) {
			s.names[kind] = append(s.names[kind], name)
		}
	}
	for _, p := range m.Platforms {
		add("platform", p.Name)
	}
	for _, g := range m.Segments {
		add("side", g.Side)
		add("segment", g.Name)
		add("region", g.Region)
		s.segments[g.Name] = [2]string{g.Side, g.Region}
	}
	for _, p := range m.Policies {
		if p.Instrument.Brings() {
			add("channel", p.Name)
			s.channels[p.Name] = p.Platform
		}
	}
	return s
}

// alone tells whether a side has one segment only, of the same name.
func (s *scope) alone(name string) bool {
	for segment, home := range s.segments {
		if home[0] == name && segment != name {
			return false
		}
	}
	return s.segments[name][0] == name
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
		p.add(metric.at, meantOfMany(metric.text, known), "no metric is called %q", clip(metric.text))
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

// scope finds out what the names mean. A segment brings its side and region with it.
func (p *claimParser) scope(q *study.Quantity, metric token, args [][2]token, in *scope) {
	if p.broken || !in.intact {
		return
	}
	known := len(p.faults)
	channel := others
	slots := map[string]*string{"platform": &q.Platform, "side": &q.Side, "segment": &q.Segment, "region": &q.Region, "channel": &channel}
	for _, arg := range args {
		kind, name := arg[0], arg[1]
		if kind.text != "" && slots[kind.text] == nil {
			p.add(kind.at, meant(kind.text, kinds), "%s is not a kind of name", shown(kind))
			continue
		}
		if name.text == others {
			continue
		}
		var found []string
		var all []string
		for _, k := range kinds {
			if kind.text != "" && kind.text != k {
				continue
			}
			all = append(all, in.names[k]...)
			if slices.Contains(in.names[k], name.text) {
				found = append(found, k)
			}
		}
		if slices.Equal(found, []string{"side", "segment"}) && in.alone(name.text) {
			found = found[:1] // the side and its only segment are the same people
		}
		switch {
		case len(found) == 0:
			slices.Sort(all)
			p.add(name.at, meant(name.text, slices.Compact(all)), "nothing is called %s", shown(name))
		case len(found) > 1:
			p.add(name.at, fmt.Sprintf("write %s=%s or %s=%s", found[0], name.text, found[1], name.text), "%s is the name of a %s and of a %s", shown(name), found[0], found[1])
		case *slots[found[0]] != others:
			p.add(name.at, "name one of them", "names a second %s, %s", found[0], shown(name))
		default:
			*slots[found[0]] = name.text
		}
	}
	if channel != others {
		if len(p.faults) == known {
			p.ofChannel(q, channel, metric, in)
		}
		return
	}
	p.belong(q, args, in)
	if p.broken || len(p.faults) > known {
		return
	}
	p.measured(q, metric, in)
}

// headcounts are the metrics that count people of one side; of both together there is no
// number, for a merchant and a consumer do not add up.
var headcounts = []string{"participants", "multihomers", "joins", "leaves", "aware", "share", "market_share", "hhi", "new", "regular", "lapsed", "churned", "satisfaction", "new_share",
	"transferred"}

// books are the metrics of a platform's ledger, which knows no sides.
var books = []string{"subsidy_to_date", "commission", "membership", "penalties", "revenue", "marketing", "cost", "rebates_owed", "cash",
	"ads", "spread", "listing", "hosting", "interest", "breakage", "bonuses", "rewards", "vouchers_sold", "vouchers_redeemed", "vouchers_refunded", "vouchers_expired", "vouchers_held",
	"wallet_deposits", "wallet_spent", "wallet_refunds", "wallets_held", "points_used", "points_owed", "points_settled", "funding",
	"fines", "burn", "runway", "ruined", "features", "fake_claims", "order_costs", "fixed_costs", "rebates", "referrals",
	"there", "sites", "openings", "closings", "online_orders", "cannibalised", "takings", "online_takings", "route_cost", "price_gap"}

// shares are the metrics of how orders divide among platforms.
var shares = []string{"order_share", "gmv_share", "hhi_orders", "hhi_gmv"}

// measured refuses a quantity that a timeline has no row or no number for. Where there is
// only one side or one region, it need not be named.
func (p *claimParser) measured(q *study.Quantity, metric token, in *scope) {
	sides := in.names["side"]
	if len(in.names["region"]) == 1 && q.Segment == others {
		q.Region = others
	}
	if len(sides) == 1 && q.Side == others && (q.Region != others || slices.Contains(headcounts, q.Metric)) {
		q.Side = sides[0]
	}
	switch {
	case slices.Contains(books, q.Metric) && (q.Side != others || q.Region != others):
		p.add(metric.at, fmt.Sprintf("write %s(%s)", q.Metric, q.Platform), "%s is of a whole platform, not of some of its people", q.Metric)
	case q.Side == others && slices.Contains(headcounts, q.Metric):
		p.add(metric.at, "name a side: "+strings.Join(sides, ", "), "%s is of one side", q.Metric)
	case q.Side == others && q.Region != others:
		p.add(metric.at, "name a side beside the region: "+strings.Join(sides, ", "), "%s is measured for the sides of a region, not for all of it", q.Metric)
	case q.Metric == "market_share" && q.Platform == others:
		p.add(metric.at, "name a platform: "+strings.Join(in.names["platform"], ", "), "the market share of all platforms is always 1")
	case slices.Contains(shares, q.Metric) && !in.divided:
		p.add(metric.at, "write study: {concentration: recorded}", "%s is not recorded", q.Metric)
	case (q.Metric == "order_share" || q.Metric == "gmv_share") && q.Platform == others:
		p.add(metric.at, "name a platform: "+strings.Join(in.names["platform"], ", "), "the share of all platforms is always 1")
	case slices.Contains([]string{"hhi", "hhi_orders", "hhi_gmv", "welfare"}, q.Metric) && q.Platform != others:
		p.add(metric.at, "leave the platform out", "%s is of all platforms together", q.Metric)
	case q.Metric == "welfare" && !in.welfare:
		p.add(metric.at, "write study: {welfare: recorded}", "welfare is not recorded")
	}
}

// bringing are the metrics of a policy that brings people.
var bringing = []string{"joins", "marketing", "acquisition", "brought", "cac"}

// ofChannel makes a quantity that of a policy that brings people, where its rows are.
func (p *claimParser) ofChannel(q *study.Quantity, name string, metric token, in *scope) {
	of := in.channels[name]
	switch {
	case !slices.Contains(bringing, q.Metric):
		p.add(metric.at, "use one of: "+strings.Join(bringing, ", "), "%s is not told of a policy that brings people", q.Metric)
	case q.Side != others || q.Segment != others || q.Region != others:
		p.add(metric.at, fmt.Sprintf("write %s(%s, %s)", q.Metric, of, name), "%s is of a whole policy, not of some of the people it is aimed at", q.Metric)
	case q.Platform != others && q.Platform != of:
		p.add(metric.at, fmt.Sprintf("write %s(%s, %s)", q.Metric, of, name), "%s is a policy of %s, not of %s", name, of, q.Platform)
	case !in.worth:
		p.add(metric.at, "write study: {economics: {}}", "what policies cost and bring is not recorded")
	}
	q.Platform, q.Segment = of, name
}

// belong gives a segment its side and region, and refuses others beside it.
func (p *claimParser) belong(q *study.Quantity, args [][2]token, in *scope) {
	if q.Segment == others {
		return
	}
	home := in.segments[q.Segment]
	if (q.Side != others && q.Side != home[0]) || (q.Region != others && q.Region != home[1]) {
		p.add(args[0][1].at, fmt.Sprintf("leave the others out: %s are %s in %s", q.Segment, home[0], home[1]), "nobody is all of these at once")
	}
	q.Side, q.Region = home[0], home[1]
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
