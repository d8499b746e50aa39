package files

import (
	"io"
	"math"
	"strconv"
	"strings"

	"flywheel/results"
)

// NewCSV returns a Writer of RFC 4180 text onto out, which it neither buffers beyond 64 KiB nor closes.
//
// The first line is the header. Lines end in a line feed alone, as nearly every reader accepts; text is
// quoted only where it must be. A Number that does not apply (NaN) is an empty field, infinities are Inf
// and -Inf, and every other number is the shortest decimal that reads back as the same float64.
func NewCSV(out io.Writer, name string, schema results.Schema) (Writer, error) {
	if err := openable(name, schema); err != nil {
		return nil, err
	}
	w := &csvWriter{out: out, schema: schema}
	for i, c := range schema {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.buf = w.appendText(w.buf, c.Name)
	}
	w.buf = append(w.buf, '\n')
	return w, nil
}

type csvWriter struct {
	out    io.Writer
	schema results.Schema
	buf    []byte
	err    error // err is the first failure; a file with a hole must not be continued.
}

func (w *csvWriter) Write(t *results.Table) error {
	if w.err != nil {
		return w.err
	}
	if err := accept(t, w.schema); err != nil {
		return err
	}
	buf := w.buf
	for row := range t.Rows() {
		for i := range w.schema {
			if i > 0 {
				buf = append(buf, ',')
			}
			switch d := &t.Data[i]; w.schema[i].Kind {
			case results.Text:
				buf = w.appendText(buf, d.Text[row])
			case results.Integer:
				buf = strconv.AppendInt(buf, d.Integer[row], 10)
			default:
				buf = w.appendNumber(buf, d.Number[row])
			}
		}
		buf = append(buf, '\n')
		const full = 64 << 10
		if len(buf) >= full {
			if _, w.err = w.out.Write(buf); w.err != nil {
				return w.err
			}
			buf = buf[:0]
		}
	}
	w.buf = buf
	return nil
}

// Close writes what is left; the output stays open.
func (w *csvWriter) Close() error {
	if w.err == nil {
		_, w.err = w.out.Write(w.buf)
		w.buf = w.buf[:0]
	}
	return w.err
}

func (w *csvWriter) appendText(buf []byte, text string) []byte {
	switch {
	case text == "":
		return w.appendNothing(buf)
	case !strings.ContainsAny(text, ",\"\r\n"):
		return append(buf, text...)
	}
	buf = append(buf, '"')
	for i := range len(text) {
		if text[i] == '"' {
			buf = append(buf, '"')
		}
		buf = append(buf, text[i])
	}
	return append(buf, '"')
}

func (w *csvWriter) appendNumber(buf []byte, v float64) []byte {
	if math.IsNaN(v) {
		return w.appendNothing(buf)
	}
	// Most cells of a forecast are whole numbers, which are several times cheaper to print as such.
	if whole := int64(v); float64(whole) == v && -1e15 < v && v < 1e15 && (whole != 0 || !math.Signbit(v)) {
		return strconv.AppendInt(buf, whole, 10)
	}
	return results.AppendExact(buf, v)
}

// appendNothing writes an empty field. In a table of one column that must be a pair of quotes: most
// readers skip a blank line, and the row with it.
func (w *csvWriter) appendNothing(buf []byte) []byte {
	if len(w.schema) == 1 {
		return append(buf, `""`...)
	}
	return buf
}
