package study

import "flywheel/sim"

// What the studies themselves draw; runs use the purposes of sim. Values are never reused.
const (
	forDesign   sim.Purpose = 1001 // points of a design
	forResample sim.Purpose = 1002 // bootstrap
	forSearch   sim.Purpose = 1003 // where a search looks next
)

// dice is a stream of random numbers read one after the other, for work that is done in one
// order at any number of threads. It serves as a source of math/rand/v2.
type dice struct {
	key  sim.Key
	next uint64
}

func newDice(seed uint64, purpose sim.Purpose, unit uint64) *dice {
	return &dice{key: sim.WorldStreams(seed).Key(purpose, 0, unit)}
}

// Uint64 is the next 64 bits.
func (d *dice) Uint64() uint64 {
	d.next++
	return d.key.Bits(d.next - 1)
}
