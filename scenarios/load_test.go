package scenarios

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// engines are the names a caller of Load would know.
var engines = []string{"agents", "cohorts"}

// corpus lists the files of a folder of testdata, such as good or plans/bad.
func corpus(t testing.TB, kind string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", kind, "*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

// The first lines of a bad file are the messages it must earn, all of them and no others.
func TestBadFilesEarnTheirMessages(t *testing.T) {
	files := corpus(t, "bad")
	require.GreaterOrEqual(t, len(files), 30, "every kind of fault has a file")
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			s, err := Load(file, Options{Engines: engines})
			require.Nil(t, s)
			requireEarned(t, file, err)
		})
	}
}

// requireEarned wants the messages that the first lines of a bad file state, in this order.
func requireEarned(t *testing.T, file string, err error) {
	t.Helper()
	text, unread := os.ReadFile(file)
	require.NoError(t, unread)
	var want []string
	for line := range strings.Lines(string(text)) {
		message, isComment := strings.CutPrefix(line, "# ")
		if !isComment {
			break
		}
		want = append(want, strings.TrimSpace(message))
	}
	require.NotEmpty(t, want)
	var problems Problems
	require.ErrorAs(t, err, &problems)
	require.Equal(t, want, strings.Split(strings.ReplaceAll(err.Error(), filepath.Dir(file)+"/", ""), "\n"))
	for _, p := range problems {
		require.NotEmpty(t, p.Remedy, "%v says what to do", p)
	}
}

func TestGoodFilesResolveToThemselves(t *testing.T) {
	for _, file := range append(corpus(t, "good"), Library()...) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			s, err := Load(file, Options{Engines: engines})
			require.NoError(t, err)
			again, err := Read(filepath.Join(filepath.Dir(file), "resolved.yaml"), s.Resolved(), Options{Engines: engines})
			require.NoError(t, err)
			requireSame(t, s, again)
		})
	}
}

// requireSame wants two scenarios that differ in nothing but the file they came from.
func requireSame(t require.TestingT, a, b *Scenario) {
	require.Equal(t, string(a.Resolved()), string(b.Resolved()))
	require.Equal(t, a.Digest, b.Digest)
	require.Equal(t, a.Model, b.Model)
	require.Equal(t, a.Settings, b.Settings)
	require.Equal(t, a.Claims, b.Claims)
	require.Len(t, b.Variants, len(a.Variants))
	for i := range a.Variants {
		require.Equal(t, a.Variants[i].Name, b.Variants[i].Name)
		require.Equal(t, a.Variants[i].Model, b.Variants[i].Model)
	}
}

// Every key of the table is written in some good file, so that none of them is a promise
// nobody has tried.
func TestGoodFilesUseEveryKey(t *testing.T) {
	used := map[string]bool{}
	brackets := regexp.MustCompile(`\[\d+\]`)
	for _, file := range corpus(t, "good") {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var r report
		var walk func(n *node)
		walk = func(n *node) {
			for _, e := range n.entries {
				path := brackets.ReplaceAllString(e.at.path, "[]")
				used[path] = true
				if e.value.kind == list {
					used[path+"[]"] = true
				}
				walk(e.value)
			}
			for _, item := range n.items {
				walk(item)
			}
		}
		walk(parse(&r, place{file: file}, text))
	}
	for _, key := range Keys() {
		require.True(t, used[key.Path], "no good file says %s", key.Path)
	}
}

func TestAScenarioThatIsNotThere(t *testing.T) {
	var missing *NotFoundError
	_, err := Load("logit-one-sided.yaml", Options{})
	require.ErrorAs(t, err, &missing)
	require.EqualError(t, err, `there is no file "logit-one-sided.yaml"; did you mean logit-one-sided?`)

	_, err = Load("logit-one-sides", Options{})
	require.ErrorAs(t, err, &missing)
	require.Equal(t, []string{"logit-one-sided"}, missing.Nearest)

	_, err = Load("food-delivery", Options{})
	require.EqualError(t, err, `there is no scenario "food-delivery"; did you mean food-delivery-launch?`)

	_, err = Load("quixotic", Options{})
	require.EqualError(t, err, `there is no scenario "quixotic"; the library has `+strings.Join(Library(), ", "))

	for _, folder := range []string{"./testdata", "testdata"} {
		_, err = Load(folder, Options{})
		require.ErrorAs(t, err, &missing)
		require.EqualError(t, err, `"./testdata" is a folder; name a file`)
	}
}

// A file may be named without a path, and the library goes first.
func TestAFileWithoutAnEnding(t *testing.T) {
	t.Chdir(t.TempDir())
	text := "name: mine\nhorizon: {periods: 1}\nplatforms: [{name: A}]\nsegments: [{side: s, name: p, size: 1}]\n"
	require.NoError(t, os.WriteFile("mine", []byte(text), 0o600))
	s, err := Load("mine", Options{})
	require.NoError(t, err)
	require.Equal(t, "mine", s.Name)
}

func TestATextBeyondItsBounds(t *testing.T) {
	long := append([]byte("name: x\nabout: "), make([]byte, maxBytes)...)
	_, err := Read("long.yaml", long, Options{})
	require.ErrorContains(t, err, "long.yaml:1:1: the document has 4194319 bytes")
	_, err = Read("latin.yaml", []byte("name: caf\xe9\n"), Options{})
	require.EqualError(t, err, "latin.yaml:1:1: the document is not UTF-8 text; save it as UTF-8")
}
