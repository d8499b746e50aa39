package models_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
	"flywheel/models/theory"
)

// aYear is a slot so long that every queue settles in it.
const aYear = 1e7

// desk is a stage at which so many servers work at a rate of mu an hour.
func desk(mu float64, servers float64) (*models.Stage, func(lambda float64) models.Slot) {
	s := &models.Stage{Queue: models.QueueMMC, Time: 1 / mu, Servers: servers}
	return s, func(lambda float64) models.Slot {
		return models.Slot{Orders: lambda * aYear, Hours: aYear, Servers: servers, Most: servers * mu * aYear}
	}
}

// TestWaitsAreErlangs: the wait and its tail at one line are those of M/M/c; among them the
// textbook values P(Wq > 0.5) = 0.150528965 at 8 orders an hour and 10 servers, and Wq = 1 at half
// the capacity of one server.
func TestWaitsAreErlangs(t *testing.T) {
	for _, q := range []theory.MMC{
		{Arrival: 0.5, Service: 1, Servers: 1},
		{Arrival: 1, Service: 1, Servers: 2},
		{Arrival: 2.5, Service: 1, Servers: 3},
		{Arrival: 8, Service: 1, Servers: 10},
		{Arrival: 18, Service: 1, Servers: 20},
		{Arrival: 95, Service: 1, Servers: 100},
		{Arrival: 9_900, Service: 1, Servers: 10_000},
		{Arrival: 5, Service: 1, Servers: 10_000},
	} {
		stage, slot := desk(q.Service, float64(q.Servers))
		for _, longer := range []float64{0.1, 0.5, 2} {
			stage.Promise = longer + stage.Time
			w := stage.Wait(slot(q.Arrival), stage.Time)
			require.InDelta(t, q.WaitsLonger(longer), w.Late, 1e-9, "%+v", q)
			require.InDelta(t, q.Wait(), w.Hours-stage.Time, 1e-9*(1+q.Wait()), "%+v", q)
		}
	}
	stage, slot := desk(1, 10)
	stage.Promise = 1.5
	require.InDelta(t, 0.150528965, stage.Wait(slot(8), 1).Late, 1e-9)
}

// TestSmallRoomsLoseOrders: a room for K orders loses what M/M/1/K does (at a load of 0.8 and
// five places 0.0888194987), and lets wait as Little's law says: orders there over those let in.
func TestSmallRoomsLoseOrders(t *testing.T) {
	for _, q := range []theory.MM1K{
		{Arrival: 0.8, Service: 1, Room: 5},
		{Arrival: 1.2, Service: 1, Room: 10},
		{Arrival: 1, Service: 1, Room: 4},
		{Arrival: 40, Service: 1, Room: 300},
	} {
		stage := &models.Stage{Queue: models.QueueMM1K, Time: 1 / q.Service, Servers: 2, Room: q.Room}
		w := stage.Wait(models.Slot{Orders: 2 * q.Arrival * aYear, Hours: aYear, Servers: 2, Most: math.Inf(1)}, stage.Time)
		require.InDelta(t, q.Loss(), w.Lost, 1e-9)
		load, there, all := q.Arrival/q.Service, 0.0, 0.0
		for n := 0; n <= q.Room; n++ {
			share := math.Pow(load, float64(n-q.Room))
			there += float64(n) * share
			all += share
		}
		require.InDelta(t, there/all/(q.Arrival*(1-q.Loss())), w.Hours, 1e-9*w.Hours)
	}
}

// TestOneLineBeatsMany: pooling order channels never lengthens the wait, and an order that goes
// astray is late.
func TestOneLineBeatsMany(t *testing.T) {
	one, slot := desk(1, 12)
	one.Promise = 1.2
	many := *one
	many.Intakes = 4
	pooled, split := one.Wait(slot(10), 1), many.Wait(slot(10), 1)
	require.Less(t, pooled.Hours, split.Hours)
	require.Less(t, pooled.Late, split.Late)
	quarter := theory.MMC{Arrival: 2.5, Service: 1, Servers: 3}
	require.InDelta(t, quarter.Wait(), split.Hours-1, 1e-9)
	many.Astray = 0.05
	require.InDelta(t, 1-0.85*(1-split.Late), many.Wait(slot(10), 1).Late, 1e-12, "3 channels too many at 5% each")
}

// TestDeliveryTimesByLoad: the measured curve comes out again at its own loads: 38 minutes below
// 0.8 orders per courier, 58 from 1.5 to 2 and 74 above (37,111 deliveries of one DoorDash market,
// 2015), when orders come as fast as couriers then finish them; and nine in ten orders arrive
// within the 90th percentiles measured there, 59, 90 and 113 minutes, within 1.5 points.
func TestDeliveryTimesByLoad(t *testing.T) {
	s := &models.Stage{Queue: models.QueueTable, Servers: 100, Spread: 0.35}
	for _, p := range [][2]float64{{0.25, 38}, {0.65, 38}, {0.9, 40}, {1.1, 43}, {1.35, 48}, {1.75, 58}, {2.25, 74}} {
		s.Curve = append(s.Curve, models.TimePoint{Load: p[0], Hours: p[1] / 60})
	}
	for _, c := range []struct{ load, median, p90 float64 }{{0.5, 38, 59}, {1.75, 58, 90}, {2.25, 74, 113}} {
		rate := c.load / (c.median / 60) // orders per courier and hour, by Little's law
		s.Promise = c.p90 / 60
		w := s.Wait(models.Slot{Orders: rate * 100, Hours: 1, Servers: 100, Most: s.Most(100, 0)}, 0)
		require.InDelta(t, c.load, w.Load, 1e-6)
		require.InDelta(t, c.median/60, w.Hours, 1e-9)
		require.InDelta(t, 0.1, w.Late, 0.015)
	}
	require.InDelta(t, 182.43, s.Most(100, 0), 0.01, "2.25 orders in 74 minutes each")
}

// TestWaitsAreProbabilities: whatever a slot brings, shares are between 0 and 1, times finite,
// and more orders never make a stage faster or more reliable.
func TestWaitsAreProbabilities(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := func(lo, hi float64, label string) float64 { return rapid.Float64Range(lo, hi).Draw(t, label) }
		s := &models.Stage{
			Queue: rapid.SampledFrom([]models.QueueKind{models.QueueNone, models.QueueMMC, models.QueueMM1K, models.QueueTable}).Draw(t, "queue"),
			Time:  in(0.001, 10, "time"), Servers: in(0.01, 300, "servers"), Promise: in(0, 10, "promise"), Intakes: rapid.IntRange(0, 5).Draw(t, "intakes"),
			Room: rapid.IntRange(1, 50).Draw(t, "room"), Spread: in(0, 2, "spread"),
			Curve: []models.TimePoint{{Load: in(0, 1, "first"), Hours: 0.5}, {Load: in(1.1, 3, "last"), Hours: in(0.5, 3, "slowest")}},
		}
		slot := models.Slot{Orders: in(0, 1e4, "orders"), Ahead: in(0, 1e4, "ahead"), Hours: in(0.1, 100, "hours"), Servers: s.Servers}
		slot.Most = s.Most(slot.Servers, s.Time) * slot.Hours
		w := s.Wait(slot, s.Time)
		for _, p := range []float64{w.Late, w.Lost} {
			require.True(t, p >= 0 && p <= 1, "%+v", w)
		}
		require.True(t, w.Load >= 0 && w.Hours >= 0 && !math.IsInf(w.Hours+w.Load, 0), "%+v", w)
		slot.Orders += in(0, 1e4, "more")
		more := s.Wait(slot, s.Time)
		require.GreaterOrEqual(t, more.Hours*(1+1e-9), w.Hours)
		require.GreaterOrEqual(t, more.Late+1e-9, w.Late)
	})
}

// TestLongPromisesOfLargeRooms: a room for 2,000 orders at twice the load is full but for one or two,
// which takes 2,000 services: nobody is through in the time of 1,000, and all are in that of 3,000, at
// 30 standard deviations or more.
func TestLongPromisesOfLargeRooms(t *testing.T) {
	late := func(promise float64) float64 {
		stage := &models.Stage{Queue: models.QueueMM1K, Time: 0.01, Servers: 1, Room: 2000, Promise: promise + 0.01}
		return stage.Wait(models.Slot{Orders: 200 * aYear, Hours: aYear, Servers: 1, Most: math.Inf(1)}, 0.01).Late
	}
	require.InDelta(t, 1, late(10), 1e-9)
	require.InDelta(t, 0, late(30), 1e-9)
	require.InDelta(t, 0.5, late(19.99), 0.02, "1,999 services on average")
}
