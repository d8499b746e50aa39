package scenarios

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"flywheel/models"
)

// timeUnits are the words for a period unit, by the unit they mean; the first is the one
// that a resolved scenario writes after a number.
var timeUnits = []struct {
	unit  string
	words []string
}{
	{"hour", []string{"h", "hour", "hours"}},
	{"day", []string{"d", "day", "days"}},
	{"week", []string{"w", "week", "weeks"}},
	{"month", []string{"month", "months"}},
	{"year", []string{"y", "year", "years"}},
}

// timeUnit is the period unit that a word means, or nothing.
func timeUnit(word string) string {
	for _, u := range timeUnits {
		if slices.Contains(u.words, word) {
			return u.unit
		}
	}
	return ""
}

// decimal is a number as people write it. Hexadecimal, octal and underscored numbers, which
// YAML versions read differently, are not among them.
var decimal = regexp.MustCompile(`^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$`)

// infinite is how YAML writes a number without bound.
const infinite = ".inf"

// parseDecimal reads a finite number. The problem and remedy are empty when it is one.
func parseDecimal(text string) (x float64, problem, remedy string) {
	if !decimal.MatchString(text) {
		return 0, fmt.Sprintf("%q is not a number", clip(text)), "write a decimal number, such as 12, 0.25 or 3e6"
	}
	if digits := strings.TrimLeft(text, "-+"); len(digits) > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9' {
		return 0, fmt.Sprintf("%s begins with 0, which some readers of YAML take for base eight", clip(text)), "leave the zeros in front out"
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Sprintf("%s is too large for a number", clip(text)), "use at most 1e308"
	}
	return x, "", ""
}

// formatNumber is the one way in which a resolved scenario writes a number: the shortest
// decimal that names it.
func formatNumber(x float64) string {
	switch size := math.Abs(x); {
	case math.IsInf(x, 1):
		return infinite
	case x == 0:
		return "0"
	case size >= 1e-6 && size < 1e15:
		return strconv.FormatFloat(x, 'f', -1, 64)
	default:
		return strconv.FormatFloat(x, 'e', -1, 64)
	}
}

// amount is a number with a unit of time: per Unit in a rate, of Unit in a length of time.
// Without a unit it counts in periods of the horizon.
type amount struct {
	x    float64
	unit string // a period unit, or empty
}

// perPeriod is a rate in units per period.
func (a amount) perPeriod(period string) float64 { return a.x * a.ratio(period) }

// periods is a length of time in periods.
func (a amount) periods(period string) float64 {
	if r := a.ratio(period); r != 1 {
		return a.x / r
	}
	return a.x
}

// ratio is the length of a period in the amount's own unit. Ratios that are whole numbers,
// or one over a whole number, are made so exactly: twelve months are a year.
func (a amount) ratio(period string) float64 {
	if a.unit == "" || a.unit == period {
		return 1
	}
	own, _ := models.PeriodHours(a.unit)
	hours, known := models.PeriodHours(period)
	if !known {
		return 1
	}
	r := hours / own
	if whole := math.Round(r); whole >= 1 && math.Abs(r-whole) < 1e-9 {
		return whole
	}
	if whole := math.Round(1 / r); whole >= 1 && math.Abs(1/r-whole) < 1e-9 {
		return 1 / whole
	}
	return r
}

// parseRate reads 3.5, which is per period, or 3.5/week.
func parseRate(text string) (a amount, problem, remedy string) {
	number, unit, slash := strings.Cut(text, "/")
	if !slash {
		if a.x, problem, remedy = parseDecimal(text); decimal.MatchString(text) {
			return a, problem, remedy
		}
	}
	x, problem, _ := parseDecimal(strings.TrimSpace(number))
	if problem != "" {
		return a, fmt.Sprintf("%q is not a rate", clip(text)), "write a number per period, such as 0.2, or with its unit, such as 0.2/day"
	}
	word := strings.TrimSpace(unit)
	if unit = timeUnit(word); unit == "" {
		return a, fmt.Sprintf("%q is not a unit of time for a rate", clip(word)), meant(word, models.PeriodUnits())
	}
	return amount{x, unit}, "", ""
}

// formatRate is the one way in which a resolved scenario writes a rate.
func formatRate(a amount) string {
	if a.unit == "" {
		return formatNumber(a.x)
	}
	return formatNumber(a.x) + "/" + a.unit
}

// parseLength reads 26, which is in periods, or 26w.
func parseLength(text string) (a amount, problem, remedy string) {
	split := strings.LastIndexAny(text, "0123456789.") + 1
	word := strings.TrimSpace(text[split:])
	if word == "" {
		a.x, problem, remedy = parseDecimal(text)
		return a, problem, remedy
	}
	x, problem, _ := parseDecimal(text[:split])
	if problem != "" {
		return a, fmt.Sprintf("%q is not a length of time", clip(text)), "write a number of periods, such as 26, or with its unit, such as 26w"
	}
	unit := timeUnit(word)
	if unit == "" {
		return a, fmt.Sprintf("%q is not a unit of time", clip(word)), meant(word, []string{"h", "d", "w", "month", "y"})
	}
	return amount{x, unit}, "", ""
}

// formatLength is the one way in which a resolved scenario writes a length of time.
func formatLength(a amount) string {
	for _, u := range timeUnits {
		if u.unit == a.unit {
			return formatNumber(a.x) + u.words[0]
		}
	}
	return formatNumber(a.x)
}

// period is the period in which a moment lies: a moment between two period ends belongs to
// the later one.
func (a amount) period(unit string) int {
	p := a.periods(unit)
	if whole := math.Round(p); math.Abs(p-whole) < 1e-9*math.Max(1, math.Abs(p)) {
		p = whole
	}
	return int(math.Ceil(max(-maxWhole, min(maxWhole, p))))
}

// maxWhole is the largest number up to which every whole number is a float64.
const maxWhole = 1 << 53

// parseWhole reads a whole number; 1e5 is one, 1.5 is not.
func parseWhole(text string) (canonical, problem, remedy string) {
	x, problem, remedy := parseDecimal(text)
	if !decimal.MatchString(text) {
		remedy = "write a whole number, such as 12"
	}
	if problem != "" {
		return "", problem, remedy
	}
	if strings.ContainsAny(text, ".eE") {
		if x != math.Trunc(x) {
			return "", fmt.Sprintf("%s is not a whole number", clip(text)), "write a whole number, such as " + formatNumber(max(1, min(maxWhole, math.Round(x))))
		}
		if math.Abs(x) <= maxWhole {
			return strconv.FormatInt(int64(x), 10), "", ""
		}
	} else if n, err := strconv.ParseInt(strings.TrimPrefix(text, "+"), 10, 64); err == nil {
		return strconv.FormatInt(n, 10), "", ""
	}
	return "", fmt.Sprintf("%s is too large for a whole number", clip(text)), "use at most 9e15"
}

// clip shortens text for a message.
func clip(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
