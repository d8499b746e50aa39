package loadtest

import (
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write docs/load-tables.md anew")

// TestTablesAreDocumented: docs/load-tables.md is what the code says (`make docs` writes it).
func TestTablesAreDocumented(t *testing.T) {
	about := map[string]string{
		"summary":    "The whole run, in one row.",
		"steps":      "One row per step of the plan.",
		"seconds":    "One row per second and step, by when requests were due. A run or a plan so long that these would be more than 16,384 rows has rows of several seconds; `width_s` tells.",
		"journeys":   "One row per journey of the plan.",
		"errors":     "One row per step and kind of failure that happened.",
		"thresholds": "One row per threshold of the plan.",
		"swarm":      "One row per worker, where several pressed together.",
	}
	var b strings.Builder
	b.WriteString("# The tables of a load test\n\nWritten by `make docs` from the code. Each is kept as CSV and as Parquet. A percentile of no request is missing (null, an empty cell).\n")
	for _, table := range (Report{Timeline: &Timeline{Width: time.Second, steps: 1}, Swarm: []Member{{}}}).Tables() {
		require.NotEmpty(t, about[table.Name])
		b.WriteString("\n## " + table.Name + "\n\n" + about[table.Name] + "\n\n" + table.Schema.Markdown())
	}
	about = map[string]string{
		"summary":  "The whole search, in one row.",
		"capacity": "The measured curve: one row per rate that was asked. A forecast can be bounded by it.",
		"probes":   "One row per probe, in order.",
		"usl":      "The universal scalability law that fits the curve; no row where there are too few points.",
	}
	b.WriteString("\n# The tables of a search for a capacity\n\nA measure that is missing (null, an empty cell) could not be taken.\n")
	for _, table := range (Capacity{}).Tables() {
		require.NotEmpty(t, about[table.Name])
		b.WriteString("\n## " + table.Name + "\n\n" + about[table.Name] + "\n\n" + table.Schema.Markdown())
	}
	const path = "../docs/load-tables.md"
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
	}
	have, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, b.String(), string(have), "run make docs")
}
