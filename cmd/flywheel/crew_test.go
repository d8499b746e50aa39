package main

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/loadtest"
	"flywheel/sim/swarm"
)

// Three worker processes press together; one is killed and the server is stopped and started again in
// the middle. The others go on, no start is made twice, and the lead says who is missing
// and counts what it did not send.
func TestALoadOutlivesAWorker(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills processes and waits 10 s until a dead one is given up")
	}
	var mu sync.Mutex
	starts := map[int64]int{}
	many := make(chan struct{})
	shop := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		n, err := strconv.ParseInt(r.Header.Get("X-Flywheel-Start"), 10, 64)
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			if starts[n]++; len(starts) == 150 && starts[n] == 1 { // of 600
				close(many)
			}
		}
	}))
	defer shop.Close()
	dir, binary := inTown(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "shop.yaml"), []byte("target: "+shop.URL+`
curve: {hold: 50/s, for: 12s}
journeys: [{name: a, steps: [{get: /}]}]
thresholds: [failed < 1%]
`), 0o666))
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := free.Addr().String()
	require.NoError(t, free.Close())
	queue := t.TempDir()
	server, err := swarm.Listen(queue, addr)
	require.NoError(t, err)
	start := func(out, said *bytes.Buffer, args ...string) *exec.Cmd {
		c := exec.Command(binary, args...)
		c.Dir, c.Stdout, c.Stderr = dir, out, said
		require.NoError(t, c.Start())
		t.Cleanup(func() { _ = c.Process.Kill() })
		return c
	}
	var workers []*exec.Cmd
	var heard [3]bytes.Buffer
	for i := range heard {
		workers = append(workers, start(new(bytes.Buffer), &heard[i], "worker", "--nats", "nats://"+addr, "--threads", "1"))
	}
	var out, said bytes.Buffer
	lead := start(&out, &said, "load", "shop.yaml", "--nats", "nats://"+addr, "--workers", "3", "--json")
	stuck := time.AfterFunc(2*time.Minute, func() { _ = lead.Process.Kill() })
	defer stuck.Stop()
	select {
	case <-many:
	case <-time.After(time.Minute):
		require.Fail(t, "nothing is pressed", said.String())
	}
	require.NoError(t, workers[0].Process.Kill())
	require.NoError(t, server.Close())
	server, err = swarm.Listen(queue, addr)
	require.NoError(t, err)
	require.Error(t, lead.Wait())
	require.Equal(t, exitJudged, lead.ProcessState.ExitCode(), said.String())
	var report loadtest.Report
	require.NoError(t, json.Unmarshal(out.Bytes(), &report))
	require.Equal(t, int64(600), report.Requests.Due)
	var lost int
	for _, w := range report.Swarm {
		require.Equal(t, int64(200), w.Requests.Due, "%s has a third of 600", w.Name)
		if w.Lost != "" {
			lost++
			require.Positive(t, w.Requests.NotSent)
			require.Positive(t, w.Requests.Sent)
		} else {
			require.Zero(t, w.Requests.NotSent, w.Name)
		}
	}
	require.Equal(t, 1, lost, said.String())
	t.Logf("the lost worker's share: %d of 200 counted as not sent; the target saw %d starts, the report has %d", report.Requests.NotSent, len(starts), report.Requests.Sent)
	mu.Lock()
	defer mu.Unlock()
	for n, times := range starts {
		require.Equal(t, 1, times, "start %d", n)
	}
	require.GreaterOrEqual(t, int64(len(starts)), report.Requests.Sent, "what the dead worker did not tell any more was sent all the same")
	for i, w := range workers[1:] {
		require.NoError(t, w.Process.Signal(os.Interrupt))
		_ = w.Wait()
		require.Equal(t, exitInterrupted, w.ProcessState.ExitCode(), heard[i+1].String())
	}
	require.NoError(t, server.Close())
}
