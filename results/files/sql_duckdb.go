//go:build duckdb

package files

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"math/big"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"flywheel/results"
)

// HasSQL tells whether this build can answer SQL.
const HasSQL = true

// SQL answers one statement about the tables of runs, by DuckDB in this process. Every table that
// the runs have is a view of its name, with the rows of all runs that have it one after the other
// and a last column stored, the name of the run's folder. The statement can read the runs' folders
// and nothing else: no other file, no network, no extension. The answer's whole numbers without
// gaps are integers, other numbers are floats with gaps as NaN, and anything else is text.
func SQL(ctx context.Context, runs []Stored, statement string) (*results.Table, error) {
	db, err := sql.Open("duckdb", "?autoinstall_known_extensions=false&autoload_known_extensions=false")
	if err != nil {
		return nil, fmt.Errorf("SQL: %w", err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, setup := range preparations(runs) {
		if _, err := db.ExecContext(ctx, setup); err != nil {
			return nil, fmt.Errorf("SQL: %w", err)
		}
	}
	rows, err := db.QueryContext(ctx, statement)
	if err != nil {
		return nil, fmt.Errorf("SQL: %w", err)
	}
	defer rows.Close()
	return answer(rows)
}

// preparations make a view of every table, then lock everything else away.
func preparations(runs []Stored) []string {
	quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
	var tables, list, dirs []string
	for _, r := range runs {
		dir, err := filepath.Abs(r.Dir)
		if err != nil {
			dir = r.Dir
		}
		dirs = append(dirs, quote(dir))
		for _, t := range r.Tables() {
			if !slices.Contains(tables, t) {
				tables = append(tables, t)
			}
		}
	}
	for _, t := range tables {
		var parts []string
		for i, r := range runs {
			for _, reader := range [][2]string{{".parquet", "read_parquet"}, {".csv", "read_csv"}} {
				if slices.ContainsFunc(r.Run.Files, func(f results.File) bool { return f.Name == t+reader[0] }) {
					path := strings.TrimSuffix(dirs[i], "'") + "/" + strings.ReplaceAll(t, "'", "''") + reader[0] + "'"
					parts = append(parts, fmt.Sprintf("select *, %s as stored from %s(%s)", quote(r.Name), reader[1], path))
					break
				}
			}
		}
		list = append(list, fmt.Sprintf(`create view "%s" as %s`, strings.ReplaceAll(t, `"`, `""`), strings.Join(parts, " union all by name ")))
	}
	return append(list, "set allowed_directories=["+strings.Join(dirs, ", ")+"]", "set enable_external_access=false", "set lock_configuration=true")
}

// answer reads a result as a table.
func answer(rows *sql.Rows) (*results.Table, error) {
	names, err := rows.Columns()
	if err != nil {
		return nil, fmt.Errorf("SQL: %w", err)
	}
	columns := make([][]any, len(names))
	for rows.Next() {
		cells, targets := make([]any, len(names)), make([]any, len(names))
		for i := range cells {
			targets[i] = &cells[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return nil, fmt.Errorf("SQL: %w", err)
		}
		for i, cell := range cells {
			columns[i] = append(columns[i], plain(cell))
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("SQL: %w", err)
	}
	t := &results.Table{Name: "answer"}
	for i, name := range names {
		kind, data := columnOf(columns[i])
		for n := 2; name == "" || t.Schema.Index(name) >= 0; n++ {
			name = fmt.Sprintf("%s_%d", names[i], n)
		}
		t.Schema, t.Data = append(t.Schema, results.Column{Name: name, Kind: kind}), append(t.Data, data)
	}
	return t, nil
}

// plain is a value of the database as nil, string, int64 or float64.
func plain(cell any) any {
	switch v := cell.(type) {
	case nil, string, int64, float64:
		return v
	case bool:
		return fmt.Sprint(v)
	case int8:
		return int64(v)
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case uint8:
		return int64(v)
	case uint16:
		return int64(v)
	case uint32:
		return int64(v)
	case uint64:
		return float64(v)
	case float32:
		return float64(v)
	case *big.Int:
		if v.IsInt64() {
			return v.Int64()
		}
		x, _ := new(big.Float).SetInt(v).Float64()
		return x
	case duckdb.Decimal:
		return v.Float64()
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case []byte:
		return string(v)
	}
	return fmt.Sprint(cell)
}

// columnOf chooses the narrowest kind that holds all values of a column.
func columnOf(values []any) (results.Kind, results.Data) {
	kind := results.Integer
	for _, v := range values {
		switch v.(type) {
		case string:
			kind = results.Text
		case float64, nil:
			if kind == results.Integer {
				kind = results.Number
			}
		}
	}
	d := results.Data{}
	for _, v := range values {
		switch kind {
		case results.Text:
			text := ""
			if v != nil {
				text = fmt.Sprint(v)
			}
			d.Text = append(d.Text, text)
		case results.Integer:
			d.Integer = append(d.Integer, v.(int64))
		default:
			x := math.NaN()
			switch n := v.(type) {
			case int64:
				x = float64(n)
			case float64:
				x = n
			}
			d.Number = append(d.Number, x)
		}
	}
	return kind, d
}
