package loadtest

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/loadtest/plan"
)

func anAgenda(t *testing.T, rate float64, length time.Duration) *agenda {
	c := plan.Curve{plan.HoldFor(plan.PerSecond(rate), length)}
	s, err := c.Schedule()
	require.NoError(t, err)
	alarm := newAlarm()
	t.Cleanup(alarm.close)
	return newAgenda(s, plan.Turns{}, &script{mix: plan.NewMix([]plan.Journey{{}}, 0), first: []int{0}, count: []int{1}}, time.Hour, alarm)
}

func newPacer(t *testing.T, rate float64, length time.Duration, ago time.Duration) (*pacer, <-chan task) {
	tasks := make(chan task, 1000)
	return &pacer{agenda: anAgenda(t, rate, length), start: time.Now().Add(-ago), workers: 2, ended: new(atomic.Int64), tasks: tasks}, tasks
}

// A hit is never released before its due time.
func TestPacerIsNeverEarly(t *testing.T) {
	p, _ := newPacer(t, 500, 200*time.Millisecond, 0)
	for n := range uint64(100) {
		wait, stop := p.Pace(0, n)
		require.False(t, stop)
		require.Zero(t, wait, "the pacer waits itself")
		require.GreaterOrEqual(t, time.Since(p.start), p.agenda.schedule.Due(int64(n)))
		p.ended.Add(1)
	}
	_, stop := p.Pace(0, 100)
	require.True(t, stop, "a hundred were due")
	require.Zero(t, p.finish(time.Second, 100).busy)
}

// Hits whose due time has passed are released at once, in order.
func TestPacerCatchesUp(t *testing.T) {
	p, tasks := newPacer(t, 1, 100*time.Second, time.Hour)
	begin := time.Now()
	for n := range int64(100) {
		_, stop := p.Pace(0, uint64(n))
		require.False(t, stop)
		require.Equal(t, n, (<-tasks).number)
		p.ended.Add(1)
	}
	require.Less(t, time.Since(begin), 50*time.Second, "on time they would take a hundred")
	require.Zero(t, p.waits.byWorkers, "no worker was missing")
}

// With both workers busy the third hit waits; it and those after it are late for
// that reason until the pacer is on time again.
func TestPacerSeesWorkersMissing(t *testing.T) {
	p, _ := newPacer(t, 1000, time.Second, 100*time.Millisecond)
	for n := range uint64(3) { // none has ended when the third is released
		p.Pace(0, n)
	}
	time.Sleep(20 * time.Millisecond) // until a worker takes the third
	p.ended.Add(3)
	p.Pace(0, 3) // late, although a worker is free again: it came behind the third
	p.ended.Add(1)
	p.Pace(0, 4)
	require.Equal(t, int64(2), p.waits.byWorkers)
	require.GreaterOrEqual(t, p.waits.busy, 20*time.Millisecond)
	w := p.finish(time.Second, 5)
	require.True(t, w.behind)
	p, _ = newPacer(t, 10, time.Second, -50*time.Millisecond) // begins in a moment
	p.behind = true
	p.Pace(0, 0)
	require.False(t, p.finish(time.Second, 1).behind)
}

func TestPacerStops(t *testing.T) {
	p, _ := newPacer(t, 0.01, time.Hour, 0)
	_, over := p.Pace(0, 0)
	require.False(t, over)
	time.AfterFunc(20*time.Millisecond, p.agenda.stop)
	_, over = p.Pace(0, 1) // due after a hundred seconds
	require.True(t, over)
	require.Less(t, time.Since(p.start), 50*time.Second)

	p, _ = newPacer(t, 1000, time.Hour, 3*time.Hour)
	_, over = p.Pace(0, 5)
	require.True(t, over, "the queue's time is over")
}

// An alarm wakes at its time, or at once when it was rung, before or during the sleep.
func TestAlarm(t *testing.T) {
	for name, c := range map[string]clock{"the system's": newClock(), "Go's": newGoClock()} {
		t.Run(name, func(t *testing.T) {
			a := &alarm{clock: c}
			defer a.close()
			begin := time.Now()
			a.sleep(5 * time.Millisecond)
			require.GreaterOrEqual(t, time.Since(begin), 5*time.Millisecond)
			a.ring()
			a.sleep(time.Hour)
			time.AfterFunc(5*time.Millisecond, a.ring)
			a.sleep(time.Hour)
			require.Less(t, time.Since(begin), time.Minute)
			begin = time.Now()
			for time.Since(begin) < 5*time.Millisecond { // what was rung before is forgotten, after one early return at most
				a.sleep(5 * time.Millisecond)
			}
		})
	}
}
