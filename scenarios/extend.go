package scenarios

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// isPath tells whether a name of a scenario is a file's path rather than a name of the
// library.
func isPath(name string) bool {
	return strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../") || filepath.IsAbs(name) ||
		strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// open is the text of a scenario, the file name it is quoted by and whether it was found.
// A path is relative to the folder of the file that says it.
func open(name, folder string) (text []byte, file string, err error) {
	if !isPath(name) {
		text, file, known := shelved(name)
		if !known {
			return nil, "", &NotFoundError{Name: name, Nearest: nearestNames(name)}
		}
		return text, file, nil
	}
	file = name
	if !filepath.IsAbs(name) {
		file = filepath.Join(folder, name)
	}
	text, err = readFile(file)
	if isFolder(file) {
		return nil, "", &NotFoundError{Name: name, folder: true}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", &NotFoundError{Name: name, Nearest: nearestNames(strings.TrimSuffix(filepath.Base(name), filepath.Ext(name)))}
	}
	if err != nil {
		return nil, "", fmt.Errorf("cannot read the scenario: %w", err)
	}
	return text, file, nil
}

// openFile is the text of a document that can only be a file.
func openFile(path string) ([]byte, error) {
	text, err := readFile(path)
	if isFolder(path) {
		return nil, &NotFoundError{Name: path, folder: true}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &NotFoundError{Name: path, file: true}
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the file: %w", err)
	}
	return text, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// readFile reads no more of a file than shows that it is too long for a scenario.
func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxBytes+1))
}

// chain reads a document and everything it extends, and merges them: the furthest base
// first, each file over the one it extends. What the bases call themselves is left behind.
// It is incomplete when one of them could not be read at all; problems then say so.
func chain(r *report, form *record, text []byte, file string) (tree *node, complete bool) {
	var documents []*node
	opened := []string{file}
	for {
		r.files = append(r.files, file)
		r.documents = len(r.files)
		raw := parse(r, place{file: file}, text)
		if raw == nil {
			return nil, false
		}
		document := form.read(r, raw)
		if document.kind != mapping {
			return nil, false
		}
		base := document.get("extends")
		document = document.without("extends")
		if len(documents) > 0 {
			document = document.without("name", "about")
		}
		documents = append(documents, document)
		if base == nil {
			break
		}
		if base.kind != scalar {
			return nil, false
		}
		var err error
		folder := filepath.Dir(file)
		if text, file, err = open(base.text, folder); err != nil {
			remedy := "name a scenario of the library, or a path that begins with ./ or / or ends in .yaml"
			var missing *NotFoundError
			if errors.As(err, &missing) && !isPath(base.text) {
				remedy = meant(base.text, Library())
			}
			r.add(base.at, remedy, "%s", strings.SplitN(err.Error(), ";", 2)[0])
			return nil, false
		}
		if i := slices.IndexFunc(opened, func(o string) bool { return filepath.Clean(o) == filepath.Clean(file) }); i >= 0 {
			r.add(base.at, "let one of them stand by itself", "extends itself: %s", strings.Join(append(opened[i:], file), " extends "))
			return nil, false
		}
		opened = append(opened, file)
	}
	for _, document := range slices.Backward(documents) {
		tree = merge(r, tree, document)
	}
	return tree, true
}
