package meanfield

import "math"

// The embedded pair of orders 5 and 4 of Dormand and Prince (1980, Journal of Computational
// and Applied Mathematics 6(1), 19-26). The last stage of a step is the first of the next.
const stages = 7

// The weights of the slopes that lead to each later stage; the last row leads to the end of
// the step itself.
var pair = [stages - 1][stages - 1]float64{
	{1. / 5},
	{3. / 40, 9. / 40},
	{44. / 45, -56. / 15, 32. / 9},
	{19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729},
	{9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656},
	{35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84},
}

// The difference of the two orders, by slope: what a step may be wrong by.
var doubt = [stages]float64{71. / 57600, 0, -71. / 16695, 71. / 1920, -17253. / 339200, 22. / 525, -1. / 40}

// clockwork carries a state along dy/dt = slope(y) by steps as long as a tolerance allows. It
// may be used again for states of the same length.
type clockwork struct {
	slope     func(dy, y []float64)
	scale     []float64 // by entry of the state: the size that tolerance is relative to
	tolerance float64   // largest error of a step, relative to scale
	shortest  float64   // a step this short is taken whatever its error, as at a jump of the slope
	slide     float64   // the same, while the motion goes along a jump, to and fro; 0: shortest
	step      float64   // length tried next; 0 asks for a first guess

	slopes  [stages][]float64
	at, end []float64
}

// pass moves y on by a time.
func (c *clockwork) pass(y []float64, time float64) {
	if len(c.at) != len(y) {
		c.at, c.end = make([]float64, len(y)), make([]float64, len(y))
		for s := range c.slopes {
			c.slopes[s] = make([]float64, len(y))
		}
	}
	c.slope(c.slopes[0], y)
	if c.step == 0 {
		c.step = c.guess(time)
	}
	// A time below the rounding of its parts has passed.
	for left := time; left > time*1e-14; {
		step := c.step
		last := step >= left*(1-1e-12)
		if last {
			step = left
		}
		wrong := c.try(y, step)
		floor := math.Max(c.shortest, c.slide)
		if wrong > 1 && step > floor {
			c.step = math.Max(floor, step*math.Max(0.2, 0.9*math.Pow(wrong, -0.2)))
			continue
		}
		if wrong > 1 {
			c.slide = math.Min(1000*c.shortest, 2*floor)
		} else if step > 16*floor { // the jump lies behind
			c.slide = 0
		}
		left -= step
		copy(y, c.end)
		c.slopes[0], c.slopes[stages-1] = c.slopes[stages-1], c.slopes[0]
		// The customary safety factor and bounds (Hairer, Norsett and Wanner 1993, Solving
		// Ordinary Differential Equations I, section II.4). A step cut short by the end of the
		// time says nothing against a longer one.
		if next := step * math.Min(5, math.Max(0.2, 0.9*math.Pow(wrong, -0.2))); !last || next > c.step {
			c.step = math.Max(math.Max(c.shortest, c.slide), next)
		}
	}
}

// try fills end with y a step later and its slope, and returns the largest error relative to
// what is allowed.
func (c *clockwork) try(y []float64, step float64) (wrong float64) {
	for s, weights := range pair {
		to := c.at
		if s == stages-2 {
			to = c.end
		}
		for i := range y {
			var move float64
			for j := 0; j <= s; j++ {
				move += weights[j] * c.slopes[j][i]
			}
			to[i] = y[i] + step*move
		}
		c.slope(c.slopes[s+1], to)
	}
	for i := range y {
		var err float64
		for s, d := range doubt {
			err += d * c.slopes[s][i]
		}
		wrong = math.Max(wrong, math.Abs(step*err)/(c.tolerance*c.scale[i]))
	}
	if math.IsNaN(wrong) { // the trial has left the range of numbers
		return math.Inf(1)
	}
	return wrong
}

// guess is a first step in which no entry moves by more than a hundredth of its scale.
func (c *clockwork) guess(time float64) float64 {
	var fastest float64
	for i, dy := range c.slopes[0] {
		fastest = math.Max(fastest, math.Abs(dy)/c.scale[i])
	}
	return math.Max(c.shortest, math.Min(time, 0.01/math.Max(fastest, 1e-300)))
}
