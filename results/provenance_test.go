package results_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/results"
)

func TestManifestText(t *testing.T) {
	p := results.Provenance{
		Kind: results.KindForecast, Scenario: "food & more", Digest: "ab12", Version: "1.0.0", Engine: "cohorts",
		Seed: 1<<64 - 1, Replications: 2, Variants: []string{"base"}, Changes: []string{"platforms.A.fee=0.2"},
		Files: []results.File{
			{Name: "forecast.csv", Rows: 2, Bytes: 10, SHA256: "cd", Columns: results.Schema{{Name: "run", Kind: results.Text}}},
			{Name: "report.html", Bytes: 20, SHA256: "ef"},
		},
	}
	written, err := p.JSON()
	require.NoError(t, err)
	// The keys and their order are a promise to programs that read manifests.
	require.Equal(t, `{
  "format": 1,
  "kind": "forecast",
  "scenario": "food & more",
  "digest": "ab12",
  "version": "1.0.0",
  "engine": "cohorts",
  "seed": 18446744073709551615,
  "replications": 2,
  "variants": [
    "base"
  ],
  "changes": [
    "platforms.A.fee=0.2"
  ],
  "warnings": [],
  "files": [
    {
      "name": "forecast.csv",
      "rows": 2,
      "bytes": 10,
      "sha256": "cd",
      "columns": [
        {
          "name": "run",
          "kind": "text"
        }
      ]
    },
    {
      "name": "report.html",
      "rows": 0,
      "bytes": 20,
      "sha256": "ef"
    }
  ]
}
`, string(written))

	read, err := results.ParseProvenance(written)
	require.NoError(t, err)
	p.Format, p.Warnings = results.ManifestFormat, []results.Warning{}
	require.Equal(t, p, read)
}

func TestManifestsThatAreRefused(t *testing.T) {
	_, err := results.ParseProvenance([]byte(`{"format": 2}`))
	require.EqualError(t, err, "format: 2 is unknown; this version reads format 1")
	_, err = results.ParseProvenance([]byte(`{}`))
	require.EqualError(t, err, "format: 0 is unknown; this version reads format 1")
	_, err = results.ParseProvenance([]byte(`not json`))
	require.ErrorContains(t, err, "not a manifest: ")
	_, err = results.ParseProvenance([]byte(`{"format": 1, "later": true}`))
	require.NoError(t, err, "a later version may add keys")
}
