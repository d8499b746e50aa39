package theory

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// USL is the universal scalability law X(N) = Gamma·N/(1 + Alpha·(N-1) + Beta·N·(N-1)) of throughput
// against load (Gunther 2007, Guerrilla Capacity Planning).
type USL struct {
	Alpha float64 // contention
	Beta  float64 // coherence
	Gamma float64 // throughput of the load 1
}

// Throughput returns X at the load n.
func (u USL) Throughput(n float64) float64 {
	return u.Gamma / (1/n + u.Alpha*(1-1/n) + u.Beta*(n-1))
}

// Peak returns the load of the largest throughput and that throughput: an infinite load and the limit
// Gamma/Alpha without coherence, the load 1 where contention is 1 or more.
func (u USL) Peak() (n, x float64) {
	if u.Alpha >= 1 {
		return 1, u.Throughput(1)
	}
	n = math.Sqrt((1 - u.Alpha) / u.Beta)
	if math.IsInf(n, 1) {
		return n, u.Gamma / u.Alpha
	}
	return n, u.Throughput(n)
}

// FitUSL returns the law of least squared distance to the throughputs x at the loads n, Alpha and Beta
// at least 0: ordinary nonlinear least squares in throughput, all points alike. It needs three different
// loads of at least 1.
//
// The best inside Alpha > 0, Beta > 0 and the best with one of them at 0 are found by the method of
// Levenberg and Marquardt (Marquardt 1963, Journal of the Society for Industrial and Applied Mathematics
// 11(2), 431-441) from the best point of a grid, and the nearest law of them is taken.
func FitUSL(n, x []float64) USL {
	most := slices.Max(n)
	var alphas, betas []float64
	for _, each := range []float64{0, 1e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1} {
		alphas = append(alphas, each)
		betas = append(betas, 10*each/most) // contention of the whole load
	}
	var best USL
	least := math.Inf(1)
	for _, free := range [][2]bool{{true, true}, {true, false}, {false, true}, {false, false}} {
		start, near := USL{}, math.Inf(1)
		for _, alpha := range alphas {
			for _, beta := range betas {
				u := scaled(USL{Alpha: alpha * oneIf(free[0]), Beta: beta * oneIf(free[1])}, n, x)
				if miss := u.miss(n, x); miss < near {
					start, near = u, miss
				}
			}
		}
		u := start.refine(n, x, free)
		if miss := u.miss(n, x); u.Alpha >= 0 && u.Beta >= 0 && miss < least {
			best, least = u, miss
		}
	}
	return best
}

// scaled returns u with the Gamma of least squared distance.
func scaled(u USL, n, x []float64) USL {
	u.Gamma = 1
	var xy, yy float64
	for i := range n {
		y := u.Throughput(n[i])
		xy += x[i] * y
		yy += y * y
	}
	u.Gamma = xy / yy
	return u
}

// miss is the sum of squared distances.
func (u USL) miss(n, x []float64) float64 {
	var sum float64
	for i := range n {
		d := x[i] - u.Throughput(n[i])
		sum += d * d
	}
	return sum
}

// refine descends from u in Alpha and Beta, where they are free, and always in Gamma.
func (u USL) refine(n, x []float64, free [2]bool) USL {
	damping := 1e-3
	for range 300 {
		// Columns are relative slopes, so that steps are in shares of a natural size of each parameter.
		normal, right := mat.NewSymDense(3, nil), mat.NewVecDense(3, nil)
		size := [3]float64{1, 1 / slices.Max(n), u.Gamma}
		for i := range n {
			y := u.Throughput(n[i])
			below := y / (u.Gamma * n[i]) // one over the denominator
			slope := [3]float64{-y * below * (n[i] - 1), -y * below * n[i] * (n[i] - 1), y / u.Gamma}
			for a := range slope {
				slope[a] *= size[a]
				if a < 2 && !free[a] {
					slope[a] = 0
				}
			}
			for a := range slope {
				right.SetVec(a, right.AtVec(a)+slope[a]*(x[i]-y))
				for b := range a + 1 {
					normal.SetSym(a, b, normal.At(a, b)+slope[a]*slope[b])
				}
			}
		}
		for a := range 3 {
			normal.SetSym(a, a, normal.At(a, a)*(1+damping)+math.SmallestNonzeroFloat64)
			if a < 2 && !free[a] {
				normal.SetSym(a, a, 1)
			}
		}
		var step mat.VecDense
		if err := step.SolveVec(normal, right); err != nil {
			return u
		}
		next := USL{u.Alpha + size[0]*step.AtVec(0), u.Beta + size[1]*step.AtVec(1), u.Gamma + size[2]*step.AtVec(2)}
		switch {
		case next.miss(n, x) < u.miss(n, x):
			u, damping = next, damping/10
		case damping > 1e12:
			return u // no step improves
		default:
			damping *= 10
		}
	}
	return u
}

// FitUSLNormalised returns the law of the older recipe: throughputs are divided by that at the load 1,
// and N/C - 1, C their quotient, is fitted by least squares as a parabola through zero in N - 1. It
// weighs the points otherwise than FitUSL and gives another law; it needs the load 1 among n.
func FitUSLNormalised(n, x []float64) USL {
	first := x[slices.Index(n, 1)]
	var s2, s3, s4, r1, r2 float64
	for i := range n {
		at := n[i] - 1
		y := n[i]*first/x[i] - 1
		s2, s3, s4 = s2+at*at, s3+at*at*at, s4+at*at*at*at
		r1, r2 = r1+at*y, r2+at*at*y
	}
	det := s2*s4 - s3*s3
	linear, square := (r1*s4-r2*s3)/det, (s2*r2-s3*r1)/det
	return USL{Alpha: linear - square, Beta: square, Gamma: first}
}

func uslModel() model {
	loads := limit{func(x float64) bool { return x >= 1 && x <= 1e9 }, "a number from 1 to 1e9"}
	return model{
		name: "usl",
		parameters: []Parameter{
			{Name: "N", Kind: Numbers, Required: true, limit: loads, Doc: "loads, three different ones at least"},
			{Name: "X", Kind: Numbers, Required: true, limit: aboveZero, Doc: "throughput at each load"},
			{Name: "estimator", Kind: Word, Default: "least-squares", words: []string{"least-squares", "normalised"}, Doc: "least squares in throughput, or the older normalised parabola"},
		},
		check: checkUSL,
		solve: func(v values) []Quantity {
			fit := FitUSL
			if v.word("estimator") == "normalised" {
				fit = FitUSLNormalised
			}
			u := fit(v.list("N"), v.list("X"))
			n, x := u.Peak()
			return []Quantity{{"alpha", u.Alpha}, {"beta", u.Beta}, {"gamma", u.Gamma}, {"N_max", n}, {"X_max", x}}
		},
	}
}

func checkUSL(v values) []error {
	var faults []error
	n, x := v.list("N"), v.list("X")
	if v.has("N") && len(slices.Compact(slices.Sorted(slices.Values(n)))) < 3 {
		faults = append(faults, Fault{"N", fmt.Sprintf("%v has fewer than three different loads", n), "give three at least: the law has three parameters"})
	}
	if v.has("N") && v.has("X") && len(n) != len(x) {
		faults = append(faults, Fault{"X", fmt.Sprintf("has %d throughputs for %d loads", len(x), len(n)), "give one per load, in the same order"})
	}
	if v.has("N") && v.word("estimator") == "normalised" && !slices.Contains(n, 1) {
		faults = append(faults, Fault{"N", fmt.Sprintf("%v lacks the load 1 beside estimator normalised", n), "give the load by which the others are normalised"})
	}
	return faults
}
