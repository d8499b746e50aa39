package scenarios

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/sim/study"
)

// cities is a market for claims: sides consumers and merchants, regions north and south,
// 100 days, a variant without platform B.
func cities() (map[string]*scope, []string) {
	segments := []models.Segment{
		{Side: "consumers", Name: "students", Region: "north"}, {Side: "consumers", Name: "families", Region: "south"},
		{Side: "merchants", Name: "kitchens", Region: "north"}, {Side: "merchants", Name: "south", Region: "south"},
	}
	m := &models.Model{Horizon: models.Horizon{Periods: 100, Unit: "day"}, Platforms: []models.Platform{{Name: "A"}, {Name: "B"}}, Segments: segments}
	alone := &models.Model{Horizon: m.Horizon, Platforms: m.Platforms[:1], Segments: segments}
	of := func(m *models.Model) *scope {
		s := newScope(m)
		s.intact = true
		return s
	}
	return map[string]*scope{"": of(m), "alone": of(alone)}, []string{"alone"}
}

func TestClaims(t *testing.T) {
	scopes, variants := cities()
	all := study.Quantity{Metric: "orders", Platform: "*", Side: "*", Segment: "*", Region: "*", Period: 100}
	with := func(change func(q *study.Quantity)) study.Term {
		q := all
		change(&q)
		return study.Term{Factor: 1, Quantity: &q}
	}
	number := func(x float64) study.Term { return study.Term{Factor: x} }
	for text, want := range map[string]study.Claim{
		"orders(*) > 0.5":         {Left: with(func(*study.Quantity) {}), Op: study.More, Right: number(0.5)},
		"orders()>=0.5":           {Left: with(func(*study.Quantity) {}), Op: study.AtLeast, Right: number(0.5)},
		"-5e6 <= cash(A)":         {Left: number(-5e6), Op: study.AtMost, Right: with(func(q *study.Quantity) { q.Metric, q.Platform = "cash", "A" })},
		"orders(consumers,A) < 1": {Left: with(func(q *study.Quantity) { q.Platform, q.Side = "A", "consumers" }), Op: study.Less, Right: number(1)},
		"share(students) at 7d < 1": {Left: with(func(q *study.Quantity) {
			q.Metric, q.Side, q.Segment, q.Region, q.Period = "share", "consumers", "students", "north", 7
		}), Op: study.Less, Right: number(1)},
		"orders(north, merchants) in alone at end < 1":         {Left: with(func(q *study.Quantity) { q.Side, q.Region, q.Variant = "merchants", "north", "alone" }), Op: study.Less, Right: number(1)},
		"hhi(side=merchants, region=south) at 0 < 1":           {Left: with(func(q *study.Quantity) { q.Metric, q.Side, q.Region, q.Period = "hhi", "merchants", "south", 0 }), Op: study.Less, Right: number(1)},
		"orders(A) between 0.9 * gmv(B) and 2*gmv(B) in alone": {},
		"orders(A) between 0.45 and 0.60":                      {Left: with(func(q *study.Quantity) { q.Platform = "A" }), Op: study.Between, Right: number(0.45), Upper: number(0.6)},
		"1.02 * orders(A) < orders(B)": {Left: study.Term{Factor: 1.02, Quantity: with(func(q *study.Quantity) { q.Platform = "A" }).Quantity},
			Op: study.Less, Right: with(func(q *study.Quantity) { q.Platform = "B" })},
	} {
		t.Run(text, func(t *testing.T) {
			got, faults := parseClaim(text, scopes, variants)
			if want.Op == "" { // B is not there in the variant
				require.Equal(t, []clause{{at: 42, problem: `nothing is called "B"`, remedy: "use one of: A, consumers, families, kitchens, merchants, north, south, students"}}, faults)
				return
			}
			require.Empty(t, faults)
			want.Text = text
			require.Equal(t, want, got)
		})
	}
}

// Where there is one side or one region only, it goes without saying.
func TestClaimsOfOneSide(t *testing.T) {
	m := &models.Model{Horizon: models.Horizon{Periods: 10, Unit: "day"}, Platforms: []models.Platform{{Name: "A"}},
		Segments: []models.Segment{{Side: "users", Name: "all-users", Region: "everywhere"}}}
	scopes := map[string]*scope{"": newScope(m)}
	scopes[""].intact = true
	for text, want := range map[string]study.Quantity{
		"share(A) > 0":             {Metric: "share", Platform: "A", Side: "users", Segment: "*", Region: "*", Period: 10},
		"share(A, everywhere) > 0": {Metric: "share", Platform: "A", Side: "users", Segment: "*", Region: "*", Period: 10},
		"orders(A) > 0":            {Metric: "orders", Platform: "A", Side: "*", Segment: "*", Region: "*", Period: 10},
		"orders(A, all-users) > 0": {Metric: "orders", Platform: "A", Side: "users", Segment: "all-users", Region: "everywhere", Period: 10},
	} {
		c, faults := parseClaim(text, scopes, nil)
		require.Empty(t, faults, text)
		require.Equal(t, want, *c.Left.Quantity, text)
	}
}

// A date is the period it lies in; a stretch goes from the first day of what it is said from to the last of
// what it is said to.
func TestClaimsOfDates(t *testing.T) {
	for _, c := range []struct {
		unit, start, said string
		from, to          int
	}{
		{"day", "2014-01-10", "from 2014-01-10 to 2014-01-12", 1, 3},
		{"day", "2014-01-10", "from 2014-02 to 2014-02", 23, 50},  // 22 days of January, 28 of February
		{"day", "2014-01-10", "from 2014-01 to 2014-01", 1, 22},   // what lies before the start is left out
		{"day", "2014-01-10", "from 2014-01-09 to 1", 0, 1},       // the day before it is the state it begins in
		{"month", "2014-01", "from 2014-03 to 2015-01-15", 3, 13}, // 12 and one
		{"hour", "2014-01-10", "from 2014-01-11 to 2014-01-11", 25, 48},
	} {
		m := &models.Model{Horizon: models.Horizon{Periods: 100, Unit: c.unit}, Platforms: []models.Platform{{Name: "A"}},
			Segments: []models.Segment{{Side: "users", Name: "people", Region: "everywhere"}}}
		s := newScope(m)
		s.intact, s.began = true, c.start
		claim, faults := parseClaim("sum(orders(A) "+c.said+") > 0", map[string]*scope{"": s}, nil)
		require.Empty(t, faults, c.said)
		require.Equal(t, []int{c.from, c.to}, []int{claim.Left.From, claim.Left.Args[0].Quantity.Period}, "%s by %s", c.said, c.unit)
	}
}

// Every metric is known to count heads of a side, to be of a platform's books, or to be
// measured for any part of the market; a new one has to be placed.
func TestEveryMetricIsPlaced(t *testing.T) {
	anywhere := []string{"orders", "unserved", "gmv", "subsidy", "unpaid_claims", "event_orders", "turned_away", "welfare", "hours",
		"late", "dropped", "backlog", "minutes", "load", "rating", "distance", "weakest", "weakest_lost", "weakest_cost",
		"passed_1", "passed_2", "passed_3", "passed_4", "passed_5", "passed_6",
		"acquisition", "cac", "cac_brought", "brought", "organic", "ltv", "ltv_life", "ltv_over_cac", "payback", "contribution", "stage", "growth_rate", "of_peak",
		"order_share", "gmv_share", "hhi_orders", "hhi_gmv"}
	for _, metric := range study.Metrics().Names() {
		require.Contains(t, slices.Concat(headcounts, books, anywhere), metric)
	}
}

// What breaks the grammar is in testdata/bad/expect-grammar.yaml, names in expect-names.yaml.
func TestClaimsThatAreAmbiguous(t *testing.T) {
	scopes, variants := cities()
	_, faults := parseClaim("orders(south) > 0.1", scopes, variants)
	require.Equal(t, []clause{{at: 8, problem: `"south" is the name of a segment and of a region`, remedy: "write segment=south or region=south"}}, faults)
	_, faults = parseClaim("share(segment=south, side=consumers) > 0.1", scopes, variants)
	require.Len(t, faults, 1)
	require.Contains(t, faults[0].problem, "nobody is all of these")
}

func TestTokensStandWhereTheyAre(t *testing.T) {
	text := "1.5*share(Ä, b-c) >= 2"
	for _, token := range tokens(text) {
		runes := []rune(text)[token.at-1:]
		require.True(t, strings.HasPrefix(string(runes), token.text), "%v", token)
	}
}
