package loadtest

import (
	"context"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mccutchen/go-httpbin/v2/httpbin"
	"github.com/stretchr/testify/require"

	"flywheel/loadtest/plan"
)

// The practice shop is ours, and could share a mistake with the generator. So
// servers that nobody here wrote are pressed as well.

func TestHTTPBin(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(httpbin.New())
	defer s.Close()
	step := func(s plan.Step) plan.Journey { return plan.Journey{Steps: []plan.Step{s}} }
	p := plan.Plan{
		Target: s.URL,
		Curve:  plan.Curve{plan.RampOver(plan.PerSecond(0), plan.PerSecond(200), time.Second)}, // a triangle: 100 requests
		Journeys: []plan.Journey{
			step(plan.Step{Name: "fine", Get: "/get?a=1"}),
			step(plan.Step{Name: "sent", Post: "/post", JSON: map[string]any{"a": []int{1}}, Expect: plan.Expect{Status: 200}}),
			step(plan.Step{Name: "teapot", Get: "/status/418"}),
			step(plan.Step{Name: "asked-for-418", Get: "/status/418", Expect: plan.Expect{Status: 418}}),
			step(plan.Step{Name: "broken", Get: "/status/503"}),
			step(plan.Step{Name: "elsewhere", Get: "/redirect/3"}),
			step(plan.Step{Name: "wrong", Get: "/status/200", Expect: plan.Expect{Status: 204}}),
			step(plan.Step{Name: "slow", Get: "/delay/0.2"}),
			step(plan.Step{Name: "too-slow", Get: "/delay/10"}),
			step(plan.Step{Name: "packed", Get: "/gzip"}),
		},
		Limits: plan.Limits{Timeout: 1500 * time.Millisecond},
	}
	r := press(t, context.Background(), p, Options{})
	require.Equal(t, int64(100), r.Requests.Sent)
	got := map[string]map[string]int64{}
	for _, s := range r.Steps {
		require.Equal(t, int64(10), s.Requests.Sent, "ten journeys of one weight")
		got[s.Name] = s.Errors
	}
	require.Equal(t, map[string]map[string]int64{
		"fine": {}, "sent": {}, "teapot": {"status_4xx": 10}, "asked-for-418": {}, "broken": {"status_5xx": 10},
		"elsewhere": {}, "wrong": {"expectation": 10}, "slow": {}, "too-slow": {"timeout": 10}, "packed": {},
	}, got)
	require.GreaterOrEqual(t, r.Steps[7].Latency.P50, 200.0)
	require.GreaterOrEqual(t, r.Steps[8].Latency.P50, 1500.0, "the timeout, in full")
	if !machineLate(r) {
		require.Equal(t, ByTarget, r.Bottleneck, "four in ten failed")
	}
}

// nginx runs the system's nginx on a free loopback port until the test ends.
func nginx(t testing.TB) string { return nginxWith(t, "", "") }

// nginxWith adds directives to the http block and to the location of all pages.
func nginxWith(t testing.TB, everywhere, pages string) string {
	binary, err := exec.LookPath("nginx")
	if err != nil {
		binary = "/usr/sbin/nginx"
		if _, err := os.Stat(binary); err != nil {
			t.Skip("NOT TESTED: nginx is not installed, so no server written in another language was pressed")
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())
	dir := t.TempDir()
	conf := filepath.Join(dir, "nginx.conf")
	if pages == "" {
		pages = "return 200 'ok';"
	}
	require.NoError(t, os.WriteFile(conf, []byte(strings.ReplaceAll(fmt.Sprintf(`
daemon off; worker_processes 1; pid DIR/pid; error_log DIR/error.log;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000000;
  client_body_temp_path DIR; proxy_temp_path DIR; fastcgi_temp_path DIR; uwsgi_temp_path DIR; scgi_temp_path DIR;
  %s
  server { listen %s; root DIR; location / { %s } location /missing { return 404; } }
}`, everywhere, address, pages), "DIR", dir)), 0o600))
	server := exec.Command(binary, "-p", dir, "-c", conf, "-e", filepath.Join(dir, "error.log"))
	require.NoError(t, server.Start())
	t.Cleanup(func() {
		require.NoError(t, server.Process.Signal(syscall.SIGTERM)) // the master ends its worker
		require.NoError(t, server.Wait())
	})
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", address)
		return err == nil && c.Close() == nil
	}, 10*time.Second, 20*time.Millisecond, "nginx does not answer")
	return "http://" + address
}

func TestNginx(t *testing.T) {
	t.Parallel()
	p := steady(nginx(t), 1000, time.Second)
	p.Journeys = append(p.Journeys, plan.Journey{Steps: []plan.Step{{Get: "/missing"}}})
	r := press(t, context.Background(), p, Options{})
	require.Equal(t, Requests{Due: 1000, Sent: 1000, OK: 500, Failed: 500}, r.Requests)
	require.Equal(t, map[string]int64{"status_4xx": 500}, r.Errors)
	require.Equal(t, int64(2*500), r.Steps[0].Whole.Bytes, "ok has two bytes")
	t.Logf("lateness %+v; %.0f us of processor time per request", r.Lateness, 1e6*r.Generator.CPU/float64(r.Requests.Sent))
}
