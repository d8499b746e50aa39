package files

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"flywheel/results"
)

// Folder is a run's output directory on its way: a hidden sibling of the directory it will become. Begin
// makes it, Create, Put and Table fill it, and Commit puts it in place whole; Abort, meant to be deferred
// right after Begin, removes it unless it was committed. Files may be created and filled from several
// goroutines, one goroutine to a file.
type Folder struct {
	dir       string // dir is the final place, absolute and without symbolic links.
	shown     string // shown is the final place as the caller named it, for messages.
	digest    string
	overwrite bool
	hidden    hidden
	made      []string // made are the parents that Begin had to create, outermost first.
	system    system

	mu      sync.Mutex
	entries []*entry
	closed  bool
}

// system is what a Folder asks of the file system beyond plain calls; tests make it fail.
type system struct {
	create   func(path string) (file, error)
	exchange func(a, b string) error
}

// file is what a sink needs of an open file.
type file interface {
	io.Writer
	Sync() error
	Close() error
}

// entry is one file of the folder. Its fields are final once done is set.
type entry struct {
	results.File
	done bool
	err  error
}

// Begin makes room for a run with the given digest of its inputs, to appear at dir.
//
// A directory that holds a run of another digest, or that is not empty and holds no run, is refused before
// any work unless overwrite is set. Overwriting and replacing remove only what the old run's manifest
// lists: other files in the directory are kept. Hidden leftovers of killed runs to the same dir are
// removed, those of living ones are not.
func Begin(dir, digest string, overwrite bool) (*Folder, error) {
	return begin(dir, digest, overwrite, system{
		create: func(path string) (file, error) {
			return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		},
		exchange: exchange,
	})
}

func begin(dir, digest string, overwrite bool, system system) (*Folder, error) {
	place, err := resolve(dir)
	if err != nil {
		return nil, pathError(dir, err)
	}
	if err := recoverOld(place); err != nil {
		return nil, pathError(dir, err)
	}
	if _, err := admit(place, dir, digest, overwrite); err != nil {
		return nil, err
	}
	f := &Folder{dir: place, shown: dir, digest: digest, overwrite: overwrite, system: system}
	if f.made, err = makeParents(place); err == nil {
		sweep(place)
		f.hidden, err = newHidden(place)
	}
	if err != nil {
		return nil, errors.Join(
			fmt.Errorf("%w; a run is built beside its folder, so choose one whose parent can be written", pathError(dir, err)),
			removeParents(f.made))
	}
	return f, nil
}

// Create makes a file of the run. The name is slash-separated, inside the folder, and not yet taken. The
// writer is buffered; its Close completes the file and must be called before Commit or Abort. A failed
// write makes Commit fail too.
func (f *Folder) Create(name string) (io.WriteCloser, error) {
	s, err := f.create(name)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Put makes a file of the run with the given content.
func (f *Folder) Put(name string, content []byte) error {
	s, err := f.create(name)
	if err != nil {
		return err
	}
	_, err = s.Write(content)
	return errors.Join(err, s.Close())
}

// Table makes a file of the run that holds one table, in the format that the name's ending says: .parquet
// or .csv. The table is named after the file. Close reads a Parquet file's footer back and fails when it
// does not count the rows and name the columns that were written.
func (f *Folder) Table(name string, schema results.Schema) (Writer, error) {
	open := NewCSV
	switch path.Ext(name) {
	case ".parquet":
		open = NewParquet
	case ".csv":
	default:
		return nil, fmt.Errorf("bug: table file %s ends neither in .parquet nor in .csv", name)
	}
	if err := openable(name, schema); err != nil {
		return nil, err
	}
	s, err := f.create(name)
	if err != nil {
		return nil, err
	}
	writer, err := open(s, tableName(name), schema)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.entry.Columns = slices.Clone(schema)
	return &tableFile{Writer: writer, sink: s}, nil
}

func (f *Folder) create(name string) (*sink, error) {
	local := filepath.FromSlash(name)
	if !filepath.IsLocal(local) || path.Clean(name) != name || name == "." {
		return nil, fmt.Errorf("bug: file name %q does not stay inside the run's folder", name)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, fmt.Errorf("bug: file %s is created in a run that has ended", name)
	}
	taken := func(e *entry) bool { return e.Name == name }
	if name == ManifestName || slices.ContainsFunc(f.entries, taken) {
		return nil, fmt.Errorf("bug: file %s stands twice in one run", name)
	}
	s, err := f.open(name)
	if err != nil {
		return nil, err
	}
	f.entries = append(f.entries, s.entry)
	return s, nil
}

// open makes the file itself, with any folder its name has.
func (f *Folder) open(name string) (*sink, error) {
	shown := filepath.Join(f.shown, filepath.FromSlash(name))
	place := filepath.Join(f.hidden.path, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(place), 0o777); err != nil {
		return nil, pathError(shown, err)
	}
	file, err := f.system.create(place)
	if err != nil {
		return nil, pathError(shown, err)
	}
	s := &sink{place: place, shown: shown, file: file, sum: sha256.New(), entry: &entry{File: results.File{Name: name}}}
	s.buffer = bufio.NewWriterSize((*unbuffered)(s), 64<<10)
	return s, nil
}

// Commit writes the manifest, with every file's size, rows and digest in the order of their names, and
// puts the folder in place: a fresh one by one rename, an older one exchanged whole (see place). It
// fails, and leaves dir as it was, when any file failed or is still open. It must be called once.
func (f *Folder) Commit(p results.Provenance) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return errors.New("bug: a run is committed after it has ended")
	}
	if p.Digest != f.digest {
		return fmt.Errorf("bug: a run begun with digest %q is committed with %q", f.digest, p.Digest)
	}
	var faults []error
	p.Files = nil
	for _, e := range f.entries {
		switch {
		case e.err != nil:
			faults = append(faults, e.err)
		case !e.done:
			faults = append(faults, fmt.Errorf("bug: file %s is still open", e.Name))
		}
		p.Files = append(p.Files, e.File)
	}
	if len(faults) > 0 {
		return errors.Join(faults...)
	}
	slices.SortFunc(p.Files, func(a, b results.File) int { return strings.Compare(a.Name, b.Name) })
	if err := f.writeManifest(p); err != nil {
		return err
	}
	if err := f.place(); err != nil {
		return err
	}
	f.closed = true
	return nil
}

func (f *Folder) writeManifest(p results.Provenance) error {
	content, err := p.JSON()
	if err != nil {
		return err
	}
	manifest, err := f.open(ManifestName)
	if err != nil {
		return err
	}
	_, err = manifest.Write(content)
	return errors.Join(err, manifest.Close())
}

// Abort removes everything that Begin and the writers made; after a Commit that succeeded it does nothing.
func (f *Folder) Abort() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil
	}
	f.closed = true
	return errors.Join(f.hidden.remove(), removeParents(f.made))
}

// sink is one file being written: buffered, counted and digested. The first error stays.
type sink struct {
	place  string
	shown  string
	file   file
	buffer *bufio.Writer
	sum    hash.Hash
	entry  *entry
}

// Write appends to the file's buffer.
func (s *sink) Write(p []byte) (int, error) {
	n, err := s.buffer.Write(p)
	return n, s.fail(err)
}

// Close completes the file on disk, so that a power cut after Commit cannot empty it.
func (s *sink) Close() error {
	err := s.buffer.Flush()
	if err == nil {
		err = s.file.Sync()
	}
	err = s.fail(errors.Join(err, s.file.Close()))
	s.entry.SHA256 = hex.EncodeToString(s.sum.Sum(nil))
	s.entry.done = true
	return err
}

// fail wraps an error with the file's final path and keeps it for Commit.
func (s *sink) fail(err error) error {
	if err == nil {
		return s.entry.err
	}
	if s.entry.err == nil {
		s.entry.err = pathError(s.shown, err)
	}
	return s.entry.err
}

// unbuffered is the sink behind its buffer.
type unbuffered sink

func (u *unbuffered) Write(p []byte) (int, error) {
	n, err := u.file.Write(p)
	u.sum.Write(p[:n])
	u.entry.Bytes += int64(n)
	return n, err
}

// tableFile is a Writer onto a sink that counts its rows and checks its own footer.
type tableFile struct {
	Writer
	sink *sink
}

func (t *tableFile) Write(table *results.Table) error {
	if err := t.sink.fail(t.Writer.Write(table)); err != nil {
		return err
	}
	t.sink.entry.Rows += table.Rows()
	return nil
}

func (t *tableFile) Close() error {
	t.sink.fail(t.Writer.Close())
	if err := t.sink.Close(); err != nil {
		return err
	}
	if path.Ext(t.sink.entry.Name) != ".parquet" {
		return nil
	}
	return t.sink.fail(t.readBack())
}

func (t *tableFile) readBack() error {
	file, err := os.Open(t.sink.place)
	if err != nil {
		return err
	}
	defer file.Close()
	return checkFooter(file, t.sink.entry.Bytes, t.sink.entry.Columns, t.sink.entry.Rows)
}
