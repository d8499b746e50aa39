package models

import "math"

// Field is one group's view of one period: what each bundle is worth and how strong the
// gates are. A Field is filled by Law.Fill and read by engines; it may be reused.
type Field struct {
	Group     *Group
	standings *Standings
	worth     []float64   // by Homing: U(S) for one who uses S already, tastes of one's own left out
	join      []float64   // by platform: what a join bonus adds for one who does not use it yet
	Hazard    []float64   // by platform: probability (async: rate) of hearing of it this period
	bought    float64     // the largest part of a hazard that platforms bought
	related   [][]float64 // by relation and platform: worth of what is offered to those alone who stand in it; nil where nothing is
	factors   [][]float64 // the same as factors on logit weights
	reach     []float64   // scratch: what a platform is worth but for the other side
	met       []float64   // scratch: f of the other side's participation by platform
	weights   []float64   // by Homing: exp(worth/noise), scaled; only for groups with noise
	adding    []float64   // by platform: factor on the weight when it is added from nothing
	eased     []float64   // by platform: part of the hazard of leaving while new that is taken away; nil for none
	unserved  []float64   // by platform: share of the crowd's orders unserved in the period before
	tone      []float64   // by platform: how its users speak of it; nil: as if all were content
	late      []float64   // by platform: share of its orders that came late in the period before
	moving    float64     // factor on the weight for each platform added from another
	exposure  []float64   // by platform: the part of the hazard that is bought
	shut      Homing      // platforms that are not there for the group
	full      Homing      // platforms that take nobody in
	churn     []float64   // by platform: factor on the hazards of leaving; nil: none
	sync      bool        // hazards are probabilities
}

// NewField makes a field for a group.
func (l *Law) NewField(group int) *Field {
	n := 1 << l.Platforms
	return &Field{
		Group: &l.Groups[group], standings: l.Standings, sync: l.Model.Clock.Kind == ClockSync, worth: make([]float64, n), weights: make([]float64, n),
		join: make([]float64, l.Platforms), Hazard: make([]float64, l.Platforms),
		reach: make([]float64, l.Platforms), exposure: make([]float64, l.Platforms), adding: make([]float64, l.Platforms), met: make([]float64, l.Platforms),
	}
}

// Fill reads the market and the offers into the field of one group.
func (l *Law) Fill(f *Field, group int, m *Market, o *Offers) {
	g := &l.Groups[group]
	own := &l.Crowds[g.Crowd]
	f.Group, f.unserved, f.late, f.bought = g, m.Unserved[g.Crowd], m.Late[g.Crowd], 0
	if f.tone = nil; m.Tone != nil {
		f.tone = m.Tone[g.Crowd]
	}
	var luck []float64
	if c := o.Under; c == nil {
		f.shut, f.full, f.churn = 0, 0, nil
	} else {
		f.shut, f.full, f.churn, luck = c.Shut[group], c.Full[group], of(c.Churn, group), of(c.Worth, group)
	}
	for k := range l.Platforms {
		n := m.Touching(g.Crowd, 1<<k)
		share := n / float64(own.Size)
		same := 0.0
		if g.gamma != 0 && !g.Meets() {
			same = g.gamma * l.spilled(&g.same, m, g.Crowd, 1<<k)
		}
		f.met[k] = l.cross(g, m, 1<<k)
		f.reach[k] = g.value[k] + same + g.money*o.Period[group][k] + g.money*l.bonusPerFulfilled(g, group, k, m, o)
		if luck != nil {
			f.reach[k] += luck[k]
		}
		if o.Worth != nil {
			f.reach[k] += o.Worth[group][k]
		}
		f.join[k] = g.money * g.revision * o.Join[group][k]
		if g.aware != nil {
			f.exposure[k] = o.Hazard[group][k]
			heard := share
			if f.tone != nil {
				heard *= f.tone[k]
			}
			f.Hazard[k] = g.News(heard) + o.Hazard[group][k]
			f.bought = max(f.bought, o.Hazard[group][k])
			if f.sync {
				f.Hazard[k] = math.Min(1, f.Hazard[k])
			}
			if f.shut.Has(k) {
				f.exposure[k], f.Hazard[k] = 0, 0
			}
		}
	}
	if o.Eased != nil {
		f.eased = o.Eased[group]
	}
	l.relate(f, group, o)
	for _, s := range g.bundles {
		f.worth[s] = l.bundleWorth(f, g, group, s, m, o)
	}
	if g.noise > 0 {
		f.weigh()
	}
}

// relate fills in what is offered to newcomers, regulars and the lapsed.
func (l *Law) relate(f *Field, group int, o *Offers) {
	g := f.Group
	if o.Related == nil || g.life == nil {
		f.related = nil
		return
	}
	if f.related == nil {
		for range relations {
			f.related = append(f.related, make([]float64, l.Platforms))
			f.factors = append(f.factors, make([]float64, l.Platforms))
		}
	}
	for i, relation := range relations {
		for k, money := range o.Related[i][group] {
			f.related[i][k] = g.money * money
			if relation == RelationLapsed { // once, over one revision
				f.related[i][k] *= g.revision
			}
		}
	}
}

// eachRelation visits the platforms of a bundle with the relation, by index, in which one of a
// standing who chooses it will stand to them, and with its return to those it had left.
func (f *Field) eachRelation(s Homing, at Standing, visit func(relation, k int)) {
	if f.related == nil {
		return
	}
	st := f.standings
	fresh := st.New[at]
	if f.Group.life.settle > 0 { // who joins begins as a newcomer
		fresh |= s &^ st.Used[at]
	}
	for k := range st.Platforms {
		switch {
		case !s.Has(k):
			continue
		case fresh.Has(k):
			visit(0, k)
		default:
			visit(1, k)
		}
		if st.Lapsed[at].Has(k) {
			visit(2, k)
		}
	}
}

// MostNews is the largest hazard of hearing of a platform that the group can have in this
// period, whatever shares come to be in it.
func (f *Field) MostNews() float64 { return f.Group.MostNews() + f.bought }

// bundleWorth is U(S) without switching, join bonuses and tastes of one's own.
func (l *Law) bundleWorth(f *Field, g *Group, group int, s Homing, m *Market, o *Offers) float64 {
	if s == 0 {
		return g.outside
	}
	u := -g.kappa * float64(s.Count()-1)
	var met float64
	for k := range l.Platforms {
		if s.Has(k) {
			u += f.reach[k]
			met += f.met[k]
		}
	}
	u += g.alpha * met
	if g.duplicate > 0 && s.Count() > 1 {
		u -= g.alpha * g.duplicate * (met - l.cross(g, m, s))
	}
	if s.Count() > 1 {
		for k := range l.Platforms {
			if s.Has(k) {
				u -= g.money * o.Alone[group][k]
			}
		}
	}
	if g.orderRate > 0 {
		for k := range l.Platforms {
			if s.Has(k) && o.Order[group][k] != 0 {
				u += g.money * g.orderRate * OrderShare(g, s, k, o.Order[group]) * o.Order[group][k]
			}
		}
	}
	return u
}

// cross is f of the other side's participation on a set of platforms.
func (l *Law) cross(g *Group, m *Market, set Homing) float64 {
	other := l.Crowds[g.Crowd].Other
	if other < 0 || g.alpha == 0 {
		return 0
	}
	return l.spilled(&g.cross, m, other, set)
}

// spilled is f of a crowd's participation on a set of platforms, of which a share comes from the
// participation of the whole side, in all regions.
func (l *Law) spilled(e *Effect, m *Market, crowd int, set Homing) float64 {
	own := e.of(m.Touching(crowd, set), l.Crowds[crowd].Size)
	if e.Spill == 0 {
		return own
	}
	var count float64
	var size int64
	for c := range l.Crowds {
		if l.Crowds[c].Side == l.Crowds[crowd].Side {
			count += m.Touching(c, set)
			size += l.Crowds[c].Size
		}
	}
	return (1-e.Spill)*own + e.Spill*e.of(count, size)
}

// bonusPerFulfilled is what an order bonus was worth last period, per period, to one who
// fulfils orders: the bonus times the orders each user of the platform received.
func (l *Law) bonusPerFulfilled(g *Group, group, k int, m *Market, o *Offers) float64 {
	if !g.fulfilling || o.Order[group][k] == 0 {
		return 0
	}
	users := m.Touching(g.Crowd, 1<<k)
	if users == 0 {
		return 0
	}
	return o.Order[group][k] * m.Orders[g.Crowd][k] / users
}

// of is f of a count of people out of a crowd.
func (e *Effect) of(count float64, size int64) float64 {
	switch {
	case count == 0 || size == 0:
		return 0
	case e.Form == FormLog:
		return math.Log1p(count)
	case e.Form == FormPower:
		return math.Pow(count/float64(size), e.Exponent)
	case e.Form == FormTurning:
		share := count / float64(size)
		return share * (1 - share/e.Turn)
	default:
		return count / float64(size)
	}
}
