package study_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
	"flywheel/sim/engine/agents"
	"flywheel/sim/study"
)

// market is a small one-sided market with a network effect; value is what the platform is
// worth by itself.
func market(t *testing.T, value float64, periods int) *models.Law {
	l, err := models.Compile(&models.Model{
		Name:      "test",
		Horizon:   models.Horizon{Periods: periods, Unit: "day"},
		Clock:     models.Clock{Kind: models.ClockSync, Revision: 0.2},
		Noise:     models.Noise{Kind: models.NoiseAnnealed, Scale: 1},
		Platforms: []models.Platform{{Name: "A"}},
		Segments: []models.Segment{{
			Side: "people", Name: "people", Region: "here", Size: 400,
			Value: []models.Value{models.Number(value)}, Same: models.Effect{Strength: models.Number(1)},
		}},
	})
	require.NoError(t, err)
	return l
}

func plan(t *testing.T, replications int) study.Plan {
	s := study.Settings{Engine: "agents", Replications: replications, Seed: 5, Band: [2]float64{0.05, 0.95}, At: []int{3}}
	return study.NewPlan("run", []study.Variant{
		{Name: study.Base, Law: market(t, -1, 20)},
		{Name: "better", Law: market(t, -0.5, 20)},
		{Name: "same", Law: market(t, -1, 20)},
	}, s)
}

func newEngine() sim.Engine { return new(agents.Engine) }

func lines(t *results.Table) []string {
	var all []string
	for row := range t.Rows() {
		line := ""
		for column := range t.Schema {
			line += t.Cell(row, column) + ","
		}
		all = append(all, line)
	}
	return all
}

func TestDeliveryFollowsThePlanAtAnyNumberOfThreads(t *testing.T) {
	defer goleak.VerifyNone(t)
	p := plan(t, 9)
	var want []string
	for _, threads := range []int{1, 2, 7, 64} {
		var got []string
		var order []int
		done, err := study.Execute(context.Background(), p, study.Execution{Engine: newEngine, Threads: threads,
			Deliver: func(tr study.Trial, table *results.Table) error {
				order = append(order, tr.Index)
				got = append(got, lines(table)...)
				return nil
			}})
		require.NoError(t, err)
		require.Equal(t, 27, done)
		require.IsIncreasing(t, order)
		if want == nil {
			want = got
		}
		require.Equal(t, want, got, "%d threads", threads)
	}
}

func TestReplicationsDifferAndVariantsShareLuck(t *testing.T) {
	p := plan(t, 3)
	tables := map[string][]string{}
	_, err := study.Execute(context.Background(), p, study.Execution{Engine: newEngine, Threads: 2,
		Deliver: func(tr study.Trial, table *results.Table) error {
			var cells []string
			for i, x := range table.Numbers("participants") {
				cells = append(cells, fmt.Sprint(i, x))
			}
			tables[fmt.Sprint(p.Variants[tr.Variant].Name, tr.Replication)] = cells
			return nil
		}})
	require.NoError(t, err)
	require.Equal(t, tables["base1"], tables["same1"])
	require.NotEqual(t, tables["base0"], tables["base1"])
	require.NotEqual(t, tables["base0"], tables["better0"])
}

func TestStoppedStudyDeliversWhatFinished(t *testing.T) {
	defer goleak.VerifyNone(t)
	p := plan(t, 50)
	ctx, cancel := context.WithCancel(context.Background())
	delivered := 0
	done, err := study.Execute(ctx, p, study.Execution{Engine: newEngine, Threads: 3,
		Deliver: func(study.Trial, *results.Table) error {
			if delivered++; delivered == 10 {
				cancel()
			}
			return nil
		}})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, delivered, done)
	require.GreaterOrEqual(t, done, 10)
	require.Less(t, done, len(p.Trials))
}

func TestFailedDeliveryStopsTheStudy(t *testing.T) {
	defer goleak.VerifyNone(t)
	full := errors.New("disk full")
	p := plan(t, 50)
	calls := 0
	done, err := study.Execute(context.Background(), p, study.Execution{Engine: newEngine, Threads: 4,
		Deliver: func(study.Trial, *results.Table) error {
			calls++
			if calls == 4 {
				return full
			}
			return nil
		}})
	require.ErrorIs(t, err, full)
	require.Equal(t, 3, done)
	require.Equal(t, 4, calls)
}

// refuser is an engine that cannot represent anything.
type refuser struct{ agents.Engine }

func (*refuser) Accept(*models.Law) error { return errors.New("cannot") }

func TestRefusalComesBeforeAnyRun(t *testing.T) {
	_, err := study.Execute(context.Background(), plan(t, 2), study.Execution{
		Engine:  func() sim.Engine { return new(refuser) },
		Deliver: func(study.Trial, *results.Table) error { t.Error("a run was made"); return nil },
	})
	require.ErrorContains(t, err, "cannot")
}

func TestProgressCountsEveryTrialOnce(t *testing.T) {
	var last atomic.Int64
	p := plan(t, 5)
	_, err := study.Execute(context.Background(), p, study.Execution{Engine: newEngine, Threads: 4,
		Deliver: func(study.Trial, *results.Table) error { return nil },
		Progress: func(done, total int) {
			require.Equal(t, last.Add(1), int64(done))
			require.Equal(t, 15, total)
		}})
	require.NoError(t, err)
	require.Equal(t, int64(15), last.Load())
}

func ensemble(t *testing.T, replications int, claims ...study.Claim) *study.Ensemble {
	p := plan(t, replications)
	e := study.NewEnsemble(p, claims)
	_, err := study.Execute(context.Background(), p, study.Execution{Engine: newEngine, Threads: 2,
		Deliver: func(tr study.Trial, table *results.Table) error { e.Add(tr, table); return nil }})
	require.NoError(t, err)
	return e
}

func TestSummaryReadsTheRows(t *testing.T) {
	entries, warnings := ensemble(t, 19).Summary()
	require.Empty(t, warnings)
	periods := map[int]bool{}
	for _, e := range entries {
		periods[e.Period] = true
		require.LessOrEqual(t, e.Band.Lo, e.Band.Hi)
		if e.Metric == "share" {
			require.True(t, e.Band.Lo >= 0 && e.Band.Hi <= 1)
		}
	}
	require.Equal(t, map[int]bool{3: true, 20: true}, periods)
	_, warnings = ensemble(t, 5).Summary()
	require.Equal(t, "5 replications cannot show a 5 to 95% band; at least 19 are needed", warnings[0].Text)
}

// TestFewPeriodsSayTheSame: recording only the periods an ensemble keeps changes nothing of
// what it says but the growth, which it leaves out.
func TestFewPeriodsSayTheSame(t *testing.T) {
	claim := study.Claim{Name: "grows", Op: study.More, Left: quantity("participants", "better", 20), Right: quantity("participants", "", 7)}
	full := ensemble(t, 5, claim)
	few := study.NewEnsemble(plan(t, 5), []study.Claim{claim})
	require.Equal(t, []int{3, 7, 20}, few.Periods())
	_, err := study.Execute(context.Background(), plan(t, 5), study.Execution{Engine: newEngine, Threads: 2, Periods: few.Periods(),
		Deliver: func(tr study.Trial, table *results.Table) error {
			require.Equal(t, []int64{3, 3, 3, 3, 3, 3, 7, 7, 7, 7, 7, 7, 20, 20, 20, 20, 20, 20}, table.Integers("period"), "three scopes, a platform and all platforms")
			few.Add(tr, table)
			return nil
		}})
	require.NoError(t, err)
	entries, warnings := full.Summary()
	fewEntries, fewWarnings := few.Summary()
	require.Equal(t, len(entries), len(fewEntries))
	require.Equal(t, fmt.Sprint(entries), fmt.Sprint(fewEntries)) // as text, where NaN equals NaN
	require.Equal(t, warnings, fewWarnings)
	want, err := full.Judge(claim)
	require.NoError(t, err)
	got, err := few.Judge(claim)
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.NotEmpty(t, full.Growth())
	require.Empty(t, few.Growth())
}

func quantity(metric, variant string, period int) study.Term {
	return study.Term{Factor: 1, Quantity: &study.Quantity{Metric: metric, Platform: "A", Side: "people", Segment: "*", Region: "*", Variant: variant, Period: period}}
}

func TestClaimsAreJudgedByPairsWhereTheyCompare(t *testing.T) {
	better := study.Claim{Name: "better grows", Op: study.More, Left: quantity("participants", "better", 20), Right: quantity("participants", "", 20)}
	worse := study.Claim{Name: "better shrinks", Op: study.Less, Left: better.Left, Right: better.Right}
	same := study.Claim{Name: "same grows", Op: study.More, Left: quantity("participants", "same", 20), Right: quantity("participants", "", 20)}
	inside := study.Claim{Name: "share", Op: study.Between, Left: quantity("share", "", 7), Right: study.Term{Factor: 0}, Upper: study.Term{Factor: 1}}
	outside := study.Claim{Name: "share", Op: study.More, Left: quantity("share", "", 7), Right: study.Term{Factor: 1}}
	e := ensemble(t, 19, better, worse, same, inside, outside)
	for claim, want := range map[*study.Claim]bool{&better: true, &worse: false, &same: false, &inside: true, &outside: false} {
		j, err := e.Judge(*claim)
		require.NoError(t, err)
		require.Equal(t, want, j.Holds, claim.Name)
	}
	missing := better
	missing.Left.Quantity = &study.Quantity{Metric: "participants", Platform: "Z", Side: "people", Segment: "*", Region: "*", Period: 20}
	_, err := e.Judge(missing)
	require.ErrorContains(t, err, "platform Z")

	differences, warnings, err := e.Compare()
	require.NoError(t, err)
	require.Empty(t, warnings)
	for _, d := range differences {
		if d.Variant == "same" {
			require.False(t, d.Difference.Shown, "%s of identical variants", d.Metric)
		}
		if d.Variant == "better" && d.Metric == "participants" {
			require.True(t, d.Difference.Shown)
			require.Positive(t, d.Difference.Lo)
		}
	}
}
