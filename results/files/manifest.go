package files

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"flywheel/results"
)

// ManifestName is the file that makes a folder a run; it is written last.
const ManifestName = "manifest.json"

// ReadManifest reads the manifest of a run's folder. Where there is none the error is fs.ErrNotExist,
// wrapped with the path.
func ReadManifest(dir string) (results.Provenance, error) {
	path := filepath.Join(dir, ManifestName)
	data, err := os.ReadFile(path)
	if err != nil {
		return results.Provenance{}, pathError(path, err)
	}
	p, err := results.ParseProvenance(data)
	if err != nil {
		return results.Provenance{}, pathError(path, err)
	}
	return p, nil
}

// Verify reads every file of a run and compares its size and digest with the manifest. All files that are
// missing or differ are reported at once, each with its path. Files that the manifest does not list are
// nobody's fault.
func Verify(dir string) error {
	p, err := ReadManifest(dir)
	if err != nil {
		return err
	}
	var faults faultList
	for _, f := range p.Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if !filepath.IsLocal(filepath.FromSlash(f.Name)) {
			faults.add(fmt.Errorf("%s: lists %q, which is outside the run's folder", filepath.Join(dir, ManifestName), f.Name))
			continue
		}
		if err := unchanged(path, f); err != nil {
			faults.add(err)
		}
	}
	return faults.join()
}

// unchanged compares a file with its entry in the manifest.
func unchanged(path string, listed results.File) error {
	bytes, sum, err := digest(path)
	switch {
	case err != nil:
		return pathError(path, err)
	case bytes != listed.Bytes:
		return fmt.Errorf("%s: has %d bytes where the manifest has %d; the file was changed, so make the run again", path, bytes, listed.Bytes)
	case sum != listed.SHA256:
		return fmt.Errorf("%s: has sha256 %s where the manifest has %s; the file was changed, so make the run again", path, sum, listed.SHA256)
	}
	return nil
}

func digest(path string) (bytes int64, sum string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, "", err
	}
	hash := sha256.New()
	bytes, err = io.Copy(hash, file)
	return bytes, hex.EncodeToString(hash.Sum(nil)), errors.Join(err, file.Close())
}
