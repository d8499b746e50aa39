package files

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"flywheel/results"
)

// ReadParquet reads a whole table from a file that NewParquet wrote; size is the file's length in bytes.
// A null becomes NaN. Files of other programs, and damaged ones, are refused with an error.
func ReadParquet(in io.ReaderAt, size int64) (t *results.Table, err error) {
	defer func() {
		// The library trusts lengths and offsets inside the file; on a damaged one it can index past
		// its buffers. That is a fault of the file, not of this program.
		if broken := recover(); broken != nil {
			t, err = nil, fmt.Errorf("is damaged: %v", broken)
		}
	}()
	if !endsInFooter(in, size) {
		return nil, errors.New("is not a Parquet file or is cut short")
	}
	file, err := parquet.OpenFile(in, size)
	if err != nil {
		return nil, fmt.Errorf("is not a Parquet file or is damaged: %w", err)
	}
	text, ok := file.Lookup(tableKey)
	if !ok {
		return nil, fmt.Errorf("has no %s in its metadata; only tables that this program wrote can be read", tableKey)
	}
	var about header
	if err := json.Unmarshal([]byte(text), &about); err != nil {
		return nil, fmt.Errorf("%s in the metadata: %w", tableKey, err)
	}
	if got := columnNames(file); !slices.Equal(got, about.Columns.Names()) {
		return nil, fmt.Errorf("is damaged: the columns are %s where the metadata names %s",
			strings.Join(got, ", "), strings.Join(about.Columns.Names(), ", "))
	}
	if err := onlyZstd(file); err != nil {
		return nil, err
	}
	t = results.NewTable(about.Name, about.Columns)
	interned := make(map[string]string)
	for _, group := range file.RowGroups() {
		for i, chunk := range group.ColumnChunks() {
			if err := readChunk(chunk, t.Schema[i], &t.Data[i], interned); err != nil {
				return nil, fmt.Errorf("is damaged: column %s: %w", t.Schema[i].Name, err)
			}
		}
	}
	if err := t.Check(); err != nil {
		return nil, fmt.Errorf("is damaged: %w", err)
	}
	if int64(t.Rows()) != file.NumRows() {
		return nil, fmt.Errorf("is damaged: it holds %d rows where its footer counts %d", t.Rows(), file.NumRows())
	}
	return t, nil
}

// onlyZstd refuses files that are not compressed as NewParquet does. A codec that does not belong to the
// bytes may decode them to far more than the memory holds, which no program survives.
func onlyZstd(file *parquet.File) error {
	for _, group := range file.Metadata().RowGroups {
		for _, column := range group.Columns {
			if codec := column.MetaData.Codec; codec != format.Zstd {
				return fmt.Errorf("is damaged or from another program: compressed with %v, where this program writes ZSTD", codec)
			}
		}
	}
	return nil
}

// endsInFooter looks at the last eight bytes of a file, the footer's length and the magic number. The
// library would reserve whatever length stands there, up to 4 GiB, before it finds out.
func endsInFooter(in io.ReaderAt, size int64) bool {
	const magic = "PAR1"
	var tail [8]byte
	if _, err := in.ReadAt(tail[:], size-int64(len(tail))); err != nil {
		return false
	}
	length := int64(binary.LittleEndian.Uint32(tail[:]))
	return string(tail[4:]) == magic && length+int64(len(tail)+len(magic)) <= size
}

func readChunk(chunk parquet.ColumnChunk, c results.Column, d *results.Data, interned map[string]string) error {
	if kind := chunk.Type().Kind(); kind != columnNode(c.Kind).Type().Kind() {
		return fmt.Errorf("holds %v, which is not %v", kind, c.Kind)
	}
	pages := chunk.Pages()
	defer pages.Close()
	values := make([]parquet.Value, 1024)
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		reader := page.Values()
		for done := false; !done; {
			n, err := reader.ReadValues(values)
			if err != nil && !errors.Is(err, io.EOF) {
				return err
			}
			done = err != nil
			takeValues(values[:n], c.Kind, d, interned)
		}
		parquet.Release(page)
	}
}

// takeValues appends decoded values; text is copied, once per different text, since pages are reused.
func takeValues(values []parquet.Value, kind results.Kind, d *results.Data, interned map[string]string) {
	for _, v := range values {
		switch kind {
		case results.Text:
			text, ok := interned[string(v.ByteArray())]
			if !ok {
				text = string(v.ByteArray())
				interned[text] = text
			}
			d.Text = append(d.Text, text)
		case results.Integer:
			d.Integer = append(d.Integer, v.Int64())
		default:
			if v.IsNull() {
				d.Number = append(d.Number, math.NaN())
			} else {
				d.Number = append(d.Number, v.Double())
			}
		}
	}
}
