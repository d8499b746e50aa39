package sim

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"flywheel/models"
)

// Engine is one way to read a law. A run asks it: can it represent this model, how does it start,
// who moves, what is ordered, and how do people stand now. An
// engine belongs to one run at a time and keeps no clock and no randomness of its own.
type Engine interface {
	// Accept refuses a law that the engine cannot represent, naming the feature and an
	// engine that can.
	Accept(l *models.Law) error
	// Start sets everybody to where the law says they stand at period 0. It may use up to
	// threads goroutines from here on, without any effect on results.
	Start(l *models.Law, s Streams, threads int)
	// Move lets everybody hear, revise and choose in a period.
	Move(v *View)
	// Transfer moves everybody at once, and counts no move: those of group g who stand at s stand at
	// to[g][s] from now on.
	Transfer(to [][]models.Standing)
	// Order turns expected orders into orders; both are by group and platform.
	Order(period int, expected, orders [][]float64)
	// Dealer is how the run divides orders, claims and coupons among these people.
	Dealer() Dealer
	// Memory is how much of it the people of one run of a law take, by what is known of them.
	Memory(l *models.Law) []Memory
	// Counts is how people stand now and who moved last; it is valid until the next Move.
	Counts() *Counts
}

// View is what a period shows to those who move in it: the market and the offers at its
// start, and every group's field filled from them. An engine whose people move one after
// another brings the market up to date as they do, and fills fields again.
type View struct {
	Period int
	Market *models.Market
	Offers *models.Offers
	Fields []*models.Field // by group
	Worth  bool            // asks for Counts.Own
}

// Counts is how people stand after a period, and the moves that brought them there: whole
// numbers of people, or their expectation. Platform index K, after the last platform, stands
// for any platform at all.
type Counts struct {
	Standing [][]float64 // [group][standing] people
	Joins    [][]float64 // [group][platform] people who began to use it
	Leaves   [][]float64 // [group][platform] people who stopped using it
	Churned  [][]float64 // [group][platform] of them, people who stopped without choosing to
	Switches [][]float64 // [group][platform] of those who began, people who stopped using another one with the same move
	Returns  [][]float64 // [group][platform] of those who began, people who had used it once; any platform: of those who used none
	Own      []float64   // by group, where the view asks for it: what tastes of people's own add to the worth of what they use, money per period
}

// NewCounts makes empty counts for a law.
func NewCounts(l *models.Law) *Counts {
	c := &Counts{Own: make([]float64, len(l.Groups))}
	for range l.Groups {
		c.Standing = append(c.Standing, make([]float64, l.Standings.Count()))
		for _, of := range [...]*[][]float64{&c.Joins, &c.Leaves, &c.Switches, &c.Churned, &c.Returns} {
			*of = append(*of, make([]float64, l.Platforms+1))
		}
	}
	return c
}

// Moves are the counts of a group's moves, by platform: joins, leaves, switches, those who churned
// and those who returned.
func (c *Counts) Moves(group int) [5][]float64 {
	return [...][]float64{c.Joins[group], c.Leaves[group], c.Switches[group], c.Churned[group], c.Returns[group]}
}

// Still forgets the moves, before the next are counted.
func (c *Counts) Still() {
	for g := range c.Joins {
		for _, moves := range c.Moves(g) {
			clear(moves)
		}
	}
}

// Clear forgets standings and moves.
func (c *Counts) Clear() {
	c.Still()
	for g := range c.Standing {
		clear(c.Standing[g])
	}
}

// Add adds the standings and moves counted elsewhere.
func (c *Counts) Add(other *Counts) {
	for g := range c.Standing {
		addTo(c.Standing[g], other.Standing[g])
		from := other.Moves(g)
		for i, moves := range c.Moves(g) {
			addTo(moves, from[i])
		}
	}
}

// Moved counts one person of a group who changes standing.
func (c *Counts) Moved(l *models.Law, group int, from, to models.Standing) {
	c.Standing[group][from]--
	c.Standing[group][to]++
	c.Switched(l, group, from, to, 1)
}

// Churn counts people of a group whom life, not choice, takes from one standing to another, if
// it takes them off a platform; it is counted besides the move.
func (c *Counts) Churn(l *models.Law, group int, from, to models.Standing, people float64) {
	left := l.Standings.Used[from] &^ l.Standings.Used[to]
	if left == 0 {
		return
	}
	for k := range l.Platforms {
		if left.Has(k) {
			c.Churned[group][k] += people
		}
	}
	c.Churned[group][l.Platforms] += people
}

// Switched counts the joins and leaves of people of a group who change standing.
func (c *Counts) Switched(l *models.Law, group int, from, to models.Standing, people float64) {
	before, after := l.Standings.Used[from], l.Standings.Used[to]
	if before == after {
		return
	}
	began, stopped := after&^before, before&^after
	switched := began != 0 && stopped != 0
	for set := began; set != 0; set &= set - 1 {
		k := bits.TrailingZeros8(uint8(set))
		c.Joins[group][k] += people
		if switched {
			c.Switches[group][k] += people
		}
		if l.Standings.Lapsed[from].Has(k) {
			c.Returns[group][k] += people
		}
	}
	for set := stopped; set != 0; set &= set - 1 {
		c.Leaves[group][bits.TrailingZeros8(uint8(set))] += people
	}
	if switched {
		c.Switches[group][l.Platforms] += people
	}
	if before == 0 {
		c.Joins[group][l.Platforms] += people
		if l.Standings.Lapsed[from] != 0 {
			c.Returns[group][l.Platforms] += people
		}
	}
	if after == 0 {
		c.Leaves[group][l.Platforms] += people
	}
}

// DrawOrders draws each group's orders on each platform for engines that count whole
// people: Poisson, the sum of independent Poisson orders of those people.
func DrawOrders(l *models.Law, s Streams, period int, expected, orders [][]float64) {
	for g := range expected {
		key := s.Key(ForOrders, period, l.Groups[g].Key)
		for k, mean := range expected[g] {
			orders[g][k] = float64(Poisson(mean, key.Uniform(uint64(k))))
		}
	}
}

func addTo(dst, src []float64) {
	dst = dst[:len(src)]
	for i, x := range src {
		dst[i] += x
	}
}

// ByCell is what an engine accepts that moves whole cells at once and draws a period for them:
// people of a group must be exchangeable, and all of them must see the same market. The refusal
// names the feature.
func ByCell(engine string, l *models.Law) error {
	if kind := l.Model.Clock.Kind; kind != models.ClockSync {
		return fmt.Errorf("%s cannot carry the %s clock, in which people move one after another; use agents or meanfield, or clock: {kind: sync}", engine, kind)
	}
	return Exchangeable(engine, l)
}

// Exchangeable refuses a law in which people of a group differ, naming the feature.
func Exchangeable(engine string, l *models.Law) error {
	for g := range l.Groups {
		if err := exchangeable(engine, l, g); err != nil {
			return err
		}
	}
	return nil
}

// exchangeable refuses a group whose people differ for life, and says what would do instead.
func exchangeable(engine string, l *models.Law, group int) error {
	differ := l.Groups[group].Lasting()
	names := differ.Names()
	if len(names) == 0 {
		return nil
	}
	remedy := "use agents"
	if len(names) == 1 && differ.Tasteful() {
		sd := slices.Max(differ.SD)
		remedy += fmt.Sprintf(", or classes of people: value: {normal: [MEAN, %g], classes: %d} instead of taste", sd, models.ClassesFor(sd, differ.Scale))
	}
	if len(names) == 1 && differ.Age != nil {
		remedy += ", or hazards that differ between people: life: {churn: {beta: [A, B], classes: 64}} instead of age"
		if a, b := differ.Age.Beta[0], differ.Age.Beta[1]; a > 0 {
			remedy = fmt.Sprintf("use agents, or the mixture with the same retention: life: {churn: {beta: [%g, %g], classes: 64}} instead of age", a, b)
		}
	}
	s := &l.Model.Segments[l.Groups[group].Segment]
	return fmt.Errorf("%s cannot carry what each person keeps for life (segment %s: %s); %s", engine, s.Name, strings.Join(names, ", "), remedy)
}

// Shares divides a group over the bundles it begins with, by homing, fractions of people
// included. The rest of the segment's shares use nothing.
func Shares(l *models.Law, group int) []float64 {
	g := &l.Groups[group]
	counts := make([]float64, 1<<l.Platforms)
	counts[0] = float64(g.Size)
	for _, b := range l.Model.Segments[g.Segment].Start {
		people := b.Share * float64(g.Size)
		counts[b.Homing] += people
		counts[0] -= people
	}
	counts[0] = max(0, counts[0]) // shares may add to a rounding more than one
	return counts
}

// Transfer adds up standings anew after everybody has moved at once.
func (c *Counts) Transfer(to [][]models.Standing) {
	for g := range to {
		before := slices.Clone(c.Standing[g])
		clear(c.Standing[g])
		for s, n := range before {
			c.Standing[g][to[g][s]] += n
		}
	}
}

// Started is Shares in whole people: the numbers closest to the shares that add to the
// group's size (largest remainders).
func Started(l *models.Law, group int) []int64 {
	rest := Shares(l, group)
	counts := make([]int64, len(rest))
	left := l.Groups[group].Size
	for h := range rest {
		whole := int64(rest[h] + 1e-9) // a share written in decimals may miss its whole number by rounding
		counts[h] = whole
		rest[h] -= float64(whole)
		left -= whole
	}
	for ; left > 0; left-- {
		largest := 0
		for h := range rest {
			if rest[h] > rest[largest] {
				largest = h
			}
		}
		counts[largest]++
		rest[largest]--
	}
	return counts
}

// StartStanding is where people of a group stand who begin with a bundle: aware of what they
// use, or of everything where there is no awareness gate.
func StartStanding(l *models.Law, group int, used models.Homing) models.Standing {
	return l.Begin(group, used)
}
