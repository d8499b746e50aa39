package agents

import (
	"math"
	"math/bits"

	"flywheel/sim"
)

// chunk is the number of people that are screened at a time.
const chunk = 1 << 12

// screen finds, among some people, those whose turn has come, without looking at the others. A
// person's turn is a uniform number of 64 bits. Its first eight are one byte of a random
// number that eight neighbours share, so that a glance tells which of them can lie below a
// rate; its other bits are the person's own and are drawn for those alone. Whatever the rate,
// and however it differs between variants, a person's turn is the same number.
type screen struct {
	first [chunk / 8]uint64  // first bytes of eight people each, the first in the lowest byte
	mask  [chunk / 64]uint64 // who may lie below the rate; see bit
	list  [chunk]uint16      // the same as places within the chunk
}

// ones has every byte one, tops the upper bit of every byte.
const (
	ones = 0x0101010101010101
	tops = 0x8080808080808080
)

// rateOf is how many of the 256 first bytes hold turns below a threshold.
func rateOf(below uint64) uint64 {
	if below == 0 {
		return 0
	}
	return (below-1)>>56 + 1
}

// threshold is the number of turns that lie below a probability.
func threshold(p float64) uint64 {
	switch {
	case !(p > 0):
		return 0
	case p >= 1:
		return math.MaxUint64
	}
	return uint64(p * 0x1p64)
}

// sift draws the first bytes of n people from a place on, a multiple of eight, and marks those
// below a rate of 256. Beyond half, all are marked: looking at each costs less than telling
// them apart.
func (s *screen) sift(key sim.Key, from, n int, rate uint64) {
	words := s.first[:(n+63)/64*8]
	key.Fill(words, uint64(from)/8)
	masks := s.mask[:len(words)/8]
	if rate > 128 {
		for i := range masks {
			masks[i] = math.MaxUint64
		}
	} else {
		low := rate * ones
		for i := range masks {
			eight := (*[8]uint64)(words[8*i:])
			masks[i] = under(eight[0], low)>>7 | under(eight[1], low)>>6 | under(eight[2], low)>>5 | under(eight[3], low)>>4 |
				under(eight[4], low)>>3 | under(eight[5], low)>>2 | under(eight[6], low)>>1 | under(eight[7], low)
		}
	}
	for i := n; i < 64*len(masks); i++ {
		masks[i/64] &^= bit(i)
	}
}

// under tells, in the upper bit of every byte, which bytes lie below those of low, which are
// 128 at most. Setting the upper bit first lets no byte borrow from its neighbour.
func under(bytes, low uint64) uint64 { return ^((bytes | tops) - low | bytes) & tops }

// bit is the place of a person in its mask: byte by byte rather than word by word.
func bit(place int) uint64 { return 1 << (place&7<<3 | place>>3&7) }

// unmark takes the person at a place off those who are marked.
func (s *screen) unmark(place uint16) { s.mask[place/64] &^= bit(int(place)) }

// turn is the whole number of the person at a place of the chunk, given its own bits.
func (s *screen) turn(place uint16, own uint64) uint64 {
	return s.first[place>>3&(chunk/8-1)]>>(place&7<<3)<<56 | own>>8
}

// marked lists those of a chunk of n people who are marked.
func (s *screen) marked(n int) []uint16 {
	count := 0
	for i, mask := range s.mask[:(n+63)/64] {
		base := uint16(i * 64)
		for ; mask != 0; mask &= mask - 1 {
			at := uint16(bits.TrailingZeros64(mask))
			s.list[count&(chunk-1)] = base | at&7<<3 | at>>3
			count++
		}
	}
	return s.list[:count]
}
