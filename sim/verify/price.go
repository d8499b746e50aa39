package verify

import (
	"math"
	"slices"

	"flywheel/models"
)

// pricing is a platform that sets its two prices while all else is given: theory's prices, costs
// and demand for it.
type pricing struct {
	names   [2]string // what theory calls its prices
	profit  string    // its profit; empty where it is shown by other means
	lerner  string    // its margin over the sum of its prices; empty where theory does not name it
	cost    float64   // what has to be taken off that sum for the margin
	answers [2]string // and how each side answers to the other's price; empty where it says nothing
	p, f    [2]float64
	demand  func(p [2]float64) [2]float64
	earns   func(p, n [2]float64) float64 // its profit at prices and shares; nil: each side's margin times its share
}

// profitAt is what the platform earns at its prices from its shares.
func (x pricing) profitAt(p, n [2]float64) float64 {
	if x.earns != nil {
		return x.earns(p, n)
	}
	return (p[0]-x.f[0])*n[0] + (p[1]-x.f[1])*n[1]
}

// deviations are the prices at which a platform is watched: theory's, and each of them lower and
// higher by some.
func (x pricing) deviations(by float64) [][2]float64 {
	list := [][2]float64{x.p}
	for g := range 2 {
		for _, d := range []float64{-by, by} {
			p := x.p
			p[g] += d
			list = append(list, p)
		}
	}
	return list
}

// priced turns a trial of demand at theory's prices into one of the prices themselves: the same
// market in five regions that know nothing of each other, in four of which platform A asks a
// little more or less of one side. Profit is quadratic in each price where demand is linear, so
// that three of its values show where it is largest; that takes more people than demand does, and
// one run, since luck does not decide where anybody ends. It is empty where deviations leave the
// range of linear demand, and says nothing of a price on which profit depends too little.
func (c Case) priced(x pricing, base trial, off [2]float64) []trial {
	const more = 5
	model := *base.model
	model.Segments, model.Policies = slices.Clone(model.Segments), slices.Clone(model.Policies)
	if len(c.Simulate.N) == 0 {
		for i := range model.Segments {
			model.Segments[i].Size *= more
		}
		off[0], off[1] = off[0]/more, off[1]/more
	}
	if c.Simulate.Periods == 0 { // somewhat more, as the last person to revise comes later among more
		model.Horizon.Periods += model.Horizon.Periods / 4
	}
	var exact []float64
	by := 0.0
	for _, some := range []float64{0.1, 0.08, 0.05, 0.02} {
		exact = exact[:0]
		for _, p := range x.deviations(some) {
			exact = append(exact, x.profitAt(p, x.demand(p)))
		}
		if !slices.ContainsFunc(exact, math.IsNaN) {
			by = some
			break
		}
	}
	if by == 0 {
		return nil
	}
	t := trial{label: "prices", model: &model, engine: base.engine, replications: or(c.Simulate.Replications, 1)}
	segments := model.Segments
	// The second region is where side 1 is asked for less, and so on.
	regions := []string{everywhere, "less-of-1", "more-of-1", "less-of-2", "more-of-2"}
	for r, region := range regions {
		if r > 0 {
			for _, s := range segments {
				s.Name, s.Region = s.Name+"-"+region, region
				model.Segments = append(model.Segments, s)
			}
			g := (r - 1) / 2
			model.Policies = append(model.Policies, models.Policy{
				Name: region, Platform: "A", Target: models.Target{Side: side(g), Region: region},
				Instrument: models.ChangePrice, Shape: models.Constant{Amount: by * float64(2*((r-1)%2)-1)},
			})
		}
		for g := range 2 {
			one := share("A", side(g))
			one.region = region
			t.watch = append(t.watch, one)
		}
	}
	t.observe = func(paths [][]float64) []float64 {
		end := ends(paths)
		var profit []float64
		for r, p := range x.deviations(by) {
			profit = append(profit, x.profitAt(p, [2]float64{end[2*r], end[2*r+1]}))
		}
		out := []float64{profit[0]}
		for g := range 2 {
			less, more := profit[1+2*g], profit[2+2*g]
			out = append(out, x.p[g]+by/2*(less-more)/(less-2*profit[0]+more))
		}
		// How the share of each side answers to the price of the other; then the margin.
		return append(out, (end[2*4]-end[2*3])/(2*by), (end[2*2+1]-end[2*1+1])/(2*by), 1-x.cost/(out[1]+out[2]))
	}
	var wrong float64 // of a profit, for shares of whole people
	for g := range 2 {
		wrong += (math.Abs(x.p[g]-x.f[g]) + by) * off[g]
	}
	if x.profit != "" {
		t.claims = []claim{{quantity: x.profit, estimate: mean(0), allowance: wrong}}
	}
	var unsure float64 // of both prices together
	for g := range 2 {
		bend := math.Abs(exact[1+2*g] - 2*exact[0] + exact[2+2*g])
		if bend < 8*wrong {
			unsure = math.Inf(1)
			continue
		}
		off := by * wrong / (bend - 4*wrong)
		unsure += off
		t.claims = append(t.claims, claim{quantity: x.names[g], estimate: mean(1 + g), allowance: off})
	}
	if sum := x.p[0] + x.p[1]; x.lerner != "" && unsure < sum/2 {
		t.claims = append(t.claims, claim{quantity: x.lerner, estimate: mean(5), allowance: math.Abs(x.cost) * unsure / (sum * (sum - unsure))})
	}
	for g, quantity := range x.answers {
		if quantity != "" {
			t.claims = append(t.claims, claim{quantity: quantity, estimate: mean(3 + g), allowance: off[g] / by})
		}
	}
	return []trial{t}
}
