package files_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/results"
	"flywheel/results/files"
)

// writeRun makes a small run whose every file says the given word.
func writeRun(t require.TestingT, dir, digest, word string, overwrite bool) error {
	folder, err := files.Begin(dir, digest, overwrite)
	if err != nil {
		return err
	}
	defer folder.Abort()
	table := results.NewTable("growth", results.Schema{{Name: "word", Kind: results.Text}, {Name: "n", Kind: results.Number}})
	require.NoError(t, table.Append(word, 1.5))
	require.NoError(t, table.Append(word, 2))
	for _, name := range []string{"growth.parquet", "growth.csv"} {
		w, err := folder.Table(name, table.Schema)
		require.NoError(t, err)
		require.NoError(t, w.Write(table))
		require.NoError(t, w.Write(table))
		require.NoError(t, w.Close())
	}
	require.NoError(t, folder.Put("notes/"+word+".txt", []byte(word)))
	return folder.Commit(results.Provenance{Kind: results.KindForecast, Scenario: "food", Digest: digest, Version: "1"})
}

// names lists everything below a folder, hidden files too.
func names(t require.TestingT, dir string) []string {
	var found []string
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(dir, path)
			found = append(found, filepath.ToSlash(name))
		}
		return err
	}))
	return found
}

func TestARunAppearsWholeWithItsManifest(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "deep", "run")
	require.NoError(t, writeRun(t, dir, "d1", "one", false))
	require.Equal(t, []string{"deep/run/growth.csv", "deep/run/growth.parquet", "deep/run/manifest.json", "deep/run/notes/one.txt"}, names(t, parent))
	require.NoError(t, files.Verify(dir))

	p, err := files.ReadManifest(dir)
	require.NoError(t, err)
	require.Equal(t, "d1", p.Digest)
	require.Len(t, p.Files, 3)
	csv := p.Files[0]
	require.Equal(t, "growth.csv", csv.Name)
	require.Equal(t, 4, csv.Rows, "two tables of two rows")
	require.Equal(t, []string{"word", "n"}, csv.Columns.Names())
	content, err := os.ReadFile(filepath.Join(dir, "growth.csv"))
	require.NoError(t, err)
	require.Equal(t, "word,n\none,1.5\none,2\none,1.5\none,2\n", string(content))
	require.EqualValues(t, len(content), csv.Bytes)
	require.Zero(t, p.Files[2].Rows)
	require.Nil(t, p.Files[2].Columns)

	for _, name := range []string{"growth.parquet", "growth.csv"} {
		table, err := files.Read(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, "growth", table.Name)
		require.Equal(t, []float64{1.5, 2, 1.5, 2}, table.Numbers("n"))
	}
}

func TestTheSameRunTwiceGivesTheSameBytes(t *testing.T) {
	a, b := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	require.NoError(t, writeRun(t, a, "d1", "one", false))
	require.NoError(t, writeRun(t, b, "d1", "one", false))
	require.Equal(t, names(t, a), names(t, b))
	for _, name := range names(t, a) {
		first, err := os.ReadFile(filepath.Join(a, name))
		require.NoError(t, err)
		second, err := os.ReadFile(filepath.Join(b, name))
		require.NoError(t, err)
		require.Equal(t, first, second, name)
	}
}

func TestASecondRunReplacesTheFirstButNotPeoplesNotes(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "run")
	require.NoError(t, writeRun(t, dir, "d1", "one", false))
	require.NoError(t, os.Chmod(dir, 0o750))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "mine.txt"), []byte("mine"), 0o600))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "notes", "deep"), 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "notes", "deep", "mine.txt"), []byte("mine"), 0o600))
	require.NoError(t, os.Symlink("mine.txt", filepath.Join(dir, "link")))

	require.NoError(t, writeRun(t, dir, "d1", "two", false))
	require.NoError(t, files.Verify(dir))
	require.Equal(t, []string{"growth.csv", "growth.parquet", "link", "manifest.json", "mine.txt", "notes/deep/mine.txt", "notes/two.txt"}, names(t, dir))
	require.Equal(t, []string{"run"}, children(t, parent), "nothing hidden stays")
	info, err := os.Stat(dir)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o750), info.Mode().Perm())
	mine, err := os.ReadFile(filepath.Join(dir, "link"))
	require.NoError(t, err)
	require.Equal(t, "mine", string(mine))
}

func children(t require.TestingT, dir string) []string {
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	found := []string{}
	for _, e := range entries {
		found = append(found, e.Name())
	}
	return found
}

func TestWhatIsRefusedBeforeAnyWork(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(t *testing.T, dir string)
		want string // want follows the folder's name; empty when the run is let in.
		stay []string
	}{
		{"nothing there", func(*testing.T, string) {}, "", nil},
		{"empty folder", func(t *testing.T, dir string) { require.NoError(t, os.Mkdir(dir, 0o777)) }, "", nil},
		{"same inputs", func(t *testing.T, dir string) {
			require.NoError(t, writeRun(t, dir, "digest-of-this-run", "old", false))
		}, "", nil},
		{"other inputs", func(t *testing.T, dir string) {
			require.NoError(t, writeRun(t, dir, "digest-of-another", "old", false))
		},
			": holds another run (scenario food, digest digest-of-an, where this one has digest-of-th); choose another --out, or give --overwrite to replace it", nil},
		{"no run", func(t *testing.T, dir string) {
			require.NoError(t, os.Mkdir(dir, 0o777))
			require.NoError(t, os.WriteFile(filepath.Join(dir, "thesis.tex"), nil, 0o666))
		}, ": is not empty and holds no run; choose another --out, or give --overwrite to put this run beside what is there", []string{"thesis.tex"}},
		{"broken manifest", func(t *testing.T, dir string) {
			require.NoError(t, os.Mkdir(dir, 0o777))
			require.NoError(t, os.WriteFile(filepath.Join(dir, "manifest.json"), []byte("{"), 0o666))
			require.NoError(t, os.WriteFile(filepath.Join(dir, "other.csv"), nil, 0o666))
		}, ": holds a manifest that cannot be read (", []string{"other.csv"}},
		{"a file", func(t *testing.T, dir string) { require.NoError(t, os.WriteFile(dir, nil, 0o666)) },
			": is a file where a run's folder is wanted; choose another --out", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			parent := t.TempDir()
			dir := filepath.Join(parent, "run")
			c.make(t, dir)
			before := names(t, parent)
			err := writeRun(t, dir, "digest-of-this-run", "new", false)
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, dir+c.want)
			require.Equal(t, before, names(t, parent), "nothing was touched")
			if !strings.Contains(c.want, "--overwrite") {
				return
			}
			require.NoError(t, writeRun(t, dir, "digest-of-this-run", "new", true))
			require.NoError(t, files.Verify(dir))
			require.ElementsMatch(t, append(c.stay, "growth.csv", "growth.parquet", "manifest.json", "notes/new.txt"), names(t, dir))
		})
	}
}

// Between Begin and Commit another run may have taken the place; it is looked at again.
func TestARunThatCameBetweenIsNotReplaced(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	folder, err := files.Begin(dir, "d1", false)
	require.NoError(t, err)
	defer folder.Abort()
	require.NoError(t, writeRun(t, dir, "d2", "other", false))
	require.ErrorContains(t, folder.Commit(results.Provenance{Digest: "d1"}), "holds another run")
	p, err := files.ReadManifest(dir)
	require.NoError(t, err)
	require.Equal(t, "d2", p.Digest)
}

func TestAbortLeavesNothingBehind(t *testing.T) {
	parent := t.TempDir()
	folder, err := files.Begin(filepath.Join(parent, "a", "b", "run"), "d", false)
	require.NoError(t, err)
	require.NoError(t, folder.Put("x/y.txt", []byte("text")))
	require.NotEmpty(t, names(t, parent))
	require.NoError(t, folder.Abort())
	require.Empty(t, children(t, parent), "not even the parents that were made")
	require.NoError(t, folder.Abort(), "twice is once")
	require.EqualError(t, folder.Commit(results.Provenance{Digest: "d"}), "bug: a run is committed after it has ended")
	_, err = folder.Create("z")
	require.EqualError(t, err, "bug: file z is created in a run that has ended")
}

func TestLeftoversOfTheDeadAreSweptAndThoseOfTheLivingAreNot(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "run")
	living, err := files.Begin(dir, "d", false)
	require.NoError(t, err)
	defer living.Abort()
	require.Len(t, children(t, parent), 1)
	dead, aside := ".flywheel-run-0123456789abcdef", ".flywheel-run-fedcba9876543210.old"
	others := []string{".flywheel-run-2-0123456789abcdef", ".flywheel-run-notes", ".flywheel-other-0123456789abcdef"}
	for _, name := range append(others, dead, aside) {
		require.NoError(t, os.MkdirAll(filepath.Join(parent, name, "deep"), 0o777))
	}
	require.NoError(t, writeRun(t, dir, "d", "one", false))
	left := children(t, parent)
	require.NotContains(t, left, dead)
	require.NotContains(t, left, aside)
	require.Subset(t, left, others, "they belong to runs at other places")
	require.NoError(t, living.Put("a.txt", []byte("a")))
	require.NoError(t, living.Commit(results.Provenance{Digest: "d"}), "the living run's folder was left alone")
	require.Equal(t, []string{"a.txt", "manifest.json"}, names(t, dir))
}

func TestALinkToAFolderIsFollowed(t *testing.T) {
	parent := t.TempDir()
	real := filepath.Join(parent, "disk", "real")
	require.NoError(t, os.MkdirAll(real, 0o777))
	link := filepath.Join(parent, "link")
	require.NoError(t, os.Symlink(real, link))
	require.NoError(t, writeRun(t, link, "d", "one", false))
	require.NoError(t, files.Verify(real))
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.Equal(t, fs.ModeSymlink, info.Mode().Type(), "the link itself stays")
}

func TestFolderRefusesOurOwnMistakes(t *testing.T) {
	folder, err := files.Begin(filepath.Join(t.TempDir(), "run"), "d", false)
	require.NoError(t, err)
	defer folder.Abort()
	for _, name := range []string{"", ".", "../out", "/etc/x", "a/../b", "a//b"} {
		_, err := folder.Create(name)
		require.ErrorContains(t, err, "does not stay inside the run's folder", name)
	}
	_, err = folder.Create("manifest.json")
	require.EqualError(t, err, "bug: file manifest.json stands twice in one run")
	_, err = folder.Table("t.xlsx", results.Identity())
	require.EqualError(t, err, "bug: table file t.xlsx ends neither in .parquet nor in .csv")
	_, err = folder.Table("t.csv", nil)
	require.EqualError(t, err, "bug: table t.csv has no columns")
	w, err := folder.Create("open.txt")
	require.NoError(t, err)
	_, err = folder.Create("open.txt")
	require.EqualError(t, err, "bug: file open.txt stands twice in one run")
	require.EqualError(t, folder.Commit(results.Provenance{Digest: "e"}), `bug: a run begun with digest "d" is committed with "e"`)
	require.EqualError(t, folder.Commit(results.Provenance{Digest: "d"}), "bug: file open.txt is still open")
	require.NoError(t, w.Close())
	require.NoError(t, folder.Commit(results.Provenance{Digest: "d"}))
}

func TestVerifyNamesEveryDamage(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	require.ErrorIs(t, files.Verify(dir), fs.ErrNotExist)
	require.NoError(t, writeRun(t, dir, "d", "one", false))
	csv := filepath.Join(dir, "growth.csv")
	content, err := os.ReadFile(csv)
	require.NoError(t, err)
	content[len(content)-2] ^= 1
	require.NoError(t, os.WriteFile(csv, content, 0o666))
	require.NoError(t, os.Truncate(filepath.Join(dir, "growth.parquet"), 10))
	require.NoError(t, os.Remove(filepath.Join(dir, "notes", "one.txt")))
	err = files.Verify(dir)
	require.ErrorContains(t, err, csv+": has sha256 ")
	require.ErrorContains(t, err, filepath.Join(dir, "growth.parquet")+": has 10 bytes where the manifest has ")
	require.ErrorContains(t, err, filepath.Join(dir, "notes", "one.txt")+": no such file or directory")
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = files.Read(csv)
	require.ErrorContains(t, err, "the file was changed, so make the run again")

	manifest := filepath.Join(dir, "manifest.json")
	require.NoError(t, os.WriteFile(manifest, []byte(`{"format":1,"files":[{"name":"../../etc/passwd"}]}`), 0o666))
	require.EqualError(t, files.Verify(dir), manifest+`: lists "../../etc/passwd", which is outside the run's folder`)
	require.NoError(t, os.WriteFile(manifest, []byte(`{"format":9}`), 0o666))
	require.EqualError(t, files.Verify(dir), manifest+": format: 9 is unknown; this version reads format 1")
}

func TestFilesFromManyGoroutines(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	folder, err := files.Begin(dir, "d", false)
	require.NoError(t, err)
	defer folder.Abort()
	faults := make(chan error)
	const many = 20
	for i := range many {
		go func() { faults <- folder.Put(strings.Repeat("x", i+1), make([]byte, 100_000)) }()
	}
	var all error
	for range many {
		all = errors.Join(all, <-faults)
	}
	require.NoError(t, all)
	require.NoError(t, folder.Commit(results.Provenance{Digest: "d"}))
	require.NoError(t, files.Verify(dir))
	require.Len(t, names(t, dir), many+1)
}
