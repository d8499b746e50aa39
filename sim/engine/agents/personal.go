package agents

import (
	"math"
	"sync"
	"sync/atomic"

	"flywheel/models"
	"flywheel/sim"
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
	who    [crowd]int32           // those who do something, counted from the first of the crowd
	at     [crowd]models.Standing // where they stand after this period's news
	luck   [crowd]uint64          // their random numbers, 53 bits
	own    [models.MaxPlatforms][crowd]float64
	worth  [models.MaxPlatforms]float64
	bundle [1 << models.MaxPlatforms]float64
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
func (e *Engine) movePersonal(period int, f *models.Field, b span, tally *sim.Counts) {
	var c chooser
	for from := b.from; from < b.to; from += crowd {
		to := min(from+crowd, b.to)
		e.listen(&c, period, f.Group, b.group, from, to)
		e.act(&c, f, b.group, from, tally)
	}
}

// listen finds those of a crowd who hear of a platform, revise, or to whom life may happen.
func (e *Engine) listen(c *chooser, period int, group *models.Group, g, from, to int) {
	choice := e.streams.Key(sim.ForChoice, period, group.Key)
	busy := uint64(min(1, group.Revision()+group.MostLife()) * (1 << 53)) // draws below it may do something
	people := e.standing[g][from:to]
	n := 0
	if !group.Gated() {
		for j, at := range people {
			luck := choice.Bits(uint64(from+j)) >> 11
			c.who[n&(crowd-1)], c.at[n&(crowd-1)], c.luck[n&(crowd-1)] = int32(j), at, luck
			n += int((luck - busy) >> 63) // one when it is below: both have 54 bits at most
		}
		c.count = n
		return
	}
	news := e.streams.Key(sim.ForAware, period, group.Key)
	for j, before := range people {
		at := e.hear(news, g, from+j, before)
		luck := choice.Bits(uint64(from+j)) >> 11
		c.who[n&(crowd-1)], c.at[n&(crowd-1)], c.luck[n&(crowd-1)] = int32(j), at, luck
		if at != before || luck < busy {
			n++
		}
	}
	c.count = n
}

// act lets those of a crowd who do something do it.
func (e *Engine) act(c *chooser, f *models.Field, g, from int, tally *sim.Counts) {
	t, stances, people := e.tastes[g], e.stances[g], e.standing[g][from:]
	revision := f.Group.Revision()
	revises := uint64(revision * (1 << 53)) // draws below it revise
	who := c.who[:c.count]
	if t.multiply {
		for k := range t.platforms {
			t.weigh(c.own[k][:], k, from, who)
		}
	}
	for j, i := range who {
		before, at, u := people[i], c.at[j], float64(c.luck[j])*0x1p-53
		if at == before {
			if c.luck[j] >= revises {
				e.live(g, from+int(i), u-revision, tally)
				continue
			}
			u /= revision
		}
		s := &stances[at]
		if to := s.to[t.choose(c, f, s.weights, at, from+int(i), j, u)]; to != before {
			people[i] = to
			tally.Moved(e.law, g, before, to)
		}
	}
}

// alone is where one person of a group stands after choosing from a standing.
func (e *Engine) alone(c *chooser, f *models.Field, g int, person int, at models.Standing, u float64) models.Standing {
	e.weigh(f, g, at)
	t, s := e.tastes[g], &e.stances[g][at]
	if t.multiply {
		c.who[0] = 0
		for k := range t.platforms {
			t.weigh(c.own[k][:], k, person, c.who[:1])
		}
	}
	return s.to[t.choose(c, f, s.weights, at, person, 0, u)]
}

// value adds up what own worths add to what everybody uses: by blocks, in their order, so
// that the sum is the same at any number of goroutines.
func (e *Engine) value() {
	e.everywhere(func(i int) {
		b := e.blocks[i]
		e.own[i] = 0
		if t := e.tastes[b.group]; t != nil {
			e.own[i] = t.worth(e.standing[b.group][b.from:b.to], e.law.Standings.Used, b.from)
		}
	})
	clear(e.counts.Own)
	for i, b := range e.blocks {
		e.counts.Own[b.group] += e.own[i]
	}
}

// everywhere does something to every block, on as many goroutines as there are workers.
func (e *Engine) everywhere(do func(block int)) {
	if len(e.workers) == 1 {
		for i := range e.blocks {
			do(i)
		}
		return
	}
	var next atomic.Int64
	var group sync.WaitGroup
	for range e.workers {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(e.blocks); i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	group.Wait()
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
	if sum < tiny {
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

// tiny is the weight below which weights are too close to the end of a float64 to be compared.
const tiny = 1e-200

// least is the bundle with the smallest exponential over weight: the best reply of one whose
// noise is kept for life.
func (t *tastes) least(c *chooser, f *models.Field, weights []float64, at models.Standing, i int) models.Homing {
	best, smallest, largest := models.Homing(0), math.Inf(1), 0.0
	for s, w := range weights {
		if w *= c.bundle[s]; w == 0 {
			continue
		}
		largest = math.Max(largest, w)
		if score := t.exponential(i, models.Homing(s)) / w; score < smallest {
			best, smallest = models.Homing(s), score
		}
	}
	if largest < tiny {
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
