package study_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/sim/study"
)

// hill is worth most, 1, at (0.3, 0.6, 0.45), with luck of size 0.05 that all points share, as far as they are alike.
func hill(limit float64) study.Optimisation {
	return study.Optimisation{
		Dimensions: 3, Evaluations: 200, Seed: 1,
		Ask: func(_ context.Context, points [][]float64, luck int) ([]study.Answer, error) {
			answers := make([]study.Answer, len(points))
			for i, u := range points {
				far := math.Pow(u[0]-0.3, 2) + math.Pow(u[1]-0.6, 2) + math.Pow(u[2]-0.45, 2)
				for r := range 4 {
					noise := 0.05 * math.Sin(1e3*float64(luck+1)+37*float64(r)+5*u[0])
					answers[i].Runs = append(answers[i].Runs, []float64{1 - far + noise, u[0]})
				}
			}
			return answers, nil
		},
		Judge: func(runs [][]float64, _ float64) (worth, broken float64) {
			for _, run := range runs {
				worth += run[0] / float64(len(runs))
				broken = math.Max(broken, run[1]-limit)
			}
			return worth, broken
		},
	}
}

func TestASearchFindsTheTopOfAHill(t *testing.T) {
	tried, err := hill(1).Search(context.Background())
	require.NoError(t, err)
	require.Len(t, tried, 200)
	best, err := hill(1).Best(context.Background(), tried)
	require.NoError(t, err)
	require.InDeltaSlice(t, []float64{0.3, 0.6, 0.45}, best.At, 0.1)
	again, err := hill(1).Search(context.Background())
	require.NoError(t, err)
	require.Equal(t, tried, again)
}

// A wide hill of height 0.9 at (0.25, 0.25) and a steep one of height 1 at (0.75, 0.75): of evenly spread points the best
// stand on the wide one, and whoever climbs from the best alone ends there.
func TestASearchClimbsMoreThanOneHill(t *testing.T) {
	o := study.Optimisation{
		Dimensions: 2, Evaluations: 100, Seed: 1,
		Ask: func(_ context.Context, points [][]float64, _ int) ([]study.Answer, error) {
			answers := make([]study.Answer, len(points))
			for i, u := range points {
				wide := 0.9 - 0.5*math.Hypot(u[0]-0.25, u[1]-0.25)
				steep := 1 - 4*math.Hypot(u[0]-0.75, u[1]-0.75)
				answers[i].Runs = [][]float64{{math.Max(wide, steep)}}
			}
			return answers, nil
		},
		Judge: func(runs [][]float64, _ float64) (worth, broken float64) { return runs[0][0], 0 },
	}
	tried, err := o.Search(context.Background())
	require.NoError(t, err)
	require.Len(t, tried, 100)
	first, last := 0.0, 0.0
	for i, point := range tried {
		if i < 50 {
			first = math.Max(first, point.Worth)
		}
		last = math.Max(last, point.Worth)
	}
	require.Less(t, first, 0.9, "no evenly spread point is better than the top of the wide hill")
	require.InDelta(t, 1, last, 0.02)
}

func TestAConstraintIsKept(t *testing.T) {
	tried, err := hill(0.2).Search(context.Background())
	require.NoError(t, err)
	best, err := hill(0.2).Best(context.Background(), tried)
	require.NoError(t, err)
	require.Zero(t, best.Broken)
	require.InDelta(t, 0.2, best.At[0], 0.05, "the top lies beyond the limit, so the best is at it")
}

func TestPointsThatCannotBeRunAreNoEnd(t *testing.T) {
	o := hill(1)
	ask := o.Ask
	o.Ask = func(ctx context.Context, points [][]float64, luck int) ([]study.Answer, error) {
		answers, err := ask(ctx, points, luck)
		for i, u := range points {
			if u[2] > 0.5 {
				answers[i] = study.Answer{Err: errors.New("no such market")}
			}
		}
		return answers, err
	}
	tried, err := o.Search(context.Background())
	require.NoError(t, err)
	best, err := o.Best(context.Background(), tried)
	require.NoError(t, err)
	require.InDelta(t, 0.45, best.At[2], 0.1)
}

func TestOnlyUndominatedPointsAreAFrontier(t *testing.T) {
	var tried []study.Tried
	for _, p := range [][]float64{{3, 5}, {1, 2}, {2, 1}, {2, 4}, {3, 4}, {4, 9}, {4, 5}} {
		tried = append(tried, study.Tried{Runs: [][]float64{p}})
	}
	tried = append(tried, study.Tried{})
	front := study.Undominated(tried, func(t study.Tried) float64 { return t.Runs[0][0] }, func(t study.Tried) float64 { return t.Runs[0][1] })
	require.Equal(t, []int{1, 3, 0, 5}, front)
}
