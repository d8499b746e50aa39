package loadtest

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
	"net/http"

	"flywheel/loadtest/plan"
	"github.com/stretchr/testify/require"
)

func TestTry(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "n.conf"), []byte("daemon off; worker_processes 1; pid "+dir+"/pid; error_log stderr; events{worker_connections 4096;} http{access_log off; client_body_temp_path "+dir+"; proxy_temp_path "+dir+"; fastcgi_temp_path "+dir+"; uwsgi_temp_path "+dir+"; scgi_temp_path "+dir+"; keepalive_requests 100000000; server{listen 127.0.0.1:18099; location / {return 200 'ok';}}}"), 0o644)
	cmd := exec.Command("nginx", "-c", filepath.Join(dir, "n.conf"), "-p", dir)
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	defer func() { cmd.Process.Kill(); cmd.Wait() }()
	for range 50 { if r, err := http.Get("http://127.0.0.1:18099/"); err == nil { r.Body.Close(); break }; time.Sleep(50*time.Millisecond) }
	for _, rates := range os.Args[len(os.Args)-1:] {
		_ = rates
	}
	for _, rate := range []float64{1000, 5000} {
	for range 3 {
		secs, _ := strconv.Atoi(os.Getenv("TRY"))
		rep, err := Run(context.Background(), plan.Plan{Target: "http://127.0.0.1:18099", Curve: plan.Curve{plan.HoldFor(plan.PerSecond(rate), time.Duration(secs)*time.Second)}, Journeys: []plan.Journey{{Steps: []plan.Step{{Get: "/"}}}}}, Options{})
		require.NoError(t, err)
		t.Logf("%v/s cpu %.1f us/req late p50 %.3f p99 %.3f max %.2f lat p50 %.3f p99 %.3f  req %+v %v gen %+v", rate, rep.Generator.CPU/float64(rep.Requests.Sent)*1e6, rep.Lateness.P50, rep.Lateness.P99, rep.Lateness.Max, rep.Latency.P50, rep.Latency.P99, rep.Requests, rep.Bottleneck, rep.Generator)
		b, _ := json.MarshalIndent(rep, "", " ")
		if os.Getenv("JSON") != "" { t.Log(string(b)) }
	}}
}
