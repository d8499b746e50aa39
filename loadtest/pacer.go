package loadtest

import (
	"sync/atomic"
	"time"
)

// pacer tells vegeta when to release each hit: when the agenda has a task that is
// due, or at once when that time has passed, so a run that fell behind catches up
// in due order. Vegeta calls it from one goroutine, once per hit, after a worker
// has taken the hit before; so the pacer also sees for how long, and why, hits had
// to wait for a worker. It waits itself instead of letting vegeta sleep, because
// vegeta's sleep cannot be interrupted.
type pacer struct {
	agenda  *agenda
	start   time.Time
	workers int64
	ended   *atomic.Int64 // requests that came back
	tasks   chan<- task

	behind   bool          // late because all workers were busy, and not caught up since
	busy     bool          // all workers were busy when the last hit was released
	hits     int64         // released
	last     time.Duration // when the last one was due
	released time.Duration // when it was released

	waits waits
}

// Pace waits until the next task is due, passes it on to the courier and says
// whether the run goes on. The elapsed time that vegeta measures is not used:
// vegeta's clock starts a little later.
func (p *pacer) Pace(time.Duration, uint64) (time.Duration, bool) {
	if p.hits > 0 {
		p.handedOver(time.Since(p.start))
	}
	for {
		now := time.Since(p.start)
		due, known, more := p.agenda.earliest(now)
		switch {
		case !more || known && now > p.agenda.until():
			p.agenda.stop()
			return 0, true
		case !known:
			p.agenda.alarm.sleep(time.Hour)
			continue
		case due > now:
			p.behind = false
			p.agenda.alarm.sleep(due - now)
			continue
		}
		t, ok := p.agenda.take(now)
		if !ok {
			continue
		}
		p.tasks <- t
		p.last, p.released = t.due, time.Since(p.start)
		p.busy = p.hits-p.ended.Load() >= p.workers
		p.behind = p.behind || p.busy
		p.hits++
		return 0, false
	}
}

// Rate is the curve's rate, as vegeta's interface asks for.
func (p *pacer) Rate(elapsed time.Duration) float64 { return p.agenda.schedule.Rate(elapsed) }

// handedOver accounts for the last hit, which a worker has taken by now.
func (p *pacer) handedOver(now time.Duration) {
	if p.busy {
		p.waits.busy += now - p.released
		p.busy = false
	}
	if p.behind && now-p.last > lateAfter {
		p.waits.byWorkers++
	}
}

// finish gives what the run met, once vegeta has ended it: at is when it did,
// sent how many hits workers took; one more may have been waiting for a worker.
func (p *pacer) finish(at time.Duration, sent int64) waits {
	w := p.waits
	if p.busy && p.hits > sent {
		w.busy += max(0, min(at, p.agenda.until())-p.released)
	}
	w.behind = p.behind
	return w
}
