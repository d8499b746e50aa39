package study

import (
	"fmt"
	"math"
	"slices"

	"flywheel/results"
)

// Warnings are what has to be said about the numbers of a study with so many runs of each
// point, of an engine that draws luck or none.
func (s Sensitivity) Warnings(runs int, lucky bool) []results.Warning {
	var warnings []results.Warning
	if s.Variance == 0 {
		warnings = append(warnings, results.Warning{Code: "flat", Text: "the metric is the same at every point, so no input matters for it here"})
	}
	switch {
	case lucky && runs < 2:
		warnings = append(warnings, results.Warning{Code: "noise", Text: "one run of each point cannot tell luck from the inputs; give --replications 2 or more"})
	case s.Luck > 0.1:
		warnings = append(warnings, results.Warning{Code: "noise", Text: fmt.Sprintf(
			"%s of the variance is luck, which first and total indices count as if inputs made it; more replications show less of it", results.Human(s.Luck, "share"))})
	}
	for _, i := range s.Sobol {
		if width := i.Total.Hi - i.Total.Lo; width > 0.3 {
			warnings = append(warnings, results.Warning{Code: "wide", Text: fmt.Sprintf(
				"the interval of %s is %s wide; more rows show more", i.Input, results.Human(width, "1"))})
		}
	}
	return warnings
}

// ByImportance is the study with the inputs that matter most first: by total index, or by the
// mean size of the effect.
func (s Sensitivity) ByImportance() Sensitivity {
	s.Sobol, s.Morris = slices.Clone(s.Sobol), slices.Clone(s.Morris)
	slices.SortStableFunc(s.Sobol, func(a, b SobolIndex) int { return descending(a.Total.Value, b.Total.Value) })
	slices.SortStableFunc(s.Morris, func(a, b MorrisEffect) int { return descending(a.MuStar.Value, b.MuStar.Value) })
	return s
}

func descending(a, b float64) int {
	switch {
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return 0
}

// SensitivitySchema are the columns of the table of a sensitivity study.
func SensitivitySchema() results.Schema {
	return results.Schema{
		{Name: "input", Kind: results.Text, About: "Path of the number that varied."},
		{Name: "measure", Kind: results.Text, About: "first and total are Sobol' indices, shares of the metric's variance; mu, mu_star and sigma are of elementary effects, in the metric's unit over the whole range."},
		{Name: "value", Kind: results.Number, About: "Estimate."},
		{Name: "lo", Kind: results.Number, About: "Lower end of its 95% bootstrap interval."},
		{Name: "hi", Kind: results.Number, About: "Upper end of its 95% bootstrap interval."},
	}
}

// SensitivityTable writes a study as a table, inputs in the order given.
func SensitivityTable(s Sensitivity) (*results.Table, error) {
	t := results.NewTable("sensitivity", SensitivitySchema())
	var err error
	add := func(input, measure string, e Estimate) {
		if err == nil {
			err = t.Append(input, measure, e.Value, e.Lo, e.Hi)
		}
	}
	for _, i := range s.Sobol {
		add(i.Input, "first", i.First)
		add(i.Input, "total", i.Total)
	}
	for _, e := range s.Morris {
		add(e.Input, "mu", e.Mu)
		add(e.Input, "mu_star", e.MuStar)
		add(e.Input, "sigma", e.Sigma)
	}
	return t, err
}

// PointsSchema are the columns of the table of points that a study has run.
func PointsSchema() results.Schema {
	return results.Schema{
		{Name: "point", Kind: results.Integer, Unit: "1", About: "Which point, in the order of the design, from 0."},
		{Name: "replication", Kind: results.Integer, Unit: "1", About: "Which repetition with other luck, from 0; -1 says that the row is of the point and of no run."},
		{Name: "name", Kind: results.Text, About: "Path of a number that varies, or the name of what was measured."},
		{Name: "value", Kind: results.Number, About: "Its value."},
	}
}

// PointsTable writes points of the unit cube with their numbers and what their runs measured.
func PointsTable(inputs []Input, points [][]float64, answers []Answer, measures []string) (*results.Table, error) {
	t := results.NewTable("points", PointsSchema())
	for p, u := range points {
		for i, in := range inputs {
			value := math.NaN()
			if len(in.Levels) == 0 {
				value = in.Number(u[i])
			}
			if err := t.Append(p, -1, in.Path, value); err != nil {
				return nil, err
			}
		}
		for r, run := range answers[p].Runs {
			for m, name := range measures {
				if err := t.Append(p, r, name, run[m]); err != nil {
					return nil, err
				}
			}
		}
	}
	return t, nil
}
