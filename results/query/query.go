package query

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"flywheel/results"
)

// Query is a question about a table. Its parts are answered in the order of the fields; the
// zero value asks for the table as it is.
type Query struct {
	Where   string   // rows for which the expression holds, such as `metric == "gmv" and period >= 30`
	By      []string // columns whose values make a group
	Agg     []string // what is said of a group: mean, sd, min, max, sum, count, or a quantile such as p95
	Of      []string // number columns that are summed up; none means all
	Columns []string // columns kept, in this order; none means all
	Sort    []string // columns to order by; -NAME for the largest first
	Limit   int      // rows kept from the top; 0 means all
}

// Run answers the question about a table, which it leaves as it is. All faults of names are
// told at once.
func (q Query) Run(t *results.Table) (*results.Table, error) {
	if err := q.check(t); err != nil {
		return nil, err
	}
	if q.Where != "" {
		kept, err := where(t, q.Where)
		if err != nil {
			return nil, err
		}
		t = kept
	}
	if len(q.By) > 0 || len(q.Agg) > 0 {
		grouped, err := q.group(t)
		if err != nil {
			return nil, err
		}
		t = grouped
	}
	if err := errors.Join(names(t, "columns", q.Columns), names(t, "sort", bare(q.Sort))); err != nil {
		return nil, err
	}
	t = order(t, q.Sort)
	if q.Limit > 0 && q.Limit < t.Rows() {
		t = t.Slice(0, q.Limit)
	}
	return choose(t, q.Columns), nil
}

// check tells what cannot be asked of a table at all.
func (q Query) check(t *results.Table) error {
	faults := []error{names(t, "by", q.By), names(t, "of", q.Of)}
	for _, name := range q.Of {
		if i := t.Schema.Index(name); i >= 0 && t.Schema[i].Kind == results.Text {
			faults = append(faults, fmt.Errorf("of: %s holds text, which cannot be summed up", name))
		}
	}
	for _, agg := range q.Agg {
		if _, err := aggregate(agg); err != nil {
			faults = append(faults, err)
		}
	}
	if len(q.Agg) == 0 && len(q.Of) > 0 {
		faults = append(faults, errors.New("of: nothing is said of the columns; give agg, such as mean"))
	}
	if q.Limit < 0 {
		faults = append(faults, fmt.Errorf("limit: %d rows cannot be kept", q.Limit))
	}
	return errors.Join(faults...)
}

// names refuses columns that a table has not.
func names(t *results.Table, what string, list []string) error {
	var faults []error
	for _, name := range list {
		if t.Schema.Index(name) < 0 {
			faults = append(faults, fmt.Errorf("%s: table %s has no column %q; it has %s", what, t.Name, name, strings.Join(t.Schema.Names(), ", ")))
		}
	}
	return errors.Join(faults...)
}

// bare are the names of columns to sort by.
func bare(sort []string) []string {
	list := make([]string, len(sort))
	for i, s := range sort {
		list[i] = strings.TrimPrefix(s, "-")
	}
	return list
}

// choose keeps some columns in the order asked for.
func choose(t *results.Table, columns []string) *results.Table {
	if len(columns) == 0 {
		return t
	}
	out := &results.Table{Name: t.Name}
	for _, name := range columns {
		i := t.Schema.Index(name)
		out.Schema, out.Data = append(out.Schema, t.Schema[i]), append(out.Data, t.Data[i])
	}
	return out
}

// order sorts rows, those that are alike staying as they were.
func order(t *results.Table, sort []string) *results.Table {
	if len(sort) == 0 {
		return t
	}
	rows := make([]int, t.Rows())
	for i := range rows {
		rows[i] = i
	}
	slices.SortStableFunc(rows, func(a, b int) int {
		for _, name := range sort {
			bareName, down := strings.CutPrefix(name, "-")
			c := compare(t, t.Schema.Index(bareName), a, b)
			if down {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
	return pick(t, rows)
}

// compare orders two cells of a column; what does not apply comes first.
func compare(t *results.Table, column, a, b int) int {
	switch d := t.Data[column]; t.Schema[column].Kind {
	case results.Text:
		return strings.Compare(d.Text[a], d.Text[b])
	case results.Integer:
		return cmp.Compare(d.Integer[a], d.Integer[b])
	default:
		return cmp.Compare(d.Number[a], d.Number[b])
	}
}

// pick makes a table of some rows in the given order.
func pick(t *results.Table, rows []int) *results.Table {
	out := results.NewTable(t.Name, t.Schema)
	for i, c := range t.Schema {
		for _, r := range rows {
			appendCell(&out.Data[i], c.Kind, t.Data[i], r)
		}
	}
	return out
}

func appendCell(to *results.Data, kind results.Kind, from results.Data, row int) {
	switch kind {
	case results.Text:
		to.Text = append(to.Text, from.Text[row])
	case results.Integer:
		to.Integer = append(to.Integer, from.Integer[row])
	default:
		to.Number = append(to.Number, from.Number[row])
	}
}

// number is a cell of a number or integer column as a number.
func number(t *results.Table, column, row int) float64 {
	switch t.Schema[column].Kind {
	case results.Integer:
		return float64(t.Data[column].Integer[row])
	case results.Number:
		return t.Data[column].Number[row]
	}
	return math.NaN()
}

// key is what rows are told apart by: the cells of some columns.
func key(t *results.Table, columns []int, row int) string {
	var b strings.Builder
	for _, c := range columns {
		b.WriteString(t.Cell(row, c))
		b.WriteByte(0)
	}
	return b.String()
}

func indices(t *results.Table, list []string) []int {
	columns := make([]int, len(list))
	for i, name := range list {
		columns[i] = t.Schema.Index(name)
	}
	return columns
}
