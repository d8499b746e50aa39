package loadtest

import (
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/loadtest/plan"
)

// moody answers, delays, fails, hangs up or hangs, as chance has it.
func moody(r *rand.Rand) http.HandlerFunc {
	var mu sync.Mutex
	return func(w http.ResponseWriter, req *http.Request) {
		mu.Lock()
		mood, wait := r.IntN(10), time.Duration(r.IntN(30))*time.Millisecond
		mu.Unlock()
		switch mood {
		case 0:
			w.WriteHeader(503)
		case 1:
			w.WriteHeader(404)
		case 2:
			panic(http.ErrAbortHandler)
		case 3:
			w.Header().Set("Content-Length", "100") // and then too little
			_, _ = w.Write([]byte("short"))
		case 4:
			select {
			case <-req.Context().Done():
			case <-time.After(80 * time.Millisecond):
			}
		case 5, 6:
			time.Sleep(wait)
		}
	}
}

// Whatever the target does, whatever the curve, the limits and the moment at
// which a run is stopped, the counts fit together. This is a property over
// random runs; consistent says what must hold.
func TestCountsFitTogetherWhateverHappens(t *testing.T) {
	t.Parallel()
	runs := 40
	if testing.Short() {
		runs = 6
	}
	for seed := range uint64(runs) {
		r := rand.New(rand.NewPCG(seed, 0))
		s := httptest.NewUnstartedServer(moody(r))
		s.Config.ErrorLog = quiet()
		s.Start()
		rate := func() plan.Rate { return plan.PerSecond(float64(r.IntN(1500) + 20)) }
		span := func() time.Duration { return time.Duration(r.IntN(60)+10) * time.Millisecond }
		p := plan.Plan{
			Target: s.URL,
			Curve:  plan.Curve{plan.HoldFor(rate(), 50*time.Millisecond), plan.RampOver(rate(), rate(), span()), plan.StepsOf(span(), rate(), rate())},
			Journeys: []plan.Journey{
				{Weight: 1 + r.IntN(4), Steps: []plan.Step{{Get: "/a"}}},
				{Weight: 1 + r.IntN(4), Steps: []plan.Step{{Post: "/b", Body: "x", Expect: plan.Expect{Status: 200}}}},
			},
			Limits: plan.Limits{Workers: 1 + r.IntN(20), Timeout: 40 * time.Millisecond},
		}
		ctx, cancel := context.WithCancel(context.Background())
		if r.IntN(3) == 0 {
			time.AfterFunc(span(), cancel)
		}
		report, err := Run(ctx, p, Options{Seed: seed})
		if err != nil {
			require.ErrorIs(t, err, context.Canceled, "a busy machine was interrupted before it had begun")
		} else {
			consistent(t, report)
		}
		cancel()
		s.Close()
	}
}

// Each start of a run takes the journey that its number and the seed give, and
// arrives with its method, body, headers and number.
func TestRequestsAreWhatThePlanSays(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	got := map[string]string{}
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		got[r.Header.Get(numberHeader)] = strings.Join([]string{r.Method, r.URL.String(), string(body), r.Header.Get("Content-Type"), r.Header.Get("X-Try"), r.Host, r.UserAgent()}, "|")
		mu.Unlock()
		if r.Method == "POST" {
			w.WriteHeader(201)
		}
	})
	p := plan.Plan{
		Target: url + "/base/",
		Curve:  plan.Curve{plan.HoldFor(plan.PerSecond(400), 100*time.Millisecond)},
		Journeys: []plan.Journey{
			{Weight: 3, Steps: []plan.Step{{Get: "/search?q=noodles&n=1", Headers: map[string]string{"X-Try": "a", "host": "shop.example"}}}},
			{Steps: []plan.Step{{Post: "/cart//x", JSON: map[string]any{"item": 7}, Expect: plan.Expect{Status: 201}}}},
		},
	}
	r := press(t, context.Background(), p, Options{})
	require.Equal(t, Requests{Due: 40, Sent: 40, OK: 40}, r.Requests)
	require.Equal(t, int64(30), r.Steps[0].Requests.Due) // three of four
	mix := plan.NewMix(p.Journeys, 0)
	host := strings.TrimPrefix(url, "http://")
	for n, want := range []string{"GET|/base/search?q=noodles&n=1|||a|shop.example|" + agent, "POST|/base/cart//x|{\"item\":7}|application/json||" + host + "|" + agent} {
		for i := range int64(40) {
			if mix.Pick(i) == n {
				text, err := json.Marshal(i)
				require.NoError(t, err)
				require.Equal(t, want, got[string(text)])
			}
		}
	}
}

// Ctrl-C: the caller's context ends in the middle, with requests in flight that
// would take long, and the report comes within a second. A busy machine may need
// longer once; a run that waits for its requests needs longer each time.
func TestCancelReturnsAtOnceWithTheReportSoFar(t *testing.T) {
	t.Parallel()
	var took time.Duration
	for range attempts {
		if took = cancelled(t); took < time.Second {
			return
		}
	}
	require.Less(t, took, time.Second)
}

// cancelled cancels a run that holds twenty requests, and tells how long it took to
// return.
func cancelled(t *testing.T) time.Duration {
	var arrived sync.WaitGroup
	arrived.Add(20)
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		arrived.Done()
		select {
		case <-r.Context().Done():
		case <-time.After(30 * time.Second):
		}
	})
	p := steady(url, 100, time.Hour)
	p.Limits = plan.Limits{Workers: 20, Timeout: time.Minute}
	ctx, cancel := context.WithCancel(context.Background())
	var at time.Time
	go func() {
		arrived.Wait()                     // 100/s makes the twentieth due after 0.19 s
		time.Sleep(310 * time.Millisecond) // and thirty more in this time
		at = time.Now()
		cancel()
	}()
	r := press(t, ctx, p, Options{})
	took := time.Since(at)
	require.Equal(t, ByCaller, r.Stopped)
	require.Equal(t, Requests{Due: r.Requests.Due, Sent: 20, NotSent: r.Requests.Due - 20, Failed: 20}, r.Requests, "twenty workers were held")
	require.GreaterOrEqual(t, r.Requests.Due, int64(50))
	require.Equal(t, map[string]int64{"interrupted": 20}, r.Errors)
	require.True(t, r.Verdict().Passed, "nothing was asked of it")
	return took
}

// A pacer that waits for a due time far away is interrupted as well.
func TestCancelInterruptsALongWait(t *testing.T) {
	t.Parallel()
	url := serve(t, func(http.ResponseWriter, *http.Request) {})
	p := steady(url, 0.01, time.Hour)
	ctx, cancel := context.WithCancel(context.Background())
	begin := time.Now()
	r := press(t, ctx, p, Options{Watch: func(s Snapshot) {
		if s.Requests.OK == 1 {
			cancel()
		}
	}})
	require.Less(t, time.Since(begin), 50*time.Second, "the second request is due after a hundred")
	require.Equal(t, Requests{Due: 1, Sent: 1, OK: 1}, r.Requests)
}

// A timeout enters the latency with all the time that was waited.
func TestTimeoutsEnterAtFullLength(t *testing.T) {
	t.Parallel()
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	p := steady(url, 100, 200*time.Millisecond)
	p.Limits.Timeout = 150 * time.Millisecond
	r := press(t, context.Background(), p, Options{})
	require.Positive(t, r.Requests.Sent) // all 20, unless the machine stands still as the queue drains
	require.Equal(t, map[string]int64{"timeout": r.Requests.Sent}, r.Errors)
	require.GreaterOrEqual(t, r.Latency.P50, 150.0)
	if !machineLate(r) {
		require.Equal(t, ByTarget, r.Bottleneck)
	}
}

func TestAbortStopsASickRun(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1)%2 == 0 {
			w.WriteHeader(500)
		}
	})
	p := steady(url, 200, time.Minute)
	var err error
	p.Limits.Abort, err = plan.ParseAbort("failed > 20% for 1s")
	require.NoError(t, err)
	begin := time.Now()
	r := press(t, context.Background(), p, Options{})
	require.Less(t, time.Since(begin), 50*time.Second, "the curve takes a minute")
	require.GreaterOrEqual(t, time.Since(begin), time.Second)
	require.Equal(t, ByAbort, r.Stopped)
	require.Equal(t, "failed > 20% for 1s", r.Abort)
	require.False(t, r.Verdict().Passed)
	require.Equal(t, []string{"failed > 20% for 1s"}, r.Verdict().Broken)
	require.Less(t, r.Requests.Due, r.Schedule.Total())
}

// Seconds in which the condition does not hold begin the row anew; seconds
// without any answer do not.
func TestAbortCountsSecondsInARow(t *testing.T) {
	abort, err := plan.ParseAbort("failed > 50% for 3s")
	require.NoError(t, err)
	abort.After = 2 * time.Second
	p := plan.Plan{Journeys: []plan.Journey{{Steps: []plan.Step{{Name: "a", Get: "/"}}}}}
	m := newMerger(p, plan.Limits{Abort: abort}, &plan.Schedule{}, plan.Mix{}, []Member{{}})
	var now time.Duration
	second := func(failed, ok int) bool {
		now += time.Second
		part := Part{At: now, Visits: make([]Visits, 1), Skipped: make([]int64, 1), Cells: []Cell{{}}}
		for range failed {
			part.Cells[0].Record(Sample{Failure: Reset})
		}
		for range ok {
			part.Cells[0].Record(Sample{})
		}
		require.NoError(t, m.Add(0, part))
		_, aborted := m.Tick(now)
		return aborted
	}
	require.False(t, second(9, 1))
	require.False(t, second(9, 1), "the seconds of grace are not looked at")
	require.False(t, second(9, 1))
	require.False(t, second(9, 1))
	require.False(t, second(5, 5), "half is not more than half")
	require.False(t, second(9, 1))
	require.False(t, second(0, 0))
	require.False(t, second(9, 1))
	require.True(t, second(9, 1))
}

func TestThresholdsAreJudged(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/bad" {
			w.WriteHeader(500)
		}
	})
	p := steady(url, 100, 200*time.Millisecond)
	p.Journeys = append(p.Journeys, plan.Journey{Steps: []plan.Step{{Get: "/bad"}}})
	for _, text := range []string{"latency.p99 < 10m", "bad.failed < 1%", "page.failed == 0", "failed <= 50%", "not_sent == 0", "rate.achieved >= 1/s", "bad.latency.p50 > 10m"} {
		th, err := plan.ParseThreshold(text)
		require.NoError(t, err)
		p.Thresholds = append(p.Thresholds, th)
	}
	r := press(t, context.Background(), p, Options{})
	var holds []bool
	for _, j := range r.Thresholds {
		require.NotNil(t, j.Value)
		holds = append(holds, j.Holds)
	}
	require.Equal(t, []bool{true, false, true, true, true, true, false}, holds)
	require.Equal(t, []string{"bad.failed < 1%", "bad.latency.p50 > 10m"}, r.Verdict().Broken)
	require.Equal(t, 1.0, *r.Thresholds[1].Value)
}

// The keys of flywheel load's JSON, which users' scripts read.
func TestReportKeys(t *testing.T) {
	url := serve(t, func(http.ResponseWriter, *http.Request) {})
	r := press(t, context.Background(), steady(url, 100, 50*time.Millisecond), Options{})
	text, err := json.Marshal(r)
	require.NoError(t, err)
	var got map[string]any
	require.NoError(t, json.Unmarshal(text, &got))
	require.Equal(t, map[string]any{"due": 5.0, "sent": 5.0, "not_sent": 0.0, "ok": 5.0, "failed": 0.0}, got["requests"])
	for key, inside := range map[string][]string{
		"rate": {"asked", "achieved"}, "lateness_ms": {"p50", "p99", "max"},
		"latency_ms": {"p50", "p90", "p95", "p99", "p999", "max", "mean"}, "service_ms": {"p50", "p99", "max"},
	} {
		for _, k := range inside {
			require.Contains(t, got[key], k)
		}
	}
	for _, key := range []string{"steps", "thresholds", "bottleneck", "evidence", "errors"} {
		require.Contains(t, got, key)
	}
	require.Equal(t, []any{}, got["thresholds"])
}

func TestWatchSeesARunGrow(t *testing.T) {
	t.Parallel()
	url := serve(t, func(http.ResponseWriter, *http.Request) {})
	var seen []Snapshot
	length := 3200 * time.Millisecond
	if testing.Short() {
		length = 1200 * time.Millisecond
	}
	r := press(t, context.Background(), steady(url, 200, length), Options{Watch: func(s Snapshot) { seen = append(seen, s) }})
	require.NotEmpty(t, seen)
	last := seen[0]
	for _, s := range seen {
		require.GreaterOrEqual(t, s.At, last.At)
		require.GreaterOrEqual(t, s.Requests.Due, last.Requests.Due)
		require.Equal(t, s.Requests.Sent, s.Requests.OK+s.Requests.Failed+s.InFlight)
		if s.At < s.Length {
			require.Equal(t, 200.0, s.Asked)
		}
		last = s
	}
	require.LessOrEqual(t, last.Requests.Sent, r.Requests.Sent)
	require.Positive(t, last.Latency.P50)
}

// A watcher that takes its time holds nothing up.
func TestWatchMayBeSlow(t *testing.T) {
	t.Parallel()
	url := serve(t, func(http.ResponseWriter, *http.Request) {})
	r := press(t, context.Background(), steady(url, 200, 1100*time.Millisecond), Options{Watch: func(Snapshot) { time.Sleep(600 * time.Millisecond) }})
	require.Equal(t, int64(220), r.Requests.OK)
}

// Redirects are the target's answer, and are not followed: neither to another
// host nor to another page that the plan did not ask for. A plan that takes the address
// from the answer asks its own target for that page.
func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w plan.Wire) {
		var elsewhere, followed atomic.Int64
		other := serve(t, func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) })
		p := steady(serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/there" {
				followed.Add(1)
				return
			}
			http.Redirect(w, r, other+"/there", http.StatusFound)
		}), 100, 50*time.Millisecond)
		p.Wire = w
		r := press(t, context.Background(), p, Options{})
		require.Equal(t, Requests{Due: 5, Sent: 5, OK: 5}, r.Requests)
		require.Zero(t, followed.Load())
		p.Journeys[0].Steps[0].Capture = map[string]string{"next": "header Location"}
		p.Journeys[0].Steps = append(p.Journeys[0].Steps, plan.Step{Name: "told", Get: "{{next}}"})
		r = press(t, context.Background(), p, Options{})
		require.Equal(t, Requests{Due: 10, Sent: 10, OK: 10}, r.Requests)
		require.Equal(t, int64(5), followed.Load())
		require.Zero(t, elsewhere.Load())
	})
}

// A proxy that the environment names is not used: the plan's target is pressed, and
// nobody else.
func TestNoProxyIsUsed(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	require.Nil(t, newTransport(&dialer{}, plan.Limits{}, plan.Wire{}).Proxy)
}

func TestATargetThatIsNotThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	url := "http://" + l.Addr().String()
	require.NoError(t, l.Close())
	_, err = Run(context.Background(), steady(url, 1, time.Second), Options{})
	var unreachable *Unreachable
	require.ErrorAs(t, err, &unreachable)
	require.ErrorContains(t, err, "cannot be reached")
}

func TestARunThatWasCancelledBeforeItBegan(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Run(ctx, steady(serve(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") }), 1, time.Second), Options{})
	require.ErrorIs(t, err, context.Canceled)
}

func TestAFaultyPlanSendsNothing(t *testing.T) {
	_, err := Run(context.Background(), plan.Plan{}, Options{})
	var faults plan.Faults
	require.ErrorAs(t, err, &faults)
	require.Len(t, faults, 3) // target, curve, journeys
}
