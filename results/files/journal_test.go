package files

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func resume(t require.TestingT, dir, name string) (*Journal, []string) {
	var found []string
	j, err := Resume(dir, name, false, func(at int64, record []byte) error {
		found = append(found, string(record))
		return nil
	})
	require.NoError(t, err)
	return j, found
}

// Whatever the last write was cut to, the records before it are all there, and the journal goes on.
func TestATornRecordIsDropped(t *testing.T) {
	parent := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		dir := filepath.Join(parent, fmt.Sprint(rapid.Uint64().Draw(t, "folder")))
		records := rapid.SliceOfN(rapid.StringN(0, 40, -1), 1, 8).Draw(t, "records")
		j, found := resume(t, dir, "study")
		require.Empty(t, found)
		var places []int64
		for _, r := range records {
			at, err := j.Append([]byte(r))
			require.NoError(t, err)
			places = append(places, at)
		}
		for i, at := range places {
			got, err := j.Record(at)
			require.NoError(t, err)
			require.Equal(t, records[i], string(got))
		}
		end := j.end
		require.NoError(t, j.Close())
		last := places[len(places)-1]
		cut := last + rapid.Int64Range(0, end-last).Draw(t, "cut")
		require.NoError(t, os.Truncate(journalOf(dir), cut))
		whole := records[:len(records)-1]
		if cut == end {
			whole = records
		}
		j, found = resume(t, dir, "study")
		require.Equal(t, append([]string{}, whole...), append([]string{}, found...))
		_, err := j.Append([]byte("more"))
		require.NoError(t, err)
		require.NoError(t, j.Close())
		j, found = resume(t, dir, "study")
		require.Equal(t, append(append([]string{}, whole...), "more"), found)
		require.NoError(t, j.Remove())
		require.NoFileExists(t, journalOf(dir))
	})
}

func TestAJournalBelongsToOneStudyAndOneProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "runs", "run")
	require.False(t, HasJournal(dir))
	j, _ := resume(t, dir, "one")
	_, err := j.Append([]byte("a"))
	require.NoError(t, err)
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "FLYWHEEL_TEST_SECOND_JOURNAL="+dir)
	said, err := child.CombinedOutput()
	require.Error(t, err)
	require.Equal(t, dir+": another process is at work on this study; wait for it, or choose another --out", strings.TrimSpace(string(said)))
	require.NoError(t, j.Close())
	require.True(t, HasJournal(dir))

	_, err = Resume(dir, "two", false, nil)
	require.EqualError(t, err, dir+": holds the finished part of another study; choose another --out, or give --overwrite to drop it")
	j, err = Resume(dir, "two", true, nil)
	require.NoError(t, err)
	require.NoError(t, j.Remove())
	require.False(t, HasJournal(dir))
}
