package agents

import (
	"flywheel/models"
)

// news is what people of one group may hear in a period, and choose then.
type news struct {
	hearing []models.Row // by standing
	choices []models.Row // by standing after hearing
	filled  []int        // by standing after hearing: the period its choice was filled for
	rate    uint64       // tidings with a first byte from here on say nothing to anybody
}

// newNews makes room for the news of a group; nil where there is no awareness gate.
func newNews(l *models.Law, g *models.Group) *news {
	if !g.Gated() {
		return nil
	}
	n := l.Standings.Count()
	return &news{hearing: make([]models.Row, n), choices: make([]models.Row, n), filled: make([]int, n)}
}

// fill brings the rows of all occupied standings up to date.
func (n *news) fill(e *Engine, period, g int, f *models.Field, people []float64) {
	n.rate = 0
	for s, count := range people {
		if count == 0 {
			continue
		}
		row := &n.hearing[s]
		f.Hear(row, models.Standing(s))
		n.rate = max(n.rate, rateOf(threshold(1-row.Cumulative[0])))
		if f.Group.Hears() && len(row.To) > 1 {
			n.rate = max(n.rate, rateOf(threshold(f.MostHearing())))
		}
		for _, at := range row.To[1:] {
			if n.filled[at] == period {
				continue
			}
			n.filled[at] = period
			if f.Group.Personal() {
				e.weigh(f, g, at)
			} else {
				f.Choose(&n.choices[at], at)
			}
		}
	}
}

// hear lets the people of a chunk hear. Whoever does is taken off those whose turn it is, and
// chooses at once with the number of that turn.
func hear[T code](e *Engine, here []T, f *models.Field, b span, from int, k *keys, w *worker, choose func(i uint16, at models.Standing, turn uint64)) {
	n := e.news[b.group]
	w.tidings.sift(k.tiding, from, len(here), n.rate)
	for _, i := range w.tidings.marked(len(here)) {
		row := &n.hearing[here[i]]
		if len(row.To) == 1 {
			continue
		}
		// Hearing of nothing comes first in a row: the lowest tidings are the row's last.
		tiding := unit(^w.tidings.turn(i, k.news.Bits(uint64(from)+uint64(i))))
		at := models.Standing(here[i])
		if own := e.circles[b.group]; f.Group.Hears() {
			w.chooser.listen(f, own, from+int(i))
			at = f.Hearing(&w.chooser.row, at, w.chooser.hazards[:], tiding)
		} else if tiding >= row.Cumulative[0] {
			at = row.Pick(tiding)
		}
		if at == models.Standing(here[i]) {
			continue
		}
		w.screen.unmark(i)
		choose(i, at, w.screen.turn(i, k.choice.Bits(uint64(from)+uint64(i))))
	}
}
