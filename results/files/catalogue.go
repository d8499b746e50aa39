package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"flywheel/results"
)

// Stored is a run that a catalogue lists: its folder and its manifest, or why that cannot be read.
type Stored struct {
	Dir     string
	Name    string // Name is the folder's own.
	Run     results.Provenance
	Problem error
}

// Catalogue lists the runs in a folder, ordered by the names of their folders: every folder in it
// that has a manifest. There is no other record of runs, so that what is listed is what is there; a run
// that is being made or was killed on the way is hidden and not listed. A folder that is not there
// has no runs.
func Catalogue(root string) ([]Stored, error) {
	entries, err := os.ReadDir(root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, pathError(root, err)
	}
	var list []Stored
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if s := stored(filepath.Join(root, e.Name())); !errors.Is(s.Problem, fs.ErrNotExist) && !errors.Is(s.Problem, errNoFolder) {
			list = append(list, s)
		}
	}
	return list, nil
}

var errNoFolder = errors.New("not a folder")

func stored(dir string) Stored {
	s := Stored{Dir: dir, Name: filepath.Base(dir)}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		s.Problem = errNoFolder
		return s
	}
	s.Run, s.Problem = ReadManifest(dir)
	return s
}

// NoRunError says that nothing is stored under a name.
type NoRunError struct {
	Name  string
	Root  string
	Known []string // the names in the catalogue that begin so, else all of them
	Many  bool     // several runs have a name or a digest that begins so
}

// Error names the run and those that there are.
func (e *NoRunError) Error() string {
	known := strings.Join(e.Known, ", ")
	switch {
	case e.Many:
		return fmt.Sprintf("%s begins several runs in %s: %s; write more of it", e.Name, e.Root, known)
	case len(e.Known) == 0:
		return fmt.Sprintf("there is no run %s: %s has none; name a run's folder, or give --in DIR", e.Name, e.Root)
	}
	return fmt.Sprintf("there is no run %s; %s has %s", e.Name, e.Root, known)
}

// Find is the run of a folder, or the one in the catalogue of root whose name or digest is or begins
// as named. The error is a *NoRunError when there is none or several.
func Find(root, name string) (Stored, error) {
	if s := stored(name); s.Problem == nil {
		return s, nil
	}
	all, err := Catalogue(root)
	if err != nil {
		return Stored{}, err
	}
	var found []Stored
	var known []string
	for _, s := range all {
		known = append(known, s.Name)
		switch {
		case s.Name == name:
			return s, s.Problem
		case strings.HasPrefix(s.Name, name), s.Problem == nil && len(name) >= 4 && strings.HasPrefix(s.Run.Digest, name):
			found = append(found, s)
		}
	}
	if len(found) == 1 {
		return found[0], found[0].Problem
	}
	if len(found) > 1 {
		known = nil
		for _, s := range found {
			known = append(known, s.Name)
		}
	}
	return Stored{}, &NoRunError{Name: name, Root: root, Known: known, Many: len(found) > 1}
}

// Tables are the names of the run's tables without their endings, in the order of the manifest.
func (s Stored) Tables() []string {
	var list []string
	for _, f := range s.Run.Files {
		if name := tableName(f.Name); len(f.Columns) > 0 && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// Table reads one of the run's tables, from Parquet where there is both. A file that is not as the
// run left it is an error.
func (s Stored) Table(name string) (*results.Table, error) {
	for _, ending := range []string{".parquet", ".csv"} {
		if slices.ContainsFunc(s.Run.Files, func(f results.File) bool { return f.Name == name+ending }) {
			t, err := Read(filepath.Join(s.Dir, name+ending))
			if err != nil {
				return nil, err
			}
			t.Name = name
			return t, nil
		}
	}
	return nil, fmt.Errorf("%s has no table %q; it has %s", s.Name, name, strings.Join(s.Tables(), ", "))
}

// Rows is how many rows a table of the run has.
func (s Stored) Rows(name string) int {
	for _, f := range s.Run.Files {
		if tableName(f.Name) == name && len(f.Columns) > 0 {
			return f.Rows
		}
	}
	return 0
}

// Bytes is the size of the run's files.
func (s Stored) Bytes() int64 {
	var n int64
	for _, f := range s.Run.Files {
		n += f.Bytes
	}
	return n
}
