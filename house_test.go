// Package flywheel holds the rules of the house as tests: who may import whom, that every
// package tells its story, that files stay readable, and that nothing happens behind
// anyone's back.
package flywheel

import (
	"bufio"
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "flywheel"

// allowed is the order of the house: a package may import those listed for it and no other
// of ours. It is the page of record's list as code; change both together, with a reason.
func allowed() map[string][]string {
	engines := []string{"sim/engine/agents", "sim/engine/cohorts", "sim/engine/meanfield"}
	return map[string][]string{
		"models":               {},
		"models/theory":        {"models"},
		"results":              {},
		"results/files":        {"results"},
		"results/query":        {"results"},
		"results/report":       {"results"},
		"sim":                  {"models", "results"},
		"sim/engine/agents":    {"models", "sim"},
		"sim/engine/cohorts":   {"models", "sim"},
		"sim/engine/meanfield": {"models", "sim"},
		"sim/engine":           append([]string{"sim"}, engines...),
		"sim/study":            {"models", "models/theory", "results", "sim", "sim/engine/meanfield"},
		"sim/verify":           {"models", "models/theory", "results", "sim", "sim/engine", "sim/study"},
		"sim/swarm":            {"models", "results", "sim", "sim/study"},
		"scenarios":            {"models", "results", "sim/study", "loadtest/plan"},
		"loadtest/plan":        {},
		"loadtest":             {"results", "loadtest/plan"},
		"loadtest/target":      {},
		"loadtest/swarm":       {"loadtest", "loadtest/plan"},
		"loadtest/rehearsal":   {"models", "results", "loadtest", "loadtest/plan"},
		"cmd/flywheel":         {"*"},
		"cmd/flywheel/ui":      {"models", "results", "results/files", "results/report", "scenarios", "sim", "sim/engine", "sim/engine/meanfield", "sim/study"},
		".":                    {},
	}
}

// oneRoom lists libraries that live in the rooms named and nowhere else.
func oneRoom() map[string][]string {
	return map[string][]string{
		"go.yaml.in/yaml":                   {"scenarios"},
		"github.com/parquet-go/parquet-go":  {"results/files"},
		"github.com/duckdb":                 {"results/files"},
		"github.com/tsenart/vegeta":         {"loadtest"},
		"github.com/valyala/fasthttp":       {"loadtest"},
		"github.com/HdrHistogram":           {"loadtest"},
		"github.com/prometheus":             {"loadtest"},
		"github.com/spf13/cobra":            {"cmd/flywheel"},
		"github.com/olekukonko/tablewriter": {"cmd/flywheel"},
		"github.com/vbauerster/mpb":         {"cmd/flywheel"},
		"github.com/guptarohit/asciigraph":  {"cmd/flywheel"},
		"github.com/nats-io":                {"sim/swarm", "loadtest/swarm"},
		"github.com/gofrs/flock":            {"sim/swarm"},
		"go.etcd.io/bbolt":                  {"loadtest/target"},
		"github.com/expr-lang/expr":         {"models", "results/query"},
	}
}

// source is one parsed Go file of ours.
type source struct {
	path, room string
	test       bool
	lines      int
	file       *ast.File
	fset       *token.FileSet
}

func sources(t *testing.T) []source {
	var all []source
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "tools") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, text, parser.ParseComments)
		if err != nil {
			return err
		}
		all = append(all, source{path, filepath.ToSlash(filepath.Dir(path)), strings.HasSuffix(path, "_test.go"), bytes.Count(text, []byte("\n")), file, fset})
		return nil
	}))
	require.NotEmpty(t, all)
	return all
}

// imports lists what a file imports.
func (s source) imports() []string {
	var list []string
	for _, i := range s.file.Imports {
		list = append(list, strings.Trim(i.Path.Value, `"`))
	}
	return list
}

func TestImportsKeepTheOrderOfTheHouse(t *testing.T) {
	rules := allowed()
	for _, s := range sources(t) {
		may, known := rules[s.room]
		require.True(t, known, "%s: a new room; say in house_test.go and docs/architecture.md what it may import", s.path)
		if s.test {
			continue // free of the rule, never of taste
		}
		for _, path := range s.imports() {
			if ours, is := strings.CutPrefix(path, module+"/"); is {
				require.True(t, slices.Contains(may, ours) || slices.Contains(may, "*"), "%s imports %s, which %s may not know", s.path, ours, s.room)
			}
			for library, rooms := range oneRoom() {
				if strings.HasPrefix(path, library) {
					require.Contains(t, rooms, s.room, "%s imports %s, which has another room", s.path, path)
				}
			}
		}
	}
}

func TestEveryPackageTellsItsStory(t *testing.T) {
	told, rooms := map[string]bool{}, map[string]string{}
	for _, s := range sources(t) {
		if s.test && s.room != "." {
			continue
		}
		rooms[s.room] = s.path
		if s.file.Doc != nil && len(s.file.Doc.Text()) > 60 {
			told[s.room] = true
		}
	}
	for room, path := range rooms {
		require.True(t, told[room], "%s: no package comment tells what %s is; write its doc.go", path, room)
	}
}

func TestFilesStayReadable(t *testing.T) {
	for _, s := range sources(t) {
		if ast.IsGenerated(s.file) {
			continue
		}
		require.LessOrEqual(t, s.lines, 600, "%s: cut it along its nouns", s.path)
		base := strings.TrimSuffix(filepath.Base(s.path), ".go")
		for _, name := range []string{filepath.Base(s.room), base} {
			require.NotContains(t, []string{"util", "utils", "common", "helpers", "helper", "types", "manager", "misc"}, name, s.path)
		}
	}
}

// TestNothingHappensByItself: no init functions, no exit outside the program's door, no
// environment read outside it, and a panic only for a broken invariant of ours, which says
// so by beginning with "bug:".
func TestNothingHappensByItself(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, d := range s.file.Decls {
			if f, is := d.(*ast.FuncDecl); is && f.Recv == nil {
				require.NotEqual(t, "init", f.Name.Name, "%s: an init runs behind the reader's back", s.path)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, is := n.(*ast.CallExpr)
			if !is {
				return true
			}
			place := fmt.Sprint(s.fset.Position(call.Pos()))
			switch name := called(call); {
			case name == "panic":
				require.Contains(t, text(call), `"bug: `, "%s: input earns an error; only our own broken invariant panics, and says bug:", place)
			case name == "os.Exit" || name == "log.Fatal" || name == "log.Fatalf":
				require.Equal(t, "cmd/flywheel/main.go", filepath.ToSlash(s.path), "%s: only main leaves the program", place)
			case name == "os.Getenv" || name == "os.LookupEnv" || name == "os.Environ":
				require.Equal(t, "cmd/flywheel", s.room, "%s: only the program's door reads the environment", place)
			case strings.HasPrefix(name, "log.") || strings.HasPrefix(name, "slog."):
				require.Equal(t, "cmd/flywheel", s.room, "%s: return it; only cmd logs", place)
			}
			return true
		})
	}
}

// called is the name a call is made by, such as panic or os.Exit.
func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, is := f.X.(*ast.Ident); is {
			return x.Name + "." + f.Sel.Name
		}
	}
	return ""
}

// text is every string literal in a call's arguments.
func text(call *ast.CallExpr) string {
	var all strings.Builder
	for _, arg := range call.Args {
		ast.Inspect(arg, func(n ast.Node) bool {
			if lit, is := n.(*ast.BasicLit); is && lit.Kind == token.STRING {
				all.WriteString(lit.Value)
			}
			return true
		})
	}
	return all.String()
}

// TestExportedNamesAreExplained: every exported name outside cmd has a comment.
func TestExportedNamesAreExplained(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || s.room == "cmd/flywheel" {
			continue
		}
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				require.False(t, d.Name.IsExported() && public(d) && d.Doc == nil, "%s: %s has no comment", s.path, d.Name.Name)
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if named, is := spec.(*ast.TypeSpec); is {
						require.False(t, named.Name.IsExported() && d.Doc == nil && named.Doc == nil, "%s: %s has no comment", s.path, named.Name.Name)
					}
				}
			}
		}
	}
}

// public tells whether a function can be seen from outside: not a method of a hidden type.
func public(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	kind := f.Recv.List[0].Type
	if star, is := kind.(*ast.StarExpr); is {
		kind = star.X
	}
	name, is := kind.(*ast.Ident)
	return is && name.IsExported()
}

// TestNoReplacedModules: what is built is what go.mod says.
func TestNoReplacedModules(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	require.NoError(t, err)
	require.NotContains(t, string(mod), "replace")
}

// TestTheRepositoryStandsAlone: no committed text points at a machine or at papers that do
// not come with it.
func TestTheRepositoryStandsAlone(t *testing.T) {
	foreign := regexp.MustCompile(`\.\./shared|/work/|/root/|/tmp/[a-z]|§`)
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == "flywheel-out" || d.Name() == "bin" || d.Name() == "rapid") {
			return filepath.SkipDir
		}
		switch filepath.Ext(path) {
		case ".go", ".md", ".yaml", ".yml", ".txtar", ".sh", "":
		default:
			return nil
		}
		if d.IsDir() || filepath.Base(path) == "house_test.go" || filepath.Base(path) == "flywheel" {
			return nil
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		lines := bufio.NewScanner(file)
		lines.Buffer(nil, 1<<20)
		for n := 1; lines.Scan(); n++ {
			require.False(t, foreign.MatchString(lines.Text()), "%s:%d: %s", path, n, lines.Text())
		}
		return lines.Err()
	}))
}

// TestCIRunsTheReadmesCommand: what the README tells a newcomer to run is what is tested.
func TestCIRunsTheReadmesCommand(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	script, err := os.ReadFile(".ci/run")
	require.NoError(t, err)
	commands := regexp.MustCompile(`(?m)^go test .*$`)
	want := commands.FindString(string(readme))
	require.NotEmpty(t, want, "README.md: no line begins with go test")
	require.Equal(t, []string{want}, commands.FindAllString(string(script), -1))
}
