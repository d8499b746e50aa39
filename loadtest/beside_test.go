//go:build long

package loadtest

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// vegetaVersion is the one that go.mod requires.
const vegetaVersion = "v12.13.0"

// figures are what one generator did at one rate.
type figures struct {
	cpu      float64 // microseconds of processor time per request
	p50, p99 float64 // milliseconds of lateness
}

func median(rounds []figures, of func(figures) float64) float64 {
	var values []float64
	for _, f := range rounds {
		values = append(values, of(f))
	}
	sort.Float64s(values)
	return values[len(values)/2]
}

// Processor time and lateness beside vegeta's own command, against nginx, in
// turns, as medians of five rounds of five seconds,
// each begun when the machine had been idle enough, or after half a minute of waiting:
// go test -tags long -run BesideVegeta -v ./loadtest
//
// Vegeta's lateness is that of its hits' timestamps against a schedule that is
// laid so that its most punctual hit is on time, which flatters it a little.
func TestBesideVegeta(t *testing.T) {
	url, vegeta := nginx(t), buildVegeta(t)
	const rounds, length = 5, 5 * time.Second
	for _, rate := range []int{1000, 5000} {
		var ours, theirs []figures
		for range rounds {
			p := steady(url, float64(rate), length)
			quiet := awaitQuiet(t)
			r := press(t, context.Background(), p, Options{})
			t.Logf("%d/s: the machine was %.0f%% idle before this round; %d of %d ok", rate, 100*quiet, r.Requests.OK, r.Requests.Due)
			ours = append(ours, figures{1e6 * r.Generator.CPU / float64(r.Requests.Sent), r.Lateness.P50, r.Lateness.P99})
			theirs = append(theirs, vegetaCommand(t, vegeta, url, rate, length))
		}
		for name, rows := range map[string][]figures{"this package": ours, "vegeta's command": theirs} {
			t.Logf("%d/s %-16s %4.0f us of processor time per request, lateness p50 %.3f p99 %.3f ms; rounds %.2f", rate, name,
				median(rows, func(f figures) float64 { return f.cpu }), median(rows, func(f figures) float64 { return f.p50 }), median(rows, func(f figures) float64 { return f.p99 }), rows)
		}
	}
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

func vegetaCommand(t *testing.T, vegeta, url string, rate int, length time.Duration) figures {
	results := filepath.Join(t.TempDir(), "results")
	attack := exec.Command(vegeta, "attack", fmt.Sprintf("-rate=%d", rate), "-duration="+length.String(), "-max-body=0", "-output="+results)
	attack.Stdin = strings.NewReader("GET " + url + "/items/7\n")
	attack.Stderr = os.Stderr
	require.NoError(t, attack.Run())
	encode := exec.Command(vegeta, "encode", "-to=csv", results)
	text, err := encode.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, encode.Start())
	gap := float64(time.Second) / float64(rate)
	var behind []float64 // nanoseconds after the schedule that begins at the first timestamp seen
	var first int64
	for rows := csv.NewReader(text); ; {
		row, err := rows.Read()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		at, err := strconv.ParseInt(row[0], 10, 64)
		require.NoError(t, err)
		seq, err := strconv.Atoi(row[8])
		require.NoError(t, err)
		if len(behind) == 0 {
			first = at
		}
		behind = append(behind, float64(at-first)-gap*float64(seq))
	}
	require.NoError(t, encode.Wait())
	sort.Float64s(behind)
	late := func(q float64) float64 { return (behind[int(q*float64(len(behind)))] - behind[0]) / 1e6 }
	cpu := attack.ProcessState.UserTime() + attack.ProcessState.SystemTime()
	return figures{float64(cpu.Microseconds()) / float64(len(behind)), late(0.5), late(0.99)}
}

// awaitQuiet waits until the machine was at least three quarters idle for a
// second, but no longer than half a minute, and returns the idle share.
func awaitQuiet(t *testing.T) float64 {
	ticks := func() (idle, all float64) {
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
	for second := 0; ; second++ {
		idle, all := ticks()
		time.Sleep(time.Second)
		idle2, all2 := ticks()
		if share := (idle2 - idle) / (all2 - all); share > 0.75 || second == 30 {
			return share
		}
	}
}
