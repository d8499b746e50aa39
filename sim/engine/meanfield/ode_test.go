package meanfield

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestClockworkFollowsClosedForms: logistic growth 1/(1 + (1/y0 - 1) e^-qt), Bass's curve
// (Bass 1969, Management Science 15(5)) and a turning pair, to 1e-8 at times far and near.
func TestClockworkFollowsClosedForms(t *testing.T) {
	motions := []struct {
		name  string
		slope func(dy, y []float64)
		start []float64
		want  func(t float64) []float64
	}{
		{"logistic", func(dy, y []float64) { dy[0] = 0.5 * y[0] * (1 - y[0]) }, []float64{0.01},
			func(t float64) []float64 { return []float64{1 / (1 + 99*math.Exp(-0.5*t))} }},
		{"bass", func(dy, y []float64) { dy[0] = (0.03 + 0.38*y[0]) * (1 - y[0]) }, []float64{0},
			func(t float64) []float64 {
				e := math.Exp(-0.41 * t)
				return []float64{(1 - e) / (1 + 0.38/0.03*e)}
			}},
		{"turning", func(dy, y []float64) { dy[0], dy[1] = y[1], -y[0] }, []float64{0, 1},
			func(t float64) []float64 { return []float64{math.Sin(t), math.Cos(t)} }},
		// Two speeds a thousandfold apart: the fast part follows the slow one, y1 towards y0 e^-t.
		{"stiff", func(dy, y []float64) { dy[0], dy[1] = -y[0], 1000*(y[0]-y[1]) }, []float64{1, 0},
			func(t float64) []float64 {
				return []float64{math.Exp(-t), 1000. / 999 * (math.Exp(-t) - math.Exp(-1000*t))}
			}},
	}
	for _, m := range motions {
		for _, cut := range []int{1, 7} { // the same time at once or in parts
			scale := make([]float64, len(m.start))
			for i := range scale {
				scale[i] = 1
			}
			evaluated := 0
			c := clockwork{scale: scale, tolerance: tolerance, shortest: shortest, slope: func(dy, y []float64) {
				evaluated++
				m.slope(dy, y)
			}}
			y := append([]float64(nil), m.start...)
			for range cut {
				c.pass(y, 10/float64(cut))
			}
			require.InDeltaSlice(t, m.want(10), y, 1e-8, m.name)
			require.Less(t, evaluated, 100_000, m.name) // a stable step of the stiff pair is 3.3/1000 (Hairer and Wanner 1996, section IV.2), hence 3000 steps of 6, and refused ones
		}
	}
}

// TestClockworkIsOfFifthOrder: a tolerance 1e5 times smaller takes ten times as many steps
// where the error of a step is of order six: 1e5^(1/5), within a third for the start.
func TestClockworkIsOfFifthOrder(t *testing.T) {
	steps := func(tolerance float64) float64 {
		n := 0
		c := clockwork{scale: []float64{1, 1}, tolerance: tolerance, shortest: 1e-9, slope: func(dy, y []float64) {
			n++
			dy[0], dy[1] = y[1], -y[0]
		}}
		c.pass([]float64{0, 1}, 100)
		return float64(n) / 6
	}
	require.InEpsilon(t, 10, steps(1e-11)/steps(1e-6), 0.33)
}

// TestClockworkPassesAJump: a slope that jumps when y passes a half, as people without noise
// make it, is passed to within the shortest step times the jump.
func TestClockworkPassesAJump(t *testing.T) {
	c := clockwork{scale: []float64{1}, tolerance: tolerance, shortest: shortest, slope: func(dy, y []float64) {
		dy[0] = 1
		if y[0] > 0.5 {
			dy[0] = 3
		}
	}}
	y := []float64{0}
	c.pass(y, 1)
	require.InDelta(t, 2, y[0], 3e-6) // half a period at 1, the other half at 3
}

// TestClockworkGoesAlongAJump: where both slopes lead to a half, as when crowding makes people
// without noise turn round, y stays there, and no step for each millionth of the time is needed.
func TestClockworkGoesAlongAJump(t *testing.T) {
	looks := 0
	c := clockwork{scale: []float64{1}, tolerance: tolerance, shortest: shortest, slope: func(dy, y []float64) {
		looks++
		dy[0] = 1 - y[0]
		if y[0] > 0.5 {
			dy[0] = -y[0]
		}
	}}
	y := []float64{0.1}
	for range 10 {
		c.pass(y, 1)
	}
	require.InDelta(t, 0.5, y[0], 1e-3)
	require.Less(t, looks, 400_000, "ten periods")
}

// TestClockworkTriesNoNumbersAgain: a step so long that its trial leaves the range of numbers is wrong,
// and tried again shorter: y' = 1000 y^3 (1 - y) leads from a half to one.
func TestClockworkTriesNoNumbersAgain(t *testing.T) {
	c := clockwork{slope: func(dy, y []float64) { dy[0] = 1000 * y[0] * y[0] * y[0] * (1 - y[0]) }, scale: []float64{1}, tolerance: 1e-10, shortest: 1e-6, step: 1000}
	y := []float64{0.5}
	c.pass(y, 1000)
	require.InDelta(t, 1, y[0], 1e-8)
}
