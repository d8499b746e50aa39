package loadtest

import (
	"sync/atomic"
	"time"

	"flywheel/loadtest/plan"
)

// lateAfter is the lateness from which a request counts as late: ten times what
// a Go timer is late by on an idle machine (about a millisecond).
const lateAfter = 10 * time.Millisecond

// pacer tells vegeta when to release each hit: at its due time, or at once when
// that has passed, so a run that fell behind catches up in due order. Vegeta
// calls it from one goroutine, once per hit, after a worker has taken the hit
// before; so the pacer also sees for how long, and why, hits had to wait for a
// worker. It waits itself instead of letting vegeta sleep, because vegeta's
// sleep cannot be interrupted.
type pacer struct {
	schedule *plan.Schedule
	start    time.Time
	until    time.Duration   // nothing is released after this
	stop     <-chan struct{} // nothing is released once it is closed
	workers  int64
	ended    *atomic.Int64 // requests that came back
	nap      napper

	behind   bool          // late because all workers were busy, and not caught up since
	busy     bool          // all workers were busy when the last hit was released
	last     int64         // its number
	released time.Duration // when that was

	waits waits
}

// waits is what releasing the hits of a run met.
type waits struct {
	byWorkers int64         // hits that were late because every worker was busy
	busy      time.Duration // time during which a due hit waited and every worker was busy
	behind    bool          // the run ended before it had caught up
}

// Pace waits until hit n is due and says whether the run goes on. The elapsed
// time that vegeta measures is not used: vegeta's clock starts a little later.
func (p *pacer) Pace(_ time.Duration, n uint64) (time.Duration, bool) {
	now := time.Since(p.start)
	if n > 0 {
		p.handedOver(now)
	}
	if int64(n) >= p.schedule.Total() || now > p.until || p.stopped() {
		return 0, true
	}
	if due := p.schedule.Due(int64(n)); due > now {
		p.behind = false
		if !p.nap.until(p.start.Add(due), p.stop) {
			return 0, true
		}
	}
	p.last, p.released = int64(n), time.Since(p.start)
	p.busy = int64(n)-p.ended.Load() >= p.workers
	p.behind = p.behind || p.busy
	return 0, false
}

// Rate is the curve's rate, as vegeta's interface asks for.
func (p *pacer) Rate(elapsed time.Duration) float64 { return p.schedule.Rate(elapsed) }

// handedOver accounts for the last hit, which a worker has taken by now.
func (p *pacer) handedOver(now time.Duration) {
	if p.busy {
		p.waits.busy += now - p.released
	}
	if p.behind && now-p.schedule.Due(p.last) > lateAfter {
		p.waits.byWorkers++
	}
}

// finish gives what the run met, once vegeta has ended it: at is when it did,
// sent how many hits workers took; one more may have been waiting for a worker.
func (p *pacer) finish(at time.Duration, sent int64) waits {
	w := p.waits
	if p.busy && p.last >= sent {
		w.busy += max(0, min(at, p.until)-p.released)
	}
	w.behind = p.behind
	return w
}

func (p *pacer) stopped() bool {
	select {
	case <-p.stop:
		return true
	default:
		return false
	}
}
