package sim

import (
	"context"
	"fmt"
	"slices"

	"flywheel/models"
)

// Options are what tells one run of a law from another.
type Options struct {
	Seed        uint64
	Replication int    // counted from 0
	Shared      bool   // all replications of the seed have the same people, with the same lasting tastes
	Welfare     bool   // record welfare, which takes a look at everybody in every recorded period
	Threads     int    // goroutines within the run; 0 and 1 both mean one. Never changes a result
	Passed      func() // told after every period; may be nil
}

// run is the state of one replication between periods.
type run struct {
	law     *models.Law
	engine  Engine
	streams Streams
	record  *Recorder

	period  int
	err     error // what ends the run before its horizon
	market  *models.Market
	offers  *models.Offers
	fields  []*models.Field
	view    View        // of the three above, for the engine
	users   [][]float64 // [group][homing] people by the platforms used
	using   [][]float64 // [group][platform, then any] members
	several [][]float64 // [group][platform, then any] of them, those who use two or more
	knowing [][]float64 // [group][platform, then any] people who know it
	lives   *lives      // nil: nothing happens after joining but what people choose

	campaigns []campaign // the policies, in their order
	probe     *probe     // for those who ask what the law expects; nil until then

	expected  [][]float64 // [group][platform] orders
	placed    [][]float64 // [group][platform] orders wished for
	rushed    [][]float64 // [group][platform] of them, orders that an event brought
	refused   [][]float64 // [group][platform] of them, orders that a deployment turned away
	served    [][]float64 // [group][platform] of them, orders fulfilled
	fulfilled [][]float64 // [group][platform] orders received by the other side

	service  *service  // nil: orders are carried out at once
	appetite *appetite // nil: orders answer to no price
	work     *work     // nil: hours online are not counted

	welfare bool      // whether it is to be recorded
	worth   []float64 // by group: what people get out of what they use

	paid    [][]models.Money // [group][platform] subsidies of the period
	unpaid  [][]float64      // [group][platform] claims not paid in full
	toDate  []models.Money   // by platform: subsidies since the start
	ledgers []models.Ledger  // by platform
	income  []flows          // by platform: money of the period
	tills   []*till          // by platform: what it earns, owes and receives besides; nil where there is none

	discounts [][]models.Money // [group][platform] taken off the membership price; nil where no policy changes one
	relief    []models.Money   // by platform: commission left to those who fulfil
	marketing []models.Money   // by platform: paid to channels
	penalties []models.Money   // by platform: taken from those who use a rival beside it

	fines    []models.Money     // by platform: of the period; nil where nothing is regulated
	earned   [][]models.Money   // by platform: revenue of each period so far
	closed   []models.Homing    // by regulation: platforms that have had as many members as it lets them have
	features []models.Money     // by platform: paid for what it builds and runs
	fakes    []float64          // by platform: false claims of the period
	refits   [][][]models.Refit // [crowd][platform][stage] what components change there; nil where none does
	lift     [][]float64        // [group][platform] share by which features raise orders; nil where none does
	added    []float64          // by platform: capacity added by features
	priced   [][]models.Money   // [group][platform] membership of those alone who stand in a relation; nil where no policy changes one

	won       [][]models.Money // [group][platform] of the subsidies, those paid for joining
	margin    [][]float64      // [group][platform] money brought in the period; nil where nobody looks
	economics *economics       // nil where nobody asks
	cycles    *cycles          // nil where nobody asks
	rivals    *rivals          // nil: platforms neither come nor go
	sales     *sales           // nil: no platform sells by routes

	asked, granted, waiting []float64 // by group: scratch of those who divide something among groups
}

// flows is a platform's money in one period.
type flows struct {
	commission, membership, penalties, besides, marketing, features, cost models.Money
}

func (f flows) revenue() models.Money {
	return f.commission + f.membership + f.penalties + f.besides
}

// Simulate runs a law from period 0 to its horizon by an engine and records every period.
// It returns the context's error when that ends first, and an error when the engine refuses
// the law or its money outgrows what can be counted; the record is then incomplete.
func Simulate(ctx context.Context, l *models.Law, e Engine, o Options, record *Recorder) error {
	if err := e.Accept(l); err != nil {
		return err
	}
	r := newRun(l, e, o, record)
	r.start(o.Threads)
	for t := 1; t <= l.Model.Horizon.Periods; t++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if r.step(t); r.err != nil {
			return r.err
		}
		if o.Passed != nil {
			o.Passed()
		}
	}
	return record.check()
}

// streams are the random numbers of the replication.
func (o Options) streams() Streams {
	s := NewStreams(o.Seed, o.Replication)
	if o.Shared {
		s = s.In(WorldStreams(o.Seed))
	}
	return s
}

func newRun(l *models.Law, e Engine, o Options, record *Recorder) *run {
	groups, platforms := len(l.Groups), l.Platforms
	r := &run{
		law: l, engine: e, streams: o.streams(), record: record, welfare: o.Welfare, worth: make([]float64, groups),
		market: models.NewMarket(l), offers: models.NewOffers(l),
		users: table[float64](groups, 1<<platforms), using: table[float64](groups, platforms+1),
		several: table[float64](groups, platforms+1), knowing: table[float64](groups, platforms+1),
		lives: newLives(l), service: newService(l), campaigns: newCampaigns(l), tills: newTills(l),
		expected: table[float64](groups, platforms), placed: table[float64](groups, platforms), rushed: table[float64](groups, platforms), refused: table[float64](groups, platforms),
		served: table[float64](groups, platforms), fulfilled: table[float64](groups, platforms),
		paid: table[models.Money](groups, platforms), unpaid: table[float64](groups, platforms),
		toDate: make([]models.Money, platforms), ledgers: make([]models.Ledger, platforms), income: make([]flows, platforms),
		relief: make([]models.Money, platforms), marketing: make([]models.Money, platforms), penalties: make([]models.Money, platforms),
		asked: make([]float64, groups), granted: make([]float64, groups), waiting: make([]float64, groups),
	}
	r.features, r.fakes, r.added = make([]models.Money, platforms), make([]float64, platforms), make([]float64, platforms)
	if slices.ContainsFunc(r.campaigns, func(c campaign) bool { return c.Feature.Orders > 0 }) {
		r.lift = table[float64](groups, platforms)
	}
	if slices.ContainsFunc(r.campaigns, func(c campaign) bool { return c.Feature.Refit != nil }) {
		r.refits = make([][][]models.Refit, len(l.Crowds))
		for i := range r.refits {
			r.refits[i] = table[models.Refit](platforms, l.Stages())
		}
		r.unfit()
	}
	if slices.ContainsFunc(r.campaigns, func(c campaign) bool { return c.Instrument == models.ChangePrice && c.Target.Relation != "" }) {
		r.priced = table[models.Money](groups, platforms)
	}
	r.won, r.economics = table[models.Money](groups, platforms), newEconomics(l)
	if record != nil {
		r.cycles = newCycles(l, record.layout)
	}
	if r.economics != nil || l.Sitings != nil || slices.ContainsFunc(r.campaigns, func(c campaign) bool { return c.history != nil }) ||
		slices.ContainsFunc(r.tills, func(t *till) bool {
			return t != nil && slices.ContainsFunc(t.rounds, func(c campaign) bool { return c.history != nil })
		}) {
		r.margin = table[float64](groups, platforms)
	}
	r.appetite, r.work = newAppetite(l, r.campaigns), newWork(l)
	for g := range l.Groups {
		r.fields = append(r.fields, l.NewField(g))
	}
	r.rivals, r.sales = newRivals(l), newSales(l)
	if len(l.Model.Regulations) > 0 {
		r.fines, r.earned = make([]models.Money, platforms), make([][]models.Money, platforms)
		r.closed = make([]models.Homing, len(l.Model.Regulations))
	}
	if slices.ContainsFunc(r.campaigns, func(c campaign) bool { return c.Instrument == models.ChangePrice }) {
		r.discounts = table[models.Money](groups, platforms)
	}
	return r
}

// start is period 0: everybody where the scenario puts them, funding in the bank.
func (r *run) start(threads int) {
	r.engine.Start(r.law, r.streams, max(1, threads))
	r.count()
	for k, p := range r.law.Model.Platforms {
		r.ledgers[k].Post(models.Funding, models.Cash, p.Cash)
	}
	r.record.write(r)
}

// count reads the engine's standings into people by bundle, by platform, and on any.
func (r *run) count() {
	st, any := r.law.Standings, r.law.Platforms
	for g, standing := range r.engine.Counts().Standing {
		users, using, several, knowing := r.users[g], r.using[g], r.several[g], r.knowing[g]
		clear(users)
		clear(using)
		clear(several)
		clear(knowing)
		for s, n := range standing {
			if n == 0 {
				continue
			}
			used := st.Used[s]
			users[used] += n
			spread(knowing, st.Known[s], any, n)
			spread(using, used, any, n)
			if used.Count() > 1 {
				spread(several, used, any, n)
			}
		}
		if r.lives != nil {
			r.lives.count(r.law, g, standing)
		}
	}
}

// spread adds people to each platform of a set, and to those of any.
func spread(dst []float64, set models.Homing, any int, people float64) {
	if set == 0 {
		return
	}
	dst[any] += people
	for k, rest := 0, set; rest != 0; k, rest = k+1, rest>>1 {
		if rest&1 == 1 {
			dst[k] += people
		}
	}
}

// table makes rows of zeros.
func table[T any](rows, columns int) [][]T {
	t := make([][]T, rows)
	for i := range t {
		t[i] = make([]T, columns)
	}
	return t
}

// broken stops the run at a broken invariant of ours.
func broken(format string, args ...any) {
	panic("bug: " + fmt.Sprintf(format, args...))
}
