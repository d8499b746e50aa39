package files

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// hidden is a run's temporary folder, .flywheel-<base>-<16 hex digits> beside the final <base>.
//
// Its maker holds a lock on the folder itself for as long as it lives; the kernel lets go of the lock with
// the process, however that ends. So a hidden folder whose lock can be had belongs to nobody, and one
// whose lock is held is a living run's. Where folders cannot be locked nothing is ever swept. The random
// digits only keep two runs apart; no result depends on them.
type hidden struct {
	path string
	lock *os.File // lock is nil where folders cannot be locked.
}

// errHeld is lockDir's answer for a folder that another process has locked.
var errHeld = errors.New("locked by a living run")

const (
	hiddenPrefix = ".flywheel-"
	asideSuffix  = ".old" // asideSuffix marks an older run that was renamed aside; see hidden.replace.
)

// newHidden makes and locks a hidden folder for the run that will appear at dir.
func newHidden(dir string) (hidden, error) {
	for {
		path := filepath.Join(filepath.Dir(dir), fmt.Sprintf("%s%s-%016x", hiddenPrefix, filepath.Base(dir), rand.Uint64()))
		err := os.Mkdir(path, 0o777)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return hidden{}, err
		}
		// Between making and locking, another run's sweep may take the folder for a dead one's: then its
		// lock is held, or it is gone, or another folder is locked than the one at the path.
		lock, err := lockDir(path)
		switch {
		case err == nil && isOpen(path, lock):
			return hidden{path: path, lock: lock}, nil
		case err == nil:
			lock.Close()
		case !errors.Is(err, errHeld) && !errors.Is(err, fs.ErrNotExist):
			return hidden{path: path}, nil
		}
	}
}

// isOpen reports whether path still is the folder that lock holds.
func isOpen(path string, lock *os.File) bool {
	at, err := os.Lstat(path)
	if err != nil {
		return false
	}
	held, err := lock.Stat()
	return err == nil && os.SameFile(at, held)
}

// replace renames the older run at dir aside and this folder into its place, in two steps; when the
// second fails the first is undone.
func (h hidden) replace(dir string) error {
	if err := os.Rename(dir, h.aside()); err != nil {
		return err
	}
	if err := os.Rename(h.path, dir); err != nil {
		return errors.Join(err, os.Rename(h.aside(), dir))
	}
	return nil
}

func (h hidden) aside() string { return h.path + asideSuffix }

// remove removes the hidden folder and lets go of its lock.
func (h hidden) remove() error {
	defer h.release()
	return os.RemoveAll(h.path)
}

// release lets go of the lock; once or more often is the same.
func (h hidden) release() {
	if h.lock != nil {
		h.lock.Close()
	}
}

// siblings lists the hidden folders that belong to dir, with the given ending. Another run's base name
// cannot be mistaken for this one's: exactly 16 hexadecimal digits must follow.
func siblings(dir, suffix string) []string {
	parent := filepath.Dir(dir)
	entries, err := os.ReadDir(parent)
	if err != nil {
		return nil // A parent that cannot be read has nothing that we could sweep.
	}
	ours := regexp.MustCompile("^" + regexp.QuoteMeta(hiddenPrefix+filepath.Base(dir)) + "-[0-9a-f]{16}" + regexp.QuoteMeta(suffix) + "$")
	var paths []string
	for _, e := range entries {
		if e.IsDir() && ours.MatchString(e.Name()) {
			paths = append(paths, filepath.Join(parent, e.Name()))
		}
	}
	return paths
}

// sweep removes the hidden folders of dead runs to the same place. It is a courtesy: what cannot be
// removed stays, and hinders nobody.
func sweep(dir string) {
	for _, path := range append(siblings(dir, ""), siblings(dir, asideSuffix)...) {
		if lock, err := lockDir(path); err == nil {
			_ = os.RemoveAll(path)
			lock.Close()
		}
	}
}

// recoverOld puts an older run back that a kill between the two renames of hidden.replace left aside: then
// nothing is at dir, and the newer folder has not moved.
func recoverOld(dir string) error {
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, aside := range siblings(dir, asideSuffix) {
		newer := strings.TrimSuffix(aside, asideSuffix)
		if _, err := os.Lstat(newer); err != nil {
			continue
		}
		lock, err := lockDir(newer)
		if errors.Is(err, errHeld) {
			continue // A living run is between its two renames.
		}
		if lock != nil {
			lock.Close()
		}
		return os.Rename(aside, dir)
	}
	return nil
}
