package meanfield

import "flywheel/models"

// passage reads the moves of one group off its field. It holds scratch space only.
type passage struct {
	law     *models.Law
	async   bool
	hearing models.Row
	life    models.Row

	choices []models.Row // by standing: where its people go who choose
	chose   []int        // by standing: when that was worked out
	faced   int          // how often there was another field, or the same filled anew

	reached []bool            // by standing: scratch of rest
	order   []models.Standing // standings that can be reached
	place   []int             // by standing: its place among those
	matrix  [][]float64       // rates between them
	one     []float64         // a single person
}

func newPassage(l *models.Law) passage {
	n := l.Standings.Count()
	return passage{law: l, async: l.Model.Clock.Kind == models.ClockAsync, reached: make([]bool, n), place: make([]int, n), one: make([]float64, n),
		choices: make([]models.Row, n), chose: make([]int, n)}
}

// each visits all moves that a group's people are expected to make: those they choose, and
// those that life makes them make.
func (p *passage) each(f *models.Field, standing []float64, visit func(from, to models.Standing, people float64)) {
	p.chosen(f, standing, visit)
	p.lived(f, standing, visit)
}

// lived visits the moves that life makes a group's people make, in a period of the
// synchronous clock those of them who neither hear nor revise.
func (p *passage) lived(f *models.Field, standing []float64, visit func(from, to models.Standing, people float64)) {
	if !f.Group.Lives() {
		return
	}
	for s, people := range standing {
		if people == 0 {
			continue
		}
		from := models.Standing(s)
		if !p.async {
			f.Hear(&p.hearing, from)
			people *= p.hearing.Cumulative[0]
		}
		f.Live(&p.life, from)
		p.life.Each(func(to models.Standing, hazard float64) { visit(from, to, hazard*people) })
	}
}

// chosen visits the moves that a group's people are expected to choose: in a period of the
// synchronous clock, or per period of time on the asynchronous one, on which clocks and news
// come one by one. Moves that lead nowhere are left out.
func (p *passage) chosen(f *models.Field, standing []float64, visit func(from, to models.Standing, people float64)) {
	for s, people := range standing {
		if people == 0 {
			continue
		}
		from := models.Standing(s)
		if p.async {
			p.revise(f, from, from, f.Group.Revision()*people, visit)
			for k, hazard := range f.Hazard {
				if hazard > 0 && !p.law.Standings.Known[s].Has(k) {
					p.revise(f, from, p.law.Standings.Heard(from, 1<<k), hazard*people, visit)
				}
			}
			continue
		}
		f.Hear(&p.hearing, from)
		var below float64
		for i, at := range p.hearing.To {
			chance := p.hearing.Cumulative[i] - below
			below = p.hearing.Cumulative[i]
			if at == from {
				chance *= f.Group.Revision()
			}
			p.revise(f, from, at, chance*people, visit)
		}
	}
}

// revise visits where people go who stood at from, stand at at since the news, and all choose
// anew.
func (p *passage) revise(f *models.Field, from, at models.Standing, people float64, visit func(from, to models.Standing, people float64)) {
	if people == 0 {
		return
	}
	choice := &p.choices[at]
	if p.chose[at] != p.faced {
		p.chose[at] = p.faced
		f.Choose(choice, at)
	}
	var below float64
	for i, to := range choice.To {
		share := choice.Cumulative[i] - below
		below = choice.Cumulative[i]
		if to != from && share > 0 {
			visit(from, to, people*share)
		}
	}
}

// face begins with the people of another field, or of one that was filled anew: what they choose
// is no longer known.
func (p *passage) face() { p.faced++ }

// rest fills a group's standings with the stationary distribution of the moves of people who
// begin at a standing: by the elimination of Grassmann, Taksar and Heyman (1985, Operations
// Research 33(5)), which
// subtracts nothing and so loses no digit.
func (p *passage) rest(f *models.Field, first models.Standing, standing []float64, size float64) {
	p.face()
	clear(standing)
	clear(p.reached)
	p.order = append(p.order[:0], first)
	p.reached[first] = true
	for i := 0; i < len(p.order); i++ {
		s := p.order[i]
		p.one[s] = 1
		p.place[s] = i
		if i == len(p.matrix) {
			p.matrix = append(p.matrix, make([]float64, len(p.one)))
		}
		row := p.matrix[i]
		clear(row)
		p.each(f, p.one, func(_, to models.Standing, rate float64) {
			if !p.reached[to] {
				p.reached[to] = true
				p.place[to] = len(p.order)
				p.order = append(p.order, to)
			}
			row[p.place[to]] += rate
		})
		p.one[s] = 0
	}
	stationary(p.matrix, len(p.order))
	var sum float64
	for i := range p.order {
		sum += p.matrix[i][i]
	}
	for i, s := range p.order {
		standing[s] = size * p.matrix[i][i] / sum
	}
}

// stationary puts the stationary weights of the first n states on the diagonal of a matrix of
// rates between them, the largest of which is the last to be eliminated: weights of states
// that are left for ever are zero.
func stationary(rates [][]float64, n int) {
	last := n - 1
	for i := range n - 1 {
		var out float64
		for j := i + 1; j < n; j++ {
			out += rates[i][j]
		}
		if rates[i][i] = out; out == 0 {
			last = i // nobody gets from here to those after it
			break
		}
		for k := i + 1; k < n; k++ {
			if back := rates[k][i] / out; back > 0 {
				for j := i + 1; j < n; j++ {
					rates[k][j] += back * rates[i][j]
				}
			}
		}
	}
	for i := last + 1; i < n; i++ {
		rates[i][i] = 0
	}
	rates[last][last] = 1
	for i := last - 1; i >= 0; i-- {
		var in float64
		for k := i + 1; k <= last; k++ {
			in += rates[k][i] * rates[k][k]
		}
		rates[i][i] = in / rates[i][i]
	}
}
