package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A command of a page and what the page shows of its output.
var shown = regexp.MustCompile("(?ms)^```console\n\\$ (.*?)\n(.*?)```$")

// numbers are what may differ between a page and a run: the page is read for its words.
var numbers = regexp.MustCompile(`[-+−]?\d[\d.,]*(e[-+]?\d+)?[kMBT%]?|not shown|shown|NaN|Inf|n/a|[─╭╮╰╯│┼┤├└┬·•░▒▓█@]+`)

// Every command of these pages runs as it stands, and prints the words that the page shows; what
// numbers they hold is a matter of the day on which the page was written.
func TestQuestions(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED HERE: the commands of docs/questions.md, of the guides and of the tour take half a minute; go test without -short runs them")
	}
	for _, page := range []string{"questions.md", "guide-strategist.md", "guide-load-engineer.md", "guide-researcher.md", "rehearsal.md", "tour.md"} {
		t.Run(page, func(t *testing.T) { followed(t, filepath.Join("../../docs", page)) })
	}
}

func followed(t *testing.T, path string) {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	dir, binary := inTown(t)
	require.NoError(t, os.CopyFS(filepath.Join(dir, "docs/questions"), os.DirFS("../../docs/questions")))
	written := string(text)
	for _, block := range shown.FindAllStringSubmatch(written, -1) {
		command, page := block[1], block[2]
		if strings.Contains(command, " serve") || strings.Contains(command, "127.0.0.1") {
			continue // tried by scripts of their own, which open a shop first
		}
		c := exec.Command("sh", "-c", command)
		c.Dir, c.Env = dir, append(os.Environ(), "PATH="+filepath.Dir(binary)+":"+os.Getenv("PATH"), "TERM=dumb")
		var said strings.Builder
		c.Stderr = &said
		out, err := c.Output()
		require.NoError(t, err, "%s\n%s", command, said.String())
		got := printed(string(out))
		if *update {
			written = strings.Replace(written, block[0], "```console\n$ "+command+"\n"+got+"```", 1)
			continue
		}
		if worded(page) != worded(got) { // all of them at once
			t.Errorf("%s\nprints\n%s\nand the page shows\n%s", command, got, page)
		}
	}
	if *update && written != string(text) {
		require.NoError(t, os.WriteFile(path, []byte(written), 0o666))
	}
}

// printed is an output without what it wrote where, and without blanks at the ends of lines.
func printed(out string) string {
	var b strings.Builder
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "wrote ") {
			break
		}
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	text := strings.TrimRight(b.String(), "\n")
	if text == "" {
		return ""
	}
	return text + "\n"
}

// worded is a text without its numbers, however wide they made its columns.
func worded(text string) string {
	return strings.Join(strings.Fields(numbers.ReplaceAllString(text, " ")), " ")
}
