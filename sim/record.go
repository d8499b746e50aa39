package sim

import (
	"fmt"
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

// Recorder writes the rows of one run into a table, which is complete once the run is.
type Recorder struct {
	Table *results.Table

	layout *Layout
	next   int                // index of the next period to record
	at     [metrics][]float64 // the rows of the period being recorded, in the table itself; elsewhere for a metric the table has not
	one    []float64          // one group's counts, by counted and platform
	sums   [][]float64        // the same by scope
}

// NewRecorder makes a recorder of all periods for one run of a law.
func NewRecorder(l *models.Law, labels Labels) *Recorder {
	return NewLayout(l, labels.Run, labels.Variant, nil).Recorder(labels.Replication)
}

// Recorder makes a recorder for one replication. Its table shares the layout's columns of
// identity with all others.
func (lay *Layout) Recorder(replication int) *Recorder {
	rec := &Recorder{Table: results.NewTable("timeline", lay.schema), layout: lay, one: make([]float64, (ratedSlot+1)*len(lay.names))}
	for range lay.scopes {
		rec.sums = append(rec.sums, make([]float64, len(rec.one)))
	}
	rows := len(lay.periods) * lay.rows()
	copy(rec.Table.Data, lay.columns)
	which := make([]int64, rows)
	for i := range which {
		which[i] = int64(replication)
	}
	rec.Table.Data[2].Integer = which
	all := make([]float64, len(lay.metrics)*rows)
	for i := range lay.metrics {
		rec.Table.Data[len(lay.columns)+i].Number = all[i*rows : (i+1)*rows : (i+1)*rows]
	}
	nowhere := make([]float64, lay.rows())
	for m := range rec.at {
		rec.at[m] = nowhere
	}
	return rec
}

// counted are the metrics that add up over groups, on each platform and on all.
var counted = [...]int{participants, multihomers, joins, leaves, aware, orders, unserved, eventOrders, gmv, subsidy, unpaidClaims, turnedAway,
	welfare, switches, newcomers, regulars, lapsed, returned, churned, satisfaction}

// write records the period the run has just finished, if it is one to record. Sums are in
// micro-units until they are written, so that money adds up exactly.
func (rec *Recorder) write(r *run) {
	lay := rec.layout
	if !rec.wants(r.period) {
		return
	}
	from := rec.next * lay.rows()
	rec.next++
	for i, m := range lay.metrics {
		rec.at[m] = rec.Table.Data[len(lay.columns)+i].Number[from : from+lay.rows()]
	}
	for s := range rec.sums {
		clear(rec.sums[s])
	}
	one := rec.one
	if !lay.lives { // nothing else is counted then
		one = one[:lifeSlot*len(lay.names)]
	}
	for g := range r.law.Groups {
		rec.tally(r, g)
		for _, s := range lay.inside[g] {
			addTo(rec.sums[s], one)
		}
	}
	for s := range lay.scopes {
		rec.scope(s)
	}
	rec.money(r)
	rec.calendar(r)
	if r.service != nil {
		r.service.write(rec, r)
	}
	rec.contest(r)
	rec.routes(r)
	r.writeHours(rec)
	if r.law.Model.Concentration {
		rec.concentrate()
	}
	rec.channels(r)
}

// wants tells whether a period that comes next is one to record.
func (rec *Recorder) wants(period int) bool {
	periods := rec.layout.periods
	return rec.next < len(periods) && periods[rec.next] == period
}

// tally reads what one group did on each platform and on all.
func (rec *Recorder) tally(r *run, g int) {
	all := r.law.Platforms
	of := func(slot int) []float64 { return rec.one[slot*(all+1) : (slot+1)*(all+1)] }
	counts := r.engine.Counts()
	for slot, from := range [...][]float64{r.using[g], r.several[g], counts.Joins[g], counts.Leaves[g], r.knowing[g]} {
		copy(of(slot), from)
	}
	if r.lives != nil {
		r.lives.tally(r, g, of)
	}
	done, open, rushed, value, paid, unpaid, away := of(5), of(6), of(7), of(8), of(9), of(10), of(11)
	r.valued(of(12), g)
	copy(of(13), counts.Switches[g])
	basket := r.law.Groups[g].Basket()
	for k := range all {
		done[k] = r.served[g][k] + r.fulfilled[g][k]
		open[k] = r.open(g, k)
		rushed[k] = r.rushed[g][k]
		value[k] = float64(models.Times(r.served[g][k], basket))
		paid[k] = float64(r.paid[g][k])
		unpaid[k] = r.unpaid[g][k]
		away[k] = r.refused[g][k]
	}
	for _, line := range [...][]float64{done, open, rushed, value, paid, unpaid, away} {
		line[all] = 0
		for _, x := range line[:all] {
			line[all] += x
		}
	}
}

// scope writes the rows of a scope: its sums and the shares derived from them.
func (rec *Recorder) scope(i int) {
	s, platforms := &rec.layout.scopes[i], len(rec.layout.names)
	from, to := i*platforms, (i+1)*platforms
	for slot, m := range counted {
		copy(rec.at[m][from:to], rec.sums[i][slot*platforms:])
	}
	if contentment(rec.at[satisfaction][from:to], rec.sums[i][ratedSlot*platforms:]); !rec.layout.lives {
		for _, m := range [...]int{newcomers, regulars, lapsed, returned, churned} {
			fill(rec.at[m][from:to], math.NaN())
		}
	}
	for _, m := range [...]int{gmv, subsidy} {
		for k := from; k < to; k++ {
			rec.at[m][k] /= models.MicroUnits
		}
	}
	people := rec.at[participants][from:to]
	all := platforms - 1
	var memberships, concentration float64
	for _, n := range people[:all] {
		memberships += n
	}
	for m := subsidyToDate; m <= cash; m++ {
		fill(rec.at[m][from:to], math.NaN())
	}
	for _, m := range rec.layout.metrics {
		if m > welfare {
			fill(rec.at[m][from:to], math.NaN())
		}
	}
	fill(rec.at[marketShare][from:to], math.NaN())
	fill(rec.at[hhi][from:to], math.NaN())
	for k, n := range people {
		rec.at[inShare][from+k] = n / s.people
		if memberships > 0 && k < all {
			share := n / memberships
			rec.at[marketShare][from+k] = share
			concentration += share * share
		}
	}
	if memberships > 0 {
		rec.at[hhi][from+all] = concentration
	}
	if s.fulfils {
		for _, m := range [...]int{unserved, eventOrders, turnedAway, gmv} {
			fill(rec.at[m][from:to], math.NaN())
		}
	}
}

// concentrate writes how orders and their value divide among platforms, in every scope.
func (rec *Recorder) concentrate() {
	platforms := len(rec.layout.names)
	for i := range rec.layout.scopes {
		from := i * platforms
		all := from + platforms - 1
		for _, of := range [...]struct{ metric, share, index int }{{orders, orderShare, hhiOrders}, {gmv, gmvShare, hhiGMV}} {
			parts := rec.at[of.metric][from:all]
			var whole, squares float64
			for _, n := range parts {
				whole += n
			}
			if !(whole > 0) { // nor where there is no such number
				continue
			}
			for k, n := range parts {
				share := n / whole
				rec.at[of.share][from+k] = share
				squares += share * share
			}
			rec.at[of.index][all] = squares
		}
	}
}

// money completes the rows of the whole market, which are the first: platforms' books
// instead of head counts, which would add people of different sides. Orders are counted
// once, where they are placed.
func (rec *Recorder) money(r *run) {
	all := r.law.Platforms
	for _, m := range [...]int{participants, multihomers, joins, leaves, switches, aware, inShare, marketShare, hhi, newcomers, regulars, lapsed, returned, churned, satisfaction} {
		fill(rec.at[m][:all+1], math.NaN())
	}
	fill(rec.at[orders][:all+1], 0)
	var sums [metrics]float64
	for k := range all {
		for g := range r.law.Groups {
			rec.at[orders][k] += r.served[g][k]
		}
		rec.at[orders][all] += rec.at[orders][k]
		in := r.income[k]
		for m, amount := range [metrics]models.Money{
			subsidyToDate: r.toDate[k], commission: in.commission, membership: in.membership,
			penalties: in.penalties, revenue: in.revenue(), marketing: in.marketing, cost: in.cost, rebatesOwed: r.owed(k), cash: r.ledgers[k].Balance(models.Cash),
		} {
			if m >= subsidyToDate && m <= cash {
				sums[m] += float64(amount)
				rec.at[m][k] = amount.Units()
				rec.at[m][all] = sums[m] / models.MicroUnits
			}
		}
	}
	rec.tills(r)
	rec.built(r)
	rec.economics(r)
	rec.stages(r)
}

// tills writes the lines of those platforms that have a till.
func (rec *Recorder) tills(r *run) {
	all := r.law.Platforms
	for _, m := range rec.layout.metrics {
		if m < firstTill || m >= firstTill+tillLines {
			continue
		}
		var sum models.Money
		for k, t := range r.tills {
			if t != nil {
				sum += *t.of(m)
				rec.at[m][k] = t.of(m).Units()
			}
		}
		if r.tills != nil {
			rec.at[m][all] = sum.Units()
		}
	}
}

// built writes what platforms have paid for features, and the false claims on them.
func (rec *Recorder) built(r *run) {
	all := r.law.Platforms
	var spent, fake float64
	for k := range all {
		rec.at[features][k], rec.at[fakeClaims][k] = r.income[k].features.Units(), r.fakes[k]
		spent += r.income[k].features.Units()
		fake += r.fakes[k]
	}
	rec.at[features][all], rec.at[fakeClaims][all] = spent, fake
}

// owed is what a platform's coupons at hand would cost if all were used.
func (r *run) owed(k int) models.Money {
	var sum models.Money
	for i := range r.campaigns {
		if c := &r.campaigns[i]; c.coupons != nil && c.platform == k {
			sum += c.coupons.owed()
		}
	}
	return sum
}

// check holds the finished table against its own schema and the periods it should have.
func (rec *Recorder) check() error {
	if rec.next != len(rec.layout.periods) {
		return fmt.Errorf("bug: a timeline of %d periods was recorded for %d only", len(rec.layout.periods), rec.next)
	}
	return rec.Table.Check()
}

// Metric tells whether a name is one of the timeline's metrics.
func Metric(name string) bool { return slices.Contains(Metrics().Names(), name) }

func fill(dst []float64, x float64) {
	for i := range dst {
		dst[i] = x
	}
}
