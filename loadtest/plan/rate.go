package plan

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// Rate is a number of journey starts per unit of time, kept as it was written
// (10 per minute, not 0.1666… per second) so that the number of requests due
// under a curve is exact. The zero value is a rate of nothing.
type Rate struct {
	Count float64       // starts per Per, not negative; read as the shortest decimal that names it
	Per   time.Duration // the unit of time; 0 means one second
}

// PerSecond is the rate of count starts per second.
func PerSecond(count float64) Rate { return Rate{Count: count, Per: time.Second} }

// PerSecond returns the rate in starts per second, rounded to a float64.
func (r Rate) PerSecond() float64 { return r.Count * float64(time.Second) / float64(r.per()) }

// String writes the rate the way ParseRate reads it, such as 50/s or 10/m.
func (r Rate) String() string {
	unit := r.per().String()
	for _, u := range rateUnits {
		if u.length == r.per() {
			unit = u.name
		}
	}
	return strconv.FormatFloat(r.Count, 'f', -1, 64) + "/" + unit
}

// Scale returns the rate multiplied by k, a number that is not negative; the
// product is taken in decimals, so 100/s scaled by 1.15 is 115/s.
func (r Rate) Scale(k float64) Rate {
	if !finite(k) || !finite(r.Count) {
		return Rate{Count: r.Count * k, Per: r.Per}
	}
	product, _ := new(big.Rat).Mul(decimal(r.Count), decimal(k)).Float64()
	return Rate{Count: product, Per: r.Per}
}

func (r Rate) per() time.Duration {
	if r.Per == 0 {
		return time.Second
	}
	return r.Per
}

// perNano is the exact rate in starts per nanosecond.
func (r Rate) perNano() *big.Rat {
	return new(big.Rat).Quo(decimal(r.Count), new(big.Rat).SetInt64(int64(r.per())))
}

// decimal reads a float64 as the shortest decimal that names it: a person who
// writes 0.3 means three tenths, not the binary number next to it.
func decimal(f float64) *big.Rat {
	d, ok := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64))
	if !ok {
		panic(fmt.Sprintf("bug: rate %v reached the schedule without validation", f))
	}
	return d
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

type timeUnit struct {
	name   string
	length time.Duration
}

var rateUnits = [...]timeUnit{{"s", time.Second}, {"m", time.Minute}, {"h", time.Hour}, {"d", 24 * time.Hour}}

var durationUnits = [...]timeUnit{
	{"ns", time.Nanosecond}, {"us", time.Microsecond}, {"µs", time.Microsecond}, {"ms", time.Millisecond},
	{"s", time.Second}, {"m", time.Minute}, {"h", time.Hour}, {"d", 24 * time.Hour}, {"w", 7 * 24 * time.Hour},
}

// longestNumber bounds the digits of a number in a plan: far beyond any use,
// and short enough that hostile input costs nothing.
const longestNumber = 40

// ParseRate reads a rate such as 50/s, 0.5/s, 3000/m, 1000/h or 2e6/d. The count
// must be finite and not negative; the unit is one of s, m, h and d.
func ParseRate(text string) (Rate, error) {
	const remedy = "write a count and a unit of time, such as 50/s, 3000/m or 1000/h"
	count, unit, slash := strings.Cut(strings.TrimSpace(text), "/")
	count, unit = strings.TrimSpace(count), strings.TrimSpace(unit)
	if !slash {
		return Rate{}, Fault{Problem: fmt.Sprintf("rate %q has no unit of time", clip(text)), Remedy: remedy}
	}
	n, err := parseNumber(count)
	if err != nil {
		return Rate{}, Fault{Problem: fmt.Sprintf("rate %q: %v", clip(text), err), Remedy: remedy}
	}
	for _, u := range rateUnits {
		if u.name == unit {
			return Rate{Count: n, Per: u.length}, nil
		}
	}
	return Rate{}, Fault{Problem: fmt.Sprintf("rate %q: %q is no unit of time for a rate", clip(text), clip(unit)), Remedy: remedy}
}

// parseNumber reads a finite decimal number that is not negative.
func parseNumber(text string) (float64, error) {
	if text == "" {
		return 0, fmt.Errorf("the number is missing")
	}
	if len(text) > longestNumber {
		return 0, fmt.Errorf("the number has more than %d digits", longestNumber)
	}
	if strings.Trim(text, "0123456789.eE+-") != "" {
		return 0, fmt.Errorf("%q is not a decimal number", text)
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !finite(n) {
		return 0, fmt.Errorf("%q is not a finite decimal number", text)
	}
	if n < 0 || math.Signbit(n) {
		return 0, fmt.Errorf("%s is negative", text)
	}
	return n, nil
}

// ParseDuration reads a duration such as 250ms, 1.5s, 2m, 1h30m, 3d or 1w: one or
// more decimal numbers, each with its unit (ns, us, ms, s, m, h, d of 24 hours,
// w of 7 days). The result is rounded to the nanosecond and is not negative.
func ParseDuration(text string) (time.Duration, error) {
	fail := func(problem string) (time.Duration, error) {
		return 0, Fault{Problem: fmt.Sprintf("duration %q: %s", clip(text), problem),
			Remedy: "write numbers with their units, such as 250ms, 1.5s, 2m, 1h30m, 3d or 1w"}
	}
	rest := strings.TrimSpace(text)
	if rest == "0" {
		return 0, nil
	}
	if rest == "" {
		return fail("it is empty")
	}
	if len(rest) > 4*longestNumber {
		return fail("it is too long")
	}
	sum := new(big.Rat)
	for rest != "" {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789."))
		number, ok := new(big.Rat).SetString(rest[:digits])
		if digits == 0 || !ok {
			return fail("a number is missing before " + strconv.Quote(rest))
		}
		rest = rest[digits:]
		letters := strings.IndexAny(rest, "0123456789.")
		if letters < 0 {
			letters = len(rest)
		}
		unit, ok := durationUnit(rest[:letters])
		if !ok {
			if letters == 0 {
				return fail("the unit is missing")
			}
			return fail(strconv.Quote(rest[:letters]) + " is no unit of time")
		}
		rest = rest[letters:]
		sum.Add(sum, number.Mul(number, new(big.Rat).SetInt64(int64(unit))))
	}
	nanos := roundRat(sum)
	if !nanos.IsInt64() {
		return fail("it is longer than 292 years")
	}
	return time.Duration(nanos.Int64()), nil
}

func durationUnit(name string) (time.Duration, bool) {
	for _, u := range durationUnits {
		if u.name == name {
			return u.length, true
		}
	}
	return 0, false
}

// roundRat rounds a rational that is not negative to the nearest integer, halves up.
func roundRat(r *big.Rat) *big.Int {
	twice := new(big.Rat).Add(r, big.NewRat(1, 2))
	return new(big.Int).Quo(twice.Num(), twice.Denom())
}

// clip shortens text for an error message.
func clip(text string) string {
	const most = 80
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}
