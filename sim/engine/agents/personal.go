package agents

import (
	"math"

	"flywheel/models"
)

// crowd is how many people are looked at together: first which of them do anything, then
// what they bring along, then what they choose. Each loop does one thing to people who do
// not wait for each other.
const crowd = 512

// stance is what those who choose from one standing of a group have in common: the weight of
// every bundle this period, before tastes of their own, and where each leads to.
type stance struct {
	weights []float64
	to      []models.Standing
}

// chooser is the scratch space of one goroutine in which persons choose.
type chooser struct {
	count  int
	who    [crowd]int32           // those who do something, counted from the first of the chunk
	at     [crowd]models.Standing // where they stand after this period's news
	turn   [crowd]uint64          // their turns
	own    [models.MaxPlatforms][crowd]float64
	worth  [models.MaxPlatforms]float64
	bundle [1 << models.MaxPlatforms]float64

	counts  [models.MaxPlatforms]int32   // of a person's acquaintances, by what they use
	hazards [models.MaxPlatforms]float64 // of its hearing of platforms
	row     models.Row
	ages    [models.MaxPlatforms]int // of a person on each platform, in periods since joining
}

// listen takes the hazards of what person i of a group hears from its acquaintances.
func (c *chooser) listen(f *models.Field, own circle, i int) {
	all := own.using(c.counts[:], own.first+i)
	f.Hazards(c.hazards[:], c.counts[:], all)
}

// weigh takes what some people bring along to their choice.
func (c *chooser) weigh(t *tastes, from int, who []int32) {
	if !t.multiply {
		return
	}
	for k := range t.platforms {
		t.weigh(c.own[k][:], k, from, who)
	}
	if t.circle.acquaintances != nil {
		t.meet(&c.own, from, who)
	}
}

// weigh fills the stance of people of a standing.
func (e *Engine) weigh(f *models.Field, g int, at models.Standing) {
	s := &e.stances[g][at]
	if s.to == nil {
		s.weights = make([]float64, 1<<e.law.Platforms)
		s.to = make([]models.Standing, 1<<e.law.Platforms)
		for bundle := range s.to {
			if models.Homing(bundle)&^e.law.Standings.Known[at] == 0 {
				s.to[bundle] = f.Landing(at, models.Homing(bundle))
			}
		}
	}
	if e.tastes[g].multiply {
		f.Weights(s.weights, at)
	}
}

// movePersonal moves one span of people whose tastes are their own: each who revises
// compares its bundles by itself.
func movePersonal[T code](e *Engine, people []T, period int, f *models.Field, b span, w *worker) {
	t, k, n := e.tables[b.group], e.keys(period, f.Group), e.news[b.group]
	hears := n != nil && n.rate > 0
	if t.rate == 0 && !hears {
		return
	}
	c := &w.chooser
	for from := b.from; from < b.to; from += chunk {
		here := people[from:min(from+chunk, b.to)]
		w.screen.sift(k.turn, from, len(here), t.rate)
		c.count = 0
		if hears {
			hear(e, here, f, b, from, &k, w, func(i uint16, at models.Standing, turn uint64) {
				if c.add(i, at, turn) {
					act(e, here, period, f, b.group, from, w)
				}
			})
		}
		for _, i := range w.screen.marked(len(here)) {
			if c.add(i, models.Standing(here[i]), w.screen.turn(i, k.choice.Bits(uint64(from)+uint64(i)))) {
				act(e, here, period, f, b.group, from, w)
			}
		}
		act(e, here, period, f, b.group, from, w)
	}
}

// add puts one who stands at at, since this period's news, among those who do something, and
// tells whether there is no room for another.
func (c *chooser) add(i uint16, at models.Standing, turn uint64) (full bool) {
	c.who[c.count], c.at[c.count], c.turn[c.count] = int32(i), at, turn
	c.count++
	return c.count == crowd
}

// act lets those of a crowd who do something do it.
func act[T code](e *Engine, here []T, period int, f *models.Field, g, from int, w *worker) {
	c, t, stances := &w.chooser, e.tastes[g], e.stances[g]
	revision := f.Group.Revision()
	revises := threshold(revision)
	who := c.who[:c.count]
	c.weigh(t, from, who)
	for j, i := range who {
		before, at := models.Standing(here[i]), c.at[j]
		u, lives := unit(c.turn[j]), false
		if at == before {
			lives = c.turn[j] >= revises
			u /= revision
		}
		to := before
		switch {
		case lives && t.joined != nil:
			to = t.aged(c, f, at, from+int(i), period, c.turn[j])
		case lives:
			to = e.tables[g].live(at, c.turn[j])
		default:
			s := &stances[at]
			to = s.to[t.choose(c, f, s.weights, at, from+int(i), j, u)]
		}
		if to == before {
			continue
		}
		here[i] = T(to)
		if t.joined != nil {
			t.join(from+int(i), period, e.law.Standings.Used[before], e.law.Standings.Used[to])
		}
		w.single = true
		w.tally.Moved(e.law, g, before, to)
		if lives {
			w.tally.Churn(e.law, g, before, to, 1)
		}
	}
	c.count = 0
}

// alone is where one person of a group stands after choosing from a standing.
func (e *Engine) alone(c *chooser, f *models.Field, g int, person int, at models.Standing, u float64) models.Standing {
	e.weigh(f, g, at)
	t, s := e.tastes[g], &e.stances[g][at]
	c.who[0] = 0
	c.weigh(t, person, c.who[:1])
	return s.to[t.choose(c, f, s.weights, at, person, 0, u)]
}

// value adds up what own worths add to what everybody uses: by blocks, in their order, so
// that the sum is the same at any number of goroutines.
func (e *Engine) value() {
	e.everywhere(func(_ *worker, i int) { e.own[i] = e.census.own(e, e.blocks[i]) })
	clear(e.counts.Own)
	for i, b := range e.blocks {
		e.counts.Own[b.group] += e.own[i]
	}
}

// choose is the bundle that person i of a standing chooses, the j-th of those who do something,
// with a uniform number where its noise is fresh. The weights are the group's for that
// standing, by homing.
//
// A logit with weights w chooses as the smallest of E/w with independent exponentials E does,
// for the logarithm turns the one into the largest of utility plus Gumbel noise; and a
// person's own worths multiply weights by their exponentials. So nothing is left of
// exponentials and logarithms but what the person brings along.
func (t *tastes) choose(c *chooser, f *models.Field, weights []float64, at models.Standing, i, j int, u float64) models.Homing {
	if !t.multiply {
		return t.compare(c, f, at, i, u)
	}
	bundle := c.bundle[:len(weights)]
	bundle[0] = 1
	for k := range t.platforms {
		own, half := c.own[k][j&(crowd-1)], 1<<k
		without, with := bundle[:half], bundle[half:2*half]
		for s, w := range without {
			with[s] = w * own
		}
	}
	if t.Quenched {
		return t.least(c, f, weights, at, i)
	}
	var sum float64
	for s, w := range weights {
		sum += w * bundle[s]
		bundle[s] = sum
	}
	if !(sum >= tiny && sum <= huge) {
		return t.compare(c, f, at, i, u)
	}
	u *= sum
	s := 0 // the number of running sums that do not exceed u, counted without a guess
	for _, below := range bundle {
		s += 1 - int((math.Float64bits(u)-math.Float64bits(below))>>63)
	}
	for ; s == len(weights) || weights[s] == 0; s-- { // rounding took u to the sum itself
		s = min(s, len(weights)-1)
	}
	return models.Homing(s)
}

// tiny and huge are the weights beyond which weights are too close to an end of a float64 to be compared.
const (
	tiny = 1e-200
	huge = 1e200
)

// least is the bundle with the smallest exponential over weight: the best reply of one whose
// noise is kept for life.
func (t *tastes) least(c *chooser, f *models.Field, weights []float64, at models.Standing, i int) models.Homing {
	best, smallest, largest := models.Homing(0), math.Inf(1), 0.0
	for s, w := range weights {
		if w *= c.bundle[s]; w == 0 {
			continue
		}
		largest = math.Max(largest, w) // or no number
		if score := t.exponential(i, models.Homing(s)) / w; score < smallest {
			best, smallest = models.Homing(s), score
		}
	}
	if !(largest >= tiny && largest <= huge) {
		return t.compare(c, f, at, i, 0)
	}
	return best
}

// compare is the choice by sums of utilities: for best replies, and where utilities lie too
// far apart for their exponentials.
func (t *tastes) compare(c *chooser, f *models.Field, at models.Standing, i int, u float64) models.Homing {
	own := c.worth[:t.platforms]
	t.own(own, i)
	if !t.Quenched {
		return f.ChoosePersonal(at, own, u)
	}
	shocks := c.bundle[:1<<t.platforms]
	for s := range shocks {
		shocks[s] = -t.Scale * math.Log(t.exponential(i, models.Homing(s)))
	}
	return f.Reply(at, own, shocks)
}
