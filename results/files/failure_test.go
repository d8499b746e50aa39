package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/results"
)

// fullDisk is a disk with room for a given number of bytes; how it fails is up to the test.
type fullDisk struct {
	room      int
	sync, end error
}

func (d *fullDisk) system() system {
	return system{exchange: exchange, create: func(path string) (file, error) {
		real, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		return &fullFile{File: real, disk: d}, err
	}}
}

type fullFile struct {
	*os.File
	disk *fullDisk
}

func (f *fullFile) Write(p []byte) (int, error) {
	fits := min(len(p), f.disk.room)
	f.disk.room -= fits
	n, err := f.File.Write(p[:fits])
	if err == nil && fits < len(p) {
		err = &fs.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC}
	}
	return n, err
}

func (f *fullFile) Sync() error  { return f.disk.sync }
func (f *fullFile) Close() error { return errors.Join(f.File.Close(), f.disk.end) }

// fill writes a run of two tables and a text onto a disk; the first error is returned.
func fill(dir string, system system) error {
	folder, err := begin(dir, "d", false, system)
	if err != nil {
		return err
	}
	defer folder.Abort()
	table := results.NewTable("t", results.Schema{{Name: "n", Kind: results.Integer}})
	for i := range 50_000 {
		table.Data[0].Integer = append(table.Data[0].Integer, int64(i*i))
	}
	for _, name := range []string{"t.csv", "t.parquet"} {
		w, err := folder.Table(name, table.Schema)
		if err != nil {
			return err
		}
		if err := errors.Join(w.Write(table), w.Close()); err != nil {
			return err
		}
	}
	if err := folder.Put("note.txt", []byte("note")); err != nil {
		return err
	}
	return folder.Commit(results.Provenance{Digest: "d"})
}

// Wherever the disk fills up, the error names the file and the cause, and nothing stays.
func TestAFullDiskIsReportedAndLeavesNothing(t *testing.T) {
	whole := &fullDisk{room: 1 << 30}
	require.NoError(t, fill(filepath.Join(t.TempDir(), "run"), whole.system()))
	used := 1<<30 - whole.room
	for _, room := range []int{0, 1, 100, 70_000, used / 2, used - 1000, used - 200, used - 1} {
		parent := t.TempDir()
		dir := filepath.Join(parent, "run")
		err := fill(dir, (&fullDisk{room: room}).system())
		require.ErrorIs(t, err, syscall.ENOSPC, "room for %d of %d", room, used)
		require.ErrorContains(t, err, dir+string(filepath.Separator))
		require.NotContains(t, err.Error(), hiddenPrefix, "people know the final path, not the hidden one")
		left, err := os.ReadDir(parent)
		require.NoError(t, err)
		require.Empty(t, left)
	}
}

// A disk may admit only at the end that it is full or broken.
func TestAFailureAtTheEndOfAFileIsReported(t *testing.T) {
	for name, disk := range map[string]*fullDisk{
		"sync":  {room: 1 << 30, sync: syscall.EIO},
		"close": {room: 1 << 30, end: syscall.EIO},
	} {
		t.Run(name, func(t *testing.T) {
			parent := t.TempDir()
			require.ErrorIs(t, fill(filepath.Join(parent, "run"), disk.system()), syscall.EIO)
			left, err := os.ReadDir(parent)
			require.NoError(t, err)
			require.Empty(t, left)
		})
	}
}

// A caller that overlooks a failed write is stopped at Commit.
func TestCommitRemembersAFailedWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	folder, err := begin(dir, "d", false, (&fullDisk{}).system())
	require.NoError(t, err)
	defer folder.Abort()
	w, err := folder.Create("a.txt")
	require.NoError(t, err)
	_, _ = w.Write(make([]byte, 1<<20))
	_ = w.Close()
	require.ErrorIs(t, folder.Commit(results.Provenance{Digest: "d"}), syscall.ENOSPC)
	require.NoDirExists(t, dir)
}

func TestAFailedReplacementKeepsTheOldRun(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "run")
	good := (&fullDisk{room: 1 << 30}).system()
	require.NoError(t, fill(dir, good))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "mine.txt"), []byte("mine"), 0o666))
	bad := good
	bad.exchange = func(a, b string) error { return &os.LinkError{Op: "rename", Old: a, New: b, Err: syscall.EBUSY} }
	require.EqualError(t, fill(dir, bad), dir+": cannot be put in place: device or resource busy; when it is a mount point, choose a folder inside it")
	require.NoError(t, Verify(dir))
	require.FileExists(t, filepath.Join(dir, "mine.txt"))
	left, err := os.ReadDir(parent)
	require.NoError(t, err)
	require.Len(t, left, 1)
}

// Where folders cannot be exchanged, two renames do the same, and a death between them is repaired.
func TestReplacingWithoutAnExchange(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "run")
	plain := (&fullDisk{room: 1 << 30}).system()
	plain.exchange = func(string, string) error { return errors.ErrUnsupported }
	require.NoError(t, fill(dir, plain))
	require.NoError(t, fill(dir, plain))
	require.NoError(t, Verify(dir))
	left, err := os.ReadDir(parent)
	require.NoError(t, err)
	require.Len(t, left, 1)

	// What a kill between the two renames leaves: the older run aside, the newer still hidden.
	newer := filepath.Join(parent, ".flywheel-run-0123456789abcdef")
	require.NoError(t, os.Mkdir(newer, 0o777))
	require.NoError(t, os.Rename(dir, newer+asideSuffix))
	folder, err := begin(dir, "d", false, plain)
	require.NoError(t, err)
	require.NoError(t, folder.Abort())
	require.NoError(t, Verify(dir), "the older run is back")
	left, err = os.ReadDir(parent)
	require.NoError(t, err)
	require.Len(t, left, 1)
}

func TestAParentThatCannotBeWritten(t *testing.T) {
	parent := t.TempDir()
	blocked := filepath.Join(parent, "file")
	require.NoError(t, os.WriteFile(blocked, nil, 0o666))
	_, err := Begin(filepath.Join(blocked, "run"), "d", false)
	require.ErrorIs(t, err, syscall.ENOTDIR)
	require.ErrorContains(t, err, filepath.Join(blocked, "run")+": not a directory")

	if os.Geteuid() == 0 {
		t.Log("permission bits do not bind root: only the other half of this test ran")
		return
	}
	locked := filepath.Join(parent, "locked")
	require.NoError(t, os.Mkdir(locked, 0o555))
	_, err = Begin(filepath.Join(locked, "run"), "d", false)
	require.ErrorIs(t, err, fs.ErrPermission)
	require.ErrorContains(t, err, "choose one whose parent can be written")
}

func TestAMountPointIsRefusedBeforeAnyWork(t *testing.T) {
	if !ownDevice("/proc") {
		t.Skip("SKIPPED: /proc is no mount point here, so nothing is known about mount points")
	}
	_, err := Begin("/proc", "d", true)
	require.EqualError(t, err, "/proc: is a mount point, which cannot be replaced in one step; choose a folder inside it")
}

// A footer that does not count the rows, or names other columns, is not kept.
func TestTheFooterIsReadBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.parquet")
	out, err := os.Create(path)
	require.NoError(t, err)
	defer out.Close()
	schema := results.Schema{{Name: "n", Kind: results.Integer}}
	w, err := NewParquet(out, "t", schema)
	require.NoError(t, err)
	table := results.NewTable("t", schema)
	require.NoError(t, table.Append(1))
	require.NoError(t, w.Write(table))
	require.NoError(t, w.Close())
	require.ErrorContains(t, w.Write(table), "bug: a Parquet file is written to after its end")
	info, err := out.Stat()
	require.NoError(t, err)
	require.NoError(t, checkFooter(out, info.Size(), schema, 1))
	require.EqualError(t, checkFooter(out, info.Size(), schema, 2), "the footer counts 1 rows where 2 were written")
	require.EqualError(t, checkFooter(out, info.Size(), results.Schema{{Name: "m"}}, 1), "the footer names the columns n where m were written")
	require.ErrorContains(t, checkFooter(out, info.Size()-1, schema, 1), "reading the footer back: ")
}
