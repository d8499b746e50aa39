package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/results"
	"flywheel/scenarios"
	"flywheel/sim"
	"flywheel/sim/engine"
	"flywheel/sim/study"
)

// claimsOfSources are docs/sources.md and its rows, each by its cells; those of seven can be tested.
func claimsOfSources(t *testing.T) (page string, rows [][]string) {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("..", "..", "docs", "sources.md"))
	require.NoError(t, err)
	page = string(file)
	item := regexp.MustCompile(`^\| (\d{3}-\d\d[a-d]?) \|`)
	for line := range strings.Lines(page) {
		if item.MatchString(line) {
			cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			rows = append(rows, cells)
		}
	}
	return page, rows
}

// TestSources: what docs/sources.md says of a key and a metric is so, by a hundredth or more, in a
// small market made for it; and so is how many of its items it says are tested.
func TestSources(t *testing.T) {
	named := map[string]bool{}
	tested := 0
	page, rows := claimsOfSources(t)
	for _, row := range rows {
		require.False(t, named[row[0]], "%s stands twice", row[0])
		named[row[0]] = true
		if len(row) < 7 {
			require.Len(t, row, 3, row[0])
			continue
		}
		tested++
		t.Run(row[0], func(t *testing.T) {
			t.Parallel()
			room, change, metric := row[3], strings.Trim(row[4], "`"), strings.Trim(row[5], "`")
			before, after := measured(t, room, metric), measured(t, room, metric, change)
			least := 1e-2 * math.Max(math.Abs(before), math.Abs(after))
			switch row[6] {
			case "rises":
				require.Greater(t, after, before+least, "%s with %s", metric, change)
			case "falls":
				require.Less(t, after, before-least, "%s with %s", metric, change)
			default:
				t.Fatalf("%q is no direction", row[6])
			}
		})
	}
	require.Len(t, named, 98, "the texts make 98 claims")
	require.Contains(t, page, fmt.Sprintf("Of the %d items %d are tests", len(named), tested))
	require.Contains(t, page, fmt.Sprintf("The other %d are words alone", len(named)-tested))
}

// measured is the mean of a metric in a room, with changes.
func measured(t *testing.T, room, metric string, changes ...string) float64 {
	t.Helper()
	s, err := scenarios.Load(filepath.Join("testdata", "sources", room+".yaml"), scenarios.Options{Set: changes, Engines: engine.Names()})
	require.NoError(t, err)
	quantity, err := s.Quantity(metric)
	require.NoError(t, err)
	claim := study.Claim{Left: study.Term{Factor: 1, Quantity: &quantity}, Op: study.More}
	j, err := prepare(s, nil)
	require.NoError(t, err)
	ensemble := study.NewEnsemble(j.plan, []study.Claim{claim})
	_, err = study.Execute(t.Context(), j.plan, study.Execution{
		Engine:  func() sim.Engine { e, _ := engine.New(j.plan.Settings.Engine); return e },
		Threads: 1, Periods: ensemble.Periods(),
		Deliver: func(trial study.Trial, timeline *results.Table) error {
			ensemble.Add(trial, timeline)
			return nil
		},
	})
	require.NoError(t, err)
	judged, err := ensemble.Judge(claim)
	require.NoError(t, err)
	require.False(t, math.IsNaN(judged.Value), "%s has a value", metric)
	return judged.Value
}
