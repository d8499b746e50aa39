package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"flywheel/results"
)

// Read opens a .parquet or .csv file and returns its table, named after the file where the file itself
// does not say. When the manifest beside the file lists it, the file must be as the run left it, and a CSV
// file's kinds and units come from there; otherwise they are inferred (see ReadCSV). Errors begin with
// the path.
func Read(path string) (*results.Table, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, pathError(path, err)
	}
	defer file.Close()
	listed, err := listedAs(path)
	if err != nil {
		return nil, err
	}
	switch filepath.Ext(path) {
	case ".parquet":
		info, err := file.Stat()
		if err != nil {
			return nil, pathError(path, err)
		}
		t, err := ReadParquet(file, info.Size())
		if err != nil {
			return nil, pathError(path, err)
		}
		return t, nil
	case ".csv":
		t, err := ReadCSV(file, path, listed.Columns)
		if err != nil {
			return nil, err // It already names the path, with the line.
		}
		t.Name = tableName(path)
		return t, nil
	}
	return nil, fmt.Errorf("%s: tables are read from .parquet and .csv files", path)
}

// listedAs returns a file's entry in the manifest beside it, after checking that the file is unchanged;
// the zero value when there is no manifest or it does not list the file.
func listedAs(path string) (results.File, error) {
	p, err := ReadManifest(filepath.Dir(path))
	if errors.Is(err, fs.ErrNotExist) {
		return results.File{}, nil
	}
	if err != nil {
		return results.File{}, err
	}
	for _, f := range p.Files {
		if f.Name == filepath.Base(path) {
			return f, unchanged(path, f)
		}
	}
	return results.File{}, nil
}

// tableName is a file's base name without its ending.
func tableName(path string) string {
	base := filepath.Base(path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// pathError begins an error with the path that the user knows, dropping the operation and the path of a
// hidden folder that the system's own errors carry.
func pathError(path string, err error) error {
	var system *fs.PathError
	if errors.As(err, &system) {
		err = system.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}
