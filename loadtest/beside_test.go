//go:build long

package loadtest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// vegetaVersion is the one that go.mod requires.
const vegetaVersion = "v12.13.0"

// Rounds of the comparison: as many are counted as make a median steady, a round
// counts when the whole machine was busy for less than the share, and it is tried no
// more often than the last.
const (
	rounds     = 7
	busyShare  = 0.7
	attempted  = 14
	roundTakes = 3 * time.Second
)

// figures are what one generator did in one round.
type figures struct {
	cpu      float64 // microseconds of processor time per request
	p50, p99 float64 // milliseconds of lateness at the recording server
	resident float64 // MiB, the most
	busy     float64 // share of the machine's processors, over the round
}

// spread is the median of rounds with the least and the most.
func spread(rounds []figures, of func(figures) float64) string {
	var values []float64
	for _, f := range rounds {
		values = append(values, of(f))
	}
	slices.Sort(values)
	return fmt.Sprintf("%.3g (%.3g to %.3g)", values[len(values)/2], values[0], values[len(values)-1])
}

// Beside vegeta's own command, in turns: processor time per request against nginx, and
// lateness as a server that writes down arrivals saw it; make bench-load runs it.
//
// Lateness is that of the arrivals against a schedule laid so that the most punctual
// request is on time, for both generators.
func TestBesideVegeta(t *testing.T) {
	vegeta, program := buildVegeta(t), buildFlywheel(t)
	web, recorder := nginx(t), openRecorder(t)
	for _, rate := range []int{1000, 5000, 10_000} {
		t.Run(fmt.Sprint(rate), func(t *testing.T) {
			counted, all := map[string][]figures{}, map[string][]figures{}
			names := []string{"this package", "vegeta's command"}
			for range attempted {
				if len(counted[names[0]]) >= rounds && len(counted[names[1]]) >= rounds {
					break
				}
				for _, name := range names {
					attack := func(url string) figures {
						if name == names[0] {
							return flywheelCommand(t, program, url, rate)
						}
						return vegetaCommand(t, vegeta, url, rate)
					}
					f := attack(web)
					recorder.take(t)
					attack(recorder.url)
					f.p50, f.p99 = lateness(recorder.take(t), rate)
					all[name] = append(all[name], f)
					if f.busy < busyShare {
						counted[name] = append(counted[name], f)
					}
				}
			}
			for _, name := range names {
				rows, note := counted[name], ""
				if len(rows) < rounds {
					rows, note = all[name], fmt.Sprintf("; ONLY %d ROUNDS ON A QUIET MACHINE, so all count", len(counted[name]))
				}
				t.Logf("%d/s %-16s %s us of processor time per request, lateness p50 %s p99 %s ms, %s MiB; machine busy %s; %d rounds%s", rate, name,
					spread(rows, func(f figures) float64 { return f.cpu }), spread(rows, func(f figures) float64 { return f.p50 }), spread(rows, func(f figures) float64 { return f.p99 }),
					spread(rows, func(f figures) float64 { return f.resident }), spread(rows, func(f figures) float64 { return f.busy }), len(rows), note)
			}
		})
	}
}

// lateness is the median and 99th percentile of what arrivals were late by, in
// milliseconds.
func lateness(arrivals []int64, rate int) (p50, p99 float64) {
	slices.Sort(arrivals)
	gap := 1e9 / float64(rate)
	late := make([]float64, len(arrivals))
	for i, at := range arrivals {
		late[i] = float64(at-arrivals[0]) - gap*float64(i)
	}
	slices.Sort(late)
	of := func(q float64) float64 { return (late[int(q*float64(len(late)))] - late[0]) / 1e6 }
	return of(0.5), of(0.99)
}

// buildVegeta builds vegeta's command in a module of its own: this project needs
// only the library.
func buildVegeta(t *testing.T) string {
	dir := t.TempDir()
	module := "module beside\n\ngo 1.26\n\nrequire github.com/tsenart/vegeta/v12 " + vegetaVersion + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte(module), 0o600))
	build := exec.Command("go", "build", "-mod=mod", "-o", "vegeta", "github.com/tsenart/vegeta/v12")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Skipf("NOT MEASURED: vegeta's command cannot be built here: %v: %s", err, out)
	}
	return filepath.Join(dir, "vegeta")
}

func buildFlywheel(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "flywheel")
	out, err := exec.Command("go", "build", "-o", path, "../cmd/flywheel").CombinedOutput()
	require.NoError(t, err, string(out))
	return path
}

func flywheelCommand(t *testing.T, program, url string, rate int) figures {
	dir := t.TempDir()
	file := filepath.Join(dir, "plan.yaml")
	text := fmt.Sprintf("target: %s\ncurve: {hold: %d/s, for: %v}\njourneys: [{steps: [{get: /items/7}]}]\n", url, rate, roundTakes)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return watched(t, exec.Command(program, "load", file, "--quiet", "--json", "--out", filepath.Join(dir, "out")), rate)
}

func vegetaCommand(t *testing.T, vegeta, url string, rate int) figures {
	attack := exec.Command(vegeta, "attack", fmt.Sprintf("-rate=%d", rate), "-duration="+roundTakes.String(), "-max-body=0", "-output="+filepath.Join(t.TempDir(), "results"))
	attack.Stdin = strings.NewReader("GET " + url + "/items/7\n")
	return watched(t, attack, rate)
}

// watched runs a command and reads what the system says that it took.
func watched(t *testing.T, command *exec.Cmd, rate int) figures {
	var said strings.Builder
	command.Stderr = &said
	idle, all := ticks(t)
	require.NoError(t, command.Run(), said.String())
	idle2, all2 := ticks(t)
	state := command.ProcessState
	requests := float64(rate) * roundTakes.Seconds()
	return figures{
		cpu:      float64((state.UserTime() + state.SystemTime()).Microseconds()) / requests,
		resident: float64(maxResident(state)) / 1024,
		busy:     1 - (idle2-idle)/(all2-all),
	}
}

// ticks are the machine's idle time and all of it, in the system's unit.
func ticks(t *testing.T) (idle, all float64) {
	text, err := os.ReadFile("/proc/stat")
	require.NoError(t, err)
	line, _, _ := strings.Cut(string(text), "\n")
	for i, field := range strings.Fields(line)[1:] {
		n, err := strconv.ParseFloat(field, 64)
		require.NoError(t, err)
		if all += n; i == 3 || i == 4 { // idle, and idle but for a disk
			idle += n
		}
	}
	return idle, all
}

// recorder is a server in a process of its own that writes down when requests came.
type recorder struct{ url string }

// asRecorder is the variable that makes this test binary a recorder.
const asRecorder = "FLYWHEEL_TEST_RECORDER"

func openRecorder(t *testing.T) recorder {
	command := exec.Command(os.Args[0], "-test.run", "TestRecorder$")
	command.Env = append(os.Environ(), asRecorder+"=1")
	out, err := command.StdoutPipe()
	require.NoError(t, err)
	in, err := command.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	t.Cleanup(func() { in.Close(); _ = command.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return recorder{"http://" + strings.TrimSpace(address)}
}

// take gives the arrivals since it was last asked.
func (r recorder) take(t *testing.T) []int64 {
	response, err := http.Get(r.url + "/log")
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	var out []int64
	for field := range strings.FieldsSeq(string(text)) {
		n, err := strconv.ParseInt(field, 10, 64)
		require.NoError(t, err)
		out = append(out, n)
	}
	return out
}

// TestRecorder is the recorder's process; in any other it does nothing.
func TestRecorder(t *testing.T) {
	if os.Getenv(asRecorder) == "" {
		t.Skip("the recorder of TestBesideVegeta, which starts it itself")
	}
	var mu sync.Mutex
	arrivals := make([]int64, 0, 1<<20)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	fmt.Println(l.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // until the test ends
		os.Exit(0)
	}()
	for {
		c, err := l.Accept()
		require.NoError(t, err)
		go func() {
			defer c.Close()
			in := bufio.NewReader(c)
			for {
				first, err := in.ReadString('\n')
				at := time.Now().UnixNano()
				if err != nil {
					return
				}
				for line := first; len(strings.TrimSpace(line)) > 0 && err == nil; {
					line, err = in.ReadString('\n')
				}
				body := "ok"
				mu.Lock()
				if strings.HasPrefix(first, "GET /log ") {
					body = strings.Trim(fmt.Sprint(arrivals), "[]")
					arrivals = arrivals[:0]
				} else {
					arrivals = append(arrivals, at)
				}
				mu.Unlock()
				_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
			}
		}()
	}
}

// Ten thousand requests a second take no more than 100 MiB, however long they go on:
// the command is watched for half a minute, and its memory does not grow in the second half.
func TestMemoryAtTenThousand(t *testing.T) {
	p := steady(nginx(t), 10_000, 30*time.Second)
	seen := map[int]int{}
	press(t, context.Background(), p, Options{Watch: func(s Snapshot) { seen[int(s.At.Round(time.Second)/time.Second)] = resident(t) }})
	most := 0
	for _, kib := range seen {
		most = max(most, kib)
	}
	t.Logf("resident KiB at 5, 15, 29 s: %d, %d, %d; most %d", seen[5], seen[15], seen[29], most)
	require.Less(t, most, 100*1024)
}

// maxResident is the most memory that a process had, in KiB.
func maxResident(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return usage.Maxrss
}
