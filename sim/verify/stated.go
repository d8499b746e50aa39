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
	ishigami := theory.Params{"function": "ishigami", "a": 7, "b": 0.1}
	return []Case{
		stated("crn-0.3", "crn-bernoulli", theory.Params{"p1": 0.3, "p2": 0.35}),
		stated("crn-0.5", "crn-bernoulli", theory.Params{"p1": 0.5, "p2": 0.52}),
		stated("cournot-A", "katz-shapiro", theory.Params{"A": 10, "c": 2, "n": 2, "theta": 0.5}),
		stated("cournot-compatible", "katz-shapiro", theory.Params{"A": 10, "c": 2, "n": 2, "theta": 0.5, "compatible": true}),
		stated("urns", "urn-ball", theory.Params{"B": 100, "S": 100}),
		stated("matching", "cobb-douglas", theory.Params{"A": 0.5, "B": 1000, "S": 500, "beta": 0.5, "sigma": 0.5}),
		stated("scaling", "usl", theory.Params{"N": []float64{1, 2, 4, 6, 8, 10}, "X": []float64{1, 1.8868, 3.0769, 3.5294, 3.5398, 3.3557}}),
		stated("inputs", "sobol", ishigami),
		stated("screening", "morris", ishigami),
		stated("sexes", "bimatrix", theory.Params{"A": [][]float64{{3, 0}, {0, 2}}, "B": [][]float64{{2, 0}, {0, 3}}}),
	}
}
