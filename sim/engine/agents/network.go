package agents

import (
	"hash/fnv"

	"flywheel/models"
	"flywheel/sim"
)

// acquaintances are who knows whom among the people of one crowd: a list for each person, all
// lists in one array (compressed sparse rows).
type acquaintances struct {
	begin []uint32        // by person: where its list begins, and after the last person where it ends
	whom  []uint32        // the lists
	uses  []models.Homing // by person: what it uses in the market that others see
	most  int             // the length of the longest list
}

// newAcquaintances brings people together as a network says; key is the stream for it.
func newAcquaintances(n *models.Network, people int, key sim.Key) *acquaintances {
	switch g := n.Graph.(type) {
	case models.SmallWorld:
		return linked(people, smallWorld(g, people, key), shuffled(people, key))
	case models.Preferential:
		return linked(people, preferential(g, people, key), shuffled(people, key))
	case models.Edges:
		return linked(people, func(link func(a, b uint32)) {
			for _, pair := range g.Pairs {
				link(pair[0], pair[1])
			}
		}, nil)
	}
	panic("bug: a network without a graph was accepted")
}

// networkKey is the stream of a crowd's network: by side and region, so that other crowds
// leave it alone.
func networkKey(world sim.Streams, side, region string) sim.Key {
	h := fnv.New64a()
	h.Write([]byte(side + "\x00" + region))
	return world.Key(sim.ForNetwork, 0, h.Sum64())
}

// The parts of a network's stream.
const (
	forRewiring = iota
	forOrder
)

// shuffled puts people in an order drawn once, so that who is central, and who is near whom,
// has nothing to do with segment, class or place.
func shuffled(people int, key sim.Key) []uint32 {
	order := make([]uint32, people)
	for i := range order {
		order[i] = uint32(i)
	}
	key = key.Cell(forOrder)
	for i := people - 1; i > 0; i-- { // Durstenfeld 1964, CACM 7(7)
		j := key.Below(uint64(i), uint64(i)+1)
		order[i], order[j] = order[j], order[i]
	}
	return order
}

// linked makes lists of links, which are told twice by the function given: once to be counted
// and once to be kept. Names, where there are any, are who stands at each node.
func linked(people int, tell func(link func(a, b uint32)), names []uint32) *acquaintances {
	name := func(i uint32) uint32 {
		if names == nil {
			return i
		}
		return names[i]
	}
	a := &acquaintances{begin: make([]uint32, people+1), uses: make([]models.Homing, people)}
	tell(func(i, j uint32) {
		a.begin[name(i)+1]++
		a.begin[name(j)+1]++
	})
	for i := range people {
		a.most = max(a.most, int(a.begin[i+1]))
		a.begin[i+1] += a.begin[i]
	}
	a.whom = make([]uint32, a.begin[people])
	next := make([]uint32, people)
	copy(next, a.begin)
	tell(func(i, j uint32) {
		i, j = name(i), name(j)
		a.whom[next[i]], a.whom[next[j]] = j, i
		next[i]++
		next[j]++
	})
	return a
}

// enough is after how many tries one who knows nearly everybody keeps the link it has.
const enough = 10_000

// smallWorld tells the links of a small world: those of the ring lap by lap, each lap one
// step further, each rewired with its probability to anybody who is neither oneself nor
// known already (Watts and Strogatz 1998).
func smallWorld(g models.SmallWorld, people int, key sim.Key) func(link func(a, b uint32)) {
	half := g.Neighbours / 2
	to := make([]uint32, people*half) // by person: the other ends of the links it began
	for i := range people {
		for lap := range half {
			to[i*half+lap] = uint32((i + lap + 1) % people)
		}
	}
	knows := func(i, j uint32) bool {
		for _, k := range to[int(i)*half : int(i+1)*half] {
			if k == j {
				return true
			}
		}
		return false
	}
	key = key.Cell(forRewiring)
	for lap := range half {
		for i := range people {
			draws := key.Cell(models.Standing(lap)).Bits(uint64(i))
			each := sim.Key(draws)
			if each.Uniform(0) >= g.Rewired {
				continue
			}
			for try := uint64(1); try < enough; try++ {
				j := uint32(each.Below(try, uint64(people)))
				if j != uint32(i) && !knows(uint32(i), j) && !knows(j, uint32(i)) {
					to[i*half+lap] = j
					break
				}
			}
		}
	}
	return func(link func(a, b uint32)) {
		for i := range people {
			for _, j := range to[i*half : (i+1)*half] {
				link(uint32(i), j)
			}
		}
	}
}

// preferential tells the links of growth with preferential attachment (Barabási and Albert
// 1999): who is picked uniformly among the ends of all links so far is picked in proportion
// to how many it has.
func preferential(g models.Preferential, people int, key sim.Key) func(link func(a, b uint32)) {
	first := g.Links + 1
	ends := make([]uint32, 0, first*g.Links+2*g.Links*(people-first))
	for i := range first {
		for j := range i {
			ends = append(ends, uint32(i), uint32(j))
		}
	}
	key = key.Cell(forRewiring)
	for i := first; i < people; i++ {
		before := len(ends)
		each := sim.Key(key.Bits(uint64(i)))
		for try := uint64(0); len(ends) < before+2*g.Links; try++ {
			j := ends[each.Below(try, uint64(before))]
			known := false
			for e := before; e < len(ends); e += 2 {
				known = known || ends[e+1] == j
			}
			if !known {
				ends = append(ends, uint32(i), j)
			}
		}
	}
	return func(link func(a, b uint32)) {
		for e := 0; e < len(ends); e += 2 {
			link(ends[e], ends[e+1])
		}
	}
}

// of is the list of those whom a person knows.
func (a *acquaintances) of(person int) []uint32 { return a.whom[a.begin[person]:a.begin[person+1]] }

// using counts how many of a person's acquaintances use each platform.
func (a *acquaintances) using(counts []int32, person int) (all int) {
	clear(counts)
	list := a.of(person)
	for _, j := range list {
		for k, s := 0, a.uses[j]; s != 0; k, s = k+1, s>>1 {
			counts[k] += int32(s & 1)
		}
	}
	return len(list)
}

// circle is a group's part of a network; the zero value is of people who know nobody.
type circle struct {
	*acquaintances
	first int // number of the group's first person
}

// acquaint brings the people of every crowd together whose network makes a difference.
func (e *Engine) acquaint(world sim.Streams) {
	e.circles = make([]circle, len(e.law.Groups))
	for c := range e.law.Crowds {
		crowd := &e.law.Crowds[c]
		var network *models.Network
		for _, g := range crowd.Groups {
			if n := e.law.Groups[g].Lasting().Network; n != nil {
				network = n
			}
		}
		if network == nil {
			continue
		}
		a := newAcquaintances(network, int(crowd.Size), networkKey(world, e.law.Sides[crowd.Side], crowd.Region))
		first := 0
		for _, g := range crowd.Groups {
			if e.circles[g] = (circle{a, first}); e.tastes[g] != nil {
				e.tastes[g].know(e.circles[g])
			}
			first += int(e.law.Groups[g].Size)
		}
		e.social = true
	}
	if e.social {
		e.show()
	}
}

// show lets acquaintances see what everybody uses now.
func (e *Engine) show() {
	e.everywhere(func(_ *worker, i int) {
		b := e.blocks[i]
		if c := e.circles[b.group]; c.acquaintances != nil {
			e.census.show(c.uses[c.first+b.from:c.first+b.to], e.law.Standings.Used, b)
		}
	})
}
