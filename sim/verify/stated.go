package verify

import "flywheel/models/theory"

// tariffCases begin below the critical mass of a bistable market and are led to its high state
// by insulating prices (Weyl 2010, American Economic Review 100(4)).
func tariffCases() []Case {
	return []Case{{ID: "tariff-T3", Model: "insulating-tariff", Params: theory.Params{
		"v": pair(-2.6, -3.2), "mu": pair(1, 1), "lo": pair(6.5, 5.5), "hi": pair(6.5, 5.5),
		"target": pair(0.9600036594, 0.8889460202), "start": pair(0.05, 0.05), "lambda": 0.1, "t": []float64{1, 3, 10},
	}}}
}

// statedCases are of the models that no market of people shows by itself: formulas and studies.
// They are stated, so that the suite names every model that theory has.
func statedCases() []Case {
	stated := func(id, model string, p theory.Params) Case { return Case{ID: id, Model: model, Params: p} }
	cournot := func(id string, a, c float64, n int, theta float64, compatible bool) Case {
		return stated("cournot-"+id, "katz-shapiro", theory.Params{"A": a, "c": c, "n": n, "theta": theta, "compatible": compatible})
	}
	tariff := func(id string, v, mu, lo, hi, cost []float64) Case {
		return stated("tariff-"+id, "insulating-tariff", theory.Params{"v": v, "mu": mu, "lo": lo, "hi": hi, "C": cost})
	}
	game := func(id string, a, b [][]float64) Case {
		return stated("game-"+id, "bimatrix", theory.Params{"A": a, "B": b})
	}
	ishigami := theory.Params{"function": "ishigami", "a": 7, "b": 0.1}
	// SPEC SDM91 throughputs by users (Gunther 2007, Guerrilla Capacity Planning).
	users, throughput := []float64{1, 18, 36, 72, 108, 144, 216}, []float64{64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775, 1702.2}
	return []Case{
		cournot("A", 10, 2, 2, 0.5, false), cournot("A-compatible", 10, 2, 2, 0.5, true),
		cournot("B", 10, 2, 3, 0.5, false), cournot("B-compatible", 10, 2, 3, 0.5, true),
		cournot("C", 5, 1, 2, 0.8, false), cournot("D", 8, 0, 4, 0.9, false),
		stated("scaling", "usl", theory.Params{"N": []float64{1, 2, 4, 6, 8, 10}, "X": []float64{1, 1.8868, 3.0769, 3.5294, 3.5398, 3.3557}}),
		stated("scaling-spec", "usl", theory.Params{"N": users, "X": throughput}),
		stated("inputs", "sobol", ishigami),
		stated("inputs-g", "sobol", theory.Params{"function": "g", "a": []float64{78, 12, 0.5, 2, 97, 33}}),
		stated("screening", "morris", ishigami),
		game("sexes", [][]float64{{3, 0}, {0, 2}}, [][]float64{{2, 0}, {0, 3}}),
		game("dilemma", [][]float64{{3, 0}, {5, 1}}, [][]float64{{3, 5}, {0, 1}}),
		game("pennies", [][]float64{{1, -1}, {-1, 1}}, [][]float64{{-1, 1}, {1, -1}}),
		game("three", [][]float64{{3, 3}, {2, 5}, {0, 6}}, [][]float64{{3, 2}, {2, 6}, {3, 1}}),
		tariff("W1", pair(0, 0), pair(1, 1), pair(0, 0), pair(2, 1), pair(0.1, 0.1)),
		tariff("W2", pair(-0.5, 0.5), pair(0.8, 1), pair(0, 0), pair(3, 0.5), pair(0.2, 0)),
		tariff("W3", pair(0, -0.3), pair(0.6, 0.7), pair(0.5, 0), pair(1.5, 2), pair(0, 0.1)),
		tariff("W4", pair(0.2, 0), pair(1.2, 0.9), pair(-0.5, 0), pair(1.5, 1.2), pair(0.1, 0.3)),
	}
}
