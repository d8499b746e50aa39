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
		top = math.Max(top, f.worth[s])
	}
	for _, s := range g.bundles {
		f.weights[s] = math.Exp((f.worth[s] - top) / g.noise)
	}
	for k := range f.adding {
		f.adding[k] = math.Exp(f.join[k] / g.noise)
	}
	f.moving = math.Exp(-g.switching / g.noise)
}

// Row is the choice of one who revises, knowing some platforms and using others: the
// bundles open to it and the running sum of their probabilities, which ends at one.
type Row struct {
	Bundles    []Homing
	Cumulative []float64
}

// Each visits the bundles with their probabilities.
func (r *Row) Each(visit func(h Homing, p float64)) {
	var below float64
	for i, h := range r.Bundles {
		visit(h, r.Cumulative[i]-below)
		below = r.Cumulative[i]
	}
}

// Pick is the bundle that a uniform number in [0,1) chooses.
func (r *Row) Pick(u float64) Homing {
	for i, c := range r.Cumulative {
		if u < c {
			return r.Bundles[i]
		}
	}
	return r.Bundles[len(r.Bundles)-1]
}

// Hear fills the row with what one who knows some platforms knows after hearing this
// period: each unknown platform is heard of by itself with its hazard. Hearing of none comes
// first.
func (f *Field) Hear(row *Row, known Homing) {
	var news Homing
	for k, h := range f.Hazard {
		if h > 0 && !known.Has(k) {
			news = news.With(k)
		}
	}
	row.Bundles, row.Cumulative = row.Bundles[:0], row.Cumulative[:0]
	var sum float64
	for heard := Homing(0); ; heard = (heard - news) & news { // the subsets of news, ascending
		p := 1.0
		for k, h := range f.Hazard {
			switch {
			case heard.Has(k):
				p *= h
			case news.Has(k):
				p *= 1 - h
			}
		}
		sum += p
		row.Bundles = append(row.Bundles, known|heard)
		row.Cumulative = append(row.Cumulative, sum)
		if heard == news {
			break
		}
	}
	row.Cumulative[len(row.Cumulative)-1] = 1
}

// Choose fills the row for one who revises. It serves groups whose people are
// exchangeable; with noise it is the multinomial logit over bundles (McFadden 1974), without
// noise the best reply with certainty.
func (f *Field) Choose(row *Row, known, used Homing) {
	row.Bundles, row.Cumulative = row.Bundles[:0], row.Cumulative[:0]
	if f.Group.noise == 0 {
		row.Bundles = append(row.Bundles, f.BestReply(known, used, 0))
		row.Cumulative = append(row.Cumulative, 1)
		return
	}
	var sum float64
	for _, s := range f.Group.bundles {
		if s&^known != 0 {
			continue
		}
		w := f.weights[s]
		for k, added := 0, s&^used; added != 0; k, added = k+1, added>>1 {
			if added&1 == 1 {
				w *= f.adding[k]
				if used != 0 {
					w *= f.moving
				}
			}
		}
		sum += w
		row.Bundles = append(row.Bundles, s)
		row.Cumulative = append(row.Cumulative, sum)
	}
	if sum == 0 { // every known bundle is worth so little that its weight underflows
		row.Bundles = append(row.Bundles[:0], f.BestReply(known, used, 0))
		row.Cumulative = append(row.Cumulative[:0], 1)
		return
	}
	for i := range row.Cumulative {
		row.Cumulative[i] /= sum
	}
	row.Cumulative[len(row.Cumulative)-1] = 1
}

// Worth is U(S) for one who uses the bundle used and sits at taste x on the unit line,
// noise left out; money per period.
func (f *Field) Worth(s, used Homing, x float64) float64 {
	u := f.worth[s]
	for k, set := 0, s; set != 0; k, set = k+1, set>>1 {
		if set&1 == 0 {
			continue
		}
		u -= f.Group.transport * math.Abs(x-f.Group.locations[k])
		if !used.Has(k) {
			u += f.join[k]
			if used != 0 {
				u -= f.Group.switching
			}
		}
	}
	return u
}

// BestReply is the bundle of known platforms with the largest worth at taste x; an exact
// tie keeps the bundle in use, and among others the lowest.
func (f *Field) BestReply(known, used Homing, x float64) Homing {
	best, top := used, math.Inf(-1)
	if f.open(used) {
		top = f.Worth(used, used, x)
	}
	for _, s := range f.Group.bundles {
		if s == used || s&^known != 0 {
			continue
		}
		if u := f.Worth(s, used, x); u > top+tie*math.Max(1, math.Abs(top)) || math.IsInf(top, -1) {
			best, top = s, u
		}
	}
	return best
}

// open tells whether a bundle is among those the group may use.
func (f *Field) open(s Homing) bool {
	n := s.Count()
	if n == 0 {
		return !f.Group.covered
	}
	return n <= f.Group.most
}

// ChoosePersonal is the bundle that a uniform number in [0,1) chooses for one who revises
// at taste x: the logit of the group's noise over its bundles, or the best reply without noise.
func (f *Field) ChoosePersonal(known, used Homing, x, u float64) Homing {
	g := f.Group
	if g.noise == 0 {
		return f.BestReply(known, used, x)
	}
	var weights [1 << MaxPlatforms]float64
	top := math.Inf(-1)
	for i, s := range g.bundles {
		weights[i] = math.Inf(-1)
		if s&^known == 0 {
			weights[i] = f.Worth(s, used, x) / g.noise
			top = math.Max(top, weights[i])
		}
	}
	if math.IsInf(top, -1) {
		return used
	}
	var sum float64
	for i := range g.bundles {
		weights[i] = math.Exp(weights[i] - top)
		sum += weights[i]
	}
	u *= sum
	last := used
	for i, s := range g.bundles {
		if weights[i] == 0 {
			continue
		}
		if u < weights[i] {
			return s
		}
		u -= weights[i]
		last = s
	}
	return last
}
