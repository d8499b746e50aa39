package theory

import "math"

// LogitPlatforms is K like platforms, everybody on exactly one of them, drawn to each by its share of
// the other side and by Gumbel noise: a participant joins platform k with probability proportional to
// exp(A·share of k) (McFadden 1974, in Frontiers in Econometrics, for the choice; Brock and Durlauf
// 2001, Review of Economic Studies 68(2), for its rest points). Both sides are alike, or there is one
// side drawn to itself.
type LogitPlatforms struct {
	K int     // platforms, at least 2
	A float64 // strength: sqrt(alpha1·alpha2/(mu1·mu2)) across sides, gamma/mu within one; at least 0
}

// SymmetricStable says whether equal shares survive small deviations on the asynchronous clock.
func (m LogitPlatforms) SymmetricStable() bool { return m.A < float64(m.K) }

// Spinodal returns the least strength at which one platform can lead for good, and the share it leads
// with there. With two platforms that is the strength 2 at which equal shares lose their stability;
// with more it is below K, so that history decides in between.
func (m LogitPlatforms) Spinodal() (strength, share float64) {
	if m.K == 2 {
		return 2, 0.5
	}
	x := m.spinodalLogOdds()
	return m.strength(x), logistic(x)
}

// TippedShare returns the leader's share in the state where one platform leads and the others divide
// the rest equally; NaN below the spinodal, where there is none.
func (m LogitPlatforms) TippedShare() float64 {
	if least, _ := m.Spinodal(); m.A < least {
		return math.NaN()
	}
	// The leader's log-odds x rest where x + log(K-1) = A·(lead over each other platform).
	var lo float64
	switch {
	case m.K > 2:
		lo = m.spinodalLogOdds()
	case m.A == 2:
		return 0.5
	default: // x = 0 rests too, and between it and this nothing does
		lo = math.Min(math.Sqrt(m.A-2)/4, 0.25)
	}
	k := float64(m.K)
	return logistic(bisect(func(x float64) float64 { return m.A*m.lead(x) - math.Log(k-1) - x }, lo, math.Max(lo, m.A)))
}

// LeaderShare returns the share of the leader that a start next to equal shares comes to: 1/K while
// equal shares are stable, the tipped share otherwise.
func (m LogitPlatforms) LeaderShare() float64 {
	if m.SymmetricStable() {
		return 1 / float64(m.K)
	}
	return m.TippedShare()
}

// lead is how far the leader's share is above each other platform's, at its log-odds x.
func (m LogitPlatforms) lead(x float64) float64 {
	k := float64(m.K)
	if m.K == 2 {
		return math.Tanh(x / 2) // 2·logistic(x) - 1, with its digits near x = 0
	}
	return (k*logistic(x) - 1) / (k - 1)
}

// strength is the strength at which the leader rests at the log-odds x.
func (m LogitPlatforms) strength(x float64) float64 {
	return (math.Log(float64(m.K)-1) + x) / m.lead(x)
}

// spinodalLogOdds is where strength, which falls and then rises, is least: the zero of its derivative,
// which lies above a share of one half for every K above 2.
func (m LogitPlatforms) spinodalLogOdds() float64 {
	k := float64(m.K)
	slope := func(x float64) float64 {
		return k*logistic(x) - 1 - k*spread(x)*(math.Log(k-1)+x)
	}
	return bisect(slope, 0, 1000) // at 1000 the spread is nothing, and the slope K - 1
}

func logitPlatformsModel() model {
	return model{
		name: "logit-platforms",
		parameters: []Parameter{
			{Name: "K", Kind: Count, Required: true, limit: twoOrMore, Doc: "number of platforms"},
			{Name: "a", Kind: Number, Required: true, limit: zeroOrMore, Doc: "network effect over noise: sqrt(alpha1·alpha2/(mu1·mu2)), or gamma/mu with one side"},
		},
		solve: func(v values) []Quantity {
			m := LogitPlatforms{K: v.count("K"), A: v.number("a")}
			spinodal, share := m.Spinodal()
			return []Quantity{
				{"leader_share", m.LeaderShare()}, {"symmetric_stable", oneIf(m.SymmetricStable())},
				{"spinodal", spinodal}, {"spinodal_share", share}, {"tipped_share", m.TippedShare()},
			}
		},
	}
}
