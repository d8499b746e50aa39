package sim

import (
	"math/bits"

	"flywheel/models"
)

// The constants of the random streams. They and the formulas of this file are frozen by
// test: stored results and paired comparisons depend on every bit.
const (
	golden  = 0x9E3779B97F4A7C15 // 2^64 over the golden ratio, made odd: the step of a Weyl sequence
	period1 = 0xD1B54A32D192ED03 // steps over periods, purposes and replications: odd, unrelated
	purpose = 0x8CB92BA72F3D8DD7
	repeat  = 0xABC98388FB8FAC03
)

// mix is the splitmix64 finaliser (Steele, Lea and Flood 2014, OOPSLA), a bijection that
// turns a counter into well-spread bits.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// Purpose says what a random number is for, so that two decisions of one person in one
// period never share one.
type Purpose uint64

// The purposes of random numbers. A value is never reused for another purpose.
const (
	ForStart   Purpose = 1  // who uses what at period 0
	ForTaste   Purpose = 2  // tastes kept for life; keyed by the world, not the replication
	ForAware   Purpose = 3  // hearing of a platform
	ForChoice  Purpose = 4  // revising, and the bundle chosen
	ForOrders  Purpose = 5  // orders placed
	ForMatch   Purpose = 6  // who fulfils an order, and whose goes unserved
	ForSettled Purpose = 7  // whose claims are paid when a budget runs out
	ForEvent   Purpose = 8  // who uses an event's coupon
	ForCells   Purpose = 9  // how many of a cell revise, and what they choose
	ForRings   Purpose = 10 // whose clock rings next, asynchronously, and what follows
	ForLife    Purpose = 11 // how many of a cell leave, settle in or change their mood
	ForTurn    Purpose = 12 // whether a person's turn can have come: the first byte of the number that decides
	ForTiding  Purpose = 13 // whether a person can have heard: the first byte of the number that decides
	ForBrought Purpose = 31 // which joins an invitation or a channel has brought
	ForCoupons Purpose = 32 // which coupons are used
	ForNoise   Purpose = 21 // noise kept for life; keyed by the world
	ForPlace   Purpose = 22 // places on the unit line; keyed by the world
	ForNetwork Purpose = 23 // who knows whom; keyed by the world

	ForVouchers  Purpose = 51 // which vouchers are sold, redeemed and given back
	ForTopUps    Purpose = 52 // who pays into a wallet
	ForRelated   Purpose = 53 // which orders are of newcomers or regulars
	ForSold      Purpose = 54 // which orders are of those whom a channel has brought
	ForEnvelopes Purpose = 56 // who opens an envelope
	ForFakes     Purpose = 55 // which claims have false ones beside them

	ForEntry  Purpose = 61 // whether a platform comes
	ForSites  Purpose = 62 // which sites open and close
	ForRoutes Purpose = 63 // by which route an order is sold

	ForDeployment Purpose = 41 // whose orders a deployment turns away
	ForLateness   Purpose = 42 // whose orders it delays
	ForService    Purpose = 43 // whose orders a stage drops, takes, delays or gives up
)

// Streams are all the random numbers of one replication. They are values: nothing is
// consumed, a number belongs to its seed, purpose, period, unit and index for ever. Variants
// of one study use the same streams, so that their differences are paired.
type Streams struct{ seed, world uint64 }

// NewStreams are the streams of a replication, counted from 0, under a base seed. Each
// replication has people of its own.
func NewStreams(seed uint64, replication int) Streams {
	own := mix(seed + (uint64(replication)+1)*repeat)
	return Streams{seed: own, world: own}
}

// WorldStreams are the streams that all replications of a base seed can share.
func WorldStreams(seed uint64) Streams { return Streams{seed: mix(seed), world: mix(seed)} }

// In are the same streams with the people of another world: two replications in one world
// differ in what happens and not in who is there.
func (s Streams) In(world Streams) Streams { return Streams{seed: s.seed, world: world.world} }

// World are the streams of what people keep for life: tastes, places, noise and
// acquaintances. No policy, and in a shared world no replication, enters them.
func (s Streams) World() Streams { return Streams{seed: s.world, world: s.world} }

// Key opens the stream of one purpose in one period for one unit: a group, a crowd, a policy.
func (s Streams) Key(p Purpose, period int, unit uint64) Key {
	tick := mix(mix(s.seed+uint64(period)*period1) + uint64(p)*purpose)
	return Key(mix(tick + unit))
}

// Key is one stream: a sequence of numbers indexed by person, cell or claim.
type Key uint64

// Cell is the part of the stream that belongs to one standing.
func (k Key) Cell(s models.Standing) Key { return Key(mix(uint64(k) + uint64(s)*purpose)) }

// Bits is number i of the stream: 64 uniform bits.
func (k Key) Bits(i uint64) uint64 { return mix(uint64(k) + i*golden) }

// Fill fills dst with the stream's bits from number i on.
func (k Key) Fill(dst []uint64, i uint64) {
	z := uint64(k) + i*golden
	for j := range dst {
		dst[j] = mix(z)
		z += golden
	}
}

// Uniform is number i of the stream in [0,1), a multiple of 2^-53.
func (k Key) Uniform(i uint64) float64 { return unit(k.Bits(i)) }

// Below is number i of the stream as a whole number below n, at most 2^32: the upper half of
// a product, whose bias is n in 2^64 (Lemire 2019, ACM TOMACS 29(1)).
func (k Key) Below(i, n uint64) uint64 {
	hi, _ := bits.Mul64(k.Bits(i), n)
	return hi
}

// unit maps 64 bits to [0,1) by their upper 53.
func unit(x uint64) float64 { return float64(x>>11) * 0x1p-53 }
