package main

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/loadtest"
	"flywheel/loadtest/target"
	"flywheel/results"
	"flywheel/results/files"
)

// stored keeps a load test of forty seconds, made of the first second of a real one, whose
// p99 varies by some milliseconds around a mean, and whose median does around 10 ms.
func stored(t *testing.T, dir string, first *results.Table, seed uint64, p99 float64) {
	luck := rand.New(rand.NewPCG(seed, 1))
	table := results.NewTable(seconds, first.Schema)
	for range 40 {
		require.NoError(t, table.Add(first.Slice(0, 1)))
	}
	for i, c := range table.Schema {
		for row := range 40 {
			switch c.Name {
			case "t_s":
				table.Data[i].Number[row] = float64(row)
			case "latency_p99":
				table.Data[i].Number[row] = p99 + 3*luck.NormFloat64()
			case "latency_p50":
				table.Data[i].Number[row] = 10 + luck.NormFloat64()
			}
		}
	}
	folder, err := files.Begin(dir, "digest", false)
	require.NoError(t, err)
	w, err := folder.Table("seconds.parquet", table.Schema)
	require.NoError(t, err)
	require.NoError(t, errors.Join(w.Write(table), w.Close()))
	require.NoError(t, folder.Commit(results.Provenance{Kind: results.KindLoad, Scenario: "friday", Digest: "digest"}))
}

// Two stored load tests are held against each other: what differs beyond luck is shown,
// what does not is told as not shown, and two runs that are too short are not judged.
func TestDiffOfLoadTests(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("short.yaml", []byte(shortPlan), 0o666))
	shop := openedShop(t, target.Options{})
	j, err := askedLoad{target: shop.URL, speed: 1, scale: 1}.job([]string{"short.yaml"})
	require.NoError(t, err)
	r, err := loadtest.Run(t.Context(), j.plan, loadtest.Options{})
	require.NoError(t, err)
	stored(t, "runs/before", r.Seconds(), 1, 100)
	stored(t, "runs/after", r.Seconds(), 2, 130) // 30 ms beside a noise of 3 ms in each of 40 seconds
	stored(t, "runs/same", r.Seconds(), 3, 100)

	verdicts := func(a, b string) map[string]string {
		document := object(t, exitDone, "results", "diff", a, b, "--in", "runs")
		require.JSONEq(t, "[]", string(document["warnings"]))
		var rows []struct{ Step, Metric, Verdict string }
		require.NoError(t, json.Unmarshal(document["rows"], &rows))
		found := map[string]string{}
		for _, row := range rows {
			require.Equal(t, "root", row.Step)
			found[row.Metric] = row.Verdict
		}
		return found
	}
	require.Equal(t, "shown", verdicts("before", "after")["latency_p99"])
	require.Equal(t, "not shown", verdicts("before", "after")["latency_p50"])
	require.Equal(t, "not shown", verdicts("before", "same")["latency_p99"])

	code, out, said := called(t, "results", "diff", "before", "after", "--in", "runs")
	require.Equal(t, exitDone, code, said)
	require.Regexp(t, `(?m)^ seconds +\d of 5 numbers differ, 1 beyond`, out)
	require.Contains(t, out, "seconds: b minus a, by batch means of per-second differences")
	require.Regexp(t, `(?m)^ root +latency_p99 +ms +.* shown +10$`, out)

	code, _, said = called(t, "load", "short.yaml", "--target", shop.URL, "--out", "runs/short", "--quiet")
	require.Equal(t, exitDone, code, said)
	code, out, said = called(t, "results", "diff", "short", "short", "--in", "runs", "--table", "seconds")
	require.Equal(t, exitDone, code, said)
	require.Contains(t, out, "warning: nothing is judged against luck: step root: the runs have 2 seconds in")
}
