package verify

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models/theory"
)

var update = flag.Bool("update", false, "write the table of docs/theory.md anew")

// coverage is the table of what the built-in suite simulates and what it only states, a row for
// each model of theory, quantities without their indices and arguments.
func coverage(t *testing.T) string {
	stem := func(quantity string) string {
		return strings.TrimSpace(quantity[:strings.IndexAny(quantity+"[", "[(")])
	}
	cases, shown, stated := map[string]int{}, map[string][]string{}, map[string][]string{}
	add := func(to map[string][]string, model, quantity string) {
		if name := stem(quantity); !slices.Contains(to[model], name) {
			to[model] = append(to[model], name)
		}
	}
	for _, c := range Suite(false) {
		cases[c.Model]++
		trials, faults := c.trials()
		require.Empty(t, faults, c.ID)
		for _, one := range trials {
			for _, claim := range one.claims {
				add(shown, c.Model, claim.quantity)
			}
		}
		quantities, err := theory.Solve(c.Model, c.Params)
		require.NoError(t, err, c.ID)
		for _, q := range quantities {
			add(stated, c.Model, q.Name)
		}
	}
	list := func(names []string) string {
		if len(names) == 0 {
			return "none"
		}
		return "`" + strings.Join(names, "`, `") + "`"
	}
	var b strings.Builder
	b.WriteString("| model | cases | simulated | stated only |\n|---|---|---|---|\n")
	for _, model := range theory.Models() {
		rest := slices.DeleteFunc(slices.Clone(stated[model]), func(name string) bool { return slices.Contains(shown[model], name) })
		fmt.Fprintf(&b, "| `%s` | %d | %s | %s |\n", model, cases[model], list(shown[model]), list(rest))
	}
	return b.String()
}

// TestCoverageIsDocumented: the table in docs/theory.md is what the suite does (`make docs`
// writes it).
func TestCoverageIsDocumented(t *testing.T) {
	const path, from, to = "../../docs/theory.md", "<!-- what the suite shows, written by make docs -->\n", "<!-- end -->\n"
	page, err := os.ReadFile(path)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(page), from)
	require.True(t, found)
	_, after, found := strings.Cut(rest, to)
	require.True(t, found)
	want := before + from + coverage(t) + to + after
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
		return
	}
	require.Equal(t, want, string(page), "run make docs")
}
