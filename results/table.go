package results

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Data holds one column's values, in the one slice that its Kind names; the other two stay nil.
type Data struct {
	Text    []string
	Integer []int64
	Number  []float64
}

// Table is columnar: Data[i] belongs to Schema[i], and row r of the table is element r of every column.
// NaN in a Number column means "does not apply" and is a null in files.
//
// Hot paths append to Data directly and call Check once; nothing here is safe for concurrent use.
type Table struct {
	Name   string
	Schema Schema
	Data   []Data
}

// NewTable returns an empty table of the given schema, which it shares and does not change.
func NewTable(name string, schema Schema) *Table {
	return &Table{Name: name, Schema: schema, Data: make([]Data, len(schema))}
}

// Rows is the number of rows: the length of the first column, 0 for a table without columns.
func (t *Table) Rows() int {
	if len(t.Data) == 0 || len(t.Schema) == 0 {
		return 0
	}
	return t.Data[0].len(t.Schema[0].Kind)
}

func (d Data) len(kind Kind) int {
	switch kind {
	case Text:
		return len(d.Text)
	case Integer:
		return len(d.Integer)
	default:
		return len(d.Number)
	}
}

// Check reports every way in which the data breaks the schema: columns of different lengths, values of
// another kind, names that are missing or stand twice. A fault here is ours, so the text begins "bug: ".
func (t *Table) Check() error {
	faults := t.Schema.check()
	if len(t.Data) != len(t.Schema) {
		faults = append(faults, fmt.Sprintf("%d columns of data for %d of schema", len(t.Data), len(t.Schema)))
	}
	rows := t.Rows()
	for i, d := range t.Data[:min(len(t.Data), len(t.Schema))] {
		c := t.Schema[i]
		if c.Kind > Number {
			continue // Already a fault of the schema.
		}
		if n := d.len(c.Kind); n != rows {
			faults = append(faults, fmt.Sprintf("column %s has %d rows where %s has %d", c.Name, n, t.Schema[0].Name, rows))
		}
		if len(d.Text)+len(d.Integer)+len(d.Number) != d.len(c.Kind) {
			faults = append(faults, fmt.Sprintf("column %s of kind %v holds values of another kind", c.Name, c.Kind))
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return t.fault(strings.Join(faults, "; "))
}

func (t *Table) fault(text string) error { return fmt.Errorf("bug: table %s: %s", t.Name, text) }

// Append adds one row, giving one string, int, int64 or float64 per column in order. It adds the whole
// row or, with an error that names every misfit, nothing. An int or int64 fits a Number column where the
// float is exact. It is meant for small tables.
func (t *Table) Append(values ...any) error {
	if len(values) != len(t.Schema) {
		return t.fault(fmt.Sprintf("%d values for %d columns", len(values), len(t.Schema)))
	}
	row := make([]Data, len(values))
	var faults []error
	for i, v := range values {
		d, ok := single(t.Schema[i].Kind, v)
		if !ok {
			faults = append(faults, t.fault(fmt.Sprintf("column %s of kind %v cannot hold %v (%T)",
				t.Schema[i].Name, t.Schema[i].Kind, v, v)))
		}
		row[i] = d
	}
	if len(faults) > 0 {
		return errors.Join(faults...)
	}
	for i := range row {
		t.Data[i].add(row[i])
	}
	return nil
}

// single puts one value into a column's data of length one, if the kind can hold it.
func single(kind Kind, value any) (Data, bool) {
	if n, ok := value.(int); ok {
		value = int64(n)
	}
	switch v := value.(type) {
	case string:
		return Data{Text: []string{v}}, kind == Text
	case float64:
		return Data{Number: []float64{v}}, kind == Number
	case int64:
		if kind == Number {
			const exact = 1 << 53 // Every whole number up to here is a float64.
			return Data{Number: []float64{float64(v)}}, -exact <= v && v <= exact
		}
		return Data{Integer: []int64{v}}, kind == Integer
	}
	return Data{}, false
}

func (d *Data) add(other Data) {
	d.Text = append(d.Text, other.Text...)
	d.Integer = append(d.Integer, other.Integer...)
	d.Number = append(d.Number, other.Number...)
}

// Add appends the rows of another table of an equal schema to this one; another schema is an error.
func (t *Table) Add(other *Table) error {
	if !t.Schema.Equal(other.Schema) {
		return fmt.Errorf("table %s cannot be joined to table %s: the columns differ: %s against %s",
			other.Name, t.Name, strings.Join(other.Schema.Names(), ", "), strings.Join(t.Schema.Names(), ", "))
	}
	for i := range t.Data {
		t.Data[i].add(other.Data[i])
	}
	return nil
}

// Concat returns a new table with this table's name and rows followed by the others' rows, in order;
// all schemas must be equal.
func (t *Table) Concat(others ...*Table) (*Table, error) {
	joined := t.Slice(0, t.Rows())
	for _, other := range others {
		if err := joined.Add(other); err != nil {
			return nil, err
		}
	}
	return joined, nil
}

// Slice returns the rows from and up to, not including, to. It shares the values with t, but appending
// to either does not disturb the other.
func (t *Table) Slice(from, to int) *Table {
	part := NewTable(t.Name, t.Schema)
	for i, d := range t.Data {
		switch t.Schema[i].Kind {
		case Text:
			part.Data[i].Text = d.Text[from:to:to]
		case Integer:
			part.Data[i].Integer = d.Integer[from:to:to]
		default:
			part.Data[i].Number = d.Number[from:to:to]
		}
	}
	return part
}

// Filter returns a new table of the rows, in order, for which keep is true.
func (t *Table) Filter(keep func(row int) bool) *Table {
	var rows []int
	for r := range t.Rows() {
		if keep(r) {
			rows = append(rows, r)
		}
	}
	chosen := NewTable(t.Name, t.Schema)
	for i, d := range t.Data {
		chosen.Data[i] = Data{Text: pick(d.Text, rows), Integer: pick(d.Integer, rows), Number: pick(d.Number, rows)}
	}
	return chosen
}

func pick[T any](values []T, rows []int) []T {
	if values == nil {
		return nil
	}
	picked := make([]T, len(rows))
	for i, r := range rows {
		picked[i] = values[r]
	}
	return picked
}

// Where returns a new table of the rows whose cell in the named column reads as value (see Cell).
// It panics when there is no such column; ask Schema.Index first about a name from outside.
func (t *Table) Where(column, value string) *Table {
	i := t.column(column)
	return t.Filter(func(row int) bool { return t.Cell(row, i) == value })
}

// Cell is the exact text of one cell, as a CSV file has it: shortest decimals that read back as the same
// number, and nothing for a Number that does not apply.
func (t *Table) Cell(row, column int) string {
	switch d := t.Data[column]; t.Schema[column].Kind {
	case Text:
		return d.Text[row]
	case Integer:
		return strconv.FormatInt(d.Integer[row], 10)
	default:
		if math.IsNaN(d.Number[row]) {
			return ""
		}
		return Exact(d.Number[row])
	}
}

// Texts returns the named Text column itself, not a copy. It panics when there is none of that kind.
func (t *Table) Texts(name string) []string { return t.Data[t.typed(name, Text)].Text }

// Integers returns the named Integer column itself, not a copy. It panics when there is none of that kind.
func (t *Table) Integers(name string) []int64 { return t.Data[t.typed(name, Integer)].Integer }

// Numbers returns the named Number column itself, not a copy. It panics when there is none of that kind.
func (t *Table) Numbers(name string) []float64 { return t.Data[t.typed(name, Number)].Number }

// column finds a column that our own code names; a wrong name there is a broken invariant.
func (t *Table) column(name string) int {
	i := t.Schema.Index(name)
	if i < 0 {
		panic(fmt.Sprintf("bug: table %s has no column %s; it has %s", t.Name, name, strings.Join(t.Schema.Names(), ", ")))
	}
	return i
}

func (t *Table) typed(name string, kind Kind) int {
	i := t.column(name)
	if t.Schema[i].Kind != kind {
		panic(fmt.Sprintf("bug: column %s of table %s is of kind %v, not %v", name, t.Name, t.Schema[i].Kind, kind))
	}
	return i
}
