package study

import (
	"fmt"
	"math"
	"slices"

	"flywheel/results"
	"flywheel/sim"
)

// Ensemble keeps, of every delivered run, the rows of the periods somebody asks about and
// the growth of participation, so that its size does not depend on the horizon's rows.
type Ensemble struct {
	plan    Plan
	periods []int          // kept, ascending
	metrics results.Schema // kept of each row
	kept    [][]sample     // by variant: the runs, in delivery order
	places  []place        // by variant
	held    []Held         // how forecasts stood to observed series
}

// place is where a variant's rows lie.
type place struct {
	rows   []scope // one period's rows, in the order of the table
	growth []int   // of them, those whose participants are charted
}

// scope is what a row of a timeline is about.
type scope struct{ Platform, Side, Segment, Region string }

// sample is what is kept of one run.
type sample struct {
	replication int
	measures    []float64   // by kept period, row and metric
	growth      [][]float64 // [charted row][period] participants; nil where not every period was recorded
}

// NewEnsemble prepares to keep a plan's runs. Beside the last period and the settings' own,
// it keeps that of an event and every period that a claim names.
func NewEnsemble(p Plan, claims []Claim) *Ensemble {
	e := &Ensemble{plan: p, metrics: sim.Recorded(p.laws()...), kept: make([][]sample, len(p.Variants)), places: make([]place, len(p.Variants))}
	e.periods = append(e.periods, p.Settings.At...)
	for _, v := range p.Variants {
		e.periods = append(e.periods, v.Law.Model.Horizon.Periods)
		if event := v.Law.Model.Event; event != nil {
			e.periods = append(e.periods, event.Period)
		}
	}
	for _, c := range claims {
		for _, t := range c.Terms() {
			t.Each(func(q *Quantity, from int) {
				for period := from; period <= q.Period; period++ {
					e.periods = append(e.periods, period)
				}
			})
		}
	}
	slices.Sort(e.periods)
	e.periods = slices.Compact(e.periods)
	return e
}

// Periods are those whose rows are kept, ascending. An Execution that records no others gives
// the same summary, comparisons and judgements, but no growth.
func (e *Ensemble) Periods() []int { return e.periods }

// Add keeps what is needed of a finished run; runs of a variant come in rising replication.
func (e *Ensemble) Add(t Trial, timeline *results.Table) {
	period := timeline.Integers("period")
	rows := 0
	for rows < len(period) && period[rows] == period[0] {
		rows++
	}
	at := &e.places[t.Variant]
	if at.rows == nil {
		at.read(timeline, rows)
	}
	columns := make([][]float64, 0, len(e.metrics))
	for _, m := range e.metrics {
		columns = append(columns, timeline.Numbers(m.Name))
	}
	s := sample{replication: t.Replication, measures: make([]float64, 0, len(e.periods)*rows*len(columns))}
	for _, kept := range e.periods {
		from, recorded := slices.BinarySearch(period, int64(kept))
		for row := range rows {
			for m := range columns {
				x := math.NaN()
				if recorded {
					x = columns[m][from+row]
				}
				s.measures = append(s.measures, x)
			}
		}
	}
	if last := len(period)/rows - 1; int(period[len(period)-1]) == last { // every period is there
		for _, row := range at.growth {
			line := make([]float64, last+1)
			for i := range line {
				line[i] = columns[0][i*rows+row]
			}
			s.growth = append(s.growth, line)
		}
	}
	e.kept[t.Variant] = append(e.kept[t.Variant], s)
}

// measure is a kept number of a run: a metric of a row at a kept period, all by index.
func (e *Ensemble) measure(variant, run, period, row, metric int) float64 {
	return e.kept[variant][run].measures[(period*len(e.places[variant].rows)+row)*len(e.metrics)+metric]
}

// read takes one period's scopes from a timeline; growth is charted for each platform on
// each whole side.
func (l *place) read(t *results.Table, perPeriod int) {
	platform, side, segment, region := t.Texts("platform"), t.Texts("side"), t.Texts("segment"), t.Texts("region")
	for row := range perPeriod {
		s := scope{platform[row], side[row], segment[row], region[row]}
		l.rows = append(l.rows, s)
		if s.Platform != sim.Total && s.Side != sim.Total && s.Segment == sim.Total && s.Region == sim.Total {
			l.growth = append(l.growth, row)
		}
	}
}

// Growth is a platform's participants on one side over time, with their band.
type Growth struct {
	Variant, Platform, Side string
	Bands                   []results.Band // by period, from 0
}

// Growth is the growth of every platform on every side, variant after variant; a variant
// without a finished run, or with periods left out, has none.
func (e *Ensemble) Growth() []Growth {
	var all []Growth
	for v, runs := range e.kept {
		if len(runs) == 0 || runs[0].growth == nil {
			continue
		}
		for i, row := range e.places[v].growth {
			g := Growth{Variant: e.plan.Variants[v].Name, Platform: e.places[v].rows[row].Platform, Side: e.places[v].rows[row].Side}
			values := make([]float64, len(runs))
			for period := range runs[0].growth[i] {
				for r := range runs {
					values[r] = runs[r].growth[i][period]
				}
				band, _ := results.BandOf(values, e.plan.Settings.Band[0], e.plan.Settings.Band[1])
				g.Bands = append(g.Bands, band)
			}
			all = append(all, g)
		}
	}
	return all
}

// values are one measured number of every finished replication of a variant, by
// replication; NaN where it does not apply or the replication did not finish. A scope or
// variant that the runs do not have is an error.
func (e *Ensemble) values(q Quantity) ([]float64, error) {
	v, err := e.variant(q.Variant)
	if err != nil {
		return nil, err
	}
	metric := e.metrics.Index(q.Metric)
	row := slices.Index(e.places[v].rows, scope{q.Platform, q.Side, q.Segment, q.Region})
	period := slices.Index(e.periods, q.Period)
	if metric < 0 || row < 0 || period < 0 {
		return nil, fmt.Errorf("no row of %s for platform %s, side %s, segment %s, region %s at period %d",
			q.Metric, q.Platform, q.Side, q.Segment, q.Region, q.Period)
	}
	values := make([]float64, e.plan.Settings.Replications)
	for r := range values {
		values[r] = math.NaN()
	}
	for i, s := range e.kept[v] {
		values[s.replication] = e.measure(v, i, period, row, metric)
	}
	return values, nil
}

// variant finds a variant of the plan; no name is the base.
func (e *Ensemble) variant(name string) (int, error) {
	if name == "" {
		name = Base
	}
	v := slices.IndexFunc(e.plan.Variants, func(v Variant) bool { return v.Name == name })
	if v < 0 {
		return v, fmt.Errorf("variant %s was not run", name)
	}
	return v, nil
}
