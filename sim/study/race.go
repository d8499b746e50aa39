package study

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Laps is how many laps a race among the best points of a search has. After each the better half
// goes on (successive halving: Karnin, Koren and Somekh 2013, ICML), judged by all its runs of the race.
const Laps = 3

// Unseen is the number of the luck that neither search nor race has seen, and Confirming that of the
// luck by which whoever wins a race is asked once more.
const (
	Unseen     = Laps + 1
	Confirming = Laps + 2
)

const (
	confident = 0.95 // that constraints will be kept, of a point that is chosen
	heats     = 3    // races held at most, each among the next best points, until one's winner keeps its constraints
)

// Best lets the points that look best race and runs the winner once more with luck that nobody
// was chosen by, so that its worth is that of a point and not of its luck. Its constraints
// are judged by these last runs alone. It is the zero Tried when no point could be run.
func (o Optimisation) Best(ctx context.Context, tried []Tried) (Tried, error) {
	field := candidates(tried)
	finalists := o.Finalists
	if finalists == 0 {
		finalists = 12
	}
	var best Tried
	for heat := range slices.Chunk(field[:min(len(field), heats*finalists)], finalists) {
		racers, err := o.race(ctx, heat)
		if err != nil {
			return Tried{}, err
		}
		if best, err = o.confirmed(ctx, best, racers); err != nil {
			return Tried{}, err
		}
		if best.Runs != nil && best.Broken == 0 {
			break
		}
	}
	if best.Runs == nil {
		return Tried{}, nil
	}
	answers, err := o.Ask(ctx, [][]float64{best.At}, Unseen)
	if err != nil {
		return Tried{}, err
	}
	return o.judged(best.At, answers[0], 0), nil
}

// confirmed is the first of racers that keeps its constraints once more, alone, as of many at the border of
// what is allowed the one wins that was lucky in every lap; else the best of them and another.
func (o Optimisation) confirmed(ctx context.Context, best Tried, racers []Tried) (Tried, error) {
	for _, racer := range racers {
		if racer.Broken == 0 {
			again, err := o.try(ctx, [][]float64{racer.At}, Confirming)
			if err != nil {
				return Tried{}, err
			}
			racer = again[0]
		}
		if best.Runs == nil || racer.Better(best) {
			best = racer
		}
		if best.Runs != nil && best.Broken == 0 {
			break
		}
	}
	return best, nil
}

// race is who runs the last lap among points, best first.
func (o Optimisation) race(ctx context.Context, points [][]float64) ([]Tried, error) {
	runs := make([][][]float64, len(points))
	var racers []Tried
	for lap := 1; ; lap++ {
		again, err := o.try(ctx, points, lap)
		if err != nil {
			return nil, err
		}
		racers = nil
		for i, t := range again {
			if t.Runs == nil {
				continue
			}
			all := slices.Concat(runs[i], t.Runs)
			racers = append(racers, o.judged(t.At, Answer{Runs: all}, confident))
		}
		slices.SortStableFunc(racers, bestFirst)
		if len(racers) == 0 || lap == Laps {
			return racers, nil
		}
		racers = racers[:(len(racers)+1)/2]
		points, runs = nil, nil
		for _, t := range racers {
			points, runs = append(points, t.At), append(runs, t.Runs)
		}
	}
}

// candidates are the places of points that could be run, best first, each once.
func candidates(tried []Tried) [][]float64 {
	order := slices.Clone(tried)
	slices.SortStableFunc(order, bestFirst)
	var points [][]float64
	for _, t := range order {
		if t.Runs != nil && !slices.ContainsFunc(points, func(u []float64) bool { return slices.Equal(u, t.At) }) {
			points = append(points, t.At)
		}
	}
	return points
}

func bestFirst(a, b Tried) int {
	switch {
	case a.Better(b):
		return -1
	case b.Better(a):
		return 1
	}
	return 0
}

// ToleranceLimit is what a part of all runs, of which some are known, stays above with a
// confidence: the quantile of a normal distribution with their mean and spread, less the quantile's own
// standard error as often as the confidence asks (the large-sample form of a one-sided tolerance limit:
// Krishnamoorthy and Mathew 2009, Statistical Tolerance Regions). One run is its own limit; NaN
// among the runs, or none of them, gives NaN.
func ToleranceLimit(runs []float64, part, confidence float64) float64 {
	if len(runs) == 1 {
		return runs[0]
	}
	mean, spread := stat.MeanStdDev(runs, nil)
	if spread == 0 {
		return mean
	}
	n, z := float64(len(runs)), distuv.UnitNormal.Quantile(part)
	return mean - spread*(z+distuv.UnitNormal.Quantile(confidence)*math.Sqrt((1+z*z/2)/n))
}
