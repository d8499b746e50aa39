package verify

import (
	"fmt"
	"math"

	"flywheel/models/theory"
)

// planFrontiers simulates the frontier at the shares n1 that a case gives, when its theory keeps
// to the clock of the simulation. A market in two regions that know nothing of each other starts
// below the frontier in one and above it in the other, far enough for luck to have no part; the
// frontier lies between when all runs of the one and none of the other tip.
func (c Case) planFrontiers(m logit) []trial {
	revision, same := c.theoryClock(m)
	if !same || !c.gives("n1") {
		return nil
	}
	size := m.crowds()
	switch {
	case len(c.Simulate.N) > 0:
		size = c.Simulate.N
	case c.gives("N"):
		size = []int64{int64(c.pair("N")[0]), int64(c.pair("N")[1])}
	}
	m = m.of(size)
	var trials []trial
	for _, i := range m.saddles() {
		for _, n1 := range c.numbers("n1") {
			name := fmt.Sprintf("%s(%g)", m.ofSaddle("frontier_n2", i), n1+0)
			trials = append(trials, c.frontierTrial(m, m.rest[i], name, n1, revision)...)
		}
	}
	return trials
}

// frontierTrial runs the two regions; it is empty where the frontier is not within reach of a
// start on either side of it.
func (c Case) frontierTrial(m logit, saddle theory.TwoSidedEquilibrium, name string, n1, revision float64) []trial {
	n2 := m.theory.Frontier(saddle, n1, m.lambda(revision))
	way, unstable := m.escape(saddle, revision)
	if !(n2 > 0 && n2 < 1) || !unstable {
		return nil
	}
	const safe = 5 // standard deviations of luck: one start in three million goes astray
	off := safe * way.sd / math.Abs(way.left[1])
	below, above := [2]float64{n1, n2 - off}, [2]float64{n1, n2 + off}
	for ; below[1] > 0 && above[1] < 1; below[1], above[1] = n2-off, n2+off {
		if m.clear(saddle, way, below, revision) >= safe && m.clear(saddle, way, above, revision) >= safe {
			break
		}
		off *= 1.1
	}
	periods, leaves := m.leaving(saddle, way, revision)
	if below[1] <= 0 || above[1] >= 1 || !leaves {
		return nil
	}
	periods += max(m.passing(saddle, below, revision), m.passing(saddle, above, revision))

	return []trial{c.bracket(name, n2, off, saddle.Share[0],
		m.model(c.ID, periods, revision, below), m.model(c.ID, periods, revision, above))}
}

// passing is the number of periods in which the mean from n comes past a saddle and half-way to
// where it goes.
func (m logit) passing(saddle theory.TwoSidedEquilibrium, n [2]float64, revision float64) int {
	end, _ := m.reach(n, revision)
	rest := m.rest[end].Share
	periods := 0
	for ; periods < mostPeriods && distance(n, rest) > distance(saddle.Share, rest)/2; periods++ {
		n = m.next(n, revision)
	}
	return periods
}
