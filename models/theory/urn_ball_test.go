package theory

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Moments from an independent evaluation with exact integers.
func TestUrnBall(t *testing.T) {
	for _, row := range []struct {
		b, s                  int
		mean, variance, limit float64
	}{
		{100, 100, 63.3967659, 9.74008891, 63.2120559},
		{50, 100, 39.4993933, 5.45702684, 39.346934},
		{200, 100, 86.6020325, 8.01310613, 86.4664717},
		{1000, 500, 432.467739, 40.1686844, 432.332358},
	} {
		got := byName(t, "urn-ball", Params{"B": row.b, "S": row.s})
		near(t, row.mean, got["E[M]"], "%+v: mean", row)
		near(t, row.variance, got["Var[M]"], "%+v: variance", row)
		near(t, row.limit, got["limit"], "%+v: limit", row)
	}
}

// The moments against the law of the number of sellers picked, one buyer after the other.
func TestUrnBallIsAChain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := UrnBall{rapid.IntRange(1, 60).Draw(t, "B"), rapid.IntRange(1, 60).Draw(t, "S")}
		law := make([]float64, m.Sellers+1)
		law[0] = 1
		for range m.Buyers {
			for k := m.Sellers; k >= 0; k-- {
				law[k] *= float64(k) / float64(m.Sellers)
				if k > 0 {
					law[k] += law[k-1] * float64(m.Sellers-k+1) / float64(m.Sellers)
				}
			}
		}
		var mean, square float64
		for k, p := range law {
			mean += float64(k) * p
			square += float64(k*k) * p
		}
		gotMean, gotVariance := m.Moments()
		require.InDelta(t, mean, gotMean, 1e-9)
		require.InDelta(t, square-mean*mean, gotVariance, 1e-9)
	})
}
