package main

import (
	"bytes"
	"fmt"
	"slices"

	"flywheel/results"
	"flywheel/results/report"
	"flywheel/sim/study"
)

// plainSteps are the steps of money that every scenario has, and that need no table of their own.
var plainSteps = []string{"cash at the start", "commission", "membership", "subsidies", "other costs", "cash at the end"}

// flows prints where the money of the scenario itself came from and went, where it moved in more than the plain ways.
func (f *forecast) flows(page *bytes.Buffer) error {
	var names, platforms []string
	special := false
	for _, w := range f.money {
		platforms = append(platforms, w.Platform)
		for i, s := range w.Steps {
			special = special || !slices.Contains(plainSteps, s.Name)
			if !slices.Contains(names, s.Name) {
				names = slices.Insert(names, min(placeOf(names, w.Steps, i), len(names)), s.Name)
			}
		}
	}
	if !special {
		return nil
	}
	var rows [][]string
	for _, name := range names {
		row := []string{" " + name}
		for _, w := range f.money {
			cell := ""
			if i := slices.IndexFunc(w.Steps, func(s report.Step) bool { return s.Name == name }); i >= 0 {
				cell = w.Steps[i].Amount
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	horizon := f.job.plan.Variants[0].Law.Model.Horizon
	fmt.Fprintf(page, "Where the money came from and went, to the end of %s %d: means\n", horizon.Unit, horizon.Periods)
	s := &sheet{platforms: platforms, header: append([]string{""}, platforms...), rows: rows}
	return s.print(page)
}

// placeOf is where among names a step belongs: behind the last of the steps before it that has a place.
func placeOf(names []string, steps []report.Step, step int) int {
	for i := step - 1; i >= 0; i-- {
		if at := slices.Index(names, steps[i].Name); at >= 0 {
			return at + 1
		}
	}
	return 0
}

// documentMoney is a line of the money of the scenario itself, from the start to the end.
type documentMoney struct {
	Platform string   `json:"platform"`
	Line     string   `json:"line"`
	Mean     *float64 `json:"mean"`
}

// moneyAs is the money, for programs.
func moneyAs(list []report.Waterfall) []documentMoney {
	lines := []documentMoney{}
	for _, w := range list {
		for _, s := range w.Steps {
			lines = append(lines, documentMoney{w.Platform, s.Name, results.Nullable(s.Value)})
		}
	}
	return lines
}

// worthLines are what the people of a side cost and bring, where the scenario asks for it.
func worthLines(unit string) []line {
	return []line{{"satisfaction", "satisfaction"}, {"cac", "CAC"}, {"ltv", "LTV"}, {"ltv_over_cac", "LTV over CAC"}, {"payback", "payback, " + unit + "s"}}
}

// bookLines are the lines of a platform's trade and money at one time, those that only some scenarios have among them.
func bookLines(unit string, entries []study.Entry) []line {
	per := func(metrics ...string) (lines []line) {
		for _, metric := range metrics {
			lines = append(lines, line{metric, metric + " per " + unit})
		}
		return told(lines, entries)
	}
	plain := moneyLines(unit)
	orders, gmv, cash := plain[:1], plain[1:len(plain)-1], plain[len(plain)-1:]
	return slices.Concat(orders, per("unserved", "late"), gmv, per("ads", "spread", "listing", "hosting", "interest", "breakage", "contribution", "burn"), cash,
		told([]line{{"runway", "runway, " + unit + "s"}, {"ruined", "chance of ruin so far"}, {"rebates_owed", "owed: rebates"}, {"vouchers_held", "owed: vouchers"},
			{"wallets_held", "owed: wallets"}, {"points_owed", "owed: points"}, {"sites", "sites"}}, entries))
}

// told are those lines about which the entries say more than nothing.
func told(lines []line, entries []study.Entry) []line {
	return slices.DeleteFunc(lines, func(l line) bool {
		return !slices.ContainsFunc(entries, func(e study.Entry) bool { return e.Metric == l.metric && (e.Band.Lo != 0 || e.Band.Hi != 0) })
	})
}
