package report

import (
	"fmt"
	"math"

	"flywheel/results"
)

// kept is the series whose difference between two periods is the logarithm of the share of a
// platform's users who have not left in between.
const kept = "kept"

// keeping adds what one run keeps to the samples: its value at a drawn period is the sum over
// the periods until then of log(1 - leaves / users before). Nothing is added where nobody leaves
// by the books.
func (f *Forecast) keeping(key series, users, leaves []float64, stride int) {
	sample := f.samples[key]
	if sample == nil {
		sample = make([][]float64, len(f.periods))
		f.samples[key] = sample
	}
	var sum float64
	next := 0
	for p := 0; next < len(f.periods); p++ {
		if p > 0 {
			before, left := users[(p-1)*stride], leaves[p*stride]
			if before > 0 && left > 0 {
				const all = 1 - 1e-12 // the logarithm of nothing is no number
				sum += math.Log1p(-math.Min(left/before, all))
			}
		}
		if p == f.periods[next] {
			sample[next] = append(sample[next], sum)
			next++
		}
	}
}

// Triangle is a retention triangle: of those who use a platform at the end of a period, how many
// have not left it so much later.
type Triangle struct {
	Platform, Side string
	Head           []string // ages
	Rows           []RegionRow
}

// triangles are one for each platform and side of which anybody leaves.
func (f *Forecast) triangles(variant string) []Triangle {
	const cohorts = 6
	step := max(1, (len(f.periods)-1)/cohorts)
	var at []int // drawn periods that lie equally far apart
	for i := 0; i < len(f.periods) && f.periods[i] == i*f.periods[min(1, len(f.periods)-1)]; i += step {
		at = append(at, i)
	}
	if len(at) < 3 {
		return nil
	}
	var list []Triangle
	for _, side := range f.scopes[variant].sides {
		for _, platform := range f.scopes[variant].platforms {
			sample := f.samples[series{variant, kept, platform, side, all}]
			users := f.bands(series{variant, "participants", platform, side, all})
			if sample == nil || results.Mean(sample[len(sample)-1]) == 0 || users == nil {
				continue
			}
			t := Triangle{Platform: platform, Side: side}
			for _, age := range at[1:] {
				t.Head = append(t.Head, fmt.Sprintf("+%d", f.periods[age]))
			}
			for _, from := range at[:len(at)-1] {
				row := RegionRow{Region: fmt.Sprintf("%s %d", f.unit(), f.periods[from]), Cells: make([]Cell, len(t.Head))}
				for n, age := range at[1:] {
					if to := from + age; to <= at[len(at)-1] {
						var share float64
						for run, early := range sample[from] {
							share += math.Exp(sample[to][run]-early) / float64(len(sample[from]))
						}
						row.Cells[n] = Cell{Text: results.Human(share, "share"), Depth: share}
					}
				}
				if users[from].Mean > 0 {
					t.Rows = append(t.Rows, row)
				}
			}
			wide := 0 // ages that somebody reached
			for _, row := range t.Rows {
				for n, c := range row.Cells {
					if c.Text != "" {
						wide = max(wide, n+1)
					}
				}
			}
			t.Head = t.Head[:wide]
			for i := range t.Rows {
				t.Rows[i].Cells = t.Rows[i].Cells[:wide]
			}
			list = append(list, t)
		}
	}
	return list
}
