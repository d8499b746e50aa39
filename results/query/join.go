package query

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"flywheel/results"
)

// Join puts the rows of two tables side by side whose cells agree in the columns on; every pair
// that agrees is a row, in the order of the first table. Without columns to join on, all texts and
// integers that both have are meant, the run's name left out. Columns of the second that are not
// joined on get the suffix where the first has one of that name.
func Join(a, b *results.Table, on []string, suffix string) (*results.Table, error) {
	if len(on) == 0 {
		on = Keys(a, b)
	}
	if len(on) == 0 {
		return nil, errors.New("join: the tables have no columns in common to join on")
	}
	if err := errors.Join(names(a, "on", on), names(b, "on", on)); err != nil {
		return nil, err
	}
	left, right := indices(a, on), indices(b, on)
	for i, name := range on {
		if x, y := a.Schema[left[i]].Kind, b.Schema[right[i]].Kind; x != y {
			return nil, fmt.Errorf("on: %s is %v in the one table and %v in the other", name, x, y)
		}
	}
	schema := slices.Clone(a.Schema)
	var more []int
	for i, c := range b.Schema {
		if slices.Contains(right, i) {
			continue
		}
		if schema.Index(c.Name) >= 0 {
			c.Name += suffix
		}
		if schema.Index(c.Name) >= 0 {
			return nil, fmt.Errorf("join: both tables have columns %s and %s; keep fewer", strings.TrimSuffix(c.Name, suffix), c.Name)
		}
		schema, more = append(schema, c), append(more, i)
	}
	there := map[string][]int{}
	for row := range b.Rows() {
		k := key(b, right, row)
		there[k] = append(there[k], row)
	}
	out := results.NewTable(a.Name, schema)
	for row := range a.Rows() {
		for _, other := range there[key(a, left, row)] {
			for i, c := range a.Schema {
				appendCell(&out.Data[i], c.Kind, a.Data[i], row)
			}
			for i, c := range more {
				appendCell(&out.Data[len(a.Schema)+i], b.Schema[c].Kind, b.Data[c], other)
			}
		}
	}
	return out, nil
}

// Keys are the columns by which rows of two tables are recognised: texts and integers that both
// have. The name of the run is none: it may differ where nothing else does.
func Keys(a, b *results.Table) []string {
	var list []string
	for _, c := range a.Schema {
		i := b.Schema.Index(c.Name)
		if c.Kind != results.Number && c.Name != "run" && i >= 0 && b.Schema[i].Kind == c.Kind {
			list = append(list, c.Name)
		}
	}
	return list
}
