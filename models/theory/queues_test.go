package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Erlang's formulas and means from an independent solution of the truncated chain of states.
func TestMMC(t *testing.T) {
	for _, row := range []struct {
		lambda              float64
		c                   int
		b, erlC, wait, stay float64
	}{
		{0.5, 1, 0.333333333, 0.5, 1, 1},
		{1, 2, 0.2, 0.333333333, 0.333333333, 1.33333333},
		{2.5, 3, 0.282167043, 0.702247191, 1.40449438, 6.01123596},
		{8, 10, 0.121661064, 0.409180151, 0.204590075, 9.6367206},
		{18, 20, 0.109212846, 0.550769005, 0.275384502, 22.956921},
		{95, 100, 0.0488042062, 0.506456854, 0.101291371, 104.62268},
	} {
		got := byName(t, "mmc", Params{"lambda": row.lambda, "mu": 1, "c": row.c})
		near(t, row.b, got["Erlang B"], "%+v: Erlang B", row)
		near(t, row.erlC, got["Erlang C"], "%+v: Erlang C", row)
		near(t, row.wait, got["Wq"], "%+v: Wq", row)
		near(t, row.stay, got["L"], "%+v: L", row)
		near(t, got["Wq"]+1, got["W"], "%+v: W", row)
	}
	near(t, 0.150528965, byName(t, "mmc", Params{"lambda": 8, "mu": 1, "c": 10})["P(Wq>0.5)"], "ten servers with a load of eight")
	full := byName(t, "mmc", Params{"lambda": 2, "mu": 1, "c": 2, "t": []any{3}})
	require.True(t, math.IsInf(full["Wq"], 1) && math.IsInf(full["L"], 1), "as many arrive as can be served")
	require.Equal(t, 1.0, full["P(Wq>3)"])
}

func TestMM1K(t *testing.T) {
	for _, row := range []struct {
		rho  float64
		room int
		loss float64
	}{
		{0.8, 5, 0.0888194987}, {1.2, 10, 0.192586495}, {1, 4, 0.2},
	} {
		got := byName(t, "mm1k", Params{"lambda": 3 * row.rho, "mu": 3, "K": row.room})
		near(t, row.loss, got["loss"], "%+v", row)
		near(t, 3*row.rho*(1-row.loss), got["throughput"], "%+v", row)
	}
}

// The formulas against the stationary law of a birth-and-death chain, summed state by state.
func TestQueuesAreChains(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		arrival, service := rapid.Float64Range(0.1, 5).Draw(t, "lambda"), rapid.Float64Range(0.1, 5).Draw(t, "mu")
		servers := rapid.IntRange(1, 30).Draw(t, "c")
		law := func(servers, room int) []float64 {
			p, sum := make([]float64, room+1), 0.0
			var log float64
			for k := range p {
				if k > 0 {
					log += math.Log(arrival / (service * float64(min(k, servers))))
				}
				p[k] = math.Exp(log)
				sum += p[k]
			}
			for k := range p {
				p[k] /= sum
			}
			return p
		}
		room := rapid.IntRange(1, 40).Draw(t, "K")
		require.InDelta(t, law(1, room)[room], MM1K{arrival, service, room}.Loss(), 1e-10)

		q := MMC{arrival, service, servers}
		require.InDelta(t, law(servers, servers)[servers], q.ErlangB(), 1e-10, "nobody can wait")
		if load := arrival / service / float64(servers); load < 0.95 {
			var waiting, here float64
			for k, p := range law(servers, servers+800) { // 0.95^800 = 1.5e-18
				here += float64(k) * p
				if k >= servers {
					waiting += p
				}
			}
			require.InDelta(t, waiting, q.ErlangC(), 1e-9)
			require.InEpsilon(t, here, arrival*(q.Wait()+1/service), 1e-8, "Little 1961")
			require.InDelta(t, q.ErlangC()/math.E, q.WaitsLonger(1/q.spare()), 1e-12, "an exponential wait")
		}
	})
}
