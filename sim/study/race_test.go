package study_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/sim/study"
)

// The 90% content, 95% confidence factor of 30 normal runs is 1.777 (Krishnamoorthy and Mathew 2009, Table B1);
// the large-sample form gives 1.2816 + 1.6449*sqrt((1 + 1.2816²/2)/30) = 1.687.
func TestAToleranceLimitByHand(t *testing.T) {
	var runs []float64
	for range 15 {
		runs = append(runs, 9, 11) // mean 10, variance 30/29
	}
	require.InDelta(t, 10-1.687*1.0171, study.ToleranceLimit(runs, 0.9, 0.95), 1e-3)
	require.Equal(t, 7.0, study.ToleranceLimit([]float64{7}, 0.9, 0.95))
	require.Equal(t, 7.0, study.ToleranceLimit([]float64{7, 7}, 0.9, 0.95))
}

// A point is worth the less the larger its number, and breaks its constraint in a part 1-u of its
// runs: those that look best by four runs are those that were lucky.
func TestARaceDropsWhoWasLucky(t *testing.T) {
	o := study.Optimisation{
		Dimensions: 1,
		Ask: func(_ context.Context, points [][]float64, luck int) ([]study.Answer, error) {
			answers := make([]study.Answer, len(points))
			for i, u := range points {
				die := rand.New(rand.NewPCG(uint64(luck), uint64(1e6*u[0])))
				for range 20 {
					kept := 0.0
					if die.Float64() < u[0] {
						kept = 1
					}
					answers[i].Runs = append(answers[i].Runs, []float64{-u[0], kept})
				}
			}
			return answers, nil
		},
		Judge: func(runs [][]float64, confidence float64) (worth, broken float64) {
			for _, run := range runs {
				worth += run[0] / float64(len(runs))
				broken += (1 - run[1]) / float64(len(runs))
			}
			if confidence == 0 && broken <= 0.1 {
				broken = 0 // nine of ten runs
			}
			return worth, broken
		},
	}
	// Twelve that looked kept but hold in half of the runs, then one that holds in all.
	var tried []study.Tried
	for i := range 12 {
		tried = append(tried, study.Tried{At: []float64{0.5 + float64(i)/1000}, Runs: [][]float64{{0}}, Worth: 1})
	}
	tried = append(tried, study.Tried{At: []float64{1}, Runs: [][]float64{{0}}, Worth: 0})
	best, err := o.Best(context.Background(), tried)
	require.NoError(t, err)
	require.Equal(t, []float64{1}, best.At)
	require.Zero(t, best.Broken)
	require.Len(t, best.Runs, 20, "the last runs alone")

	nobody, err := o.Best(context.Background(), []study.Tried{{}})
	require.NoError(t, err)
	require.Nil(t, nobody.Runs)
}
