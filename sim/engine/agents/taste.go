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

// normals is the unit normal at the middle of each step, scaled so that its variance is one.
var normals = sync.OnceValue(func() []float64 {
	z := make([]float64, steps)
	var squares float64
	for i := range steps / 2 {
		x := distuv.UnitNormal.Quantile((float64(i) + 0.5) / steps)
		z[i], z[steps-1-i] = x, -x
		squares += 2 * x * x
	}
	scale := math.Sqrt(steps / squares)
	for i := range z {
		z[i] *= scale
	}
	return z
})

// widest is the sum of a person's own worths over the scale of noise up to which weights are
// multiplied: e^150 squared is far from the ends of a float64.
const widest = 150

// tastes are what people of one group keep for life. They are drawn anew whenever they are
// needed, so that they take no memory; only stratified ones are kept, two bytes each.
type tastes struct {
	*models.Lasting
	platforms int
	size      float64
	words     uint64 // random numbers that hold one person's tastes
	taste     sim.Key
	place     sim.Key
	noise     sim.Key
	normals   []float64
	dealt     [][]uint16  // by platform: each person's step where tastes are stratified
	factors   [][]float64 // by platform and step: exp(taste/scale), in groups large enough to gain by it
	multiply  bool        // weights of bundles may be multiplied by those of tastes
}

// worthATable is the size of a group from which a table of exponentials saves time.
const worthATable = steps / 4

func newTastes(g *models.Group, platforms int, world sim.Streams) *tastes {
	t := &tastes{
		Lasting: g.Lasting(), platforms: platforms, size: float64(g.Size), words: uint64(platforms+3) / 4,
		taste: world.Key(sim.ForTaste, 0, g.Key), place: world.Key(sim.ForPlace, 0, g.Key), noise: world.Key(sim.ForNoise, 0, g.Key),
	}
	reach := 0.0
	if t.Tasteful() {
		t.normals = normals()
		for _, sd := range t.SD {
			reach += sd * t.normals[steps-1]
		}
	}
	reach += t.Transport * float64(platforms)
	t.multiply = t.Scale > 0 && reach <= widest*t.Scale
	if t.normals != nil && t.Draw == models.DrawStratified {
		t.deal(g.Size)
	}
	if t.normals != nil && t.multiply && g.Size >= worthATable {
		t.tabulate()
	}
	return t
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
	tables := map[float64][]float64{}
	for _, sd := range t.SD {
		if tables[sd] == nil {
			table := make([]float64, steps)
			for i, z := range t.normals {
				table[i] = math.Exp(sd * z / t.Scale)
			}
			tables[sd] = table
		}
		t.factors = append(t.factors, tables[sd])
	}
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
		var word uint64
		for k := range dst {
			if k&3 == 0 {
				word = t.word(i, k)
			}
			dst[k] = t.SD[k] * t.normals[t.step(word, i, k)]
		}
	}
	if t.Transport != 0 {
		x := t.at(i)
		for k := range dst {
			dst[k] -= t.Transport * math.Abs(x-t.Locations[k])
		}
	}
}

// weigh fills the exponentials of person i's own worths over the scale of noise.
func (t *tastes) weigh(dst []float64, i int) {
	var word uint64
	for k := range dst {
		dst[k] = 1
		switch {
		case t.normals == nil:
			continue
		case k&3 == 0:
			word = t.word(i, k)
		}
		if step := t.step(word, i, k); t.factors != nil {
			dst[k] = t.factors[k][step]
		} else {
			dst[k] = math.Exp(t.SD[k] * t.normals[step] / t.Scale)
		}
	}
	if t.Transport != 0 {
		x := t.at(i)
		for k := range dst {
			dst[k] *= math.Exp(-t.Transport * math.Abs(x-t.Locations[k]) / t.Scale)
		}
	}
}

// worth adds up what own worths add to what the people of a span use. It walks through them
// without asking who uses what: a mask takes what is not used away.
func (t *tastes) worth(people []models.Standing, used []models.Homing, from int) float64 {
	var total float64
	if t.normals != nil {
		for k := range t.platforms {
			var sum float64
			for i, s := range people {
				mask := -uint64(used[s] >> k & 1)
				step := t.step(t.word(from+i, k), from+i, k)
				sum += math.Float64frombits(math.Float64bits(t.normals[step]) & mask)
			}
			total += t.SD[k] * sum
		}
	}
	if t.Transport != 0 {
		for i, s := range people {
			x := t.at(from + i)
			for k, at := range t.Locations {
				mask := -uint64(used[s] >> k & 1)
				total -= t.Transport * math.Float64frombits(math.Float64bits(math.Abs(x-at))&mask)
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
