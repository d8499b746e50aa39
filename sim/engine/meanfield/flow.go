package meanfield

import (
	"math"
	"slices"

	"flywheel/models"
	"flywheel/sim"
)

// Flow is the mean motion of some crowds of a law while offers are held: what the engine does
// period after period, as a function of the state. A state is how many people of each group
// stand where, the groups one after another and the standings of a group in their order,
// fractions of people included. A Flow is for one goroutine at a time.
//
// People react to what they see of a state: its sight. That is the users by bundle of each
// crowd and, where somebody fulfils orders for a bonus or minds unserved ones, the orders that
// the state brings forth in a period and the share of them left unserved, at the capacity of an
// average period.
type Flow struct {
	law    *models.Law
	crowds []int
	groups []int
	offers *models.Offers
	market *models.Market
	fields []*models.Field // by group of the flow
	earns  bool            // whether orders change what anybody chooses

	hurried      float64   // what a long step of the synchronous clock may be wrong by; 0: there is none
	stride       float64   // of the next one, in periods
	slope        []float64 // scratch: the slope before a step
	ahead, there []float64 // scratch: the state after a step, and the slope there

	now     passage
	reached [][]models.Standing // by group of the flow
	anchors []anchor            // by group of the flow
	clock   *clockwork
	sight   []float64
	users   []float64   // by homing: scratch
	orders  [][]float64 // [group of the law][platform] expected
	looks   int64       // sights shown
}

// NewFlow makes the flow of the crowds given, as indices of Law.Crowds, under offers that are
// held. The law must be one that the engine accepts.
func NewFlow(l *models.Law, offers *models.Offers, crowds []int) *Flow {
	f := &Flow{
		law: l, crowds: crowds, offers: offers, market: models.NewMarket(l), now: newPassage(l),
		users: make([]float64, 1<<l.Platforms), orders: make([][]float64, len(l.Groups)),
	}
	for _, c := range crowds {
		for _, g := range l.Crowds[c].Groups {
			f.groups, f.reached = append(f.groups, g), append(f.reached, nil)
			f.anchors = append(f.anchors, anchor{})
			f.fields = append(f.fields, l.NewField(g))
			f.orders[g] = make([]float64, l.Platforms)
			for _, bonus := range offers.Order[g] {
				f.earns = f.earns || bonus != 0 && l.Groups[g].Fulfils()
			}
			if life := l.Model.Segments[l.Groups[g].Segment].Life; life != nil && life.Mood != nil {
				f.earns = f.earns || life.Mood.Unserved > 0
			}
		}
	}
	f.sight = make([]float64, f.SightLen())
	f.clock = &clockwork{slope: f.Slope, tolerance: tolerance, shortest: shortest, scale: f.sizes()}
	return f
}

// Law is the law that the flow is the mean motion of.
func (f *Flow) Law() *models.Law { return f.law }

// Crowds are the crowds of the flow, as indices of Law.Crowds.
func (f *Flow) Crowds() []int { return f.crowds }

// Groups are the groups of the flow, as indices of Law.Groups, in the order of the state.
func (f *Flow) Groups() []int { return f.groups }

// Len is the number of entries of a state: groups times standings.
func (f *Flow) Len() int { return len(f.groups) * f.law.Standings.Count() }

// Of is the part of a state that belongs to group i of the flow, by standing.
func (f *Flow) Of(state []float64, i int) []float64 {
	n := f.law.Standings.Count()
	return state[i*n : (i+1)*n : (i+1)*n]
}

// sizes is each entry's group size.
func (f *Flow) sizes() []float64 {
	sizes := make([]float64, f.Len())
	for i, g := range f.groups {
		of := f.Of(sizes, i)
		for s := range of {
			of[s] = float64(f.law.Groups[g].Size)
		}
	}
	return sizes
}

// SightLen is the number of entries of a sight.
func (f *Flow) SightLen() int {
	n := 1 << f.law.Platforms
	if f.earns {
		n += 2 * f.law.Platforms
	}
	if f.market.Tone != nil {
		n += f.law.Platforms
	}
	return n * len(f.crowds)
}

// Scale fills, for each entry of a sight, the number that makes it a share: the size of the
// crowd, for orders the most that could be placed, and one for what is a share already.
func (f *Flow) Scale(dst []float64) {
	homings := 1 << f.law.Platforms
	var most float64
	for _, g := range f.groups {
		most += float64(f.law.Groups[g].Size) * f.law.Groups[g].OrderRate()
	}
	for i := range dst {
		switch {
		case i < homings*len(f.crowds):
			dst[i] = float64(f.law.Crowds[f.crowds[i/homings]].Size)
		case f.earns && i < (homings+f.law.Platforms)*len(f.crowds):
			dst[i] = math.Max(1, most)
		default:
			dst[i] = 1
		}
	}
}

// Sight fills dst with what people see of a state: users by homing, crowd after crowd, then
// where they matter the orders by platform, crowd after crowd, and how users speak of platforms.
func (f *Flow) Sight(dst, state []float64) {
	homings, platforms := 1<<f.law.Platforms, f.law.Platforms
	clear(dst)
	i := 0
	for c, crowd := range f.crowds {
		users := dst[c*homings : (c+1)*homings]
		for range f.law.Crowds[crowd].Groups {
			for s, n := range f.Of(state, i) {
				users[f.law.Standings.Used[s]] += n
			}
			i++
		}
		copy(f.market.Users[crowd], users)
	}
	first := 0
	for c, tone := range f.tones(dst) {
		f.law.Tone(tone, f.crowds[c], func(i, _ int) []float64 { return f.Of(state, first+i) })
		first += len(f.law.Crowds[f.crowds[c]].Groups)
	}
	if !f.earns {
		return
	}
	received := dst[homings*len(f.crowds):]
	unserved := received[platforms*len(f.crowds):]
	f.order(state)
	for k := range platforms {
		share := f.capacity(k)
		for c, crowd := range f.crowds { // who places orders and who fulfils them see them alike
			other := f.law.Crowds[crowd].Other
			placed := f.placed(crowd, k) + f.placed(other, k)
			if placed == 0 {
				continue
			}
			served := share * (f.served(crowd, k) + f.served(other, k))
			received[c*platforms+k] = served
			unserved[c*platforms+k] = 1 - served/placed
		}
	}
}

// tones are the parts of a sight that say how each crowd speaks of platforms, which come last;
// none where moods change nothing of that.
func (f *Flow) tones(sight []float64) (parts [][]float64) {
	if f.market.Tone == nil {
		return nil
	}
	platforms := f.law.Platforms
	last := sight[len(sight)-platforms*len(f.crowds):]
	for c := range f.crowds {
		parts = append(parts, last[c*platforms:(c+1)*platforms])
	}
	return parts
}

// order fills the orders of each group on each platform that a state brings forth.
func (f *Flow) order(state []float64) {
	for i, g := range f.groups {
		clear(f.users)
		for s, n := range f.Of(state, i) {
			f.users[f.law.Standings.Used[s]] += n
		}
		f.law.Rates(f.orders[g], g, f.users, f.offers)
	}
}

// placed are the orders of a crowd on a platform; none where there is no crowd.
func (f *Flow) placed(crowd, k int) (orders float64) {
	if crowd >= 0 {
		for _, g := range f.law.Crowds[crowd].Groups {
			orders += f.orders[g][k]
		}
	}
	return orders
}

// served are those of them that meet a counterpart.
func (f *Flow) served(crowd, k int) float64 {
	if crowd < 0 {
		return 0
	}
	if other := f.law.Crowds[crowd].Other; len(f.law.Sides) > 1 && (other < 0 || f.market.Touching(other, 1<<k) <= 0) {
		return 0
	}
	return f.placed(crowd, k)
}

// capacity is the share of the orders that meet a counterpart for which a platform has room.
func (f *Flow) capacity(k int) float64 {
	var wished float64
	for _, c := range f.crowds {
		wished += f.served(c, k)
	}
	most := f.law.Model.Platforms[k].Capacity
	if most == 0 {
		return 1
	}
	if c := f.offers.Under; c != nil && c.Capacity != nil {
		most *= c.Capacity[k]
	}
	if wished > most {
		return most / wished
	}
	return 1
}

// Look shows the flow's people a sight, whatever state they are in.
func (f *Flow) Look(sight []float64) {
	f.looks++
	homings, platforms := 1<<f.law.Platforms, f.law.Platforms
	for c, crowd := range f.crowds {
		copy(f.market.Users[crowd], sight[c*homings:(c+1)*homings])
		if f.earns {
			more := sight[homings*len(f.crowds):]
			copy(f.market.Orders[crowd], more[c*platforms:])
			copy(f.market.Unserved[crowd], more[(len(f.crowds)+c)*platforms:])
		}
	}
	for c, tone := range f.tones(sight) {
		copy(f.market.Tone[f.crowds[c]], tone)
	}
	for i, g := range f.groups {
		f.law.Fill(f.fields[i], g, f.market, f.offers)
	}
}

// Evaluations is how often people of a cell were shown what there is to see, over all cells: a measure
// of the work done that is the same on every machine.
func (f *Flow) Evaluations() int64 { return f.looks * int64(f.Len()) }

// Change fills dst with how a state changes among people who see what Look last showed: on
// the asynchronous clock per period of time, on the synchronous one from a period to the next.
func (f *Flow) Change(dst, state []float64) {
	clear(dst)
	for i := range f.groups {
		to := f.Of(dst, i)
		f.now.face()
		f.now.each(f.fields[i], f.Of(state, i), func(from, into models.Standing, people float64) {
			to[from] -= people
			to[into] += people
		})
	}
}

// Slope fills dst with how a state changes among people who see it: per period of time, or
// from a period to the next.
func (f *Flow) Slope(dst, state []float64) {
	f.Sight(f.sight, state)
	f.Look(f.sight)
	f.Change(dst, state)
}

// Pass moves a state on by a number of periods: the asynchronous clock by the continuous
// motion, the synchronous one period by period.
func (f *Flow) Pass(state []float64, periods int) {
	if f.law.Model.Clock.Kind == models.ClockAsync {
		f.clock.pass(state, float64(periods))
		return
	}
	if f.hurried > 0 {
		f.hurry(state, periods)
		return
	}
	step := make([]float64, len(state))
	for range periods {
		f.Slope(step, state)
		for i, d := range step {
			state[i] += d
		}
	}
}

// Hurry lets Pass take several periods of the synchronous clock in one step, as many as make it
// wrong by at most so large a share of a group; 0 takes each period by itself. Where the motion
// leads stays nearly the same, when it gets there less so.
func (f *Flow) Hurry(wrong float64) { f.hurried = wrong }

// hurry passes periods by steps of Euler's method for the continuous motion, of a length that the
// change of the slope along them allows.
func (f *Flow) hurry(state []float64, periods int) {
	if f.ahead == nil {
		f.slope, f.ahead, f.there, f.stride = make([]float64, len(state)), make([]float64, len(state)), make([]float64, len(state)), 1
	}
	if !slices.Equal(state, f.ahead) { // else the slope there is known from the last call
		f.Slope(f.slope, state)
	}
	slope := f.slope
	for left := periods; left > 0; {
		long := max(1, min(left, int(f.stride)))
		f.step(f.ahead, state, slope, float64(long))
		f.Slope(f.there, f.ahead)
		var err float64
		for i, g := range f.groups {
			now, then := f.Of(slope, i), f.Of(f.there, i)
			size := float64(f.law.Groups[g].Size)
			for s, d := range now {
				err = max(err, math.Abs(then[s]-d)/size)
			}
		}
		err *= float64(long) / 2
		if err > f.hurried && long > 1 {
			f.stride = float64(long) / 2
			continue
		}
		copy(state, f.ahead)
		copy(slope, f.there)
		left -= long
		f.stride = max(1, float64(long)*min(2, math.Sqrt(f.hurried/(err+1e-12))))
	}
}

// step fills dst with a state moved along a slope, but nobody leaves where nobody is.
func (f *Flow) step(dst, state, slope []float64, long float64) {
	for i, g := range f.groups {
		to, from, d := f.Of(dst, i), f.Of(state, i), f.Of(slope, i)
		var sum float64
		for s, n := range from {
			to[s] = max(0, n+long*d[s])
			sum += to[s]
		}
		for s := range to {
			to[s] *= float64(f.law.Groups[g].Size) / sum
		}
	}
}

// Rest fills a state with where everybody comes to rest who goes on seeing what Look last
// showed: the stationary distribution of each person's moves, begun from using nothing and from
// knowing nothing where there is an awareness gate. A platform of which nobody hears stays
// unheard of.
func (f *Flow) Rest(state []float64) {
	for i, g := range f.groups {
		of, size := f.Of(state, i), float64(f.law.Groups[g].Size)
		var heard models.Homing
		for k, hazard := range f.fields[i].Hazard {
			if hazard > 0 {
				heard = heard.With(k)
			}
		}
		if a := f.anchors[i]; a.known && a.heard == heard {
			f.now.rest(f.fields[i], a.at, of, size)
			continue
		}
		f.now.rest(f.fields[i], sim.StartStanding(f.law, g, 0), of, size)
		f.reached[i] = append(f.reached[i][:0], f.now.order...)
		fullest := 0
		for s, n := range of {
			if n > of[fullest] {
				fullest = s
			}
		}
		f.anchors[i] = anchor{known: true, heard: heard, at: models.Standing(fullest)}
	}
}

// anchor is a standing at which a group comes to rest, from which all others at which it does
// can be found: as long as people hear of the same platforms.
type anchor struct {
	known bool
	heard models.Homing
	at    models.Standing
}

// Reached are the standings of group i of the flow that can be come by from where Rest begins,
// among people who hear of the platforms that Rest last let them hear of.
func (f *Flow) Reached(i int) []models.Standing { return f.reached[i] }

// Tolerate lets each step of the continuous motion be wrong by so large a share of a group; it
// has no say on the synchronous clock.
func (f *Flow) Tolerate(tolerance float64) { f.clock.tolerance, f.clock.step = tolerance, 0 }

// Start is the state in which the scenario begins.
func (f *Flow) Start() []float64 {
	state := make([]float64, f.Len())
	for i, g := range f.groups {
		start(f.law, g, f.Of(state, i))
	}
	return state
}
