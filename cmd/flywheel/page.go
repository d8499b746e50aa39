package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/tw"
	"golang.org/x/term"

	"flywheel/results"
)

// pageWidth is how many columns a page may take: those of an ordinary terminal.
const pageWidth = 80

// document prints one JSON document.
func (p *program) document(v any) error {
	encoder := json.NewEncoder(p.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

// present prints a document or a page, whichever is wanted.
func (p *program) present(page *bytes.Buffer, document any) error {
	if p.json {
		return p.document(document)
	}
	_, err := p.out.Write(page.Bytes())
	return err
}

// colourful tells whether the page may use colours: it goes to a terminal, and nobody
// asked for none (https://no-color.org).
func (p *program) colourful() bool {
	return isTerminal(p.out) && p.coloursWelcome()
}

func (p *program) coloursWelcome() bool {
	return !p.noColour && p.env("NO_COLOR") == "" && p.env("TERM") != "dumb"
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// margins is what a table adds to the columns of each cell.
const margins = 2

// grid prints a table of texts without borders. The first left columns begin at the left,
// the others end at the right, as numbers do. A cell may have several lines. Where the table
// would not fit into a page, the last column of the left is folded until it does, if numbers
// follow it.
func grid(page *bytes.Buffer, left int, header []string, rows [][]string) error {
	if left > 0 && left < len(header) {
		rows = narrowed(left-1, header, rows)
	}
	align := make(tw.Alignment, len(header))
	for i := range align {
		align[i] = tw.AlignRight
		if i < left {
			align[i] = tw.AlignLeft
		}
	}
	var drawn bytes.Buffer
	table := tablewriter.NewTable(&drawn,
		tablewriter.WithRendition(tw.Rendition{
			Borders: tw.BorderNone,
			Symbols: tw.NewSymbols(tw.StyleLight),
			Settings: tw.Settings{
				Separators: tw.Separators{ShowHeader: tw.On, BetweenRows: tw.Off, BetweenColumns: tw.Off},
				Lines:      tw.Lines{ShowHeaderLine: tw.On},
			},
		}),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithAlignment(align),
	)
	table.Header(header)
	if err := table.Bulk(rows); err != nil {
		return err
	}
	if err := table.Render(); err != nil {
		return err
	}
	for line := range strings.Lines(drawn.String()) {
		page.WriteString(strings.TrimRight(line, " \n") + "\n") // a table pads its last column
	}
	return nil
}

// leastText is how narrow a column of texts may become.
const leastText = 20

// narrowed is the rows of a table with one column folded, so that they fit into a page or nearly so.
func narrowed(folded int, header []string, rows [][]string) [][]string {
	space := pageWidth - margins*len(header)
	for column := range header {
		if column != folded {
			space -= max(breadth(header[column]), breadthOf(rows, column))
		}
	}
	space = max(space, leastText)
	narrow := make([][]string, len(rows))
	for i, row := range rows {
		narrow[i] = slices.Clone(row)
		if text := row[min(folded, len(row)-1)]; breadth(text) > space && folded < len(row) {
			indent := text[:len(text)-len(strings.TrimLeft(text, " "))]
			narrow[i][folded] = indent + strings.ReplaceAll(fold(text, space-len(indent)), "\n", "\n"+indent)
		}
	}
	return narrow
}

// breadthOf is the columns that the widest cell of a column takes.
func breadthOf(rows [][]string, column int) int {
	widest := 0
	for _, row := range rows {
		if column < len(row) { // a title stands alone
			widest = max(widest, breadth(row[column]))
		}
	}
	return widest
}

// breadth is the columns that a text takes in its widest line; a Chinese letter takes two.
func breadth(text string) int {
	widest := 0
	for line := range strings.SplitSeq(text, "\n") {
		widest = max(widest, twwidth.Width(line))
	}
	return widest
}

// cut is a text in at most so many columns.
func cut(text string, columns int) string {
	if twwidth.Width(text) <= columns {
		return text
	}
	return twwidth.Truncate(text, columns, "…")
}

// span is a band as people read it.
func span(lo, hi float64, unit results.Unit) string {
	return results.Human(lo, unit) + " – " + results.Human(hi, unit)
}

// levels is what a band covers, in words.
func levels(band [2]float64) string {
	return fmt.Sprintf("%s to %s of replications", results.Human(band[0], "share"), results.Human(band[1], "share"))
}

// say prints one paragraph, folded into the page.
func say(page *bytes.Buffer, format string, args ...any) {
	page.WriteString(fold(fmt.Sprintf(format, args...), pageWidth) + "\n")
}

// fold breaks a text into lines of at most so many columns, between words where it can, and
// inside a word that is longer than a line only between letters of two columns, as Chinese is
// set; a path stays in one piece.
func fold(text string, width int) string {
	var b strings.Builder
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteString("\n")
		}
		column := 0
		for j, word := range strings.Fields(line) {
			letters := twwidth.Width(word)
			switch {
			case j == 0:
			case column+1+letters > width:
				b.WriteString("\n")
				column = 0
			default:
				b.WriteString(" ")
				column++
			}
			if letters <= width {
				b.WriteString(word)
				column += letters
				continue
			}
			for _, letter := range word {
				columns := twwidth.Width(string(letter))
				if columns == 2 && column > 0 && column+columns > width {
					b.WriteString("\n")
					column = 0
				}
				b.WriteRune(letter)
				column += columns
			}
		}
	}
	return b.String()
}
