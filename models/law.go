package models

import (
	"hash/fnv"
	"math"
)

// Law is a model bound to numbers: its people in groups of one taste each, its crowds, and
// the tables that every engine reads. It is immutable and safe to share between goroutines.
type Law struct {
	Model     *Model
	Platforms int
	Sides     []string
	Groups    []Group
	Crowds    []Crowd
	Standings *Standings
	Rules     []Rule   // the policies
	Sitings   []Siting // by platform: of its sites; nil where no platform has any
	Rounds    [][]Rule // by platform: its rounds of funding, as rules that end when the money comes
}

// Crowd is all the people of one side in one region: network effects act between crowds
// of the same region.
type Crowd struct {
	Side   int // index in Law.Sides
	Region string
	Size   int64
	Groups []int // indices in Law.Groups
	Other  int   // crowd of the other side in the same region; -1 when there is none
}

// Group is a class of a segment: people with the same numbers.
type Group struct {
	Segment int // index in Model.Segments
	Class   int // 0 to the segment's number of classes - 1
	Crowd   int
	Side    int
	Size    int64
	Key     uint64 // names the group for random streams; the same in every variant that keeps the group

	value      []float64 // v_k by platform, prices taken off
	alpha      float64
	gamma      float64
	cross      Effect
	same       Effect
	money      float64 // weight of money in utility
	lasting    Lasting
	outside    float64
	covered    bool
	kappa      float64
	duplicate  float64
	switching  float64
	revision   float64
	noise      float64 // 0: best reply
	aware      *Aware
	landings   []Standing // by standing and bundle: where a choice lands; nil where there are too many
	life       *ageing    // nil: nothing happens after joining but what people choose
	orderRate  float64
	rhythm     []float64
	basket     Money
	demand     *Demand
	supply     *Supply
	most       int      // largest number of platforms used at once
	bundles    []Homing // bundles this group may use, ascending; empty set first unless covered
	fulfilling bool
}

// People is the number of participants in the law, all groups together.
func (l *Law) People() int64 {
	var n int64
	for g := range l.Groups {
		n += l.Groups[g].Size
	}
	return n
}

// Personal tells whether people of the group differ for life, so that they are not
// exchangeable.
func (g *Group) Personal() bool {
	return g.lasting.Transport != 0 || g.lasting.Quenched || g.lasting.Tasteful() || g.lasting.Network != nil || g.lasting.Memory != nil || g.lasting.Age != nil
}

// Lasting is in what people of the group differ for life.
func (g *Group) Lasting() *Lasting { return &g.lasting }

// Gated tells whether the group has to hear of a platform before it can choose it.
func (g *Group) Gated() bool { return g.aware != nil }

// Revision is the group's probability of revising in a period.
func (g *Group) Revision() float64 { return g.revision }

// MostNews is the largest hazard of hearing of a platform that the group can have, per
// period.
func (g *Group) MostNews() float64 {
	if g.aware == nil {
		return 0
	}
	return g.aware.P + g.aware.Q
}

// News is the hazard of hearing of a platform that a share of the group's crowd uses, per
// period, but for what is bought; 0 where everybody knows every platform.
func (g *Group) News(share float64) float64 {
	if g.aware == nil {
		return 0
	}
	return g.aware.P + g.aware.Q*share
}

// Bundles is the number of bundles open to the group, the empty one included where it is.
func (g *Group) Bundles() int { return len(g.bundles) }

// OrderRate is the expected number of orders per participant and period.
func (g *Group) OrderRate() float64 { return g.orderRate }

// Basket is the GMV of one order.
func (g *Group) Basket() Money { return g.basket }

// Compile validates a model and binds it to numbers. It returns Faults, all of them, when
// the model cannot stand.
func Compile(m *Model) (*Law, error) {
	if faults := m.Validate(); len(faults) > 0 {
		return nil, faults
	}
	l := &Law{Model: m, Rules: m.rules(), Sitings: m.sitings(), Rounds: m.rounds(), Platforms: len(m.Platforms), Standings: NewStandings(len(m.Platforms), m.moods())}
	crowds := map[[2]string]int{}
	sides := map[string]int{}
	ordering := m.OrderingSide()
	for s := range m.Segments {
		seg := &m.Segments[s]
		side, known := sides[seg.Side]
		if !known {
			side = len(l.Sides)
			sides[seg.Side] = side
			l.Sides = append(l.Sides, seg.Side)
		}
		place := [2]string{seg.Side, seg.Region}
		c, known := crowds[place]
		if !known {
			c = len(l.Crowds)
			crowds[place] = c
			l.Crowds = append(l.Crowds, Crowd{Side: side, Region: seg.Region, Other: -1})
		}
		for _, g := range m.groups(s) {
			g.Crowd, g.Side = c, side
			if g.lasting.Network = m.network(seg.Side); !g.Hears() && !g.Meets() {
				g.lasting.Network = nil
			}
			g.fulfilling = ordering != "" && seg.Side != ordering
			l.Crowds[c].Size += g.Size
			l.Crowds[c].Groups = append(l.Crowds[c].Groups, len(l.Groups))
			l.Groups = append(l.Groups, g)
		}
	}
	for i := range l.Crowds {
		for j := range l.Crowds {
			if i != j && l.Crowds[i].Region == l.Crowds[j].Region {
				l.Crowds[i].Other = j
			}
		}
	}
	l.land()
	return l, nil
}

// groups cuts a segment into its classes: one for each combination of the classes of its
// distributed values, of sizes that differ by at most one person.
func (m *Model) groups(s int) []Group {
	seg := &m.Segments[s]
	varied := m.variety(seg)
	classes := 1
	for _, v := range varied {
		classes *= v.classes()
	}
	list := make([]Group, 0, classes)
	for class := range classes {
		first := seg.Size * int64(class) / int64(classes)
		next := seg.Size * int64(class+1) / int64(classes)
		if next == first {
			continue
		}
		picked := make([]float64, len(varied))
		rest := class
		for i, v := range varied {
			picked[i] = v.class(rest % v.classes())
			rest /= v.classes()
		}
		list = append(list, m.group(s, class, next-first, picked))
	}
	return list
}

// group binds one class of a segment to its numbers.
func (m *Model) group(s, class int, size int64, picked []float64) Group {
	seg := &m.Segments[s]
	g := Group{
		Segment: s, Class: class, Size: size, Key: groupKey(seg, class),
		alpha: picked[0], gamma: picked[1], cross: seg.Cross, same: seg.Same,
		money:   seg.PriceSensitivity,
		outside: seg.Outside.Value, covered: seg.Outside.None,
		kappa: seg.Homing.Cost, duplicate: seg.Homing.Duplicate, switching: seg.Switching,
		revision: m.Clock.Revision, aware: seg.Aware,
		orderRate: seg.Orders.Rate, basket: seg.Orders.Basket, rhythm: seg.Orders.Rhythm, demand: seg.Orders.Demand, supply: seg.Supply,
		lasting: Lasting{SD: seg.Taste.SD, Draw: seg.Taste.Draw, Transport: seg.Transport, Position: seg.Position, Memory: seg.Memory},
	}
	if seg.Life != nil {
		g.life, g.lasting.Age = seg.Life.bind(picked[2+len(m.Platforms):], m.worstChurn(seg)), seg.Life.Age
	}
	own := picked[len(picked)-len(seg.mixes()):]
	g.orderRate *= own[mixOfOrders]
	g.money *= own[mixOfPrices]
	if !math.IsInf(g.kappa, 1) {
		g.kappa *= own[mixOfHoming]
	}
	if s := seg.Supply; s != nil && s.Mix.Classes > 1 {
		skilled := *s
		skilled.Skill *= own[mixOfSkill]
		g.supply = &skilled
	}
	if a := seg.Aware; a != nil && a.Mix.Classes > 1 {
		g.aware = &Aware{P: a.P * own[mixOfNews], Q: a.Q * own[mixOfNews]}
	}
	if seg.Revision != nil {
		g.revision = *seg.Revision
	}
	noise := m.Noise
	if seg.Noise != nil {
		noise = *seg.Noise
	}
	if noise.Kind != NoiseNone {
		g.noise = noise.Scale
		if g.life != nil {
			g.life.weigh(g.noise)
		}
	}
	g.lasting.Quenched, g.lasting.Scale = noise.Kind == NoiseQuenched, g.noise
	for k, p := range m.Platforms {
		g.value = append(g.value, picked[2+k]-g.money*p.Price[seg.Side])
		g.lasting.Locations = append(g.lasting.Locations, p.Location)
	}
	g.most = seg.mostPlatforms(len(m.Platforms))
	if math.IsInf(seg.Homing.Cost, 1) {
		g.kappa = 0
	}
	for set := range 1 << len(m.Platforms) {
		if n := Homing(set).Count(); n <= g.most && (n > 0 || !g.covered) {
			g.bundles = append(g.bundles, Homing(set))
		}
	}
	return g
}

// mostPlatforms is the largest number of platforms that one of the segment uses, out of all.
func (s *Segment) mostPlatforms(all int) int {
	switch {
	case math.IsInf(s.Homing.Cost, 1):
		return 1
	case s.Homing.Max > 0:
		return s.Homing.Max
	}
	return all
}

// groupKey names a class of a segment by side, segment, region and class, so that adding
// or removing another segment leaves this one's luck alone.
func groupKey(seg *Segment, class int) uint64 {
	h := fnv.New64a()
	for _, s := range []string{seg.Side, seg.Name, seg.Region} {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	h.Write([]byte{byte(class), byte(class >> 8), byte(class >> 16), byte(class >> 24)})
	return h.Sum64()
}

// OrderingSide is the name of the side that places orders, empty when nobody orders.
func (m *Model) OrderingSide() string {
	for i := range m.Segments {
		if s := &m.Segments[i]; s.Orders.Rate > 0 && s.Side != "" {
			return s.Side
		}
	}
	return ""
}
