package models_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
)

// under is an event whose deployment may be too small for it.
func under(t *rapid.T) *models.Event {
	e := promotion(t)
	e.Deployment = models.Deployment{
		Limited: true, Capacity: rapid.Float64Range(0.5, 500).Draw(t, "capacity"), Collapse: rapid.SampledFrom([]float64{0, 0, 0.5, 1}).Draw(t, "collapse"),
		Retries: rapid.IntRange(0, 4).Draw(t, "retries"), Backoff: rapid.Float64Range(0.5, 60).Draw(t, "backoff"),
		Abandon: rapid.Float64Range(0, 1).Draw(t, "abandon"), Patience: rapid.Float64Range(1, 600).Draw(t, "patience"),
		Room: rapid.SampledFrom([]float64{0, 0, 10, 1000}).Draw(t, "room"), Late: 5,
	}
	return e
}

// Nothing appears and nothing vanishes: every order of the day is served or lost, second by
// second no more is served than offered, and the seconds add up to the day.
func TestADayAtADeploymentAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := under(t)
		ordinary, coupon := rapid.Float64Range(0, 1e5).Draw(t, "ordinary"), rapid.Float64Range(0, 1e5).Draw(t, "coupon")
		var placed, served, lost float64
		out := e.Day(ordinary, coupon, func(m models.Moment) {
			placed += m.New
			served += m.Served
			lost += m.Lost
			if m.Served > m.Offered+1e-9 || m.Served*e.Starts > e.Deployment.Capacity*(1+1e-9) || m.Waiting > e.Deployment.Room {
				t.Fatalf("%+v", m)
			}
		})
		whole := ordinary + coupon + 1
		require.InDelta(t, ordinary+coupon, placed, 1e-9*whole)
		require.InDelta(t, out.Orders, out.Served+out.Lost, 1e-9*whole)
		require.InDelta(t, served, out.Served, 1e-9*whole)
		require.LessOrEqual(t, lost, out.Lost+1e-9*whole, "the rest is on its way at midnight")
		require.LessOrEqual(t, out.Late, out.Served+1e-9)
	})
}

// A larger deployment never serves less, where overload costs no throughput.
func TestMoreCapacityServesMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := under(t)
		e.Deployment.Collapse = 0
		small := e.Day(2e4, 5e4, nil)
		e.Deployment.Capacity *= rapid.Float64Range(1, 3).Draw(t, "times")
		large := e.Day(2e4, 5e4, nil)
		require.GreaterOrEqual(t, large.Served, small.Served*(1-1e-9))
	})
}

// A coupon of 3,600 orders without ordinary ones, half-life an hour, from midnight: the first
// second brings ln 2 orders (3600 * ln2/3600), so 10 starts each make ln2*10 = 6.93 starts.
func TestALargeEnoughDeploymentServesAll(t *testing.T) {
	e := &models.Event{Hour: 0, HalfLife: 1, Starts: 10, Profile: make([]float64, models.HoursPerDay)}
	e.Profile[0] = 1
	out := e.Day(0, 3600, nil)
	require.InDelta(t, 3600, out.Served, 1e-6)
	require.Zero(t, out.Lost)
	require.InDelta(t, 6.93, out.PeakOffered, 0.01)
	e.Deployment = models.Deployment{Limited: true, Capacity: out.PeakOffered}
	require.Zero(t, e.Day(0, 3600, nil).Lost, "a deployment of the peak's size loses nothing")
	e.Deployment.Capacity /= 2
	half := e.Day(0, 3600, nil)
	// The rate falls below half of its peak after one half-life, so an hour's worth of the
	// excess is lost: 3600/2 orders came, of which ln2/2*3600 were served.
	require.InDelta(t, 1800-math.Ln2/2*3600, half.Lost, 1)
	require.Zero(t, half.Late)
}

// Retries bring back what would be lost, and load the deployment further.
func TestRetriesHelpAndWeigh(t *testing.T) {
	e := &models.Event{Hour: 12, HalfLife: 0.1, Starts: 10, Profile: []float64{1}}
	for len(e.Profile) < models.HoursPerDay {
		e.Profile = append(e.Profile, 1)
	}
	e.Deployment = models.Deployment{Limited: true, Capacity: 20}
	without := e.Day(1e4, 3e3, nil)
	e.Deployment.Retries, e.Deployment.Backoff, e.Deployment.Abandon = 3, 30, 0.3
	with := e.Day(1e4, 3e3, nil)
	require.Less(t, with.Lost, without.Lost)
	require.Greater(t, with.PeakOffered, without.PeakOffered)
	e.Deployment.Collapse = 1
	require.Greater(t, e.Day(1e4, 3e3, nil).Lost, with.Lost, "goodput falls after saturation")
	e.Deployment.Retries, e.Deployment.Collapse, e.Deployment.Room, e.Deployment.Patience, e.Deployment.Late = 0, 0, 1e4, 3600, 10
	room := e.Day(1e4, 3e3, nil)
	require.Less(t, room.Lost, without.Lost)
	require.InDelta(t, without.PeakOffered, room.PeakOffered, 1e-9, "who waits asks for nothing meanwhile")
	require.Positive(t, room.Late)
}
