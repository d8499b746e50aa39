package loadtest

import (
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Histogram holds durations from one microsecond to one hour to three
// significant digits, with their exact sum and maximum. The zero value is empty.
// Two histograms add without loss: the sum equals the histogram of all the values
// together. It grows with the number of distinct values, up to about 150 KiB, and
// is not safe for concurrent use.
type Histogram struct {
	bins *hdrhistogram.PackedHistogram
	sum  time.Duration
	max  time.Duration
}

const (
	longest = time.Hour // a longer duration is counted as this one; the maximum stays exact
	digits  = 3
)

// Record adds one duration; a negative one counts as zero.
func (h *Histogram) Record(d time.Duration) {
	d = max(d, 0)
	h.sum += d
	h.max = max(h.max, d)
	if err := h.open().RecordValue(int64((min(d, longest) + time.Microsecond/2) / time.Microsecond)); err != nil {
		panic("bug: a duration inside the histogram's range was refused: " + err.Error())
	}
}

// Add adds all the durations of another histogram.
func (h *Histogram) Add(o Histogram) {
	if o.bins == nil {
		return
	}
	h.sum += o.sum
	h.max = max(h.max, o.max)
	if dropped := h.open().Merge(o.bins); dropped != 0 {
		panic("bug: two histograms of one range did not merge")
	}
}

func (h *Histogram) open() *hdrhistogram.PackedHistogram {
	if h.bins == nil {
		h.bins = hdrhistogram.NewPacked(1, int64(longest/time.Microsecond), digits)
	}
	return h.bins
}

// Count is the number of durations recorded.
func (h Histogram) Count() int64 {
	if h.bins == nil {
		return 0
	}
	return h.bins.TotalCount()
}

// Max is the longest duration recorded, exactly; 0 when there is none.
func (h Histogram) Max() time.Duration { return h.max }

// Mean is the mean of the durations, exactly; 0 when there is none.
func (h Histogram) Mean() time.Duration {
	if n := h.Count(); n > 0 {
		return h.sum / time.Duration(n)
	}
	return 0
}

// Quantile is the smallest of the recorded durations that a share q (0 to 1) of
// them does not exceed, to within one part in a thousand or a microsecond; 0 when
// there is none.
func (h Histogram) Quantile(q float64) time.Duration {
	return h.Quantiles(q)[0]
}

// Quantiles is Quantile for several shares at once, in rising order.
func (h Histogram) Quantiles(qs ...float64) []time.Duration {
	out := make([]time.Duration, len(qs))
	if h.bins == nil {
		return out
	}
	n := float64(h.bins.TotalCount())
	percentiles := make([]float64, len(qs))
	for i, q := range qs {
		rank := math.Ceil(q*n - 1e-9) // 0.999 of 1,000 is 999, not 999.0000000000001
		percentiles[i] = 100 * rank / n
	}
	for i, v := range h.bins.ValueAtPercentilesSlice(percentiles) {
		out[i] = min(time.Duration(v)*time.Microsecond, h.max)
	}
	return out
}

// Equal reports whether two histograms hold the same counts, sum and maximum.
func (h Histogram) Equal(o Histogram) bool {
	if h.Count() != o.Count() || h.sum != o.sum || h.max != o.max {
		return false
	}
	same := true
	if h.bins != nil && o.bins != nil {
		h.bins.ForEachBucket(func(value, count int64) bool {
			same = o.bins.CountAtValue(value) == count
			return same
		})
	}
	return same
}
