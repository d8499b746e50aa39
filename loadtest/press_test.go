package loadtest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"flywheel/loadtest/plan"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve runs a handler on loopback until the test ends.
func serve(t *testing.T, h http.HandlerFunc) string {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// steady asks for one GET at a fixed rate.
func steady(target string, rate float64, d time.Duration) plan.Plan {
	return plan.Plan{
		Target:   target,
		Curve:    plan.Curve{plan.HoldFor(plan.PerSecond(rate), d)},
		Journeys: []plan.Journey{{Steps: []plan.Step{{Name: "page", Get: "/items/7"}}}},
	}
}

// press runs a plan and holds its report against everything that must be true of
// every report.
func press(t *testing.T, ctx context.Context, p plan.Plan, o Options) Report {
	t.Helper()
	r, err := Run(ctx, p, o)
	require.NoError(t, err)
	consistent(t, r)
	return r
}

func consistent(t require.TestingT, r Report) {
	q := r.Requests
	require.Equal(t, q.Due, q.Sent+q.NotSent, "due = sent + not_sent")
	require.Equal(t, q.Sent, q.OK+q.Failed, "sent = ok + failed")
	require.GreaterOrEqual(t, q.NotSent, int64(0))
	var starts int64
	for i, j := range r.Journeys {
		require.Equal(t, j.Started, j.Completed+j.Failed+j.Unfinished, "started = completed + failed + unfinished")
		if r.Stopped == "" && q.NotSent == 0 {
			require.Zero(t, j.Unfinished, r.Journeys[i].Name)
		}
		starts += j.Started
	}
	require.LessOrEqual(t, starts, r.Schedule.Total())
	if r.Stopped == "" {
		require.GreaterOrEqual(t, q.Due, r.Schedule.Total(), "a run that was not stopped saw every due time")
	}
	if len(r.Steps) == len(r.Journeys) {
		require.LessOrEqual(t, q.Due, r.Schedule.Total(), "one request for each start")
	}
	var byKind int64
	for _, n := range r.Errors {
		byKind += n
	}
	require.Equal(t, q.Failed, byKind, "every failure has a kind")

	var steps Tally
	for _, s := range r.Steps {
		steps.Add(s.Whole)
	}
	require.True(t, steps.Equal(r.Whole), "the steps add to the whole")
	var seconds Counts
	var longest Percentiles
	for _, stretches := range r.Timeline.Stretches {
		for _, s := range stretches {
			seconds.add(s.Counts)
			longest.Max = max(longest.Max, s.Latency.Max)
			longest.Mean += s.Latency.Mean * float64(s.Sent)
			require.GreaterOrEqual(t, s.NotSent(), int64(0), "no second sends more than was due in it")
			require.InDelta(t, s.Latency.Mean, s.Service.Mean+s.Lateness.Mean, 1e-5, "latency = lateness + service, each mean rounded to a nanosecond")
		}
	}
	require.Equal(t, r.Whole.Counts, seconds, "the seconds add to the whole")
	require.Equal(t, r.Latency.Max, longest.Max)
	require.InDelta(t, r.Latency.Mean*float64(q.Sent), longest.Mean, 1e-5*float64(q.Sent), "each mean is rounded to a nanosecond")
	for _, p := range []Percentiles{r.Latency, r.Service, r.Lateness} {
		require.LessOrEqual(t, p.P50, p.P90)
		require.LessOrEqual(t, p.P90, p.P95)
		require.LessOrEqual(t, p.P95, p.P99)
		require.LessOrEqual(t, p.P99, p.P999)
		require.LessOrEqual(t, p.P999, p.Max)
	}
	require.NotEmpty(t, r.Evidence)
}
