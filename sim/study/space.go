package study

import (
	"fmt"
	"math"

	"flywheel/results"
)

// Range is one number of a scenario that a study lets vary, from Lo to Hi in its own unit.
type Range struct {
	Path   string // where the number stands in the scenario, such as "platforms.A.fee"
	Lo, Hi float64
	Unit   string // what is written after the number, such as "w" in 26w; usually empty
	Whole  bool   // only whole numbers can stand there
	Log    bool   // equal steps of a search are equal ratios; Lo must be above 0
}

// Space is every number that varies, in the order in which a point lists them.
type Space []Range

// At is the value at a place of the unit interval: Lo at 0, Hi at 1.
func (r Range) At(u float64) float64 {
	x := r.Lo + u*(r.Hi-r.Lo)
	if r.Log {
		x = r.Lo * math.Pow(r.Hi/r.Lo, u)
	}
	if r.Whole {
		x = math.Round(x)
	}
	return math.Min(math.Max(x, r.Lo), r.Hi)
}

// Place is where a value lies in the unit interval, the inverse of At; what lies outside the
// range is put at its nearer end.
func (r Range) Place(x float64) float64 {
	u := (x - r.Lo) / (r.Hi - r.Lo)
	if r.Log {
		u = math.Log(x/r.Lo) / math.Log(r.Hi/r.Lo)
	}
	return math.Min(math.Max(u, 0), 1)
}

// Text is a value as a scenario writes it, its unit included.
func (r Range) Text(x float64) string { return results.Exact(x) + r.Unit }

// At is the point at a place of the unit cube.
func (s Space) At(u []float64) []float64 {
	x := make([]float64, len(s))
	for i, r := range s {
		x[i] = r.At(u[i])
	}
	return x
}

// Place is where a point lies in the unit cube.
func (s Space) Place(x []float64) []float64 {
	u := make([]float64, len(s))
	for i, r := range s {
		u[i] = r.Place(x[i])
	}
	return u
}

// Check says what is wrong with a range, or nothing.
func (r Range) Check() error {
	switch {
	case !(r.Lo < r.Hi) || math.IsInf(r.Lo, 0) || math.IsInf(r.Hi, 0):
		return fmt.Errorf("%s: nothing lies between %s and %s; give the smaller end first", r.Path, r.Text(r.Lo), r.Text(r.Hi))
	case r.Log && r.Lo <= 0:
		return fmt.Errorf("%s: ratios need a range above 0, not one from %s", r.Path, r.Text(r.Lo))
	}
	return nil
}
