package study_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/results"
	"flywheel/sim/study"
)

var update = flag.Bool("update", false, "write docs/tables.md anew")

// elsewhere is what was tried with pandas 1.5, R 4.2 with data.table, DuckDB 1.5, and polars through its package for Node.
const elsewhere = `
## Reading them elsewhere

Files open as they lie; ` + "`RUN`" + ` is a run's folder.

| reader | Parquet | CSV |
| --- | --- | --- |
| pandas | | ` + "`pandas.read_csv(\"RUN/timeline.csv\", keep_default_na=False, na_values=[\"\"])`" + `, which lets a name be NA or null |
| R | | ` + "`data.table::fread(\"RUN/timeline.csv\")`" + `, or ` + "`read.csv(..., check.names = FALSE)`" + `, which keeps paths as names of columns |
| DuckDB | ` + "`select * from 'RUN/timeline.parquet'`" + ` | ` + "`select * from 'RUN/timeline.csv'`" + ` |
| polars | ` + "`read_parquet(\"RUN/timeline.parquet\")`" + ` | ` + "`read_csv(\"RUN/timeline.csv\", infer_schema_length=100000)`" + ` |

Parquet states every column's kind. CSV does not: a reader that guesses kinds from the first rows, as polars does unless told to look at all of
them, may take a column for whole numbers and then refuse its first decimal; a column that is empty throughout is text to DuckDB.
`

// TestTablesAreDocumented: docs/tables.md is what the code says (`make docs` writes it).
func TestTablesAreDocumented(t *testing.T) {
	law, err := sizes(1, 1)
	require.NoError(t, err)
	sweep := study.NewSweep(study.Design{}, law, study.Settings{}, nil, false, nil)
	var b strings.Builder
	b.WriteString("# The tables of a forecast\n\nWritten by `make docs` from the code. An empty cell (null) means that a metric does not apply to the row.\n")
	b.WriteString(elsewhere)
	for _, table := range []struct {
		name, about string
		schema      results.Schema
	}{
		{"timeline", "One row per run, period, scope and platform, in `timeline.csv` and `timeline.parquet`. A scope is the whole market (side, segment and region `*`), a side, a side of one region where there are several, or a segment; where `study.economics` is asked for, also a channel, referral or envelope by the name of its policy (in column `segment`, side and region `*`). Rows of the whole market hold what belongs to platforms; head counts are null there, because people of different sides do not add up.",
			append(results.Identity(), study.Metrics()...)},
		{"summary", "One row per metric, scope and period, over replications, in `summary.csv` and `summary.parquet`: the last period, and those the scenario's `study.at` names.", study.SummarySchema()},
		{"channels", "What each policy that brings people has cost and whom it brought, in `channels.csv` and `channels.parquet` where `study.economics` is asked for and a scenario has such policies.", study.ChannelSchema()},
		{"curve", "The request curve of a scenario's event, in `curve.csv`: what `flywheel load --curve` presses a deployment with.", study.CurveSchema()},
		{"differences", "What `flywheel compare` found, a row for each line, in `differences.csv` and `differences.parquet`; the runs it rests on are in `timeline`, at the periods that are compared.", study.DifferenceSchema()},
		{"trials (sweep)", "One row per run, kept period and scope of `flywheel sweep`, in `trials.csv` and `trials.parquet`. After `point` comes one column for each input, named by its path.", sweep.TrialSchema()},
		{"points (sweep)", "One row per point of `flywheel sweep`, metric, scope and kept period, over replications, in `points.csv` and `points.parquet`. After `point` comes one column for each input, named by its path.", sweep.PointSchema()},
		{"sensitivity", "What matters, of `flywheel sensitivity`, in `sensitivity.csv` and `sensitivity.parquet`.", study.SensitivitySchema()},
		{"parameters", "What was fitted, of `flywheel fit`, in `parameters.csv` and `parameters.parquet`.", study.ParameterSchema()},
		{"forecasts", "What the fitted scenario and the benchmarks say of every observation, of `flywheel fit`, in `forecasts.csv` and `forecasts.parquet`.", study.ForecastSchema()},
		{"evaluations", "Every point that `flywheel optimise` tried, in `evaluations.csv` and `evaluations.parquet`.", study.EvaluationSchema()},
		{"payoffs", "What every run of `flywheel game` earns, in `payoffs.csv` and `payoffs.parquet`.", study.PayoffSchema()},
		{"points", "What a study ran, in `points.csv` and `points.parquet`.", study.PointsSchema()},
	} {
		b.WriteString("\n## " + table.name + "\n\n" + table.about + "\n\n" + table.schema.Markdown())
	}
	const path = "../../docs/tables.md"
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
	}
	have, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, b.String(), string(have), "run make docs")
}
