package plan_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/loadtest/plan"
	"flywheel/scenarios"
)

// A plan with one of everything.
const everything = `
target: http://127.0.0.1:8080/shop
curve:
  - {ramp: {from: 0/s, to: 400/s, over: 2m}}
  - {hold: 3000/m, for: 1h30m}
  - {steps: [50/s, 0.5/s], each: 1.5s}
  - {points: [[0s, 10/s], [1m, 50/h], [1m, 20/d], [90s, 1e-7/s]]}
journeys:
  - {name: "the: buyer", weight: 3, steps: [{name: add, post: /cart, headers: {X-Count: "5", "X-Empty": ""}, json: {item: 12345678901234567890, "a b": [1.50, null, yes, "no", "<é\u007f>"]}, expect: {status: 201}}]}
  - {steps: [{get: "/search?q=a%20b&c"}]}
  - {steps: [{post: /checkout, form: {city: a b&c, zip: "01234"}}]}
  - {steps: [{post: /pay, body: "a: b\n- 'c' \"d\"\t# e\n\n"}]}
thresholds: ["latency.p99 < 250ms", "add.failed < 0.5%", "not_sent == 0", "rate.achieved >= 95/s"]
limits: {workers: 2000, connections: 1500, timeout: 250us, abort: "failed > 20% for 5s", hosts: ["[::1]:8080", shop.example]}
`

func TestTextIsReadAsTheSamePlan(t *testing.T) {
	for name, text := range map[string]string{
		"everything": everything,
		"curves": `
target: https://127.0.0.1:8080
arrivals: poisson
http: {version: "1.1", keep_alive: false, engine: lanes}
tls: {server_name: shop.example, skip_verify: true}
auth: {user: anna, password: PASSWORD}
curve:
  - {sine: {mean: 100/s, swing: 50/m, period: 1m, over: 10m}}
  - {spike: {base: 50/s, peak: 400/s, at: 30s, rise: 5s, hold: 10s, fall: 20s, over: 2m}}
  - {sum: [{hold: 10/s, for: 1m}, [{hold: 5/s, for: 10s}, {product: {of: {ramp: {from: 0/s, to: 100/s, over: 1m}}, by: [[0s, 1], [30s, 2e-3]]}}]]}
journeys:
  - steps:
      - {name: a, get: "/a?b={{start}}", capture: {c: $.c, d: 'match "(x)"'}, wait: 1s..90s, expect: {contains: [x, "y: z"], json: {"$.a[0]": [1, null, "b"], $.t: true}}}
      - {put: "/{{c}}", multipart: [{name: f, text: "{{d}}"}], auth: {bearer: TOKEN}}
`,
		"least": "target: http://127.0.0.1:1\ncurve: {hold: 1/s, for: 1s}\njourneys: [{steps: [{get: /}]}]\n",
	} {
		t.Run(name, func(t *testing.T) {
			first, err := scenarios.ReadPlan("first.yaml", []byte(text), scenarios.PlanOptions{})
			require.NoError(t, err)
			again, err := scenarios.ReadPlan("again.yaml", first.Text(), scenarios.PlanOptions{})
			require.NoError(t, err, "%s", first.Text())
			require.Equal(t, string(first.Text()), string(again.Text()))
			require.Equal(t, first.Curve, again.Curve)
			require.Equal(t, first.Limits, again.Limits)
			require.Equal(t, first.Thresholds, again.Thresholds)
			require.Len(t, again.Journeys, len(first.Journeys))
			for i, s := range first.Steps() {
				other := again.Steps()[i]
				require.Equal(t, s, other)
			}
			for i, j := range first.Journeys {
				require.Equal(t, max(1, j.Weight), again.Journeys[i].Weight)
			}
			require.Equal(t, first.Wire, again.Wire)
			require.Equal(t, first.Auth, again.Auth)
			require.Equal(t, first.Arrivals, again.Arrivals)
		})
	}
}

// A curve that was read from a file and hurried is read back to the nanosecond.
func TestTextKeepsAnyCurve(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at, points := time.Duration(0), []plan.Point{}
		for range rapid.IntRange(2, 10).Draw(t, "points") {
			points = append(points, plan.Point{At: at, Rate: plan.PerSecond(rapid.Float64Range(0.001, 1e6).Draw(t, "rate"))})
			at += time.Duration(rapid.Int64Range(int64(time.Second), int64(time.Hour)).Draw(t, "step"))
		}
		curve, err := plan.Curve{plan.Through(points...)}.Speed(rapid.Float64Range(0.1, 100).Draw(t, "speed"))
		require.NoError(t, err)
		p := plan.Plan{Target: "http://127.0.0.1:1", Curve: curve, Journeys: []plan.Journey{{Steps: []plan.Step{{Get: "/"}}}}}
		if p.Validate() != nil {
			t.Skip("fewer than one request, or more than the most")
		}
		again, err := scenarios.ReadPlan("again.yaml", p.Text(), scenarios.PlanOptions{})
		require.NoError(t, err)
		require.Equal(t, curve, again.Curve)
	})
}
