package study

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func rows(d Design) []string {
	var all []string
	for i := range d.Count {
		all = append(all, strings.Join(d.At(i), " "))
	}
	return all
}

func TestGridAndZip(t *testing.T) {
	a, b := Input{Path: "a", Levels: []string{"x", "y"}}, Input{Path: "b", Lo: 0, Hi: 1, Steps: 3}
	grid, err := Grid([]Input{a, b})
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, grid.Paths)
	require.Equal(t, []string{"x 0", "x 0.5", "x 1", "y 0", "y 0.5", "y 1"}, rows(grid))
	require.Equal(t, "grid of 2 x 3", grid.About)
	_, err = Zip([]Input{a, b})
	require.EqualError(t, err, "b has 3 values where a has 2; values taken side by side must be equally many")
	b.Steps = 2
	zip, err := Zip([]Input{a, b})
	require.NoError(t, err)
	require.Equal(t, []string{"x 0", "y 1"}, rows(zip))
	big := Input{Path: "c", Lo: 0, Hi: 1, Steps: 1001}
	_, err = Grid([]Input{big, big})
	require.EqualError(t, err, "a grid of 1001 x 1001 points or more is beyond 1000000; vary less, or sample the space")
}

// Every input of a Latin hypercube falls once into each of its equal parts, and every input of
// a power of two of Sobol' points does.
func TestSamplesAreSpreadEvenly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed, inputs := rapid.Uint64().Draw(t, "seed"), rapid.IntRange(1, maxNet).Draw(t, "inputs")
		n := 1 << rapid.IntRange(0, 7).Draw(t, "log points")
		space := make([]Input, inputs)
		for i := range space {
			space[i] = Input{Path: fmt.Sprint(i), Lo: 0, Hi: float64(n)}
		}
		for _, way := range []string{Latin, SobolNet} {
			d, err := Sample(space, way, n, seed)
			require.NoError(t, err)
			require.Equal(t, n, d.Count)
			for i := range space {
				seen := map[int]bool{}
				for p := range n {
					var x float64
					_, err := fmt.Sscan(d.At(p)[i], &x)
					require.NoError(t, err)
					seen[int(x)] = true
				}
				require.Len(t, seen, n, "%s, input %d", way, i)
			}
			again, err := Sample(space, way, n, seed)
			require.NoError(t, err)
			require.Equal(t, rows(d), rows(again))
		}
	})
}

// The first points of dimensions 1 to 3 without the shift, in Gray-code order: 0, 1/2, then 3/4
// and 1/4 and their mirror images (Bratley and Fox 1988, table of the first points), and the integral
// of a product is far closer than 4096 independent points come to it.
func TestSobolPoints(t *testing.T) {
	n := newNet(3, 1)
	n.shift = make([]uint32, 3)
	var got [][3]float64
	for p := range 4 {
		got = append(got, [3]float64{n.at(p, 0), n.at(p, 1), n.at(p, 2)})
	}
	for p, want := range [][3]float64{{0, 0, 0}, {0.5, 0.5, 0.5}, {0.75, 0.25, 0.25}, {0.25, 0.75, 0.75}} {
		require.InDeltaSlice(t, want[:], got[p][:], 1e-9)
	}
	for _, dims := range []int{2, 8, maxNet} {
		n := newNet(dims, 9)
		sum := 0.0
		const points = 4096
		for p := range points {
			f := 1.0
			for i := range dims {
				f *= 1 + (n.at(p, i)-0.5)/float64(i+1) // its mean is 1
			}
			sum += f
		}
		// The variance of one point is prod(1 + 1/(12 (i+1)^2)) - 1, about 0.13 to 0.15.
		independent := math.Sqrt(0.14 / points)
		require.InDelta(t, 1, sum/points, independent/4, "%d dimensions", dims)
	}
}

func TestSamplesRefused(t *testing.T) {
	space := []Input{{Path: "a", Lo: 0, Hi: 1}}
	_, err := Sample(space, "grid", 4, 1)
	require.EqualError(t, err, `a space cannot be sampled by "grid"; use one of: lhs, sobol, random`)
	_, err = Sample(space, Latin, 0, 1)
	require.EqualError(t, err, "0 points cannot be drawn; ask for 1 to 1000000")
	_, err = Sample(make([]Input, maxNet+1), SobolNet, 4, 1)
	require.EqualError(t, err, "Sobol' points are known here for up to 32 inputs, not 33; use lhs")
	d, err := Sample(space, RandomDraw, 2, 1)
	require.NoError(t, err)
	require.NotEqual(t, d.At(0), d.At(1))
}

func TestReadDesign(t *testing.T) {
	d, err := ReadDesign(strings.NewReader("# two points\nplatforms.A.fee, noise\n0.1,none\n0.2,\"{scale: 2, kind: annealed}\"\n"), "points.csv")
	require.NoError(t, err)
	require.Equal(t, []string{"platforms.A.fee", "noise"}, d.Paths)
	require.Equal(t, []string{"0.1 none", "0.2 {scale: 2, kind: annealed}"}, rows(d))
	for text, want := range map[string]string{
		"":                 "points.csv: is empty; write paths in the first line, such as platforms.A.fee, and a line of values for each point",
		"a,b\n":            "points.csv: has paths and no points; write a line of values for each",
		"a,\n1,2\n":        "points.csv:1: column 2 has no path",
		"a,b\n1\n2,\n3,4,": "points.csv:2: has 1 values for 2 paths\npoints.csv:3: b has no value\npoints.csv:4: has 3 values for 2 paths",
	} {
		_, err := ReadDesign(strings.NewReader(text), "points.csv")
		require.EqualError(t, err, want)
	}
}
