package models

import (
	"fmt"
	"math"
	"slices"
)

// Network is who knows whom on one side of the market: people of a side and region are its
// nodes, numbered from 0 in the order of segments, classes and persons; acquaintance is mutual.
type Network struct {
	Name    string
	Side    string
	Graph   Graph
	Carries Carries
}

// Carries says what passes between acquaintances.
type Carries string

// What passes between acquaintances: news of platforms, so that awareness grows with the
// share of a person's acquaintances who use one; the same-side effect, which then acts on
// that share; or both.
const (
	CarriesNews  Carries = "news"
	CarriesWorth Carries = "worth"
	CarriesBoth  Carries = "both"
)

// Graph is how a network comes about: SmallWorld, Preferential or Edges.
type Graph interface {
	check(path string, people int64, faults *Faults)
}

// SmallWorld is the graph of Watts and Strogatz 1998 (Nature 393): a ring on which everybody knows the
// nearest Neighbours, half of them on each side, and each acquaintance is exchanged, with
// probability Rewired, for one with anybody.
type SmallWorld struct {
	Neighbours int
	Rewired    float64
}

// Preferential is the graph of Barabási and Albert 1999 (Science 286): people come one after
// another and each becomes acquainted with Links of those before it, with chances in
// proportion to how many they know already. The first Links + 1 all know each other.
type Preferential struct{ Links int }

// Edges lists every acquaintance once, by the numbers of the two people.
type Edges struct{ Pairs [][2]uint32 }

// maxLinks is the largest number of acquaintances in one region, told from both ends.
const maxLinks = math.MaxUint32

// Acquaintances is how many people a person knows on average.
func Acquaintances(g Graph, people int64) float64 {
	switch g := g.(type) {
	case SmallWorld:
		return float64(g.Neighbours)
	case Preferential:
		return 2 * float64(g.Links)
	case Edges:
		return 2 * float64(len(g.Pairs)) / float64(people)
	}
	return 0
}

func (s SmallWorld) check(path string, people int64, faults *Faults) {
	if s.Neighbours < 2 || s.Neighbours%2 != 0 || int64(s.Neighbours) >= people {
		faults.add(path+".small_world.neighbours", fmt.Sprintf("give an even number from 2 to less than the %d people of the smallest region", people),
			"nobody can have %d nearest neighbours, half on each side", s.Neighbours)
	}
	checkRange(path+".small_world.rewired", s.Rewired, 0, 1, faults)
}

func (p Preferential) check(path string, people int64, faults *Faults) {
	if p.Links < 1 || int64(p.Links) >= people {
		faults.add(path+".preferential.links", fmt.Sprintf("give a number from 1 to less than the %d people of the smallest region", people),
			"nobody can become acquainted with %d people", p.Links)
	}
}

func (e Edges) check(path string, people int64, faults *Faults) {
	for _, pair := range e.Pairs {
		if most := max(pair[0], pair[1]); int64(most) >= people {
			faults.add(path+".file", fmt.Sprintf("number the people from 0 to %d", people-1), "names person %d of %d", most, people)
			return
		}
	}
}

// network is the one that people of a side live in; nil when there is none.
func (m *Model) network(side string) *Network {
	for i := range m.Networks {
		if m.Networks[i].Side == side {
			return &m.Networks[i]
		}
	}
	return nil
}

// checkNetworks looks at who knows whom.
func (m *Model) checkNetworks(faults *Faults) {
	var names, sides []string
	for i, n := range m.Networks {
		path := fmt.Sprintf("networks[%d]", i)
		checkName(path, n.Name, names, faults)
		names = append(names, n.Name)
		switch {
		case !slices.Contains(m.sideNames(), n.Side):
			faults.unknown(path+".side", "side", n.Side, m.sideNames())
		case slices.Contains(sides, n.Side):
			faults.add(path+".side", "give each side one network", "%s has a network already", n.Side)
		}
		sides = append(sides, n.Side)
		if !slices.Contains([]Carries{CarriesNews, CarriesWorth, CarriesBoth}, n.Carries) {
			faults.unknown(path+".carries", "use of a network", string(n.Carries), []string{string(CarriesNews), string(CarriesWorth), string(CarriesBoth)})
		}
		regions := map[string]int64{}
		for _, s := range m.Segments {
			if s.Side == n.Side {
				regions[s.Region] += s.Size
			}
		}
		if len(regions) == 0 {
			continue
		}
		smallest, largest := int64(maxPeople), int64(0)
		for _, people := range regions {
			smallest, largest = min(smallest, people), max(largest, people)
		}
		if n.Graph == nil {
			faults.add(path, "give small_world, preferential or file", "does not say who knows whom")
			continue
		}
		if _, listed := n.Graph.(Edges); listed && len(regions) > 1 {
			faults.add(path+".file", "give small_world or preferential, or keep the side in one region", "lists people of one region, and %s live in %d", n.Side, len(regions))
			continue
		}
		before := len(*faults)
		n.Graph.check(path, smallest, faults)
		if links := Acquaintances(n.Graph, largest) * float64(largest); len(*faults) == before && links > maxLinks {
			faults.add(path, "give fewer acquaintances or fewer people", "%.3g acquaintances cannot be held; at most %d", links/2, int64(maxLinks)/2)
		}
	}
}

// Hears tells whether people of the group hear of platforms from their own acquaintances.
func (g *Group) Hears() bool {
	n := g.lasting.Network
	return n != nil && n.Carries != CarriesWorth && g.aware != nil
}

// Meets tells whether the same-side effect of the group acts on its people's own acquaintances.
func (g *Group) Meets() bool {
	n := g.lasting.Network
	return n != nil && n.Carries != CarriesNews && g.gamma != 0
}

// Met is what acquaintances who use a platform add to its worth: the same-side effect of so
// many out of those whom a person knows, money per period.
func (g *Group) Met(using, acquaintances int) float64 {
	return g.gamma * g.same.of(float64(using), int64(acquaintances))
}

// MostMet is the largest Met of either sign, for people who know so many.
func (g *Group) MostMet(acquaintances int) float64 {
	return math.Abs(g.Met(acquaintances, acquaintances))
}

// Hazards fills, by platform, the probability (async: rate) of hearing of it this period for
// one of whose acquaintances so many use it.
func (f *Field) Hazards(dst []float64, using []int32, acquaintances int) {
	g := f.Group
	for k := range f.Hazard {
		share := 0.0
		if acquaintances > 0 {
			share = float64(using[k]) / float64(acquaintances)
		}
		if f.tone != nil { // acquaintances speak as all do
			share *= f.tone[k]
		}
		dst[k] = g.News(share) + f.exposure[k]
		if f.sync {
			dst[k] = math.Min(1, dst[k])
		}
		if f.shut.Has(k) {
			dst[k] = 0
		}
	}
}

// MostHearing is the largest probability of hearing of anything this period that one can have
// whose acquaintances use whatever they like.
func (f *Field) MostHearing() float64 {
	none := 1.0
	for k := range f.Hazard {
		if !f.shut.Has(k) {
			none *= 1 - math.Min(1, f.Group.News(1)+f.exposure[k])
		}
	}
	return 1 - none
}

// Hearing is where one who stands at from stands after this period's news, given its own
// hazards and a uniform number in [0,1); the row is scratch.
func (f *Field) Hearing(row *Row, from Standing, hazards []float64, u float64) Standing {
	none := 1.0
	for k := range f.Hazard {
		if !f.standings.Known[from].Has(k) {
			none *= 1 - hazards[k]
		}
	}
	if u < none {
		return from
	}
	f.hear(row, from, hazards[:len(f.Hazard)])
	return row.Pick(u)
}
