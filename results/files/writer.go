package files

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"flywheel/results"
)

// Writer appends the rows of tables, in order, to one file of a fixed schema.
//
// Write refuses a table of another schema and a table that breaks its own; it does not keep the table.
// How rows are split into tables does not change a byte of the file. Close completes the file and must be
// called once; after an error the file is not usable. A Writer serves one goroutine.
type Writer interface {
	Write(*results.Table) error
	Close() error
}

// Tee returns a Writer that passes every table to all of the given writers, in order.
func Tee(writers ...Writer) Writer { return tee(writers) }

type tee []Writer

func (t tee) Write(table *results.Table) error {
	for _, w := range t {
		if err := w.Write(table); err != nil {
			return err
		}
	}
	return nil
}

// Close closes all, also when one of them fails, so that no file stays open.
func (t tee) Close() error {
	var faults []error
	for _, w := range t {
		faults = append(faults, w.Close())
	}
	return errors.Join(faults...)
}

// accept checks what both formats ask of a table before its rows are written.
func accept(t *results.Table, schema results.Schema) error {
	if !t.Schema.Equal(schema) {
		return fmt.Errorf("bug: table %s has columns %s where its file has %s",
			t.Name, strings.Join(t.Schema.Names(), ", "), strings.Join(schema.Names(), ", "))
	}
	if err := t.Check(); err != nil {
		return err
	}
	for i, c := range schema {
		for row, text := range t.Data[i].Text {
			if !utf8.ValidString(text) {
				return fmt.Errorf("table %s: row %d: column %s: %q is not valid UTF-8, which Parquet text must be", t.Name, row, c.Name, text)
			}
		}
	}
	return nil
}

// openable checks a schema before a file is made for it.
func openable(name string, schema results.Schema) error {
	if len(schema) == 0 {
		return fmt.Errorf("bug: table %s has no columns", name)
	}
	return results.NewTable(name, schema).Check()
}
