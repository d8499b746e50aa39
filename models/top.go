package models

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// Mix is how a number differs over the people of a segment: gamma distributed around its
// mean, which for orders makes the negative binomial of purchases (Ehrenberg 1959, Applied
// Statistics 8(1)). The zero value is the same number for all.
type Mix struct {
	Shape   float64 // the variance is the square of the mean over it; below 1 a few have most
	Classes int     // of equal size, each at its mean
}

// value is the multiple of the mean that people have.
func (x Mix) value() Value { return Value{Mean: 1, Gamma: x.Shape, Classes: x.Classes} }

// gammaClass is the mean of a gamma distribution of mean 1 between the quantiles c/n and (c+1)/n:
// the part of the mean below a quantile is a gamma distribution of shape + 1.
func gammaClass(shape float64, c, n int) float64 {
	below := func(c int) float64 {
		switch c {
		case 0:
			return 0
		case n:
			return 1
		}
		return mathext.GammaIncReg(shape+1, mathext.GammaIncRegInv(shape, float64(c)/float64(n)))
	}
	return math.Max(0, below(c+1)-below(c)) * float64(n)
}

// Weight is what one of the group brings in a period: the value of what it orders or, on the
// side that fulfils orders, the hours it works, weighed by its skill.
func (g *Group) Weight(h Horizon) float64 {
	switch {
	case !g.fulfilling:
		return g.orderRate * g.basket.Units()
	case g.supply == nil:
		return h.Hours()
	}
	return g.supply.Hours * g.supply.Skill
}

// block is groups whose people bring the same.
type block struct {
	weight float64
	people int64
	groups []int
}

// blocks are the groups of a list by what their people bring, the most first.
func blocks(groups []Group, list []int, h Horizon) []block {
	var all []block
	for _, g := range list {
		weight := groups[g].Weight(h)
		i := slices.IndexFunc(all, func(b block) bool { return b.weight == weight })
		if i < 0 {
			i = len(all)
			all = append(all, block{weight: weight})
		}
		all[i].people += groups[g].Size
		all[i].groups = append(all[i].groups, g)
	}
	slices.SortStableFunc(all, func(a, b block) int { return cmp.Compare(b.weight, a.weight) })
	return all
}

// top cuts blocks where the best share of their people ends: as close as whole people allow,
// each segment's classes being up to one person larger or smaller than its share. It tells
// between which shares people are alike where no block ends there.
func top(all []block, share float64, segments int) (best []int, low, high float64) {
	var people, so int64
	for _, b := range all {
		people += b.people
	}
	want := share * float64(people)
	for _, b := range all {
		before := so
		so += b.people
		best = append(best, b.groups...)
		if math.Abs(float64(so)-want) <= math.Max(1e-9*want, math.Min(float64(segments), float64(b.people)/2)) {
			slices.Sort(best)
			return best, share, share
		}
		if float64(so) > want {
			return nil, float64(before) / float64(people), float64(so) / float64(people)
		}
	}
	return best, share, share
}

// checkTops wants policies for the best of their people to end between classes of them.
func (m *Model) checkTops(faults *Faults) {
	for i := range m.Policies {
		p := &m.Policies[i]
		if p.Target.Top == 0 {
			continue
		}
		path := fmt.Sprintf("policies[%d].top", i)
		if !(p.Target.Top > 0 && p.Target.Top < 1) {
			faults.add(path, "give a share above 0 and below 1, such as 0.1, or leave it out for all", "%g is no part of the people aimed at", p.Target.Top)
			continue
		}
		var groups []Group
		var list []int
		var sides []string
		segments := 0
		for s := range m.Segments {
			seg := &m.Segments[s]
			if !p.Target.Covers(seg.Side, seg.Name, seg.Region) {
				continue
			}
			segments++
			if !slices.Contains(sides, seg.Side) {
				sides = append(sides, seg.Side)
			}
			for _, g := range m.groups(s) {
				g.fulfilling = m.OrderingSide() != "" && seg.Side != m.OrderingSide()
				list = append(list, len(groups))
				groups = append(groups, g)
			}
		}
		if len(sides) > 1 {
			faults.add(path, "name one side, such as side: "+sides[0], "those who order most and those who fulfil most cannot be put in one order")
			continue
		}
		all := blocks(groups, list, m.Horizon)
		if best, low, high := top(all, p.Target.Top, segments); best == nil {
			faults.add(path, edges(low, high)+"let people differ: orders: {mix: {gamma: 0.8, classes: 10}}, and of those who fulfil supply: {mix: ...}",
				"the best %g of the people end among those from %.4g to %.4g, who are alike", p.Target.Top, low, high)
		}
	}
}

// edges says which of the shares between which people are alike would do.
func edges(low, high float64) string {
	switch {
	case low == 0 && high >= 1:
		return ""
	case low == 0:
		return fmt.Sprintf("give %.4g, or ", high)
	case high >= 1:
		return fmt.Sprintf("give %.4g, or ", low)
	}
	return fmt.Sprintf("give %.4g or %.4g, or ", low, high)
}

// checkMix looks at how a number differs over people.
func checkMix(path string, x Mix, faults *Faults) {
	if x == (Mix{}) {
		return
	}
	if !(x.Shape >= minShape && x.Shape <= maxShape) {
		faults.add(path+".gamma", fmt.Sprintf("give a shape from %g to %g, such as 0.8", minShape, float64(maxShape)), "%g is no shape of a gamma distribution", x.Shape)
	}
	if x.Classes < 2 || x.Classes > maxClasses {
		faults.add(path+".classes", fmt.Sprintf("give 2 to %d, such as 10", maxClasses), "%d classes cannot be made", x.Classes)
	}
}

// minShape is the least shape of a gamma distribution over people: below it, nearly everybody has
// nothing.
const minShape = 0.1
