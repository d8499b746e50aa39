package agents

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/sim"
)

func made(g models.Graph, people int) *acquaintances {
	return newAcquaintances(&models.Network{Graph: g}, people, networkKey(sim.NewStreams(3, 0), "side", "region"))
}

// requireSimple wants a graph in which nobody knows itself or anybody twice, and acquaintance
// is mutual.
func requireSimple(t *testing.T, a *acquaintances) {
	t.Helper()
	knows := map[[2]uint32]bool{}
	for i := range len(a.uses) {
		for _, j := range a.of(i) {
			if uint32(i) == j || knows[[2]uint32{uint32(i), j}] {
				t.Fatalf("%d knows %d, itself or twice", i, j)
			}
			knows[[2]uint32{uint32(i), j}] = true
		}
	}
	for pair := range knows {
		if !knows[[2]uint32{pair[1], pair[0]}] {
			t.Fatalf("%v is not mutual", pair)
		}
	}
}

// clustering is the share of pairs of a person's acquaintances who know each other, on average.
func clustering(a *acquaintances) float64 {
	knows := map[[2]uint32]bool{}
	for i := range len(a.uses) {
		for _, j := range a.of(i) {
			knows[[2]uint32{uint32(i), j}] = true
		}
	}
	var sum float64
	for i := range len(a.uses) {
		list, linked := a.of(i), 0
		for x, j := range list {
			for _, k := range list[:x] {
				if knows[[2]uint32{j, k}] {
					linked++
				}
			}
		}
		sum += float64(linked) / (float64(len(list)*(len(list)-1)) / 2)
	}
	return sum / float64(len(a.uses))
}

// TestSmallWorld: on the ring everybody knows k = 10 and the clustering is 3(k-2)/(4(k-1)) =
// 2/3 (Watts and Strogatz 1998; Barrat and Weigt 2000, Eur. Phys. J. B 13). Rewired with
// probability 0.1 it is about that times 0.9^3, with an error of order 1/N. Rewired altogether
// everybody keeps the k/2 links it began and receives a Poisson number with mean k/2: the
// variance of the number of acquaintances is 5, known to 2% from 20,000; and clustering is
// gone, of the order of k/N.
func TestSmallWorld(t *testing.T) {
	const people = 20_000
	ring := made(models.SmallWorld{Neighbours: 10}, people)
	requireSimple(t, made(models.SmallWorld{Neighbours: 10}, 1000))
	require.Equal(t, 10, ring.most)
	require.InDelta(t, 2.0/3, clustering(ring), 1e-12)

	few := made(models.SmallWorld{Neighbours: 10, Rewired: 0.1}, people)
	requireSimple(t, made(models.SmallWorld{Neighbours: 10, Rewired: 0.1}, 1000))
	require.InDelta(t, 2.0/3*0.9*0.9*0.9, clustering(few), 0.01)

	all := made(models.SmallWorld{Neighbours: 10, Rewired: 1}, people)
	requireSimple(t, made(models.SmallWorld{Neighbours: 10, Rewired: 1}, 1000))
	require.Len(t, all.whom, 10*people)
	var squares float64
	for i := range people {
		n := float64(len(all.of(i))) - 10
		squares += n * n
		require.GreaterOrEqual(t, n, -5.0)
	}
	require.InEpsilon(t, 5, squares/people, 4*0.02)
	require.Less(t, clustering(all), 0.002)
}

// TestPreferential: of growth with m links the share of people with k acquaintances tends to
// 2m(m+1)/(k(k+1)(k+2)) (Bollobás, Riordan, Spencer and Tusnády 2001, Random Structures and
// Algorithms 18; a power law with exponent 3, Barabási and Albert 1999), so that
// m(m+1)/(k(k+1)) have k or more. Held within four sampling errors, and 2% for the finite size.
func TestPreferential(t *testing.T) {
	const people, m = 200_000, 3
	a := made(models.Preferential{Links: m}, people)
	require.Len(t, a.whom, 2*(m*(m+1)/2+m*(people-m-1)))
	atLeast := map[int]float64{}
	for i := range people {
		for _, k := range []int{m, m + 1, 2 * m, 5 * m, 20 * m} {
			if len(a.of(i)) >= k {
				atLeast[k]++
			}
		}
	}
	require.Equal(t, float64(people), atLeast[m])
	for k, n := range atLeast {
		want := float64(m*(m+1)) / float64(k*(k+1))
		require.InDelta(t, want, n/people, 4*math.Sqrt(want*(1-want)/people)+0.02*want, "%d", k)
	}
	require.Greater(t, a.most, 500, "the largest of 200,000 has of the order of m times the square root of them")
	requireSimple(t, made(models.Preferential{Links: m}, 1000))
	requireSimple(t, made(models.SmallWorld{Neighbours: 4, Rewired: 1}, 5)) // everybody knows everybody already
	first := a.of(0)
	require.Less(t, len(first), 500, "who comes first in the file is anybody")
}
