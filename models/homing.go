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

// Standing is how a participant stands to every platform at once, and how content it is. The
// relation to each platform is one digit, platform 0 the lowest: stranger, aware or using, in
// base three; where people live on after joining, stranger, aware, new, regular or lapsed, in
// base five. The mood of those who use a platform counts how often all those relations come
// before it.
type Standing uint16

// maxStandings is how many standings a Standing can tell apart.
const maxStandings = 1 << 16

// The digits of a relation. In base three, using is one above aware and there is no other.
const (
	awareDigit   = 1
	newDigit     = 2
	regularDigit = 3
	lapsedDigit  = 4
)

// Standings are the tables that translate between a Standing and what it means, for a fixed
// number of platforms.
type Standings struct {
	Platforms int
	Moods     int      // levels of mood; 0 where nobody lives on after joining
	Known     []Homing // by Standing: platforms the participant is aware of, those it uses or once used included
	Used      []Homing // by Standing: platforms the participant uses
	New       []Homing // by Standing: of them, those it is new to
	Lapsed    []Homing // by Standing: platforms it used once and uses no more
	Mood      []uint8  // by Standing: level of mood, 0 the worst; 0 for those who use nothing

	using     Standing                    // digit of a platform used for long, or, in base three, used
	relations Standing                    // number of ways to stand to all platforms, whatever the mood
	places    [1 << MaxPlatforms]Standing // by set: the sum of the set's places
}

// NewStandings makes the tables for the number of platforms given, 1 to MaxPlatforms, and
// the number of moods of people who live on after joining, 0 when nobody does.
func NewStandings(platforms, moods int) *Standings {
	base := 3
	s := &Standings{Platforms: platforms, Moods: moods, using: 2}
	if moods > 0 {
		base, s.using = 5, regularDigit
	}
	relations := power(base, platforms)
	n := relations * max(1, moods)
	s.relations = Standing(relations)
	s.Known, s.Used, s.New, s.Lapsed = make([]Homing, n), make([]Homing, n), make([]Homing, n), make([]Homing, n)
	s.Mood = make([]uint8, n)
	for set := range 1 << platforms {
		place := Standing(1)
		for k := range platforms {
			if Homing(set).Has(k) {
				s.places[set] += place
			}
			place *= Standing(base)
		}
	}
	for code := range n {
		rest := code % relations
		s.Mood[code] = uint8(code / relations)
		for k := range platforms {
			digit := rest % base
			rest /= base
			if digit == 0 {
				continue
			}
			s.Known[code] = s.Known[code].With(k)
			switch {
			case digit == lapsedDigit:
				s.Lapsed[code] = s.Lapsed[code].With(k)
			case digit > awareDigit:
				s.Used[code] = s.Used[code].With(k)
				if base == 5 && digit == newDigit {
					s.New[code] = s.New[code].With(k)
				}
			}
		}
	}
	return s
}

// power is a whole number to a small power.
func power(base, exponent int) int {
	n := 1
	for range exponent {
		n *= base
	}
	return n
}

// Count is the number of standings.
func (s *Standings) Count() int { return len(s.Known) }

// Of is the standing of a participant who knows and uses these platforms, long since and in
// the worst mood; used must be a subset of known.
func (s *Standings) Of(known, used Homing) Standing {
	return s.places[known] + (s.using-awareDigit)*s.places[used]
}

// Heard is where a participant of a standing stands after hearing of platforms that it did
// not know.
func (s *Standings) Heard(from Standing, news Homing) Standing { return from + s.places[news] }

// moved is where a participant of a standing stands who uses a bundle of platforms it knows
// from now on: the digits of those it adds, and of those it gives up, and the mood in which
// it begins to use anything.
func (s *Standings) moved(from Standing, bundle Homing, joined, left, mood Standing) Standing {
	used, lapsed := s.Used[from], s.Lapsed[from]
	add, drop := bundle&^used, used&^bundle
	to := from + (joined-awareDigit)*s.places[add&^lapsed] + (joined-lapsedDigit)*s.places[add&lapsed] +
		(left-newDigit)*s.places[drop&s.New[from]] + (left-s.using)*s.places[drop&^s.New[from]]
	switch {
	case bundle == 0:
		to %= s.relations
	case used == 0:
		to += mood * s.relations
	}
	return to
}
