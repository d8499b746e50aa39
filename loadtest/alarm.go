package loadtest

import (
	"sync"
	"time"
)

// alarm wakes one goroutine at an instant, or earlier when another rings it. A
// Go timer fires up to a millisecond late, because the runtime polls the network
// in whole milliseconds; so where the operating system has a clock that can be
// polled like a connection (a timerfd on Linux), that clock is used: it costs no
// thread, and is punctual to some tens of microseconds while a processor is free.
type alarm struct {
	mu   sync.Mutex
	rung bool
	clock
}

// clock fires once, the given time after it was set; setting it anew forgets the
// last setting.
type clock interface {
	set(time.Duration)
	wait() // until it fires
	close()
}

func newAlarm() *alarm { return &alarm{clock: newClock()} }

// sleep returns after a time, or once the alarm has been rung since the last
// sleep; it may return early. One goroutine sleeps.
func (a *alarm) sleep(d time.Duration) {
	a.mu.Lock()
	if !a.rung {
		a.set(max(d, 1))
		a.mu.Unlock()
		a.wait()
		a.mu.Lock()
	}
	a.rung = false
	a.mu.Unlock()
}

// ring wakes the sleeper, or else keeps it from going to sleep.
func (a *alarm) ring() {
	a.mu.Lock()
	if !a.rung {
		a.rung = true
		a.set(1)
	}
	a.mu.Unlock()
}

// goClock is the clock that every system has.
type goClock struct{ timer *time.Timer }

func newGoClock() goClock { return goClock{time.NewTimer(time.Hour)} }

func (c goClock) set(d time.Duration) { c.timer.Reset(d) }
func (c goClock) wait()               { <-c.timer.C }
func (c goClock) close()              { c.timer.Stop() }
