package agents

import (
	"math"
	"sync"
	"sync/atomic"

	"flywheel/models"
	"flywheel/sim"
)

// chooser is the scratch space of one goroutine in which persons choose.
type chooser struct {
	own    [models.MaxPlatforms]float64
	bundle [1 << models.MaxPlatforms]float64
}

// weigh fills the weights of bundles for people of a standing, before tastes of their own.
func (e *Engine) weigh(f *models.Field, g int, at models.Standing) {
	if !e.tastes[g].multiply {
		return
	}
	if e.weights[g][at] == nil {
		e.weights[g][at] = make([]float64, 1<<e.law.Platforms)
	}
	f.Weights(e.weights[g][at], at)
}

// movePersonal moves one span of people whose tastes are their own: each who revises
// compares its bundles by itself.
func (e *Engine) movePersonal(period int, f *models.Field, b span, tally *sim.Counts) {
	group := f.Group
	people := e.standing[b.group]
	tastes, weights := e.tastes[b.group], e.weights[b.group]
	revision := group.Revision()
	revises := uint64(revision * (1 << 53)) // draws below it revise
	choice := e.streams.Key(sim.ForChoice, period, group.Key)
	news := e.streams.Key(sim.ForAware, period, group.Key)
	gated, lives := group.Gated(), group.Lives()
	var c chooser
	for i := b.from; i < b.to; i++ {
		from := people[i]
		at := from
		if gated {
			at = e.hear(news, b.group, i, from)
		}
		bits := choice.Bits(uint64(i)) >> 11
		u := float64(bits) * 0x1p-53
		if bits >= revises && at == from {
			if lives {
				e.live(b.group, i, u-revision, tally)
			}
			continue
		}
		if at == from {
			u /= revision
		}
		if to := f.Landing(at, tastes.choose(&c, f, weights[at], at, i, u)); to != from {
			people[i] = to
			tally.Moved(e.law, b.group, from, to)
		}
	}
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

// choose is the bundle that person i of a standing chooses, with a uniform number where its
// noise is fresh. The weights are the group's for that standing, by homing.
//
// A logit with weights w chooses as the smallest of E/w with independent exponentials E does,
// for the logarithm turns the one into the largest of utility plus Gumbel noise; and a
// person's own worths multiply weights by their exponentials. So nothing is left of
// exponentials and logarithms but what the person brings along.
func (t *tastes) choose(c *chooser, f *models.Field, weights []float64, at models.Standing, i int, u float64) models.Homing {
	if !t.multiply {
		return t.compare(c, f, at, i, u)
	}
	own, bundle := c.own[:t.platforms], c.bundle[:len(weights)]
	t.weigh(own, i)
	bundle[0] = 1
	for k, w := range own {
		for s := range 1 << k {
			bundle[s|1<<k] = bundle[s] * w
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
	for s, below := range bundle {
		if u < below {
			return models.Homing(s)
		}
	}
	last := 0 // rounding took u to the sum itself
	for s, w := range weights {
		if w > 0 {
			last = s
		}
	}
	return models.Homing(last)
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
	own := c.own[:t.platforms]
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
