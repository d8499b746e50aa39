package results_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/results"
)

func TestHuman(t *testing.T) {
	for _, c := range []struct {
		v    float64
		unit results.Unit
		want string
	}{
		{0, "orders", "0"}, {math.Copysign(0, -1), "orders", "0"}, {12, "participants", "12"},
		{999.96, "ms", "1,000"}, {1234, "orders", "1,234"}, {1234.56, "orders", "1,235"}, {9999.4, "orders", "9,999"},
		{9999.6, "orders", "10k"}, {12346, "orders", "12.35k"}, {120000, "participants", "120k"},
		{999949, "participants", "999.9k"}, {999960, "participants", "1M"}, {3e6, "money", "3M"},
		{1.5e9, "money", "1.5B"}, {2.25e12, "money", "2.25T"}, {9.999e14, "money", "999.9T"}, {1e15, "money", "1e+15"},
		{12.3456, "ms", "12.35"}, {0.00012346, "1", "0.0001235"}, {0.000012346, "1", "1.235e-05"},
		{-1234.4, "money", "-1,234"}, {-0.5, "money", "-0.5"},
		{0.18, "share", "18%"}, {0.12346, "share", "12.35%"}, {1, "share", "100%"}, {-0.004, "share", "-0.4%"},
		{math.Copysign(0, -1), "share", "0%"}, {math.NaN(), "share", "n/a"}, {math.NaN(), "ms", "n/a"},
		{math.Inf(1), "ms", "Inf"}, {math.Inf(-1), "ms", "-Inf"}, {math.MaxFloat64, "1", "1.798e+308"},
		{math.SmallestNonzeroFloat64, "1", "4.941e-324"},
	} {
		require.Equal(t, c.want, results.Human(c.v, c.unit), "%v %s", c.v, c.unit)
	}
}

// What a person reads is the number to four significant digits.
func TestHumanIsNearTheNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(-1e300, 1e300).Draw(t, "v") // Near the top, rounding up leaves the floats.
		text := results.Human(v, "orders")
		require.NotEqual(t, "-0", text)
		require.LessOrEqual(t, len(text), len("-1.234e-308"))
		plain, scale := strings.ReplaceAll(text, ",", ""), 1.0
		for suffix, by := range map[string]float64{"k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12} {
			if strings.HasSuffix(plain, suffix) {
				plain, scale = strings.TrimSuffix(plain, suffix), by
			}
		}
		read, err := strconv.ParseFloat(plain, 64)
		require.NoError(t, err)
		if math.Abs(v) > 1e-300 && v != 0 { // Subnormals have no four digits.
			require.InEpsilon(t, v, read*scale, 5.01e-4)
		}
		if v != 0 {
			require.Equal(t, "-"+results.Human(math.Abs(v), "orders"), results.Human(-math.Abs(v), "orders"))
		}
	})
}

func TestExact(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 1e6: "1000000", 0.1: "0.1", -2.5: "-2.5", 1e17: "1e+17", 123456789012345678: "1.2345678901234568e+17",
		1e16: "10000000000000000", 1e-6: "0.000001", 1.5e-7: "1.5e-07", math.Inf(1): "Inf", math.Inf(-1): "-Inf",
	} {
		require.Equal(t, want, results.Exact(v))
	}
	require.Equal(t, "NaN", results.Exact(math.NaN()))
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64().Draw(t, "v")
		read, err := strconv.ParseFloat(results.Exact(v), 64)
		require.NoError(t, err)
		require.Equal(t, math.Float64bits(v), math.Float64bits(read))
	})
}

func TestNullable(t *testing.T) {
	require.Nil(t, results.Nullable(math.NaN()))
	require.Nil(t, results.Nullable(math.Inf(-1)))
	require.Equal(t, 2.5, *results.Nullable(2.5))
}
