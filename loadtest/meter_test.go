package loadtest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What a scrape shows is what the snapshot holds: failures are counted, by kind, and
// nothing that the target answers makes a new series.
func TestAScrapeShowsTheRun(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1)%4 == 0 {
			w.WriteHeader(503)
		}
	})
	var m Meter
	server := httptest.NewServer(m.Handler())
	defer server.Close()
	scrape := func() string {
		resp, err := http.Get(server.URL)
		require.NoError(t, err)
		defer resp.Body.Close()
		require.Equal(t, http.StatusOK, resp.StatusCode)
		text, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return string(text)
	}
	require.Contains(t, scrape(), "flywheel_requests_in_flight 0", "before the run")
	var last Snapshot
	press(t, context.Background(), steady(url, 40, 1500*time.Millisecond), Options{Watch: func(s Snapshot) { last = s; m.Show(s) }})
	text := scrape()
	http.DefaultClient.CloseIdleConnections()
	require.Positive(t, last.Steps[0].Failures[Status5xx])
	for _, line := range []string{
		`flywheel_requests_failed_total{kind="status_5xx",step="page"} ` + number(last.Steps[0].Failures[Status5xx]),
		`flywheel_requests_failed_total{kind="reset",step="page"} 0`,
		`flywheel_requests_ok_total{step="page"} ` + number(last.Steps[0].OK),
		`flywheel_requests_due_total{step="page"} ` + number(last.Steps[0].Due),
		`flywheel_latency_seconds_count{step="page"} ` + number(last.Steps[0].Sent),
		`flywheel_latency_seconds_bucket{step="page",le="+Inf"} ` + number(last.Steps[0].Sent),
	} {
		require.Contains(t, text, line+"\n")
	}
	// 5 numbers, 5 counts and 11 kinds of failure per step, 3 histograms of 13 classes, +Inf, sum and count.
	series := 0
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "flywheel_") {
			series++
		}
	}
	require.Equal(t, 5+4+len(failureNames)-1+3*(spreads+3), series)
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func TestSpreadsAddUp(t *testing.T) {
	var h Histogram
	for _, d := range []time.Duration{500 * time.Microsecond, time.Millisecond, 3 * time.Millisecond, 20 * time.Second} {
		h.Record(d)
	}
	s := h.spread()
	require.Equal(t, int64(4), s.Count)
	require.InDelta(t, 20.0045, s.Sum, 1e-9)
	require.Equal(t, [spreads]int64{2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3}, s.Below, "the last one is longer than every bound")
	require.Equal(t, Spread{}, Histogram{}.spread())
}
