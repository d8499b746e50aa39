package swarm

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
)

// Offset is by how much the lead's clock is ahead of a worker's, at the time when they
// were compared, in nanoseconds; it is wrong by no more than Error.
type Offset struct {
	Ahead time.Duration `json:"ahead"`
	Error time.Duration `json:"error"`
}

// String is the offset in milliseconds, with its error.
func (o Offset) String() string {
	return fmt.Sprintf("%+.3f ms ± %.3f ms", float64(o.Ahead)/1e6, float64(o.Error)/1e6)
}

// exchange is one question about the time: asked and answered by the worker's clock, received and
// sent by the lead's.
type exchange struct{ asked, received, sent, answered int64 }

// offsetOf takes the exchange that spent the least time on its way. The lead's clock was
// read between asked and answered, so the offset that assumes both ways to be equally long
// is wrong by half of that time at most, however long each was (Mills 1991, "Internet Time Synchronization: the
// Network Time Protocol", IEEE Transactions on Communications 39(10)).
func offsetOf(exchanges []exchange) Offset {
	var best Offset
	for i, x := range exchanges {
		delay := time.Duration(x.answered - x.asked - (x.sent - x.received))
		if o := (Offset{Ahead: time.Duration((x.received - x.asked + x.sent - x.answered) / 2), Error: max(delay, 0)/2 + 1}); i == 0 || o.Error < best.Error {
			best = o
		}
	}
	return best
}

// timepiece is a clock that nobody sets while it runs.
type timepiece struct{ base time.Time }

func newTimepiece() timepiece { return timepiece{time.Now()} }

// now is the time of day when it began, plus what has passed since, in nanoseconds of Unix time.
func (c timepiece) now() int64 { return c.base.UnixNano() + int64(time.Since(c.base)) }

// at is the instant at which it shows a time.
func (c timepiece) at(now int64) time.Time { return c.base.Add(time.Duration(now - c.base.UnixNano())) }

// told is the lead's answer about the time.
type told struct {
	Received int64 `json:"received"`
	Sent     int64 `json:"sent"`
}

// compared is how many exchanges a comparison takes.
const compared = 20

// compare asks for the time again and again.
func (c timepiece) compare(ctx context.Context, nc *nats.Conn, session string) (Offset, error) {
	var all []exchange
	for failures := 0; len(all) < compared; {
		once, stop := context.WithTimeout(ctx, answered)
		x := exchange{asked: c.now()}
		m, err := nc.RequestWithContext(once, clockOf(session), nil)
		x.answered = c.now()
		stop()
		var t told
		if err == nil {
			err = json.Unmarshal(m.Data, &t)
		}
		if ctx.Err() != nil {
			return Offset{}, context.Cause(ctx)
		}
		if err != nil {
			if failures++; failures > compared {
				return Offset{}, fmt.Errorf("the lead does not say what time it is: %w", err)
			}
			wait(ctx, askEvery)
			continue
		}
		x.received, x.sent = t.Received, t.Sent
		all = append(all, x)
		wait(ctx, time.Millisecond) // apart, so that one bad moment does not spoil them all
	}
	return offsetOf(all), nil
}

// wait waits, and tells whether the context lets it go on.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
