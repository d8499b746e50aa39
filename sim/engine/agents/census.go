package agents

import (
	"flywheel/models"
	"flywheel/sim"
)

// code is what one person's standing is kept in: a byte where that tells all of a law's
// standings apart.
type code interface{ uint8 | uint16 }

// census is where everybody stands.
type census interface {
	at(group int, person int64) models.Standing
	put(group int, person int64, to models.Standing)
	// move moves one span of people and counts their moves.
	move(e *Engine, period int, f *models.Field, b span, w *worker)
	// show writes down what each of one span of people uses.
	show(dst []models.Homing, used []models.Homing, b span)
	// remember lets one span of people remember the shares of orders that went unserved.
	remember(t *tastes, used []models.Homing, unserved []float64, b span)
	// transfer moves one span of people at once.
	transfer(t *tastes, used []models.Homing, to []models.Standing, b span)
	// own is what own worths of one span of people add to what they use.
	own(e *Engine, b span) float64
}

// standings are one flat array for each group, so that a group is a range and costs nothing.
type standings[T code] [][]T

// newCensus puts everybody where the law begins, spread evenly over a group so that a start
// says nothing about tastes.
func newCensus(l *models.Law) census {
	if l.Standings.Count() <= 1<<8 {
		return settle[uint8](l)
	}
	return settle[uint16](l)
}

func settle[T code](l *models.Law) standings[T] {
	var all standings[T]
	for g := range l.Groups {
		people := make([]T, l.Groups[g].Size)
		deal(people, sim.Started(l, g), func(used models.Homing) T { return T(sim.StartStanding(l, g, used)) })
		all = append(all, people)
	}
	return all
}

// deal hands out whole counts of bundles in an even mix: each person takes the bundle that
// is furthest behind its due share.
func deal[T code](people []T, counts []int64, standing func(models.Homing) T) {
	var open []int
	for h, n := range counts {
		if n > 0 {
			open = append(open, h)
		}
	}
	dealt := make([]int64, len(counts))
	total := float64(len(people))
	for i := range people {
		best, most := open[0], -1.0
		for _, h := range open {
			if behind := float64(counts[h])*(float64(i)+1)/total - float64(dealt[h]); behind > most && dealt[h] < counts[h] {
				best, most = h, behind
			}
		}
		dealt[best]++
		people[i] = standing(models.Homing(best))
	}
}

func (c standings[T]) at(group int, person int64) models.Standing {
	return models.Standing(c[group][person])
}

func (c standings[T]) put(group int, person int64, to models.Standing) { c[group][person] = T(to) }

func (c standings[T]) show(dst, used []models.Homing, b span) {
	for i, s := range c[b.group][b.from:b.to] {
		dst[i] = used[s]
	}
}

func (c standings[T]) transfer(t *tastes, used []models.Homing, to []models.Standing, b span) {
	people := c[b.group]
	for i := b.from; i < b.to; i++ {
		was, is := models.Standing(people[i]), to[people[i]]
		people[i] = T(is)
		if t != nil && t.joined != nil && was != is {
			t.inherit(i, used[was], used[is])
		}
	}
}

func (c standings[T]) own(e *Engine, b span) float64 {
	t := e.tastes[b.group]
	if t == nil {
		return 0
	}
	return worth(t, c[b.group][b.from:b.to], e.law.Standings.Used, b.from)
}

func (c standings[T]) move(e *Engine, period int, f *models.Field, b span, w *worker) {
	if f.Group.Personal() {
		movePersonal(e, c[b.group], period, f, b, w)
	} else {
		moveAlike(e, c[b.group], period, f, b, w)
	}
}
