package swarm

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"flywheel/loadtest"
)

// errSilent ends a load whose lead is not heard of.
var errSilent = errors.New("the lead has not been heard of")

// courier reports to the lead for one worker, and hands its orders over. Parts are said
// until the lead has them, in order.
type courier struct {
	nc       *nats.Conn
	session  string
	patience time.Duration
	heed     func(orders) // called by one goroutine at a time
	news     chan struct{}

	mu    sync.Mutex
	now   report
	parts [][]byte // the JSON of those that the lead has not got
	first int      // number of parts[0]
	over  bool     // there will be no more
	heard time.Time
}

func newCourier(nc *nats.Conn, session string, me report, patience time.Duration, heed func(orders)) *courier {
	return &courier{nc: nc, session: session, patience: patience, heed: heed, news: make(chan struct{}, 1), now: me, first: 1, heard: time.Now()}
}

// say changes what is reported.
func (c *courier) say(change func(*report)) {
	c.mu.Lock()
	change(&c.now)
	c.mu.Unlock()
	c.hurry()
}

// part adds a part to what is to be said.
func (c *courier) part(p loadtest.Part) {
	text, err := json.Marshal(p)
	if err != nil {
		panic("bug: a part cannot be written: " + err.Error())
	}
	c.mu.Lock()
	c.parts = append(c.parts, text)
	c.over = c.over || p.End != nil
	c.mu.Unlock()
	c.hurry()
}

func (c *courier) hurry() {
	select {
	case c.news <- struct{}{}:
	default:
	}
}

// obey takes orders in, from an answer or from a call to all.
func (c *courier) obey(o orders) (delivered bool) {
	c.mu.Lock()
	c.heard = time.Now()
	if len(c.parts) > 0 && o.Part == c.first && o.Piece >= c.pieces(0) {
		c.parts, c.first = c.parts[1:], c.first+1
	}
	delivered = c.over && len(c.parts) == 0
	c.mu.Unlock()
	return delivered
}

// piece is how much of a part a message carries.
func (c *courier) piece() int { return int(c.nc.MaxPayload()) / 2 }

func (c *courier) pieces(part int) int {
	return max(1, (len(c.parts[part])+c.piece()-1)/c.piece())
}

// next is what is to be said now: piece is how many pieces of the first part the lead has.
func (c *courier) next(o orders) report {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.now
	if len(c.parts) > 0 {
		r.Part, r.Pieces = c.first, c.pieces(0)
		if o.Part == c.first {
			r.Piece = min(o.Piece, r.Pieces-1)
		}
		from := r.Piece * c.piece()
		r.piece = c.parts[0][from:min(from+c.piece(), len(c.parts[0]))]
	}
	return r
}

// run reports until the last part is delivered, the lead is silent for too long, which is
// an error, or ctx ends.
func (c *courier) run(ctx context.Context) error {
	var last orders
	for ctx.Err() == nil {
		r := c.next(last)
		text, err := r.encode()
		if err != nil {
			panic("bug: a report cannot be written: " + err.Error())
		}
		once, stop := context.WithTimeout(ctx, answered)
		m, err := c.nc.RequestWithContext(once, reportsTo(c.session), text)
		stop()
		var o orders
		if err == nil {
			err = json.Unmarshal(m.Data, &o)
		}
		if err == nil {
			last = o
			delivered := c.obey(o)
			c.heed(o)
			if delivered {
				return nil
			}
		}
		c.mu.Lock()
		silence, waiting := time.Since(c.heard), len(c.parts) > 0
		c.mu.Unlock()
		switch {
		case silence > c.patience || errors.Is(err, nats.ErrConnectionClosed):
			return errSilent
		case err != nil:
			wait(ctx, askEvery)
		case !waiting:
			c.idle(ctx)
		}
	}
	return context.Cause(ctx)
}

// idle waits until there is something to say, or it is time to say something anyway.
func (c *courier) idle(ctx context.Context) {
	t := time.NewTimer(askEvery)
	defer t.Stop()
	select {
	case <-t.C:
	case <-c.news:
	case <-ctx.Done():
	}
}
