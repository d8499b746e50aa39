package main

import (
	"bytes"

	"flywheel/results"
	"flywheel/results/report"
)

// spending prints what each policy that brings people has cost by the end, and whom it brought; nothing without a table.
func spending(page *bytes.Buffer, channels *results.Table) error {
	list := report.Spending(channels)
	if len(list) == 0 {
		return nil
	}
	mixed := false // of several variants
	for _, b := range list {
		mixed = mixed || b.Variant != list[0].Variant
	}
	var rows [][]string
	for _, b := range list {
		name := b.Platform + ": " + b.Channel
		if mixed {
			name = b.Variant + ", " + name
		}
		row := []string{fold(name, nameWidth), b.Rule}
		for _, cell := range b.Cells() {
			text := cell[0]
			if cell[1] != "" {
				text += "\n" + cell[1]
			}
			row = append(row, text)
		}
		rows = append(rows, row)
	}
	page.WriteString("What it cost to win them, since the start: mean, and band\n")
	if err := grid(page, 2, []string{"channel", "price", "spent", "brought", "CAC"}, rows); err != nil {
		return err
	}
	page.WriteString("\n")
	return nil
}
