package scenarios_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/results"
	"flywheel/scenarios"
	"flywheel/sim"
	"flywheel/sim/engine/cohorts"
	"flywheel/sim/engine/meanfield"
)

// lever is one key of a policy: the policy it is tried on, what it is set to, and which way
// a metric must move when it is.
type lever struct {
	policy string // after {name: p, platform: A,
	set    string // PATH=VALUE below policies.p
	metric string
	side   string // "*" for the platform's books
	at     int    // period; 0: added up over all periods
	up     bool
}

// levers are all keys of policies that change what happens, one perturbation each.
func levers() []lever {
	const (
		friends  = "side: consumers, instrument: referral, shape: {constant: 1}, referral: {invites: 0.05}}"
		coupons  = "side: consumers, instrument: rebate, shape: {constant: 2}, rebate: {redemption: 0.2, expires: 10}}"
		online   = "side: consumers, instrument: marketing, shape: {constant: 100}, channel: {response: 0.01}}"
		search   = "side: consumers, instrument: marketing, shape: {constant: 100}, channel: {kind: search, price: 0.05, volume: 500, response: 0.05}}"
		posters  = "side: consumers, instrument: marketing, shape: {pulse: {amount: 500, for: 3}}, channel: {kind: offline, carry: 0.2}}"
		occasion = "side: consumers, instrument: marketing, shape: {pulse: {amount: 200, for: 3}}, channel: {kind: occasion, carry: 0.2}}"
		shops    = "side: consumers, instrument: marketing, shape: {constant: 2}, channel: {kind: alliance, reach: 3000}}"
		perOrder = "side: consumers, instrument: per_order, "
	)
	shape := func(s string) string { return perOrder + "shape: " + s + "}" }
	return []lever{
		{"side: consumers, instrument: join, shape: {constant: 1}}", "shape.constant=6", "joins", "consumers", 0, true},
		{"side: consumers, instrument: per_order, shape: {constant: 1}}", "shape.constant=4", "participants", "consumers", 60, true},
		{"side: consumers, instrument: per_order, shape: {constant: 1}}", "side=merchants", "participants", "merchants", 60, true},
		{"side: merchants, instrument: per_period, shape: {constant: 0.2}}", "shape.constant=1", "participants", "merchants", 60, true},
		{"side: merchants, instrument: per_hour, hours: 4, shape: {constant: 0.1}}", "hours=10", "subsidy_to_date", "*", 60, true},
		{"side: merchants, instrument: per_hour, hours: 4, shape: {constant: 0.1}}", "hours=10", "participants", "merchants", 60, true},
		{"side: consumers, relation: lapsed, instrument: join, shape: {constant: 1}}", "shape.constant=8", "joins", "consumers", 0, true},
		{"side: consumers, relation: lapsed, instrument: join, shape: {constant: 8}}", "relation=all", "subsidy_to_date", "*", 60, true},
		{"side: consumers, relation: new, instrument: per_period, shape: {constant: 0.1}}", "shape.constant=1", "new", "consumers", 60, true},
		{"side: consumers, relation: regular, instrument: per_period, shape: {constant: 0.1}}", "shape.constant=1", "regular", "consumers", 60, true},
		{"side: consumers, relation: new, instrument: per_period, shape: {constant: 1}}", "relation=regular", "new", "consumers", 60, false},
		{coupons, "shape.constant=6", "participants", "consumers", 60, true},
		{coupons, "rebate.redemption=0.6", "subsidy_to_date", "*", 60, true},
		{coupons, "rebate.expires=40", "rebates_owed", "*", 60, true},
		{coupons, "budget=300", "subsidy_to_date", "*", 60, false},
		{friends, "shape.constant=5", "joins", "consumers", 0, true},
		{friends, "referral.invites=0.5", "aware", "consumers", 20, true},
		{friends, "referral.inviter=4", "subsidy_to_date", "*", 60, true},
		{"side: merchants, instrument: commission_cut, shape: {constant: 0.02}}", "shape.constant=0.1", "commission", "*", 0, false},
		{"side: merchants, instrument: commission_cut, shape: {constant: 0.02}}", "shape.constant=0.1", "participants", "merchants", 60, true},
		{"side: consumers, instrument: price, shape: {constant: 0}}", "shape.constant=0.5", "membership", "*", 60, true},
		{"side: consumers, instrument: price, shape: {constant: 0}}", "shape.constant=0.5", "participants", "consumers", 60, false},
		{"side: consumers, instrument: price, shape: {constant: 0}}", "shape.constant=-0.5", "participants", "consumers", 60, true},
		{online, "shape.constant=800", "marketing", "*", 60, true},
		{online, "shape.constant=800", "aware", "consumers", 20, true},
		{online, "channel.price=0.2", "aware", "consumers", 20, false},
		{online, "channel.response=0.1", "aware", "consumers", 20, true},
		{online, "budget=1000", "marketing", "*", 0, false},
		{search, "channel.volume=5000", "aware", "consumers", 20, true},
		{search, "channel.price=0.5", "aware", "consumers", 20, false},
		{posters, "channel.carry=0.9", "aware", "consumers", 4, false},
		{occasion, "channel.carry=0.9", "aware", "consumers", 20, true},
		{shops, "channel.reach=9000", "aware", "consumers", 20, true},
		{shops, "shape.constant=6", "marketing", "*", 0, true},
		{"side: merchants, instrument: exclusivity, shape: {constant: 0.2}}", "shape.constant=3", "multihomers", "merchants", 60, false},
		{"side: merchants, instrument: exclusivity, shape: {constant: 0.02}}", "shape.constant=0.2", "penalties", "*", 60, true},
		{shape("{ramp: {from: 4, to: 0, over: 10}}"), "shape.ramp.over=40", "subsidy_to_date", "*", 60, true},
		{shape("{pulse: {amount: 4, for: 2, every: 10}}"), "shape.pulse.for=6", "subsidy_to_date", "*", 60, true},
		{shape("{table: [[0, 4], [20, 1]]}"), "shape.table=[[0, 4], [40, 1]]", "subsidy_to_date", "*", 60, true},
		{shape("{days: {amount: 4, on: [10, 30]}}"), "shape.days.on=[10, 30, 50]", "subsidy_to_date", "*", 60, true},
		{shape("{days: {amount: 4, on: [10, 30]}}"), "shape.days.for=3", "subsidy_to_date", "*", 60, true},
		{shape("{match: {rival: B, share: 0.5, lag: 2}}"), "shape.match.share=1", "subsidy_to_date", "*", 60, true},
		{shape("{match: {rival: B, share: 0.5, lag: 2}}"), "shape.match.lag=20", "subsidy_to_date", "*", 60, false},
		{shape("{feedback: {watch: share, goal: 0.3, base: 1, gain: 5}}"), "shape.feedback.goal=0.6", "subsidy_to_date", "*", 60, true},
		{shape("{feedback: {watch: share, goal: 0.9, base: 1, gain: 5}}"), "shape.feedback.gain=10", "subsidy_to_date", "*", 60, true},
		{shape("{feedback: {watch: share, goal: 0.3, base: 1, gain: 5}}"), "shape.feedback.base=2", "subsidy_to_date", "*", 60, true},
		{shape("{feedback: {watch: share, goal: 0, base: 1, gain: 5}}"), "shape.feedback.min=1.5", "subsidy_to_date", "*", 60, true},
		{shape("{feedback: {watch: share, goal: 0.9, base: 1, gain: 5}}"), "shape.feedback.max=0.5", "subsidy_to_date", "*", 60, false},
		{shape("{formula: \"4 * max(0, 0.3 - share)\"}"), "shape.formula=4 * max(0, 0.6 - share)", "subsidy_to_date", "*", 60, true},
		{shape("{constant: 2}"), "from=30", "subsidy_to_date", "*", 60, false},
		{shape("{constant: 2}"), "until=30", "subsidy_to_date", "*", 60, false},
		{shape("{constant: 2}"), "budget=1000", "subsidy_to_date", "*", 60, false},
		{perOrder + "shape: {constant: 2}, budget: 1000}", "pace=even", "subsidy_to_date", "*", 15, false},
		{perOrder + "shape: {constant: 2}, stop: {share: 0.9}}", "stop.share=0.1", "subsidy_to_date", "*", 60, false},
		{online[:len(online)-1] + ", stop: {critical_mass: ignored}}", "stop.critical_mass=reached", "marketing", "*", 0, false},
		{friends[:len(friends)-1] + ", stop: {ltv_over_cac: ignored}}", "stop.ltv_over_cac=reached", "subsidy_to_date", "*", 60, false},
		{perOrder + "shape: {constant: 2}, stop: {cash_below: -1e6}}", "stop.cash_below=1050", "subsidy_to_date", "*", 60, false},
		{perOrder + "shape: {constant: 2}, stop: {when: elapsed > 50}}", "stop.when=elapsed > 10", "subsidy_to_date", "*", 60, false},
	}
}

// market is a scenario around one policy of A; B pays per order too, for matches.
func market(policy string) []byte {
	return []byte(`name: levers
horizon: {periods: 60}
clock: {revision: 0.2}
platforms:
  - {name: A, fee: 0.2, cash: 1000}
  - {name: B, fee: 0.15}
segments:
  - {side: consumers, name: people, size: 10000, value: -1, cross: 2, aware: {p: 0.005, q: 0.02}, start: {A: 0.05}, orders: {rate: 0.2, basket: 20}, life: {churn: 0.02, onboarding: 10}}
  - {side: merchants, name: kitchens, size: 500, value: -1, cross: 2, aware: {p: 0.2, q: 0.2}, start: {A: 0.2, A+B: 0.1}}
policies:
  - {name: rival, platform: B, side: consumers, instrument: per_order, shape: {constant: 2}}
  - {name: p, platform: A, ` + policy + "\n")
}

// simulate is the whole timeline of a scenario by an engine.
func simulate(t *testing.T, text []byte, engine sim.Engine, set ...string) *results.Table {
	s, err := scenarios.Read("lever.yaml", text, scenarios.Options{Set: set})
	require.NoError(t, err, "%s with %s", text, set)
	l, err := models.Compile(s.Model)
	require.NoError(t, err)
	rec := sim.NewRecorder(l, sim.Labels{})
	require.NoError(t, sim.Simulate(context.Background(), l, engine, sim.Options{Seed: 1}, rec))
	return rec.Table
}

// of is a metric of platform A at a period, or added up over all where that is 0.
func (l lever) of(t *results.Table) float64 {
	rows := t.Where("platform", "A").Where("side", l.side).Where("segment", "*")
	if l.at > 0 {
		return rows.Numbers(l.metric)[l.at]
	}
	var sum float64
	for _, x := range rows.Numbers(l.metric) {
		if !math.IsNaN(x) {
			sum += x
		}
	}
	return sum
}

// TestLeversMoveWhatTheySay: each key of a policy moves the metric it names in the direction
// stated, expected and drawn alike, by more than a hundredth.
func TestLeversMoveWhatTheySay(t *testing.T) {
	for _, l := range levers() {
		t.Run(l.set+" of "+l.policy, func(t *testing.T) {
			for name, engine := range map[string]func() sim.Engine{
				"meanfield": func() sim.Engine { return new(meanfield.Engine) }, "cohorts": func() sim.Engine { return new(cohorts.Engine) },
			} {
				before := l.of(simulate(t, market(l.policy), engine()))
				after := l.of(simulate(t, market(l.policy), engine(), "policies.p."+l.set))
				least := 0.01 * math.Max(math.Abs(before), 1)
				if l.up {
					require.Greater(t, after, before+least, "%s by %s", l.metric, name)
				} else {
					require.Less(t, after, before-least, "%s by %s", l.metric, name)
				}
			}
		})
	}
}

// TestDrawsMeetExpectationUnderEveryPolicy: with many people the cohorts come within one in
// a hundred of the mean field, which pays expected shares, in people and in money.
func TestDrawsMeetExpectationUnderEveryPolicy(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range levers() {
		if seen[l.policy] {
			continue
		}
		seen[l.policy] = true
		t.Run(l.policy, func(t *testing.T) {
			large := []string{"segments.people.size=2000000", "segments.kitchens.size=100000"}
			drawn := simulate(t, market(l.policy), new(cohorts.Engine), large...)
			expected := simulate(t, market(l.policy), new(meanfield.Engine), large...)
			for _, metric := range []string{"participants", "joins", "subsidy_to_date", "marketing", "commission", "penalties", "rebates_owed", "membership"} {
				side := "*"
				if metric == "participants" || metric == "joins" {
					side = "consumers"
				}
				m := lever{metric: metric, side: side, at: 60}
				// A count of n people or orders has a standard error of at most sqrt(n), here below 0.1%
				// for all that is not rare; network effects make a few of them.
				require.InDelta(t, m.of(expected), m.of(drawn), 0.01*math.Abs(m.of(expected))+1000, metric)
			}
		})
	}
}
