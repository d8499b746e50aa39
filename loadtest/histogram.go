package loadtest

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
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

// IsZero reports whether the histogram is empty.
func (h Histogram) IsZero() bool { return h.Count() == 0 }

// MarshalText writes the histogram without loss, for a part that travels: sum and maximum
// in nanoseconds, then each bucket as its distance from the one before, in
// microseconds, and its count; variable-length numbers in base64.
func (h Histogram) MarshalText() ([]byte, error) {
	raw := binary.AppendVarint(nil, int64(h.sum))
	raw = binary.AppendVarint(raw, int64(h.max))
	if h.bins != nil {
		before := int64(0)
		h.bins.ForEachBucket(func(value, count int64) bool {
			if count > 0 {
				raw = binary.AppendUvarint(binary.AppendUvarint(raw, uint64(value-before)), uint64(count))
				before = value
			}
			return true
		})
	}
	return base64.RawStdEncoding.AppendEncode(nil, raw), nil
}

// UnmarshalText reads what MarshalText wrote; its error says that it is nothing of the
// kind.
func (h *Histogram) UnmarshalText(text []byte) error {
	*h = Histogram{}
	raw, err := base64.RawStdEncoding.AppendDecode(nil, text)
	if err != nil {
		return err
	}
	broken := errors.New("it is no histogram")
	var head [2]int64
	for i := range head {
		v, n := binary.Varint(raw)
		if n <= 0 || v < 0 {
			return broken
		}
		head[i], raw = v, raw[n:]
	}
	h.sum, h.max = time.Duration(head[0]), time.Duration(head[1])
	for value := uint64(0); len(raw) > 0; {
		step, n := binary.Uvarint(raw)
		count, m := binary.Uvarint(raw[max(n, 0):])
		if value += step; n <= 0 || m <= 0 || value > uint64(2*longest/time.Microsecond) || step > value || count > math.MaxInt64 {
			return broken
		}
		raw = raw[n+m:]
		if err := h.open().RecordValues(int64(value), int64(count)); err != nil {
			return broken
		}
	}
	return nil
}
