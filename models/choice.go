package models

import "math"

// tie is how much better, relative to its size, a bundle must be before a best reply
// leaves the present one: sums of the same terms in another order differ by less.
const tie = 1e-12

// weigh turns worths into logit weights, scaled so that the largest is one.
func (f *Field) weigh() {
	g := f.Group
	top := math.Inf(-1)
	for _, s := range g.bundles {
		if s&f.shut == 0 {
			top = max(top, f.worth[s])
		}
	}
	for _, s := range g.bundles {
		f.weights[s] = 0
		if s&f.shut == 0 {
			f.weights[s] = factor((f.worth[s] - top) / g.noise)
		}
	}
	for k := range f.adding {
		f.adding[k] = factor(f.join[k] / g.noise)
	}
	f.moving = factor(-g.switching / g.noise)
	for i := range f.related {
		for k, worth := range f.related[i] {
			f.factors[i][k] = factor(worth / g.noise)
		}
	}
}

// factor is the factor on a logit weight that a worth makes, in noise scales; most worths are none.
func factor(worth float64) float64 {
	if worth == 0 {
		return 1
	}
	return math.Exp(worth)
}

// Row says where people who stand alike may stand next: the standings open to them and the
// running sum of their probabilities, which ends at one.
type Row struct {
	To         []Standing
	Cumulative []float64
}

// Each visits the standings with their probabilities.
func (r *Row) Each(visit func(to Standing, p float64)) {
	var below float64
	for i, to := range r.To {
		visit(to, r.Cumulative[i]-below)
		below = r.Cumulative[i]
	}
}

// Pick is the standing that a uniform number in [0,1) leads to.
func (r *Row) Pick(u float64) Standing {
	for i, c := range r.Cumulative {
		if u < c {
			return r.To[i]
		}
	}
	return r.To[len(r.To)-1]
}

func (r *Row) clear() { r.To, r.Cumulative = r.To[:0], r.Cumulative[:0] }

// add appends a standing; sum is the probability up to and including it.
func (r *Row) add(to Standing, sum float64) {
	r.To = append(r.To, to)
	r.Cumulative = append(r.Cumulative, sum)
}

// Hear fills the row with where people of a standing stand after this period's news: each
// platform they do not know is heard of by itself with its hazard. Hearing of none comes
// first.
func (f *Field) Hear(row *Row, from Standing) { f.hear(row, from, f.Hazard) }

// hear is Hear with hazards of one's own.
func (f *Field) hear(row *Row, from Standing, hazards []float64) {
	known := f.standings.Known[from]
	var news Homing
	for k, h := range hazards {
		if h > 0 && !known.Has(k) {
			news = news.With(k)
		}
	}
	row.clear()
	var sum float64
	for heard := Homing(0); ; heard = (heard - news) & news { // the subsets of news, ascending
		p := 1.0
		for k, h := range hazards {
			switch {
			case heard.Has(k):
				p *= h
			case news.Has(k):
				p *= 1 - h
			}
		}
		sum += p
		row.add(f.standings.Heard(from, heard), sum)
		if heard == news {
			break
		}
	}
	row.Cumulative[len(row.Cumulative)-1] = 1
}

// Choose fills the row with where people of a standing stand after revising. It serves
// groups whose people are exchangeable; with noise it is the multinomial logit over bundles
// (McFadden 1974), without noise the best reply with certainty.
func (f *Field) Choose(row *Row, at Standing) {
	known := f.standings.Known[at] &^ f.barred(at)
	row.clear()
	if f.Group.noise == 0 {
		row.add(f.Landing(at, f.BestReply(at, nil)), 1)
		return
	}
	var sum float64
	for _, s := range f.Group.bundles {
		if s&^known != 0 {
			continue
		}
		sum += f.weight(s, at)
		row.add(f.Landing(at, s), sum)
	}
	if sum == 0 || math.IsInf(sum, 0) || math.IsNaN(sum) { // the weights of all that is known leave the range of numbers
		row.clear()
		row.add(f.Landing(at, f.BestReply(at, nil)), 1)
		return
	}
	for i := range row.Cumulative {
		row.Cumulative[i] /= sum
	}
	row.Cumulative[len(row.Cumulative)-1] = 1
}

// Landing is where one of a standing stands after choosing a bundle of platforms it knows.
func (f *Field) Landing(at Standing, bundle Homing) Standing {
	if landings := f.Group.landings; landings != nil {
		return landings[int(at)<<f.standings.Platforms|int(bundle)]
	}
	return f.standings.moved(at, bundle, f.Group.joined(f.standings), f.Group.left(), f.Group.begins())
}

// mostLandings is the largest table of landings that is worth its memory.
const mostLandings = 1 << 16

// land gives every group the table of where its choices land, by standing and bundle; groups
// that move alike share one.
func (l *Law) land() {
	st := l.Standings
	if st.Count()<<l.Platforms > mostLandings {
		return
	}
	tables := map[[3]Standing][]Standing{}
	for i := range l.Groups {
		g := &l.Groups[i]
		kind := [3]Standing{g.joined(st), g.left(), g.begins()}
		if tables[kind] == nil {
			table := make([]Standing, st.Count()<<l.Platforms)
			for entry := range table {
				at, bundle := Standing(entry>>l.Platforms), Homing(entry&(1<<l.Platforms-1))
				if bundle&^st.Known[at] == 0 {
					table[entry] = st.moved(at, bundle, kind[0], kind[1], kind[2])
				}
			}
			tables[kind] = table
		}
		g.landings = tables[kind]
	}
}

// weight is the logit weight of a bundle for one of a standing.
func (f *Field) weight(s Homing, at Standing) float64 {
	used, w := f.standings.Used[at], f.weights[s]
	if life := f.Group.life; life != nil {
		w *= life.weight(f.standings, s, at)
		f.eachRelation(s, at, func(relation, k int) { w *= f.factors[relation][k] })
	}
	for k, added := 0, s&^used; added != 0; k, added = k+1, added>>1 {
		if added&1 == 1 {
			w *= f.adding[k]
			if used != 0 {
				w *= f.moving
			}
		}
	}
	return w
}

// open tells whether a bundle is among those the group may use.
func (f *Field) open(s Homing) bool {
	n := s.Count()
	if n == 0 {
		return !f.Group.covered
	}
	return n <= f.Group.most
}
