package sim

import (
	"math"

	"flywheel/models"
)

// lives is what a run counts besides where people live on after joining. Every table is by
// group and platform, then any platform.
type lives struct {
	fresh   [][]float64 // users who are new
	lapsed  [][]float64 // people who used it once; any platform: who use none now
	content [][]float64 // sum of users' moods, 0 the worst and 1 the best
	rated   [][]float64 // users who have a mood
}

// newLives makes room for the counts; nil for a law in which nobody lives on after joining.
func newLives(l *models.Law) *lives {
	if l.Standings.Moods == 0 {
		return nil
	}
	room := func() [][]float64 { return table[float64](len(l.Groups), l.Platforms+1) }
	return &lives{fresh: room(), lapsed: room(), content: room(), rated: room()}
}

// count reads one group's standings.
func (c *lives) count(l *models.Law, g int, standing []float64) {
	st, any := l.Standings, l.Platforms
	for _, t := range [...][][]float64{c.fresh, c.lapsed, c.content, c.rated} {
		clear(t[g])
	}
	levels := l.Groups[g].Moods()
	for s, n := range standing {
		if n == 0 {
			continue
		}
		used := st.Used[s]
		spread(c.fresh[g], st.New[s], any, n)
		spread(c.lapsed[g], st.Lapsed[s], any, n)
		if used != 0 {
			c.lapsed[g][any] -= n * min(1, float64(st.Lapsed[s].Count()))
		}
		if levels > 1 {
			spread(c.content[g], used, any, n*float64(st.Mood[s])/float64(levels-1))
			spread(c.rated[g], used, any, n)
		}
	}
}

// ratedSlot comes after those of counted: users who have a mood, over whom satisfaction is a
// mean.
const ratedSlot = len(counted)

// lifeSlot is the first of the metrics of life among those counted.
const lifeSlot = len(counted) - 6

// tally copies one group's counts of life into the slots of the metrics.
func (c *lives) tally(r *run, g int, of func(slot int) []float64) {
	counts := r.engine.Counts()
	for i, from := range [...][]float64{c.fresh[g], r.using[g], c.lapsed[g], counts.Returns[g], counts.Churned[g], c.content[g], c.rated[g]} {
		copy(of(lifeSlot+i), from)
	}
	for k, n := range c.fresh[g] {
		of(lifeSlot + 1)[k] -= n
	}
}

// contentment turns sums of moods into means; where nobody has a mood there is none.
func contentment(sums, rated []float64) {
	for k, n := range rated {
		if n > 0 {
			sums[k] /= n
		} else {
			sums[k] = math.NaN()
		}
	}
}
