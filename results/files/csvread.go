package files

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"flywheel/results"
)

// ReadCSV reads a table of the given name and schema from RFC 4180 text whose header names the same
// columns in the same order. Without a schema the kinds are inferred: Integer where every field is a whole
// number, Number where every field is a number or empty, Text otherwise.
//
// An empty field is a Number that does not apply, or empty text. Line ends may be LF or CRLF, a byte order
// mark is passed over, and quoted text keeps its bytes. Errors name the line, the column and the value;
// the first twenty are given at once, and with any of them no table.
func ReadCSV(in io.Reader, name string, schema results.Schema) (*results.Table, error) {
	data, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	r := csvReader{name: name, text: strings.TrimPrefix(string(data), "\ufeff"), line: 1}
	header, _, err := r.record(nil)
	if err == io.EOF {
		return nil, fmt.Errorf("%s: is empty; the first line must name the columns", name)
	}
	if err != nil {
		return nil, err
	}
	var faults faultList
	cells, lines := r.columns(header, &faults)
	if schema == nil {
		schema = infer(header, cells)
	}
	if err := sameColumns(header, schema); err != nil {
		return nil, fmt.Errorf("%s:1: %w", name, err)
	}
	t := results.NewTable(name, schema)
	for i, c := range schema {
		t.Data[i] = parse(c.Kind, cells[i], func(row int, why string) {
			faults.add(fmt.Errorf("%s:%d: column %s: %q %s", name, lines[row], c.Name, cells[i][row], why))
		})
	}
	if err := faults.join(); err != nil {
		return nil, err
	}
	return t, nil
}

// csvReader cuts text into fields. The standard library's reader is not used because it turns CRLF inside
// quotes into LF, so that text would not survive a round trip.
type csvReader struct {
	name string
	text string
	at   int
	line int // line of the next byte, from 1.
}

func (r *csvReader) fault(line int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", r.name, line, fmt.Sprintf(format, args...))
}

// columns reads all records after the header into columns of text, with the line on which each record
// began. A record of another length than the header is a fault and left out; a broken quote ends the file.
func (r *csvReader) columns(header []string, faults *faultList) (cells [][]string, lines []int) {
	cells = make([][]string, len(header))
	// Records end in line ends and need a byte a field, which bounds their number from two sides.
	records := min(strings.Count(r.text[r.at:], "\n")+1, len(r.text)/len(header)+1)
	for i := range cells {
		cells[i] = make([]string, 0, records)
	}
	var fields []string
	for {
		var line int
		var err error
		fields, line, err = r.record(fields[:0])
		if err == io.EOF {
			return cells, lines
		}
		if err != nil {
			faults.add(err)
			return cells, lines
		}
		if len(fields) != len(header) {
			faults.add(r.fault(line, "%d fields where the header has %d", len(fields), len(header)))
			continue
		}
		lines = append(lines, line)
		for i, field := range fields {
			cells[i] = append(cells[i], field)
		}
	}
}

// record appends the fields of the next record that is not a blank line, and says on which line it began.
func (r *csvReader) record(fields []string) ([]string, int, error) {
	for r.lineEnd() {
	}
	if r.at == len(r.text) {
		return fields, r.line, io.EOF
	}
	begun := r.line
	for {
		field, err := r.field()
		if err != nil {
			return nil, 0, err
		}
		fields = append(fields, field)
		switch {
		case r.at == len(r.text) || r.lineEnd():
			return fields, begun, nil
		case r.text[r.at] == ',':
			r.at++
		default:
			return nil, 0, r.fault(r.line, "%q after the closing quote of a field; a quote inside quoted text must be doubled", r.text[r.at])
		}
	}
}

// lineEnd passes over one LF or CRLF if it comes next.
func (r *csvReader) lineEnd() bool {
	rest := r.text[r.at:]
	switch {
	case strings.HasPrefix(rest, "\n"):
		r.at++
	case strings.HasPrefix(rest, "\r\n"):
		r.at += 2
	default:
		return false
	}
	r.line++
	return true
}

func (r *csvReader) field() (string, error) {
	rest := r.text[r.at:]
	if !strings.HasPrefix(rest, `"`) {
		end := strings.IndexAny(rest, ",\n")
		if end < 0 {
			end = len(rest)
		} else if rest[end] == '\n' && end > 0 && rest[end-1] == '\r' {
			end--
		}
		if strings.Contains(rest[:end], `"`) {
			return "", r.fault(r.line, "a quote inside the unquoted field %q; quote the whole field and double the quote", rest[:end])
		}
		r.at += end
		return rest[:end], nil
	}
	begun := r.line
	for from := 1; ; {
		end := strings.IndexByte(rest[from:], '"')
		if end < 0 {
			return "", r.fault(begun, "a quoted field is never closed")
		}
		from += end + 1
		if from < len(rest) && rest[from] == '"' {
			from++
			continue
		}
		body := rest[1 : from-1]
		r.at += from
		r.line += strings.Count(body, "\n")
		return strings.ReplaceAll(body, `""`, `"`), nil
	}
}

// parse turns a column of fields into values of its kind, reporting those that are not.
func parse(kind results.Kind, fields []string, fault func(row int, why string)) results.Data {
	var d results.Data
	switch kind {
	case results.Text:
		d.Text = make([]string, len(fields))
		copies := make(map[string]string) // Names repeat in every row; one copy of each is enough.
		for row, field := range fields {
			if !utf8.ValidString(field) {
				fault(row, "is not valid UTF-8; save the file as UTF-8")
			}
			kept, ok := copies[field]
			if !ok {
				kept = strings.Clone(field) // A part of the file's text would keep all of it in memory.
				copies[kept] = kept
			}
			d.Text[row] = kept
		}
	case results.Integer:
		d.Integer = make([]int64, len(fields))
		for row, field := range fields {
			n, err := strconv.ParseInt(field, 10, 64)
			if err != nil {
				fault(row, "is not a whole number of 64 bits")
			}
			d.Integer[row] = n
		}
	default:
		d.Number = make([]float64, len(fields))
		for row, field := range fields {
			v, err := number(field)
			if err != nil {
				fault(row, "is not a number; leave the field empty where there is none")
			}
			d.Number[row] = v
		}
	}
	return d
}

// number reads a decimal number; nothing is NaN. Go's hexadecimal floats and digit separators are refused:
// no spreadsheet means them.
func number(field string) (float64, error) {
	if field == "" {
		return math.NaN(), nil
	}
	if strings.ContainsAny(field, "xX_") {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseFloat(field, 64)
}

// infer gives every column the narrowest kind that holds all its fields.
func infer(header []string, cells [][]string) results.Schema {
	schema := make(results.Schema, len(header))
	for i, name := range header {
		schema[i] = results.Column{Name: name, Kind: inferKind(cells[i])}
	}
	return schema
}

func inferKind(fields []string) results.Kind {
	kind, digits := results.Integer, false
	for _, field := range fields {
		unsigned := strings.TrimLeft(field, "+-")
		if len(unsigned) > 1 && unsigned[0] == '0' && '0' <= unsigned[1] && unsigned[1] <= '9' {
			return results.Text // Leading zeros belong to a code, such as a postcode.
		}
		digits = digits || strings.ContainsAny(field, "0123456789")
		if _, err := strconv.ParseInt(field, 10, 64); err == nil {
			continue
		}
		if _, err := number(field); err != nil {
			return results.Text
		}
		kind = results.Number
	}
	if !digits {
		return results.Text // Nothing but empty fields and words such as nan.
	}
	return kind
}

func sameColumns(header []string, schema results.Schema) error {
	names := schema.Names()
	if slices.Equal(header, names) {
		return results.NewTable("read", schema).Check()
	}
	return fmt.Errorf("the columns are %s where %s are wanted", strings.Join(header, ", "), strings.Join(names, ", "))
}

// faultList keeps the first twenty faults and the number of the others: all at once, but readable.
type faultList struct {
	first []error
	more  int
}

func (l *faultList) add(err error) {
	if len(l.first) < 20 {
		l.first = append(l.first, err)
		return
	}
	l.more++
}

func (l *faultList) join() error {
	if l.more > 0 {
		return errors.Join(append(l.first, fmt.Errorf("and %d more faults", l.more))...)
	}
	return errors.Join(l.first...)
}
