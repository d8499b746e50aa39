package agents

import (
	"math/bits"

	"flywheel/models"
	"flywheel/sim"
)

// worker is what one goroutine needs of its own.
type worker struct {
	screen  screen // turns
	tidings screen
	single  bool        // something has been counted one by one
	tally   *sim.Counts // moves that are counted one by one
	moved   [][]uint32  // by group: moves by row and outcome of the group's table
	chooser chooser
}

// keys are the streams of one group's period.
type keys struct{ turn, choice, tiding, news sim.Key }

func (e *Engine) keys(period int, g *models.Group) keys {
	return keys{
		turn: e.streams.Key(sim.ForTurn, period, g.Key), choice: e.streams.Key(sim.ForChoice, period, g.Key),
		tiding: e.streams.Key(sim.ForTiding, period, g.Key), news: e.streams.Key(sim.ForAware, period, g.Key),
	}
}

// moveAlike moves one span of people of a group who are exchangeable: those whose turn lies
// below the rate at which anything happens to anybody. What happens to one is the place of its
// turn among the thresholds of its standing, found without a branch that depends on it.
func moveAlike[T code](e *Engine, people []T, period int, f *models.Field, b span, w *worker) {
	t, k := e.tables[b.group], e.keys(period, f.Group)
	moved, place, below, to := w.moved[b.group], t.place, t.below, t.to
	half := 1 << t.steps >> 1
	n := e.news[b.group]
	hears := n != nil && n.rate > 0
	if t.rate == 0 && !hears {
		return
	}
	for from := b.from; from < b.to; from += chunk {
		here := people[from:min(from+chunk, b.to)]
		w.screen.sift(k.turn, from, len(here), t.rate)
		if hears {
			hear(e, here, f, b, from, &k, w, func(i uint16, at models.Standing, turn uint64) {
				was, to := models.Standing(here[i]), n.choices[at].Pick(unit(turn))
				here[i] = T(to)
				w.single = true
				w.tally.Moved(e.law, b.group, was, to)
			})
		}
		for _, i := range w.screen.marked(len(here)) {
			turn := w.screen.turn(i, k.choice.Bits(uint64(from)+uint64(i)))
			at := int(place[here[i]]) << t.steps
			for step := half; step > 0; step >>= 1 {
				_, less := bits.Sub64(turn, below[at+step-1], 0)
				at += step & (int(less) - 1)
			}
			moved[at]++
			here[i] = T(to[at])
		}
	}
}

// unit is a turn as a number in [0,1).
func unit(turn uint64) float64 { return float64(turn>>11) * 0x1p-53 }
