package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/results/files"
	"flywheel/scenarios"
	"flywheel/sim/verify"
)

// called runs the program in this process and returns what it printed.
func called(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), args, &out, &err, func(string) string { return "" })
	return code, out.String(), err.String()
}

// object calls the program with --json and returns its one document.
func object(t *testing.T, want int, args ...string) map[string]json.RawMessage {
	t.Helper()
	code, stdout, stderr := called(t, append(args, "--json", "--quiet")...)
	require.Equal(t, want, code, stderr)
	decoder := json.NewDecoder(bytes.NewReader([]byte(stdout)))
	var document map[string]json.RawMessage
	require.NoError(t, decoder.Decode(&document))
	require.ErrorIs(t, decoder.Decode(&document), io.EOF, "exactly one document")
	return document
}

// first is the first element of a list of objects.
func first(t *testing.T, list json.RawMessage) map[string]json.RawMessage {
	t.Helper()
	var objects []map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(list, &objects))
	require.NotEmpty(t, objects)
	return objects[0]
}

func keys(object map[string]json.RawMessage) []string { return slices.Sorted(maps.Keys(object)) }

const pairYAML = `
name: pair
horizon: {periods: 6, unit: day}
platforms: [{name: A}, {name: B}]
segments:
  - {side: buyers, name: north, region: north, size: 400, value: -1, cross: 2, orders: {rate: 1, basket: 10}}
  - {side: buyers, name: south, region: south, size: 300, value: -1, cross: 2, orders: {rate: 1, basket: 10}}
  - {side: sellers, name: shops, region: north, size: 20, value: 0, cross: 1}
variants: {paid: {policies: [{name: gift, platform: A, instrument: join, shape: {constant: 2}, budget: 50}]}}
study: {replications: 3}
expect: [{name: some, kind: predict, that: "share(A, buyers) at end > 0.99"}]
`

// inFolder moves the test into an empty folder with one scenario, pair.yaml.
func inFolder(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("pair.yaml", []byte(pairYAML), 0o666))
}

// The keys are the promise of the manual to programs.
func TestDocuments(t *testing.T) {
	inFolder(t)
	document := object(t, exitDone, "run", "pair.yaml", "--variant", "paid")
	require.Equal(t, []string{
		"cpu_s", "differences", "digest", "elapsed_s", "engine", "files", "happenings", "money", "participant_periods", "participants", "peak", "peak_rss_bytes",
		"periods", "replications", "scenario", "seed", "summary", "variants", "version", "warnings",
	}, keys(document))
	require.Equal(t, []string{"hi", "lo", "mean", "metric", "period", "platform", "region", "segment", "side", "unit"}, keys(first(t, document["summary"])))
	require.Equal(t, []string{
		"baseline", "hi", "lo", "mean", "metric", "pairs", "period", "platform", "shown", "side", "unit", "variance_ratio", "variant",
	}, keys(first(t, document["differences"])))
	require.Equal(t, []string{"name", "summary"}, keys(first(t, document["variants"])))
	require.Equal(t, []string{"code", "text"}, keys(first(t, document["warnings"])))
	require.Equal(t, []string{"hi", "lo", "mean", "of", "platform", "runs", "what"}, keys(first(t, document["happenings"])))
	require.Equal(t, []string{"line", "mean", "platform"}, keys(first(t, document["money"])))
	require.JSONEq(t, "null", string(document["peak"]), "no event, no peak")
	require.JSONEq(t, "720", string(document["participants"]), "400 + 300 + 20")
	require.JSONEq(t, "25920", string(document["participant_periods"]), "720 people, 6 periods, 3 replications, 2 variants")
	require.NotContains(t, string(document["differences"]), "NaN")

	var paths []string
	require.NoError(t, json.Unmarshal(document["files"], &paths))
	require.Len(t, paths, 8)
	for _, path := range paths {
		require.FileExists(t, path)
	}
	dir := filepath.Dir(paths[0])
	require.NoError(t, files.Verify(dir))
	manifest, err := files.ReadManifest(dir)
	require.NoError(t, err)

	plan := object(t, exitDone, "explain", "pair.yaml", "--variant", "paid")
	require.Equal(t, []string{"cost", "digest", "origins", "resolved", "scenario", "trials", "variants", "version", "warnings"}, keys(plan))
	require.Equal(t, []string{"from", "path", "source", "unit", "value"}, keys(first(t, plan["origins"])))
	require.Equal(t, []string{"index", "replication", "seed", "variant"}, keys(first(t, plan["trials"])))
	require.Equal(t, string(document["digest"]), string(plan["digest"]))
	var foretold cost
	require.NoError(t, json.Unmarshal(plan["cost"], &foretold))
	require.Equal(t, dir, foretold.Out)
	require.EqualValues(t, 25920, foretold.ParticipantPeriods)
	for _, f := range manifest.Files {
		if f.Name == "timeline.csv" {
			require.EqualValues(t, f.Rows, foretold.Rows, "explain counts the rows that run writes")
		}
	}

	checked := object(t, exitDone, "check", "pair.yaml")
	require.Equal(t, []string{"benchmarks", "digest", "expectations", "scenario", "scenarios", "version", "warnings"}, keys(checked))
	require.Equal(t, []string{"hi", "holds", "kind", "lo", "name", "scenario", "value", "wanted"}, keys(first(t, checked["expectations"])))
	object(t, exitJudged, "check", "pair.yaml", "--strict")

	verified := object(t, exitDone, "verify", "--only", "one-sided-A", "--analytic")
	require.Equal(t, []string{"cases", "digest", "scenario", "seed", "version", "warnings"}, keys(verified))
	line := first(t, verified["cases"])
	require.Equal(t, []string{"holds", "id", "model", "quantity", "se", "simulated", "theory", "tolerance"}, keys(line))
	require.JSONEq(t, "null", string(line["holds"]))
	require.Contains(t, string(verified["cases"]), `"theory": null`, "this case has one solution, so no folds")

	object(t, exitDone, "version")
}

// An empty list is a list to a program, and a share of nobody is null.
func TestDocumentOfNothing(t *testing.T) {
	inFolder(t)
	document := object(t, exitDone, "run", "pair.yaml", "--set", "segments.north.value=-90", "--set", "segments.south.value=-90", "--set", "segments.shops.value=-90")
	require.JSONEq(t, "[]", string(document["variants"]))
	require.JSONEq(t, "[]", string(document["differences"]))
	require.NotContains(t, string(document["summary"]), "market_share", "nobody uses any platform, so nobody shares the market")
	require.Contains(t, string(document["summary"]), `"participants"`)
}

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{wrong("a flag"), exitUsage},
		{&scenarios.NotFoundError{Name: "x"}, exitUsage},
		{fmt.Errorf("variant: %w", scenarios.Problems{{File: "a.yaml"}}), exitFaulty},
		{scenarios.Problems{{File: "--replications"}}, exitUsage},
		{scenarios.Problems{{File: "--replications"}, {File: "a.yaml"}}, exitFaulty},
		{scenarios.Problems{{File: "--set platforms.A.fee"}}, exitFaulty},
		{models.Faults{{Path: "x"}}, exitFaulty},
		{failure{code: exitJudged}, exitJudged},
		{failure{exitInterrupted, errors.New("interrupted")}, exitInterrupted},
		{&fs.PathError{Op: "write", Path: "x", Err: errors.New("no space left on device")}, exitOther},
	} {
		var said bytes.Buffer
		p := &program{err: &said}
		require.Equal(t, c.want, p.exit(c.err), "%v", c.err)
		require.Equal(t, c.want == exitJudged, said.Len() == 0, "only a judgement has been told already")
	}
	require.Zero(t, (&program{}).exit(nil))
}

// A page that cannot be printed is an error like any other.
func TestPrintingFails(t *testing.T) {
	inFolder(t)
	var said bytes.Buffer
	require.Equal(t, exitOther, run(t.Context(), []string{"run", "pair.yaml"}, broken{}, &said, func(string) string { return "" }))
	require.Contains(t, said.String(), "stdout is gone")
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("stdout is gone") }

// An end before the first run leaves nothing behind, and check and verify judge nothing.
func TestInterruptedAtOnce(t *testing.T) {
	inFolder(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	for _, args := range [][]string{{"run", "pair.yaml"}, {"check", "pair.yaml"}, {"verify", "--only", "bundle-free"}} {
		var out, said bytes.Buffer
		require.Equal(t, exitInterrupted, run(ctx, append(args, "--quiet"), &out, &said, func(string) string { return "" }))
		require.Contains(t, said.String(), "interrupted")
		require.Zero(t, out.Len())
		require.NoDirExists(t, "flywheel-out")
	}
}

// A miss cannot be had from a model that is right, so the judge is given one.
func TestVerifyMisses(t *testing.T) {
	var out bytes.Buffer
	p := &program{out: &out}
	lines := []verify.Line{
		{ID: "a", Model: "m", Quantity: "n[0]", Theory: 0.5, Simulated: 0.501, SE: 0.001, Tolerance: 0.004, Judged: true, Holds: true},
		{ID: "a", Model: "m", Quantity: "n[1]", Theory: 0.5, Simulated: 0.6, SE: 0.001, Tolerance: 0.004, Judged: true},
		{ID: "b", Model: "m", Quantity: "V_lo", Theory: unknown, Simulated: unknown, SE: unknown, Tolerance: unknown},
	}
	err := p.verified(verifyReport{}, lines, false)
	require.Equal(t, exitJudged, exitOf(err))
	require.Contains(t, out.String(), "misses")
	require.Regexp(t, `V_lo +none +not simulated`, out.String())
	require.Contains(t, out.String(), "1 of 2 simulated quantities hold")
	require.NoError(t, p.verified(verifyReport{}, lines[:1], false))
}
