package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"flywheel/loadtest"
)

// adopt prints a first plan made of a foreign file, to be edited.
func (p *program) adopt(path string) error {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return wrong("--import: there is no file %q", path)
	}
	if err != nil {
		return fmt.Errorf("--import: cannot read the file: %w", err)
	}
	defer file.Close()
	read := loadtest.FromTargets
	if filepath.Ext(path) == ".har" || filepath.Ext(path) == ".json" {
		read = loadtest.FromHAR
	}
	made, notes, err := read(io.Reader(file))
	if err != nil {
		return failure{exitFaulty, fmt.Errorf("%s: %w", path, err)}
	}
	if !p.quiet {
		for _, note := range notes {
			fmt.Fprintln(p.err, note)
		}
	}
	_, err = fmt.Fprintf(p.out, "# made of %s; edit the curve, the checks and what the steps carry on\n%s", filepath.Base(path), made.Text())
	return err
}
