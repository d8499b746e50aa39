package plan

import "sort"

// Mix answers which journey start n takes, from n alone.
//
// The weights, divided by their common divisor, add to W, and W slots are dealt
// to the journeys in order. Start n takes slot (n·s + offset) mod W, with a
// stride s that shares no divisor with W: any W starts in a row visit every slot
// once, so every window of W starts has each journey exactly in proportion. The
// stride is the one nearest to W divided by the golden ratio, which spreads each
// journey evenly inside the window as well (Knuth, The Art of Computer
// Programming 3, "Hashing", on multiplicative sequences).
type Mix struct {
	ends   []uint64 // ends[i] is one past the last slot of journey i
	stride uint64
	offset uint64
}

// NewMix prepares the choice among sound journeys; the seed turns the wheel to
// another slot for start 0 and changes nothing else.
func NewMix(journeys []Journey, seed uint64) Mix {
	var divisor uint64
	for _, j := range journeys {
		divisor = gcd(uint64(j.weight()), divisor)
	}
	var m Mix
	var sum uint64
	for _, j := range journeys {
		sum += uint64(j.weight()) / divisor
		m.ends = append(m.ends, sum)
	}
	m.stride = golden(sum)
	m.offset = seed % sum
	return m
}

// Pick is the index of the journey that start n takes.
func (m Mix) Pick(n int64) int {
	if len(m.ends) == 1 {
		return 0
	}
	sum := m.ends[len(m.ends)-1]
	slot := (uint64(n)%sum*m.stride + m.offset) % sum
	return sort.Search(len(m.ends), func(i int) bool { return m.ends[i] > slot })
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
