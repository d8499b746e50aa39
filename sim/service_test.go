package sim

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
)

// dealing is an engine of which only the dealer is asked.
type dealing struct {
	Engine
	dealer Dealer
}

func (d dealing) Dealer() Dealer { return d.dealer }

// aChain is a chain of one to four random stages of every kind.
func aChain(t *rapid.T) *models.Service {
	in := func(lo, hi float64, label string) float64 { return rapid.Float64Range(lo, hi).Draw(t, label) }
	s := &models.Service{OnTime: 4.27, Belated: 2.18}
	if rapid.Bool().Draw(t, "day") {
		for range models.HoursPerDay {
			s.Profile = append(s.Profile, in(0.1, 3, "weight"))
		}
	}
	if rapid.Bool().Draw(t, "shifts") {
		s.Shifts = make([]float64, models.HoursPerDay)
		s.Shifts[rapid.IntRange(0, models.HoursPerDay-1).Draw(t, "only hour")] = 1
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "stages") {
		stage := models.Stage{
			Name: string(rune('a' + i)), Drop: in(0, 1, "drop"), Time: in(0.01, 30, "time"), Promise: in(0, 5, "promise"),
			Queue: rapid.SampledFrom([]models.QueueKind{models.QueueNone, models.QueueMMC, models.QueueMM1K, models.QueueTable}).Draw(t, "queue"),
		}
		if stage.Queue == models.QueueNone || stage.Queue == models.QueueMMC {
			stage.Matching = aMatching(t)
		}
		if rapid.Bool().Draw(t, "limited") {
			stage.Capacity = map[string]float64{models.Anywhere: in(0, 50, "capacity")}
		}
		if rapid.Bool().Draw(t, "patient") && stage.Queue != models.QueueMM1K {
			stage.Patience = in(0.1, 10, "patience")
		}
		switch stage.Queue {
		case models.QueueMMC:
			stage.Intakes, stage.Astray = rapid.IntRange(1, 4).Draw(t, "intakes"), in(0, 0.1, "astray")
		case models.QueueMM1K:
			stage.Room = rapid.IntRange(1, 8).Draw(t, "room")
		case models.QueueTable:
			stage.Curve, stage.Spread = []models.TimePoint{{Load: 0.5, Hours: 0.6}, {Load: 2, Hours: 1.2}}, in(0, 1, "spread")
		}
		if stage.Supply = rapid.Bool().Draw(t, "supply"); !stage.Supply {
			stage.Servers = in(0.1, 40, "servers")
		} else if stage.Queue != models.QueueTable && rapid.Bool().Draw(t, "spaced") {
			stage.Area, stage.Speed = in(0.1, 100, "area"), in(1, 30, "speed")
		}
		s.Stages = append(s.Stages, stage)
	}
	return s
}

// aMatching is a random way of finding places.
func aMatching(t *rapid.T) models.Matching {
	in := func(lo, hi float64, label string) float64 { return rapid.Float64Range(lo, hi).Draw(t, label) }
	return models.Matching{
		Kind:       rapid.SampledFrom([]models.MatchingKind{"", models.MatchAll, models.MatchCobbDouglas, models.MatchUrnBall}).Draw(t, "matching"),
		Efficiency: in(0.01, 3, "efficiency"), Orders: in(0, 2, "elasticity"), Places: in(0, 2, "elasticity"),
	}
}

// TestOrdersAreConserved: whatever the chain, the orders placed and those that waited are the
// orders fulfilled, given up, unserved and waiting, of each group and at each stage; with draws
// they are whole numbers, and none is negative.
func TestOrdersAreConserved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		segment := func(side, name string, size int64) models.Segment {
			s := models.Segment{Side: side, Name: name, Region: "here", Size: size, Value: []models.Value{models.Number(1)}}
			if side == "consumers" {
				s.Orders = models.Ordering{Rate: 1, Basket: models.MoneyOf(10)}
			}
			return s
		}
		chain := aChain(t)
		l, err := models.Compile(&models.Model{
			Name: "chain", Horizon: models.Horizon{Periods: 5, Unit: "day"}, Clock: models.Clock{Kind: models.ClockSync, Revision: 0.1},
			Noise: models.Noise{Kind: models.NoiseNone}, Platforms: []models.Platform{{Name: "A", Service: chain}},
			Segments: []models.Segment{segment("consumers", "first", 100), segment("consumers", "second", 50), segment("couriers", "third", 30)},
		})
		require.NoError(t, err)
		dealer := rapid.SampledFrom([]Dealer{Draws{}, Means{}}).Draw(t, "dealer")
		_, whole := dealer.(Draws)
		r := newRun(l, dealing{dealer: dealer}, Options{Seed: rapid.Uint64().Draw(t, "seed")}, nil)
		r.using[2][0] = float64(rapid.IntRange(1, 30).Draw(t, "couriers"))
		before := [2][]float64{make([]float64, len(chain.Stages)), make([]float64, len(chain.Stages))}
		for r.period = 1; r.period <= 5; r.period++ {
			for g := range 2 {
				r.placed[g][0] = float64(rapid.IntRange(0, 400).Draw(t, "orders"))
			}
			r.reach()
			r.match()
			for g := range 2 {
				s, near := r.service, 1e-9*(1+r.placed[g][0])
				in := r.placed[g][0]
				for at := range chain.Stages {
					out := s.passed[g][0][at] + s.lost[g][0][at] + s.backlog[g][0][at]
					require.InDelta(t, in+before[g][at], out, near, "stage %d of group %d", at, g)
					in, before[g][at] = s.passed[g][0][at], s.backlog[g][0][at]
					for _, n := range []float64{s.passed[g][0][at], s.lost[g][0][at], s.backlog[g][0][at]} {
						require.GreaterOrEqual(t, n, 0.0)
						require.True(t, !whole || n == math.Trunc(n), "%g orders", n)
					}
				}
				require.InDelta(t, in, r.served[g][0], near)
				require.LessOrEqual(t, s.late[g][0], r.served[g][0]+near)
				require.GreaterOrEqual(t, s.late[g][0], 0.0)
				var lost, waits float64
				for at := range chain.Stages {
					lost += s.lost[g][0][at]
					waits += s.backlog[g][0][at]
				}
				require.InDelta(t, lost, s.dropped[g][0]+s.unserved[g][0], near)
				require.InDelta(t, waits, s.waiting[g][0], near)
			}
			require.False(t, math.IsNaN(r.service.load[0][0]) || r.service.load[0][0] < 0)
			require.False(t, math.IsNaN(r.service.hours[0][0]) || r.service.hours[0][0] < 0)
		}
	})
}

// TestFewRoomsAndLittleCapacity: where a stage has both little room and a capacity, no more
// orders pass than found room, and no more than capacity takes: also after periods with few, and
// where capacity takes what is expected to find room and, by luck, more do.
func TestFewRoomsAndLittleCapacity(t *testing.T) {
	for _, capacity := range []float64{1, 2, 3} {
		l := rooms(t, capacity)
		for _, dealer := range []Dealer{Draws{}, Means{}} {
			var passed float64
			for seed := range uint64(200) {
				r := newRun(l, dealing{dealer: dealer}, Options{Seed: seed}, nil)
				r.using[1][0] = 1
				for r.period = 1; r.period <= 5; r.period++ {
					r.placed[0][0] = 4
					r.reach()
					r.match()
					s := r.service
					require.InDelta(t, 4, s.passed[0][0][0]+s.lost[0][0][0], 1e-9, "seed %d", seed)
					require.LessOrEqual(t, s.passed[0][0][0], capacity)
					passed += s.passed[0][0][0]
				}
			}
			require.Positive(t, passed, "%T", dealer)
		}
	}
}

// rooms is one till with room for one, beside a capacity.
func rooms(t *testing.T, capacity float64) *models.Law {
	l, err := models.Compile(&models.Model{
		Name: "rooms", Horizon: models.Horizon{Periods: 5, Unit: "day"}, Clock: models.Clock{Kind: models.ClockSync, Revision: 0.1},
		Noise: models.Noise{Kind: models.NoiseNone},
		Platforms: []models.Platform{{Name: "A", Service: &models.Service{OnTime: 4.27, Belated: 2.18, Stages: []models.Stage{{
			Name: "till", Queue: models.QueueMM1K, Servers: 0.5, Time: 3.5, Room: 1, Capacity: map[string]float64{models.Anywhere: capacity},
		}}}}},
		Segments: []models.Segment{{
			Side: "consumers", Name: "eaters", Region: "here", Size: 100, Value: []models.Value{models.Number(1)},
			Orders: models.Ordering{Rate: 1, Basket: models.MoneyOf(10)},
		}, {Side: "couriers", Name: "riders", Region: "here", Size: 30, Value: []models.Value{models.Number(1)}}},
	})
	require.NoError(t, err)
	return l
}

// TestNobodyIsAtWork: orders are fulfilled by somebody. Where those who fulfil are members but never online,
// none is, and those that wait for a stage of its own staff wait on once the last member has left.
func TestNobodyIsAtWork(t *testing.T) {
	m := &models.Model{
		Name: "deserted", Horizon: models.Horizon{Periods: 5, Unit: "day"}, Clock: models.Clock{Kind: models.ClockSync, Revision: 0.1}, Noise: models.Noise{Kind: models.NoiseNone},
		Platforms: []models.Platform{{Name: "A", Service: &models.Service{OnTime: 4, Belated: 2, Stages: []models.Stage{{Name: "belt", Capacity: map[string]float64{models.Anywhere: 3}, Patience: 1e6}}}}},
		Segments: []models.Segment{{
			Side: "consumers", Name: "eaters", Region: "here", Size: 100, Value: []models.Value{models.Number(1)}, Orders: models.Ordering{Rate: 1, Basket: models.MoneyOf(10)},
		}, {Side: "cooks", Name: "cooks", Region: "here", Size: 30, Value: []models.Value{models.Number(1)}}},
	}
	l, err := models.Compile(m)
	require.NoError(t, err)
	for _, dealer := range []Dealer{Draws{}, Means{}} {
		r := newRun(l, dealing{dealer: dealer}, Options{Seed: 1}, nil)
		pass := func(cooks float64) (served, received, waiting float64) {
			r.period++
			r.using[1][0], r.placed[0][0] = cooks, 5
			r.match()
			return r.served[0][0], r.fulfilled[1][0], r.service.waiting[0][0]
		}
		for _, step := range []struct{ cooks, served, waiting float64 }{{1, 3, 2}, {2, 3, 4}, {0, 0, 4}, {1, 3, 6}} {
			served, received, waiting := pass(step.cooks)
			require.InDelta(t, step.served, served, 1e-4)
			require.InDelta(t, served, received, 1e-9)
			require.InDelta(t, step.waiting, waiting, 1e-4, "nobody loses patience in a million periods")
		}
	}
	m.Platforms[0].Service, m.Segments[1].Supply = nil, &models.Supply{Pay: 1, Most: 8, Skill: 1}
	l, err = models.Compile(m)
	require.NoError(t, err)
	r := newRun(l, dealing{dealer: Draws{}}, Options{Seed: 1}, nil)
	r.period, r.using[1][0], r.placed[0][0] = 1, 30, 5
	r.match()
	require.Zero(t, r.served[0][0], "thirty cooks of no hours")
}
