package report

import (
	"flywheel/results"
)

// Sheet is a table of bands, read at the end of the last period.
type Sheet struct {
	Caption string
	Head    []string
	Rows    [][]string // a name, then a cell for each of Head
}

// column is a metric as a sheet heads it.
type column struct{ metric, head string }

// worthOf are the columns of what members cost and bring, and of what platforms burn and owe; %s is a period.
var (
	worthOf = []column{{"cac", "CAC"}, {"ltv", "LTV"}, {"ltv_over_cac", "LTV over CAC"}, {"payback", "payback, periods"}, {"contribution", "contribution"}}
	burnOf  = []column{{"burn", "burn"}, {"runway", "runway, periods"}, {"ruined", "chance of ruin"}}
	owedOf  = []column{{"rebates_owed", "rebates"}, {"vouchers_held", "vouchers"}, {"wallets_held", "wallets"}, {"points_owed", "points"}}
)

// ended are the metrics that are read at the last period alone.
func ended() (list []string) {
	for _, of := range [][]column{worthOf, burnOf, owedOf} {
		for _, c := range of {
			list = append(list, c.metric)
		}
	}
	return list
}

// sheets are what members cost and bring on each side, how long the money lasts, and what is owed to those who have paid
// ahead; each where the scenario has it.
func (f *Forecast) sheets(variant string) []Sheet {
	var list []Sheet
	add := func(s Sheet) {
		if len(s.Rows) > 0 {
			list = append(list, s)
		}
	}
	for _, side := range f.scopes[variant].sides {
		add(f.sheet(variant, side+": what one costs and brings", side, worthOf))
	}
	add(f.sheet(variant, "how long the money lasts", all, burnOf))
	add(f.sheet(variant, "what is owed", all, owedOf))
	return list
}

// sheet has a row for each platform, and the columns of which any platform has more to say than nothing.
func (f *Forecast) sheet(variant, caption, side string, columns []column) Sheet {
	s := Sheet{Caption: caption}
	var kept []column
	var bands [][]results.Band
	platforms := f.scopes[variant].platforms
	for _, c := range columns {
		line := make([]results.Band, len(platforms))
		says := false
		for i, platform := range platforms {
			b, has := f.last(series{variant, c.metric, platform, side, all})
			if line[i] = b; !has {
				line[i].N = 0
			}
			says = says || has && (b.Lo != 0 || b.Hi != 0)
		}
		if says {
			s.Head, kept, bands = append(s.Head, c.head), append(kept, c), append(bands, line)
		}
	}
	for i, platform := range platforms {
		row := []string{platform}
		for n, line := range bands {
			b, unit := line[i], f.units[kept[n].metric]
			switch {
			case b.N == 0:
				row = append(row, "")
			case b.Lo == b.Hi || unit == "share":
				row = append(row, results.Human(b.Mean, unit))
			default:
				row = append(row, results.Human(b.Mean, unit)+" ("+results.Human(b.Lo, unit)+" to "+results.Human(b.Hi, unit)+")")
			}
		}
		if len(row) > 1 {
			s.Rows = append(s.Rows, row)
		}
	}
	return s
}
