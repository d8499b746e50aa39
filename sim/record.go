package sim

import (
	"math"
	"slices"

	"flywheel/models"
	"flywheel/results"
)

// Total stands in a timeline's identity columns for everything together.
const Total = "*"

// Labels say which run of a study a timeline belongs to.
type Labels struct {
	Run         string
	Variant     string
	Replication int
}

// Recorder writes the rows of one run: for every period and scope one row per platform and
// one for all platforms. Scopes are each segment, each side, each side of a region where
// there are several, and the whole market.
type Recorder struct {
	Table *results.Table

	labels Labels
	names  []string // platforms, then Total
	scopes []scope
	group  [][metrics][]float64 // by group: what adds up over groups, by platform
	sum    [metrics][]float64   // one scope's
}

// scope is a set of groups that one row adds up.
type scope struct {
	side, segment, region string
	groups                []int
	people                float64
	whole                 bool // the whole market, whose rows hold the money
	fulfils               bool // only people who fulfil orders, and place none
}

// NewRecorder makes a recorder for one run of a law.
func NewRecorder(l *models.Law, labels Labels) *Recorder {
	schema := append(results.Identity(), Metrics()...)
	rec := &Recorder{Table: results.NewTable("timeline", schema), labels: labels, scopes: scopes(l)}
	for _, p := range l.Model.Platforms {
		rec.names = append(rec.names, p.Name)
	}
	rec.names = append(rec.names, Total)
	rec.group = make([][metrics][]float64, len(l.Groups))
	for g := range rec.group {
		rec.group[g] = cells(len(rec.names))
	}
	rec.sum = cells(len(rec.names))
	rows := (l.Model.Horizon.Periods + 1) * len(rec.scopes) * len(rec.names)
	for i, c := range schema {
		switch c.Kind {
		case results.Text:
			rec.Table.Data[i].Text = make([]string, 0, rows)
		case results.Integer:
			rec.Table.Data[i].Integer = make([]int64, 0, rows)
		default:
			rec.Table.Data[i].Number = make([]float64, 0, rows)
		}
	}
	return rec
}

func cells(platforms int) [metrics][]float64 {
	var c [metrics][]float64
	for m := range c {
		c[m] = make([]float64, platforms)
	}
	return c
}

// scopes lists what rows add up, in the order of the table.
func scopes(l *models.Law) []scope {
	regions := l.Model.RegionNames()
	var list []scope
	add := func(side, segment, region string, whole bool, in func(s *models.Segment) bool) {
		sc := scope{side: side, segment: segment, region: region, whole: whole}
		for g := range l.Groups {
			if in(&l.Model.Segments[l.Groups[g].Segment]) {
				sc.groups = append(sc.groups, g)
				sc.people += float64(l.Groups[g].Size)
			}
		}
		sc.fulfils = !whole && !slices.ContainsFunc(sc.groups, func(g int) bool { return !l.Groups[g].Fulfils() })
		if len(sc.groups) > 0 {
			list = append(list, sc)
		}
	}
	add(Total, Total, Total, true, func(*models.Segment) bool { return true })
	for _, side := range l.Sides {
		add(side, Total, Total, false, func(s *models.Segment) bool { return s.Side == side })
	}
	if len(regions) > 1 {
		for _, side := range l.Sides {
			for _, region := range regions {
				add(side, Total, region, false, func(s *models.Segment) bool { return s.Side == side && s.Region == region })
			}
		}
	}
	for i := range l.Model.Segments {
		own := &l.Model.Segments[i]
		add(own.Side, own.Name, own.Region, false, func(s *models.Segment) bool { return s == own })
	}
	return list
}

// write appends the rows of the period the run has just finished.
func (rec *Recorder) write(r *run) {
	for g := range rec.group {
		rec.tally(r, g)
	}
	for i := range rec.scopes {
		s := &rec.scopes[i]
		rec.add(s)
		if s.whole {
			rec.money(r)
		}
		for k, name := range rec.names {
			rec.row(r, s, name, k)
		}
	}
}

// tally reads what one group did on each platform and on any.
func (rec *Recorder) tally(r *run, g int) {
	m, all := &rec.group[g], r.law.Platforms
	for i := range m {
		clear(m[i])
	}
	counts := r.engine.Counts()
	for s, n := range counts.Standing[g] {
		if n == 0 {
			continue
		}
		used, known := r.law.Standings.Used[s], r.law.Standings.Known[s]
		people := n
		if known != 0 {
			m[aware][all] += people
		}
		if used != 0 {
			m[participants][all] += people
		}
		if used.Count() > 1 {
			m[multihomers][all] += people
		}
		for k := range all {
			if known.Has(k) {
				m[aware][k] += people
			}
			if used.Has(k) {
				m[participants][k] += people
				if used.Count() > 1 {
					m[multihomers][k] += people
				}
			}
		}
	}
	for k := range all + 1 {
		m[joins][k] = counts.Joins[g][k]
		m[leaves][k] = counts.Leaves[g][k]
	}
	basket := r.law.Groups[g].Basket()
	for k := range all {
		add := func(metric int, x float64) {
			m[metric][k] += x
			m[metric][all] += x
		}
		add(orders, r.served[g][k]+r.fulfilled[g][k])
		add(unserved, r.placed[g][k]-r.served[g][k])
		add(eventOrders, r.rushed[g][k])
		add(gmv, float64(models.Times(r.served[g][k], basket)))
		add(subsidy, float64(r.paid[g][k]))
		add(unpaidClaims, r.unpaid[g][k])
	}
}

// add sums a scope's groups and derives its shares; money is in micro-units until a row is
// written, so that sums are exact.
func (rec *Recorder) add(s *scope) {
	for m := range rec.sum {
		clear(rec.sum[m])
		for _, g := range s.groups {
			for k, x := range rec.group[g][m] {
				rec.sum[m][k] += x
			}
		}
	}
	all := len(rec.names) - 1
	var memberships float64
	for k := range all {
		memberships += rec.sum[participants][k]
	}
	var concentration float64
	for k := range all + 1 {
		rec.sum[inShare][k] = rec.sum[participants][k] / s.people
		rec.sum[marketShare][k] = math.NaN()
		if memberships > 0 && k < all {
			share := rec.sum[participants][k] / memberships
			rec.sum[marketShare][k] = share
			concentration += share * share
		}
		rec.sum[hhi][k] = math.NaN()
	}
	if memberships > 0 {
		rec.sum[hhi][all] = concentration
	}
	for m := subsidyToDate; m <= cash; m++ {
		fill(rec.sum[m], math.NaN())
	}
	if s.fulfils {
		for _, m := range []int{unserved, eventOrders, gmv} {
			fill(rec.sum[m], math.NaN())
		}
	}
}

// money completes the rows of the whole market: platforms' books instead of head counts,
// which would add people of different sides. Orders are counted once, where they are placed.
func (rec *Recorder) money(r *run) {
	all := len(rec.names) - 1
	for _, m := range []int{participants, multihomers, joins, leaves, aware, inShare, marketShare, hhi} {
		fill(rec.sum[m], math.NaN())
	}
	fill(rec.sum[orders], 0)
	for m := subsidyToDate; m <= cash; m++ {
		fill(rec.sum[m], 0)
	}
	for k := range all {
		for g := range r.law.Groups {
			rec.sum[orders][k] += r.served[g][k]
		}
		rec.sum[orders][all] += rec.sum[orders][k]
		add := func(metric int, amount models.Money) {
			rec.sum[metric][k] = float64(amount)
			rec.sum[metric][all] += float64(amount)
		}
		in := r.income[k]
		add(subsidyToDate, r.toDate[k])
		add(commission, in.commission)
		add(membership, in.membership)
		add(revenue, in.commission+in.membership)
		add(cost, in.cost)
		add(cash, r.ledgers[k].Balance(models.Cash))
	}
}

// row appends one row: identity, then metrics.
func (rec *Recorder) row(r *run, s *scope, platform string, k int) {
	d := rec.Table.Data
	texts := [...]string{rec.labels.Run, rec.labels.Variant, "", "", platform, s.side, s.segment, s.region}
	for i, text := range texts {
		if rec.Table.Schema[i].Kind == results.Text {
			d[i].Text = append(d[i].Text, text)
		}
	}
	d[2].Integer = append(d[2].Integer, int64(rec.labels.Replication))
	d[3].Integer = append(d[3].Integer, int64(r.period))
	for m := range metrics {
		x := rec.sum[m][k]
		if m == gmv || m == subsidy || (m >= subsidyToDate && m <= cash) {
			x /= models.MicroUnits
		}
		d[len(texts)+m].Number = append(d[len(texts)+m].Number, x)
	}
}

// check holds the finished table against its own schema.
func (rec *Recorder) check() error { return rec.Table.Check() }

// Metric tells whether a name is one of the timeline's metrics.
func Metric(name string) bool { return slices.Contains(Metrics().Names(), name) }

func fill(dst []float64, x float64) {
	for i := range dst {
		dst[i] = x
	}
}
