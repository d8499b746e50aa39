package plan

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func soundPlan(t *testing.T) Plan {
	th, err := ParseThreshold("checkout.latency.p95 < 400ms")
	require.NoError(t, err)
	return Plan{
		Target: "http://127.0.0.1:8080",
		Curve:  Curve{HoldFor(PerSecond(10), time.Second)},
		Journeys: []Journey{
			{Weight: 3, Steps: []Step{{Get: "/search?q=noodles"}}},
			{Steps: []Step{{Post: "/checkout", JSON: map[string]any{"item": 7}, Expect: Expect{Status: 201}, Headers: map[string]string{"X-Try": "1"}}}},
		},
		Thresholds: []Threshold{th},
	}
}

func TestASoundPlanHasNoFault(t *testing.T) {
	p := soundPlan(t)
	require.NoError(t, p.Validate().Err())
	require.Equal(t, []string{"search", "checkout"}, []string{p.Steps()[0].Name, p.Steps()[1].Name})
	require.Equal(t, Limits{Workers: DefaultWorkers, Connections: DefaultWorkers, Timeout: DefaultTimeout, Abort: DefaultAbort()}, p.Limits.Filled())
}

// Each row breaks one thing; its fault names the place, what is wrong and a way out.
func TestValidateNamesThePlace(t *testing.T) {
	step := func(p *Plan) *Step { return &p.Journeys[0].Steps[0] }
	for name, tc := range map[string]struct {
		do   func(p *Plan)
		want string
	}{
		"no target":             {func(p *Plan) { p.Target = "" }, "target: the target is missing"},
		"target scheme":         {func(p *Plan) { p.Target = "ftp://x" }, "target: \"ftp://x\" begins with neither"},
		"target host":           {func(p *Plan) { p.Target = "http://" }, "target: \"http://\" names no host"},
		"target query":          {func(p *Plan) { p.Target = "http://x/?a=1" }, "target: \"http://x/?a=1\" holds a query"},
		"target user":           {func(p *Plan) { p.Target = "http://u:p@x" }, "target: a user name or password"},
		"no curve":              {func(p *Plan) { p.Curve = nil }, "curve: the curve is missing"},
		"empty segment":         {func(p *Plan) { p.Curve = Curve{{}} }, "curve[0]: the segment has 0 kinds"},
		"two kinds":             {func(p *Plan) { p.Curve[0].Ramp = &Ramp{} }, "curve[0]: the segment has 2 kinds"},
		"no time":               {func(p *Plan) { p.Curve[0].Hold.For = 0 }, "curve[0].for: 0s is no time"},
		"negative rate":         {func(p *Plan) { p.Curve[0].Hold.Rate.Count = -1 }, "curve[0].hold: -1 is not a rate"},
		"rate not a number":     {func(p *Plan) { p.Curve[0].Hold.Rate.Count = math.NaN() }, "curve[0].hold: NaN is not a rate"},
		"rate too high":         {func(p *Plan) { p.Curve[0].Hold.Rate.Count = 2e9 }, "beyond one start per nanosecond"},
		"nothing due":           {func(p *Plan) { p.Curve[0].Hold.Rate.Count = 0.5 }, "curve: no request becomes due"},
		"too many":              {func(p *Plan) { p.Curve = Curve{HoldFor(PerSecond(1e8), 24*time.Hour)} }, "more than 1000000000000 requests"},
		"too long":              {func(p *Plan) { p.Curve = Curve{HoldFor(PerSecond(1), MaxLength), HoldFor(PerSecond(1), 1)} }, "longer than ten years"},
		"no step rates":         {func(p *Plan) { p.Curve = Curve{StepsOf(time.Second)} }, "curve[0].steps: there is no rate"},
		"one point":             {func(p *Plan) { p.Curve = Curve{Through(Point{})} }, "curve[0].points: 1 points make no line"},
		"points late":           {func(p *Plan) { p.Curve = Curve{Through(Point{At: 1}, Point{At: 2})} }, "curve[0].points[0]: the first point is at 1ns"},
		"points unordered":      {func(p *Plan) { p.Curve = Curve{Through(Point{}, Point{At: 9}, Point{At: 5})} }, "curve[0].points[2]: its time 5ns is before"},
		"points at once":        {func(p *Plan) { p.Curve = Curve{Through(Point{}, Point{})} }, "curve[0].points: all points are at 0s"},
		"no journey":            {func(p *Plan) { p.Journeys, p.Thresholds = nil, nil }, "journeys: there is no journey"},
		"no step":               {func(p *Plan) { p.Journeys[0].Steps = nil }, "journeys[0].steps: there is no step"},
		"capture of nothing":    {func(p *Plan) { step(p).Capture = map[string]string{"a": "b"} }, "journeys[0].steps[0].capture.a: \"b\": this is no place in a response"},
		"capture of a bad path": {func(p *Plan) { step(p).Capture = map[string]string{"a": "$[["} }, "journeys[0].steps[0].capture.a: \"$[[\": this is no JSONPath"},
		"capture by a bad word": {func(p *Plan) { step(p).Capture = map[string]string{"a": "match ("} }, "journeys[0].steps[0].capture.a: \"match (\": this is no regular expression"},
		"capture as start":      {func(p *Plan) { step(p).Capture = map[string]string{"start": "$.a"} }, "journeys[0].steps[0].capture.start: \"start\" is there already"},
		"wait":                  {func(p *Plan) { step(p).Wait = Wait{2, 1} }, "journeys[0].steps[0].wait: 2ns..1ns is no time to wait"},
		"unknown in a path":     {func(p *Plan) { step(p).Get = "/items/{{item}}" }, "journeys[0].steps[0].get: nothing is called \"item\" here; capture it in an earlier step, or name one of start, unique"},
		"unknown in json":       {func(p *Plan) { p.Journeys[1].Steps[0].JSON = "{{item}}" }, "journeys[1].steps[0].json: nothing is called \"item\" here"},
		"own capture":           {func(p *Plan) { *step(p) = Step{Name: "search", Get: "/{{a}}", Capture: map[string]string{"a": "$.a"}} }, "journeys[0].steps[0].get: nothing is called \"a\" here"},
		"open place":            {func(p *Plan) { step(p).Get = "/{{a" }, "journeys[0].steps[0].get: \"/{{a\" opens {{ and never closes it"},
		"odd place":             {func(p *Plan) { step(p).Get = "/{{a b}}" }, "journeys[0].steps[0].get: \"a b\" is no name of a value"},
		"auth of two kinds":     {func(p *Plan) { p.Auth = Auth{Bearer: "A", User: "b", Password: "C"} }, "auth: it has both a bearer and a user"},
		"auth by half":          {func(p *Plan) { step(p).Auth = Auth{User: "b"} }, "journeys[0].steps[0].auth: a user and a password go together"},
		"auth by a secret":      {func(p *Plan) { p.Auth = Auth{Bearer: "eyJ.hb-G"} }, "auth.bearer: \"eyJ.hb-G\" is no name of a variable"},
		"expected json":         {func(p *Plan) { step(p).Expect.JSON = map[string]any{"a": 1} }, "journeys[0].steps[0].expect.json.a: \"a\" is no JSONPath"},
		"feeder without rows":   {func(p *Plan) { p.Feeders = []Feeder{{Name: "f", Order: InTurn}} }, "feeders[0].file: the table has no row"},
		"too few rows": {func(p *Plan) {
			p.Feeders = []Feeder{{Name: "f", Order: Once, Columns: []string{"a"}, Rows: [][]string{{"1"}}}}
		}, "feeders[0]: the curve makes 10 starts, and the table has 1 rows"},
		"both verbs":         {func(p *Plan) { step(p).Post = "/x" }, "journeys[0].steps[0]: the step has 2 verbs"},
		"no verb":            {func(p *Plan) { step(p).Get = "" }, "journeys[0].steps[0]: the step requests nothing"},
		"another host":       {func(p *Plan) { step(p).Get = "http://elsewhere/x" }, "journeys[0].steps[0].get: \"http://elsewhere/x\" is no path"},
		"host by two bars":   {func(p *Plan) { step(p).Get = "//elsewhere/x" }, "journeys[0].steps[0].get: \"//elsewhere/x\" is no path"},
		"fragment":           {func(p *Plan) { step(p).Get = "/x#y" }, "journeys[0].steps[0].get: \"/x#y\" holds a fragment"},
		"same names":         {func(p *Plan) { p.Journeys[1].Steps[0].Name, p.Thresholds = "search", nil }, "journeys[1].steps[0].name: \"search\" is also the name of journeys[0].steps[0]"},
		"reserved name":      {func(p *Plan) { step(p).Name = "latency" }, "journeys[0].steps[0].name: \"latency\" means something else in a threshold"},
		"odd name":           {func(p *Plan) { step(p).Name = "a b" }, "journeys[0].steps[0].name: \"a b\" is no name"},
		"body of a get":      {func(p *Plan) { step(p).Body = "x" }, "journeys[0].steps[0].get: a GET carries no body"},
		"two bodies":         {func(p *Plan) { p.Journeys[1].Steps[0].Body = "x" }, "journeys[1].steps[0].body: the step has both json and body"},
		"json of a function": {func(p *Plan) { p.Journeys[1].Steps[0].JSON = func() {} }, "journeys[1].steps[0].json: it cannot be written"},
		"header name":        {func(p *Plan) { step(p).Headers = map[string]string{"a b": "1"} }, "journeys[0].steps[0].headers.a b: \"a b\" is no header name"},
		"header value":       {func(p *Plan) { step(p).Headers = map[string]string{"A": "1\r\nB: 2"} }, "headers.A: the value has a line break"},
		"framing header":     {func(p *Plan) { step(p).Headers = map[string]string{"content-length": "1"} }, "headers.content-length: this header is set by"},
		"status":             {func(p *Plan) { step(p).Expect.Status = 100 }, "journeys[0].steps[0].expect.status: 100 is no final status"},
		"weight":             {func(p *Plan) { p.Journeys[0].Weight = -1 }, "journeys[0].weight: -1 is no weight"},
		"weights":            {func(p *Plan) { p.Journeys[0].Weight = MaxWeights }, "journeys: the weights add to 1000000001"},
		"unknown step":       {func(p *Plan) { p.Journeys[1].Steps[0].Name = "pay" }, "thresholds[0]: no step is named \"checkout\"; name one of: search, pay"},
		"edited threshold":   {func(p *Plan) { p.Thresholds[0].Value = 1 }, "thresholds[0]: its parts do not say"},
		"workers":            {func(p *Plan) { p.Limits.Workers = -1 }, "limits.workers: -1 is out of range"},
		"timeout":            {func(p *Plan) { p.Limits.Timeout = -1 }, "limits.timeout: -1ns is out of range"},
		"hosts":              {func(p *Plan) { p.Limits.Hosts = []string{"http://x/"} }, "limits.hosts[0]: \"http://x/\" is no host"},
		"abort":              {func(p *Plan) { p.Limits.Abort.For = time.Second }, "limits.abort: condition \"\": no comparison"},
	} {
		t.Run(name, func(t *testing.T) {
			p := soundPlan(t)
			tc.do(&p)
			fs := p.Validate()
			require.Len(t, fs, 1, "one mistake is one fault: %v", fs)
			require.Contains(t, fs.Error(), tc.want)
			require.NotEmpty(t, fs[0].Remedy)
		})
	}
}

func TestAllFaultsAreToldAtOnce(t *testing.T) {
	require.Len(t, Plan{}.Validate(), 3) // target, curve, journeys
}

func TestLabels(t *testing.T) {
	for path, name := range map[string]string{"/": "root", "/search?q=a/b": "search", "/items/12/": "12", "/a.json": "json"} {
		require.Equal(t, name, Step{Get: path}.Label(), path)
	}
}

func TestHostsAreNamedOutright(t *testing.T) {
	l := Limits{Hosts: []string{"shop.example", "10.0.0.7:8080", "::1"}}
	require.True(t, l.Names("Shop.Example", "443"))
	require.True(t, l.Names("10.0.0.7", "8080"))
	require.True(t, l.Names("::1", "80"))
	require.False(t, l.Names("10.0.0.7", "80"), "the port was named as well")
	require.False(t, l.Names("a.shop.example", "443"))
}

// Any window of W starts, W the sum of the weights, takes each journey exactly
// as often as its weight says, wherever the window begins and whatever the seed.
func TestMixIsExactOverEveryWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.IntRange(1, 40), 1, 6).Draw(t, "weights")
		var js []Journey
		sum := 0
		for _, w := range weights {
			js = append(js, Journey{Weight: w})
			sum += w
		}
		m := NewMix(js, rapid.Uint64().Draw(t, "seed"))
		begin := rapid.Int64Range(0, 1_000_000_000).Draw(t, "begin")
		got := make([]int, len(js))
		for n := range int64(sum) {
			got[m.Pick(begin+n)]++
		}
		require.Equal(t, weights, got)
	})
}

// Inside a window the journeys are spread: with weights 3 to 1 no two starts in
// a row take the rare one, and never more than three the frequent one.
func TestMixSpreadsInsideAWindow(t *testing.T) {
	m := NewMix([]Journey{{Weight: 3}, {}}, 0)
	var got strings.Builder
	for n := range int64(8) {
		got.WriteString([]string{"a", "b"}[m.Pick(n)])
	}
	require.Equal(t, "aaabaaab", sortedTurn(got.String()))
	require.Equal(t, 0, NewMix([]Journey{{Weight: MaxWeights}}, 1).Pick(math.MaxInt64))
}

// sortedTurn turns a sequence of period 4 until its rare letter stands last.
func sortedTurn(s string) string {
	at := strings.Index(s[:4], "b")
	turned := s[at+1:4] + s[:at+1]
	return turned + turned
}

func TestReadCurveCSV(t *testing.T) {
	f, err := ReadCurveCSV(strings.NewReader("t_s,starts_per_s,quantile\n0,10,0.95\n1.5,30,0.95\n3.5,30,0.95\n"))
	require.NoError(t, err)
	require.Equal(t, 0.95, f.Quantile)
	s := mustSchedule(t, f.Curve)
	require.Equal(t, int64(90), s.Total()) // 1.5·20 + 2·30
	require.Equal(t, 3500*time.Millisecond, s.Length())

	for text, want := range map[string]string{
		"":                                          "1:1: the file is empty",
		"t,rate\n":                                  `1:1: the header is "t,rate"`,
		"t_s,starts_per_s,quantile\n":               "0 points make no line",
		csvHeader + "\n0,1,0.5\n":                   "1 points make no line",
		csvHeader + "\n0,x,0.5\n1,1,0.5\n":          `2:3: starts_per_s: "x" is not a decimal number`,
		csvHeader + "\n0,1,0.5\n1,-1,0.5\n":         "3:3: starts_per_s: -1 is negative",
		csvHeader + "\n0,1,0.5\n1,1,0.6\n":          "3:5: quantile: the quantile is 0.6 here and 0.5 in the first row",
		csvHeader + "\n0,1,95\n1,1,95\n":            "2:5: quantile: 95 is no quantile",
		csvHeader + "\n0,1\n1,1,0.5\n":              "2:1: the row has 2 fields",
		csvHeader + "\n5,1,0.5\n6,1,0.5\n":          "2:1: the first point is at 5s",
		csvHeader + "\n0,1,0.5\n9,1,0.5\n8,1,0.5\n": "4:1: its time 8s is before",
		csvHeader + "\n0,1,0.5\n1,\"1,0.5\n":        "3:",
		csvHeader + "\n0,1,0.5\n1e15,1,0.5\n":       "3:1: t_s: 1e15 s is longer than ten years",
		csvHeader + "\n0,2e9,0.5\n1,2,0.5\n":        "2:1: 2000000000/s is beyond",
	} {
		_, err := ReadCurveCSV(strings.NewReader(text))
		require.ErrorContains(t, err, want, text)
	}
}

func FuzzReadCurveCSV(f *testing.F) {
	for _, s := range []string{"0,10,0.95\n1,20,0.95\n", "\"0\",1e300,0.5\n", "0,0.1,0.5\n1e-9,1,0.5", ",,\n"} {
		f.Add(csvHeader + "\n" + s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ReadCurveCSV(strings.NewReader(text))
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		s, err := got.Curve.Schedule()
		require.NoError(t, err, "a curve that was accepted can be run")
		require.GreaterOrEqual(t, s.Due(s.Total()-1), s.Due(0))
	})
}
