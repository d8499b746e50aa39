//go:build !duckdb

package files

import (
	"context"
	"errors"

	"flywheel/results"
)

// HasSQL tells whether this build can answer SQL.
const HasSQL = false

// SQL refuses: this build has no SQL. The error says what to do instead.
func SQL(context.Context, []Stored, string) (*results.Table, error) {
	return nil, errors.New("this build of flywheel has no SQL; build one that has, which needs a C compiler: go build -tags duckdb ./cmd/flywheel" +
		" (make build does where there is one), or ask without SQL: results query RUN --where ... --by ... --agg ...;" +
		" DuckDB's own program reads the files as they lie, too: duckdb -c \"select * from 'FOLDER/summary.parquet'\"")
}
