package theory

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Matches from an independent evaluation at both sizes of the market.
func TestCobbDouglas(t *testing.T) {
	for _, row := range []struct{ a, b, s, beta, sigma, matches, doubled, perBuyer float64 }{
		{0.5, 1000, 500, 0.5, 0.5, 353.553391, 2, 0.353553391},
		{0.1, 1000, 500, 0.6, 0.6, 262.65278, 2.29739671, 0.26265278},
		{0.8, 200, 300, 0.4, 0.5, 115.361956, 1.86606598, 0.576809782},
		{0.02, 500, 500, 0.75, 0.75, 223.606798, 2.82842712, 0.447213595},
	} {
		got := byName(t, "cobb-douglas", Params{"A": row.a, "B": row.b, "S": row.s, "beta": row.beta, "sigma": row.sigma})
		near(t, row.matches, got["M"], "%+v: M", row)
		near(t, row.doubled, got["M_doubled/M"], "%+v: after doubling", row)
		near(t, row.perBuyer, got["M/B"], "%+v: per buyer", row)
		near(t, row.matches/row.s, got["M/S"], "%+v: per seller", row)
		near(t, row.beta+row.sigma-1, got["scale_elasticity"], "%+v: elasticity", row)
	}
}

func TestCobbDouglasScales(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := func(name string) float64 { return rapid.Float64Range(0.1, 2).Draw(t, name) }
		m := CobbDouglas{A: unit("A"), Buyers: 100 * unit("B"), Sellers: 100 * unit("S"), Beta: unit("beta"), Sigma: unit("sigma")}
		twice := m
		twice.Buyers, twice.Sellers = 2*m.Buyers, 2*m.Sellers
		require.InEpsilon(t, m.Doubling(), twice.Matches()/m.Matches(), 1e-12)
	})
}
