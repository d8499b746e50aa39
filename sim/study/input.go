package study

import (
	"math"
	"strconv"
)

// Input is one value of a scenario that a study varies: listed values, or a range of numbers.
// A listed value is written as a scenario file would write it, and so is a number of the range
// with its Suffix. Lists have Levels and nothing else but a path.
type Input struct {
	Path   string   // as --set addresses it, such as "platforms.A.fee"
	Levels []string // the values of a list, in order; nil for a range
	Lo, Hi float64  // the ends of a range, both included; Lo <= Hi
	Steps  int      // how many evenly spaced numbers of the range were asked for; 0 when nobody said
	Log    bool     // spaced evenly in the logarithm; both ends are then above 0
	Whole  bool     // takes whole numbers only, and others are rounded
	Suffix string   // written after every number of the range: its unit of time, such as "/day" or "w"
}

// At is the value that lies at a fraction u of the input, 0 <= u <= 1: of a range the number
// that far from Lo to Hi, of a list the level in whose equal share of the fractions u lies.
func (in Input) At(u float64) string {
	if len(in.Levels) > 0 {
		return in.Levels[min(int(u*float64(len(in.Levels))), len(in.Levels)-1)]
	}
	return in.Text(in.Number(u))
}

// Number is the number at a fraction u of a range, 0 <= u <= 1; for whole numbers each has an
// equal share of the fractions.
func (in Input) Number(u float64) float64 {
	switch {
	case in.Whole && !in.Log:
		lo, hi := math.Ceil(in.Lo), math.Floor(in.Hi)
		return min(hi, lo+math.Floor(u*(hi-lo+1)))
	case u <= 0:
		return in.Lo
	case u >= 1:
		return in.Hi
	case in.Log:
		return in.Lo * math.Pow(in.Hi/in.Lo, u)
	}
	return in.Lo + u*(in.Hi-in.Lo)
}

// Fraction is where a number of a range lies in it, from 0 to 1: what Number takes for it.
func (in Input) Fraction(x float64) float64 {
	switch {
	case in.Whole && !in.Log:
		lo, hi := math.Ceil(in.Lo), math.Floor(in.Hi)
		return (x - lo + 0.5) / (hi - lo + 1)
	case in.Log:
		return math.Log(x/in.Lo) / math.Log(in.Hi/in.Lo)
	}
	return (x - in.Lo) / (in.Hi - in.Lo)
}

// Text writes a number of the range as a scenario does: rounded where only whole numbers are
// taken, with the suffix, and otherwise the shortest decimal that reads back as the same number.
func (in Input) Text(x float64) string {
	if in.Whole {
		x = math.Round(x)
	}
	return strconv.FormatFloat(x, 'g', -1, 64) + in.Suffix
}

// Values are the listed values, or the evenly spaced ones of a range: Steps of them, or the two
// ends where nobody said how many. Whole numbers that fall together stand once.
func (in Input) Values() []string {
	if len(in.Levels) > 0 {
		return in.Levels
	}
	n := in.Steps
	if n == 0 {
		n = 2
	}
	even := in
	even.Whole = false
	var values []string
	for i := range n {
		u := 0.0
		if n > 1 {
			u = float64(i) / float64(n-1)
		}
		if v := in.Text(tidy(even.Number(u), in)); len(values) == 0 || values[len(values)-1] != v {
			values = append(values, v)
		}
	}
	return values
}

// tidy takes the rounding of a step's arithmetic off a number: 0.1+2*0.1 is meant as 0.3.
func tidy(x float64, in Input) float64 {
	if x == in.Lo || x == in.Hi {
		return x
	}
	const digits = 12
	short, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', digits, 64), 64)
	if err != nil || math.Abs(short-x) > 1e-14*math.Max(math.Abs(in.Lo), math.Abs(in.Hi)) {
		return x
	}
	return short
}
