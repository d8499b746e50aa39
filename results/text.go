package results

import (
	"math"
	"strconv"
	"strings"
)

// Human writes a number for people: four significant digits at most, thousands separated below 10,000 and
// scaled by k, M, B or T from there on, a share as a percentage, "n/a" for NaN, and never "-0". The unit's
// name is left to the heading above the number.
func Human(v float64, unit Unit) string {
	if unit == "share" {
		text := human(100 * v)
		if text == "n/a" {
			return text
		}
		return text + "%"
	}
	return human(v)
}

func human(v float64) string {
	switch {
	case math.IsNaN(v):
		return "n/a"
	case math.IsInf(v, 0):
		return strings.TrimPrefix(strconv.FormatFloat(v, 'f', -1, 64), "+")
	case v == 0:
		return "0"
	case v < 0:
		return "-" + human(-v)
	}
	// Round first, then scale: 9999.6 must become 10k and 999,960 must become 1M, not 1000k.
	const significant = 4
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', significant-1, 64), 64)
	if err != nil || rounded >= 1e15 || rounded < 1e-4 { // The one error is that rounding up overflows.
		return strconv.FormatFloat(v, 'g', significant, 64)
	}
	suffix := ""
	if rounded >= 1e4 {
		for _, suffix = range []string{"k", "M", "B", "T"} {
			if rounded /= 1e3; rounded < 1e3 {
				break
			}
		}
	}
	text := strconv.FormatFloat(rounded, 'f', decimals(rounded, significant), 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if rounded >= 1e3 {
		text = text[:1] + "," + text[1:]
	}
	return text + suffix
}

// decimals is how many digits after the point make up the wanted number of significant ones.
func decimals(v float64, significant int) int {
	return max(0, significant-1-int(math.Floor(math.Log10(v))))
}

// Exact writes a number in the fewest decimals that read back as the same float64: plain digits where
// these are short, an exponent for very large and very small ones, and "NaN", "Inf" or "-Inf".
func Exact(v float64) string { return string(AppendExact(nil, v)) }

// AppendExact appends what Exact writes to dst.
func AppendExact(dst []byte, v float64) []byte {
	if math.IsInf(v, 1) {
		return append(dst, "Inf"...) // strconv would write +Inf.
	}
	if size := math.Abs(v); v != 0 && (size < 1e-6 || size >= 1e17) {
		return strconv.AppendFloat(dst, v, 'e', -1, 64)
	}
	return strconv.AppendFloat(dst, v, 'f', -1, 64)
}

// Nullable returns the address of a copy of v, or nil when v is NaN or infinite, which JSON can only say
// as null.
func Nullable(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
