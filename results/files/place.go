package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// place puts the finished hidden folder at its final place.
//
// Where nothing is there yet, one rename does it. An older directory is exchanged with the new one in one
// step of the kernel (renameat2 with RENAME_EXCHANGE on Linux, RENAME_SWAP on macOS) and then removed, so
// that at every moment the path holds one whole run. Renaming file by file, the manifest last, was
// refused: killed in between it leaves new tables beside an old manifest. Where folders cannot be
// exchanged the older one is renamed aside first; killed between the two renames, the next Begin puts it
// back.
//
// Files of the older directory that its manifest does not list are people's own notes: they come along,
// as hard links made before the exchange.
func (f *Folder) place() error {
	if err := syncTree(f.hidden.path); err != nil {
		return pathError(f.shown, err)
	}
	for range 3 { // Another run to the same place may come between the look and the rename.
		old, err := admit(f.dir, f.shown, f.digest, f.overwrite)
		if err != nil {
			return err
		}
		if !old.exists {
			err = os.Rename(f.hidden.path, f.dir)
			if errors.Is(err, fs.ErrExist) {
				continue
			}
			if err == nil {
				f.hidden.release()
			}
			return f.renamed(err)
		}
		if err := carry(old, f.dir, f.hidden.path); err != nil {
			return pathError(f.shown, err)
		}
		err = f.system.exchange(f.hidden.path, f.dir)
		if errors.Is(err, errors.ErrUnsupported) {
			err = f.hidden.replace(f.dir)
		}
		if errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			// The run is in place; what of the old one cannot be removed is swept by a later Begin.
			_ = f.hidden.remove()
			_ = os.RemoveAll(f.hidden.aside())
		}
		return f.renamed(err)
	}
	return fmt.Errorf("%s: other runs keep writing to this folder; choose another --out", f.shown)
}

// renamed makes the outcome of the last rename durable, or explains its failure.
func (f *Folder) renamed(err error) error {
	if err != nil {
		var link *os.LinkError
		if errors.As(err, &link) {
			err = link.Err
		}
		return fmt.Errorf("%s: cannot be put in place: %w; when it is a mount point, choose a folder inside it", f.shown, err)
	}
	if err := syncDir(filepath.Dir(f.dir)); err != nil {
		return pathError(f.shown, err)
	}
	return nil
}

// older is what stands at a run's place before it: nothing, or a directory with the files of an old run.
type older struct {
	exists bool
	mode   fs.FileMode
	listed map[string]bool // listed are the old run's own files, which are not kept.
}

// admit decides whether a run may take the place of what is at dir, and explains a refusal.
func admit(dir, shown, digest string, overwrite bool) (older, error) {
	info, err := os.Lstat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return older{}, nil
	}
	if err != nil {
		return older{}, pathError(shown, err)
	}
	if !info.IsDir() {
		return older{}, fmt.Errorf("%s: is a file where a run's folder is wanted; choose another --out", shown)
	}
	if ownDevice(dir) {
		return older{}, fmt.Errorf("%s: is a mount point, which cannot be replaced in one step; choose a folder inside it", shown)
	}
	old := older{exists: true, mode: info.Mode().Perm(), listed: map[string]bool{ManifestName: true}}
	names, err := os.ReadDir(dir)
	if err != nil {
		return older{}, pathError(shown, err)
	}
	if len(names) == 0 {
		return old, nil
	}
	p, err := ReadManifest(dir)
	refused := ""
	switch {
	case errors.Is(err, fs.ErrNotExist):
		refused = "is not empty and holds no run; choose another --out, or give --overwrite to put this run beside what is there"
	case err != nil:
		refused = fmt.Sprintf("holds a manifest that cannot be read (%v); choose another --out, or give --overwrite to replace it", err)
	case p.Digest != digest:
		refused = fmt.Sprintf("holds another run (scenario %s, digest %s, where this one has %s); choose another --out, or give --overwrite to replace it",
			p.Scenario, brief(p.Digest), brief(digest))
	}
	if refused != "" && !overwrite {
		return older{}, fmt.Errorf("%s: %s", shown, refused)
	}
	for _, f := range p.Files {
		old.listed[f.Name] = true
	}
	return old, nil
}

// brief is enough of a digest to tell two apart.
func brief(digest string) string {
	const enough = 12
	return digest[:min(enough, len(digest))]
}

// carry brings what is not the old run's own from the old directory into the new one, where the new one
// has not a file of that name itself.
func carry(old older, from, to string) error {
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == from {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, name)
		there, err := os.Lstat(target)
		taken := err == nil
		switch {
		case d.IsDir() && taken && there.IsDir():
			return nil
		case d.IsDir() && !taken:
			info, err := d.Info()
			if err != nil {
				return err
			}
			return os.Mkdir(target, info.Mode().Perm()|0o700) // Or nothing could be put into it.
		case d.IsDir() || taken && there.IsDir():
			return fmt.Errorf("%s is in the way of a file or folder of the run; move it", name)
		case taken || old.listed[filepath.ToSlash(name)]:
			return nil
		case d.Type() == fs.ModeSymlink:
			aim, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return os.Symlink(aim, target)
		case d.Type() != 0:
			return fmt.Errorf("%s is neither a file nor a folder and cannot be kept; move it", name)
		}
		if os.Link(path, target) == nil {
			return nil
		}
		return copyFile(path, target) // Some file systems have no hard links.
	})
	if err != nil {
		return err
	}
	return os.Chmod(to, old.mode)
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// syncTree makes the names inside a folder durable; the files themselves already are.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return syncDir(path)
	})
}

// resolve is the absolute path of dir with every symbolic link followed as far as the path exists, so
// that the folder behind a link is replaced and not the link.
func resolve(dir string) (string, error) {
	whole, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	rest := ""
	for at := whole; ; at = filepath.Dir(at) {
		real, err := filepath.EvalSymlinks(at)
		if err == nil {
			return filepath.Join(real, rest), nil
		}
		if !errors.Is(err, fs.ErrNotExist) || at == filepath.Dir(at) {
			return "", err
		}
		rest = filepath.Join(filepath.Base(at), rest)
	}
}

// makeParents creates the missing folders above dir and returns them, outermost first.
func makeParents(dir string) (made []string, err error) {
	var missing []string
	for at := filepath.Dir(dir); ; at = filepath.Dir(at) {
		if _, err := os.Lstat(at); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		missing = append(missing, at)
	}
	for i := len(missing) - 1; i >= 0; i-- {
		if err := os.Mkdir(missing[i], 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
			return made, err
		}
		made = append(made, missing[i])
	}
	return made, nil
}

// removeParents removes again, innermost first, those folders that are still empty.
func removeParents(made []string) error {
	for i := len(made) - 1; i >= 0; i-- {
		if os.Remove(made[i]) != nil {
			return nil // Somebody uses it by now.
		}
	}
	return nil
}
