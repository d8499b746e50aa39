package plan

import "fmt"

// Share is an exact part of the starts of a schedule, for one of several generators
// that press together: Slots/Of of them. The zero value is all of them.
//
// The starts are dealt in blocks of Of in a row. Each block deals its starts to the
// slots 0 to Of-1, one each, in an order of its own, and a share takes those dealt to
// the slots from First on. So shares that divide the slots among them divide the starts: each start
// belongs to exactly one, whatever the curve, and a share has its exact part of every
// block. Inside a block, the slots of a share are spread by a golden stride, as
// Mix spreads journeys; the block turns the wheel by a number drawn for it alone, so
// that shares do not fall into step with journeys, feeders or the curve.
type Share struct {
	First int64 `json:"first"`
	Slots int64 `json:"slots"`
	Of    int64 `json:"of"`
}

// MaxSlots bounds the slots of a block.
const MaxSlots = 1_000_000

// Shares divides a schedule among as many generators as there are weights, in
// proportion to them; weights with a common divisor are divided by it. Its error names a weight below 1 or a sum above MaxSlots.
func Shares(weights ...int64) ([]Share, error) {
	var sum int64
	out := make([]Share, len(weights))
	for i, w := range weights {
		if w < 1 || w > MaxSlots-sum {
			return nil, fmt.Errorf("weight %d of generator %d is out of range; give each 1 or more, and all together no more than %d", w, i+1, MaxSlots)
		}
		out[i] = Share{First: sum, Slots: w}
		sum += w
	}
	divisor := uint64(sum)
	for _, w := range weights {
		divisor = gcd(uint64(w), divisor)
	}
	for i := range out {
		d := int64(divisor)
		out[i] = Share{First: out[i].First / d, Slots: out[i].Slots / d, Of: sum / d}
	}
	return out, nil
}

// String is the share as a fraction in lowest terms, such as 1/3.
func (s Share) String() string {
	if s == (Share{}) {
		return "1/1"
	}
	d := int64(gcd(uint64(s.Slots), uint64(s.Of)))
	return fmt.Sprintf("%d/%d", s.Slots/d, s.Of/d)
}

// Validate says what is wrong with a share that Shares cannot have made.
func (s Share) Validate() error {
	if s != (Share{}) && (s.First < 0 || s.Slots < 1 || s.Of > MaxSlots || s.First > s.Of-s.Slots) {
		return fmt.Errorf("%d slots of %d from %d on are no share; take one of Shares", s.Slots, s.Of, s.First)
	}
	return nil
}

// Cut is the share's part of a whole number n up to about nine million million: the
// parts of shares that divide the slots among them add to n, and each is less than one away from n·Slots/Of.
func (s Share) Cut(n int64) int64 {
	if s == (Share{}) {
		return n
	}
	return n*(s.First+s.Slots)/s.Of - n*s.First/s.Of
}

// Turns answers which starts belong to a share, from their numbers alone. It is
// immutable.
type Turns struct {
	share   Share
	stride  int64
	inverse int64 // of the stride
}

// Turns prepares a sound share.
func (s Share) Turns() Turns {
	if s == (Share{}) {
		s = Share{Slots: 1, Of: 1}
	}
	stride := int64(golden(uint64(s.Of)))
	return Turns{s, stride, inverse(stride, s.Of)}
}

// Next is the first start of the share that is not before n, which is not negative.
func (t Turns) Next(n int64) int64 {
	if t.share.Slots == t.share.Of {
		return n
	}
	for block, from := n/t.share.Of, n%t.share.Of; ; block, from = block+1, 0 {
		turn := int64(bits(0, ForShares, block, 0) % uint64(t.share.Of))
		if t.share.Slots > t.share.Of/t.share.Slots { // one of the next few starts is the share's
			for at := from; at < t.share.Of; at++ {
				if slot := (at + turn) % t.share.Of * t.stride % t.share.Of; slot >= t.share.First && slot < t.share.First+t.share.Slots {
					return block*t.share.Of + at
				}
			}
			continue
		}
		best := t.share.Of
		for slot := t.share.First; slot < t.share.First+t.share.Slots; slot++ {
			if at := (slot*t.inverse%t.share.Of + t.share.Of - turn) % t.share.Of; at >= from && at < best {
				best = at
			}
		}
		if best < t.share.Of {
			return block*t.share.Of + best
		}
	}
}

// golden is the number nearest to n divided by the golden ratio that shares no divisor
// with n.
func golden(n uint64) uint64 {
	const ratio = 0.6180339887498949 // (√5−1)/2
	ideal := uint64(float64(n) * ratio)
	for away := uint64(0); ; away++ {
		if gcd(ideal+away, n) == 1 {
			return ideal + away
		}
		if away <= ideal && gcd(ideal-away, n) == 1 {
			return ideal - away
		}
	}
}

// inverse is the number x with a·x = 1 modulo n, where a shares no divisor with n
// (Knuth, The Art of Computer Programming 2, "The greatest common divisor",
// on Euclid's algorithm, extended).
func inverse(a, n int64) int64 {
	x, next := int64(0), int64(1)
	for r, s := n, a%n; s != 0; r, s = s, r%s {
		x, next = next, x-r/s*next
	}
	return (x%n + n) % n
}
