//go:build duckdb

package files

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/results"
)

// DuckDB reads the files as they lie, CSV and Parquet alike, joins runs, and reaches nothing else.
func TestSQL(t *testing.T) {
	root := t.TempDir()
	store(t, root, "tea's", "aaaa1111")
	store(t, root, "soup", "cccc3333")
	runs, err := Catalogue(root)
	require.NoError(t, err)
	ctx := context.Background()
	got, err := SQL(ctx, runs, `select stored, metric, sum(mean) as total, count(*) as n, min(nullif(mean, 10)) as rest from summary group by all order by stored, metric`)
	require.NoError(t, err)
	require.NoError(t, got.Check())
	require.Equal(t, []string{"stored", "metric", "total", "n", "rest"}, got.Schema.Names())
	require.Equal(t, []string{"soup", "soup", "tea's", "tea's"}, got.Texts("stored"))
	require.Equal(t, []float64{10, 2.5, 10, 2.5}, got.Numbers("total"))
	require.Equal(t, []int64{1, 1, 1, 1}, got.Integers("n"))
	require.Equal(t, results.Number, got.Schema[4].Kind, "a gap makes numbers of integers")
	same, err := SQL(ctx, runs[:1], `select count(*) from read_csv('`+filepath.Join(root, "soup", "summary.csv")+`') a join summary b using (metric, mean)`)
	require.NoError(t, err)
	require.Equal(t, int64(2), same.Data[0].Integer[0], "the CSV file says what the Parquet file says")

	outside := filepath.Join(t.TempDir(), "secret.csv")
	require.NoError(t, os.WriteFile(outside, []byte("a\n1\n"), 0o666))
	for _, statement := range []string{
		"select * from '" + outside + "'", "select * from read_text('/etc/passwd')", "copy summary to '" + outside + "'",
		"set enable_external_access=true", "install httpfs", "attach '" + outside + ".db'", "selct 1", "select metrc from summary",
	} {
		_, err := SQL(ctx, runs, statement)
		require.Error(t, err, statement)
	}
}
