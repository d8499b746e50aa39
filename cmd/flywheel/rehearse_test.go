package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/results"
	"flywheel/scenarios"
)

// What flywheel rehearse --json says of a deployment of a known capacity.
type saidOfCapacity struct {
	Peak     struct{ RPS float64 }
	Verdict  struct{ Passed bool }
	Capacity *struct {
		Highest *float64 `json:"highest_passing_rps"`
		Lowest  *float64 `json:"lowest_failing_rps"`
	}
	Priced float64 `json:"priced_rps"`
	Cost   []struct {
		What         string
		Mean, Lo, Hi float64
		Shown        bool
	} `json:"cost_of_shortfall"`
}

// The verdict on the coupon of campus-friday-noon-coupon flips within a tenth of the forecast's
// own peak, half of it costs orders, and a tenth more than it none: by the practice shop, and by nginx with limit_req.
// It takes some six minutes of waiting, so it runs under make verify alone.
func TestRehearsalOfTheCoupon(t *testing.T) {
	if os.Getenv("FLYWHEEL_REHEARSALS") == "" {
		t.Skip("NOT TESTED HERE: minutes of pressing; FLYWHEEL_REHEARSALS=1, as make verify sets it, runs it")
	}
	const peak = 14.01 // of the forecast, per second; required below
	for _, opened := range []struct {
		name string
		open func(t *testing.T, perS float64) string
	}{{"shop", shopAt}, {"nginx", nginxAt}} {
		for _, part := range []float64{0.5, 0.9, 1.1} {
			t.Run(fmt.Sprintf("%s at %v of the peak", opened.name, part), func(t *testing.T) {
				t.Parallel()
				dir, binary := inTown(t)
				args := []string{"rehearse", "campus-friday-noon-coupon", "--target", opened.open(t, part*peak), "--window", "30s", "--json", "--quiet"}
				if part == 0.9 {
					args = append(args, "--within", "5s") // the verdict is what is asked
				}
				c := exec.Command(binary, args...)
				c.Dir = dir
				text, err := c.Output()
				var exit *exec.ExitError
				if errors.As(err, &exit) {
					require.Equal(t, exitJudged, exit.ExitCode(), string(exit.Stderr))
				} else {
					require.NoError(t, err)
				}
				var said saidOfCapacity
				require.NoError(t, json.Unmarshal(text, &said), string(text))
				require.InDelta(t, peak, said.Peak.RPS, 0.01)
				require.Equal(t, part > 1, said.Verdict.Passed)
				if part > 1 { // priced at the peak's own rate, and nothing is shown to be lost
					require.NotEmpty(t, said.Cost)
					require.InDelta(t, peak, said.Priced, 0.01)
					for _, s := range said.Cost {
						t.Logf("FIGURE %s: %.4g (%.4g to %.4g)", s.What, s.Mean, s.Lo, s.Hi)
						require.False(t, s.Shown, s.What)
						require.LessOrEqual(t, s.Lo, 0.0, s.What)
						require.GreaterOrEqual(t, s.Hi, 0.0, s.What)
					}
				}
				if part != 0.5 {
					return
				}
				require.NotNil(t, said.Capacity.Highest)
				t.Logf("FIGURE %s of %.3g/s: %v to %v", opened.name, part*peak, *said.Capacity.Highest, *said.Capacity.Lowest)
				require.Less(t, math.Abs(*said.Capacity.Highest/(part*peak)-1), 0.1)
				for _, s := range said.Cost {
					t.Logf("FIGURE %s: %.4g (%.4g to %.4g)", s.What, s.Mean, s.Lo, s.Hi)
				}
				require.Equal(t, "orders lost on the day", said.Cost[0].What)
				require.Greater(t, said.Cost[0].Lo, 0.0)
			})
		}
	}
}

// shopAt is the address of a practice shop of a capacity.
func shopAt(t *testing.T, perS float64) string {
	_, binary := inTown(t)
	address := freeAddress(t)
	serve(t, address, exec.Command(binary, "target", "--addr", address, "--capacity", fmt.Sprint(perS)), os.Interrupt)
	return "http://" + address
}

// nginxAt is the address of an nginx that turns away what goes beyond a rate. It counts by the
// minute here, because it takes whole numbers, and lets a tenth of a second's requests through at once.
func nginxAt(t *testing.T, perS float64) string {
	binary := "/usr/sbin/nginx"
	if _, err := os.Stat(binary); err != nil {
		t.Skip("NOT TESTED: nginx is not installed, so no server written in another language was rehearsed against")
	}
	dir, address := t.TempDir(), freeAddress(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "nginx.conf"), []byte(strings.ReplaceAll(fmt.Sprintf(`
daemon off; worker_processes 1; pid DIR/pid; error_log DIR/error.log;
events { worker_connections 1024; }
http {
  access_log off; client_body_temp_path DIR; proxy_temp_path DIR; fastcgi_temp_path DIR; uwsgi_temp_path DIR; scgi_temp_path DIR;
  limit_req_zone $server_port zone=all:1m rate=%dr/m;
  server { listen %s; root DIR; limit_req zone=all burst=2 nodelay; location / { try_files /none =204; } location ~ ^/(cart|checkout)$ { try_files /none =201; } error_page 405 =200 /; }
}`, int(math.Round(60*perS)), address), "DIR", dir)), 0o600))
	serve(t, address, exec.Command(binary, "-p", dir, "-c", filepath.Join(dir, "nginx.conf"), "-e", filepath.Join(dir, "error.log")), syscall.SIGTERM)
	return "http://" + address
}

// serve starts a server, waits until it answers, and ends it with the test.
func serve(t *testing.T, address string, c *exec.Cmd, end os.Signal) {
	require.NoError(t, c.Start())
	t.Cleanup(func() {
		require.NoError(t, c.Process.Signal(end))
		_ = c.Wait() // interrupted, as asked
	})
	require.Eventually(t, func() bool {
		connection, err := net.Dial("tcp", address)
		return err == nil && connection.Close() == nil
	}, soon, 20*time.Millisecond, "nobody answers at %s", address)
}

// freeAddress is a loopback address that nobody listens on.
func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// townWithEvent is a town whose event asks its deployment for some 20 requests per second.
const townWithEvent = `
name: town
horizon: {periods: 3}
platforms: [{name: A}]
segments: [{side: users, name: people, size: 2000, value: 2, start: {A: 0.9}, orders: {rate: 0.5}}]
event: {platform: A, period: 3, hour: 12:00, starts: 100}
study: {replications: 2}
`

// A plan's variables of the environment reach the press, as they do for load and capacity.
func TestARehearsalKnowsItsSecrets(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("town.yaml", []byte(townWithEvent), 0o600))
	require.NoError(t, os.WriteFile("plan.yaml", []byte("auth: {bearer: TOKEN}\njourneys: [{steps: [{get: /}]}]\nthresholds: [\"failed == 0\"]\n"), 0o600))
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer tulip" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer shop.Close()
	rehearse := func(token string) (code int, stdout, stderr string) {
		var out, err bytes.Buffer
		code = run(t.Context(), []string{"rehearse", "town.yaml", "--plan", "plan.yaml", "--target", shop.URL, "--window", "1s", "--out", "out", "--quiet"}, &out, &err, func(name string) string {
			return map[string]string{"TOKEN": token}[name]
		})
		return code, out.String(), err.String()
	}
	code, _, said := rehearse("")
	require.Equal(t, exitFaulty, code)
	require.Contains(t, said, "TOKEN")
	code, told, said := rehearse("tulip")
	require.Equal(t, exitDone, code, told+said)
	require.Contains(t, told, "VERDICT: passes")
}

// The promotion on a measured deployment and on one that takes everything share their luck: a
// deployment that is never reached costs exactly nothing, in each quantity, with a line in front of
// it and without; and each further part of the capacity saves orders, beyond what intervals allow.
// The town's 900 or so orders of 100 starts come at some 20 starts per second at their peak.
func TestCostsArePairedAndFallWithTheCapacity(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("town.yaml", []byte(strings.Replace(townWithEvent, "replications: 2", "replications: 20", 1)), 0o600))
	s, err := scenarios.Load("town.yaml", scenarios.Options{})
	require.NoError(t, err)
	job, err := alone(s, "")
	require.NoError(t, err)
	r := &rehearsed{job: job, model: s.Model}
	cost := func(capacity, room float64) map[string]results.Difference {
		d := s.Model.Event.Deployment
		d.Limited, d.Capacity, d.Room = true, capacity, room
		list, err := r.cost(t.Context(), d)
		require.NoError(t, err)
		all := map[string]results.Difference{}
		for _, c := range list {
			all[c.What] = c.Difference
		}
		require.Contains(t, all, "orders lost on the day")
		return all
	}
	for _, room := range []float64{0, 5} {
		for what, d := range cost(1e6, room) {
			require.Equal(t, []float64{0, 0, 0}, []float64{d.Mean, d.Lo, d.Hi}, what)
			require.Equal(t, 20, d.Pairs, what)
		}
		before := results.Difference{Mean: math.Inf(1), Lo: math.Inf(1)}
		for _, capacity := range []float64{1, 2, 4, 8, 16, 32} {
			all := cost(capacity, room)
			lost := all["orders lost on the day"]
			require.LessOrEqual(t, lost.Hi, before.Mean, "capacity %v", capacity)
			require.GreaterOrEqual(t, lost.Lo, 0.0, "no run gains by falling short")
			require.InDelta(t, lost.Mean, all["orders turned away by the deployment"].Mean, 1e-9, "nothing else holds orders up here")
			before = lost
		}
	}
}
