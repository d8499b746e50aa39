package plan

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A sine is as near to the sine as was promised, and the area of whole periods is that
// of its mean.
func TestASineIsASine(t *testing.T) {
	s := &Sine{Mean: PerSecond(100), Swing: PerSecond(50), Period: 10 * time.Minute, Over: time.Hour}
	schedule := mustSchedule(t, Curve{{Sine: s}})
	require.Equal(t, int64(360_000), schedule.Total()) // 100/s for an hour
	for at := time.Duration(0); at < time.Hour; at += 7 * time.Second {
		true := 100 + 50*math.Sin(2*math.Pi*at.Seconds()/600)
		require.InDelta(t, true, schedule.Rate(at), 50.0/10_000)
	}
	require.InDelta(t, 150, schedule.Highest(), 50.0/10_000)
}

// Areas by hand: triangles and rectangles.
func TestShapesByHand(t *testing.T) {
	spike := &Spike{Base: PerSecond(10), Peak: PerSecond(50), At: 5 * time.Second, Rise: 2 * time.Second, Hold: 3 * time.Second, Fall: 4 * time.Second, Over: 20 * time.Second}
	grow := Curve{RampOver(PerSecond(0), PerSecond(60), time.Minute)}
	for name, tc := range map[string]struct {
		curve Curve
		total int64
	}{
		"spike":                   {Curve{{Spike: spike}}, 10*20 + 40*2/2 + 40*3 + 40*4/2},
		"a jump up and down":      {Curve{{Spike: &Spike{Base: PerSecond(1), Peak: PerSecond(10), At: time.Second, Hold: time.Second, Over: 3 * time.Second}}}, 12},
		"sum":                     {Curve{{Sum: []Curve{grow, {HoldFor(PerSecond(1), 30*time.Second)}, {HoldFor(PerSecond(2), 90*time.Second)}}}}, 1800 + 30 + 180},
		"product by a constant":   {Curve{{Product: &Product{Of: grow, By: []Factor{{0, 3}}}}}, 5400},
		"product by a jump":       {Curve{{Product: &Product{Of: Curve{HoldFor(PerSecond(10), time.Minute)}, By: []Factor{{0, 1}, {30 * time.Second, 1}, {30 * time.Second, 0}}}}}, 300},
		"product of sums":         {Curve{{Product: &Product{Of: Curve{{Sum: []Curve{grow, grow}}}, By: []Factor{{0, 0.5}}}}}, 1800},
		"twice each instant":      {Curve{{Replay: &Replay{Stamps: []time.Duration{0, time.Second, 3 * time.Second}, Times: 2}}}, 6},
		"every second instant":    {Curve{{Replay: &Replay{Stamps: []time.Duration{0, time.Second, 3 * time.Second, 4 * time.Second}, Times: 0.5}}}, 2},
		"an instant after a half": {Curve{HoldFor(PerSecond(0.5), time.Second), {Replay: &Replay{Stamps: []time.Duration{time.Second}}}}, 1},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, tc.total, mustSchedule(t, tc.curve).Total()) })
	}
	// x times x/60 from 0 to 60 has the area 60²/3 = 1200; its lines lie a four-thousandth of 60 above it at most.
	square := mustSchedule(t, Curve{{Product: &Product{Of: grow, By: []Factor{{0, 0}, {time.Minute, 1}}}}})
	require.InDelta(t, 1200, square.Area(time.Minute), 60*60.0/4000)
}

// The instants of a replay are the due times, at its speed.
func TestAReplayIsDueAsItWas(t *testing.T) {
	stamps := []time.Duration{0, 500 * time.Millisecond, 500 * time.Millisecond, 2250 * time.Millisecond}
	s := mustSchedule(t, Curve{HoldFor(PerSecond(1), 2*time.Second), {Replay: &Replay{Stamps: stamps, Speed: 2}}})
	var due []time.Duration
	for n := range s.Total() {
		due = append(due, s.Due(n))
	}
	require.Equal(t, []time.Duration{0, time.Second, 2 * time.Second, 2250 * time.Millisecond, 2250 * time.Millisecond, 3125 * time.Millisecond}, due)
	require.Equal(t, 3.0, s.Rate(2*time.Second), "three in the second that begins there")
	scaled, err := Curve{{Replay: &Replay{Stamps: stamps}}}.Scale(3)
	require.NoError(t, err)
	sped, err := scaled.Speed(5)
	require.NoError(t, err)
	require.Equal(t, int64(12), mustSchedule(t, sped).Total())
	require.Equal(t, 450*time.Millisecond, mustSchedule(t, sped).Length())
}

func TestReadStamps(t *testing.T) {
	r, err := ReadStamps("log.csv", strings.NewReader("t_s,path\n0.5,/b\n0,/a\n2.25,/c\n"))
	require.NoError(t, err)
	require.Equal(t, []time.Duration{0, 500 * time.Millisecond, 2250 * time.Millisecond}, r.Stamps)
	r, err = ReadStamps("log.csv", strings.NewReader("time\n2026-11-22T10:00:01Z\n2026-11-22T11:00:00.25+01:00\n"))
	require.NoError(t, err)
	require.Equal(t, []time.Duration{0, 750 * time.Millisecond}, r.Stamps)
	for text, want := range map[string]string{
		"":             "1:1: the file is empty",
		"a,b\n":        `1:1: the header "a,b" names neither t_s nor time`,
		"t_s\n":        "1:1: the file has no row",
		"t_s\n0\n0\n":  "1:1: the instants span 0s",
		"t_s\n-1\n":    "2:1: -1 is negative",
		"a,t_s\n1,x\n": `2:3: "x" is not a decimal number`,
		"time\nnoon\n": `2:1: "noon" is no time`,
		"t_s,b\n1\n":   "2:1: wrong number of fields",
		"t_s\n1e12\n":  "2:1: 1e12 s is longer than ten years",
	} {
		_, err := ReadStamps("log.csv", strings.NewReader(text))
		require.ErrorContains(t, err, want, text)
	}
}

func FuzzReadStamps(f *testing.F) {
	for _, s := range []string{"t_s\n0\n1\n", "time,a\n2026-11-22T10:00:01Z,x\n", "t_s\n1e300\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ReadStamps("log.csv", strings.NewReader(text))
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		s, err := Curve{{Replay: &r}}.Schedule()
		require.NoError(t, err, "what was accepted can be run")
		require.Equal(t, int64(len(r.Stamps)), s.Total())
		require.Equal(t, s.Length(), s.Due(s.Total()-1))
	})
}

func poissonPlan(c Curve) Plan { return Plan{Curve: c, Arrivals: Poisson} }

// Due times of Poisson arrivals rise, are inside the curve, and each is found alone as
// it is found in order.
func TestPoissonDueTimesAreInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Curve{RampOver(PerSecond(rapid.Float64Range(0, 300).Draw(t, "from")), PerSecond(rapid.Float64Range(1, 300).Draw(t, "to")), time.Duration(rapid.IntRange(1, 20).Draw(t, "s"))*time.Second), HoldFor(PerSecond(0), time.Second), HoldFor(PerSecond(7), time.Second)}
		seed := rapid.Uint64().Draw(t, "seed")
		s, err := poissonPlan(c).Schedule(seed)
		if err != nil {
			area, sound := c.Schedule()
			require.NoError(t, sound)
			require.Less(t, area.Total(), int64(40), "%v has a chance of e^-40 in a larger curve", err)
			return
		}
		again, err := poissonPlan(c).Schedule(seed)
		require.NoError(t, err)
		require.Equal(t, s.Total(), again.Total())
		before := time.Duration(0)
		for n := range s.Total() {
			due := s.Due(n)
			require.GreaterOrEqual(t, due, before)
			require.LessOrEqual(t, due, s.Length())
			before = due
		}
		for range 5 {
			n := rapid.Int64Range(0, s.Total()-1).Draw(t, "n")
			require.Equal(t, s.Due(n), again.Due(n), "asked alone")
			require.GreaterOrEqual(t, s.DueBy(s.Due(n)), n+1)
		}
	})
}

// Poisson arrivals at 1,000/s: counts per second have variance as large as their mean,
// and the gaps are exponential, by the Kolmogorov-Smirnov distance.
func TestPoissonIsPoisson(t *testing.T) {
	s, err := poissonPlan(Curve{HoldFor(PerSecond(1000), 100*time.Second)}).Schedule(1)
	require.NoError(t, err)
	n := float64(s.Total())
	require.InDelta(t, 100_000, n, 4*math.Sqrt(100_000), "four standard deviations")
	counts := make([]float64, 100)
	var gaps []float64
	before := time.Duration(0)
	for i := range s.Total() {
		due := s.Due(i)
		counts[min(99, int(due/time.Second))]++
		gaps = append(gaps, (due-before).Seconds()*1000)
		before = due
	}
	var variance float64
	for _, c := range counts {
		variance += (c - 1000) * (c - 1000) / 100
	}
	require.InDelta(t, 1000, variance, 4*1000*math.Sqrt(2.0/100), "four standard deviations of a variance of 100 counts")
	slices.Sort(gaps)
	var distance float64
	for i, g := range gaps {
		distance = max(distance, math.Abs(1-math.Exp(-g)-float64(i)/n))
	}
	require.Less(t, distance, 1.95/math.Sqrt(n), "one in a thousand samples is further off")
}

func TestAProductMayNotBeTooHigh(t *testing.T) {
	c := Curve{{Product: &Product{Of: Curve{HoldFor(PerSecond(1e6), time.Second)}, By: []Factor{{0, 1e6}}}}}
	require.ErrorContains(t, c.Validate().Err(), "curve: it comes to 1e+12/s, beyond one start per nanosecond")
}

func TestPoissonBounds(t *testing.T) {
	p := poissonPlan(Curve{HoldFor(PerSecond(1e6), time.Hour)})
	require.ErrorContains(t, p.Validate().Err(), "arrivals: more than 100000000 requests become due")
	_, err := p.Schedule(0)
	require.Error(t, err)
	require.ErrorContains(t, Plan{Arrivals: "often"}.Validate().Err(), `arrivals: "often" is no way to come`)
	seen := map[bool]bool{}
	for seed := range uint64(40) { // nothing comes in e^-1 of them
		_, err := poissonPlan(Curve{HoldFor(PerSecond(1), time.Second)}).Schedule(seed)
		seen[err == nil] = true
	}
	require.Len(t, seen, 2)
}

// What is drawn is frozen: a run is repeated by its seed in any later version.
func TestLuckIsFrozen(t *testing.T) {
	require.Equal(t, []float64{0.6754096070466336, 0.984190137621538, 0.8836665005812524}, []float64{Luck(1, ForWaits, 0, 0), Luck(1, ForWaits, 1, 0), Luck(2, ForRows, 1, 3)})
	require.Equal(t, "49cbf6bc-2dbf-8b23-8000-0000000007bd", Unique(1, 7))
	seen := map[string]bool{}
	for n := range int64(10_000) {
		seen[Unique(3, n)] = true
	}
	require.Len(t, seen, 10_000)
}

func TestTextFills(t *testing.T) {
	value := func(name string) string { return map[string]string{"a": "x/y?z&\"é\n", "at": "/told?b=1"}[name] }
	for _, tc := range []struct {
		text   string
		escape Escape
		want   string
	}{
		{"/p/{{a}}?q={{a}}", InPath, "/p/x%2Fy%3Fz&%22%C3%A9%0A?q=x%2Fy%3Fz%26%22%C3%A9%0A"},
		{"{{at}}&c={{a}}", InPath, "/told?b=1&c=x%2Fy%3Fz%26%22%C3%A9%0A"},
		{`{"k":"{{a}}"}`, InJSON, `{"k":"x/y?z&\"é\n"}`},
		{"{{ a }}", InHeader, "x/y?z&\"é"},
		{"{{a}}", AsIs, "x/y?z&\"é\n"},
	} {
		text, err := ParseText(tc.text)
		require.NoError(t, err)
		require.Equal(t, tc.want, string(text.Append(nil, value, tc.escape)), tc.text)
	}
}

func FuzzParseText(f *testing.F) {
	for _, s := range []string{"a{{b}}c", "{{", "}}{{a.b}}", "{{a b}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text, err := ParseText(s)
		if err != nil {
			return
		}
		again, err := ParseText(text.String())
		require.NoError(t, err)
		require.Equal(t, text.String(), again.String())
		if text.Plain() {
			require.Equal(t, s, string(text.Append(nil, nil, InPath)))
		}
	})
}

func FuzzSource(f *testing.F) {
	for _, s := range []string{"$.a[0].b", "header Location", "cookie sid", "match a(b)?", "$..x", "$[?(@.a > 1)]"} {
		f.Add(s, `{"a":[{"b":1}],"x":"y"}`)
	}
	f.Add("$[?(0)]", "no JSON")
	f.Fuzz(func(t *testing.T, text, body string) {
		s, err := ParseSource(text)
		if err != nil {
			return
		}
		r := Response{Body: []byte(body)}
		s.Find(&r)
		again, err := ParseSource(s.String())
		require.NoError(t, err)
		require.Equal(t, s.String(), again.String())
	})
}
