package files

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/results"
)

// store makes a run with one table of two rows.
func store(t *testing.T, root, name, digest string) {
	folder, err := Begin(filepath.Join(root, name), digest, false)
	require.NoError(t, err)
	table := results.NewTable("summary", results.Schema{{Name: "metric", Kind: results.Text}, {Name: "mean", Kind: results.Number, Unit: "money"}})
	require.NoError(t, table.Append("gmv", 10))
	require.NoError(t, table.Append(name, 2.5))
	for _, ending := range []string{".csv", ".parquet"} {
		w, err := folder.Table("summary"+ending, table.Schema)
		require.NoError(t, err)
		require.NoError(t, errors.Join(w.Write(table), w.Close()))
	}
	require.NoError(t, folder.Commit(results.Provenance{Kind: results.KindForecast, Scenario: name, Digest: digest}))
}

// A catalogue is what is there: whole runs, in the order of their names, and those whose manifest
// cannot be read with the reason; what is hidden, no folder, or no run is not listed.
func TestCatalogue(t *testing.T) {
	root := t.TempDir()
	list, err := Catalogue(filepath.Join(root, "nowhere"))
	require.NoError(t, err)
	require.Empty(t, list)
	store(t, root, "tea-1", "aaaa1111")
	store(t, root, "tea-2", "bbbb2222")
	store(t, root, "soup", "cccc3333")
	require.NoError(t, os.Mkdir(filepath.Join(root, "notes"), 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(root, "file"), nil, 0o666))
	require.NoError(t, os.Mkdir(filepath.Join(root, "broken"), 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(root, "broken", ManifestName), []byte("{"), 0o666))
	unfinished, err := Begin(filepath.Join(root, "later"), "dddd", false)
	require.NoError(t, err)
	defer unfinished.Abort()

	list, err = Catalogue(root)
	require.NoError(t, err)
	var names []string
	for _, s := range list {
		names = append(names, s.Name)
	}
	require.Equal(t, []string{"broken", "soup", "tea-1", "tea-2"}, names)
	require.Error(t, list[0].Problem)

	for name, want := range map[string]string{"soup": "soup", "so": "soup", "tea-2": "tea-2", "bbbb": "tea-2", filepath.Join(root, "tea-1"): "tea-1"} {
		s, err := Find(root, name)
		require.NoError(t, err, name)
		require.Equal(t, want, s.Name)
	}
	_, err = Find(root, "tea")
	require.EqualError(t, err, "tea begins several runs in "+root+": tea-1, tea-2; write more of it")
	_, err = Find(root, "coffee")
	require.EqualError(t, err, "there is no run coffee; "+root+" has broken, soup, tea-1, tea-2")
	_, err = Find(filepath.Join(root, "notes"), "coffee")
	require.ErrorContains(t, err, "has none; name a run's folder, or give --in DIR")

	s, err := Find(root, "soup")
	require.NoError(t, err)
	require.Equal(t, []string{"summary"}, s.Tables())
	require.Equal(t, 2, s.Rows("summary"))
	table, err := s.Table("summary")
	require.NoError(t, err)
	require.Equal(t, []string{"gmv", "soup"}, table.Texts("metric"))
	_, err = s.Table("timeline")
	require.EqualError(t, err, `soup has no table "timeline"; it has summary`)

	require.NoError(t, os.WriteFile(filepath.Join(root, "soup", "summary.parquet"), []byte("other"), 0o666))
	_, err = s.Table("summary")
	require.ErrorContains(t, err, "the file was changed, so make the run again")
}
