package models

import (
	"math/bits"
	"strings"
)

// Homing is the set of platforms a participant uses: bit k stands for platform k.
type Homing uint8

// Has tells whether platform k is in the set.
func (h Homing) Has(k int) bool { return h>>k&1 == 1 }

// Count is the number of platforms in the set.
func (h Homing) Count() int { return bits.OnesCount8(uint8(h)) }

// With is the set with platform k added.
func (h Homing) With(k int) Homing { return h | 1<<k }

// Name writes the set with the platforms' names, such as "A+B"; the empty set is "none".
func (h Homing) Name(platforms []Platform) string {
	if h == 0 {
		return "none"
	}
	var names []string
	for k, p := range platforms {
		if h.Has(k) {
			names = append(names, p.Name)
		}
	}
	return strings.Join(names, "+")
}

// Standing is how a participant stands to every platform at once: for each it is a
// stranger, aware of it, or using it. It is a number in base three, platform 0 the lowest
// digit, so that the standings to K platforms are 0 to 3^K - 1.
type Standing uint16

// Standings are the tables that translate between a Standing and its two sets, the
// platforms known and the platforms used, for a fixed number of platforms.
type Standings struct {
	Platforms int
	Known     []Homing // by Standing: platforms the participant is aware of, those it uses included
	Used      []Homing // by Standing: platforms the participant uses
	digits    [256]Standing
}

// NewStandings makes the tables for the number of platforms given, 1 to MaxPlatforms.
func NewStandings(platforms int) *Standings {
	n := 1
	for range platforms {
		n *= 3
	}
	s := &Standings{Platforms: platforms, Known: make([]Homing, n), Used: make([]Homing, n)}
	for set := range 1 << platforms {
		place := Standing(1)
		for k := range platforms {
			if Homing(set).Has(k) {
				s.digits[set] += place
			}
			place *= 3
		}
	}
	for code := range n {
		rest := code
		for k := range platforms {
			switch rest % 3 {
			case 2:
				s.Used[code] = s.Used[code].With(k)
				s.Known[code] = s.Known[code].With(k)
			case 1:
				s.Known[code] = s.Known[code].With(k)
			}
			rest /= 3
		}
	}
	return s
}

// Count is the number of standings, 3 to the power of the number of platforms.
func (s *Standings) Count() int { return len(s.Known) }

// Heard is where a participant of a standing stands after hearing of platforms that it did
// not know.
func (s *Standings) Heard(from Standing, news Homing) Standing { return from + s.digits[news] }

// Of is the standing of a participant who knows and uses these platforms; used must be a
// subset of known.
func (s *Standings) Of(known, used Homing) Standing { return s.digits[known] + s.digits[used] }
