package agents

import (
	"flywheel/models"
	"flywheel/sim"
)

// movePersonal moves one span of people whose tastes are their own: each who revises
// compares its bundles by itself.
func (e *Engine) movePersonal(period int, f *models.Field, b span, tally *sim.Counts) {
	group := f.Group
	people := e.standing[b.group]
	revision := group.Revision()
	revises := uint64(revision * (1 << 53)) // draws below it revise
	choice := e.streams.Key(sim.ForChoice, period, group.Key)
	news := e.streams.Key(sim.ForAware, period, group.Key)
	gated := group.Gated()
	for i := b.from; i < b.to; i++ {
		from := people[i]
		at := from
		if gated {
			at = e.hear(news, b.group, i, from)
		}
		bits := choice.Bits(uint64(i)) >> 11
		if bits >= revises && at == from {
			continue
		}
		u := float64(bits) * 0x1p-53
		if at == from {
			u /= revision
		}
		if to := f.Landing(at, f.ChoosePersonal(at, group.Taste(int64(i)), u)); to != from {
			people[i] = to
			tally.Moved(e.law, b.group, from, to)
		}
	}
}
