package files

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"flywheel/results"
)

const (
	// tableKey is the metadata key under which a file says what it holds; see header.
	tableKey = "flywheel.table"

	// createdBy follows the form that the Parquet format asks for. It must not change with the build,
	// or the same tables would give other bytes.
	createdBy = "flywheel version 1.0.0 (build parquet-go)"

	// Pages and row groups end at fixed row numbers, whatever tables the rows came in. A page stays well
	// below the library's 256 KiB limit (13 bytes a row at most), so that the library never ends one.
	pageRows  = 16_384
	groupRows = 8 * pageRows
)

// header is the JSON under tableKey: what Parquet's own schema cannot say.
type header struct {
	Name    string         `json:"name"`
	Columns results.Schema `json:"columns"`
}

// NewParquet returns a Writer of one Parquet file onto out, which it does not close.
//
// Text is dictionary encoded, Integer delta encoded, and Number optional so that NaN is a real null. The
// pages are compressed with zstd. Kinds, units and descriptions stand as JSON under the metadata key
// flywheel.table. At most 131,072 rows (a row group) are held in memory, encoded and compressed.
func NewParquet(out io.Writer, name string, schema results.Schema) (Writer, error) {
	if err := openable(name, schema); err != nil {
		return nil, err
	}
	about, err := json.Marshal(header{Name: name, Columns: schema})
	if err != nil {
		return nil, fmt.Errorf("bug: table %s: %w", name, err)
	}
	writer := parquet.NewGenericWriter[any](out,
		parquet.NewSchema(name, newRecord(schema)),
		parquet.Compression(&zstd.Codec{Level: zstd.SpeedFastest}),
		parquet.KeyValueMetadata(tableKey, string(about)),
		&parquet.WriterConfig{CreatedBy: createdBy},
	)
	return &parquetWriter{schema: schema, file: writer, columns: writer.ColumnWriters()}, nil
}

type parquetWriter struct {
	schema  results.Schema
	file    *parquet.GenericWriter[any]
	columns []*parquet.ColumnWriter
	rows    int
	values  []parquet.Value // values is scratch for one page of one column.
	err     error           // err is the first failure; a file with a hole must not be continued.
}

func (w *parquetWriter) Write(t *results.Table) error {
	if w.err != nil {
		return w.err
	}
	if err := accept(t, w.schema); err != nil {
		return err
	}
	for from, rows := 0, t.Rows(); from < rows && w.err == nil; {
		to := min(rows, from+pageRows-w.rows%pageRows)
		w.err = w.add(t, from, to)
		from = to
	}
	return w.err
}

// add writes rows that all belong to the current page, and ends the page and the row group when full.
func (w *parquetWriter) add(t *results.Table, from, to int) error {
	for i, column := range w.columns {
		w.values = appendValues(w.values[:0], w.schema[i].Kind, t.Data[i], i, from, to)
		if _, err := column.WriteRowValues(w.values); err != nil {
			return err
		}
	}
	w.rows += to - from
	if w.rows%pageRows == 0 {
		for _, column := range w.columns {
			if err := column.Flush(); err != nil {
				return err
			}
		}
	}
	if w.rows%groupRows == 0 {
		return w.file.Flush()
	}
	return nil
}

// appendValues turns the values of one column into the library's form: value, repetition level (always
// 0), definition level (1 for an optional value that is there) and column index.
func appendValues(values []parquet.Value, kind results.Kind, d results.Data, column, from, to int) []parquet.Value {
	switch kind {
	case results.Text:
		for _, v := range d.Text[from:to] {
			values = append(values, parquet.ValueOf(v).Level(0, 0, column))
		}
	case results.Integer:
		for _, v := range d.Integer[from:to] {
			values = append(values, parquet.Int64Value(v).Level(0, 0, column))
		}
	default:
		for _, v := range d.Number[from:to] {
			if math.IsNaN(v) {
				values = append(values, parquet.NullValue().Level(0, 0, column))
			} else {
				values = append(values, parquet.DoubleValue(v).Level(0, 1, column))
			}
		}
	}
	return values
}

// Close writes the last row group and the footer; the output stays open.
func (w *parquetWriter) Close() error {
	if w.err != nil {
		return w.err
	}
	if w.err = w.file.Close(); w.err != nil {
		return w.err
	}
	w.err = errors.New("bug: a Parquet file is written to after its end")
	return nil
}

// record is the root of a Parquet schema whose columns keep their order; the library's Group sorts them
// by name.
type record struct {
	parquet.Group
	fields []parquet.Field
}

func newRecord(schema results.Schema) record {
	r := record{Group: make(parquet.Group, len(schema))}
	for _, c := range schema {
		node := columnNode(c.Kind)
		r.Group[c.Name] = node
		r.fields = append(r.fields, field{Node: node, name: c.Name})
	}
	return r
}

func columnNode(kind results.Kind) parquet.Node {
	switch kind {
	case results.Text:
		return parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
	case results.Integer:
		return parquet.Encoded(parquet.Leaf(parquet.Int64Type), &parquet.DeltaBinaryPacked)
	default:
		return parquet.Optional(parquet.Leaf(parquet.DoubleType))
	}
}

// Fields returns the columns in the schema's order.
func (r record) Fields() []parquet.Field { return r.fields }

// field is one column of a record.
type field struct {
	parquet.Node
	name string
}

// Name returns the column's name.
func (f field) Name() string { return f.name }

// Value is how the library would take the column from a Go value; rows are never Go values here.
func (f field) Value(reflect.Value) reflect.Value {
	panic("bug: column " + f.name + " is read from a Go value")
}

// checkFooter reads back the end of a finished file. The library has had reports of broken footers; a
// file that lies about its rows or columns must not be kept.
func checkFooter(in io.ReaderAt, size int64, schema results.Schema, rows int) error {
	file, err := parquet.OpenFile(in, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return fmt.Errorf("reading the footer back: %w", err)
	}
	if file.NumRows() != int64(rows) {
		return fmt.Errorf("the footer counts %d rows where %d were written", file.NumRows(), rows)
	}
	if got := columnNames(file); !slices.Equal(got, schema.Names()) {
		return fmt.Errorf("the footer names the columns %s where %s were written",
			strings.Join(got, ", "), strings.Join(schema.Names(), ", "))
	}
	return nil
}

func columnNames(file *parquet.File) []string {
	var names []string
	for _, c := range file.Root().Columns() {
		names = append(names, c.Name())
	}
	return names
}
