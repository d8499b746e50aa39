package query

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"flywheel/results"
)

// where keeps the rows for which an expression holds. Its names are the table's columns; a dot in
// a column's name leads into it, so that the column platforms.A.fee is written as it is called.
func where(t *results.Table, text string) (*results.Table, error) {
	env := map[string]any{}
	cells := make([]func(row int) any, len(t.Schema))
	places := make([]map[string]any, len(t.Schema))
	last := make([]string, len(t.Schema))
	for i, c := range t.Schema {
		steps := strings.Split(c.Name, ".")
		at := env
		for _, step := range steps[:len(steps)-1] {
			next, ok := at[step].(map[string]any)
			if !ok {
				next = map[string]any{}
				at[step] = next
			}
			at = next
		}
		places[i], last[i] = at, steps[len(steps)-1]
		d := t.Data[i]
		switch c.Kind {
		case results.Text:
			cells[i] = func(row int) any { return d.Text[row] }
			at[last[i]] = ""
		case results.Integer:
			cells[i] = func(row int) any { return int(d.Integer[row]) }
			at[last[i]] = 0
		default:
			cells[i] = func(row int) any { return d.Number[row] }
			at[last[i]] = 0.0
		}
	}
	program, err := expr.Compile(text, expr.Env(env), expr.AsBool())
	if err != nil {
		return nil, fmt.Errorf("where: %s; the columns are %s", firstLine(err), strings.Join(t.Schema.Names(), ", "))
	}
	var machine vm.VM
	var failed error
	kept := t.Filter(func(row int) bool {
		if failed != nil {
			return false
		}
		for i := range cells {
			places[i][last[i]] = cells[i](row)
		}
		holds, err := machine.Run(program, env)
		if err != nil {
			failed = fmt.Errorf("where: %s, in row %d; the columns are %s", firstLine(err), row+1, strings.Join(t.Schema.Names(), ", "))
			return false
		}
		yes, _ := holds.(bool)
		return yes
	})
	return kept, failed
}

// firstLine is an error without the picture that follows it.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
