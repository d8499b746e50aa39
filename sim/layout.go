package sim

import (
	"slices"

	"flywheel/models"
	"flywheel/results"
)

// Layout is what the timelines of all runs of a law under one name have in common: which
// rows a period has, which periods are recorded, and the columns that say so. It is made
// once, shared by any number of runs side by side, and never changed.
type Layout struct {
	schema  results.Schema
	names   []string // platforms, then Total
	scopes  []scope
	inside  [][]int // by group: the scopes it belongs to
	periods []int   // recorded, ascending
	columns []results.Data
	metrics []int // by column after those of identity: which of Metrics it is
	lives   bool  // people live on after joining
}

// scope is a set of groups that one row adds up.
type scope struct {
	side, segment, region string
	groups                []int
	people                float64
	fulfils               bool // only people who fulfil orders, and place none
	policy                int  // one more than the place of the policy that the rows are of, instead of people; 0: none
	owner                 int  // the platform that began it, whoever goes on with it after a merger
}

// NewLayout lays out the timelines of a law's runs, named by their run and variant: for every
// period and scope one row per platform and one for all platforms. Scopes are the whole
// market, each side, each side of a region where there are several, each segment and, where economics are
// recorded, each policy that brings people. Given
// periods, ascending, only those within the horizon are recorded; nil means all, the start
// included. The columns are those Recorded of the law and of the laws beside it, whose timelines
// go into the same table.
func NewLayout(l *models.Law, run, variant string, periods []int, beside ...*models.Law) *Layout {
	measured := Recorded(append(beside, l)...)
	lay := &Layout{
		schema: append(results.Identity(), measured...),
		scopes: scopes(l), inside: make([][]int, len(l.Groups)), lives: l.Standings.Moods > 0,
	}
	for i, column := range Metrics() {
		if measured.Index(column.Name) >= 0 {
			lay.metrics = append(lay.metrics, i)
		}
	}
	for t := range l.Model.Horizon.Periods + 1 {
		if periods == nil || slices.Contains(periods, t) {
			lay.periods = append(lay.periods, t)
		}
	}
	for _, p := range l.Model.Platforms {
		lay.names = append(lay.names, p.Name)
	}
	lay.names = append(lay.names, Total)
	for i, s := range lay.scopes {
		for _, g := range s.groups {
			lay.inside[g] = append(lay.inside[g], i)
		}
	}
	rows := len(lay.periods) * lay.rows()
	lay.columns = make([]results.Data, len(results.Identity()))
	for i, of := range []func(s *scope, platform string) string{
		0: func(*scope, string) string { return run },
		1: func(*scope, string) string { return variant },
		4: func(_ *scope, platform string) string { return platform },
		5: func(s *scope, _ string) string { return s.side },
		6: func(s *scope, _ string) string { return s.segment },
		7: func(s *scope, _ string) string { return s.region },
	} {
		if of == nil {
			continue
		}
		text := make([]string, 0, rows)
		for range lay.periods {
			for s := range lay.scopes {
				for _, platform := range lay.names {
					text = append(text, of(&lay.scopes[s], platform))
				}
			}
		}
		lay.columns[i].Text = text
	}
	period := make([]int64, 0, rows)
	for _, t := range lay.periods {
		for range lay.rows() {
			period = append(period, int64(t))
		}
	}
	lay.columns[3].Integer = period
	return lay
}

// rows is the number of rows of one period.
func (lay *Layout) rows() int { return len(lay.scopes) * len(lay.names) }

// scopes lists what rows add up, in the order of the table; the first is the whole market.
func scopes(l *models.Law) []scope {
	regions := l.Model.RegionNames()
	var list []scope
	add := func(side, segment, region string, in func(s *models.Segment) bool) {
		sc := scope{side: side, segment: segment, region: region}
		for g := range l.Groups {
			if in(&l.Model.Segments[l.Groups[g].Segment]) {
				sc.groups = append(sc.groups, g)
				sc.people += float64(l.Groups[g].Size)
			}
		}
		sc.fulfils = side != Total && !slices.ContainsFunc(sc.groups, func(g int) bool { return !l.Groups[g].Fulfils() })
		if len(sc.groups) > 0 {
			list = append(list, sc)
		}
	}
	add(Total, Total, Total, func(*models.Segment) bool { return true })
	for _, side := range l.Sides {
		add(side, Total, Total, func(s *models.Segment) bool { return s.Side == side })
	}
	if len(regions) > 1 {
		for _, side := range l.Sides {
			for _, region := range regions {
				add(side, Total, region, func(s *models.Segment) bool { return s.Side == side && s.Region == region })
			}
		}
	}
	for i := range l.Model.Segments {
		own := &l.Model.Segments[i]
		add(own.Side, own.Name, own.Region, func(s *models.Segment) bool { return s == own })
	}
	if l.Model.Economics != nil {
		for i, p := range l.Model.Policies {
			if p.Instrument.Brings() {
				list = append(list, scope{side: Total, segment: p.Name, region: Total, policy: i + 1, owner: l.Model.PlatformIndex(p.Platform)})
			}
		}
	}
	return list
}
