package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"flywheel/models"
	"flywheel/sim/study"
)

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
var headcounts = []string{"participants", "multihomers", "joins", "leaves", "switches", "aware", "share", "market_share", "hhi", "new", "regular", "lapsed", "returned", "churned", "satisfaction", "new_share",
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
