package theory

import (
	"fmt"
	"math"
)

// Ishigami is the function sin(x1) + A·sin²(x2) + B·x3⁴·sin(x1) of three numbers even on [-π, π]
// (Ishigami and Homma 1990, Proceedings of the First International Symposium on Uncertainty Modeling
// and Analysis, 398-403).
type Ishigami struct{ A, B float64 }

// GFunction is the product of (|4·x_i - 2| + a_i)/(1 + a_i) over numbers even on [0, 1], one per a_i,
// each at least 0 (Saltelli and Sobol' 1995, Reliability Engineering and System Safety 50(3), 225-239).
type GFunction []float64

// SobolIndices is how the variance of a function divides among its arguments.
type SobolIndices struct {
	Variance float64
	First    []float64 // share that knowing one argument alone would remove
	Total    []float64 // share that would remain if all but one were known
}

// Sobol returns the indices of the function (Sobol' 1993, Mathematical Modelling and Computational
// Experiments 1(4), 407-414).
func (f Ishigami) Sobol() SobolIndices {
	pi4 := math.Pow(math.Pi, 4)
	v1 := math.Pow(1+f.B*pi4/5, 2) / 2
	v2 := f.A * f.A / 8
	v13 := f.B * f.B * pi4 * pi4 * (1./18 - 1./50)
	v := v1 + v2 + v13
	return SobolIndices{v, []float64{v1 / v, v2 / v, 0}, []float64{(v1 + v13) / v, v2 / v, v13 / v}}
}

// Sobol returns the indices of the function.
func (f GFunction) Sobol() SobolIndices {
	var s SobolIndices
	parts := make([]float64, len(f))
	for i, a := range f {
		parts[i] = 1 / (3 * (1 + a) * (1 + a))
		s.Variance += parts[i] * (1 + s.Variance) // one less than the product of 1 + parts
	}
	all := 1 + s.Variance
	for _, v := range parts {
		s.First = append(s.First, v/s.Variance)
		s.Total = append(s.Total, v*all/(1+v)/s.Variance)
	}
	return s
}

// MorrisMeasures is what the elementary effects of each argument come to over a whole grid.
type MorrisMeasures struct {
	Mu     []float64 // mean
	MuStar []float64 // mean of the absolute effects
	Sigma  []float64 // standard deviation, of the population
}

// effects gathers the elementary effects of one argument.
type effects struct{ sum, size, square, count float64 }

func (e *effects) add(effect float64) {
	e.sum += effect
	e.size += math.Abs(effect)
	e.square += effect * effect
	e.count++
}

func (m *MorrisMeasures) add(e effects) {
	mean := e.sum / e.count
	m.Mu = append(m.Mu, mean)
	m.MuStar = append(m.MuStar, e.size/e.count)
	m.Sigma = append(m.Sigma, math.Sqrt(math.Max(0, e.square/e.count-mean*mean)))
}

// jump is the step of elementary effects on a grid of an even number of levels (Morris 1991,
// Technometrics 33(2), 161-174).
func jump(levels int) float64 { return float64(levels) / float64(2*(levels-1)) }

// enumerate takes every elementary effect of a function on [0, 1]^dim at a grid of so many levels.
func enumerate(f func(x []float64) float64, dim, levels int) (m MorrisMeasures) {
	points := int(math.Pow(float64(levels), float64(dim)))
	step := jump(levels)
	for i := range dim {
		var e effects
		x := make([]float64, dim)
		for point := range points {
			for k := range x {
				x[k] = float64(point%levels) / float64(levels-1)
				point /= levels
			}
			if x[i] >= 0.5 { // the upper half of the levels has no room to step up
				continue
			}
			low := f(x)
			x[i] += step
			e.add((f(x) - low) / step)
		}
		m.add(e)
	}
	return m
}

// Morris returns the measures of the function on a grid of an even number of levels, its arguments
// scaled to [0, 1], all points of the grid taken.
func (f Ishigami) Morris(levels int) MorrisMeasures {
	return enumerate(func(u []float64) float64 {
		at := func(i int) float64 { return math.Pi * (2*u[i] - 1) }
		return math.Sin(at(0))*(1+f.B*math.Pow(at(2), 4)) + f.A*math.Pow(math.Sin(at(1)), 2)
	}, 3, levels)
}

// Morris returns the measures of the function on a grid of an even number of levels, all points of
// the grid taken: an effect is the product of one factor's and of the others, which vary independently.
func (f GFunction) Morris(levels int) (m MorrisMeasures) {
	factor := func(a float64, level float64) float64 {
		return (math.Abs(4*level/float64(levels-1)-2) + a) / (1 + a)
	}
	step := jump(levels)
	own, mean, square := make([]effects, len(f)), make([]float64, len(f)), make([]float64, len(f))
	for i, a := range f {
		for level := range levels {
			g := factor(a, float64(level))
			mean[i] += g / float64(levels)
			square[i] += g * g / float64(levels)
			if level < levels/2 {
				own[i].add((factor(a, float64(level+levels/2)) - g) / step)
			}
		}
	}
	for i, e := range own {
		for k := range f {
			if k != i {
				e.sum *= mean[k]
				e.size *= mean[k]
				e.square *= square[k]
			}
		}
		m.add(e)
	}
	return m
}

// functionParameters are those of a function whose sensitivity is known.
func functionParameters() []Parameter {
	return []Parameter{
		{Name: "function", Kind: Word, Required: true, words: []string{"ishigami", "g"}, Doc: "a function whose sensitivity is known exactly",
			otherwise: "choose ishigami or g, which have closed forms; the sensitivity of any other function is estimated by a study"},
		{Name: "a", Kind: Numbers, Required: true, Doc: "weight of the second argument of ishigami, or a list for g: the larger, the less its argument matters"},
		{Name: "b", Kind: Number, Doc: "weight of the third argument of ishigami"},
	}
}

func checkFunction(v values) []error {
	faults := variants(v, "function", map[string][]string{"ishigami": {"b"}, "g": {}})
	switch v.word("function") {
	case "ishigami":
		if len(v.list("a")) > 1 {
			faults = append(faults, Fault{"a", fmt.Sprintf("%v is a list beside function ishigami", v.list("a")), "give one number"})
		}
	case "g":
		for _, a := range v.list("a") {
			if a < 0 || a > 1e100 {
				faults = append(faults, Fault{"a", fmt.Sprintf("%g is not possible beside function g", a), "give numbers from 0 to 1e100"})
			}
		}
	}
	return faults
}

func sobolModel() model {
	return model{
		name:       "sobol",
		parameters: functionParameters(),
		check:      checkFunction,
		solve: func(v values) []Quantity {
			var s SobolIndices
			if v.word("function") == "g" {
				s = GFunction(v.list("a")).Sobol()
			} else {
				s = Ishigami{A: v.number("a"), B: v.number("b")}.Sobol()
			}
			out := quantities{{"variance", s.Variance}}
			for i := range s.First {
				out.add(indexed("S", i+1), s.First[i])
			}
			for i := range s.Total {
				out.add(indexed("ST", i+1), s.Total[i])
			}
			return out
		},
	}
}

func morrisModel() model {
	even := limit{func(x float64) bool { return x >= 2 && x <= 64 && math.Mod(x, 2) == 0 }, "an even number from 2 to 64"}
	return model{
		name: "morris",
		parameters: append(functionParameters(),
			Parameter{Name: "levels", Kind: Count, Default: 4.0, limit: even, Doc: "levels of the grid of each argument, scaled to [0, 1]"}),
		check: checkFunction,
		solve: func(v values) []Quantity {
			var m MorrisMeasures
			if v.word("function") == "g" {
				m = GFunction(v.list("a")).Morris(v.count("levels"))
			} else {
				m = Ishigami{A: v.number("a"), B: v.number("b")}.Morris(v.count("levels"))
			}
			var out quantities
			for _, row := range []struct {
				name string
				list []float64
			}{{"mu", m.Mu}, {"mu_star", m.MuStar}, {"sigma", m.Sigma}} {
				for i, x := range row.list {
					out.add(indexed(row.name, i+1), x)
				}
			}
			return out
		},
	}
}
