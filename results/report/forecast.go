package report

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"flywheel/results"
)

// all stands in identity columns for everything together.
const all = "*"

// most is the largest number of periods a chart draws; a screen shows no more.
const most = 180

// Forecast collects the timelines of a forecast's runs into what a page draws. The zero value
// is ready; it is not safe for concurrent use. It keeps one number for each drawn quantity,
// drawn period and run.
type Forecast struct {
	PeriodUnit string     // such as day; empty reads as period
	Band       [2]float64 // quantiles of replications that bands show; zero means 0.05 to 0.95

	variants []string
	scopes   map[string]scopes // by variant
	periods  []int             // drawn, ascending, from 0 to the last
	samples  map[series][][]float64
	flows    map[flow][]float64
	units    map[string]results.Unit
}

// series is one quantity of one scope.
type series struct{ variant, metric, platform, side, region string }

// flow is a platform's sum over all periods of a metric of money.
type flow struct{ variant, metric, platform string }

// scopes are the names that a variant's rows have, in order of appearance.
type scopes struct{ platforms, sides, regions []string }

// drawn are the metrics over time, of the whole market or of a side.
var drawn = []string{"participants", "share", "market_share", "multihomers", "orders", "unserved", "gmv", "revenue", "subsidy_to_date", "cash", "hhi", "satisfaction", "stage"}

// The metrics of money that a waterfall adds up: lines of revenue, lines of cost, and the others.
var (
	earnings = []string{"commission", "membership", "penalties", "ads", "spread", "listing", "hosting", "interest", "breakage"}
	expenses = []string{"marketing", "bonuses", "rewards", "features"}
	flows    = slices.Concat(earnings, expenses, []string{"funding", "subsidy", "fines", "cost", "revenue"})
)

// held are the metrics of what a platform owes to those who have paid ahead.
var held = []string{"vouchers_held", "wallets_held", "points_owed"}

// Add reads the rows of one or several runs: each run's periods from 0 on in order, and in
// each period rows of the same scopes in the same order, as a recorder writes them; anything
// else is an error. Columns it does not know are left alone, and those it misses are not drawn.
func (f *Forecast) Add(timeline *results.Table) error {
	if f.samples == nil {
		f.samples, f.flows = map[series][][]float64{}, map[flow][]float64{}
		f.scopes, f.units = map[string]scopes{}, map[string]results.Unit{}
	}
	period := timeline.Integers("period")
	for from := 0; from < len(period); {
		to := from + 1
		for to < len(period) && period[to] >= period[to-1] {
			to++
		}
		if err := f.addRun(timeline.Slice(from, to)); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// addRun reads one run. Every period has the same rows, so what a row means is looked up once.
func (f *Forecast) addRun(run *results.Table) error {
	period := run.Integers("period")
	block := 1
	for block < len(period) && period[block] == period[0] {
		block++
	}
	last := int(period[len(period)-1])
	if period[0] != 0 || len(period) != block*(last+1) {
		return fmt.Errorf("a timeline of %d rows to period %d is not whole", len(period), last)
	}
	if f.periods == nil {
		f.periods = thinned(last, most)
	}
	if f.horizon() != last {
		return fmt.Errorf("runs of %d and of %d periods cannot share a page", f.horizon(), last)
	}
	column := map[string][]float64{}
	for _, name := range slices.Concat(drawn, flows, held, ended(), []string{"leaves"}) {
		if i := run.Schema.Index(name); i >= 0 && run.Schema[i].Kind == results.Number {
			column[name] = run.Data[i].Number
			f.units[name] = run.Schema[i].Unit
		}
	}
	variant, platform, side := run.Texts("variant"), run.Texts("platform"), run.Texts("side")
	segment, region := run.Texts("segment"), run.Texts("region")
	for r := range block {
		if segment[r] != all {
			continue
		}
		f.meet(variant[r], platform[r], side[r], region[r])
		for _, name := range drawn {
			if values := column[name]; values != nil {
				// regions are compared at the end alone
				f.addSeries(series{variant[r], name, platform[r], side[r], region[r]}, values[r:], block, region[r] != all)
			}
		}
		for _, name := range ended() {
			if values := column[name]; values != nil && region[r] == all && platform[r] != all {
				f.addSeries(series{variant[r], name, platform[r], side[r], all}, values[r:], block, true)
			}
		}
		if users, leaves := column["participants"], column["leaves"]; users != nil && leaves != nil && side[r] != all && region[r] == all && platform[r] != all {
			f.keeping(series{variant[r], kept, platform[r], side[r], all}, users[r:], leaves[r:], block)
		}
		if side[r] == all && region[r] == all && platform[r] != all {
			for _, name := range flows {
				if values := column[name]; values != nil {
					key := flow{variant[r], name, platform[r]}
					f.flows[key] = append(f.flows[key], total(values[r:], block))
				}
			}
			for _, name := range held {
				if values := column[name]; values != nil && !math.IsNaN(values[r]) {
					key := flow{variant[r], name, platform[r]}
					f.flows[key] = append(f.flows[key], values[last*block+r]-values[r])
				}
			}
		}
	}
	return nil
}

// addSeries adds a run's value of every drawn period, or of the last alone; rows of
// consecutive periods lie stride apart.
func (f *Forecast) addSeries(key series, values []float64, stride int, endOnly bool) {
	sample := f.samples[key]
	for i, p := range f.periods {
		if endOnly && i < len(f.periods)-1 || math.IsNaN(values[p*stride]) {
			continue
		}
		if sample == nil {
			sample = make([][]float64, len(f.periods))
			f.samples[key] = sample
		}
		sample[i] = append(sample[i], values[p*stride])
	}
}

// total is the sum of one column's rows stride apart, without what does not apply.
func total(values []float64, stride int) float64 {
	var sum float64
	for i := 0; i < len(values); i += stride {
		if !math.IsNaN(values[i]) {
			sum += values[i]
		}
	}
	return sum
}

// meet notes a row's names.
func (f *Forecast) meet(variant, platform, side, region string) {
	s, known := f.scopes[variant]
	if !known {
		f.variants = append(f.variants, variant)
	}
	before := len(s.platforms) + len(s.sides) + len(s.regions)
	s.platforms = noted(s.platforms, platform)
	s.sides = noted(s.sides, side)
	s.regions = noted(s.regions, region)
	if !known || len(s.platforms)+len(s.sides)+len(s.regions) != before {
		f.scopes[variant] = s
	}
}

// noted is the list with a name that is not in it yet; "*" is no name.
func noted(list []string, name string) []string {
	if name == all || slices.Contains(list, name) {
		return list
	}
	return append(list, name)
}

// thinned are at most count periods from 0 to last, evenly spaced, both ends among them.
func thinned(last, count int) []int {
	step := max(1, int(math.Ceil(float64(last)/float64(count-1))))
	var periods []int
	for p := 0; p < last; p += step {
		periods = append(periods, p)
	}
	return append(periods, last)
}

// bands are a series' bands over the drawn periods; nil when it was never recorded.
func (f *Forecast) bands(key series) []results.Band {
	sample := f.samples[key]
	if sample == nil {
		return nil
	}
	lo, hi := f.levels()
	list := make([]results.Band, len(sample))
	for i, values := range sample {
		list[i], _ = results.BandOf(values, lo, hi)
	}
	return list
}

// last is a series' band at the last period, and whether there is one.
func (f *Forecast) last(key series) (results.Band, bool) {
	sample := f.samples[key]
	if sample == nil || len(sample[len(sample)-1]) == 0 {
		return results.Band{}, false
	}
	lo, hi := f.levels()
	band, _ := results.BandOf(sample[len(sample)-1], lo, hi)
	return band, true
}

// levels are the band's quantiles.
func (f *Forecast) levels() (lo, hi float64) {
	if f.Band == [2]float64{} {
		return 0.05, 0.95
	}
	return f.Band[0], f.Band[1]
}

// unit is what one period is called.
func (f *Forecast) unit() string { return cmp.Or(f.PeriodUnit, "period") }

// horizon is the last period.
func (f *Forecast) horizon() int {
	if len(f.periods) == 0 {
		return 0
	}
	return f.periods[len(f.periods)-1]
}

// runs is the largest number of runs of any series of a variant.
func (f *Forecast) runs(variant string) int {
	n := 0
	for key := range maps.Keys(f.samples) {
		if key.variant == variant {
			n = max(n, len(f.samples[key][0]))
		}
	}
	return n
}
