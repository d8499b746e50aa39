package main

import (
	"bytes"
	"encoding/json"
	"io"
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

	"flywheel/loadtest/target"
	"flywheel/results/files"
)

// A load test that is killed leaves no folder of its own, an earlier run as it was, and
// nothing that keeps the next run out.
func TestAKilledLoadLeavesWholeRunsOnly(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("short.yaml", []byte(shortPlan), 0o666))
	program, err := exec.LookPath("flywheel") // the test's own binary, under the name that the scripts use
	if err != nil {
		t.Skip("LEFT OUT: no program called flywheel is on the path outside of scripts")
	}
	shop := openedShop(t, target.Options{})
	kill := func(out string) {
		c := exec.Command(program, "load", "short.yaml", "--target", shop.URL, "--out", out, "--quiet")
		arrived := shop.Arrived()
		require.NoError(t, c.Start())
		for shop.Arrived() == arrived {
			time.Sleep(time.Millisecond)
		}
		require.NoError(t, c.Process.Signal(syscall.SIGKILL))
		require.Error(t, c.Wait())
	}
	kill("out")
	require.NoFileExists(t, filepath.Join("out", files.ManifestName))
	code, _, said := called(t, "load", "short.yaml", "--target", shop.URL, "--out", "out", "--quiet")
	require.Equal(t, exitDone, code, said)
	require.NoError(t, files.Verify("out"))
	kill("out")
	require.NoError(t, files.Verify("out"), "the earlier run stays whole")
}

// A disk that is full in the middle of keeping a run: the report is printed, the loss is
// told, and no folder takes the place of a run.
func TestAFullDiskIsTold(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16k"); err != nil {
		t.Skipf("LEFT OUT: a file system of 16 KiB cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(dir, 0)) })
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("short.yaml", []byte(shortPlan), 0o666))
	shop := openedShop(t, target.Options{})
	out := filepath.Join(dir, "out")
	code, stdout, said := called(t, "load", "short.yaml", "--target", shop.URL, "--out", out, "--quiet")
	require.Equal(t, exitOther, code)
	require.Contains(t, stdout, "bottleneck: ")
	require.Contains(t, said, "no space left on device; make room there")
	require.NoFileExists(t, filepath.Join(out, files.ManifestName))

	require.NoError(t, os.WriteFile("town.yaml", []byte(townWithEvent), 0o666))
	code, stdout, said = called(t, "rehearse", "town.yaml", "--target", shop.URL, "--window", "1s", "--out", filepath.Join(dir, "rehearsal"), "--quiet")
	require.Equal(t, exitOther, code)
	require.Contains(t, stdout, "VERDICT: ")
	require.NotContains(t, stdout, "wrote ")
	require.Contains(t, said, "no space left on device; make room there")
	require.NoFileExists(t, filepath.Join(dir, "rehearsal", files.ManifestName))
}

// A secret that a plan takes from the environment reaches the target and nothing that is
// written or printed.
func TestSecretsAreNotWritten(t *testing.T) {
	if testing.Short() {
		t.Skip("LEFT OUT with -short: it takes ten seconds")
	}
	const secret = "s3cr3t-0f-th3-sh0p"
	t.Setenv("FLYWHEEL_TEST_TOKEN", secret)
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("secret.yaml", []byte(`
curve: {hold: 20/s, for: 1s}
journeys: [{steps: [{get: /, headers: {Authorization: "Bearer {{env.FLYWHEEL_TEST_TOKEN}}"}}]}]
`), 0o666))
	shop := openedShop(t, target.Options{Journal: target.Journal{Limit: 10, Header: "Authorization"}})
	for _, args := range [][]string{
		{"load", "secret.yaml", "--out", "load", "--junit", "load.xml", "--annotations"},
		{"capacity", "secret.yaml", "--out", "capacity", "--most", "20", "--from", "20", "--probe", "1s", "--confidence", "0.5"},
	} {
		var out, errors bytes.Buffer
		code := run(t.Context(), append(args, "--target", shop.URL), &out, &errors, os.Getenv)
		require.Equal(t, exitDone, code, errors.String())
		require.NotContains(t, out.String()+errors.String(), secret)
		require.DirExists(t, args[3])
	}
	sent := shop.Log()
	require.NotEmpty(t, sent)
	require.Equal(t, "Bearer "+secret, sent[0].Header, "it has reached the target")
	require.NoError(t, filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		require.NoError(t, err)
		if !d.IsDir() && path != "secret.yaml" {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			require.False(t, strings.Contains(string(text), secret), path)
		}
		return nil
	}))
}

// A target that says more than it was asked for does not write on the user's terminal.
func TestATargetIsNotHeardOnTheTerminal(t *testing.T) {
	t.Chdir(t.TempDir())
	program, err := exec.LookPath("flywheel")
	if err != nil {
		t.Skip("LEFT OUT: no program called flywheel is on the path outside of scripts")
	}
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return // the client has gone
		}
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		time.Sleep(20 * time.Millisecond) // so that the connection is idle
		_, _ = io.WriteString(c, "and more")
		time.Sleep(20 * time.Millisecond)
		c.Close()
	}))
	defer shop.Close()
	require.NoError(t, os.WriteFile("odd.yaml", []byte("curve: {hold: 40/s, for: 500ms}\njourneys: [{steps: [{get: /}]}]\nhttp: {engine: vegeta}\n"), 0o666))
	var said bytes.Buffer
	c := exec.Command(program, "load", "odd.yaml", "--target", shop.URL, "--out", "out", "--quiet")
	c.Stderr = &said
	require.NoError(t, c.Run())
	require.Empty(t, said.String())
}

// A generator that runs out of files, or of ports, says so: what it could not send counts
// as its own failure, by either engine, and the run is kept all the same.
func TestExhaustedFilesAreTheGeneratorsOwn(t *testing.T) {
	t.Chdir(t.TempDir())
	program, err := exec.LookPath("flywheel")
	if err != nil {
		t.Skip("LEFT OUT: no program called flywheel is on the path outside of scripts")
	}
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("LEFT OUT: without a shell there is no ulimit")
	}
	for _, engine := range []string{"lanes", "vegeta"} {
		shop := openedShop(t, target.Options{Stall: target.Stall{For: 2 * time.Second}}) // so that each of the hundred wants a connection
		require.NoError(t, os.WriteFile("many.yaml", []byte("curve: {hold: 200/s, for: 500ms}\njourneys: [{steps: [{get: /}]}]\nhttp: {engine: "+engine+"}\n"), 0o666))
		c := exec.Command("sh", "-c", `ulimit -n 60; exec "$0" "$@"`, program, "load", "many.yaml", "--target", shop.URL, "--out", engine, "--json", "--quiet")
		out, err := c.Output()
		require.NoError(t, err, engine)
		var document struct {
			Bottleneck string           `json:"bottleneck"`
			Evidence   []string         `json:"evidence"`
			Errors     map[string]int64 `json:"errors"`
		}
		require.NoError(t, json.Unmarshal(out, &document), engine)
		require.GreaterOrEqual(t, document.Errors["ports_exhausted"], int64(20), "%s: %v; sixty files are fewer than a hundred connections", engine, document)
		require.Equal(t, "generator", document.Bottleneck, engine)
		require.Contains(t, strings.Join(document.Evidence, "\n"), "found no free local port or file", engine)
		require.NoError(t, files.Verify(engine))
	}
}
