package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"

	"flywheel/results"
)

// answers are the sentences at the top of the page: who leads on each side, what trade there
// is, and whether the money lasts. Each number comes with its band.
func (f *Forecast) answers(variant string) []string {
	var list []string
	names := f.scopes[variant]
	lo, hi := f.levels()
	for _, side := range names.sides {
		if s := f.leader(variant, side); s != "" {
			list = append(list, s)
		}
	}
	if orders, has := f.last(series{variant, "orders", all, all, all}); has && orders.Hi > 0 {
		text := fmt.Sprintf("%s orders are fulfilled per %s at the end (%s to %s)",
			results.Human(orders.Mean, "1"), f.unit(), results.Human(orders.Lo, "1"), results.Human(orders.Hi, "1"))
		if unserved, has := f.last(series{variant, "unserved", all, all, all}); has && unserved.Mean > 0 {
			text += fmt.Sprintf("; %s more find nobody to fulfil them", results.Human(unserved.Mean, "1"))
		}
		list = append(list, text+".")
	}
	for _, platform := range names.platforms {
		if s := f.purse(variant, platform); s != "" {
			list = append(list, s)
		}
	}
	if len(list) > 0 && f.runs(variant) > 1 {
		list = append(list, fmt.Sprintf("Bands run from the %s to the %s quantile of %d replications with different luck.",
			percent(lo), percent(hi), f.runs(variant)))
	}
	return list
}

// leader says which platform has most of a side at the end, and in how many runs.
func (f *Forecast) leader(variant, side string) string {
	platforms := f.scopes[variant].platforms
	var best string
	var top results.Band
	for _, p := range platforms {
		if b, has := f.last(series{variant, "share", p, side, all}); has && (best == "" || b.Mean > top.Mean) {
			best, top = p, b
		}
	}
	if best == "" || top.Hi == 0 {
		return ""
	}
	at := fmt.Sprintf("after %d %ss", f.horizon(), f.unit())
	text := fmt.Sprintf("%s has %s of all %s %s (%s to %s)", best,
		results.Human(top.Mean, "share"), side, at, results.Human(top.Lo, "share"), results.Human(top.Hi, "share"))
	if len(platforms) == 1 {
		return text + "."
	}
	won, runs := f.lead(variant, side, best)
	text += fmt.Sprintf(", and leads in %d of %d runs", won, runs)
	if hhi, has := f.last(series{variant, "hhi", all, side, all}); has {
		text += fmt.Sprintf("; the Herfindahl index of concentration is %s, where 1 is a monopoly", results.Human(hhi.Mean, "1"))
	}
	return text + "."
}

// lead counts the runs in which a platform has more of a side than every other.
func (f *Forecast) lead(variant, side, platform string) (won, runs int) {
	end := len(f.periods) - 1
	own := f.samples[series{variant, "share", platform, side, all}][end]
	for run, mine := range own {
		first := true
		for _, p := range f.scopes[variant].platforms {
			sample := f.samples[series{variant, "share", p, side, all}]
			if p != platform && sample != nil && run < len(sample[end]) && sample[end][run] >= mine {
				first = false
			}
		}
		if first {
			won++
		}
	}
	return won, len(own)
}

// purse says how a platform's money ends and in how many runs it was ever below zero, at the
// periods drawn.
func (f *Forecast) purse(variant, platform string) string {
	cash := f.samples[series{variant, "cash", platform, all, all}]
	if cash == nil {
		return ""
	}
	lo, hi := f.levels()
	start, _ := results.BandOf(cash[0], lo, hi)
	end, _ := results.BandOf(cash[len(cash)-1], lo, hi)
	if start.Mean == 0 && end.Lo == 0 && end.Hi == 0 {
		return ""
	}
	ruined := map[int]bool{}
	first := -1
	for i, values := range cash {
		for run, v := range values {
			if v < 0 {
				ruined[run] = true
				if first < 0 {
					first = i
				}
			}
		}
	}
	text := fmt.Sprintf("%s goes from %s to %s in cash (%s to %s)", platform,
		results.Human(start.Mean, "money"), results.Human(end.Mean, "money"), results.Human(end.Lo, "money"), results.Human(end.Hi, "money"))
	if len(ruined) == 0 {
		return text + " and never runs out."
	}
	return text + fmt.Sprintf(" and runs out of it in %d of %d runs, first by %s %d.", len(ruined), len(cash[0]), f.unit(), f.periods[first])
}

// Cell is one field of the table of regions.
type Cell struct {
	Text  string
	Depth float64 // 0 to 1: how dark it is printed
}

// Regions are the shares of each platform in each region at the end, by side.
type Regions struct {
	Side string
	Head []string
	Rows []RegionRow
}

// RegionRow is one region.
type RegionRow struct {
	Region string
	Cells  []Cell
}

// regions is one heat table for each side, where there are several regions.
func (f *Forecast) regions(variant string) []Regions {
	names := f.scopes[variant]
	if len(names.regions) < 2 {
		return nil
	}
	var list []Regions
	for _, side := range names.sides {
		table := Regions{Side: side, Head: names.platforms}
		sorted := slices.Clone(names.regions)
		slices.Sort(sorted)
		for _, region := range sorted {
			row := RegionRow{Region: region}
			for _, platform := range names.platforms {
				b, has := f.last(series{variant, "share", platform, side, region})
				if !has {
					row.Cells = append(row.Cells, Cell{Text: "n/a"})
					continue
				}
				row.Cells = append(row.Cells, Cell{Text: results.Human(b.Mean, "share"), Depth: math.Min(1, math.Max(0, b.Mean))})
			}
			table.Rows = append(table.Rows, row)
		}
		list = append(list, table)
	}
	return list
}

// percent writes 0.05 as 5%.
func percent(level float64) string { return strconv.FormatFloat(100*level, 'g', 6, 64) + "%" }

// short keeps the six digits that a chart can show.
func short(v float64) float64 {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	s, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 6, 64), 64)
	return s
}

// sentence begins with a capital letter.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return text
	}
	return string(unicode.ToUpper(first)) + text[size:]
}
