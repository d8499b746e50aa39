package agents_test

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/scenarios"
	"flywheel/sim"
	"flywheel/sim/engine/agents"
)

// plain is the loop in C of one scenario's law, compiled for its number of platforms.
type plain struct {
	program string
	input   string
}

// newPlain compiles the loop and writes the scenario's numbers for it.
func newPlain(t testing.TB, compiler string, m *models.Model) plain {
	program := filepath.Join(t.TempDir(), m.Name)
	out, err := exec.Command(compiler, "-O3", "-march=native", fmt.Sprintf("-DPLATFORMS=%d", len(m.Platforms)), "-o", program,
		"../../testdata/reference.c", "-lm").CombinedOutput()
	require.NoError(t, err, "%s", out)
	var b strings.Builder
	fmt.Fprintln(&b, 12345, m.Horizon.Periods, m.Clock.Revision)
	for i := range m.Segments {
		s := &m.Segments[i]
		fmt.Fprintln(&b, s.Size, m.Noise.Scale, s.Cross.Strength.Mean, s.Same.Strength.Mean, s.Homing.Cost)
		for k, p := range m.Platforms {
			worth := s.Value[k].Mean - p.Price[s.Side]
			for _, policy := range m.Policies {
				if policy.Platform == p.Name && policy.Target.Side == s.Side {
					worth += policy.Shape.(models.Constant).Amount
				}
			}
			fmt.Fprintln(&b, s.Taste.SD[k], worth)
		}
	}
	return plain{program, b.String()}
}

// run is the loop's speed, in participant-periods per CPU-second, and where it ended.
func (p plain) run(t testing.TB) (speed float64, end []float64) {
	c := exec.Command(p.program)
	c.Stdin = strings.NewReader(p.input)
	var errors bytes.Buffer
	c.Stderr = &errors
	out, err := c.Output()
	require.NoError(t, err, errors.String())
	for _, word := range strings.Fields(string(out)) {
		x, err := strconv.ParseFloat(word, 64)
		require.NoError(t, err)
		end = append(end, x)
	}
	return end[0], end[1:]
}

// reference is one of the two markets that speed is measured on.
func reference(t testing.TB, name string) *models.Law {
	s, err := scenarios.Load("../../../scenarios/testdata/"+name+".yaml", scenarios.Options{})
	require.NoError(t, err)
	require.True(t, s.Settings.Welfare)
	l, err := models.Compile(s.Model)
	require.NoError(t, err)
	return l
}

// ours runs a law by agents, one goroutine, recorded, start included.
func ours(t testing.TB, l *models.Law) (speed float64, end []float64) {
	before := cpu(t)
	rec := sim.NewRecorder(l, sim.Labels{})
	require.NoError(t, sim.Simulate(context.Background(), l, new(agents.Engine), sim.Options{Seed: 1, Welfare: true}, rec))
	speed = float64(l.People()) * float64(l.Model.Horizon.Periods) / (cpu(t) - before)
	last := l.Model.Horizon.Periods
	for _, side := range l.Sides {
		for _, p := range l.Model.Platforms {
			end = append(end, at(rec.Table, "share", p.Name, side, last))
		}
	}
	return speed, append(end, at(rec.Table, "welfare", "*", "*", last))
}

// compiler is the machine's C compiler, if it has one.
func compiler(t testing.TB) string {
	path, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("no C compiler here, so nothing to compare with: " + err.Error())
	}
	return path
}

// TestReferenceIsTheSameLaw: the engine and the plain loop end at the same shares and the same
// welfare, though their luck differs: shares within six standard errors of two samples, 0.0042
// of a million people and 0.026 of merchants; welfare within half a percent, for a person's
// utility spreads by about 1.5 around 3.
func TestReferenceIsTheSameLaw(t *testing.T) {
	if testing.Short() {
		t.Skip("eight seconds of simulation; run without -short")
	}
	cc := compiler(t)
	for _, name := range []string{"reference", "perturbed"} {
		l := reference(t, name)
		_, theirs := newPlain(t, cc, l.Model).run(t)
		_, got := ours(t, l)
		require.Len(t, got, len(theirs))
		welfare := len(got) - 1
		for i := range welfare {
			allowed := 0.0042
			if i >= l.Platforms {
				allowed = 0.026
			}
			require.InDelta(t, theirs[i], got[i], allowed, "%s: %v against %v", name, got, theirs)
		}
		require.InEpsilon(t, theirs[welfare], got[welfare], 0.005, name)
	}
}

// BenchmarkReference measures the engine on the reference market and on a perturbed copy,
// interleaved with the plain loop in C of the same law: participant-periods per CPU-second of
// each, and how much of C's speed the engine has (the median of the pairs).
func BenchmarkReference(b *testing.B) {
	cc := compiler(b)
	for _, name := range []string{"reference", "perturbed"} {
		b.Run(name, func(b *testing.B) {
			l := reference(b, name)
			c := newPlain(b, cc, l.Model)
			var go_, c_, ratio []float64
			b.ResetTimer()
			for range b.N {
				theirs, _ := c.run(b)
				own, _ := ours(b, l)
				go_, c_, ratio = append(go_, own), append(c_, theirs), append(ratio, own/theirs)
			}
			median := func(list []float64) float64 {
				slices.Sort(list)
				return list[len(list)/2]
			}
			b.ReportMetric(median(go_), "participant-periods/cpu-s")
			b.ReportMetric(median(c_), "C-participant-periods/cpu-s")
			b.ReportMetric(median(ratio), "speed/C")
		})
	}
}
