package main

import (
	"bytes"
	"slices"
	"strings"

	"flywheel/results"
	"flywheel/results/files"
)

// formats are what a table can be printed as.
var formats = []string{"text", "markdown", "latex", "csv"}

// knownFormat refuses the name of a format that there is not.
func knownFormat(name string) error {
	if slices.Contains(formats, name) {
		return nil
	}
	return wrong("--format: no format is called %q; %s", name, meant(name, formats, "use one of: "+strings.Join(formats, ", ")+"; --json is a flag of its own"))
}

// markdown prints a table for pages in that language. The first left columns begin at the left.
func markdown(page *bytes.Buffer, caption string, left int, header []string, rows [][]string) {
	if caption != "" {
		page.WriteString("**" + caption + "**\n\n")
	}
	cell := strings.NewReplacer("|", `\|`, "\n", "<br>", "*", `\*`, "_", `\_`)
	line := func(cells []string) {
		for _, c := range cells {
			page.WriteString("| " + cell.Replace(c) + " ")
		}
		page.WriteString("|\n")
	}
	line(header)
	for i := range header {
		if i < left {
			page.WriteString("| --- ")
		} else {
			page.WriteString("| ---: ")
		}
	}
	page.WriteString("|\n")
	for _, row := range rows {
		line(row)
	}
}

// latex prints a table with the rules of booktabs.
func latex(page *bytes.Buffer, caption string, left int, header []string, rows [][]string) {
	cell := strings.NewReplacer(`\`, `\textbackslash{}`, "&", `\&`, "%", `\%`, "$", `\$`, "#", `\#`, "_", `\_`, "{", `\{`, "}", `\}`,
		"~", `\textasciitilde{}`, "^", `\textasciicircum{}`, "–", "--", "\n", " ")
	line := func(cells []string) {
		for i, c := range cells {
			if i > 0 {
				page.WriteString(" & ")
			}
			page.WriteString(cell.Replace(c))
		}
		page.WriteString(` \\` + "\n")
	}
	page.WriteString("\\begin{table}\n\\centering\n")
	if caption != "" {
		page.WriteString(`\caption{` + cell.Replace(caption) + "}\n")
	}
	page.WriteString(`\begin{tabular}{` + strings.Repeat("l", left) + strings.Repeat("r", len(header)-left) + "}\n\\toprule\n")
	line(header)
	page.WriteString("\\midrule\n")
	for _, row := range rows {
		line(row)
	}
	page.WriteString("\\bottomrule\n\\end{tabular}\n\\end{table}\n")
}

// writeTable prints a table: exact numbers in CSV, and such as people read elsewhere.
func writeTable(page *bytes.Buffer, t *results.Table, format string) error {
	if format == "csv" {
		w, err := files.NewCSV(page, t.Name, t.Schema)
		if err != nil {
			return err
		}
		if err := w.Write(t); err != nil {
			return err
		}
		return w.Close()
	}
	texts := 0
	for texts < len(t.Schema) && t.Schema[texts].Kind == results.Text {
		texts++
	}
	var rows [][]string
	for row := range t.Rows() {
		cells := make([]string, len(t.Schema))
		for i, c := range t.Schema {
			cells[i] = t.Cell(row, i)
			if c.Kind == results.Number && cells[i] != "" {
				cells[i] = results.Human(t.Data[i].Number[row], c.Unit)
			}
		}
		rows = append(rows, cells)
	}
	switch format {
	case "markdown":
		markdown(page, "", texts, t.Schema.Names(), rows)
	case "latex":
		latex(page, "", texts, t.Schema.Names(), rows)
	default:
		return grid(page, texts, t.Schema.Names(), rows)
	}
	return nil
}
