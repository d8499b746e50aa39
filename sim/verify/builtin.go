package verify

import (
	"fmt"

	"flywheel/models/theory"
)

func pair(a, b float64) []float64 { return []float64{a, b} }

// asyncCases are markets on the asynchronous clock: diffusion in continuous time, the luck of
// small populations, an escape, and starts on either side of a saddle.
func asyncCases() []Case {
	async := func(id, model string, p theory.Params) Case {
		return Case{ID: "async-" + id, Model: model, Params: p, Simulate: Simulate{Clock: "async"}}
	}
	one := func(id string, v, gamma, mu float64, n int) Case {
		return async(id, "logit-one-sided", theory.Params{"V": v, "gamma": gamma, "mu": mu, "N": n})
	}
	two := func(id string, v1, alpha1, v2, alpha2 float64) Case {
		return async(id, "logit-two-sided", theory.Params{"V1": v1, "alpha1": alpha1, "mu1": 1, "V2": v2, "alpha2": alpha2, "mu2": 1})
	}
	with := func(c Case, more theory.Params) Case {
		for name, value := range more {
			c.Params[name] = value
		}
		return c
	}
	high := func(c Case) Case {
		c.Simulate.Start = pair(0.9, 0.9)
		return c
	}
	synchronous := func(c Case) Case {
		c.Simulate.Clock = "sync"
		return with(c, theory.Params{"clock": "sync", "lambda": 0.2})
	}
	t4 := func(id string, n1, n2 int) Case {
		return with(two("T4-"+id, -1, 3, -1.5, 2), theory.Params{"N": []int{n1, n2}})
	}
	t3 := func(id string, more theory.Params) Case { return high(with(two("T3-"+id, -2.6, 6.5, -3.2, 5.5), more)) }
	return []Case{
		async("bass-A", "bass", theory.Params{"p": 0.03, "q": 0.38, "N": 1000}),
		async("bass-few", "bass", theory.Params{"p": 0.03, "q": 0.38, "N": 200, "t": []float64{3, 6, 9, 12}}),
		async("bass-B", "bass", theory.Params{"p": 0.005, "q": 0.84, "N": 10_000}),
		async("bass-seeded", "bass", theory.Params{"p": 0.01, "q": 0.4, "F0": 0.05}),
		one("luck", -1, 1.5, 1, 400), one("luck-1000", -1, 1.5, 1, 1000), one("crowding", 0.5, -2, 1, 1000),
		one("luck-high", -0.6, 2.4, 0.8, 400), one("luck-low", -2, 3, 1, 500),
		with(one("escape", -2.5, 5, 1, 50), theory.Params{"from": 7, "to": 43}),
		t4("even", 1000, 1000), t4("uneven", 1000, 200), t4("small", 400, 100),
		t3("tips", theory.Params{"N": []int{400, 400}, "dn2": 0.04}),
		high(with(two("T2-tips", -3, 6, -3, 6), theory.Params{"N": []int{400, 400}, "dn2": 0.04})),
		t3("frontier", theory.Params{"n1": []float64{0.2, 0.35, 0.6, 0.75}}),
		high(with(two("T2-frontier", -3, 6, -3, 6), theory.Params{"n1": 0.35})),
		synchronous(t3("frontier-sync", theory.Params{"n1": 0.35})),
	}
}

// launchCases are launches without noise, and markets in which an entrant must court one side.
func launchCases() []Case {
	launch := func(id string, c1, c2, k2 float64, more theory.Params) Case {
		p := theory.Params{"c1": c1, "c2": c2, "k2": k2}
		for name, value := range more {
			p[name] = value
		}
		return Case{ID: "launch-" + id, Model: "launch-threshold", Params: p}
	}
	from := func(n1, n2, on1, on2 int) theory.Params {
		return theory.Params{"N": []int{n1, n2}, "start": []int{on1, on2}}
	}
	frontier := theory.Params{"n1": []float64{0, 0.1}}
	cases := []Case{
		launch("F1", 0.3, 0.4, 1, frontier), launch("F2", 0.2, 0.5, 1, frontier),
		launch("F3", 0.4, 0.25, 1, frontier), launch("F4", 0.3, 0.4, 2, frontier),
		launch("even", 0.5, 0.5, 1, nil),
		launch("luck-57", 0.3, 0.4, 1, from(100, 100, 0, 57)), launch("luck-65", 0.3, 0.4, 1, from(100, 100, 0, 65)),
		launch("luck-1000", 0.3, 0.4, 1, from(1000, 1000, 0, 590)), launch("luck-uneven", 0.3, 0.4, 1, from(400, 200, 40, 100)),
	}
	for i, x := range [][4]float64{{1, 1.6, 0.2, 0.9}, {1, 1.6, -0.3, 1.2}, {1, 2.5, 0.5, 1.5}, {0.8, 0.6, 0.4, 0.3}} {
		cases = append(cases, Case{ID: fmt.Sprintf("entry-%d", i+1), Model: "divide-and-conquer", Params: theory.Params{
			"alpha": pair(x[0], x[1]), "prices": pair(x[2], x[3]),
		}})
	}
	return cases
}

// platformCases are two to five like platforms, on either side of the strength at which equal
// shares cease to last, and with three between it and that from which on a market can stay tipped.
func platformCases() []Case {
	var cases []Case
	for _, x := range []struct {
		k int
		a float64
	}{{2, 1.5}, {2, 2.2}, {2, 3}, {3, 2.5}, {3, 2.91}, {3, 3.3}, {5, 6}} {
		cases = append(cases, Case{ID: fmt.Sprintf("platforms-%d-%g", x.k, x.a), Model: "logit-platforms", Params: theory.Params{"K": x.k, "a": x.a}})
	}
	return cases
}

// demandCases are demand at equilibrium prices: of a monopoly, of platforms of which one side
// uses several, and of platforms of which both sides do, counted once, half or twice.
func demandCases() []Case {
	monopoly := func(id, demand, width string, v, f, alpha, t []float64) Case {
		return Case{ID: "monopoly-" + id, Model: "armstrong-monopoly", Params: theory.Params{
			"demand": demand, "v": v, "f": f, "alpha": alpha, width: t,
		}}
	}
	linear := func(id string, v, f, alpha, t []float64) Case { return monopoly(id, "linear", "t", v, f, alpha, t) }
	logit := func(id string, v, f, alpha, mu []float64) Case { return monopoly(id, "logit", "mu", v, f, alpha, mu) }
	bottleneck := func(id string, f, alpha, t []float64, r2 float64) Case {
		return Case{ID: "bottleneck-" + id, Model: "competitive-bottleneck", Params: theory.Params{"f": f, "alpha": alpha, "t": t, "r2": r2}}
	}
	cases := []Case{
		linear("M1", pair(1, 1), pair(0.2, 0.2), pair(0.5, 0.5), pair(2, 2)),
		linear("M2", pair(1, 0.5), pair(0.2, 0.1), pair(0.3, 1.2), pair(2, 1.5)),
		linear("M3", pair(0.8, 1.2), pair(0.1, 0.3), pair(1, 0.2), pair(1.5, 2.5)),
		linear("M4", pair(0.6, 0.4), pair(0, 0), pair(0.2, 1.6), pair(1.8, 1.6)),
		logit("ML1", pair(0, 0), pair(0, 0), pair(1, 1), pair(1, 1)),
		logit("ML2", pair(0.5, -0.5), pair(0.1, 0.1), pair(2, 0.5), pair(1, 1)),
		logit("ML3", pair(1, 0), pair(0.2, 0.2), pair(0.5, 2.5), pair(0.8, 1.2)),
		logit("ML4", pair(-1, -1), pair(0, 0), pair(3, 2), pair(0.7, 0.7)),
		bottleneck("C1", pair(0.5, 0.2), pair(0.5, 0.5), pair(1, 1), 0.6),
		bottleneck("C2", pair(0.3, 0.1), pair(0.2, 1), pair(1, 1.2), 0.5),
		bottleneck("C3", pair(0.3, 0.1), pair(1, 0.3), pair(1.2, 1.5), 0.4),
		bottleneck("C4", pair(0, 0), pair(0.8, 0.8), pair(1.5, 1.4), 0.7),
	}
	for _, h := range []struct {
		id             string
		k, f, alpha, t []float64
	}{
		{"H1", pair(1.2, 1.2), pair(0, 0), pair(0.3, 0.3), pair(1, 1)},
		{"H2", pair(1.3, 1.1), pair(0.1, 0), pair(0.2, 0.5), pair(1, 1)},
		{"H3", pair(1.6, 1.5), pair(0.2, 0.2), pair(0.6, 0.3), pair(1.2, 1.1)},
		{"H4", pair(1.5, 1.4), pair(0.3, 0.1), pair(0.1, 0.6), pair(1, 1)},
	} {
		for _, rho := range []float64{1, 0.5, 0} {
			cases = append(cases, Case{ID: fmt.Sprintf("multihoming-%s-%g", h.id, rho), Model: "multihoming-both", Params: theory.Params{
				"k": h.k, "f": h.f, "alpha": h.alpha, "t": h.t, "rho": rho,
			}})
		}
	}
	return cases
}
