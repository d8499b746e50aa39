package agents

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"

	"flywheel/models"
	"flywheel/sim"
)

// steps is into how many equally likely steps a normal taste is cut. A step is sixteen bits:
// one random number holds the tastes for four platforms, and nothing need be stored. The
// distance from the normal distribution function is 1/131072 at most, which a sample of fewer
// than ten thousand million people cannot tell (Kolmogorov 1933).
const steps = 1 << 16

// grain is the unit of a normal in the table of steps. Whole numbers add up to the same sum
// in any order, and at once, where fractions would wait for each other.
const grain = 0x1p-28

// normals is the unit normal at the middle of each step, scaled so that its variance is one.
var normals = sync.OnceValue(func() *[steps]int32 {
	var z [steps / 2]float64
	var squares float64
	for i := range z {
		z[i] = distuv.UnitNormal.Quantile((float64(i) + 0.5) / steps)
		squares += 2 * z[i] * z[i]
	}
	scale := math.Sqrt(steps / squares)
	var table [steps]int32
	for i, x := range z {
		table[i] = int32(math.Round(scale * x / grain))
		table[steps-1-i] = -table[i]
	}
	return &table
})

// widest is the sum of a person's own worths over the scale of noise up to which weights are
// multiplied: e^150 squared is far from the ends of a float64.
const widest = 150

// tastes are what people of one group keep for life. They are drawn anew whenever they are
// needed, so that they take no memory; only stratified ones are kept, two bytes each.
type tastes struct {
	*models.Lasting
	group     *models.Group
	circle    circle
	platforms int
	size      float64
	words     uint64 // random numbers that hold one person's tastes
	taste     sim.Key
	place     sim.Key
	noise     sim.Key
	normals   *[steps]int32     // nil where nobody has normal tastes
	dealt     [][]uint16        // by platform: each person's step where tastes are stratified
	factors   []*[steps]float64 // by platform and step: exp(taste/scale), in groups large enough to gain by it
	memories  [][]uint16        // by platform: what each person remembers, in parts of 65,535; nil where nobody does
	joined    [][]uint16        // by platform: the period in which each person joined it; nil where that makes no difference
	reach     float64           // the most that own worths can add up to, of either sign
	multiply  bool              // weights of bundles may be multiplied by those of tastes
}

// worthATable is the size of a group from which a table of exponentials saves time.
const worthATable = steps / 4

func newTastes(g *models.Group, platforms int, world sim.Streams) *tastes {
	t := &tastes{
		Lasting: g.Lasting(), group: g, platforms: platforms, size: float64(g.Size), words: uint64(platforms+3) / 4,
		taste: world.Key(sim.ForTaste, 0, g.Key), place: world.Key(sim.ForPlace, 0, g.Key), noise: world.Key(sim.ForNoise, 0, g.Key),
	}
	if t.Tasteful() {
		t.normals = normals()
		for _, sd := range t.SD {
			t.reach += sd * float64(t.normals[steps-1]) * grain
		}
	}
	t.reach += t.Transport * float64(platforms)
	if t.Memory != nil {
		t.reach += t.Memory.Worth * float64(platforms)
		for range platforms {
			t.memories = append(t.memories, make([]uint16, g.Size))
		}
	}
	t.grow(g.Size)
	t.multiply = t.Scale > 0 && t.reach <= widest*t.Scale
	if t.normals != nil && t.Draw == models.DrawStratified {
		t.deal(g.Size)
	}
	if t.normals != nil && t.multiply && g.Size >= worthATable {
		t.tabulate()
	}
	return t
}

// know makes the group's people part of a network.
func (t *tastes) know(c circle) {
	if !t.group.Meets() {
		return
	}
	t.circle = c
	t.reach += float64(t.platforms) * t.group.MostMet(c.most)
	t.multiply = t.Scale > 0 && t.reach <= widest*t.Scale
}

// deal gives each person one of as many equal parts of the distribution as there are people:
// for every platform by itself, in an order drawn once.
func (t *tastes) deal(size int64) {
	for k := range t.platforms {
		order := make([]uint16, size)
		for i := range order {
			order[i] = uint16((float64(i) + 0.5) / t.size * steps)
		}
		for i := len(order) - 1; i > 0; i-- { // Fisher and Yates 1938; Durstenfeld 1964, CACM 7(7)
			j := t.taste.Below(uint64(k)<<40|uint64(i), uint64(i)+1)
			order[i], order[j] = order[j], order[i]
		}
		t.dealt = append(t.dealt, order)
	}
}

// tabulate takes the exponentials of all tastes; platforms of one spread share a table.
func (t *tastes) tabulate() {
	tables := map[float64]*[steps]float64{}
	for _, sd := range t.SD {
		if tables[sd] == nil {
			tables[sd] = new([steps]float64)
			for i := range steps {
				tables[sd][i] = math.Exp(t.normal(sd, uint16(i)) / t.Scale)
			}
		}
		t.factors = append(t.factors, tables[sd])
	}
}

// normal is a step of a normal of a standard deviation, in money.
func (t *tastes) normal(sd float64, step uint16) float64 {
	return sd * (float64(t.normals[step]) * grain)
}

// step is where person i lies in the distribution of tastes for platform k, given the random
// number of that person and platform; see word.
func (t *tastes) step(word uint64, i, k int) uint16 {
	if t.dealt != nil {
		return t.dealt[k][i]
	}
	return uint16(word >> (16 * (k & 3)))
}

// word is the random number that holds the tastes of person i for platform k and the rest of
// its four.
func (t *tastes) word(i, k int) uint64 {
	return t.taste.Bits(uint64(i)*t.words + uint64(k)>>2)
}

// at is the place of person i on the unit line.
func (t *tastes) at(i int) float64 {
	if t.Position == models.DrawRandom {
		return t.place.Uniform(uint64(i))
	}
	return (float64(i) + 0.5) / t.size
}

// own fills how much more each platform is worth to person i than to the group.
func (t *tastes) own(dst []float64, i int) {
	clear(dst)
	if t.normals != nil {
		for k := range dst {
			dst[k] = t.normal(t.SD[k], t.step(t.word(i, k), i, k))
		}
	}
	if t.Transport != 0 {
		x := t.at(i)
		for k := range dst {
			dst[k] -= t.Transport * math.Abs(x-t.Locations[k])
		}
	}
	for k, memory := range t.memories {
		dst[k] -= t.Memory.Dear(memory[i])
	}
	if t.circle.acquaintances != nil {
		var counts [models.MaxPlatforms]int32
		all := t.circle.using(counts[:], t.circle.first+i)
		for k := range dst {
			dst[k] += t.group.Met(int(counts[k]), all)
		}
	}
}

// weigh fills, for each of some people, the exponential of what a platform is worth more to
// it than to the group, over the scale of noise.
func (t *tastes) weigh(dst []float64, k int, from int, who []int32) {
	switch {
	case t.normals == nil:
		for j := range who {
			dst[j] = 1
		}
	case t.factors != nil && t.dealt != nil:
		table, dealt := t.factors[k], t.dealt[k][from:]
		for j, i := range who {
			dst[j] = table[dealt[i]]
		}
	case t.factors != nil:
		table, shift := t.factors[k], 16*(k&3)
		for j, i := range who {
			dst[j] = table[uint16(t.word(from+int(i), k)>>(shift&63))]
		}
	default:
		for j, i := range who {
			dst[j] = math.Exp(t.normal(t.SD[k], t.step(t.word(from+int(i), k), from+int(i), k)) / t.Scale)
		}
	}
	if t.Transport != 0 {
		for j, i := range who {
			dst[j] *= math.Exp(-t.Transport * math.Abs(t.at(from+int(i))-t.Locations[k]) / t.Scale)
		}
	}
	if t.memories != nil {
		memory := t.memories[k][from:]
		for j, i := range who {
			if memory[i] > 0 {
				dst[j] *= math.Exp(-t.Memory.Dear(memory[i]) / t.Scale)
			}
		}
	}
}

// meet multiplies the exponentials of what platforms are worth to some people by those of
// what their acquaintances add.
func (t *tastes) meet(own *[models.MaxPlatforms][crowd]float64, from int, who []int32) {
	var counts [models.MaxPlatforms]int32
	for j, i := range who {
		all := t.circle.using(counts[:], t.circle.first+from+int(i))
		for k := range t.platforms {
			if counts[k] > 0 {
				own[k][j&(crowd-1)] *= math.Exp(t.group.Met(int(counts[k]), all) / t.Scale)
			}
		}
	}
}

// worth adds up what own worths add to what the people of a span use. It walks through them
// without asking who uses what: a mask takes what is not used away.
func worth[T code](t *tastes, people []T, used []models.Homing, from int) float64 {
	var total float64
	var uses [crowd]models.Homing
	for len(people) > 0 {
		now := people[:min(crowd, len(people))]
		for j, s := range now {
			uses[j] = used[s]
		}
		total += t.using(uses[:len(now)], from)
		people, from = people[len(now):], from+len(now)
	}
	return total
}

// using is worth of a few people, given what each uses.
func (t *tastes) using(uses []models.Homing, from int) float64 {
	var total float64
	if t.normals != nil {
		table := t.normals
		var words [crowd]uint64
		for k := range t.platforms {
			if k&3 == 0 && t.dealt == nil {
				for j := range uses {
					words[j] = t.word(from+j, k)
				}
			}
			var sum int64
			if t.dealt != nil {
				for j, step := range t.dealt[k][from : from+len(uses)] {
					sum += int64(table[step]) & -int64(uses[j]>>(k&7)&1)
				}
			} else {
				shift := 16 * (k & 3) & 63
				for j, word := range words[:len(uses)] {
					sum += int64(table[uint16(word>>shift)]) & -int64(uses[j]>>(k&7)&1)
				}
			}
			total += t.SD[k] * (float64(sum) * grain)
		}
	}
	if t.Transport != 0 {
		for j, s := range uses {
			x := t.at(from + j)
			for k, at := range t.Locations {
				total -= t.Transport * math.Abs(x-at) * float64(s>>k&1)
			}
		}
	}
	for k, memory := range t.memories {
		for j, remembered := range memory[from : from+len(uses)] {
			if remembered > 0 && uses[j].Has(k) {
				total -= t.Memory.Dear(remembered)
			}
		}
	}
	if t.circle.acquaintances != nil {
		var counts [models.MaxPlatforms]int32
		for j, s := range uses {
			if s == 0 {
				continue
			}
			all := t.circle.using(counts[:], t.circle.first+from+j)
			for k := range t.platforms {
				if s.Has(k) {
					total += t.group.Met(int(counts[k]), all)
				}
			}
		}
	}
	return total
}

// exponential is minus the logarithm of person i's uniform number for a bundle: its Gumbel
// noise is minus the logarithm of that.
func (t *tastes) exponential(i int, s models.Homing) float64 {
	u := t.noise.Bits(uint64(i)<<t.platforms | uint64(s))
	return -math.Log((float64(u>>11) + 0.5) * 0x1p-53)
}
