package plan

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Feeder gives each start a row of a table, such as a customer to log in as: in a
// journey, {{user.email}} is the column email of the row that the feeder user gives.
type Feeder struct {
	Name    string
	File    string // where the table was read from
	Sum     string // SHA-256 of the file, in hexadecimal
	Order   Order
	Columns []string
	Rows    [][]string
}

// Order is which row a start takes.
type Order string

// The orders of rows.
const (
	InTurn   Order = "in_turn"   // start n takes row n, and after the last the first again
	AtRandom Order = "at_random" // any row, by the run's seed and the start's number alone
	Once     Order = "once"      // start n takes row n; there must be as many rows as starts
)

// Orders lists the orders that a plan may ask for.
func Orders() []string { return []string{string(InTurn), string(AtRandom), string(Once)} }

// maxRows bounds a table, as all of it is kept in memory.
const maxRows = 1_000_000

// ReadFeeder reads a table from a CSV file whose first row names its columns. Its
// error is the Faults of the file, with the paths LINE:COLUMN; an error of the source
// is returned as it is.
func ReadFeeder(name, file string, source io.Reader) (Feeder, error) {
	f := Feeder{Name: name, File: file, Order: InTurn}
	hash := sha256.New()
	r := csv.NewReader(io.TeeReader(source, hash))
	rows, err := r.ReadAll()
	var bad *csv.ParseError
	switch {
	case errors.As(err, &bad):
		return Feeder{}, Faults{{Path: fmt.Sprintf("%d:%d", bad.Line, bad.Column), Problem: bad.Err.Error(), Remedy: "write as many values in each row as the first row has names"}}
	case err != nil:
		return Feeder{}, err
	case len(rows) < 2:
		return Feeder{}, Faults{{Path: wholeFile, Problem: "the table has no row", Remedy: "write the names of the columns in the first row and values in the others"}}
	case len(rows) > maxRows:
		return Feeder{}, Faults{{Path: wholeFile, Problem: fmt.Sprintf("the table has more than %d rows", maxRows), Remedy: "use fewer rows"}}
	}
	f.Columns, f.Rows = rows[0], rows[1:]
	f.Columns[0] = strings.TrimPrefix(f.Columns[0], "\ufeff")
	var fs Faults
	for i, column := range f.Columns {
		if f.Columns[i] = strings.TrimSpace(column); !valueName(f.Columns[i]) || strings.Contains(column, ".") {
			fs.add(wholeFile, "use letters, digits, - and _", "%q is no name for a column", clip(column))
		} else if slices.Index(f.Columns, f.Columns[i]) < i {
			fs.add(wholeFile, "give it another name", "there are two columns %q", clip(column))
		}
	}
	f.Sum = hex.EncodeToString(hash.Sum(nil))
	return f, fs.Err()
}

// Value is a column of the row that a start takes.
func (f Feeder) Value(seed uint64, start int64, column int) string {
	row := start % int64(len(f.Rows))
	if f.Order == AtRandom {
		place := 0
		for _, letter := range []byte(f.Name) { // feeders draw apart from each other
			place = 31*place + int(letter)
		}
		row = int64(Luck(seed, ForRows, start, place) * float64(len(f.Rows)))
	}
	return f.Rows[row][column]
}

func (p Plan) validateFeeders(fs *Faults) {
	seen := map[string]bool{}
	for i, f := range p.Feeders {
		path := fmt.Sprintf("feeders[%d]", i)
		switch {
		case !valueName(f.Name) || strings.Contains(f.Name, ".") || f.Name == environment:
			fs.add(path+".name", "use letters, digits, - and _, and not "+environment, "%q is no name for a feeder", clip(f.Name))
		case seen[f.Name]:
			fs.add(path+".name", "give it another name", "there are two feeders %q", clip(f.Name))
		}
		seen[f.Name] = true
		if !slices.Contains(Orders(), string(f.Order)) {
			fs.add(path+".order", "write "+strings.Join(Orders(), ", "), "%q is no order of rows", clip(string(f.Order)))
		}
		if len(f.Rows) == 0 {
			fs.add(path+".file", "name a CSV file with a row of names and rows of values", "the table has no row")
		}
		if s, err := p.Curve.Schedule(); f.Order == Once && err == nil && s.Total() > int64(len(f.Rows)) {
			fs.add(path, "add rows, or take them in_turn", "the curve makes %d starts, and the table has %d rows", s.Total(), len(f.Rows))
		}
	}
}
