package theory

import (
	"math"
	"math/cmplx"
	"math/rand"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// symmetric is a model of two equal sides whose middle equilibrium is (1/2, 1/2).
func symmetric(alpha float64) LogitTwoSided {
	return LogitTwoSided{
		V: [2]float64{-alpha / 2, -alpha / 2}, Alpha: [2]float64{alpha, alpha}, Mu: [2]float64{1, 1},
	}
}

// The sets of parameters that several tables share.
var (
	t2 = symmetric(6)
	t3 = LogitTwoSided{V: [2]float64{-2.6, -3.2}, Alpha: [2]float64{6.5, 5.5}, Mu: [2]float64{1, 1}}
	t4 = LogitTwoSided{V: [2]float64{-1, -1.5}, Alpha: [2]float64{3, 2}, Mu: [2]float64{1, 1}}
	t6 = LogitTwoSided{V: [2]float64{-1.4, -1.6}, Alpha: [2]float64{2.8, 3.6}, Mu: [2]float64{.5, .6}}
	t5 = LogitTwoSided{V: [2]float64{-2.5, -2.8}, Alpha: [2]float64{4, 5}, Gamma: [2]float64{1, -.5}, Mu: [2]float64{1, 1}}
)

// Rest points from an independent numerical solve; their type confirmed there by perturbing the flow.
func TestTwoSidedEquilibria(t *testing.T) {
	for name, set := range map[string]struct {
		model LogitTwoSided
		rows  [][3]float64 // n1, n2, leading eigenvalue
	}{
		"T1": {symmetric(3.9), [][3]float64{{0.5, 0.5, -0.025}}},
		"T1b": {symmetric(4.1), [][3]float64{
			{0.36607462, 0.36607462, -0.0485376306}, {0.5, 0.5, 0.025}, {0.63392538, 0.63392538, -0.0485376306}}},
		"T2": {t2, [][3]float64{
			{0.0707201817, 0.0707201817, -0.605686975}, {0.5, 0.5, 0.5}, {0.929279818, 0.929279818, -0.605686975}}},
		"T3": {t3, [][3]float64{
			{0.102989901, 0.0670098171, -0.545596401}, {0.515123704, 0.409309735, 0.46931601}, {0.960003659, 0.88894602, -0.63188005}}},
		"T4": {t4, [][3]float64{{0.551256512, 0.40191627, -0.402689211}}},
		"T6": {t6, [][3]float64{
			{0.103510329, 0.114497257, -0.437753675}, {0.391504852, 0.421251602, 0.396955129}, {0.924288154, 0.946801651, -0.655861049}}},
		"T5": {t5, [][3]float64{{0.11921049, 0.0952153967, -0.537303791}}},
	} {
		t.Run(name, func(t *testing.T) {
			all := set.model.Equilibria()
			require.Len(t, all, len(set.rows))
			for i, e := range all {
				row := set.rows[i]
				near(t, row[0], e.Share[0], "n1[%d]", i)
				near(t, row[1], e.Share[1], "n2[%d]", i)
				near(t, row[2], e.Eigenvalue, "eigenvalue[%d]", i)
				require.Equal(t, row[2] > 0, e.Saddle)
				require.Equal(t, row[2] < 0, e.Stable)
			}
		})
	}
}

// Folds from an independent numerical solve of the tangency conditions.
func TestTwoSidedFolds(t *testing.T) {
	for _, row := range []struct {
		alpha, mu    [2]float64
		v2           float64
		lower, upper Fold
	}{
		{[2]float64{6, 6}, [2]float64{1, 1}, -3,
			Fold{-3.80685317, [2]float64{0.751034, 0.818498}}, Fold{-2.19314683, [2]float64{0.248966, 0.181502}}},
		{[2]float64{6.5, 5.5}, [2]float64{1, 1}, -3.2,
			Fold{-3.60925853, [2]float64{0.802578, 0.771037}}, Fold{-1.98246066, [2]float64{0.285640, 0.163971}}},
		{[2]float64{5, 5}, [2]float64{1, 1}, -2.5,
			Fold{-2.80856392, [2]float64{0.707372, 0.738244}}, Fold{-2.19143608, [2]float64{0.292628, 0.261756}}},
		{[2]float64{2.8, 3.6}, [2]float64{.5, .6}, -1.6,
			Fold{-1.87951604, [2]float64{0.705093, 0.826911}}, Fold{-1.21010673, [2]float64{0.228601, 0.214997}}},
	} {
		folds := LogitTwoSided{V: [2]float64{0, row.v2}, Alpha: row.alpha, Mu: row.mu}.Folds()
		require.Len(t, folds, 2)
		for i, want := range []Fold{row.lower, row.upper} {
			near(t, want.V1, folds[i].V1, "V1")
			near(t, want.Share[0], folds[i].Share[0], "n1 at the fold")
			near(t, want.Share[1], folds[i].Share[1], "n2 at the fold")
		}
	}
	require.Empty(t, symmetric(3.9).Folds(), "alpha1·alpha2 < 16·mu1·mu2 leaves no room for three equilibria")
	require.Empty(t, symmetric(4).Folds(), "at the pitchfork itself V1 has an inflection and no turn")
	require.Len(t, symmetric(4).Equilibria(), 1)
}

// anyTwoSided draws models of every sign, with and without folds of a side's own, centred so that rest
// points in the middle of the square are common.
func anyTwoSided(t *rapid.T) LogitTwoSided {
	var m LogitTwoSided
	for g := range 2 {
		m.Mu[g] = rapid.Float64Range(0.3, 2).Draw(t, "mu")
		m.Alpha[g] = rapid.Float64Range(-12, 12).Draw(t, "alpha")
		m.Gamma[g] = rapid.Float64Range(-8, 10).Draw(t, "gamma")
		m.V[g] = -(m.Alpha[g]+m.Gamma[g])/2 + rapid.Float64Range(-2, 2).Draw(t, "off the centre")
	}
	return m
}

// Newton's method from every cell of a grid, which knows nothing of arcs and branches, finds no rest
// point that Equilibria misses; every rest point returned is one; and the signs of det(-J) over all of
// them add to one, as they must for a flow that points into the square (Milnor 1965, Topology from the
// Differentiable Viewpoint, section 6).
func TestTwoSidedMissesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyTwoSided(t)
		all := m.Equilibria()
		signs := 0
		for _, e := range all {
			v := m.motion(e.Share)
			require.InDelta(t, 0, v[0], 1e-10)
			require.InDelta(t, 0, v[1], 1e-10)
			det := m.jacobian(e.Share).det()
			if math.Abs(det) < 1e-5 {
				return // at a fold to rounding, where even the number of rest points is
			}
			signs += int(math.Copysign(1, det))
		}
		require.Equal(t, 1, signs, "%+v", all)
		const cells = 24
		for cell := range cells * cells {
			n := [2]float64{(float64(cell/cells) + 0.5) / cells, (float64(cell%cells) + 0.5) / cells}
			root, ok := newton(m, n)
			if !ok {
				continue
			}
			nearest := math.Inf(1)
			for _, e := range all {
				nearest = math.Min(nearest, math.Hypot(e.Share[0]-root[0], e.Share[1]-root[1]))
			}
			require.Less(t, nearest, 1e-7, "%v is a rest point beside %v", root, all)
		}
	})
}

// newton looks for a rest point near n; false when it leaves the square or does not settle.
func newton(m LogitTwoSided, n [2]float64) ([2]float64, bool) {
	for range 40 {
		v := m.motion(n)
		// Away from a rest point the derivative is that of the reply, not of the share itself.
		var j jacobian
		for g := range n {
			reply := v[g] + n[g]
			w := reply * (1 - reply) / m.Mu[g]
			j[g][g], j[g][1-g] = m.Gamma[g]*w-1, m.Alpha[g]*w
		}
		det := j.det()
		step := [2]float64{(j[1][1]*v[0] - j[0][1]*v[1]) / det, (j[0][0]*v[1] - j[1][0]*v[0]) / det}
		n[0], n[1] = n[0]-step[0], n[1]-step[1]
		if !(math.Abs(n[0]-0.5) < 1) || !(math.Abs(n[1]-0.5) < 1) {
			return n, false
		}
		if math.Hypot(step[0], step[1]) < 1e-13 {
			return n, true
		}
	}
	return n, false
}

// Crossing a fold makes or removes exactly two equilibria, and nothing but a fold does: beyond the last
// fold on either side only side 2 still has a choice of rest points.
func TestTwoSidedFoldsCountEquilibria(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyTwoSided(t)
		folds := m.Folds()
		count := func(v1 float64) int {
			m.V[0] = v1
			return len(m.Equilibria())
		}
		side2 := LogitOneSided{V: m.V[1], Gamma: m.Gamma[1], Mu: m.Mu[1]}
		lowest, highest := 0.0, 0.0
		if len(folds) > 0 {
			lowest, highest = folds[0].V1-1, folds[len(folds)-1].V1+1
		}
		require.Equal(t, len(side2.Equilibria()), count(lowest), "nobody on side 1, to begin with")
		side2.V += m.Alpha[1]
		require.Equal(t, len(side2.Equilibria()), count(highest), "everybody on side 1, in the end")
		for i, f := range folds {
			if i+1 < len(folds) && folds[i+1].V1-f.V1 < 1e-3 || i > 0 && f.V1-folds[i-1].V1 < 1e-3 {
				continue // two folds at once
			}
			change := count(f.V1+1e-4) - count(f.V1-1e-4)
			require.Contains(t, []int{-2, 2}, change, "%+v", f)
		}
	})
}

// Without cross-side effects each side is a one-sided model of its own.
func TestTwoSidedDecouples(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyTwoSided(t)
		deaf := rapid.IntRange(0, 2).Draw(t, "side left listening")
		for g := range 2 {
			if g != deaf {
				m.Alpha[g] = 0
			}
		}
		m.N = [2]int{300, 400}
		one := func(g int, n float64) LogitOneSided {
			return LogitOneSided{V: m.V[g] + m.Alpha[g]*n, Gamma: m.Gamma[g], Mu: m.Mu[g], N: m.N[g]}
		}
		free, bound := 0, 1 // the free side ignores the other; the other answers it
		if deaf == 0 {
			free, bound = 1, 0
		}
		want := 0
		for _, e := range one(free, 0).Equilibria() {
			want += len(one(bound, e.Share).Equilibria())
		}
		all := m.Equilibria()
		require.Len(t, all, want)
		for _, e := range all {
			own := OneSidedEquilibrium{Share: e.Share[free], Slope: m.jacobian(e.Share)[free][free] + 1}
			if e.Stable {
				sd, _ := m.SD(e, 0)
				require.InDelta(t, one(free, 0).SD(own, 0), sd[free], 1e-9)
			}
		}
	})
}

func TestTwoSidedFoldsOfDeafSides(t *testing.T) {
	// Side 1 ignores side 2, which has a fold of its own: V1 moves n1, and n1 takes side 2 over its folds.
	m := LogitTwoSided{V: [2]float64{0, -4}, Alpha: [2]float64{0, 3}, Gamma: [2]float64{0, 5}, Mu: [2]float64{1, 1}}
	own := LogitOneSided{Gamma: 5, Mu: 1}
	lo, hi, _, _ := own.Window()
	folds := m.Folds()
	require.Len(t, folds, 2)
	near(t, logit((lo+4)/3), folds[0].V1, "side 2 feels V2 + 3·n1 = V_lo")
	near(t, logit((hi+4)/3), folds[1].V1, "side 2 feels V2 + 3·n1 = V_hi")

	// However faintly side 1 hears side 2, the fold stays where it is: it is then within rounding of the
	// end of a branch, which takes numbers of many digits to show.
	luck := rand.New(rand.NewSource(3))
	for range 300 {
		mu, n1, alpha2 := 0.2+luck.Float64(), 0.02+0.96*luck.Float64(), -1-4*luck.Float64()
		gamma2 := mu * (4.2 + 5*luck.Float64())
		_, hi, _, _ = LogitOneSided{Gamma: gamma2, Mu: mu}.Window()
		for _, alpha1 := range []float64{0, 1e-300, -1e-300, 1e-13, -1e-13, 1e-9, -1e-9} {
			m := LogitTwoSided{V: pair{0, hi - alpha2*n1}, Alpha: pair{alpha1, alpha2}, Gamma: pair{1, gamma2}, Mu: pair{1, mu}}
			here := slices.DeleteFunc(m.Folds(), func(f Fold) bool { return math.Abs(f.V1-(logit(n1)-n1)) > 1e-6 })
			require.Len(t, here, 1, "side 2 feels V2 + alpha2·n1 = V_hi; %+v", m)
		}
	}
}

// Jury's conditions say what the moduli of the eigenvalues of I + lambda·J say.
func TestJacobianStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entry := func(name string) float64 { return rapid.Float64Range(-6, 6).Draw(t, name) }
		j := jacobian{{entry("11"), entry("12")}, {entry("21"), entry("22")}}
		half, root := complex(j.trace()/2, 0), cmplx.Sqrt(complex(j.trace()*j.trace()/4-j.det(), 0))
		near := 1e-9 + 1e-13/math.Max(1e-7, cmplx.Abs(root)) // a root of next to nothing is that of a difference of next to nothing
		require.InDelta(t, real(half+root), j.larger(), near)
		if math.Abs(real(half+root)) > near {
			require.Equal(t, real(half+root) < 0, j.stable(0), "asynchronous clock: every eigenvalue decays")
		}
		lambda := rapid.Float64Range(0.01, 1).Draw(t, "lambda")
		scale := complex(lambda, 0)
		radius := math.Max(cmplx.Abs(1+scale*(half+root)), cmplx.Abs(1+scale*(half-root)))
		if math.Abs(radius-1) > near {
			require.Equal(t, radius < 1, j.stable(lambda), "synchronous clock: every eigenvalue is inside the unit circle")
		}
	})
}

func TestTwoSidedPursuit(t *testing.T) {
	// Side 1 follows, side 2 flees: b1·b2 = -9 at (1/2, 1/2), so the eigenvalues are -1 ± 3i.
	m := LogitTwoSided{V: [2]float64{-6, 6}, Alpha: [2]float64{12, -12}, Mu: [2]float64{1, 1}, N: [2]int{100, 100}}
	all := m.Equilibria()
	require.Len(t, all, 1)
	near(t, -1, all[0].Eigenvalue, "the real part")
	sd, _ := m.SD(all[0], 0.1)
	require.False(t, math.IsNaN(sd[0]), "0.9² + 0.3² < 1")
	sd, _ = m.SD(all[0], 0.5)
	require.True(t, math.IsNaN(sd[0]), "0.5² + 1.5² > 1: the sides overshoot each other")
}
