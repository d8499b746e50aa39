package loadtest

import (
	"runtime"
	"time"
)

// napper waits for an instant. A Go timer fires up to a millisecond late,
// because the runtime polls the network in whole milliseconds; so the timer is
// set a little early and the rest is slept by the operating system, which is
// punctual to some tens of microseconds while the machine has a processor free.
// On a machine that has none, such a sleep holds up other goroutines and ends
// late itself: after a sleep that did, the next ones are left to the timer
// alone, for a moment. Either way the hit is released late rather than dropped,
// and its lateness is measured.
type napper struct {
	timer    *time.Timer
	timerFor time.Time // until then, the timer alone
}

const (
	early     = 2 * time.Millisecond   // slept by the operating system, so a stop waits no longer than this
	overslept = 3 * time.Millisecond   // an end this late means that the machine has no processor free
	backOff   = 100 * time.Millisecond // after one such end; a longer time costs a quiet machine its punctuality, a shorter one a busy machine its last
)

// until waits for the instant and reports true, or false when stop was closed.
func (n *napper) until(instant time.Time, stop <-chan struct{}) bool {
	runtime.Gosched() // the worker that has just been woken goes first, or it would wait for this processor to be taken away
	wait := time.Until(instant)
	if !osNap || time.Now().Before(n.timerFor) {
		return n.timed(wait, stop)
	}
	if wait > early && !n.timed(wait-early, stop) {
		return false
	}
	for {
		wait = time.Until(instant)
		if wait <= 0 {
			break
		}
		napOS(wait)
	}
	if wait < -overslept {
		n.timerFor = time.Now().Add(backOff)
	}
	return true
}

func (n *napper) timed(wait time.Duration, stop <-chan struct{}) bool {
	if n.timer == nil {
		n.timer = time.NewTimer(wait)
	} else {
		n.timer.Reset(wait)
	}
	select {
	case <-n.timer.C:
		return true
	case <-stop:
		n.timer.Stop()
		return false
	}
}
