package files

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/results"
)

// TestMain lets this binary play a run that is killed: see TestAKilledRunLeavesAWholeOne.
func TestMain(m *testing.M) {
	if dir := os.Getenv("FLYWHEEL_TEST_KILLED_RUN"); dir != "" {
		fmt.Fprintln(os.Stderr, runUntilKilled(dir, os.Getenv("FLYWHEEL_TEST_NO_EXCHANGE") != ""))
		os.Exit(1)
	}
	if dir := os.Getenv("FLYWHEEL_TEST_SECOND_JOURNAL"); dir != "" {
		_, err := Resume(dir, "one", false, func(int64, []byte) error { return nil })
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// runUntilKilled writes one run after the other to dir; all files of one run say the same number.
func runUntilKilled(dir string, noExchange bool) error {
	s := system{exchange: exchange, create: func(path string) (file, error) { return os.Create(path) }}
	if noExchange {
		s.exchange = func(string, string) error { return errors.ErrUnsupported }
	}
	fmt.Println("started")
	for n := os.Getpid() * 1000; ; n++ {
		folder, err := begin(dir, "d", false, s)
		if err != nil {
			return err
		}
		for _, name := range []string{"a", "b", "c"} {
			if err := folder.Put(name, []byte(strings.Repeat(fmt.Sprintln(n), 1000))); err != nil {
				return err
			}
		}
		if err := folder.Commit(results.Provenance{Digest: "d", Seed: uint64(n)}); err != nil {
			return err
		}
	}
}

// kill -9 at any moment leaves the whole older run or the whole newer one, and what else it leaves is
// hidden and gone after the next run began.
func TestAKilledRunLeavesAWholeOne(t *testing.T) {
	for _, c := range []struct {
		name string
		env  string
	}{{"exchange", ""}, {"two renames", "FLYWHEEL_TEST_NO_EXCHANGE=1"}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			parent := t.TempDir()
			dir := filepath.Join(parent, "run")
			seen := make(map[string]bool)
			patience := 50 * time.Millisecond
			kills, enough := 30, 7*time.Second // A busy machine takes longer to start a process than to kill it.
			if asked, err := strconv.Atoi(os.Getenv("FLYWHEEL_KILLS")); err == nil {
				kills, enough = asked, 10*time.Minute
			}
			for begun, n := time.Now(), 0; n < kills && time.Since(begun) < enough; n++ {
				killOne(t, dir, c.env, patience)
				if c.env != "" { // Only here may the place be empty, until the next run puts the older one back.
					require.NoError(t, recoverOld(dir))
				}
				before := len(seen)
				if _, err := os.Lstat(dir); err == nil {
					seen[requireWhole(t, dir)] = true
				} else {
					require.ErrorIs(t, err, fs.ErrNotExist)
					require.Empty(t, seen, "a run that was there is gone")
				}
				if len(seen) == before { // The machine is busy; the kills must hit runs at work, not only their start.
					patience = min(2*patience, time.Second)
				}
			}
			require.Greater(t, len(seen), 1, "kills must come after a run of the killed process was in place")
			folder, err := Begin(dir, "d", false)
			require.NoError(t, err)
			require.NoError(t, folder.Abort())
			left, err := os.ReadDir(parent)
			require.NoError(t, err)
			require.Len(t, left, 1, "the dead left hidden folders, and they are swept")
		})
	}
}

// killOne starts a writing process, waits for it to be at work and kills it at a random moment.
func killOne(t *testing.T, dir, env string, patience time.Duration) {
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "FLYWHEEL_TEST_KILLED_RUN="+dir, env)
	var complaint strings.Builder
	child.Stderr = &complaint
	started, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	_, err = started.Read(make([]byte, 1))
	require.NoError(t, err)
	time.Sleep(rand.N(patience))
	require.NoError(t, child.Process.Kill())
	var exit *exec.ExitError
	require.ErrorAs(t, child.Wait(), &exit)
	require.Equal(t, "signal: killed", exit.Error(), "%s", complaint.String())
}

// requireWhole checks that all files are of one run and returns its number.
func requireWhole(t *testing.T, dir string) string {
	require.NoError(t, Verify(dir))
	p, err := ReadManifest(dir)
	require.NoError(t, err)
	require.Len(t, p.Files, 3)
	number := fmt.Sprintln(p.Seed)
	for _, f := range p.Files {
		content, err := os.ReadFile(filepath.Join(dir, f.Name))
		require.NoError(t, err)
		require.Equal(t, strings.Repeat(number, 1000), string(content))
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 4, "three files and the manifest")
	return number
}
