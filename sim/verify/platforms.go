package verify

import (
	"math"
	"slices"

	"flywheel/models"
	"flywheel/models/theory"
)

// planPlatforms simulates K like platforms and nobody outside: the leader's share from a start
// tilted to one of them, that of a market that has tipped, and whether equal shares last. The
// strength from which on a market can stay tipped is stated only.
//
// While the others share alike, the leader's share n is that of a logit market with one platform:
// the odds of choosing it are exp(A (K n - 1)/(K-1)) to K-1. Plans are made by that market; the
// one simulated has all K platforms.
func planPlatforms(c Case) ([]trial, models.Faults) {
	p := theory.LogitPlatforms{K: int(c.number("K")), A: c.number("a")}
	k := float64(p.K)
	if p.K > models.MaxPlatforms {
		return nil, nil
	}
	strength := p.A * k / (k - 1)
	v := -p.A/(k-1) - math.Log(k-1)
	m := logit{sides: 2, clock: c.clock(), theory: theory.LogitTwoSided{
		V: [2]float64{v, v}, Alpha: [2]float64{strength, strength}, Mu: [2]float64{1, 1},
	}}
	m.rest = m.theory.Equilibria()
	n := []int64{20_000, 20_000}
	if m.clock == models.ClockAsync {
		n = m.crowds()
	}
	if len(c.Simulate.N) > 0 {
		n = c.Simulate.N
	}
	m = m.of(n)
	revision := or(c.Simulate.Revision, 0.2)
	if m.clock == models.ClockAsync {
		revision = or(c.Simulate.Revision, 1)
	}
	trials := c.equalTrial(m, p, revision)
	for _, state := range []struct {
		quantity string
		share    float64
	}{{"leader_share", p.LeaderShare()}, {"tipped_share", p.TippedShare()}} {
		i := m.restAt(state.share)
		if i < 0 || !m.rest[i].Stable || m.room(i, revision) < apart {
			continue
		}
		start := m.tilted(i, 1/k, revision)
		for _, t := range c.restTrial(m, target{i, start}, revision, true, false) {
			around, _ := m.noiseAt(m.rest[i].Share, revision)
			t.label = state.quantity
			t.model = c.platforms(p, n, t.model.Horizon.Periods, revision, start[0])
			t.model.Clock.Kind = m.clock
			t.claims = t.claims[:1]
			t.claims[0].quantity = state.quantity
			// The curvature of a logit choice is 0.1 at most, in every direction in which the others vary.
			t.claims[0].allowance += 0.05 * k * strength * strength * around.covariance[0][0] / -m.rest[i].Eigenvalue
			trials = append(trials, t)
		}
	}
	return trials, nil
}

// restAt is the place of the equilibrium with a share on both sides, -1 when there is none.
func (m logit) restAt(share float64) int {
	return slices.IndexFunc(m.rest, func(e theory.TwoSidedEquilibrium) bool {
		return distance(e.Share, [2]float64{share, share}) < 1e-6
	})
}

// tilted is a start with one platform ahead that comes to equilibrium i: half-way from the
// unstable state below it, or from above, where no unstable state lies between it and equal shares.
func (m logit) tilted(i int, equal, revision float64) [2]float64 {
	rest := m.rest[i].Share
	start := [2]float64{(rest[0] + equal) / 2, (rest[1] + equal) / 2}
	for _, e := range m.rest {
		if e.Stable || e.Share[0] < equal {
			continue
		}
		if rest[0] > equal+1e-9 && e.Share[0] < rest[0] { // it leads: from between the edge and it
			start = [2]float64{(rest[0] + e.Share[0]) / 2, (rest[1] + e.Share[1]) / 2}
		} else if e.Share[0] > rest[0] { // equal shares, from between them and the edge
			start = [2]float64{(rest[0] + e.Share[0]) / 2, (rest[1] + e.Share[1]) / 2}
		}
	}
	if distance(start, rest) < 1e-9 { // nothing but equal shares
		start = [2]float64{(1 + equal) / 2, (1 + equal) / 2}
	}
	return start
}

// platforms is the market with K platforms, the first of them with a share at the start and the
// others alike. Neither side may go without.
func (c Case) platforms(p theory.LogitPlatforms, n []int64, periods int, revision, leader float64) *models.Model {
	var list []models.Platform
	for k := range p.K {
		list = append(list, models.Platform{Name: string(rune('A' + k))})
	}
	m := market(c.ID, periods, revision, list...)
	for g, size := range n {
		s := people(side(g), size, make([]float64, p.K)...)
		s.Cross = effect(p.A)
		s.Noise = &models.Noise{Kind: models.NoiseAnnealed, Scale: 1}
		s.Outside.None, s.Homing.Cost = true, math.Inf(1)
		for k := range p.K {
			share := leader
			if k > 0 {
				share = (1 - leader) / float64(p.K-1)
			}
			s.Start = append(s.Start, models.Begin{Homing: 1 << k, Share: share})
		}
		m.Segments = append(m.Segments, s)
	}
	return m
}

// equalTrial starts with equal shares and watches whether they last: until a market that leaves
// them has surely come half-way to where it is tipped. It is empty where luck could lead that far
// from a state that lasts, or the departure would take too long.
func (c Case) equalTrial(m logit, p theory.LogitPlatforms, revision float64) []trial {
	equal := 1 / float64(p.K)
	i := m.restAt(equal)
	if i < 0 {
		return nil
	}
	var far float64
	periods := 300
	if around, stable := m.noiseAt(m.rest[i].Share, revision); stable && p.SymmetricStable() {
		far = apart * around.sd(0) / 2
		if m.room(i, revision) < apart || equal+far > 1 {
			return nil
		}
	} else {
		way, unstable := m.escape(m.rest[i], revision)
		leaving, leaves := m.leaving(m.rest[i], way, revision)
		far = (p.TippedShare() - equal) / 2
		if !unstable || !leaves || math.IsNaN(far) || far*math.Abs(way.left[0])*2 < apart*way.sd {
			return nil
		}
		periods = 3 * leaving // some platform leads, though rarely all others alike
	}
	t := trial{
		label: "equal", model: c.platforms(p, []int64{int64(m.theory.N[0]), int64(m.theory.N[1])}, periods, revision, equal),
		engine: c.engineName(), replications: or(c.Simulate.Replications, 4),
		observe: func(paths [][]float64) []float64 {
			if slices.Max(ends(paths)) > equal+far {
				return []float64{0}
			}
			return []float64{1}
		},
		claims: []claim{{quantity: "symmetric_stable", estimate: mean(0), luck: true}},
	}
	t.model.Clock.Kind = m.clock
	for _, platform := range t.model.Platforms {
		t.watch = append(t.watch, share(platform.Name, side(0)))
	}
	return []trial{t}
}
