package loadtest

import (
	"encoding/json"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/loadtest/plan"
)

// named are generators with shares, called a, b and so on.
func named(shares []plan.Share) []Member {
	var out []Member
	for i, s := range shares {
		out = append(out, Member{Name: string(rune('a' + i)), Share: s})
	}
	return out
}

// travelled is a part as it arrives on another machine.
func travelled(t require.TestingT, p Part) Part {
	text, err := json.Marshal(p)
	require.NoError(t, err)
	var again Part
	require.NoError(t, json.Unmarshal(text, &again))
	return again
}

// pretended is what a target that answers at once, or late, or not at all makes of every
// request of a plan: its samples in the order in which they end.
func pretended(t *rapid.T, p plan.Plan, s *plan.Schedule, mix plan.Mix) []Sample {
	var all []Sample
	first := []int{0}
	for _, j := range p.Journeys {
		first = append(first, first[len(first)-1]+len(j.Steps))
	}
	median := rapid.Float64Range(1, 2000).Draw(t, "median")
	sigma := rapid.Float64Range(0, 2).Draw(t, "sigma")
	for n := range s.Total() {
		journey := mix.Pick(n)
		due := s.Due(n)
		began := due
		for step := first[journey]; step < first[journey+1]; step++ {
			u := plan.Luck(7, 99, n, step) // a purpose that nothing else has
			took := time.Duration(median * math.Exp(sigma*(4*u-2)) * 1e6)
			x := Sample{Number: n, Step: step, Due: due, Sent: due + took/4, Done: due + took, Bytes: n, Began: began, First: due + took/2}
			if int(1000*u)%20 == 0 {
				x.Failure = Status5xx
			} else if step+1 < first[journey+1] {
				x.Next = x.Done + 100*time.Millisecond
			}
			all = append(all, x)
			if due = x.Next; due == 0 {
				break
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Sample) int { return int(a.Done - b.Done) })
	return all
}

// told gives the parts of a generator to a merger, second by second up to an instant, and the last
// one when that is the end of the run.
func told(t require.TestingT, m *Merger, members []*gatherer, mine func(s Sample) int, samples []Sample, until time.Duration, over bool) {
	sent := make([]int64, len(members))
	for now := time.Second; ; now += time.Second {
		for len(samples) > 0 && samples[0].Done <= now {
			if g := mine(samples[0]); g < len(members) {
				members[g].record(samples[0])
				sent[g]++
			}
			samples = samples[1:]
		}
		last := now >= until && len(samples) == 0
		for i, g := range members {
			g.dueBy(now)
			if last && over {
				g.dueAll()
			}
			part := g.take(now, sent[i])
			if last && over {
				part.Next, part.End = math.MaxInt64, &Final{}
			}
			require.NoError(t, m.Add(i, travelled(t, part)))
		}
		m.Tick(now)
		if now >= until && (!over || last) {
			return
		}
	}
}

// same holds two reports against each other, table by table.
func same(t require.TestingT, a, b Report) {
	require.True(t, a.Whole.Equal(b.Whole))
	require.Equal(t, a.Thresholds, b.Thresholds)
	require.Equal(t, a.Rate, b.Rate)
	tables := b.Tables()
	for i, want := range a.Tables()[:6] { // that of the workers is not the same
		for c := range want.Schema {
			x, y := want.Data[c], tables[i].Data[c]
			require.Equal(t, x.Text, y.Text, "%s %s", want.Name, want.Schema[c].Name)
			require.Equal(t, x.Integer, y.Integer, "%s %s", want.Name, want.Schema[c].Name)
			require.Len(t, y.Number, len(x.Number))
			for row := range x.Number {
				if !math.IsNaN(x.Number[row]) || !math.IsNaN(y.Number[row]) {
					require.Equal(t, x.Number[row], y.Number[row], "%s %s", want.Name, want.Schema[c].Name)
				}
			}
		}
	}
}

// Whatever the plan, the shares and the answers, the parts of several generators, sent as
// JSON, make the report that one generator makes, to the last digit.
func TestPartsOfManyMakeTheReportOfOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := plan.Plan{
			Target:   "http://127.0.0.1:1",
			Curve:    plan.Curve{plan.RampOver(plan.PerSecond(rapid.Float64Range(0.5, 30).Draw(t, "from")), plan.PerSecond(rapid.Float64Range(0, 30).Draw(t, "to")), 12*time.Second)},
			Arrivals: rapid.SampledFrom([]plan.Arrivals{plan.Even, plan.Poisson}).Draw(t, "arrivals"),
			Journeys: []plan.Journey{{Name: "a", Weight: 2, Steps: []plan.Step{{Get: "/a"}, {Get: "/b"}, {Get: "/c"}}[:rapid.IntRange(1, 3).Draw(t, "steps")]}, {Name: "d", Steps: []plan.Step{{Get: "/d"}}}},
			Limits:   plan.Limits{Abort: plan.Abort{Never: true}},
		}
		for _, text := range []string{"latency.p99 < 250ms", "d.latency.max < 1s in every 3s", "rate.achieved > 2/s in every 2s", "failed < 1% in every 2s after 3s", "not_sent == 0"} {
			p.Thresholds = append(p.Thresholds, threshold(t, text))
		}
		weights := rapid.SliceOfN(rapid.Int64Range(1, 4), 1, 4).Draw(t, "weights")
		shares, err := plan.Shares(weights...)
		require.NoError(t, err)
		seed := rapid.Uint64().Draw(t, "seed")
		schedule, err := p.Schedule(seed)
		if err != nil {
			return // chance made nothing due
		}
		mix := plan.NewMix(p.Journeys, seed)
		samples := pretended(t, p, schedule, mix)
		owner := map[int64]int{}
		var crew []*gatherer
		for i, share := range shares {
			crew = append(crew, newGatherer(schedule, share, mix, p, limitsOf(p)))
			for n, turns := share.Turns().Next(0), share.Turns(); n < schedule.Total(); n = turns.Next(n + 1) {
				owner[n] = i
			}
		}
		start, length := time.Unix(0, 0), 20*time.Second
		var reports [2]Report
		for i, members := range [][]*gatherer{{newGatherer(schedule, plan.Share{}, mix, p, limitsOf(p))}, crew} {
			dealt := named(shares)
			if i == 0 {
				dealt = []Member{{}}
			}
			m, err := NewMerger(p, seed, dealt)
			require.NoError(t, err)
			told(t, m, members, func(s Sample) int { return owner[s.Number] * i }, samples, length, true)
			reports[i] = m.Report(start, length, "")
		}
		same(t, reports[0], reports[1])

		// The percentiles are those of all the samples within 1% (the histograms resolve 0.1% or a microsecond).
		if len(samples) == 0 {
			return
		}
		var all []time.Duration
		for _, s := range samples {
			all = append(all, s.Latency())
		}
		slices.Sort(all)
		for q, got := range map[float64]float64{0.5: reports[1].Latency.P50, 0.9: reports[1].Latency.P90, 0.99: reports[1].Latency.P99, 0.999: reports[1].Latency.P999, 1: reports[1].Latency.Max} {
			want := milliseconds(all[int(math.Ceil(q*float64(len(all))-1e-9))-1])
			require.InEpsilon(t, want, got, 0.01, "quantile %v", q)
		}
	})
}

// A generator that is lost in the middle leaves a report in which everything that the plan
// made due is due, what it did not tell was not sent, and nothing waits for it.
func TestALostGeneratorsShareIsNotSent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := plan.Plan{
			Target:     "http://127.0.0.1:1",
			Curve:      plan.Curve{plan.HoldFor(plan.PerSecond(rapid.Float64Range(5, 40).Draw(t, "rate")), 10*time.Second)},
			Journeys:   []plan.Journey{{Steps: []plan.Step{{Get: "/a"}, {Get: "/b"}}[:rapid.IntRange(1, 2).Draw(t, "steps")]}},
			Thresholds: []plan.Threshold{threshold(t, "not_sent == 0"), threshold(t, "latency.p99 < 1h in every 1s")},
		}
		shares, err := plan.Shares(1, 1, 1)
		require.NoError(t, err)
		schedule, err := p.Schedule(0)
		require.NoError(t, err)
		mix := plan.NewMix(p.Journeys, 0)
		samples := pretended(t, p, schedule, mix)
		m, err := NewMerger(p, 0, named(shares))
		require.NoError(t, err)
		var crew []*gatherer
		own := make([]int64, 3)
		owner := map[int64]int{}
		for i, share := range shares {
			crew = append(crew, newGatherer(schedule, share, mix, p, limitsOf(p)))
			for n, turns := share.Turns().Next(0), share.Turns(); n < schedule.Total(); n = turns.Next(n + 1) {
				own[i]++
				owner[n] = i
			}
		}
		mine := func(s Sample) int { return owner[s.Number] }
		heard := time.Duration(rapid.IntRange(1, 9).Draw(t, "heard")) * time.Second
		early := 0
		for early < len(samples) && samples[early].Done <= heard {
			early++
		}
		told(t, m, crew, mine, samples[:early], heard, false)
		m.Lose(2, "it was killed")
		m.Lose(2, "it was killed twice")
		require.ErrorContains(t, m.Add(2, crew[2].take(0, 0)), "given up")
		told(t, m, crew[:2], mine, samples[early:], 20*time.Second, true)
		r := m.Report(time.Unix(0, 0), 30*time.Second, "")
		var begun, unheard int64
		untold := false // of any step: later ones are known to be due once what came before them is told
		for i, s := range samples {
			if s.Step == 0 {
				begun++
			}
			if i >= early && owner[s.Number] == 2 {
				untold = untold || s.Step == 0 || s.Due <= heard
				if s.Step == 0 {
					unheard++
				}
			}
		}
		require.Equal(t, schedule.Total(), r.Steps[0].Requests.Due)
		require.Equal(t, begun-unheard, r.Steps[0].Requests.Sent)
		require.Equal(t, untold, !r.Thresholds[0].Holds)
		require.Contains(t, r.Verdict().Broken, "worker c was lost")
		require.Contains(t, r.Evidence[0], "worker c (1/3 of the starts) was lost")
		require.Equal(t, []string{"", "", "it was killed"}, []string{r.Swarm[0].Lost, r.Swarm[1].Lost, r.Swarm[2].Lost})
		var all Requests
		for i, w := range r.Swarm {
			all.Due, all.Sent, all.NotSent, all.OK, all.Failed = all.Due+w.Requests.Due, all.Sent+w.Requests.Sent, all.NotSent+w.Requests.NotSent, all.OK+w.Requests.OK, all.Failed+w.Requests.Failed
			require.GreaterOrEqual(t, w.Requests.Due, own[i])
		}
		require.Equal(t, r.Requests, all)
		require.Equal(t, r.Requests.Due, r.Requests.Sent+r.Requests.NotSent)
		var sum Counts
		for _, stretches := range r.Timeline.Stretches {
			for _, s := range stretches {
				sum.add(s.Counts)
			}
		}
		require.Equal(t, r.Whole.Counts, sum)
	})
}

// What arrives from elsewhere and is no part of the run is refused and changes nothing.
func TestPartsThatDoNotFitAreRefused(t *testing.T) {
	p := plan.Plan{Target: "http://127.0.0.1:1", Curve: plan.Curve{plan.HoldFor(plan.PerSecond(1), time.Second)}, Journeys: []plan.Journey{{Steps: []plan.Step{{Get: "/"}}}}}
	m, err := NewMerger(p, 0, []Member{{}})
	require.NoError(t, err)
	fine := Part{Visits: make([]Visits, 1), Skipped: make([]int64, 1)}
	for name, change := range map[string]func(*Part){
		"of a plan of 0 journeys": func(p *Part) { p.Visits = nil },
		"out of range":            func(p *Part) { p.At = -1 },
		"stretch -1":              func(p *Part) { p.Cells = []Cell{{Stretch: -1}} },
		"of step 1":               func(p *Part) { p.Cells = []Cell{{Step: 1}} },
		"stretch 9223372036":      func(p *Part) { p.Cells = []Cell{{Stretch: 9223372036}} },
		"of threshold 0":          func(p *Part) { p.Windows = []Window{{}} },
	} {
		bad := fine
		change(&bad)
		require.ErrorContains(t, m.Add(0, bad), name)
	}
	require.NoError(t, m.Add(0, fine))
	for _, text := range []string{"", "@", "AA", "AAAB", "AgICAQ", "AP///////////wE", "/////w"} {
		var h Histogram
		if err := h.UnmarshalText([]byte(text)); err == nil {
			require.GreaterOrEqual(t, h.Count(), int64(0), text)
		}
	}
}

// A histogram that travels stays what it was.
func TestHistogramsTravel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h Histogram
		for _, d := range rapid.SliceOf(rapid.Int64Range(0, int64(3*time.Hour))).Draw(t, "durations") {
			h.Record(time.Duration(d))
		}
		text, err := h.MarshalText()
		require.NoError(t, err)
		var again Histogram
		require.NoError(t, again.UnmarshalText(text))
		require.True(t, h.Equal(again))
	})
}

// What one second of one generator costs: 5,000 requests of two steps with latencies over a factor of
// about a thousand, written as JSON, and then read and added by the lead.
func BenchmarkPart(b *testing.B) {
	p := plan.Plan{Target: "http://127.0.0.1:1", Curve: plan.Curve{plan.HoldFor(plan.PerSecond(5000), time.Hour)}, Journeys: []plan.Journey{{Steps: []plan.Step{{Get: "/a"}}}, {Steps: []plan.Step{{Get: "/b"}}}}}
	p.Thresholds = []plan.Threshold{threshold(b, "latency.p99 < 250ms")}
	schedule, err := p.Schedule(0)
	require.NoError(b, err)
	mix := plan.NewMix(p.Journeys, 0)
	g := newGatherer(schedule, plan.Share{}, mix, p, limitsOf(p))
	for n := range int64(5000) {
		due := schedule.Due(n)
		took := time.Duration(5e6 * math.Exp(3.5*(2*plan.Luck(1, 99, n, 0)-1)))
		g.record(Sample{Number: n, Step: mix.Pick(n), Due: due, Sent: due + took/50, First: due + took, Done: due + took})
	}
	part := g.take(time.Second, 5000)
	text, err := json.Marshal(part)
	require.NoError(b, err)
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			_, _ = json.Marshal(part)
		}
		b.ReportMetric(float64(len(text)), "bytes")
	})
	b.Run("read-add", func(b *testing.B) {
		m, err := NewMerger(p, 0, []Member{{}})
		require.NoError(b, err)
		for b.Loop() {
			require.NoError(b, m.Add(0, travelledText(b, text)))
		}
	})
}

func travelledText(t require.TestingT, text []byte) Part {
	var p Part
	require.NoError(t, json.Unmarshal(text, &p))
	return p
}
