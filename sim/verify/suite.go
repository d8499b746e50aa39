package verify

import (
	"slices"

	"flywheel/models/theory"
)

// Suite lists the built-in cases; the quick ones show every model in a fraction of the time.
func Suite(quick bool) []Case {
	cases := slices.Concat(bassCases(), oneSidedCases(), twoSidedCases(), bundleCases(), armstrongCases(),
		asyncCases(), launchCases(), platformCases(), demandCases(), tariffCases(), crnCases(), statedCases(), retentionCases(), queueCases(), matchingCases(), usageCases())
	if !quick {
		return cases
	}
	return slices.DeleteFunc(cases, func(c Case) bool { return !slices.Contains(quickCases(), c.ID) })
}

func quickCases() []string {
	return []string{
		"bass-A", "bass-seeded", "one-sided-A", "one-sided-B", "one-sided-luck", "two-sided-T3-low", "two-sided-T3-high",
		"two-sided-T5", "two-sided-T4-small", "bundle-free", "bundle-costly", "bundle-single", "duopoly-D1", "duopoly-D2", "duopoly-D3", "duopoly-D4",
		"async-bass-few", "async-luck", "async-T4-small", "async-T2-frontier", "launch-luck-57", "entry-1", "entry-4", "platforms-2-3",
		"monopoly-M2", "monopoly-ML3", "bottleneck-C2", "multihoming-H2-1", "multihoming-H3-0.5", "multihoming-H4-0",
		"retention-high-end", "value-0.8", "tariff-T3", "crn-0.3", "duopoly-Q2", "queue-3", "room-5", "urns", "matching", "usage-L2", "usage-G1",
	}
}

// bassCases pair p and q of published fits (Sultan, Farley and Lehmann 1990, Journal of
// Marketing Research 27(1), for the averages of A; Bass 1969 for C and E), the limits of pure
// innovation and pure imitation, and a seeded start.
func bassCases() []Case {
	bass := func(id string, p, q, seed float64) Case {
		return Case{ID: "bass-" + id, Model: "bass", Params: theory.Params{"p": p, "q": q, "F0": seed, "clock": "discrete"}}
	}
	counted := bass("counted", 0.03, 0.38, 0)
	counted.Params["N"] = 1000
	return []Case{
		bass("A", 0.03, 0.38, 0), bass("B", 0.005, 0.84, 0), bass("C", 0.01, 0.4186, 0),
		bass("D", 0.02, 0.60, 0), bass("E", 0.028, 0.25, 0),
		bass("seeded", 0.01, 0.4, 0.05), bass("innovation", 0.1, 0, 0), bass("imitation", 0, 0.5, 0.01),
		counted,
	}
}

// oneSidedCases are a market with one equilibrium, three with two stable ones, and one in which
// only the lower is left; then populations small enough for their luck to be measured.
func oneSidedCases() []Case {
	logit := func(id string, v, gamma, mu float64) Case {
		return Case{ID: "one-sided-" + id, Model: "logit-one-sided", Params: theory.Params{"V": v, "gamma": gamma, "mu": mu}}
	}
	lucky := func(id string, v, gamma, mu float64, n int, lambda ...float64) Case {
		c := logit(id, v, gamma, mu)
		c.Params["N"], c.Params["lambda"] = n, lambda
		return c
	}
	return []Case{
		logit("A", -1, 1.5, 1), logit("B", -2.5, 5, 1), logit("C", -1.45, 3, 0.5), logit("D", -3, 6, 1), logit("E", -2.9, 5, 1),
		lucky("luck", -1, 1.5, 1, 400, 0.1, 0.5, 1), lucky("luck-1000", -1, 1.5, 1, 1000, 0.2),
		lucky("crowding", 0.5, -2, 1, 1000, 0.2), lucky("luck-high", -0.6, 2.4, 0.8, 400, 0.2), lucky("luck-low", -2, 3, 1, 500, 0.2),
	}
}

// twoSidedCases run from below to above the pitchfork; T3 starts low, high, and on either side
// of its saddle (0.515, 0.409), at more than four spreads of the luck there; T4 has sides of
// different sizes, the smaller of which makes the noise of both.
func twoSidedCases() []Case {
	logit := func(id string, v1, alpha1, mu1, v2, alpha2, mu2 float64) Case {
		return Case{ID: "two-sided-" + id, Model: "logit-two-sided", Params: theory.Params{
			"V1": v1, "alpha1": alpha1, "mu1": mu1, "V2": v2, "alpha2": alpha2, "mu2": mu2,
		}}
	}
	t3 := func(id string, start ...float64) Case {
		c := logit("T3-"+id, -2.6, 6.5, 1, -3.2, 5.5, 1)
		c.Simulate.Start = start
		return c
	}
	t4 := func(id string, n1, n2 int) Case {
		c := logit("T4-"+id, -1, 3, 1, -1.5, 2, 1)
		c.Params["N"], c.Params["lambda"] = []int{n1, n2}, 0.2
		return c
	}
	tip := func(id string, c Case, d2 ...float64) Case {
		c.ID = "two-sided-" + id
		c.Params["N"], c.Params["lambda"], c.Params["clock"], c.Params["dn2"] = []int{400, 400}, 0.2, "sync", d2
		c.Simulate.Start = []float64{0.9, 0.9}
		return c
	}
	t1 := logit("T1", -1.95, 3.9, 1, -1.95, 3.9, 1)
	t1b := logit("T1b", -2.05, 4.1, 1, -2.05, 4.1, 1)
	t1.Simulate = Simulate{Revision: 0.5, Replications: 8, Periods: 1200} // so near the pitchfork everything is slow
	t1b.Simulate = Simulate{Revision: 0.5, Replications: 4, Periods: 500}
	t5 := logit("T5", -2.5, 4, 1, -2.8, 5, 1)
	t5.Params["gamma1"], t5.Params["gamma2"] = 1, -0.5
	t2 := logit("T2", -3, 6, 1, -3, 6, 1)
	return []Case{
		t1, t1b, t2,
		t3("low", 0.1, 0.07), t3("high", 0.9, 0.9), t3("below-saddle", 0.5151, 0.30), t3("above-saddle", 0.5151, 0.52),
		logit("T4", -1, 3, 1, -1.5, 2, 1), t5, logit("T6", -1.4, 2.8, 0.5, -1.6, 3.6, 0.6),
		t4("even", 1000, 1000), t4("uneven", 1000, 200), t4("small", 400, 100),
		tip("T2-tips", logit("", -3, 6, 1, -3, 6, 1), 0.04), tip("T3-tips", t3(""), -0.04, 0.04),
	}
}

// bundleCases are the choice of platforms A and B alone, with a cost of using both, and with
// one that rules both out.
func bundleCases() []Case {
	bundle := func(id string, kappa float64) Case {
		return Case{ID: "bundle-" + id, Model: "bundle-logit", Params: theory.Params{"uA": 0.5, "uB": -0.3, "kappa": kappa}}
	}
	return []Case{bundle("free", 0), bundle("costly", 1), bundle("single", 40)}
}

// armstrongCases are demand at prices given, and at the equilibrium prices of platforms of one
// quality and of different ones.
func armstrongCases() []Case {
	demand := func(id string, pA, pB, alpha, t, d, gamma []float64) Case {
		return Case{ID: "duopoly-" + id, Model: "armstrong-duopoly", Params: theory.Params{
			"pA": pA, "pB": pB, "alpha": alpha, "t": t, "d": d, "gamma": gamma,
		}}
	}
	priced := func(id string, f, alpha, t, d, gamma []float64) Case {
		return Case{ID: "duopoly-" + id, Model: "armstrong-duopoly", Params: theory.Params{
			"f": f, "alpha": alpha, "t": t, "d": d, "gamma": gamma,
		}}
	}
	none := pair(0, 0)
	return []Case{
		demand("D1", pair(1, 1), pair(1.2, 1), pair(0.3, 0.3), pair(1, 1), none, none),
		demand("D2", pair(0.9, 0.5), pair(1, 0.6), pair(0.5, 0.4), pair(1, 0.8), none, none),
		demand("D3", pair(1, 1), pair(1, 1), pair(0.4, 0.6), pair(1, 1), pair(0.1, 0), none),
		demand("D4", pair(1, 0.8), pair(1.1, 0.9), pair(0.3, 0.5), pair(1, 1), pair(0.05, -0.05), pair(0.2, -0.3)),
		priced("S1", pair(0.5, 0.5), pair(0.3, 0.3), pair(1, 1), none, none), priced("S2", pair(0.2, 0.4), pair(0.2, 0.9), pair(1, 1.2), none, none),
		priced("S3", none, pair(0.6, 1.4), pair(1.1, 1.5), none, none), priced("S4", pair(1, 0.3), pair(0.1, 0.5), pair(0.8, 0.6), none, none),
		priced("Q1", pair(0.5, 0.5), pair(0.3, 0.3), pair(1, 1), pair(0.2, 0), none),
		priced("Q2", pair(0.2, 0.4), pair(0.2, 0.9), pair(1, 1.2), pair(0.3, -0.1), none),
		priced("Q3", none, pair(0.3, 0.4), pair(1, 1), none, pair(0.2, -0.4)),
		priced("Q4", pair(0.1, 0.1), pair(0.4, 0.6), pair(1.2, 1), pair(0.15, 0.1), pair(0.1, 0.2)),
	}
}
