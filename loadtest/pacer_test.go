package loadtest

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/loadtest/plan"
)

func newPacer(t *testing.T, rate float64, length time.Duration, ago time.Duration) (*pacer, chan struct{}) {
	s, err := plan.Curve{plan.HoldFor(plan.PerSecond(rate), length)}.Schedule()
	require.NoError(t, err)
	stop := make(chan struct{})
	return &pacer{schedule: s, start: time.Now().Add(-ago), until: time.Hour, stop: stop, workers: 2, ended: new(atomic.Int64)}, stop
}

// A hit is never released before its due time.
func TestPacerIsNeverEarly(t *testing.T) {
	p, _ := newPacer(t, 500, 200*time.Millisecond, 0)
	for n := range uint64(100) {
		wait, stop := p.Pace(0, n)
		require.False(t, stop)
		require.Zero(t, wait, "the pacer waits itself")
		require.GreaterOrEqual(t, time.Since(p.start), p.schedule.Due(int64(n)))
		p.ended.Add(1)
	}
	_, stop := p.Pace(0, 100)
	require.True(t, stop, "a hundred were due")
	require.Zero(t, p.finish(time.Second, 100).busy)
}

// Hits whose due time has passed are released at once, in order.
func TestPacerCatchesUp(t *testing.T) {
	p, _ := newPacer(t, 1, 100*time.Second, time.Hour)
	p.until = 2 * time.Hour
	begin := time.Now()
	for n := range uint64(100) {
		_, stop := p.Pace(0, n)
		require.False(t, stop)
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
	p, _ = newPacer(t, 10, time.Second, 100*time.Millisecond)
	p.behind = true
	p.ended.Store(3)
	p.Pace(0, 3) // due in the future, after 300 ms
	require.False(t, p.finish(time.Second, 4).behind)
}

func TestPacerStops(t *testing.T) {
	p, stop := newPacer(t, 0.01, time.Hour, 0)
	_, over := p.Pace(0, 0)
	require.False(t, over)
	time.AfterFunc(20*time.Millisecond, func() { close(stop) })
	_, over = p.Pace(0, 1) // due after a hundred seconds
	require.True(t, over)
	require.Less(t, time.Since(p.start), 50*time.Second)

	p, _ = newPacer(t, 1000, time.Hour, 2*time.Hour)
	_, over = p.Pace(0, 5)
	require.True(t, over, "the queue's time is over")
}

// The machine that oversleeps is left to its timer for a while.
func TestNapperFallsBackToTheTimer(t *testing.T) {
	n := napper{timerFor: time.Now().Add(time.Hour)}
	instant := time.Now().Add(5 * time.Millisecond)
	require.True(t, n.until(instant, nil))
	require.False(t, time.Now().Before(instant))
	n = napper{}
	instant = time.Now().Add(5 * time.Millisecond)
	require.True(t, n.until(instant, nil))
	require.False(t, time.Now().Before(instant))
}
