package main

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"flywheel/results"
	"flywheel/results/files"
	"flywheel/results/report"
)

// The kinds of run, beside a load test, whose page is one of the load half.
const (
	kindCapacity  = "capacity"
	kindRehearsal = "rehearse"
)

// loadReport is the page of a load test, a search or a rehearsal, from its tables by name.
func loadReport(about results.Provenance, command string, table func(name string) *results.Table) ([]byte, error) {
	var page bytes.Buffer
	err := reportedLoad(about, command, table).Write(&page)
	return page.Bytes(), err
}

// reportedLoad is what such a page is made from.
func reportedLoad(about results.Provenance, command string, table func(name string) *results.Table) report.Load {
	l := report.Load{Provenance: about, Command: command}
	of := table
	switch about.Kind {
	case kindCapacity:
		of = func(string) *results.Table { return nil }
		l.Found = table("summary")
	case kindRehearsal:
		of = func(name string) *results.Table { return table(rehearsedPrefix + name) }
		l.Found, l.Curve, l.Shortfall = table("summary"), table("curve"), table("shortfall")
	}
	l.Capacity = table("capacity")
	l.Summary, l.Steps, l.Seconds, l.Errors, l.Thresholds = of("summary"), of("steps"), of("seconds"), of("errors"), of("thresholds")
	return l
}

// rehearsedPrefix begins the names of a rehearsal's tables that are those of its load test.
const rehearsedPrefix = "load_"

// named finds a table by its name; nil for none.
func named(tables []*results.Table) func(string) *results.Table {
	return func(name string) *results.Table {
		for _, t := range tables {
			if t.Name == name {
				return t
			}
		}
		return nil
	}
}

// storedLoad reads a stored run of the load half.
func storedLoad(dir string, manifest results.Provenance) (report.Load, error) {
	var tables []*results.Table
	for _, f := range manifest.Files {
		name, isTable := strings.CutSuffix(f.Name, ".csv")
		if !isTable {
			continue
		}
		t, err := files.Read(filepath.Join(dir, f.Name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // taken away since
		}
		if err != nil {
			return report.Load{}, err
		}
		t.Name = name
		tables = append(tables, t)
	}
	return reportedLoad(manifest, repeated(manifest.Kind), named(tables)), nil
}

// repeated is how a run of the load half is made once more.
func repeated(kind string) string {
	if kind == kindRehearsal {
		return "flywheel rehearse resolved.yaml --target URL"
	}
	return "flywheel " + kind + " resolved.yaml"
}
