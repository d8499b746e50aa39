package loadtest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/loadtest/plan"
	"flywheel/loadtest/target"
)

// both runs a test with each of the two engines.
func both(t *testing.T, f func(t *testing.T, w plan.Wire)) {
	for _, engine := range []plan.Engine{plan.Lanes, plan.Vegeta} {
		t.Run(string(engine), func(t *testing.T) { f(t, plan.Wire{Engine: engine}) })
	}
}

// diary is a server that answers journeys and writes down what it was asked, by start.
type diary struct {
	mu    sync.Mutex
	asked map[int64][]string
}

func (d *diary) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	number, _ := strconv.ParseInt(r.Header.Get(numberHeader), 10, 64)
	body, _ := io.ReadAll(r.Body)
	cookie := ""
	if c, err := r.Cookie("sid"); err == nil {
		cookie = c.Value
	}
	user, password, _ := r.BasicAuth()
	d.mu.Lock()
	if d.asked == nil {
		d.asked = map[int64][]string{}
	}
	d.asked[number] = append(d.asked[number], strings.Join([]string{r.Method, r.URL.String(), string(body), cookie, r.Header.Get("X-Key"), user + ":" + password, r.Header.Get("Authorization")[:min(6, len(r.Header.Get("Authorization")))]}, "|"))
	d.mu.Unlock()
	switch {
	case strings.HasPrefix(r.URL.Path, "/search"):
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: fmt.Sprintf("s%d", number), Path: "/"})
		w.Header().Set("Location", fmt.Sprintf("/orders/%d?step=2", number))
		_ = json.NewEncoder(w).Encode(map[string]any{"items": []any{map[string]any{"id": 100 + number, "name": "a \"b\"\n<c>"}}, "page": "<input value='t" + strconv.FormatInt(number, 10) + "'>"})
	case r.URL.Path == "/broken":
		_, _ = w.Write([]byte("{}"))
	}
}

// A journey carries what it was told from step to step: captures of each kind, rows of
// a feeder, cookies, authorization, values of its own; and each start its own.
func TestJourneysCarryWhatTheyAreTold(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w plan.Wire) {
		var d diary
		p := plan.Plan{
			Wire:    w,
			Target:  serve(t, d.ServeHTTP),
			Curve:   plan.Curve{plan.HoldFor(plan.PerSecond(200), 100*time.Millisecond)}, // 20 starts
			Auth:    plan.Auth{Bearer: "TOKEN"},
			Feeders: []plan.Feeder{{Name: "who", Order: plan.InTurn, Columns: []string{"mail"}, Rows: [][]string{{"a&b@x"}, {"c d"}}}},
			Journeys: []plan.Journey{{Steps: []plan.Step{
				{Get: "/search/{{who.mail}}?q={{who.mail}}", Wait: plan.Wait{From: time.Millisecond, To: 3 * time.Millisecond},
					Expect:  plan.Expect{Status: 200, Contains: []string{"items"}, JSON: map[string]any{"$.items[0].name": "a \"b\"\n<c>"}},
					Capture: map[string]string{"id": "$.items[0].id", "next": "header Location", "sid": "cookie sid", "token": "match value='(t[0-9]+)'", "name": "$.items[0].name"}},
				{Name: "json", Put: "/cart", JSON: map[string]any{"item": "{{id}}", "name": "{{name}}"}, Headers: map[string]string{"X-Key": "{{env.KEY}}"}},
				{Name: "told", Post: "{{next}}", Form: map[string]string{"sid": "{{sid}}", "name": "{{name}}"}, Auth: plan.Auth{User: "anna", Password: "PASS"}},
				{Name: "leave", Delete: "/{{token}}/{{start}}"},
			}}},
		}
		secrets := map[string]string{"TOKEN": "t", "KEY": "k{{x}}", "PASS": "p"}
		var o Options
		o.Secret = func(name string) (string, bool) { v, ok := secrets[name]; return v, ok }
		r := press(t, context.Background(), p, o)
		require.Empty(t, r.Errors)
		require.Equal(t, Requests{Due: 80, Sent: 80, OK: 80}, r.Requests)
		require.Equal(t, JourneyReport{Name: "search", Started: 20, Completed: 20, Duration: r.Journeys[0].Duration}, r.Journeys[0])
		require.Positive(t, r.Journeys[0].Duration.P50)
		for n := range int64(20) {
			who := []string{"a&b@x", "c d"}[n%2]
			path := []string{"/search/a&b@x?q=a%26b%40x", "/search/c%20d?q=c+d"}[n%2]
			_ = who
			require.Equal(t, []string{
				"GET|" + path + "||||:|Bearer",
				fmt.Sprintf(`PUT|/cart|{"item":"%d","name":"a \"b\"\n<c>"}|s%d|k{{x}}|:|Bearer`, 100+n, n),
				fmt.Sprintf("POST|/orders/%d?step=2|name=a+%%22b%%22%%0A%%3Cc%%3E&sid=s%d|s%d||anna:p|Basic ", n, n, n),
				fmt.Sprintf("DELETE|/t%d/%d||s%d||:|Bearer", n, n, n),
			}, d.asked[n], n)
		}
	})
}

// A step that fails ends its journey; the steps after it never become due and are
// counted as skipped.
func TestAFailedStepEndsItsJourney(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w plan.Wire) {
		for name, tc := range map[string]struct {
			step plan.Step
			kind string
		}{
			"check":   {plan.Step{Get: "/broken", Expect: plan.Expect{Contains: []string{"cake"}}}, "expectation"},
			"json":    {plan.Step{Get: "/broken", Expect: plan.Expect{JSON: map[string]any{"$.a": 1}}}, "expectation"},
			"capture": {plan.Step{Get: "/broken", Capture: map[string]string{"a": "$.a"}}, "capture"},
			"status":  {plan.Step{Get: "/broken", Expect: plan.Expect{Status: 201}}, "expectation"},
		} {
			var d diary
			p := plan.Plan{
				Wire:     w,
				Target:   serve(t, d.ServeHTTP),
				Curve:    plan.Curve{plan.HoldFor(plan.PerSecond(100), 50*time.Millisecond)}, // 5 starts
				Journeys: []plan.Journey{{Steps: []plan.Step{{Get: "/first"}, tc.step, {Name: "third", Get: "/"}, {Name: "fourth", Get: "/"}}}},
			}
			r := press(t, context.Background(), p, Options{})
			require.Equal(t, Requests{Due: 10, Sent: 10, OK: 5, Failed: 5}, r.Requests, name)
			require.Equal(t, map[string]int64{tc.kind: 5}, r.Errors, name)
			require.Equal(t, []int64{0, 0, 5, 5}, []int64{r.Steps[0].Skipped, r.Steps[1].Skipped, r.Steps[2].Skipped, r.Steps[3].Skipped})
			require.Equal(t, JourneyReport{Name: "first", Started: 5, Failed: 5}, r.Journeys[0])
		}
	})
}

// Starts keep to the curve whatever becomes of the journeys before them, and a step is
// due when its wait after the response before it is over.
func TestJourneysAreAnOpenModel(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w plan.Wire) {
		p := steady(serve(t, func(http.ResponseWriter, *http.Request) { time.Sleep(20 * time.Millisecond) }), 100, 300*time.Millisecond)
		p.Wire = w
		p.Journeys[0].Steps[0].Wait = plan.Wait{From: 100 * time.Millisecond, To: 100 * time.Millisecond}
		p.Journeys[0].Steps = append(p.Journeys[0].Steps, plan.Step{Name: "second", Get: "/b"})
		r := press(t, context.Background(), p, Options{})
		require.Equal(t, Requests{Due: 60, Sent: 60, OK: 60}, r.Requests)
		require.GreaterOrEqual(t, r.Journeys[0].Duration.P50, 140.0, "20 ms, 100 ms to think, 20 ms")
		if !machineLate(r) {
			require.Less(t, r.Steps[0].Lateness.P50, 5.0, "nobody waits for the journeys before")
			require.Less(t, r.Elapsed, 2.0)
		}
	})
}

// A run that is stopped has journeys under way: they are neither completed nor failed.
func TestJourneysOfAStoppedRun(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w plan.Wire) {
		p := steady(serve(t, func(http.ResponseWriter, *http.Request) {}), 100, time.Minute)
		p.Wire = w
		p.Journeys[0].Steps[0].Wait = plan.Wait{From: time.Minute, To: time.Minute}
		p.Journeys[0].Steps = append(p.Journeys[0].Steps, plan.Step{Name: "second", Get: "/b"})
		ctx, cancel := context.WithCancel(context.Background())
		ended := 0
		r := press(t, ctx, p, Options{Each: func(Sample) {
			if ended++; ended == 5 {
				cancel()
			}
		}})
		require.Equal(t, ByCaller, r.Stopped)
		require.Zero(t, r.Steps[1].Requests.Due, "it would have been due a minute later")
		require.Equal(t, r.Journeys[0].Started, r.Journeys[0].Unfinished+r.Journeys[0].Failed)
		require.GreaterOrEqual(t, r.Journeys[0].Unfinished, int64(5))
	})
}

// The shop freezes for a tenth of the run, as in the run of single requests: a journey's
// first steps are told with the wait of those who came meanwhile.
func TestAFreezeUnderJourneysIsToldAsItWas(t *testing.T) {
	length, stall := 10*time.Second, target.Stall{For: time.Second, After: 4 * time.Second}
	if testing.Short() {
		length, stall = 1200*time.Millisecond, target.Stall{For: 200 * time.Millisecond, After: 500 * time.Millisecond}
	}
	due := length.Milliseconds() / 2 // 500 starts/s, two steps each
	shop, err := target.Open(target.Options{Stall: stall, Journal: target.Journal{Limit: 20_000, Header: numberHeader}})
	require.NoError(t, err)
	p := steady(shop.URL, 500, length)
	p.Limits.Workers, p.Limits.Timeout = 50, time.Minute // for a machine that others keep busy
	p.Journeys[0].Steps = append(p.Journeys[0].Steps, plan.Step{Name: "second", Get: "/search?q=noodles"})
	stop := metronome()
	r := press(t, context.Background(), p, Options{})
	held := stop()
	require.NoError(t, shop.Close(context.Background()))
	require.Equal(t, Requests{Due: 2 * due, Sent: 2 * due, OK: 2 * due}, r.Requests, "%v after %v s", r.Evidence, r.Elapsed)
	var truth []time.Duration
	for _, e := range shop.Log() {
		if n, err := strconv.ParseInt(e.Header, 10, 64); err == nil && e.Path == "/items/7" {
			truth = append(truth, e.Done.Sub(r.Started.Add(r.Schedule.Due(n))))
		}
	}
	slices.Sort(truth)
	require.Len(t, truth, int(due))
	first := r.Steps[0].Latency
	t.Logf("truth p99 %.1f ms, reported %.1f ms; max %.1f and %.1f", rank(truth, 0.99), first.P99, rank(truth, 1), first.Max)
	require.GreaterOrEqual(t, first.P99, 0.999*rank(truth, 0.99)-0.001, "never flattered")
	require.Greater(t, first.P99, 0.5*milliseconds(stall.For), "most who came during the freeze waited for half of it")
	if held > 5*time.Millisecond || machineLate(r) {
		t.Logf("NOT JUDGED within 2%% or 5 ms: this machine slept for up to %v too long meanwhile", held)
		return
	}
	require.True(t, near(first.P99, rank(truth, 0.99)))
}
