package loadtest

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"flywheel/loadtest/plan"
)

// lanes is the fast way to press a target over HTTP/1.1: each connection is a
// lane, with one goroutine that waits for responses, and a request is written by
// whoever finds that it is due: the goroutine that watches the clock or, when
// there is no time to lose, the one that has just read a response. So a request
// is handed from no goroutine to another before it is sent, and costs one wake-up
// when its response comes.
//
// A lane carries one request at a time, and lanes are used last in, first out, so
// that there are no more of them than were needed at once.
type lanes struct {
	run     context.Context // ends when requests in flight must be cut off
	start   time.Time
	agenda  *agenda
	script  *script
	ledger  *ledger
	dialer  *dialer
	most    int // lanes
	timeout time.Duration
	oneShot bool // a connection serves one request

	sent    atomic.Int64
	flying  sync.WaitGroup // requests
	serving sync.WaitGroup // goroutines of lanes

	mu     sync.Mutex
	open   map[*lane]struct{}
	idle   []*lane
	cut    bool          // nothing is sent any more, and lanes that become idle are closed
	full   bool          // a task is due and every lane is busy
	since  time.Duration // when that began
	behind bool          // late because all lanes were busy, and not caught up since
	waits  waits
}

// waits is what releasing the requests of a run met.
type waits struct {
	byWorkers int64         // requests that were late because every worker was busy
	busy      time.Duration // time during which a due request waited and every worker was busy
	behind    bool          // the run ended before it had caught up
}

// lateAfter is the lateness from which a request counts as late: ten times what
// a Go timer is late by on an idle machine (about a millisecond).
const lateAfter = 10 * time.Millisecond

func newLanes(run context.Context, start time.Time, a *agenda, sc *script, l *ledger, limits plan.Limits, d *dialer, oneShot bool) *lanes {
	return &lanes{run: run, start: start, agenda: a, script: sc, ledger: l, dialer: d, most: limits.Workers, timeout: limits.Timeout, oneShot: oneShot, open: map[*lane]struct{}{}}
}

func (x *lanes) now() time.Duration { return time.Since(x.start) }

// released is how many requests were sent.
func (x *lanes) released() int64 { return x.sent.Load() }

// press sends what the agenda says until that is over, and returns when every
// request has ended.
func (x *lanes) press() waits {
	for x.step() {
	}
	x.agenda.stop()
	x.flying.Wait()
	x.mu.Lock()
	x.cut = true
	if x.full {
		x.waits.busy += x.now() - x.since
	}
	x.waits.behind = x.behind
	for _, l := range x.idle {
		l.conn.Close()
	}
	x.mu.Unlock()
	x.serving.Wait()
	return x.waits
}

// step sends the next task, or sleeps until something has changed; it is false
// when the agenda is over.
func (x *lanes) step() bool {
	alarm := x.agenda.alarm
	now := x.now()
	due, known, more := x.agenda.earliest(now)
	switch until := x.agenda.until(); {
	case !more || known && now > until:
		return false
	case !known:
		alarm.sleep(time.Hour)
	case due > now:
		alarm.sleep(due - now)
	default:
		if l, full := x.next(); l != nil {
			l.begin()
		} else if full { // they take what is due themselves as they become free
			alarm.sleep(until - now)
		}
	}
	return true
}

// next gives the task that is due to a lane; there is none when nothing is due or
// when all lanes are busy, which is full.
func (x *lanes) next() (l *lane, full bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	now := x.now()
	if len(x.idle) == 0 && len(x.open) >= x.most {
		if !x.full {
			x.full, x.behind, x.since = true, true, now
		}
		return nil, true
	}
	t, ok := x.agenda.take(now)
	if !ok || x.cut {
		return nil, false
	}
	if n := len(x.idle); n > 0 {
		l, x.idle = x.idle[n-1], x.idle[:n-1]
	} else {
		l = &lane{lanes: x}
		x.open[l] = struct{}{}
	}
	x.assign(l, t)
	return l, false
}

// assign makes a lane busy with a task, which is sent from now on.
func (x *lanes) assign(l *lane, t task) {
	now := x.now()
	switch {
	case now-t.due <= lateAfter:
		x.behind = x.full
	case x.behind:
		x.waits.byWorkers++
	}
	l.busy, l.task, l.again, l.failed = true, t, false, nil
	l.sample = Sample{Number: t.number, Step: t.step, Due: t.due, Sent: now}
	if l.conn != nil {
		_ = l.conn.SetReadDeadline(l.deadline()) // fails only when it is closed, which reading will say
	}
	x.sent.Add(1)
	x.flying.Add(1)
}

// finished takes a lane back, and gives it the next task when one is due; it is
// false when the lane is to be idle or, without a connection, to end.
func (x *lanes) finished(l *lane) (more bool) {
	x.mu.Lock()
	l.busy = false
	if t, ok := x.agenda.take(x.now()); ok && !x.cut {
		x.assign(l, t)
		x.mu.Unlock()
		return true
	}
	switch {
	case l.conn == nil:
		delete(x.open, l)
	case x.cut:
		l.conn.Close()
	default:
		x.idle = append(x.idle, l)
	}
	freed := x.full
	if freed {
		x.full = false
		x.waits.busy += x.now() - x.since
	}
	x.mu.Unlock()
	if freed {
		x.agenda.alarm.ring()
	}
	return false
}

// lost takes an idle lane away whose connection has ended; it is false when the
// lane is busy.
func (x *lanes) lost(l *lane) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if l.busy {
		return false
	}
	if i := slices.Index(x.idle, l); i >= 0 {
		x.idle = slices.Delete(x.idle, i, i+1)
	}
	delete(x.open, l)
	return true
}

// cutOff ends all requests in flight; run must have ended.
func (x *lanes) cutOff() {
	x.agenda.stop()
	x.mu.Lock()
	defer x.mu.Unlock()
	x.cut = true
	for l := range x.open {
		if l.conn != nil {
			l.conn.Close()
		}
	}
}
