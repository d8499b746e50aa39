package study

import "math/bits"

// netBits is how finely the unit interval is cut by Sobol' points.
const netBits = 32

// primitive is one dimension of the table of Joe and Kuo: a primitive polynomial over the
// integers modulo 2, by its degree and its inner coefficients, and the first direction numbers.
type primitive struct {
	degree, inner uint32
	first         []uint32
}

// joeKuo are dimensions 2 to 32 of the direction numbers new-joe-kuo-6.21201 (Joe and Kuo 2008,
// SIAM Journal on Scientific Computing 30(5), "Constructing Sobol sequences with better
// two-dimensional projections"); dimension 1 is the sequence of van der Corput.
var joeKuo = [...]primitive{
	{1, 0, []uint32{1}},
	{2, 1, []uint32{1, 3}},
	{3, 1, []uint32{1, 3, 1}},
	{3, 2, []uint32{1, 1, 1}},
	{4, 1, []uint32{1, 1, 3, 3}},
	{4, 4, []uint32{1, 3, 5, 13}},
	{5, 2, []uint32{1, 1, 5, 5, 17}},
	{5, 4, []uint32{1, 1, 5, 5, 5}},
	{5, 7, []uint32{1, 1, 7, 11, 19}},
	{5, 11, []uint32{1, 1, 5, 1, 1}},
	{5, 13, []uint32{1, 1, 1, 3, 11}},
	{5, 14, []uint32{1, 3, 5, 5, 31}},
	{6, 1, []uint32{1, 3, 3, 9, 7, 49}},
	{6, 13, []uint32{1, 1, 1, 15, 21, 21}},
	{6, 16, []uint32{1, 3, 1, 13, 27, 49}},
	{6, 19, []uint32{1, 1, 1, 15, 7, 5}},
	{6, 22, []uint32{1, 3, 1, 15, 13, 25}},
	{6, 25, []uint32{1, 1, 5, 5, 19, 61}},
	{7, 1, []uint32{1, 3, 7, 11, 23, 15, 103}},
	{7, 4, []uint32{1, 3, 7, 13, 13, 15, 69}},
	{7, 7, []uint32{1, 1, 3, 13, 7, 35, 63}},
	{7, 8, []uint32{1, 3, 5, 9, 1, 25, 53}},
	{7, 14, []uint32{1, 3, 1, 13, 9, 35, 107}},
	{7, 19, []uint32{1, 3, 1, 5, 27, 61, 31}},
	{7, 21, []uint32{1, 1, 5, 11, 19, 41, 61}},
	{7, 28, []uint32{1, 3, 5, 3, 3, 13, 69}},
	{7, 31, []uint32{1, 1, 7, 13, 1, 19, 1}},
	{7, 32, []uint32{1, 3, 7, 5, 13, 19, 59}},
	{7, 37, []uint32{1, 1, 3, 9, 25, 29, 41}},
	{7, 41, []uint32{1, 3, 5, 13, 23, 1, 55}},
	{7, 42, []uint32{1, 3, 7, 3, 13, 59, 17}},
}

// maxNet is how many inputs Sobol' points are known for.
const maxNet = len(joeKuo) + 1

// net is a sequence of Sobol' points in the unit cube. Every dimension is shifted by random bits
// (a digital shift: L'Ecuyer and Lemieux 2002, in Modeling Uncertainty), which keeps the points as
// evenly spread as they are and takes the first one off the corner.
type net struct {
	directions [][netBits]uint32
	shift      []uint32
}

func newNet(inputs int, seed uint64) *net {
	n := &net{directions: make([][netBits]uint32, inputs), shift: make([]uint32, inputs)}
	draw := designBits(seed)
	for i := range n.directions {
		n.directions[i] = directions(i)
		n.shift[i] = uint32(draw.Uint64() >> (64 - netBits))
	}
	return n
}

// directions are the direction numbers of a dimension, from 0, by the recurrence of Bratley and
// Fox 1988 (ACM Transactions on Mathematical Software 14(1)).
func directions(dimension int) [netBits]uint32 {
	var v [netBits]uint32
	if dimension == 0 {
		for k := range v {
			v[k] = 1 << (netBits - 1 - k)
		}
		return v
	}
	p := joeKuo[dimension-1]
	degree := int(p.degree)
	for k := range v {
		if k < degree {
			v[k] = p.first[k] << (netBits - 1 - k)
			continue
		}
		v[k] = v[k-degree] ^ v[k-degree]>>degree
		for j := 1; j < degree; j++ {
			if p.inner>>(degree-1-j)&1 == 1 {
				v[k] ^= v[k-j]
			}
		}
	}
	return v
}

// at is one coordinate of a point, in (0,1): the middle of its interval of 2^-32.
func (n *net) at(point, input int) float64 {
	x := n.shift[input]
	gray := uint32(point) ^ uint32(point)>>1
	for gray != 0 {
		k := bits.TrailingZeros32(gray)
		x ^= n.directions[input][k]
		gray &= gray - 1
	}
	return (float64(x) + 0.5) / (1 << netBits)
}
