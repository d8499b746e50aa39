package study_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
	"flywheel/sim/study"
)

// somePoints are markets that differ in what the platform is worth; point 3 cannot be built.
func somePoints(t *testing.T, count int) study.Points {
	return study.Points{Count: count, Replications: 3,
		Build: func(point int) (*models.Law, study.Settings, error) {
			if point == 3 {
				return nil, study.Settings{}, errors.New("worth too much")
			}
			return market(t, -1+float64(point)/10, 10), study.Settings{Engine: "agents", Seed: 5}, nil
		},
		Periods: func(l *models.Law) []int { return []int{l.Model.Horizon.Periods} },
		Measure: func(_ int, _ *models.Law, timeline *results.Table) ([]float64, error) {
			last := timeline.Numbers("participants")
			return []float64{last[len(last)-1]}, nil
		},
	}
}

func engineNamed(string) (sim.Engine, error) { return newEngine(), nil }

// Points come in order with all their runs, the same at any number of threads; the one that
// fails is among them and stops nothing.
func TestPointsComeInOrder(t *testing.T) {
	defer goleak.VerifyNone(t)
	var want []string
	for _, threads := range []int{1, 2, 9} {
		var got []string
		told := 0
		n, err := study.ExecutePoints(context.Background(), somePoints(t, 12), study.PointExecution{Engine: engineNamed, Threads: threads,
			Progress: func(done, total int) { told++; require.Equal(t, []int{told, 36}, []int{done, total}) },
			Deliver: func(point int, runs []study.Measured) error {
				got = append(got, fmt.Sprint(point, runs))
				return nil
			}})
		require.NoError(t, err)
		require.Equal(t, 12, n)
		require.Equal(t, "3 [{[] worth too much} {[] worth too much} {[] worth too much}]", got[3])
		if want == nil {
			want = got
		}
		require.Equal(t, want, got, "%d threads", threads)
	}
}

// An execution that was stopped goes on where it was, makes no run twice, and delivers what an
// unbroken one delivers.
func TestPointsGoOn(t *testing.T) {
	defer goleak.VerifyNone(t)
	type key struct{ point, replication int }
	kept, made := map[key]study.Measured{}, map[key]int{}
	var mu sync.Mutex
	execute := func(ctx context.Context, threads int, deliver func(int, []study.Measured) error) error {
		_, err := study.ExecutePoints(ctx, somePoints(t, 40), study.PointExecution{Engine: engineNamed, Threads: threads, Deliver: deliver,
			Known: func(p, r int) (study.Measured, bool) {
				mu.Lock()
				defer mu.Unlock()
				m, known := kept[key{p, r}]
				return m, known
			},
			Keep: func(p, r int, m study.Measured) error {
				mu.Lock()
				defer mu.Unlock()
				kept[key{p, r}] = m
				made[key{p, r}]++
				return nil
			}})
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	before := 0
	err := execute(ctx, 3, func(int, []study.Measured) error {
		if before++; before == 7 {
			cancel()
		}
		return nil
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Less(t, before, 40)
	var got, want []string
	require.NoError(t, execute(context.Background(), 2, func(p int, runs []study.Measured) error {
		got = append(got, fmt.Sprint(p, runs))
		return nil
	}))
	require.Len(t, made, 120)
	for k, n := range made {
		require.Equal(t, 1, n, "%v", k)
	}
	_, err = study.ExecutePoints(context.Background(), somePoints(t, 40), study.PointExecution{Engine: engineNamed, Deliver: func(p int, runs []study.Measured) error {
		want = append(want, fmt.Sprint(p, runs))
		return nil
	}})
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// What cannot be kept or delivered ends the study with its own error.
func TestPointsEndAtAFailedDelivery(t *testing.T) {
	defer goleak.VerifyNone(t)
	full := errors.New("disk full")
	n, err := study.ExecutePoints(context.Background(), somePoints(t, 30), study.PointExecution{Engine: engineNamed, Threads: 4,
		Deliver: func(point int, _ []study.Measured) error {
			if point == 5 {
				return full
			}
			return nil
		}})
	require.ErrorIs(t, err, full)
	require.Equal(t, 5, n)
	_, err = study.ExecutePoints(context.Background(), somePoints(t, 30), study.PointExecution{Engine: engineNamed, Threads: 4,
		Deliver: func(int, []study.Measured) error { return nil },
		Keep:    func(int, int, study.Measured) error { return full }})
	require.ErrorIs(t, err, full)
}
