package theory

import (
	"fmt"
	"math"
)

// LaunchThreshold is two sides of like participants who join one platform exactly while the other
// side's share is above a threshold: side 1 while n2 > C2, side 2 while n1 > C1, and leave otherwise, at
// the speed K of their side, n' = K·(1 or 0 - n) (a closed form in the spirit of Evans and Schmalensee
// 2010, Review of Network Economics 9(4)).
type LaunchThreshold struct {
	C [2]float64 // share of side 1 that side 2 asks for, share of side 2 that side 1 asks for; in (0, 1)
	K [2]float64 // revisions per participant and unit of time, per side; above 0
}

// Frontier returns the share of side 2 above which a launch from the share n1 of side 1 succeeds: 0
// when none is needed, NaN when even a full side 2 leaves.
func (m LaunchThreshold) Frontier(n1 float64) float64 {
	pace := m.K[1] / m.K[0]
	if n1 > m.C[0] {
		return math.Max(0, 1-(1-m.C[1])*math.Pow(n1/m.C[0], pace))
	}
	n2 := m.C[1] * math.Pow((1-n1)/(1-m.C[0]), pace)
	if n2 > 1 {
		return math.NaN()
	}
	return n2
}

// Alone returns the least share of side 1 that launches without anybody on side 2, or NaN.
func (m LaunchThreshold) Alone() float64 {
	n1 := m.C[0] * math.Pow(1-m.C[1], -m.K[0]/m.K[1])
	if n1 > 1 {
		return math.NaN()
	}
	return n1
}

// Seeding returns the shares to seed so that a launch starts on the frontier at the least cost, and
// that cost, when a full side costs what unit says. With equal speeds the frontier is two straight
// lines, so that a corner of it is cheapest; the other cases are NaN.
func (m LaunchThreshold) Seeding(unit [2]float64) (n [2]float64, cost float64) {
	n, cost = [2]float64{math.NaN(), math.NaN()}, math.NaN()
	if m.K[0] != m.K[1] {
		return n, cost
	}
	for _, corner := range [][2]float64{m.C, {0, m.Frontier(0)}, {m.Alone(), 0}} {
		if at := unit[0]*corner[0] + unit[1]*corner[1]; at < cost || math.IsNaN(cost) {
			n, cost = corner, at
		}
	}
	return n, cost
}

// Subsidy returns how long side 1 must be kept joining, from an empty platform, until a launch
// succeeds without it, and the time that this pays for per participant of side 1.
func (m LaunchThreshold) Subsidy() (duration, personTime float64) {
	// On the frontier those of side 1 still outside are the share y that solves y/(1-y) = away/C1.
	away := (1 - m.C[0]) * math.Pow(1-m.C[1], m.K[0]/m.K[1])
	duration = math.Log1p(m.C[0]/away) / m.K[0]
	return duration, duration + math.Expm1(-m.K[0]*duration)/m.K[0]
}

// launch is the fate of a start of whole people: settled at once, or a race between one side that
// joins and one that leaves.
type launch struct {
	settled, success float64 // settled 1, then success is 1 or 0
	joining, leaving int     // people outside on the side that joins, people on the platform of the other
	needed, lost     int     // joins that decide for success, departures that decide for failure
	pace             [2]float64
}

// start reads the race off the counts on the platform. A count that is its threshold exactly does not
// attract.
func (m LaunchThreshold) start(n, on [2]int) launch {
	// The share exceeds C exactly when the count exceeds this; a product that should be whole may not be.
	var most [2]int
	for g := range most {
		most[g] = int(math.Floor(m.C[g]*float64(n[g]) + 1e-9))
	}
	above := [2]bool{on[0] > most[0], on[1] > most[1]}
	if above[0] == above[1] {
		return launch{settled: 1, success: oneIf(above[0])}
	}
	g := 0 // the side that joins, attracted by the other
	if above[0] {
		g = 1
	}
	h := 1 - g
	return launch{
		joining: n[g] - on[g], leaving: on[h],
		needed: most[g] + 1 - on[g], lost: on[h] - most[h],
		pace: [2]float64{m.K[g], m.K[h]},
	}
}

// Success returns the probability that a launch of n people per side succeeds from the counts given
// on the platform, everybody revising at the times of a Poisson clock of their own: exactly, by
// recursion over the joins and departures that are still to come.
//
// It is the probability that the joins which lift one share above its threshold come before the
// departures which drop the other share to its own.
func (m LaunchThreshold) Success(n, on [2]int) float64 {
	s := m.start(n, on)
	if s.settled == 1 {
		return s.success
	}
	if s.needed > s.joining {
		return 0 // the threshold is a full side
	}
	// wins[j] is the probability with i joins and j departures to go: with none of one, it is decided.
	wins := make([]float64, s.lost+1)
	for j := 1; j <= s.lost; j++ {
		wins[j] = 1
	}
	for i := 1; i <= s.needed; i++ {
		join := s.pace[0] * float64(s.joining-s.needed+i)
		for j := 1; j <= s.lost; j++ {
			leave := s.pace[1] * float64(s.leaving-s.lost+j)
			wins[j] = (join*wins[j] + leave*wins[j-1]) / (join + leave)
		}
	}
	return wins[s.lost]
}

// SuccessNormal returns the same probability with the two times taken to be normal.
func (m LaunchThreshold) SuccessNormal(n, on [2]int) float64 {
	s := m.start(n, on)
	if s.settled == 1 {
		return s.success
	}
	if s.needed > s.joining {
		return 0
	}
	var mean, variance float64
	for i := range s.needed {
		wait := 1 / (s.pace[0] * float64(s.joining-i))
		mean -= wait
		variance += wait * wait
	}
	for j := range s.lost {
		wait := 1 / (s.pace[1] * float64(s.leaving-j))
		mean += wait
		variance += wait * wait
	}
	return math.Erfc(-mean/math.Sqrt(2*variance)) / 2
}

func launchThresholdModel() model {
	const most = 10_000 // people on a side; the recursion takes their product
	crowd := limit{func(x float64) bool { return x >= 1 && x <= most }, fmt.Sprintf("a whole number from 1 to %d", most)}
	inside := limit{func(x float64) bool { return x > 0 && x < 1 }, "a number above 0 and below 1"}
	return model{
		name: "launch-threshold",
		parameters: []Parameter{
			{Name: "c1", Kind: Number, Required: true, limit: inside, Doc: "share of side 1 that side 2 asks for"},
			{Name: "c2", Kind: Number, Required: true, limit: inside, Doc: "share of side 2 that side 1 asks for"},
			{Name: "k1", Kind: Number, Default: 1.0, limit: aboveZero, Doc: "revisions of a participant of side 1 per unit of time"},
			{Name: "k2", Kind: Number, Default: 1.0, limit: aboveZero, Doc: "revisions of a participant of side 2 per unit of time"},
			{Name: "n1", Kind: Numbers, Default: []float64{0, 0.1}, limit: fraction, Doc: "shares of side 1 at which the frontier is stated"},
			{Name: "w", Kind: Pair, limit: zeroOrMore, Doc: "cost of seeding a full side, per side; asks for the cheapest seeding"},
			{Name: "N", Kind: Counts, limit: crowd, Doc: "population of each side; with start, asks for the probability of success"},
			{Name: "start", Kind: Counts, limit: headcount, Doc: "people on the platform at the start, per side"},
		},
		check: checkLaunch,
		solve: func(v values) []Quantity {
			m := LaunchThreshold{C: [2]float64{v.number("c1"), v.number("c2")}, K: [2]float64{v.number("k1"), v.number("k2")}}
			var out quantities
			for _, n1 := range v.list("n1") {
				out.add(called("frontier_n2", n1), m.Frontier(n1))
			}
			out.add("n1_alone", m.Alone())
			duration, paid := m.Subsidy()
			out.add("T_star", duration)
			out.add("person_time", paid)
			if v.has("w") {
				n, cost := m.Seeding(v.pair("w"))
				out.add("seed_n1", n[0])
				out.add("seed_n2", n[1])
				out.add("seed_cost", cost)
			}
			if v.has("N") {
				out.add("p_success", m.Success(v.counts("N"), v.counts("start")))
				out.add("p_success_normal", m.SuccessNormal(v.counts("N"), v.counts("start")))
			}
			return out
		},
	}
}

func checkLaunch(v values) []error {
	faults := together(v, "N", "start")
	if v.has("N") && v.has("start") {
		for g, size := range v.counts("N") {
			if on := v.counts("start")[g]; on > size {
				faults = append(faults, Fault{"start", fmt.Sprintf("%d exceeds the population %d of side %d", on, size, g+1), "give counts from 0 to N"})
			}
		}
	}
	return faults
}
