package models_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"flywheel/models"
)

// TestClassesForTastes: the number of classes advised moves a mixed logit share by one in
// five hundred at most, and grows with the spread. The share is summed over 100,000 equally
// likely tastes here, over as many as there are classes there.
func TestClassesForTastes(t *testing.T) {
	share := func(mean, sd float64, n int) float64 {
		var sum float64
		for i := range n {
			sum += 1 / (1 + math.Exp(-mean-sd*distuv.UnitNormal.Quantile((float64(i)+0.5)/float64(n))))
		}
		return sum / float64(n)
	}
	before := 1
	for _, sd := range []float64{0.25, 0.5, 1, 2, 4} {
		n := models.ClassesFor(sd, 1)
		require.GreaterOrEqual(t, n, before)
		before = n
		for _, mean := range []float64{0, 0.5, 1, 2, 3} {
			require.InDelta(t, share(mean, sd, 100_000), share(mean, sd, n), 0.0021, "%d classes for %g", n, sd)
		}
	}
	require.Equal(t, 1, models.ClassesFor(0, 1))
	require.InDelta(t, 250, models.ClassesFor(1, 0), 30, "a step function is off by half a class: 1/(2n) = 1/500, less where no mean was tried")
}
