package loadtest

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/results"
)

// recorded is a run of one step whose p99 follows a noise in which each second
// remembers a share of the one before.
func recorded(seed uint64, seconds int, memory, extra, asked float64) *results.Table {
	r := rand.New(rand.NewPCG(seed, 5))
	schema := results.Schema{column("step", results.Text, "", "Step."), column("sent", results.Integer, "requests", "Sent."), column("failed", results.Integer, "requests", "Failed.")}
	for _, name := range []string{"asked", "latency_p50", "latency_p90", "latency_p99", "latency_mean"} {
		schema = append(schema, column(name, results.Number, "ms", "A measure."))
	}
	t := results.NewTable("seconds", schema)
	noise := 0.0
	for second := range seconds {
		noise = memory*noise + math.Sqrt(1-memory*memory)*r.NormFloat64()
		p99 := 50 + 20*math.Sin(float64(second)/10) + 5*math.Exp(noise) + extra // a curve that both runs share, a heavy tail
		add(t, []any{"page", int64(asked), int64(0), asked, 10 + 0.1*r.NormFloat64(), 20.0, p99, 12.0})
	}
	return t
}

// Of two runs of the same target a difference is shown no more often than allowed for,
// though seconds remember each other; a real one is found.
func TestContrastsOfTwoRuns(t *testing.T) {
	const pairs = 300
	for _, memory := range []float64{0, 0.6} {
		shown, found := 0, 0
		for seed := range uint64(pairs) {
			of := func(rows []Contrast, err error) Contrast {
				require.NoError(t, err)
				for _, c := range rows {
					if c.Metric == "latency_p99" {
						return c
					}
				}
				t.Fatal("no p99")
				return Contrast{}
			}
			a := recorded(2*seed, 120, memory, 0, 100)
			if of(Contrasts(a, recorded(2*seed+1, 120, memory, 0, 100), 0.95)).Shown {
				shown++
			}
			if c := of(Contrasts(a, recorded(2*seed+1, 110, memory, 15, 100), 0.95)); c.Shown && c.Lo > 0 {
				found++
			}
		}
		t.Logf("memory %.1f: of %d pairs of equal runs %d showed a difference; of pairs 15 ms apart %d did", memory, pairs, shown, found)
		require.LessOrEqual(t, shown, pairs/20, "one in twenty is what 95%% allows")
		require.GreaterOrEqual(t, found, pairs*9/10)
	}
}

func TestRunsThatCannotBeCompared(t *testing.T) {
	_, err := Contrasts(recorded(1, 60, 0, 0, 100), recorded(2, 60, 0, 0, 150), 0.95)
	require.ErrorContains(t, err, "compare runs of one curve")
	_, err = Contrasts(recorded(1, 60, 0, 0, 100), recorded(2, 19, 0, 0, 100), 0.95)
	require.ErrorContains(t, err, "19 seconds in common")
	_, err = Contrasts(results.NewTable("summary", results.Schema{column("x", results.Number, "", "X.")}), nil, 0.95)
	require.ErrorContains(t, err, "has no column step")
}
