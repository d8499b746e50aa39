package scenarios

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/loadtest/plan"
)

func TestBadPlansEarnTheirMessages(t *testing.T) {
	files := corpus(t, "plans/bad")
	require.GreaterOrEqual(t, len(files), 20, "every kind of fault has a file")
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			p, err := LoadPlan(file, PlanOptions{})
			require.Nil(t, p)
			requireEarned(t, file, err)
		})
	}
}

// The file of every key, with its numbers worked out by hand.
func TestEveryKeyOfAPlanBecomesItsValue(t *testing.T) {
	p, err := LoadPlan("testdata/plans/good/every-key.yaml", PlanOptions{})
	require.NoError(t, err)
	require.Equal(t, "http://127.0.0.1:8080/shop", p.Target)

	rate := func(count float64, per time.Duration) plan.Rate { return plan.Rate{Count: count, Per: per} }
	require.Equal(t, plan.Curve{
		plan.RampOver(plan.PerSecond(0), plan.PerSecond(400), 2*time.Minute),
		plan.HoldFor(rate(3000, time.Minute), 90*time.Minute),
		plan.StepsOf(10*time.Second, plan.PerSecond(50), plan.PerSecond(0.5)),
		plan.Through(plan.Point{At: 0, Rate: plan.PerSecond(10)}, plan.Point{At: time.Minute, Rate: plan.PerSecond(50)},
			plan.Point{At: time.Minute, Rate: plan.PerSecond(20)}, plan.Point{At: 90 * time.Second, Rate: plan.PerSecond(20)}),
	}, p.Curve)

	require.Len(t, p.Journeys, 4)
	require.Equal(t, "buyer", p.Journeys[0].Name)
	require.Equal(t, []int{3, 1, 10, 1}, []int{p.Journeys[0].Weight, p.Journeys[1].Weight, p.Journeys[2].Weight, p.Journeys[3].Weight})
	add, search, checkout, pay := p.Journeys[0].Steps[0], p.Journeys[1].Steps[0], p.Journeys[2].Steps[0], p.Journeys[3].Steps[0]
	require.Equal(t, []string{"add", "search", "checkout", "pay"}, []string{add.Label(), search.Label(), checkout.Label(), pay.Label()})
	require.Equal(t, map[string]string{"X-Shop": "north", "X-Count": "5", "X-Empty": ""}, add.Headers)
	require.Equal(t, 201, add.Expect.Status)
	body, kind, err := add.Payload()
	require.NoError(t, err)
	require.Equal(t, "application/json", kind)
	require.Equal(t, `{"fresh":true,"item":12345678901234567890,"note":null,"price":1.50,"small":0.5,"tags":["a","1"]}`, string(body), "no digit is lost")
	require.Equal(t, "/search?q=noodles", search.Get)
	body, kind, err = checkout.Payload()
	require.NoError(t, err)
	require.Equal(t, "city=a+b%26c&zip=01234", string(body))
	require.Equal(t, "application/x-www-form-urlencoded", kind)
	require.Equal(t, "a,b\n1,2\n", pay.Body, "a body is sent as it is")
	require.Equal(t, "text/csv", pay.Headers["Content-Type"])

	require.Len(t, p.Thresholds, 4)
	require.Equal(t, plan.Threshold{Expression: "checkout.latency.p95 < 400ms", Step: "checkout", Measure: "latency.p95", Comparison: "<", Value: 400, Unit: plan.Milliseconds}, p.Thresholds[2])
	require.Equal(t, "failed > 20% for 5s", p.Limits.Abort.String())
	require.Equal(t, 2000, p.Limits.Workers)
	require.Equal(t, 1500, p.Limits.Connections)
	require.Equal(t, 2*time.Second, p.Limits.Timeout)
	require.Equal(t, []string{"127.0.0.1", "shop.example:8080"}, p.Limits.Hosts)
}

// The file of a journey's keys, with what they come to worked out by hand.
func TestEveryKeyOfAJourneyBecomesItsValue(t *testing.T) {
	p, err := LoadPlan("testdata/plans/good/journey.yaml", PlanOptions{})
	require.NoError(t, err)
	require.Equal(t, []string{"SHOP_KEY", "SHOP_PASSWORD", "SHOP_TOKEN"}, p.Variables())
	require.Equal(t, [][]string{{"anna@shop.example", "Anna"}, {"bo@shop.example", "Bo"}}, p.Feeders[0].Rows)
	require.Equal(t, plan.AtRandom, p.Feeders[0].Order)
	require.Len(t, p.Steps(), 7)
	search, put, agree, address := p.Steps()[0], p.Steps()[1], p.Steps()[2], p.Steps()[3]
	require.Equal(t, plan.Wait{From: time.Second, To: 3 * time.Second}, search.Wait)
	require.Equal(t, plan.Wait{From: 500 * time.Millisecond, To: 500 * time.Millisecond}, put.Wait)
	require.Equal(t, map[string]string{"item": "$.items[0].id", "next": "header Location", "sid": "cookie sid", "token": `match name="token" value="([^"]+)"`}, search.Capture)
	require.Equal(t, plan.Expect{Status: 200, Contains: []string{"noodles", "{{start}}"}, JSON: map[string]any{"$.items[0].open": true, "$.query": "noodles"}}, search.Expect)
	require.Equal(t, "PUT", put.Method())
	require.Equal(t, "{{next}}", agree.Path())
	require.Equal(t, plan.Auth{User: "anna", Password: "SHOP_PASSWORD"}, p.AuthOf(agree))
	require.Equal(t, plan.Auth{Bearer: "SHOP_TOKEN"}, p.AuthOf(put))
	body, kind, err := address.Payload()
	require.NoError(t, err)
	boundary, is := strings.CutPrefix(kind, "multipart/form-data; boundary=")
	require.True(t, is)
	require.Equal(t, strings.ReplaceAll(`--B
Content-Disposition: form-data; name="title"

to {{buyer.name}}
--B
Content-Disposition: form-data; name="photo"; filename="photo.txt"
Content-Type: text/plain

a {{picture}}

--B--
`, "\n", "\r\n"), strings.ReplaceAll(strings.ReplaceAll(string(body), boundary, "B"), "a {{picture}}\n\r\n", "a {{picture}}\r\n\r\n"))
}

func TestAPlanSaysHowRequestsTravel(t *testing.T) {
	least := "target: https://127.0.0.1:1\ncurve: {hold: 1/s, for: 1s}\njourneys: [{steps: [{get: /}]}]\n"
	p, err := ReadPlan("a.yaml", []byte(least+"http: {version: 2, engine: vegeta}\ntls: {server_name: shop.example, skip_verify: true}"), PlanOptions{})
	require.NoError(t, err)
	require.Equal(t, plan.Wire{Version: "2", Engine: plan.Vegeta, TLS: plan.TLS{ServerName: "shop.example", SkipVerify: true}}, p.Wire)
	again, err := ReadPlan("a.yaml", p.Text(), PlanOptions{})
	require.NoError(t, err)
	require.Equal(t, p.Wire, again.Wire)
	p, err = ReadPlan("a.yaml", []byte(least+"http: {version: 1.1, keep_alive: false}"), PlanOptions{})
	require.NoError(t, err)
	require.Equal(t, plan.Wire{Version: "1.1", Fresh: true}, p.Wire)
	require.Equal(t, plan.Lanes, p.Wire.Chosen("https"))
	_, err = ReadPlan("a.yaml", []byte(least+"http: {version: 3, engine: lanes}\ntls: {ca: nothing.pem, key: {}}"), PlanOptions{})
	require.ErrorContains(t, err, `http.version: "3" is no version of HTTP that can be sent; write 1.1 or 2`)
	require.ErrorContains(t, err, `tls.ca: there is no file "nothing.pem"`)
}

func TestAPlanFillsItsDefaults(t *testing.T) {
	p, err := LoadPlan("testdata/plans/good/minimum.yaml", PlanOptions{})
	require.NoError(t, err)
	require.Equal(t, plan.Limits{}.Filled(), p.Limits)
	require.Equal(t, plan.Curve{plan.HoldFor(plan.PerSecond(50), time.Minute)}, p.Curve, "one segment needs no list")
	require.Empty(t, p.Thresholds)
	require.Equal(t, 1, p.Journeys[0].Weight)
}

// What the command line brings takes the place of what the plan says, or leaves out.
func TestAPlanTakesTargetAndCurve(t *testing.T) {
	curve := plan.Curve{plan.HoldFor(plan.PerSecond(7), time.Second)}
	for _, file := range []string{"testdata/plans/good/bare.yaml", "testdata/plans/good/minimum.yaml"} {
		p, err := LoadPlan(file, PlanOptions{Target: "http://localhost:9", Curve: curve})
		require.NoError(t, err)
		require.Equal(t, "http://localhost:9", p.Target)
		require.Equal(t, curve, p.Curve)
	}
	_, err := LoadPlan("testdata/plans/good/bare.yaml", PlanOptions{})
	require.ErrorContains(t, err, "target: the target is missing")
	require.ErrorContains(t, err, "curve: the curve is missing")
	_, err = LoadPlan("testdata/plans/good/bare.yaml", PlanOptions{Target: "localhost", Curve: plan.Curve{{}}})
	require.ErrorContains(t, err, `--target:1:1: target: "localhost" begins with neither http:// nor https://; write an address such as http://127.0.0.1:8080`)
	require.ErrorContains(t, err, "--curve:1:1: curve[0]: the segment has 0 kinds")
}

func TestAPlanThatIsNotThere(t *testing.T) {
	var missing *NotFoundError
	_, err := LoadPlan("shop", PlanOptions{})
	require.ErrorAs(t, err, &missing)
	require.EqualError(t, err, `there is no file "shop"`)
}

// Whatever the text, reading it ends in a sound plan or in problems that say where they are.
func FuzzPlan(f *testing.F) {
	for _, kind := range []string{"plans/good", "plans/bad"} {
		for _, file := range corpus(f, kind) {
			text, err := os.ReadFile(file)
			require.NoError(f, err)
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "file") {
			return // would read whatever file it names
		}
		p, err := ReadPlan("fuzz.yaml", []byte(text), PlanOptions{})
		if err == nil {
			require.Empty(t, p.Validate())
			for _, s := range p.Steps() {
				body, kind, err := s.Payload()
				require.NoError(t, err)
				require.True(t, kind != "application/json" || json.Valid(body), "%s", body)
			}
			return
		}
		for line := range strings.SplitSeq(err.Error(), "\n") {
			require.Regexp(t, problemLine, line)
		}
	})
}
