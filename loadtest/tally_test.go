package loadtest

import (
	"math"
	"sort"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/loadtest/plan"
)

func anySample(t *rapid.T) Sample {
	due := time.Duration(rapid.Int64Range(0, int64(2*time.Hour)).Draw(t, "due"))
	sent := due + time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "lateness"))
	return Sample{
		Step: rapid.IntRange(0, 2).Draw(t, "step"), Due: due, Sent: sent,
		Done:    sent + time.Duration(rapid.Int64Range(0, int64(2*time.Hour)).Draw(t, "service")),
		Bytes:   rapid.Int64Range(0, 1000).Draw(t, "bytes"),
		Failure: Failure(rapid.IntRange(0, FailureKinds-1).Draw(t, "failure")),
	}
}

// However requests are dealt to tallies, and in whatever order these are added,
// the sum is the tally of them all: counts, histograms, sums and maxima.
func TestTalliesAdd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		samples := rapid.SliceOf(rapid.Custom(anySample)).Draw(t, "samples")
		var whole Tally
		parts := make([]Tally, 3)
		for _, s := range samples {
			whole.Record(s)
			whole.Due++
			part := &parts[rapid.IntRange(0, 2).Draw(t, "part")]
			part.Record(s)
			part.Due++
		}
		var left, right Tally
		for i := range parts {
			left.Add(parts[i])
			right.Add(parts[len(parts)-1-i])
		}
		require.True(t, left.Equal(whole))
		require.True(t, right.Equal(whole))
		require.Equal(t, whole.Sent, whole.OK+whole.Failed())
		require.Equal(t, int64(0), whole.NotSent())
	})
}

// Two tallies that differ in one request are told apart.
func TestTalliesDiffer(t *testing.T) {
	var a, b Tally
	a.Record(Sample{Done: 5 * time.Millisecond})
	b.Record(Sample{Done: 5*time.Millisecond + 10*time.Microsecond})
	require.False(t, a.Equal(b))
	b = Tally{}
	b.Record(Sample{Done: 5 * time.Millisecond, Failure: Reset})
	require.False(t, a.Equal(b))
}

// A percentile is the true one to within a thousandth or a microsecond; sum, mean
// and maximum are exact.
func TestHistogramAgreesWithSorting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(0, int64(30*time.Minute)), 1, 200).Draw(t, "values")
		var h Histogram
		var sum time.Duration
		for _, v := range values {
			h.Record(time.Duration(v))
			sum += time.Duration(v)
		}
		sort.Slice(values, func(i, j int) bool { return values[i] < values[j] })
		for _, q := range []float64{0.5, 0.9, 0.99, 0.999, 1} {
			want := float64(values[max(0, int(math.Ceil(q*float64(len(values))-1e-9))-1)])
			require.InDelta(t, want, float64(h.Quantile(q)), want/1000+float64(time.Microsecond))
		}
		require.Equal(t, time.Duration(values[len(values)-1]), h.Max())
		require.Equal(t, sum/time.Duration(len(values)), h.Mean())
	})
}

func TestHistogramAtItsEdges(t *testing.T) {
	var h Histogram
	require.Zero(t, h.Quantile(0.5))
	require.Zero(t, h.Mean())
	h.Record(-time.Second)
	h.Record(3 * time.Hour)
	require.Equal(t, int64(2), h.Count())
	require.Equal(t, 3*time.Hour, h.Max(), "the maximum is exact beyond the range as well")
	require.InDelta(t, float64(time.Hour), float64(h.Quantile(1)), float64(time.Hour)/1000)
}

func TestMeasuresOfATally(t *testing.T) {
	var tally Tally
	for i := range 100 { // latencies 1 to 100 ms, of which every tenth failed; 25 more were due
		s := Sample{Due: time.Second, Sent: time.Second, Done: time.Second + time.Duration(i+1)*time.Millisecond}
		if i%10 == 0 {
			s.Failure = Status5xx
		}
		tally.Record(s)
	}
	tally.Due = 125
	for text, want := range map[string]float64{
		"latency.p50 < 1s": 50, "latency.p99 < 1s": 99, "latency.max < 1s": 100, "latency.mean < 1s": 50.5,
		"service.p90 < 1s": 90, "lateness.p999 < 1s": 0, "failed < 1%": 0.1, "not_sent < 1": 25, "not_sent < 1%": 0.2,
	} {
		c, err := plan.ParseThreshold(text)
		require.NoError(t, err)
		got, known := measure(c, tally, time.Second)
		require.True(t, known)
		require.InDelta(t, want, got, want/1000+1e-9, text)
	}
	c, err := plan.ParseThreshold("latency.p50 < 1s")
	require.NoError(t, err)
	_, known := measure(c, Tally{}, time.Second)
	require.False(t, known, "nothing is known of no request")
}
