package models

import "math"

// Weights fills dst, by homing, with the logit weight of every bundle open to one of a
// standing, before any taste of its own: exp(U(S)/mu), scaled alike; zero for what is not
// open. The group must have noise.
func (f *Field) Weights(dst []float64, at Standing) {
	clear(dst)
	known := f.standings.Known[at] &^ f.barred(at)
	for _, s := range f.Group.bundles {
		if s&^known == 0 {
			dst[s] = f.weight(s, at)
		}
	}
}

// ChoosePersonal is the bundle that a uniform number in [0,1) chooses for one of a standing
// who revises and to whom each platform is worth so much more than to the group, or less
// (nil: nothing): the logit of the group's noise over its bundles, or the best reply without
// noise.
func (f *Field) ChoosePersonal(at Standing, own []float64, u float64) Homing {
	g := f.Group
	if g.noise == 0 {
		return f.BestReply(at, own)
	}
	known, used := f.standings.Known[at]&^f.barred(at), f.standings.Used[at]
	var weights [1 << MaxPlatforms]float64
	top := math.Inf(-1)
	for i, s := range g.bundles {
		weights[i] = math.Inf(-1)
		if s&^known == 0 {
			weights[i] = f.Worth(s, at, own) / g.noise
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

// Worth is U(S) for one of a standing and to whom each platform is worth so much more than to
// the group (nil: nothing), noise left out; money per period.
func (f *Field) Worth(s Homing, at Standing, own []float64) float64 {
	used := f.standings.Used[at]
	u := f.worth[s]
	if life := f.Group.life; life != nil {
		u += life.worth(f.standings, s, at)
		f.eachRelation(s, at, func(relation, k int) { u += f.related[relation][k] })
	}
	for k, set := 0, s; set != 0; k, set = k+1, set>>1 {
		if set&1 == 0 {
			continue
		}
		if own != nil {
			u += own[k]
		}
		if !used.Has(k) {
			u += f.join[k]
			if used != 0 {
				u -= f.Group.switching
			}
		}
	}
	return u
}

// BestReply is the bundle of known platforms with the largest worth, own worths added; an
// exact tie keeps the bundle in use, and among others the lowest.
func (f *Field) BestReply(at Standing, own []float64) Homing {
	return f.Reply(at, own, nil)
}

// Reply is BestReply where every bundle also has a shock, by homing, in money (nil: none): the
// noise that one person keeps for life.
func (f *Field) Reply(at Standing, own, shocks []float64) Homing {
	known, used := f.standings.Known[at]&^f.barred(at), f.standings.Used[at]
	worth := func(s Homing) float64 {
		u := f.Worth(s, at, own)
		if shocks != nil {
			u += shocks[s]
		}
		return u
	}
	best, top := used, math.Inf(-1)
	if f.open(used) {
		top = worth(used)
	}
	for _, s := range f.Group.bundles {
		if s == used || s&^known != 0 {
			continue
		}
		if u := worth(s); u > top+tie*math.Max(1, math.Abs(top)) || math.IsInf(top, -1) {
			best, top = s, u
		}
	}
	return best
}
