package target

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// gate makes a shop slow. A request meets, in order: the freeze, the queue for
// capacity, its own page, and the freeze again before its answer leaves.
//
// Capacity is one server with a queue, first come, first served, at a fixed time
// per request (the M/D/1 queue of Kendall 1953, Annals of Mathematical Statistics
// 24(3)): each request takes the next free slot of 1/capacity seconds and is
// served when its slot has passed. Below capacity a request waits about one slot;
// beyond it the queue, and with it the latency, grows by the excess. A client
// that gives up does not give its slot back: the work was begun.
type gate struct {
	slot    time.Duration
	most    int64 // requests that may wait
	stall   Stall
	fail    float64
	closed  chan struct{}
	closing sync.Once

	number atomic.Uint64

	mu    sync.Mutex
	free  time.Time // end of the last slot taken
	first time.Time // arrival of the first request
}

func newGate(o Options) *gate {
	g := &gate{most: int64(o.Queue), stall: o.Stall, fail: o.Fail, closed: make(chan struct{})}
	if o.Capacity > 0 {
		g.slot = time.Duration(float64(time.Second) / o.Capacity)
	}
	return g
}

func (g *gate) close() { g.closing.Do(func() { close(g.closed) }) }

// frozenUntil is the end of the freeze if the instant lies in it.
func (g *gate) frozenUntil(now time.Time) (time.Time, bool) {
	if g.stall.For == 0 {
		return time.Time{}, false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.first.IsZero() {
		g.first = now
	}
	begin := g.first.Add(g.stall.After)
	end := begin.Add(g.stall.For)
	return end, !now.Before(begin) && now.Before(end)
}

// turn takes a slot and is the instant at which it has passed; ok is false when
// the queue is full.
func (g *gate) turn(now time.Time) (end time.Time, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if wait := g.free.Sub(now); wait/g.slot > time.Duration(g.most) || wait/g.slot == time.Duration(g.most) && wait%g.slot > 0 {
		return time.Time{}, false
	}
	if g.free.Before(now) {
		g.free = now
	}
	g.free = g.free.Add(g.slot)
	return g.free, true
}

// wait returns true at the instant, or false when the client or the shop is gone.
func (g *gate) wait(ctx context.Context, instant time.Time) bool {
	d := time.Until(instant)
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	case <-g.closed:
		return false
	}
}

func (g *gate) thaw(ctx context.Context) bool {
	end, frozen := g.frozenUntil(time.Now())
	return !frozen || g.wait(ctx, end)
}

func (g *gate) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		number := g.number.Add(1) - 1
		if !g.thaw(r.Context()) {
			answerError(w, http.StatusServiceUnavailable, "the shop is closing")
			return
		}
		if g.slot > 0 {
			end, ok := g.turn(time.Now())
			if !ok {
				answerError(w, http.StatusServiceUnavailable, "too many customers are waiting")
				return
			}
			if !g.wait(r.Context(), end) {
				answerError(w, http.StatusServiceUnavailable, "the shop is closing")
				return
			}
		}
		answer := &held{header: http.Header{}, status: http.StatusOK}
		if fails(number, g.fail) {
			answerError(answer, http.StatusInternalServerError, "the till is out of order")
		} else {
			next.ServeHTTP(answer, r)
		}
		g.thaw(r.Context())
		answer.send(w)
	})
}

// fails picks a share of the requests by their numbers alone, spread as by
// chance: the number is mixed (Steele, Lea and Flood 2014, "Fast Splittable
// Pseudorandom Number Generators", OOPSLA) and compared with the share.
func fails(number uint64, share float64) bool {
	z := (number + 1) * 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	z ^= z >> 31
	return float64(z>>11)/(1<<53) < share
}

// held keeps an answer until it may leave.
type held struct {
	header http.Header
	status int
	body   []byte
}

func (h *held) Header() http.Header { return h.header }

func (h *held) WriteHeader(status int) { h.status = status }

func (h *held) Write(p []byte) (int, error) {
	h.body = append(h.body, p...)
	return len(p), nil
}

func (h *held) send(w http.ResponseWriter) {
	for name, values := range h.header {
		w.Header()[name] = values
	}
	w.WriteHeader(h.status)
	_, _ = w.Write(h.body) // the client may have gone; there is nobody to tell
}
