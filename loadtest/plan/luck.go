package plan

import (
	"fmt"
	"math/rand/v2"
)

// Luck is a number from 0 to below 1, evenly spread, that belongs to a seed, a
// purpose, the number of a start and a place inside it: whoever asks, and in
// whatever order, gets the same.
func Luck(seed uint64, purpose Purpose, start int64, place int) float64 {
	return float64(bits(seed, purpose, start, place)>>11) / (1 << 53)
}

// Purpose keeps the numbers drawn for one thing apart from those for another.
type Purpose uint64

// The purposes of luck.
const (
	ForWaits Purpose = iota + 1
	ForRows
	ForNames
	ForArrivals
	ForShares
)

// bits mixes a key: one output of a PCG whose state is the key (O'Neill 2014, "PCG:
// A Family of Simple Fast Space-Efficient Statistically Good Algorithms for Random
// Number Generation"), mixed once more (Steele, Lea and Flood 2014, "Fast Splittable
// Pseudorandom Number Generators", OOPSLA), as keys are near each other.
func bits(seed uint64, purpose Purpose, start int64, place int) uint64 {
	pcg := rand.NewPCG(mix(seed^uint64(purpose)<<56), mix(uint64(start)+0x9e3779b97f4a7c15)^mix(uint64(place)+0x632be59bd9b4e019))
	return pcg.Uint64()
}

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Unique is a text that no other start of a run has: a universally unique identifier
// of version 8 (RFC 9562), which the seed and the start's number alone decide.
func Unique(seed uint64, start int64) string {
	high, low := bits(seed, ForNames, start, 0), uint64(start)<<8|bits(seed, ForNames, start, 1)>>56
	high = high&^0xf000 | 0x8000
	low = low&^(3<<62) | 2<<62
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", high>>32, high>>16&0xffff, high&0xffff, low>>48, low&(1<<48-1))
}
