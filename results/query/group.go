package query

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"flywheel/results"
)

// aggregate is what a word says of a group's numbers, those that do not apply left out.
func aggregate(word string) (func(values []float64) float64, error) {
	switch word {
	case "mean":
		return results.Mean, nil
	case "sum":
		return func(v []float64) float64 {
			if len(v) == 0 {
				return math.NaN()
			}
			return results.Sum(v)
		}, nil
	case "count":
		return func(v []float64) float64 { return float64(len(v)) }, nil
	case "sd":
		return func(v []float64) float64 {
			m, sum := results.Mean(v), 0.0
			for _, x := range v {
				sum += (x - m) * (x - m)
			}
			if len(v) < 2 {
				return math.NaN()
			}
			return math.Sqrt(sum / float64(len(v)-1))
		}, nil
	case "min":
		return func(v []float64) float64 { return quantile(v, 0) }, nil
	case "max":
		return func(v []float64) float64 { return quantile(v, 1) }, nil
	}
	if digits, ok := strings.CutPrefix(word, "p"); ok {
		if p, err := strconv.ParseFloat(digits, 64); err == nil && p >= 0 && p <= 100 {
			return func(v []float64) float64 { return quantile(v, p/100) }, nil
		}
	}
	return nil, fmt.Errorf("agg: nothing is called %q; use mean, sd, min, max, sum, count, or a quantile such as p5, p50 or p99.9", word)
}

// quantile is that of results.BandOf, at any level from 0 to 1.
func quantile(values []float64, level float64) float64 {
	switch {
	case len(values) == 0:
		return math.NaN()
	case level == 0:
		return slices.Min(values)
	case level == 1:
		return slices.Max(values)
	}
	band, _ := results.BandOf(values, level, 1)
	return band.Lo
}

// group makes one row of every group, in the order in which the groups first appear.
func (q Query) group(t *results.Table) (*results.Table, error) {
	by, of := indices(t, q.By), indices(t, q.Of)
	if len(q.Of) == 0 {
		for i, c := range t.Schema {
			if c.Kind == results.Number && !slices.Contains(by, i) {
				of = append(of, i)
			}
		}
	}
	var schema results.Schema
	for _, c := range by {
		schema = append(schema, t.Schema[c])
	}
	aggs := q.Agg
	if len(aggs) == 0 {
		of = nil
	}
	for _, c := range of {
		for _, agg := range aggs {
			column := results.Column{Name: t.Schema[c].Name + "_" + agg, Kind: results.Number, Unit: t.Schema[c].Unit}
			if agg == "count" {
				column.Unit = "1"
			}
			schema = append(schema, column)
		}
	}
	schema = append(schema, results.Column{Name: "rows", Kind: results.Integer, Unit: "1"})
	groups := map[string][]int{}
	var order []string
	for row := range t.Rows() {
		k := key(t, by, row)
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], row)
	}
	out := results.NewTable(t.Name, schema)
	for _, k := range order {
		rows := groups[k]
		at := 0
		for _, c := range by {
			appendCell(&out.Data[at], t.Schema[c].Kind, t.Data[c], rows[0])
			at++
		}
		for _, c := range of {
			var values []float64
			for _, row := range rows {
				if x := number(t, c, row); !math.IsNaN(x) {
					values = append(values, x)
				}
			}
			for _, agg := range aggs {
				say, err := aggregate(agg)
				if err != nil {
					return nil, err
				}
				out.Data[at].Number = append(out.Data[at].Number, say(values))
				at++
			}
		}
		out.Data[at].Integer = append(out.Data[at].Integer, int64(len(rows)))
	}
	return out, out.Check()
}
