package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Survival and lifetimes from an independent sum of the series.
func TestSBG(t *testing.T) {
	for _, row := range []struct{ alpha, beta, d, s1, s3, s7, s12, del, derl1, derl5, derl7 float64 }{
		{0.668, 3.806, 0.1, 0.850692892, 0.66981692, 0.488944621, 0.37804042, 5.92259641, 5.41485605, 6.8970574, 7.34505226},
		{0.704, 1.182, 0.1, 0.626723224, 0.387999876, 0.239050642, 0.170062577, 3.69514741, 2.96466215, 5.89442286, 6.57596619},
		{3.8, 15.19, 0.1, 0.799894681, 0.530554866, 0.261423453, 0.12576662, 4.00761528, 3.3083768, 3.84090427, 4.07797836},
		{1.5, 6, 0.05, 0.8, 0.554798762, 0.323460313, 0.200059478, 5.80085571, 5.0408985, 6.89988462, 7.63828546},
	} {
		got := byName(t, "sbg", Params{"alpha": row.alpha, "beta": row.beta, "d": row.d})
		near(t, row.s1, got["S(1)"], "%+v: S(1)", row)
		near(t, row.s3, got["S(3)"], "%+v: S(3)", row)
		near(t, row.s7, got["S(7)"], "%+v: S(7)", row)
		near(t, row.s12, got["S(12)"], "%+v: S(12)", row)
		near(t, row.del, got["DEL"], "%+v: DEL", row)
		near(t, row.derl1, got["DERL(1)"], "%+v: DERL(1)", row)
		near(t, row.derl5, got["DERL(5)"], "%+v: DERL(5)", row)
		near(t, row.derl7, got["DERL(7)"], "%+v: DERL(7)", row)
		near(t, row.s1, got["r(1)"], "%+v: the first retention is the first survival", row)
	}
	got := byName(t, "sbg", Params{"alpha": 0.66808833, "beta": 3.8060949, "d": 0.1, "n": 8, "t": 0})
	near(t, 7.52962811, got["DERL(8)"], "an example printed elsewhere under the number of renewals before")
	require.Equal(t, 1.0, got["S(0)"])
	require.True(t, math.IsNaN(got["r(0)"]))
	require.True(t, math.IsInf(got["E[T]"], 1), "alpha below 1")
	near(t, 6.5/0.5, SBG{1.5, 6}.Lifetime(), "(alpha + beta - 1)/(alpha - 1)")

	// Customers taken to be all alike, at the mean retention, are worth less: the sum of a geometric series.
	mean := 15.19 / (3.8 + 15.19)
	near(t, 3.66537989, LTVGeometric{Margin: 1, Retention: mean, Discount: 0.1}.Value(), "naive")
}

// Shapes calibrated on seven years of two published segments (Fader and Hardie 2007): they forecast the
// years after, and no shapes nearby are likelier.
func TestSBGCalibration(t *testing.T) {
	for name, row := range map[string]struct {
		alpha, beta, likelihood, churn float64
		observed                       []float64 // percent surviving years 1 to 7
		forecast                       []float64 // years 8 to 12
	}{
		"high end": {0.66808833, 3.8060949, -1611.15815, 0.1493207, []float64{86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1}, []float64{0.46044, 0.43578, 0.414172, 0.395055, 0.377999}},
		"regular":  {0.70407731, 1.1820431, -1680.26519, 0.3732939, []float64{63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1}, []float64{0.220085, 0.204411, 0.19119, 0.179865, 0.170037}},
	} {
		likelihood := func(m SBG) float64 {
			var sum float64
			before := 1.0
			for i, percent := range row.observed {
				left := 1000 * (before - percent/100)
				sum += left * math.Log(m.Survival(i)-m.Survival(i+1))
				before = percent / 100
			}
			return sum + 1000*before*math.Log(m.Survival(len(row.observed)))
		}
		m := SBG{row.alpha, row.beta}
		near(t, row.likelihood, likelihood(m), "%s: likelihood of a thousand customers", name)
		near(t, row.churn, m.Alpha/(m.Alpha+m.Beta), "%s: mean probability to leave", name)
		for i, s := range row.forecast {
			require.InDelta(t, s, m.Survival(8+i), 1e-6, "%s: year %d", name, 8+i)
		}
		for _, f := range []float64{0.99, 1.01} {
			require.Less(t, likelihood(SBG{m.Alpha * f, m.Beta}), likelihood(m))
			require.Less(t, likelihood(SBG{m.Alpha, m.Beta * f}), likelihood(m))
		}
	}
}

// Lifetimes are sums of discounted survival, and those of the undiscounted are the limit.
func TestSBGLifetimesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shape := func(name string) float64 { return math.Exp(rapid.Float64Range(-4, 8).Draw(t, name)) }
		m := SBG{shape("alpha"), shape("beta")}
		d, n := rapid.Float64Range(0.02, 3).Draw(t, "d"), rapid.IntRange(1, 20).Draw(t, "n")
		sum := func(from int) float64 {
			total, left, discount := 0.0, 1.0, 1.0
			if from > 0 {
				left = m.Retention(float64(from))
			}
			for k := range 2500 { // 1.02^-2500 = 3e-22
				total += left * discount
				left *= m.Retention(float64(from + k + 1))
				discount /= 1 + d
			}
			return total
		}
		require.InEpsilon(t, sum(0), m.DEL(d), 1e-9)
		require.InEpsilon(t, sum(n), m.DERL(n, d), 1e-9)
		if m.Alpha > 3 { // then (alpha+beta)/(alpha-2) < 3000 bounds what a discount of 1e-12 is multiplied by
			require.InEpsilon(t, m.Lifetime(), m.DEL(1e-12), 1e-8)
		}
	})
}
