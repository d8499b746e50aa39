package theory

import "fmt"

func insulatingTariffModel() model {
	inside := limit{func(x float64) bool { return x >= 1e-9 && x <= 1-1e-9 }, "a number from 1e-9 to 1 - 1e-9"}
	return model{
		name: "insulating-tariff",
		parameters: []Parameter{
			{Name: "v", Kind: Pair, Required: true, Doc: "middle of the stand-alone gains, per side"},
			{Name: "mu", Kind: Pair, Required: true, limit: aboveZero, Doc: "scale of the stand-alone gains, per side"},
			{Name: "lo", Kind: Pair, Required: true, Doc: "least value of the other side's full share, per side"},
			{Name: "hi", Kind: Pair, Required: true, Doc: "largest value of the other side's full share, per side"},
			{Name: "C", Kind: Pair, Default: []float64{0, 0}, Doc: "cost of serving a participant, per side"},
			{Name: "target", Kind: Pair, limit: inside, Doc: "shares to implement; those of the largest profit when left out"},
			{Name: "start", Kind: Pair, limit: fraction, Doc: "shares at time 0; asks for the path to the target and the prices at the start"},
			{Name: "t", Kind: Numbers, Default: []float64{1, 3, 10}, limit: zeroOrMore, Doc: "times at which the path is stated"},
			{Name: "lambda", Kind: Number, Default: 0.0, limit: fraction, Doc: "share revising in a period; 0 is the asynchronous clock"},
		},
		check: func(v values) []error {
			faults := drowned(v, "mu", "v", "lo", "hi", "C")
			if v.has("lo") && v.has("hi") {
				for g, lo := range v.list("lo") {
					if hi := v.list("hi")[g]; lo > hi {
						faults = append(faults, Fault{"lo", fmt.Sprintf("%g exceeds hi %g on side %d", lo, hi, g+1), "give the smaller value as lo"})
					}
				}
			}
			return faults
		},
		solve: solveInsulatingTariff,
	}
}

func solveInsulatingTariff(v values) []Quantity {
	m := InsulatingTariff{V: v.pair("v"), Mu: v.pair("mu"), Lo: v.pair("lo"), Hi: v.pair("hi"), C: v.pair("C")}
	var out quantities
	perSide := func(name string, side func(g int) float64) {
		for g := range 2 {
			out.add(fmt.Sprintf(name, g+1), side(g))
		}
	}
	n := m.MaxProfit()
	p, j := m.At(n)
	perSide("N%d", func(g int) float64 { return n[g] })
	perSide("P%d", func(g int) float64 { return p[g] })
	out.add("profit", m.Profit(p, j))
	perSide("b%d_marginal", func(g int) float64 { return j[g].Marginal })
	perSide("b%d_mean", func(g int) float64 { return j[g].Mean })
	best := m.MaxWelfare()
	bestP, bestJ := m.At(best)
	perSide("N%d_welfare", func(g int) float64 { return best[g] })
	perSide("P%d_welfare", func(g int) float64 { return bestP[g] })
	out.add("welfare", m.Welfare(bestP, bestJ))
	if !v.has("start") {
		return out
	}
	target, start := n, v.pair("start")
	if v.has("target") {
		target = v.pair("target")
	}
	for _, t := range v.list("t") {
		at := m.Path(start, target, t, v.number("lambda"))
		perSide(called("N%d", t), func(g int) float64 { return at[g] })
	}
	for g := range 2 {
		out.add(called(fmt.Sprintf("P%d", g+1), start[1-g]), m.Price(g, target[g], start[1-g]))
	}
	return out
}
