package main

import (
	"fmt"
	"math"
	"slices"

	"github.com/spf13/cobra"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim/study"
)

// goal is what an optimisation makes best, and the constraints it keeps.
type goal struct {
	objective      string
	platform, side string
	at             int
	metric         study.Quantity // of an objective that is a metric
	critical       float64        // share of the side that is the critical mass; 0 where nobody asks
	minCash        float64        // NaN: no floor
	margin         float64        // NaN: no floor
	budget         float64
	unit           results.Unit
	smaller        bool // less is better
	funding        float64
	warnings       []results.Warning
}

// goal reads the objective and the constraints.
func (o *optimising) goal(c *cobra.Command, q *inquiry, l *levers) (*goal, error) {
	g := &goal{objective: o.objective, platform: l.platform, budget: o.budget, minCash: math.NaN(), margin: math.NaN(), unit: "1", at: q.law.Model.Horizon.Periods}
	if g.side = o.side; g.side == "" {
		g.side = orderingSide(q.law)
	}
	if !slices.Contains(q.law.Sides, g.side) {
		return nil, wrong("--side: no side is called %q; %s", g.side, meant(g.side, q.law.Sides, fmt.Sprint("use one of: ", q.law.Sides)))
	}
	text := map[string]string{
		mostParticipants: fmt.Sprintf("participants(%s, side=%s)", g.platform, g.side), mostGMV: "gmv(" + g.platform + ")", mostContribution: "cash(" + g.platform + ")",
		soonestCritical: fmt.Sprintf("share(%s, side=%s)", g.platform, g.side), leastSubsidy: fmt.Sprintf("share(%s, side=%s)", g.platform, g.side),
	}[o.objective]
	if text == "" {
		text = o.objective
	}
	var err error
	if g.metric, err = q.quantity("objective", text, o.at); err != nil {
		return nil, err
	}
	g.at = g.metric.Period
	switch g.unit = study.Metrics()[study.Metrics().Index(g.metric.Metric)].Unit; o.objective {
	case soonestCritical:
		g.unit, g.smaller = "periods", true
	case leastSubsidy:
		g.unit, g.smaller = "money", true
	}
	funded := q.law.Model.Platforms[q.law.Model.PlatformIndex(g.platform)].Cash
	g.funding = funded.Units()
	switch {
	case c.Flags().Changed("min-cash"):
		g.minCash = o.minCash
	case funded > 0:
		g.minCash = 0
	default:
		g.warnings = append(g.warnings, results.Warning{Code: "cash", Text: fmt.Sprintf(
			"%s has no funding (cash), so that its cash may fall below zero here; give it some, or --min-cash", g.platform)})
	}
	if c.Flags().Changed("margin") {
		g.margin = o.margin
	}
	if o.objective == soonestCritical || o.objective == leastSubsidy {
		if g.critical = o.critical; g.critical == 0 {
			if g.critical, err = criticalShare(l.none, g.platform, g.side); err != nil {
				return nil, wrong("--objective %s: %w; or give --critical-mass SHARE", o.objective, err)
			}
		}
	}
	return g, nil
}

func orderingSide(l *models.Law) string {
	for _, s := range l.Model.Segments {
		if s.Orders.Rate > 0 {
			return s.Side
		}
	}
	return l.Sides[0]
}

// criticalShare is the share of a side that uses the platform at the critical mass: where the way
// from the scenario's start to the equilibrium at which the platform is largest crosses into
// what leads there, nobody being paid.
func criticalShare(unpaid *models.Law, platform, side string) (float64, error) {
	list, err := study.Landscapes(unpaid, unpaid.Model.Horizon.Periods)
	if err != nil {
		return 0, err
	}
	if len(list) > 1 {
		return 0, fmt.Errorf("%d regions stand apart, each with a critical mass of its own", len(list))
	}
	s, k := list[0], unpaid.Model.PlatformIndex(platform)
	found, _ := s.Equilibria(study.DefaultStarts)
	high, most := -1, -1.0
	for i, e := range found {
		var size float64
		for _, crowd := range e.Share {
			size += crowd[k]
		}
		if e.Stable && size > most {
			high, most = i, size
		}
	}
	if high < 0 {
		return 0, fmt.Errorf("the market has no stable equilibrium that could be found")
	}
	const tolerance = 1e-4
	critical, err := s.CriticalMass(s.Scenario(), s.At(found[high]), found, tolerance)
	if err != nil {
		return 0, err
	}
	return critical.Share[slices.Index(s.Sides, side)][k], nil
}

// measuring is what optimisations judge of a run, and by which quantities.
func (g *goal) measuring() measuring {
	book := func(metric string) study.Quantity {
		return study.Quantity{Metric: metric, Platform: g.platform, Side: "*", Segment: "*", Region: "*", Period: g.at}
	}
	share := study.Quantity{Metric: "share", Platform: g.platform, Side: g.side, Segment: "*", Region: "*", Period: g.at}
	m := measuring{quantities: []study.Quantity{g.metric, book("subsidy_to_date"), share, book("revenue"), book("cost"), book("gmv")}}
	ends, each := len(m.quantities), g.at+1
	series := func(q study.Quantity) { // in every period up to the one looked at
		for q.Period = range each {
			m.quantities = append(m.quantities, q)
		}
	}
	cashed := !math.IsNaN(g.minCash)
	if cashed {
		series(book("cash"))
	}
	switch g.objective {
	case mostGMV:
		series(book("gmv"))
	case soonestCritical:
		series(share)
	}
	m.judge = func(values []float64) []float64 {
		found := make([]float64, measuresOfRun)
		found[ofObjective], found[ofBurn], found[ofShare] = values[0], values[1], values[2]
		found[ofMargin] = (values[3] - values[4]) / values[5]
		found[ofCash] = math.NaN()
		if values = values[ends:]; cashed {
			found[ofCash] = slices.Min(values[:each])
			values = values[each:]
		}
		switch g.objective {
		case mostContribution:
			found[ofObjective] -= g.funding
		case mostGMV:
			found[ofObjective] = 0
			for _, x := range values {
				found[ofObjective] += x
			}
		case leastSubsidy:
			found[ofObjective] = found[ofBurn]
		case soonestCritical:
			found[ofObjective] = g.crossing(values)
		}
		return found
	}
	return m
}

// crossing is the first period from which the platform stays above its critical mass; one that never
// does counts as the later, the further it ends below.
func (g *goal) crossing(share []float64) float64 {
	at := len(share)
	for at > 0 && share[at-1] >= g.critical {
		at--
	}
	if at == len(share) {
		return float64(at) * (1 + g.critical - share[at-1])
	}
	return float64(at)
}

// Parts of all runs that have to keep a constraint, where runs to come are asked about.
const (
	runsOverCritical = 0.9
	runsOverFloor    = 0.99
)

// judge is what a point is worth, and by how much it breaks its constraints: those on money are
// kept in every run, and the critical mass is passed in nine of ten. With a confidence, every run
// passes the critical mass, and each constraint is also kept by as large a part of runs to come
// as the spread of these promises.
func (g *goal) judge(runs [][]float64, confidence float64) (worth, broken float64) {
	column := func(measure int) []float64 {
		list := make([]float64, len(runs))
		for r, run := range runs {
			list[r] = run[measure]
		}
		return list
	}
	least := func(values []float64, part float64) float64 {
		if confidence > 0 {
			return math.Min(slices.Min(values), study.ToleranceLimit(values, part, confidence))
		}
		return slices.Min(values)
	}
	worth = results.Mean(column(ofObjective))
	if g.smaller {
		worth = -worth
	}
	broken = math.Max(0, slices.Max(column(ofBurn))-g.budget*(1+1e-9)) / g.budget
	if !math.IsNaN(g.minCash) {
		broken += math.Max(0, g.minCash-least(column(ofCash), runsOverFloor)) / g.budget
	}
	if !math.IsNaN(g.margin) {
		if lowest := least(column(ofMargin), runsOverFloor); math.IsNaN(lowest) {
			broken++ // nothing was sold
		} else {
			broken += math.Max(0, g.margin-lowest)
		}
	}
	if g.objective == leastSubsidy {
		shares := column(ofShare)
		slices.Sort(shares)
		if confidence == 0 {
			shares = shares[len(shares)/10:]
		}
		var below float64
		for _, x := range shares {
			below += math.Max(0, g.critical-x) / float64(len(shares))
		}
		if confidence > 0 {
			below = math.Max(below, g.critical-study.ToleranceLimit(shares, runsOverCritical, confidence))
		}
		broken += below
	}
	return worth, broken
}
