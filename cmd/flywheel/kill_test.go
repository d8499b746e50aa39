package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/results/files"
)

// townScenario is a market whose runs take some tens of milliseconds.
const townScenario = `
name: town
horizon: {periods: 60, unit: day}
clock: {kind: sync, revision: 0.5}
platforms: [{name: A, fee: 0.1}]
segments:
  - {side: buyers, name: buyers, size: 4000, value: -2, cross: 3, orders: {rate: 0.2, basket: 20}}
  - {side: sellers, name: sellers, size: 100, value: -2, cross: 3}
variants:
  dear: {platforms: [{name: A, price: {buyers: 1}}]}
study: {replications: 4}
`

// inTown is a folder with the scenario and the program.
func inTown(t *testing.T) (dir, binary string) {
	dir = t.TempDir()
	binary = filepath.Join(dir, "flywheel") // by this name the test is the program
	self, err := os.Executable()
	require.NoError(t, err)
	require.NoError(t, os.Symlink(self, binary))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "town.yaml"), []byte(townScenario), 0o666))
	return dir, binary
}

// Whatever command is killed, at whatever moment, the catalogue holds whole runs only; and a sweep
// that was killed over and over ends in the bytes of an unbroken one without making a run twice.
func TestKilledCommandsLeaveWholeRuns(t *testing.T) {
	kills := 12
	if asked, err := strconv.Atoi(os.Getenv("FLYWHEEL_KILLS")); err == nil {
		kills = asked
	} else if testing.Short() {
		t.Skip("starts and kills processes for seconds")
	}
	dir, binary := inTown(t)
	command := func(args ...string) *exec.Cmd {
		c := exec.Command(binary, append(args, "--quiet", "--threads", "2")...)
		c.Dir = dir
		return c
	}
	sweep := []string{"sweep", "town.yaml", "--vary", "platforms.A.fee=0:0.5:" + fmt.Sprint(4*kills), "--out", "runs/sweep"}
	commands := [][]string{
		sweep,
		{"run", "town.yaml", "--out", "runs/run"},
		sweep,
		{"compare", "town.yaml", "--out", "runs/compare"},
	}
	for n := range kills {
		c := command(commands[n%len(commands)]...)
		require.NoError(t, c.Start())
		time.Sleep(time.Duration(rand.Int64N(int64(400 * time.Millisecond))))
		_ = c.Process.Kill() // it may have ended by itself
		_ = c.Wait()
		all, err := files.Catalogue(filepath.Join(dir, "runs"))
		require.NoError(t, err)
		for _, s := range all {
			require.NoError(t, s.Problem, "after kill %d", n+1)
			require.NoError(t, files.Verify(s.Dir), "after kill %d", n+1)
		}
	}
	out, err := command(append(sweep, "--json")...).Output()
	require.NoError(t, err)
	t.Logf("%d kills; the last sweep had %s", kills, regexp.MustCompile(`"reused": \d+`).FindString(string(out)))
	sweep[len(sweep)-1] = "runs/unbroken"
	require.NoError(t, command(sweep...).Run())
	for _, name := range []string{"trials.csv", "trials.parquet", "points.csv", "points.parquet", files.ManifestName} {
		broken, err := os.ReadFile(filepath.Join(dir, "runs/sweep", name))
		require.NoError(t, err)
		whole, err := os.ReadFile(filepath.Join(dir, "runs/unbroken", name))
		require.NoError(t, err)
		require.Equal(t, whole, broken, name)
	}
}
