package models

import (
	"fmt"
	"math"
)

// Voiced tells whether users' moods change what they say of a platform.
func (l *Law) Voiced() bool {
	for g := range l.Groups {
		if len(l.Groups[g].voice()) > 0 {
			return true
		}
	}
	return false
}

// voice is what users of the group say by mood; nil where all say the same.
func (g *Group) voice() []float64 {
	if g.life == nil || g.life.mood == nil {
		return nil
	}
	return g.life.mood.Voice
}

// Tone fills, by platform, how a crowd's users speak of it on average, from 0 to 1: 1 where they
// bring as many others as content users do or where there are none, and 0 where as much warns as
// recommends, or more does. Standings are people by standing of each of the crowd's groups, in
// their order.
func (l *Law) Tone(dst []float64, crowd int, standings func(i, group int) []float64) {
	for k := range dst {
		var users, said float64
		for i, g := range l.Crowds[crowd].Groups {
			voice := l.Groups[g].voice()
			for s, n := range standings(i, g) {
				if n == 0 || !l.Standings.Used[s].Has(k) {
					continue
				}
				users += n
				if voice == nil {
					said += n
				} else {
					said += n * voice[l.Standings.Mood[s]]
				}
			}
		}
		if dst[k] = 1; users > 0 {
			dst[k] = math.Max(0, math.Min(1, said/users))
		}
	}
}

// Heard is the share of a crowd that speaks for a platform where so large a share uses it.
func (m *Market) Heard(crowd, k int, share float64) float64 {
	if m.Tone == nil {
		return share
	}
	return share * m.Tone[crowd][k]
}

// checkVoice looks at what users say by mood.
func (m *Model) checkVoice(path string, s *Segment, faults *Faults) {
	mood := s.Life.Mood
	if len(mood.Voice) == 0 {
		return
	}
	if len(mood.Voice) != len(mood.Churn) {
		faults.add(path, "give as many as churn has levels", "%d voices for %d levels of mood", len(mood.Voice), len(mood.Churn))
	}
	for i, x := range mood.Voice {
		checkRange(fmt.Sprintf("%s[%d]", path, i), x, -10, 1, faults)
	}
	for i := range m.Segments {
		if other := &m.Segments[i]; other.Side == s.Side && other.Aware != nil {
			return
		}
	}
	faults.add(path, "give the segments of its side aware: {p: ..., q: ...}", "nobody listens where everybody knows every platform")
}
