package verify

import (
	"math"

	"flywheel/models"
	"flywheel/models/theory"
)

// planUsage simulates who pays each side's price of a transaction, where the counterparts are
// worth nothing by themselves: then those who join at a price are those who would use the
// platform at it, and every pair of them trades, which is an order. Benefits are even on a
// line, or logistic. The prices themselves, and the Lerner index with them, are simulated by what
// a platform earns a little off them.
func planUsage(c Case) ([]trial, models.Faults) {
	linear := c.word("demand") == "linear"
	m := theory.RochetTirole{Buyer: theory.UsageDemand{A: c.number("aB")}, Seller: theory.UsageDemand{A: c.number("aS")}, C: c.number("c")}
	if linear {
		m.Buyer.Slope, m.Seller.Slope = c.number("bB"), c.number("bS")
	} else {
		m.Buyer.Mu, m.Seller.Mu = c.number("muB"), c.number("muS")
	}
	var p [2]float64
	p[0], p[1] = m.Prices()
	demand := func(p [2]float64) [2]float64 { return [2]float64{m.Buyer.Share(p[0]), m.Seller.Share(p[1])} }
	margin, n := p[0]+p[1]-m.C, demand(p)
	if !(n[0] > 0 && n[0] < 1 && n[1] > 0 && n[1] < 1) {
		return nil, nil
	}
	if !linear {
		return []trial{c.logitUsage(m, p, n)}, nil
	}
	keen := [2]float64{m.Buyer.A / m.Buyer.Slope, m.Seller.A / m.Seller.Slope}
	width := [2]float64{1 / m.Buyer.Slope, 1 / m.Seller.Slope}
	t, off, ok := c.settled(line{T: width}, models.Platform{Name: "A", Price: map[string]float64{side(0): p[0], side(1): p[1]}})
	if !ok {
		return nil, nil
	}
	for g, size := range c.stratified() {
		s := people(side(g), size, keen[g])
		s.Transport = width[g]
		t.model.Segments = append(t.model.Segments, s)
		t.shows(share("A", side(g)), usageShares[g], off[g])
	}
	size := c.stratified()
	t.model.Segments[0].Orders = trade(&t.model.Platforms[0], size)
	t.shows(pairs("", size), "profit_per_pair", margin*(off[0]*n[1]+off[1]*n[0]+off[0]*off[1]+1/(float64(size[0])*visited(size))))
	last := &t.claims[len(t.claims)-1]
	last.estimate = scaled(last.estimate, margin, 0)
	last.predicted = margin * math.Sqrt(ordered(n, size)/float64(t.replications))
	x := pricing{
		names: usagePrices, lerner: "lerner", cost: m.C, p: p, f: [2]float64{p[0] - margin, p[1] - margin},
		demand: func(p [2]float64) [2]float64 { return inside(demand(p)) },
		earns:  func(p, n [2]float64) float64 { return (p[0] + p[1] - m.C) * n[0] * n[1] },
	}
	return append([]trial{t}, c.priced(x, t, off)...), nil
}

// What theory calls the shares of both sides and the prices they pay.
var usageShares, usagePrices = [2]string{"DB", "DS"}, [2]string{"pB", "pS"}

// visited is to how many sellers a buyer orders in a period: to each, or to this many by chance.
func visited(size []int64) float64 { return math.Min(1000, float64(size[1])) }

// trade lets every buyer of a platform order in each period from sellers there could be; those
// orders are matched that are to members, by a matching with the elasticities one.
func trade(p *models.Platform, size []int64) models.Ordering {
	buyers, sellers := float64(size[0]), float64(size[1])
	all := buyers * visited(size)
	p.Service = &models.Service{OnTime: 5, Belated: 1, Stages: []models.Stage{{
		Name: "pair", Supply: true, Time: 24 * sellers / all,
		Matching: models.Matching{Kind: models.MatchCobbDouglas, Efficiency: 1 / all, Orders: 1, Places: 1},
	}}}
	return models.Ordering{Rate: visited(size), Basket: models.MoneyOf(1)}
}

// pairs are the pairs of a region that trade, as a share of all.
func pairs(region string, size []int64) series {
	return series{metric: "orders", platform: "A", side: side(0), region: region, per: float64(size[0]) * visited(size)}
}

// ordered is the variance of that share at given shares of both sides: orders are Poisson.
func ordered(n [2]float64, size []int64) float64 {
	return n[0] * n[1] * n[1] / (float64(size[0]) * visited(size))
}

// logitUsage simulates logistic benefits, drawn anew for every transaction: in each period
// everybody looks at the price again. In two more regions prices are lower and higher by part of the
// scale of the benefits; a parabola through the three profits shows where they are largest, off by
// what the bend of profit changes between them, which is known.
func (c Case) logitUsage(m theory.RochetTirole, p, n [2]float64) trial {
	const part = 0.3
	size := []int64{3000, 3000}
	if len(c.Simulate.N) > 0 {
		size = c.Simulate.N
	}
	t := trial{
		label: "usage", model: market(c.ID, or(c.Simulate.Periods, 400), 1, models.Platform{Name: "A", Price: map[string]float64{side(0): p[0], side(1): p[1]}}),
		engine: c.engineName(), replications: or(c.Simulate.Replications, 8),
	}
	demand, margin := [2]theory.UsageDemand{m.Buyer, m.Seller}, p[0]+p[1]-m.C
	regions := []string{everywhere, "less", "more"}
	for g := range 2 {
		for r, region := range regions {
			s := people(side(g), size[g], demand[g].A)
			s.Name, s.Region = s.Name+"-"+region, region
			s.Noise = &models.Noise{Kind: models.NoiseAnnealed, Scale: demand[g].Mu}
			t.model.Segments = append(t.model.Segments, s)
			if r > 0 {
				t.model.Policies = append(t.model.Policies, models.Policy{
					Name: s.Name, Platform: "A", Target: models.Target{Side: side(g), Region: region},
					Instrument: models.ChangePrice, Shape: models.Constant{Amount: part * demand[g].Mu * float64(2*r-3)},
				})
			}
			one := share("A", side(g))
			one.region = region
			t.watch = append(t.watch, one)
		}
	}
	t.model.Segments[0].Orders = trade(&t.model.Platforms[0], size)
	t.watch = append(t.watch, pairs(everywhere, size))
	// Of each side its shares at the price, below and above it; then the pairs that trade.
	t.observe = func(paths [][]float64) []float64 {
		out := make([]float64, len(paths))
		for i, path := range paths {
			out[i], _ = average(path[1:])
		}
		return out
	}
	draws := float64(t.model.Horizon.Periods) * float64(t.replications)
	rounding := 1e-6 / math.Min(m.Buyer.Mu, m.Seller.Mu) // money in whole micro-units
	var prices [2]claim
	profit := claim{quantity: "profit_per_pair", predicted: margin * margin * ordered(n, size) / draws, allowance: margin * (2*rounding + 1/(float64(size[0])*visited(size))), estimate: scaled(mean(2*len(regions)), margin, 0)}
	for g := range 2 {
		noise := n[g] * (1 - n[g]) / float64(size[g]) // the variance of a period's share
		t.claims = append(t.claims, claim{quantity: usageShares[g], estimate: mean(3 * g), predicted: math.Sqrt(noise / draws), allowance: rounding})
		other := n[1-g] * (1 - n[1-g]) / float64(size[1-g])
		profit.predicted += margin * margin * noise * (n[1-g]*n[1-g] + other/2) / draws
		x := parabola{by: part * demand[g].Mu}
		for i, d := range []float64{0, -x.by, x.by} {
			at := demand[g].Share(p[g] + d)
			x.scale[i] = margin + d
			x.profit[i], x.variance[i] = x.scale[i]*at, x.scale[i]*x.scale[i]*at*(1-at)/float64(size[g])/draws
		}
		prices[g] = x.claim(usagePrices[g], p[g], 3*g)
	}
	profit.predicted = math.Sqrt(profit.predicted)
	slope := m.C / ((p[0] + p[1]) * (p[0] + p[1])) // of the index, by either price
	lerner := claim{
		quantity: "lerner", predicted: math.Abs(slope) * math.Hypot(prices[0].predicted, prices[1].predicted),
		allowance: math.Abs(slope) * (prices[0].allowance + prices[1].allowance),
		estimate: func(stats [][]float64) (float64, float64) {
			pB, seB := prices[0].estimate(stats)
			pS, seS := prices[1].estimate(stats)
			return 1 - m.C/(pB+pS), math.Abs(slope) * math.Hypot(seB, seS)
		},
	}
	// Second order of the index in prices that are off by four standard errors and more.
	off := 4*math.Hypot(prices[0].predicted, prices[1].predicted) + prices[0].allowance + prices[1].allowance
	lerner.allowance += math.Abs(slope/(p[0]+p[1])) * off * off
	t.claims = append(t.claims, profit, prices[0], prices[1], lerner)
	return t
}

// parabola is what is earned at a price, and by so much below and above it, with the variance of
// each; earnings are a share times its scale.
type parabola struct {
	by                      float64
	profit, variance, scale [3]float64
}

// top is where the parabola is highest, from the price on.
func (x parabola) top(profit [3]float64) float64 {
	return x.by / 2 * (profit[1] - profit[2]) / (profit[1] - 2*profit[0] + profit[2])
}

// claim is that the best price is p, by three statistics from one on. The allowance is for a
// profit that is no parabola, and for the mean of a ratio of noisy numbers.
func (x parabola) claim(quantity string, p float64, from int) claim {
	bend, fall := x.profit[1]-2*x.profit[0]+x.profit[2], x.profit[1]-x.profit[2]
	slope := [3]float64{2 * fall / bend / bend, 1/bend - fall/bend/bend, -1/bend - fall/bend/bend}
	var variance, noise float64
	for i := range slope {
		variance += x.by * x.by / 4 * slope[i] * slope[i] * x.variance[i]
		noise += 4 * x.variance[i] / bend / bend
	}
	return claim{
		quantity: quantity, predicted: math.Sqrt(variance), allowance: math.Abs(x.top(x.profit)) + x.by*noise,
		estimate: func(stats [][]float64) (float64, float64) {
			var means [3]float64
			earned := func(run []float64) (profit [3]float64) {
				for i := range profit {
					profit[i] = x.scale[i] * run[from+i]
				}
				return profit
			}
			for _, run := range stats {
				for i, e := range earned(run) {
					means[i] += e / float64(len(stats))
				}
			}
			_, se := average(column(stats, func(run []float64) float64 { return x.top(earned(run)) }))
			return p + x.top(means), se
		},
	}
}

// usageCases have linear and logit demand, of sides that are alike, that differ, and of which
// one is paid.
func usageCases() []Case {
	linear := func(id string, aB, bB, aS, bS, cost float64) Case {
		return Case{ID: "usage-" + id, Model: "rochet-tirole", Params: theory.Params{"demand": "linear", "aB": aB, "bB": bB, "aS": aS, "bS": bS, "c": cost}}
	}
	logit := func(id string, aB, muB, aS, muS, cost float64) Case {
		return Case{ID: "usage-" + id, Model: "rochet-tirole", Params: theory.Params{"demand": "logit", "aB": aB, "muB": muB, "aS": aS, "muS": muS, "c": cost}}
	}
	return []Case{
		linear("L1", 1, 1, 1, 1, 0.2), linear("L2", 1, 1, 1, 1.25, 0.2), linear("L3", 1, 0.5, 0.5, 1, 0.1), linear("L4", 2, 1, 1, 0.8, 0.5),
		logit("G1", 1, 0.5, 1, 0.5, 0.5), logit("G2", 2, 1, 0.5, 0.4, 0.3), logit("G3", 0, 1, 3, 0.8, 0.2), logit("G4", 1.5, 0.3, -0.5, 0.9, 0.1),
	}
}
