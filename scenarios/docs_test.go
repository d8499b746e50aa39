package scenarios

import (
	commandline "flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
)

var update = commandline.Bool("update", false, "write the pages of docs/ anew")

// requireDocumented wants a page of docs/ to say what the code says (`make docs` writes it).
func requireDocumented(t *testing.T, path, text string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	have, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, text, string(have), "run make docs")
}

// TestFormatIsDocumented: docs/format.md is testdata/format.md with the tables of the code in
// the places marked {{...}}.
func TestFormatIsDocumented(t *testing.T) {
	page, err := os.ReadFile("testdata/format.md")
	require.NoError(t, err)
	parts := map[string]string{
		"scenario keys": keyTable(Keys()),
		"plan keys":     keyTable(keysOf("", planForm())),
		"case keys":     keyTable(keysOf("", caseForm().item.(*record))),
		"units":         unitTable(),
		"profiles":      profileTable(),
		"grammar":       grammar(t),
		"variables":     variableTable(),
	}
	for _, place := range []string{"item", "user.email", "env.TOKEN", "start", "unique"} { // of a plan, and no marks
		parts[place] = "{{" + place + "}}"
	}
	for _, name := range []string{"good/minimum", "good/event", "good/observed", "plans/good/every-key", "plans/good/journey", "cases/good/two-models"} {
		text, err := os.ReadFile("testdata/" + name + ".yaml")
		require.NoError(t, err)
		parts[name] = "```yaml\n" + string(text) + "```\n"
	}
	text := regexp.MustCompile(`\{\{([^}]*)\}\}`).ReplaceAllStringFunc(string(page), func(mark string) string {
		part, known := parts[strings.Trim(mark, "{}")]
		require.True(t, known, mark)
		return strings.TrimSuffix(part, "\n")
	})
	requireDocumented(t, "../docs/format.md", text)
}

// variableTable shows what the formulas of policies may name, as Markdown.
func variableTable() string {
	var b strings.Builder
	b.WriteString("| variable | unit | meaning |\n|---|---|---|\n")
	for _, v := range models.Variables() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", v.Name, v.Unit, v.About)
	}
	return b.String()
}

// keyTable shows keys as Markdown; a mark says that a key is needed.
func keyTable(keys []Key) string {
	var b strings.Builder
	b.WriteString("| key | holds | unit | default | where the default comes from | meaning |\n|---|---|---|---|---|---|\n")
	for _, k := range keys {
		preset := k.Default
		switch {
		case k.Needed:
			preset = "needed"
		case preset != "":
			preset = "`" + preset + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", k.Path, cell(k.Holds), k.Unit, preset, cell(k.Source), cell(k.About))
	}
	return b.String()
}

// cell is a text that stands inside a Markdown table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(text)
}

func unitTable() string {
	var b strings.Builder
	b.WriteString("| unit | written |\n|---|---|\n")
	for _, u := range timeUnits {
		fmt.Fprintf(&b, "| %s | `%s` |\n", u.unit, strings.Join(u.words, "`, `"))
	}
	return b.String()
}

func profileTable() string {
	var b strings.Builder
	b.WriteString("| profile | weight of each hour from midnight on, 1 on average |\n|---|---|\n")
	for _, name := range profileNames() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, strings.Trim(fmt.Sprint(profiles()[name]), "[]"))
	}
	return b.String()
}

// grammar is the language of expectations as the comment above its parser states it.
func grammar(t *testing.T) string {
	var b strings.Builder
	for _, file := range []string{"expect.go", "function.go"} {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		for line := range strings.Lines(string(source)) {
			if rule, is := strings.CutPrefix(line, "//\t"); is {
				b.WriteString(rule)
			}
		}
	}
	require.Contains(t, b.String(), "claim    =")
	return "```\n" + b.String() + "```\n"
}

// TestExamplesAreSound: what the pages show can be run.
func TestExamplesAreSound(t *testing.T) {
	page, err := os.ReadFile("testdata/format.md")
	require.NoError(t, err)
	shown := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	require.NotEmpty(t, shown)
	market := "name: x\nhorizon: {periods: 400}\nplatforms: [{name: A}, {name: B}]\n" +
		"segments: [{side: consumers, name: students, size: 100, orders: {rate: 0.2}}, {side: merchants, name: kitchens, size: 10}]\n"
	for _, example := range shown {
		_, err := Read("example.yaml", []byte(market+example[1]), Options{})
		require.NoError(t, err, example[1])
	}
}
