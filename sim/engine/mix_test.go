package engine_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/sim"
	"flywheel/sim/engine"
)

// exponential is the mean of an exponential distribution of mean 1 within each of n classes of
// equal size: (1-u) ln(1-u) + u is the part of the mean below the quantile u.
func exponential(n int) []float64 {
	below := func(u float64) float64 {
		if u == 1 {
			return 1
		}
		return (1-u)*math.Log(1-u) + u
	}
	means := make([]float64, n)
	for c := range means {
		means[c] = float64(n) * (below(float64(c+1)/float64(n)) - below(float64(c)/float64(n)))
	}
	return means
}

// TestPeopleDifferInPricesHomingAndNews: where price sensitivity, the cost of a second platform
// or attention are exponential over people (gamma of shape 1) in four classes, what people do is
// the mean over the classes of the logit, and of hearing by a hazard.
func TestPeopleDifferInPricesHomingAndNews(t *testing.T) {
	const people, last = 40_000, 3
	mix, classes := models.Mix{Shape: 1, Classes: 4}, exponential(4)
	mean := func(of func(x float64) float64) float64 {
		var sum float64
		for _, x := range classes {
			sum += of(x) / float64(len(classes))
		}
		return sum
	}
	market := func(change func(m *models.Model, s *models.Segment)) *models.Model {
		m := &models.Model{
			Name: "mixed", Horizon: models.Horizon{Periods: last, Unit: "week"}, Clock: models.Clock{Kind: models.ClockSync, Revision: 1},
			Noise: models.Noise{Kind: models.NoiseAnnealed, Scale: 1}, Platforms: []models.Platform{{Name: "A"}, {Name: "B"}},
			Segments: []models.Segment{{Side: "customers", Name: "everyone", Region: "here", Size: people, PriceSensitivity: 1, Value: []models.Value{models.Number(1), models.Number(1)}}},
		}
		change(m, &m.Segments[0])
		return m
	}
	for name, c := range map[string]struct {
		metric   string
		platform string
		model    *models.Model
		want     float64 // of each person
	}{
		"A costs 2, and the sensitive stay away": {"participants", "A", market(func(m *models.Model, s *models.Segment) {
			m.Platforms[0].Price, s.PriceMix, s.Homing.Cost = map[string]float64{"customers": 2}, mix, math.Inf(1)
		}), mean(func(x float64) float64 {
			a, b := math.Exp(1-2*x), math.Exp(1)
			return a / (1 + a + b)
		})},
		"a second platform costs 1.5": {"multihomers", sim.Total, market(func(_ *models.Model, s *models.Segment) {
			s.Homing.Cost, s.Homing.Mix = 1.5, mix
		}), mean(func(x float64) float64 {
			one, both := math.Exp(1), math.Exp(2-1.5*x)
			return both / (1 + 2*one + both)
		})},
		"the attentive hear first": {"aware", "A", market(func(_ *models.Model, s *models.Segment) {
			s.Aware = &models.Aware{P: 0.2, Mix: mix}
		}), mean(func(x float64) float64 { return 1 - math.Pow(1-0.2*x, last) })},
	} {
		for _, kind := range engine.Names() {
			l, err := models.Compile(c.model)
			require.NoError(t, err)
			require.Len(t, l.Groups, 4)
			e, _ := engine.New(kind)
			rec := sim.NewRecorder(l, sim.Labels{})
			require.NoError(t, sim.Simulate(context.Background(), l, e, sim.Options{Seed: 11}, rec))
			got := rec.Table.Where("platform", c.platform).Where("side", "customers").Where("segment", sim.Total).Numbers(c.metric)[last]
			luck := 4 * math.Sqrt(c.want*(1-c.want)*people)
			if kind == "meanfield" {
				luck = 1e-9 * people
			}
			require.InDelta(t, c.want*people, got, luck, "%s by %s", name, kind)
		}
	}
}

// TestOrdersGoByTheCalendar: everybody uses A in every period, and the orders are people times
// rate times the period's factor, besides what a shock multiplies them by.
func TestOrdersGoByTheCalendar(t *testing.T) {
	const people, rate = 40_000, 0.25
	factors := []float64{0.5, 0, 1, 2.5}
	m := &models.Model{
		Name: "weekends", Horizon: models.Horizon{Periods: len(factors), Unit: "day"}, Clock: models.Clock{Kind: models.ClockSync, Revision: 0.5},
		Noise: models.Noise{Kind: models.NoiseNone}, Platforms: []models.Platform{{Name: "A"}},
		Segments: []models.Segment{
			{Side: "customers", Name: "everyone", Region: "here", Size: people, Value: []models.Value{models.Number(1)}, Start: []models.Begin{{Homing: 1, Share: 1}},
				Orders: models.Ordering{Rate: rate, Basket: models.MoneyOf(10), Rhythm: factors}},
			{Side: "shops", Name: "shops", Region: "here", Size: 10, Value: []models.Value{models.Number(1)}, Start: []models.Begin{{Homing: 1, Share: 1}}},
		},
		Shocks: []models.Shock{{Name: "rain", At: 4, For: 1, Orders: -0.2}},
	}
	l, err := models.Compile(m)
	require.NoError(t, err)
	for _, kind := range engine.Names() {
		e, _ := engine.New(kind)
		rec := sim.NewRecorder(l, sim.Labels{})
		require.NoError(t, sim.Simulate(context.Background(), l, e, sim.Options{Seed: 4}, rec))
		orders := rec.Table.Where("platform", "A").Where("side", "customers").Where("segment", sim.Total).Numbers("orders")
		for day, factor := range factors {
			want := people * rate * factor
			if day == 3 {
				want *= 0.8
			}
			luck := 4*math.Sqrt(want) + 1e-9*people
			if kind == "meanfield" {
				luck = 1e-9 * people
			}
			require.InDelta(t, want, orders[day+1], luck, "%s, day %d", kind, day+1)
		}
	}
	m.Segments[0].Orders.Rhythm = factors[:3]
	_, err = models.Compile(m)
	require.ErrorContains(t, err, "segments[0].orders.rhythm: 3 factors for 4 periods")
	m.Segments[0].Orders.Rhythm = []float64{1, 1, -1, math.NaN()}
	_, err = models.Compile(m)
	require.ErrorContains(t, err, "segments[0].orders.rhythm[2]: -1 is out of range")
	require.ErrorContains(t, err, "segments[0].orders.rhythm[3]: NaN is out of range")
}
