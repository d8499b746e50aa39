package main

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/loadtest"
	"flywheel/loadtest/target"
	"flywheel/results/files"
)

// openedShop is a practice shop that is open while the test runs.
func openedShop(t *testing.T, o target.Options) *target.Shop {
	shop, err := target.Open(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, shop.Close(context.Background())) })
	return shop
}

const shortPlan = `
curve: {hold: 100/s, for: 1100ms}
journeys:
  - {steps: [{get: /}]}
  - {steps: [{get: /items/0}]}
thresholds: ["root.failed == 0", "latency.p99 < 1m"]
`

// The keys are the promise of the manual to programs.
func TestLoadDocument(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("short.yaml", []byte(shortPlan), 0o666))
	shop := openedShop(t, target.Options{})
	document := object(t, exitDone, "load", "short.yaml", "--target", shop.URL, "--seed", "3")
	require.Equal(t, []string{
		"baseline", "bottleneck", "compared", "connect_ms", "curve", "digest", "elapsed_s", "errors", "evidence", "files", "first_byte_ms", "generator", "journeys", "latency_ms", "lateness_ms",
		"peak_rss_bytes", "rate", "requests", "scenario", "seed", "service_ms", "started", "steps", "target", "thresholds", "tls_ms", "version", "warm_up_s", "warnings",
	}, keys(document))
	require.JSONEq(t, `{"due": 110, "sent": 110, "not_sent": 0, "ok": 55, "failed": 55}`, string(document["requests"]), "100/s for 1.1 s, every other of which is missing")
	require.JSONEq(t, `{"status_4xx": 55}`, string(document["errors"]))
	require.JSONEq(t, `"short"`, string(document["scenario"]))
	require.JSONEq(t, `3`, string(document["seed"]))
	require.JSONEq(t, `{"file": "", "quantile": null, "speed": 1, "scale": 1, "length_s": 1.1}`, string(document["curve"]))
	require.Equal(t, []string{"connect_ms", "errors", "first_byte_ms", "latency_ms", "lateness_ms", "method", "name", "path", "requests", "service_ms", "skipped", "tls_ms"}, keys(first(t, document["steps"])))
	require.Equal(t, []string{"expression", "from_s", "holds", "measure", "unit", "value", "wanted"}, keys(first(t, document["thresholds"])))

	manifest, err := files.ReadManifest(folderOf("short", digestOf(t, shop.URL, 3)))
	require.NoError(t, err)
	require.Equal(t, []string{"target=" + shop.URL, "seed=3"}, manifest.Changes)
	require.EqualValues(t, 3, manifest.Seed)
	require.Equal(t, uint64(110), shop.Arrived(), "the connection that only looks whether somebody is there asks for nothing")

	nothing := object(t, exitDone, "load", "short.yaml", "--target", shop.URL, "--speed", "110")
	require.JSONEq(t, "[]", string(nothing["warnings"]))
	require.JSONEq(t, "{}", string(nothing["errors"]), "the one request found its page")
}

// digestOf is the digest of short.yaml against a target.
func digestOf(t *testing.T, url string, seed uint64) string {
	j, err := askedLoad{target: url, speed: 1, scale: 1, seed: seed}.job([]string{"short.yaml"})
	require.NoError(t, err)
	return j.digest
}

// What is sent depends on plan, target and seed, and so does the digest.
func TestLoadDigest(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("short.yaml", []byte(shortPlan), 0o666))
	const here = "http://127.0.0.1:1"
	require.Equal(t, digestOf(t, here, 0), digestOf(t, here, 0))
	require.NotEqual(t, digestOf(t, here, 0), digestOf(t, here, 1))
	require.NotEqual(t, digestOf(t, here, 0), digestOf(t, here+"2", 0))
}

// An interrupted run does not take the place of one that saw more, and is told all the same.
func TestAnInterruptedLoadKeepsTheFullerOne(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("short.yaml", []byte(shortPlan), 0o666))
	shop := openedShop(t, target.Options{})
	code, _, said := called(t, "load", "short.yaml", "--target", shop.URL, "--out", "out", "--quiet")
	require.Equal(t, exitDone, code, said)
	before, err := os.ReadFile("out/manifest.json")
	require.NoError(t, err)

	j, err := askedLoad{target: shop.URL, speed: 1, scale: 1}.job([]string{"short.yaml"})
	require.NoError(t, err)
	report, err := loadtest.Run(t.Context(), j.plan, loadtest.Options{})
	require.NoError(t, err)
	report.Stopped, report.Timeline.Stretches = loadtest.ByCaller, report.Timeline.Stretches[:1] // as if its second second had not come
	keep := func() *loaded {
		k := &keeping{dir: "out", job: j}
		require.NoError(t, k.open(false))
		l := &loaded{job: j, report: report}
		require.NoError(t, k.keep(l))
		require.NoError(t, k.folder.Abort())
		return l
	}
	l := keep()
	require.Equal(t, "out", l.kept)
	require.Empty(t, l.files)
	after, err := os.ReadFile("out/manifest.json")
	require.NoError(t, err)
	require.Equal(t, string(before), string(after))

	report.Stopped = "" // a whole run takes the place of any
	l = keep()
	require.Empty(t, l.kept)
	require.True(t, l.replaced)
	require.NoError(t, files.Verify("out"))
}

// Ctrl-C before the first request sends and writes nothing.
func TestLoadInterruptedAtOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("short.yaml", []byte(shortPlan), 0o666))
	shop := openedShop(t, target.Options{})
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var out, said discarded
	require.Equal(t, exitInterrupted, run(ctx, []string{"load", "short.yaml", "--target", shop.URL}, &out, &said, func(string) string { return "" }))
	require.Zero(t, out)
	require.NotZero(t, said)
	require.NoDirExists(t, "flywheel-out")
	require.Zero(t, shop.Arrived())
}

// discarded counts what is written to it.
type discarded int

func (d *discarded) Write(p []byte) (int, error) { *d += discarded(len(p)); return len(p), nil }

// A measurement that cannot be kept is printed all the same, and the loss is an error.
func TestALoadThatCannotBeKeptIsPrinted(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("short.yaml", []byte(shortPlan), 0o666))
	shop := openedShop(t, target.Options{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for shop.Arrived() == 0 {
			time.Sleep(time.Millisecond)
		}
		_ = os.Mkdir("out", 0o777) // somebody else's folder comes into being meanwhile
		_ = os.WriteFile("out/notes", nil, 0o666)
	}()
	code, stdout, said := called(t, "load", "short.yaml", "--target", shop.URL, "--out", "out", "--quiet")
	<-done
	require.Equal(t, exitOther, code)
	require.Contains(t, stdout, "bottleneck: ")
	require.NotContains(t, stdout, "wrote ")
	require.Contains(t, said, "out: is not empty")
	_, err := os.Stat("out/manifest.json")
	require.True(t, errors.Is(err, os.ErrNotExist))
}
