package agents

import (
	"math/bits"

	"flywheel/models"
	"flywheel/sim"
)

// table is what one group's period may bring to people of every standing that anybody has: as
// thresholds on their turns, so that nothing but comparing is left to do for a person.
type table struct {
	steps  uint              // a row has 1<<steps outcomes; the last of those that exist, and all after them, are to stay
	place  []int32           // by standing: its row; -1 while nobody has stood there
	from   []models.Standing // by row
	lived  []int             // by row: the first outcome that life brings, and not choice
	below  []uint64          // by row and outcome: the outcome is reached by turns below it and not below the one before
	to     []models.Standing // by row and outcome
	rate   uint64            // turns with a first byte from here on bring nothing to anybody
	choice models.Row
	life   models.Row
}

func newTable(l *models.Law, g *models.Group) *table {
	t := &table{place: make([]int32, l.Standings.Count())}
	for s := range t.place {
		t.place[s] = -1
	}
	outcomes := 0
	if !g.Personal() {
		outcomes = g.Bundles()
	}
	if g.Lives() {
		outcomes += 2*l.Platforms + 2
	}
	t.steps = uint(bits.Len(uint(outcomes))) // one more, to stay
	return t
}

// fill brings the rows of all occupied standings up to date. People whose tastes are their own
// choose by themselves: their rows hold what life brings alone, after the turns of those who
// revise.
func (t *table) fill(f *models.Field, people []float64) {
	t.rate = 0
	revision := f.Group.Revision()
	for s, n := range people {
		if n == 0 {
			continue
		}
		at := models.Standing(s)
		row := t.row(at)
		below, to := t.below[row:row+1<<t.steps], t.to[row:row+1<<t.steps]
		i := 0
		if revision > 0 {
			if f.Group.Personal() {
				t.rate = max(t.rate, rateOf(threshold(revision)))
			} else {
				f.Choose(&t.choice, at)
				for j, c := range t.choice.Cumulative {
					below[i], to[i] = threshold(revision*c), t.choice.To[j]
					i++
				}
			}
		}
		t.lived[row>>t.steps] = i
		f.Live(&t.life, at)
		for j, c := range t.life.Cumulative {
			below[i], to[i] = threshold(revision+c), t.life.To[j]
			i++
		}
		if i > 0 {
			t.rate = max(t.rate, rateOf(below[i-1]))
		}
		for ; i < len(below); i++ {
			below[i], to[i] = 1<<64-1, at
		}
	}
}

// row is where the row of a standing begins, made if there is none yet.
func (t *table) row(at models.Standing) int {
	if t.place[at] < 0 {
		t.place[at] = int32(len(t.from))
		t.from = append(t.from, at)
		t.lived = append(t.lived, 0)
		t.below = append(t.below, make([]uint64, 1<<t.steps)...)
		t.to = append(t.to, make([]models.Standing, 1<<t.steps)...)
	}
	return int(t.place[at]) << t.steps
}

// live is where a turn leads one of a standing whose tastes are its own and who does not
// revise: what life brings, if the turn comes that far.
func (t *table) live(at models.Standing, turn uint64) models.Standing {
	row := int(t.place[at]) << t.steps
	for i := range 1 << t.steps {
		if turn < t.below[row+i] {
			return t.to[row+i]
		}
	}
	return at
}

// count adds moves, by row and outcome, to the counts of a group, and forgets them.
func (t *table) count(l *models.Law, g int, moved []uint32, counts *sim.Counts) {
	for i, n := range moved {
		if n == 0 {
			continue
		}
		moved[i] = 0
		row := i >> t.steps
		from, to := t.from[row], t.to[i]
		if from == to {
			continue
		}
		people := float64(n)
		counts.Standing[g][from] -= people
		counts.Standing[g][to] += people
		counts.Switched(l, g, from, to, people)
		if i&(1<<t.steps-1) >= t.lived[row] {
			counts.Churn(l, g, from, to, people)
		}
	}
}
