package report

import (
	"fmt"
	"math"
	"slices"

	"flywheel/results"
)

// Heat is the load heat map: how slow each step was in each stretch of the run.
type Heat struct {
	Steps  []string
	Shades [][]Shade // by step
	From   []string  // when the stretches begin, where the axis says so
	Lo, Hi float64   // the lowest and the highest p99, ms
	Length float64   // of a stretch, seconds
	Says   string
	Wide   float64 // of a stretch, in the drawing's units
	Tall   float64 // of the whole drawing
	Rows   [][]string
	Head   []string
}

// Shade is one field of a heat map.
type Shade struct {
	X, Y  float64
	Depth float64 // 0 to 1, by the logarithm of the latency
	At    int     // stretch, from 0
	P99   float64 // ms
	Title string
}

// Sizes of a heat map's drawing.
const (
	heatColumns = 60
	heatWide    = 900.
	heatRow     = 24.
)

// heatOf draws the p99 latency of every step over time, the highest of the seconds in a stretch;
// nil for less than two seconds.
func heatOf(s *results.Table) *Heat {
	if s == nil || s.Rows() == 0 {
		return nil
	}
	end := 0.0
	for r := range s.Rows() {
		end = math.Max(end, number(s, "t_s", r)+math.Max(1, number(s, "width_s", r)))
	}
	if end < 2 {
		return nil
	}
	stretch := math.Ceil(end / heatColumns)
	columns := int(math.Ceil(end / stretch))
	h := &Heat{Wide: heatWide / float64(columns), Length: stretch}
	var p99 [][]float64
	lo, hi := math.Inf(1), 0.0
	for r := range s.Rows() {
		step := s.Texts("step")[r]
		i := slices.Index(h.Steps, step)
		if i < 0 {
			i = len(h.Steps)
			h.Steps = append(h.Steps, step)
			p99 = append(p99, make([]float64, columns))
		}
		v := number(s, "latency_p99", r)
		if math.IsNaN(v) || v <= 0 {
			continue
		}
		at := int(number(s, "t_s", r) / stretch)
		p99[i][at] = math.Max(p99[i][at], v)
		lo, hi = math.Min(lo, v), math.Max(hi, v)
	}
	if hi == 0 {
		return nil
	}
	h.Lo, h.Hi = lo, hi
	h.Head = []string{"second"}
	for i, name := range h.Steps {
		h.Head = append(h.Head, name)
		var row []Shade
		for c, v := range p99[i] {
			if v == 0 {
				continue
			}
			depth := 1.0
			if hi > lo {
				depth = math.Log(v/lo) / math.Log(hi/lo)
			}
			row = append(row, Shade{X: float64(c) * h.Wide, Y: float64(i) * heatRow, Depth: 0.08 + 0.92*depth, At: c, P99: v,
				Title: fmt.Sprintf("%s from second %v: p99 %s ms", name, float64(c)*stretch, milli(v))})
		}
		h.Shades = append(h.Shades, row)
	}
	h.Tall = float64(len(h.Steps)) * heatRow
	for c := range columns {
		if c%max(1, columns/6) == 0 {
			h.From = append(h.From, fmt.Sprintf("%v s", float64(c)*stretch))
		}
		if c%max(1, columns/12) == 0 {
			row := []string{results.Human(float64(c)*stretch, "1")}
			for i := range h.Steps {
				if p99[i][c] == 0 {
					row = append(row, "–")
				} else {
					row = append(row, milli(p99[i][c]))
				}
			}
			h.Rows = append(h.Rows, row)
		}
	}
	h.Says = fmt.Sprintf("p99 latency by step and time, from %s ms (light) to %s ms (dark), on a scale of equal ratios.", milli(lo), milli(hi))
	return h
}
